"""Reads the dated tables of money: traits of investors, owners' capital spending, the base rate."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abm.changes import MOST_MONTHS
from abm.errors import BadNumber
from abm.parameters import NUMBERS
from abm.units import CENTS_PER_USD, MONTHS_PER_YEAR, USD_PER_USD_BN, month_index

# Who borrows; campuses of rivals pay out of their owner's budget and belong to RIVAL_GROUP.
GROUPS = ("oracle", "openai", "joint_venture")
ORACLE, OPENAI, JOINT_VENTURE = range(len(GROUPS))
RIVAL_GROUP, NO_GROUP = len(GROUPS), -1
INSTRUMENTS = ("equity", "loan", "bond", "budget")
EQUITY, LOAN, BOND, BUDGET = range(len(INSTRUMENTS))
PURPOSES = ("facility", "it")
JOINT_VENTURE_FROM = month_index("2025-01")  # before it was announced campuses were leased
CENTS_PER_USD_BN = USD_PER_USD_BN * CENTS_PER_USD
_MONTHS = MOST_MONTHS + 1
_MONTHS_PER_QUARTER = 3
_LUMPS = ("raised_usd_bn", "openai_equity_usd_bn")
_TRAITS = (
    "cash_usd_bn", "inflow_usd_bn_per_month", "required_return_rate_per_year", "outside_us_share",
    "outside_china_share", "slow_below_share", "walk_below_share", *_LUMPS,
    *(f"limit_{group}_usd_bn" for group in GROUPS),
    *(f"weight_{group}_{purpose}_share" for group in GROUPS[:JOINT_VENTURE] for purpose in PURPOSES),
    "weight_joint_venture_ratio",
)  # fmt: skip

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]
type Rows = list[dict[str, str]]
type Told = dict[tuple[str, str], Rows]  # rows by investor and trait


@dataclass(frozen=True, slots=True)
class Investors:
    """Investors and their traits by month, T months from 2024-05, I investors, G groups; money in cents.

    Attributes:
        name: as in investors.csv, length I.
        kind: sponsor, fund, lender or strategic, length I.
        home: sector it belongs to: rest_us or rest_of_world, length I.
        instrument: EQUITY, LOAN or BOND, shape (I,).
        opening_cash_cents: at the start, shape (I,).
        inflow_cents: new money a month, shape (T, I).
        raised_cents: lump sums raised outside in that month, shape (T, I).
        openai_equity_cents: paid to OpenAI for shares in that month, shape (T, I).
        committed_cents: of that, promised and still to be paid after the month, shape (T, I).
        limit_cents: most it will have at work in a group, shape (T, I, G).
        required_return: return of equity, spread over the base rate of debt, per year, shape (T, I).
        outside_share: where money goes that nobody calls: other US, China, rest of the world, shape (T, I, 3).
        slow_below_share, walk_below_share: delivered over planned MW, shape (T, I).
        weight: share it takes of what a group needs, by purpose, shape (T, I, G, 2).
    """

    name: tuple[str, ...]
    kind: tuple[str, ...]
    home: tuple[str, ...]
    instrument: Ints
    opening_cash_cents: Ints
    inflow_cents: Ints
    raised_cents: Ints
    openai_equity_cents: Ints
    committed_cents: Ints
    limit_cents: Ints
    required_return: Floats
    outside_share: Floats
    slow_below_share: Floats
    walk_below_share: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class Capex:
    """Capital spending of owners, all uses and regions.

    Attributes:
        usd_bn_per_month: last dated value held, 0 for owners without a path, shape (T, n_owners).
        ends: month after the last dated quarter, shape (n_owners,).
    """

    usd_bn_per_month: Floats
    ends: Ints

    def at(self, month: int, growth_rate_per_year: float) -> Floats:
        """Spending in USD bn a month, grown after the path ends, shape (n_owners,)."""
        years = np.maximum(0, month - self.ends + 1) / MONTHS_PER_YEAR
        spending: Floats = self.usd_bn_per_month[_within(month)] * (1 + growth_rate_per_year) ** years
        return spending


def rows_of(table: str, known_by: int | None = None) -> Rows:
    """Rows of a table of numbers/, without those that could not be known by a month."""
    with (NUMBERS / table).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if known_by is None or month_index(row["known_from"]) <= known_by]


def stepped(rows: Iterable[Mapping[str, str]], date: str = "date") -> Floats:
    """A path that holds each dated value until the next, from the first one on, shape (T,).

    Of two values for one date the one known later counts.
    """
    path = np.zeros(_MONTHS)
    for row in sorted(rows, key=lambda row: (month_index(row[date]), month_index(row["known_from"]))):
        path[_within(month_index(row[date])) :] = _value(row)
    return path


def investors(known_by: int | None = None) -> Investors:
    """Investors and their traits, as far as known by a month (None: all).

    Raises:
        BadNumber: for an unknown trait or instrument.
    """
    rows = rows_of("investors.csv", known_by)
    first = {row["investor"]: row for row in reversed(rows)}
    names = tuple(dict.fromkeys(row["investor"] for row in rows))
    for row in rows:
        if row["trait"] not in _TRAITS or row["instrument"] not in INSTRUMENTS:
            raise BadNumber(f"investors.csv: {row['investor']} has {row['trait']!r}; it may have {', '.join(_TRAITS)}")
    told = _by_trait(rows)
    path = {trait: _by_investor(told, names, trait) for trait in _TRAITS}
    us, china = path["outside_us_share"], path["outside_china_share"]
    lumps = _lumps(told, names, "openai_equity_usd_bn")
    joint = path["weight_joint_venture_ratio"]
    return Investors(
        names,
        tuple(first[name]["kind"] for name in names),
        tuple(first[name]["home"] for name in names),
        np.array([INSTRUMENTS.index(first[name]["instrument"]) for name in names]),
        _cents(path["cash_usd_bn"])[0],
        _cents(path["inflow_usd_bn_per_month"]),
        _cents(_lumps(told, names, "raised_usd_bn")),
        _cents(lumps),
        _cents(_committed(told, names)),
        _cents(np.stack([path[f"limit_{group}_usd_bn"] for group in GROUPS], axis=2)),
        path["required_return_rate_per_year"],
        np.stack([us, china, 1 - us - china], axis=2),
        path["slow_below_share"],
        path["walk_below_share"],
        np.stack([*(_purposes(path, group) for group in GROUPS[:JOINT_VENTURE]), np.stack([joint, joint], axis=2)], 2),
    )


def capex(owners: Sequence[str], known_by: int | None = None) -> Capex:
    """Capital spending of the owners named, as far as known by a month (None: all)."""
    rows = rows_of("capex_path.csv", known_by)
    paths, ends = [], []
    for owner in owners:
        own = [row for row in rows if row["name"] == owner]
        paths.append(stepped(own) / _MONTHS_PER_QUARTER)
        ends.append(max((month_index(row["date"]) + _MONTHS_PER_QUARTER for row in own), default=0))
    return Capex(np.stack(paths, axis=1), np.array(ends, np.int64))


def base_rate(known_by: int | None = None) -> Floats:
    """The secured overnight rate per year by month, the last one held, shape (T,)."""
    return stepped(rows_of("rates_path.csv", known_by))


@dataclass(frozen=True, slots=True)
class Borrowers:
    """Who owns and who rents each campus, arrays of shape (n_campuses,).

    Attributes:
        owner: row of owners.csv.
        tenant: row of owners.csv.
        is_stargate: whether it is a Stargate campus.
    """

    owner: Ints
    tenant: Ints
    is_stargate: NDArray[np.bool_]

    def groups(self, owners: Sequence[str], finance_structure: str, month: int) -> Ints:
        """Who borrows for each campus: a row of GROUPS, or RIVAL_GROUP, shape (n_campuses,).

        Args:
            owners: names, in the order of owners.csv
            finance_structure: "leases" or "joint_venture"; the joint venture begins in 2025-01
            month: the month
        """
        leased = np.where(self.tenant == list(owners).index("Oracle"), ORACLE, OPENAI)
        joint = finance_structure == "joint_venture" and month >= JOINT_VENTURE_FROM
        ours = np.full(len(self.owner), JOINT_VENTURE) if joint else leased
        groups: Ints = np.where(self.is_stargate, ours, RIVAL_GROUP)
        return groups


def _value(row: Mapping[str, str]) -> float:
    try:
        return float(row["value"])
    except ValueError:
        raise BadNumber(f"{dict(row)}: value is {row['value']!r}; write a number") from None


def _within(month: int) -> int:
    return min(max(month, 0), _MONTHS - 1)


def _cents(usd_bn: Floats) -> Ints:
    rounded: Ints = np.rint(usd_bn * CENTS_PER_USD_BN).astype(np.int64)
    return rounded


def _by_trait(rows: Rows) -> Told:
    told: Told = {}
    for row in rows:
        told.setdefault((row["investor"], row["trait"]), []).append(row)
    return told


def _by_investor(told: Told, names: tuple[str, ...], trait: str) -> Floats:
    return np.stack([stepped(told.get((name, trait), []), "from") for name in names], axis=1)


def _lumps(told: Told, names: tuple[str, ...], trait: str) -> Floats:
    amounts = np.zeros((_MONTHS, len(names)))
    for i, name in enumerate(names):
        for row in told.get((name, trait), []):
            amounts[_within(month_index(row["from"])), i] += _value(row)
    return amounts


def _committed(told: Told, names: tuple[str, ...]) -> Floats:
    open_amount = np.zeros((_MONTHS, len(names)))
    for i, name in enumerate(names):
        for row in told.get((name, "openai_equity_usd_bn"), []):
            known, due = _within(month_index(row["known_from"])), _within(month_index(row["from"]))
            open_amount[known:due, i] += _value(row)
    return open_amount


def _purposes(path: dict[str, Any], group: str) -> Floats:
    return np.stack([path[f"weight_{group}_{purpose}_share"] for purpose in PURPOSES], axis=2)
