"""What a campus in service earns and pays, worked on paper."""

import numpy as np
import pytest

from abm.bills import FACILITY, IT
from abm.facts import Facts
from abm.steps.operate import buy_power, pay_dividends, pay_for_compute, pay_property_tax, serve_debt
from abm.tables_compute import SUPPLIERS
from abm.vocabulary import STARGATE
from tests import tiny


def running(**changes):
    """One building of 100 MW (72 of IT) in service and one half done, at a Stargate campus; nobody else is there."""
    m = tiny.world(**changes)
    tiny.do_until(m, "operate")
    c = int(np.flatnonzero(m.sites.program == STARGATE)[0])
    rows = tiny.alone(m, c, 2, it_kw=72_000)
    tiny.put(m, rows[:1], 1.0)
    tiny.put(m, rows[1:], 0.5)
    m.sites.grid_kw[:] = m.sites.onsite_kw[:] = 0
    tiny.open_books(m)
    m.facts = Facts(called_cents=np.zeros((len(m.sites.region), 2), np.int64))
    m.facts.called_by_program = np.zeros_like(m.called_by_program)
    m.used_it_kw = np.zeros(len(m.sites.region), np.int64)
    m.used_it_kw[c] = 12_000
    m.placement = np.zeros(len(SUPPLIERS), np.int64)
    m.compute_price = 10.0
    m.openai.revenue_cents = m.openai.other_cost_cents = 0
    m.paid_in_cents[:], m.equity_cents[:], m.running_cost_cents[:] = 0, 0, 0
    for purpose in (FACILITY, IT):
        m.debts[purpose].owed_cents[:] = m.debts[purpose].drawn_cents[:] = 0
    tiny.give(m, m.openai_account, 10**13)
    for i in range(m.sites.used_campuses):
        tiny.give(m, m.ledger.account("campuses", i), 0)
    tiny.open_books(m)
    return m, c


@pytest.fixture
def site():
    return running()


# ---- compute ----


def test_compute_is_paid_to_the_tenant_who_pays_the_campus(site):
    """12 MW at 10 USD m a year are 10 USD m a month."""
    m, c = site
    pay_for_compute(m)
    tenant = m.ledger.accounts("owners")[m.sites.tenant[c]]
    assert tiny.posted(m, "compute_payment").to(tenant) == 1_000_000_000
    assert tiny.posted(m, "rent").of(c) == tiny.posted(m, "rent").by(tenant) == 1_000_000_000


def test_in_a_joint_venture_the_campus_is_paid_itself():
    m, c = running(finance_structure="joint_venture")
    pay_for_compute(m)
    assert tiny.posted(m, "compute_payment").to(m.ledger.account("campuses", c)) == 1_000_000_000
    assert tiny.posted(m, "rent").total == 0


def test_openai_pays_no_more_than_it_has(site):
    """2 USD m at hand; 10 due at Stargate and 6 at Microsoft: each gets an eighth."""
    m, c = site
    m.placement[SUPPLIERS.index("Microsoft")] = 7_200  # 6 USD m a month
    tiny.give(m, m.openai_account, 200_000_000)
    pay_for_compute(m)
    paid = tiny.posted(m, "compute_payment")
    assert paid.of(c) == 125_000_000
    assert paid.total == 200_000_000
    assert m.ledger.position[1, m.openai_account] == 0
    assert m.openai_bill_cents == 1_600_000_000  # what was due is remembered, not what was paid


def test_openai_pays_its_other_costs_first(site):
    m, c = site
    m.openai.revenue_cents, m.openai.other_cost_cents = 300_000_000, 400_000_000
    tiny.give(m, m.openai_account, 0)
    pay_for_compute(m)
    assert tiny.posted(m, "operating_cost").total == 300_000_000
    assert tiny.posted(m, "rent").of(c) == 0


def test_rivals_are_paid_by_their_own_customers(site):
    m, _ = site
    rival = int(np.flatnonzero(m.sites.program != STARGATE)[0])
    m.used_it_kw[rival] = 6_000
    pay_for_compute(m)
    paid = tiny.posted(m, "compute_payment")
    assert paid.of(rival) == paid.by(m.ledger.account("rest_us")) == 500_000_000


# ---- power ----


def test_power_is_bought_from_the_grid_first_and_made_for_the_rest(site):
    """100 MW, 60 from the grid: 60 x 730 h at half load x 40 USD are 876,000 USD; the rest burns fuel."""
    m, c = site
    m.sites.grid_kw[c], m.sites.onsite_kw[c] = 60_000, 40_000
    tiny.numbers(m, "power", onsite_load_share=0.5)
    m.zone_facts.price_usd_per_mwh[:] = 40.0
    m.connections.firm[:] = True
    m.plants.running_kw[c, 2] = 50_000
    buy_power(m)
    assert tiny.posted(m, "power_bill").of(c) == 87_600_000
    fuel = tiny.posted(m, "fuel_bill").of(c)
    generation = m.parameters.power.generation["gas_engine"]
    gas = m.zone_paths.gas_usd_per_mmbtu.line(m.month)[m.sites.zone[c]] * m.parameters.power.gas_price_ratio
    per_mwh = generation.heat_rate_mmbtu_per_mwh * gas + generation.variable_usd_per_mwh
    assert fuel == pytest.approx(40 * 730 * 0.5 * per_mwh * 100, abs=1)
    assert m.facts.power_cents[c] == 87_600_000 + fuel


