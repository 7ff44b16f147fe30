"""Bills, invoices and retainage, each worked on paper."""

import numpy as np
import pytest

from abm.bills import FACILITY, IT
from abm.markets.building import Progress
from abm.steps.billing import bill, invoice, release_retainage, settle_bills
from abm.vocabulary import STARGATE
from tests import tiny

GENERAL, ELECTRICAL, MECHANICAL = 0, 1, 2


@pytest.fixture
def m():
    world = tiny.world()
    tiny.open_books(world)
    return world


def progress(m, phase, step):
    """A month in which one phase makes a step and no other any."""
    n = len(m.sites.campus)
    steps = np.zeros(n)
    steps[phase] = step
    return Progress(steps, np.zeros(n, np.int8), np.zeros(n), np.zeros(n), np.ones((n, 4)))


def test_a_bill_is_owed_until_it_is_paid(m):
    campus, rest = np.array([3, 4]), m.ledger.account("rest_us")
    bill(m, "soft_cost", FACILITY, campus, rest, np.array([500, 0]))
    assert m.bills.due()[3, FACILITY] == 500
    assert m.ledger.held("payable", "campuses")[3] == -500
    received = tiny.posted(m, "bill_received")
    assert received.total == 500
    assert received.campus.tolist() == [3]  # a bill of nothing is no bill
    assert tiny.posted(m, "soft_cost").total == 0  # nobody is paid yet


def test_what_is_not_funded_stays_due(m):
    """1,000 due, 400 refused: bills of 300 and 700 are paid at six tenths, 180 and 420; 400 stays due."""
    c, rest, states = 3, m.ledger.account("rest_us"), m.ledger.account("states")
    bill(m, "soft_cost", FACILITY, np.array([c]), rest, np.array([300]))
    bill(m, "permit_fee", FACILITY, np.array([c]), states, np.array([700]))
    m.facts.due_cents = m.bills.due()
    m.facts.refused_cents = np.zeros_like(m.facts.due_cents)
    m.facts.refused_cents[c, FACILITY] = 400
    settle_bills(m)
    assert tiny.posted(m, "soft_cost").of(c) == 180
    assert tiny.posted(m, "permit_fee").of(c) == 420
    assert tiny.posted(m, "bill_settled").of(c) == 600
    assert m.bills.due()[c].tolist() == [400, 0]
    assert m.ledger.held("payable", "campuses")[c] == -400
    assert m.spent_cents[c] == m.facts.spent_cents[c] == 600
    # The rest is paid once it is funded.
    m.facts.due_cents, m.facts.refused_cents = m.bills.due(), np.zeros_like(m.facts.due_cents)
    settle_bills(m)
    assert m.bills.owed() == 0
    assert m.spent_cents[c] == 1000


def test_the_two_purposes_are_paid_apart(m):
    c, rest = 3, m.ledger.account("rest_us")
    bill(m, "soft_cost", FACILITY, np.array([c]), rest, np.array([300]))
    bill(m, "it_payment", IT, np.array([c]), rest, np.array([700]))
    m.facts.due_cents = m.bills.due()
    m.facts.refused_cents = np.zeros_like(m.facts.due_cents)
    m.facts.refused_cents[c, IT] = 700
    settle_bills(m)
    assert tiny.posted(m, "soft_cost").of(c) == 300
    assert tiny.posted(m, "it_payment").of(c) == 0


def test_interest_is_paid_but_not_spent_on_a_campus(m):
    c, lender = 3, m.ledger.account("investors")
    bill(m, "building_interest", FACILITY, np.array([c]), lender, np.array([900]))
    m.facts.due_cents = m.bills.due()
    m.facts.refused_cents = np.zeros_like(m.facts.due_cents)
    settle_bills(m)
    assert tiny.posted(m, "building_interest").of(c) == 900
    assert m.spent_cents[c] == 0


