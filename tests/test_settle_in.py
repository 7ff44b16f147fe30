"""The first of May 2024: who has power, who asks for it, what was ordered before, and who was at work."""

import dataclasses

import numpy as np
import pytest

from abm import settle_in, views
from abm.markets.equipment import OrderBook
from abm.markets.orders import BUYER, FRINGE, LEFT, LINE, PRICE
from abm.markets.permits import GRANTED
from abm.markets.power import Connections
from abm.markets.requests import CONNECTED, NONE, QUEUED
from abm.sites import CANCELLED, IT_CLASSES, PHASE_CLASSES
from abm.tables import NEVER, UNKNOWN
from abm.vocabulary import PACKAGES, RIVAL, STARGATE
from abm.workers import workers_of
from tests import tiny

UNORDERED = 10_000  # the month of a plant nobody orders


def row(m, short_name):
    return m.campus_table.short_name.index(short_name)


def tabled(m, c, **columns):
    """Change what the tables say of one campus, in this world only."""
    changed = {}
    for name, value in columns.items():
        changed[name] = getattr(m.campus_table, name).copy()
        changed[name][c] = value
    m.campus_table = dataclasses.replace(m.campus_table, **changed)


# ---- power ----


def asking(substation_mw=0, plants_mw=0, islanded=False, clearing=30, campus="Abilene", standing=0):
    """Three buildings of 100 MW at one campus with some power, alone in the world; the first so many in service.

    A campus asks ten months before its first works. Plants are a quarter larger than the load they carry, half as large
    again without a grid.
    """
    m = tiny.world()
    c = row(m, campus)
    rows = tiny.alone(m, c, 3)
    tiny.put(m, rows[:standing], 1.0)
    tiny.numbers(
        m, "power", request_before_clearing_months=10.0, request_before_clearing_log_sd=0.0,
        gridtied_overbuild_share=0.25, islanded_overbuild_share=0.5,
    )  # fmt: skip
    has = {"substation_kw": substation_mw * 1000, "onsite_kw": plants_mw * 1000}
    tabled(m, c, **has)
    m.sites.clearing[c], m.sites.islanded[c] = clearing, islanded
    m.connections = Connections(len(m.connections.state), m.parameters.power, m.zone_paths, 1)
    settle_in.ask_for_power(m)
    return m, c, rows


def test_without_power_every_building_will_ask_for_its_load():
    m, c, rows = asking()
    assert m.request_kw[rows].tolist() == [100_000, 100_000, 100_000]
    assert m.request_month[c] == 20
    assert not m.sites.requested[rows].any()
    assert (m.connections.state[rows] == NONE).all()
    assert m.sites.grid_kw[c] == 0


def test_a_substation_carries_one_and_a_half_buildings():
    """150 MW: the first building asks for nothing, the second for its other half, the third for all."""
    m, c, rows = asking(substation_mw=150)
    assert m.request_kw[rows].tolist() == [0, 50_000, 100_000]
    assert m.sites.requested[rows].tolist() == [True, False, False]
    assert m.sites.grid_kw[c] == 150_000
    station = m.n_phases + c
    assert (m.connections.state[station], m.connections.kw[station]) == (CONNECTED, 150_000)
    assert m.connections.connected_month[station] == -1  # it stands, whenever the campus would ask


def test_a_substation_that_carries_all_leaves_nothing_to_ask_for():
    m, c, rows = asking(substation_mw=450)
    assert m.request_kw[rows].tolist() == [0, 0, 0]
    assert m.sites.requested[rows].all()
    assert m.sites.grid_kw[c] == 450_000


def test_nobody_asks_for_what_its_own_plants_carry():
    """Plants of 125 MW carry 100."""
    m, c, rows = asking(plants_mw=125)
    assert m.request_kw[rows].tolist() == [0, 100_000, 100_000]
    assert m.sites.grid_kw[c] == 0


def test_plants_come_on_top_of_a_substation():
    """150 MW of the substation and 125 / 1.25 = 100 of the plants: half a building is left."""
    m, _, rows = asking(substation_mw=150, plants_mw=125)
    assert m.request_kw[rows].tolist() == [0, 0, 50_000]


