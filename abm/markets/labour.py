"""The labour market: jobs wanted in, people hired out, and the wages that follow."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm.errors import BadScenario
from abm.markets import hiring
from abm.markets.hiring import Applications, Flow, Offers
from abm.population import PERMILLE, late_share, whole_rows
from abm.streams import month_key, month_keys, purpose, uniforms
from abm.subjects.labour import Labour
from abm.sums import add_rows, by_row
from abm.tables import constant
from abm.units import CENTS_PER_USD, MONTHS_PER_YEAR, monthly_rate
from abm.workers import Table, Workers

type Rows = NDArray[np.int64]
type Cents = NDArray[np.float64]

_PLASTIC = float(np.roots([1, 0, -1, -1]).real.max())  # x^3 = x + 1: its powers spread points evenly over a square
_KEY = {name: purpose(f"labour {name}") for name in (
    "leave", "leave by age", "lay off", "shrink", "move", "move where", "travel", "look", "search", "accept",
    "finish", "entry", "abroad", "entrant pay", "entrant age", "take on", "match", "wanted",
)}  # fmt: skip
_PURPOSES = np.array([*_KEY.values()], np.uint64)


@dataclass(frozen=True, slots=True)
class Demand:
    """What establishments want; the first n_regions are the background employers, one for each region.

    Attributes:
        region: of each establishment, shape (n_establishments,).
        wanted: rows wanted, filled jobs included, shape (n_establishments, n_trades).
        wage_cents_per_hour: posted; of the background it is not read, shape (n_establishments, n_trades).
        per_diem_cents_per_day: paid to those from other regions, shape (n_establishments,).
        attraction_share: what longer shifts add to pay in workers' eyes, shape (n_establishments,).
    """

    region: Rows
    wanted: Rows
    wage_cents_per_hour: Rows
    per_diem_cents_per_day: Rows
    attraction_share: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)  # itself alone: what is reckoned from it is kept by it
class Outcome:
    """A month of the labour market, in rows; E establishments, T trades, R regions.

    Attributes:
        workers_per_row: people a row stands for.
        month: the month.
        region: of each establishment, shape (E,).
        heads: employed at the end, shape (E, T).
        hires: out of unemployment, another job or from outside, shape (E, T).
        hires_from_unemployed: shape (E, T).
        poached: hired out of another job, shape (E, T).
        entrants: hired as they entered the trade, shape (E, T).
        quits: left for another job, shape (E, T).
        layoffs: ended by the employer, shape (E, T).
        leavers: left the trade from a job, shape (E, T).
        unfilled: jobs still open, shape (E, T).
        travellers: heads whose home is elsewhere, shape (E, T).
        employed: by home, shape (R, T).
        unemployed: by home, shape (R, T).
        out: outside the trade, by home, shape (R, T).
        entered: came into the trade, by home, shape (R, T).
        moved: changed home, by the new one, shape (R, T).
        poached_from_background: by region of the old job, shape (R, T).
        open_jobs: unfilled by region of the job, shape (R, T).
        wage_sum_cents_per_hour: of all heads, shape (E,).
        trend_cents_per_hour: pay of the month if markets were neither tight nor slack, shape (R, T).
    """

    workers_per_row: int
    month: int
    region: Rows
    heads: Rows
    hires: Rows
    hires_from_unemployed: Rows
    poached: Rows
    entrants: Rows
    quits: Rows
    layoffs: Rows
    leavers: Rows
    unfilled: Rows
    travellers: Rows
    employed: Rows
    unemployed: Rows
    out: Rows
    entered: Rows
    moved: Rows
    poached_from_background: Rows
    open_jobs: Rows
    wage_sum_cents_per_hour: Rows
    trend_cents_per_hour: Cents


def demand_of(background_wanted: Rows, site_region: Rows, site_wanted: Rows, site_wage_cents_per_hour: Rows,
              per_diem_cents_per_day: Rows, attraction_share: NDArray[np.float64]) -> Demand:  # fmt: skip
    """Put the background before the sites; arguments after the first are by site."""
    n_regions = len(background_wanted)
    nothing = np.zeros(n_regions, np.int64)
    return Demand(
        np.concatenate([np.arange(n_regions), site_region]),
        np.concatenate([background_wanted, site_wanted]),
        np.concatenate([np.zeros_like(background_wanted), site_wage_cents_per_hour]),
        np.concatenate([nothing, per_diem_cents_per_day]),
        np.concatenate([nothing.astype(float), attraction_share]),
    )


def rows_wanted(people: NDArray[np.float64], workers_per_row: int, seed: int, first_establishment: int) -> Rows:
    """People wanted by site and trade as rows, rounded up or down by marks that stay with the site, same shape.

    The marks are spread evenly over sites and over trades, and shifted by one draw: each crew is right in the mean, and
    sums over sites or trades are within a few rows at any scale. Sites keep their marks when others are added, so a
    crew that does not change has rows that do not.

    Source: randomly shifted lattice, Cranley and Patterson (1976).
    """
    marks = _marks(people.shape, seed, first_establishment)
    wanted: Rows = np.floor(people / workers_per_row + marks).astype(np.int64)
    return wanted


@functools.lru_cache(maxsize=4)  # a run has one
def _marks(shape: tuple[int, int], seed: int, first_establishment: int) -> NDArray[np.float64]:
    site, trade = np.indices(shape)
    shift = uniforms(seed, _KEY["wanted"], 0, np.zeros(1, np.int64))
    return constant((shift + (first_establishment + site) / _PLASTIC + trade / _PLASTIC**2) % 1)


def trend_wages(table: Table, month: int, p: Labour) -> Cents:
    """Wages if markets were neither tight nor slack, cents per hour, shape (n_regions, n_trades)."""
    grown: Cents = table.cells.wage_cents_per_hour * (1 + monthly_rate(p.wage_trend_rate_per_year)) ** month
    return grown


def background_wanted(workers: Workers, market_wages: Cents, month: int, p: Labour) -> Rows:
    """Rows all other employers want: today's jobs and open ones, grown, fewer where wages stand above trend.

    Source: own-wage elasticity of labour demand [hamermesh-1993].
    """
    table = workers.table
    jobs = (table.base_jobs - table.settled_jobs) / (1 - p.openings_share) * (1 + _growth(table, p)) ** month
    jobs = jobs * (market_wages / trend_wages(table, month, p)) ** -p.demand_elasticity
    return whole_rows(jobs, 1, table.seed, "background")


def labour_month(workers: Workers, demand: Demand, market_wages: Cents, seed: int, month: int, p: Labour) -> Outcome:
    """A month in the life of all workers; the only market that writes: rows are too many to copy.

    In order: leaving the trade, ends of jobs, layoffs of those over what is wanted, moves, search on the job,
    entry, search of the idle, hiring by sites, hiring by the background.

    Raises:
        BadScenario: if the demand is not as `Demand` says.
    """
    table = workers.table
    _check(demand, table)
    table.grow(demand.region)
    table.market_cents_per_hour, table.posted_cents_per_hour = market_wages, demand.wage_cents_per_hour.astype(float)
    c, tally, flow = table.columns, table.tally, _no_flow(demand, table)
    key = dict(zip(_KEY, month_keys(seed, _PURPOSES, month), strict=True))
    keys = {name: np.array([key[part] for part in parts], np.uint64) for name, parts in _KEYS.items()}
    keys["search"][0] = month_key(seed, _KEY["travel"], 0)  # who travels is a trait, not this month's luck
    leave_prob = _trait(p, table.cells.trades, "leave_prob_per_month")
    retire_month = month - round(p.retirement_age_years * MONTHS_PER_YEAR)

    hiring.leave(
        c, tally, flow, keys["leave"], _young_leave(leave_prob, p), p.retirement_prob_per_month, retire_month, month
    )
    hiring.lay_off(c, tally, flow, key["lay off"], p.layoff_prob_per_month, month)
    excess = np.maximum(tally.heads - demand.wanted, 0)
    if excess.any():
        hiring.shrink(c, tally, flow, key["shrink"], excess, tally.heads.copy(), excess.sum(axis=1), month)
    vacancies = demand.wanted - tally.heads
    pull = vacancies[: len(market_wages)] * (market_wages / market_wages.mean(axis=0)) ** p.move_pay_exponent
    hiring.move(c, tally, flow, keys["move"], p.move_prob_per_month, pull, pull.sum(axis=0), vacancies, month)

    offers = _offers(table, demand, vacancies, p)
    asked = Applications(
        np.empty(len(c.trade), np.int32), np.empty(len(c.trade), np.int16)
    )  # untouched room costs nothing
    finish = min(1.0, 1 / (p.apprenticeship_months * p.search_prob_per_month))
    churn = max(0.0, p.quit_prob_per_month - p.move_prob_per_month) / p.search_prob_per_month
    n_asked = hiring.search_on_job(c, tally, flow, offers, vacancies, asked, keys["search"], p.search_prob_per_month,
                                   churn, finish, p.apprentice_pay_ratio, month)  # fmt: skip
    skilled = _from_abroad(table, vacancies, seed, month, p)
    due = _entrants(table, leave_prob, seed, month, p) + skilled
    idle = np.empty(int(tally.idle.sum()), np.int32)
    n_idle = hiring.scan(c, tally, flow, vacancies, idle, due, skilled, keys["entry"], table.pay_scale, p.pay_log_sd,
                         p.apprentice_pay_ratio, p.entry_age_years * MONTHS_PER_YEAR,
                         p.entry_span_years * MONTHS_PER_YEAR, month)  # fmt: skip
    n_asked = hiring.search_idle(c, offers, asked, n_asked, idle[:n_idle], keys["search"], p.contact_prob_per_month)
    left, places = (np.zeros((2, *vacancies.shape), np.int64) for _ in range(2))
    hiring.take_on(c, tally, flow, offers, vacancies, asked, n_asked, key["take on"], month, left, places)
    finding = _finding(vacancies[: len(market_wages)], tally.idle, leave_prob + _growth(table, p), p)
    hiring.match(c, tally, flow, vacancies, idle[:n_idle], key["match"], finding, month)
    return _outcome(table, flow, vacancies, month, p)


def next_market_wages(wages: Cents, outcome: Outcome, p: Labour) -> Cents:
    """Wages rise where jobs stay open and idle workers are few, slip more slowly where it is the reverse.

    Employers who cannot hire add a little each month; as pay is reviewed, about once a year, what was added goes back
    towards the trend unless the market still asks for it. No wage curve is written here: how the level of pay goes
    with unemployment is what comes of this, of matching and of employers wanting fewer when pay is high.

    Args:
        wages: in force this month, shape (n_regions, n_trades).
        outcome: of this month.
        p: numbers.

    Returns:
        wages of next month, same shape.
    """
    normal = p.openings_share / (1 - p.openings_share) / (p.unemployment_share / (1 - p.unemployment_share))
    prior = max(1.0, p.smoothing_workers / outcome.workers_per_row)
    tightness = (outcome.open_jobs + prior * normal) / (outcome.unemployed + prior) / normal
    push = np.clip(np.log(tightness), -1, 1) * p.tightness_wage_elasticity_per_month
    push = np.where(push < 0, push * p.downward_wage_share, push)
    kept = np.log(wages / outcome.trend_cents_per_hour) * (1 - p.pay_review_prob_per_month)
    grown: Cents = outcome.trend_cents_per_hour * (1 + monthly_rate(p.wage_trend_rate_per_year)) * np.exp(kept + push)
    return grown


_KEYS = {
    "leave": ("leave", "leave by age"),
    "move": ("move", "move where"),
    "search": ("travel", "look", "search", "accept", "finish"),
    "entry": ("entrant pay", "entrant age"),
}


def _check(demand: Demand, table: Table) -> None:
    n_regions, n_trades = table.base_jobs.shape
    shape = (len(demand.region), n_trades)
    if demand.wanted.shape != shape or demand.wage_cents_per_hour.shape != shape:
        raise BadScenario(
            f"wanted {demand.wanted.shape} and wages {demand.wage_cents_per_hour.shape} must have shape {shape}"
        )
    if not np.array_equal(demand.region[:n_regions], np.arange(n_regions)):
        raise BadScenario(f"the first {n_regions} establishments must be the background of each region, in order")
    if len(demand.region) < len(table.tally.heads):
        raise BadScenario(
            f"{len(demand.region)} establishments, {len(table.tally.heads)} last month; keep closed ones, wanting none"
        )
    if demand.wanted.min() < 0:
        raise BadScenario(f"wanted {demand.wanted.min()} workers; an establishment can want none, not fewer")


def _no_flow(demand: Demand, table: Table) -> Flow:
    sites, regions = np.zeros((6, *demand.wanted.shape), np.int64), np.zeros((3, *table.base_jobs.shape), np.int64)
    return Flow(*sites, *regions)


@functools.lru_cache
def _trait(p: Labour, trades: tuple[str, ...], name: str) -> NDArray[np.float64]:
    return constant([getattr(p.trades[trade], name) for trade in trades])


def _growth(table: Table, p: Labour) -> NDArray[np.float64]:
    """Monthly growth without Stargate, shape (n_trades,)."""
    return _monthly_growth(p, table.cells.trades)


@functools.lru_cache
def _monthly_growth(p: Labour, trades: tuple[str, ...]) -> NDArray[np.float64]:
    return constant((1 + _trait(p, trades, "growth_rate_per_year")) ** (1 / MONTHS_PER_YEAR) - 1)


def _young_leave(leave_prob: NDArray[np.float64], p: Labour) -> NDArray[np.float64]:
    """Chance before retirement age that, with retirement, gives the trade's own, shape (n_trades,)."""
    old = late_share(p)
    return np.maximum(0.0, (leave_prob - old * p.retirement_prob_per_month) / (1 - old))


