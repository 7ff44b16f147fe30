"""Grid connections and supply of the zones, worked on paper: studies, works, slots, transformers, margins, prices."""

import dataclasses

import numpy as np
import pytest

from abm.markets import requests as states
from abm.markets import supply, waits
from abm.markets.power import Connections
from abm.markets.queues import serve
from abm.parameters import NUMBERS, _filled, _flatten, read_toml
from abm.subjects.power import Power
from abm.tables_power import crews, suppliers, zone_paths
from abm.vocabulary import KLASS, RIVAL, STARGATE, TRADE, ZONE, ZONES

N = len(ZONES)
ERCOT, PJM = ZONE["ERCOT"], ZONE["PJM"]


def shipped(kind, file):
    return _filled(kind, "", {name: entry["value"] for name, entry in _flatten(read_toml(NUMBERS / file), "")})


def numbers(**changes):
    """Shipped numbers, with the same change in every zone for names that zones have."""
    p = shipped(Power, "power.toml")
    in_zones = {name: value for name, value in changes.items() if hasattr(p.zones["PJM"], name)}
    zones = {name: dataclasses.replace(zone, **in_zones) for name, zone in p.zones.items()}
    return dataclasses.replace(p, zones=zones, **{k: v for k, v in changes.items() if k not in in_zones})


def quiet(**changes):
    """No others in the queues, 100 MW studied and 50 energised a month, works of 4 months exactly, no kits needed."""
    return numbers(
        **{
            "fringe_requests_utility_mw_per_month": 0, "initial_queue_utility_mw": 0,
            "initial_slot_backlog_utility_mw": 0, "studies_utility_mw_per_month": 100,
            "slots_utility_mw_per_month": 50, "works_months": 4, "works_log_sd": 0,
            "grid_transformer_ratio": 0, "wires_usd_m_per_utility_mw": 0.4,
        }
        | changes
    )  # fmt: skip


def connections(p, rows=6):
    return Connections(rows, p, zone_paths(), 1)


def month_of(c, month, p, *, transformers=0, crew=1.0, stop=(), unlimited=False, room=1e12):
    stopped = np.zeros(N, np.bool_)
    stopped[list(stop)] = True
    kits = np.zeros(N, np.int64)
    kits[ERCOT] = transformers
    return c.advance(
        month, p, transformers_kw=kits, crew_share=np.full(N, crew), moratorium=stopped, unlimited=unlimited,
        firm_room_kw=np.full(N, room),
    )  # fmt: skip


def ask(c, rows, kw, month, p, zone=ERCOT):
    rows = np.array(rows)
    c.request(rows, rows, np.full(len(rows), zone), np.array(kw), month, p)


def connected_months(c, p, months, **how):
    for month in range(months):
        month_of(c, month, p, **how)
        assert waits.residual_kw(c) == 0
    return [None if m == states.NEVER else int(m) for m in c.connected_month]


def test_a_request_passes_study_works_and_slot():
    """Studied in month 0, worked on in months 1 to 4, energised in month 4 (50 MW a month)."""
    p = quiet()
    c = connections(p, 1)
    ask(c, [0], [50_000], 0, p)
    assert connected_months(c, p, 6) == [4]
    assert waits.energised_kw(c)[ERCOT] == 50_000


def test_requests_wait_for_each_other_at_studies_and_slots():
    """Three of 100 MW, 100 studied a month and 50 energised: ready in 4, 5, 6; energised in 5, 7, 9.

    Slots of month 4 and 5 together make 100 MW, of 6 and 7 the next: credit is kept for the head of the queue.
    """
    p = quiet()
    c = connections(p, 3)
    ask(c, [0, 1, 2], [100_000] * 3, 0, p)
    assert connected_months(c, p, 12) == [5, 7, 9]


def test_others_in_the_queue_come_first():
    """Others have 200 MW waiting: two months of studies before ours."""
    p = quiet(initial_queue_utility_mw=200, fringe_survival_share=0)
    c = connections(p, 1)
    ask(c, [0], [50_000], 0, p)
    assert connected_months(c, p, 10) == [6]


