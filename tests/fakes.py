"""A stand-in for `abm.run` that yields records of the right shape, so that commands can be tested without the model.

Run as a script it is the `stargate` command over that stand-in: `python tests/fakes.py run --months 3`.
What the numbers say is invented; only shapes, signs and sums are right.
"""

import dataclasses
import datetime
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import abm
from abm import SCHEMA

CAMPUSES = (
    "Abilene",
    "Shackelford",
    "Milam",
    "New Mexico",
    "Michigan",
    "Wisconsin",
    "Lordstown",
    "PORTS-Pike",
    "Camellia",
)
PLANNED_MW = (1180, 1960, 1200, 2210, 1383, 1300, 100, 800, 600)
FIRST_MONTH = (14, 24, 27, 26, 32, 29, 33, 44, 46)
RIVALS = tuple(f"Rival {i}" for i in range(1, 60))
INVESTORS = ("SoftBank", "OpenAI", "Oracle", "MGX", "Bank syndicate", "Private credit", "Bond market")
KINDS = ("onsite", "permanent", "supplier", "offsite", "energy", "induced")
INPUTS = (
    "plan",
    "capital",
    "permits",
    "grid_power",
    "building_transformer",
    "switchgear",
    "genset",
    "labour",
    "accelerator",
)
LOSSES = (0.0, 12.0, 6.0, 46.0, 30.0, 14.0, 9.0, 22.0, 3.0)
CLASSES = (
    "substation_transformer", "building_transformer", "switchgear", "genset", "cooling", "structure", "heavy_turbine",
    "small_turbine", "gas_engine", "fuel_cell", "battery", "accelerator", "network", "cpu",
)  # fmt: skip
PHASES_PER_CAMPUS = 6
USES = ("land_purchase", "contractor_payment", "equipment_payment", "it_payment", "onsite_power", "grid_works")


@dataclass(frozen=True)
class FakeMonth:
    month: datetime.date
    workers_simulated: int
    tables: Mapping[str, Mapping[str, Any]]
    labels: Mapping[str, Mapping[str, tuple[str, ...]]]
    agents: Mapping[str, Any] | None = field(default=None)


def grown(i, first, last, size):
    """A smooth rise from 0 to size between two months."""
    return size / (1 + np.exp(-8 * (i - (first + last) / 2) / (last - first)))


def date_of(i):
    year, month = divmod(4 + i, 12)
    return datetime.date(2024 + year, month + 1, 1)