def _offers(table: Table, demand: Demand, vacancies: Rows, p: Labour) -> Offers:
    """What there is to find this month, and what it is worth from each home."""
    n_regions, n_trades = table.base_jobs.shape
    sites = np.arange(n_regions, len(demand.region))
    order = sites[np.argsort(demand.region[sites], kind="stable")]
    first = np.searchsorted(demand.region[order], np.arange(n_regions + 1))
    near = np.zeros((n_regions, n_trades), np.int64)
    add_rows(near, demand.region[sites], vacancies[sites])
    pay = demand.wage_cents_per_hour * (1 + demand.attraction_share)[:, None]
    pay[:n_regions] = table.market_cents_per_hour
    away = (demand.per_diem_cents_per_day - board_cents_per_day(table, p)[demand.region]) / p.shift_hours_per_day
    trip = (
        table.cells.distance_km * 2 * p.trip_cost_usd_per_km * CENTS_PER_USD / p.rotation_days / p.shift_hours_per_day
    )
    return Offers(demand.region, order, first, vacancies.copy(), near, near.sum(axis=0), pay, away, trip,
                  p.offer_log_sd, p.reservation_ratio, p.travel_willing_share)  # fmt: skip


def board_cents_per_day(table: Table, p: Labour) -> Cents:
    """Bed and meals of a traveller by region: dearer as travellers fill the vacant homes, up to a bed in a camp.

    Source: rents rise about one to one with inflow [saiz-2007].
    """
    everywhere = table.tally.travellers.sum(axis=1)
    travellers = by_row(table.region_of[: len(everywhere)], everywhere, len(table.cells.regions))
    homes = table.cells.population * p.rented_homes_ratio * table.cells.rental_vacancy_share * p.housing_reach_share
    scarce = 1 + p.rent_elasticity * travellers * table.workers_per_row / homes
    dearest = max(p.living_cost_usd_per_day, p.camp_cost_usd_per_day)
    board: Cents = np.minimum(p.living_cost_usd_per_day * scarce, dearest) * CENTS_PER_USD
    return board


