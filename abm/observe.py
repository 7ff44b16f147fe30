"""Takes the record of a month: columns by table, as `schema.SCHEMA` describes them; nothing in it is still alive."""

import datetime
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from abm import views
from abm.kernels import lean_njit
from abm.ledger import NO_CAMPUS
from abm.markets import waits
from abm.sums import add_cells, add_rows, add_to
from abm.tables import Floats, Ints
from abm.tables_finance import BUDGET, INSTRUMENTS
from abm.transactions import KINDS, Flows
from abm.units import CENTS_PER_USD, KW_PER_MW, MONTHS_PER_YEAR, month_date
from abm.vocabulary import (
    EQUIPMENT,
    INPUTS,
    JOB_KINDS,
    PACKAGE_OF_TRADE,
    PACKAGES,
    RIVAL,
    STAGES,
    STARGATE,
    TRADE,
    TRADES,
    ZONES,
)

if TYPE_CHECKING:
    from abm.model import Stargate

type Table = Mapping[str, Any]
PROGRAM_NAMES = ("rival", "stargate", "other")
_PROGRAMS = (STARGATE, RIVAL)
_BASE_YEAR_MIDDLE = 13.5  # the middle of 2025, months after 2024-05: the price level there is one


@dataclass(frozen=True, slots=True)
class Month:
    """What a run says of one month; texts are codes into `labels` where a table has them.

    Attributes:
        month: first day of the month; stocks are as of its last day.
        workers_simulated: rows of the worker table.
        tables: by table and column, arrays of one length, or the one row of `months`.
        labels: by table and column, the texts that codes stand for; later months only append.
        agents: the table of agents, in the last record only.
    """

    month: datetime.date
    workers_simulated: int
    tables: Mapping[str, Table]
    labels: Mapping[str, Mapping[str, tuple[str, ...]]]
    agents: Table | None = None

    def value(self, name: str) -> float:
        """A figure of the table `months` by the name of its column.

        Raises:
            KeyError: if the table has no such column.
        """
        return float(np.asarray(self.tables["months"][name])[0])


def observe(m: "Stargate", is_last: bool) -> Month:
    """Take the record of the month that has just closed."""
    jobs, held_back = jobs_table(m), lost_kw(m)
    tables = {
        "months": months_row(m, jobs), "sites": sites_table(m, *held_back), "phases": phases_table(m, *held_back),
        "regions": regions_table(m),
        "jobs": jobs, "equipment": equipment_table(m), "zones": zones_table(m), "flows": flows_table(m),
        "capital": capital_table(m),
    }  # fmt: skip
    agents = agents_table(m) if is_last else None
    labels = labels_of(m.region_table.code, m.ledger.sectors)
    return Month(month_date(m.month), len(m.workers), tables, labels, agents)


# ---- jobs ----


def jobs_table(m: "Stargate") -> Table:
    """Standing jobs by program, kind and region, shape (2 x n_kinds x R,)."""
    jobs = np.rint(jobs_by_kind(m)).astype(np.int64)
    programs, kinds, regions = _rows_and_columns(jobs.shape)
    return {
        "program": np.array(_PROGRAMS)[programs], "kind": kinds, "region": regions, "jobs": jobs.reshape(-1),
    }  # fmt: skip


@functools.lru_cache
def _rows_and_columns(shape: tuple[int, ...]) -> Ints:
    """For each cell of a table where it stands, nothing to be changed, shape (n_dimensions, n_cells)."""
    places = np.indices(shape).reshape(len(shape), -1)
    places.setflags(write=False)
    return places


