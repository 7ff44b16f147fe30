"""The equipment market on paper: queues, waits, prices, choice, money; and the shipped numbers."""

import dataclasses

import numpy as np
import pytest

from abm import tables_equipment
from abm.errors import BadNumber
from abm.markets.equipment import NO_ORDER, OrderBook
from abm.markets.equipment_prices import (
    by_class,
    import_share,
    line_prices,
    needed_kw_per_facility_kw,
    payments,
    price_terms,
    settle,
)
from abm.markets.equipment_tally import OTHERS
from abm.markets.orders import BY_PRIORITY, BY_SIZE, FIRST_COME, FRINGE, LEFT, Orders, foresee, latest, serve
from abm.parameters import Parameters
from abm.streams import purpose
from abm.units import month_index
from abm.vocabulary import BUILDING_EQUIPMENT, EQUIPMENT, IT_EQUIPMENT, KLASS, RIVAL, STARGATE

GENSET, SWITCHGEAR, TRANSFORMER = KLASS["genset"], KLASS["switchgear"], KLASS["substation_transformer"]
NONE = np.zeros(len(EQUIPMENT), np.bool_)


@pytest.fixture(scope="module")
def p():
    return Parameters.load().equipment


@pytest.fixture(scope="module")
def lines():
    return tables_equipment.lines()


def changed(p, klass=None, **values):
    """The numbers with some of a class replaced."""
    if klass is None:
        return dataclasses.replace(p, **values)
    return dataclasses.replace(p, classes=p.classes | {klass: dataclasses.replace(p.classes[klass], **values)})


def quiet(lines):
    """The same lines when nobody else orders."""
    return dataclasses.replace(lines, fringe=np.zeros_like(lines.fringe))


def one(*values):
    return np.array(values, np.int64)


def no_wish(m, n):
    """Priority and month wanted of orders that have no rank and take their equipment as soon as it is made."""
    return np.zeros(n, np.int64), np.full(n, m)


def month(book, m, p, orders=(), staffed=1.0, outage=NONE, abundant=NONE):
    """A whole month; orders are (buyer, klass, kw)."""
    book.open_month(m, p, outage, abundant)
    placed = book.place(m, *np.array(orders, np.int64).reshape(-1, 3).T, *no_wish(m, len(orders)))
    return placed, book.deliver(m, np.full(len(book.lines.klass), staffed), abundant)


# ---- one line's queue, served by hand ----


def queue_of(*rows):
    """Orders of (line, buyer, kw, month placed, priority), wanted at once, or in the month given last."""
    orders = Orders()
    for line, buyer, kw, placed, priority, *wanted in rows:
        orders.add(line, buyer, kw, kw, placed, priority, 0, 0, *wanted or [placed])
    return orders.columns


def served(columns, output, rule=FIRST_COME, reserve=0.0, make=0, at_once=False, m=10):
    return serve(columns, m, one(output), np.array([reserve]), one(rule), one(make), np.array([at_once])).tolist()


def test_the_oldest_order_is_served_first_and_the_last_one_in_part():
    columns = queue_of((0, 1, 50, 1, 0), (0, 2, 30, 2, 0), (0, 3, 40, 3, 0))
    assert served(columns, 100) == [50, 30, 20]


def test_no_order_is_served_sooner_than_it_can_be_made():
    columns = queue_of((0, 1, 50, 5, 0), (0, 2, 50, 8, 0))
    assert served(columns, 100, make=3) == [50, 0]


def test_contract_priority_has_the_reserved_part_and_the_rest_goes_as_it_came():
    """Of 100 kW 30 are kept: the priority order takes them, 70 go to the first, then 0 are left."""
    columns = queue_of((0, 1, 90, 1, 0), (0, 2, 50, 9, 1))
    assert served(columns, 100, BY_PRIORITY, 0.3) == [70, 30]
    assert served(columns, 100, BY_PRIORITY, 1.0) == [50, 50]
    assert served(columns, 100, FIRST_COME, 0.0) == [90, 10]