def test_what_was_worked_out_for_rivals_is_load_carried():
    m, _, rows = asking(plants_mw=125, campus="Lake Mariner")
    assert m.request_kw[rows].tolist() == [0, 75_000, 100_000]


def test_without_a_grid_nobody_asks():
    """150 MW of plants carry one building; the others wait for more plants."""
    m, _, rows = asking(plants_mw=150, islanded=True)
    assert m.request_kw[rows].tolist() == [0, 100_000, 100_000]
    assert m.sites.requested[rows].all()
    assert (m.connections.state[rows] == NONE).all()


def test_who_clears_soon_has_asked_before_the_run():
    """Works in month 9, so the request was made in -1; it is queued as the wait for a study is longer than a month."""
    m, c, rows = asking(substation_mw=150, clearing=9)
    assert m.request_month[c] == -1
    assert m.sites.requested[rows].all()
    assert m.connections.state[rows].tolist() == [NONE, QUEUED, QUEUED]
    assert m.connections.kw[rows].tolist() == [0, 50_000, 100_000]
    assert m.connections.month[rows[1:]].tolist() == [-1, -1]
    assert m.sites.grid_kw[c] == 150_000
    assert not asking(clearing=10)[0].sites.requested[rows].any()


def test_what_is_in_service_has_its_power():
    """A building in service without a substation is connected in full; the next have not asked."""
    m, c, rows = asking(standing=1)
    assert m.connections.state[rows].tolist() == [CONNECTED, NONE, NONE]
    assert m.sites.grid_kw[c] == 100_000
    assert m.sites.requested[rows].tolist() == [True, False, False]


def test_what_was_given_up_asks_for_nothing():
    m, _, rows = asking()
    gone = np.flatnonzero(m.sites.stage == CANCELLED)
    assert len(gone) > len(rows)
    assert not m.request_kw[gone].any()
    assert not m.sites.requested[gone].any()


def test_nobody_asks_twice_for_the_same_load(first_of_may):
    """Substation, own plants and requests of a campus are its plan, or more only where the first two are."""
    m = first_of_may
    n, s = len(m.campus_table.name), m.sites
    ratio = np.where(s.islanded[:n], 1 + m.parameters.power.islanded_overbuild_share,
                     1 + m.parameters.power.gridtied_overbuild_share)  # fmt: skip
    have = m.campus_table.substation_kw + m.known_plants_kw / ratio
    asked, plan = s.by_campus(m.request_kw)[:n], s.by_campus(s.facility_kw)[:n]
    assert np.abs(np.maximum(plan - have, 0) - asked).max() <= 2  # whole kW
    assert m.connections.campus[m.connections.state != NONE].min() >= 0


def test_everything_in_service_is_powered(first_of_may):
    s = first_of_may.sites
    plants = np.zeros(len(s.region))
    plants[: len(first_of_may.known_plants_kw)] = first_of_may.known_plants_kw
    assert (s.grid_kw + plants >= s.operating_kw).all()


# ---- equipment ----


def test_orders_made_before_the_run_keep_the_backlog_of_their_class(first_of_may):
    """What buyers of the model have on order comes out of what everybody else has: totals are as in 2024-05."""
    m = first_of_may
    fresh = OrderBook(m.lines, m.parameters.equipment, m.seed_number, int(m.campus_buyers[-1]) + 1)
    assert fresh.facts().backlog_kw.tolist() == m.book.facts().backlog_kw.tolist()
    ours = m.book.on_order()[:-1].sum(axis=0)
    assert (ours > 0).sum() >= 6  # classes with orders of ours, so that there was something to take
    assert fresh.on_order()[-1].tolist() == (m.book.on_order()[-1] + ours).tolist()
    assert m.book.residual_kw() == 0


def test_the_wait_of_a_class_is_what_it_was(first_of_may):
    m = first_of_may
    fresh = OrderBook(m.lines, m.parameters.equipment, m.seed_number, int(m.campus_buyers[-1]) + 1)
    assert m.book_facts.lead_months == pytest.approx(fresh.facts().lead_months)


