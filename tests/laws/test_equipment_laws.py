"""Laws of the equipment market: they hold for any queue, any orders and any supply."""

import dataclasses
from types import SimpleNamespace

import mesa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm import tables_equipment
from abm.agents.vendor import Vendor, VendorState
from abm.markets.equipment import OrderBook
from abm.markets.equipment_prices import import_share, payments, settle
from abm.markets.orders import BUYER, FRINGE, LEFT, LINE, PLACED, WANTED, Orders, foresee, serve
from abm.parameters import Parameters
from abm.vocabulary import EQUIPMENT, KLASS

LAWS = settings(max_examples=40, deadline=None)
N_LINES, MONTH = 3, 12
N_BUYERS = 6
NONE = np.zeros(len(EQUIPMENT), np.bool_)


@pytest.fixture(scope="module")
def p():
    return Parameters.load().equipment


@pytest.fixture(scope="module")
def lines():
    return tables_equipment.lines()


# ---- one month's queue ----

ROWS = st.lists(
    st.tuples(
        st.integers(0, N_LINES - 1),
        st.integers(-1, 4),
        st.integers(1, 1000),
        st.integers(0, MONTH),
        st.integers(0, 2),
        st.integers(0, MONTH + 6),
    ),
    max_size=15,
)
PER_LINE = st.lists(st.integers(0, 2000), min_size=N_LINES, max_size=N_LINES)
RULES = st.lists(st.integers(0, 2), min_size=N_LINES, max_size=N_LINES)


def queue_of(rows):
    orders = Orders()
    for line, buyer, kw, placed, priority, wanted in sorted(rows, key=lambda row: row[3]):
        orders.add(line, buyer, kw, kw, placed, priority, 0, 0, wanted)
    return orders.columns


def wanted_now(columns, month=MONTH):
    return columns[WANTED] <= month


def served(columns, output, rule, reserve=0.3, make=3, at_once=None):
    at_once = np.zeros(N_LINES, np.bool_) if at_once is None else at_once
    reserves = np.where(np.array(rule) == 0, 0.0, reserve)
    return serve(columns, MONTH, np.array(output), reserves, np.array(rule), np.full(N_LINES, make), at_once)


@LAWS
@given(ROWS, PER_LINE, RULES, st.floats(0, 1))
def test_nobody_gets_more_than_ordered_and_no_line_gives_more_than_it_made(rows, output, rule, reserve):
    columns = queue_of(rows)
    given_kw = served(columns, output, rule, reserve)
    assert (given_kw >= 0).all()
    assert (given_kw <= columns[LEFT]).all()
    assert (np.bincount(columns[LINE], given_kw, N_LINES) <= output).all()
    assert not given_kw[columns[PLACED] > MONTH - 3].any()
    assert not given_kw[~wanted_now(columns)].any()


@LAWS
@given(ROWS, PER_LINE, RULES, st.floats(0, 1))
def test_nothing_is_left_on_the_shelf_while_somebody_waits(rows, output, rule, reserve):
    """What a line delivers is the lesser of what it made and what is ripe and wanted, under every rule."""
    columns = queue_of(rows)
    ripe = columns[LEFT] * (columns[PLACED] <= MONTH - 3) * wanted_now(columns)
    made = np.bincount(columns[LINE], served(columns, output, rule, reserve), N_LINES)
    np.testing.assert_array_equal(made, np.minimum(output, np.bincount(columns[LINE], ripe, N_LINES)))


@LAWS
@given(ROWS, PER_LINE, PER_LINE)
def test_more_supply_never_delivers_less_to_anybody(rows, output, more):
    columns, rule = queue_of(rows), [0] * N_LINES
    assert (served(columns, np.add(output, more), rule) >= served(columns, output, rule)).all()


@LAWS
@given(ROWS, PER_LINE, RULES, st.permutations(range(N_LINES)), st.permutations(range(5)))
def test_renaming_lines_and_buyers_changes_nothing(rows, output, rule, lines_to, buyers_to):
    columns = queue_of(rows)
    renamed = columns.copy()
    renamed[LINE] = np.array(lines_to)[columns[LINE]]
    renamed[BUYER] = np.where(columns[BUYER] == FRINGE, FRINGE, np.array(buyers_to)[columns[BUYER]])
    output_to, rule_to = np.zeros(N_LINES, np.int64), np.zeros(N_LINES, np.int64)
    output_to[list(lines_to)], rule_to[list(lines_to)] = output, rule
    np.testing.assert_array_equal(served(renamed, output_to, rule_to), served(columns, output, rule))


