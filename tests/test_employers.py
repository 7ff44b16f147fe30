"""Establishments in their blocks, in the order the labour market keeps them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from abm.employers import Employers


def blocks(e):
    return [e.crews, e.staff, e.plants, e.makers, e.wires]


def test_blocks_follow_each_other_behind_the_background():
    """3 regions; crews, staff and plants of 4 campuses; 5 lines; 2 zones: 3 + 12 + 5 + 2 = 22."""
    e = Employers(n_regions=3, n_campuses=4, n_lines=5, n_zones=2)
    assert [(b.start, b.stop) for b in blocks(e)] == [(3, 7), (7, 11), (11, 15), (15, 20), (20, 22)]
    assert len(e) == 22


@given(st.tuples(*[st.integers(0, 50)] * 4))
def test_every_establishment_belongs_to_one_block(sizes):
    n_regions, n_campuses, n_lines, n_zones = sizes
    e = Employers(*sizes)
    times = np.zeros(len(e), int)
    times[:n_regions] += 1
    for block in blocks(e):
        times[block] += 1
    assert (times == 1).all()
    assert [b.stop - b.start for b in blocks(e)] == [n_campuses] * 3 + [n_lines, n_zones]


def test_an_establishment_stands_where_its_campus_line_or_zone_does():
    e = Employers(n_regions=30, n_campuses=2, n_lines=3, n_zones=1)
    beyond = e.regions(np.array([21, 22]), np.array([11, 12, 13]), np.array([7]))
    region = np.concatenate([np.arange(30), beyond])
    assert len(region) == len(e)
    for block in (e.crews, e.staff, e.plants):
        assert region[block].tolist() == [21, 22]
    assert region[e.makers].tolist() == [11, 12, 13]
    assert region[e.wires].tolist() == [7]


def test_the_world_has_a_region_for_every_establishment(first_of_may):
    m = first_of_may
    assert len(m.workers.table.region_of) == len(m.employers)
    assert m.workers.table.region_of[m.employers.crews].tolist() == m.sites.region.tolist()
    assert m.workers.table.region_of[m.employers.wires].tolist() == m.zones.home_region.tolist()
