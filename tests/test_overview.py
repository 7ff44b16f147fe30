"""Six charts of any run, the same for equal runs, with units on the axes and labels that do not meet."""

import itertools
import xml.etree.ElementTree as ET

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

import abm
from experiments import panels
from experiments.chart_style import PALETTE, dark, spread
from experiments.facts import identity_of
from experiments.overview import draw, figure_of
from tests.fakes import fake_tables


@pytest.fixture(scope="module")
def identity():
    return identity_of(abm.Scenario.load("baseline"), 1)


@pytest.fixture(scope="module")
def whole():
    return fake_tables()


def without_stargate(tables):
    zero = {
        name: pl.lit(0) for name in tables["months"].columns if name.startswith(("jobs_", "stargate_", "site_wage"))
    }
    return tables | {
        "months": tables["months"].with_columns(**zero),
        "phases": tables["phases"].clear(),
        "flows": tables["flows"].clear(),
    }


def texts_of(figure):
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def test_png_and_svg_are_there_and_readable(tmp_path, whole, identity):
    draw(whole, [tmp_path / "o.png", tmp_path / "o.svg"], identity)
    with Image.open(tmp_path / "o.png") as image:
        assert image.width > 2000
        assert image.info["Title"] == "Stargate overview: baseline, seed 1"
    root = ET.parse(tmp_path / "o.svg").getroot()
    assert root.tag.endswith("svg")


def test_equal_runs_give_equal_files(tmp_path, identity):
    for name in ("one", "two"):
        draw(fake_tables(months=4), [tmp_path / f"{name}.png", tmp_path / f"{name}.svg"], identity)
    for ending in ("png", "svg"):
        assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes()


@pytest.mark.parametrize("months", [1, 2, 6, 31, 188])
def test_runs_of_any_length_can_be_drawn(tmp_path, identity, months):
    draw(fake_tables(months=months), [tmp_path / "o.png"], identity)


def test_a_world_without_stargate_can_be_drawn(tmp_path, whole, identity):
    draw(without_stargate(whole), [tmp_path / "o.png"], identity)


def test_a_wait_nobody_knows_and_pay_nobody_gets_are_left_out(whole, identity):
    endless = pl.when(pl.col("equipment_class") == "genset").then(float("inf")).otherwise(pl.col("lead_months"))
    strange = whole | {
        "equipment": whole["equipment"].with_columns(lead_months=endless),
        "months": whole["months"].with_columns(site_wage_electrician_usd_per_hour=pl.lit(float("nan"))),
    }
    texts = texts_of(figure_of(strange, identity))
    assert "switchgear" in texts
    assert "genset" not in texts
    assert "Stargate\nsites" not in texts


def test_every_chart_has_a_unit_and_starts_at_zero_but_wages(whole, identity):
    figure = figure_of(whole, identity)
    assert len(figure.axes) == 7  # six charts, the fifth in two parts
    for ax in figure.axes:
        assert ax.get_ylabel()
        assert ax.get_ylim()[0] == 0 or ax.get_ylabel() == "USD an hour"
    assert [ax.get_title(loc="left")[:1] for ax in figure.axes] == ["a", "b", "c", "d", "e", "", "f"]


def test_every_class_of_equipment_has_its_name_and_every_chart_its_years(whole, identity):
    figure = figure_of(whole, identity)
    waits = next(ax for ax in figure.axes if ax.get_title(loc="left").startswith("d"))
    named = {text.get_text().replace("\n", " ").replace(" ", "_") for text in waits.texts}
    assert named == {*whole["equipment"]["equipment_class"].cast(pl.String).unique()}
    FigureCanvasAgg(figure).draw()
    for ax in figure.axes:
        shown = [label for label in ax.get_xticklabels() if label.get_visible()]
        assert {"2025", "2029"} <= {label.get_text() for label in shown}


def test_the_claims_are_drawn_where_they_belong(whole, identity):
    texts = texts_of(figure_of(whole, identity))
    assert "announced: 100,000" in texts
    assert "announced:\n500 bn in four years" in texts
    short = texts_of(figure_of(fake_tables(months=5), identity))
    assert "announced:\n500 bn in four years" not in short


def test_no_text_is_cut_off_and_no_labels_meet(whole, identity):
    figure = figure_of(whole, identity)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    page = figure.bbox
    for ax in figure.axes:
        boxes = [text.get_window_extent(renderer) for text in ax.texts]
        for box in boxes:
            assert page.x0 <= box.x0 < box.x1 <= page.x1
            assert page.y0 <= box.y0 < box.y1 <= page.y1
        labels = sorted((b for b in boxes if b.x0 > ax.bbox.x1), key=lambda b: b.y0)
        for below, above in itertools.pairwise(labels):
            assert above.y0 >= below.y1 - 3  # pixels of the box that hold no ink
    for text in figure.texts:
        assert text.get_window_extent(renderer).x1 <= page.x1


def test_stocks_are_drawn_at_the_end_of_their_month(whole):
    assert str(panels.dates_of(whole)[0]) == "2024-05-31"


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colour", PALETTE)
def test_labels_can_be_read_on_white(colour):
    """Contrast of at least 3.6 to 1; WCAG asks for 3 of graphics and large text."""
    assert 1.05 / (luminance(dark(colour)) + 0.05) >= 3.6


@given(st.lists(st.tuples(st.floats(-1, 2), st.floats(0.01, 0.3)), min_size=1, max_size=12))
def test_labels_never_meet_keep_their_order_and_stay_inside(labels):
    wanted, heights = zip(*labels, strict=True)
    scale = min(1.0, 1 / sum(heights))
    middles = spread(wanted, heights)
    order = sorted(range(len(labels)), key=lambda i: wanted[i])
    for low, high in itertools.pairwise(order):
        assert middles[high] - middles[low] >= (heights[low] + heights[high]) / 2 * scale - 1e-9
    for middle, height in zip(middles, heights, strict=True):
        assert height * scale / 2 - 1e-9 <= middle <= 1 - height * scale / 2 + 1e-9


def test_labels_that_do_not_meet_stay_where_they_are():
    assert spread([0.2, 0.9, 0.5], [0.1, 0.1, 0.1]) == pytest.approx([0.2, 0.9, 0.5])
    assert spread([0.5, 0.5], [0.1, 0.1]) == pytest.approx([0.45, 0.55])
