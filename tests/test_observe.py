"""The record of a month: every column of the schema, sums that hold, ids that stay."""

import dataclasses
import itertools

import numpy as np
import pytest

from abm import SCHEMA
from abm.observe import observe
from abm.units import month_date
from abm.vocabulary import EQUIPMENT, JOB_KINDS, STARGATE, TRADES, ZONES
from tests import tiny

MONTHS = 24


@pytest.fixture(scope="module")
def records(records_of):
    return records_of(months=MONTHS)


@pytest.fixture(scope="module")
def m():
    return tiny.months(tiny.world(months=MONTHS), MONTHS)


def columns(table):
    return [column for column in SCHEMA[table] if column.name != "month"]


@pytest.mark.parametrize("table", [name for name in SCHEMA if name != "agents"])
def test_a_table_has_every_column_of_the_schema_and_no_other(records, table):
    for record in (records[0], records[-1]):
        assert sorted(record.tables[table]) == sorted(column.name for column in columns(table))


@pytest.mark.parametrize("table", [name for name in SCHEMA if name != "agents"])
def test_columns_of_a_table_have_one_length_and_their_type(records, table):
    """Texts are codes into labels, whole numbers are whole, shares and money are floats."""
    for record in (records[0], records[-1]):
        data = {name: np.asarray(values) for name, values in record.tables[table].items()}
        assert len({len(values) for values in data.values()}) == 1
        for column in columns(table):
            kind = data[column.name].dtype.kind
            if column.dtype == "str":
                assert kind in "iu", column.name
                known = record.labels[table][column.name]
                assert data[column.name].min(initial=0) >= 0
                assert data[column.name].max(initial=0) < len(known), column.name
            elif column.dtype == "f64":
                assert kind in "fiu", column.name
            else:
                assert kind in "iu", column.name


def test_whole_columns_hold_whole_numbers(records):
    for table in SCHEMA:
        if table == "agents":
            continue
        for column in columns(table):
            if column.dtype in ("i64", "i32"):
                values = np.asarray(records[-1].tables[table][column.name])
                assert np.array_equal(values, np.rint(values.astype(float))), (table, column.name)


def test_shares_are_shares_and_residuals_are_zero(records):
    for record in records:
        for table in record.tables:
            for column in columns(table):
                values = np.asarray(record.tables[table][column.name], float)
                if column.kind == "residual":
                    assert not values.any(), column.name
                if column.kind == "share" and column.name not in ("reserve_margin_share", "utilisation_share"):
                    assert np.nanmin(values, initial=0) >= 0, column.name
                    assert np.nanmax(values, initial=0) <= 1 + 1e-9, column.name


def test_tables_have_a_row_for_each_thing(records):
    n_regions = len(records[0].labels["regions"]["region"])
    sizes = {name: len(next(iter(table.values()))) for name, table in records[-1].tables.items()}
    assert sizes["months"] == 1
    assert sizes["regions"] == n_regions * len(TRADES)
    assert sizes["jobs"] == 2 * len(JOB_KINDS) * n_regions
    assert sizes["equipment"] == len(EQUIPMENT)
    assert sizes["zones"] == len(ZONES)


def test_months_are_dated_and_in_order(records):
    assert [record.month for record in records] == [month_date(i) for i in range(MONTHS)]


# ---- sums ----


def test_jobs_total_is_the_sum_of_its_kinds(records):
    for record in records:
        assert record.value("jobs_total") == sum(record.value(f"jobs_{kind}") for kind in JOB_KINDS)


def test_the_jobs_table_adds_up_to_the_months_row(records):
    for record in records:
        jobs = record.tables["jobs"]
        ours = jobs["program"] == STARGATE
        for i, kind in enumerate(JOB_KINDS):
            assert jobs["jobs"][ours & (jobs["kind"] == i)].sum() == record.value(f"jobs_{kind}")
        assert jobs["jobs"][~ours].sum() == record.value("rival_jobs_total")
        assert jobs["jobs"][~ours & (jobs["kind"] == 0)].sum() == record.value("rival_jobs_onsite")


def is_stargate(record):
    """Campuses of Stargate by their id, from the table of agents."""
    agents = record.agents
    return {i: program == "stargate" for i, kind, program in
            zip(agents["agent_id"], agents["kind"], agents["program"], strict=True) if kind == "campus"}  # fmt: skip


