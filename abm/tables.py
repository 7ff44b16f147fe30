"""What the tables of `numbers/` say: regions, campuses, phases, owners, builders, stages, what was in service."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEVER = -1  # no dated start, no equipment class
UNKNOWN = NEVER - 10_000  # no such month; far enough back that no real month equals it

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]


def constant(values: Sequence[float] | Floats) -> Floats:
    """Numbers as an array that nobody can change, for what is worked out once and kept, shape (n,)."""
    array = np.array(values, np.float64)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True)
class Regions:
    """Labour regions in the order of regions.csv, arrays of shape (n_regions,).

    Attributes:
        code: state code, or US-rest.
        name: name of the state.
        lat, lon: centre, degrees.
        population: inhabitants.
        rental_vacancy_share: vacant share of the homes to let.
        wage_level_index: wages relative to the nation.
    """

    code: tuple[str, ...]
    name: tuple[str, ...]
    lat: Floats
    lon: Floats
    population: Ints
    rental_vacancy_share: Floats
    wage_level_index: Floats


@dataclass(frozen=True, slots=True)
class Owners:
    """Owners of campuses, and Oracle as tenant, arrays of shape (n_owners,).

    Attributes:
        name: as in the columns owner and tenant of campuses.csv, and in capex_path.csv.
        kind: developer, sponsor, customer, tenant, hyperscaler, laboratory, cloud or landlord.
        program: STARGATE or RIVAL.
        region: home region, US-rest where the home state is none; NEVER if abroad.
        is_listed: whether its shares were traded at the end of 2025.
        funding: project (debt and equity for a campus), balance_sheet, or capex (a path of capex_path.csv).
        about: one sentence.
    """

    name: tuple[str, ...]
    kind: tuple[str, ...]
    program: Ints
    region: Ints
    is_listed: Flags
    funding: tuple[str, ...]
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Builders:
    """General contractors and specialty trades, arrays of shape (n_builders,).

    Attributes:
        name: as in the column builders of campuses.csv.
        package: row of PACKAGES it bids for.
        kind: general, civil, electrical or mechanical.
        region: home region, US-rest where the home state is none.
        margin_share: mark-up on cost with a normal order book.
    """

    name: tuple[str, ...]
    package: Ints
    kind: tuple[str, ...]
    region: Ints
    margin_share: Floats


@dataclass(frozen=True, slots=True)
class Campuses:
    """Campuses in the order of campuses.csv, arrays of shape (n_campuses,); months count from 2024-05.

    Attributes:
        name, short_name: full name, and one for charts.
        region, zone, program: rows of regions.csv and ZONES; STARGATE or RIVAL.
        owner, tenant: rows of owners.csv: who owns the shells (or, for a rival, pays for them), who buys the IT.
        developer, note: who builds and holds the shells; what a reader should know.
        users: who computes there.
        builders: rows of builders.csv known to work there.
        lat, lon: place to 0.2 degrees.
        facility_kw, it_kw: plan as of mid-2026.
        plan_known_month: when that plan could first be known.
        earlier_facility_kw: other plan, known in 2025-12; 0 if none.
        known_month: when the campus could first be known of.
        announced_month: when it was announced; UNKNOWN if not on record.
        clearing_month: first works, below 0 if before the run.
        retrofit: whether the phases still to build are conversions of existing buildings.
        islanded: whether it runs without the grid.
        onsite_class, onsite_kw, onsite_known_month: generation first announced: row of EQUIPMENT or NEVER, kW.
        later_onsite_class, later_onsite_kw, later_onsite_known_month: what replaced it.
        substation_kw, substation_known_month: grid power there before the first works, utility kW.
        abatement_share: part of the property tax forgone; assumed but for two campuses.
        permanent_jobs_claim, permanent_jobs_low: claim and floor, 0 if none.
        announced_first_month, announced_full_month: announced service of the first and of all buildings, or UNKNOWN.
        announced_first_known_month, announced_full_known_month: when that was said, or UNKNOWN.
    """

    name: tuple[str, ...]
    short_name: tuple[str, ...]
    developer: tuple[str, ...]
    note: tuple[str, ...]
    users: tuple[tuple[str, ...], ...]
    builders: tuple[tuple[int, ...], ...]
    region: Ints
    zone: Ints
    program: Ints
    owner: Ints
    tenant: Ints
    lat: Floats
    lon: Floats
    facility_kw: Ints
    it_kw: Ints
    plan_known_month: Ints
    earlier_facility_kw: Ints
    known_month: Ints
    announced_month: Ints
    clearing_month: Ints
    retrofit: Flags
    islanded: Flags
    onsite_class: Ints
    onsite_kw: Ints
    onsite_known_month: Ints
    later_onsite_class: Ints
    later_onsite_kw: Ints
    later_onsite_known_month: Ints
    substation_kw: Ints
    substation_known_month: Ints
    abatement_share: Floats
    permanent_jobs_claim: Ints
    permanent_jobs_low: Ints
    announced_first_month: Ints
    announced_first_known_month: Ints
    announced_full_month: Ints
    announced_full_known_month: Ints


@dataclass(frozen=True, slots=True)
class Phases:
    """Phases of all campuses, about one building each, arrays of shape (n_phases,); months count from 2024-05.

    Attributes:
        campus: row of campuses.csv.
        order: 1 for the first phase of its campus.
        building: which buildings it is: "3", "1-2", "4b".
        facility_kw, it_kw: size; a campus's phases add up to its plan exactly.
        plan_known_month: when its size could first be known.
        in_service_month: when it came into service, if before 2024-05; else UNKNOWN.
        known_start_month: dated or estimated first works, NEVER if none; a first phase without one starts at clearing.
        start_known_month: when that start could first be known, else UNKNOWN.
        start_basis: clearing, seen, announced, estimated, or empty.
        retrofit: whether it is a conversion of an existing building.
    """

    campus: Ints
    order: Ints
    building: tuple[str, ...]
    facility_kw: Ints
    it_kw: Ints
    plan_known_month: Ints
    in_service_month: Ints
    known_start_month: Ints
    start_known_month: Ints
    start_basis: tuple[str, ...]
    retrofit: Flags


@dataclass(frozen=True, slots=True)
class Stages:
    """Stages of a building, from site to test, and who runs it afterwards.

    Attributes:
        name: stage names, length n_stages.
        months: months of a build of 16, shape (n_stages,).
        mix: share of the crew by trade, rows add up to 1, shape (n_stages, n_trades).
        permanent_mix: share of the permanent staff by trade, adds up to 1, shape (n_trades,).
    """

    name: tuple[str, ...]
    months: Floats
    mix: Floats
    permanent_mix: Floats


@dataclass(frozen=True, slots=True)
class History:
    """What was in service when, to 2025-12-31: for scoring and charts, never an input; arrays of shape (n_entries,).

    Attributes:
        campus: row of campuses.csv.
        date: day of the entry, YYYY-MM-DD, rising within a campus.
        month: its month, below 0 if before 2024-05.
        facility_kw, it_kw, buildings: in service from that day on.
    """

    campus: Ints
    date: tuple[str, ...]
    month: Ints
    facility_kw: Ints
    it_kw: Ints
    buildings: Ints

    def in_service_kw(self, date: str) -> dict[int, int]:
        """Facility kW in service at the end of a day, by row of campuses.csv."""
        by_campus: dict[int, int] = {}
        for row, day in enumerate(self.date):
            if day <= date:
                by_campus[int(self.campus[row])] = int(self.facility_kw[row])
        return by_campus
