"""Every kind of claim against what is worked out directly, and what is never answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pydantic import TypeAdapter

from defectmodels.errors import SpanError, UnknownNameError
from defectmodels.estimands.by_definition import realised_by_definition
from defectmodels.estimands.checks import Check, Checks
from defectmodels.estimands.contrast import contrast
from defectmodels.estimands.decide import confidence, decide
from defectmodels.estimands.decision import Decision
from defectmodels.estimands.decomposition import decompose
from defectmodels.estimands.forecast import forecast
from defectmodels.estimands.parts import parts_of_change
from defectmodels.estimands.rates import annual, span_rate
from defectmodels.estimands.realised import over_spans, realised
from defectmodels.estimands.scenarios import scenarios
from defectmodels.evidence.claims import AnyClaim, Claim, load_claims
from defectmodels.inference.fit import Fit
from defectmodels.model.spec import load_model
from defectmodels.wording import Message, speaking
from fabricate import fabricate
from test_more_than import known_fit
from test_scenario_report import world

CLAIM: TypeAdapter[Claim] = TypeAdapter(AnyClaim)
Quantity = Callable[[Fit], xr.DataArray]


def claim(**keys: Any) -> Any:
    return CLAIM.validate_python({"id": "C", "text": "A claim"} | keys)


def with_verdict(fit: Fit, verdict: str) -> Fit:
    copy = Fit(fit.spec, fit.dataset, fit.tree)
    one = Check("chains agree", verdict, "made up")  # type: ignore[arg-type]
    copy.__dict__["checks"] = Checks((one,), None, None)  # type: ignore[arg-type]
    return copy


@pytest.fixture(scope="module")
def fit() -> Fit:
    spec, data = world()
    return with_verdict(fabricate(spec, data, draws=200, spread=0.3), "pass")


def one(fit: Fit, **keys: Any) -> Decision:
    (found,) = decide(fit, [claim(**keys)])
    return found


def agrees(found: Decision, values: xr.DataArray, low: float, high: float) -> None:
    """The decision has the draws' own median, ends and probabilities."""
    assert found.answered, found.reason
    assert found.estimate is not None and found.region is not None and found.probability is not None
    draws = values.values.astype(float).ravel()
    wanted = np.quantile(draws, [0.5, 0.05, 0.95])
    given = (found.estimate.median, found.estimate.low, found.estimate.high)
    np.testing.assert_allclose(given, wanted, rtol=1e-9, atol=1e-12)
    assert (found.region.low, found.region.high) == pytest.approx((low, high))
    sides = {
        "below": np.mean(draws < low),
        "inside": np.mean((draws >= low) & (draws <= high)),
        "above": np.mean(draws > high),
    }
    for side, chance in sides.items():
        assert getattr(found.region, side).value == pytest.approx(chance)
    assert found.probability.value == pytest.approx(sum(sides[side] for side in found.holds))


NO_CHANGE = (1 / 1.05, 1.05)


# --- each kind, directly ---------------------------------------------------------------------


@pytest.mark.parametrize("what", ["share", "count", "total"])
@pytest.mark.parametrize("says", ["up", "down", "not up", "same"])
def test_change_expected(fit: Fit, what: str, says: str) -> None:
    found = one(fit, kind="change", what=what, before="2019", after="2022", says=says)
    values = decompose(fit, "2019", "2022", of="elite").ratio(what)
    agrees(found, values, *NO_CHANGE)


def test_change_realised(fit: Fit) -> None:
    found = one(fit, kind="change", what="total", before="2019", after="2022", measure="realised",
                says="between", low=0.3, high=0.5)  # fmt: skip
    by = over_spans(fit, realised(fit, random_seed=0), ["2019", "2022"]).sum("group")
    agrees(found, by.sel(span="2022") / by.sel(span="2019"), 0.3, 0.5)
    # Both totals were published: 420, and 45 + 40 + 85.
    assert found.estimate is not None and found.estimate.median == pytest.approx(170 / 420)
    assert found.verdict == "supported"
    share = one(fit, kind="change", what="share", before="2019", after="2022", measure="realised",
                says="up", of="commoner")  # fmt: skip
    own = over_spans(fit, realised(fit, random_seed=0), ["2019", "2022"])
    part = own.sel(group="commoner") / own.sum("group")
    agrees(share, part.sel(span="2022") / part.sel(span="2019"), *NO_CHANGE)