def jobs_by_kind(m: "Stargate") -> Floats:
    """People by program (Stargate first), kind and region of the job, shape (2, n_kinds, R)."""
    outcome, sites, e = m.facts.labour, m.sites, m.employers
    assert outcome is not None
    heads = outcome.heads.sum(axis=1) * m.question.workers_per_agent
    jobs = np.zeros((len(_PROGRAMS), len(JOB_KINDS), e.n_regions))
    for i, program in enumerate(_PROGRAMS):
        of_campus = (sites.program == program).astype(float)
        by_kind = (
            (sites.region, heads[e.crews] * of_campus),
            (sites.region, heads[e.staff] * of_campus),
            (m.lines.region, heads[e.makers] * m.line_share[program]),
            (sites.region, offsite_jobs(m) * of_campus),
            (sites.region, heads[e.plants] * of_campus),
            (np.arange(e.n_regions), m.facts.local_jobs[:, 1 + i]),
        )
        for kind, (region, people) in enumerate(by_kind):
            add_to(jobs[i, kind], region, people)
        add_to(jobs[i, JOB_KINDS.index("energy")], m.zones.home_region, heads[e.wires] * m.wires_share[program])
    return jobs


def offsite_jobs(m: "Stargate") -> Floats:
    """People at work off site for each campus: design, prefabrication, materials, transport, shape (C,)."""
    b = m.parameters.building
    people: Floats = (
        m.offsite_usd_per_month * MONTHS_PER_YEAR * b.offsite_domestic_share / b.offsite_usd_per_worker_year
    )
    return people


# ---- one row for the month ----


def months_row(m: "Stargate", jobs: Table) -> Table:
    """The headline figures."""
    return {
        name: np.array([value])
        for name, value in (
            _labour_figures(m) | _job_figures(m, jobs) | _capacity_figures(m) | _money_figures(m) | _compute_figures(m)
            | {f"residual_{name}": value for name, value in m.facts.residuals.items()}
        ).items()
    }  # fmt: skip


def _job_figures(m: "Stargate", jobs: Table) -> dict[str, Any]:
    by = np.asarray(jobs["jobs"]).reshape(len(_PROGRAMS), len(JOB_KINDS), -1).sum(axis=2)
    stargate = {f"jobs_{kind}": by[0, i] for i, kind in enumerate(JOB_KINDS)}
    return stargate | {
        "jobs_total": by[0].sum(), "rival_jobs_onsite": by[1, JOB_KINDS.index("onsite")],
        "rival_jobs_total": by[1].sum(),
    }  # fmt: skip


def _labour_figures(m: "Stargate") -> dict[str, Any]:
    outcome, e, scale = m.facts.labour, m.employers, m.question.workers_per_agent
    assert outcome is not None
    employed, idle = outcome.employed.sum() * scale, outcome.unemployed.sum() * scale
    t = TRADE["electrician"]
    crews = outcome.heads[e.crews][:, t] * (m.sites.program == STARGATE)
    posted = m.facts.posted_cents_per_hour[: e.n_campuses, t]
    at_work = outcome.employed[:, t]
    market = mean(m.news.wage_cents_per_hour[:, t], np.maximum(at_work, 1))
    paid = mean(posted, crews)
    around = mean(posted / (1 + m.sites.premium_share[:, PACKAGE_OF_TRADE[t]]), crews)
    return {
        "workers_simulated": len(m.workers), "trades_employed": employed, "trades_unemployed": idle,
        "trades_unemployment_share": idle / (employed + idle),
        "travellers": outcome.travellers[e.crews].sum() * scale,
        "wage_electrician_usd_per_hour": market / CENTS_PER_USD,
        "site_wage_electrician_usd_per_hour": paid / CENTS_PER_USD,
        "site_market_wage_electrician_usd_per_hour": around / CENTS_PER_USD,
    }  # fmt: skip


def mean(values: Ints | Floats, weights: Ints) -> float:
    """Weighted mean, not a number where nothing has weight."""
    total = float(weights.sum())
    return float((values * weights.astype(float)).sum()) / total if total else np.nan


def _capacity_figures(m: "Stargate") -> dict[str, Any]:
    sites = m.sites
    stargate = sites.program == STARGATE
    operating, power = sites.operating_kw, sites.grid_kw + sites.onsite_kw
    under_way = sites.by_campus(sites.facility_kw * sites.under_way)
    return {
        "stargate_requested_mw": views.requested_kw(m)[stargate].sum() / KW_PER_MW,
        "stargate_energised_mw": power[stargate].sum() / KW_PER_MW,
        "stargate_operating_mw": operating[stargate].sum() / KW_PER_MW,
        "stargate_announced_mw": views.announced_mw(m, m.month),
        "rival_operating_mw": operating[~stargate].sum() / KW_PER_MW,
        "operating_mw": operating.sum() / KW_PER_MW,
        "operating_campuses": np.count_nonzero(operating),
        "under_construction_mw": under_way.sum() / KW_PER_MW,
    }  # fmt: skip


