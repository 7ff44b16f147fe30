"""The kernel cache is named after the source, and importing the package is cheap and safe."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import abm
from abm._cache import _source_hash

PACKAGE = {
    "__init__.py": "",
    "units.py": "HOURS = 730",
    "kernel.py": "from numba import njit\nfrom abm.units import HOURS",
    "story.py": "from abm.kernel import run",
}


@pytest.fixture
def package(tmp_path):
    """A small package named abm: a kernel, a constant it uses, and a file that uses the kernel."""
    folder = tmp_path / "abm"
    folder.mkdir()
    for name, text in PACKAGE.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("edited", "renamed"), [("kernel.py", True), ("units.py", True), ("story.py", False)])
def test_an_edit_of_what_kernels_compile_renames_the_cache(package, edited, renamed):
    before = _source_hash(package)
    assert before == _source_hash(package)
    (package / edited).write_text(PACKAGE[edited] + "\n# edited", encoding="utf-8")
    assert (_source_hash(package) != before) == renamed


def cache_folder_of_a_new_process(**environment):
    inherited = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")}
    code = "import abm, os; print(os.environ['NUMBA_CACHE_DIR'])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=inherited | environment, capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())


def test_the_folder_is_in_the_users_cache_and_children_keep_it(tmp_path):
    folder = cache_folder_of_a_new_process(XDG_CACHE_HOME=str(tmp_path))
    assert folder == tmp_path / "stargate-abm" / _source_hash(Path(abm.__file__).parent)
    assert cache_folder_of_a_new_process(NUMBA_CACHE_DIR=str(folder)) == folder


def test_a_folder_of_the_users_choice_is_respected(tmp_path):
    assert cache_folder_of_a_new_process(NUMBA_CACHE_DIR=str(tmp_path)).parent == tmp_path


def test_a_home_that_cannot_be_written_does_no_harm(tmp_path):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    folder = cache_folder_of_a_new_process(XDG_CACHE_HOME=str(tmp_path / "file"))
    assert folder.is_dir()
    assert tmp_path not in folder.parents


def test_importing_the_package_imports_nothing_heavy():
    code = "import abm, sys; print(sorted({'numpy', 'numba', 'mesa', 'polars'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_are_found_and_others_refused():
    assert abm.Scenario.load("baseline").name == "baseline"
    assert set(abm.__all__) == set(dir(abm))
    with pytest.raises(AttributeError, match="abm has no public name 'Stargate'; it has MOST_SEED, SCHEMA"):
        _ = abm.Stargate
