"""Known limits: what must come out when an input is without end, or is not there at all."""

import numpy as np
import pytest

from abm import readers
from abm.observe import lost_kw
from abm.sites import PHASE_CLASSES
from abm.tables_finance import investors
from abm.units import KW_PER_MW, month_index
from abm.vocabulary import (
    BUILDING_EQUIPMENT,
    GENERATION_EQUIPMENT,
    INPUT,
    INPUTS,
    IT_EQUIPMENT,
    JOB_KINDS,
    KLASS,
    STARGATE,
    ZONES,
)
from tests import tiny

WHOLE, HALF = 68, 40
QUARTER, ENOUGH_KW = 3, 1_000_000
NO_OUTPUT = {"equipment.outage_loss_share": 1.0}


def begun_in_run(m):
    return np.flatnonzero(m.sites.used & (m.sites.start >= 0))


def lost_by_input(m, n=12):
    """MW lost by input over the next n months."""
    lost = np.zeros(len(INPUTS))

    def look(m):
        code, kw = lost_kw(m)
        np.add.at(lost, code, kw / KW_PER_MW)

    tiny.months(m, n, look)
    lost[INPUT["plan"]] = 0.0
    return lost


# ---- everything abundant ----


@pytest.fixture(scope="module")
def abundant():
    m = tiny.world("abundant", months=WHOLE)
    return tiny.months(m, WHOLE)


def test_with_everything_abundant_build_time_is_the_technical_minimum(abundant):
    """From the month of first works to that of service, both counted: the minimum rounded up to months, exactly."""
    s = abundant.sites
    begun = begun_in_run(abundant)
    minimum = np.ceil(s.minimum_months[begun])
    months = np.where(s.done[begun] >= 0, s.done[begun] - s.start[begun] + 1, -1)
    due = s.start[begun] + minimum - 1 <= abundant.month
    assert due.sum() > 100
    assert np.array_equal(months[due], minimum[due])
    assert set(minimum) <= {14.0, 4.0}


def test_with_everything_abundant_every_building_begins_in_its_planned_month(abundant):
    s = abundant.sites
    begun = begun_in_run(abundant)
    assert np.array_equal(s.start[begun], s.planned_start[begun])
    waiting = s.planned & (s.planned_start <= abundant.month) & ~s.cancelled[s.campus]
    assert not waiting.any()


def test_with_everything_abundant_nothing_is_named(abundant):
    lost = lost_kw(abundant)
    assert set(lost[0][abundant.sites.under_way]) <= {INPUT["plan"]}
    assert lost[1].sum() == pytest.approx(0.0, abs=1e-6)


# ---- one input at zero ----


@pytest.mark.parametrize("klass", [*BUILDING_EQUIPMENT, *IT_EQUIPMENT])
def test_without_a_class_of_equipment_nothing_more_is_built_and_it_is_named(klass):
    """No maker delivers any from the first month: only what had it on site at the start can be finished."""
    m = tiny.world(changes=tiny.for_the_whole_run("factory_outage", klass, last=HALF), overrides=NO_OUTPUT, months=HALF)
    k = KLASS[klass]
    had = m.sites.delivered_kw[:, k].copy()
    lacking = ~m.sites.operating & (had < m.sites.needed_kw[:, k])
    tiny.months(m, HALF - 12)
    lost = lost_by_input(m)
    s = m.sites
    assert np.array_equal(s.delivered_kw[:, k], had)
    assert not (lacking & s.operating).any()
    assert not (np.isin(np.arange(len(lacking)), begun_in_run(m)) & s.operating).any()
    assert INPUTS[int(lost.argmax())] == klass
    at = m.needed_at[np.flatnonzero(k == PHASE_CLASSES)[0]]
    stuck = s.under_way & (had == 0) & (s.needed_kw[:, k] > 0)
    assert (s.progress[stuck] <= at + 1e-9).all()


