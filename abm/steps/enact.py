"""What was planned takes effect where others meet it: prices, capacity, crews, throughput, staff."""

from typing import TYPE_CHECKING, Any

import numpy as np

from abm.agents.vendor import plant_mix

if TYPE_CHECKING:
    from abm.model import Stargate


def enact(m: "Stargate") -> None:
    """Put in force what makers, builders, suppliers of power and offices have decided."""
    enact_makers(m)
    for builder in m.builders:
        for site in builder.sites:
            m.sites.premium_share[site, builder.package] = builder.premium_share[site]
    for zone, i in enumerate(m.zone_utility.tolist()):
        m.connections.studies_ratio[zone] *= m.suppliers[i].studies_growth_ratio
        m.connections.slots_ratio[zone] *= m.suppliers[i].slots_growth_ratio
    for government in m.governments:
        if government.region >= 0:
            m.local.staff_ratio[government.region] *= government.local_growth_ratio
            m.air.staff_ratio[government.region] *= government.air_growth_ratio


def enact_makers(m: "Stargate") -> None:
    """Makers' prices, new capacity, wanted crews and what they pay over the market."""
    vendors, markup = m.vendors, np.zeros(m.employers.n_lines)

    def of_lines(name: str) -> list[Any]:
        return [value for vendor in vendors for value in getattr(vendor, name)]

    rows = np.array(of_lines("row_list"))
    markup[rows] = of_lines("markup_share")
    m.line_people[rows] = np.array(of_lines("people_wanted"))[:, np.newaxis] * plant_mix(m.parameters.equipment)
    m.line_premium_share[rows] = of_lines("premium_share")
    m.book.set_markup(markup)
    m.book.expand(rows, np.array(of_lines("expansion_kw_per_month")), np.array(of_lines("ready_month")))