def test_what_was_ordered_and_is_not_there_is_in_the_book(first_of_may):
    m = first_of_may
    open_kw = m.sites.ordered_kw - m.sites.delivered_kw
    assert open_kw.min() >= 0
    assert open_kw.sum() > 0
    assert m.book.on_order()[: m.n_phases].tolist() == open_kw.tolist()


def test_what_a_building_has_reached_is_there(first_of_may):
    """All of it in service; while it is built, what is needed up to its progress."""
    m, s = first_of_may, first_of_may.sites
    needed, there = s.needed_kw[:, PHASE_CLASSES], s.delivered_kw[:, PHASE_CLASSES]
    assert (there[s.operating] == needed[s.operating]).all()
    reached = s.progress[:, np.newaxis] >= m.needed_at
    assert (there[s.under_way] == np.where(reached, needed, 0)[s.under_way]).all()
    assert not there[s.planned].any()
    assert m.shipped_kw.sum() == there.sum()


def test_orders_before_the_run_were_placed_before_it(first_of_may):
    m = first_of_may
    buyers = np.flatnonzero(m.book.on_order()[:-1].any(axis=1))
    for buyer in buyers[::10].tolist():
        assert m.book.queue(buyer).month_placed.max() < 0


# ---- power plants of owners ----


@pytest.mark.parametrize(("lead", "month"), [(20.0, -10), (3.0, 7), (3.5, 6), (1.0, 9), (0.0, 9)])
def test_rivals_ordered_plants_a_wait_before_they_were_seen(lead, month):
    """Colossus 2: seen in 2025-09 (16), six months to install, and not after its first works in 2025-02 (9)."""
    m = tiny.world()
    tiny.numbers(m, "power", **{"generation.small_turbine.install_months": 6.0})
    leads = np.full(len(m.book_facts.lead_months), lead)
    assert settle_in.plant_orders(m, leads)[row(m, "Colossus 2")] == month


@pytest.mark.parametrize(("campus", "month"), [("Abilene", 1), ("New Mexico", 17), ("Shackelford", 15)])
def test_stargate_orders_plants_with_permits_or_first_works(first_of_may, campus, month):
    """Works begin 2024-06, 2025-10 and 2025-08, each before the plants were known; waits do not matter."""
    for lead in (0.0, 50.0):
        leads = np.full(len(first_of_may.book_facts.lead_months), lead)
        assert settle_in.plant_orders(first_of_may, leads)[row(first_of_may, campus)] == month


def test_no_plant_is_ordered_where_none_is_known(first_of_may):
    m = first_of_may
    leads = m.book_facts.lead_months
    months = settle_in.plant_orders(m, leads)
    assert ((months == UNORDERED) == (m.campus_table.onsite_kw == 0)).all()
    m = tiny.world()
    m.sites.cancelled[row(m, "Abilene")] = True
    assert settle_in.plant_orders(m, leads)[row(m, "Abilene")] == UNORDERED


def test_known_plants_are_generation_for_stargate_and_load_for_rivals():
    """Abilene's 360.5 MW stand as they are; Colossus 1 carries 214 MW, with a quarter more 267.5 MW of plants."""
    m = tiny.world()
    tiny.numbers(m, "power", gridtied_overbuild_share=0.25)
    known = settle_in.known_plants_kw(m)
    assert known[row(m, "Abilene")] == 360_500
    assert known[row(m, "Colossus 1")] == 267_500
    assert known[row(m, "Lordstown")] == 0


def test_plants_ordered_before_the_run_are_on_order(first_of_may):
    m = first_of_may
    n = len(m.plant_order_month)
    before = m.plant_order_month < 0
    assert before.any()
    assert m.plants.on_order_kw.sum(axis=1)[:n].tolist() == np.where(before, m.known_plants_kw, 0).tolist()
    assert m.has_route[:n].tolist() == before.tolist()
    assert m.plants.residual_kw() == 0
    assert m.air_applied[:n][before].all()


# ---- worlds without Stargate ----


@pytest.fixture(scope="module")
def worlds(new_world):
    return {name: new_world(name) for name in ("baseline", "no_stargate", "no_stargate_rivals", "no_stargate_underway")}


