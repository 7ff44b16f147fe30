"""The population matches its source, keeps Mesa's interface, and counts itself right."""

import dataclasses
from random import Random

import numpy as np
import polars as pl
import pytest

from abm.errors import BadScenario
from abm.parameters import shipped_numbers
from abm.population import IDLE, NUMBERS, OUT, distances_km, shipped_cells
from abm.subjects.labour import Labour, Trade
from abm.workers import Worker, Workers, recount, workers_of

SAMPLING = 4.0  # standard deviations


def labour_numbers() -> Labour:
    """The shipped numbers of this subject alone."""
    values = {n.removeprefix("labour."): x.value for n, x in shipped_numbers().items() if n.startswith("labour.")}
    plain = {name: value for name, value in values.items() if "." not in name}
    names = dict.fromkeys(name.split(".")[1] for name in values if "." in name)
    trades = {t: Trade(*(values[f"trades.{t}.{f.name}"] for f in dataclasses.fields(Trade))) for t in names}
    return Labour(**plain, trades=trades)


P = labour_numbers()


@pytest.fixture(scope="module")
def workers():
    return workers_of(P, 100, 1)


def test_jobs_match_the_sources_to_the_worker():
    cells = shipped_cells()
    trades = pl.read_csv(NUMBERS / "trades.csv")
    assert cells.jobs.sum(axis=0).tolist() == trades["national_jobs"].to_list()
    assert cells.jobs[cells.regions.index("TX"), 0] == 71_880  # OEWS May 2024
    assert cells.jobs[cells.regions.index("NM"), 0] == 5_090
    assert (cells.jobs >= 0).all()
    assert 5_000_000 < cells.jobs.sum() < 9_000_000


def test_other_states_share_what_is_left_by_population():
    cells = shipped_cells()
    basis = pl.read_csv(NUMBERS / "regions.csv")["employment_basis"].to_numpy()
    per_head = cells.jobs[basis == "rule"] / cells.population[basis == "rule"][:, None]
    whole = cells.jobs[basis == "rule"].sum(axis=0) / cells.population[basis == "rule"].sum()
    # Each state is rounded to a worker, and the rest of the country takes what rounding leaves (at most 16).
    off = np.abs(per_head - whole) * cells.population[basis == "rule"][:, None]
    assert off.max() <= 16


def test_the_cells_have_one_order_everywhere():
    cells = shipped_cells()
    assert cells.regions[:3] == ("TX", "NM", "OH")
    assert cells.regions[-1] == "US-rest"
    assert len(cells.regions) == 28
    assert cells.trades == tuple(P.trades)
    assert cells.wage_cents_per_hour[0, 0] == 2752  # 57,250 USD over 2,080 hours


def test_a_quarter_of_the_equator_is_a_quarter_of_the_way_around():
    apart = distances_km(np.array([0.0, 0.0]), np.array([0.0, 90.0]))
    assert apart[0, 1] == pytest.approx(40_030 / 4)
    assert apart[0, 0] == 0


def test_rows_are_sorted_and_counted(workers):
    t, c = workers.table, workers.table.columns
    place = c.home.astype(int) * len(t.cells.trades) + c.trade
    assert (np.diff(place) >= 0).all()
    assert len(workers) == t.tally.heads.sum() + t.tally.idle.sum() + t.tally.out.sum()
    for kept, counted in zip(t.tally, recount(t), strict=True):
        assert np.array_equal(kept, counted)


@pytest.mark.parametrize("scale", [1000, 100, 10])
def test_totals_hold_in_expectation_at_any_scale(scale):
    w = workers_of(P, scale, 3)
    jobs = w.table.cells.jobs
    # Each of 336 cells is off by less than a row, with variance at most a quarter.
    assert abs(w.table.base_jobs.sum() - jobs.sum() / scale) < SAMPLING * np.sqrt(jobs.size / 4)
    idle = w.table.tally.idle.sum() / (w.table.tally.idle.sum() + w.table.base_jobs.sum())
    assert idle == pytest.approx(P.unemployment_share, abs=0.01)


def test_pay_age_and_skill_have_their_sources_shape(workers):
    at_work = workers.where(workers["employer"] >= 0)
    mean = at_work["wage_cents_per_hour"].mean()
    cells = workers.table.cells
    assert mean == pytest.approx((cells.jobs * cells.wage_cents_per_hour).sum() / cells.jobs.sum(), rel=0.01)
    older = (-workers["birth_month"] >= P.older_age_years * 12).mean()
    assert older == pytest.approx(P.older_share, abs=0.01)
    assert (workers["wage_cents_per_hour"][workers["employer"] < 0] == 0).all()
    assert np.median(-at_work["since_month"]) < P.median_tenure_months  # the young cannot have been there long