def test_a_reserved_part_nobody_claims_is_not_lost():
    columns = queue_of((0, 1, 90, 1, 0), (0, 2, 50, 9, 0))
    assert served(columns, 100, BY_PRIORITY, 0.3) == [90, 10]


def test_size_prefers_the_largest_buyer_but_not_the_sum_of_small_ones():
    columns = queue_of((0, FRINGE, 500, 1, 0), (0, 1, 20, 2, 0), (0, 2, 60, 3, 0))
    assert served(columns, 100, BY_SIZE, 0.5) == [50, 0, 50]


def test_abundance_serves_everything_the_month_it_is_ordered():
    assert served(queue_of((0, 1, 90, 10, 0), (0, 2, 50, 10, 0)), 0, make=12, at_once=True) == [90, 50]


def test_nothing_comes_before_it_is_wanted_and_others_are_served_meanwhile():
    """The first in the queue wants its 50 kW in month 11: in month 10 the second has 80 of 100, in 11 the first all."""
    columns = queue_of((0, 1, 50, 1, 0, 11), (0, 2, 80, 2, 0))
    assert served(columns, 100, m=10) == [0, 80]
    assert served(columns, 100, m=11) == [50, 50]


def test_an_order_not_yet_wanted_claims_nothing_of_the_reserved_part():
    """All 100 kW are kept for rank, but the ranking order wants month 11, so they go to the other."""
    columns = queue_of((0, 1, 90, 1, 0), (0, 2, 50, 2, 1, 11))
    assert served(columns, 100, BY_PRIORITY, 1.0, m=10) == [90, 0]
    assert served(columns, 100, BY_PRIORITY, 1.0, m=11) == [50, 50]


def test_abundance_too_delivers_no_earlier_than_wanted():
    columns = queue_of((0, 1, 90, 10, 0, 12), (0, 2, 50, 10, 0))
    assert served(columns, 0, at_once=True, m=10) == [0, 50]
    assert served(columns, 0, at_once=True, m=12) == [90, 50]


def foreseen(columns, capacity, coming=(), make=0, at_once=False, m=0):
    grown = np.zeros((1, 50))
    for ready, kw in coming:
        grown[0, ready] = kw
    return foresee(columns, m, np.array([float(capacity)]), grown, one(make), np.array([at_once]))


def test_a_backlog_of_five_months_makes_a_new_order_wait_five_months():
    due, ahead, wait = foreseen(queue_of((0, 1, 250, -1, 0), (0, 2, 250, -1, 0)), 100)
    assert wait[0] == pytest.approx(5.0)
    assert ahead.tolist() == [0, 250]
    assert due.tolist() == [2, 4]  # 250 kW are made in months 0, 1 and 2; 500 by the end of month 4


def test_the_date_foreseen_is_never_before_the_one_wanted():
    """100 kW a month: the first is made in month 0 but wanted in 7; the second comes in month 1, wanted in 0."""
    due, _, wait = foreseen(queue_of((0, 1, 100, -1, 0, 7), (0, 2, 100, -1, 0, 0)), 100)
    assert due.tolist() == [7, 1]
    assert wait[0] == pytest.approx(2.0)
    assert foreseen(queue_of((0, 1, 100, -1, 0, 7)), 100, at_once=True)[0].tolist() == [7]


def test_an_expansion_shortens_the_wait():
    """100 in months 0 and 1, 200 from month 2 on: 500 kW are there after 2 + 300/200 months."""
    _, _, wait = foreseen(queue_of((0, 1, 500, -1, 0)), 100, coming=[(2, 100)])
    assert wait[0] == pytest.approx(3.5)


