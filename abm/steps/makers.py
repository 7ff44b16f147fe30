"""Where makers' money goes: imports, tariffs, royalties, and supplies at home; all other buyers pay them too."""

from typing import TYPE_CHECKING

import numpy as np

from abm import views
from abm.ledger import NO_CAMPUS
from abm.markets.equipment_prices import settle
from abm.sums import add_to, by_row
from abm.vocabulary import RIVAL, STARGATE

if TYPE_CHECKING:
    from abm.model import Stargate


def settle_makers(m: "Stargate") -> None:
    """All other buyers pay for their deliveries; makers pay for what the month's output took beyond wages."""
    ledger, facts, n_lines = m.ledger, m.facts, m.employers.n_lines
    got, book = facts.delivered, m.book_facts
    assert got is not None
    vendors = ledger.accounts("vendors")[m.lines.vendor]
    ours = by_row(got.line, got.cents, n_lines)
    others = np.maximum(book.output_value_cents - ours, 0)
    ledger.post("sales_revenue", ledger.account("rest_us"), vendors, others)

    line = np.concatenate([got.line, np.arange(n_lines)])
    campus = np.concatenate([views.campus_of_buyer(m, got.buyer), np.full(n_lines, NO_CAMPUS)])
    made = settle(line, np.concatenate([got.cents, others]), m.lines, m.parameters.equipment)
    for kind, payee, part in (
        ("import_payment", "china", made.china_cents), ("import_payment", "rest_of_world", made.abroad_cents),
        ("tariff", "federal", made.tariff_cents), ("royalty", "rest_of_world", made.royalty_cents),
    ):  # fmt: skip
        ledger.post(kind, vendors[line], ledger.account(payee), part, campus)
    known = np.flatnonzero(campus != NO_CAMPUS)
    abroad = (made.china_cents + made.abroad_cents + made.royalty_cents)[known]
    add_to(facts.import_cents, m.sites.program[campus[known]], abroad)
    m.tariff_cents = int(made.tariff_cents.sum())

    at_home = by_row(line, made.domestic_cents, n_lines)
    employed = np.rint(
        facts.wages_cents[m.employers.beyond(m.employers.makers)] * m.parameters.building.paid_hour_burden_ratio
    ).astype(np.int64)
    ledger.post("materials", vendors, ledger.account("rest_us"), np.maximum(at_home - employed, 0))
    tag_lines(m)


def tag_lines(m: "Stargate") -> None:
    """Whose orders each line works on: a running mean over the months it takes to make one."""
    book = m.book_facts
    output = np.maximum(book.output_kw, 1)
    weight = 1 / np.maximum(m.book.supply.make_months, 1)
    for program, made in ((STARGATE, book.stargate_output_kw), (RIVAL, book.rival_output_kw)):
        m.line_share[program] = m.line_share[program] + weight * (made / output - m.line_share[program])
