"""What the summary and the charts ask of the tables, on tables small enough to count by hand."""

import datetime

import polars as pl
import pytest

from abm import SCHEMA
from abm.transactions import TRANSACTIONS
from abm.vocabulary import STAGES
from experiments import queries

MAY, JUNE = datetime.date(2024, 5, 1), datetime.date(2024, 6, 1)


@pytest.fixture
def tables():
    """Two Stargate campuses (0, 1) and a rival (2), two months."""
    agents = pl.DataFrame(
        {
            "agent_id": [0, 1, 2, 100, 7, 8],
            "name": ["Abilene", "Milam", "Memphis", "Abilene 1", "SoftBank", "Banks"],
            "kind": ["campus", "campus", "campus", "phase", "investor", "investor"],
            "program": ["stargate", "stargate", "rival", "stargate", "", ""],
            "facility_mw": [1000.0, 500.0, 300.0, 100.0, 0.0, 0.0],
        }
    )
    sites = pl.DataFrame(
        {"month": [MAY] * 3 + [JUNE] * 3, "campus_id": [0, 1, 2] * 2, "operating_mw": [0.0, 0, 50, 100, 0, 60]}
    )
    phases = pl.DataFrame(
        {
            "month": [MAY, MAY, MAY, JUNE, JUNE, JUNE],
            "campus_id": [0, 1, 2, 0, 1, 2],
            "binding_input": ["labour", "plan", "labour", "labour", "switchgear", "capital"],
            "stage": ["shell", "permit", "mep", "mep", "permit", "planned"],
            "lost_mw": [3.0, 9.0, 100.0, 4.0, 5.0, 100.0],
            "heads_wanted": [50, 10, 30, 50, 40, 30],
            "heads": [45, 12, 20, 50, 30, 30],
        }
    )
    flows = pl.DataFrame(
        [
            (MAY, "it_payment", "owners", "vendors", "stargate", 100.0),
            (MAY, "equipment_payment", "campuses", "vendors", "stargate", 20.0),
            (MAY, "wages", "builders", "workers", "stargate", 7.0),
            (MAY, "it_payment", "owners", "vendors", "rival", 1000.0),
            (JUNE, "equipment_payment", "vendors", "campuses", "stargate", 5.0),
            (JUNE, "contractor_payment", "builders", "vendors", "stargate", 30.0),
            (JUNE, "contractor_payment", "campuses", "builders", "stargate", 60.0),
            (JUNE, "onsite_power", "campuses", "owners", "stargate", 3.0),
        ],
        schema=["month", "kind", "payer_sector", "payee_sector", "program", "amount_usd"],
        orient="row",
    )
    capital = pl.DataFrame(
        [
            (MAY, 7, "stargate", "equity", 10.0),
            (JUNE, 7, "stargate", "equity", 40.0),
            (JUNE, 8, "stargate", "loan", 90.0),
            (JUNE, 8, "stargate", "bond", 0.0),
            (JUNE, 8, "rival", "loan", 500.0),
        ],
        schema=["month", "investor_id", "program", "instrument", "called_total_usd"],
        orient="row",
    )
    return {"agents": agents, "sites": sites, "phases": phases, "flows": flows, "capital": capital}


def test_kinds_of_jobs_and_residuals_are_those_of_the_schema():
    assert queries.JOB_KINDS == ("onsite", "permanent", "supplier", "offsite", "energy", "induced")
    assert len(queries.RESIDUALS) == 4
    assert {column.kind for column in SCHEMA["months"] if column.name in queries.RESIDUALS} == {"residual"}


def test_operating_by_campus(tables):
    found = queries.operating_by_campus(tables).filter(pl.col("month") == JUNE)
    assert found["name"].to_list() == ["Abilene", "Milam", "Memphis"]
    assert found["operating_mw"].to_list() == [100, 0, 60]
    assert found["planned_mw"].to_list() == [1000, 500, 300]


def test_what_rivals_lose_and_what_nothing_held_back_do_not_count(tables):
    assert queries.lost_by_input(tables).rows() == [
        (MAY, "labour", 3.0, 0.0),
        (JUNE, "labour", 4.0, 0.0),
        (JUNE, "switchgear", 5.0, 5.0),
    ]


def test_the_stages_before_a_site_are_those_of_the_model():
    assert STAGES[: STAGES.index("site")] == queries.NOT_BEGUN


def test_a_campus_with_people_to_spare_does_not_fill_the_gap_of_another(tables):
    assert queries.people_short(tables).select("month", "stargate", "all_campuses").rows() == [
        (MAY, 5, 15),
        (JUNE, 10, 10),
    ]


def test_only_what_buyers_pay_to_others_is_spending_and_refunds_count_against_it(tables):
    assert queries.spent_by_use(tables).rows() == [
        (MAY, "IT", 100.0),
        (MAY, "equipment", 20.0),
        (JUNE, "buildings", 60.0),
        (JUNE, "equipment", -5.0),
        (JUNE, "power", 0.0),
    ]


def test_capital_is_that_of_the_last_month_largest_first(tables):
    assert queries.called_by_source(tables).rows() == [("Banks", "loan", 90.0), ("SoftBank", "equity", 40.0)]


def test_no_use_is_counted_twice_and_every_kind_exists():
    kinds = [kind for kinds in queries.USES.values() for kind in kinds]
    assert len(kinds) == len(set(kinds))
    assert set(kinds) <= set(TRANSACTIONS)
