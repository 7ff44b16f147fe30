"""Reads and checks a study: one TOML file that says which runs to make.

name = "permits"
why = "One sentence: what this is for."
scenarios = ["baseline", "fast_permits"]   # shipped names or paths
months = 68                                # left out: each scenario's own
workers_per_agent = 100                    # likewise
seeds = 20                                 # a count (1, 2, ... 20) or a list such as [0, 7]
allow_outside = false                      # true: values may leave the numbers' sourced ranges
outputs = ["summary", "months"]            # and any other table of a run; "net": jobs less those without Stargate

[vary.levers]                              # what somebody could decide
policy.offices.local.staff_workers = [2, 4, 8]
[vary.numbers]                             # what nobody knows
labour.travel_willing_share = { low = 0.05, high = 0.3 }
compute.demand_factor = "range"            # the number's own range
[vary.switches]                            # how the model is built
finance_structure = ["leases", "joint_venture"]

[design]                                   # over all that varies; or [design.levers], [design.numbers], ...
kind = "latin_hypercube"                   # grid, list, one_at_a_time, latin_hypercube, sobol, morris
points = 100
seed = 1

[stop]                                     # left out: the seeds above; with it they are a beginning
figure = "peak_jobs"                       # of summary
width = 5000                               # of the 95 % interval of every scenario's difference from the first
most_seeds = 200
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import abm
from abm import MOST_SEED, SCHEMA, Scenario, did_you_mean
from experiments.designs import Design, design_of
from experiments.errors import BadInput
from experiments.study_factors import KINDS, Factor, factors_of
from experiments.study_net import MONTHS, NET
from experiments.study_net import check as check_net
from experiments.study_source import path_of, read, shipped
from experiments.study_stop import Stop, stop_of

DEFAULT_OUTPUTS = ("summary", "months")
OUTPUTS = ("summary", *SCHEMA, NET)
_KEYS = (
    "name", "why", "scenarios", "months", "workers_per_agent", "seeds", "vary", "design", "outputs", "stop",
    "allow_outside",
)  # fmt: skip
_MOST_SEEDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Study:
    """A checked study.

    Attributes:
        name: of the study and of the folder of its results.
        why: what it is for, one sentence.
        scenarios: what the points are tried on.
        seeds: each point is run with each; with `stop`, the most there may be.
        factors: what varies.
        designs: how the factors are combined; several are crossed.
        outputs: tables to keep.
        stop: when to add no more seeds, None to run with all.
        text: the file as it was read.
    """

    name: str
    why: str
    scenarios: tuple[Scenario, ...]
    seeds: tuple[int, ...]
    factors: tuple[Factor, ...]
    designs: tuple[Design, ...]
    outputs: tuple[str, ...]
    stop: Stop | None
    text: str

    @staticmethod
    def shipped() -> tuple[str, ...]:
        """Names of the studies that come with the model."""
        return shipped()

    @staticmethod
    def load(name_or_path: str, **changed: int | None) -> "Study":
        """Read a shipped study by name, or any by the path of its TOML file.

        Args:
            name_or_path: which
            changed: `months`, `workers_per_agent`, `seeds` and `allow_outside` to take instead of the file's; None
                leaves them

        Raises:
            BadInput: if there is none, or it says something impossible.
            BadScenario, BadNumber: if a scenario in it does.
        """
        path = path_of(name_or_path)
        text, tree = read(path)
        for key in tree:
            if key not in _KEYS:
                hint = did_you_mean(key, _KEYS, f"it may have {', '.join(_KEYS)}")
                raise BadInput(f"{path.name}: unknown key {key!r}; {hint}")
        return _study(path, text, tree | {key: value for key, value in changed.items() if value is not None})


def _study(path: Path, text: str, tree: Mapping[str, Any]) -> Study:
    where = path.name
    name, why = tree.get("name", path.stem), tree.get("why", "")
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        raise BadInput(f"{where}: name = {name!r} cannot name a folder; use letters, digits, _ and -")
    if not isinstance(why, str) or not why.strip():
        raise BadInput(f'{where} does not say why; add why = "one sentence of what it is for"')
    if not isinstance(tree.get("allow_outside", False), bool):
        raise BadInput(f"{where}: allow_outside = {tree['allow_outside']!r}; write true or false")
    factors = factors_of(where, tree.get("vary", {}), allow_outside=tree.get("allow_outside") is True)
    scenarios = _scenarios(path, tree)
    for scenario in scenarios:
        _check_changes(where, scenario, factors)
    seeds, stop, outputs = _seeds(where, tree), None, _outputs(where, tree)
    if "stop" in tree:
        months = max(scenario.months for scenario in scenarios)
        stop = stop_of(where, tree["stop"], tree.get("seeds"), len(scenarios), months)
        seeds = tuple(range(1, stop.most_seeds + 1))
    if NET in outputs:
        check_net(where, scenarios, [factor.name for factor in factors])
    return Study(name, why, scenarios, seeds, factors, _designs(where, tree, factors), outputs, stop, text)


def _scenarios(path: Path, tree: Mapping[str, Any]) -> tuple[Scenario, ...]:
    named = tree.get("scenarios", ["baseline"])
    if not isinstance(named, list) or not named or not all(isinstance(name, str) for name in named):
        raise BadInput(f'{path.name}: scenarios = {named!r} is not a list of names; write scenarios = ["baseline"]')
    found = [_changed(path.name, Scenario.load(_beside(path, name)), tree) for name in named]
    names = [scenario.name for scenario in found]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"{path.name}: two scenarios are called {name!r}; rename the file of one")
    return tuple(found)


def _beside(study: Path, name: str) -> str:
    """A path in a study's file starts at that file."""
    return str(study.parent / name) if name.endswith(".toml") else name


