"""Bills are paid in full, in part, or carried; no cent appears or vanishes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.bills import FACILITY, IT, Bills


def test_a_bill_is_paid_in_full_when_the_money_is_there():
    bills = Bills(2)
    bills.add("materials", FACILITY, np.array([0, 1]), np.array([7, 8]), np.array([100, 50]))
    payments = bills.pay(bills.due())
    assert [(x.kind, x.campus.tolist(), x.payee.tolist(), x.cents.tolist()) for x in payments] == [
        ("materials", [0, 1], [7, 8], [100, 50])
    ]
    assert bills.owed() == 0


def test_half_the_money_pays_half_of_every_bill_and_carries_the_rest():
    bills = Bills(1)
    bills.add("materials", FACILITY, np.array([0]), np.array([7]), np.array([100]))
    bills.add("equipment_payment", FACILITY, np.array([0]), np.array([8]), np.array([300]))
    bills.add("it_payment", IT, np.array([0]), np.array([9]), np.array([40]))
    paid = bills.pay(np.array([[200, 40]]))
    assert {x.kind: x.cents.tolist() for x in paid} == {
        "materials": [50],
        "equipment_payment": [150],
        "it_payment": [40],
    }
    assert bills.due().tolist() == [[200, 0]]


def test_a_negative_bill_is_refused():
    with pytest.raises(ValueError, match="a bill of -1 cents"):
        Bills(1).add("materials", FACILITY, np.array([0]), np.array([1]), np.array([-1]))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 10**12)), min_size=1),
    st.lists(st.integers(0, 10**13), min_size=3, max_size=3),
)
def test_paid_plus_carried_is_billed_and_nobody_pays_more_than_it_has(entries, cash):
    bills = Bills(3)
    for campus, cents in entries:
        bills.add("materials", FACILITY, np.array([campus]), np.array([5]), np.array([cents]))
    billed = bills.owed()
    available = np.array([[x, 0] for x in cash])
    paid = np.zeros(3, np.int64)
    for payment in bills.pay(available):
        np.add.at(paid, payment.campus, payment.cents)
    assert paid.sum() + bills.owed() == billed
    assert (paid <= available[:, 0]).all()
