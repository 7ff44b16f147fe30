"""The workshop page in a real browser, as a person in a room without internet uses it."""

import csv
import json

import pytest
from playwright.sync_api import sync_playwright

from experiments.workshop.levers import lever_names
from tests.page_fakes import ARGUMENTS, CHROMIUM, Visitor, free_port, serving

FACTOR = "compute.demand_factor"
CHARTS = ["jobs", "capacity", "map", "bottlenecks", "wages", "equipment", "money", "compute", "ledgers"]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(free_port(), tmp_path_factory.mktemp("page") / "log.txt") as address:
        yield address


@pytest.fixture
def visit(browser, address):
    """Make visitors; after the test none may have met an error or asked another machine."""
    visitors = []

    def arrive(**options):
        visitors.append(Visitor(browser, address, **options))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.context.close()
        assert visitor.trouble == []
        assert visitor.outside() == []


def test_first_sight_has_four_numbers_all_levers_and_all_charts(visit):
    page = visit().open().page
    assert [page.inner_text(f'[data-headline="{name}"]') != "" for name in ("jobs", "capacity", "spent", "binding")]
    found = page.eval_on_selector_all("[data-lever]", "all => all.map((one) => one.dataset.lever)")
    assert found == [*lever_names(), "finance_structure", "stargate_world"]
    assert set(page.eval_on_selector_all("[data-chart]", "all => all.map((one) => one.dataset.chart)")) == set(CHARTS)
    assert page.locator('[data-chart="jobs"] svg').is_visible()


def test_every_chart_draws_and_has_a_table(visit):
    page = visit().open("?view=all").page
    for name in CHARTS:
        frame = page.locator(f'[data-chart="{name}"]')
        frame.locator(".canvas svg").first.wait_for()
        frame.locator('[data-tool="table"]').click()
        assert frame.locator("tbody tr").count() > 0, name


def test_a_lever_changes_the_answer_and_undo_brings_the_old_one_back(visit):
    visitor = visit().open()
    before = visitor.headlines()
    visitor.drag(FACTOR, 0.5)
    changed = visitor.headlines()
    assert changed["jobs"] != before["jobs"]
    assert "0.5" in visitor.page.inner_text("[data-differs]")
    visitor.page.click('[data-act="undo"]')
    visitor.wait_for_key("[]")
    assert visitor.headlines() == before
    visitor.page.click('[data-act="redo"]')
    visitor.wait_for_key(FACTOR)
    assert visitor.headlines() == changed


def test_the_link_carries_the_state_and_reset_equals_a_fresh_page(visit):
    visitor = visit().open("?month=2027-06")
    fresh = visitor.headlines()
    visitor.drag(FACTOR, 0.7)
    changed = visitor.headlines()
    visitor.page.reload()
    visitor.wait_for_key(FACTOR)
    assert visitor.headlines() == changed
    assert visitor.page.get_attribute("[data-month]", "data-month") == "2027-06"
    other = visit()
    other.page.goto(visitor.page.url)
    other.wait_for_key(FACTOR)
    assert other.headlines() == changed
    visitor.page.click('[data-act="reset-all"]')
    visitor.wait_for_key("[]")
    assert visitor.headlines() == fresh


def test_a_dated_shock_is_added_told_linked_and_removed(visit):
    visitor = visit().open("?month=2028-01")
    page, before = visitor.page, visitor.headlines()
    page.evaluate("document.querySelector('details.shocks').open = true")
    page.select_option('[data-shock="what"]', FACTOR)
    page.fill('[data-shock="month"]', "2026-01")
    page.fill('[data-shock="value"]', "9")
    page.click('[data-shock="add"]')
    assert page.locator(".message").is_visible()
    page.fill('[data-shock="value"]', "0.4")
    page.click('[data-shock="add"]')
    visitor.wait_for_key("2026-01", FACTOR)
    changed = visitor.headlines()
    assert changed["jobs"] != before["jobs"]
    page.reload()
    visitor.wait_for_key("2026-01", FACTOR)
    assert visitor.headlines() == changed
    page.click('[data-act="share"]')
    assert page.input_value('[data-share="command"]') == "stargate run workshop.toml --seed 1"
    page.keyboard.press("Escape")
    page.locator("[data-differs] button").click()
    visitor.wait_for_key("[]")
    assert visitor.headlines() == before