@pytest.mark.parametrize(
    ("says", "reading", "span", "against", "verdict"),
    [  # counts of 2, 5, 3 and 6 in 2019 to 2022
        ("more", "each year", "2022", "2019..2021", "supported"),
        ("more", "all together", "2022", "2019..2021", "not supported"),
        ("most", "each year", "2020", "2021..2022", "not supported"),
        ("most", "each year", "2022", "2019..2021", "supported"),
        ("fewer", "each year", "2019", "2020..2022", "supported"),
        ("fewer", "each year", "2021", "2019..2020", "not supported"),
        ("fewer", "all together", "2022", "2019..2021", "supported"),
        ("as many", "all together", "2022", "2020", "not supported"),
    ],
)
def test_counts_that_are_known(
    says: str, reading: str, span: str, against: str, verdict: str
) -> None:
    known = with_verdict(known_fit(), "pass")
    keys = {"kind": "counts", "definition": "elite", "says": says, "reading": reading}
    assert one(known, **keys, span=span, against=against).verdict == verdict


def test_as_many_give_or_take() -> None:
    known = with_verdict(known_fit(), "pass")
    keys = {"kind": "counts", "definition": "elite", "says": "as many", "span": "2022"}
    found = [one(known, **keys, against="2020", within=w).verdict for w in (0, 1)]
    assert found == ["not supported", "supported"]  # 6 against 5
    tied = one(known, kind="counts", definition="elite", says="most", reading="each year",
               span="2022", against="2019..2020")  # fmt: skip
    assert tied.verdict == "supported"


def test_counts_of_days_that_cut_periods(fit: Fit) -> None:
    found = one(fit, kind="counts", definition="elite", span="2022-05-10..2022-12-31",
                against="2021-02-10..2021-05-20", says="more")  # fmt: skip
    spans = ["2022-05-10..2022-12-31", "2021-02-10..2021-05-20"]
    by = realised_by_definition(fit, "elite", spans, random_seed=0)
    agrees(found, by.sel(span=spans[0]) - by.sel(span=spans[1]), 0, 0)


def test_number(fit: Fit) -> None:
    found = one(fit, kind="number", definition="elite", span="2020", low=22, high=30)
    by = realised_by_definition(fit, "elite", ["2020"], random_seed=0).sel(span="2020")
    agrees(found, by, 22, 30)
    assert found.statements and set(found.statements) <= {f"S{i}" for i in range(13)}


@pytest.mark.parametrize("what", ["share", "count", "total"])
def test_part_by_theme(fit: Fit, what: str) -> None:
    keys = {"kind": "part", "what": what, "before": "2019", "after": "2022", "theme": "closure"}
    parts = parts_of_change(fit, "2019", "2022", of="elite")
    whole, own = parts.change(what), parts.data[f"{what}_part"].sel(part="closure")
    for way in ("up", "down"):
        found = one(fit, **keys, change=way)
        there = whole > 0 if way == "up" else whole < 0
        assert found.probability is not None
        # The change has the direction, and more than half of it goes with the theme.
        direct = float((there & (own / whole > 0.5)).mean())
        assert found.probability.value == pytest.approx(direct)
        assert bool(found.reason.startswith("draws without")) == (not bool(there.all()))


def test_part_by_group(fit: Fit) -> None:
    found = one(fit, kind="part", what="share", before="2019", after="2022", change="up",
                group="commoner", fraction=0.25)  # fmt: skip
    split = decompose(fit, "2019", "2022", of="elite")
    part = split.path("share_part").sel(group="commoner")
    direct = (split.events["share_up"] & (part / split.path("share_change") > 0.25)).mean()
    assert found.probability is not None
    assert found.probability.value == pytest.approx(float(direct))


