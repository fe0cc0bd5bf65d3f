"""The report: words follow numbers, the page loads nothing, and it is whole or not there."""

from __future__ import annotations

import gc
import itertools
import re
import shlex
from base64 import b64encode
from dataclasses import replace
from functools import partial
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from markupsafe import Markup

from defectmodels import names
from defectmodels.catalog import models
from defectmodels.cli import cli
from defectmodels.errors import FitError, ReportError
from defectmodels.estimands.checks import Check, Checks
from defectmodels.estimands.summary import Probability
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.inference import aside
from defectmodels.inference.fit import Fit
from defectmodels.model.spec import ModelSpec, load_model
from defectmodels.report import page as pages
from defectmodels.report import sections, words
from defectmodels.report.arrivals import arrivals
from defectmodels.report.assumptions import model, prior_rows
from defectmodels.report.change import decomposition
from defectmodels.report.checking import checks
from defectmodels.report.effects import contraction, effects
from defectmodels.report.equations import equations
from defectmodels.report.events import lanes, note
from defectmodels.report.opening import notice, verdict
from defectmodels.report.page import MOST_BYTES, render, write_report
from defectmodels.report.pieces import Figure, Link, Listing, Paragraph, Section, Table, link
from defectmodels.report.results import realised, shares
from defectmodels.report.sources import evidence, provenance, unused
from defectmodels.report.view import View
from defectmodels.report.words import Change, Estimate
from defectmodels.wording import LANGUAGES, say, speaking
from fabricate import fabricate
from smallworld import make_dataset, make_series, make_spec

VOID = {"meta", "br", "link", "img", "input", "hr"}
KEYS = [
    "verdict", "claims", "evidence", "model", "checks", "audit", "howmany", "arrivals", "rates",
    "share", "decomposition", "themes", "policy", "scenarios", "explorer", "forecast",
    "effects", "realised", "unused", "provenance", "barg",
]  # fmt: skip
RATIO = {"median": 0.8, "factor": 3.0, "why": "a reason"}


# --- fits -----------------------------------------------------------------------------------


def with_checks(fit: Fit, verdict: str = "pass") -> Fit:
    """The fit with made-up checks, so that no test depends on what random draws look like."""
    ids = list(View(fit).rows)
    rng = np.random.default_rng(0)
    low = [row.interval.low for row in View(fit).rows.values()]
    high = [-1 if (top := r.interval.high) is None else top for r in View(fit).rows.values()]
    columns = {
        "pit": rng.uniform(size=len(ids)), "tail": rng.uniform(size=len(ids)),
        "elpd": rng.normal(-3, 1, len(ids)), "pareto_k": rng.uniform(0, 0.9, len(ids)),
        "low": low, "high": high, "predicted_median": low, "predicted_low": low,
        "predicted_high": [value + 2 for value in low],
    }  # fmt: skip
    rows = xr.Dataset({k: ("row", np.asarray(v)) for k, v in columns.items()}, {"row": ids})
    quantities = pd.DataFrame(
        {"name": ["share"], "rhat": [1.0], "ess_bulk": [900.0], "ess_tail": [800.0],
         "mcse_over_sd": [0.02], "quoted": [True]}
    )  # fmt: skip
    items = (
        Check("chains agree", "pass", "largest R-hat 1.003"),
        Check("divergences", verdict, "12 of 600 draws diverged", "more tuning"),  # type: ignore[arg-type]
    )
    copy = Fit(fit.spec, fit.dataset, fit.tree)
    copy.__dict__["checks"] = Checks(items, rows, quantities)
    return copy


def rich_model(**changes: Any) -> ModelSpec:
    content: dict[str, Any] = {
        "exposure": {"elite": "posts", "commoner": "people"},
        "term": [
            {
                "kind": "covariates",
                "effect": [
                    {"series": "closure", "groups": ["commoner"], "ratio": RATIO},
                    {"series": "pressure", "ratio": RATIO},
                ],
            },
            {"kind": "season", "size": 1.2, "why": "winter"},
            {"kind": "trend", "scale": {"median": 0.2, "factor": 2.0, "why": "drift"}},
        ],
        "frailty": {"median": 0.15, "factor": 2.0, "why": "scatter"},
        "definition": {"everyone": {}, "elite": {}, "press": {"factor": RATIO}},
        "headline": {"of": "elite", "before": "2020", "after": "2022", "also": [["2021", "2022"]]},
    }
    return make_spec("2020", "2022", "quarter", **(content | changes))