def _entrants(table: Table, leave_prob: NDArray[np.float64], seed: int, month: int, p: Labour) -> Rows:
    """Rows due to enter by home and trade: those who replace and grow the trend stock, and those high pay draws in."""
    growth = _growth(table, p)
    trend = table.base_jobs.sum(axis=0) / (1 - p.unemployment_share) * (1 + growth) ** month
    drawn = _drawn_in(table, trend, month, p)
    table.returned += drawn - leave_prob * table.returned
    training = 1 + p.apprentice_entrant_share * (p.apprenticeship_intake_ratio - 1)
    total = np.maximum(0.0, (leave_prob + growth) * trend * training + drawn)
    force = table.tally.employed + table.tally.idle
    expected = total * force / np.maximum(1, force.sum(axis=0))
    draws = uniforms(seed, _KEY["entry"], month, np.arange(expected.size)).reshape(expected.shape)
    due: Rows = np.floor(expected + draws).astype(np.int64)
    return due


def _drawn_in(table: Table, trend: NDArray[np.float64], month: int, p: Labour) -> NDArray[np.float64]:
    """Rows by trade that pay above trend brings back this month; fewer enter when it lies below."""
    weights = table.base_jobs / np.maximum(1, table.base_jobs.sum(axis=0))
    pay = (weights * table.market_cents_per_hour / trend_wages(table, month, p)).sum(axis=0)
    gap: NDArray[np.float64] = trend * (pay**p.participation_elasticity - 1) - table.returned
    return p.participation_prob_per_month * gap


