"""What a page asks: a shipped scenario, what differs and a seed; messages and links are read with suspicion."""

import dataclasses
import json
import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import abm
from experiments.errors import BadInput
from experiments.reproduce_command import scenario_of, scenario_text
from experiments.workshop.levers import SWITCHES, numbers
from experiments.workshop.shocks import Shock, shocks_of

if TYPE_CHECKING:
    from abm import Scenario

MOST_SEED = 2**31 - 1  # whole in a browser's numbers
MOST_SETTINGS = 60
FILE = "workshop.toml"


@dataclass(frozen=True, slots=True)
class Question:
    """A question put by a page.

    Attributes:
        scenario: name of a shipped scenario.
        settings: numbers and switches that differ from it, by name, in order of name.
        seed: of the random numbers.
        shocks: what happens on a date besides what the scenario has, in order of date.
    """

    scenario: str = "baseline"
    settings: tuple[tuple[str, float | str], ...] = ()
    seed: int = 1
    shocks: tuple[Shock, ...] = ()

    @staticmethod
    def of(told: Any) -> "Question":
        """Read a question a page sent.

        Raises:
            BadInput: if it is not one, naming what is wrong.
            BadNumber: for a value outside its number's range.
            BadScenario: for a switch in an impossible position.
        """
        if not isinstance(told, Mapping):
            raise BadInput("the question is not an object; reload the page")
        settings = told.get("set", {})
        if not isinstance(settings, Mapping) or len(settings) > MOST_SETTINGS:
            raise BadInput(f"what differs is not a list of at most {MOST_SETTINGS} settings; reset some")
        clean = tuple(sorted((_name(name), _value(name, value)) for name, value in settings.items()))
        name, seed, shocks = (
            told.get(key, usual) for key, usual in (("scenario", "baseline"), ("seed", 1), ("shocks", []))
        )
        question = Question(_scenario(name), clean, _seed(seed), shocks_of(shocks))
        question.asked()  # refuses what the model would refuse
        return question

    def asked(self, **changed: Any) -> "Scenario":
        """The scenario to run, with other fields changed."""
        words = [
            f"{name}={value!r}" if isinstance(value, float) else f"{name}={value}" for name, value in self.settings
        ]
        scenario = abm.Scenario.load(self.scenario).with_set(words)
        if self.shocks:
            told = dataclasses.asdict(scenario) | {"overrides": dict(scenario.overrides)}
            told["changes"] = [*told["changes"], *(shock.as_change() for shock in self.shocks)]
            scenario = scenario_of(json.dumps(told))  # checks each shock as it checks a file's
        return dataclasses.replace(scenario, **changed)

    def for_page(self) -> dict[str, Any]:
        """As the page keeps it."""
        shocks = [shock.for_page() for shock in self.shocks]
        return {"scenario": self.scenario, "set": dict(self.settings), "seed": self.seed, "shocks": shocks}

    @property
    def settings_words(self) -> tuple[str, ...]:
        """Each setting as `--set` takes it."""
        return tuple(f"{name}={_plain(value)}" for name, value in self.settings)

    @property
    def command(self) -> str:
        """What to type for the same bits; with dated shocks, beside the file of `toml`."""
        if self.shocks:
            return f"stargate run {FILE} --seed {self.seed}"
        words = [word for setting in self.settings_words for word in ("--set", setting)]
        return shlex.join(["stargate", "run", self.scenario, "--seed", str(self.seed), *words])

    @property
    def python(self) -> str:
        """What to write in Python for the same bits."""
        settings = json.dumps(list(self.settings_words))
        load = f'abm.Scenario.load("{FILE if self.shocks else self.scenario}")'
        chosen = f"{load}.with_set({settings})" if self.settings and not self.shocks else load
        return f"import abm\n\nscenario = {chosen}\nmonths = list(abm.run(scenario, seed={self.seed}))\n"

    @property
    def toml(self) -> str:
        """The question as a scenario's file."""
        scenario = self.asked()
        return scenario_text(dataclasses.asdict(scenario) | {"overrides": dict(scenario.overrides)})


def _scenario(name: object) -> str:
    if name not in abm.Scenario.shipped():  # a path would be read from the server's disk
        raise BadInput(f"there is no shipped scenario {str(name)[:60]!r}; `stargate scenarios` lists them")
    return str(name)


def _name(name: object) -> str:
    if not isinstance(name, str) or (name not in SWITCHES and name not in numbers()):
        raise BadInput(f"there is no number {str(name)[:80]!r}; `stargate numbers` lists them")
    return name


def _value(name: str, value: object) -> float | str:
    if name in SWITCHES:
        if not isinstance(value, str):
            raise BadInput(f"{name} = {str(value)[:40]!r} is no position of that switch")
        return value[:40]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadInput(f"{name} = {str(value)[:40]!r} is not a number; give a bare one")
    return float(value)


def _seed(seed: object) -> int:
    if type(seed) is not int or not 0 <= seed <= MOST_SEED:
        raise BadInput(f"seed = {str(seed)[:40]!r} is not a whole number in 0..{MOST_SEED}; write one")
    return seed


def _plain(value: float | str) -> str:
    """A value as a person writes it and Python reads back to the same bits."""
    if isinstance(value, str):
        return value
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
