"""Sums by row, column and cell, worked on paper and against NumPy's own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.sums import add_cells, add_rows, add_to, by_row

ROWS = np.array([2, 0, 2])


def test_amounts_of_one_row_add_up():
    assert by_row(ROWS, np.array([5, 7, 1]), 4).tolist() == [7, 0, 6, 0]


def test_amounts_are_added_to_what_is_there():
    total = np.array([10.0, 0.0, 0.5])
    add_to(total, ROWS, np.array([0.25, 1.0, 0.25]))
    assert total.tolist() == [11.0, 0.0, 1.0]


def test_rows_and_cells_of_a_table():
    table = np.zeros((3, 2), np.int64)
    add_rows(table, ROWS, np.array([[1, 2], [3, 4], [5, 6]]))
    assert table.tolist() == [[3, 4], [0, 0], [6, 8]]
    add_cells(table, ROWS, np.array([1, 1, 1]), np.array([10, 20, 30]))
    assert table.tolist() == [[3, 24], [0, 0], [6, 48]]


def test_fractions_are_refused_where_they_would_lose_what_is_behind_the_point():
    with pytest.raises(TypeError, match="add fractions to a table of fractions"):
        by_row(ROWS, np.array([0.5, 0.5, 0.5]), 3)


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(-1e9, 1e9))))
def test_fractions_add_up_in_their_order_as_numpy_does_it(entries):
    row = np.array([r for r, _ in entries], np.int64)
    amount = np.array([a for _, a in entries], np.float64)
    ours, numpys = np.zeros(5), np.zeros(5)
    add_to(ours, row, amount)
    np.add.at(numpys, row, amount)
    assert ours.tobytes() == numpys.tobytes()
