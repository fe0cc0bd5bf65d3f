"""The explorer in a real browser: what it shows is what Python gives, by keyboard too, and fast enough."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from country import prior
from defectmodels.estimands.checks import Checks
from defectmodels.estimands.decomposition import PART
from defectmodels.estimands.explorer import Explored, explore
from defectmodels.estimands.support import hull_distance
from defectmodels.estimands.thinning import Thin, thin
from defectmodels.inference.fit import Fit
from defectmodels.model.spec import ModelSpec
from defectmodels.report import words
from defectmodels.report.explorer import cells, explorer, sentence, support_text
from defectmodels.report.explorer_data import themes_of
from defectmodels.report.page import Page, html
from defectmodels.report.pieces import Explorer
from defectmodels.report.view import View
from defectmodels.wording import speaking
from fabricate import fabricate
from smallworld import make_dataset, make_series, make_spec

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

READ = """() => {
  const texts = (key) => [...document.querySelectorAll(`[id^="explorer-${key}"]`)];
  const rows = {};
  for (const cell of texts("q")) {
    const [, row, what] = cell.id.match(/^explorer-q(\\d+)-(\\w+)$/);
    (rows[`q${row}`] = rows[`q${row}`] || {})[what] = cell.textContent;
  }
  const parts = [...document.querySelectorAll('#explorer-parts tbody tr')].map(
    (row) => [row.id, row.hidden || document.getElementById('explorer-parts').hidden,
              [...row.querySelectorAll('td')].map((cell) => cell.textContent)]);
  const warning = document.getElementById('explorer-support');
  return { rows, parts, warning: warning.hidden ? '' : warning.textContent,
           said: document.getElementById('explorer-said').textContent };
}"""
SET = """(asked) => {
  explorer.data.wait = 0;
  const choice = document.getElementById('explorer-span');
  choice.value = String(asked.span);
  choice.dispatchEvent(new Event('change'));
  asked.levels.forEach((wanted, at) => {
    if (wanted === null) return;
    const series = explorer.data.series[at];
    const place = explorer.levelsOf(series, asked.span, '').findIndex((one) => one.level === wanted);
    const slider = document.getElementById(`explorer-s${at}`);
    slider.value = String(place);
    slider.dispatchEvent(new Event('input'));
  });
  return new Promise((done) => setTimeout(done, 5));
}"""


@dataclass
class Opened:
    """A page with an explorer, and what Python knows of it."""

    fit: Fit
    few: Thin
    piece: Explorer
    page: Any
    faults: list[str]
    asked: list[str]
    lang: str = "en"

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.piece.data)
        return found

    @property
    def series(self) -> list[str]:
        return [name for own in themes_of(self.fit).values() for name in own]

    def setting(self, rng: np.random.Generator, moved: float = 0.6) -> dict[str, Any]:
        """A span, and for each slider one of its round levels or none."""
        levels = [
            float(rng.choice([level["level"] for level in one["levels"]]))
            if rng.random() < moved
            else None
            for one in self.data["series"]
        ]
        span = int(rng.integers(len(self.piece.spans)))
        # The script drops a round level where the series stood at it all through the span.
        for at, one in enumerate(self.data["series"]):
            was = one["was"][span]
            if was["flat"] and levels[at] == was["level"]:
                levels[at] = None
        return {"span": span, "levels": levels}

    def python(self, asked: dict[str, Any]) -> Explored:
        """The same from Python."""
        span = self.piece.spans[asked["span"]].replace(" to ", "..")
        given = zip(self.series, asked["levels"], strict=True)
        return explore(self.few, span, {n: v for n, v in given if v is not None})

    def moved(self, asked: dict[str, Any]) -> str:
        """Which levels are moved, as the page says it."""
        told = []
        for one, level in zip(self.data["series"], asked["levels"], strict=True):
            if level is not None:
                text = next(r["text"] for r in one["levels"] if r["level"] == level)
                told.append(f"{one['label']} {text}")
        return "; ".join(told)


def judged(fit: Fit) -> Fit:
    copy = Fit(fit.spec, fit.dataset, fit.tree)
    copy.__dict__["checks"] = Checks((), *[None] * 2)  # type: ignore[arg-type]
    return copy


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


def opened(browser: Any, fit: Fit, folder: Path, lang: str = "en", **context: Any) -> Opened:
    """Write the explorer's page and open it, counting what it asks for and complains of."""
    fit = judged(fit)
    with speaking(lang):
        section = explorer(View(fit))
    path = folder / "page.html"
    path.write_text(html(Page("t", "u", (section,)), lang), encoding="utf-8")
    page = browser.new_context(**context).new_page()
    faults: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    piece = next(one for one in section.pieces if isinstance(one, Explorer))
    return Opened(fit, thin(fit), piece, page, faults, asked, lang)


