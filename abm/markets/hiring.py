"""Kernels of the labour market: who leaves, who looks, who is taken; each draw is keyed by row.

Rare events are reached by geometric skips: from one row to the next by a draw keyed by the row it starts from, anew in
each block of rows. So the rows an event could touch depend on seed, purpose and month alone; what happens to them
there is settled by a second draw. Two paired runs therefore differ only where their demand differs, and blocks could
be walked by any number of threads.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from abm.kernels import lean_njit
from abm.population import APPRENTICE, IDLE, JOURNEYMAN, OUT, drawn_pay
from abm.streams import uniform_at

BLOCK = 65_536

type Rows = NDArray[np.int64]


class Flow(NamedTuple):
    """What happened in a month, in rows; all but the last three of shape (n_establishments, n_trades).

    Attributes:
        layoffs: ended by the employer.
        quits: left for another job.
        leavers: left the trade, mostly by age.
        from_idle: hired out of unemployment.
        poached: hired out of another job.
        entrants: hired as they entered the trade.
        poached_from_background: background employees hired by other establishments, by region of the old job.
        entered: came into the trade, by home, shape (n_regions, n_trades).
        moved: changed home, by the new one, shape (n_regions, n_trades).
    """

    layoffs: Rows
    quits: Rows
    leavers: Rows
    from_idle: Rows
    poached: Rows
    entrants: Rows
    poached_from_background: Rows
    entered: Rows
    moved: Rows


class Offers(NamedTuple):
    """What a seeker can find and what it is worth.

    Attributes:
        region_of: region of each establishment, shape (n_establishments,).
        order: establishments beyond the background by region, shape (n_sites,).
        first: where a region starts in `order`, shape (n_regions + 1,).
        open_jobs: at the start of the search, shape (n_establishments, n_trades).
        near: open jobs at sites of a region, shape (n_regions, n_trades).
        anywhere: open jobs at all sites, shape (n_trades,).
        pay: cents per hour worth to somebody who lives there, shape (n_establishments, n_trades).
        away: added for those who live elsewhere: per diem less board, shape (n_establishments,).
        trip: cents per hour of the way, shape (n_regions, n_regions).
        spread: what else workers like about an offer.
        reservation: pay the unemployed ask for, over the market's at home.
        willing_share: share of workers who travel.
    """

    region_of: Rows
    order: Rows
    first: Rows
    open_jobs: Rows
    near: Rows
    anywhere: Rows
    pay: NDArray[np.float64]
    away: NDArray[np.float64]
    trip: NDArray[np.float64]
    spread: float
    reservation: float
    willing_share: float


class Applications(NamedTuple):
    """Who asked which site for work, in the order of asking; a list with room, each of shape (n_rows,)."""

    row: NDArray[np.int32]
    site: NDArray[np.int16]


@njit(cache=True, inline="always")
def next_row(key: np.uint64, start: int, log_stay: float) -> int:
    """The next row an event of the given chance touches, counted from `start` on."""
    return start + int(np.log(1.0 - uniform_at(key, start)) / log_stay)


@lean_njit
def _part(c, tally, row):  # type: ignore[no-untyped-def]
    """Take a row out of where it is counted."""
    e, t, home = c.employer[row], c.trade[row], c.home[row]
    if e >= 0:
        tally.heads[e, t] -= 1
        tally.employed[home, t] -= 1
        if e < len(tally.idle):
            tally.pay_permille[e, t] -= c.pay_permille[row]
        if c.region[row] != home:
            tally.travellers[e, t] -= 1
    elif e == IDLE:
        tally.idle[home, t] -= 1
    else:
        tally.out[home, t] -= 1


@lean_njit
def _join(c, tally, row, e, region, month):  # type: ignore[no-untyped-def]
    """Put a parted row with an employer, or with none, and count it there."""
    t, home = c.trade[row], c.home[row]
    c.employer[row], c.region[row], c.since_month[row] = e, region, month
    if e >= 0:
        tally.heads[e, t] += 1
        tally.employed[home, t] += 1
        if e < len(tally.idle):
            tally.pay_permille[e, t] += c.pay_permille[row]
        if region != home:
            tally.travellers[e, t] += 1
    elif e == IDLE:
        tally.idle[home, t] += 1
    else:
        tally.out[home, t] += 1


@lean_njit
def leave(c, tally, flow, keys, chance, retire_chance, retire_month, month):  # type: ignore[no-untyped-def]
    """Let workers leave their trade: the old retire, others go for another occupation."""
    top = retire_chance
    for t in range(len(chance)):
        top = max(top, chance[t])
    if top <= 0.0:
        return
    log_stay = np.log(1.0 - top)
    for block in range(0, len(c.trade), BLOCK):
        end = min(block + BLOCK, len(c.trade))
        row = next_row(keys[0], block, log_stay)
        while row < end:
            e, t = c.employer[row], c.trade[row]
            own = retire_chance if c.birth_month[row] <= retire_month else chance[t]
            if e != OUT and uniform_at(keys[1], row) * top < own:
                if e >= 0:
                    flow.leavers[e, t] += 1
                _part(c, tally, row)
                _join(c, tally, row, OUT, c.home[row], month)
            row = next_row(keys[0], row + 1, log_stay)


@lean_njit
def lay_off(c, tally, flow, key, chance, month):  # type: ignore[no-untyped-def]
    """End jobs by the ordinary chance of the trade."""
    if chance <= 0.0:
        return
    log_stay = np.log(1.0 - chance)
    for block in range(0, len(c.trade), BLOCK):
        end = min(block + BLOCK, len(c.trade))
        row = next_row(key, block, log_stay)
        while row < end:
            e = c.employer[row]
            if e >= 0:
                flow.layoffs[e, c.trade[row]] += 1
                _part(c, tally, row)
                _join(c, tally, row, IDLE, c.home[row], month)
            row = next_row(key, row + 1, log_stay)


@lean_njit
def shrink(c, tally, flow, key, excess, left, any_left, month):  # type: ignore[no-untyped-def]
    """Lay off exactly `excess` of each establishment and trade, each worker of it with the same chance.

    `left` are the heads not yet passed, `any_left` the excess of each establishment.
    """
    for row in range(len(c.trade)):
        e = c.employer[row]
        if e >= 0 and any_left[e] > 0:
            t = c.trade[row]
            if uniform_at(key, row) * left[e, t] < excess[e, t]:
                flow.layoffs[e, t] += 1
                excess[e, t] -= 1
                any_left[e] -= 1
                _part(c, tally, row)
                _join(c, tally, row, IDLE, c.home[row], month)
            left[e, t] -= 1


@lean_njit
def move(c, tally, flow, keys, chance, pull, total, vacancies, month):  # type: ignore[no-untyped-def]
    """Move some for good, to where background jobs are open and pay, with `pull` by region and trade, `total` by trade.

    Those at work go only to a job; the idle take their search along. Who finds a place in the own region stays, as
    for one of many states in "the rest of the country", so that flows between regions balance when all are alike.
    """
    if chance <= 0.0:
        return
    n_regions = len(tally.idle)
    log_stay = np.log(1.0 - chance)
    for block in range(0, len(c.trade), BLOCK):
        end = min(block + BLOCK, len(c.trade))
        row = next_row(keys[0], block, log_stay)
        while row < end:
            e, t, home = c.employer[row], c.trade[row], c.home[row]
            if e != OUT and e < n_regions:
                mark = uniform_at(keys[1], row) * total[t]
                to = -1
                for q in range(n_regions):
                    if pull[q, t] > 0.0:
                        mark -= pull[q, t]
                        to = q
                        if mark < 0.0:
                            break
                if to >= 0 and to != home and (e == IDLE or vacancies[to, t] > 0):
                    if e >= 0:
                        flow.quits[e, t] += 1
                        flow.poached[to, t] += 1
                        vacancies[to, t] -= 1
                        vacancies[e, t] += 1
                    flow.moved[to, t] += 1
                    _part(c, tally, row)
                    c.home[row] = to
                    _join(c, tally, row, IDLE if e == IDLE else to, to, month)
            row = next_row(keys[0], row + 1, log_stay)


@lean_njit
def worth(offers, e, t, home):  # type: ignore[no-untyped-def]
    """Cents per hour of a job to somebody living in `home`, board and way off, per diem on."""
    q = offers.region_of[e]
    if q == home:
        return offers.pay[e, t]
    return offers.pay[e, t] + offers.away[e] - offers.trip[home, q]


@lean_njit
def _takes(offer, other, spread, u):  # type: ignore[no-untyped-def]
    """Whether an offer is taken over the other: a logit in the logarithm of pay."""
    return offer > 0.0 and u * (1.0 + (max(other, 1.0) / offer) ** (1.0 / spread)) < 1.0


@lean_njit
def _site_found(offers, t, home, travels, mark):  # type: ignore[no-untyped-def]
    """The site at a place in the sum of open jobs a seeker sees."""
    for q in range(len(offers.near)):
        if travels or q == home:
            if mark >= offers.near[q, t]:
                mark -= offers.near[q, t]
                continue
            for i in range(offers.first[q], offers.first[q + 1]):
                e = offers.order[i]
                mark -= offers.open_jobs[e, t]
                if mark < 0.0:
                    return e
    return -1


@lean_njit
def _look(offers, t, home, row, keys):  # type: ignore[no-untyped-def]
    """A site found among all open jobs seen, each as likely as the next; -1 if it was a background job."""
    travels = uniform_at(keys[0], row) < offers.willing_share
    at_sites = offers.anywhere[t] if travels else offers.near[home, t]
    if at_sites == 0:
        return -1
    mark = uniform_at(keys[1], row) * (at_sites + offers.open_jobs[home, t])
    if mark >= at_sites:
        return -1
    return _site_found(offers, t, home, travels, mark)


@lean_njit
def search_on_job(c, tally, flow, offers, vacancies, asked, keys, chance, churn, finish, ratio, month):  # type: ignore[no-untyped-def]  # noqa: C901
    """Let those at work look around; apprentices due become journeymen first.

    Jobs within the background of a region change hands at once (`churn`); what sites are asked for is listed.
    Returns the number of applications.
    """
    n = 0
    if chance <= 0.0:
        return n
    n_regions = len(tally.idle)
    log_stay = np.log(1.0 - chance)
    for block in range(0, len(c.trade), BLOCK):
        end = min(block + BLOCK, len(c.trade))
        row = next_row(keys[2], block, log_stay)
        while row < end:
            e, t, home = c.employer[row], c.trade[row], c.home[row]
            if c.skill[row] == APPRENTICE and uniform_at(keys[4], row) < finish:
                old = c.pay_permille[row]
                c.skill[row], c.pay_permille[row] = JOURNEYMAN, int(np.rint(old / ratio))
                if 0 <= e < n_regions:
                    tally.pay_permille[e, t] += c.pay_permille[row] - old
            if e >= 0:
                u = uniform_at(keys[3], row)
                site = _look(offers, t, home, row, keys)
                now = worth(offers, e, t, home)
                if site >= 0:
                    if site != e and _takes(worth(offers, site, t, home), now, offers.spread, u):
                        asked.row[n], asked.site[n] = row, site
                        n += 1
                elif e < n_regions:
                    if u < churn:
                        flow.quits[e, t] += 1
                        flow.poached[e, t] += 1
                        c.since_month[row] = month
                elif vacancies[home, t] > 0 and _takes(offers.pay[home, t], now, offers.spread, u):
                    flow.quits[e, t] += 1
                    flow.poached[home, t] += 1
                    vacancies[home, t] -= 1
                    vacancies[e, t] += 1
                    _part(c, tally, row)
                    _join(c, tally, row, home, home, month)
            row = next_row(keys[2], row + 1, log_stay)
    return n


@lean_njit
def scan(c, tally, flow, vacancies, idle, due, skilled, keys, median_pay, log_sd, ratio, youngest, span, month):  # type: ignore[no-untyped-def]
    """List the idle and bring in the people due by home and trade, into a background job where one is open.

    `skilled` of those due are journeymen from abroad. Returns the number of idle listed.
    """
    n = 0
    for row in range(len(c.trade)):
        e = c.employer[row]
        if e >= 0:
            continue
        if e == IDLE:
            idle[n] = row
            n += 1
            continue
        t, home = c.trade[row], c.home[row]
        if due[home, t] > 0:
            due[home, t] -= 1
            flow.entered[home, t] += 1
            pay = drawn_pay(keys[0], row, median_pay[t], log_sd)
            age = youngest + span * uniform_at(keys[1], row)
            c.birth_month[row] = month - int(age)
            if skilled[home, t] > 0:
                skilled[home, t] -= 1
                c.skill[row], c.pay_permille[row] = JOURNEYMAN, pay
            else:
                c.skill[row], c.pay_permille[row] = APPRENTICE, int(np.rint(pay * ratio))
            _part(c, tally, row)
            if vacancies[home, t] > 0:
                vacancies[home, t] -= 1
                flow.entrants[home, t] += 1
                _join(c, tally, row, home, home, month)
            else:
                _join(c, tally, row, IDLE, home, month)
    return n


@lean_njit
def search_idle(c, offers, asked, n, idle, keys, contact):  # type: ignore[no-untyped-def]
    """Let the idle in contact with employers this month find sites, and list those who ask there.

    Returns the number of applications.
    """
    for row in idle:
        if uniform_at(keys[2], row) >= contact:
            continue
        t, home = c.trade[row], c.home[row]
        site = _look(offers, t, home, row, keys)
        if site >= 0:
            asks = offers.reservation * offers.pay[home, t]
            if _takes(worth(offers, site, t, home), asks, offers.spread, uniform_at(keys[3], row)):
                asked.row[n], asked.site[n] = row, site
                n += 1
    return n


@lean_njit
def take_on(c, tally, flow, offers, vacancies, asked, n, key, month, left, places):  # type: ignore[no-untyped-def]
    """Sites take applicants, journeymen first, each of a kind with the same chance, never more than jobs are open.

    `left` and `places`, by skill, establishment and trade, begin at zero.
    """
    for i in range(n):
        row = asked.row[i]
        left[c.skill[row], asked.site[i], c.trade[row]] += 1
    for e in range(vacancies.shape[0]):
        for t in range(vacancies.shape[1]):
            places[JOURNEYMAN, e, t] = min(left[JOURNEYMAN, e, t], vacancies[e, t])
            places[APPRENTICE, e, t] = min(left[APPRENTICE, e, t], vacancies[e, t] - places[JOURNEYMAN, e, t])
    for i in range(n):
        row, site = asked.row[i], asked.site[i]
        t, s = c.trade[row], c.skill[row]
        if uniform_at(key, row) * left[s, site, t] < places[s, site, t]:
            places[s, site, t] -= 1
            vacancies[site, t] -= 1
            e = c.employer[row]
            if e >= 0:
                flow.quits[e, t] += 1
                flow.poached[site, t] += 1
                vacancies[e, t] += 1
                if e < len(tally.idle):
                    flow.poached_from_background[e, t] += 1
            else:
                flow.from_idle[site, t] += 1
            _part(c, tally, row)
            _join(c, tally, row, site, offers.region_of[site], month)
        left[s, site, t] -= 1


@lean_njit
def match(c, tally, flow, vacancies, idle, key, finding, month):  # type: ignore[no-untyped-def]
    """Background employers hire the idle of their region, each with the chance `finding` by region and trade."""
    for row in idle:
        if c.employer[row] == IDLE:
            t, home = c.trade[row], c.home[row]
            if vacancies[home, t] > 0 and uniform_at(key, row) < finding[home, t]:
                vacancies[home, t] -= 1
                flow.from_idle[home, t] += 1
                _part(c, tally, row)
                _join(c, tally, row, home, home, month)
