"""What the pages tell a newcomer to type works."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

import abm
from experiments.cli import main
from tests.fakes import fake_run

ROOT = Path(__file__).parents[1]
README, HOW_TO = ROOT / "README.md", ROOT / "experiments" / "README.md"


def blocks(path, language):
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def commands(path):
    lines = [line for block in blocks(path, "sh") for line in block.splitlines()]
    words = [shlex.split(line.removeprefix("pip install uv && "), comments=True) for line in lines]
    return [w[w.index("stargate") + 1 :] for w in words if "stargate" in w]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(vars(abm), "run", fake_run)
    (toml,) = blocks(HOW_TO, "toml")
    (tmp_path / "mine.toml").write_text(toml, encoding="utf-8")
    return tmp_path


def test_a_newcomer_needs_two_commands():
    (first, *_) = blocks(README, "sh")
    assert [line.split("#")[0].strip() for line in first.splitlines()] == [
        "pip install uv && uv run stargate run",
        "uv run pytest",
    ]


@pytest.mark.parametrize("words", commands(README) + commands(HOW_TO), ids=" ".join)
def test_every_command_works(place, capsys, words):
    assert main(words) == 0
    assert capsys.readouterr().err == ""


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


@pytest.mark.parametrize(
    "path", [README, HOW_TO, ROOT / "results" / "README.md"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


def test_every_file_of_experiments_is_in_its_page():
    text = HOW_TO.read_text(encoding="utf-8")
    for file in (ROOT / "experiments").glob("*.py"):
        assert f"`{file.name}`" in text or file.name == "__init__.py", file.name


def test_what_the_command_imports_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.match(r"[\w-]+", line)[0] for line in project["dependencies"]}
    assert {"cyclopts", "matplotlib", "numpy", "polars", "rich"} <= declared
    assert "pandas" not in declared
    assert project["scripts"]["stargate"] == "experiments.start:main"
