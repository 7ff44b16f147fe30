"""What the pages tell a newcomer to type works."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

import abm
from experiments import pairs
from experiments.cli import app, main
from tests.fakes import fake_run

ROOT = Path(__file__).parents[1]
README, HOW_TO = ROOT / "README.md", ROOT / "experiments" / "README.md"
NUMBERS, RESULTS = ROOT / "abm" / "numbers" / "README.md", ROOT / "results" / "README.md"
PAGES = sorted([README, RESULTS, *ROOT.glob("abm/**/README.md"), *ROOT.glob("experiments/**/README.md")])
# The languages whose blocks a test runs or reads; the blocks of others say what has to be installed for them.
TRIED = {
    README: {"sh", "python"},
    HOW_TO: {"sh", "toml", "python", "console", "TOML", "Python"},  # the last two in the tests of studies
    NUMBERS: {"sh", "toml", "python"},
    RESULTS: {"python"},  # in test_schema_page.py, which runs those that need nothing more
}


def blocks(path, language):
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def commands(path, language="sh"):
    lines = [line for block in blocks(path, language) for line in block.splitlines()]
    words = [shlex.split(line.removeprefix("pip install uv && "), comments=True) for line in lines]
    return [w[w.index("stargate") + 1 :] for w in words if "stargate" in w]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(vars(abm), "run", fake_run)
    monkeypatch.setattr(pairs, "run_all", lambda tasks, _: [(t, pairs.figures_of(t.scenario, t.seed)) for t in tasks])
    (toml,) = blocks(HOW_TO, "toml")
    (tmp_path / "mine.toml").write_text(toml, encoding="utf-8")
    return tmp_path


def test_a_newcomer_needs_two_commands():
    (first, *_) = blocks(README, "sh")
    assert [line.split("#")[0].strip() for line in first.splitlines()] == [
        "pip install uv && uv run stargate run",
        "uv run pytest",
    ]


@pytest.mark.parametrize("words", commands(README) + commands(HOW_TO) + commands(NUMBERS), ids=" ".join)
def test_every_command_works(place, capsys, words):
    assert main(words) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("words", commands(HOW_TO, "console"), ids=" ".join)
def test_every_command_on_studies_is_understood(words):
    app.parse_args(words, exit_on_error=False, print_error=False)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_block_of_a_page_is_left_untried(path):
    assert path in TRIED or not blocks(path, r"[^`]*?")
    for language, code in re.findall(
        r"^```(\w*)\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    ):
        assert language in TRIED[path] or "to be installed" in code.splitlines()[0], code


def test_the_number_and_the_source_of_their_page_are_as_shipped():
    number, source = (tomllib.loads(block) for block in blocks(NUMBERS, "toml"))
    for shown, file in ((number, "labour.toml"), (source, "sources/labour.toml")):
        assert shown.items() <= tomllib.loads((NUMBERS.parent / file).read_text(encoding="utf-8")).items()


def test_the_python_of_the_numbers_runs(capsys):
    (code,) = blocks(NUMBERS, "python")
    exec(code, {})
    assert re.search(r"'labour': \d+.* \d+ of \d+ assumed", capsys.readouterr().out)


def test_the_python_of_the_first_page_runs(place, capsys):
    (code,) = blocks(README, "python")
    exec(code, {})
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_the_comparison_runs(place, capsys):
    for scenario in ("baseline", "mine.toml"):
        assert main(["run", scenario, "--seed", "3", "--quiet"]) == 0
    (code,) = blocks(HOW_TO, "python")
    exec(code, {})
    assert "jobs_total" in capsys.readouterr().out


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        file = path.parent / target.partition("#")[0]
        assert target.startswith("https://") or file.exists(), target


def test_every_file_of_experiments_is_in_its_page():
    text = HOW_TO.read_text(encoding="utf-8")
    for file in (ROOT / "experiments").glob("*.py"):
        assert f"`{file.name}`" in text or file.name == "__init__.py", file.name


def test_every_file_of_the_analyses_is_in_their_page():
    text = (ROOT / "experiments" / "analysis" / "README.md").read_text(encoding="utf-8")
    for file in (ROOT / "experiments" / "analysis").glob("*.py"):
        assert f"`{file.name}`" in text or file.name == "__init__.py", file.name


def test_what_the_command_imports_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.match(r"[\w-]+", line)[0] for line in project["dependencies"]}
    assert {"cyclopts", "matplotlib", "numpy", "polars", "rich"} <= declared
    assert "pandas" not in declared
    assert project["scripts"]["stargate"] == "experiments.start:main"
