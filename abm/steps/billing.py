"""Bills of campuses: how they come to owe, how builders invoice, how what is due is settled."""

from typing import TYPE_CHECKING

import numpy as np

from abm.bills import FACILITY
from abm.steps.wages import GENERAL
from abm.sums import add_to, by_row
from abm.tables import Floats, Ints
from abm.units import CENTS_PER_USD
from abm.vocabulary import PACKAGES

if TYPE_CHECKING:
    from abm.model import Stargate


def bill(m: "Stargate", kind: str, purpose: int, campus: Ints, payee: Ints | int, cents: Ints) -> None:
    """Hand campuses bills that fall due next month; the one way they come to owe."""
    used = np.flatnonzero(cents > 0)
    if not len(used):
        return
    campus, cents = campus[used], cents[used]
    payees = payee[used] if isinstance(payee, np.ndarray) else payee
    m.bills.add(kind, purpose, campus, payees, cents)
    m.ledger.post("bill_received", m.ledger.accounts("campuses")[campus], payees, cents, campus)


def settle_bills(m: "Stargate") -> None:
    """Pay the bills of earlier months as far as they were funded this month; the rest stays due."""
    facts, accounts = m.facts, m.ledger.accounts("campuses")
    facts.spent_cents = np.zeros(len(m.sites.region), np.int64)
    payments = m.bills.pay(facts.due_cents - facts.refused_cents)
    for paid in payments:
        m.ledger.post(paid.kind, accounts[paid.campus], paid.payee, paid.cents, paid.campus)
        if paid.kind == "building_interest":  # spent is what is paid for land, buildings, equipment and IT
            add_to(facts.spent_cents, paid.campus, -paid.cents)
    if payments:
        campus, payee, cents = (
            np.concatenate([getattr(paid, name) for paid in payments]) for name in ("campus", "payee", "cents")
        )
        m.ledger.post("bill_settled", accounts[campus], payee, cents, campus)
        add_to(facts.spent_cents, campus, cents)
    m.spent_cents += facts.spent_cents


def invoice(m: "Stargate") -> None:
    """Builders bill the month's work at cost plus the agreed mark-up; campuses keep back the retainage."""
    facts, sites, b = m.facts, m.sites, m.parameters.building
    cost = np.rint(facts.crew_wages_cents * b.paid_hour_burden_ratio).astype(np.int64)
    facts.offsite_cents = offsite_bought(m)
    # Workshops even out what sites call for: who works off site follows the orders of some months.
    usd = facts.offsite_cents / CENTS_PER_USD / m.construction_price
    m.offsite_usd_per_month += (usd - m.offsite_usd_per_month) / b.offsite_work_months
    cost[:, GENERAL] += facts.per_diem_cents + facts.offsite_cents
    due = np.rint(cost * (1 + sites.markup_share)).astype(np.int64)
    held = np.floor(due * b.retainage_share).astype(np.int64)
    builders = m.ledger.accounts("builders")[np.maximum(sites.builder, 0)]
    campus = np.tile(np.arange(len(sites.region)), len(PACKAGES))
    bill(m, "contractor_payment", FACILITY, campus, builders.T.reshape(-1), (due - held).T.reshape(-1))
    rows, packages = np.nonzero(held)
    accounts = m.ledger.accounts("campuses")
    m.ledger.post("retainage_held", accounts[rows], builders[rows, packages], held[rows, packages], rows)
    m.retained_cents += held
    by_builder = by_row(np.maximum(sites.builder, 0).reshape(-1), due.reshape(-1), len(m.builders)).tolist()
    for builder, cents in zip(m.builders, by_builder, strict=True):
        builder.invoice(cents)
    release_retainage(m, builders)
    buy_offsite(m, builders[:, GENERAL])


def offsite_bought(m: "Stargate") -> Ints:
    """Prefabrication, materials and transport for this month's progress, cents by campus, shape (C,)."""
    made, b = m.facts.made, m.parameters.building
    assert made is not None
    kw = np.zeros(len(m.sites.region))
    used = m.sites.used
    add_to(kw, m.sites.campus[used], (made.step_share * m.sites.facility_kw)[used])
    cents: Ints = np.rint(kw * b.offsite_work_usd_per_facility_kw * m.construction_price * CENTS_PER_USD).astype(
        np.int64
    )
    return cents


def buy_offsite(m: "Stargate", payers: Ints) -> None:
    """The general contractor pays for off-site work, at home and abroad."""
    cents, campus = m.facts.offsite_cents, np.arange(len(m.sites.region))
    home = np.floor(cents * m.parameters.building.offsite_domestic_share).astype(np.int64)
    m.ledger.post("offsite_work", payers, m.ledger.account("rest_us"), home, campus)
    m.ledger.post("import_payment", payers, m.ledger.account("rest_of_world"), cents - home, campus)
    add_to(m.facts.import_cents, m.sites.program, cents - home)


def release_retainage(m: "Stargate", builders: Ints) -> None:
    """What was kept back falls due as buildings finish, in the share of the work that they were."""
    sites, facts = m.sites, m.facts
    finished = np.zeros(len(sites.campus), np.bool_)
    finished[facts.finished] = True
    done = sites.by_campus(sites.facility_kw * finished)
    at_work = np.zeros(len(sites.region))
    active = np.flatnonzero(sites.under_way)
    add_to(at_work, sites.campus[active], (sites.facility_kw * sites.progress)[active])
    share: Floats = done / np.maximum(done + at_work, 1)
    due = np.floor(m.retained_cents * share[:, np.newaxis]).astype(np.int64)
    rows, packages = np.nonzero(due)
    if not len(rows):
        return
    payees, cents = builders[rows, packages], due[rows, packages]
    m.ledger.post("retainage_due", m.ledger.accounts("campuses")[rows], payees, cents, rows)
    m.bills.add("contractor_payment", FACILITY, rows, payees, cents)
    m.retained_cents -= due
