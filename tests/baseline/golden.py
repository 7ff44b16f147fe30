"""The golden run: what the baseline gave when it was last renewed, kept small."""

import dataclasses
import hashlib
from pathlib import Path

import polars as pl

import abm
from experiments.collect import Collector

MONTHS, WORKERS_PER_AGENT, SEED = 24, 1000, 1
FOLDER = Path(__file__).parent
CSV, HASHES = FOLDER / "months.csv", FOLDER / "hashes.csv"


def tables():
    """Every table of the golden run."""
    question = dataclasses.replace(abm.Scenario.load("baseline"), months=MONTHS, workers_per_agent=WORKERS_PER_AGENT)
    collector = Collector()
    for record in abm.run(question, seed=SEED):
        collector.add(record)
    return collector.tables()


def hash_of(frame):
    """A hash of every value of a table, its columns and their order."""
    text = frame.with_columns(pl.col(pl.Categorical).cast(pl.String)).write_csv(float_precision=9)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def months_of(found):
    """The headline figures, to nine digits."""
    return found["months"].write_csv(float_precision=9)