def _from_abroad(table: Table, vacancies: Rows, seed: int, month: int, p: Labour) -> Rows:
    """Journeymen let in this month, by where jobs are open, shape (n_regions, n_trades)."""
    if p.foreign_recruits_workers_per_month == 0:
        return np.zeros(table.base_jobs.shape, np.int64)
    open_jobs = np.zeros(table.base_jobs.shape)
    add_rows(open_jobs, table.region_of, vacancies)
    share = open_jobs / max(1.0, open_jobs.sum())
    expected = share * p.foreign_recruits_workers_per_month / table.workers_per_row
    draws = uniforms(seed, _KEY["abroad"], month, np.arange(share.size)).reshape(share.shape)
    let_in: Rows = np.floor(expected + draws).astype(np.int64)
    return let_in


def _finding(vacancies: Rows, idle: Rows, entry_prob: NDArray[np.float64], p: Labour) -> NDArray[np.float64]:
    """Chance of the idle to be hired by the background of their region, shape (n_regions, n_trades).

    A matching function with constant returns whose efficiency gives the steady-state unemployment: there, for each
    job filled, the laid-off of the month join the idle and the jobs lost less those filled by entrants are open.

    Source: Petrongolo and Pissarides (2001) [petrongolo-2001].
    """
    lost = p.layoff_prob_per_month
    idle_per_job = p.unemployment_share / (1 - p.unemployment_share) + lost
    open_per_job = p.openings_share / (1 - p.openings_share) + lost
    efficiency = lost / idle_per_job * (idle_per_job / open_per_job) ** p.matching_exponent
    tightness = vacancies / np.maximum(idle, 1)
    found: NDArray[np.float64] = np.minimum(p.contact_prob_per_month, efficiency * tightness**p.matching_exponent)
    return found