def test_campuses_add_up_to_the_months_row(records):
    ours_by_id = is_stargate(records[-1])
    for record in records:
        sites = record.tables["sites"]
        ours = np.array([ours_by_id[int(i)] for i in sites["campus_id"]])
        for total, column in (
            ("stargate_requested_mw", "requested_mw"), ("stargate_energised_mw", "energised_mw"),
            ("stargate_operating_mw", "operating_mw"), ("stargate_spent_usd", "spent_usd"),
            ("stargate_refused_usd", "refused_usd"), ("jobs_onsite", "jobs_onsite"),
            ("jobs_permanent", "jobs_permanent"),
        ):  # fmt: skip
            assert sites[column][ours].sum() == pytest.approx(record.value(total), rel=1e-9), total
        assert sites["operating_mw"].sum() == pytest.approx(record.value("operating_mw"))
        assert (sites["operating_mw"] > 0).sum() == record.value("operating_campuses")
        assert sites["travellers"].sum() == record.value("travellers")
        assert sites["jobs_onsite"][~ours].sum() == record.value("rival_jobs_onsite")


def test_phases_add_up_to_campuses(records):
    record = records[-1]
    phases, sites, agents = record.tables["phases"], record.tables["sites"], record.agents
    mw = dict(zip(agents["agent_id"], agents["facility_mw"], strict=True))
    size = np.array([mw[int(i)] for i in phases["phase_id"]])
    stages = np.array(record.labels["phases"]["stage"])[phases["stage"]]
    for row, campus in enumerate(sites["campus_id"].tolist()):
        mine = phases["campus_id"] == campus
        assert size[mine & (stages == "operating")].sum() == pytest.approx(sites["operating_mw"][row])
        begun = ~np.isin(stages, ("planned", "land", "permit", "cancelled"))
        assert size[mine & begun].sum() == pytest.approx(sites["started_mw"][row])
        assert phases["lost_mw"][mine].sum() == pytest.approx(sites["lost_mw"][row], abs=1e-6)


def test_regions_add_up_to_the_months_row(records):
    for record in records:
        regions = record.tables["regions"]
        assert regions["employed"].sum() == record.value("trades_employed")
        assert regions["unemployed"].sum() == record.value("trades_unemployed")
        assert regions["travellers_in"].sum() == record.value("travellers")


def test_totals_are_sums_of_their_flows(records):
    """What was spent and called since the beginning, against the months one by one."""
    ours_by_id = is_stargate(records[-1])
    spent = called = 0.0
    for record in records:
        spent += record.value("stargate_spent_usd")
        sites = record.tables["sites"]
        called += sites["called_usd"][[ours_by_id[int(i)] for i in sites["campus_id"]]].sum()
        assert record.value("stargate_spent_total_usd") == pytest.approx(spent, rel=1e-12)
        assert record.value("stargate_called_total_usd") == pytest.approx(called, rel=1e-12)


def test_the_capital_table_adds_up_to_what_was_called(records):
    for record in records:
        capital = record.tables["capital"]
        ours = capital["program"] == STARGATE
        assert capital["called_total_usd"][ours].sum() == pytest.approx(record.value("stargate_called_total_usd"))


def test_what_is_spent_is_in_the_flows(records):
    """Payments of Stargate campuses for land, building, equipment and IT, by kind, against the headline."""
    kinds = ("land_purchase", "permit_fee", "soft_cost", "contractor_payment", "grid_works", "onsite_power",
             "equipment_payment", "it_payment")  # fmt: skip
    for record in records:
        flows, labels = record.tables["flows"], record.labels["flows"]
        kind = np.array(labels["kind"])[flows["kind"]]
        payer = np.array(labels["payer_sector"])[flows["payer_sector"]]
        rows = np.isin(kind, kinds) & (payer == "campuses") & (flows["program"] == STARGATE)
        assert flows["amount_usd"][rows].sum() == pytest.approx(record.value("stargate_spent_usd"), abs=0.01)


def test_constant_dollars_are_dollars_over_the_price_level(records):
    for record in records:
        index = record.value("price_level_index")
        assert record.value("stargate_spent_usd_2025") * index == pytest.approx(record.value("stargate_spent_usd"))
        flows = record.tables["flows"]
        assert flows["amount_usd_2025"] * index == pytest.approx(flows["amount_usd"])
    assert records[13].value("price_level_index") == pytest.approx(1.0, abs=0.002)  # 2025-06


# ---- labels, ids, agents ----


def test_labels_only_append(records):
    first = records[0].labels
    for record in records[1:]:
        for table, of_table in first.items():
            for column, known in of_table.items():
                assert record.labels[table][column][: len(known)] == known