@LAWS
@given(ROWS, st.lists(st.integers(1, 500), min_size=N_LINES, max_size=N_LINES), st.integers(0, 4))
def test_first_come_orders_are_complete_when_foreseen(rows, output, make):
    """Serve the queue month after month: each order is done in the month it was promised, however it was written.

    This holds for orders that are wanted as soon as they can be had; a later wish is only a bound, see below.
    """
    columns = queue_of([(*row[:5], 0) for row in rows])
    args = (np.array(output, float), np.zeros((N_LINES, 300)), np.full(N_LINES, make), np.zeros(N_LINES, np.bool_))
    due, ahead, _ = foresee(columns, MONTH + make, *args)  # by then every order is ripe, so no month is idle
    for m in range(MONTH + make, MONTH + make + 60):
        before = columns[LEFT] > 0
        columns[LEFT] -= serve(
            columns, m, np.array(output), np.zeros(N_LINES), np.zeros(N_LINES, np.int64), args[2], args[3]
        )
        done = before & (columns[LEFT] == 0)
        np.testing.assert_array_equal(due[done], m)
    assert (ahead >= 0).all()


@LAWS
@given(ROWS, st.lists(st.integers(0, 500), min_size=N_LINES, max_size=N_LINES), st.integers(0, 4), st.integers(1, 9))
def test_wanting_it_later_never_brings_it_sooner_and_takes_nobodys_place(rows, output, make, later):
    """One order wished for later is foreseen no sooner, never before its month, and all others as before."""
    columns = queue_of(rows)
    args = (np.array(output, float), np.zeros((N_LINES, 300)), np.full(N_LINES, make), np.zeros(N_LINES, np.bool_))
    due, _, wait = foresee(columns, MONTH, *args)
    assert (due >= columns[WANTED]).all()
    if columns.shape[1]:
        patient = columns.copy()
        patient[WANTED, 0] += later
        due_then, _, wait_then = foresee(patient, MONTH, *args)
        assert due_then[0] == max(due[0], columns[WANTED, 0] + later)
        np.testing.assert_array_equal(due_then[1:], due[1:])
        np.testing.assert_array_equal(wait_then, wait)


@LAWS
@given(ROWS, PER_LINE, RULES)
def test_who_does_not_yet_want_leaves_the_output_to_all_others(rows, output, rule):
    """The deliveries are those of a queue from which the orders not yet wanted are struck."""
    columns = queue_of(rows)
    given_kw = served(columns, output, rule)
    now = wanted_now(columns)
    np.testing.assert_array_equal(given_kw[now], served(columns[:, now], output, rule))


# ---- the book over months ----

ORDERS = st.lists(
    st.tuples(st.integers(0, N_BUYERS - 1), st.integers(0, len(EQUIPMENT) - 1), st.integers(0, 400_000)), max_size=6
)
MONTHS = st.lists(
    st.tuples(ORDERS, st.floats(0, 1), st.lists(st.integers(0, N_BUYERS - 1), max_size=1)), min_size=1, max_size=5
)


def run(book, p, months, abundant=NONE, outage=NONE):
    """Play some months; gives all that was placed, cancelled and delivered, by buyer and class."""
    flows = np.zeros((3, N_BUYERS, len(EQUIPMENT)), np.int64)
    for m, (orders, staffed, quitters) in enumerate(months):
        book.open_month(m, p, outage, abundant)
        rows = np.array(orders, np.int64).reshape(-1, 3).T
        for i, deals in (
            (0, book.place(m, *rows, np.zeros(len(orders), np.int64), np.full(len(orders), m))),
            (2, book.cancel(np.array(quitters, np.int64))),
            (1, book.deliver(m, np.full(len(book.lines.klass), staffed), abundant)),
        ):
            np.add.at(flows[i], (deals.buyer, deals.klass), deals.kw)
        assert book.residual_kw() == 0
    return flows


@LAWS
@given(MONTHS, st.integers(0, len(EQUIPMENT) - 1))
def test_ordered_is_delivered_plus_cancelled_plus_on_order(lines, p, months, plenty):
    """Three accumulations kept apart: what calls returned, what the tally counted, what stands in the queue."""
    abundant = NONE.copy()
    abundant[plenty] = True
    book = OrderBook(lines, p, 1, N_BUYERS)
    ordered, delivered, cancelled = run(book, p, months, abundant)
    np.testing.assert_array_equal(ordered - delivered - cancelled, book.on_order()[:-1])
    np.testing.assert_array_equal(book.tally.totals[:, :-1], [ordered, delivered, cancelled])
    assert not book.on_order()[:, plenty].any()


def test_a_planted_loss_is_found(lines, p):
    book = OrderBook(lines, p, 1, N_BUYERS)
    book.orders.columns[LEFT, 5] -= 3
    assert book.residual_kw() == 6  # three by buyer and three by line


