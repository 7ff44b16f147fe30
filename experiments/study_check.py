"""What `stargate study --check` says: what would run, how long it takes and how large it gets."""

import dataclasses
import datetime
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

import abm
from experiments import facts, study_cluster
from experiments.output import console, print_json
from experiments.study_command import StudyWishes
from experiments.study_pieces import Piece, Recorder, outcome
from experiments.study_plan import Plan, PlannedRun
from experiments.study_progress import duration
from experiments.study_store import Stored, StudyFolder, is_study_folder

_PROBE_MONTHS = 3
_MB = 1_000_000


def check(plan: Plan, wishes: StudyWishes) -> None:
    """Say what would run, how long it takes and how large it gets."""
    out = wishes.folder(plan)
    stored = StudyFolder(out).stored() if out.is_dir() and is_study_folder(out) else {}
    missing = [run for run in plan.runs if run.run_id not in stored]
    workers = min(wishes.workers or os.cpu_count() or 1, max(len(missing), 1))
    pace = _pace(plan, out, stored)
    seconds = sum(pace.seconds_of(run) for run in missing) / workers
    size = sum(pace.bytes_of(run) for run in plan.runs)
    said = {
        "study": plan.study.name,
        "folder": str(out),
        "scenarios": [scenario.name for scenario in plan.study.scenarios],
        "points": len({row["point"] for row in plan.design}),
        "seeds": len(plan.study.seeds),
        "stops": None if plan.study.stop is None else dataclasses.asdict(plan.study.stop),
        "runs": len(plan.runs),
        "stored": len(plan.runs) - len(missing),
        "outputs": [*plan.study.outputs],
        "varies": {factor.name: factor.kind for factor in plan.study.factors},
        "workers": workers,
        "about_seconds": seconds,
        "about_mb": size / _MB,
        "pace_from": pace.source,
    }
    if wishes.cluster is not None:
        study_cluster.check(wishes.cluster)
        said["cluster"] = wishes.cluster
    if wishes.cluster == study_cluster.SLURM:
        from experiments import study_slurm

        said["job_script"] = study_slurm.job_script()
    if wishes.is_json:
        print_json(said)
    elif not wishes.is_quiet:
        _print_check(said, plan)


def _print_check(said: dict[str, Any], plan: Plan) -> None:
    to = console()
    to.print(Text.assemble((said["study"], "bold"), f"  {plan.study.why}"))
    rows = Table.grid(padding=(0, 2, 0, 2))
    rows.add_row("runs", f"{said['runs']:,}, of which {said['stored']:,} are there in {said['folder']}")
    rows.add_row("scenarios", Text(", ".join(said["scenarios"])))
    rows.add_row("points, seeds", f"{said['points']:,} points of the design, {said['seeds']:,} seeds")
    if said["stops"]:
        stop = said["stops"]
        rows.add_row(
            "stops", f"from {stop['first_seeds']} seeds on, when differences in {stop['figure']} are known to "
            f"{stop['width']:g}; the figures here are for the most"
        )  # fmt: skip
    for kind in dict.fromkeys(said["varies"].values()):
        rows.add_row(kind, Text(", ".join(name for name, its in said["varies"].items() if its == kind)))
    rows.add_row("tables", ", ".join(said["outputs"]))
    rows.add_row(
        "takes about", f"{duration(said['about_seconds'])} with {said['workers']} workers ({said['pace_from']})"
    )
    rows.add_row("fills about", f"{said['about_mb']:,.1f} MB")
    to.print(rows)
    if "job_script" in said:
        to.print(Text("\nEach worker is a job with this script:\n", style="dim"), Text(said["job_script"]), sep="")


@dataclass(frozen=True, slots=True)
class _Pace:
    """How long a run takes and how large it is: so much for the first month, so much for each later one."""

    source: str
    first_seconds: float
    month_seconds: float
    month_bytes: float

    def seconds_of(self, run: PlannedRun) -> float:
        return self.first_seconds + (run.scenario.months - 1) * self.month_seconds

    def bytes_of(self, run: PlannedRun) -> float:
        return self.month_bytes * run.scenario.months


def _pace(plan: Plan, out: Path, stored: dict[str, Stored]) -> _Pace:
    probe = _probe(plan)
    known = [run for run in plan.runs if run.run_id in stored and stored[run.run_id].status == "done"]
    if not known:
        return probe
    month_seconds = sum(stored[run.run_id].seconds for run in known) / sum(run.scenario.months for run in known)
    return _Pace(f"the pace of the {len(known):,} runs in {out}", month_seconds, month_seconds, probe.month_bytes)


def _probe(plan: Plan) -> _Pace:
    """Two short runs: the first warms up, the second is timed, and adds so much to what is written."""
    sizes, marks = [], []
    piece = Piece(plan.study.outputs)
    for seed in (0, 1):
        scenario = plan.runs[0].scenario
        months = min(_PROBE_MONTHS, scenario.months)
        changes = tuple(change for change in scenario.changes if change.month < months)
        short = dataclasses.replace(scenario, months=months, changes=changes)
        run = PlannedRun(seed, short, seed, facts.identity_of(short, seed), 0, {})
        recorder, marks = Recorder(), [time.perf_counter()]
        for record in abm.run(short, seed=seed):
            recorder.add(record)
            marks.append(time.perf_counter())
        piece.add(outcome(run, None, None, datetime.datetime.now(datetime.UTC), 0.0), recorder.tables(run))
        with tempfile.TemporaryDirectory() as folder:
            piece.write(Path(folder))
            sizes.append(sum(path.stat().st_size for path in Path(folder).iterdir()))
    later = (marks[-1] - marks[1]) / max(months - 1, 1)
    return _Pace("a short probe", marks[1] - marks[0], later, (sizes[1] - sizes[0]) / months)
