"""The page about the results is what the schema says, and its lines of code run."""

import re

import abm
from abm import SCHEMA
from experiments import schema_page
from experiments.cli import main
from tests.fakes import fake_run


def test_the_page_is_up_to_date():
    assert schema_page.PAGE.read_text(encoding="utf-8") == schema_page.page(), (
        "write it with `uv run python -m experiments.schema_page`"
    )


def test_every_table_and_column_is_there_with_its_meaning():
    text = schema_page.page()
    for table, columns in SCHEMA.items():
        assert f"## {table}.parquet" in text
        for column in columns:
            assert re.search(rf"\| `{column.name}` \|.*\| {re.escape(column.about)} \|", text), f"{table}.{column.name}"


def test_meanings_do_not_break_the_table():
    assert all("|" not in column.about for columns in SCHEMA.values() for column in columns)


def test_its_python_runs_if_it_needs_nothing_more(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(vars(abm), "run", fake_run)
    assert main(["run", "--months", "2", "--quiet"]) == 0
    codes = re.findall(r"```python\n(.*?)```", schema_page.page(), flags=re.DOTALL)
    runnable = [code for code in codes if "to be installed" not in code.splitlines()[0]]
    assert len(runnable) == 3
    for code, said in zip(runnable, ("jobs_total", "shape", "jobs_onsite | worker | "), strict=True):
        exec(code, {})
        assert said in capsys.readouterr().out