def rich_data(source: str = "https://example.org/a", note: str = "") -> Dataset:
    uncertain = {"uncertainty": {"factor": 2.0, "why": "no list is complete"}}
    series = (
        make_series("posts", {"2020..2022": 2.0}, **uncertain),
        make_series("people", {"2020..2022": 4.0}),
        make_series("closure", {"2020": 0.0, "2021..2022": 1.0}, title="Closure", per="shut"),
        make_series("pressure", {"2020..2021": 0.0, "2022": 1.0}),
    )
    made = make_dataset(
        ("everyone", "2020", 60), ("everyone", "2021", 50), ("everyone", "2022Q1..2022Q2", 30),
        ("everyone", "2022Q3..2022Q4", 25), ("elite", "2020", 2, 60), ("elite", "2022", 1, None),
        ("press", "2020..2021", 5, 9), ("other", "2020", 7),
        definitions={"press": ["elite"], "other": ["elite"]}, series=series,
    )  # fmt: skip
    marked = [s.model_copy(update={"source": source, "words": note}) for s in made.statements]
    return replace(made, statements=tuple(marked))


@pytest.fixture(scope="module")
def rich() -> Fit:
    return with_checks(fabricate(rich_model(), rich_data(), draws=200))


@pytest.fixture(scope="module")
def rich_page(rich: Fit) -> str:
    return render(rich)


@pytest.fixture(scope="module")
def single() -> Fit:
    data = make_dataset(("everyone", "2020", 10), ("everyone", "2022", 12), groups=("all",))
    return with_checks(fabricate(make_spec("2020", "2023", "year", groups=("all",)), data))


# --- reading a page --------------------------------------------------------------------------