@LAWS
@given(MONTHS)
def test_a_month_depends_on_nothing_but_its_inputs(lines, p, months):
    first, second = OrderBook(lines, p, 3, N_BUYERS), OrderBook(lines, p, 3, N_BUYERS)
    run(first, p, months)
    run(second, p, months)
    np.testing.assert_array_equal(first.orders.columns, second.orders.columns)
    np.testing.assert_array_equal(first.supply.price_cents, second.supply.price_cents)


@LAWS
@given(MONTHS, st.sampled_from(sorted(KLASS)), st.floats(1, 2))
def test_more_capacity_never_lowers_the_deliveries_of_a_class(lines, p, months, klass, factor):
    item = dataclasses.replace(p.classes[klass], supply_factor=factor)
    more = dataclasses.replace(p, classes=p.classes | {klass: item})
    few_book, many_book = OrderBook(lines, p, 1, N_BUYERS), OrderBook(lines, more, 1, N_BUYERS)
    months = [(orders, staffed, []) for orders, staffed, _ in months]
    run(few_book, p, months)
    run(many_book, more, months)
    few, many = (book.tally.totals[1].sum(axis=0) for book in (few_book, many_book))
    k = KLASS[klass]
    assert many[k] >= few[k] - len(lines.klass)  # fractions carried on
    np.testing.assert_array_equal(np.delete(many, k), np.delete(few, k))


@LAWS
@given(st.lists(st.tuples(st.integers(0, 43), st.integers(0, 10**15)), max_size=8), st.floats(0, 0.5), st.floats(0, 1))
def test_no_cent_is_lost_between_buyer_and_payee(lines, p, rows, tariff, imported):
    item = dataclasses.replace(p.classes["network"], tariff_rate=tariff, import_share=imported)
    q = dataclasses.replace(p, classes=p.classes | {"network": item})
    line, cents = np.array(rows, np.int64).reshape(-1, 2).T
    parts = np.array(dataclasses.astuple(settle(line, cents, lines, q)))
    assert (parts >= 0).all()
    np.testing.assert_array_equal(parts.sum(axis=0), cents)
    assert 0 <= import_share(lines, q).min() <= import_share(lines, q).max() <= 1


@LAWS
@given(st.integers(0, 10**6), st.integers(1, 10**7), st.floats(0.05, 0.4), st.floats(0.5, 0.9))
def test_payments_are_the_price(p, kw, cents, deposit, shipment):
    q = dataclasses.replace(p, deposit_share=deposit, shipment_share=shipment)
    paid = payments(np.array([kw]), np.array([cents]), np.array([round(cents * deposit)]), q)
    parts = dataclasses.astuple(paid)
    assert min(part[0] for part in parts) >= 0
    assert sum(part[0] for part in parts) == kw * cents


# ---- vendors and book together ----


def test_vendors_who_see_leads_rise_expand_and_leads_fall_again(lines, p):
    """Twenty months at half a crew lengthen the wait; at full crew and with the new plants it comes down."""
    fringe = np.ones_like(lines.fringe)
    steady = dataclasses.replace(lines, fringe=fringe)
    book = OrderBook(steady, p, 1, 1)
    home = 1 - import_share(steady, p)
    model = mesa.Model()
    vendors = [
        Vendor(model, name, "", rows := np.flatnonzero(lines.vendor == v), lines.klass[rows], home[rows])
        for v, name in enumerate(lines.vendors)
    ]
    numbers = dataclasses.replace(Parameters.load(), equipment=p)
    before, leads = book.facts().lead_months, []
    for m in range(60):
        s = book.line_state()
        marks = np.zeros(len(lines.klass))
        for vendor in vendors:
            r = vendor.rows
            own = VendorState(
                s.backlog_kw[r],
                s.capacity_kw_per_month[r],
                s.coming_kw_per_month[r],
                s.planned_output_kw[r],
                np.ones(len(r)),
            )
            vendor.plan(SimpleNamespace(month=m - 1), numbers, 1, own)
            book.expand(r, np.array(vendor.expansion_kw_per_month), np.array(vendor.ready_month))
            marks[r] = vendor.markup_share
        book.set_markup(marks)
        book.open_month(m, p, NONE, NONE)
        book.deliver(m, np.full(len(lines.klass), 0.5 if m < 20 else 1.0), NONE)
        leads.append(book.facts().lead_months)
    assert book.residual_kw() == 0
    # Where growth already under way at the start does not outrun a steady flow of orders, as it does for IT.
    rising = [KLASS[name] for name in ("substation_transformer", "genset", "heavy_turbine")]
    assert (leads[20] > before)[rising].all()
    assert (leads[19] > leads[20])[rising].all()  # who asks at half a crew hears of twice the time
    assert (leads[59] < leads[20])[rising].all()
    assert (leads[59] >= 0).all()