def test_scenario(fit: Fit) -> None:
    keys = {"kind": "scenario", "scenario": "no_closure", "span": "2020..2022", "says": "up"}
    held = contrast(scenarios(fit, ["no_closure"], ["2020..2022"]), "no_closure")
    ratio = held.data["ratio"].isel(span=0)
    agrees(one(fit, **keys), ratio.sel(group="all"), *NO_CHANGE)
    agrees(one(fit, **keys, of="elite"), ratio.sel(group="elite"), *NO_CHANGE)
    both = one(fit, **keys, of="elite", than="commoner")
    agrees(both, ratio.sel(group="elite") / ratio.sel(group="commoner"), *NO_CHANGE)
    assert any("the border" in text for text in both.assumptions), both.assumptions
    assert both.scenario == "no_closure against factual"
    # Such a history was never seen, however many statements speak of the years.
    assert both.confidence is not None and both.confidence.level == "low"
    assert "the data have seen no such history (no_closure: outside" in both.confidence.why[0]


def test_effect(fit: Fit) -> None:
    by = fit.posterior["effect"]
    keys = {"kind": "effect", "series": ["official_closure"], "group": "elite", "says": "up"}
    own = by.sel(group="elite", covariate="official_closure")
    agrees(one(fit, **keys), np.exp(own), *NO_CHANGE)
    other = by.sel(group="commoner", covariate="official_closure")
    agrees(one(fit, **keys, than="commoner"), np.exp(own - other), *NO_CHANGE)
    several = ["border_closure", "official_closure"]
    found = one(fit, **keys | {"series": several}, than="commoner")
    border = by.sel(group="commoner", covariate="border_closure")
    agrees(found, np.exp(own - other - border), *NO_CHANGE)
    # The model keeps the border's effect from elites; that is set, and said.
    assert any("does not act on elite, which is set" in text for text in found.assumptions)
    nothing = one(fit, **keys | {"series": ["border_closure"]})
    assert nothing.verdict == "outside the model" and "act on elite" in nothing.reason


def test_rate(fit: Fit) -> None:
    by = span_rate(fit, ["2019", "2022"])
    keys = {"kind": "rate", "group": "elite", "span": "2022", "says": "up"}
    elite = by.sel(group="elite")
    ratio = elite.sel(span="2022", drop=True) / elite.sel(span="2019", drop=True)
    agrees(one(fit, **keys, than_span="2019"), ratio, *NO_CHANGE)
    agrees(one(fit, **keys, than_span="2019", rope=1.0), ratio, 0.5, 2.0)
    across = elite.sel(span="2022") / by.sel(group="commoner", span="2022")
    agrees(one(fit, **keys, than_group="commoner"), across, *NO_CHANGE)


def test_forecast(fit: Fit) -> None:
    keys = {"scenario": "status_quo", "definition": "everyone", "span": "2026", "to": "2026"}
    found = one(fit, kind="forecast", **keys, against="2022", says="up")
    made = forecast(fit, "2026", ["status_quo"], ["2026"], definitions=["everyone"])
    coming = made.one("everyone", "2026")["arrivals"]
    agrees(found, coming / 170, *NO_CHANGE)
    assert found.confidence is not None and found.confidence.level == "low"
    assert "no statement speaks of 2026" in found.confidence.why


def test_the_numbers_of_the_same_question_are_the_headlines(fit: Fit) -> None:
    found = one(fit, kind="change", what="count", before="2019", after="2022", says="up", rope=0.0)
    assert found.probability is not None
    assert (
        found.probability.value == decompose(fit, "2019", "2022", of="elite").prob("count_up").value
    )
    by = annual(fit, ["2019", "2022"]).sel(group="elite")
    assert found.estimate is not None
    assert found.estimate.median == pytest.approx(float((by[..., 1] / by[..., 0]).median()))


# --- what is not answered ---------------------------------------------------------------------

UP = {"kind": "change", "what": "count", "before": "2019", "after": "2022", "says": "up"}


