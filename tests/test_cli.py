"""The command from a temporary folder: what it writes, prints and refuses, over a stand-in for the model."""

import importlib.util
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import abm
from experiments.cli import main
from experiments.store import FILES, TABLES, open_run
from tests import fakes

ROOT = Path(fakes.__file__).parents[1]
FAKE_COMMAND = (sys.executable, str(Path(fakes.__file__)))
QUIT = "labour.quit_prob_per_month"


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty folder to work in, and the stand-in for the model."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(vars(abm), "run", fakes.fake_run)
    return tmp_path


def everything_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


# ---- what a run leaves and says ----


def test_a_run_writes_every_table_and_chart_and_nothing_else(place, capsys):
    assert main(["run", "--months", "3"]) == 0
    assert everything_in(place / "results") == sorted(["baseline-s1", *(f"baseline-s1/{name}" for name in FILES)])
    said = capsys.readouterr()
    assert said.err == ""
    for words in ("Jobs", "Power in service", "Money", "held Stargate back", "balance exactly", "gross, not net"):
        assert words in said.out
    assert str(Path("results/baseline-s1")) in said.out


def test_options_reach_the_run(place):
    assert (
        main(["run", "no_stargate", "--seed", "7", "--months", "2", "--scale", "50", "--out", "here/deep", "--quiet"])
        == 0
    )
    row = open_run("here/deep").run.collect().row(0, named=True)
    assert (row["scenario"], row["seed"], row["months"], row["workers_per_agent"]) == ("no_stargate", 7, 2, 50)
    assert not (place / "results").exists()


def test_set_changes_numbers_and_switches():
    sets = ["--set", f"{QUIT}=0.017", "--set", "finance_structure=joint_venture"]
    assert main(["run", "--months", "2", *sets, "--quiet"]) == 0
    question = json.loads(open_run("results/baseline-s1").run.collect()["question"][0])
    assert question["overrides"] == {QUIT: 0.017}
    assert question["finance_structure"] == "joint_venture"


def test_the_command_that_is_kept_gives_the_run_again():
    assert main(["run", "--set", f"{QUIT}=0.017", "--months", "2", "--seed", "3", "--out", "first", "--quiet"]) == 0
    first = open_run("first").run.collect().row(0, named=True)
    words = first["command"].split()
    assert words[0] == "stargate"
    assert main([*words[1:], "--out", "again", "--quiet"]) == 0
    assert open_run("again").run.collect()["run_id"][0] == first["run_id"]


def test_same_seed_gives_equal_tables_and_charts_and_another_seed_does_not(place):
    for folder, seed in (("one", 1), ("two", 1), ("three", 2)):
        assert main(["run", "--months", "2", "--seed", str(seed), "--out", folder, "--quiet"]) == 0
    one, two, three = (open_run(name) for name in ("one", "two", "three"))
    for table in set(TABLES) - {"run"}:
        assert_frame_equal(getattr(one, table).collect(), getattr(two, table).collect())
    assert not one.months.collect().equals(three.months.collect())
    for chart in ("overview.png", "overview.svg"):
        assert (place / "one" / chart).read_bytes() == (place / "two" / chart).read_bytes()


def test_a_run_replaces_the_one_that_is_there(place):
    assert main(["run", "--months", "3", "--quiet"]) == 0
    assert main(["run", "--months", "2", "--quiet"]) == 0
    assert open_run("results/baseline-s1").months.collect().height == 2
    assert len(everything_in(place / "results")) == 1 + len(FILES)


