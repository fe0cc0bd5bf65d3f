"""The report in a browser: accessible, whole without network and script, on every screen and on paper.

axe-core (Deque) is the oracle of WCAG 2.2 AA: it knows nothing of this package. Chromium is driven where
there is one; where there is none the tests are skipped and say so.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit
from defectmodels.inference.sampling import fit
from defectmodels.model.spec import ModelSpec
from defectmodels.report.page import Page, html, report_page, translation
from defectmodels.report.pieces import Paragraph, Section, Table
from defectmodels.report.view import View
from fabricate import fabricate
from test_policy import with_eras
from test_report import rich_data, rich_model, with_checks

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for found in map(shutil.which, BROWSERS) if found), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=f"none of {', '.join(BROWSERS)} is there")

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
MARKUP = '<img src=x onerror="alert(1)"><script>alert(2)</script></td>&amp;\''
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
word-spacing: .16em !important } p { margin-bottom: 2em !important }"""
"""Text spacing of WCAG 2.2, success criterion 1.4.12."""
STATES = [(verdict, lang) for verdict in ("warn", "fail") for lang in ("en", "ko")]
PHONE, DESK = {"width": 375, "height": 800}, {"width": 1440, "height": 900}


def small(verdict: str) -> Fit:
    """A fit with every kind of section, and eras for its time axes."""
    plain = fabricate(rich_model(), rich_data("https://example.org/a", MARKUP), draws=60)
    eras = (("before", "2019-01-01", "2020-12-31"), ("after", "2021-01-01", "2023-12-31"))
    return with_checks(with_eras(plain, "eras", *eras), verdict)


def opened_up(browser: Any, path: Path, **context: Any) -> tuple[Any, list[str]]:
    """A page of the browser, and what it should not have: errors, and requests beyond the file."""
    page, wrong = browser.new_page(**context), list[str]()
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
    page.on(
        "request",
        lambda request: wrong.append(request.url) if request.url != path.as_uri() else None,
    )
    page.goto(path.as_uri())
    return page, wrong


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Reports that warn and that are withheld, in both languages; each leads to the other language."""
    folder, found = tmp_path_factory.mktemp("pages"), {}
    for verdict in ("warn", "fail"):
        made = small(verdict)
        view = View(made)
        for lang, other in (("en", "ko"), ("ko", "en")):
            page = report_page(made, lang, view)
            path = folder / f"{verdict}.{lang}.html"
            page = replace(page, other=translation(other, f"{verdict}.{other}.html"))
            path.write_text(html(page, lang), encoding="utf-8")
            found[verdict, lang] = path
    return found


@pytest.fixture
def report(pages: dict[tuple[str, str], Path]) -> Path:
    return pages["warn", "en"]


def violations(page: Any) -> list[str]:
    """What axe-core finds, folded tables unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    response = axe.Axe().run(page, options=options).response
    # Else a script that did not run would find nothing.
    assert len(response["passes"]) > 25
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in response["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(("verdict", "lang"), STATES)
def test_axe_finds_nothing(
    browser: Any, pages: dict[tuple[str, str], Path], verdict: str, lang: str
) -> None:
    """Every pair of language, scheme and width; all of them on the reference report, below."""
    path = pages[verdict, lang]
    sizes = (PHONE, DESK) if lang == "en" else (DESK, PHONE)
    for scheme, size in zip(("light", "dark"), sizes, strict=True):
        page, wrong = opened_up(browser, path, viewport=size, color_scheme=scheme)
        assert violations(page) == [] and wrong == []
        assert page.locator("html").get_attribute("lang") == lang
        page.close()


def test_axe_finds_what_is_wrong(browser: Any, report: Path, tmp_path: Path) -> None:
    """The oracle works: without its title, language and labels the page does not pass."""
    text = re.sub(
        r"<title>.*?</title>| lang=\"en\"| aria-label=\"[^\"]*\"", "", report.read_text("utf-8")
    )
    path = tmp_path / "bad.html"
    path.write_text(text, encoding="utf-8")
    page, _ = opened_up(browser, path)
    assert {"document-title", "html-has-lang", "svg-img-alt"} <= {
        one.split(":")[0] for one in violations(page)
    }


# --- what the page may do ---------------------------------------------------------------------


def test_policy_lets_nothing_else_act(browser: Any, report: Path, tmp_path: Path) -> None:
    """The page's own style acts; a style, script, image or address that is put in does not."""
    text = report.read_text("utf-8")
    assert "style=" not in text and not re.search(r"\son\w+=", re.sub(r">[^<]*<", "><", text))
    put_in = """<p id="put" style="color: red">x</p><img src="https://example.org/i.png">
    <style>#content { display: none }</style><script>document.title = "taken over"</script>
    <script src="https://example.org/s.js"></script><iframe src="https://example.org"></iframe>
    <form action="https://example.org"><input name="a"></form></main>"""
    stopped = list[tuple[str, str]]()
    (tmp_path / "put.html").write_text(text.replace("</main>", put_in), encoding="utf-8")
    page, wrong = opened_up(browser, tmp_path / "put.html")
    page.on("requestfailed", lambda request: stopped.append((request.url, request.failure)))
    page.reload()
    assert page.title() == page.locator("h1").inner_text() != "taken over"
    assert page.locator("#content").is_visible()
    colour = "getComputedStyle(document.getElementById('put')).color"
    assert page.evaluate(colour) == page.evaluate("getComputedStyle(document.body).color")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse")
        == "collapse"
    )
    # Asked for, and stopped by the policy before anything was sent.
    assert set(stopped) == {(f"https://example.org/{one}", "csp") for one in ("i.png", "s.js")}
    assert any("Content Security Policy" in one for one in wrong)