def test_without_new_power_nothing_runs_beyond_what_was_connected():
    """No zone connects anybody and no plant is made: what is in service fits into the power of the start."""
    changes = (
        *tiny.for_the_whole_run("moratorium", *ZONES),
        *tiny.for_the_whole_run("factory_outage", *GENERATION_EQUIPMENT),
    )
    m = tiny.world(changes=changes, overrides=NO_OUTPUT, months=WHOLE)
    grid = m.sites.grid_kw.copy()
    tiny.months(m, WHOLE - 12)
    lost = lost_by_input(m)
    assert np.array_equal(m.sites.grid_kw, grid)
    assert (m.sites.onsite_kw == 0).all()
    assert (m.sites.operating_kw <= grid).all()
    assert lost[INPUT["grid_power"]] + lost[INPUT["onsite_power"]] > lost.sum() / 2
    assert m.sites.operating_kw.sum() > 0


def test_without_permits_no_later_campus_begins():
    """Every state decides nothing: who had no permit by history, and does not stand on federal land, waits for it."""
    m = tiny.world(
        months=WHOLE, changes=tiny.for_the_whole_run("moratorium", *readers.regions().code),
        overrides={"policy.federal_land_share": 0.0},
    )  # fmt: skip
    had = m.sites.permit.copy()
    tiny.months(m, WHOLE)
    s = m.sites
    later = ~had & (s.clearing >= month_index("2026-01"))
    assert later.sum() > 10
    assert not s.permit[later].any()
    assert not (later[s.campus] & s.used & (s.start >= 0)).any()
    due = s.planned & later[s.campus] & (s.planned_start <= m.month) & ~s.cancelled[s.campus]
    assert {INPUTS[i] for i in s.waiting_for[due]} == {"permits"}


def test_without_land_no_campus_without_any_begins():
    m = tiny.world(months=WHOLE)
    tiny.numbers(m, "policy", land_offer_acres_per_month=1e-9)
    had = m.sites.land.copy()
    tiny.months(m, WHOLE)
    s = m.sites
    assert not (~had[s.campus] & s.used & (s.start >= 0)).any()
    due = s.planned & ~had[s.campus] & (s.planned_start <= m.month) & ~s.cancelled[s.campus]
    assert {INPUTS[i] for i in s.waiting_for[due]} == {"land"}


def test_without_investors_stargate_builds_nothing_and_capital_is_named():
    everybody = tuple(dict.fromkeys(investors().name))
    m = tiny.world(months=WHOLE, changes=tiny.for_the_whole_run("loan_withdrawn", *everybody))
    tiny.months(m, WHOLE)
    s = m.sites
    assert not (s.is_stargate & (s.start >= 0)).any()
    assert s.operating_kw[s.program == STARGATE].sum() == 0
    assert m.paid_in_cents[s.program == STARGATE].sum() == 0
    due = s.is_stargate & s.planned & (s.planned_start <= m.month)
    first = np.flatnonzero(due)[np.argsort(s.planned_start[due], kind="stable")[:5]]
    waiting = {INPUTS[i] for i in s.waiting_for[first]}  # the last of all that piles up is more than OpenAI wants
    assert "capital" in waiting
    assert "demand" not in waiting
    assert s.operating_kw[s.program != STARGATE].sum() > 0  # rivals have budgets of their own


def test_without_demand_only_what_was_agreed_is_built():
    """OpenAI grows to a fifth of its path: the 206 IT MW agreed with Oracle in 2024 are begun, and no more."""
    m = tiny.world(months=WHOLE, overrides={"compute.demand_factor": 0.2})
    tiny.months(m, WHOLE)
    s = m.sites
    waiting = {INPUTS[i] for i in s.waiting_for[s.is_stargate & s.planned & (s.planned_start <= m.month)]}
    assert "demand" in waiting
    assert waiting <= {"demand", "permits", "land"}
    begun = s.it_kw[s.is_stargate & (s.start >= 0)]
    assert 206_000 - begun.max() / 2 <= begun.sum() <= 206_000 + begun.max() / 2


# ---- no Stargate ----


