"""Whatever goes wrong is one line and an exit code."""

import pytest

import abm
from experiments.errors import BAD_INPUT, FAILED, INTERRUPTED, MOST_LETTERS, BadInput, BadResults, exit_code, one_line


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInput("x"), BAD_INPUT), (BadResults("x"), BAD_INPUT), (abm.BadNumber("x"), BAD_INPUT),
        (abm.BadScenario("x"), BAD_INPUT), (abm.StargateError("x"), FAILED), (OSError(28, "full"), FAILED),
        (ZeroDivisionError("x"), FAILED), (MemoryError(), FAILED), (KeyboardInterrupt(), INTERRUPTED),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_every_error_has_its_code_and_one_line(error, code):
    assert exit_code(error) == code
    assert one_line(error)
    assert "\n" not in one_line(error)


def test_our_own_messages_are_told_as_they_are():
    assert one_line(abm.BadNumber("a = 7 is outside 1..2;\n give another")) == "a = 7 is outside 1..2; give another"


def test_a_failure_inside_says_what_and_how_to_see_more():
    assert one_line(KeyError("price")) == "failure inside: KeyError: 'price'; add --debug to see where"


def test_a_full_disk_says_where_and_what_to_do():
    assert one_line(OSError(28, "No space left on device", "/data/x")) == (
        "No space left on device (/data/x); free the place or write elsewhere"
    )


def test_long_messages_are_cut():
    assert len(one_line(BadInput("word " * 1000))) == MOST_LETTERS


def test_an_interruption_says_what_is_there():
    assert one_line(KeyboardInterrupt()) == "interrupted; nothing was written"
    assert one_line(KeyboardInterrupt("interrupted while printing")) == "interrupted while printing"


def test_a_full_disk_is_named_whoever_meets_it():
    error = RuntimeError("parquet: underlying I/O error: No space left on device (os error 28)")
    assert one_line(error) == "No space left on device; free the place or write elsewhere"