def test_the_shortest_time_to_make_holds_with_an_empty_queue():
    assert foreseen(Orders().columns, 100, make=4)[2][0] == 4.0
    assert foreseen(queue_of((0, 1, 50, 0, 0)), 100, make=4)[0].tolist() == [4]
    assert foreseen(queue_of((0, 1, 50, 0, 0)), 100, make=4, at_once=True)[2][0] == 0.0


def test_a_line_without_capacity_promises_the_end_of_days():
    assert foreseen(queue_of((0, 1, 50, 0, 0)), 0)[2][0] == pytest.approx(241)


def test_kernels_equal_their_python_twins():
    columns = queue_of((0, 1, 90, 1, 0), (0, 2, 50, 9, 2), (0, FRINGE, 70, 9, 0), (0, 3, 50, 9, 1, 12))
    args = (columns, 10, one(120), np.array([0.3]), one(BY_PRIORITY), one(0), np.array([False]))
    np.testing.assert_array_equal(serve(*args), serve.py_func(*args))
    ahead = (columns, 10, np.array([40.0]), np.zeros((1, 50)), one(2), np.array([False]))
    for got, twin in zip(foresee(*ahead), foresee.py_func(*ahead), strict=True):
        np.testing.assert_allclose(got, twin, rtol=1e-12)
    out, twin = np.full((2, 4, 1), NO_ORDER)
    latest(columns, one(0), foresee(*ahead)[0], out)
    latest.py_func(columns, one(0), foresee(*ahead)[0], twin)
    np.testing.assert_array_equal(out, twin)


def test_the_queue_grows_beyond_its_room_and_forgets_what_is_served():
    orders = Orders()
    orders.add(np.zeros(20_000, np.int64), 1, np.arange(20_000), np.arange(20_000), 0, 0, 0, 0, 0)
    orders.drop_served()
    assert orders.n == 19_999
    assert orders.columns[LEFT].sum() == 20_000 * 19_999 // 2


# ---- the book ----


def test_waits_at_the_start_are_those_observed_in_2024(lines, p):
    """Months: transformers 130 weeks, switchgear 47, gensets over 38, chillers 35; turbines under three years."""
    leads = OrderBook(lines, p, 1, 1).facts().lead_months
    expected = {"substation_transformer": 30, "switchgear": 11, "genset": 13, "cooling": 8, "heavy_turbine": 34}
    for name, months in expected.items():
        assert leads[KLASS[name]] == pytest.approx(months, rel=0.1)
    assert 8 <= leads[KLASS["accelerator"]] <= 12


def test_an_order_arrives_when_it_was_foreseen(lines, p):
    """Nobody else orders, nothing expands: what is promised is kept to the month."""
    still = changed(p, "genset", start_expansion_share=0.0)
    book = OrderBook(quiet(lines), still, 1, 3)
    arrived = {}
    for m in range(20):
        _, got = month(book, m, still, [(2, GENSET, 200_000)] if m == 3 else [])
        if m == 3:
            promised = book.expected_month()[2, GENSET]
        for kw in got.kw[got.buyer == 2]:
            arrived[m] = int(kw)
    assert sum(arrived.values()) == 200_000
    assert max(arrived) == promised
    assert book.expected_month()[2, GENSET] == NO_ORDER


def test_orders_before_the_run_take_the_place_of_others(lines, p):
    book, without = OrderBook(lines, p, 1, 2), OrderBook(lines, p, 1, 2)
    asked = one(-10, -25)
    seeded = book.seed_orders(one(0, 1), one(GENSET, TRANSFORMER), one(90_001, 70_000), asked, one(0, 0), asked)
    assert seeded.kw.sum() == 160_001
    np.testing.assert_array_equal(book.facts().backlog_kw, without.facts().backlog_kw)
    np.testing.assert_array_equal(book.on_order()[:2].sum(axis=0)[[GENSET, TRANSFORMER]], [90_001, 70_000])
    assert book.residual_kw() == 0
    first = book.expected_month()
    assert 0 <= first[0, GENSET] <= 4  # ten of thirteen months it has waited
    assert 3 <= first[1, TRANSFORMER] <= 9


