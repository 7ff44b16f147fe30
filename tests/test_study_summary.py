"""The headline figures of a run, against what a person reads off the tables."""

import datetime

import polars as pl
import pytest

from experiments import queries
from experiments.study_summary import columns, inputs_of, row_of, year_ends
from tests import fakes

INPUTS = tuple(name for name in fakes.INPUTS if name != "plan")


@pytest.fixture(scope="module")
def tables():
    return fakes.fake_tables(months=24)


def with_jobs(tables, jobs):
    return {**tables, "months": tables["months"].with_columns(jobs_total=pl.Series(jobs, dtype=pl.Int64))}


def test_year_ends_are_the_decembers_of_the_run():
    assert year_ends(7) == ()  # to November 2024
    assert year_ends(8) == (datetime.date(2024, 12, 1),)
    assert [date.year for date in year_ends(68)] == [2024, 2025, 2026, 2027, 2028, 2029]


def test_the_peak_is_the_first_of_equals(tables):
    row = row_of("x", with_jobs(tables, [5, 9, 9, 1] + [0] * 20), INPUTS)
    assert (row["peak_jobs"], row["peak_month"], row["last_jobs"]) == (9, datetime.date(2024, 6, 1), 0)
    assert row["job_years"] == 2.0


def test_the_claim_needs_more_than_it_says(tables):
    assert row_of("x", with_jobs(tables, [100_000] * 24), INPUTS)["claim_month"] is None
    over = row_of("x", with_jobs(tables, [100_000, 100_001] + [0] * 22), INPUTS)
    assert over["claim_month"] == datetime.date(2024, 6, 1)


def test_year_ends_are_read_in_december(tables):
    row = row_of("x", tables, INPUTS)
    december = tables["months"].row(19, named=True)  # 2025-12 is the twentieth month
    assert december["month"] == datetime.date(2025, 12, 1)
    assert row["jobs_onsite_2025"] == december["jobs_onsite"]
    assert row["stargate_operating_2025_mw"] == december["stargate_operating_mw"]
    assert "jobs_total_2026" not in row


def test_losses_add_up_and_are_those_of_the_charts(tables):
    row = row_of("x", tables, INPUTS)
    assert row["lost_mw"] == pytest.approx(sum(row[f"lost_{name}_mw"] for name in INPUTS), rel=1e-12)
    by_chart = dict(queries.lost_by_input(tables).group_by("input").agg(pl.col("lost_mw").sum()).iter_rows())
    # sums of the same numbers in another order
    assert {name: row[f"lost_{name}_mw"] for name in by_chart} == pytest.approx(by_chart, rel=1e-9)


def test_a_broken_ledger_shows(tables):
    assert row_of("x", tables, INPUTS)["residual_max"] == 0
    broken = tables["months"].with_columns(residual_money_cents=pl.Series([0] * 23 + [-7]))
    assert row_of("x", {**tables, "months": broken}, INPUTS)["residual_max"] == 7


def test_pay_that_nobody_posts_makes_no_premium(tables):
    wage, market = "site_wage_electrician_usd_per_hour", "site_market_wage_electrician_usd_per_hour"
    paid = [float("nan"), 60.0, 44.0] + [0.0] * 21
    usual = [float("nan"), 40.0, 0.0] + [40.0] * 21
    months = tables["months"].with_columns(pl.Series(wage, paid), pl.Series(market, usual))
    assert row_of("x", {**tables, "months": months}, INPUTS)["pay_premium_max_ratio"] == 1.5


def test_the_columns_are_those_of_the_rows(tables):
    assert [column.name for column in columns(24, INPUTS)] == [*row_of("x", tables, INPUTS)]
    assert all(column.about for column in columns(24, INPUTS))


def test_inputs_are_those_a_building_can_wait_for():
    assert inputs_of({"phases": {"binding_input": ("plan", "labour", "land")}}) == ("labour", "land")
