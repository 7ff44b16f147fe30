"""The commands that say why, as the command line sees them; the work is in other files."""

import datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

import abm
from experiments.asked import scenario_asked
from experiments.cli_types import Flag, Whole, command_line
from experiments.errors import BadInput

_MOST_SEEDS = 10_000


def compare(
    a: str,
    b: str,
    /,
    *,
    seeds: Whole = 20,
    months: Whole | None = None,
    scale: Whole | None = None,
    workers: Whole | None = None,
    out: Path | None = None,
    quiet: Flag = False,
    json: Flag = False,
) -> None:
    """Run two scenarios on the same seeds and say what moved, with bands.

    Args:
        a: a shipped name (see `stargate scenarios`) or the path of a .toml file.
        b: the other.
        seeds: how many draws, from seed 1 on; each is run in both.
        months: how many from 2024-05 on, instead of the scenarios'.
        scale: people for whom one row of the worker table stands, instead of the scenarios'.
        workers: processes; as many as there are processors if not given. Results do not depend on it.
        out: folder to write; results/compare-A-B if not given.
        quiet: print nothing.
        json: print the differences as JSON.
    """
    one, two = (scenario_asked(name, months, scale, ()) for name in (a, b))
    from experiments import compare_command  # tables take half a second to import

    options = (("--seeds", seeds), ("--months", months), ("--scale", scale))
    command = command_line("compare", (a, b), *options)
    wishes = compare_command.PairWishes(out, _count("--workers", workers), command, is_quiet=quiet, is_json=json)
    compare_command.compare(one, two, _seeds(seeds), wishes)


def relax(
    scenario: str = "baseline",
    /,
    *,
    by: Annotated[str, Parameter(allow_leading_hyphen=True)] = "10%",
    seeds: Whole = 10,
    months: Whole | None = None,
    scale: Whole | None = None,
    workers: Whole | None = None,
    out: Path | None = None,
    quiet: Flag = False,
    json: Flag = False,
) -> None:
    """Give a little more of each input in turn, on the same seeds, and rank what that adds.

    Args:
        scenario: a shipped name (see `stargate scenarios`) or the path of a .toml file.
        by: how much more, such as 10% or 0.1.
        seeds: how many draws, from seed 1 on.
        months: how many from 2024-05 on, instead of the scenario's.
        scale: people for whom one row of the worker table stands, instead of the scenario's.
        workers: processes; as many as there are processors if not given. Results do not depend on it.
        out: folder to write; results/relax-SCENARIO if not given.
        quiet: print nothing.
        json: print the values as JSON.
    """
    by_share = _share(by)
    base = scenario_asked(scenario, months, scale, ())
    from experiments import relax_command  # tables take half a second to import
    from experiments.compare_command import PairWishes

    options = (("--by", by), ("--seeds", seeds), ("--months", months), ("--scale", scale))
    command = command_line("relax", scenario, *options)
    wishes = PairWishes(out, _count("--workers", workers), command, is_quiet=quiet, is_json=json)
    relax_command.relax(base, by_share, _seeds(seeds), wishes)


def why(
    campus: str,
    /,
    *,
    month: str | None = None,
    scenario: str = "baseline",
    seed: Whole = 1,
    months: Whole | None = None,
    scale: Whole | None = None,
    run: Path | None = None,
    rows: Flag = False,
    quiet: Flag = False,
    json: Flag = False,
) -> None:
    """Tell the story of a site: what happened when, what it waited for, and what that cost.

    Args:
        campus: its name or a part of it, such as Abilene.
        month: tell only what concerns this month, YYYY-MM.
        scenario: a shipped name (see `stargate scenarios`) or the path of a .toml file.
        seed: of the random numbers.
        months: how many from 2024-05 on; the scenario's if not given.
        scale: people for whom one row of the worker table stands; the scenario's if not given.
        run: folder of a run to read instead of running the scenario.
        rows: name the row of a table behind each sentence.
        quiet: print nothing.
        json: print the story as JSON.
    """
    if not 0 <= seed <= abm.MOST_SEED:
        raise BadInput(f"--seed {seed} is outside 0..{abm.MOST_SEED}; give another")
    date = _month(month)
    asked = scenario_asked(scenario, months, scale, ()) if run is None else None
    from experiments import why_command  # tables take half a second to import

    options = (("--month", month), ("--scenario", scenario), ("--seed", seed), ("--months", months), ("--scale", scale))
    command = command_line("why", campus, *(options if run is None else (("--month", month), ("--run", run))))
    wishes = why_command.WhyWishes(date, command, is_quiet=quiet, is_json=json, with_rows=rows)
    if asked is None:
        why_command.of_folder(campus, Path(str(run)), wishes)
    else:
        why_command.of_scenario(campus, asked, seed, wishes)


def _month(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(f"{text}-01")
    except ValueError:
        raise BadInput(f"--month {text!r} is no month; write YYYY-MM, for example 2026-03") from None


def _share(text: str) -> float:
    """0.1 for 10% or 0.1."""
    stripped = text.strip()
    try:
        share = float(stripped.removesuffix("%")) / (100 if stripped.endswith("%") else 1)
    except ValueError:
        raise BadInput(f"--by {text!r} is no share; write for example 10% or 0.1") from None
    if not 0 < share <= 1:
        raise BadInput(f"--by {text} is outside 0..100%; give how much more, for example 10%")
    return share


def _seeds(seeds: int) -> int:
    if not 1 <= seeds <= _MOST_SEEDS:
        raise BadInput(f"--seeds {seeds} is outside 1..{_MOST_SEEDS}; two or more give an interval")
    return seeds


def _count(option: str, given: int | None) -> int | None:
    if given is not None and given < 1:
        raise BadInput(f"{option} {given} is less than 1; leave it out for as many as there are processors")
    return given