def test_others_that_survive_take_slots_too():
    """A quarter of 200 MW signs: 25 MW each in months 0 and 1, ready four months later.

    The request is studied in month 2 and ready in 6; 50 MW a month serve the others before.
    """
    p = quiet(initial_queue_utility_mw=200, fringe_survival_share=0.25)
    c = connections(p, 1)
    ask(c, [0], [50_000], 0, p)
    connected_months(c, p, 6)
    assert c.slot_fringe_kw.sum() == 0
    assert c.state[0] == states.WORKS
    month_of(c, 6, p)
    assert c.connected_month[0] == 6


def test_a_ramp_puts_works_off_and_lets_others_by():
    """Wanted in month 22, to be ready 2 months before: four months of works begin in 16, so it is energised in 19.

    Its transformers, with a wait of 10 months, are ordered in month 6. Who wants power at once is not kept waiting.
    """
    p = quiet(ramp_buffer_months=2, grid_transformer_ratio=0.5, transformer_stock_months=0)
    c = connections(p, 2)
    c.request(np.array([0]), np.array([0]), np.array([ERCOT]), np.array([50_000]), 0, p, np.array([22]))
    assert waits.connection_months(c, 0, p, 0, np.ones(N))[ERCOT] == 4.5  # half a month for its study, and works
    assert c.transformers_wanted_kw(5, 10).sum() == 0
    assert c.transformers_wanted_kw(6, 10)[ERCOT] == 25_000
    for month in range(24):
        if month == 5:
            ask(c, [1], [50_000], 5, p)
        if month in (1, 12):
            told = waits.expected_month(c, month, p, 10, np.ones(N))[0]
            assert told == pytest.approx(20, abs=1)
        month_of(c, month, p, transformers=25_000 if month in (6, 16) else 0)
        assert waits.residual_kw(c) == 0
        assert waits.crews_wanted(c, month, p, crews(), np.zeros(2, np.int64))[0].any() == (
            5 <= month < 9 or 16 <= month < 19
        )
    assert c.connected_month.tolist() == [19, 9]


def test_half_the_crew_takes_twice_as_long():
    p = quiet()
    c = connections(p, 1)
    ask(c, [0], [50_000], 0, p)
    assert connected_months(c, p, 12, crew=0.5) == [8]


def test_works_stop_for_want_of_transformers_and_each_is_ordered_once():
    """Half of 50 MW needs transformers of the utility; none in stock; at 70 % works wait; delivered in month 9."""
    p = quiet(grid_transformer_ratio=0.5, transformer_stock_months=0, transformer_needed_share=0.7)
    c = connections(p, 1)
    ask(c, [0], [50_000], 0, p)
    assert c.transformers_wanted_kw(0, 0)[ERCOT] == 25_000
    assert c.transformers_wanted_kw(0, 0).sum() == 0
    connected_months(c, p, 9)
    assert c.done_share[0] == pytest.approx(0.7)
    month_of(c, 9, p, transformers=25_000)
    month_of(c, 10, p)
    assert c.state[0] == states.CONNECTED
    assert c.on_order_kw[ERCOT] == c.stock_kw[ERCOT] == 0


def test_stock_serves_the_first_and_withdrawn_kits_the_next():
    """One month of slots in stock, 25 MW: enough for the first; when it withdraws the second has them."""
    p = quiet(grid_transformer_ratio=0.5, transformer_stock_months=1)
    c = connections(p, 2)
    ask(c, [0], [50_000], 0, p)
    month_of(c, 0, p)
    assert c.has_kit[0]
    c.withdraw(np.array([0]))
    ask(c, [1], [50_000], 1, p)
    assert c.transformers_wanted_kw(0, 0).sum() == 0
    month_of(c, 1, p)
    assert c.has_kit[1]
    assert c.withdrawn_kw[ERCOT] == 50_000
    assert waits.residual_kw(c) == 0


