"""What a page asks: a shipped scenario, what differs and a seed; messages and links are read with suspicion."""

import dataclasses
import json
import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import abm
from experiments.errors import BadInput
from experiments.workshop.levers import SWITCHES, numbers

if TYPE_CHECKING:
    from abm import Scenario

MOST_SEED = 2**31 - 1  # whole in a browser's numbers
MOST_SETTINGS = 60
MOST_LINK_LETTERS = 8000
LANGUAGES = ("en", "fr")
VIEWS = (
    "start",
    "all",
    "jobs",
    "capacity",
    "map",
    "bottlenecks",
    "wages",
    "equipment",
    "money",
    "compute",
    "ledgers",
    "compare",
)
_LINK_KEYS = ("scenario", "set", "seed", "month", "view", "lang", "model")


@dataclass(frozen=True, slots=True)
class Question:
    """A question put by a page.

    Attributes:
        scenario: name of a shipped scenario.
        settings: numbers and switches that differ from it, by name, in order of name.
        seed: of the random numbers.
    """

    scenario: str = "baseline"
    settings: tuple[tuple[str, float | str], ...] = ()
    seed: int = 1

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
        question = Question(_scenario(told.get("scenario", "baseline")), clean, _seed(told.get("seed", 1)))
        question.asked()  # refuses what the model would refuse
        return question

    def asked(self, **changed: Any) -> "Scenario":
        """The scenario to run, with other fields changed."""
        words = [
            f"{name}={value!r}" if isinstance(value, float) else f"{name}={value}" for name, value in self.settings
        ]
        return dataclasses.replace(abm.Scenario.load(self.scenario).with_set(words), **changed)

    def for_page(self) -> dict[str, Any]:
        """As the page keeps it."""
        return {"scenario": self.scenario, "set": dict(self.settings), "seed": self.seed}

    @property
    def settings_words(self) -> tuple[str, ...]:
        """Each setting as `--set` takes it."""
        return tuple(f"{name}={_plain(value)}" for name, value in self.settings)

    @property
    def command(self) -> str:
        """What to type for the same bits."""
        words = [word for setting in self.settings_words for word in ("--set", setting)]
        return shlex.join(["stargate", "run", self.scenario, "--seed", str(self.seed), *words])

    @property
    def python(self) -> str:
        """What to write in Python for the same bits."""
        settings = json.dumps(list(self.settings_words))
        load = f'abm.Scenario.load("{self.scenario}")'
        chosen = f"{load}.with_set({settings})" if self.settings else load
        return f"import abm\n\nscenario = {chosen}\nmonths = list(abm.run(scenario, seed={self.seed}))\n"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link carries.

    Attributes:
        question: to open with.
        month: to show, YYYY-MM, empty for the page's choice.
        view: to show.
        language: en or fr, empty for the room's.
        model: version of the model it was made with, empty if it does not say.
    """

    question: Question = Question()
    month: str = ""
    view: str = "start"
    language: str = ""
    model: str = ""

    @staticmethod
    def read(search: str | None) -> "Link":
        """Read the part of an address behind the question mark.

        Raises:
            BadInput: if something in it cannot be, naming it.
            BadNumber: for a value outside its number's range.
            BadScenario: for a switch in an impossible position.
        """
        text = (search or "").lstrip("?")
        if len(text) > MOST_LINK_LETTERS:
            raise BadInput(f"the link has {len(text)} letters, more than {MOST_LINK_LETTERS}; share a shorter one")
        try:
            pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=2 * MOST_SETTINGS)
        except ValueError:
            raise BadInput("the link is not a list of name=value; copy it again, whole") from None
        return _link([(key, value) for key, value in pairs if not key.startswith("_")])


def _link(pairs: list[tuple[str, str]]) -> Link:
    plain = dict[str, str]()
    settings = dict[str, float | str]()
    for key, value in pairs:
        if key not in _LINK_KEYS:
            raise BadInput(f"the link says {key[:40]!r}, which is not known; it may say {', '.join(_LINK_KEYS)}")
        if key == "set":
            name, equals, text = value.partition("=")
            if not equals or name in settings:
                raise BadInput(f"the link sets {value[:60]!r}; a setting is name=value, each name once")
            settings[name] = text if name in SWITCHES else _float(name, text)
        elif key in plain:
            raise BadInput(f"the link says {key} twice; keep one")
        else:
            plain[key] = value
    told = {"scenario": plain.get("scenario", "baseline"), "set": settings, "seed": _whole(plain.get("seed", "1"))}
    return Link(
        Question.of(told),
        _month(plain.get("month", "")),
        _one_of("view", plain.get("view", "start"), VIEWS),
        _one_of("lang", plain.get("lang", ""), ("", *LANGUAGES)),
        plain.get("model", "")[:40],
    )


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


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_SEED))):
        raise BadInput(f"seed = {text[:40]!r} is not a whole number in 0..{MOST_SEED}; write one")
    return int(text)


def _float(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadInput(f"{name[:80]} = {text[:40]!r} is not a number; give a bare one") from None


def _month(text: str) -> str:
    digits = text.replace("-", "", 1)
    if text and not (text.isascii() and len(text) == len("2027-01") and text[4] == "-" and digits.isdigit()):
        raise BadInput(f"month = {text[:40]!r} is not a month; write it as 2027-01")
    return text


def _one_of(key: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise BadInput(f"{key} = {text[:40]!r} is not known; choose from {', '.join(k for k in known if k)}")
    return text


def _plain(value: float | str) -> str:
    """A value as a person writes it and Python reads back to the same bits."""
    if isinstance(value, str):
        return value
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
