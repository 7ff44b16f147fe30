"""Credit lines and money placed elsewhere, worked on paper."""

import numpy as np
import pytest

from abm.steps.pay import place_outside, use_credit_lines
from tests import tiny


@pytest.fixture
def m():
    """Firms with no money and no debt; a rate of 1 % a month."""
    world = tiny.world()
    for sector in ("campuses", "builders", "vendors", "utilities", "owners"):
        for i in range(len(world.ledger.accounts(sector))):
            tiny.give(world, world.ledger.account(sector, i), 0)
    tiny.open_books(world)
    world.base_rate = 1.01**12 - 1
    tiny.numbers(world, "finance", credit_line_spread_rate_per_year=0.0)
    return world


def test_who_is_short_draws_on_its_line_and_pays_it_back(m):
    """500 short: 500 drawn. Next month 200 over: 5 of interest and 195 paid back. Then plenty: the rest."""
    builder = m.ledger.accounts("builders")[2]
    rest = m.ledger.account("rest_us")
    m.ledger.post("materials", builder, rest, 500)
    use_credit_lines(m)
    assert tiny.posted(m, "loan_draw").to(builder) == 500
    assert m.ledger.held("deposit", "builders")[2] == 0

    tiny.open_books(m)
    m.ledger.post("contractor_payment", rest, builder, 200)
    use_credit_lines(m)
    assert tiny.posted(m, "interest").by(builder) == 5
    assert tiny.posted(m, "loan_repayment").by(builder) == 195
    assert m.ledger.held("loan", "builders")[2] == -305

    tiny.open_books(m)
    m.ledger.post("contractor_payment", rest, builder, 1_000)
    use_credit_lines(m)
    assert m.ledger.held("loan", "builders")[2] == 0
    assert m.ledger.held("deposit", "builders")[2] == 1_000 - 3 - 305


def test_who_has_enough_is_left_alone(m):
    tiny.give(m, m.ledger.account("vendors"), 1_000)
    tiny.open_books(m)
    use_credit_lines(m)
    assert tiny.kinds_posted(m) == set()


def test_what_campuses_owe_investors_is_not_the_banks(m):
    """A campus with a loan from an investor and money at hand does not pay the bank with it."""
    c, lender = 3, int(np.flatnonzero(m.investor_table.instrument == 1)[0])
    account = m.ledger.account("campuses", c)
    m.ledger.post("loan_draw", m.ledger.account("investors", lender), account, 1_000, c)
    m.debts[0].draw(np.array([c]), np.array([lender]), np.array([1_000]), np.array([0.1]))
    use_credit_lines(m)
    assert tiny.posted(m, "loan_repayment").total == 0
    assert m.ledger.held("deposit", "campuses")[c] == 1_000


def test_money_not_kept_for_calls_goes_elsewhere(m):
    """1,000 over, all of it placed: by the investor's own shares, to the cent; nothing is kept back or made up."""
    i = int(np.argmax(m.investor_table.outside_share[0, :, 1]))  # the one with most in China
    for other in range(len(m.investors)):
        tiny.give(m, m.ledger.account("investors", other), 0)
    kept = int(m.investor_table.committed_cents[m.month, i])
    m.investors[i].usual_call_cents = 0.0
    tiny.give(m, m.ledger.account("investors", i), kept + 1_000)
    tiny.open_books(m)
    m.month -= 1
    tiny.numbers(m, "finance", uncalled_outside_share=1.0)
    place_outside(m)
    placed = tiny.posted(m, "outside_investment")
    us, china, _ = m.investor_table.outside_share[m.month, i]
    assert placed.total == 1_000
    assert placed.to(m.ledger.account("rest_us")) == int(1_000 * us)
    assert placed.to(m.ledger.account("china")) == int(1_000 * china)
