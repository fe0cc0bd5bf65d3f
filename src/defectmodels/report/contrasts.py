"""Sentences and table rows of contrasts between scenarios, for the report and the command line.

Invariant: a sentence that compares scenarios carries the assumption and how far the data can speak to
it, and its direction never contradicts the interval and the probability beside it. Shown by
``tests/test_contrasts.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import xarray as xr

from defectmodels import names
from defectmodels.estimands.contrast import ALL, Contrast
from defectmodels.estimands.rates import SPAN
from defectmodels.estimands.scenarios import SCENARIO, Scenarios
from defectmodels.estimands.summary import Probability, probability
from defectmodels.evidence.scenario import FACTUAL
from defectmodels.report import words
from defectmodels.report.words import Estimate
from defectmodels.wording import joined, listed, named, say, titled

COLUMNS = ("scenario", "who", "spans", "difference", "interval", "more", "ratio")


def arithmetic() -> str:
    """Say what a contrast is, and under what it would be more."""
    return say("contrast-arithmetic")


def head() -> tuple[str, ...]:
    """Heads of the columns of `rows`."""
    return tuple(say("contrast-column", column=one, width=words.WIDTH) for one in COLUMNS)


def title_of(found: Scenarios, name: str) -> str:
    """Title of a scenario."""
    return titled(found.one(name).title)


def _named(group: str) -> str:
    return ALL if group == ALL else named(group)


def _against(found: Scenarios, reference: str) -> str:
    if reference == FACTUAL:
        return say("contrast-factual")
    return say("contrast-quoted", title=title_of(found, reference))


def _more(difference: xr.DataArray) -> Probability:
    return probability(difference > 0)


def _clause(found: Scenarios, one: Contrast, span: str, group: str) -> str:
    """How many more or fewer arrivals of a group; the direction only where it may be stated."""
    difference = one.data["difference"].sel({names.GROUP: group, SPAN: span}, drop=True)
    whose = say("contrast-whose", group=_named(group))
    if not bool((difference != 0).any()):
        return say("contrast-none", whose=whose)
    up, size = _more(difference), words.estimate(difference)
    sides = [_expected(found, name, span, group) for name in (one.reference, one.scenario)]
    way = words.direction(up, *sides)
    if way == "open":
        ends = words.interval(size, say("unit-after", unit="persons"))
        odds = words.prob(say("contrast-event", way="more"), up)
        return say("contrast-open", whose=whose, odds=odds, ends=ends, width=words.WIDTH)
    if way == "fell":
        up = words.complement(up)
        size = Estimate(
            -size.median, -size.high, -size.low, size.mcse, size.mcse_high, size.mcse_low
        )
    side, unit = "more" if way == "rose" else "fewer", say("contrast-unit")
    return say(
        "contrast-moved",
        way=side,
        size=words.middle(size, unit),
        whose=whose,
        width=words.WIDTH,
        ends=words.interval(size, unit),
        odds=words.prob(say("contrast-event", way=side), up),
    )


def comparison(found: Scenarios, one: Contrast, span: str, groups: Sequence[str] = (ALL,)) -> str:
    """Say how many more or fewer arrivals a scenario has in a span, without its assumption."""
    clauses = [_clause(found, one, span, group) for group in groups]
    return say(
        "contrast-sentence",
        title=title_of(found, one.scenario),
        spans=words.days(span),
        against=_against(found, one.reference),
        clauses=joined(clauses, "; "),
    )


def _expected(found: Scenarios, name: str, span: str, group: str) -> Estimate:
    own = found.draws("expected").sel({SCENARIO: name, SPAN: span}, drop=True)
    total = own.sum(names.GROUP) if group == ALL else own.sel({names.GROUP: group}, drop=True)
    return words.estimate(total)


def conditions(found: Scenarios, one: Contrast) -> str:
    """What has to be assumed to read a contrast as an effect, and how far the data can speak to it."""
    said: list[str] = []
    if one.assumption:
        said.append(say("contrast-assumes", assumed=one.assumption))
    for name, reach in ((one.scenario, one.reach), (one.reference, one.reference_reach)):
        if name != FACTUAL:
            title = title_of(found, name)
            said.append(say("contrast-support", title=title, reach=str(reach)))
    if unused := found.unused.get(one.scenario):
        said.append(say("contrast-unused", series=listed(map(named, unused))))
    return " ".join(said)


def _row(one: Contrast, what: str, group: str, span: str) -> tuple[str, ...]:
    at = {names.GROUP: group, SPAN: span}
    difference = one.data[what].sel(at, drop=True)
    size, changed = words.estimate(difference), bool((difference != 0).any())
    ratio = ""
    if what == "difference":
        ratio = words.full(words.estimate(one.data["ratio"].sel(at, drop=True))) if changed else "1"
    kind = "expected" if what == "difference" else "whole"
    who = say("contrast-who", group=_named(group), kind=kind)
    odds = str(_more(difference)) if changed else say("contrast-same")
    ends = words.interval(size)
    return (named(one.scenario), who, words.days(span), words.middle(size), ends, odds, ratio)


def rows(one: Contrast) -> list[tuple[str, ...]]:
    """Table rows of a contrast: one for each group and span, and for whole persons if there are."""
    kinds = [what for what in ("difference", "realised_difference") if what in one.data]
    groups, spans = (list(map(str, one.data[dim].values)) for dim in (names.GROUP, SPAN))
    return [_row(one, what, group, span) for what in kinds for group in groups for span in spans]


def printed(contrasts: Sequence[Contrast]) -> pd.DataFrame:
    """Rows of several contrasts as a table of text."""
    return pd.DataFrame([row for one in contrasts for row in rows(one)], columns=list(head()))
