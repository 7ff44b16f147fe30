"""How many workers of each trade live where, and the first month of their lives in the model."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from abm.errors import BadScenario
from abm.streams import month_key, purpose, uniform_at, uniforms
from abm.subjects.labour import Labour
from abm.units import CENTS_PER_USD, MONTHS_PER_YEAR

NUMBERS = Path(__file__).parent / "numbers"
IDLE, OUT = -1, -2  # in the column `employer`: looking for work; outside the trade and free to enter it
APPRENTICE, JOURNEYMAN = 0, 1
PERMILLE = 1000
EARTH_AROUND_KM = 40_030
_SALT = 0x5EED  # keeps the seeds of cells apart from those of rows


class Columns(NamedTuple):
    """One array per trait of a worker, each of shape (n_rows,); 12 bytes a row.

    Attributes:
        trade: row of `TRADES`.
        home: region where it lives.
        region: region where it works, home if it does not.
        employer: establishment, IDLE or OUT.
        pay_permille: own pay over the mean pay of its trade, in thousandths.
        skill: APPRENTICE or JOURNEYMAN.
        birth_month: counted from the start of the run, so below zero.
        since_month: when it joined its employer, or lost the last one.
    """

    trade: NDArray[np.int8]
    home: NDArray[np.int8]
    region: NDArray[np.int8]
    employer: NDArray[np.int16]
    pay_permille: NDArray[np.int16]
    skill: NDArray[np.int8]
    birth_month: NDArray[np.int16]
    since_month: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Cells:
    """Jobs and pay by region and trade, and what a traveller finds there.

    Attributes:
        regions: codes, in the order of regions.csv.
        trades: names, in the order of trades.csv.
        jobs: employees, shape (n_regions, n_trades).
        wage_cents_per_hour: mean pay, shape (n_regions, n_trades).
        population: inhabitants, shape (n_regions,).
        rental_vacancy_share: vacant over all rented homes, shape (n_regions,).
        distance_km: great circle between centres, shape (n_regions, n_regions).
    """

    regions: tuple[str, ...]
    trades: tuple[str, ...]
    jobs: NDArray[np.int64]
    wage_cents_per_hour: NDArray[np.float64]
    population: NDArray[np.int64]
    rental_vacancy_share: NDArray[np.float64]
    distance_km: NDArray[np.float64]


@functools.cache
def shipped_cells() -> Cells:
    """The cells of regions.csv, trades.csv and employment.csv."""
    regions, trades, employment = (pl.read_csv(NUMBERS / f"{name}.csv") for name in ("regions", "trades", "employment"))
    by_cell = (
        employment.join(regions.select("region").with_row_index("r"), on="region")
        .join(trades.select("trade").with_row_index("t"), on="trade")
        .sort("r", "t")
    )
    shape = (len(regions), len(trades))
    return Cells(
        tuple(regions["region"]),
        tuple(trades["trade"]),
        by_cell["jobs"].to_numpy().astype(np.int64).reshape(shape),
        by_cell["wage_usd_per_hour"].to_numpy().reshape(shape) * CENTS_PER_USD,
        regions["population"].to_numpy().astype(np.int64),
        regions["rental_vacancy_share"].to_numpy(),
        distances_km(regions["lat"].to_numpy(), regions["lon"].to_numpy()),
    )


def distances_km(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Great-circle distances between places, shape (n_places, n_places)."""
    earth_km = EARTH_AROUND_KM / (2 * np.pi)
    phi, lam = np.radians(lat), np.radians(lon)
    half = (
        np.sin((phi[:, None] - phi) / 2) ** 2
        + np.cos(phi[:, None]) * np.cos(phi) * np.sin((lam[:, None] - lam) / 2) ** 2
    )
    apart: NDArray[np.float64] = 2 * earth_km * np.arcsin(np.sqrt(half))
    return apart


def whole_rows(people: NDArray[np.float64], workers_per_row: int, seed: int, why: str) -> NDArray[np.int64]:
    """Round people to rows, up or down by a keyed draw per cell, so that totals hold in expectation; any shape."""
    draws = uniforms(seed ^ _SALT, purpose(why), 0, np.arange(people.size)).reshape(people.shape)
    return np.floor(people / workers_per_row + draws).astype(np.int64)


