"""The quantity behind a claim, and what it assumes, in words.

Invariant: every text is a message, so that a decision can be said in any language; what a reader's own
files hold stays as it is. Shown by ``tests/test_decide.py::test_a_decision_is_said_in_every_language``.
"""

from __future__ import annotations

from collections.abc import Sequence

from defectmodels.evidence.claims import (
    ChangeClaim,
    CountsClaim,
    EffectClaim,
    ForecastClaim,
    NumberClaim,
    PartClaim,
    ScenarioClaim,
)
from defectmodels.evidence.scenario import FACTUAL, Scenario
from defectmodels.inference.fit import Fit
from defectmodels.wording import listed, named, say, titled


def spoken_span(text: str) -> str:
    """A span, or the name of an era, as it is said."""
    first, apart, last = text.partition("..")
    return say("answer-span", first=first, last=last) if apart else titled(text)


def _whose(of: str) -> str:
    return say("answer-whose", group=named(of) if of else "all")


def _way(change: str) -> str:
    return "rise" if change == "up" else "fall"


def of_change(claim: ChangeClaim, group: str) -> str:
    """Share, count or total of one span over that of another."""
    return say(
        "answer-change",
        what=claim.what,
        group=named(group),
        whose=_whose("" if claim.what == "total" else group),
        measure=claim.measure,
        before=spoken_span(claim.before),
        after=spoken_span(claim.after),
    )


def of_number(claim: NumberClaim) -> str:
    """Persons of a span."""
    return say("answer-number", definition=named(claim.definition), span=spoken_span(claim.span))


def of_counts(claim: CountsClaim, against: Sequence[str]) -> str:
    """Persons of a span less those of another, or of the largest or smallest of its years."""
    extreme = "smallest" if claim.says == "fewer" else "largest"
    return say(
        "answer-counts",
        definition=named(claim.definition),
        span=spoken_span(claim.span),
        reading=extreme if claim.reading == "each year" else "all",
        against=spoken_span(claim.against),
        first=against[0],
        last=against[-1],
    )


def of_part(claim: PartClaim, group: str) -> str:
    """Part of a change that goes with a theme or a group."""
    return say(
        "answer-part",
        way=_way(claim.change),
        what=claim.what,
        group=named(group),
        before=spoken_span(claim.before),
        after=spoken_span(claim.after),
        part=titled(claim.theme) if claim.theme else named(claim.group),
    )


def turned(claim: PartClaim) -> str:
    """What becomes of draws without the change."""
    return say("answer-turned", way=_way(claim.change))


def of_scenario(claim: ScenarioClaim, called: Sequence[str]) -> str:
    """Expected arrivals under one scenario over those under another."""
    sides = [say("answer-factual") if one == FACTUAL else named(one) for one in called]
    what = say(
        "answer-scenario",
        whose=_whose(claim.of or ""),
        span=spoken_span(claim.span),
        one=sides[0],
        other=sides[1],
    )
    if not claim.than:
        return what
    return say(
        "answer-scenario-groups", what=what, of=named(claim.of or ""), than=named(claim.than)
    )


def assumed(one: Scenario) -> tuple[str, ...]:
    """What a scenario assumes, if anything."""
    text = " ".join(one.assumption.split()).rstrip(".")
    return (titled(text),) if text else ()


def of_effect(fit: Fit, claim: EffectClaim) -> str:
    """Ratio of rates for one unit of every series."""
    units = [fit.dataset.one_series(one).per for one in claim.series]
    told = listed(
        titled(unit) if unit else say("answer-unit", series=named(one))
        for one, unit in zip(claim.series, units, strict=True)
    )
    what = say("answer-effect", group=named(claim.group), units=told)
    return say("answer-effect-groups", what=what, than=named(claim.than)) if claim.than else what


def of_rate(group: str, span: str, than: str, before: str) -> str:
    """Rate of a group in a span over that of another."""
    return say(
        "answer-rate",
        group=named(group),
        span=spoken_span(span),
        than=named(than),
        before=spoken_span(before),
    )


def of_forecast(claim: ForecastClaim, scenario: str) -> str:
    """Persons to come under a scenario over those of a fitted span."""
    return say(
        "answer-forecast",
        definition=named(claim.definition),
        span=spoken_span(claim.span),
        scenario=named(scenario),
        against=spoken_span(claim.against),
    )