def _money_figures(m: "Stargate") -> dict[str, Any]:
    facts, stargate, price = m.facts, m.sites.program == STARGATE, price_level(m)
    spent = facts.spent_cents[stargate].sum() / CENTS_PER_USD
    return {
        "stargate_spent_usd": spent, "stargate_spent_usd_2025": spent / price,
        "stargate_spent_total_usd": m.spent_cents[stargate].sum() / CENTS_PER_USD,
        "stargate_called_total_usd": m.paid_in_cents[stargate].sum() / CENTS_PER_USD,
        "stargate_imports_usd": facts.import_cents[STARGATE] / CENTS_PER_USD,
        "stargate_refused_usd": facts.refused_cents[stargate].sum() / CENTS_PER_USD,
        "price_level_index": price,
    }  # fmt: skip


def _compute_figures(m: "Stargate") -> dict[str, Any]:
    microsoft, stargate, total = views.openai_it_kw(m)
    share = 1 / total if total else 0.0
    return {
        "openai_compute_mw": total / KW_PER_MW, "openai_microsoft_share": microsoft * share,
        "openai_stargate_share": stargate * share,
    }  # fmt: skip


def price_level(m: "Stargate") -> float:
    """General price level, one in the middle of 2025."""
    years = (m.month - _BASE_YEAR_MIDDLE) / MONTHS_PER_YEAR
    return float((1 + m.parameters.building.price_level_rate_per_year) ** years)


# ---- campuses and phases ----


def sites_table(m: "Stargate", code: Ints, lost_kw: Floats) -> Table:
    """One row per campus in use; what held its phases back is given."""
    sites, facts, outcome, e = m.sites, m.facts, m.facts.labour, m.employers
    assert outcome is not None
    assert facts.made is not None
    scale, n = m.question.workers_per_agent, sites.used_campuses
    live, mw = sites.used & (sites.stage != STAGES.index("cancelled")), sites.facility_kw
    ready = sites.permit[sites.campus] & sites.land[sites.campus] & live
    begun = sites.operating | sites.under_way
    built = sites.operating | (sites.under_way & (sites.progress >= sites.stage_ends[-2]))
    binding, lost = binding_by_campus(m, code, lost_kw)
    columns = {
        "requested_mw": views.requested_kw(m) / KW_PER_MW,
        "permitted_mw": sites.by_campus(mw * ready) / KW_PER_MW,
        "started_mw": sites.by_campus(mw * begun) / KW_PER_MW,
        "built_mw": sites.by_campus(mw * built) / KW_PER_MW,
        "energised_mw": (sites.grid_kw + sites.onsite_kw) / KW_PER_MW,
        "onsite_power_mw": sites.onsite_kw / KW_PER_MW,
        "operating_mw": sites.operating_kw / KW_PER_MW,
        "jobs_onsite": outcome.heads[e.crews].sum(axis=1) * scale,
        "travellers": outcome.travellers[e.crews].sum(axis=1) * scale,
        "jobs_permanent": outcome.heads[e.staff].sum(axis=1) * scale,
        "wanted_workers": np.rint(facts.crews_wanted.sum(axis=1)).astype(np.int64),
        "spent_usd": facts.spent_cents / CENTS_PER_USD,
        "called_usd": facts.called_cents.sum(axis=1) / CENTS_PER_USD,
        "refused_usd": facts.refused_cents.sum(axis=1) / CENTS_PER_USD,
        "debt_usd": views.debt_cents(m) / CENTS_PER_USD,
        "binding_input": binding,
        "lost_mw": lost / KW_PER_MW,
    }
    return {"campus_id": ids("campus", np.arange(n)), **{name: column[:n] for name, column in columns.items()}}