def test_the_book_holds_an_order_until_it_is_wanted(lines, p):
    """Switchgear is abundant: ordered in month 0 for month 2, it comes in month 2; the published wait stays none."""
    plenty = NONE.copy()
    plenty[SWITCHGEAR] = True
    book = OrderBook(lines, p, 1, 2)
    arrived = []
    for m in range(4):
        book.open_month(m, p, NONE, plenty)
        if m == 0:
            book.place(0, one(0, 1), one(SWITCHGEAR, SWITCHGEAR), one(700, 300), one(0, 0), one(2, 0))
            assert book.expected_month()[:, SWITCHGEAR].tolist() == [2, 0]
        got = book.deliver(m, np.ones(len(lines.klass)), plenty)
        arrived.append({int(b): int(kw) for b, kw in zip(got.buyer, got.kw, strict=True)})
        assert book.facts().lead_months[SWITCHGEAR] == 0
    assert arrived == [{1: 300}, {}, {0: 700}, {}]
    assert book.residual_kw() == 0


def test_an_order_put_off_keeps_its_place_and_lets_others_by(lines, p):
    """Buyer 0 ordered first, for month 2; late, it wants its 700 in month 4, and never sooner."""
    plenty = NONE.copy()
    plenty[SWITCHGEAR] = True
    book = OrderBook(lines, p, 1, 2)
    arrived, wanted = [], np.full((1, 14), -1)
    for m, month_wanted in enumerate((2, 4, 3, 3, 3, 3)):
        book.open_month(m, p, NONE, plenty)
        if m == 0:
            book.place(0, one(0, 1), one(SWITCHGEAR, SWITCHGEAR), one(700, 300), one(0, 0), one(2, 2))
        wanted[0, SWITCHGEAR] = month_wanted
        book.put_off(wanted)
        got = book.deliver(m, np.ones(len(lines.klass)), plenty)
        arrived.append({int(b): int(kw) for b, kw in zip(got.buyer, got.kw, strict=True)})
    assert arrived == [{}, {}, {1: 300}, {}, {0: 700}, {}]
    assert book.residual_kw() == 0


def test_seeded_orders_wait_for_the_month_wanted(lines, p):
    """Ordered thirty months ago, so long since made, but wanted in month 3."""
    book = OrderBook(lines, p, 1, 1)
    book.seed_orders(one(0), one(GENSET), one(9_000), one(-30), one(0), one(3))
    assert book.expected_month()[0, GENSET] == 3
    arrived = [month(book, m, p)[1].kw.sum() for m in range(5)]
    assert arrived == [0, 0, 0, 9_000, 0]


def test_an_outage_halves_the_output_of_its_class_only(lines, p):
    outage = NONE.copy()
    outage[GENSET] = True
    book, well = OrderBook(lines, p, 1, 1), OrderBook(lines, p, 1, 1)
    month(book, 0, p, outage=outage)
    month(well, 0, p)
    made, full = book.facts().delivered_kw.sum(axis=0), well.facts().delivered_kw.sum(axis=0)
    assert made[GENSET] == pytest.approx(full[GENSET] * (1 - p.outage_loss_share), abs=len(lines.klass))
    np.testing.assert_array_equal(np.delete(made, GENSET), np.delete(full, GENSET))


def test_half_a_crew_makes_half_the_output(lines, p):
    book = OrderBook(lines, p, 1, 1)
    month(book, 0, p, staffed=0.5)
    assert book.facts().utilisation_share == pytest.approx(np.full(len(EQUIPMENT), 0.5), rel=1e-4)


