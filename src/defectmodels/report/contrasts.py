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

ARITHMETIC = (
    "A scenario gives some series another history and leaves everything else as it was in the same "
    "draw: baseline, effects, season, trend, persons at risk. A contrast is arithmetic of the model. "
    "It reads as an effect of a policy only under the assumption written beside it."
)
HEAD = ("scenario", "who", "spans", "difference", f"{words.WIDTH} interval", "P(more)", "ratio")


def title_of(found: Scenarios, name: str) -> str:
    """Title of a scenario."""
    return found.one(name).title


def _group(group: str) -> str:
    return "arrivals" if group == ALL else f"{group} arrivals"


def _against(found: Scenarios, reference: str) -> str:
    return "what was" if reference == FACTUAL else f"'{title_of(found, reference)}'"


def _more(difference: xr.DataArray) -> Probability:
    return probability(difference > 0)


def _clause(found: Scenarios, one: Contrast, span: str, group: str) -> str:
    """How many more or fewer arrivals of a group; the direction only where it may be stated."""
    difference = one.data["difference"].sel({names.GROUP: group, SPAN: span}, drop=True)
    if not bool((difference != 0).any()):
        return f"no difference in expected {_group(group)}"
    up, size = _more(difference), words.estimate(difference)
    sides = [_expected(found, name, span, group) for name in (one.reference, one.scenario)]
    way = words.direction(up, *sides)
    if way == "open":
        text = f"{words.interval(size)} persons, {words.WIDTH} interval"
        return (
            f"whether more {_group(group)} are expected is open ({words.prob('more', up)}; {text})"
        )
    odds, word = words.prob("more", up), "more"
    if way == "fell":
        odds, word = words.prob("fewer", words.complement(up)), "fewer"
        size = Estimate(
            -size.median, -size.high, -size.low, size.mcse, size.mcse_high, size.mcse_low
        )
    text = f"{words.WIDTH} interval {words.interval(size)}; {odds}"
    return f"{words.middle(size)} {word} {_group(group)} are expected ({text})"


def comparison(found: Scenarios, one: Contrast, span: str, groups: Sequence[str] = (ALL,)) -> str:
    """Say how many more or fewer arrivals a scenario has in a span, without its assumption."""
    clauses = [_clause(found, one, span, group) for group in groups]
    against = _against(found, one.reference)
    title = title_of(found, one.scenario)
    return f"{title}, {words.days(span)}, against {against}: {'; '.join(clauses)}."


def _expected(found: Scenarios, name: str, span: str, group: str) -> Estimate:
    own = found.draws("expected").sel({SCENARIO: name, SPAN: span}, drop=True)
    total = own.sum(names.GROUP) if group == ALL else own.sel({names.GROUP: group}, drop=True)
    return words.estimate(total)


def conditions(found: Scenarios, one: Contrast) -> str:
    """What has to be assumed to read a contrast as an effect, and how far the data can speak to it."""
    said = []
    if one.assumption:
        said.append(f"To read this as an effect one has to assume {one.assumption}")
    for name, reach in ((one.scenario, one.reach), (one.reference, one.reference_reach)):
        if name != FACTUAL:
            said.append(f"Support of '{title_of(found, name)}': {reach}.")
    if unused := found.unused.get(one.scenario):
        said.append(
            f"The model does not use {words.listed(unused)}, which the scenario changes too."
        )
    return " ".join(said)


def _row(one: Contrast, what: str, group: str, span: str) -> tuple[str, ...]:
    at = {names.GROUP: group, SPAN: span}
    difference = one.data[what].sel(at, drop=True)
    size, changed = words.estimate(difference), bool((difference != 0).any())
    ratio = ""
    if what == "difference":
        ratio = words.full(words.estimate(one.data["ratio"].sel(at, drop=True))) if changed else "1"
    who = group if what == "difference" else f"{group}, whole persons"
    odds = str(_more(difference)) if changed else "no difference"
    ends = words.interval(size)
    return (one.scenario, who, words.days(span), words.middle(size), ends, odds, ratio)


def rows(one: Contrast) -> list[tuple[str, ...]]:
    """Table rows of a contrast: one for each group and span, and for whole persons if there are."""
    kinds = [what for what in ("difference", "realised_difference") if what in one.data]
    groups, spans = (list(map(str, one.data[dim].values)) for dim in (names.GROUP, SPAN))
    return [_row(one, what, group, span) for what in kinds for group in groups for span in spans]


def printed(contrasts: Sequence[Contrast]) -> pd.DataFrame:
    """Rows of several contrasts as a table of text."""
    return pd.DataFrame([row for one in contrasts for row in rows(one)], columns=list(HEAD))
