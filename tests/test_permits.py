"""Permitting offices, worked on paper: queue, review, contests, moratoria, federal land."""

import dataclasses

import numpy as np
import pytest

from abm.markets.permits import CANCELLED, GRANTED, QUEUED, REVIEW, Applications, contested_share
from abm.parameters import NUMBERS, _filled, _flatten, read_toml
from abm.subjects.policy import Policy
from abm.units import month_index


def policy(office=None, kind="local", **changes):
    p = _filled(Policy, "", {name: entry["value"] for name, entry in _flatten(read_toml(NUMBERS / "policy.toml"), "")})
    offices = dict(p.offices)
    offices[kind] = dataclasses.replace(offices[kind], **(office or {}))
    return dataclasses.replace(p, offices=offices, **changes)


def plain(**office):
    """One application a month, nobody else, six months of review exactly, no contests, no cancellations."""
    calm = {
        "staff_workers": 2, "permits_per_worker_year": 6, "other_permits_per_year": 0, "initial_queue_permits": 0,
        "review_months": 6, "review_log_sd": 0, "contested_share": 0,
    }  # fmt: skip
    return policy(calm | office, cancel_prob_per_year=0)


def month_of(a, month, p, stop=False, unlimited=False):
    return a.advance(month, p, moratorium=np.full(len(a.others), stop), unlimited=unlimited)


def months_granted(p, campuses, months, stop=lambda month: False, start=0):
    a = Applications("local", campuses, 2, p, 1)
    a.apply(np.arange(campuses), np.zeros(campuses, np.int64), start, p)
    for month in range(start, start + months):
        month_of(a, month, p, stop(month))
        assert a.residual_count() == 0
    return [int(m) for m in a.decided_month], a


def test_applications_wait_for_staff_and_are_reviewed():
    """Taken up in months 0, 1 and 2; six months of review each."""
    assert months_granted(plain(), 3, 12)[0] == [6, 7, 8]


def test_others_in_the_queue_come_first():
    """Two of others wait and one comes in the same month: taken up in month 3, so decided in month 9."""
    assert months_granted(plain(initial_queue_permits=2, other_permits_per_year=12), 1, 12)[0] == [9]


def test_a_moratorium_stops_taking_up_and_deciding():
    """Taken up in month 0; stopped in months 3 to 5: decided three months later."""
    assert months_granted(plain(), 1, 12, stop=lambda month: 3 <= month < 6)[0] == [9]


def test_a_contest_adds_months_and_may_end_it():
    decided, a = months_granted(plain(contested_share=1, contested_months=5, contest_cancel_prob=0), 1, 20)
    assert decided == [11]
    assert a.granted.all()
    _, ended = months_granted(plain(contested_share=1, contested_months=5, contest_cancel_prob=1), 1, 20)
    assert ended.state[0] == CANCELLED
    assert ended.cancelled_count == 1


def test_abundance_grants_at_once():
    p = plain(contested_share=1, contest_cancel_prob=1)
    a = Applications("local", 2, 1, p, 1)
    a.apply(np.arange(2), np.zeros(2, np.int64), 4, p)
    decided = month_of(a, 4, p, unlimited=True)
    assert list(decided.granted) == [0, 1]
    assert len(decided.cancelled) == 0


def test_federal_land_needs_no_local_staff_and_no_contest():
    p = dataclasses.replace(
        plain(initial_queue_permits=50, other_permits_per_year=12, contested_share=1),
        federal_land_share=1, federal_review_months=3,
    )  # fmt: skip
    decided, a = months_granted(p, 1, 12)
    assert decided == [3]
    assert not a.contested.any()


def test_eo_14318_shortens_air_permits_only():
    p = policy(
        {"review_log_sd": 0, "contested_share": 0}, kind="air", air_review_saved_months=3, cancel_prob_per_year=0
    )
    air, local = (Applications(kind, 1, 1, p, 1) for kind in ("air", "local"))
    for a in (air, local):
        a.apply(np.array([0]), np.array([0]), 0, p)
    assert air.review_months[0] == pytest.approx(1)
    assert local.review_months[0] > 2
    assert air.wait_months(p)[0] == pytest.approx((6 + 1) / 4 + 1)


def test_approval_takes_about_eight_months_with_the_shipped_numbers():
    p = policy()
    assert Applications("local", 1, 1, p, 1).wait_months(p)[0] == pytest.approx(8, abs=1)
    assert Applications("air", 1, 1, p, 1).wait_months(p)[0] == pytest.approx(5.5, abs=1)


def test_one_in_twenty_ends_in_a_contest():
    """12.9 % x 40 % of a thousand are 52; other cancellations switched off."""
    p = policy({"staff_workers": 10_000}, cancel_prob_per_year=0)
    a = Applications("local", 1000, 1, p, 5)
    a.apply(np.arange(1000), np.zeros(1000, np.int64), 0, p)
    for month in range(60):
        month_of(a, month, p)
    assert a.cancelled_count == pytest.approx(52, abs=22)
    assert a.cancelled_count + a.granted_count == 1000


def test_opposition_grows_from_the_date_it_was_seen():
    p = policy(opposition_growth_rate_per_year=0.25)
    seen = month_index("2026-01")
    share = contested_share(p, p.offices["local"], np.array([0, seen, seen + 12, 2000]))
    assert share == pytest.approx([0.129, 0.129, 0.16125, 1.0])
    none = contested_share(dataclasses.replace(p, opposition_factor=0), p.offices["local"], np.array([50]))
    assert none == pytest.approx([0])


def test_the_start_puts_applications_as_far_as_their_age():
    """Two months of queue: ages 1, 5 and 20 months are waiting, in review and granted."""
    p = plain(initial_queue_permits=2, other_permits_per_year=12)
    a = Applications("local", 3, 1, p, 1)
    granted = a.start(np.arange(3), np.zeros(3, np.int64), np.array([-1, -5, -20]), p)
    assert list(a.state) == [QUEUED, REVIEW, GRANTED]
    assert a.reviewed_months[1] == pytest.approx(3)
    assert list(granted) == [2]
    assert a.residual_count() == 0


def test_expected_months_are_kept():
    p = plain()
    a = Applications("local", 3, 1, p, 1)
    a.apply(np.arange(3), np.zeros(3, np.int64), 0, p)
    told = a.expected_month(0, p)
    for month in range(12):
        month_of(a, month, p)
    assert told == pytest.approx(a.decided_month, abs=3)
    assert list(a.expected_month(12, p)) == list(a.decided_month)


def test_history_and_double_applications():
    p = plain()
    a = Applications("local", 3, 1, p, 1)
    a.grant_now(np.array([1]), np.array([0]), -9)
    assert list(a.granted) == [False, True, False]
    with pytest.raises(ValueError, match="applies twice for its local permit"):
        a.apply(np.array([1]), np.array([0]), 0, p)
    assert np.isnan(a.expected_month(0, p)[0])
    assert a.residual_count() == 0