def test_agents_come_with_the_last_record_only(records):
    assert all(record.agents is None for record in records[:-1])
    agents = records[-1].agents
    assert [*agents] == [column.name for column in SCHEMA["agents"]]
    assert len({len(values) for values in agents.values()}) == 1


def test_agents_have_ids_of_their_own(records):
    agents = records[-1].agents
    ids = [int(i) for i in agents["agent_id"]]
    assert len(set(ids)) == len(ids)
    assert {"campus", "phase", "investor", "owner", "builder", "energy_supplier", "vendor", "land_owner", "government",
            "customer"} == set(agents["kind"])  # fmt: skip


def test_every_id_in_a_table_is_an_agent_of_its_kind(records):
    agents = records[-1].agents
    kind = dict(zip(agents["agent_id"], agents["kind"], strict=True))
    for table, column, kinds in (
        ("sites", "campus_id", {"campus"}), ("phases", "phase_id", {"phase"}), ("phases", "campus_id", {"campus"}),
        ("capital", "investor_id", {"investor", "owner"}),
    ):  # fmt: skip
        for record in records:
            assert {kind[int(i)] for i in record.tables[table][column]} <= kinds


def test_parents_are_agents_of_the_right_kind(records):
    agents = records[-1].agents
    kind = dict(zip(agents["agent_id"], agents["kind"], strict=True))
    for own, parent in zip(agents["kind"], agents["parent_id"], strict=True):
        expected = {"campus": "owner", "phase": "campus"}.get(own)
        assert (kind[parent] if parent >= 0 else None) == expected


def test_rows_of_campuses_stay_where_they_are(records):
    """A later month has the same campuses first, and new ones after them."""
    ids = [record.tables["sites"]["campus_id"].tolist() for record in records]
    for early, late in itertools.pairwise(ids):
        assert late[: len(early)] == early


def test_nothing_in_a_record_is_still_alive(m):
    """Records are data: what the world does later does not reach them."""
    record = observe(m, is_last=True)
    before = {(t, c): np.array(v, copy=True) for t, table in record.tables.items() for c, v in table.items()}
    m.step()
    for (table, column), values in before.items():
        assert tiny.equal(values, record.tables[table][column]), (table, column)


def test_a_record_answers_by_name(records):
    assert records[3].value("jobs_total") == float(records[3].tables["months"]["jobs_total"][0])
    with pytest.raises(KeyError):
        records[3].value("no_such_figure")
    with pytest.raises(dataclasses.FrozenInstanceError):
        records[3].month = records[0].month


# ---- jobs, worked ----


def test_jobs_of_every_kind_are_tagged_by_whose_money_pays():
    """Two rows on a Stargate site, one of staff, four in a line that works half for Stargate, eight on wires of which
    a quarter are Stargate's, one that builds its plant: 2, 1, 2 and 2 + 1 thousand.
    """
    m = tiny.months(tiny.world(), 1)
    outcome, e = m.facts.labour, m.employers
    heads = np.zeros_like(outcome.heads)
    c = int(np.flatnonzero(m.sites.program == STARGATE)[0])
    heads[e.crews.start + c, 0], heads[e.staff.start + c, 0], heads[e.makers.start, 11] = 2, 1, 4
    m.facts.labour = dataclasses.replace(outcome, heads=heads)
    heads[e.wires.start, 7], heads[e.plants.start + c, 1] = 8, 1
    for program in (0, 1):
        m.line_share[program][:] = 0.0
        m.wires_share[program] = np.zeros(len(ZONES))
    m.line_share[STARGATE][0], m.wires_share[STARGATE][0] = 0.5, 0.25
    m.facts.local_jobs[:] = 0.0
    m.offsite_usd_per_month[:] = 0.0
    row = observe(m, is_last=False)
    assert [row.value(f"jobs_{kind}") for kind in JOB_KINDS] == [2000, 1000, 2000, 0, 3000, 0]
    assert row.value("rival_jobs_total") == 0


def test_off_site_money_is_work_at_home():
    """A million a month is 12 a year; three quarters at home; 90,000 a worker: 100."""
    m = tiny.months(tiny.world(), 1)
    c = int(np.flatnonzero(m.sites.program == STARGATE)[0])
    m.offsite_usd_per_month[:] = 0.0
    m.offsite_usd_per_month[c] = 1_000_000
    tiny.numbers(m, "building", offsite_domestic_share=0.75, offsite_usd_per_worker_year=90_000.0)
    assert observe(m, is_last=False).value("jobs_offsite") == 100