def test_a_typed_value_outside_the_range_is_refused_and_nothing_changes(visit):
    visitor = visit().open()
    before = visitor.headlines()
    typed = visitor.page.locator(f'[data-typed="{FACTOR}"]')
    for text in ("9", "-1", "much", "<img src=x onerror=alert(1)>"):
        typed.fill(text)
        typed.press("Enter")
        assert visitor.page.locator(".message").is_visible()
        assert typed.input_value() == "1"
    assert visitor.headlines() == before
    assert visitor.page.locator(".message img").count() == 0


MALFORMED = (
    "?set=compute.demand_factor=99",
    "?set=compute.demand_factor=nan",
    "?set=no.such_number=1",
    "?scenario=../../etc/passwd",
    "?scenario=%3Cimg%20src%3Dx%20onerror%3Dwindow.hacked%3D1%3E",
    "?seed=1.5",
    "?seed=99999999999999999999",
    "?month=%7B%7B7*7%7D%7D",
    "?view=nothing",
    "?lang=xx",
    "?name=x",
    "?set=" + "x" * 9000,
)


@pytest.mark.parametrize("search", MALFORMED)
def test_a_malformed_link_says_so_and_opens_the_baseline(visit, search):
    visitor = visit().open(search)
    message = visitor.page.inner_text(".message")
    assert "could not be opened" in message
    assert visitor.page.evaluate("window.hacked") is None
    assert visitor.page.get_attribute(".room", "data-key") == '["baseline",[],1]'


def test_a_link_of_another_version_says_so(visit):
    visitor = visit().open("?model=0.0.1-old")
    assert "0.0.1-old" in visitor.page.inner_text(".message")


def test_play_step_and_jump_need_no_server(visit):
    visitor = visit().open("?month=2026-01")
    page = visitor.page
    page.context.set_offline(True)

    def month():
        return page.get_attribute("[data-month]", "data-month")

    page.click('[data-play="step"]')
    assert month() == "2026-02"
    page.click('[data-play="back"]')
    assert month() == "2026-01"
    page.click('[data-play="last"]')
    jobs = visitor.headline("jobs")
    page.click('[data-play="first"]')
    assert month() == "2024-05"
    assert visitor.headline("jobs") != jobs
    page.click('[data-play="toggle"]')
    page.wait_for_function("document.querySelector('[data-month]').dataset.month > '2024-07'")
    page.click('[data-play="toggle"]')
    stopped = month()
    page.wait_for_timeout(700)
    assert month() == stopped


def test_two_people_do_not_disturb_each_other(visit):
    one, other = visit().open(), visit().open()
    before = other.headlines()
    one.drag(FACTOR, 0.6)
    assert other.headlines() == before
    assert other.lever(FACTOR).input_value() == "1"
    other.drag(FACTOR, 1.4)
    assert one.lever(FACTOR).input_value() == "0.6"


def test_french_changes_every_word_and_no_number(visit):
    visitor = visit().open("?month=2027-01")
    page, key = visitor.page, visitor.page.get_attribute(".room", "data-key")
    page.click('[data-act="language"]')
    assert page.inner_text("h1") == "Stargate, mois par mois"
    assert page.get_attribute("html", "lang") == "fr"
    assert page.get_attribute(".room", "data-key") == key
    assert "lang=fr" in page.url
    assert visit().open("?lang=fr").page.inner_text("h1") == "Stargate, mois par mois"