def test_wires_are_billed_to_the_cent_as_they_are_built():
    """50 MW at 0.4 USD m are 20 USD m, in four quarters."""
    p = quiet()
    c = connections(p, 1)
    ask(c, [0], [50_000], 0, p)
    bills = [month_of(c, month, p).bill_cents.sum() for month in range(6)]
    assert bills == [0, 500_000_000, 500_000_000, 500_000_000, 500_000_000, 0]


def test_a_moratorium_stops_studies_and_energisation_but_not_works():
    p = quiet()
    c = connections(p, 2)
    ask(c, [0], [50_000], 0, p)
    month_of(c, 0, p)
    ask(c, [1], [50_000], 1, p)
    for month in range(1, 8):
        month_of(c, month, p, stop=[ERCOT])
    assert list(c.state) == [states.SLOT, states.QUEUED]
    month_of(c, 8, p)
    assert list(c.state) == [states.CONNECTED, states.WORKS]


def test_abundance_connects_at_once_and_bills_all():
    p = quiet()
    c = connections(p, 2)
    ask(c, [0, 1], [50_000, 900_000], 3, p)
    got = month_of(c, 3, p, unlimited=True)
    assert list(got.row) == [0, 1]
    assert got.bill_cents.sum() == 950_000 * 40_000


def test_service_is_firm_as_long_as_the_margin_has_room():
    p = quiet(slots_utility_mw_per_month=500, studies_utility_mw_per_month=500)
    c = connections(p, 2)
    ask(c, [0, 1], [40_000, 60_000], 0, p)
    for month in range(6):
        month_of(c, month, p, room=70_000)
    assert list(c.firm) == [True, False]
    assert list(waits.energised_by_campus(c, 2, firm_only=True)) == [40_000, 0]
    assert list(waits.energised_by_campus(c, 2)) == [40_000, 60_000]


def test_a_row_cannot_ask_twice():
    p = quiet()
    c = connections(p)
    ask(c, [0], [1], 0, p)
    with pytest.raises(ValueError, match="asks for grid power twice; withdraw"):
        ask(c, [0], [1], 1, p)


def test_the_start_puts_requests_as_far_as_their_age():
    """Queue of 200 MW at 100 a month: 2 months; works 4; slot backlog 100 at 50: 2. Ages 1, 4, 7, 9 months."""
    p = quiet(
        initial_queue_utility_mw=200, initial_slot_backlog_utility_mw=100, grid_transformer_ratio=0.5,
        initial_transformer_lead_months=3, transformer_stock_months=0,
    )  # fmt: skip
    c = connections(p, 4)
    rows = np.arange(4)
    placed = c.start(rows, rows, np.zeros(4, np.int64), np.full(4, 10_000), np.array([-1, -4, -7, -9]), p)
    assert list(c.state) == [states.QUEUED, states.WORKS, states.SLOT, states.CONNECTED]
    assert c.done_share[1] == pytest.approx(0.5)
    assert (list(placed.zone), list(placed.kw), list(placed.month)) == ([0], [5_000], [-1])
    assert c.on_order_kw[0] == 5_000
    assert c.study_fringe_kw[0].sum() == pytest.approx(190_000)
    assert c.slot_fringe_kw[0].sum() == pytest.approx(90_000)
    assert waits.residual_kw(c) == 0


def test_what_history_says_is_connected_counts():
    p = quiet()
    c = connections(p)
    c.connect_now(np.array([2]), np.array([0]), np.array([PJM]), np.array([200_000]), -5, p)
    assert waits.energised_kw(c)[PJM] == 200_000
    assert waits.residual_kw(c) == 0


def test_the_published_wait_is_what_a_request_then_waits():
    """With others in steady state the wait published for a request is met within two months."""
    p = quiet(initial_queue_utility_mw=600, fringe_requests_utility_mw_per_month=90, fringe_survival_share=0.5,
              initial_slot_backlog_utility_mw=100)  # fmt: skip
    p = dataclasses.replace(p)
    flat = dataclasses.replace(zone_paths(), fringe_requests_index=zone_paths("2024-05").fringe_requests_index)
    c = Connections(1, p, flat, 1)
    published = waits.connection_months(c, 0, p, 0, np.ones(N))[ERCOT]
    ask(c, [0], [10_000], 0, p)
    told = waits.expected_month(c, 0, p, 0, np.ones(N))[0]
    for month in range(40):
        month_of(c, month, p)
    assert c.connected_month[0] == pytest.approx(published, abs=2)
    assert c.connected_month[0] == pytest.approx(told, abs=2)