def test_markup_in_user_text_is_text(browser: Any, tmp_path: Path) -> None:
    cells = ((MARKUP, MARKUP),)
    table = Table(MARKUP, (MARKUP, "b"), cells, (), MARKUP)
    section = Section("a", MARKUP, (Paragraph(MARKUP, "lead"), table))
    notice = Section("n", MARKUP, (Paragraph(MARKUP),))
    path = tmp_path / "markup.html"
    path.write_text(html(Page(MARKUP, MARKUP, (section,), notice, "fail")), encoding="utf-8")
    page, wrong = opened_up(browser, path)
    assert wrong == [] and page.locator("img, script").count() == 0
    assert MARKUP in page.title() and page.locator("h1").inner_text() == MARKUP
    assert page.locator("td").inner_text() == MARKUP or page.locator("td").text_content() == MARKUP


def test_script_is_not_needed_to_read(browser: Any, report: Path) -> None:
    """What is told without script is all that is told in the sections that have none."""
    texts = []
    for script in (True, False):
        page, _ = opened_up(browser, report, java_script_enabled=script)
        texts.append(
            [page.locator(f"#{key}").text_content() for key in ("verdict", "checks", "arrivals")]
        )
        page.close()
    assert texts[0] == texts[1] and all(texts[0])


def test_other_language_is_one_step_away(browser: Any, pages: dict[tuple[str, str], Path]) -> None:
    page, wrong = opened_up(browser, pages["warn", "en"])
    link = page.locator("header a[hreflang=ko]")
    assert link.get_attribute("lang") == "ko"
    link.click()
    assert (
        page.url == pages["warn", "ko"].as_uri()
        and page.locator("html").get_attribute("lang") == "ko"
    )
    assert page.locator("header a[hreflang=en]").get_attribute("lang") == "en"
    assert wrong == [pages["warn", "ko"].as_uri()]


