"""What `stargate analyse` does: reads a study, lets each analysis speak, and writes charts, tables and one report."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from experiments.analysis import convergence, discovery, net, pairs, report, sensitivity, tradeoffs
from experiments.analysis.charts import style
from experiments.analysis.finding import Finding, Result, Skipped
from experiments.analysis.readout import FIGURES, Readout, readout_of
from experiments.arrow_metadata import AnnotatedSchema
from experiments.errors import BadInput
from experiments.folder import staged
from experiments.output import console, print_json
from experiments.store import RESULTS
from experiments.study_pieces import write
from experiments.study_store import is_study_folder, write_whole

REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class AnalyseWishes:
    """How a person wants a study analysed.

    Attributes:
        only: keys, or their beginnings, of the analyses wanted; all if empty.
        outcome: what scenario discovery asks about.
        out: folder, None for `analysis` in that of the study.
        is_quiet: whether to print nothing.
        is_json: whether to print JSON.
    """

    only: tuple[str, ...]
    outcome: discovery.Outcome
    out: Path | None
    is_quiet: bool
    is_json: bool


def outcome_of(figure: str | None, below: float | None, above: float | None) -> discovery.Outcome:
    """What scenario discovery is to ask about.

    Raises:
        BadInput: for a figure there is not, or two thresholds.
    """
    if below is not None and above is not None:
        raise BadInput(f"--below {below:g} and --above {above:g} are two questions; give one")
    if below is None and above is None:
        if figure is not None:
            raise BadInput(f"--figure {figure} needs a threshold; add --below or --above")
        return discovery.CLAIM
    known = {it.name: it for it in FIGURES}
    name = FIGURES[0].name if figure is None else figure
    if name not in known:
        raise BadInput(f"--figure {name} is unknown; choose from {', '.join(known)}")
    threshold = above if below is None else below
    return discovery.Outcome(known[name], float(threshold or 0.0), is_below=below is not None)


def folder_of(study: str) -> Path:
    """The folder of a study by its path, or by its name under `results`."""
    path = Path(study).expanduser()
    by_name = RESULTS / study
    return by_name if not path.is_dir() and path.name == study and is_study_folder(by_name) else path


def run(study: str, wishes: AnalyseWishes) -> None:
    """Analyse, write, and say what was found.

    Raises:
        BadResults: if the study cannot be read, or the folder not be written.
        BadInput: if nothing is left to analyse.
    """
    folder = folder_of(study)
    readout = readout_of(folder)
    results = [*_results(readout, wishes)]
    found = [it for it in results if isinstance(it, Finding)]
    skipped = [it for it in results if isinstance(it, Skipped)]
    if not found:
        told = "; ".join(f"{it.name}: {it.why}" for it in skipped) or f"nothing is called {', '.join(wishes.only)}"
        raise BadInput(f"nothing to analyse in {folder} ({told})")
    out = folder / "analysis" if wishes.out is None else wishes.out
    _write(out, readout, found, skipped, _command(folder, wishes))
    _say(out, found, skipped, wishes)


def _results(readout: Readout, wishes: AnalyseWishes) -> Iterator[Result]:
    """Every finding that is wanted; what comes late in the list asks what comes first."""
    asked: Sequence[tuple[Sequence[str], Iterable[Result]]] = (
        (("net",), net.findings(readout)),
        (("pairs",), pairs.findings(readout)),
        (("convergence",), convergence.findings(readout)),
        (("morris", "sobol"), sensitivity.findings(readout)),
        (("discovery",), discovery.findings(readout, wishes.outcome)),
        (("tradeoffs",), tradeoffs.findings(readout)),
    )
    for keys, results in asked:
        if any(_is_wanted(key, wishes) for key in keys):
            for result in results:  # they are worked out one by one, so what is not wanted costs nothing
                if isinstance(result, Skipped) or not wishes.only or result.key.startswith(wishes.only):
                    yield result


def _is_wanted(key: str, wishes: AnalyseWishes) -> bool:
    return not wishes.only or any(key.startswith(only) or only.startswith(key) for only in wishes.only)


def _command(folder: Path, wishes: AnalyseWishes) -> str:
    """What to type for the same, but for --only."""
    words = ["stargate", "analyse", str(folder)]
    if wishes.outcome != discovery.CLAIM:
        words += ["--figure", wishes.outcome.figure.name]
        words += ["--below" if wishes.outcome.is_below else "--above", f"{wishes.outcome.threshold:g}"]
    return shlex.join(words)


def _write(out: Path, readout: Readout, found: Sequence[Finding], skipped: Sequence[Skipped], command: str) -> None:
    with staged(out, lambda path: (path / REPORT).is_file()) as folder:
        chapters = [_chapter(folder, it, f"{command} --only {it.key}") for it in found]
        write_whole(folder / REPORT, report.page(readout, chapters, skipped, command))


def _chapter(folder: Path, found: Finding, command: str) -> report.Chapter:
    """Write chart and table of a finding."""
    table = report.with_all_columns(found)
    table.write_csv(folder / f"{found.key}.csv")
    notes = AnnotatedSchema(table.schema, report.parquet_notes(found))
    said = {"title": found.title, "reading": " ".join(found.reading), "command": command}
    write(table, folder / f"{found.key}.parquet", metadata=said, arrow_schema=notes)
    svg = None
    if found.draw is not None:
        picture = found.draw()
        svg = report.svg_of(picture)
        (folder / f"{found.key}.svg").write_bytes(svg)
        with style():
            picture.savefig(folder / f"{found.key}.png", metadata={"Description": command})
    return report.Chapter(found, svg, command)


def _say(out: Path, found: Sequence[Finding], skipped: Sequence[Skipped], wishes: AnalyseWishes) -> None:
    if wishes.is_json:
        findings = [{"key": it.key, "title": it.title, "reading": [*it.reading]} for it in found]
        told = [{"name": it.name, "why": it.why} for it in skipped]
        print_json({"folder": str(out), "report": str(out / REPORT), "findings": findings, "skipped": told})
        return
    if wishes.is_quiet:
        return
    to = console()
    for it in found:
        to.print(Text(it.title, style="bold"), Text(" ".join(it.reading)), Text(), sep="\n")
    for gap in skipped:
        to.print(Text(f"{gap.name}: {gap.why}.", style="dim"))
    to.print(Text(f"Charts, tables and all in one page: {out / REPORT}", style="dim"))
