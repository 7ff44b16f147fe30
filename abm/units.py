"""Calendar, units and the words that names end in; every conversion lives here."""

import datetime
import re
from itertools import pairwise

FIRST_YEAR, FIRST_MONTH = 2024, 5
CENTS_PER_USD = 100
MONTHS_PER_YEAR = 12
HOURS_PER_YEAR = 8760
HOURS_PER_MONTH = HOURS_PER_YEAR / MONTHS_PER_YEAR
PAID_HOURS_PER_MONTH = 2080 / MONTHS_PER_YEAR  # a full-time year by the convention of BLS wage statistics
KW_PER_MW = 1000
MW_PER_GW = 1000
USD_PER_USD_M = 1_000_000
USD_PER_USD_BN = 1_000_000_000
WEEKS_PER_MONTH = 52 / 12

# What a word in a name promises; megawatts always say which kind they are.
WORDS = {
    "usd": "USD", "usd_m": "USD m", "usd_bn": "USD bn", "cents": "USD cent",
    "month": "month", "months": "month", "year": "year", "years": "year", "day": "day", "days": "day",
    "hour": "hour", "hours": "hour", "week": "week", "worker_month": "worker-month", "worker_months": "worker-month",
    "worker_year": "worker-year", "worker_years": "worker-year",
    "it_gw_year": "IT GW-year", "it_mw_year": "IT MW-year", "it_kw_year": "IT kW-year",
    "facility_mw": "facility MW", "it_mw": "IT MW", "utility_mw": "utility MW", "generation_mw": "generation MW",
    "facility_kw": "facility kW", "it_kw": "IT kW", "utility_kw": "utility kW", "generation_kw": "generation kW",
    "generation_gw": "generation GW", "utility_gw": "utility GW", "it_gw": "IT GW", "facility_gw": "facility GW",
    "kw": "kW", "mwh": "MWh", "mmbtu": "MMBtu", "km": "km", "acre": "acre", "acres": "acre", "tco2": "tCO2",
    "worker": "worker", "workers": "worker", "heads": "worker", "head": "worker", "job": "job", "jobs": "job",
    "share": "1", "ratio": "1", "elasticity": "1", "index": "1", "factor": "1", "log_sd": "1", "exponent": "1",
    "prob": "1",
    "rate": "1", "premium": "1", "count": "1", "requests": "request", "permits": "permit", "campuses": "campus",
    "building": "building", "buildings": "building", "household": "household", "unit": "unit", "units": "unit",
}  # fmt: skip
BARE = "1"  # the unit of shares, ratios and chances
_LONGEST_WORD = 3


def _last_word(words: list[str]) -> str | None:
    for length in range(min(_LONGEST_WORD, len(words)), 0, -1):
        word = "_".join(words[-length:])
        if word in WORDS:
            return WORDS[word]
    return None


def unit_of_name(name: str) -> str | None:
    """Read the unit a name promises: `price_usd_per_facility_kw` is "USD/facility kW"; None if it promises none."""
    first, *rest = name.split("_per_")
    parts = [_last_word(first.split("_")), *(WORDS.get(part) for part in rest)]
    if any(part is None for part in parts):
        return None
    numerator, *denominators = (str(part) for part in parts)
    return "/".join([numerator, *denominators])


def month_date(month: int) -> datetime.date:
    """The first day of a month counted from the start of the run (2024-05 is month 0)."""
    years, rest = divmod(FIRST_MONTH - 1 + month, MONTHS_PER_YEAR)
    return datetime.date(FIRST_YEAR + years, rest + 1, 1)


def month_index(text: str) -> int:
    """Count months from 2024-05 for a text such as "2025-03" or "2025-03-18".

    Raises:
        ValueError: if the text does not start with a year and a month.
    """
    parts = re.match(r"(\d{4})-(\d{2})(?!\d)", text)
    year, month = (int(part) for part in parts.groups()) if parts else (0, 0)
    if not (year and 1 <= month <= MONTHS_PER_YEAR):
        raise ValueError(f"{text!r} is not a month; write YYYY-MM")
    return (year - FIRST_YEAR) * MONTHS_PER_YEAR + month - FIRST_MONTH


def cents(usd: float) -> int:
    """Whole cents of an amount in USD."""
    return round(usd * CENTS_PER_USD)


def monthly_rate(rate_per_year: float) -> float:
    """The rate that compounds to the yearly one in twelve months."""
    return float((1 + rate_per_year) ** (1 / MONTHS_PER_YEAR) - 1)


def monthly_prob(prob_per_year: float) -> float:
    """The monthly chance that adds up to the yearly one over twelve months."""
    return float(1 - (1 - prob_per_year) ** (1 / MONTHS_PER_YEAR))


def interpolated(years: list[float], values: list[float], year: float) -> float:
    """Straight line between dated points, flat outside them."""
    if year <= years[0]:
        return values[0]
    for (left, right), (low, high) in zip(pairwise(years), pairwise(values), strict=True):
        if year <= right:
            return low + (high - low) * (year - left) / (right - left)
    return values[-1]
