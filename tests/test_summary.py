"""The summary says what the tables say, in numbers for programs and in words for people."""

import io
import json

import polars as pl
import pytest
from rich.console import Console

from experiments.summary import summarise
from experiments.summary_text import print_summary
from tests.fakes import fake_tables


@pytest.fixture(scope="module")
def whole():
    return fake_tables()


def with_months(tables, **columns):
    return {**tables, "months": tables["months"].with_columns(**columns)}


def text_of(summary, width=80):
    out = io.StringIO()
    print_summary(Console(file=out, width=width, highlight=False), summary)
    return out.getvalue()


def test_jobs_stand_at_the_key_dates_and_the_peak(whole):
    summary = summarise(whole)
    months = whole["months"]
    assert [jobs.month for jobs in summary.jobs] == ["2025-12", "2026-12", "2027-12", "2028-12", "2029-12"]
    assert summary.peak.total == months["jobs_total"].max()
    for jobs in (*summary.jobs, summary.peak):
        row = months.filter(pl.col("month").dt.strftime("%Y-%m") == jobs.month).row(0, named=True)
        assert jobs.total == row["jobs_total"] == sum(jobs.by_kind.values())
        assert jobs.by_kind["onsite"] == row["jobs_onsite"]


DECEMBERS = ["2025-12", "2026-12", "2027-12", "2028-12", "2029-12"]


@pytest.mark.parametrize(
    ("months", "dates"),
    [(1, ["2024-05"]), (20, DECEMBERS[:1]), (22, [*DECEMBERS[:1], "2026-02"]), (70, [*DECEMBERS, "2030-02"])],
)
def test_the_last_month_is_always_there(months, dates):
    assert [jobs.month for jobs in summarise(fake_tables(months=months)).jobs] == dates


def test_the_claim_is_passed_in_the_first_month_with_more(whole):
    total = pl.int_range(pl.len()) * 10_000  # 100,000 in the eleventh month, more in the twelfth
    assert summarise(with_months(whole, jobs_total=total)).claim_reached == "2025-04"
    assert summarise(with_months(whole, jobs_total=pl.lit(100_000))).claim_reached is None


def test_campuses_are_those_of_stargate_largest_first(whole):
    summary = summarise(whole)
    assert len(summary.campuses) == 9
    assert summary.campuses[0].name == "New Mexico"
    planned = [campus.planned_mw for campus in summary.campuses]
    assert planned == sorted(planned, reverse=True)
    for month in ("2026-12", "2029-12"):
        total = sum(campus.operating_mw[month] for campus in summary.campuses)
        assert total == pytest.approx(summary.groups[0].operating_mw[month])  # two sums of the same floats


def test_money_adds_up(whole):
    money = summarise(whole).money
    months = whole["months"]
    assert money.spent_usd == pytest.approx(months["stargate_spent_total_usd"][-1])
    assert sum(money.by_use.values()) == pytest.approx(money.spent_usd)
    assert sum(source.called_usd for source in money.by_source) == pytest.approx(money.called_usd)
    called = [source.called_usd for source in money.by_source]
    assert called == sorted(called, reverse=True)


def test_spending_of_no_listed_kind_is_not_hidden(whole):
    more = with_months(whole, stargate_spent_usd=pl.col("stargate_spent_usd") * 2)
    money = summarise(more).money
    assert money.by_use["of no listed kind"] == pytest.approx(money.spent_usd / 2)
    assert "of no listed kind" not in summarise(whole).money.by_use


def test_the_three_worst_bottlenecks_come_first(whole):
    worst = summarise(whole).bottlenecks
    assert len(worst) == 3
    assert worst[0].lost_mw > worst[1].lost_mw > worst[2].lost_mw > 0
    assert 0 < sum(bottleneck.share for bottleneck in worst) < 1
    assert "plan" not in {bottleneck.input for bottleneck in worst}


def test_what_waits_to_begin_is_told_apart_from_what_is_slow(whole):
    campuses = whole["agents"].filter(pl.col("kind") == "campus", pl.col("program") == "stargate")["agent_id"]
    ours = whole["phases"].filter(
        pl.col("campus_id").is_in(campuses.implode()), pl.col("binding_input").cast(pl.String) != "plan"
    )
    sums = dict(ours.group_by(pl.col("stage").cast(pl.String)).agg(pl.col("lost_mw").sum()).iter_rows())
    assert {*sums} == {"planned", "mep"}
    summary = summarise(whole)
    assert summary.not_begun_mw == pytest.approx(sums["planned"])  # sums of the same floats in another order
    assert summary.lost_mw == pytest.approx(sums["planned"] + sums["mep"])
    told = f"{sums['planned']:,.0f} MW by buildings not begun when planned, {sums['mep']:,.0f} MW by sites slower"
    assert told in text_of(summary, 120)
    worst = summary.bottlenecks[0]
    assert 0 < worst.not_begun_mw < worst.lost_mw


def test_a_broken_ledger_is_told_with_its_sign(whole):
    assert set(summarise(whole).residuals.values()) == {0}
    broken = with_months(whole, residual_money_cents=pl.when(pl.int_range(pl.len()) == 3).then(-7).otherwise(2))
    summary = summarise(broken)
    assert summary.residuals["residual_money_cents"] == -7
    assert "DO NOT BALANCE: money by -7 cents; the run is not valid" in text_of(summary)


def test_it_can_be_written_as_json(whole):
    said = json.loads(json.dumps(summarise(whole).as_dict(), allow_nan=False))
    assert said["peak"]["total"] == whole["months"]["jobs_total"].max()
    assert said["campuses"][0]["operating_mw"]["2029-12"] > 0
    assert "not net" in said["caveat"]


@pytest.mark.parametrize("width", [80, 120])
def test_it_fits_the_terminal_and_says_all(whole, width):
    text = text_of(summarise(whole), width)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    for words in (
        "on site", "induced", "peak 20", "100,000", "Abilene", "as announced", "rivals", "SoftBank (equity)", "IT",
        "to other countries", "grid power", "balance exactly in every one of 68 months", "gross, not net",
    ):  # fmt: skip
        assert words in text
    assert "…" not in text  # nothing is cut


def test_a_world_without_stargate_can_be_told(whole):
    nothing = with_months(
        whole, **{name: pl.lit(0) for name in whole["months"].columns if name.startswith(("jobs_", "stargate_"))}
    )
    nothing |= {
        "phases": whole["phases"].with_columns(lost_mw=pl.lit(0.0)),
        "flows": whole["flows"].clear(),
        "capital": whole["capital"].clear(),
    }
    summary = summarise(nothing)
    assert summary.peak.total == 0
    assert summary.bottlenecks == ()
    assert "Nothing: every building went at its owner's pace." in text_of(summary)