EVIDENCE = {"ERCOT": (30, 18, 60), "PJM": (60, 36, 84), "MISO": (26, 24, 36), "SPP": (36, 24, 60),
            "WECC-SW": (42, 36, 48), "SERC": (48, 36, 60), "OTHER": (48, 36, 84)}  # fmt: skip


def test_waits_at_the_start_come_out_as_observed():
    """Only throughputs, backlogs and works are put in, and campuses that ask for what others leave of the slots."""
    p = dataclasses.replace(numbers(), works_log_sd=0)
    rows, ages = np.arange(N * 70), np.tile(np.arange(1, 71), N)
    zone = np.repeat(np.arange(N), 70)
    others = states.by_zone(p, "fringe_requests_utility_mw_per_month") * p.fringe_survival_share
    own_kw = np.rint((states.by_zone(p, "slots_utility_mw_per_month") - others) * 1000).astype(np.int64)
    c = Connections(len(rows), p, zone_paths(), 1)
    c.start(rows, rows, zone, own_kw[zone], -ages, p)
    published = waits.connection_months(c, 0, p, 28, np.ones(N))
    for zone, months in zip(ZONES, published, strict=True):
        middle, low, high = EVIDENCE[zone]
        assert low <= months <= high, (zone, months)
        assert months == pytest.approx(middle, rel=0.15), (zone, months)


def test_more_requests_lengthen_the_published_wait():
    p = numbers()
    c = Connections(1, p, zone_paths(), 1)
    before = waits.connection_months(c, 0, p, 28, np.ones(N))
    ask(c, [0], [5_000_000], 0, p)
    after = waits.connection_months(c, 0, p, 28, np.ones(N))
    assert after[ERCOT] > before[ERCOT] + 5
    assert np.delete(after, ERCOT) == pytest.approx(np.delete(before, ERCOT))


def test_late_transformers_lengthen_it_where_there_is_no_stock():
    p = dataclasses.replace(numbers(), transformer_stock_months=0)
    c = Connections(1, p, zone_paths(), 1)
    assert (waits.connection_months(c, 0, p, 60, np.ones(N)) > waits.connection_months(c, 0, p, 10, np.ones(N))).any()


def test_the_queue_place_of_a_site_can_be_told():
    p = quiet()
    c = connections(p, 3)
    ask(c, [0, 1, 2], [30_000, 20_000, 40_000], 0, p)
    assert waits.place_in_queue(c, 2) == (3, 3, 50_000)


def test_requests_are_drawn_around_thirty_months_before_clearing():
    p = numbers()
    months = states.request_months(np.zeros(400, np.int64), np.arange(400), p, 3)
    assert np.median(-months) == pytest.approx(30, abs=2)
    again = states.request_months(np.zeros(10, np.int64), np.arange(10), p, 3)
    assert list(again) == list(months[:10])


def test_wires_crews_follow_the_works_and_their_tag():
    """50 MW x 19 worker-months over 4 months are 237.5 heads, four in ten of them line workers."""
    p = quiet()
    c = connections(p, 2)
    ask(c, [0, 1], [50_000, 50_000], 0, p)
    month_of(c, 0, p)
    heads, stargate, rivals = waits.crews_wanted(c, 0, p, crews(), np.array([STARGATE, RIVAL]))
    assert heads[ERCOT].sum() == pytest.approx(2 * 237.5)
    assert heads[ERCOT, TRADE["line_worker"]] == pytest.approx(190)
    assert (stargate.sum(), rivals.sum()) == pytest.approx((237.5, 237.5))


# ---- supply ----