def test_fractions_of_a_kilowatt_are_carried_on(lines, p):
    book = OrderBook(lines, p, 1, 1)
    total = np.zeros(len(lines.klass), np.int64)
    for m in range(3):
        month(book, m, p, staffed=1 / 3)
        total += book.facts().output_kw
    capacity = book.supply.reference * 3 + book.supply.capacity - book.supply.reference  # grows from month 1 on
    assert (total <= capacity).all()
    exact = sum(
        (book.supply.reference + grown) / 3
        for grown in np.outer([0, 0.5, 1], book.supply.capacity - book.supply.reference)
    )
    assert np.abs(total - exact).max() <= 1


def test_abundance_delivers_at_once_and_promises_no_wait(lines, p):
    plenty = NONE.copy()
    plenty[SWITCHGEAR] = True
    book = OrderBook(lines, p, 1, 2)
    _, got = month(book, 0, p, [(0, SWITCHGEAR, 500_000), (1, GENSET, 500_000)], abundant=plenty)
    assert (got.buyer.tolist(), got.kw.tolist()) == ([0], [500_000])
    assert book.facts().lead_months[SWITCHGEAR] == 0
    assert book.facts().backlog_kw[SWITCHGEAR] == 0


def test_cancelled_orders_leave_the_queue(lines, p):
    book = OrderBook(lines, p, 1, 2)
    month(book, 0, p, [(0, GENSET, 1000), (1, GENSET, 2000)])
    struck = book.cancel(one(1))
    assert (struck.kw.tolist(), struck.buyer.tolist()) == ([2000], [1])
    assert book.facts().cancelled_kw.sum() == 2000
    assert book.expected_month()[:, GENSET].tolist()[1] == NO_ORDER
    assert len(book.cancel(one(1)).kw) == 0
    assert book.residual_kw() == 0


def test_a_negative_order_is_refused(lines, p):
    with pytest.raises(ValueError, match="cancel instead"):
        OrderBook(lines, p, 1, 1).place(0, one(0), one(0), one(-1), *no_wish(0, 1))


def test_output_is_told_apart_by_program(lines, p):
    plenty = np.ones(len(EQUIPMENT), np.bool_)
    book = OrderBook(lines, p, 1, 2)
    book.program_of_buyer = one(RIVAL, STARGATE)
    month(book, 0, p, [(0, GENSET, 1000), (1, GENSET, 2500)], abundant=plenty)
    facts = book.facts()
    assert facts.delivered_kw[:OTHERS, GENSET].tolist() == [1000, 2500]
    assert (facts.rival_output_kw.sum(), facts.stargate_output_kw.sum()) == (1000, 2500)
    genset = lines.klass == GENSET
    others = facts.output_kw[genset].sum() - 3500
    assert others == facts.delivered_kw[OTHERS, GENSET]
    assert (facts.output_value_cents > 0).all()


def test_a_place_in_the_queue_can_be_told(lines, p):
    book = OrderBook(lines, p, 1, 3)
    month(book, 0, p, [(1, GENSET, 1000), (2, GENSET, 7000)])
    told = book.queue(2)
    assert told.kw_left.tolist() == [7000]
    assert (told.place == told.places).all()  # the last to come
    assert told.due_month[0] == book.expected_month()[2, GENSET]
    assert told.ahead_kw[0] > 1e6


def test_buyers_turn_to_the_quicker_and_the_cheaper_line(lines, p):
    book = OrderBook(lines, p, 1, 1)
    genset = slice(*lines.first[[GENSET, GENSET + 1]])
    even = book.supply.choice()[genset]
    assert even.sum() == pytest.approx(1)
    book.supply.wait_months[genset.start] += p.choice_months  # the odds against any other fall e-fold
    slower = book.supply.choice()[genset]
    assert slower[0] / slower[1] == pytest.approx(even[0] / even[1] / np.e)
    book.supply.wait_months[genset.start] -= p.choice_months
    book.supply.price_cents[genset.start] *= 2
    dearer = book.supply.choice()[genset]
    assert dearer[0] / dearer[1] == pytest.approx(even[0] / even[1] / 2**p.choice_price_exponent)