# --- screens ----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 375, 768, 1440])
def test_nothing_scrolls_sideways(
    browser: Any, pages: dict[tuple[str, str], Path], width: int
) -> None:
    for lang in ("en", "ko"):
        page, _ = opened_up(browser, pages["warn", lang], viewport={"width": width, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = """[...document.querySelectorAll('p, h1, h2, li, figcaption, summary, svg, pre')]
            .filter(one => !one.closest('.scroll') && one.getClientRects().length)
            .filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 80))"""
        assert page.evaluate(wide) == []
        page.close()


def test_a_phone_gets_drawings_of_its_own(browser: Any, report: Path) -> None:
    for size, shown, hidden in ((PHONE, "narrow", "broad"), (DESK, "broad", "narrow")):
        page, _ = opened_up(browser, report, viewport=size)
        assert page.locator(f".{shown} svg").first.is_visible()
        assert not any(one.is_visible() for one in page.locator(f".{hidden}").all())
        # Letters of drawings are no smaller than 8 CSS pixels.
        sizes = """[...document.querySelectorAll('svg text')].filter(one => one.getClientRects().length)
            .map(one => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a)"""
        assert min(page.evaluate(sizes)) >= 8
        page.close()


def test_spaced_text_is_not_cut(browser: Any, report: Path) -> None:
    page, _ = opened_up(browser, report, viewport=PHONE, bypass_csp=True)
    page.add_style_tag(content=SPACED)
    cut = """[...document.querySelectorAll('main *, header *, nav *')]
        .filter(one => !one.closest('svg, math, .scroll') && one.clientWidth > 1)
        .filter(one => ['hidden', 'clip'].includes(getComputedStyle(one).overflowX)
            || ['hidden', 'clip'].includes(getComputedStyle(one).overflowY))
        .map(one => one.outerHTML.slice(0, 80))"""
    assert page.evaluate(cut) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_targets_are_large_enough(browser: Any, report: Path) -> None:
    """24 by 24 CSS pixels (WCAG 2.2, 2.5.8), but for links within text and cells."""
    page, _ = opened_up(browser, report, viewport=PHONE)
    small_ones = """[...document.querySelectorAll('nav a, summary, button, select, input, header a')]
        .filter(one => one.getClientRects().length).map(one => [one.getBoundingClientRect(), one.textContent])
        .filter(([box]) => Math.min(box.width, box.height) < 24).map(([box, text]) => text)"""
    assert page.evaluate(small_ones) == []


def test_keys_reach_everything(browser: Any, report: Path) -> None:
    page, _ = opened_up(browser, report, viewport=DESK)
    page.keyboard.press("Tab")
    active = "document.activeElement"
    assert page.evaluate(f"{active}.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate(f"{active}.id") == "content"
    seen = set[str]()
    for _ in range(400):
        page.keyboard.press("Tab")
        seen.add(page.evaluate(f"{active}.tagName + '.' + {active}.className"))
        outline = page.evaluate(f"getComputedStyle({active}).outlineStyle")
        assert outline != "none" or page.evaluate(f"{active} === document.body")
        if page.evaluate(f"{active} === document.body"):
            break
    assert {"DIV.scroll", "SUMMARY.", "A."} <= seen
    first = page.locator("summary").first
    first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('details').open")


def test_motion_and_colours_follow_the_reader(browser: Any, report: Path) -> None:
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    for motion, wanted in (("reduce", "auto"), ("no-preference", "smooth")):
        page, _ = opened_up(browser, report, reduced_motion=motion)
        assert page.evaluate(behaviour) == wanted
        page.close()
    for scheme in ("light", "dark"):
        page, _ = opened_up(browser, report, color_scheme=scheme)
        colours = """Object.fromEntries(['ink', 'quiet', 'accent', 'bad', 'care', 'paper', 'soft', 'bad-soft',
            'care-soft'].map(name => [name, getComputedStyle(document.documentElement)
            .getPropertyValue('--' + name).trim()]))"""
        found = page.evaluate(colours)
        for over, under in (
            ("ink", "paper"), ("quiet", "paper"), ("accent", "paper"), ("bad", "paper"), ("ink", "soft"),
            ("quiet", "soft"), ("ink", "bad-soft"), ("bad", "bad-soft"), ("ink", "care-soft"), ("care", "care-soft"),
        ):  # fmt: skip
            # Text of drawings too, which axe-core cannot judge.
            assert contrast(found[over], found[under]) >= 4.5, (scheme, over, under)
        page.close()


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


# --- paper and markup -------------------------------------------------------------------------


def test_page_can_be_printed(browser: Any, report: Path) -> None:
    page, _ = opened_up(browser, report)
    made = page.pdf(format="A4", prefer_css_page_size=True)
    assert made.startswith(b"%PDF") and made.count(b"/Type /Page\n") > 3
    page.emulate_media(media="print")
    for hidden in ("nav", ".skip", ".narrow"):
        assert not any(one.is_visible() for one in page.locator(hidden).all())
    assert page.locator(".print").is_visible() and page.locator("#verdict").is_visible()
    # A4 less its margins is 688 CSS pixels wide; no table and no drawing is wider.
    page.set_viewport_size({"width": 688, "height": 900})
    wide = (
        "[...document.querySelectorAll('table, svg')].map(one => one.getBoundingClientRect().right)"
    )
    assert max(page.evaluate(wide)) <= 689


@pytest.mark.parametrize(("verdict", "lang"), STATES)
def test_markup_is_valid(pages: dict[tuple[str, str], Path], verdict: str, lang: str) -> None:
    html5lib = pytest.importorskip("html5lib")
    text = pages[verdict, lang].read_text("utf-8")
    html5lib.HTMLParser(strict=True).parse(text)
    # The parser does not judge what stands in what.
    figures = re.findall(r"<figure>.*?</figure>", text, re.DOTALL)
    assert figures and all(one.count("<figcaption>") == 1 for one in figures)
    assert all(one.endswith("</figcaption>\n</figure>") and "<table" not in one for one in figures)


@pytest.mark.slow
def test_axe_finds_nothing_in_the_reference_report(
    browser: Any, escape_rates: ModelSpec, shipped: Dataset, tmp_path: Path
) -> None:
    found = fit(escape_rates, shipped, random_seed=1, progress=False)
    view = View(found)
    for lang in ("en", "ko"):
        path = tmp_path / f"{lang}.html"
        path.write_text(html(report_page(found, lang, view), lang), encoding="utf-8")
        for scheme, size in product(("light", "dark"), (PHONE, DESK)):
            page, wrong = opened_up(browser, path, viewport=size, color_scheme=scheme)
            assert violations(page) == [] and wrong == []
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            page.close()