def test_quiet_prints_nothing(capsys):
    assert main(["run", "--months", "2", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("more", [[], ["--quiet"]])
def test_json_is_one_document_with_the_summary(capsys, more):
    assert main(["run", "--months", "3", "--json", *more]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["scenario"], said["seed"], said["months"], said["last_month"]) == ("baseline", 1, 3, "2024-07")
    assert said["folder"] == str(Path("results/baseline-s1"))
    assert said["run_id"] == open_run(said["folder"]).run.collect()["run_id"][0]
    assert set(said["residuals"].values()) == {0}
    assert said["jobs"][0]["total"] == sum(said["jobs"][0]["by_kind"].values())


@pytest.mark.parametrize(("file", "folder"), [("my plan.toml", "my-plan-s1"), ("baseline.toml", "own-baseline-s1")])
def test_a_file_of_ones_own_has_a_folder_of_its_own(place, file, folder):
    (place / file).write_text('why = "x"\n', encoding="utf-8")
    assert main(["run", "--months", "1", "--quiet"]) == 0
    assert main(["run", file, "--months", "2", "--quiet"]) == 0
    assert sorted(path.name for path in (place / "results").iterdir()) == sorted(["baseline-s1", folder])
    command = open_run(f"results/{folder}").run.collect()["command"][0]
    assert main([*shlex.split(command)[1:], "--out", "again", "--quiet"]) == 0


def test_a_shorter_run_does_without_what_changes_later(place):
    text = f'why = "x"\n[[changes]]\nmonth = "2024-08"\nname = "{QUIT}"\nvalue = 0.017\n'
    (place / "mine.toml").write_text(text, encoding="utf-8")
    assert main(["run", "mine.toml", "--months", "3", "--quiet"]) == 0
    assert main(["run", "./mine.toml", "--months", "4", "--quiet", "--out", "later"]) == 0
    changes = [json.loads(open_run(f).run.collect()["question"][0])["changes"] for f in ("results/mine-s1", "later")]
    assert [len(listed) for listed in changes] == [0, 1]


# ---- what it refuses ----


def one_line_of(capsys):
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    assert said.err.startswith("stargate: ")
    assert "Traceback" not in said.err
    assert not set("╭│╰") & set(said.err)
    return said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "baselin"], "did you mean 'baseline'"),
        (["run", "BASELINE"], "did you mean 'baseline'"),
        (
            ["run", ""],
            r"unknown scenario ''; `stargate scenarios` lists the shipped ones \(or give the path of a .toml file\)$",
        ),
        (["run", "missing.toml"], "no scenario file missing.toml"),
        (["run", "binary.toml"], "binary.toml is not text"),
        (["run", "broken.toml"], "broken.toml is not valid TOML"),
        (["run", "folder.toml"], "cannot read folder.toml"),
        (["run", "unit.toml"], "is text; write the bare number in 1/month"),
        (["run", "--months", "-3"], r"--months -3: .*1\.\.188"),
        (["run", "--months", "0"], r"--months 0: .*1\.\.188"),
        (["run", "--months", "189"], r"1\.\.188"),
        (["run", "--months", "3.7"], "'3.7' is not a whole number"),
        (["run", "--months", "many"], "'many' is not a whole number"),
        (["run", "--scale", "0"], r"--scale 0: .*1\.\.1000"),
        (["run", "--scale", "1001"], r"1\.\.1000"),
        (["run", "--seed", "-1"], "--seed -1 is outside"),
        (["run", "--seed", "9223372036854775808"], "is outside"),
        (["run", "--seed", "1e3"], "'1e3' is not a whole number"),
        (["run", "--seed"], "requires an argument"),
        (["run", "--seed", "1", "--seed", "2"], "multiple times"),
        (["run", "--set", "labour.quit_prob=0.2"], f"did you mean '{QUIT}'"),
        (["run", "--set", f"{QUIT}=0.5"], r"outside 0\.014\.\.0\.019"),
        (["run", "--set", f"{QUIT}=nan"], "is not a number"),
        (["run", "--set", f"{QUIT}=2%"], "write the bare number in 1/month"),
        (["run", "--set", QUIT], "is not name=value"),
        (["run", "--set", f"{QUIT}=0.017", "--set", f"{QUIT}=0.018"], f"{QUIT} is given twice, as 0.017 and as 0.018"),
        (["run", "--set", "finance_structure=leasing"], "did you mean 'leases'"),
        (["run", "baseline", "abundant"], "too many words, from 'abundant' on"),
        (["run", "--sed", "3"], "Did you mean --seed"),
        (["run", "--quiet=perhaps"], "perhaps"),
        (["rum"], 'Did you mean "run"'),
        (["--bogus"], "bogus"),
        (["run", "--set", "labour.travel_willing_share=5"], r"= 5 is outside"),
        (["run", "--set", "labour.travel_willing_share=5%"], "write the bare number, for example"),
        (["numbers", "lbour"], "did you mean 'labour'"),
        (["numbers", "LABOUR"], "did you mean 'labour'"),
        (["numbers", "a", "b"], "too many words"),
        (["studdy", "x"], "Unknown command"),
        (["run", "--out", "taken"], "holds files that are not a run's"),
        (["run", "--out", "taken/file.txt"], "is a file or link"),
        (["run", "--out", "taken/file.txt/deeper"], "a file stands where a folder must be"),
        (["run", "--out", "."], "the folder you are in"),
        (["run", "--out", "x" * 300], "cannot write"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_bad_input_is_one_line_exit_code_2_and_nothing_written(place, capsys, words, told):
    (place / "binary.toml").write_bytes(bytes(range(255, 0, -1)))
    (place / "broken.toml").write_text('why = "x', encoding="utf-8")
    (place / "folder.toml").mkdir()
    (place / "unit.toml").write_text(f'why = "x"\n[overrides]\n{QUIT} = "1.7 percent"\n', encoding="utf-8")
    (place / "taken").mkdir()
    (place / "taken" / "file.txt").write_text("mine", encoding="utf-8")
    before = everything_in(place)
    assert main(words) == 2
    assert re.search(told, one_line_of(capsys))
    assert everything_in(place) == before


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write anywhere")
def test_a_folder_one_may_not_write_to_is_refused_before_the_run(place, capsys):
    (place / "locked").mkdir(mode=0o500)
    assert main(["run", "--out", "locked/run"]) == 2
    assert "give --out a folder you may write to" in one_line_of(capsys)


# ---- what goes wrong on the way ----


@pytest.mark.parametrize(
    ("trouble", "code", "told"),
    [
        ("FAKE_FAILS_AT", 1, "failure inside: ZeroDivisionError: a planted failure"),
        ("FAKE_INTERRUPTED_AT", 130, "nothing was written"),
    ],
)
def test_a_run_that_breaks_leaves_nothing_and_the_old_one_as_it_was(place, capsys, monkeypatch, trouble, code, told):
    assert main(["run", "--months", "2", "--out", "old/run", "--quiet"]) == 0
    before = {name: (place / name).read_bytes() for name in everything_in(place) if (place / name).is_file()}
    monkeypatch.setenv(trouble, "1")
    for out in ("old/run", "new/folder/run"):
        assert main(["run", "--months", "3", "--out", out]) == code
        assert told in one_line_of(capsys)
    assert {name: (place / name).read_bytes() for name in everything_in(place) if (place / name).is_file()} == before
    assert not (place / "new").exists()


@pytest.mark.parametrize("how", ["dropped", "disguised"])
def test_an_interruption_that_a_library_swallows_ends_the_run_all_the_same(place, capsys, monkeypatch, how):
    monkeypatch.setenv("FAKE_INTERRUPTED_AT", "1")
    monkeypatch.setenv("FAKE_INTERRUPTION", how)
    monkeypatch.setenv("FAKE_SECONDS", "0.05")
    assert main(["run"]) == 130
    assert one_line_of(capsys) == "stargate: interrupted; nothing was written\n"
    assert everything_in(place) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_while_the_command_is_loaded_is_one_line(place):
    """A finder that is asked for the command's first library presses the key."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, function = project["scripts"]["stargate"].split(":")
    code = f"""
import signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "cyclopts":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Finder())
from {module} import {function}
sys.exit({function}())
"""
    done = subprocess.run([sys.executable, "-c", code, "run"], cwd=place, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "stargate: interrupted; nothing was written\n"
    assert everything_in(place) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_summary_that_cannot_be_printed_does_not_deny_the_run(place, more):
    with Path("/dev/full").open("w") as full:
        words = [*FAKE_COMMAND, "run", "--months", "2", *more]
        done = subprocess.run(words, cwd=place, stdout=full, stderr=subprocess.PIPE, text=True)
    told = f"No space left on device; the run is whole in {Path('results/baseline-s1')}"
    assert (done.returncode, done.stderr) == (1, f"stargate: cannot print the summary: {told}\n")
    assert open_run(place / "results" / "baseline-s1").months.collect().height == 2


def test_debug_shows_where_it_happened(capsys, monkeypatch):
    monkeypatch.setenv("FAKE_FAILS_AT", "0")
    assert main(["--debug", "run"]) == 1
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "fakes.py" in said


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_a_run_without_a_trace(place, number):
    environment = os.environ | {"FAKE_SECONDS": "0.05"}
    with subprocess.Popen([*FAKE_COMMAND, "run"], cwd=place, stderr=subprocess.PIPE, env=environment, text=True) as run:
        patience = time.monotonic() + 60
        while not list(place.glob("results/.baseline-s1-*.part")) and time.monotonic() < patience:
            time.sleep(0.02)
        run.send_signal(number)
        assert run.wait(timeout=60) == 130
        assert run.stderr.read() == "stargate: interrupted; nothing was written\n"
    assert everything_in(place) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_the_terminal_gets_its_signals_back():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    assert main(["run", "--months", "1", "--quiet"]) == 0
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


# ---- help and lists ----


def test_help_comes_without_the_heavy_libraries(place):
    heavy = "{'abm.parameters', 'mesa', 'numba', 'numpy', 'polars', 'matplotlib'}"
    code = f"import sys; from experiments.cli import main; main([]); print('loaded', {heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=place, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("loaded set()\n")
    for command in ("run", "scenarios", "numbers"):
        assert command in done.stdout


@pytest.mark.parametrize(
    "words", [["--help"], ["run", "--help"], ["scenarios", "--help"], ["numbers", "--help"], ["--version"]]
)
def test_help_and_version_are_no_errors(capsys, words):
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.out.strip()
    assert said.err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell with pipes")
@pytest.mark.parametrize("words", ["numbers", "numbers --json", "scenarios", "run --help", "run --months 1 --json"])
def test_a_reader_who_has_seen_enough_is_no_error(place, words):
    command = f"'{FAKE_COMMAND[0]}' '{FAKE_COMMAND[1]}' {words} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=place, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


# ---- the model itself ----


@pytest.mark.skipif(importlib.util.find_spec("abm.runs") is None, reason="the model is not there yet")
def test_the_real_model_runs_from_an_empty_folder(place):
    command = [sys.executable, "-c", "import sys; from experiments.cli import main; sys.exit(main())"]
    for folder in ("one", "two"):
        words = ["run", "--months", "3", "--out", folder, "--json"]
        done = subprocess.run([*command, *words], cwd=place, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert set(json.loads(done.stdout)["residuals"].values()) == {0}
    one, two = open_run("one"), open_run("two")
    for table in set(TABLES) - {"run"}:
        assert_frame_equal(getattr(one, table).collect(), getattr(two, table).collect())
    assert one.months.select(pl.len()).collect().item() == 3