def test_expansions_come_when_they_are_ready(lines, p):
    book = OrderBook(lines, changed(p, "genset", start_expansion_share=0.0), 1, 1)
    first = lines.first[GENSET]
    before = book.supply.capacity[first]
    book.expand(one(first), np.array([500.0]), one(2))
    seen = []
    for m in range(4):
        month(book, m, book.supply.p)
        seen.append(book.supply.capacity[first] - before)
    assert seen == pytest.approx([0, 0, 500, 500])


def test_the_lever_on_supply_leaves_others_orders_alone(lines, p):
    book, more = OrderBook(lines, p, 1, 1), OrderBook(lines, changed(p, "genset", supply_factor=2.0), 1, 1)
    for m in range(2):
        month(book, m, book.supply.p)
        month(more, m, more.supply.p)
    assert more.facts().delivered_kw.sum(axis=0)[GENSET] == pytest.approx(
        2 * book.facts().delivered_kw.sum(axis=0)[GENSET], abs=2
    )
    np.testing.assert_array_equal(more.facts().ordered_kw, book.facts().ordered_kw)
    assert more.facts().lead_months[GENSET] < book.facts().lead_months[GENSET] * 0.6


def test_a_change_of_numbers_in_the_run_takes_hold(lines, p):
    book = OrderBook(lines, p, 1, 1)
    month(book, 0, p)
    cheap = book.facts().price_usd_per_kw[GENSET]
    month(book, 1, changed(p, "genset", tariff_rate=0.5))
    assert 1.1 < book.facts().price_usd_per_kw[GENSET] / cheap < 1.25  # half of imports of 40 %, less what is avoided


def test_draws_are_keyed_by_buyer_so_others_orders_change_nothing(lines, p):
    few, many = OrderBook(lines, p, 7, 40), OrderBook(lines, p, 7, 40)
    few.open_month(0, p, NONE, NONE)
    many.open_month(0, p, NONE, NONE)
    alone = few.place(0, one(5), one(GENSET), one(100), *no_wish(0, 1))
    crowd = many.place(0, np.arange(40), np.full(40, GENSET), np.full(40, 100), *no_wish(0, 40))
    assert alone.line[0] == crowd.line[crowd.buyer == 5][0]
    assert len(set(crowd.line.tolist())) == 3
    assert purpose("equipment choice") == purpose("equipment choice")


# ---- prices and money ----


def test_building_equipment_costs_about_5400_and_it_31000_then_42000(lines, p):
    terms, none = price_terms(lines, p), np.zeros(len(lines.klass))

    def of(classes, m):
        price = line_prices(terms, m, none, none) / 100 * lines.capacity_share
        return sum(price[lines.klass == KLASS[name]].sum() for name in classes)

    assert of(BUILDING_EQUIPMENT, 0) == pytest.approx(5_400, rel=0.03)
    assert of(IT_EQUIPMENT, 0) == pytest.approx(31_000, rel=0.01)
    assert of(IT_EQUIPMENT, month_index("2026-10")) == pytest.approx(42_000, rel=0.02)


def test_racks_ordered_for_delivery_after_the_change_are_of_the_next_generation(lines, p):
    terms, none = price_terms(lines, p), np.zeros(len(lines.klass))
    first = lines.first[KLASS["accelerator"]]
    now, later = (line_prices(terms, 20, none + wait, none)[first] for wait in (8, 9))
    assert (round(p.rubin_from_month), later / now) == (29, pytest.approx(p.rubin_price_ratio, rel=1e-4))


