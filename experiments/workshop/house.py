"""What all sessions of one server share: the crew, and what the room was opened with."""

import dataclasses
import functools
import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

import abm
from experiments import facts
from experiments.workshop import levers
from experiments.workshop.crew import IDLE, SHARED, Crew
from experiments.workshop.question import Question
from experiments.workshop.work import Task

FRONT = Path(__file__).parent / "front"
FINE, COARSE = 100, 1000  # people for whom one row of the worker table stands
BAND_SEEDS = 20
WITHOUT = "rivals"  # the world without Stargate whose difference is called net


@dataclass
class House:
    """One server's rooms.

    Attributes:
        crew: processes that make the runs.
        language: the room speaks unless a link says otherwise.
    """

    crew: Crew
    language: str = "en"

    def open(self) -> None:
        """Start the crew and have what everybody sees first made before anybody asks."""
        self.crew.start()
        first = Question()
        for task in (Task(first, FINE, is_whole=True), Task(first, COARSE, is_whole=False), without(first)):
            self.crew.ask(task, SHARED, _kept)
        for task in band(first):
            self.crew.ask(task, IDLE, _kept)


_open: list[House] = []


def open_house(house: House) -> None:
    """Make a house the one of this process."""
    _open[:] = [house]
    house.open()


def house() -> House:
    """The house of this process; one is opened where none is, as in a notebook."""
    if not _open:
        open_house(House(Crew()))
    return _open[0]


def without(question: Question) -> Task:
    """The same question in the world without Stargate."""
    settings = tuple(sorted((dict(question.settings) | {"stargate_world": WITHOUT}).items()))
    return Task(dataclasses.replace(question, settings=settings), FINE, is_whole=False)


def band(question: Question) -> list[Task]:
    """The same question with other luck."""
    seeds = range(question.seed, question.seed + BAND_SEEDS)
    return [Task(dataclasses.replace(question, seed=seed), FINE, is_whole=False) for seed in seeds]


def estimated(name: str) -> dict[float, Task]:
    """Coarse runs of the baseline with one lever at a few values, between which an estimate is drawn."""
    number = levers.numbers()[name]
    halfway = [(end + number.value) / 2 for end in (number.low, number.high)]
    values = dict.fromkeys(float(x) for x in (number.low, *halfway, number.high) if x != number.value)
    return {value: Task(Question("baseline", ((name, value),)), COARSE, is_whole=False) for value in values}


@functools.cache
def model_version() -> str:
    """Version of the package and hashes of what decides results; a link of another version says so."""
    identity = facts.identity_of(abm.Scenario.load("baseline"), 1)
    both = hashlib.blake2b((identity.code_hash + identity.numbers_hash).encode(), digest_size=4).hexdigest()
    return f"{importlib.metadata.version('stargate-abm')}-{both}"


@functools.cache
def front_version() -> str:
    """Hash of the page's own files, part of their address, so that a browser never shows old ones."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(FRONT.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _kept(_: object) -> None:
    """Nobody waits for it; it is kept."""
