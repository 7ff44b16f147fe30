"""Measures what a study costs beside bare loops of `run`: `uv run python -m tests.speed.studies --runs 100`.

Prints JSON. On a machine that does other things too, look at processor seconds rather than at time on the clock.
`efficiency` is what bare loops take over what the study takes; `storing_share` is of the time of a run.
"""

import argparse
import contextlib
import dataclasses
import json
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

import abm
from experiments.study_file import DEFAULT_OUTPUTS, OUTPUTS, Study
from experiments.study_net import NET
from experiments.study_pieces import Piece
from experiments.study_plan import plan_of
from experiments.study_run import Order, model, run_study
from experiments.study_work import made
from experiments.study_workers import THREADS

ALL = tuple(name for name in OUTPUTS if name != NET)


def plan(arguments, seeds, folder):
    """A study of so many runs."""
    text = f'why = "x"\nseeds = {seeds}\nmonths = {arguments.months}\nworkers_per_agent = {arguments.scale}\n'
    (folder / "speed.toml").write_text(text, encoding="utf-8")
    return plan_of(Study.load(str(folder / "speed.toml")))


def clocks(work):
    """Seconds on the clock and of processors, those of ended children among them, that some work takes."""
    used = lambda: sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))  # noqa: E731
    before, began = used(), time.perf_counter()
    work()
    return {"seconds": time.perf_counter() - began, "processor_seconds": used() - before}


def _loop(scenario, seeds):
    for seed in seeds:
        for _ in abm.run(scenario, seed=seed):
            pass


def bare(arguments, workers):
    """Bare loops of `run`, one in each process, from the start of the processes to their end."""
    scenario = dataclasses.replace(
        abm.Scenario.load("baseline"), months=arguments.months, workers_per_agent=arguments.scale
    )
    context = multiprocessing.get_context("spawn")
    shares = [range(1 + i, arguments.runs + 1, workers) for i in range(workers)]
    processes = [context.Process(target=_loop, args=(scenario, share)) for share in shares]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def storing(arguments, folder):
    """Share of a run's time that keeping its tables takes, by what is kept; medians of some runs."""
    runs = plan(arguments, arguments.storing_runs + 1, folder).runs
    timed = {"nothing": [], "default": [], "all": []}
    for i, run in enumerate(runs):
        for name, outputs in (("nothing", None), ("default", DEFAULT_OUTPUTS), ("all", ALL)):
            before = time.process_time()
            if outputs is None:
                for _ in abm.run(run.scenario, seed=run.seed):
                    pass
            else:
                piece = Piece(outputs)
                made(run, piece, model)
                place = folder / f"{name}-{i}"
                place.mkdir()
                piece.write(place)
            if i:  # the first compiles
                timed[name].append(time.process_time() - before)
    seconds = {name: statistics.median(values) for name, values in timed.items()}
    shares = {name: 1 - seconds["nothing"] / seconds[name] for name in ("default", "all")}
    return {"processor_seconds_of_a_run": seconds, "storing_share": shares}


class Memory:
    """The most memory the coordinating process and each worker hold, looked at now and again."""

    def __init__(self):
        self.seen, self._is_over = [], threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        self._thread.join()

    def _watch(self):
        me = psutil.Process()
        while not self._is_over.wait(0.5):
            children = []
            for child in me.children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    children.append(child.memory_info().rss / 1e6)
            self.seen.append((me.memory_info().rss / 1e6, max(children, default=0.0)))

    def said(self):
        """Most MB in each quarter of the time: flat if they do not rise."""
        size = max(len(self.seen) // 4, 1)
        quarters = [self.seen[i : i + size] for i in range(0, size * 4, size)]
        return {
            name: [round(max((row[place] for row in quarter), default=0.0)) for quarter in quarters]
            for place, name in enumerate(("coordinator_mb", "worker_mb"))
        }


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser()
    for name, value in (("runs", 100), ("months", 68), ("scale", 100), ("workers", 2), ("storing-runs", 5)):
        parser.add_argument(f"--{name}", type=int, default=value)
    arguments = parser.parse_args()
    os.environ |= dict.fromkeys(THREADS, "1")
    load = [round(value, 1) for value in os.getloadavg()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = plan(arguments, arguments.runs, folder)
        storage = storing(arguments, folder)
        loops = clocks(lambda: bare(arguments, arguments.workers))
        with Memory() as memory:
            order = Order(folder / "here", arguments.workers, "speed")
            here = clocks(lambda: run_study(study, order))
        there = clocks(lambda: on_dask(study, folder / "there", arguments.workers))
    said = {
        **vars(arguments),
        "load_before": load,
        "bare_loops": loops,
        "study": here,
        "dask": there,
        "efficiency": {name: loops[name] / here[name] for name in loops},
        "dask_over_study": {name: there[name] / here[name] for name in here},
        **storage,
        "memory": memory.said(),
    }
    json.dump(said, sys.stdout, indent=2)


def on_dask(study, out, workers):
    """The same study on a cluster of this machine, its start and end included."""
    import distributed

    with distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        run_study(study, Order(out, workers, "speed", cluster=cluster.scheduler_address))


if __name__ == "__main__":
    main()
