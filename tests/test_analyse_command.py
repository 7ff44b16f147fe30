"""The command `analyse`: from a study's folder to charts, tables and one page."""

import base64
import datetime
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from experiments.analysis.finding import Note
from experiments.analysis.report import _cell
from experiments.cli import main
from experiments.study_file import Study
from experiments.study_plan import plan_of
from experiments.study_run import Order, run_study
from tests import study_fakes

TEXT = """
why = "A screen & <two> scenarios."
scenarios = ["baseline", "abundant"]
months = 2
workers_per_agent = 1000
seeds = 3
[vary.numbers]
labour.travel_willing_share = "range"
compute.demand_factor = "range"
[design]
kind = "morris"
trajectories = 3
levels = 4
seed = 1
"""
KEYS = ("pairs", "convergence", "morris-baseline", "morris-abundant", "tradeoffs")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("place")
    (path / "mine.toml").write_text(TEXT, encoding="utf-8")
    plan = plan_of(Study.load(str(path / "mine.toml")))
    run_study(plan, Order(path / "results" / "mine", 1, "stargate study mine.toml", runner=study_fakes.quick_run))
    return path


@pytest.fixture
def place(study, monkeypatch):
    monkeypatch.chdir(study)
    return study


def test_everything_is_written_and_said(place, capsys):
    assert main(["analyse", "mine", "--out", "said", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert tuple(found["key"] for found in said["findings"]) == KEYS
    assert [gap["name"] for gap in said["skipped"]] == ["Net jobs", "Scenario discovery"]
    for found in said["findings"]:
        assert found["reading"][-1].startswith("Limits: ")
    names = {path.name for path in Path("said").iterdir()}
    assert names == {"report.html"} | {f"{key}.{ending}" for key in KEYS for ending in ("svg", "png", "csv", "parquet")}
    assert main(["analyse", "mine", "--out", "said"]) == 0  # replaces
    assert "Differences from baseline by pairs of equal seeds" in capsys.readouterr().out


def test_tables_carry_meanings_and_the_command_that_makes_them(place, capsys):
    assert main(["analyse", "mine", "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    path = Path("results/mine/analysis/morris-baseline.parquet")
    said = pl.read_parquet_metadata(path)
    assert said["command"] == "stargate analyse results/mine --only morris-baseline"
    assert said["reading"].endswith(".")
    table, text = pl.read_parquet(path), pl.read_csv(path.with_suffix(".csv"))
    assert table.columns == text.columns
    assert table.height == text.height == 6


def test_the_command_of_a_chart_makes_that_chart_again(place):
    assert main(["analyse", "mine", "--out", "all", "--quiet"]) == 0
    words = pl.read_parquet_metadata(Path("all/pairs.parquet"))["command"].split()[1:]
    assert main([*words, "--out", "one", "--quiet"]) == 0
    assert sorted(path.name for path in Path("one").iterdir()) == sorted(
        ["report.html", *(f"pairs.{ending}" for ending in ("svg", "png", "csv", "parquet"))]
    )
    for ending in ("svg", "png", "csv", "parquet"):
        assert Path(f"all/pairs.{ending}").read_bytes() == Path(f"one/pairs.{ending}").read_bytes()


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.links, self.images = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "img"):
            self.open.append(tag)
        given = dict(attrs)
        self.links += [given[name] for name in ("src", "href") if name in given]
        if tag == "img":
            self.images.append(given)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_report_is_whole_and_asks_for_nothing_from_outside(place):
    assert main(["analyse", "mine", "--out", "page", "--quiet"]) == 0
    text = Path("page/report.html").read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert page.open == []
    assert all(link.startswith(("data:", "#")) for link in page.links)
    assert not re.search(r"@import|url\(|<script|<link", text)
    assert len(page.images) == len(KEYS)
    for image, key in zip(page.images, KEYS, strict=True):
        assert base64.b64decode(image["src"].split(",")[1]) == Path(f"page/{key}.svg").read_bytes()
        assert len(image["alt"]) > 20
    assert "A screen &amp; &lt;two&gt; scenarios." in text
    assert text.count("Made by <code>stargate analyse results/mine --only") == 2 * len(KEYS)
    assert "stargate study mine.toml" in text
    assert "Scenario discovery: no design fills the space" in text


def test_a_month_is_told_as_a_month():
    """The table of net jobs has one."""
    note = Note("month", "", "the month")
    assert _cell(datetime.date(2027, 3, 1), note, {}) == "<td class='number'>2027-03</td>"


def test_equal_studies_give_equal_reports(place):
    for out in ("first", "second"):
        assert main(["analyse", "mine", "--out", out, "--quiet"]) == 0
    assert Path("first/report.html").read_bytes() == Path("second/report.html").read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "nowhere is not the folder of a study"),
        (["mine", "--only", "nothing"], "nothing to analyse in results/mine (nothing is called nothing)"),
        (["mine", "--only", "sobol"], "nothing to analyse"),
        (["mine", "--only", "discovery"], "no design fills the space"),
        (["mine", "--below", "1", "--above", "2"], "are two questions; give one"),
        (["mine", "--figure", "peak_jobs"], "needs a threshold; add --below or --above"),
        (["mine", "--figure", "wage", "--below", "1"], "--figure wage is unknown; choose from peak_jobs"),
        (["mine", "--out", "."], "is the folder you are in"),
        (["mine", "--out", "results"], "holds files that are not"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_code_two(place, capsys, words, message):
    assert main(["analyse", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert len(said.err.splitlines()) == 1