def test_csv_and_pictures_can_be_taken_away(visit, tmp_path):
    page = visit().open().page
    taken = {}
    for tool in ("csv", "svg", "png"):
        with page.expect_download() as waiting:
            page.click(f'[data-chart="jobs"] [data-tool="{tool}"]')
        taken[tool] = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(taken[tool])
    rows = list(csv.reader(taken["csv"].read_text(encoding="utf-8-sig").splitlines()))
    assert rows[1][0] == "2024-05"
    assert all(sum(map(float, row[1:7])) == float(row[7]) for row in rows[1:])
    assert taken["svg"].read_text(encoding="utf-8").startswith("<svg")
    assert taken["png"].read_bytes().startswith(b"\x89PNG")


def test_a_scenario_is_pinned_compared_and_made_the_baseline(visit):
    visitor = visit().open()
    visitor.page.click('[data-act="pin"]')
    visitor.drag(FACTOR, 0.5)
    assert visitor.page.locator(".compare-table tbody tr").count() == 2
    visitor.page.click('[data-act="pin"]')
    visitor.page.locator(".compare-table tbody tr").nth(2).get_by_role("button", name="Use as baseline").click()
    visitor.wait_for_key(FACTOR)
    assert "same as the Scenario 2" in visitor.page.inner_text(".headlines")


def test_a_malformed_overlay_is_refused_whole_and_a_good_one_is_drawn(visit, tmp_path):
    page = visit().open().page
    upload = page.locator('[data-upload="overlay"]')
    for name, text in (
        ("a.csv", "month,gw\n2027-01,=1+1\n"),
        ("b.csv", "2027-13,1\n"),
        ("c.csv", "x" * 2_000_000),
        ("d.csv", ""),
    ):
        (tmp_path / name).write_text(text)
        upload.set_input_files(tmp_path / name)
        page.wait_for_function("name => document.querySelector('.message').textContent.includes(name)", arg=name)
    (tmp_path / "good.csv").write_text("month,gw\n2027-01,1.5\n2027-02,2.5\n")
    upload.set_input_files(tmp_path / "good.csv")
    page.wait_for_function("document.querySelector('[data-chart=\"capacity\"] svg').textContent.includes('good.csv')")


def test_a_state_saved_to_a_file_opens_again(visit, tmp_path):
    visitor = visit().open()
    visitor.drag(FACTOR, 0.8)
    visitor.page.click('[data-act="share"]')
    assert visitor.page.input_value('[data-share="command"]') == f"stargate run baseline --seed 1 --set {FACTOR}=0.8"
    with visitor.page.expect_download() as waiting:
        visitor.page.click('[data-act="save-state"]')
    path = tmp_path / "state.json"
    waiting.value.save_as(path)
    assert json.loads(path.read_text())["question"]["set"] == {FACTOR: 0.8}
    other = visit().open()
    other.page.click('[data-act="share"]')
    other.page.set_input_files('[data-upload="state"]', path)
    other.wait_for_key(FACTOR)
    assert other.headlines() == visitor.headlines()


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_runs_over_the_side_of_the_page(visit, width):
    page = visit(viewport={"width": width, "height": 844}).open("?view=all").page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_keys_alone_move_a_lever_and_take_it_back(visit):
    visitor = visit().open()
    visitor.lever(FACTOR).focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.wait_for_key(FACTOR)
    visitor.page.keyboard.press("Control+z")
    visitor.wait_for_key("[]")
    assert visitor.lever(FACTOR).input_value() == "1"


def test_a_page_outlives_a_restart_of_the_server(browser, tmp_path):
    port = free_port()
    with serving(port, tmp_path / "log.txt") as address:
        visitor = Visitor(browser, address).open(f"?set={FACTOR}=0.9")
        before = visitor.headlines()
    visitor.page.evaluate("document.querySelector('.room').dataset.old = 'yes'")
    with serving(port, tmp_path / "log.txt"):
        visitor.page.wait_for_selector(".room:not([data-old])")
        visitor.wait_for_key(FACTOR)
        assert visitor.headlines() == before
        visitor.context.close()