def stocks(cells: Cells, p: Labour, workers_per_row: int, seed: int) -> NDArray[np.int64]:
    """Rows employed, idle and out at the start, shape (3, n_regions, n_trades).

    Raises:
        BadScenario: if a trade would have no worker in the nation, with the largest scale that does.
    """
    if workers_per_row < 1:
        raise BadScenario(f"workers_per_agent = {workers_per_row} must be 1 or more")
    employed = whole_rows(cells.jobs.astype(float), workers_per_row, seed, "jobs")
    if not employed.sum(axis=0).all():
        trade = cells.trades[int(employed.sum(axis=0).argmin())]
        raise BadScenario(
            f"workers_per_agent = {workers_per_row} leaves no {trade} in the nation; "
            f"use {_largest_scale(cells, workers_per_row, seed)} or less"
        )
    force = cells.jobs / (1 - p.unemployment_share)
    idle = whole_rows(force * p.unemployment_share, workers_per_row, seed, "idle")
    growth = np.array([p.trades[name].growth_rate_per_year for name in cells.trades])
    spare = force * (p.spare_share + p.spare_growth_years * np.maximum(0.0, growth))
    return np.stack([employed, idle, whole_rows(spare, workers_per_row, seed, "spare")])


def _largest_scale(cells: Cells, too_large: int, seed: int) -> int:
    scale = min(too_large - 1, int(cells.jobs.sum(axis=0).min()))
    while not whole_rows(cells.jobs.astype(float), scale, seed, "jobs").sum(axis=0).all():
        scale -= 1
    return scale


def apprentice_share(p: Labour, leave_prob: NDArray[np.float64], growth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Steady-state share of apprentices: entrants over entrants and those who finish, shape (n_trades,)."""
    entry = leave_prob + growth
    return entry / (entry + 1 / p.apprenticeship_months)


def pay_scale(p: Labour, apprentices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median pay of a journeyman over the trade's mean pay, shape (n_trades,)."""
    mean_over_median = np.exp(p.pay_log_sd**2 / 2)
    scale: NDArray[np.float64] = 1 / (mean_over_median * (1 - apprentices * (1 - p.apprentice_pay_ratio)))
    return scale


def late_share(p: Labour) -> float:
    """Share of workers past retirement age at the start."""
    return p.older_share * (p.last_age_years - p.retirement_age_years) / (p.last_age_years - p.older_age_years)


def born(cells: Cells, counts: NDArray[np.int64], p: Labour, scale: NDArray[np.float64],
         apprentices: NDArray[np.float64], seed: int) -> Columns:  # fmt: skip
    """Rows sorted by region and trade, each with its age, tenure, skill and pay."""
    n = int(counts.sum())
    c = Columns(
        np.empty(n, np.int8), np.empty(n, np.int8), np.empty(n, np.int8), np.empty(n, np.int16),
        np.empty(n, np.int16), np.empty(n, np.int8), np.empty(n, np.int16), np.empty(n, np.int16),
    )  # fmt: skip
    ages = np.array([p.entry_age_years, p.older_age_years, p.last_age_years]) * MONTHS_PER_YEAR
    keys = np.array([month_key(seed, purpose(why), 0) for why in ("age", "tenure", "skill", "pay")], np.uint64)
    _fill(c, counts, ages, p.older_share, p.median_tenure_months / np.log(2), apprentices, scale,
          p.pay_log_sd, p.apprentice_pay_ratio, keys)  # fmt: skip
    return c


@njit(cache=True)
def drawn_pay(key: np.uint64, row: int, median: float, log_sd: float) -> int:
    """Pay of a journeyman over the trade's mean, in thousandths, log-normal."""
    radius = np.sqrt(-2.0 * np.log(1.0 - uniform_at(key, 2 * row)))
    z = radius * np.cos(2.0 * np.pi * uniform_at(key, 2 * row + 1))
    return int(np.rint(PERMILLE * median * np.exp(log_sd * z)))


@njit(cache=True)
def _fill(c, counts, ages, older_share, mean_tenure, apprentices, scale, log_sd, ratio, keys):  # type: ignore[no-untyped-def]
    youngest, older, last = ages
    row = 0
    for r in range(counts.shape[1]):
        for t in range(counts.shape[2]):
            for status in range(counts.shape[0]):
                for _ in range(counts[status, r, t]):
                    c.trade[row], c.home[row], c.region[row] = t, r, r
                    c.employer[row] = r if status == 0 else -status
                    u = uniform_at(keys[0], row)
                    young = 1.0 - older_share
                    if u < young:
                        age = youngest + (older - youngest) * u / young
                    else:
                        age = older + (last - older) * (u - young) / older_share
                    c.birth_month[row] = -int(age)
                    tenure = -mean_tenure * np.log(1.0 - uniform_at(keys[1], row))
                    c.since_month[row] = -int(min(tenure, age - youngest))
                    c.skill[row] = 0 if uniform_at(keys[2], row) < apprentices[t] else 1
                    pay = drawn_pay(keys[3], row, scale[t], log_sd)
                    c.pay_permille[row] = pay if c.skill[row] == 1 else int(np.rint(pay * ratio))
                    row += 1
