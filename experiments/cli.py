"""The command `stargate`; heavy libraries are imported by the commands that need them, so that help comes at once."""

import importlib.metadata
import os
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter, UnusedCliTokensError

import abm
from experiments import cli_causes, cli_studies, cli_workshop
from experiments.asked import scenario_asked
from experiments.cli_types import Flag, Whole, command_line
from experiments.errors import DONE, BadInput, exit_code, one_line
from experiments.interruption import ended_politely

_DEBUG = "--debug"

app = App(
    name="stargate",
    help="Who builds, powers, equips and pays for the Stargate data centres, month by month: jobs and bottlenecks.",
    help_epilogue="`stargate run` is the place to start. With --debug anywhere, a failure shows where it happened.",
    version=lambda: importlib.metadata.version("stargate-abm"),
    suppress_keyboard_interrupt=False,  # it would leave without a word
)


@app.command
def run(
    scenario: str = "baseline",
    /,
    *,
    seed: Whole = 1,
    months: Whole | None = None,
    scale: Whole | None = None,
    set_: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)] = (),
    allow_outside: Flag = False,
    out: Path | None = None,
    quiet: Flag = False,
    json: Flag = False,
) -> None:
    """Run a scenario; write its tables and charts, and say what came out.

    Args:
        scenario: a shipped name (see `stargate scenarios`) or the path of a .toml file.
        seed: of the random numbers; the same seed gives the same tables.
        months: how many from 2024-05 on; the scenario's if not given. What it changes later falls away.
        scale: people for whom one row of the worker table stands, 1 (everyone) to 1000; the scenario's if not given.
        set_: a number or switch to set, as name=value (see `stargate numbers`); may be repeated for others.
        allow_outside: let numbers leave their sourced ranges; what comes out then rests on no source.
        out: folder to write, replacing the run that is there; results/SCENARIO-sSEED if not given.
        quiet: print nothing.
        json: print the summary as JSON.
    """
    started = time.perf_counter()
    if not 0 <= seed <= abm.MOST_SEED:
        raise BadInput(f"--seed {seed} is outside 0..{abm.MOST_SEED}; give another")
    chosen = scenario_asked(scenario, months, scale, set_, allow_outside=allow_outside)
    from experiments import run_command  # tables take half a second to import

    settings = [("--set", setting) for setting in set_]
    command = command_line("run", scenario, ("--seed", seed), ("--months", months), ("--scale", scale), *settings)
    command += " --allow-outside" * allow_outside
    wishes = run_command.Wishes(out, is_quiet=quiet, is_json=json, started=started)
    run_command.run(chosen, seed, command, wishes)


@app.command
def scenarios(*, json: Flag = False) -> None:
    """List the shipped scenarios and what each is for.

    Args:
        json: print them as JSON.
    """
    from experiments import listings, output

    if json:
        output.print_json(listings.scenario_rows())
    else:
        listings.print_scenarios(output.console())


@app.command
def numbers(name: str | None = None, /, *, json: Flag = False) -> None:
    """List the numbers of the model with value, range, unit, source and meaning.

    Args:
        name: a subject such as labour, or a number; all if not given.
        json: print them as JSON.
    """
    from experiments import listings, output

    found = listings.numbers_called(name)
    if json:
        output.print_json(listings.number_rows(found))
    else:
        listings.print_numbers(output.console(), found)


app.command(cli_causes.compare)
app.command(cli_causes.relax)
app.command(cli_causes.why)
app.command(cli_studies.study)
app.command(cli_studies.studies)
app.command(cli_studies.analyse)
app.command(cli_studies.results)
app.command(cli_studies.reproduce)
app.command(cli_workshop.workshop)


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words say; whatever goes wrong is one line on standard error and an exit code."""
    said = list(sys.argv[1:] if words is None else words)
    is_debug = _DEBUG in said
    try:
        with ended_politely():
            _obey([word for word in said if word != _DEBUG])
    except (Exception, KeyboardInterrupt) as error:
        if is_debug:
            traceback.print_exception(error)
        sys.stderr.write(f"stargate: {one_line(error)}\n")
        return exit_code(error)
    return DONE


def _obey(words: Sequence[str]) -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without a sign prints ? for it
    try:
        app(words, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
    except CycloptsError as error:
        raise BadInput(_misunderstood(error)) from error
    except BrokenPipeError:  # the reader has seen enough: `stargate numbers | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except SystemExit as end:
        if not isinstance(end.__context__, BrokenPipeError):  # what Rich makes of the same when it prints help
            raise


def _misunderstood(error: CycloptsError) -> str:
    place = " ".join(["stargate", *(error.command_chain or ())])
    what = str(error).rstrip(". ")
    if isinstance(error, UnusedCliTokensError):
        what = f"too many words, from {(error.unused_tokens or ['?'])[0]!r} on"
    return f"{what} (`{place} --help` says what there is)"