def lost_kw(m: "Stargate") -> tuple[Ints, Floats]:
    """What held each phase back and the facility kW of progress it lost this month, shapes (P,) and (P,).

    A building under way loses what it falls short of the technical minimum. One whose planned start has passed and
    that was not released loses a whole month's step.
    """
    sites, made = m.sites, m.facts.made
    assert made is not None
    waits = sites.planned & (sites.planned_start <= m.month) & (sites.waiting_for > 0)
    code = np.where(sites.under_way | (made.lost_kw > 0), made.binding, np.where(waits, sites.waiting_for, 0))
    lost = made.lost_kw + np.where(waits, sites.facility_kw / sites.minimum_months, 0.0)
    return code.astype(np.int64), lost


def binding_by_campus(m: "Stargate", code: Ints, lost_kw: Floats) -> tuple[Ints, Floats]:
    """The input that cost each campus most this month, and all it lost, in facility kW; shapes (C,) and (C,)."""
    by, n = np.zeros((len(m.sites.region), len(INPUTS))), m.sites.used_phases
    add_cells(by, m.sites.campus[:n], code[:n], lost_kw[:n])
    by[:, 0] = 0.0
    return by.argmax(axis=1), by.sum(axis=1)


def phases_table(m: "Stargate", code: Ints, lost_kw: Floats) -> Table:
    """One row per phase in use; what held it back is given."""
    sites, facts, n = m.sites, m.facts, m.sites.used_phases
    assert facts.made is not None
    wanted = facts.crews_by_phase[:n]
    heads = wanted * facts.fill_share[sites.campus[:n]]
    allowed = facts.made.allowed_share
    return {
        "phase_id": ids("phase", np.arange(n)),
        "campus_id": ids("campus", sites.campus[:n]),
        "stage": sites.stage[:n].copy(),  # the record is frozen, the sites are not
        "progress_share": sites.progress[:n].copy(),
        "binding_input": code[:n],
        "lost_mw": lost_kw[:n] / KW_PER_MW,
        "heads_wanted": np.rint(wanted.sum(axis=1)).astype(np.int64),
        "heads": np.rint(heads.sum(axis=1)).astype(np.int64),
        "allowed_labour_share": allowed[:n, 0],
        "allowed_equipment_share": allowed[:n, 1],
        "allowed_power_share": allowed[:n, 2],
        "allowed_capital_share": allowed[:n, 3],
    }


# ---- markets ----


def regions_table(m: "Stargate") -> Table:
    """One row per region and trade."""
    outcome, e, scale, sites = m.facts.labour, m.employers, m.question.workers_per_agent, m.sites
    assert outcome is not None
    shape = (e.n_regions, len(TRADES))
    stargate, rivals, travellers = np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int64)
    add_rows(travellers, sites.region, outcome.travellers[e.crews])
    for share, to in ((views.tag_share(m, STARGATE), stargate), (views.tag_share(m, RIVAL), rivals)):
        add_rows(to, outcome.region[e.n_regions :], outcome.heads[e.n_regions :] * share[:, np.newaxis])
    regions, trades = _rows_and_columns(shape)
    return {
        "region": regions, "trade": trades,
        "employed": outcome.employed.reshape(-1) * scale, "unemployed": outcome.unemployed.reshape(-1) * scale,
        "unfilled": outcome.open_jobs.reshape(-1) * scale,
        "on_stargate": np.rint(stargate.reshape(-1) * scale).astype(np.int64),
        "on_rivals": np.rint(rivals.reshape(-1) * scale).astype(np.int64),
        "travellers_in": travellers.reshape(-1) * scale,
        "wage_usd_per_hour": m.news.wage_cents_per_hour.reshape(-1) / CENTS_PER_USD,
    }  # fmt: skip


