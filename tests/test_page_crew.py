"""The crew of the workshop: each task once, the newest first, and a run nobody wants is given up."""

import json
import threading

import pytest

import abm
from experiments.workshop import answers
from experiments.workshop.crew import BAND, RELEASE, Crew
from experiments.workshop.question import Question
from experiments.workshop.work import Failed, Task

SECONDS = 180


def quick(months=2, seed=1, *, is_whole=False, **settings):
    return Task(Question("baseline", tuple(sorted(settings.items())), seed), 1000, is_whole=is_whole, months=months)


class Asked:
    """A wish and its answer once there is one."""

    def __init__(self, crew, task, rank=RELEASE):
        self._there = threading.Event()
        self.answers = []
        self.ticket = crew.ask(task, rank, self._take)

    def _take(self, answer):
        self.answers.append(answer)
        self._there.set()

    def answer(self):
        assert self._there.wait(SECONDS)
        return self.answers[0]


@pytest.fixture(scope="module")
def crew():
    crew = Crew(1)
    crew.start()
    assert crew.wait_until_ready(SECONDS)
    yield crew
    crew.close()


def test_a_worker_answers_what_a_run_here_answers(crew):
    task = quick()
    scenario = task.question.asked(workers_per_agent=1000, months=2)
    here = answers.series_of(list(abm.run(scenario, seed=1)))
    assert Asked(crew, task).answer() == here.tobytes()
    told = json.loads(Asked(crew, quick(is_whole=True)).answer())
    assert told["series"]["jobs_total"] == here[answers.SERIES.index("jobs_total")].tolist()


def test_equal_tasks_are_run_once_and_kept(crew):
    before = crew.runs_made
    both = [Asked(crew, quick(seed=11)) for _ in range(2)]
    assert both[0].answer() == both[1].answer()
    assert Asked(crew, quick(seed=11)).answer() == both[0].answer()
    assert crew.runs_made == before + 1


def test_the_urgent_goes_before_what_can_wait(crew):
    order = []
    first = Asked(crew, quick(months=3, seed=20), BAND)
    waiting = [Asked(crew, quick(seed=seed), BAND) for seed in (21, 22)]
    for asked in waiting:
        asked.ticket.done = lambda answer, take=asked._take: (order.append("band"), take(answer))
    urgent = Asked(crew, quick(seed=23), RELEASE)
    urgent.ticket.done = lambda answer, take=urgent._take: (order.append("urgent"), take(answer))
    for asked in (first, *waiting, urgent):
        asked.answer()
    assert order == ["urgent", "band", "band"]


def test_a_dropped_wish_is_not_answered_and_its_run_is_given_up(crew):
    before = crew.runs_made
    long = Asked(crew, quick(months=68, seed=30))
    queued = Asked(crew, quick(months=68, seed=31))
    long.ticket.drop()
    queued.ticket.drop()
    Asked(crew, quick(seed=32)).answer()
    assert (long.answers, queued.answers) == ([], [])
    assert crew.runs_made == before + 1


def test_a_run_that_cannot_be_made_is_told_and_the_crew_lives_on(crew):
    impossible = Asked(
        crew, Task(Question("baseline", (("compute.demand_factor", 99.0),)), 1000, is_whole=False)
    ).answer()
    assert isinstance(impossible, Failed)
    assert "compute.demand_factor" in impossible.why
    assert isinstance(Asked(crew, quick(seed=40)).answer(), bytes)
