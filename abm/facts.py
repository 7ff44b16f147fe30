"""What happened this month: written by the steps as they go, read by later steps and by `observe`."""

from dataclasses import dataclass, field

import numpy as np

from abm.markets.building import Progress
from abm.markets.equipment_records import Deals
from abm.markets.labour import Outcome
from abm.tables import Floats, Ints

NOTHING = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class ZoneFacts:
    """The grid zones this month, each of shape (Z,).

    Attributes:
        firm_kw: accredited capacity.
        peak_kw: peak load, campuses on firm power included.
        margin_share: firm capacity over peak load, less one.
        curtailed_hours: in which interruptible campuses are cut.
        price_usd_per_mwh: of industrial power.
    """

    firm_kw: Ints
    peak_kw: Floats
    margin_share: Floats
    curtailed_hours: Floats
    price_usd_per_mwh: Floats


@dataclass(slots=True)
class Facts:
    """A month's happenings, made anew when it opens; C campuses, P phases, T trades, R regions, E employers.

    Attributes:
        due_cents: bills due by campus and purpose, shape (C, 2).
        called_cents: capital drawn, shape (C, 2).
        refused_cents: capital asked for and refused, shape (C, 2).
        capital_share: part of the bills due for a purpose that could be funded, shape (C, 2).
        spent_cents: bills paid by campus, shape (C,).
        released: phases on which work started, shape (n_released,).
        finished: phases that came into service, shape (n_finished,).
        feasible: progress if every crew were complete.
        made: progress as it was.
        crews_wanted: people by campus and trade, shape (C, T).
        crews_by_phase: people by phase and trade, shape (P, T).
        fill_share: crew found over crew wanted, shape (C, T).
        labour: outcome of the labour market.
        posted_cents_per_hour: wages of employers beyond the background, shape (E - R, T).
        home_heads: rows at establishments beyond the background by home, shape (E - R, R).
        crew_wages_cents: by campus and package, shape (C, n_packages).
        per_diem_cents: paid to travelling crews, by campus, shape (C,).
        board_cents: the same by region and tag, shape (R, 3).
        called_by_program: capital drawn by payer (investors, then owners) and program, shape (I + O, 2).
        power_cents: power and fuel bought, by campus, shape (C,).
        delivered: equipment that arrived.
        offsite_cents: off-site work bought, by campus, shape (C,).
        wages_cents: paid by establishment, shape (E,).
        income_cents: households' income by region and tag (all, Stargate, rivals), shape (R, 3).
        local_jobs: local-services jobs by region and tag, shape (R, 3).
        import_cents: part of deliveries and off-site work that left the country, by program, shape (2,).
        residuals: largest break of each ledger.
    """

    due_cents: Ints = field(default_factory=lambda: NOTHING)
    called_cents: Ints = field(default_factory=lambda: NOTHING)
    refused_cents: Ints = field(default_factory=lambda: NOTHING)
    capital_share: Floats = field(default_factory=lambda: np.zeros(0))
    spent_cents: Ints = field(default_factory=lambda: NOTHING)
    released: Ints = field(default_factory=lambda: NOTHING)
    finished: Ints = field(default_factory=lambda: NOTHING)
    feasible: Progress | None = None
    made: Progress | None = None
    crews_wanted: Floats = field(default_factory=lambda: np.zeros(0))
    crews_by_phase: Floats = field(default_factory=lambda: np.zeros(0))
    fill_share: Floats = field(default_factory=lambda: np.zeros(0))
    labour: Outcome | None = None
    posted_cents_per_hour: Ints = field(default_factory=lambda: NOTHING)
    home_heads: Ints = field(default_factory=lambda: NOTHING)
    offsite_cents: Ints = field(default_factory=lambda: NOTHING)
    wages_cents: Ints = field(default_factory=lambda: NOTHING)
    income_cents: Ints = field(default_factory=lambda: NOTHING)
    local_jobs: Floats = field(default_factory=lambda: np.zeros(0))
    import_cents: Ints = field(default_factory=lambda: np.zeros(2, np.int64))
    crew_wages_cents: Ints = field(default_factory=lambda: NOTHING)
    per_diem_cents: Ints = field(default_factory=lambda: NOTHING)
    board_cents: Ints = field(default_factory=lambda: NOTHING)
    called_by_program: Ints = field(default_factory=lambda: NOTHING)
    power_cents: Ints = field(default_factory=lambda: NOTHING)
    delivered: Deals | None = None
    residuals: dict[str, int] = field(default_factory=dict)