@pytest.fixture(scope="module")
def small(browser: Any, small_fit: Fit, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """A real fit: ten years, one covariate that acts on both groups."""
    return opened(browser, small_fit, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def reference_fit(escape_rates: ModelSpec) -> Fit:
    """The reference model with made-up draws: seven covariates, one of them a logarithm."""
    from defectmodels.evidence.dataset import load_dataset

    return fabricate(escape_rates, load_dataset("arrivals"), spread=0.2)


@pytest.fixture(scope="module")
def reference(browser: Any, reference_fit: Fit, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return opened(browser, reference_fit, tmp_path_factory.mktemp("reference"))


def compare(one: Opened, asked: dict[str, Any]) -> None:
    """Every number and word of the page against Python's."""
    one.page.evaluate(SET, asked)
    seen, found = one.page.evaluate(READ), one.python(asked)
    with speaking(one.lang):
        wanted = cells(found)
        warning = support_text(one.fit, found)
        spoken = sentence(one.fit, found, one.moved(asked))
    themes = list(themes_of(one.fit))
    rows = [key for key in wanted if not key.startswith("part:")]
    for at, key in enumerate(rows):
        row = seen["rows"][f"q{at}"]
        there = tuple(row[what] for what in ("was", "chosen", "difference", "more"))
        assert there == wanted[key], (asked, key)
    for at, theme in enumerate(themes):
        _, hidden, texts = next(row for row in seen["parts"] if row[0] == f"explorer-p{at}")
        assert hidden == (theme not in found.data[PART].values), (asked, theme)
        if not hidden:
            assert tuple(texts) == wanted[f"part:{theme}"], (asked, theme)
    assert (seen["warning"], seen["said"]) == (warning, spoken), asked


@pytest.mark.parametrize("which", ["small", "reference"])
def test_the_page_shows_what_python_gives(which: str, request: pytest.FixtureRequest) -> None:
    one: Opened = request.getfixturevalue(which)
    rng = np.random.default_rng(11)
    for moved in np.linspace(0.1, 1.0, 35):
        compare(one, one.setting(rng, float(moved)))
    assert one.faults == []


def test_in_korean_too(browser: Any, reference_fit: Fit, tmp_path: Path) -> None:
    one = opened(browser, reference_fit, tmp_path, "ko")
    rng = np.random.default_rng(12)
    for _ in range(5):
        compare(one, one.setting(rng))
    assert "기대 입국자" in one.page.inner_text("#explorer-said") and one.faults == []


def test_whether_the_data_can_speak_is_judged_alike(reference: Opened) -> None:
    rng = np.random.default_rng(13)
    verdicts = []
    for at in range(200):
        asked = reference.setting(rng, 0.05 + 0.4 * (at % 3))
        reference.page.evaluate(SET, asked)
        reach = reference.python(asked).reach
        place = [
            None if level is None else next(r for r in one["levels"] if r["level"] == level)
            for one, level in zip(reference.data["series"], asked["levels"], strict=True)
        ]
        found = reference.page.evaluate(
            "([span, chosen]) => explorer.answer(explorer.data.spans[span], chosen).support",
            [asked["span"], place],
        )
        verdicts.append(reach.supported)
        names = [reference.fit.spec.covariates[k] for k in found["beyond"]]
        assert (found["outside"], names) == (reach.outside, list(reach.beyond)), asked
        assert found["hull"] == pytest.approx(reach.hull, abs=2e-6), asked
        assert reference.page.is_hidden("#explorer-support") == reach.supported
    assert 10 < sum(verdicts) < 190


def test_distances_from_a_hull_are_those_of_least_squares(small: Opened) -> None:
    rng = np.random.default_rng(14)
    for size, dims in ((1, 1), (2, 3), (6, 2), (30, 4), (80, 6)):
        seen = rng.random((size, dims)).round(1)
        seen[0], seen[-1] = 0.0, 1.0
        points = np.vstack([rng.normal(0.5, 0.6, (15, dims)), seen[:2], seen.mean(axis=0)])
        # Ranges of 1, so that both measure alike.
        seen = np.vstack([seen, np.zeros(dims), np.ones(dims)])
        mine = small.page.evaluate(
            "([seen, points]) => points.map((one) => explorer.distance(seen, one))",
            [seen.tolist(), points.tolist()],
        )
        assert np.allclose(mine, hull_distance(points, seen), atol=2e-6)


def test_numbers_are_written_by_the_same_rules(small: Opened) -> None:
    rng = np.random.default_rng(15)
    size = 10.0 ** rng.uniform(-8, 6, 3000)
    values = rng.choice([-1.0, 1.0], 3000) * size
    errors = size * 10.0 ** rng.uniform(-5, 0.5, 3000)
    pairs = [*zip(values.tolist(), errors.tolist(), strict=True)]
    pairs += [(v, e) for v in (0.0, 0.5, 1.5, 2.5, -2.5, 25.0, 99.5, 999.5, 1234567.0, 0.125, 1e7, -0.04)
              for e in (0.0, 0.05, 0.5, 0.51, 5.0, 500.0)]  # fmt: skip
    mine = small.page.evaluate(
        "(pairs) => pairs.map(([value, error]) => explorer.number(value, error))", pairs
    )
    assert mine == [str(words.number(value, error)) for value, error in pairs]
    places = [(abs(v), p) for v in values[:300] for p in (-2, 0, 1, 3)]
    places += [(0.5, 0), (1.5, 0), (2.5, 0), (50.0, -2), (150.0, -2), (4.0, -3)]
    mine = small.page.evaluate("(all) => all.map(([v, p]) => explorer.decimal(v, p))", places)
    assert mine == [f"{round(v, p):,.{max(p, 0)}f}" for v, p in places]


# --- use ----------------------------------------------------------------------------------------


def test_by_keyboard_alone(reference: Opened) -> None:
    page = reference.page
    page.reload()
    page.focus("#explorer-span")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "explorer-s0"
    before = page.inner_text("#explorer-o0")
    page.keyboard.press("Home")
    assert page.get_attribute("#explorer-s0", "aria-valuetext").startswith("0.00 (")
    assert page.inner_text("#explorer-o0") == "0.00" != before
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#explorer-o0") == "0.02"
    # What is spoken waits until the slider rests.
    assert "0.02" not in page.inner_text("#explorer-said")
    page.locator("#explorer-said", has_text="0.02").wait_for()
    assert page.get_attribute("p:has(#explorer-said)", "role") == "status"
    page.focus("#explorer-reset")
    page.keyboard.press("Enter")
    assert page.inner_text("#explorer-o0") == before and page.is_hidden("#explorer-parts")


def test_every_control_has_a_name_and_a_value(reference: Opened) -> None:
    page = reference.page
    tree = page.locator(".explorer").aria_snapshot()
    for one in reference.data["series"]:
        assert f'slider "{one["label"]} ({one["unit"]})"' in tree
    assert 'combobox "Year"' in tree and 'button "Back to what was"' in tree and "- status" in tree
    for theme in reference.data["themes"]:
        assert f'group "{theme}"' in tree


def test_nothing_wrong_is_found_by_axe(reference: Opened) -> None:
    from axe_playwright_python.sync_playwright import Axe

    reference.page.emulate_media(color_scheme="light")
    for scheme in ("light", "dark"):
        reference.page.emulate_media(color_scheme=scheme)
        reference.page.evaluate(SET, reference.setting(np.random.default_rng(1), 1.0))
        found = Axe().run(reference.page, context=".explorer").response["violations"]
        assert [(one["id"], [n["html"] for n in one["nodes"]]) for one in found] == []


def test_levels_can_be_taken_from_another_year(reference: Opened) -> None:
    page, data = reference.page, reference.data
    page.evaluate(
        SET,
        {"span": data["spans"].index(data["spans"][-1]), "levels": [None] * len(data["series"])},
    )
    span, other = len(reference.piece.spans) - 1, reference.piece.spans.index("2019")
    page.select_option("#explorer-from", str(other))
    page.wait_for_timeout(50)
    levels = {
        name: one["was"][other]["level"]
        for name, one in zip(reference.series, data["series"], strict=True)
        # A level that held all through the year is no other level.
        if not (
            one["was"][span]["flat"] and one["was"][span]["level"] == one["was"][other]["level"]
        )
    }
    wanted = cells(explore(reference.few, reference.piece.spans[span], levels))
    seen = page.evaluate(READ)["rows"]["q0"]
    assert (seen["chosen"], seen["difference"]) == wanted["all"][1:3]
    page.select_option("#explorer-from", "")
    assert page.is_hidden("#explorer-parts")


def test_nothing_is_loaded_and_nothing_complains(reference: Opened, small: Opened) -> None:
    for one in (reference, small):
        assert one.faults == []
        assert {url.rpartition("/")[2] for url in one.asked} == {"page.html"}


def test_another_script_does_not_run(reference: Opened) -> None:
    page = reference.page
    page.evaluate(
        "() => { const one = document.createElement('script'); one.textContent = 'window.bad = 1';"
        " document.body.append(one); }"
    )
    assert page.evaluate("window.bad") is None
    assert any("Content Security Policy" in fault for fault in reference.faults)
    reference.faults.clear()


def test_without_a_script_the_span_stands_as_it_was(
    browser: Any, small_fit: Fit, tmp_path: Path
) -> None:
    one = opened(browser, small_fit, tmp_path, java_script_enabled=False)
    page = one.page
    assert page.is_visible("#explorer-needs") and not page.is_visible("#explorer-span")
    assert page.locator(".explorer input:visible").count() == 0
    span = one.piece.spans[one.piece.span]
    wanted = cells(explore(one.few, span, {}))
    assert page.inner_text("#explorer-q0-was") == wanted["all"][0]
    assert page.locator("th:visible", has_text="as chosen").count() == 0


@pytest.mark.parametrize("width", [375, 768, 1440])
def test_nothing_is_wider_than_the_screen(reference: Opened, width: int) -> None:
    page = reference.page
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(SET, reference.setting(np.random.default_rng(2), 1.0))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in page.locator(".explorer input[type=range]").all():
        assert box.bounding_box()["height"] >= 24


def test_a_single_group_and_many_themes(browser: Any, tmp_path: Path) -> None:
    """No share, and more themes than are told apart."""
    many = [f"c{at}" for at in range(9)]
    rng = np.random.default_rng(4)
    series = [
        make_series(n, {str(y): round(float(rng.random()), 2) for y in range(2016, 2024)})
        for n in many
    ]
    effects = [{"series": n, "ratio": prior(0.8, 2.0)} for n in many]
    spec = make_spec(
        "2016",
        "2023",
        "year",
        groups=("all",),
        # A covariate that counts persons at risk too, and a headline of several years.
        exposure={"all": "c0"},
        term=[{"kind": "covariates", "effect": effects}],
        headline={"of": "all", "before": "2017", "after": "2020..2022"},
    )
    data = make_dataset(
        ("everyone", "2018", 60), ("everyone", "2021", 50), groups=("all",), series=series
    )
    one = opened(browser, fabricate(spec, data, draws=60), tmp_path)
    assert one.piece.spans[one.piece.span] == "2020 to 2022" == one.piece.spans[-1]
    for moved in (0.2, 0.4, 0.6):
        asked = one.setting(rng, moved)
        compare(one, asked)
        compare(one, asked | {"span": one.piece.span})
    was = [each["was"][0]["level"] for each in one.data["series"]]
    ends = [[each["levels"][at]["level"] for at in (0, -1)] for each in one.data["series"]]
    others = [high if low == level else low for (low, high), level in zip(ends, was, strict=True)]
    asked = {"span": 0, "levels": others}
    one.page.evaluate(SET, asked)
    wanted = cells(one.python(asked))
    seen = one.page.evaluate(READ)["rows"]["q0"]
    assert tuple(seen[what] for what in ("was", "chosen", "difference", "more")) == wanted["all"]
    assert one.page.is_visible("#explorer-unsplit")