def equipment_table(m: "Stargate") -> Table:
    """One row per equipment class."""
    book = m.book_facts  # flows come by program: rivals, Stargate and all other buyers
    return {
        "equipment_class": np.arange(len(EQUIPMENT)),
        "ordered_mw": book.ordered_kw.sum(axis=0) / KW_PER_MW,
        "delivered_mw": book.delivered_kw.sum(axis=0) / KW_PER_MW,
        "cancelled_mw": book.cancelled_kw.sum(axis=0) / KW_PER_MW,
        "stargate_delivered_mw": book.delivered_kw[STARGATE] / KW_PER_MW,
        "backlog_mw": book.backlog_kw / KW_PER_MW, "capacity_mw_per_month": book.capacity_kw_per_month / KW_PER_MW,
        "utilisation_share": book.utilisation_share, "lead_months": book.lead_months,
        "price_usd_per_kw": book.price_usd_per_kw,
    }  # fmt: skip


def zones_table(m: "Stargate") -> Table:
    """One row per grid zone."""
    onsite = np.zeros(len(ZONES))
    add_to(onsite, m.sites.zone, m.sites.onsite_kw)
    return {
        "zone": np.arange(len(ZONES)),
        "queue_mw": waits.queue_kw(m.connections) / KW_PER_MW,
        "energised_mw": waits.energised_kw(m.connections) / KW_PER_MW,
        "onsite_mw": onsite / KW_PER_MW, "firm_capacity_mw": m.zone_facts.firm_kw / KW_PER_MW,
        "peak_load_mw": m.zone_facts.peak_kw / KW_PER_MW, "reserve_margin_share": m.zone_facts.margin_share,
        "curtailed_hours": m.zone_facts.curtailed_hours, "price_usd_per_mwh": m.zone_facts.price_usd_per_mwh,
    }  # fmt: skip


# ---- money ----


def flows_table(m: "Stargate") -> Table:
    """The month's postings summed by kind, sectors and program."""
    flows: Flows = m.ledger.flows()
    n = len(m.ledger.sectors)
    total = np.zeros(len(KINDS) * n * n * len(PROGRAM_NAMES), np.int64)
    _add_flows(total, flows.kind, flows.payer, flows.payee, flows.campus, flows.cents, m.ledger.sector_of,
               np.append(m.sites.program, 2), n)  # fmt: skip
    keys = np.flatnonzero(total != 0)
    cents = total[keys]
    rest, programs = np.divmod(keys, len(PROGRAM_NAMES))
    rest, payees = np.divmod(rest, n)
    kinds, payers = np.divmod(rest, n)
    usd = cents / CENTS_PER_USD
    return {
        "kind": kinds, "payer_sector": payers, "payee_sector": payees, "program": programs, "amount_usd": usd,
        "amount_usd_2025": usd / price_level(m),
    }  # fmt: skip


@lean_njit
def _add_flows(total, kind, payer, payee, campus, cents, sector_of, program, n_sectors):  # type: ignore[no-untyped-def]
    """Add postings by kind, sectors and program; the last program is that of no campus."""
    for i in range(len(kind)):
        whose = program[campus[i]] if campus[i] != NO_CAMPUS else program[len(program) - 1]
        sectors = (kind[i] * n_sectors + sector_of[payer[i]]) * n_sectors + sector_of[payee[i]]
        total[sectors * len(PROGRAM_NAMES) + whose] += cents[i]


def capital_table(m: "Stargate") -> Table:
    """One row per payer and program that has paid in; owners pay out of their budgets."""
    n = len(m.investors)
    payers, programs = (grid.reshape(-1) for grid in np.indices(m.called_by_program.shape))
    used = np.flatnonzero(m.called_by_program.reshape(-1) > 0)
    payer = payers[used]
    is_owner = payer >= n
    instrument = np.where(is_owner, BUDGET, m.investor_table.instrument[np.minimum(payer, n - 1)])
    return {
        "investor_id": np.where(is_owner, ids("owner", payer - n), ids("investor", payer)),
        "program": programs[used],
        "instrument": instrument,
        "called_usd": m.facts.called_by_program.reshape(-1)[used] / CENTS_PER_USD,
        "called_total_usd": m.called_by_program.reshape(-1)[used] / CENTS_PER_USD,
    }