@pytest.mark.parametrize("name", ["no_stargate", "no_stargate_rivals"])
def test_without_stargate_no_stargate_job_dollar_or_megawatt(records_of, name):
    records = records_of(name, months=WHOLE)
    figures = [f"jobs_{kind}" for kind in JOB_KINDS] + [
        "jobs_total", "stargate_requested_mw", "stargate_energised_mw", "stargate_operating_mw",
        "stargate_announced_mw", "stargate_spent_usd", "stargate_spent_total_usd", "stargate_called_total_usd",
        "stargate_imports_usd", "stargate_refused_usd", "openai_stargate_share",
    ]  # fmt: skip
    for record in records:
        assert {name: record.value(name) for name in figures} == dict.fromkeys(figures, 0.0)
        assert record.tables["regions"]["on_stargate"].sum() == 0
        assert record.tables["equipment"]["stargate_delivered_mw"].sum() == 0
        for table in ("flows", "capital"):
            assert not (record.tables[table]["program"] == STARGATE).any()
    assert records[-1].value("rival_operating_mw") > 0


def test_what_was_under_way_goes_ahead_and_no_more(records_of):
    """Abilene buildings 1 and 2, 206 IT MW at 1.43 facility MW each: 295 MW."""
    records = records_of("no_stargate_underway", months=WHOLE)
    assert tiny.path(records, "stargate_operating_mw").max() == pytest.approx(295, abs=1)
    assert records[-1].value("jobs_onsite") == 0


# ---- no spending out of wages ----


def test_without_spending_out_of_wages_only_board_makes_local_jobs():
    """What travellers are paid for bed and meals, by region and tag, over what a local worker sells in a month."""
    m = tiny.world(months=HALF)
    tiny.numbers(m, "households", spent_share=0.0)

    def look(m):
        per_worker = m.parameters.households.local_usd_per_worker_year * m.price_level * 100 / 12
        assert m.facts.local_jobs == pytest.approx(m.facts.board_cents / per_worker)
        assert m.facts.board_cents[:, 0].sum() == tiny.posted(m, "per_diem").total
        assert tiny.posted(m, "consumption").total == 0
        jobs.append(m.facts.local_jobs[:, 1].sum())

    jobs = []
    tiny.months(m, HALF, look)
    assert max(jobs) > 0


# ---- money ----


@pytest.mark.slow
def test_doubling_the_money_raises_scarcity_not_megawatts():
    """Rivals' budgets doubled in every month, two seeds: less than a sixth more MW; waits and prices do not fall."""
    built, scarce = np.zeros(2), np.zeros(2)
    own = [KLASS[name] for name in (*BUILDING_EQUIPMENT, *IT_EQUIPMENT)]
    for seed in (1, 2):
        for i, factor in enumerate((1.0, 2.0)):
            m = tiny.world(seed=seed, months=WHOLE)
            tiny.numbers(m, "finance", rival_capex_factor=factor)
            logs = []

            def look(m, logs=logs):
                book = m.book_facts
                logs.append(np.log(book.lead_months[own]).mean() + np.log(book.price_usd_per_kw[own]).mean())

            tiny.months(m, WHOLE, look)
            built[i] += m.sites.operating_kw.sum()
            scarce[i] += np.mean(logs[-36:]) / 2
    assert built[1] / built[0] < 1 + 1 / 6
    assert scarce[1] >= scarce[0] - 0.01


def test_nobody_stores_it_for_buildings_that_are_late():
    """Stargate's accelerators come less than a quarter's work before their building needs them.

    A tenth to a quarter of them came earlier when orders were never put off.
    """
    m = tiny.world(months=WHOLE)
    idle = []
    for month in range(WHOLE):
        m.step()
        sites = m.sites
        come = sites.delivered_kw[:, KLASS["accelerator"]] * sites.is_stargate
        waits = ~sites.operating & (sites.progress < sites.stage_ends[-3] - QUARTER / sites.build_months)
        if month % QUARTER == 0 and come.sum() > ENOUGH_KW:
            idle.append(come[waits].sum() / come.sum())
    assert len(idle) > 5
    assert max(idle) < 0.02