@pytest.fixture
def site(m):
    """Two buildings of 100 MW at a Stargate campus; round numbers; three builders with full order books."""
    c = int(np.flatnonzero(m.sites.program == STARGATE)[0])
    rows = tiny.alone(m, c, 2)
    tiny.put(m, rows, 0.25)
    tiny.numbers(
        m, "building", paid_hour_burden_ratio=1.5, retainage_share=0.125, offsite_work_usd_per_facility_kw=0.3,
        offsite_domestic_share=0.75,
    )  # fmt: skip
    m.construction_price = 1.0
    m.sites.builder[c] = [next(i for i, b in enumerate(m.builders) if b.package == k) for k in range(3)]
    for i in m.sites.builder[c]:
        m.builders[i].order_book_cents = 10_000_000
    m.sites.markup_share[c] = [0.25, 0.0, 0.0]
    m.facts.crew_wages_cents = np.zeros((len(m.sites.region), 3), np.int64)
    m.facts.per_diem_cents = np.zeros(len(m.sites.region), np.int64)
    m.facts.crew_wages_cents[c] = [100_000, 15_000, 0]
    m.facts.per_diem_cents[c] = 20_000
    m.facts.made = progress(m, rows[0], 0.01)  # 1,000 kW at 0.30 USD: 30,000 cents off site
    return c, rows


def test_builders_invoice_cost_plus_markup_and_campuses_keep_the_retainage(m, site):
    """General: 100,000 x 1.5 + 20,000 + 30,000 = 200,000, plus a quarter: 250,000; an eighth, 31,250, is kept.

    Electrical: 15,000 x 1.5 = 22,500 without mark-up; an eighth is 2,812.5, and half a cent is not kept.
    """
    c, _ = site
    invoice(m)
    general, electrical, mechanical = m.ledger.accounts("builders")[m.sites.builder[c]]
    received, kept = tiny.posted(m, "bill_received"), tiny.posted(m, "retainage_held")
    assert received.to(general) == 218_750
    assert kept.to(general) == 31_250
    assert received.to(electrical) == 22_500 - 2_812
    assert kept.to(electrical) == 2_812
    assert received.to(mechanical) == kept.to(mechanical) == 0
    assert m.retained_cents[c].tolist() == [31_250, 2_812, 0]
    assert [m.builders[i].order_book_cents for i in m.sites.builder[c]] == [9_750_000, 9_977_500, 10_000_000]


def test_off_site_work_is_bought_at_home_and_abroad(m, site):
    """30,000 cents, three quarters of them at home."""
    c, _ = site
    invoice(m)
    assert m.facts.offsite_cents[c] == 30_000
    assert tiny.posted(m, "offsite_work").of(c) == 22_500
    assert tiny.posted(m, "import_payment").of(c) == 7_500
    assert m.facts.import_cents[STARGATE] == 7_500


def test_who_works_off_site_follows_the_orders_of_some_months(m, site):
    """300 USD at prices of 1.5 are 200; over four months a quarter of the way from 40: 80, then 110."""
    c, _ = site
    tiny.numbers(m, "building", offsite_work_months=4.0)
    m.construction_price, m.offsite_usd_per_month[c] = 1.5, 40.0
    m.facts.made = progress(m, site[1][0], 0.01 / 1.5)
    invoice(m)
    assert m.offsite_usd_per_month[c] == pytest.approx(80)
    invoice(m)
    assert m.offsite_usd_per_month[c] == pytest.approx(110)


def test_retainage_is_released_in_the_share_of_the_finished_building(m, site):
    """100 MW finished, 60 of another 100 MW done: 100 / 160 of 48,000 is 30,000; with the last building the rest."""
    c, rows = site
    m.retained_cents[c] = [48_000, 0, 0]
    tiny.put(m, rows[:1], 1.0)
    tiny.put(m, rows[1:], 0.6)
    builders = m.ledger.accounts("builders")[np.maximum(m.sites.builder, 0)]
    m.ledger.post("retainage_held", m.ledger.account("campuses", c), builders[c, GENERAL], 48_000, c)
    m.facts.finished = rows[:1]
    release_retainage(m, builders)
    assert m.retained_cents[c].tolist() == [18_000, 0, 0]
    assert m.bills.due()[c, FACILITY] == 30_000
    assert tiny.posted(m, "retainage_due").to(builders[c, GENERAL]) == 30_000
    tiny.put(m, rows[1:], 1.0)
    m.facts.finished = rows[1:]
    release_retainage(m, builders)
    assert m.retained_cents[c].sum() == 0
    assert m.bills.due()[c, FACILITY] == 48_000


def test_no_retainage_is_released_while_nothing_is_finished(m, site):
    c, _ = site
    m.retained_cents[c] = [48_000, 0, 0]
    m.facts.finished = np.zeros(0, np.int64)
    release_retainage(m, m.ledger.accounts("builders")[np.maximum(m.sites.builder, 0)])
    assert m.retained_cents[c].tolist() == [48_000, 0, 0]
