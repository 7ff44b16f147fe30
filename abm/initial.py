"""Where every campus stands when the run begins: what is in service, what is under way, what is planned for when."""

from statistics import NormalDist

import numpy as np

from abm import streams
from abm.parameters import Parameters
from abm.sites import UNDER_WAY, Sites, whole
from abm.tables import NEVER, UNKNOWN, Phases
from abm.units import KW_PER_MW, month_index
from abm.vocabulary import STAGE, STARGATE

_PACE = streams.purpose("pace")
_GAP = streams.purpose("gap")
_LEFT = streams.purpose("time left")
_SPED_UP = month_index("2025-01")  # from here on buildings of a campus start close together [epoch-campuses]
_NORMAL = NormalDist()
_SAFE = 1e-9  # the normal quantile of 0 and 1 is infinite


def truncated_lognormal(u: float, median: float, log_sd: float, above: float) -> float:
    """The u-quantile of a lognormal given that it exceeds `above`: how long a build takes that is not yet done."""
    below = _NORMAL.cdf(float(np.log(above / median)) / log_sd) if above > 0 and log_sd > 0 else 0.0
    quantile = min(max(below + u * (1 - below), _SAFE), 1 - _SAFE)
    return median * float(np.exp(log_sd * _NORMAL.inv_cdf(quantile)))


def draw_traits(sites: Sites, measured: int, p: Parameters, seed: int, at_minimum: bool) -> None:
    """Give campuses their pace and their work per kW.

    Args:
        sites: to be filled.
        measured: row of the campus with head-counts, Abilene.
        p: numbers.
        seed: of the run.
        at_minimum: whether owners plan the shortest build there is.
    """
    b = p.building
    ids = np.arange(len(sites.region))
    luck = streams.lognormal_factors(seed, _PACE, 0, ids, b.pace_log_sd)
    ratio = np.where(sites.program == STARGATE, b.stargate_pace_ratio, b.rival_pace_ratio * luck)
    sites.minimum_months = np.where(sites.retrofit, b.minimum_retrofit_months, b.minimum_build_months)
    learnt = (1 - b.learning_share) ** np.log2(np.maximum(sites.order, 1))  # later buildings of a campus go faster
    planned = np.ones(len(sites.campus)) if at_minimum else np.maximum(1.0, ratio[sites.campus] * learnt)
    sites.build_months = sites.minimum_months * planned
    work = np.full(len(ids), b.other_work_worker_months_per_facility_mw)
    work[measured] = b.stargate_work_worker_months_per_facility_mw
    sites.work_wm_per_kw = work / KW_PER_MW / b.labour_productivity_index


def lay_out(sites: Sites, phases: Phases, p: Parameters, seed: int) -> None:
    """Set planned starts, and the progress of what is under way or in service when the run begins."""
    in_service = whole(phases.in_service_month, len(sites.campus), UNKNOWN)
    known_start = whole(phases.known_start_month, len(sites.campus), NEVER)
    luck = streams.lognormal_factors(seed, _GAP, 0, np.arange(len(sites.region)), p.building.pace_log_sd)
    left = streams.uniforms(seed, _LEFT, 0, np.arange(len(sites.campus)))
    for c in range(sites.used_campuses):
        rows = np.flatnonzero(sites.campus == c)
        previous: int | None = None
        for row in rows[np.argsort(sites.order[rows])].tolist():
            if in_service[row] != UNKNOWN:
                sites.planned_start[row] = in_service[row] - round(sites.build_months[row])
                sites.start[row] = sites.planned_start[row]
                sites.put_in_service(np.array([row]), int(in_service[row]))
            else:
                known = int(known_start[row]) if known_start[row] != NEVER else None
                sites.planned_start[row] = _planned_start(sites, c, previous, known, float(luck[c]), p)
                if sites.planned_start[row] < 0:
                    _put_under_way(sites, row, float(left[row]), p)
            previous = int(sites.planned_start[row])
        if sites.clearing[c] < 0:
            sites.land[c] = sites.permit[c] = sites.applied[c] = True


def _planned_start(sites: Sites, c: int, previous: int | None, known: int | None, luck: float, p: Parameters) -> int:
    """The dated start if there is one, else clearing, else a gap after the building before."""
    if known is not None:
        return known
    clearing = int(sites.clearing[c])
    if previous is None:
        return clearing
    late_gap = p.building.late_gap_months
    if previous >= _SPED_UP:
        return max(previous + round(late_gap), clearing)
    begin = previous + round(p.building.early_gap_months * luck)
    # Starts sped up everywhere in 2025: what the early gap would put beyond it comes at the late one.
    return max(clearing, min(begin, _SPED_UP + round(late_gap * luck)))


def _put_under_way(sites: Sites, row: int, luck: float, p: Parameters) -> None:
    """A building begun before the run and not yet in service: its build time exceeds what has passed."""
    elapsed = -float(sites.planned_start[row])
    planned = float(sites.build_months[row])
    months = truncated_lognormal(luck, planned, p.building.pace_log_sd, elapsed + 1)
    sites.build_months[row] = max(months, float(sites.minimum_months[row]))
    sites.progress[row] = min(elapsed / sites.build_months[row], 1 - 1 / sites.build_months[row])
    sites.start[row] = sites.planned_start[row]
    sites.stage[row] = UNDER_WAY + int(np.searchsorted(sites.stage_ends, sites.progress[row], side="right"))
    sites.stage[row] = min(int(sites.stage[row]), STAGE["test"])
