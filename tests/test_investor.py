"""Investors offer what is left of cash and limits, ask more for risk, lose patience and place the rest elsewhere."""

import dataclasses
import types

import mesa
import numpy as np
import pytest

from abm.agents.investor import Exposure, Investor, delivered_share, new_money_cents
from abm.parameters import Parameters
from abm.tables_finance import CENTS_PER_USD_BN as BN
from abm.tables_finance import GROUPS, OPENAI, ORACLE, investors
from abm.units import month_index

G = len(GROUPS)
MONTH = month_index("2025-06")


@pytest.fixture(scope="module")
def parameters():
    return Parameters.load()


@pytest.fixture(scope="module")
def table():
    return investors()


def news(built=0.0, planned=0.0, month=MONTH - 1, base=0.04):
    return types.SimpleNamespace(
        month=month, base_rate_per_year=base, stargate_built_mw=built, stargate_planned_mw=planned
    )


def exposure(**changes):
    plain = Exposure(np.zeros(G, np.int64), np.zeros(G), 0, is_withdrawn=False)
    return dataclasses.replace(plain, **changes)


def investor(table, name):
    return Investor(mesa.Model(rng=1), table.name.index(name), table)


def with_finance(parameters, **changes):
    return dataclasses.replace(parameters, finance=dataclasses.replace(parameters.finance, **changes))


def test_a_bank_offers_its_cash_up_to_its_limits(table, parameters):
    """20 bn at hand, limits 45 for Oracle with 40 in use and 20 for OpenAI: 5 and 20, and 20 in all."""
    bank = investor(table, "Bank syndicate")
    bank.plan(news(), parameters, 20 * BN, exposure(invested_cents=np.array([40, 0, 0]) * BN))
    assert bank.purse_cents == 20 * BN
    assert bank.offer_cents[ORACLE] == 5 * BN
    assert bank.offer_cents[OPENAI] == 20 * BN


def test_a_lender_asks_the_base_rate_and_its_spread_and_more_near_its_limit(table, parameters):
    bank = investor(table, "Bank syndicate")
    bank.plan(news(), parameters, 20 * BN, exposure())
    assert bank.rate_per_year == pytest.approx(0.065)
    bank.plan(news(), parameters, 20 * BN, exposure(invested_cents=np.array([45, 0, 0]) * BN))
    assert bank.rate_per_year[ORACLE] == pytest.approx(0.065 + parameters.finance.exposure_spread_rate_per_year)
    bank.plan(news(), parameters, 20 * BN, exposure(debt_share=np.array([0.95, 0.5, 0.5])))
    assert bank.rate_per_year[ORACLE] == pytest.approx(0.065 + 0.2 * parameters.finance.leverage_spread_rate_per_year)
    bank.plan(news(500, 1000), parameters, 20 * BN, exposure())
    assert bank.rate_per_year == pytest.approx(0.065 + 0.5 * parameters.finance.delay_spread_rate_per_year)


def test_delivery_is_not_judged_while_little_is_planned(parameters):
    """Judged from 200 MW planned: of 400, the 100 built (in service, or the finished part of works) are a quarter."""
    assert parameters.finance.judged_from_facility_mw == 200
    assert delivered_share(news(0, 199), parameters.finance) == 1.0
    assert delivered_share(news(100, 400), parameters.finance) == 0.25
    assert delivered_share(news(900, 400), parameters.finance) == 1.0


def test_an_investor_slows_halfway_between_its_thresholds(table, parameters):
    """Banks slow below 0.45 and walk below 0.10: at 0.275 they offer half."""
    bank = investor(table, "Bank syndicate")
    bank.plan(news(275, 1000), parameters, 20 * BN, exposure())
    assert bank.purse_cents == pytest.approx(10 * BN)


def test_an_investor_walks_after_six_bad_months_and_returns_when_delivery_is_good(table, parameters):
    bank = investor(table, "Bank syndicate")
    for _ in range(round(parameters.finance.patience_months)):
        bank.plan(news(50, 1000), parameters, 20 * BN, exposure())
    assert bank.has_walked
    bank.plan(news(300, 1000), parameters, 20 * BN, exposure())
    assert bank.purse_cents == 0
    bank.plan(news(500, 1000), parameters, 20 * BN, exposure())
    assert bank.purse_cents == 20 * BN


def test_a_withdrawn_loan_and_promised_money_are_not_offered(table, parameters):
    bank = investor(table, "Bank syndicate")
    bank.plan(news(), parameters, 20 * BN, exposure(is_withdrawn=True))
    assert bank.purse_cents == bank.offer_cents.max() == 0
    softbank = investor(table, "SoftBank")
    softbank.plan(news(), parameters, 30 * BN, exposure(reserved_cents=2 * BN))
    assert softbank.purse_cents == 5.5 * BN  # 22.5 bn are promised to OpenAI until December


def test_tight_money_halves_what_lenders_offer_and_raise(table, parameters):
    tight = with_finance(parameters, lender_supply_factor=0.5)
    bank, oracle = investor(table, "Bank syndicate"), investor(table, "Oracle")
    bank.plan(news(), tight, 100 * BN, exposure())
    assert bank.offer_cents[ORACLE] == 22.5 * BN
    assert bank.purse_cents == 50 * BN
    oracle.plan(news(), tight, 10 * BN, exposure())
    assert oracle.purse_cents == 10 * BN
    money, half = (new_money_cents(table, MONTH, q.finance) for q in (parameters, tight))
    assert half[bank.row] * 2 == money[bank.row]
    assert half[oracle.row] == money[oracle.row]


def test_what_nobody_calls_goes_elsewhere_and_no_cent_is_lost(table, parameters):
    """Of 10 bn spare 8 % leave: 0.8 bn, of it 70 % in the US and 2 % to China for banks."""
    bank = investor(table, "Bank syndicate")
    us, china, rest = bank.outside_cents(10 * BN, MONTH, parameters)
    assert us == pytest.approx(0.7 * 0.08 * 10 * BN)
    assert china == pytest.approx(0.02 * 0.08 * 10 * BN)
    assert us + china + rest == round(0.8 * BN)


def test_usual_calls_are_kept_ready(table, parameters):
    bank = investor(table, "Bank syndicate")
    bank.note(12 * BN, parameters)
    assert bank.usual_call_cents == pytest.approx(BN)
    assert bank.outside_cents(12 * BN, MONTH, parameters) == (0, 0, 0)


def test_plans_do_not_depend_on_order(table, parameters):
    def rates(order):
        agents = {name: investor(table, name) for name in table.name}
        for name in order:
            agents[name].plan(news(300, 1000), parameters, 10 * BN, exposure())
        return [agents[name].rate_per_year.tolist() for name in table.name]

    assert rates(table.name) == rates(table.name[::-1])
