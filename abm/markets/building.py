"""How crews, equipment, power and money become buildings: pure kernels over phases."""

import functools
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from abm.vocabulary import INPUT

_LABOUR, _CAPITAL, _PLAN = INPUT["labour"], INPUT["capital"], INPUT["plan"]
_GRID, _ONSITE = INPUT["grid_power"], INPUT["onsite_power"]
_TINY = 1e-9
_CELLS = 512  # of the table of work done; linear within a cell it is right to a millionth


@njit(cache=True)
def work_done(progress: float, rise: float, fall: float) -> float:
    """Share of a building's worker-months used up at a progress: the beta distribution function.

    Heads over a build rise and fall like a beta density with these two parameters; integrated by Simpson's
    rule after the substitution u = sqrt(1 - x), which is smooth at both ends for fall >= 1.
    """
    if progress <= 0.0:
        return 0.0
    if progress >= 1.0:
        return 1.0
    whole = _tail(1.0, rise, fall)
    return 1.0 - _tail(np.sqrt(1.0 - progress), rise, fall) / whole


@njit(cache=True)
def _tail(top: float, rise: float, fall: float) -> float:
    steps = 32
    width = top / steps
    total = 0.0
    for i in range(steps + 1):
        u = i * width
        total += _density(u, rise, fall) * (1.0 if i in (0, steps) else (4.0 if i % 2 else 2.0))
    return float(total * width / 3.0)


@njit(cache=True)
def _work_table(rise: float, fall: float) -> NDArray[np.float64]:
    """`work_done` on an even grid of u = sqrt(1 - progress), where it is smooth, shape (_CELLS + 1,)."""
    table = np.empty(_CELLS + 1)
    left, total, width = 0.0, 0.0, 1.0 / _CELLS
    table[0] = 0.0
    for i in range(_CELLS):
        middle, right = _density((i + 0.5) * width, rise, fall), _density((i + 1.0) * width, rise, fall)
        total += (left + 4.0 * middle + right) * width / 6.0  # Simpson's rule on the cell
        table[i + 1] = total
        left = right
    return 1.0 - table / total


@njit(cache=True)
def _density(u: float, rise: float, fall: float) -> float:
    return float(2.0 * (1.0 - u * u) ** (rise - 1.0) * u ** (2.0 * fall - 1.0))


@njit(cache=True)
def _looked_up(table: NDArray[np.float64], progress: float) -> float:
    at = np.sqrt(max(0.0, 1.0 - progress)) * _CELLS
    cell = min(int(at), _CELLS - 1)
    return float(table[cell] + (at - cell) * (table[cell + 1] - table[cell]))


@njit(cache=True)
def stage_of(progress: float, ends: NDArray[np.float64], first: int) -> int:
    """The stage of a building from its progress; `ends` are the cumulative shares of the stages, shape (n_stages,)."""
    for i in range(len(ends)):
        if progress < ends[i] - _TINY:
            return first + i
    return first + len(ends) - 1


@dataclass(frozen=True, slots=True)
class Progress:
    """What a month of building did.

    Attributes:
        step_share: progress made, shape (n_phases,).
        binding: code of the input that held it back most, `plan` if none, shape (n_phases,).
        lost_kw: kW lost to that input against the plan, shape (n_phases,).
        plan_lost_kw: kW lost to the owner's own pace against the technical minimum, shape (n_phases,).
        allowed_share: what labour, equipment, power and capital would each have allowed, shape (n_phases, 4).
    """

    step_share: NDArray[np.float64]
    binding: NDArray[np.int8]
    lost_kw: NDArray[np.float64]
    plan_lost_kw: NDArray[np.float64]
    allowed_share: NDArray[np.float64]