def test_without_stargate_no_phase_of_it_is_left(worlds):
    for name in ("no_stargate", "no_stargate_rivals"):
        m = worlds[name]
        s, ours = m.sites, m.sites.is_stargate
        assert ours.any()
        assert (s.stage[ours] == CANCELLED).all()
        for column in (s.facility_kw, s.it_kw, s.needed_kw, s.ordered_kw, m.request_kw):
            assert not column[ours].any()
        campuses = np.flatnonzero(s.program[: s.used_campuses] == STARGATE)
        assert s.cancelled[campuses].all()
        assert not s.grid_kw[campuses].any()
        assert not m.plants.ordered_kw[campuses].any()
        assert not m.announced_path.any()


def test_what_was_begun_before_2025_is_kept_in_the_world_of_what_was_under_way(worlds):
    """Two buildings of Abilene were begun in 2024; the rest of it, and all other campuses, never come."""
    s = worlds["no_stargate_underway"].sites
    alive = np.flatnonzero(s.is_stargate & (s.stage != CANCELLED))
    abilene = row(worlds["baseline"], "Abilene")
    assert s.campus[alive].tolist() == [abilene, abilene]
    assert s.order[alive].tolist() == [1, 2]
    assert s.by_campus(s.facility_kw)[abilene] == 295_000
    ours = np.flatnonzero(s.program[: s.used_campuses] == STARGATE)
    assert s.cancelled[ours].tolist() == [c != abilene for c in ours]


def test_rivals_stand_where_they_stood(worlds):
    base = worlds["baseline"].sites
    rivals = base.used & ~base.is_stargate
    for m in worlds.values():
        for name in ("planned_start", "progress", "stage", "build_months", "facility_kw", "ordered_kw"):
            assert (getattr(m.sites, name)[rivals] == getattr(base, name)[rivals]).all()
        assert not m.sites.cancelled[m.sites.program == RIVAL].any()


# ---- announcements ----


def path_of(first, full, months=12, cancelled=False):
    """Three buildings of 100 MW announced for two months, nothing else."""
    m = tiny.world(months=months)
    c = row(m, "Abilene")
    tiny.alone(m, c, 3)
    m.sites.cancelled[c] = cancelled
    others = np.arange(len(m.campus_table.name)) != c
    tabled(m, others, announced_full_month=UNKNOWN)
    tabled(m, c, announced_first_month=first, announced_full_month=full)
    return settle_in.announced(m).tolist()


def test_announced_buildings_come_evenly_between_the_first_and_the_last():
    """One building in month 4, three in month 8: 50 MW a month between."""
    assert path_of(4, 8) == [0, 0, 0, 0, 100, 150, 200, 250, 300, 300, 300, 300, 300]


def test_without_a_first_date_all_comes_at_the_last():
    assert path_of(UNKNOWN, 5) == [0, 0, 0, 0, 100, 300, 300, 300, 300, 300, 300, 300, 300]


def test_what_is_not_dated_or_given_up_was_never_announced():
    assert path_of(4, UNKNOWN) == [0] * 13
    assert path_of(4, 8, cancelled=True) == [0] * 13


def test_a_run_that_ends_before_sees_the_beginning_only():
    assert path_of(4, 8, months=5) == [0, 0, 0, 0, 100, 150]


def test_abilene_was_announced_from_june_2025_to_june_2026(new_world):
    """147.5 MW in month 13, 1180 in month 25, half of the way (663.75) in month 19; Milam comes after."""
    path = new_world(months=26).announced_path
    assert path[[0, 12, 13, 19, 25]].tolist() == pytest.approx([0, 0, 147.5, 663.75, 1180])


# ---- packages ----


def test_packages_share_the_work_of_a_building(first_of_may):
    """Electricians, line workers and technicians: (3*7 + 4*15 + 5*57 + 2*(45+30) + 2*(40+22)) / 16 = 40 in 100.

    Of the mechanical trades (3*5 + 4*10 + 5*29 + 2*10 + 2*23) / 16 = 16.625; the rest is the general contractor's.
    """
    shares = dict(zip(PACKAGES, first_of_may.package_mix.sum(axis=1), strict=True))
    assert shares == pytest.approx({"general": 0.43375, "electrical": 0.40, "mechanical": 0.16625})
    assert ((first_of_may.package_mix > 0).sum(axis=0) <= 1).all()