@functools.cache
def labels_of(regions: tuple[str, ...], sectors: tuple[str, ...]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Texts of every coded column."""
    program = {"program": PROGRAM_NAMES}
    return {
        "sites": {"binding_input": INPUTS},
        "phases": {"stage": STAGES, "binding_input": INPUTS},
        "regions": {"region": regions, "trade": TRADES},
        "jobs": {"kind": JOB_KINDS, "region": regions, **program},
        "equipment": {"equipment_class": EQUIPMENT},
        "zones": {"zone": ZONES},
        "flows": {"kind": KINDS, "payer_sector": sectors, "payee_sector": sectors, **program},
        "capital": {"instrument": INSTRUMENTS, **program},
    }


# ---- agents ----

FIRST_ID = {
    "campus": 0, "phase": 1000, "investor": 3000, "owner": 3100, "builder": 3200, "vendor": 3300,
    "energy_supplier": 3400, "land_owner": 3500, "government": 3600, "customer": 3700,
}  # fmt: skip


def ids(kind: str, rows: Ints) -> NDArray[np.int32]:
    """Stable ids of agents of a kind, shape (n,)."""
    return (FIRST_ID[kind] + rows).astype(np.int32)


def agents_table(m: "Stargate") -> Table:
    """Every agent with a name, the campuses and phases among them."""
    rows = [*_campus_rows(m), *_phase_rows(m), *_other_rows(m)]
    names = ("agent_id", "name", "kind", "program", "region", "zone", "parent_id", "facility_mw", "about")
    columns = zip(*rows, strict=True)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


def _campus_rows(m: "Stargate") -> Iterator[tuple[Any, ...]]:
    sites, mw = m.sites, m.sites.by_campus(m.sites.facility_kw) / KW_PER_MW
    notes = m.campus_table.note
    for c in range(sites.used_campuses):
        yield (
            FIRST_ID["campus"] + c, sites.names[c], "campus", PROGRAM_NAMES[sites.program[c]],
            m.region_table.code[sites.region[c]], ZONES[sites.zone[c]], FIRST_ID["owner"] + int(sites.owner[c]),
            float(mw[c]), notes[c] if c < len(notes) else "Added in the run by its owner",
        )  # fmt: skip


def _phase_rows(m: "Stargate") -> Iterator[tuple[Any, ...]]:
    sites = m.sites
    for row in range(sites.used_phases):
        c = int(sites.campus[row])
        yield (
            FIRST_ID["phase"] + row, f"{sites.short_names[c]} {int(sites.order[row])}", "phase",
            PROGRAM_NAMES[sites.program[c]], m.region_table.code[sites.region[c]], ZONES[sites.zone[c]],
            FIRST_ID["campus"] + c, float(sites.facility_kw[row] / KW_PER_MW), "",
        )  # fmt: skip


def _other_rows(m: "Stargate") -> Iterator[tuple[Any, ...]]:
    code, owners = m.region_table.code, m.owner_table
    region_of_owner = ["" if r < 0 else code[r] for r in owners.region]
    groups = (
        ("investor", [(a.name, "", "", "", a.kind) for a in m.investors]),
        ("owner", [
            (name, PROGRAM_NAMES[owners.program[o]], region_of_owner[o], "", owners.about[o])
            for o, name in enumerate(owners.name)
        ]),
        ("builder", [(a.name, "", code[a.region], "", PACKAGES[a.package]) for a in m.builders]),
        ("vendor", [(a.name, "", code[m.lines.region[a.rows[0]]], "", a.about) for a in m.vendors]),
        ("energy_supplier", [
            (a.name, "", m.supplier_table.region[i], ZONES[a.zone] if a.zone >= 0 else "", a.kind)
            for i, a in enumerate(m.suppliers)
        ]),
        ("land_owner", [(f"Land owners of {code[a.region]}", "", code[a.region], "", "") for a in m.land_owners]),
        ("government", [
            (f"Government of {code[a.region]}" if a.region >= 0 else "Federal government", "",
             code[a.region] if a.region >= 0 else "", "", a.kind)
            for a in m.governments
        ]),
        ("customer", [(a.name, "", "", "", "Compute customer") for a in (m.openai, *m.customers)]),
    )  # fmt: skip
    for kind, agents in groups:
        for i, (name, program, region, zone, about) in enumerate(agents):
            yield FIRST_ID[kind] + i, name, kind, program, region, zone, -1, 0.0, about
