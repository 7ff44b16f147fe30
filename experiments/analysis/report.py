"""One page with everything the analyses found; it opens without a network and prints like a paper's supplement."""

import base64
import datetime
import html
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from experiments.analysis.charts import Drawing, style
from experiments.analysis.finding import Finding, Note, Skipped
from experiments.analysis.readout import FIGURES, Readout

_MOST_ROWS = 40
_FIGURE_UNIT = "figure"  # a column in the unit of the row's figure
_BY_NAME = {figure.name: figure for figure in FIGURES}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A finding on its way to the page.

    Attributes:
        finding: what was found.
        svg: its chart, None if there is none.
        command: what makes it again.
    """

    finding: Finding
    svg: bytes | None
    command: str


def svg_of(picture: Drawing) -> bytes:
    """A drawing as SVG; equal drawings give equal bytes."""
    held = io.BytesIO()
    with style():
        picture.savefig(held, format="svg", metadata={"Date": None})
    return held.getvalue()


def page(readout: Readout, chapters: Sequence[Chapter], skipped: Sequence[Skipped], command: str) -> str:
    """The whole report as HTML."""
    title = f"Supplement: study {readout.name}"
    parts = [
        f"<h1>{_e(title)}</h1>",
        f"<p class='why'>{_e(str(readout.manifest['why']))}</p>",
        _facts(readout.manifest),
        "<h2>In short</h2>",
        _list(
            f"<a href='#{_e(c.finding.key)}'>{_e(c.finding.title)}</a>. {_e(c.finding.reading[0])}" for c in chapters
        ),
        *(_chapter(number, chapter) for number, chapter in enumerate(chapters, start=1)),
        "<h2>What was not analysed</h2>" if skipped else "",
        _list(f"{_e(it.name)}: {_e(it.why)}." for it in skipped),
        _again(readout.manifest, command),
    ]
    return _PAGE.format(title=_e(title), style=_STYLE, body="\n".join(part for part in parts if part))


def _e(text: str) -> str:
    return html.escape(text, quote=True)


def _list(items: Iterable[str]) -> str:
    rows = "\n".join(f"<li>{item}</li>" for item in items)
    return f"<ul>\n{rows}\n</ul>" if rows else ""


def _facts(said: Mapping[str, Any]) -> str:
    points = {
        "Runs": f"{said['runs']:,}, of which {said['failed_runs']:,} failed",
        "Scenarios": ", ".join(scenario["name"] for scenario in said["scenarios"]),
        "Seeds": f"{len(said['seeds']):,}",
        "Varied": ", ".join(f"{it['name']} ({it['kind'].removesuffix('s')})" for it in said["parameters"]) or "nothing",
        "Design": "; ".join(_design(design) for design in said["designs"]) or "none",
        "Made by": f"stargate-abm {said['version']}, code {said['runs_of']['code_hash']}, "
        f"numbers {said['runs_of']['numbers_hash']}, commit {said['commit'] or 'unknown'}",
        "Finished": str(said["finished_at"]),
    }
    rows = "\n".join(f"<tr><th scope='row'>{_e(name)}</th><td>{_e(text)}</td></tr>" for name, text in points.items())
    return f"<table class='facts'>\n{rows}\n</table>"


def _design(design: Mapping[str, Any]) -> str:
    settings = ", ".join(f"{key} {value}" for key, value in design.items() if key not in ("kind", "of"))
    return f"{design['kind'].replace('_', ' ')} of {len(design['of'])}" + (f" ({settings})" if settings else "")


def _chapter(number: int, chapter: Chapter) -> str:
    found = chapter.finding
    made = f"Made by <code>{_e(chapter.command)}</code>."
    parts = [f"<section id='{_e(found.key)}'>", f"<h2>S{number} {_e(found.title)}</h2>"]
    parts.append(f"<p class='question'>{_e(found.question)}</p>")
    parts.append(f"<p>{_e(' '.join(found.reading))}</p>")
    if chapter.svg is not None:
        source = base64.b64encode(chapter.svg).decode()
        parts.append(
            f"<figure><img alt='{_e(found.title)}. {_e(found.reading[0])}' src='data:image/svg+xml;base64,{source}'>"
            f"<figcaption><b>Figure S{number}.</b> {_e(found.title)}. {made}</figcaption></figure>"
        )
    parts += [_table(number, found, made), f"<p class='method'><b>Method.</b> {_e(found.method)}</p>", "</section>"]
    return "\n".join(parts)


def _table(number: int, found: Finding, made: str) -> str:
    shown = found.table.head(_MOST_ROWS)
    heads = "".join(f"<th scope='col' title='{_e(note.about)}'>{_e(_head(note))}</th>" for note in found.notes)
    rows = "\n".join(
        "<tr>" + "".join(_cell(row[note.name], note, row) for note in found.notes) + "</tr>"
        for row in shown.iter_rows(named=True)
    )
    rest = found.table.height - shown.height
    more = f" The first {shown.height} of {found.table.height:,} rows." if rest else ""
    csv = base64.b64encode(found.table.write_csv().encode()).decode()
    link = f"<a download='{_e(found.key)}.csv' href='data:text/csv;base64,{csv}'>all of it as CSV</a>"
    meanings = "; ".join(f"<i>{_e(note.name)}</i> {_e(note.about[0].lower() + note.about[1:])}" for note in found.notes)
    return (
        f"<div class='wide'><table><caption><b>Table S{number}.</b> {_e(found.title)}.{more} {made} ({link})</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody></table></div><p class='method'>{meanings}.</p>"
    )


def _head(note: Note) -> str:
    unit = "" if note.unit in ("", "1", _FIGURE_UNIT) else f" ({note.unit})"
    return f"{note.name.replace('_', ' ')}{unit}"


def _cell(value: Any, note: Note, row: Mapping[str, Any]) -> str:
    if value is None:
        return "<td class='number'>&ndash;</td>"
    if isinstance(value, bool):
        return f"<td>{'yes' if value else 'no'}</td>"
    if isinstance(value, datetime.date):
        return f"<td class='number'>{value:%Y-%m}</td>"
    if isinstance(value, str):
        figure = _BY_NAME.get(value) if note.name == "figure" else None
        return f"<td>{_e(f'{figure.label} ({figure.unit})' if figure else value)}</td>"
    figure = _BY_NAME.get(row.get("figure", "")) if note.unit == _FIGURE_UNIT else _BY_NAME.get(_base(note.name))
    return f"<td class='number'>{_number(value / figure.scale if figure else value)}</td>"


def _base(name: str) -> str:
    return name.removesuffix("_half_width")


def _number(value: float) -> str:
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _again(said: Mapping[str, Any], command: str) -> str:
    lines = "\n".join((str(said["command"]), command))
    return (
        "<h2>To make all of this again</h2>"
        f"<pre>{_e(lines)}</pre><p>Made with Python {_e(str(said['python']))}, {_e(str(said['packages']))} on "
        f"{_e(str(said['machine']))}. Single runs: <code>stargate reproduce RUN_ID</code>. Cite as: "
        f"{_e(str(said['citation']))}. Licence: {_e(said['licence']['name'])}.</p>"
        f"<details><summary>The study's file</summary><pre>{_e(str(said['study_file']))}</pre></details>"
    )


def parquet_notes(found: Finding) -> dict[str, dict[str, str]]:
    """Unit and meaning of each column, for the Parquet file."""
    return {note.name: {"unit": note.unit, "about": note.about} for note in found.notes}


def with_all_columns(found: Finding) -> pl.DataFrame:
    """The table in the order of its notes."""
    return found.table.select(note.name for note in found.notes)


_STYLE = """
body { font: 16px/1.5 "Iowan Old Style", Palatino, Georgia, serif; color: #1a1a1a; background: #fff;
  max-width: 62rem; margin: 2.5rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin-bottom: .3rem; } h2 { font-size: 1.2rem; margin-top: 2.4rem; }
.why, .question { font-style: italic; } .method, figcaption, caption { font-size: .85rem; color: #444; }
figure { margin: 1.2rem 0; } figure img { max-width: 100%; height: auto; }
table { border-collapse: collapse; font-size: .82rem; border-top: 2px solid #1a1a1a; border-bottom: 2px solid #1a1a1a; }
th, td { padding: .18rem .6rem; text-align: left; vertical-align: top; } thead { border-bottom: 1px solid #1a1a1a; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
caption { text-align: left; padding: .4rem 0; }
.facts th { font-weight: normal; color: #444; white-space: nowrap; } .wide { overflow-x: auto; }
code, pre { font: .82rem/1.4 ui-monospace, Menlo, Consolas, monospace; background: #f5f5f5; }
pre { padding: .7rem; overflow-x: auto; } a { color: #005a92; } code { padding: 0 .2rem; }
@media print { body { margin: 0; max-width: none; font-size: 10.5pt; } section { break-inside: auto; }
  figure, tr { break-inside: avoid; } a { color: inherit; text-decoration: none; } }
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
