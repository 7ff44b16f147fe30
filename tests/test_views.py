"""What steps read off the world: sums, shares and dates, worked on paper."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm import views
from abm.bills import FACILITY, IT
from abm.markets.requests import CONNECTED, QUEUED, SLOT, WITHDRAWN, WORKS
from abm.tables_finance import GROUPS
from abm.units import MONTHS_PER_YEAR
from abm.views import FAR
from abm.vocabulary import RIVAL, STARGATE, ZONE, ZONES
from tests import tiny

PLANT = 2  # the class of generation that is ordered, counted from the first


def site(n=3, grid_mw=0, onsite_mw=0, month=5, program=STARGATE):
    """Buildings of 100 MW at one campus that would live on the grid; nobody else is there."""
    m = tiny.world()
    m.month = month
    c = next(
        int(c)
        for c in np.flatnonzero(m.sites.program == program)
        if not m.sites.islanded[c] and not m.plants.ordered_kw[c].any() and (m.sites.campus == c).sum() >= n
    )
    rows = tiny.alone(m, c, n)
    m.sites.grid_kw[c], m.sites.onsite_kw[c] = grid_mw * 1000, onsite_mw * 1000
    m.grid_month = np.full(m.n_phases, FAR)
    tiny.numbers(
        m, "power", gridtied_overbuild_share=0.25, islanded_overbuild_share=0.5,
        **{"generation.gas_engine.install_months": 6.0},
    )  # fmt: skip
    return m, c, rows


def order_plant(m, c, mw, slot=20):
    """Order plants at a campus, which makers promise for a month."""
    m.plants.order(np.array([c]), m.generation_classes[[PLANT]], np.array([mw * 1000]))
    m.slot_months[m.campus_buyers[c], m.generation_classes[PLANT]] = slot


def no_connections(m):
    """Forget every request."""
    m.connections.state[:], m.connections.kw[:], m.connections.campus[:] = 0, 0, -1
    return m.connections


# ---- when power is there ----


def test_power_at_hand_serves_the_buildings_in_their_order():
    """150 MW of the grid and 50 of plants carry two of three buildings today, and the third as its request says."""
    m, _, rows = site(grid_mw=150, onsite_mw=50)
    m.grid_month[rows] = 30.0, 31.0, 32.0
    assert views.power_month(m)[rows].tolist() == [5.0, 5.0, 32.0]


def test_a_building_that_is_carried_in_part_waits_for_the_rest():
    m, _, rows = site(grid_mw=199)
    m.grid_month[rows] = 30.0, 31.0, 32.0
    assert views.power_month(m)[rows].tolist() == [5.0, 31.0, 32.0]


def test_plants_on_order_come_next():
    """75 MW of plants carry 60: with 150 MW of the grid two buildings, in 20 and 6 to install."""
    m, c, rows = site(grid_mw=150)
    order_plant(m, c, 75)
    m.grid_month[rows] = 40.0, 41.0, 42.0
    assert views.plants_month(m)[c] == 26.0
    assert views.power_month(m)[rows].tolist() == [5.0, 26.0, 42.0]


def test_the_grid_serves_where_it_comes_before_the_plants():
    m, c, rows = site()
    order_plant(m, c, 125)
    m.grid_month[rows] = 12.0, 41.0, FAR
    assert views.power_month(m)[rows].tolist() == [12.0, 41.0, FAR]
    order_plant(m, c, 250, slot=24)  # 375 MW carry all three
    assert views.power_month(m)[rows].tolist() == [12.0, 30.0, 30.0]


def test_plants_that_run_are_not_counted_twice():
    """125 MW run and carry the first building; nothing more is coming."""
    m, c, rows = site(onsite_mw=100)
    m.plants.run_now(np.array([c]), m.generation_classes[[PLANT]], np.array([125_000]))
    assert views.plants_month(m)[c] == FAR
    assert views.power_month(m)[rows].tolist() == [5.0, FAR, FAR]


def test_plants_that_were_cancelled_do_not_come():
    m, c, rows = site()
    order_plant(m, c, 375)
    assert views.power_month(m)[rows].tolist() == [26.0] * 3
    m.plants.cancel(np.array([c]))
    assert views.plants_month(m)[c] == FAR
    assert views.power_month(m)[rows].tolist() == [FAR] * 3
    order_plant(m, c, 125)  # ordered anew, for one building
    assert views.power_month(m)[rows].tolist() == [26.0, FAR, FAR]


def test_a_delivered_plant_is_installed_and_an_overdue_one_comes_at_the_earliest_now():
    m, c, _ = site(month=9)
    order_plant(m, c, 125, slot=3)
    assert views.plants_month(m)[c] == 15.0
    m.plants.receive(np.array([c]), m.generation_classes[[PLANT]], np.array([125_000]))
    assert views.plants_month(m)[c] == 15.0


def test_without_a_grid_no_request_counts():
    """150 MW of plants carry 100 of load at a campus without a grid."""
    m, c, rows = site()
    m.sites.islanded[c] = True
    order_plant(m, c, 150)
    m.grid_month[rows] = 8.0
    assert views.power_month(m)[rows].tolist() == [26.0, FAR, FAR]


def test_buildings_are_served_by_their_order_not_by_their_row():
    m, _, rows = site(grid_mw=100)
    m.sites.order[rows] = 2, 3, 1
    assert views.power_month(m)[rows].tolist() == [FAR, FAR, 5.0]


def test_power_is_needed_at_the_start_of_the_tests():
    """Tests are the last two of sixteen months, at 7/8. Half done in month 5: 3/8 of 16 = 6 later. Else 14 on."""
    m, _, rows = site(n=4)
    m.sites.build_months[rows] = 16.0
    tiny.put(m, rows[:1], 0.5)
    tiny.put(m, rows[1:2], 0.95)
    m.sites.planned_start[rows] = 0, 0, 12, 3
    assert views.power_needed_month(m)[rows].tolist() == pytest.approx([11, 5, 26, 19])


def test_only_what_comes_soon_and_has_late_power_counts_as_late():
    """Owners look twelve months ahead and bear six: a start in 18 is not yet looked at, seven months late is late."""
    m, _, rows = site(n=5)
    tiny.numbers(m, "building", power_look_ahead_months=12.0, power_tolerance_months=6.0)
    m.sites.build_months[rows] = 16.0
    m.sites.planned_start[rows] = 5, 5, 17, 18, 5  # power is needed in 19, 19, 31, 32, 19
    tiny.put(m, rows[4:], 1.0)
    m.power_months = np.zeros(m.n_phases)
    m.power_months[rows] = 25.0, 26.0, 38.0, 90.0, 90.0
    assert views.late_power(m).tolist() == rows[[1, 2]].tolist()


# ---- crews ----


class Found:
    """What the labour market gave some employers; like its outcome, the same only if it is itself."""

    def __init__(self, heads, unfilled):
        self.heads, self.unfilled = heads, unfilled


def test_the_crew_found_is_weighed_with_the_whole_block():
    """Of two sites one found 8 of 10, the other 0 of 10; two more as everywhere, (8 + 2) of (20 + 2)."""
    m = SimpleNamespace(
        last_outcome=Found(np.array([[99, 9], [5, 3], [0, 0]]), np.array([[0, 0], [0, 2], [4, 6]])),
        question=SimpleNamespace(abundant=()), prior_rows=2,
    )  # fmt: skip
    everywhere = 10 / 22
    expected = [(8 + 2 * everywhere) / 12, (0 + 2 * everywhere) / 12]
    assert views.crew_share(m, slice(1, 3)).tolist() == pytest.approx(expected)
    m.question.abundant = ("labour",)
    assert views.crew_share(m, slice(1, 3)).tolist() == [1.0, 1.0]


def test_who_wants_nobody_is_as_well_off_as_the_block():
    m = SimpleNamespace(
        last_outcome=Found(np.array([[6], [0]]), np.array([[2], [0]])),
        question=SimpleNamespace(abundant=()), prior_rows=2,
    )  # fmt: skip
    assert views.crew_share(m, slice(0, 2))[1] == pytest.approx(0.8)  # (6 + 2) of (8 + 2)


def test_before_the_first_month_every_crew_is_there(first_of_may):
    e = first_of_may.employers
    assert (views.crew_share(first_of_may, e.makers) == 1).all()
    assert len(views.crew_share(first_of_may, e.wires)) == len(ZONES)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8), st.floats(0.5, 20))
def test_crew_shares_lie_between_nothing_and_all_and_fall_with_what_is_open(rows, prior):
    heads, unfilled = (np.array(column)[:, np.newaxis] for column in zip(*rows, strict=True))
    question = SimpleNamespace(abundant=())

    def share(open_jobs):
        outcome = Found(heads, open_jobs)
        return views.crew_share(
            SimpleNamespace(last_outcome=outcome, question=question, prior_rows=prior), slice(0, len(rows))
        )

    before, more = share(unfilled), unfilled.copy()
    more[0] += 5
    assert ((before > 0) & (before <= 1)).all()
    assert (share(more) <= before + 1e-12).all()


def test_a_program_pays_for_its_campuses_and_a_part_of_lines_and_wires(first_of_may):
    m = SimpleNamespace(
        sites=SimpleNamespace(program=np.array([STARGATE, RIVAL])),
        line_share={STARGATE: np.array([0.25]), RIVAL: np.array([0.5])},
        wires_share={STARGATE: np.array([0.1, 0.0]), RIVAL: np.array([0.9, 0.2])},
    )
    assert views.tag_share(m, STARGATE).tolist() == [1, 0, 1, 0, 1, 0, 0.25, 0.1, 0.0]
    assert views.tag_share(m, RIVAL).tolist() == [0, 1, 0, 1, 0, 1, 0.5, 0.9, 0.2]
    e = first_of_may.employers
    assert len(views.tag_share(first_of_may, STARGATE)) == len(e) - e.n_regions


# ---- buyers ----


def test_buyers_are_phases_then_zones_then_campuses(first_of_may):
    m = first_of_may
    last_phase = int(np.flatnonzero(m.sites.used)[-1])
    buyers = np.array([0, last_phase, m.zone_buyers[0], m.zone_buyers[-1], m.campus_buyers[0], m.campus_buyers[9]])
    campus = [int(m.sites.campus[0]), int(m.sites.campus[last_phase]), -1, -1, 0, 9]
    assert views.campus_of_buyer(m, buyers).tolist() == campus


# ---- requests ----


def requests(m, *rows):
    """Put requests in rows one after the other: campus, zone, MW, state, firm."""
    c = no_connections(m)
    for i, (campus, zone, mw, state, firm) in enumerate(rows):
        c.campus[i], c.zone[i], c.kw[i], c.state[i], c.firm[i] = campus, ZONE[zone], mw * 1000, state, firm


def test_load_under_contract_is_what_is_connected_or_in_works():
    m = tiny.world()
    requests(
        m, (0, "PJM", 100, QUEUED, False), (0, "PJM", 200, WORKS, False), (1, "PJM", 400, SLOT, False),
        (2, "ERCOT", 800, CONNECTED, True), (3, "ERCOT", 1600, WITHDRAWN, False),
    )  # fmt: skip
    by_zone = dict(zip(ZONES, views.contracted_kw(m).tolist(), strict=True))
    assert (by_zone.pop("PJM"), by_zone.pop("ERCOT")) == (600_000, 800_000)
    assert set(by_zone.values()) == {0}
    assert views.requested_kw(m)[:4].tolist() == [300_000, 400_000, 800_000, 0]
    assert not views.requested_kw(m)[4:].any()


def test_a_campus_with_some_service_that_is_not_firm_can_be_interrupted():
    m = tiny.world()
    requests(
        m, (0, "PJM", 100, CONNECTED, True), (0, "PJM", 100, CONNECTED, False), (1, "PJM", 100, CONNECTED, True),
        (2, "PJM", 100, QUEUED, False),
    )  # fmt: skip
    assert np.flatnonzero(views.is_interruptible(m)).tolist() == [0]


# ---- money ----


def test_money_at_work_is_what_was_paid_in_less_what_was_repaid():
    """Paid in 100, of which 80 are debt drawn and 30 of that repaid: 70 are at work. Never less than nothing."""
    m = tiny.world()
    m.called_by_group[:] = 0
    m.groups[:] = -1
    for debts in m.debts.values():
        debts.drawn_cents[:] = debts.owed_cents[:] = 0
    m.groups[[3, 4]] = 1
    m.called_by_group[0, 1], m.called_by_group[2, 1] = 100, 5
    m.debts[FACILITY].drawn_cents[3, 0], m.debts[FACILITY].owed_cents[3, 0] = 50, 40
    m.debts[IT].drawn_cents[4, 0], m.debts[IT].owed_cents[4, 0] = 30, 10
    m.debts[IT].drawn_cents[4, 2] = 9
    m.debts[IT].drawn_cents[5, 0] = 1000  # of a campus in no group
    invested = views.invested_by_group(m)
    assert invested.shape == (len(m.investors), len(GROUPS))
    assert (invested[0, 1], invested[2, 1], invested.sum()) == (70, 0, 70)
    assert views.debt_cents(m)[[3, 4, 5]].tolist() == [40, 10, 0]


def test_what_a_package_costs_is_crews_at_the_market_wage():
    """100 MW at 0.076 worker-months a kW are 7,600; 240 hours at 30 USD and 1.4 times that: 76.608 USD m.

    Electrical work is 40 in 100 of it; the general contractor's 43.375, and 4,600 USD a kW made off the site.
    """
    m, c, rows = site()
    tiny.numbers(
        m, "building", worked_hours_per_month=240.0, paid_hour_burden_ratio=1.4, offsite_work_usd_per_facility_kw=4600.0
    )
    m.sites.work_wm_per_kw[c] = 0.076
    m.market_wages[:] = 3000.0
    m.construction_price = 1.5
    assert views.expected_cost_cents(m, int(rows[0]), 1) == pytest.approx(0.4 * 7_660_800_000)
    general = 0.43375 * 7_660_800_000 + 100_000 * 460_000 * 1.5
    assert views.expected_cost_cents(m, int(rows[0]), 0) == pytest.approx(general)


def test_the_bank_is_owed_what_no_investor_lent(first_of_may):
    assert not views.bank_loans(first_of_may, "builders").any()
    m = tiny.world()
    tiny.open_books(m)
    campus = m.ledger.account("campuses", 2)
    m.ledger.post("loan_draw", m.ledger.account("bank"), campus, 500, 2)
    assert views.bank_loans(m, "campuses")[:4].tolist() == [0, 0, 500, 0]
    lender = int(np.flatnonzero(m.investor_table.instrument == views.LOAN)[0])
    m.debts[IT].owed_cents[2, lender] = 200  # of which an investor passed on so much
    assert views.bank_loans(m, "campuses")[2] == 300


# ---- plans and compute ----


def test_the_first_start_is_of_what_has_not_begun():
    m, c, rows = site(n=4)
    m.sites.planned_start[rows] = 3, 14, 9, 20
    tiny.put(m, rows[:1], 0.2)
    assert views.first_start(m)[c] == 9
    tiny.put(m, rows, 0.2)
    assert views.first_start(m)[c] == FAR


def test_the_usual_build_is_the_shortest_times_the_pace(first_of_may):
    m = tiny.world()
    tiny.numbers(m, "building", minimum_build_months=14.0, stargate_pace_ratio=1.25, rival_pace_ratio=1.5)
    assert views.usual_build_months(m, STARGATE) == 17.5
    assert views.usual_build_months(m, RIVAL) == 21.0
    fast = tiny.world("abundant_plan")
    shortest = fast.parameters.building.minimum_build_months
    assert views.usual_build_months(fast, RIVAL) == views.usual_build_months(fast, STARGATE) == shortest


def test_stargate_has_built_what_is_in_service_and_its_part_of_the_rest():
    """100 MW in service, half of another hundred and nothing of a third."""
    m, _, rows = site(n=4)
    tiny.put(m, rows[:1], 1.0)
    tiny.put(m, rows[1:2], 0.5)
    tiny.put(m, rows[2:3], 0.0)
    assert views.built_mw(m) == pytest.approx(150)


def test_what_rivals_build_is_not_stargates():
    m, _, rows = site(n=2, program=RIVAL)
    tiny.put(m, rows, 1.0)
    assert views.built_mw(m) == 0


def test_announcements_hold_on_after_the_run_and_were_the_first_before_it():
    m = SimpleNamespace(announced_path=np.array([10.0, 20.0, 40.0]))
    assert [views.announced_mw(m, month) for month in (-5, 0, 1, 2, 99)] == [10, 10, 20, 40, 40]


def test_openai_computes_at_microsoft_at_stargate_and_elsewhere():
    placed = np.arange(1, len(views.SUPPLIER) + 1) * 100
    m = SimpleNamespace(placement=placed)
    at = views.SUPPLIER
    assert views.openai_it_kw(m) == (placed[at["Microsoft"]], placed[at["Stargate"]], placed.sum())


def test_dearer_compute_bears_no_less_debt():
    m = tiny.world()
    share = []
    for price in (0.0, 2.0, 10.0, 100.0):
        m.compute_price = price
        share.append(views.expected_debt_shares(m))
    assert share[0].shape == (len(GROUPS), 2)
    assert (np.diff(share, axis=0) >= 0).all()
    assert (share[-1] > share[0]).any()
    assert ((np.array(share) >= 0) & (np.array(share) <= 1)).all()


# ---- wires ----


def test_crews_of_the_grid_belong_to_those_they_build_for():
    """Two campuses in works of 12 months, 100 MW for Stargate and 300 for a rival: 1 to 3 of the work of the zone."""
    m = tiny.world()
    m.month = 0
    ours, other = (int(np.flatnonzero(m.sites.program[: m.sites.used_campuses] == k)[0]) for k in (STARGATE, RIVAL))
    requests(m, (ours, "PJM", 100, WORKS, False), (other, "PJM", 300, WORKS, False))
    c = m.connections
    c.works_months[:2], c.has_kit[:2], c.done_share[:2] = MONTHS_PER_YEAR, True, 0.1
    m.known_month[:] = 0
    m.supply.plants.batch_kw[:] = 0  # no power plants of the zones
    tiny.numbers(m, "power", wires_work_worker_months_per_utility_mw=6.0)
    people, share = views.wires_crews(m)
    assert people.sum() == pytest.approx(400 * 6 / 12)
    assert people[ZONE["PJM"]].sum() == pytest.approx(people.sum())
    assert share[STARGATE][ZONE["PJM"]] == pytest.approx(0.25)
    assert share[RIVAL][ZONE["PJM"]] == pytest.approx(0.75)
    m.known_month[other] = 1  # nobody knows of it yet
    assert views.wires_crews(m)[1][RIVAL][ZONE["PJM"]] == 0
    assert views.wires_crews(m)[1][STARGATE][ZONE["PJM"]] == pytest.approx(0.25)