class Page(HTMLParser):
    """Tags that are closed, ids, headings, what is loaded, and the text a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[str] = []
        self.text: list[str] = []
        self.unnamed = 0
        self.feed(html)
        self.close()
        assert not self.stack, self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        # The explorer's own script, and its data.
        own = {"type": "application/json", "id": "explorer-data"}
        assert tag != "script" or named in ({}, own)
        assert not any(name.startswith("on") for name in named)
        if "id" in named:
            self.ids.append(str(named["id"]))
        if tag == "svg":
            self.unnamed += not (named.get("role") == "img" and named.get("aria-label"))
        if re.fullmatch(r"h\d", tag):
            self.headings.append(tag)
        for name in ("src", "srcset", "href", "xlink:href", "data", "style"):
            value = named.get(name) or ""
            if tag == "a" and name == "href":
                self.links.append(value)
                external = not value.startswith("#")
                assert named.get("rel") == ("noopener noreferrer" if external else None)
            elif "//" in value:
                self.loads.append(value)
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.stack):
            self.text.append(data)


def texts(section: Section) -> str:
    return " ".join(piece.text for piece in section.pieces if isinstance(piece, Paragraph))


def tables(section: Section) -> list[Table]:
    inner = [p.data for p in section.pieces if isinstance(p, Figure) and p.data]
    return [piece for piece in section.pieces if isinstance(piece, Table)] + inner


# --- words -----------------------------------------------------------------------------------

GRID = [0.0, 0.01, 0.049, 0.05, 0.0501, 0.35, 0.5, 0.949, 0.9496, 0.95, 0.951, 0.99, 1.0]


class Spoken(NamedTuple):
    """What a sentence on a change says in a language."""

    up: str
    down: str
    rose: str
    fell: str
    hardly: str
    open: str
    before: str
    after: str


SPOKEN = {
    "en": Spoken("share up", "share down", " rose (", " fell (", "hardly changed", "is open",
                 "from {} (", "to {} ("),
    "ko": Spoken("비중 증가", "비중 감소", " 늘었다(", " 줄었다(", "거의 변하지 않았다", "판단을 유보한다",
                 "2019년 {}(", "2023년 {}("),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mcse", [0.0002, 0.004, 0.02])
@pytest.mark.parametrize(("unit", "scale"), [("%", 100.0), ("persons", 1.0)])
def test_sentence_cannot_contradict_its_numbers(
    language: str, mcse: float, unit: str, scale: float
) -> None:
    with speaking(language):
        unit = unit if unit == "%" else say("unit-after", unit=unit)
        check_sentences(SPOKEN[language], mcse, unit, scale)


def check_sentences(spoken: Spoken, mcse: float, unit: str, scale: float) -> None:
    levels = [0.002, 0.03, 0.0301, 0.4]
    for value, first, last in itertools.product(GRID, levels, levels):
        before = Estimate(first, first / 2, first * 2, mcse * first)
        after = Estimate(last, last / 2, last * 2, mcse * last)
        ratio = Estimate(last / first, 0.1, 10.0)
        change = Change(
            "the share", "share", ("2019", "2023"), before, after, ratio,
            Probability(value, mcse), unit, scale,
        )  # fmt: skip
        text = words.change_sentence(change)
        said = re.search(rf"P\(({spoken.up}|{spoken.down})\) (=|>|<) ([\d.]+)", text)
        assert said is not None
        chance, printed = float(said[3]), [words.middle(e, unit, scale) for e in (before, after)]
        if spoken.rose in text or spoken.fell in text:
            assert chance >= words.SURE and said[2] != "<"
            assert (said[1] == spoken.up) == (spoken.rose in text) == (last > first)
            assert printed[0] != printed[1]
            assert spoken.before.format(printed[0]) in text
            assert spoken.after.format(printed[1]) in text
        elif spoken.hardly in text:
            assert printed[0] == printed[1]
        else:
            assert spoken.open in text and said[1] == spoken.up
            settled = (chance >= words.SURE and last > first) or (
                1 - chance >= words.SURE and said[2] == "=" and last < first
            )
            assert not settled


def test_leap_day_is_no_fall() -> None:
    before, after = Estimate(10.02, 9.0, 11.0, 0.04), Estimate(9.99, 9.0, 11.0, 0.04)
    one = Estimate(0.997, 0.997, 0.997)
    change = Change(
        "the number", "count", ("2020", "2021"), before, after, one, Probability(0.0, 0.001)
    )
    assert change.direction == "hardly changed"


@pytest.mark.parametrize(
    ("value", "mcse", "text"),
    [
        (0.0413, 0.0004, "0.041"),
        (0.0413, 0.004, "0.04"),
        (1234.0, 0.0, "1,234"),
        (1234.4, 12.0, "1,200"),
        (0.0999999, 0.0, "0.10"),
        (196.4, 0.01, "196"),
        (-2.04, 0.004, "\N{MINUS SIGN}2.0"),
        (-0.001, 0.01, "0.0"),
        (0.003, 0.01, "under 0.1"),
        (0.0, 0.01, "0.0"),
        (0.0, 0.0, "0"),
        (float("nan"), 0.1, "not known"),
    ],
)
def test_number_has_the_digits_its_error_allows(value: float, mcse: float, text: str) -> None:
    assert words.number(value, mcse) == text


def test_a_unit_stands_right_behind_its_number_in_every_language() -> None:
    small = Estimate(0.003, 0.001, 0.004, 0.01, 0.01, 0.01)
    assert words.full(small, "%") == "under 0.1% (under 0.1 to under 0.1%)"
    with speaking("ko"):
        assert words.middle(small, "%") == "0.1% 미만"
        assert words.full(small._replace(high=2.0), "%") == "0.1% 미만(0.1 미만~2.0%)"
        assert words.number(float("nan"), unit="%") == "알 수 없음"


def test_estimates_carry_an_error_for_every_end() -> None:
    rng = np.random.default_rng(0)
    array = xr.DataArray(rng.lognormal(0, 1, (2, 500, 3)), dims=(*names.SAMPLE, "x"))
    for i, one in enumerate(words.estimates(array)):
        assert one[:3] == pytest.approx(np.quantile(array[..., i], [0.5, 0.05, 0.95]))
        assert 0 < one.mcse_low < one.mcse_high
    flat = words.estimate(xr.ones_like(array.isel(x=0)))
    assert flat == Estimate(1.0, 1.0, 1.0, 0.0, 0.0, 0.0)


# --- the page --------------------------------------------------------------------------------


def test_page_is_well_formed_and_loads_nothing(rich_page: str) -> None:
    page = Page(rich_page)
    assert len(page.ids) == len(set(page.ids))
    assert not page.loads and not page.unnamed
    assert page.headings == ["h1"] + ["h2"] * len(KEYS)
    assert {key for key in page.links if key.startswith("#")} <= {f"#{i}" for i in page.ids}
    # The script names SVG by its address, and cannot load anything (test_browser.py).
    still = re.sub(r"<script>.*?</script>", "", rich_page, flags=re.DOTALL)
    assert not re.search("https?:", re.sub(r'<a href="https://example.org/a"[^>]*>', "", still))
    assert len(rich_page.encode()) < MOST_BYTES
    assert '<html lang="en">' in rich_page and "@media print" in rich_page


def test_policy_names_the_style_and_the_script(rich_page: str) -> None:
    """What a browser checks: the digest of the text between the tags, byte by byte."""
    digest = lambda text: b64encode(sha256(text.encode()).digest()).decode()  # noqa: E731
    said = re.findall(r"(style|script)-src 'sha256-([^']+)'", rich_page)
    style, script = (
        re.findall(rf"<{tag}>(.*?)</{tag}>", rich_page, re.DOTALL) for tag in ("style", "script")
    )
    assert said == [("style", digest(style[0])), ("script", digest(script[0]))]
    assert len(style) == len(script) == 1 and "default-src 'none'" in rich_page


def test_foreign_words_are_marked(rich: Fit) -> None:
    section = Section("a", "A", (Paragraph("He said 이십여 명이 왔다 today."), Paragraph("plain")))
    made = pages.html(pages.Page("t", "u", (section,)))
    assert '<p>He said <span lang="ko">이십여 명이 왔다</span> today.</p>' in made
    assert "<p>plain</p>" in made
    texts_of = ("about ten persons", "한 문장, one word", "T2020")
    section = Section("a", "가", tuple(map(Paragraph, texts_of)))
    made = pages.html(pages.Page("t", "u", (section,)), "ko")
    assert '<p><span lang="en">about ten persons</span></p>' in made
    assert "<p>한 문장, one word</p>" in made and "<p>T2020</p>" in made


def test_events_are_those_of_the_series(rich: Fit) -> None:
    """Borders of eras, and every step of the series that holds all of them; nothing else."""
    eras = make_series("eras", {}, title="Eras", role="labels", span=(
        {"name": "open", "from": "2019-01-01"}, {"name": "shut", "from": "2021-01-01"},
        {"name": "later", "from": "2022-01-01"},
    ))  # fmt: skip
    levels = {"2020": 0.0, "2021H1": 1.0, "2021H2": 2.0, "2022": 3.0}
    steps = make_series("steps", levels, title="Steps", interpolation="step")
    series = rich.dataset.series | {"eras": eras, "steps": steps}
    view = View(Fit(rich.spec, replace(rich.dataset, series=series), rich.tree))
    (lane,) = lanes(view)
    assert lane.title == "Eras"
    assert lane.eras == (("open", 2019.0), ("shut", 2021.0), ("later", 2022.0))
    half = 2021 + 181 / 365
    assert lane.steps == pytest.approx((2021.0, half, 2022.0))
    assert "Eras (small ticks: steps of Steps)" in note(view)
    # No series of eras, no events.
    assert lanes(View(rich)) == () and note(View(rich)) == ""


def test_every_section_stands_in_every_report(rich_page: str, single: Fit) -> None:
    for html in (rich_page, render(single)):
        found = re.findall(r'<section id="([^"]+)"', html)
        assert found == KEYS
    assert len(sections.SECTIONS) == len(KEYS)


def test_single_group_has_counts_and_no_share(single: Fit) -> None:
    view = View(single)
    said = texts(verdict(view))
    assert "names no comparison" in said and "2020 and 2023" in said
    assert "expected number of all arrivals" in said and "share" not in said
    assert "single group" in texts(shares(view))
    assert "no covariates" in texts(effects(view))


def test_a_model_without_two_years_says_that_it_compares_nothing() -> None:
    data = make_dataset(("everyone", "2020Q1", 10), groups=("all",))
    fit = with_checks(fabricate(make_spec(groups=("all",)), data))
    assert "there is no verdict" in render(fit)


@pytest.mark.parametrize("every", ["month", "year"])
def test_ten_groups_and_every_axis(every: str) -> None:
    groups = tuple(f"g{i}" for i in range(10 if every == "year" else 3))
    rows = (("everyone", "2020", 300), ("g1", "2020", 2, None), ("g2", "2020..2021", 0, 500))
    data = make_dataset(*rows, groups=groups)
    spec = make_spec("2020", "2021", every, groups=groups)
    seen = " ".join(Page(render(with_checks(fabricate(spec, data, draws=60)))).text)
    assert all(group in seen for group in groups)


def test_failed_checks_withhold_the_verdict(rich: Fit) -> None:
    html = render(with_checks(rich, "fail"))
    page = Page(html)
    seen = " ".join("".join(page.text).split())
    head, _, rest = seen.partition("Contents")
    assert html.index('class="notice fail"') < html.index("<h1>")
    assert "Not to be quoted" in seen[: seen.index("A small model", 40)]
    assert "divergences" in head or "divergences" in rest[:600]
    for word in (" rose (", " fell (", "is open", "hardly changed"):
        assert word not in html
    found = verdict(View(with_checks(rich, "fail")))
    assert found.title == "Verdict withheld"
    assert not any(isinstance(piece, Figure) for piece in found.pieces)
    why = View(with_checks(rich, "fail")).checks.failed
    assert tables(found)[0].rows == tuple((one.name, one.text, one.remedy) for one in why)
    assert all(row[-1] for row in tables(found)[0].rows)
    assert "withheld" in texts(decomposition(View(with_checks(rich, "fail"))))
    assert not tables(decomposition(View(with_checks(rich, "fail"))))
    assert html.startswith("<!DOCTYPE html>") and "<title>Not to be quoted" in html


def test_warnings_are_milder(rich: Fit) -> None:
    found = notice(View(with_checks(rich, "warn")))
    assert found is not None and found.title == "Quote with care"
    assert notice(View(rich)) is None
    assert "Between 2020 and 2022" in texts(verdict(View(with_checks(rich, "warn"))))


def test_verdict_covers_every_pair(rich: Fit) -> None:
    view = View(rich)
    found = verdict(view)
    assert "2021 and 2022" in texts(found)
    assert len(tables(found)[0].rows) == 2 * 3
    for row in tables(found)[0].rows:
        assert row[-1] in ("rose", "fell", "open", "hardly changed")


def test_markup_in_the_evidence_is_escaped() -> None:
    bad = "<script>alert(1)</script>"
    data = rich_data(source="javascript:alert(1)", note=f"{bad} & \" id='x' url(#y)")
    header = data.header.model_copy(update={"title": bad, "citation": f"<img src=x> {bad}"})
    data = replace(data, header=header)
    spec = rich_model(title=f"{bad}$x_1$", description="<b onclick=1>bold</b>")
    html = render(with_checks(fabricate(spec, data, draws=60), "warn"))
    assert "<script>alert" not in html and "<b onclick" not in html and "<img" not in html
    assert html.count("<script") == html.count("</script>") == 2
    page = Page(html)
    assert not [one for one in page.links if not one.startswith("#")]
    assert "&lt;script&gt;" in html and 'href="javascript:' not in html


def test_links_lead_to_the_web_only() -> None:
    assert link("https://example.org/x?a=1") == Link("example.org", "https://example.org/x?a=1")
    for text in ("javascript:alert(1)", "data:text/html,x", "book, p. 3", "", "http:///x", "//a.b"):
        assert link(text) == text
    assert link("http://[broken") == "http://[broken"


def test_group_names_of_any_script_are_drawn() -> None:
    groups = ("엘리트", "$a_b$<i>")
    data = make_dataset(("everyone", "2020", 100), ("엘리트", "2020", 1, 90), groups=groups)
    html = render(with_checks(fabricate(make_spec("2020", "2022", "year", groups=groups), data)))
    assert "엘리트" in html and "<i>" not in html


# --- the file --------------------------------------------------------------------------------


def test_two_writes_give_the_same_bytes(rich_page: str, tmp_path: Path) -> None:
    again = with_checks(fabricate(rich_model(), rich_data(), draws=200))
    path = write_report(again, str(tmp_path / "folder" / "report.html"))
    assert path == tmp_path / "folder" / "report.html"
    assert path.read_bytes() == rich_page.encode()
    assert str(tmp_path) not in rich_page


@pytest.mark.parametrize("looking", [True, False])
def test_garbage_is_looked_for_as_before(single: Fit, looking: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if looking else gc.disable)()
        render(single)
        assert gc.isenabled() is looking
    finally:
        (gc.enable if was else gc.disable)()


def test_a_page_made_by_two_processes_is_that_of_one(
    rich: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts, numbers and drawings that come from a copy of the process, too, in either language."""
    found = {lang: render(rich, lang) for lang in LANGUAGES}
    monkeypatch.setattr(aside, "_pays", lambda: False)
    assert {lang: render(rich, lang) for lang in LANGUAGES} == found