def test_known_builders_have_their_packages(first_of_may):
    m = first_of_may
    names = [m.builder_table.name[b] for b in m.sites.builder[row(m, "Abilene")]]
    assert names == ["DPR", "Rosendin", "Southland"]


def test_whatever_is_under_way_has_a_builder_for_each_package(first_of_may):
    m = first_of_may
    under_way = np.unique(m.sites.campus[m.sites.under_way])
    builder = m.sites.builder[under_way]
    assert (builder != NEVER).all()
    assert (m.builder_table.package[builder] == np.arange(len(PACKAGES))).all()


def test_builders_begin_with_what_is_left_of_the_works_under_way():
    """A building of 100 MW is a quarter done, the next not begun. Electrical work is 40 in 100 of the crews' pay.

    7,600 worker-months of 240 hours at 30 USD, and 0.4 times that beyond the wage: 76.608 USD m, 0.4 of it and three
    quarters left are 22.9824, for which Rosendin asks its mark-up.
    """
    m = tiny.world()
    c = row(m, "Abilene")
    rows = tiny.alone(m, c, 2)
    tiny.put(m, rows[:1], 0.25)
    tiny.numbers(m, "building", worked_hours_per_month=240.0, paid_hour_burden_ratio=1.4)
    m.sites.work_wm_per_kw[c], m.market_wages[:] = 0.076, 3000.0
    m.sites.builder[:] = NEVER
    for builder in m.builders:
        builder.order_book_cents = 0
        builder.sites.clear()
    settle_in.hand_out_packages(m)
    rosendin = m.builders[m.builder_table.name.index("Rosendin")]
    assert rosendin.sites.count(c) == 1
    assert rosendin.order_book_cents == pytest.approx(2_298_240_000 * (1 + rosendin.markup_share), abs=1)
    assert sum(builder.order_book_cents > 0 for builder in m.builders) == len(PACKAGES)


# ---- permits ----


def test_who_has_begun_has_its_permits(first_of_may):
    m = first_of_may
    begun = np.unique(m.sites.campus[m.sites.under_way | m.sites.operating])
    assert m.sites.permit[begun].all()
    assert m.sites.land[begun].all()
    assert (m.local.state[begun] == GRANTED).all()
    assert (m.air.state[begun] == GRANTED).all()


# ---- people ----


def test_crews_come_out_of_the_background_of_their_own_region(first_of_may):
    """The jobs the sources count are as many by region and trade as before; only the employer is another."""
    m = first_of_may
    before = workers_of(m.parameters.labour, 1000, m.seed_number).table.columns
    table, after = m.workers.table, m.workers.table.columns
    n = m.employers.n_regions
    moved = np.flatnonzero(before.employer != after.employer)
    assert len(moved) > 0
    assert (before.employer[moved] >= 0).all()
    assert (before.employer[moved] < n).all()
    assert (after.employer[moved] >= n).all()
    assert (table.region_of[after.employer[moved]] == before.employer[moved]).all()
    for column in ("trade", "home", "region", "pay_permille", "skill", "birth_month"):
        assert (getattr(before, column) == getattr(after, column)).all()


def test_settled_people_add_up(first_of_may):
    m = first_of_may
    heads = m.workers.table.tally.heads
    jobs = np.zeros_like(heads[: m.employers.n_regions])
    np.add.at(jobs, m.workers.table.region_of, heads)
    assert jobs.tolist() == m.workers.table.base_jobs.tolist()


def test_makers_have_the_people_of_their_lines(first_of_may):
    """As many as they planned, up to half a row of 1,000 for each of their lines and trades in a crowd of draws."""
    m = tiny.world(workers_per_agent=100)
    heads = m.workers.table.tally.heads[m.employers.makers].sum() * 100
    assert heads == pytest.approx(m.line_people.sum(), rel=0.02)


def test_crews_are_where_something_is_built_and_staff_where_something_runs():
    m = tiny.world(workers_per_agent=10)
    s, heads = m.sites, m.workers.table.tally.heads.sum(axis=1)
    campuses = np.arange(len(s.region))
    crews, staff = heads[m.employers.crews], heads[m.employers.staff]
    assert crews.sum() > 0
    assert not crews[~np.isin(campuses, s.campus[s.under_way])].any()
    assert staff.sum() > 0
    assert not staff[s.operating_kw == 0].any()
    assert not heads[m.employers.plants].any()