def test_outside_the_data_there_is_no_number(fit: Fit) -> None:
    found = one(fit, kind="outside", reason="nobody counted it")
    assert (found.verdict, found.reason) == ("outside the data", "nobody counted it")
    assert found.probability is found.estimate is found.region is found.confidence is None


def test_a_fit_that_fails_its_checks_answers_nothing(fit: Fit) -> None:
    failed = with_verdict(fit, "fail")
    found = decide(failed, [claim(**UP), claim(kind="outside", reason="nobody counted it")])
    assert [one.verdict for one in found] == ["withheld", "outside the data"]
    assert all(one.probability is one.estimate is None for one in found)


@pytest.mark.parametrize(
    ("keys", "error", "said"),
    [
        (UP | {"of": "elites"}, UnknownNameError, "unknown group 'elites'.*Did you mean 'elite'"),
        (UP | {"after": "twenty"}, SpanError, "claim C: .*twenty.*name of an era"),
        ({"kind": "number", "definition": "elites", "span": "2019", "low": 1, "high": 2},
         UnknownNameError, "claim C: unknown definition 'elites'.*Did you mean 'elite'"),
        ({"kind": "effect", "series": ["sanction"], "group": "elite", "says": "up"},
         UnknownNameError, "unknown series 'sanction'.*Did you mean 'sanctions'"),
    ],
)  # fmt: skip
def test_a_name_that_nobody_knows_is_an_error(
    fit: Fit, keys: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        decide(fit, [claim(**keys)])
    (found,) = decide(fit, [claim(**keys)], strict=False)
    assert found.verdict == "outside the model" and found.reason


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (UP | {"after": "2030"}, "2030"),
        ({"kind": "counts", "definition": "elite", "span": "2022", "against": "2019Q1..2019Q3",
          "says": "more", "reading": "each year"}, "no whole year"),
        ({"kind": "counts", "definition": "elite", "span": "2022", "against": "2021..2022",
          "says": "more"}, "days in common"),
        ({"kind": "part", "what": "count", "before": "2019", "after": "2022", "change": "up",
          "theme": "weather"}, "no part 'weather'"),
        ({"kind": "scenario", "scenario": "trade_2014", "span": "2019", "says": "up"}, "trade"),
    ],
)  # fmt: skip
def test_what_the_model_cannot_be_asked_is_said(fit: Fit, keys: dict[str, Any], said: str) -> None:
    found = one(fit, **keys)
    assert found.verdict == "outside the model" and said in found.reason


def test_of_nobody_there_is_no_ratio() -> None:
    from test_realised import constant_fit

    none = constant_fit(("elite", "2019", 0), ("elite", "2020", 4), axis=("2019", "2020", "year"))
    keys = {"kind": "change", "what": "count", "measure": "realised", "of": "elite", "says": "up"}
    found = one(with_verdict(none, "pass"), **keys, before="2019", after="2020")
    assert found.verdict == "outside the model" and "kind = 'counts'" in found.reason


# --- confidence ------------------------------------------------------------------------------


def test_confidence_by_the_rule(fit: Fit) -> None:
    from defectmodels.estimands.answers import ANSWERS, Asked
    from defectmodels.estimands.decide import _carrying

    total = ANSWERS["change"](Asked(fit, 0), claim(**UP | {"what": "total"}))
    rows = _carrying(fit, total)
    assert confidence(fit, total, rows, 0.9).level == "high"
    assert confidence(fit, total, rows, 0.5).level == "moderate"
    assert confidence(fit, total, rows, 0.1).level == "low"
    assert confidence(with_verdict(fit, "warn"), total, rows, 0.9).level == "low"
    assert confidence(fit, total, (), 0.9).level == "low"
    # Of 2022 only "at least 3" and a span that reaches into it speak of elites.
    later = ANSWERS["change"](Asked(fit, 0), claim(**UP | {"before": "2022Q1", "after": "2022Q2"}))
    assert confidence(fit, later, _carrying(fit, later), 0.9).level == "moderate"
    graded = tuple(
        replace(row, statement=row.statement.model_copy(update={"grade": "low"}))
        for row in _carrying(fit, ANSWERS["change"](Asked(fit, 0), claim(**UP)))
    )
    found = confidence(fit, ANSWERS["change"](Asked(fit, 0), claim(**UP)), graded, 0.9)
    assert found.level == "low" and "graded low" in found.why[0]