def test_who_is_cut_buys_less(site):
    """Interruptible and cut in 73 of 730 hours: a tenth less."""
    m, c = site
    m.sites.grid_kw[c] = 100_000
    tiny.numbers(m, "power", onsite_load_share=0.5)
    m.zone_facts.price_usd_per_mwh[:], m.zone_facts.curtailed_hours[:] = 40.0, 73.0
    row = int(np.flatnonzero(m.connections.campus == c)[0])
    m.connections.state[row], m.connections.firm[row] = 4, False
    buy_power(m)
    assert tiny.posted(m, "power_bill").of(c) == pytest.approx(100 * 730 * 0.5 * 40 * 100 * 0.9, abs=1)


# ---- tax, debt, dividends ----


def test_property_tax_is_on_what_is_in_service_less_the_abatement(site):
    """1.2 bn USD paid in, half of the campus in service, 2 % a year: 1 USD m a month, three quarters given back."""
    m, c = site
    m.paid_in_cents[c, FACILITY] = 120_000_000_000
    m.paid_in_cents[c, IT] = 10**15  # IT is not taxed
    m.sites.abatement_share[c] = 0.75
    tiny.numbers(m, "policy", property_tax_rate_per_year=0.02)
    pay_property_tax(m)
    assert tiny.posted(m, "tax").of(c) == 100_000_000
    assert tiny.posted(m, "abatement_rebate").of(c) == 75_000_000


def owe(m, c, cents, rate):
    lender = int(np.flatnonzero(m.investor_table.instrument == 1)[0])
    m.ledger.post("loan_draw", m.ledger.account("investors", lender), m.ledger.account("campuses", c), cents, c)
    m.debts[FACILITY].draw(np.array([c]), np.array([lender]), np.array([cents]), np.array([rate]))
    tiny.give(m, m.ledger.account("campuses", c), 0)
    tiny.open_books(m)
    return lender


def test_interest_during_construction_is_part_of_the_cost(site):
    """1.2 bn USD at 10 % are 10 USD m a month, billed while nothing is in service, though there is money."""
    m, c = site
    tiny.put(m, np.flatnonzero(m.sites.campus == c)[:2], 0.5)
    lender = owe(m, c, 120_000_000_000, 0.10)
    tiny.give(m, m.ledger.account("campuses", c), 5_000_000_000)
    serve_debt(m)
    assert tiny.posted(m, "interest").total == 0
    assert m.bills.due()[c, FACILITY] >= 1_000_000_000
    assert tiny.posted(m, "bill_received").to(m.ledger.account("investors", lender)) == 1_000_000_000


def test_rent_pays_interest_then_repays(site):
    """In service by half; 20 years: 240 parts of 1.2 bn are 5 USD m, half of it due. 10 + 2.5 USD m are paid."""
    m, c = site
    owe(m, c, 120_000_000_000, 0.10)
    tiny.numbers(m, "finance", facility_amortisation_years=20.0)
    tiny.give(m, m.ledger.account("campuses", c), 5_000_000_000)
    serve_debt(m)
    assert tiny.posted(m, "interest").of(c) == 1_000_000_000
    assert tiny.posted(m, "loan_repayment").of(c) == 250_000_000
    assert m.debts[FACILITY].owed_cents[c].sum() == 119_750_000_000


def test_interest_that_rent_does_not_cover_is_billed(site):
    """4 USD m at hand for 10 of interest: 4 paid, 6 billed, nothing repaid."""
    m, c = site
    lender = owe(m, c, 120_000_000_000, 0.10)
    tiny.give(m, m.ledger.account("campuses", c), 400_000_000)
    serve_debt(m)
    assert tiny.posted(m, "interest").of(c) == 400_000_000
    assert tiny.posted(m, "bill_received").to(m.ledger.account("investors", lender)) == 600_000_000
    assert tiny.posted(m, "loan_repayment").of(c) == 0


def test_capital_called_for_bills_pays_no_interest(site):
    m, c = site
    owe(m, c, 120_000_000_000, 0.10)
    m.facts.called_cents[c, FACILITY] = 5_000_000_000
    tiny.give(m, m.ledger.account("campuses", c), 5_000_000_000)
    serve_debt(m)
    assert tiny.posted(m, "interest").of(c) == 0


def test_dividends_go_by_what_each_put_in(site):
    """1,000 at hand, a reserve of 200 for a month's running cost; equity 3 : 1."""
    m, c = site
    n = len(m.investors)
    m.equity_cents[c, 0], m.equity_cents[c, n + 1] = 3_000, 1_000
    m.running_cost_cents[c] = 200
    tiny.give(m, m.ledger.account("campuses", c), 1_000)
    pay_dividends(m)
    paid = tiny.posted(m, "dividend")
    assert paid.of(c) == 800
    assert paid.to(m.ledger.account("investors", 0)) == 600
    assert paid.to(m.ledger.account("owners", 1)) == 200


def test_a_campus_under_construction_pays_no_dividend(site):
    m, c = site
    tiny.put(m, np.flatnonzero(m.sites.campus == c)[:2], 0.5)
    m.equity_cents[c, 0] = 3_000
    tiny.give(m, m.ledger.account("campuses", c), 1_000)
    pay_dividends(m)
    assert tiny.posted(m, "dividend").total == 0
