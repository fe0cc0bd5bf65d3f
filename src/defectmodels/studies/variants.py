"""Choices that an analyst could have made otherwise, as data: what of model and evidence each one changes.

An axis is a question, such as how covariates are coded; its choices are answers to it, the first of them
that of the model file. A choice is a function from a model and its evidence to another model and evidence,
and says itself when it has nothing to change.

Invariant: a choice changes what its sentence says and nothing else, and choices of different axes can be
made together. Shown by ``tests/test_variants.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from defectmodels.errors import SpecError, known
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.files import explain
from defectmodels.evidence.intervals import Reading
from defectmodels.evidence.periods import Span
from defectmodels.evidence.series import Era, Series
from defectmodels.model.priors import LogNormal
from defectmodels.model.spec import ModelSpec
from defectmodels.model.terms import Covariates, Effect
from defectmodels.wording import say

Made = tuple[ModelSpec, Dataset]
Change = Callable[[ModelSpec, Dataset], Made]
SHIPPED = "shipped"
"""The first choice of every axis: what the model file says."""
ALIKE = 1.001
"""Factor of a prior that holds a quantity at its median, within a thousandth."""
_WHY = "a variant of the model"


class ImpossibleError(SpecError):
    """A choice that has nothing to change in a model, or that a model file cannot say.

    Attributes
    ----------
    reason : str
        Its code, of the message ``variant-impossible``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(say("variant-impossible", reason=reason))
        self.reason = reason


@dataclass(frozen=True)
class Choice:
    """An answer to an axis' question.

    Attributes
    ----------
    axis, name : str
    change : callable
        Raises `ImpossibleError` where it has nothing to change.
    """

    axis: str
    name: str
    change: Change = field(compare=False, repr=False)

    @property
    def label(self) -> str:
        """A few words, for a figure."""
        return say("variant-label", choice=self.name)

    @property
    def sentence(self) -> str:
        """What it does."""
        return say("variant-sentence", choice=self.name)


# --- how a model or its evidence is changed --------------------------------------------------


def changed(spec: ModelSpec, **changes: Any) -> ModelSpec:
    """A model with other values under some keys, checked like a file.

    Raises
    ------
    SpecError
        When the file would not be sound.
    """
    content = spec.model_dump(mode="json", by_alias=True) | changes
    try:
        return ModelSpec.model_validate(content)
    except ValidationError as error:
        lines = [f"{where}: {text}" for where, text in explain(error, content)]
        raise SpecError("; ".join(lines)) from None


def _terms(spec: ModelSpec, but: str, *added: Any) -> list[dict[str, Any]]:
    """Terms without those of a kind, after some that are added."""
    kept = [term for term in spec.term if term.kind != but]
    return [term.model_dump(mode="json", by_alias=True) for term in (*added, *kept)]


def covariates_of(spec: ModelSpec) -> Covariates:
    """The term of covariates.

    Raises
    ------
    ImpossibleError
        When there is none.
    """
    for term in spec.term:
        if isinstance(term, Covariates):
            return term
    raise ImpossibleError("no-covariates")


def with_effects(spec: ModelSpec, *effects: Effect, **changes: Any) -> ModelSpec:
    """A model with other effects of covariates."""
    own = covariates_of(spec).model_copy(update={"effect": effects} | changes)
    return changed(spec, term=_terms(spec, "covariates", own))


def as_shipped(spec: ModelSpec, dataset: Dataset) -> Made:
    """Change nothing."""
    return spec, dataset


# --- likelihood and trend --------------------------------------------------------------------


def poisson(spec: ModelSpec, dataset: Dataset) -> Made:
    """Let persons arrive independently of each other: no frailty."""
    if spec.frailty is None:
        raise ImpossibleError("no-frailty")
    return changed(spec, frailty=None), dataset


def without_trend(spec: ModelSpec, dataset: Dataset) -> Made:
    """Leave out what drifts."""
    if not any(term.kind == "trend" for term in spec.term):
        raise ImpossibleError("no-trend")
    return changed(spec, term=_terms(spec, "trend")), dataset


# --- coding of covariates --------------------------------------------------------------------


