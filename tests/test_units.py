"""Calendar, conversions and the units that names promise."""

import datetime

import pytest

from abm import units


@pytest.mark.parametrize(
    ("month", "date"),
    [(0, (2024, 5, 1)), (7, (2024, 12, 1)), (8, (2025, 1, 1)), (67, (2029, 12, 1)), (-5, (2023, 12, 1))],
)
def test_month_and_date_are_inverse(month, date):
    assert units.month_date(month) == datetime.date(*date)
    assert units.month_index(f"{date[0]}-{date[1]:02}") == month
    assert units.month_index(units.month_date(month).isoformat()) == month


@pytest.mark.parametrize("text", ["2025", "2025-13", "2025-0", "2025-1", "soon", "", "0000-01", "12025-01"])
def test_what_is_not_a_month_is_refused(text):
    with pytest.raises(ValueError, match="is not a month; write YYYY-MM"):
        units.month_index(text)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("quit_prob_per_month", "1/month"),
        ("price_usd_per_facility_kw", "USD/facility kW"),
        ("construction_price_rate_per_year", "1/year"),
        ("four_year_total_usd_bn", "USD bn"),
        ("work_worker_months_per_facility_mw", "worker-month/facility MW"),
        ("retainage_share", "1"),
        ("compute_price_usd_m_per_it_mw_year", "USD m/IT MW-year"),
        ("peak_facility_mw", "facility MW"),
    ],
)
def test_a_name_promises_its_unit(name, unit):
    assert units.unit_of_name(name) == unit


@pytest.mark.parametrize("name", ["power", "capacity_mw", "price_usd_per_mw", "tau_q", "price_usd_per_", ""])
def test_a_name_without_a_unit_promises_none(name):
    """A bare megawatt is none: it must say of which kind."""
    assert units.unit_of_name(name) is None


def test_cents_are_whole_and_nearest():
    assert units.cents(12.34) == 1234
    assert units.cents(0.019) == 2
    assert units.cents(-1.5) == -150


def test_twelve_monthly_rates_compound_to_the_yearly_one():
    assert (1 + units.monthly_rate(0.06)) ** 12 == pytest.approx(1.06, rel=1e-12)
    assert units.monthly_rate(0.0) == 0.0


def test_twelve_monthly_chances_add_up_to_the_yearly_one():
    assert 1 - (1 - units.monthly_prob(0.3)) ** 12 == pytest.approx(0.3, rel=1e-12)
    assert units.monthly_prob(1.0) == 1.0
    assert units.monthly_prob(0.3) != pytest.approx(units.monthly_rate(0.3), rel=1e-3)


def test_interpolation_is_straight_between_points_and_flat_outside():
    years, values = [2024.0, 2026.0, 2027.0], [10.0, 20.0, 0.0]
    found = [units.interpolated(years, values, year) for year in (2020, 2024, 2025, 2026.5, 2027, 2040)]
    assert found == [10, 10, 15, 10, 0, 0]