@njit(cache=True)
def share_there(needed: NDArray[np.int64], there: NDArray[np.int64], classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Part of what is needed that is there, one where nothing is needed, of some classes, shape (n, n_classes)."""
    share = np.ones((len(needed), len(classes)))
    for p in range(len(needed)):
        for k in range(len(classes)):
            if needed[p, classes[k]] > 0:
                share[p, k] = there[p, classes[k]] / needed[p, classes[k]]
    return share


@njit(cache=True)
def _room(progress: float, needed_at: float, have_share: float) -> float:
    """How far progress may go when only a share of an input needed from some point on is there."""
    if have_share >= 1.0:
        return 1.0 - progress
    return max(0.0, needed_at + (1.0 - needed_at) * have_share - progress)


@njit(cache=True)
def _build(
    active: NDArray[np.bool_],
    progress: NDArray[np.float64],
    planned_step: NDArray[np.float64],
    shortest_step: NDArray[np.float64],
    facility_kw: NDArray[np.int64],
    labour_share: NDArray[np.float64],
    capital_share: NDArray[np.float64],
    have_share: NDArray[np.float64],
    needed_at: NDArray[np.float64],
    input_of: NDArray[np.int64],
    power_share: NDArray[np.float64],
    power_at: float,
    islanded: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    n = len(progress)
    step = np.zeros(n)
    binding = np.zeros(n, np.int8)
    lost = np.zeros(n)
    plan_lost = np.zeros(n)
    allowed = np.ones((n, 4))
    for p in range(n):
        if not active[p]:
            continue
        plan = min(planned_step[p], 1.0 - progress[p])
        if plan <= 0.0:
            continue
        best = plan
        code = _PLAN
        # Shares are of a whole month's step: a crew that is a tenth short finishes a small rest all the same.
        labour = min(plan, planned_step[p] * labour_share[p])
        if labour < best - _TINY:
            best, code = labour, _LABOUR
        scarcest = plan
        for k in range(have_share.shape[1]):
            room = min(plan, _room(progress[p], needed_at[k], have_share[p, k]))
            if room < scarcest:
                scarcest = room
            if room < best - _TINY:
                best, code = room, input_of[k]
        power = min(plan, _room(progress[p], power_at, power_share[p]))
        if power < best - _TINY:
            best, code = power, (_ONSITE if islanded[p] else _GRID)
        capital = min(plan, planned_step[p] * capital_share[p])
        if capital < best - _TINY:
            best, code = capital, _CAPITAL
        step[p] = best
        binding[p] = code
        lost[p] = (plan - best) * facility_kw[p]
        plan_lost[p] = max(0.0, min(shortest_step[p], 1.0 - progress[p]) - plan) * facility_kw[p]
        allowed[p, 0] = labour / plan
        allowed[p, 1] = scarcest / plan
        allowed[p, 2] = power / plan
        allowed[p, 3] = capital / plan
    return step, binding, lost, plan_lost, allowed


def build(
    *,
    active: NDArray[np.bool_],
    progress: NDArray[np.float64],
    planned_step: NDArray[np.float64],
    shortest_step: NDArray[np.float64],
    facility_kw: NDArray[np.int64],
    labour_share: NDArray[np.float64],
    capital_share: NDArray[np.float64],
    have_share: NDArray[np.float64],
    needed_at: NDArray[np.float64],
    input_of: NDArray[np.int64],
    power_share: NDArray[np.float64],
    power_at: float,
    islanded: NDArray[np.bool_],
) -> Progress:
    """Advance every active phase by what its scarcest input allows.

    Args:
        active: phases under way, shape (n_phases,).
        progress: work done so far, 0..1, shape (n_phases,).
        planned_step: progress a month at the owner's pace, shape (n_phases,).
        shortest_step: progress a month at the technical minimum, shape (n_phases,).
        facility_kw: size, shape (n_phases,).
        labour_share: what the crews at hand allow of the planned step, shape (n_phases,).
        capital_share: share of the bills due that could be paid, shape (n_phases,).
        have_share: delivered over needed for each equipment class, shape (n_phases, n_classes).
        needed_at: progress from which each class is needed, shape (n_classes,).
        input_of: code of the input each class stands for, shape (n_classes,).
        power_share: energised power over need, shape (n_phases,).
        power_at: progress from which power is needed.
        islanded: phases that run on their own generation, shape (n_phases,).
    """
    return Progress(
        *_build(
            active, progress, planned_step, shortest_step, facility_kw, labour_share, capital_share,
            have_share, needed_at, input_of, power_share, power_at, islanded,
        )
    )  # fmt: skip


def heads_wanted(
    active: NDArray[np.bool_],
    progress: NDArray[np.float64],
    planned_step: NDArray[np.float64],
    feasible_step: NDArray[np.float64],
    work_worker_months: NDArray[np.float64],
    stage_middles: NDArray[np.float64],
    mix: NDArray[np.float64],
    rise: float,
    fall: float,
    standby_share: float,
) -> NDArray[np.float64]:
    """Crew each phase needs this month by trade, shape (n_phases, n_trades).

    The work of the step the other inputs allow, plus a standby part of the crew that the planned step would need.
    Trades come and go gradually: their shares pass from those of a stage at its middle to those of the next.

    Args:
        active: phases under way, shape (n_phases,).
        progress: where the step begins, 0..1, shape (n_phases,).
        planned_step: progress a month at the owner's pace, shape (n_phases,).
        feasible_step: progress the other inputs allow, shape (n_phases,).
        work_worker_months: work of the whole building, shape (n_phases,).
        stage_middles: progress in the middle of each stage, rising, shape (n_stages,).
        mix: share of the crew by trade in each stage, shape (n_stages, n_trades).
        rise: first exponent of the curve of heads.
        fall: second exponent.
        standby_share: part of the crew kept where nothing can be done.
    """
    table = _whole_work(rise, fall)
    return _heads_wanted(
        active, progress, planned_step, feasible_step, work_worker_months, stage_middles, mix, table, standby_share
    )


@functools.lru_cache
def _whole_work(rise: float, fall: float) -> NDArray[np.float64]:
    return _work_table(rise, fall)


@njit(cache=True)
def _heads_wanted(
    active: NDArray[np.bool_],
    progress: NDArray[np.float64],
    planned_step: NDArray[np.float64],
    feasible_step: NDArray[np.float64],
    work_worker_months: NDArray[np.float64],
    stage_middles: NDArray[np.float64],
    mix: NDArray[np.float64],
    table: NDArray[np.float64],
    standby_share: float,
) -> NDArray[np.float64]:
    n, trades = len(progress), mix.shape[1]
    out = np.zeros((n, trades))
    for p in range(n):
        if not active[p]:
            continue
        done = _looked_up(table, progress[p])
        feasible = _looked_up(table, progress[p] + feasible_step[p]) - done
        planned = _looked_up(table, progress[p] + planned_step[p]) - done
        heads = work_worker_months[p] * (feasible + standby_share * max(0.0, planned - feasible))
        at = progress[p] + planned_step[p] / 2
        row = min(max(np.searchsorted(stage_middles, at), 1), len(stage_middles) - 1)
        later = (at - stage_middles[row - 1]) / (stage_middles[row] - stage_middles[row - 1])
        later = min(1.0, max(0.0, later))
        for t in range(trades):
            out[p, t] = heads * ((1.0 - later) * mix[row - 1, t] + later * mix[row, t])
    return out


@njit(cache=True)
def labour_allows(
    fill_share: NDArray[np.float64], wanted: NDArray[np.float64], elasticity: float
) -> NDArray[np.float64]:
    """Share of the planned work that the crews at hand can do, trades being weak substitutes (CES), shape (n_phases,).

    Args:
        fill_share: heads at work over heads wanted, 0..1, shape (n_phases, n_trades).
        wanted: heads wanted, the weights, shape (n_phases, n_trades).
        elasticity: elasticity of substitution between trades, above 0 and below 1.

    Source: Arrow, Chenery, Minhas & Solow (1961), constant elasticity of substitution.
    """
    n, trades = wanted.shape
    power = (elasticity - 1.0) / elasticity
    out = np.ones(n)
    for p in range(n):
        total = wanted[p].sum()
        if total <= 0.0:
            continue
        mean = 0.0
        nobody = False
        for t in range(trades):
            if wanted[p, t] <= 0.0:
                continue
            if fill_share[p, t] <= 0.0:
                nobody = True
                break
            mean += wanted[p, t] / total * fill_share[p, t] ** power
        out[p] = 0.0 if nobody else min(1.0, mean ** (1.0 / power))
    return out


@njit(cache=True)
def summed(group: NDArray[np.int64], values: NDArray[np.float64], n_groups: int) -> NDArray[np.float64]:
    """Sum rows by group, rows of no group (below 0) left out, shape (n_groups, n_columns)."""
    out = np.zeros((n_groups, values.shape[1]))
    for i in range(len(group)):
        if group[i] >= 0:
            for k in range(values.shape[1]):
                out[group[i], k] += values[i, k]
    return out


@njit(cache=True)
def served_in_order(
    queue: NDArray[np.int64], group: NDArray[np.int64], need: NDArray[np.int64], available: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Serve the needs of each group from what it has, first in the queue first, shape (n,).

    Args:
        queue: rows in order of service, shape (n_queued,).
        group: whose stock a row draws on, shape (n,).
        need: what a row asks for, shape (n,).
        available: stock of each group, shape (n_groups,).

    Returns:
        share of its need each row gets, 0 for rows not in the queue, shape (n,).
    """
    share = np.zeros(len(need))
    left = available.copy()
    for row in queue:
        g = group[row]
        given = min(left[g], need[row])
        left[g] -= given
        share[row] = given / need[row] if need[row] > 0 else 1.0
    return share
