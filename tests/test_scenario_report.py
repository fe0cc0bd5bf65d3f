"""The sections on scenarios, parts by theme and forecasts adapt to any model and say their conditions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from country import SERIES, country, country_spec, prior
from defectmodels.estimands.checks import Checks
from defectmodels.estimands.parts import SEASON, TREND
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.inference.fit import Fit
from defectmodels.model.spec import ModelSpec
from defectmodels.report.futures import forecasts, futures, last_year
from defectmodels.report.pieces import Figure, Listing, Paragraph, Section, Table
from defectmodels.report.scenarios import Asked, scenarios_section, theme_name, themes
from defectmodels.report.view import View
from defectmodels.wording import LANGUAGES, speaking
from fabricate import fabricate
from smallworld import make_dataset, make_spec

USED = ("border_closure", "official_closure", "sanctions", "missions_abroad", "officials_abroad",
        "border_population")  # fmt: skip


def world() -> tuple[ModelSpec, Dataset]:
    """The small country with shipped series."""
    effects: list[dict[str, Any]] = [
        {"series": "border_closure", "groups": ["commoner"], "ratio": prior(0.3, 3.0)},
        {"series": "official_closure", "ratio": prior(0.7, 3.0)},
        {"series": "sanctions", "ratio": prior(1.0, 2.0)},
        {"series": "missions_abroad", "groups": ["elite"], "ratio": prior(1.2, 2.0)},
    ]
    terms = [
        {"kind": "covariates", "effect": effects, "spread": prior(0.25, 3.0)},
        {"kind": "season", "size": 1.2, "why": "a test"},
        {"kind": "trend", "scale": prior(0.2, 3.0)},
    ]
    at_risk = {"elite": "officials_abroad", "commoner": "border_population"}
    spec = country_spec("2018Q1", "2023Q4", "quarter", exposure=at_risk, term=terms)
    shipped, own = load_dataset("arrivals"), country()
    series = {one.name: one for one in SERIES} | {name: shipped.series[name] for name in USED}
    header = own.header.model_copy(update={"reading": shipped.header.reading})
    return spec, replace(own, header=header, series=series)


@pytest.fixture(scope="module")
def fit() -> Fit:
    spec, data = world()
    made = fabricate(spec, data, draws=100)
    made.__dict__["checks"] = Checks((), *[None] * 2)  # type: ignore[arg-type]
    return made


def said(section: Section) -> str:
    found: list[str] = []
    for piece in section.pieces:
        if isinstance(piece, Paragraph):
            found.append(piece.text)
        elif isinstance(piece, Listing):
            found += piece.items
        elif isinstance(piece, Figure):
            found.append(piece.caption)
    return "\n".join(found)


def test_scenarios_stand_beside_their_conditions(fit: Fit) -> None:
    view = View(fit)
    section = scenarios_section(view)
    usable, refused = Asked(view).sorted
    names = [one.name for one in usable]
    assert {"no_closure", "sanctions_2015", "missions_53", "closure_forever"} <= set(names)
    # The model has no trade; nothing differs in the fitted years under the status quo.
    assert "trade_2014" in refused and "status_quo" not in names
    listing = next(piece for piece in section.pieces if isinstance(piece, Listing))
    assert len(listing.items) == len(usable)
    for item in listing.items:
        assert (
            "one has to assume that" in item and "Support of" in item and "against what was" in item
        )
    first, second = (piece for piece in section.pieces if isinstance(piece, Figure))
    assert len(second.panels) == len(usable) and len(first.panels) == 2
    assert first.data is not None and len(first.data.rows) == 3 * len(usable)
    assert "trade_2014" in said(section)


def test_order_is_that_of_time(fit: Fit) -> None:
    usable, _ = Asked(View(fit)).sorted
    starts = [min(change.span.start for change in one.change) for one in usable]
    assert starts == sorted(starts)


def test_failed_checks_withhold_sentences(fit: Fit) -> None:
    from defectmodels.estimands.checks import Check

    failed = Fit(fit.spec, fit.dataset, fit.tree)
    failed.__dict__["checks"] = Checks(
        (Check("divergences", "fail", "many"),),
        None,
        None,  # type: ignore[arg-type]
    )
    for make in (scenarios_section, forecasts):
        text = said(make(View(failed)))
        assert "Withheld" in text and "are expected" not in text and "would be true" not in text
    assert "in percent of it" not in said(themes(View(failed)))


def test_parts_by_theme_join_series(fit: Fit) -> None:
    section = themes(View(fit))
    figure = next(piece for piece in section.pieces if isinstance(piece, Figure))
    assert figure.data is not None
    parts = {row[1] for row in figure.data.rows if row[0] == "share"}
    assert parts == {"closure", "sanctions", "missions", "population", "season and days",
                     "nothing measured", "change of the share"}  # fmt: skip
    assert "no cause, unless" in said(section)


def test_forecasts_name_their_future(fit: Fit) -> None:
    view = View(fit)
    chosen, _ = futures(fit)
    assert [one.name for one in chosen] == ["status_quo", "closure_forever", "full_reopening"]
    assert last_year(fit) == "2028"
    section = forecasts(view)
    figure = next(piece for piece in section.pieces if isinstance(piece, Figure))
    assert len(figure.panels) == 2 * len(chosen)
    listing = next(piece for piece in section.pieces if isinstance(piece, Listing))
    for one, item in zip(chosen, listing.items, strict=True):
        assert one.title in item and "Assumes that" in item and "Support" in item
        assert "after the last fitted day" in item


@pytest.mark.parametrize("make", [scenarios_section, themes, forecasts])
def test_sections_in_korean_have_the_same_numbers_and_no_english(
    fit: Fit, make: Callable[[View], Section]
) -> None:
    whole = []
    for lang in LANGUAGES:
        with speaking(lang):
            section = make(View(fit))
            tables = [p for p in section.pieces if isinstance(p, Table)]
            figures = [p for p in section.pieces if isinstance(p, Figure)]
            tables += [one.data for one in figures if one.data is not None]
            cells = [cell for one in tables for row in (one.columns, *one.rows) for cell in row]
            alts = [panel.alt for one in figures for panel in one.panels]
            captions = [one.caption for one in tables]
            whole.append("\n".join((section.title, said(section), *captions, *cells, *alts)))
    english, korean = (Counter(re.findall(r"\d+\.\d+|\d,\d{3}", text)) for text in whole)
    assert english == korean and english.total() > 20
    # What a model cannot be asked is an error, and errors are English.
    told = "\n".join(line for line in whole[1].splitlines() if "; it uses" not in line)
    assert set(re.findall("[A-Za-z]{3,}", told)) <= {"Shapley", "press"}


def test_every_theme_of_a_shipped_series_has_a_name(fit: Fit) -> None:
    found = {one.theme for one in load_dataset("arrivals").series.values() if one.theme}
    with speaking("ko"):
        for theme in (*found, SEASON, TREND):
            assert theme_name(theme) != theme
        assert theme_name("my own") == "my own"


def test_later_statements_stand_beside_the_forecast() -> None:
    from smallworld import make_statement

    spec, data = world()
    later = make_statement(90, "everyone", "2024H1", 70)
    data = replace(data, statements=(*data.statements, later))
    made = fabricate(spec, data, draws=50)
    made.__dict__["checks"] = Checks((), *[None] * 2)  # type: ignore[arg-type]
    section = forecasts(View(made))
    table = section.pieces[-1]
    assert isinstance(table, Table) and table.rows[0][0] == "S90" and table.rows[0][4] == "70"


def test_a_model_without_series_says_so() -> None:
    data = make_dataset(("everyone", "2020", 10), ("everyone", "2022", 12), groups=("all",))
    view = View(fabricate(make_spec("2020", "2023", "year", groups=("all",)), data))
    assert "uses no series that a shipped scenario changes" in said(scenarios_section(view))
    assert isinstance(forecasts(view).pieces[0], Figure | Paragraph)
    assert themes(view).pieces
