"""Where a month's time goes: `uv run python -m tests.speed.month` prints JSON, milliseconds by step and by function.

Whole runs are repeated; of each figure stand the least and the median over the repeats, for the machine may be shared:
`cpu` is the time this process had, `wall` also counts the time others had. Functions are looked at in one more run
under the profiler, which makes small functions look dearer than they are.
"""

import argparse
import cProfile
import dataclasses
import json
import pstats
import statistics
import time
from pathlib import Path

import abm
from abm.model import Stargate
from abm.month import MONTH
from abm.observe import observe

MS_PER_SECOND = 1_000
PACKAGE = Path(abm.__file__).parent


def main():
    """Read the options, time, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="baseline")
    parser.add_argument("--months", type=int, default=68)
    parser.add_argument("--scale", type=int, default=100, help="workers per agent")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--functions", type=int, default=40, help="how many of the dearest functions to list")
    options = parser.parse_args()
    question = dataclasses.replace(
        abm.Scenario.load(options.scenario), months=options.months, workers_per_agent=options.scale
    )
    first = run(question, options.seed)  # compiles, or loads what was compiled
    runs = [run(question, options.seed) for _ in range(options.repeats)]
    print(json.dumps(report(options, first, runs, functions(question, options)), indent=1))  # noqa: T201


def run(question, seed):
    """One run; seconds by part of the run and clock, for steps one figure a month."""
    parts = {}

    def timed(part, do, *args):
        cpu, wall = time.process_time(), time.perf_counter()
        result = do(*args)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        parts.setdefault(part, []).append({"cpu": cpu, "wall": wall})
        return result

    model = timed("set-up", Stargate, question, seed)
    for month in range(question.months):
        model.month += 1
        for step in MONTH:
            timed(step.name, step.do, model)
        timed("observe", observe, model, month == question.months - 1)
    return parts


def functions(question, options):
    """Own and whole milliseconds a month of the model's dearest functions, in one run under the profiler."""
    profiler = cProfile.Profile()
    profiler.runcall(run, question, options.seed)
    stats = pstats.Stats(profiler).stats
    per_month = MS_PER_SECOND / question.months
    rows = [
        {
            "function": f"{Path(file).relative_to(PACKAGE)}:{line} {name}", "calls": calls,
            "own_ms": round(own * per_month, 3), "whole_ms": round(whole * per_month, 3),
        }
        for (file, line, name), (_, calls, own, whole, _) in stats.items() if Path(file).is_relative_to(PACKAGE)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: -row["whole_ms"])[: options.functions]


def report(options, first, runs, dearest):
    """All of it as one object for JSON."""
    return {
        "scenario": options.scenario, "months": options.months, "workers_per_agent": options.scale,
        "repeats": options.repeats,
        "first_run_s": round(total(first, "wall"), 3),
        "run_s": {clock: least_and_median([total(parts, clock) for parts in runs]) for clock in ("cpu", "wall")},
        "steps_ms": {part: step_figures(part, runs) for part in runs[0]},
        "functions_ms_a_month": dearest,
    }  # fmt: skip


def total(parts, clock):
    """Seconds of a whole run."""
    return sum(one[clock] for times in parts.values() for one in times)


def step_figures(part, runs):
    """The median month of a step, by repeat; the set-up happens once a run."""
    return {
        clock: least_and_median([MS_PER_SECOND * statistics.median(t[clock] for t in parts[part]) for parts in runs])
        for clock in ("cpu", "wall")
    }


def least_and_median(values):
    """Both, to a microsecond where values are milliseconds."""
    return {"least": round(min(values), 3), "median": round(statistics.median(values), 3)}


if __name__ == "__main__":
    main()
