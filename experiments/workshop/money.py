"""Stargate's money as links from where it comes from to what it buys and where that goes, added up month by month."""

from typing import Any

import polars as pl

from experiments import queries

_USD_PER_BN = 1e9
_CAMPUSES = "campuses"
_IN = {"rent": ("rent",)}
_OUT = queries.USES | {
    "returns": ("interest", "dividend", "bond_repayment", "loan_repayment", "building_interest"),
    "running": ("power_bill", "fuel_bill", "tax", "wages", "benefits", "abatement_rebate"),
}
_MAKERS = ("IT", "equipment")
_ABROAD = {"import_payment", "royalty"}


def money_links(tables: queries.Tables) -> list[dict[str, Any]]:
    """Links of a Sankey chart, USD bn since the start by month: from, to, usd_bn.

    The middle node is "campuses". What goes abroad is known for makers and builders, not for single uses.
    """
    months = tables["months"].select("month")
    flows = tables["flows"].filter(pl.col("program").cast(pl.String) == queries.STARGATE)
    flows = flows.with_columns(pl.col("kind", "payer_sector", "payee_sector").cast(pl.String))
    links = [(name, _CAMPUSES, usd) for name, usd in _called(tables, months)]
    links += [(name, _CAMPUSES, _net(flows, months, kinds, into=True)) for name, kinds in _IN.items()]
    uses = {name: _net(flows, months, kinds, into=False) for name, kinds in _OUT.items()}
    links += [(_CAMPUSES, name, usd) for name, usd in uses.items()]
    made = [sum(pair) for pair in zip(*(uses[name] for name in _MAKERS), strict=True)]
    links += [(name, "makers", uses[name]) for name in _MAKERS]
    links += _abroad("makers", made, flows.filter(pl.col("payer_sector") == "vendors"), months)
    links += _abroad("buildings", uses["buildings"], flows.filter(pl.col("payer_sector") == "builders"), months)
    return [{"from": a, "to": b, "usd_bn": [round(x, 3) for x in usd]} for a, b, usd in links if max(usd) > 0]


def _called(tables: queries.Tables, months: pl.DataFrame) -> list[tuple[str, list[float]]]:
    """Capital paid in by each investor."""
    names = tables["agents"].select(investor_id="agent_id", investor="name")
    rows = tables["capital"].filter(pl.col("program").cast(pl.String) == queries.STARGATE).join(names, on="investor_id")
    found = {
        key[0]: _total(part.group_by("month").agg(usd=pl.col("called_usd").sum()), months)
        for key, part in rows.partition_by("investor", as_dict=True).items()
    }
    return sorted(found.items(), key=lambda item: -item[1][-1])


def _net(flows: pl.DataFrame, months: pl.DataFrame, kinds: tuple[str, ...], *, into: bool) -> list[float]:
    """What campuses paid for some kinds of transaction, less what came back; the other way round for `into`."""
    sign = pl.col("payer_sector").is_in(queries.BUYERS).cast(pl.Int8)
    sign = sign - pl.col("payee_sector").is_in(queries.BUYERS).cast(pl.Int8)
    if into:  # rent passes from owners to campuses, both of which are buyers
        sign = (pl.col("payee_sector") == _CAMPUSES).cast(pl.Int8)
    rows = flows.filter(pl.col("kind").is_in(kinds)).group_by("month").agg(usd=(pl.col("amount_usd") * sign).sum())
    return _total(rows, months)


def _abroad(
    node: str, earned: list[float], paid: pl.DataFrame, months: pl.DataFrame
) -> list[tuple[str, str, list[float]]]:
    """What a node passes on to China and to other countries, and what is left in the United States."""
    links, left = [], earned
    for place, name in (("china", "China"), ("rest_of_world", "abroad")):
        rows = paid.filter(pl.col("kind").is_in(_ABROAD), pl.col("payee_sector") == place)
        usd = _total(rows.group_by("month").agg(usd=pl.col("amount_usd").sum()), months)
        links.append((node, name, usd))
        left = [a - b for a, b in zip(left, usd, strict=True)]
    return [*links, (node, "home", [max(x, 0.0) for x in left])]


def _total(rows: pl.DataFrame, months: pl.DataFrame) -> list[float]:
    """USD bn from the start to each month."""
    all_months = months.join(rows, on="month", how="left", maintain_order="left")
    return (all_months["usd"].cast(pl.Float64).fill_null(0.0).cum_sum() / _USD_PER_BN).to_list()
