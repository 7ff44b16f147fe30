"""The commands for studies and their results, as the command line sees them; the work is in other files."""

import time
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from experiments.cli_types import Flag, Whole, command_line

results = App(name="results", help="Check results on disk, or hand them to other programs.")


def study(
    study: str,
    /,
    *,
    workers: Whole | None = None,
    check: Flag = False,
    months: Whole | None = None,
    scale: Whole | None = None,
    seeds: Whole | None = None,
    cluster: str | None = None,
    retry: Flag = False,
    allow_outside: Flag = False,
    out: Path | None = None,
    quiet: Flag = False,
    json: Flag = False,
) -> None:
    """Run a batch of scenarios, points and seeds; the same command goes on with what was interrupted.

    Args:
        study: a shipped name (see `stargate studies`) or the path of a .toml file.
        workers: processes; as many as there are processors, or the cluster has, if not given; no matter for results.
        check: say what would run, how long and how large, and run nothing but a short probe.
        months: instead of the study's.
        scale: people for whom one row of the worker table stands, instead of the study's.
        seeds: how many draws, instead of the study's.
        cluster: tcp://HOST:PORT of a Dask scheduler, or slurm to submit workers; with --check, the script they run.
        retry: make the runs that failed once more.
        allow_outside: let values leave the numbers' sourced ranges; what comes out then rests on no source.
        out: folder to write or to go on with; results/STUDY if not given.
        quiet: print nothing.
        json: print a summary as JSON.
    """
    started = time.perf_counter()
    from experiments import study_command  # tables take half a second to import

    command = command_line("study", study, ("--months", months), ("--scale", scale), ("--seeds", seeds))
    command += " --allow-outside" * allow_outside
    wishes = study_command.StudyWishes(
        out, workers, cluster, command, is_retry=retry, is_quiet=quiet, is_json=json, started=started
    )
    outside = True if allow_outside else None
    chosen = study_command.chosen(study, months=months, workers_per_agent=scale, seeds=seeds, allow_outside=outside)
    if check:
        from experiments import study_check

        study_check.check(chosen, wishes)
    else:
        study_command.run(chosen, wishes)


def studies(*, json: Flag = False) -> None:
    """List the shipped studies and what each is for.

    Args:
        json: print them as JSON.
    """
    from experiments import output, study_command

    if json:
        output.print_json(study_command.study_rows())
    else:
        study_command.print_studies(output.console())


def analyse(
    study: str,
    /,
    *,
    only: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)] = (),
    figure: str | None = None,
    below: float | None = None,
    above: float | None = None,
    out: Path | None = None,
    quiet: Flag = False,
    json: Flag = False,
) -> None:
    """Say what a study found: what matters, when, at what price, and whether there are enough seeds.

    Args:
        study: folder of a study, or its name under results.
        only: net, pairs, convergence, morris, sobol, discovery or tradeoffs; may be repeated. All if not given.
        figure: for discovery, a column of `summary`: peak_jobs, last_operating_mw or spent_usd.
        below: when does the figure stay under this? 100000 jobs if nothing is given.
        above: when does it pass this?
        out: folder to write, replacing an analysis that is there; analysis in the study's folder if not given.
        quiet: print nothing.
        json: print the readings as JSON.
    """
    from experiments import analyse_command  # statistics take seconds to import

    outcome = analyse_command.outcome_of(figure, below, above)
    analyse_command.run(study, analyse_command.AnalyseWishes(only, outcome, out, is_quiet=quiet, is_json=json))


@results.command
def verify(path: Path, /, *, quiet: Flag = False, json: Flag = False) -> None:
    """Check that every file is as it was written, naming those that are not.

    Args:
        path: folder of a study or a run.
        quiet: print nothing.
        json: print the result as JSON.
    """
    from experiments import output, results_command

    files, has_checksums = results_command.verified(path)
    if json:
        output.print_json({"folder": str(path), "files": files, "is_whole": True, "has_checksums": has_checksums})
    elif not quiet:
        told = "are as they were written" if has_checksums else "can be read; a single run keeps no checksums"
        output.console().print(f"{path}: all {files} files {told}", markup=False)


@results.command
def export(path: Path, /, *, to: str, out: Path | None = None, quiet: Flag = False, json: Flag = False) -> None:
    """Write the tables for other programs, and a table of what the columns mean.

    Args:
        path: folder of a study or a run.
        to: csv or stata.
        out: folder to write, replacing an export that is there; PATH-csv or PATH-stata if not given.
        quiet: print nothing.
        json: print the result as JSON.
    """
    from experiments import output, results_command

    folder = results_command.exported(path, to, out)
    names = sorted(file.name for file in folder.iterdir())
    if json:
        output.print_json({"folder": str(folder), "files": names})
    elif not quiet:
        output.console().print(f"{folder}: {', '.join(names)}", markup=False)


def reproduce(run_id: str, /, *, where: Path = Path("results"), quiet: Flag = False, json: Flag = False) -> None:
    """Make a stored run again and compare every cell of its tables.

    Args:
        run_id: of the run, from the table `runs` of a study or `run.parquet`.
        where: folder of results to look in, or of one study or run.
        quiet: print nothing.
        json: print the result as JSON.
    """
    from experiments import output, reproduce_command

    found = reproduce_command.reproduced(run_id, where)
    if json:
        told = {"run_id": run_id, "folder": str(found.folder), "tables": found.tables, "cells": found.cells}
        output.print_json({**told, "is_equal": True, "is_same_code": found.is_same_code})
    elif not quiet:
        code = "" if found.is_same_code else ", though code or numbers have changed since"
        told_cells = f"{found.cells:,} cells in {found.tables} tables" if found.tables else "the same failure"
        output.console().print(f"{run_id} in {found.folder}: equal, {told_cells}{code}", markup=False)
