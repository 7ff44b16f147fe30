"""Laws of whole months: closed books, the same luck for the same seed, no change from what touches nothing."""

import dataclasses

import numpy as np
import pytest

import abm
from abm.changes import Change
from abm.steps.wages import hours_per_month
from abm.vocabulary import PACKAGES, STARGATE
from tests import tiny

WHOLE = 68
CAPACITY = ("operating_mw", "stargate_operating_mw")
QUICK = 18


@pytest.mark.parametrize("structure", ["leases", "joint_venture"])
def test_four_ledgers_close_every_month(records_of, structure):
    residuals = [column.name for column in abm.SCHEMA["months"] if column.kind == "residual"]
    assert len(residuals) == 4
    for record in records_of(months=WHOLE, finance_structure=structure):
        assert [record.value(name) for name in residuals] == [0.0] * 4, record.month


# ---- luck ----


def again(seed=1, **changes):
    return tuple(abm.run(tiny.scenario(months=QUICK, **changes), seed=seed))


def test_the_same_seed_gives_the_same_tables(records_of):
    assert tiny.differing(records_of(months=QUICK), again()) == []


def test_another_seed_gives_other_tables(records_of):
    differing = " ".join(tiny.differing(records_of(months=QUICK), again(seed=2)))
    for table in ("months", "sites", "phases", "regions", "jobs", "flows"):
        assert f"{table}." in differing


# ---- what touches nothing changes nothing ----


def own_values():
    """A dated change of one number of every subject to the value it has."""
    numbers = abm.parameters.shipped_numbers()
    first = {name.split(".")[0]: name for name in reversed(numbers)}
    return tuple(Change(3, name, numbers[name].value) for name in first.values())


def test_a_scenario_that_only_reads_differently_changes_not_a_bit(records_of):
    same = again(name="baseline", **{"why": "The same under another reason."})
    assert tiny.differing(records_of(months=QUICK), same) == []
    renamed = dataclasses.replace(tiny.scenario(months=QUICK), name="another")
    assert tiny.differing(records_of(months=QUICK), tuple(abm.run(renamed, seed=1))) == []


def test_a_number_changed_to_its_own_value_changes_not_a_bit(records_of):
    changes = own_values()
    assert len(changes) == len({change.name.split(".")[0] for change in changes}) >= 8
    assert tiny.differing(records_of(months=QUICK), again(changes=changes)) == []
    overrides = {change.name: change.value for change in changes}
    assert tiny.differing(records_of(months=QUICK), again(overrides=overrides)) == []


def test_what_happens_later_changes_nothing_before(records_of):
    """Every maker of switchgear stops in month 12: months 0 to 11 are the same to the bit, later ones are not."""
    struck = again(changes=(Change(12, "factory_outage", "switchgear", 6),))
    plain = records_of(months=QUICK)
    assert tiny.differing(plain[:12], struck[:12]) == []
    assert tiny.differing(plain[12:], struck[12:]) != []


# ---- wages and costs come back from the books ----


@pytest.fixture(scope="module")
def books():
    """Two years of the baseline: what each campus's builders got, paid and earned, from the postings."""
    m = tiny.world()
    n = len(m.sites.region)
    kinds = ("wages", "benefits", "per_diem", "offsite_work", "import_payment", "bill_received", "retainage_held")
    sums = {kind: np.zeros(n, np.int64) for kind in kinds}
    hourly = {"paid": np.zeros(n), "hours": np.zeros(n), "posted": np.zeros(n)}
    totals = {"margin": np.zeros(n), "months": 0, "paid": np.zeros(n, np.int64), "spent": np.zeros(n, np.int64)}

    def look(m):
        builders = set(m.ledger.accounts("builders").tolist())
        for kind in kinds:
            rows = tiny.posted(m, kind)
            party = rows.payee if kind in ("bill_received", "retainage_held") else rows.payer
            ours = np.isin(party, list(builders)) & (rows.campus >= 0)
            np.add.at(sums[kind], rows.campus[ours], rows.cents[ours])
            if kind == "wages":
                np.add.at(hourly["paid"], rows.campus[ours], rows.cents[ours])
        e, first = m.employers, m.employers.crews.start - m.employers.n_regions
        hours = hours_per_month(m)[first : first + n, np.newaxis] * m.facts.labour.heads[e.crews] * tiny.SCALE
        hourly["hours"] += hours.sum(axis=1)
        hourly["posted"] += (hours * m.facts.posted_cents_per_hour[:n]).sum(axis=1)
        cost = m.facts.crew_wages_cents * m.parameters.building.paid_hour_burden_ratio
        cost[:, 0] += m.facts.per_diem_cents + m.facts.offsite_cents
        totals["margin"] += (cost * m.sites.markup_share).sum(axis=1)
        totals["months"] += 1

    tiny.months(m, 24, look)
    return m, sums, hourly, totals


