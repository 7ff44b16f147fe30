"""A results folder appears whole or not at all, and never at the cost of somebody's files."""

import os
import signal
import threading

import pytest

from experiments.errors import BadResults
from experiments.folder import staged


def is_ours(folder):
    return (folder / "ours").exists()


@pytest.fixture
def place(tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def write(out, text="new"):
    with staged(out, is_ours) as folder:
        (folder / "ours").write_text(text, encoding="utf-8")


def test_nothing_is_to_be_seen_before_the_end(place):
    with staged(place / "a" / "b", is_ours) as folder:
        (folder / "ours").write_text("x", encoding="utf-8")
        assert not (place / "a" / "b").exists()
    assert (place / "a" / "b" / "ours").read_text(encoding="utf-8") == "x"
    assert os.listdir(place / "a") == ["b"]


def test_an_old_folder_is_replaced_as_a_whole(place):
    write(place / "run", "old")
    (place / "run" / "more").write_text("gone after", encoding="utf-8")
    write(place / "run")
    assert os.listdir(place / "run") == ["ours"]
    assert (place / "run" / "ours").read_text(encoding="utf-8") == "new"
    assert os.listdir(place) == ["run"]


def test_an_empty_folder_is_used(place):
    (place / "run").mkdir()
    write(place / "run")
    assert os.listdir(place / "run") == ["ours"]


@pytest.mark.parametrize("trouble", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_block_that_fails_leaves_everything_as_it_was(place, trouble):
    write(place / "old", "old")
    for out in (place / "old", place / "new" / "deep" / "run"):
        with pytest.raises(trouble), staged(out, is_ours) as folder:  # noqa: PT012
            (folder / "ours").write_text("half", encoding="utf-8")
            raise trouble
    assert os.listdir(place) == ["old"]
    assert (place / "old" / "ours").read_text(encoding="utf-8") == "old"


def test_a_parent_somebody_else_has_used_meanwhile_stays(place):
    with pytest.raises(ValueError, match="x"), staged(place / "new" / "run", is_ours):  # noqa: PT012
        (place / "new" / "theirs").write_text("x", encoding="utf-8")
        raise ValueError("x")
    assert os.listdir(place / "new") == ["theirs"]


def test_files_of_others_are_never_touched(place):
    (place / "mine").mkdir()
    (place / "mine" / "thesis.txt").write_text("x", encoding="utf-8")
    (place / "file").write_text("x", encoding="utf-8")
    (place / "link").symlink_to(place / "mine")
    refused = {
        "mine": "holds files that are not a run's",
        "file": "is a file or link",
        "link": "is a file or link",
        ".": "is the folder you are in",
        "..": "holds the folder you are in",
        "/": "/ holds the folder you are in",
        "file/below": "a file stands where a folder must be",
        "n" * 300: "cannot write",
    }
    for out, told in refused.items():
        with pytest.raises(BadResults, match=told):
            write(place / out)
    assert sorted(os.listdir(place)) == ["file", "link", "mine"]
    assert os.listdir(place / "mine") == ["thesis.txt"]


def test_a_relative_folder_and_one_at_home(place, monkeypatch):
    monkeypatch.setenv("HOME", str(place))
    from pathlib import Path

    write(Path("run"))
    write(Path("~/home-run"))
    assert sorted(os.listdir(place)) == ["home-run", "run"]


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_the_folder_is_as_open_as_any_other(place):
    write(place / "run")
    (place / "plain").mkdir()
    assert (place / "run").stat().st_mode == (place / "plain").stat().st_mode


def test_a_key_pressed_in_the_last_moment_does_not_break_the_exchange(place, monkeypatch):
    """While folders are exchanged the interruption waits for nobody: it is dropped and the run is whole."""
    from pathlib import Path

    rename = Path.rename

    def slow_rename(self, target):
        signal.raise_signal(signal.SIGINT)
        return rename(self, target)

    write(place / "run", "old")
    monkeypatch.setattr(Path, "rename", slow_rename)
    write(place / "run")
    assert (place / "run" / "ours").read_text(encoding="utf-8") == "new"
    assert os.listdir(place) == ["run"]


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_key_pressed_as_a_folder_is_made_leaves_none(place, monkeypatch, nth):
    mkdir, made = os.mkdir, []

    def interrupted_mkdir(*words, **options):
        mkdir(*words, **options)
        made.append(words)
        if len(made) == nth:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "mkdir", interrupted_mkdir)
    with pytest.raises(KeyboardInterrupt):
        write(place / "new" / "deep" / "run")
    assert len(made) == nth
    assert os.listdir(place) == []


def test_if_the_exchange_fails_the_old_folder_comes_back(place, monkeypatch):
    from pathlib import Path

    rename = Path.rename

    def failing_rename(self, target):
        if self.suffix == ".part":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    write(place / "run", "old")
    monkeypatch.setattr(Path, "rename", failing_rename)
    with pytest.raises(OSError, match="No space"):
        write(place / "run")
    assert (place / "run" / "ours").read_text(encoding="utf-8") == "old"
    assert os.listdir(place) == ["run"]


def test_it_works_outside_the_main_thread(place):
    thread = threading.Thread(target=write, args=(place / "run",))
    thread.start()
    thread.join()
    assert os.listdir(place / "run") == ["ours"]