def test_campuses_have_the_staff_and_the_crews_they_need(monkeypatch):
    """A third of a job for each MW in service; and of the worker-months of a building what a month of it takes.

    Heads rise and fall as a beta density, of which 1 - 2.5 u^1.5 + 1.5 u^2.5 with u = 1 - x is done at progress x.
    """
    asked, rows_wanted = [], settle_in.rows_wanted
    monkeypatch.setattr(
        settle_in, "rows_wanted", lambda people, *rest: asked.append(people) or rows_wanted(people, *rest)
    )
    m = tiny.world()
    s, b, e = m.sites, m.parameters.building, m.employers
    assert (b.work_curve_rise_exponent, b.work_curve_fall_exponent) == (2, 1.5)
    people = np.concatenate([np.zeros(e.n_regions), asked[0].sum(axis=1)])
    assert people[e.staff] == pytest.approx(s.operating_kw / 1000 * b.permanent_jobs_per_facility_mw)
    assert people[e.staff].sum() > 100
    assert not people[e.plants].any()
    left = 1 - np.minimum(1, np.stack([s.progress, s.progress + 1 / s.build_months]))
    done = 1 - 2.5 * left**1.5 + 1.5 * left**2.5
    learnt = (1 - b.learning_share) ** np.log2(1 + s.finished_buildings)
    heads = (s.work_wm_per_kw * learnt)[s.campus] * s.facility_kw * (done[1] - done[0])
    expected = [heads[s.under_way & (s.campus == c)].sum() for c in range(len(s.region))]
    assert people[e.crews] == pytest.approx(expected, rel=1e-3, abs=1e-6)  # Simpson against the closed form
    assert people[e.crews].sum() > 1000


# ---- money and news ----


def test_everybody_begins_with_what_the_tables_say(first_of_may):
    m = first_of_may
    deposits = m.ledger.position[1]
    assert deposits[m.ledger.accounts("investors")].tolist() == m.investor_table.opening_cash_cents.tolist()
    for sector in ("rest_us", "china", "rest_of_world", "federal"):
        assert deposits[m.ledger.account(sector)] == settle_in.HUGE_CENTS
    for sector in ("campuses", "owners", "builders", "vendors"):
        assert not deposits[m.ledger.accounts(sector)].any()


def test_deposits_on_orders_made_before_are_claims_on_makers(first_of_may):
    """A fifth of the price of building equipment, nothing of that of IT, for what campuses have on order."""
    m, e = first_of_may, first_of_may.parameters.equipment
    assert (e.deposit_share, e.it_deposit_share) == (0.2, 0.0)
    columns = m.book.orders.columns
    on_order = columns[:, columns[BUYER] != FRINGE]
    campus = views.campus_of_buyer(m, on_order[BUYER])
    klass = m.lines.klass[on_order[LINE]]
    share = np.where(np.isin(klass, IT_CLASSES), 0.0, 0.2)
    claim = np.where(campus >= 0, on_order[LEFT] * np.rint(on_order[PRICE] * share), 0).astype(np.int64)
    by_campus, by_maker = np.zeros(len(m.sites.region), np.int64), np.zeros(len(m.vendors), np.int64)
    np.add.at(by_campus, campus[campus >= 0], claim[campus >= 0])
    np.add.at(by_maker, m.lines.vendor[on_order[LINE]], claim)
    assert by_campus.sum() > 0
    assert m.ledger.held("prepaid", "campuses").tolist() == by_campus.tolist()
    assert (-m.ledger.held("prepaid", "vendors")).tolist() == by_maker.tolist()


def test_the_first_news_is_of_april(first_of_may):
    m = first_of_may
    assert (m.month, m.news.month) == (-1, -1)
    assert m.news.stargate_built_mw == m.news.stargate_planned_mw == 0.0
    assert (m.news.wage_cents_per_hour == m.first_market_wages).all()
    assert m.openai_used_it_kw == 0
