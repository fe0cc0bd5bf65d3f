"""The explorer's answers are those of scenarios on the same draws, and its data cannot leave its element."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from arviz_stats.base import array_stats
from scipy import stats

import defectmodels as dm
from country import CLOSURE, SERIES, country, country_spec, prior
from defectmodels import names
from defectmodels.errors import SpanError, SpecError, UnknownNameError
from defectmodels.estimands.checks import Check, Checks
from defectmodels.estimands.contrast import contrast
from defectmodels.estimands.explorer import (
    ENDS,
    Explored,
    explore,
    movable,
    ranks,
    share_of,
    summary,
)
from defectmodels.estimands.parts import parts_of_contrast
from defectmodels.estimands.scenarios import scenarios
from defectmodels.estimands.thinning import CODES, Rounded, Thin, thin
from defectmodels.evidence.scenario import Level, Scenario
from defectmodels.inference.fit import Fit
from defectmodels.report import explorer_data
from defectmodels.report.explorer import SCRIPTS, cells, explorer, script
from defectmodels.report.explorer_data import MOST_LEVELS, as_script, choices, grid, held, levels
from defectmodels.report.page import Page, html
from defectmodels.report.pieces import Explorer, Paragraph
from defectmodels.report.view import View
from defectmodels.wording import speaking
from fabricate import fabricate
from smallworld import make_dataset, make_series, make_spec

CHOSEN = {"closure": 0.3, "sanctions": 0.8, "officials": 300.0}


def judged(fit: Fit, verdict: str = "pass") -> Fit:
    """The fit with a verdict."""
    copy = Fit(fit.spec, fit.dataset, fit.tree)
    items = (Check("a test", verdict, "nothing"),)  # type: ignore[arg-type]
    copy.__dict__["checks"] = Checks(items, *[None] * 2)  # type: ignore[arg-type]
    return copy


@pytest.fixture(scope="module")
def fit() -> Fit:
    """The small country, whose officials are of the theme of its sanctions."""
    themes = {"closure": "closing", "sanctions": "pressure", "officials": "pressure"}
    series = {one.name: one for one in SERIES}
    series |= {n: series[n].model_copy(update={"theme": t}) for n, t in themes.items()}
    return judged(fabricate(country_spec(), replace(country(), series=series)))


@pytest.fixture(scope="module")
def few(fit: Fit) -> Thin:
    return thin(fit, 200)


@pytest.fixture(scope="module")
def found(few: Thin) -> Explored:
    return explore(few, "2021", CHOSEN)


def piece(fit: Fit) -> Explorer:
    """The explorer of a report."""
    return next(p for p in explorer(View(fit)).pieces if isinstance(p, Explorer))


# --- few draws --------------------------------------------------------------------------------


def test_every_third_draw_is_kept_and_rounded_beyond_what_is_printed(fit: Fit, few: Thin) -> None:
    # 600 draws, at most 200.
    assert (few.every, few.draws) == (3, 200)
    kept = fit.posterior.isel(draw=slice(None, None, 3))
    ratio = few.fit.posterior[names.EXPECTED] / kept[names.EXPECTED]
    assert 0 < float(abs(ratio - 1).max()) < 1e-7
    effects = abs(few.fit.posterior[names.EFFECT] - kept[names.EFFECT])
    assert 0 < float(effects.max()) < 1e-7
    assert thin(fit, 10_000).every == 1


def test_rounding_knows_its_steps() -> None:
    values = np.array([[0.0, 1.0, 0.25], [3.0, 3.0, 3.0]])
    rounded = Rounded.of(values)
    assert rounded.codes.max() == CODES and rounded.codes[1].tolist() == [0, 0, 0]
    assert np.abs(rounded.values - values).max() <= 0.5 / CODES
    again = Rounded.of(rounded.values)
    assert (again.codes == rounded.codes).all()


def test_draws_that_stick_count_for_less(fit: Fit) -> None:
    free = thin(fit).effective
    assert 100 < free <= 300
    stuck = fit.posterior.copy(deep=True)
    walk = np.cumsum(np.random.default_rng(0).normal(size=600)).reshape(2, 300) / 20
    stuck[names.EXPECTED] = stuck[names.EXPECTED] * np.exp(walk)[..., None, None]
    tree = fit.tree.copy()
    tree["posterior"] = stuck
    assert thin(Fit(fit.spec, fit.dataset, tree)).effective < free / 4


# --- the answer --------------------------------------------------------------------------------


def as_scenario(chosen: dict[str, float], span: str) -> Scenario:
    first, last = date(int(span), 1, 1), date(int(span), 12, 31)
    change = [Level(series=n, from_=first, to=last, value=v) for n, v in chosen.items()]
    return Scenario(name="mine", title="Mine", change=tuple(change))


def test_it_is_that_of_scenarios_on_the_same_draws(few: Thin, found: Explored) -> None:
    mine = as_scenario(CHOSEN, "2021")
    both = scenarios(few.fit, [mine], ["2021"])
    for kind, name in (("was", "factual"), ("chosen", "mine")):
        there = both.draws("expected").sel(scenario=name, span="2021")
        for group in ("elite", "commoner"):
            own = found.data[kind].sel(quantity=group).values
            assert (own == there.sel(group=group).values.ravel()).all()
    against = contrast(both, "mine")
    whole = against.data["difference"].sel(group="all", span="2021").values.ravel()
    assert np.allclose(found.data["difference"].sel(quantity="all"), whole, rtol=0, atol=1e-12)
    points = against.data["share_points"].sel(span="2021").values.ravel()
    share = found.data["difference"].sel(quantity=share_of("elite"))
    assert np.allclose(share, points, rtol=0, atol=1e-12)
    assert found.reach == against.reach and not found.reach.supported


def test_it_is_the_formula(few: Thin, found: Explored) -> None:
    posterior, design = few.fit.posterior, few.fit.design
    expected = posterior[names.EXPECTED].values.reshape(-1, 2, 16)[..., 8:12]
    effect = posterior[names.EFFECT].values.reshape(-1, 2, 2)
    x = np.array([0.3, 0.8]) - design.covariates[8:12]
    ratio = np.exp(np.einsum("sgk,tk->sgt", effect, x))
    at_risk = np.stack([300.0 / design.exposure[0, 8:12], np.ones(4)])
    other = (expected * ratio * at_risk).sum(axis=-1)
    assert np.allclose(found.data["chosen"].sel(quantity="elite"), other[:, 0], rtol=1e-12)
    total = found.data["chosen"].sel(quantity="all")
    assert np.allclose(total, other.sum(axis=1), rtol=1e-12)
    share = found.data["chosen"].sel(quantity=share_of("elite"))
    assert np.allclose(share, 100 * other[:, 0] / other.sum(axis=1), rtol=1e-12)


def test_parts_add_to_the_difference_and_are_those_of_the_contrast(
    few: Thin, found: Explored
) -> None:
    assert found.data["part"].values.tolist() == ["closing", "pressure"]
    wholes = {"share": share_of("elite"), "count": "elite", "total": "all"}
    reverse = parts_of_contrast(few.fit, as_scenario(CHOSEN, "2021"), "2021", "elite").data
    for what, quantity in wholes.items():
        parts = found.data["parts"].sel(what=what)
        gap = parts.sum("part") - found.data["difference"].sel(quantity=quantity)
        assert float(abs(gap).max()) < 1e-9
        other = -reverse[f"{what}_part"].sel(part="closing").values.ravel()
        other = other * (100.0 if what == "share" else 1.0)
        assert np.allclose(parts.sel(part="closing"), other, rtol=0, atol=1e-9)
    # Closure alone moves both groups; its part of the elites is what it does to them.
    assert float(abs(found.data["parts"].sel(what="count", part="closing")).min()) > 0


def test_a_part_of_a_year_counts_its_own_persons(few: Thin) -> None:
    half = explore(few, "2021H1", {"closure": 0.0})
    gap = half.data["parts"].sel(what="total").sum("part") - half.data["difference"].sel(
        quantity="all"
    )
    assert float(abs(gap).max()) < 1e-9
    year = explore(few, "2021", {"closure": 0.0})
    assert (half.data["was"].sel(quantity="all") < year.data["was"].sel(quantity="all")).all()


@pytest.mark.parametrize("chosen", [{}, {"closure": 1.0}, {"sanctions": 1.0, "closure": 1.0}])
def test_levels_as_they_were_change_nothing(few: Thin, chosen: dict[str, float]) -> None:
    same = explore(few, "2021", chosen)
    assert not same.data["difference"].values.any() and not same.data["parts"].values.any()
    assert same.more("all") is None and same.reach.supported
    assert cells(same)["all"][2:] == ("none", "–")


def test_what_a_covariate_does_not_act_on_is_not_moved(few: Thin) -> None:
    one = explore(few, "2020", {"sanctions": 0.7, "closure": 0.6})
    alone = explore(few, "2020", {"sanctions": 0.7})
    assert alone.more("commoner") is None and alone.more("elite") is not None
    assert (
        not one.data["parts"].sel(what="total", part="pressure").values.all()
        or (
            one.data["parts"].sel(what="total", part="pressure").values
            != one.data["parts"].sel(what="total", part="closing").values
        ).any()
    )


def test_faults_are_named(few: Thin, fit: Fit) -> None:
    with pytest.raises(UnknownNameError, match="unknown series 'closur'"):
        explore(few, "2021", {"closur": 0.1})
    with pytest.raises(SpecError, match="none of which model"):
        explore(few, "2021", {"presidents": 1.0})
    with pytest.raises(SpecError, match="does not use presidents"):
        explore(few, "2021", {"presidents": 1.0, "closure": 0.0})
    with pytest.raises(SpanError):
        explore(few, "1990", {"closure": 0.1})
    with pytest.raises(UnknownNameError, match="unknown group"):
        explore(few, "2021", {"closure": 0.1}, "nobody")
    assert dm.explore(fit, "2021", {"closure": 0.1}).of == "elite"


def test_covariates_can_be_moved_and_persons_at_risk_of_their_themes(fit: Fit) -> None:
    assert movable(fit) == ("closure", "sanctions", "officials")
    assert "border" not in movable(fit)


# --- numbers and their errors --------------------------------------------------------------------


def test_a_summary_is_numpy_s_with_the_error_of_independent_draws() -> None:
    rng = np.random.default_rng(3)
    made = [rng.normal(size=1000) for _ in range(60)]
    found = [summary(values, 1000.0) for values in made]
    for values, one in zip(made, found, strict=True):
        assert (one.low, one.median, one.high) == tuple(np.quantile(values, ENDS))
    # Of normal draws the error of a quantile is known: sqrt(p(1 - p)/n) over the density there.
    errors = np.mean([(one.mcse_low, one.mcse, one.mcse_high) for one in found], axis=0)
    for end, error in zip(ENDS, errors, strict=True):
        known = np.sqrt(end * (1 - end) / 1000) / stats.norm.pdf(stats.norm.ppf(end))
        assert error == pytest.approx(known, rel=0.1)
        theirs = [array_stats.mcse(v.reshape(4, 250), method="quantile", prob=end) for v in made]
        assert error == pytest.approx(np.mean(theirs), rel=0.05)
    fewer = np.mean([summary(values, 250.0).mcse for values in made])
    assert fewer == pytest.approx(2 * errors[1], rel=0.1)
    assert summary(np.full(50, 3.0), 50.0)[3:] == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("size", [1.0, 40.0, 500.0])
def test_places_stay_among_the_draws(size: float) -> None:
    for low, high in ranks(500, size):
        assert 0 <= low < high <= 499


def test_odds_have_the_error_of_their_draws(found: Explored) -> None:
    odds = found.more("commoner")
    assert odds is not None and odds.value > 0.9
    share = float((found.data["difference"].sel(quantity="commoner") > 0).mean())
    assert odds.value == share
    error = 1 / 200 if share == 1 else np.sqrt(share * (1 - share) / found.effective)
    assert odds.mcse == error


# --- levels and data --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "first", "last", "places"),
    [(0.0, 1.0, 0.0, 1.0, 2), (0.0, 68.0, 0.0, 68.0, 0), (0.0, 6572.1, 0.0, 6500.0, 0),
     (193.0, 6572.1, 200.0, 6500.0, 0), (-0.3, 0.4, -0.3, 0.4, 2), (5.0, 5.0, 5.0, 5.0, 0),
     (1e-6, 9e-6, 1e-6, 9e-6, 7)],
)  # fmt: skip
def test_levels_are_round_and_within_the_limits(
    low: float, high: float, first: float, last: float, places: int
) -> None:
    found, decimals = grid(low, high)
    assert (found[0], found[-1]) == (first, pytest.approx(last)) and len(found) <= MOST_LEVELS + 1
    assert decimals == places and found.min() >= low and found.max() <= high * (1 + 1e-9)
    assert all(float(f"{level:.{places}f}") == level for level in found)
    if high > low:
        assert len(found) > MOST_LEVELS / 3


def test_a_level_says_what_it_makes_of_the_model(fit: Fit) -> None:
    spans = choices(fit, ["2020", "2021"])
    closure = levels(fit, "closure", spans)
    assert closure["covariate"] == 0 and closure["exposes"] == []
    assert [one["x"] for one in closure["levels"]] == [one["level"] for one in closure["levels"]]
    mean = (0.6 * 91 + 275) / 366
    assert closure["was"][0]["level"] == pytest.approx(mean, abs=1e-6)
    assert [one["flat"] for one in closure["was"]] == [False, True]
    officials = levels(fit, "officials", spans)
    assert officials["covariate"] == -1 and officials["exposes"] == [0]
    assert officials["was"][1]["risk"] == 460.0


def test_a_logarithm_has_no_level_of_0() -> None:
    trade = make_series("trade", {"2018..2023": 400.0}, transform="log", centre=400.0, scale=2.0,
                        minimum=0.0, maximum=800.0)  # fmt: skip
    effects = [{"series": "trade", "ratio": prior(1.0, 2.0)}]
    spec = country_spec(term=[{"kind": "covariates", "effect": effects}])
    data = replace(country(), series={**country().series, "trade": trade})
    made = levels(fabricate(spec, data, draws=20), "trade", ())
    assert made["levels"][0]["level"] == 10.0
    by_level = {one["level"]: one["x"] for one in made["levels"]}
    assert (by_level[400.0], by_level[800.0], by_level[200.0]) == (0.0, 1.0, -1.0)


def test_the_block_has_room_for_the_headline_and_the_last_years(
    few: Thin, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = choices(few.fit, ["2019", "2020", "2021", "2022"])
    names_of = lambda chosen: [one.name for one in chosen]  # noqa: E731
    assert names_of(held(few, spans, ["2019"])) == ["2019", "2020", "2021", "2022"]
    monkeypatch.setattr(explorer_data, "MOST_VALUES", 2 * 200 * 9)
    assert names_of(held(few, spans, ["2019"])) == ["2019", "2022"]
    monkeypatch.setattr(explorer_data, "MOST_VALUES", 1)
    assert names_of(held(few, spans, ["2019"])) == ["2019"]


def test_the_same_fit_gives_the_same_bytes(fit: Fit) -> None:
    one, other = piece(fit), piece(judged(fit))
    assert one.data == other.data and one == other
    assert json.loads(one.data)["draws"] == 300


def test_no_title_can_end_the_block_or_begin_a_tag() -> None:
    bad = "</script><img src=x onerror=alert(1)><!-- & \u2028 {chosen}"
    series = {one.name: one for one in SERIES}
    series["closure"] = CLOSURE.model_copy(update={"title": bad, "unit": bad, "theme": bad})
    made = judged(fabricate(country_spec(), replace(country(), series=series), draws=50))
    page = html(Page("t", "u", (explorer(View(made)),)))
    assert "<img" not in page and page.count("</script>") == 2 and "&lt;img src=x" in page
    block = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert block is not None and not re.search("[<>&\u2028]", block[1])
    content = json.loads(block[1])
    assert content["series"][0]["label"] == bad and content["themes"][0] == bad
    assert as_script({"a": "</"}) == '{"a":"\\u003c/"}'


# --- the section --------------------------------------------------------------------------------------


def said(fit: Fit) -> str:
    return " ".join(p.text for p in explorer(View(fit)).pieces if isinstance(p, Paragraph))


def test_what_cannot_be_explored_says_why(fit: Fit) -> None:
    assert said(judged(fit, "fail")) == "The explorer is withheld: the fit failed its checks."
    bare = country_spec(term=[{"kind": "trend", "scale": prior(0.2, 3.0)}])
    text = said(judged(fabricate(bare, country(), draws=20)))
    assert text == "The model has no covariates; there are no levels to move."


def test_a_single_group_has_no_share() -> None:
    data = make_dataset(
        ("everyone", "2020", 60), ("everyone", "2021", 50), groups=("all",),
        series=[make_series("closure", {"2020": 0.0, "2021": 1.0})],
    )  # fmt: skip
    term = {"kind": "covariates", "effect": [{"series": "closure", "ratio": prior(0.5, 3.0)}]}
    spec = make_spec("2020", "2021", "year", groups=("all",), term=[term])
    made = judged(fabricate(spec, data, draws=60))
    one = piece(made)
    assert [label for label, _ in one.quantities] == ["all, persons"] and len(one.whats) == 1
    table = cells(explore(made, "2021", {"closure": 0.5}))
    assert list(table) == ["all", "part:closure"] and len(table["part:closure"]) == 1
    # The only part is the difference.
    assert table["part:closure"][0] == table["all"][2]


def test_without_a_script_it_is_the_headline_s_last_span_as_it_was(fit: Fit) -> None:
    one = piece(fit)
    assert one.spans[one.span] == "2022"
    table = cells(explore(fit, "2022", {}))
    assert [was for _, was in one.quantities] == [row[0] for row in table.values()]
    assert "does not run here" in one.labels["needs"] and "2022" in one.labels["needs"]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_script_has_just_the_texts_it_says(fit: Fit, lang: str) -> None:
    with speaking(lang):
        content: dict[str, Any] = json.loads(piece(fit).data)
    asked = set(re.findall(r"\btexts\.(\w+)", script()))
    assert asked == content["texts"].keys()
    holes = set(re.findall(r"\{(\w+)\}", " ".join(content["texts"].values())))
    filled = set(re.findall(r"\b(\w+)\b", " ".join(re.findall(r"fill\([^;]*;", script()))))
    assert holes <= filled | {"span", "moved", "was", "chosen", "difference", "more"}


def test_the_script_does_nothing_a_strict_page_forbids() -> None:
    text = script()
    for bad in ("innerHTML", "outerHTML", "insertAdjacent", "eval(", "Function(", "document.write",
                "fetch(", "XMLHttp", "import(", "localStorage", "cookie", "style", "</"):  # fmt: skip
        assert bad not in text, bad
    addresses = re.findall(r"https?://[^\"]+", text)
    assert addresses == ["http://www.w3.org/2000/svg"]
    assert len(SCRIPTS) == 2 and text.startswith('"use strict";')
