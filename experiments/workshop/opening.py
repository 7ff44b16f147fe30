"""What a page gets before its first question: levers, scenarios, texts, and what its link says."""

import dataclasses
import functools
import tomllib
from pathlib import Path
from typing import Any

import abm
from abm import StargateError
from experiments import claims
from experiments.errors import one_line
from experiments.workshop import house
from experiments.workshop.levers import SWITCHES, lever_file, levers_for_page, numbers, numbers_for_page
from experiments.workshop.link import LANGUAGES, Link
from experiments.workshop.question import Question
from experiments.workshop.shocks import strikeable

_TEXTS = Path(__file__).parent / "texts"
_SWITCH_POSITIONS = {
    "finance_structure": ("leases", "joint_venture"),
    "stargate_world": ("with", "vanishes", "rivals", "underway"),
}


def told(search: str | None) -> dict[str, Any]:
    """Everything for the page of a link; a link that cannot be read opens the baseline and says why."""
    link, trouble = Link(), ""
    try:
        link = Link.read(search)
    except StargateError as error:
        trouble = one_line(error)
    language = link.language or house.house().language
    return {
        **_shared(),
        "front": f"/workshop-front/{house.front_version()}",
        "language": language,
        "model": house.model_version(),
        "trouble": trouble,
        "link": {
            "question": link.question.for_page(),
            "month": link.month,
            "view": link.view,
            "model": link.model,
        },
        "extra_numbers": numbers_for_page(name for name in _named(link.question) if name not in _shown()),
    }


@functools.cache
def _shared() -> dict[str, Any]:
    """What is the same for every page."""
    return {
        "numbers": numbers_for_page(_shown()),
        "switches": {name: list(positions) for name, positions in _SWITCH_POSITIONS.items()},
        "scenarios": _scenarios(),
        "events": strikeable(),
        "texts": {one: texts(one) for one in LANGUAGES},
        "levers": {one: levers_for_page(i) for i, one in enumerate(LANGUAGES)},
        "claims": {
            "jobs": claims.JOBS,
            "usd_bn": claims.TOTAL_USD / 1e9,
            "announced": f"{claims.ANNOUNCED:%Y-%m}",
            "due": f"{claims.TOTAL_BY:%Y-%m}",
        },
    }


@functools.cache
def texts(language: str) -> dict[str, Any]:
    """All sentences of the page in a language."""
    return tomllib.loads((_TEXTS / f"{language}.toml").read_text(encoding="utf-8"))


def _named(question: Question) -> list[str]:
    """The numbers a question changes."""
    names = [name for name, _ in question.settings] + [shock.name for shock in question.shocks]
    return [name for name in names if name in numbers()]


@functools.cache
def _shown() -> tuple[str, ...]:
    """Numbers the page may have to name: the levers and what shipped scenarios change."""
    names = dict.fromkeys(lever["name"] for lever in lever_file()["levers"])
    for scenario in map(abm.Scenario.load, abm.Scenario.shipped()):
        names |= dict.fromkeys(scenario.overrides)
        names |= dict.fromkeys(change.name for change in scenario.changes if not isinstance(change.value, str))
    return tuple(names)


def _scenarios() -> list[dict[str, Any]]:
    """Every shipped scenario with all that makes it differ from the baseline."""
    first = abm.Scenario.load("baseline")
    found = []
    for scenario in map(abm.Scenario.load, abm.Scenario.shipped()):
        changes = [dataclasses.asdict(change) for change in scenario.changes]
        switches = {s: getattr(scenario, s) for s in SWITCHES if getattr(scenario, s) != getattr(first, s)}
        found.append(
            {
                "name": scenario.name,
                "why": scenario.why,
                "overrides": dict(scenario.overrides),
                "switches": switches,
                "abundant": list(scenario.abundant),
                "changes": changes,
            }
        )
    return sorted(found, key=lambda s: (s["name"] != "baseline", s["name"].startswith("abundant_"), s["name"]))
