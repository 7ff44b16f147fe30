"""The month opens: new books, dated changes, exogenous paths, and what all other buyers order."""

from typing import TYPE_CHECKING

import numpy as np

from abm.facts import Facts
from abm.parameters import changed, known_number, parameters_of
from abm.tables_equipment import tariff_path
from abm.units import MONTHS_PER_YEAR
from abm.vocabulary import EQUIPMENT, GENERATION_EQUIPMENT

if TYPE_CHECKING:
    from abm.model import Stargate


def open_month(m: "Stargate") -> None:
    """Start new books, put dated changes in force, read the paths of the month, let all other buyers order."""
    changes = m.question.numbers_changed(m.month)
    tariffs = laws_of_the_month(m)
    if changes or tariffs:
        m.values = changed(m.values | tariffs, changes, allow_outside=m.question.allow_outside)
        m.parameters = parameters_of(m.values)
    m.ledger.open_month()
    m.facts = Facts()
    p = m.parameters
    m.base_rate = float(m.base_rates[m.month]) + p.finance.base_rate_shift_rate_per_year
    years = m.month / MONTHS_PER_YEAR
    m.construction_price = float((1 + p.building.construction_price_rate_per_year) ** years)
    m.price_level = float((1 + p.building.price_level_rate_per_year) ** years)
    out = {change.value for change in m.question.events(m.month) if change.name == "factory_outage"}
    outage = np.array([name in out for name in EQUIPMENT])
    m.book.open_month(m.month, p.equipment, outage, abundant_classes(m))


def laws_of_the_month(m: "Stargate") -> dict[str, float]:
    """Tariffs that change by law this month, added to those of 2024-05 as shipped or as the scenario has them.

    Once a dated change of the scenario has set a tariff, laws no longer move it.
    """
    path, overrides = tariff_path(None), m.question.overrides
    before = path[m.month - 1] if m.month else np.zeros(len(EQUIPMENT))
    own = {change.name for change in m.question.changes if change.month <= m.month}
    rates = {}
    for k in np.flatnonzero(path[m.month] != before).tolist():
        name = f"equipment.classes.{EQUIPMENT[k]}.tariff_rate"
        if name not in own:
            rates[name] = overrides.get(name, known_number(name).value) + float(path[m.month, k])
    return rates


def abundant_classes(m: "Stargate") -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Classes that are delivered at once, those of on-site power together, shape (n_classes,)."""
    abundant = set(m.question.abundant)
    onsite = set(GENERATION_EQUIPMENT) if "onsite_power" in abundant else set()
    return np.array([name in abundant or name in onsite for name in EQUIPMENT])
