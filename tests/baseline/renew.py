"""Renews the golden run and the reference study: `uv run python -m tests.baseline.renew`.

Then add a `numbers change:` line to CHANGELOG.md.
"""

import polars as pl

from tests.baseline import reference
from tests.baseline.golden import CSV, HASHES, hash_of, months_of, tables


def main():
    """Renew both, and say what changed."""
    renew_golden()
    print(f"reference study: {'renewed' if reference.renew() else 'as it was'}")  # noqa: T201


def renew_golden():
    """Write what the baseline gives now, and say which figures of the last month moved."""
    before = pl.read_csv(CSV, try_parse_dates=True) if CSV.exists() else None
    found = tables()
    CSV.write_text(months_of(found))
    HASHES.write_text("table,hash\n" + "".join(f"{name},{hash_of(frame)}\n" for name, frame in found.items()))
    after = pl.read_csv(CSV, try_parse_dates=True)
    if before is None or before.columns != after.columns:
        print("written anew")  # noqa: T201
        return
    for name in after.columns[1:]:
        old, new = before[name][-1], after[name][-1]
        if old != new:
            print(f"{name}: {old} -> {new}")  # noqa: T201


if __name__ == "__main__":
    main()