# --- the shipped claims on the shipped model ---------------------------------------------------


@pytest.fixture(scope="module")
def reference() -> Fit:
    from defectmodels.evidence.dataset import load_dataset
    from test_docs import made_up_fit

    made = made_up_fit(load_model("escape_rates"), load_dataset("arrivals"), random_seed=1)
    return with_verdict(made, "pass")


def test_every_shipped_claim_is_answered_by_the_reference_model(reference: Fit) -> None:
    asked = load_claims("lowy_2024")
    found = decide(reference, asked)
    assert [one.id for one in found] == [one.id for one in asked.claim]
    for decision, its in zip(found, asked.claim, strict=True):
        assert decision.answered == (its.kind != "outside"), (decision.id, decision.reason)
        assert decision.source == its.source
    by = {one.id: one for one in found}
    assert by["A1"].verdict == "supported" and by["A1"].estimate is not None
    assert by["A1"].estimate.median == pytest.approx(196 / 67)  # published totals
    assert "T2023" in " ".join(by["A1"].statements)
    assert by["A12a"].scenario == "full_reopening against closure_forever"


def test_a_model_of_other_groups_says_why(reference: Fit) -> None:
    spec = load_model("escape_rates_by_sex")
    made = with_verdict(fabricate(spec, reference.dataset, draws=10), "pass")
    found = {one.id: one for one in decide(made, "lowy_2024")}
    assert found["A1"].answered
    assert found["A4a"].verdict == "outside the model" and "elite" in found["A4a"].reason
    assert all(one.reason for one in found.values() if not one.answered)


def test_the_same_seed_gives_the_same_decisions(fit: Fit) -> None:
    keys = {"kind": "forecast", "scenario": "status_quo", "definition": "everyone", "span": "2026",
            "to": "2026", "against": "2022", "says": "up"}  # fmt: skip
    first, again = (decide(fit, [claim(**keys)]) for _ in range(2))
    assert first == again
    assert decide(fit, [claim(**keys)], random_seed=5) != first


def test_a_scenario_file_of_ones_own(fit: Fit, tmp_path: Any) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\ntitle = "Mine"\nassumption = "that nothing else moves."\n[[change]]\n'
        'kind = "level"\nseries = "official_closure"\nfrom = 2020-01-31\nvalue = 0.0\n',
        encoding="utf-8",
    )
    found = one(fit, kind="scenario", scenario=str(path), span="2021", says="up")
    assert (
        found.scenario == "mine against factual" and "that nothing else moves" in found.assumptions
    )


# --- languages ---------------------------------------------------------------------------------

LATIN = re.compile(r"[A-Za-z]{2,}")


def test_a_decision_is_said_in_every_language(reference: Fit) -> None:
    """Texts that were made in one language are those that would have been made in the other."""
    english = decide(reference, "lowy_2024")
    with speaking("ko"):
        korean = decide(reference, "lowy_2024")
        assert [one.spoken() for one in english] == list(korean)
    assert [one.spoken() for one in korean] == list(english)
    for one in korean:
        why = one.confidence.why if one.confidence else ()
        for text in (one.text, one.what, one.reason, *one.assumptions, *why):
            assert not LATIN.search(text), text
            assert isinstance(text, Message) or text == ""
    read = Decision.model_validate_json(english[0].model_dump_json())
    assert read == english[0] and type(read.text) is str


def test_why_a_model_cannot_be_asked_is_said(fit: Fit) -> None:
    with speaking("ko"):
        found = one(fit, **UP | {"after": "2030"})
    assert found.reason.startswith("모형으로 답할 수 없다(") and "2030" in found.reason