def test_a_failing_section_leaves_the_old_file(
    rich: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(view: View) -> Section:
        raise ZeroDivisionError("no such thing")

    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(sections, "SECTIONS", (broken,))
    with pytest.raises(ReportError, match=r"section 'broken'.*no such thing.*nothing was written"):
        write_report(rich, path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_other_languages_and_places_are_refused(
    rich: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ReportError, match="written in: en"):
        write_report(rich, tmp_path / "a.html", lang="de")
    monkeypatch.setattr(sections, "SECTIONS", ())
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ReportError, match="cannot be written"):
        write_report(rich, tmp_path / "file" / "a.html")
    monkeypatch.setattr("defectmodels.report.page.MOST_BYTES", 10)
    with pytest.raises(ReportError, match="more than 10"):
        write_report(rich, tmp_path / "a.html")


# --- sections --------------------------------------------------------------------------------


def test_every_statement_stands_in_one_table(rich: Fit) -> None:
    view = View(rich)
    listed = [
        str(row[0])
        for section in (evidence(view), unused(view))
        for table in tables(section)
        if table.columns[0] == "id"
        for row in table.rows
    ]
    assert sorted(listed) == sorted(s.id for s in rich.dataset.statements)


def test_every_prior_is_listed(rich: Fit) -> None:
    rows = prior_rows(View(rich))
    # Two rates, one uncertain exposure, two effects, their spread, season, trend, frailty, factor.
    assert len(rows) == 10
    assert all(all(row) for row in rows)
    assert rows[0][:3] == ("rate of elite with every covariate at its centre",
                           "10 a year per person at risk", "1.0 to 100")  # fmt: skip


def test_equations_name_every_term(rich: Fit) -> None:
    lines = equations(rich.spec, nested=True)
    text = " ".join(str(math) for math, _ in lines)
    for word in ("effect", "season", "trend", "exposure", "factor", "NegBinomial", "Binomial"):
        assert word in text
    bare = equations(make_spec(groups=("<a>",)), nested=False)
    text = " ".join(str(math) for math, _ in bare)
    assert "Poisson" in text and "trend" not in text and "exposure" not in text
    assert all(isinstance(math, Markup) for math, _ in bare)


def test_prior_check_counts_its_table(rich: Fit) -> None:
    found = model(View(rich))
    table = next(one for one in tables(found) if one.columns[-1] == "inside")
    inside = sum(row[-1] == "yes" for row in table.rows)
    assert f"In {inside} of {len(table.rows)} rows" in texts(found)


def test_every_check_is_listed(rich: Fit) -> None:
    view = View(with_checks(rich, "fail"))
    rows = tables(checks(view))[0].rows
    assert [row[0] for row in rows] == [item.name for item in view.checks.items]
    assert [row[1] for row in rows] == ["✓ pass", "✗ fail"]
    worst = next(table for table in tables(checks(view)) if "worst" in table.caption)
    tails = [float(str(row[5])) for row in worst.rows]
    assert tails == sorted(tails) and len(tails) == 5


def test_tables_hold_what_figures_draw(rich: Fit) -> None:
    view = View(rich)
    found = next(p for p in arrivals(view).pieces if isinstance(p, Figure))
    assert found.data is not None
    assert [row[0] for row in found.data.rows] == ["2020", "2021", "2022"]
    assert [row[-1] for row in found.data.rows] == ["60", "50", "55"]
    expected = view.expected_of(("elite", "commoner"))[0]
    assert found.data.rows[0][1] == words.full(expected)
    assert f"2020: {words.full(expected, ' persons')}" in found.panels[0].svg


def test_sums_that_several_sections_need_are_made_once(rich: Fit) -> None:
    view = View(rich)
    both = view.expected_of(("elite", "commoner"))
    assert view.expected_of(["elite", "commoner"]) is both
    one = words.estimates(view.expected.sel(group=["elite"]).sum("group"))
    assert view.expected_of(("elite",)) == one != both


def test_realised_counts_agree_with_totals(rich: Fit) -> None:
    rows = tables(realised(View(rich)))[0].rows
    assert [row[-1] for row in rows] == ["60", "50", "55"]


def test_realised_counts_that_cannot_be_had_are_a_finding(
    rich: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(fit: Fit, *, random_seed: int) -> xr.DataArray:
        raise FitError("realised counts: the fit contradicts S4")

    monkeypatch.setattr("defectmodels.report.view.realised", never)
    view = View(rich)
    assert "contradicts S4" in texts(realised(view))
    assert arrivals(view).pieces


def test_contraction() -> None:
    rng = np.random.default_rng(0)
    draws = partial(xr.DataArray, dims=names.SAMPLE)
    prior = draws(rng.normal(0, 2, (1, 4000)))
    assert contraction(prior, prior) == 0
    assert contraction(prior, draws(np.zeros((2, 10)))) == 1
    assert contraction(prior, draws(rng.normal(0, 1, (2, 4000)))) == pytest.approx(0.75, abs=0.03)


def test_provenance_repeats_the_fit(rich: Fit) -> None:
    text = str(provenance(View(rich)).pieces)
    for part in (rich.spec.digest, rich.dataset.digest, "defectmodels fit small small --seed 0"):
        assert part in text


@pytest.mark.parametrize("day", ["", "2021-06-30"])
def test_provenance_says_as_of_when(day: str) -> None:
    fit = fabricate(rich_model(), replace(rich_data(), as_of=day), draws=20)
    assert fit.made["as_of"] == day
    table, _, listing = provenance(View(fit)).pieces
    assert isinstance(table, Table) and isinstance(listing, Listing)
    said = dict(table.rows)["statements as of"]  # type: ignore[arg-type]
    assert said == (day or "no earlier date; all that the dataset holds")
    command = shlex.split(str(listing.items[0]).replace("--sampler none", "--sampler nutpie"))
    assert ("--as-of" in command) == bool(day)
    # What is printed is read by the command line as it was meant.
    context = cli.commands["fit"].make_context("fit", command[2:], obj={"debug": False})
    assert context.params["as_of"] == (day or None)
    # A reader who sees only the top is told too.
    assert (f"as they stood on {day}" in render(fit)) == bool(day)


def test_no_causal_words(rich_page: str) -> None:
    seen = "".join(Page(rich_page).text).lower()
    for word in ("because", "due to", "caused", "drove", "leads to", "thanks to"):
        assert word not in seen
    assert "no cause, unless" in seen


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(models()))
def test_every_shipped_model_has_a_report(name: str, tmp_path: Path) -> None:
    """On made-up draws near the prior, far from the evidence: the counts are then at their largest."""
    made = fabricate(load_model(name), load_dataset("arrivals"), chains=2, draws=100)
    # A larger one would be refused.
    page = write_report(made, tmp_path / "report.html").read_text()
    assert all(f'id="{key}"' in page for key in KEYS)