def test_a_price_is_base_times_trend_times_scarcity_times_tariff(lines, p):
    """A genset line with imports of 40 %: 1000 x 1.04 x 1.1 x (1 + 0.25 x 0.4) = 1258.40 USD."""
    q = changed(p, "genset", price_usd_per_kw=1000.0, price_trend_rate_per_year=0.04, tariff_rate=0.25)
    even = dataclasses.replace(lines, us_share=np.full(len(lines.klass), 0.5))
    one_tenth = np.full(len(lines.klass), 0.1)
    price = line_prices(price_terms(even, q), 12, one_tenth, one_tenth)[lines.klass == GENSET]
    assert price.tolist() == [125_840] * 3


def test_shipped_lines_import_what_their_classes_do(lines, p):
    imports = import_share(lines, p)
    mean = np.bincount(lines.klass, imports * lines.capacity_share)
    assert mean == pytest.approx(by_class(p, "import_share"), abs=1e-9)
    assert imports == pytest.approx(1 - lines.us_share, abs=0.02)
    assert import_share(lines, changed(p, "genset", import_share=1.0)).max() <= 1


def test_the_three_payments_are_the_price_and_add_up_over_parts(p):
    price, deposit = one(10_003, 10_003), one(2_001, 2_001)
    paid = payments(one(7, 3), price, deposit, p)
    whole = payments(one(10), price[:1], deposit[:1], p)
    for part, total in zip(dataclasses.astuple(paid), dataclasses.astuple(whole), strict=True):
        assert part.sum() == total[0]
    assert sum(x[0] for x in dataclasses.astuple(whole)) == 100_030
    assert whole.shipment_cents[0] == 10 * 7_002


def test_a_delivery_is_settled_to_the_cent(lines, p):
    """Of 110 cents with imports of 40 % and a tariff of 25 %: 10 tariff, 40 abroad of which 4 China, 15 margin, 45."""
    q = changed(p, "genset", import_share=0.4, tariff_rate=0.25, china_share=0.1, margin_share=0.15)
    even = dataclasses.replace(lines, us_share=np.full(len(lines.klass), 0.5))
    got = settle(one(lines.first[GENSET]), one(110), even, q)
    assert [int(x[0]) for x in dataclasses.astuple(got)] == [4, 36, 10, 0, 15, 45]
    all_lines = np.arange(len(lines.klass))
    cents = 10**12 + all_lines
    assert (np.sum(dataclasses.astuple(settle(all_lines, cents, lines, p)), axis=0) == cents).all()


def test_only_cpus_of_arm_design_pay_arm(lines, p):
    got = settle(np.arange(len(lines.klass)), np.full(len(lines.klass), 10**6), lines, p)
    arm = np.flatnonzero(got.royalty_cents)
    assert [lines.name[i] for i in arm] == ["Nvidia cpu"]
    assert got.royalty_cents[arm[0]] == pytest.approx(10**6 * p.arm_royalty_share, abs=1)


def test_a_building_needs_a_kilowatt_of_each_building_class(p):
    need = needed_kw_per_facility_kw(1.25)
    assert [need[KLASS[name]] for name in ("cooling", "accelerator", "battery")] == [1, 0.8, 0]
    spent = need @ by_class(p, "price_usd_per_kw")
    assert spent == pytest.approx(5_400 + 31_000 / 1.25)


# ---- tables ----


def test_classes_stand_in_the_order_of_the_vocabulary(p, lines):
    assert tuple(p.classes) == EQUIPMENT
    assert (np.diff(lines.klass) >= 0).all()
    assert (np.diff(lines.first) >= 1).all()


def test_later_orders_are_not_known_earlier():
    """Seen from the end of 2024 the path stays at the last value then known."""
    early, late = tables_equipment.fringe_path(month_index("2024-12")), tables_equipment.fringe_path(None)
    turbine = KLASS["heavy_turbine"]
    assert early[0, turbine] == late[0, turbine]
    assert early[40, turbine] == early[0, turbine] < late[20, turbine]
    assert tables_equipment.fringe(20)[turbine] == late[20, turbine]
    with pytest.raises(BadNumber, match="no value known"):
        tables_equipment.fringe_path(month_index("2023-01"))
