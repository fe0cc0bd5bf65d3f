"""What a study of sensitivity changes: priors, codings, events in place of indices, exposures.

Each variant is a model and a dataset that differ from the base in one respect. Ranges come from the series'
own low and high levels; where a series has none, nothing is varied, and that is said.

Invariant: no level and no date is used that does not stand in a series' file, and what cannot be varied is
listed with its reason. Shown by ``tests/test_sensitivity_variants.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np

from defectmodels.errors import EvidenceError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Span
from defectmodels.evidence.series import Series
from defectmodels.model.design import Design
from defectmodels.model.prior_sets import PriorSet
from defectmodels.model.spec import ModelSpec
from defectmodels.model.tagged import tags
from defectmodels.model.terms import Effect
from defectmodels.studies.variants import (
    ImpossibleError,
    changed,
    covariates_of,
    era_dummies,
    with_effects,
)

Kind = Literal["power", "priors", "origin", "coding", "event", "exposure"]
"""What is changed: a density to a power, a set of priors, rows left out, levels, steps, persons at risk."""
Level = Literal["value", "low", "high"]
ALL = "all"
"""Stands for all series together."""
NEARLY = 0.9
"""A rise is the largest one if it is at least so large a part of it: levels are rounded."""
LEAST_JUMP = 0.1
"""Smallest jump that tells an event from a drift, as a part of the range of the levels."""
BACK = 1.0 / 3.0
"""An event is over with the largest later fall, if that takes back so much of its rise."""


@dataclass(frozen=True)
class Change:
    """One thing that is changed.

    Attributes
    ----------
    kind : Kind
    subject : str
        What is changed: a prior, an origin, a series or a group; `ALL` for all series.
    change : str
        Into what: a power, 'low', 'high', 'none', 'eras', the name of a series, or days such as
        ``2020-01-31..2023-08-21``.
    """

    kind: Kind
    subject: str
    change: str

    @property
    def key(self) -> str:
        """Name of the change, unique in a study."""
        return ", ".join(one for one in (self.kind, self.subject, self.change) if one)


@dataclass(frozen=True)
class Variant(Change):
    """A change that is fitted: the model and evidence that it makes.

    Attributes
    ----------
    pareto_k : float
        Of the weights that it takes the place of; NaN where there were none.
    """

    spec: ModelSpec
    dataset: Dataset
    pareto_k: float = math.nan


@dataclass(frozen=True)
class NotVaried:
    """What could not be varied, and the code of the reason."""

    kind: Kind
    subject: str
    reason: Literal["no-range", "no-jump", "other-use", "not-of-model", "cannot", "no-eras"]
    why: str = ""


Found = Iterator[Variant | NotVaried]


def _span(spec: ModelSpec) -> Span:
    return spec.periods.span


# --- priors -----------------------------------------------------------------------------------


def with_sets(design: Design, dataset: Dataset, sets: Sequence[PriorSet]) -> Found:
    """The model with each set of priors."""
    names = tags(design)
    for one in sets:
        if not one.changes(names):
            yield NotVaried("priors", one.name, "not-of-model")
            continue
        yield Variant("priors", one.name, "", *one.applied(design.spec, dataset, names))


# --- codings of covariates --------------------------------------------------------------------


def ranged(spec: ModelSpec, series: Series, level: Level) -> bool:
    """Whether a series has another level at that end of its range, on a day that is fitted."""
    days = _span(spec)
    return bool((series.daily(days, level) != series.daily(days)).any())


def codings(spec: ModelSpec, dataset: Dataset) -> Found:
    """Every covariate at the low and the high end of its range, alone and all together."""
    if not spec.covariates:
        return
    varied: dict[Level, list[Effect]] = {}
    for effect in covariates_of(spec).effect:
        series = dataset.one_series(effect.series)
        ends: list[Level] = [one for one in ("low", "high") if ranged(spec, series, one)]
        if not ends:
            yield NotVaried("coding", effect.series, "no-range")
        for level in ends:
            varied.setdefault(level, []).append(effect)
            yield Variant("coding", effect.series, level, _coded(spec, [effect], level), dataset)
    for level, several in varied.items():
        if len(several) > 1:
            yield Variant("coding", ALL, level, _coded(spec, several, level), dataset)


def _coded(spec: ModelSpec, which: Sequence[Effect], level: Level) -> ModelSpec:
    effects = covariates_of(spec).effect
    return with_effects(
        spec, *(e.model_copy(update={"code": level}) if e in which else e for e in effects)
    )


# --- events in place of indices ---------------------------------------------------------------


def event_of(series: Series, span: Span) -> Span | None:
    """Days of the event that a series records: from its largest rise to the fall that takes it back.

    Parameters
    ----------
    span : Span
        Fitted days, to the end of which an event lasts that no fall ends.

    Returns
    -------
    Span or None
        None where the levels drift and do not jump.
    """
    levels = series.daily(span)
    steps = np.diff(levels)
    largest, width = float(np.max(steps, initial=0.0)), float(np.ptp(levels))
    if not largest > 0 or largest < LEAST_JUMP * width:
        return None
    at = int(np.argmax(steps >= NEARLY * largest))
    falls = -steps[at + 1 :]
    fall = float(np.max(falls, initial=0.0))
    first, last = span.start + timedelta(days=at + 1), span.end
    if fall >= BACK * largest:
        last = first + timedelta(days=int(np.argmax(falls >= NEARLY * fall)))
    return Span(first, last)


def as_event(series: Series, span: Span, event: Span) -> Series:
    """A series at the bottom of its scale outside an event and at the top within."""
    levels = series.daily(span)
    low = float(levels.min()) if series.minimum is None else series.minimum
    high = float(levels.max()) if series.maximum is None else series.maximum
    days: dict[date, float] = {span.start: low, event.start: high}
    if event.end < span.end:
        days[event.end + timedelta(days=1)] = low
    steps = [
        {"from": day, "value": one, "low": one, "high": one, "status": "D"}
        for day, one in days.items()
    ]
    content = series.model_dump(mode="json", by_alias=True, exclude={"table", "until"})
    return Series.model_validate(
        content | {"step": steps, "interpolation": "step", "until": span.end}
    )


def events(spec: ModelSpec, dataset: Dataset) -> Found:
    """Every index coded by judgement as a step on dated days, alone and all together; and eras."""
    if not spec.covariates:
        return
    found: dict[str, Series] = {}
    for name in spec.covariates:
        series = dataset.one_series(name)
        if not series.judgement:
            continue
        event = event_of(series, _span(spec))
        if event is None:
            yield NotVaried("event", series.name, "no-jump")
            continue
        found[series.name] = as_event(series, _span(spec), event)
        days = f"{event.start}..{event.end if event.end < _span(spec).end else ''}"
        own, data = _with_series(spec, dataset, {series.name: found[series.name]})
        yield Variant("event", series.name, days, own, data)
    if len(found) > 1:
        yield Variant("event", ALL, "", *_with_series(spec, dataset, found))
    try:
        yield Variant("event", ALL, "eras", *era_dummies(spec, dataset))
    except ImpossibleError:
        yield NotVaried("event", ALL, "no-eras")


def _with_series(
    spec: ModelSpec, dataset: Dataset, series: dict[str, Series]
) -> tuple[ModelSpec, Dataset]:
    return spec, replace(dataset, series=dataset.series | series)


# --- exposures --------------------------------------------------------------------------------


def exposures(spec: ModelSpec, dataset: Dataset) -> Found:
    """Other persons at risk of each group: another series of the same theme, an end of its range, none.

    With another series, or none, the prior of the rate is moved so that as many arrivals are expected
    beforehand, on average over the periods.
    """
    for group, name in spec.exposure.items():
        series = dataset.one_series(name)
        for other in dataset.series.values():
            if _stands_in(spec, other, series):
                yield Variant(
                    "exposure", group, other.name, _exposed(spec, dataset, group, other), dataset
                )
        yield from _ends(spec, dataset, group, series)
        yield Variant("exposure", group, "none", _exposed(spec, dataset, group, None), dataset)


def _stands_in(spec: ModelSpec, other: Series, series: Series) -> bool:
    if other.name in spec.exposure.values() or other.theme != series.theme:
        return False
    if other.role not in ("exposure", "both"):
        return False
    try:
        return bool((other.levels(spec.periods) > 0).all())
    except EvidenceError:
        return False


def _exposed(spec: ModelSpec, dataset: Dataset, group: str, other: Series | None) -> ModelSpec:
    """The model with another exposure of a group."""
    base, series = spec.baseline[group], dataset.one_series(spec.exposure[group])
    was = float(series.levels(spec.periods).mean())
    content = base.model_dump(mode="json")
    exposure = {name: one for name, one in spec.exposure.items() if name != group}
    if other is None:
        middle = "median" if "median" in content["rate"] else "mean"
        content["rate"][middle] *= was / base.per
        content["per"] = 1.0
    else:
        exposure[group] = other.name
        content["per"] = base.per * float(other.levels(spec.periods).mean()) / was
    baseline = spec.model_dump(mode="json")["baseline"] | {group: content}
    return changed(spec, baseline=baseline, exposure=exposure)


def _ends(spec: ModelSpec, dataset: Dataset, group: str, series: Series) -> Found:
    """The exposure of a group at either end of its range, taken as known: the range is its doubt."""
    ends: list[Level] = [one for one in ("low", "high") if ranged(spec, series, one)]
    if not ends:
        yield NotVaried("exposure", series.name, "no-range")
    elif series.name in spec.covariates:
        yield NotVaried("exposure", series.name, "other-use")
    else:
        for level in ends:
            steps = tuple(
                one.model_copy(update={"value": value})
                if (value := getattr(one, level)) is not None
                else one
                for one in series.step
            )
            own = series.model_copy(update={"step": steps, "uncertainty": None})
            yield Variant(
                "exposure", group, level, *_with_series(spec, dataset, {series.name: own})
            )


def all_variants(design: Design, dataset: Dataset, sets: Sequence[PriorSet]) -> Found:
    """Everything that is varied by refits whatever the base says, and what cannot be."""
    spec = design.spec
    yield from with_sets(design, dataset, sets)
    yield from codings(spec, dataset)
    yield from events(spec, dataset)
    yield from exposures(spec, dataset)