def _changed(where: str, scenario: Scenario, tree: Mapping[str, Any]) -> Scenario:
    changed: dict[str, Any] = {key: tree[key] for key in ("months", "workers_per_agent") if key in tree}
    if tree.get("allow_outside"):
        changed["allow_outside"] = True
    months = changed.get("months")
    if type(months) is int and months > 0:  # what changes later falls away
        changed["changes"] = tuple(change for change in scenario.changes if change.month < months)
    try:
        return dataclasses.replace(scenario, **changed)
    except abm.BadScenario as error:
        raise BadInput(f"{where}: {error}") from error


def _check_changes(where: str, scenario: Scenario, factors: tuple[Factor, ...]) -> None:
    """A date in a scenario would undo what the study sets, unseen."""
    for change in scenario.changes:
        if change.name in {factor.name for factor in factors}:
            raise BadInput(
                f"{where}: {change.name} varies, but the scenario {scenario.name} changes it on a date; "
                "leave one of the two out"
            )


def _seeds(where: str, tree: Mapping[str, Any]) -> tuple[int, ...]:
    seeds = tree.get("seeds", 1)
    if type(seeds) is int and 1 <= seeds <= _MOST_SEEDS:
        return tuple(range(1, seeds + 1))
    if not isinstance(seeds, list) or not seeds:
        raise BadInput(f"{where}: seeds = {seeds!r}; write how many, at least 1, or a list such as [0, 7]")
    for seed in seeds:
        if type(seed) is not int or not 0 <= seed <= MOST_SEED:
            raise BadInput(f"{where}: seed {seed!r} is not a whole number in 0..{MOST_SEED}")
    if len({*seeds}) < len(seeds):
        raise BadInput(f"{where}: seeds lists one twice; the same run would only be repeated")
    return tuple(seeds)


def _designs(where: str, tree: Mapping[str, Any], factors: tuple[Factor, ...]) -> tuple[Design, ...]:
    given = tree.get("design")
    if given is None and not factors:
        return ()
    if given is None:
        raise BadInput(f'{where}: {factors[0].name} varies without a design; write [design] with kind = "grid"')
    if not isinstance(given, dict):
        raise BadInput(f"{where}: design = {given!r} is not a table; write [design] and under it kind = ...")
    if not factors:
        raise BadInput(f"{where}: the design is empty, for nothing varies; add [vary.levers] or drop [design]")
    if not any(kind in given for kind in KINDS):
        return (design_of(where, "design", given, factors),)
    varied = list(dict.fromkeys(factor.kind for factor in factors))
    odd = [key for key in given if key not in varied] + [kind for kind in varied if kind not in given]
    if odd:
        raise BadInput(
            f"{where}: design.{odd[0]} does not fit what varies; write one [design] for all, or one for each of "
            f"{', '.join(varied)}"
        )
    parts = {kind: tuple(factor for factor in factors if factor.kind == kind) for kind in varied}
    return tuple(design_of(where, f"design.{kind}", given[kind], parts[kind]) for kind in varied)


def _outputs(where: str, tree: Mapping[str, Any]) -> tuple[str, ...]:
    outputs = tree.get("outputs", [*DEFAULT_OUTPUTS])
    if not isinstance(outputs, list) or not outputs:
        raise BadInput(f'{where}: outputs = {outputs!r} is not a list of tables; write outputs = ["summary", "months"]')
    for output in outputs:
        if output not in OUTPUTS:
            hint = did_you_mean(str(output), OUTPUTS, f"choose from {', '.join(OUTPUTS)}")
            raise BadInput(f"{where}: unknown output {output!r}; {hint}")
    needed = {"summary", *outputs} | ({MONTHS} if NET in outputs else set())
    return tuple(name for name in OUTPUTS if name in needed)