def test_margin_room_price_and_cuts():
    """110 GW over 95 of peak and 5 of campuses is 10 %; with 8 % asked for there is room for 1.85 GW more."""
    p = numbers(target_margin_share=0.15, industrial_price_usd_per_mwh=60)
    firm, peak, load = np.full(N, 110), np.full(N, 95.0), np.full(N, 5)
    margin = supply.reserve_margin_share(firm, peak, load)
    assert margin == pytest.approx(np.full(N, 0.10))
    assert supply.firm_room_kw(p, firm, peak, load) == pytest.approx(np.full(N, 110 / 1.08 - 100))
    price = supply.power_price_usd_per_mwh(p, margin, zone_paths(), 0)
    assert price == pytest.approx(np.full(N, 60 * np.exp(3 * 0.05)))
    assert supply.curtailed_share(p, np.full(N, 0.15)) == pytest.approx(np.full(N, 0.00022))
    assert supply.curtailed_share(p, np.full(N, 0.15 - 0.115)) == pytest.approx(np.full(N, 0.0025), rel=0.05)
    assert supply.curtailed_hours_per_year(p, np.full(N, -5.0)) == pytest.approx(np.full(N, 8760))


def test_dear_gas_lifts_the_price_by_its_share():
    p = dataclasses.replace(numbers(), gas_price_ratio=2)
    cheap = numbers()
    margin = np.ones(N)
    ratio = supply.power_price_usd_per_mwh(p, margin, zone_paths(), 0) / supply.power_price_usd_per_mwh(
        cheap, margin, zone_paths(), 0
    )
    assert ratio == pytest.approx(np.full(N, 1.35))


def test_finished_plants_add_their_accredited_part():
    """100 MW of storage at 0.6 after nine months of work, beside what was planned."""
    p = numbers()
    with_plant, without = supply.ZoneSupply(p, zone_paths()), supply.ZoneSupply(p, zone_paths())
    battery = np.array([KLASS["battery"]])
    with_plant.plants.order(np.array([ERCOT]), battery, np.array([100_000]))
    assert with_plant.coming_kw(p)[ERCOT] == 60_000
    with_plant.plants.receive(np.array([ERCOT]), battery, np.array([100_000]))
    for month in range(9):
        for zones in (with_plant, without):
            zones.advance(month, p, np.ones(N))
    assert with_plant.firm_kw[ERCOT] - without.firm_kw[ERCOT] == 60_000
    assert with_plant.plants.residual_kw() == 0


def test_planned_additions_come_in_on_their_dates():
    """4.0 GW a year in ERCOT in 2024: a third of a GW a month."""
    zones = supply.ZoneSupply(numbers(), zone_paths())
    before = zones.firm_kw[ERCOT]
    zones.advance(0, numbers(), np.ones(N))
    assert zones.firm_kw[ERCOT] - before == round(4_000_000 / 12)
    assert zones.planned_kw(-1, 36)[ERCOT] == pytest.approx(4_000_000 + 3_700_000 + 4_400_000, rel=0.01)


def test_peak_load_grows():
    p = numbers(peak_utility_gw=100, peak_growth_rate_per_year=0.1)
    assert supply.peak_kw(p, 12) == pytest.approx(np.full(N, 110e6))


def test_paths_forget_what_was_not_yet_known():
    assert zone_paths("2024-06").fringe_requests_index.line(60)[0] == 1.0
    assert zone_paths().fringe_requests_index.line(60)[0] > 2


def test_every_zone_has_suppliers_whose_shares_add_up():
    table = suppliers()
    for zone in range(N):
        assert table.build_share[table.zone == zone].sum() == pytest.approx(1)
        assert {"wires", "utility"} & {table.kind[i] for i in np.flatnonzero(table.zone == zone)}


def test_serve_equals_its_python_twin():
    rng = np.random.default_rng(1)
    place, cohort, size = np.sort(rng.integers(0, 3, 30)), np.zeros(30, np.int64), rng.integers(1, 9, 30)
    results = [
        function(np.full((3, 4), 2.5), np.ones(3), np.full(3, 21.0), 3, place, cohort, size)
        for function in (serve, serve.py_func)
    ]
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-12)
