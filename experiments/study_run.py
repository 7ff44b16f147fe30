"""Runs a study into its folder: what is there stays, what is missing is made, and any of it may be killed."""

import json
import os
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import abm
from experiments import study_cluster, study_finish, study_metadata, study_package, study_partial, study_stop
from experiments.errors import BadInput, BadResults
from experiments.study_plan import Plan, PlannedRun
from experiments.study_progress import StudyBar
from experiments.study_shift import AnyCrew, Shift, cannot_write
from experiments.study_store import SUCCESS, StudyFolder, opened, runs_of
from experiments.study_work import Runner
from experiments.study_workers import Crew

if TYPE_CHECKING:
    from abm import Month, Scenario

_MOST_WORKERS = 1024


def model(scenario: "Scenario", *, seed: int) -> Iterator["Month"]:
    """The model, loaded when the first run asks for it."""
    return abm.run(scenario, seed=seed)


@dataclass(frozen=True, slots=True)
class Order:
    """How to run a plan.

    Attributes:
        out: folder.
        workers: processes, None for as many as there are processors.
        command: what to type to get this study again.
        is_shown: whether to show a bar.
        runner: makes a run; the model, but in tests.
        cluster: address of a Dask scheduler, or "slurm"; None for processes here.
        is_retry: whether to make failed runs once more.
    """

    out: Path
    workers: int | None
    command: str
    is_shown: bool = False
    runner: Runner = model
    cluster: str | None = None
    is_retry: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out.

    Attributes:
        runs: in the folder.
        made: of them now.
        failed: of them all.
    """

    runs: int
    made: int
    failed: int


def run_study(plan: Plan, order: Order) -> Outcome:
    """Make the runs that are missing, and when all are there the final files.

    Raises:
        BadInput: if the number of workers makes no sense.
        BadResults: if the folder cannot be used.
        KeyboardInterrupt: if asked to stop; what was finished is kept.
    """
    workers = (os.cpu_count() or 1) if order.workers is None else order.workers
    if order.cluster is not None:
        study_cluster.check(order.cluster)
    if not 1 <= workers <= _MOST_WORKERS:
        raise BadInput(f"--workers {workers} is outside 1..{_MOST_WORKERS}; give another")
    try:
        with opened(order.out) as folder:
            try:
                return _run(plan, order, workers, folder)
            except OSError as error:
                raise BadResults(cannot_write(folder.path, error)) from error
    except KeyboardInterrupt as asked:
        told = str(asked) or "interrupted; the runs that are stored are kept, the same command makes the rest"
        raise KeyboardInterrupt(told) from None


def _run(plan: Plan, order: Order, workers: int, folder: StudyFolder) -> Outcome:
    study_finish.resume_placing(folder)
    identity = plan.runs[0].identity
    shared = runs_of(plan.study.outputs, identity.code_hash, identity.numbers_hash)
    folder.check(shared)
    stored = folder.stored()
    again = {run_id for run_id, run in stored.items() if order.is_retry and run.status == "failed"}
    missing = _missing(plan, folder, again)
    if folder.is_complete and (not missing or (not again and _is_at_its_end(plan, folder))):
        return Outcome(len(stored), 0, sum(run.status == "failed" for run in stored.values()))
    folder.begin(shared)
    study_partial.note_plan(folder.work, plan)
    (folder.path / SUCCESS).unlink(missing_ok=True)
    made = 0
    with StudyBar(plan, len(plan.runs) - len(missing), order.is_shown) as bar:
        for part in _stages(plan, folder):
            missing = _missing(part, folder, again)
            bar.expect(len(part.runs), len(missing))
            if missing:
                Shift(part, folder, bar, missing).work(_crew(part, order, min(workers, len(missing))))
            made += len(missing)
            again -= part.by_id.keys()
        bar.say("putting the tables together")
        return _finished(part, folder, order.command, made)


def _crew(plan: Plan, order: Order, workers: int) -> AnyCrew[Any]:
    if order.cluster is None:
        return Crew(workers, order.runner, plan.study.outputs)
    return study_cluster.ClusterCrew(order.cluster, order.workers, order.runner, plan.study.outputs)


def _is_at_its_end(plan: Plan, folder: StudyFolder) -> bool:
    """Whether the stop rule, if there is one, asks for nothing more than a complete folder holds."""
    if plan.study.stop is None:
        return False
    stored = folder.stored()
    part = next(_stages(plan, folder))
    is_all = stored.keys() == part.by_id.keys()
    return is_all and (part.study.seeds == plan.study.seeds or study_stop.is_enough(part, stored, plan.study.stop))


def _stages(plan: Plan, folder: StudyFolder) -> Iterator[Plan]:
    """The plan, or with a stop rule as much of it as the rule asks for, more each time; each is run before the next."""
    if plan.study.stop is None:
        yield plan
        return
    for seeds in plan.study.stop.stages():
        part = plan.with_seeds(seeds)
        if not folder.stored().keys() <= part.by_id.keys():
            continue  # a stricter rule was followed before; what is there stays
        yield part
        if study_stop.is_enough(part, folder.stored(), plan.study.stop):
            return


def _missing(plan: Plan, folder: StudyFolder, again: Set[str]) -> list[PlannedRun]:
    stored = folder.stored()
    strange = [run_id for run_id in stored if run_id not in plan.by_id]
    if strange:
        raise BadResults(
            f"{folder.path} holds {len(strange)} runs that this study does not ask for, such as {strange[0]}; "
            "give another --out, or delete the folder to start anew"
        )
    return [run for run in plan.runs if run.run_id not in stored or run.run_id in again]


def _finished(plan: Plan, folder: StudyFolder, command: str, made: int) -> Outcome:
    stored = folder.stored()
    parts, described = study_finish.finish(folder, plan, stored)
    said = study_package.manifest(folder.work / "final", plan, parts, stored, command)
    package = study_package.data_package(plan, parts, described)
    beside = {"datapackage.json": _json(package), "README.md": study_package.page(plan, said, parts)}
    beside |= study_metadata.files(said, described)
    study_finish.put_in_place(folder, _json(said), beside)
    return Outcome(len(plan.runs), made, said["failed_runs"])


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=list)
