"""Crews, equipment, power and money become buildings; the scarcest of them is recorded."""

from typing import TYPE_CHECKING

import numpy as np

from abm.bills import FACILITY, IT
from abm.markets import building
from abm.markets.building import Progress
from abm.sites import PHASE_CLASSES
from abm.tables import Floats
from abm.vocabulary import EQUIPMENT, INPUT, STAGE

if TYPE_CHECKING:
    from abm.model import Stargate

STAGES_BEFORE_IT = STAGE["it"] - STAGE["site"]
INPUT_OF_CLASS = np.array([INPUT[EQUIPMENT[klass]] for klass in PHASE_CLASSES])


def build(m: "Stargate") -> None:
    """Advance every building by what its scarcest input allows, and put the finished ones in service."""
    facts = m.facts
    share = np.ones(len(m.sites.campus))
    if "labour" not in m.question.abundant:
        elasticity = m.parameters.building.trade_substitution_elasticity
        share = building.labour_allows(facts.fill_share[m.sites.campus], facts.crews_by_phase, elasticity)
        share = share * crew_ratio(m)
    facts.made = progress(m, share)
    facts.finished = m.sites.advance(facts.made, m.month)


def crew_ratio(m: "Stargate") -> Floats:
    """The crew wanted over the one the planned step would need: less where something else holds it back, shape (P,)."""
    sites, feasible = m.sites, m.facts.feasible
    assert feasible is not None
    planned = np.minimum(1 / sites.build_months, 1 - sites.progress)
    short = np.maximum(planned - feasible.step_share, 0)
    wanted = feasible.step_share + m.parameters.building.standby_crew_share * short
    return np.where(planned > 0, wanted / np.where(planned > 0, planned, 1.0), 1.0)


def progress(m: "Stargate", labour_share: Floats) -> Progress:
    """What this month's inputs allow each building, given what the crews allow, shape (P,)."""
    sites = m.sites
    return building.build(
        active=sites.under_way,
        progress=sites.progress,
        planned_step=1 / sites.build_months,
        shortest_step=1 / sites.minimum_months,
        facility_kw=sites.facility_kw,
        labour_share=labour_share,
        capital_share=paid_share(m),
        have_share=building.share_there(sites.needed_kw, sites.delivered_kw, PHASE_CLASSES),
        needed_at=m.needed_at,
        input_of=INPUT_OF_CLASS,
        power_share=sites.power_share(),
        power_at=float(sites.stage_ends[-2]),
        islanded=(sites.islanded | (sites.onsite_kw > sites.grid_kw))[sites.campus],
    )


def paid_share(m: "Stargate") -> Floats:
    """Part of the bills due that could be paid: of the building, and of the IT once it is being fitted, shape (P,)."""
    facility, it = m.facts.capital_share[:, FACILITY], m.facts.capital_share[:, IT]
    fitting = m.sites.progress >= m.sites.stage_ends[STAGES_BEFORE_IT - 1]
    paid: Floats = np.where(fitting, np.minimum(facility, it)[m.sites.campus], facility[m.sites.campus])
    return paid


def crews_by_phase(m: "Stargate") -> Floats:
    """People each building wants by trade for what the other inputs allow, shape (P, T)."""
    assert m.facts.feasible is not None
    return crew_for(m, m.facts.feasible.step_share)


def crews_ahead(m: "Stargate") -> Floats:
    """People each building will want half a month on, if this one goes as the other inputs allow, shape (P, T)."""
    sites, made = m.sites, m.facts.feasible
    assert made is not None
    ahead = np.minimum(1.0, sites.progress + made.step_share / 2)
    return crew_for(m, made.step_share, ahead)


def crew_for(m: "Stargate", step_share: Floats, progress: Floats | None = None) -> Floats:
    """People each building wants by trade to make a step, and to stand by for the one planned, shape (P, T).

    Args:
        m: the world
        step_share: progress the other inputs allow, shape (P,)
        progress: where the step begins, today's if not given, shape (P,)
    """
    sites, b = m.sites, m.parameters.building
    progress = sites.progress if progress is None else progress
    learnt = (1 - b.learning_share) ** np.log2(1 + sites.finished_buildings)
    work = (sites.work_wm_per_kw * learnt)[sites.campus] * sites.facility_kw
    return building.heads_wanted(
        sites.under_way, progress, 1 / sites.build_months, step_share, work, sites.stage_middles, sites.stage_mix,
        b.work_curve_rise_exponent, b.work_curve_fall_exponent, b.standby_crew_share,
    )  # fmt: skip
