"""The quantity behind each kind of claim, on the draws of a fit.

Invariant: each is that of the function which the package has for it (`decompose`, `parts_of_change`,
`scenarios`, `forecast`, `realised_by_definition`), on the same draws and with the fit's own seed. A new
kind is one function, named at the foot. Shown by ``tests/test_decide.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.errors import SpecError, known
from defectmodels.estimands import answer_text as text
from defectmodels.estimands.by_definition import countable, realised_by_definition
from defectmodels.estimands.contrast import reach
from defectmodels.estimands.decomposition import PART, decompose
from defectmodels.estimands.forecast import forecast
from defectmodels.estimands.more_than import whole_years
from defectmodels.estimands.parts import parts_of_change
from defectmodels.estimands.quoted import comparisons
from defectmodels.estimands.rates import SPAN, annual, check_group, resolve, span_rate, span_weights
from defectmodels.estimands.realised import over_spans, realised
from defectmodels.estimands.scenarios import SCENARIO, Scenarios, scenarios
from defectmodels.evidence.claims import (
    ChangeClaim,
    CountsClaim,
    EffectClaim,
    ForecastClaim,
    NumberClaim,
    PartClaim,
    RateClaim,
    ScenarioClaim,
)
from defectmodels.evidence.scenario import FACTUAL, load_scenario
from defectmodels.evidence.selection import groups_of
from defectmodels.inference.fit import Fit
from defectmodels.model.terms import Covariates
from defectmodels.wording import named, say

RATIO, PERSONS, FRACTION = "ratio", "persons", "part of the change"


@dataclass(frozen=True)
class Answer:
    """What a claim asks for.

    Attributes
    ----------
    what, unit : str
        The quantity in words, and its unit.
    values : xr.DataArray (chain, draw)
    spans : tuple of str
        Spans that it speaks of.
    groups : tuple of str
        Groups whose statements carry it.
    together : bool
        Whether these groups are counted as one, as in a total; else each has to be told.
    definition : str
        The definition whose persons it counts; empty where it counts the groups themselves.
    scenario : str or None
    assumptions : tuple of str
    reason : str
        What to know about the answer.
    beyond : tuple of str
        What of its scenarios lies outside what the data have seen.
    """

    what: str
    unit: str
    values: xr.DataArray
    spans: tuple[str, ...]
    groups: tuple[str, ...]
    definition: str = ""
    scenario: str | None = None
    together: bool = False
    assumptions: tuple[str, ...] = ()
    reason: str = ""
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """A fit that claims are put to, with what several of them need."""

    fit: Fit
    random_seed: int

    @cached_property
    def realised(self) -> xr.DataArray:
        """Whole persons: xr.DataArray (chain, draw, group, period)."""
        return realised(self.fit, random_seed=self.random_seed)

    def group(self, name: str | None) -> str:
        """The group of this name, or the headline's.

        Raises
        ------
        UnknownNameError
        """
        return check_group(self.fit, name or comparisons(self.fit)[0])

    def counts(self, definition: str, *spans: str) -> dict[str, xr.DataArray]:
        """Whole persons of a definition by span: xr.DataArray (chain, draw), int."""
        asked = list(dict.fromkeys(spans))
        weights = span_weights(self.fit, asked)
        whole = bool(weights.isin([0.0, 1.0]).all())
        if whole and definition in countable(self.fit) and definition not in self.fit.spec.scaled:
            # What `realised_by_definition` does here too; the draws serve several claims.
            own = self.realised.sel({names.GROUP: list(_groups_of(self, definition))})
            found = over_spans(self.fit, own.sum(names.GROUP), asked)
        else:
            found = realised_by_definition(
                self.fit, definition, asked, random_seed=self.random_seed
            )
        return {span: found.sel({SPAN: span}, drop=True) for span in asked}


def _over(above: xr.DataArray, below: xr.DataArray, what: str) -> xr.DataArray:
    """One quantity over another.

    Raises
    ------
    SpecError
        When the second is 0 in some draw, so that there is no ratio.
    """
    if bool((below == 0).any()):
        raise SpecError(
            f"{what}: in some draws nobody came in what is compared with, and of nobody there is no "
            "ratio; ask for counts instead (kind = 'counts')"
        )
    return xr.DataArray(above / below)


def _published() -> str:
    return say("answer-published")


def change(asked: Asked, claim: ChangeClaim) -> Answer:
    """Share, count or total of one span over that of another."""
    group = asked.group(claim.of)
    spans = list(dict.fromkeys((claim.before, claim.after)))
    by = (
        annual(asked.fit, spans)
        if claim.measure == "expected"
        else over_spans(asked.fit, asked.realised, spans)
    )
    own, total = by.sel({names.GROUP: group}, drop=True), by.sum(names.GROUP)
    what = text.of_change(claim, group)
    values = total if claim.what == "total" else own
    if claim.what == "share":
        values = _over(own, total, what)
    after, before = (values.sel({SPAN: span}, drop=True) for span in (claim.after, claim.before))
    groups = asked.fit.spec.groups if claim.what == "total" else (group,)
    assumed = (_published(),) if claim.measure == "realised" else ()
    return Answer(
        what, RATIO, _over(after, before, what), tuple(spans), groups, assumptions=assumed,
        together=claim.what == "total",
    )  # fmt: skip


def _groups_of(asked: Asked, definition: str) -> tuple[str, ...]:
    """Groups that a definition counts."""
    return groups_of(asked.fit.dataset.definitions[definition], asked.fit.spec.groups)


def number(asked: Asked, claim: NumberClaim) -> Answer:
    """Whole persons of a span."""
    values = asked.counts(claim.definition, claim.span)[claim.span]
    groups = _groups_of(asked, claim.definition)
    return Answer(
        text.of_number(claim), PERSONS, values, (claim.span,), groups, claim.definition,
        together=True, assumptions=(_published(),),
    )  # fmt: skip


def counts(asked: Asked, claim: CountsClaim) -> Answer:
    """Whole persons of a span less those of another, or of its largest or smallest year."""
    against: tuple[str, ...] = (claim.against,)
    if claim.reading == "each year":
        against = whole_years(resolve(asked.fit, claim.against))
        if not against:
            raise SpecError(
                f"'{claim.against}' has no whole year among the fitted periods; set reading = "
                "'all together'"
            )
    first, days = resolve(asked.fit, claim.span), resolve(asked.fit, claim.against)
    if first.overlaps(days):
        raise SpecError(
            f"'{claim.span}' ({first}) and '{claim.against}' ({days}) have days in common; compare "
            "spans that have none"
        )
    found = asked.counts(claim.definition, claim.span, *against)
    others = xr.concat([found[span] for span in against], dim=SPAN)
    other = others.min(SPAN) if claim.says == "fewer" else others.max(SPAN)
    what = text.of_counts(claim, against)
    groups = _groups_of(asked, claim.definition)
    spans = (claim.span, claim.against)
    return Answer(
        what, PERSONS, found[claim.span] - other, spans, groups, claim.definition,
        together=True, assumptions=(_published(),),
    )  # fmt: skip


def part(asked: Asked, claim: PartClaim) -> Answer:
    """Part of a change over the whole of it.

    A draw in which the change has the other direction counts against the claim: there the fraction is
    set below 0, whatever its size.
    """
    group = asked.group(claim.of)
    if claim.theme:
        found = parts_of_change(asked.fit, claim.before, claim.after, of=group)
        parts, whole = found.data[f"{claim.what}_part"], found.change(claim.what)
        label, dim, assumed = claim.theme, PART, say("answer-alone")
    else:
        split = decompose(asked.fit, claim.before, claim.after, of=group)
        parts, whole = split.path("share_part"), split.path("share_change")
        label, dim, assumed = claim.group, names.GROUP, say("answer-arithmetic")
    choices = [str(one) for one in parts[dim].values]
    if label not in choices:
        raise SpecError(f"the model has no part '{label}'. {known(label, choices)}")
    own = parts.sel({dim: label}, drop=True)
    there = whole > 0 if claim.change == "up" else whole < 0
    fraction = own / xr.where(whole == 0, np.inf, whole)
    values = xr.where(there, fraction, -np.abs(fraction))
    what = text.of_part(claim, group)
    reason = "" if bool(there.all()) else text.turned(claim)
    total = claim.what == "total"
    groups = asked.fit.spec.groups if total else (group,)
    spans = (claim.before, claim.after)
    return Answer(
        what, FRACTION, values, spans, groups, together=total, assumptions=(assumed,), reason=reason
    )


def _beyond(found: Scenarios, called: Sequence[str]) -> tuple[str, ...]:
    """Of each scenario that leaves what was seen, how far it does."""
    reached = {name: reach(found, name) for name in called if name != FACTUAL}
    return tuple(
        say("answer-beyond", scenario=named(name), reach=str(one))
        for name, one in reached.items()
        if not one.supported
    )


def scenario(asked: Asked, claim: ScenarioClaim) -> Answer:
    """Expected arrivals under one scenario over those under another."""
    fit = asked.fit
    found = scenarios(
        fit, [claim.scenario, claim.against], [claim.span], to=claim.to,
        random_seed=asked.random_seed,
    )  # fmt: skip
    by = found.draws("expected").isel({SPAN: 0}, drop=True)
    # A file is named by its path, and its scenario by what it says.
    asked_for = [load_scenario(one) for one in (claim.scenario, claim.against)]
    called = [one.name for one in asked_for]

    def ratio(group: str | None) -> xr.DataArray:
        own = by.sum(names.GROUP) if group is None else by.sel({names.GROUP: group}, drop=True)
        one, other = (own.sel({SCENARIO: name}, drop=True) for name in called)
        return _over(one, other, claim.id)

    groups = tuple(check_group(fit, one) for one in (claim.of, claim.than) if one)
    values = ratio(claim.of)
    what = text.of_scenario(claim, called)
    if claim.than:
        values = _over(values, ratio(claim.than), what)
    told = tuple(assumption for one in asked_for for assumption in text.assumed(one))
    between = " against ".join(called)
    return Answer(
        what, RATIO, values, (claim.span,), groups or fit.spec.groups, scenario=between,
        together=not groups, assumptions=told, beyond=_beyond(found, called),
    )  # fmt: skip


def effect(asked: Asked, claim: EffectClaim) -> Answer:
    """Ratio of rates for one unit of every series."""
    fit = asked.fit
    for group in (claim.group, *((claim.than,) if claim.than else ())):
        check_group(fit, group)
    acts = {
        (effect.series, group)
        for term in fit.spec.term
        if isinstance(term, Covariates)
        for effect in term.effect
        for group in effect.groups or fit.spec.groups
    }
    if not any((one, claim.group) in acts for one in claim.series):
        raise SpecError(
            f"the model lets none of {', '.join(claim.series)} act on {claim.group}; there is nothing "
            "to estimate"
        )

    def logs(group: str) -> xr.DataArray:
        acting = [one for one in claim.series if (one, group) in acts]
        by = fit.posterior[names.EFFECT].sel({names.GROUP: group, names.COVARIATE: acting})
        # The sum over no series is 0 in every draw.
        return by.sum(names.COVARIATE).drop_vars(names.GROUP)

    values, what = logs(claim.group), text.of_effect(fit, claim)
    assumed: list[str] = [say("answer-measured")]
    if claim.than:
        values = values - logs(claim.than)
        for one in claim.series:
            for group in (claim.group, claim.than):
                if (one, group) not in acts:
                    unset = {"series": named(one), "group": named(group)}
                    assumed.append(say("answer-not-acting", **unset))
    groups = tuple(g for g in (claim.group, claim.than) if g)
    spans = (str(fit.spec.periods.span),)
    return Answer(what, RATIO, xr.ufuncs.exp(values), spans, groups, assumptions=tuple(assumed))


def rate(asked: Asked, claim: RateClaim) -> Answer:
    """Arrivals per person-year at risk, over those of another span or group."""
    group, than = asked.group(claim.group), asked.group(claim.than_group or claim.group)
    span, before = claim.span, claim.than_span or claim.span
    found = span_rate(asked.fit, list(dict.fromkeys((span, before))))
    one = found.sel({names.GROUP: group, SPAN: span}, drop=True)
    other = found.sel({names.GROUP: than, SPAN: before}, drop=True)
    what = text.of_rate(group, span, than, before)
    groups = tuple(dict.fromkeys((group, than)))
    spans = tuple(dict.fromkeys((span, before)))
    return Answer(
        what, RATIO, _over(one, other, what), spans, groups, assumptions=(say("answer-at-risk"),)
    )


def ahead(asked: Asked, claim: ForecastClaim) -> Answer:
    """Whole persons to come, over those of a fitted span."""
    made = forecast(
        asked.fit, claim.to, [claim.scenario], [claim.span], definitions=[claim.definition],
        random_seed=asked.random_seed,
    )  # fmt: skip
    coming = made.one(claim.definition, claim.span)["arrivals"]
    came = asked.counts(claim.definition, claim.against)[claim.against]
    own = made.found.scenarios[0]
    what = text.of_forecast(claim, own.name)
    groups = _groups_of(asked, claim.definition)
    return Answer(
        what, RATIO, _over(coming, came, what), (claim.span, claim.against), groups,
        claim.definition, own.name, True, (*text.assumed(own), _published()),
        beyond=_beyond(made.found, [own.name]),
    )  # fmt: skip


ANSWERS: dict[str, Callable[[Asked, Any], Answer]] = {
    "change": change,
    "number": number,
    "counts": counts,
    "part": part,
    "scenario": scenario,
    "effect": effect,
    "rate": rate,
    "forecast": ahead,
}
"""How each kind of claim is answered; one outside the data is not."""