def _outcome(table: Table, flow: Flow, vacancies: Rows, month: int, p: Labour) -> Outcome:
    tally, n_regions = table.tally, len(table.base_jobs)
    open_jobs = np.zeros(table.base_jobs.shape, np.int64)
    add_rows(open_jobs, table.region_of, vacancies)
    paid = tally.heads * table.posted_cents_per_hour
    paid[:n_regions] = np.rint(tally.pay_permille * table.market_cents_per_hour / PERMILLE)
    return Outcome(
        workers_per_row=table.workers_per_row, month=month, region=table.region_of, heads=tally.heads.copy(),
        hires=flow.from_idle + flow.poached + flow.entrants, hires_from_unemployed=flow.from_idle, poached=flow.poached,
        entrants=flow.entrants, quits=flow.quits, layoffs=flow.layoffs, leavers=flow.leavers, unfilled=vacancies,
        travellers=tally.travellers.copy(), employed=tally.employed.copy(), unemployed=tally.idle.copy(),
        out=tally.out.copy(), entered=flow.entered, moved=flow.moved,
        poached_from_background=flow.poached_from_background, open_jobs=open_jobs,
        wage_sum_cents_per_hour=paid.sum(axis=1).astype(np.int64),
        trend_cents_per_hour=trend_wages(table, month, p),
    )  # fmt: skip
