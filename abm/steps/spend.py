"""Households spend what they earn, local services hire for it, and the rest leaves the region."""

from typing import TYPE_CHECKING

import numpy as np

from abm.markets.labour import Outcome
from abm.steps.wages import ALL
from abm.tables import Floats, Ints
from abm.units import CENTS_PER_USD, MONTHS_PER_YEAR, PAID_HOURS_PER_MONTH

if TYPE_CHECKING:
    from abm.model import Stargate


def spend(m: "Stargate") -> None:
    """Pay the wages of everybody else, then spend, then count the jobs in local services.

    Induced jobs follow the wages of tagged hours: a region's local-services jobs are shared out by whose wages paid
    for them, and their own wages, spent next month, carry the same tag.
    """
    ledger, facts, h = m.ledger, m.facts, m.parameters.households
    outcome = facts.labour
    assert outcome is not None
    regions = np.arange(m.employers.n_regions)
    homes, services = ledger.accounts("households"), ledger.accounts("local_services")
    rest = ledger.account("rest_us")
    background = background_wages(outcome, m.question.workers_per_agent, len(regions))
    ledger.post("background_wages", rest, homes, background)
    ledger.post("local_services_wages", services, homes, m.local_wages_cents[:, ALL])
    income = facts.income_cents + m.local_wages_cents
    income[:, ALL] += background
    policy = m.parameters.policy
    for share, to in (
        (policy.federal_wage_tax_share, ledger.account("federal")),
        (policy.state_wage_tax_share, ledger.accounts("states")),
    ):
        ledger.post("tax", homes, to, np.rint(income[:, ALL] * share).astype(np.int64))
    local, away = spending(income[:, ALL], h.spent_share, h.local_share)
    ledger.post("consumption", homes, services, local)
    ledger.post("consumption", homes, rest, away)
    tag = income / np.maximum(income[:, :1], 1)
    sales = local[:, np.newaxis] * tag + facts.board_cents
    facts.local_jobs = local_jobs(sales, h.local_usd_per_worker_year * m.price_level)
    m.local_wages_cents = np.floor(sales * h.local_wage_share).astype(np.int64)
    spare = sales[:, ALL].astype(np.int64) - m.local_wages_cents[:, ALL]
    ledger.post("materials", services, rest, spare)


def background_wages(outcome: Outcome, workers_per_row: int, n_regions: int) -> Ints:
    """Pay of all workers of the trades that nobody in the model employs, cents by region, shape (R,)."""
    cents = outcome.wage_sum_cents_per_hour[:n_regions] * workers_per_row * PAID_HOURS_PER_MONTH
    return np.rint(cents).astype(np.int64)


def spending(income_cents: Ints, spent_share: float, local_share: float) -> tuple[Ints, Ints]:
    """What households spend in their own state and elsewhere, shapes (R,) and (R,)."""
    spent = np.floor(income_cents * spent_share).astype(np.int64)
    local = np.floor(spent * local_share).astype(np.int64)
    return local, spent - local


def local_jobs(sales_cents: Floats, usd_per_worker_year: float) -> Floats:
    """Jobs in local services for a month's sales, same shape."""
    jobs: Floats = sales_cents / CENTS_PER_USD * MONTHS_PER_YEAR / usd_per_worker_year
    return jobs
