"""Where the price of a delivery goes, to the cent."""

import dataclasses

import numpy as np
import pytest

from abm.markets.equipment_records import Deals
from abm.steps.makers import settle_makers, tag_lines
from abm.vocabulary import KLASS, RIVAL, STARGATE
from tests import tiny


@pytest.fixture
def delivered():
    """One delivery of 1,050,000 cents to a Stargate building, of a class with round shares, and nothing else.

    Half of the price before tariff is imported, a fifth of that from China; 10 % tariff; a quarter is margin. The
    parts are 0.1 + 0.4 + 0.05 + 0.25 + 0.25 = 1.05 of the price before tariff.
    """
    m = tiny.world()
    tiny.do_until(m, "pay")
    tiny.open_books(m)
    tiny.class_numbers(m, "genset", import_share=0.5, china_share=0.2, tariff_rate=0.1, margin_share=0.25)
    m.lines = dataclasses.replace(m.lines, us_share=np.zeros(len(m.lines.klass)))
    line = int(np.flatnonzero(m.lines.klass == KLASS["genset"])[0])
    phase = int(np.flatnonzero(m.sites.is_stargate)[0])
    one = np.array([1])
    m.facts.delivered = Deals(
        np.array([line]), np.array([phase]), np.array([KLASS["genset"]]), one, 1_050_000 * one, 0 * one
    )
    nothing = np.zeros_like(m.book_facts.output_value_cents)
    m.book_facts = dataclasses.replace(m.book_facts, output_value_cents=nothing)
    m.facts.wages_cents = np.zeros(len(m.employers) - m.employers.n_regions, np.int64)
    m.facts.import_cents = np.zeros(2, np.int64)
    return m, line, int(m.sites.campus[phase])


def test_a_delivery_is_shared_out_to_the_cent(delivered):
    m, line, c = delivered
    settle_makers(m)
    imports, vendor = tiny.posted(m, "import_payment"), m.ledger.accounts("vendors")[m.lines.vendor[line]]
    assert imports.to(m.ledger.account("china")) == 100_000
    assert imports.to(m.ledger.account("rest_of_world")) == 400_000
    assert imports.of(c) == 500_000
    assert tiny.posted(m, "tariff").to(m.ledger.account("federal")) == 50_000
    assert tiny.posted(m, "royalty").total == 0
    assert tiny.posted(m, "materials").by(vendor) == 250_000
    assert m.facts.import_cents[STARGATE] == 500_000
    assert m.facts.import_cents[RIVAL] == 0
    assert m.tariff_cents == 50_000  # what stays with the maker is the margin: 1,050,000 - 800,000


def test_wages_come_out_of_the_domestic_part(delivered):
    """250,000 at home; 100,000 of wages with half as much again beyond them leave 100,000 for supplies."""
    m, line, _ = delivered
    tiny.numbers(m, "building", paid_hour_burden_ratio=1.5)
    m.facts.wages_cents[m.employers.makers.start - m.employers.n_regions + line] = 100_000
    settle_makers(m)
    assert tiny.posted(m, "materials").total == 100_000


def test_a_maker_that_pays_more_wages_than_it_adds_buys_nothing(delivered):
    m, line, _ = delivered
    m.facts.wages_cents[m.employers.makers.start - m.employers.n_regions + line] = 10_000_000
    settle_makers(m)
    assert tiny.posted(m, "materials").total == 0


def test_all_other_buyers_pay_for_their_part_of_the_output(delivered):
    """The line's output is worth 3,000,000; ours is 1,050,000; the rest of the country pays the difference."""
    m, line, _ = delivered
    value = m.book_facts.output_value_cents.copy()
    value[line] = 3_000_000
    m.book_facts = dataclasses.replace(m.book_facts, output_value_cents=value)
    settle_makers(m)
    vendor = m.ledger.accounts("vendors")[m.lines.vendor[line]]
    assert tiny.posted(m, "sales_revenue").to(vendor) == 1_950_000
    assert m.facts.import_cents.sum() == 500_000  # what others import is not a campus's


def test_arm_gets_its_royalty():
    m = tiny.world()
    tiny.do_until(m, "pay")
    tiny.open_books(m)
    tiny.class_numbers(m, "cpu", import_share=0.0, margin_share=0.25)
    tiny.numbers(m, "equipment", arm_royalty_share=0.125)
    line = int(np.flatnonzero((m.lines.klass == KLASS["cpu"]) & m.lines.is_arm)[0])
    phase, one = int(np.flatnonzero(m.sites.is_stargate)[0]), np.array([1])
    m.facts.delivered = Deals(
        np.array([line]), np.array([phase]), np.array([KLASS["cpu"]]), one, 800_000 * one, 0 * one
    )
    nothing = np.zeros_like(m.book_facts.output_value_cents)
    m.book_facts = dataclasses.replace(m.book_facts, output_value_cents=nothing)
    m.facts.wages_cents = np.zeros(len(m.employers) - m.employers.n_regions, np.int64)
    settle_makers(m)
    assert tiny.posted(m, "royalty").total == 100_000
    assert tiny.posted(m, "materials").total == 500_000  # less the margin of 200,000


def test_lines_remember_whose_orders_they_work_on():
    """A line that takes five months to make one, half of whose output is Stargate's: a tenth after a month."""
    m = tiny.world()
    line = 0
    output = np.zeros_like(m.book_facts.output_kw)
    ours = output.copy()
    output[line], ours[line] = 100, 50
    m.book_facts = dataclasses.replace(
        m.book_facts, output_kw=output, stargate_output_kw=ours, rival_output_kw=0 * ours
    )
    m.book.supply.make_months[line] = 5
    tag_lines(m)
    assert m.line_share[STARGATE][line] == pytest.approx(0.1)
    tag_lines(m)
    assert m.line_share[STARGATE][line] == pytest.approx(0.18)  # 0.1 + (0.5 - 0.1) / 5
    assert m.line_share[RIVAL][line] == 0