def era_dummies(spec: ModelSpec, dataset: Dataset) -> Made:
    """Put a step for each era in place of the covariates of a theme whose eras the dataset names.

    The eras of a theme are the series ``THEME_eras``. A step acts on whom the covariates acted on. Its prior has
    no direction, and is as wide as the widest of theirs.
    """
    term, series = covariates_of(spec), dict(dataset.series)
    themes = {e.series: dataset.one_series(e.series).theme for e in term.effect}
    effects: list[Effect] = []
    done: set[str] = set()
    for effect in term.effect:
        theme = themes[effect.series]
        eras = dataset.series.get(f"{theme}_eras")
        if eras is None or eras.role != "labels":
            effects.append(effect)
        elif theme not in done:
            done.add(theme)
            replaced = [one for one in term.effect if themes[one.series] == theme]
            for one in _dummies(eras, theme, spec.periods.span):
                series[one.name] = one
                effects.append(_step_of(one.name, replaced))
    if not done:
        raise ImpossibleError("no-eras")
    return with_effects(spec, *effects), replace(dataset, series=series)


def _step_of(name: str, replaced: list[Effect]) -> Effect:
    groups = () if any(not one.groups for one in replaced) else _groups(replaced)
    prior = LogNormal(median=1.0, factor=max(one.ratio.factor for one in replaced), why=_WHY)
    return Effect(series=name, groups=groups, ratio=prior)


def _groups(effects: list[Effect]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(group for one in effects for group in one.groups))


def _dummies(eras: Series, theme: str, span: Span) -> list[Series]:
    """Series that are 1 in an era and 0 outside, of each era but the first that the span holds."""
    days = eras.eras()
    inside = [era for era in eras.span if days[era.name].overlaps(span)]
    return [_dummy(eras.name, theme, era, span) for era in inside[1:]]


def _dummy(eras: str, theme: str, era: Era, span: Span) -> Series:
    levels = {span.start: 0.0} if era.from_ > span.start else {}
    levels[era.from_] = 1.0
    if era.to is not None:
        levels[era.to + timedelta(days=1)] = 0.0
    steps = [{"from": day, "value": level, "status": "D"} for day, level in levels.items()]
    about = {"name": f"{eras}: {era.name}", "title": era.name, "unit": "0 or 1", "description": ""}
    return Series.model_validate(
        about | {"role": "covariate", "theme": theme, "minimum": 0, "maximum": 1, "step": steps}
    )


def one_index(spec: ModelSpec, dataset: Dataset) -> Made:
    """Keep one covariate alone: the first that acts on every group, a closure where there is one."""
    term = covariates_of(spec)
    if len(term.effect) == 1:
        raise ImpossibleError("one-covariate")
    everyone = [e for e in term.effect if not e.groups or set(e.groups) == set(spec.groups)]
    tried = everyone or list(term.effect)
    closing = [e for e in tried if dataset.one_series(e.series).theme == "closure"]
    return with_effects(spec, (closing or tried)[0]), dataset


# --- pooling of effects over groups ----------------------------------------------------------


def _shared(spec: ModelSpec) -> list[bool]:
    """Whether each effect acts on two groups or more."""
    shared = (covariates_of(spec).acts(spec.groups).sum(axis=0) > 1).tolist()
    if not any(shared):
        raise ImpossibleError("not-shared")
    return list(shared)


def separate(spec: ModelSpec, dataset: Dataset) -> Made:
    """Give each group an effect of its own, with the prior that their mean had."""
    series, effects = dict(dataset.series), list[Effect]()
    for effect, shared in zip(covariates_of(spec).effect, _shared(spec), strict=True):
        if not shared:
            effects.append(effect)
            continue
        for group in effect.groups or spec.groups:
            # A model file names a series once, so that each group has a copy.
            name = f"{effect.series}: {group}"
            series[name] = dataset.one_series(effect.series).model_copy(update={"name": name})
            effects.append(effect.model_copy(update={"series": name, "groups": (group,)}))
    return with_effects(spec, *effects), replace(dataset, series=series)


def equal_effects(spec: ModelSpec, dataset: Dataset) -> Made:
    """Let a covariate act alike on all groups, within a thousandth."""
    _shared(spec)
    spread = LogNormal(median=ALIKE - 1.0, factor=ALIKE, why=_WHY)
    return with_effects(spec, *covariates_of(spec).effect, spread=spread), dataset


# --- readings and definitions ----------------------------------------------------------------


def either_side(reading: Reading) -> bool:
    """Whether it rounds a number that may lie on either side of it, as 'about' does."""
    return reading.low_times < 1.0 < reading.high_times


def read_with(times: float) -> Change:
    """Read words such as 'about' with so many times the width."""

    def change(spec: ModelSpec, dataset: Dataset) -> Made:
        # A model that names no definition uses all.
        own = spec.definition or dataset.definitions
        used = {getattr(s, "reading", "") for s in dataset.statements if s.definition in own}
        if not any(either_side(one) and one.name in used for one in dataset.header.reading):
            raise ImpossibleError("no-reading")
        readings = tuple(
            _stretched(one, times) if either_side(one) else one for one in dataset.header.reading
        )
        header = dataset.header.model_copy(update={"reading": readings})
        return spec, replace(dataset, header=header)

    return change