def fake_run(scenario, *, seed):
    """Records of a world in which everything grows smoothly."""
    rng = np.random.default_rng(seed)
    spent = 0.0
    for i in range(scenario.months):
        if os.environ.get("FAKE_FAILS_AT") == str(i):
            raise ZeroDivisionError("a planted\nfailure")
        if os.environ.get("FAKE_INTERRUPTED_AT") == str(i):
            interrupt(os.environ.get("FAKE_INTERRUPTION", ""))
        time.sleep(float(os.environ.get("FAKE_SECONDS", "0")))
        flow = grown(i, 6, 50, 9e9) * rng.uniform(0.95, 1.05)
        spent += flow
        tables, labels = tables_of(i, rng, flow, spent, scenario)
        agents = agents_table() if i == scenario.months - 1 else None
        yield FakeMonth(date_of(i), 10_000_000 // scenario.workers_per_agent, tables, labels, agents)


class Dropped:
    """Is interrupted where Python drops every exception."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)


def interrupt(how):
    """Press Ctrl-C, and let the exception through or do with it what libraries do."""
    try:
        if how == "dropped":
            Dropped()
        else:
            signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        if how == "disguised":
            raise ImportError("cannot load a part") from None
        raise


def tables_of(i, rng, flow, spent, scenario):
    tables, labels = {}, {}
    for table, size in sizes().items():
        tables[table] = {column.name: random_cells(column, size, rng) for column in SCHEMA[table][1:]}
    tables["months"] = months(i, rng, flow, spent, scenario)
    tables["sites"] |= sites(i)
    tables["phases"] |= phases(i, rng)
    tables["equipment"] |= equipment(i)
    tables["flows"] |= flows(flow)
    tables["capital"] |= capital(spent)
    tables["zones"]["zone"] = ["ERCOT", "PJM", "MISO", "SPP", "WECC-SW", "SERC", "OTHER"]
    labels["phases"] = {"binding_input": INPUTS, "stage": ("planned", "mep", "operating")}
    labels["sites"] = {"binding_input": INPUTS}
    return tables, labels


def sizes():
    return {"months": 1, "sites": len(CAMPUSES) + len(RIVALS), "phases": 420, "regions": 336, "jobs": 336,
            "equipment": len(CLASSES), "zones": 7, "flows": 45, "capital": len(INVESTORS)}  # fmt: skip


def random_cells(column, size, rng):
    if column.dtype == "str":
        return [f"{column.name} {n}" for n in range(size)]
    return rng.integers(0, 100, size) if column.dtype[0] == "i" else rng.uniform(0, 100, size)


def campus_mw(i):
    return np.array([grown(i, first, first + 30, mw) for first, mw in zip(FIRST_MONTH, PLANNED_MW, strict=True)])


def months(i, rng, flow, spent, scenario):
    jobs = [grown(i, 2, 34, 38_000), grown(i, 16, 64, 9_000), grown(i, 4, 36, 17_000), grown(i, 2, 30, 9_000),
            grown(i, 8, 40, 7_000), grown(i, 4, 40, 24_000)]  # fmt: skip
    fade = 1 - grown(i, 44, 80, 0.9)
    jobs = [int(job * (1 if kind == "permanent" else fade)) for kind, job in zip(KINDS, jobs, strict=True)]
    row = {column.name: random_cells(column, 1, rng) for column in SCHEMA["months"][1:]}
    row |= {f"jobs_{kind}": [job] for kind, job in zip(KINDS, jobs, strict=True)}
    row |= {f"residual_{kind}": [0] for kind in ("money_cents", "people_workers", "power_kw", "equipment_kw")}
    return row | {
        "workers_simulated": [10_000_000 // scenario.workers_per_agent],
        "jobs_total": [sum(jobs)],
        "stargate_operating_mw": [campus_mw(i).sum()],
        "stargate_announced_mw": [grown(i, 12, 56, 10_500)],
        "stargate_energised_mw": [campus_mw(i + 2).sum()],
        "rival_operating_mw": [grown(i, -10, 60, 24_000)],
        "operating_mw": [campus_mw(i).sum() + grown(i, -10, 60, 24_000)],
        "stargate_spent_usd": [flow],
        "stargate_spent_usd_2025": [flow / (0.98 * 1.002**i)],
        "stargate_spent_total_usd": [spent],
        "stargate_called_total_usd": [spent * 1.04],
        "stargate_imports_usd": [flow * 0.47],
        "stargate_refused_usd": [flow * 0.03],
        "wage_electrician_usd_per_hour": [32.5 * 1.0032**i],
        "site_wage_electrician_usd_per_hour": [38 * 1.0032**i + grown(i, 8, 40, 4)],
        "site_market_wage_electrician_usd_per_hour": [36 * 1.0032**i],
        "openai_compute_mw": [grown(i, 0, 60, 12_000)],
        "openai_microsoft_share": [1 - grown(i, 8, 56, 0.75)],
        "openai_stargate_share": [grown(i, 12, 60, 0.55)],
        "price_level_index": [0.98 * 1.002**i],
    }


def sites(i):
    n = len(RIVALS)
    return {
        "campus_id": np.arange(len(CAMPUSES) + n, dtype=np.int32),
        "operating_mw": np.concatenate([campus_mw(i), np.full(n, grown(i, -10, 60, 24_000) / n)]),
        "binding_input": np.full(len(CAMPUSES) + n, 3),
    }


def campus_of_phases():
    n = len(CAMPUSES) * PHASES_PER_CAMPUS
    return np.concatenate([np.arange(len(CAMPUSES)).repeat(PHASES_PER_CAMPUS), np.full(420 - n, len(CAMPUSES) + 1)])


def phases(i, rng):
    campus = campus_of_phases()
    code = rng.choice(len(INPUTS), 420)
    lost = np.array(LOSSES)[code] * (1 - grown(i, 20, 70, 0.8)) * grown(i, 4, 20, 1)
    return {"phase_id": np.arange(100, 520), "campus_id": campus, "binding_input": code, "lost_mw": lost,
            "stage": np.arange(420) % 2}  # fmt: skip


def equipment(i):
    first = np.array([30, 26, 13, 14, 6, 3, 40, 20, 14, 7, 5, 8, 6, 4])
    rise = np.array([6, 5, 4, 7, 2, 1, 20, 14, 8, 5, 1, 3, 2, 1])
    return {"equipment_class": list(CLASSES), "lead_months": first + rise * np.sin(i / 20)}


def flows(flow):
    share = [0.01, 0.16, 0.13, 0.62, 0.05, 0.03]
    rest = 45 - len(USES)
    return {
        "kind": [*USES, *(f"kind {n}" for n in range(rest))],
        "payer_sector": ["campuses"] * 3 + ["owners"] + ["campuses"] * 41,
        "payee_sector": ["landowners", "builders", "vendors", "vendors", "utilities", "utilities"] + ["bank"] * rest,
        "program": ["stargate"] * len(USES) + ["rival"] * rest,
        "amount_usd": np.array([flow * part for part in share] + [1.0] * rest),
    }


def capital(spent):
    share = np.array([0.09, 0.06, 0.34, 0.04, 0.22, 0.13, 0.12])
    return {
        "investor_id": np.arange(600, 607),
        "program": ["stargate"] * len(INVESTORS),
        "instrument": ["equity", "equity", "budget", "equity", "loan", "loan", "bond"],
        "called_total_usd": spent * 1.04 * share,
    }


def agents_table():
    names = [*CAMPUSES, *RIVALS, *(f"phase {n}" for n in range(420)), *INVESTORS]
    ids = [*range(len(CAMPUSES) + len(RIVALS)), *range(100, 520), *range(600, 607)]
    kinds = ["campus"] * (len(CAMPUSES) + len(RIVALS)) + ["phase"] * 420 + ["investor"] * len(INVESTORS)
    sites = len(CAMPUSES) + len(RIVALS)
    parents = np.concatenate([np.full(sites, -1), campus_of_phases(), np.full(len(ids) - sites - 420, -1)])
    programs = ["stargate"] * len(CAMPUSES) + ["rival"] * len(RIVALS) + [""] * 427
    return {
        "agent_id": np.array(ids), "name": names, "kind": kinds, "program": programs,
        "region": ["TX"] * len(ids), "zone": ["ERCOT"] * len(ids), "parent_id": parents,
        "facility_mw": np.array([*PLANNED_MW, *([100.0] * (len(ids) - len(CAMPUSES)))]), "about": [""] * len(ids),
    }  # fmt: skip


def fake_tables(*, seed=1, **changed):
    """The tables of a fake run of the baseline with some of its fields changed."""
    from experiments.collect import Collector

    collector = Collector()
    for record in fake_run(dataclasses.replace(abm.Scenario.load("baseline"), **changed), seed=seed):
        collector.add(record)
    return collector.tables()


if __name__ == "__main__":
    from experiments.cli import main

    abm.run = fake_run
    sys.exit(main())
