"""The reference study is whole, is the one it claims to be, and comes out again."""

import pytest

from experiments import open_study
from experiments.reproduce_command import DiffersNow, reproduced
from experiments.results_command import verified
from tests.baseline.reference import FOLDER, HASH, hash_of

REMEDY = "results changed; if it is meant, run `uv run python -m tests.baseline.renew` and add a changelog line"


def test_every_file_is_as_it_was_written():
    assert verified(FOLDER) == (len(open_study(FOLDER).manifest["files"]), True)


def test_its_contents_have_the_hash_that_is_kept():
    assert hash_of(FOLDER) == HASH.read_text().strip(), REMEDY


def test_it_is_small_and_holds_nothing_of_the_machine():
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 400_000
    for path in files:
        content = path.read_bytes()
        assert not any(place in content for place in (b"/home/", b"/work/", b"/root/", b"/tmp/")), path


@pytest.mark.parametrize("scenario", ["baseline", "no_stargate"])
def test_a_run_of_it_comes_out_again(scenario):
    runs = open_study(FOLDER).runs.collect()
    run_id = runs.filter(scenario=scenario, seed=2)["run_id"][0]
    try:
        found = reproduced(run_id, FOLDER)
    except DiffersNow as error:
        pytest.fail(f"{error}; {REMEDY}")
    assert found.tables == 2
