"""The bar shows on a terminal and nowhere else, and never touches what passes through it."""

import pytest

from experiments.progress import COMPILING, Bar


@pytest.mark.parametrize("is_shown", [True, False])
def test_records_pass_through_and_a_file_gets_no_bar(capsys, is_shown):
    with Bar(3, is_shown=is_shown) as bar:
        assert list(bar.watch("abc")) == ["a", "b", "c"]
        bar.say("writing")
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_one(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with Bar(3, is_shown=True) as bar:
        bar.say("writing tables")
    said = capsys.readouterr()
    assert said.out == ""
    assert "writing tables" in said.err


def test_it_says_that_the_first_time_takes_long():
    assert "first time" in COMPILING