@pytest.mark.parametrize("seed", [1, 2])
def test_a_scale_that_leaves_a_trade_empty_is_refused(seed):
    """At ten million a row no trade is sure of a row; one may stand for most of the smallest trade, never for more."""
    with pytest.raises(BadScenario, match=r"= 10000000 leaves no \w+ in the nation; use \d+ or less") as refused:
        workers_of(P, 10_000_000, seed)
    largest = int(str(refused.value).split("use ")[1].split()[0])
    employed = workers_of(P, largest, seed).table.base_jobs.sum(axis=0)
    assert employed.min() >= 1
    smallest_trade = shipped_cells().jobs.sum(axis=0).min()
    assert 0.5 * smallest_trade < largest <= smallest_trade
    with pytest.raises(BadScenario, match="must be 1 or more"):
        workers_of(P, 0, 1)


def test_the_same_seed_makes_the_same_people(workers):
    again, other = workers_of(P, 100, 1), workers_of(P, 100, 2)
    assert all(np.array_equal(a, b) for a, b in zip(workers.table.columns, again.table.columns, strict=True))
    assert not np.array_equal(workers["birth_month"][:1000], other["birth_month"][:1000])


def test_a_row_takes_twelve_bytes(workers):
    assert workers.nbytes == 12 * len(workers)


@pytest.fixture
def few(workers):
    return workers.where(workers.rows < 20)


def test_a_choice_shares_the_columns(workers, few):
    assert len(few) == 20
    assert few.table is workers.table
    assert few["home"].tolist() == [0] * 20
    assert Worker(workers.table, 3) in few
    assert Worker(workers.table, 30) not in few
    assert 3 not in few


def test_mesa_iterates_selects_sorts_and_groups(few):
    assert [w.unique_id for w in few] == list(range(20))
    assert few.to_list()[4] == Worker(few.table, 4)
    assert len(few.select(at_most=5)) == 5
    assert len(few.select(at_most=0.25)) == 5
    assert [w.row for w in few.select(lambda w: w.row % 2 == 0)] == list(range(0, 20, 2))
    ages = few.sort("birth_month", ascending=True)["birth_month"]
    assert (np.diff(ages) >= 0).all()
    assert few.sort(lambda w: w.row)["home"].size == 20
    assert few.sort(lambda w: w.row).rows[0] == 19
    groups = few.groupby("skill").groups
    assert sum(len(group) for group in groups.values()) == 20
    assert len(few.groupby(lambda w: w.row % 3, result_type="list").groups[0]) == 7


def test_mesa_gets_aggregates_and_does(few):
    assert few.get("home").tolist() == [0] * 20
    assert few.get(["home", "trade"])[0] == [0, 0]
    assert few.agg("home", np.max) == 0
    assert few.agg("home", [np.min, np.max]) == [0, 0]
    assert few.get("height", handle_missing="default", default_value=1).tolist() == [1] * 20
    with pytest.raises(AttributeError, match="workers have no 'height'"):
        few.get("height")
    with pytest.raises(ValueError, match="handle_missing"):
        few.get("home", handle_missing="ignore")
    assert few.map(lambda w, k: w.row + k, 1) == list(range(1, 21))
    assert len(few.map("to_list")) == 20
    seen = []
    few.do(lambda w: seen.append(w.row)).shuffle_do(lambda w: seen.append(w.row))
    assert seen[:20] == list(range(20))
    assert sorted(seen[20:]) == list(range(20))
    assert seen[20:] != seen[:20]


def test_mesa_shuffles_in_place_or_not(few):
    mixed = Workers(few.table, Random(1), few.rows).shuffle()
    assert sorted(mixed.rows) == list(range(20))
    assert mixed.rows.tolist() != few.rows.tolist()
    assert few.select(at_most=3, inplace=True) is few
    assert len(few) == 3


def test_mesa_sets_join_and_part(few):
    low, high = few.where(few.rows < 12), few.where(few.rows >= 8)
    assert len(low & high) == 4
    assert len(low | high) == 20
    assert len(low - high) == 8
    assert len(low ^ high) == 16
    assert len(Workers(few.to_list())) == 20
    assert len(few.where(few.rows < 0)) == 0
    with pytest.raises(ValueError, match="no workers"):
        Workers([])


@pytest.mark.parametrize("verb", ["add", "discard", "remove"])
def test_people_enter_and_leave_by_a_column(few, verb):
    with pytest.raises(TypeError, match="rows stay put"):
        getattr(few, verb)(Worker(few.table, 0))


def test_setting_a_column_counts_anew():
    w = workers_of(P, 1000, 1)
    before = w.table.tally.idle[0, 0]
    one = w.where((w["home"] == 0) & (w["trade"] == 0) & (w["employer"] == 0)).select(at_most=1)
    one.set("employer", IDLE)
    assert w.table.tally.idle[0, 0] == before + 1
    one.set("employer", OUT)
    assert w.table.tally.idle[0, 0] == before
    with pytest.raises(AttributeError):
        one.set("height", 3)
