"""Tables are read whole or refused: what cannot be used is named by file, line and column."""

import csv
import re

import numpy as np
import pytest

from abm import readers
from abm.errors import BadNumber
from abm.parameters import NUMBERS
from abm.readers import Sheet
from abm.tables import NEVER, UNKNOWN
from abm.vocabulary import KLASS, RIVAL, STARGATE, TRADE, ZONE, ZONES


@pytest.fixture
def sheet(tmp_path, monkeypatch):
    """Make a sheet of one column `cell` from its cells."""
    monkeypatch.setattr(readers, "NUMBERS", tmp_path)

    def make(*cells):
        with (tmp_path / "made.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("name", "cell"), *((f"row {i}", cell) for i, cell in enumerate(cells))])
        return Sheet("made.csv")

    return make


def edited(tmp_path, monkeypatch, name, line, **cells):
    """Copy a shipped table with some cells of a line changed, and read tables from there."""
    with (NUMBERS / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[line - 2] |= cells
    readers.phases()  # reads all tables that others build on, from where they are shipped
    with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    monkeypatch.setattr(readers, "NUMBERS", tmp_path)


# ---- single columns ----


def test_a_bad_cell_names_file_line_and_column(sheet):
    with pytest.raises(BadNumber, match=re.escape("made.csv, line 3: cell = 'lots' cannot be used")):
        sheet("1.5", "lots", "2").floats("cell")


def test_a_missing_column_is_named(sheet):
    with pytest.raises(BadNumber, match=re.escape("made.csv, line 2: price = None cannot be used ('price')")):
        sheet("1").floats("price")


@pytest.mark.parametrize("line", ["3", "3,4,5"])
def test_a_line_with_too_few_or_too_many_cells_is_named(tmp_path, monkeypatch, line):
    monkeypatch.setattr(readers, "NUMBERS", tmp_path)
    (tmp_path / "made.csv").write_text(f"a,b\n1,2\n{line}\n", encoding="utf-8")
    with pytest.raises(BadNumber, match=re.escape("made.csv, line 3: it has more or fewer cells")):
        Sheet("made.csv")


@pytest.mark.parametrize("cell", ["nan", "inf", "-inf", "1e999", ""])
def test_numbers_are_finite(sheet, cell):
    with pytest.raises(BadNumber, match="line 2: cell"):
        sheet(cell).floats("cell")


def test_megawatts_become_whole_kw_and_an_empty_cell_none(sheet):
    assert sheet("147.5", "", "0", "136.4", "2210").kw("cell").tolist() == [147_500, 0, 0, 136_400, 2_210_000]
    with pytest.raises(BadNumber, match="not finite"):
        sheet("inf").kw("cell")


def test_months_count_from_may_2024(sheet):
    found = sheet("2024-05", "2024-04", "2023-10", "2025-01", "2025-12-31", "").months("cell")
    assert found.tolist() == [0, -1, -7, 8, 19, UNKNOWN]
    assert sheet("").months("cell", NEVER).tolist() == [NEVER]


@pytest.mark.parametrize("cell", ["2025-13", "2025-00", "2025", "soon", "03-2025", "2025-123"])
def test_what_is_no_month_is_refused(sheet, cell):
    with pytest.raises(BadNumber, match=re.escape(f"line 3: cell = '{cell}' cannot be used")):
        sheet("2025-01", cell).months("cell")


def test_flags_are_0_or_1(sheet):
    assert sheet("0", "1", "0").flags("cell").tolist() == [False, True, False]
    for cell in ("yes", "", "2", "True"):
        with pytest.raises(BadNumber, match=f"line 2: cell = '{cell}'"):
            sheet(cell).flags("cell")


def test_names_become_rows_of_a_list(sheet):
    assert sheet("PJM", "ERCOT").codes("cell", ZONES).tolist() == [1, 0]
    assert sheet("PJM", "").codes("cell", ZONES, NEVER).tolist() == [1, NEVER]
    with pytest.raises(BadNumber, match=re.escape("line 3: cell = 'Texas' cannot be used")):
        sheet("PJM", "Texas").codes("cell", ZONES)
    with pytest.raises(BadNumber, match=re.escape("line 2: cell = '' cannot be used")):
        sheet("").codes("cell", ZONES)


# ---- whole tables, spoilt ----


def test_phases_add_up_to_the_plan_of_their_campus(tmp_path, monkeypatch):
    """The plan of the first campus is 819 MW; its first phase made a tenth of a MW larger is too much."""
    with (NUMBERS / "phases.csv").open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    edited(tmp_path, monkeypatch, "phases.csv", 2, facility_mw=f"{float(first['facility_mw']) + 0.1:.1f}")
    told = f"phases of {first['campus']} add up to 819100 kW, its plan is 819000 kW"
    with pytest.raises(BadNumber, match=re.escape(told)):
        readers.phases.__wrapped__()


def test_a_phase_of_no_campus_is_refused(tmp_path, monkeypatch):
    edited(tmp_path, monkeypatch, "phases.csv", 5, campus="Atlantis")
    with pytest.raises(BadNumber, match=re.escape("phases.csv, line 5: campus = 'Atlantis'")):
        readers.phases.__wrapped__()


def test_a_campus_of_an_unknown_builder_is_refused(tmp_path, monkeypatch):
    edited(tmp_path, monkeypatch, "campuses.csv", 9, builders="DPR;Nobody & Sons")
    with pytest.raises(BadNumber, match=re.escape("campuses.csv, line 9: builders = 'DPR;Nobody & Sons'")):
        readers.campuses.__wrapped__()


def test_shares_of_trades_add_up_to_a_hundred(tmp_path, monkeypatch):
    edited(tmp_path, monkeypatch, "stages.csv", 3, electrician="16")
    with pytest.raises(BadNumber, match="do not add up to 100"):
        readers.stages.__wrapped__()


def test_an_owner_at_home_nowhere_is_refused(tmp_path, monkeypatch):
    edited(tmp_path, monkeypatch, "owners.csv", 4, home_region="ZZ")
    with pytest.raises(BadNumber, match=re.escape("owners.csv, line 4: home_region = 'ZZ'")):
        readers.owners.__wrapped__()


def test_a_date_in_words_is_refused(tmp_path, monkeypatch):
    edited(tmp_path, monkeypatch, "history.csv", 7, date="in spring")
    with pytest.raises(BadNumber, match=re.escape("history.csv, line 7: date = 'in spring'")):
        readers.history.__wrapped__()


# ---- whole tables, as shipped ----


def test_abilene_reads_as_it_stands_in_the_file():
    table = readers.campuses()
    c = table.short_name.index("Abilene")
    assert table.program[c] == STARGATE
    assert table.zone[c] == ZONE["ERCOT"]
    assert readers.regions().code[table.region[c]] == "TX"
    assert (table.facility_kw[c], table.onsite_kw[c], table.substation_kw[c]) == (1_180_000, 360_500, 200_000)
    assert table.onsite_class[c] == KLASS["small_turbine"]
    assert (table.clearing_month[c], table.onsite_known_month[c]) == (1, 8)  # 2024-06, 2025-01
    assert (table.announced_first_month[c], table.announced_full_month[c]) == (13, 25)  # 2025-06, 2026-06
    names = [readers.builders().name[builder] for builder in table.builders[c]]
    assert names == ["DPR", "Rosendin", "Southland", "Brandt", "Mortenson"]


def test_phases_of_abilene_are_eight_buildings_of_one_size():
    table = readers.phases()
    rows = np.flatnonzero(table.campus == readers.campuses().short_name.index("Abilene"))
    assert table.order[rows].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert set(table.facility_kw[rows].tolist()) == {147_500}
    assert set(table.it_kw[rows].tolist()) == {105_375}
    assert table.known_start_month[rows].tolist() == [1, 1, 10, 11, 12, 13, 14, 15]
    assert (table.in_service_month[rows] == UNKNOWN).all()


def test_it_of_phases_adds_up_to_the_plan_too():
    listed, table = readers.campuses(), readers.phases()
    assert np.bincount(table.campus, table.it_kw, len(listed.name)).tolist() == listed.it_kw.tolist()


def test_phases_of_a_campus_are_numbered_from_one():
    table = readers.phases()
    for c in range(len(readers.campuses().name)):
        orders = table.order[table.campus == c]
        assert sorted(orders.tolist()) == list(range(1, len(orders) + 1))


def test_nobody_computes_at_a_campus_without_users():
    table = readers.campuses()
    assert all("" not in users for users in table.users)
    assert table.users[table.name.index("Amazon Ridgeland")] == ("Anthropic",)


def test_home_of_owners_from_abroad_is_no_region():
    table = readers.owners()
    assert (table.region >= NEVER).all()
    assert (table.region < len(readers.regions().code)).all()
    assert set(table.program.tolist()) == {STARGATE, RIVAL}


def test_stages_take_sixteen_months_and_the_staff_comes_last():
    """Electricians are 7 in 100 of a site crew and 57 of the electrical fit-out; 52 in 100 of the staff technicians."""
    table = readers.stages()
    assert table.name == ("site", "shell", "mep", "it", "test")
    assert table.months.tolist() == [3, 4, 5, 2, 2]
    assert table.mix[:, TRADE["electrician"]] == pytest.approx([0.07, 0.15, 0.57, 0.45, 0.40])
    assert table.permanent_mix[TRADE["technician"]] == pytest.approx(0.52)
    assert table.permanent_mix.sum() == pytest.approx(1)


def test_history_rises_in_time_within_a_campus():
    table = readers.history()
    for c in np.unique(table.campus):
        days = [table.date[row] for row in np.flatnonzero(table.campus == c)]
        assert days == sorted(days)
    assert max(table.date) <= "2025-12-31"


def test_history_tells_what_was_in_service_on_a_day():
    """The last entry up to the day counts, and a day itself belongs to it."""
    table = readers.History(
        np.array([0, 0, 1]), ("2024-01-15", "2024-06-01", "2025-01-01"), np.array([-4, 1, 8]),
        np.array([100, 250, 70]), np.array([80, 200, 50]), np.array([1, 2, 1]),
    )  # fmt: skip
    assert table.in_service_kw("2024-01-14") == {}
    assert table.in_service_kw("2024-05-31") == {0: 100}
    assert table.in_service_kw("2024-06-01") == {0: 250}
    assert table.in_service_kw("2025-12-31") == {0: 250, 1: 70}