def test_wages_paid_on_site_over_heads_and_hours_give_the_posted_wage_back(books):
    """A cent per trade and month is lost in rounding, of many millions."""
    _, _, hourly, _ = books
    at_work = hourly["hours"] > 0
    assert at_work.sum() > 20
    wage = hourly["paid"][at_work] / hourly["hours"][at_work]
    assert wage == pytest.approx(hourly["posted"][at_work] / hourly["hours"][at_work], rel=1e-9)
    assert (wage > 2_000).all()
    assert (wage < 10_000).all()


def test_what_builders_bill_is_wages_benefits_off_site_work_board_and_margin(books):
    """By campus, over two years: nothing is left but rounding, at most two cents a package and month."""
    _, sums, _, totals = books
    billed = sums["bill_received"] + sums["retainage_held"]
    cost = sum(sums[kind] for kind in ("wages", "benefits", "per_diem", "offsite_work", "import_payment"))
    left = billed - cost - totals["margin"]
    assert billed.sum() > 1e11
    assert np.abs(left).max() <= 2 * len(PACKAGES) * totals["months"]


def test_everything_a_campus_spends_is_paid_to_somebody():
    """By campus and month: payments by kind, from the postings, against what the campus says it has spent."""
    kinds = ("land_purchase", "permit_fee", "soft_cost", "contractor_payment", "grid_works", "onsite_power",
             "equipment_payment", "it_payment")  # fmt: skip
    m = tiny.world()
    total = np.zeros(len(m.sites.region), np.int64)

    def look(m):
        campuses = m.ledger.accounts("campuses")
        for kind in kinds:
            rows = tiny.posted(m, kind)
            ours = np.isin(rows.payer, campuses)
            np.add.at(total, rows.payer[ours] - campuses[0], rows.cents[ours])
        assert np.array_equal(total, m.spent_cents)

    tiny.months(m, 12, look)
    assert total[m.sites.program == STARGATE].sum() > 0


def test_bills_received_are_settled_or_due():
    """Over a year: received, deposits and released retainage, less settled, is what campuses owe."""
    m = tiny.world()
    n = len(m.sites.region)
    owed = np.zeros(n, np.int64)

    def look(m):
        for kind, sign in (("bill_received", 1), ("deposit_due", 1), ("retainage_due", 1), ("bill_settled", -1)):
            rows = tiny.posted(m, kind)
            np.add.at(owed, rows.campus, sign * rows.cents)
        assert np.array_equal(owed, m.bills.due().sum(axis=1))
        assert np.array_equal(owed, -m.ledger.held("payable", "campuses"))

    tiny.months(m, 12, look)
    assert owed.sum() > 0


# ---- scale ----


def late_means(scale, seed, names, months=WHOLE):
    """Means of the last two years."""
    records = tuple(abm.run(tiny.scenario(workers_per_agent=scale, months=months), seed=seed))
    return np.array([tiny.path(records, name)[-24:].mean() for name in names])


def off_by_scale(coarse, fine, names):
    """Relative differences between two scales by seed and figure, the mean over seeds and its standard error."""
    coarse, fine = (np.array([late_means(scale, seed, names) for seed in range(1, 5)]) for scale in (coarse, fine))
    off = coarse / fine - 1
    return off.mean(axis=0), off.std(axis=0, ddof=1) / np.sqrt(len(off))


# Heads on site are not among them: they are some 5 % low at 1:100, which is more than the luck of the rows explains.
COMPARED = ("jobs_total", "jobs_supplier", "jobs_offsite", "stargate_spent_total_usd", *CAPACITY)


@pytest.mark.slow
def test_scales_agree():
    """1:100 against 1:10, four seeds: within three standard errors of the paired difference and two per cent."""
    off, error = off_by_scale(100, 10, COMPARED)
    assert (np.abs(off) <= 3 * error + 0.02).all(), dict(zip(COMPARED, off.tolist(), strict=True))


@pytest.mark.slow
def test_the_coarsest_scale_is_near():
    """1:1000 against 1:100, four seeds: within a tenth, as a row there stands for a whole crew."""
    off, _ = off_by_scale(1000, 100, COMPARED)
    assert (np.abs(off) <= 0.1).all(), dict(zip(COMPARED, off.tolist(), strict=True))