def _stretched(reading: Reading, times: float) -> Reading:
    # Rounded, since 1 - 2 * 0.2 is not 0.6 to the last bit.
    ends = {
        "low_times": round(1.0 + times * (reading.low_times - 1.0), 9),
        "high_times": round(1.0 + times * (reading.high_times - 1.0), 9),
        "low_plus": times * reading.low_plus,
        "high_plus": times * reading.high_plus,
    }
    return reading.model_copy(update=ends)


def _scaled(spec: ModelSpec) -> tuple[str, ...]:
    if not spec.scaled:
        raise ImpossibleError("not-scaled")
    return spec.scaled


def strict(spec: ModelSpec, dataset: Dataset) -> Made:
    """Leave out every definition but those that count the groups themselves."""
    apart = _scaled(spec)
    kept: dict[str, Any] = {name: {} for name in spec.definition if name not in apart}
    return changed(spec, definition=kept), dataset


def alike(spec: ModelSpec, dataset: Dataset) -> Made:
    """Give every definition the rate of the groups; each still counts persons of its own."""
    apart = _scaled(spec)
    factor = {"median": 1.0, "factor": ALIKE, "why": _WHY}
    uses = {name: {"factor": factor} if name in apart else {} for name in spec.definition}
    return changed(spec, definition=uses), dataset


# --- period axis -----------------------------------------------------------------------------


def yearly(spec: ModelSpec, dataset: Dataset) -> Made:
    """Count by years; a year has no season."""
    if spec.axis.every == "year":
        raise ImpossibleError("yearly")
    axis = spec.axis.model_dump(mode="json") | {"every": "year"}
    return changed(spec, axis=axis, term=_terms(spec, "season")), dataset


def by_halves(spec: ModelSpec, dataset: Dataset) -> Made:
    """Count by half-years, which a model file cannot say."""
    raise ImpossibleError("no-halves")


def _axis(name: str, **changes: Change) -> tuple[Choice, ...]:
    return tuple(Choice(name, key.replace("_", "-"), one) for key, one in changes.items())


AXES: dict[str, tuple[Choice, ...]] = {
    "likelihood": _axis("likelihood", shipped=as_shipped, poisson=poisson),
    "trend": _axis("trend", shipped=as_shipped, no_trend=without_trend),
    "coding": _axis("coding", shipped=as_shipped, eras=era_dummies, one_index=one_index),
    "pooling": _axis("pooling", shipped=as_shipped, separate=separate, equal=equal_effects),
    "readings": _axis("readings", shipped=as_shipped, narrow=read_with(0.5), wide=read_with(2.0)),
    "definitions": _axis("definitions", shipped=as_shipped, strict=strict, alike=alike),
    "periods": _axis("periods", shipped=as_shipped, yearly=yearly),
}
"""Every axis, in the order in which choices are made: steps of eras are pooled like other covariates."""
APART = ("likelihood", "trend")
"""Axes that are changed one at a time where not all combinations are tried: with neither frailty nor trend the
groups without evidence take up what covariates leave, and counting takes thirty times as long."""
NEVER = _axis("periods", by_halves=by_halves)
"""Choices that one would make if a model file could say them."""


def varied(spec: ModelSpec, dataset: Dataset, choices: Mapping[str, str]) -> Made:
    """Make choices, by axis.

    Raises
    ------
    ImpossibleError
        When a choice has nothing to change.
    SpecError
        When the model would not be sound, or an axis or a choice is not known.
    """
    for axis in choices:
        if axis not in AXES:
            raise SpecError(f"unknown axis '{axis}'. {known(axis, AXES)}")
    for axis, among in AXES.items():
        name = choices.get(axis, SHIPPED)
        found = {one.name: one for one in among}
        if name not in found:
            raise SpecError(f"axis '{axis}': unknown choice '{name}'. {known(name, found)}")
        spec, dataset = found[name].change(spec, dataset)
    return spec, dataset


def impossible(spec: ModelSpec, dataset: Dataset) -> dict[Choice, ImpossibleError]:
    """Choices that cannot be made alone, with the reason."""
    found = {}
    for one in (*(one for among in AXES.values() for one in among), *NEVER):
        try:
            one.change(spec, dataset)
        except ImpossibleError as error:
            found[one] = error
    return found
