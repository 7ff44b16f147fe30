"""What comes into force on the first of a month."""

import numpy as np
import pytest

from abm.changes import Change
from abm.steps.opening import abundant_classes, open_month
from abm.units import month_index
from abm.vocabulary import EQUIPMENT, GENERATION_EQUIPMENT, KLASS
from tests import tiny


def opened(m, month):
    m.month = month
    open_month(m)
    return m


def test_a_dated_change_is_in_force_from_its_month_on():
    m = tiny.world(changes=(Change(2, "building.retainage_share", 0.07, 0),))
    before = m.parameters.building.retainage_share
    assert before != 0.07
    for month, value in ((0, before), (1, before), (2, 0.07), (3, 0.07)):
        assert opened(m, month).parameters.building.retainage_share == value


def test_an_override_is_in_force_from_the_start():
    m = tiny.world(overrides={"building.retainage_share": 0.07})
    assert m.parameters.building.retainage_share == 0.07


def test_prices_rise_by_their_yearly_rate():
    m = tiny.world()
    tiny.numbers(m, "building", construction_price_rate_per_year=0.06, price_level_rate_per_year=0.02)
    opened(m, 12)
    assert m.construction_price == pytest.approx(1.06)
    assert m.price_level == pytest.approx(1.02)
    opened(m, 30)
    assert m.construction_price == pytest.approx(1.06**2.5)


def test_the_base_rate_is_its_path_moved_by_the_lever():
    m = tiny.world()
    tiny.numbers(m, "finance", base_rate_shift_rate_per_year=0.01)
    opened(m, 5)
    assert m.base_rate == pytest.approx(float(m.base_rates[5]) + 0.01)


GENSET = "equipment.classes.genset.tariff_rate"  # laws add 0.1 in 2026-03 and take it back in 2026-08
LAW, REPEAL = month_index("2026-03"), month_index("2026-08")


@pytest.mark.parametrize(
    ("changed", "before", "law", "repealed"),
    [
        ({}, 0.025, 0.125, 0.025),
        ({"overrides": {GENSET: 0.05}}, 0.05, 0.15, 0.05),  # laws add to what the scenario begins with
        ({"changes": (Change(LAW + 2, GENSET, 0.4, 0),)}, 0.025, 0.125, 0.4),  # and are in force until it decides
        ({"changes": (Change(LAW - 2, GENSET, 0.4, 0),)}, 0.4, 0.4, 0.4),
        ({"changes": (Change(LAW, GENSET, 0.4, 0),)}, 0.025, 0.4, 0.4),
    ],
)
def test_laws_move_tariffs_until_the_scenario_sets_them(changed, before, law, repealed):
    m = tiny.world(**changed)
    assert m.values[GENSET] == changed.get("overrides", {}).get(GENSET, 0.025)
    found = [opened(m, month).values[GENSET] for month in range(REPEAL + 1)]
    assert [found[LAW - 1], found[LAW], found[REPEAL]] == pytest.approx([before, law, repealed])


def test_facts_and_books_are_new():
    m = tiny.world()
    tiny.months(m, 1)
    old = m.facts
    opened(m, 1)
    assert m.facts is not old
    assert tiny.kinds_posted(m) == set()


@pytest.mark.parametrize(
    ("abundant", "names"),
    [((), ()), (("switchgear", "cpu"), ("switchgear", "cpu")), (("onsite_power",), GENERATION_EQUIPMENT),
     (("labour",), ())],
)  # fmt: skip
def test_abundance_of_power_on_site_is_abundance_of_all_its_kinds(abundant, names):
    m = tiny.world(abundant=abundant)
    assert [EQUIPMENT[k] for k in np.flatnonzero(abundant_classes(m))] == sorted(names, key=EQUIPMENT.index)


def test_an_outage_lowers_what_is_made_while_it_lasts():
    """Half of the output is lost in months 2 and 3: deliveries of switchgear fall against the same run without."""
    plain, struck = tiny.world(), tiny.world(changes=(Change(2, "factory_outage", "switchgear", 2),))
    k, made = KLASS["switchgear"], []
    for m in (plain, struck):
        by_month = []
        tiny.months(m, 6, lambda world, to=by_month: to.append(int(world.book_facts.delivered_kw[:, k].sum())))
        made.append(by_month)
    assert made[0][:2] == made[1][:2]
    loss = plain.parameters.equipment.outage_loss_share
    for month in (2, 3):
        assert made[1][month] <= made[0][month] * (1 - loss) * 1.05  # crews and expansion move a little
    assert made[1][5] > made[1][3]
