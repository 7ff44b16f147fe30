"""Stand-ins for the model that workers of a study can load, and the `stargate` command over the quickest of them.

`python tests/study_fakes.py study FILE` runs a study without the model. FAKE_LOG names a file that gets a line for
every run begun, FAKE_SECONDS is the time one takes.
"""

import dataclasses
import functools
import os
import sys
import time
from pathlib import Path

import numpy as np

from tests import fakes


@functools.cache
def _records(months):
    import abm

    scenario = dataclasses.replace(abm.Scenario.load("baseline"), months=months, workers_per_agent=1000)
    return tuple(fakes.fake_run(scenario, seed=0))


def quick_run(scenario, *, seed):
    """Records that differ by scenario and seed in the jobs of `months` only, and cost next to nothing."""
    if "FAKE_LOG" in os.environ:
        with Path(os.environ["FAKE_LOG"]).open("a") as log:
            log.write(f"{scenario.name} {seed}\n")
    time.sleep(float(os.environ.get("FAKE_SECONDS", "0")))
    more = seed + 1000 * len(scenario.overrides) + 100 * len(scenario.name)
    for record in _records(scenario.months):
        months = {**record.tables["months"], "jobs_total": np.array([record.tables["months"]["jobs_total"][0] + more])}
        yield dataclasses.replace(record, tables={**record.tables, "months": months})


def noisy_run(scenario, *, seed):
    """Like the quick one with luck that differs by scenario and seed."""
    extra = int(np.random.default_rng([seed, *scenario.name.encode()]).integers(0, 1000))
    for record in quick_run(scenario, seed=seed):
        months = {**record.tables["months"], "jobs_total": record.tables["months"]["jobs_total"] + extra}
        yield dataclasses.replace(record, tables={**record.tables, "months": months})


def failing_run(scenario, *, seed):
    """Fails in the second month of seed 2."""
    for i, record in enumerate(quick_run(scenario, seed=seed)):
        if seed == 2 and i == 1:
            raise ZeroDivisionError("a planted\nfailure")
        yield record


def dying_run(scenario, *, seed):
    """Takes its process along at seed 2: once if FAKE_DIES_ONCE names a file to remember that by, else always."""
    if seed == 2:
        once = os.environ.get("FAKE_DIES_ONCE")
        if once is None or not Path(once).exists():
            if once is not None:
                Path(once).touch()
            os.kill(os.getpid(), 9)
    yield from quick_run(scenario, seed=seed)


def small_disk_run(scenario, *, seed):
    """Lets its process write files of at most a few bytes, as a full disk would."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    yield from quick_run(scenario, seed=seed)


FEW = 'why = "x"\nscenarios = ["baseline", "abundant"]\nmonths = 3\nworkers_per_agent = 1000\n'


def planned(folder, seeds=3, text=FEW):
    """The runs of `mine.toml`, which is written into the folder."""
    from experiments.study_file import Study
    from experiments.study_plan import plan_of

    (folder / "mine.toml").write_text(f"seeds = {seeds}\n{text}", encoding="utf-8")
    return plan_of(Study.load(str(folder / "mine.toml")))


def direct(plan, table, runner=quick_run):
    """The rows of a table from a bare loop over a runner, by scenario."""
    import polars as pl

    from experiments.study_pieces import Recorder

    frames = []
    for run in plan.runs:
        recorder = Recorder()
        for record in runner(run.scenario, seed=run.seed):
            recorder.add(record)
        frames.append(recorder.tables(run)[table].with_columns(scenario=pl.lit(run.scenario.name)))
    return pl.concat(frames).sort("scenario", maintain_order=True)


if __name__ == "__main__":
    import experiments.study_command
    from experiments.cli import main

    experiments.study_command.model = quick_run
    sys.exit(main())
