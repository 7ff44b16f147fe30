"""Imports point down, and the heavy libraries stay in the files that need them."""

import ast
from pathlib import Path

import pytest

import abm

ROOT = Path(__file__).parents[2]
# Each file may import from lower floors and, below floor 2, from its own. A folder stands for its files.
FLOORS = {
    "abm.units": 0, "abm.errors": 0, "abm.vocabulary": 0, "abm.schema": 0, "abm.transactions": 0, "abm.subjects": 0,
    "abm.parameters": 1, "abm.changes": 1, "abm.scenario": 1, "abm.news": 1, "abm.streams": 1, "abm.ledger": 1,
    "abm.population": 1, "abm.workers": 1, "abm.bills": 1, "abm.tables": 1, "abm.readers": 1, "abm.employers": 1,
    "abm.kernels": 0, "abm.sums": 1,
    "abm.tables_equipment": 1, "abm.tables_power": 1, "abm.tables_finance": 1, "abm.tables_compute": 1,
    "abm.agents": 2, "abm.markets": 2,
    "abm.sites": 2.2, "abm.facts": 2.2,
    "abm.initial": 2.4, "abm.views": 2.4,
    "abm.steps": 2.6,
    "abm.settle_in": 2.8, "abm.month": 3,
    "abm.model": 4,
    "abm.observe": 5,
    "abm.runs": 6, "abm.mesa_adapter": 6,
    "experiments": 7,
}  # fmt: skip
SHARED = 2  # from this floor up a file knows only what lies below it, and its own folder
ANYWHERE = {"abm", "abm._cache"}
FILES = sorted([*ROOT.glob("abm/**/*.py"), *ROOT.glob("experiments/**/*.py")])


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path) for path in FILES}
NAMES = sorted(MODULES - ANYWHERE)


def place_of(module):
    """The key of FLOORS a module belongs to, None if it has no place yet."""
    parts = module.split(".")
    keys = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((key for key in keys if key in FLOORS), None)


def imports_of(source):
    """What a source imports when it runs, as dotted names; what only the type checker sees does not count."""
    found, waiting = set(), [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting.extend(node.orelse)
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write imports in full"
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES or node.module == "abm" else node.module for name in whole}
        waiting.extend(ast.iter_child_nodes(node))
    return found


def complaint(module, imported):
    """Why a module may not import another, None if it may."""
    here, there = place_of(module), place_of(imported)
    if there is None or here == there:
        return None
    if FLOORS[there] < FLOORS[here] or (FLOORS[there] == FLOORS[here] < SHARED):
        return None
    return f"{module} may not import {imported}"


def source_of(module):
    path = ROOT / Path(*module.split("."))
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")


@pytest.mark.parametrize("module", NAMES)
def test_imports_point_down(module):
    assert place_of(module), f"{module} has no floor yet; give it one in FLOORS"
    assert [complaint(module, name) for name in imports_of(source_of(module)) if complaint(module, name)] == []


@pytest.mark.parametrize(
    ("module", "line", "found"),
    [
        ("abm.agents.builder", "from abm.month import MONTH", "abm.agents.builder may not import abm.month"),
        ("abm.agents.builder", "from abm.markets import building", "may not import abm.markets"),
        ("abm.markets.building", "from abm import model", "may not import abm.model"),
        ("abm.units", "import abm.ledger", "may not import abm.ledger"),
        ("abm.agents.builder", "from abm.agents import land\nfrom abm.units import CENTS", None),
        ("abm.month", "from abm.agents import land", None),
    ],
)
def test_a_planted_import_is_found(module, line, found):
    complaints = [complaint(module, name) for name in sorted(imports_of(line))]
    assert [c for c in complaints if c] == [] if found is None else found in str(complaints)


@pytest.mark.parametrize("module", [name for name in NAMES if name.startswith("experiments")])
def test_experiments_see_only_public_names(module):
    public = {f"abm.{name}" for name in abm.__all__} | {"abm"}
    inside = {name for name in imports_of(source_of(module)) if name.split(".")[0] == "abm"}
    assert inside - public == set(), "import it from abm, or make it public there"


MESA = ("abm.agents", "abm.workers", "abm.model", "abm.mesa_adapter")
POLARS = ("experiments", "abm.population")
PANDAS = ("experiments.analysis.rules",)  # PRIM takes nothing else
NUMBA = ("abm.markets", "abm.population", "abm.workers", "abm.streams", "abm.ledger", "abm.sums", "abm.kernels")


@pytest.mark.parametrize(
    ("library", "places"), [("mesa", MESA), ("polars", POLARS), ("numba", NUMBA), ("pandas", PANDAS)]
)
def test_heavy_libraries_stay_in_their_places(library, places):
    users = [module for module in NAMES if library in {name.split(".")[0] for name in imports_of(source_of(module))}]
    assert [module for module in users if not {module, place_of(module)} & {*places}] == []
