"""An event as a covariate of its own, on its own days or on others.

The event is a 0/1 series over its days, beside series that are as a scenario has them. A fit to a date
ends with the period in which the window ends, whether the event is the true one or a placebo: each
looks back on data from before the window and none from after it. Each group has an effect of its own:
effects that are pooled over groups would give a group without data the place of another.

Invariant: no row and no period of a fit lies after the period in which its window ends, and the prior
of the effect is the same for all. Shown by ``tests/test_placebo_dates.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from defectmodels import catalog
from defectmodels.errors import SpanError, SpecError, UnknownNameError, known
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.paths import as_series
from defectmodels.evidence.periods import Span, parse_span
from defectmodels.evidence.scenario import Scenario, load_scenario
from defectmodels.evidence.series import Series
from defectmodels.model.design import Design, make_design
from defectmodels.model.priors import LogNormal
from defectmodels.model.spec import ModelSpec
from defectmodels.model.terms import Covariates

EVENT = "event"
"""What the names of the event's series begin with: one for each group, such as event_elite."""
RATIO = LogNormal(median=1.0, factor=4.0, why="direction not known beforehand, as for a placebo")
"""Prior of the ratio of rates on the event's days, the same for the true event and every placebo."""


@dataclass(frozen=True)
class Event:
    """What happened on some days, held against a model and a dataset.

    Attributes
    ----------
    spec, dataset
        With every series as the scenario has it.
    scenario : Scenario
    span : Span
    first : date
        First day that tells history from the scenario; placebos end before it.
    ratio : LogNormal
    groups : tuple of str
        Groups on which the event acts, each with an effect of its own.
    """

    spec: ModelSpec
    dataset: Dataset
    scenario: Scenario
    span: Span
    first: date
    ratio: LogNormal
    groups: tuple[str, ...]

    def placed(self, span: Span) -> Design:
        """The model with the event on other days, held against the rows up to their last period.

        Raises
        ------
        EvidenceError
            When there is no row to count, or rows cannot be counted together.
        """
        last = next(one for one in self.spec.periods.spans if one.end >= span.end)
        spec = _with_event(self.spec, str(last), self.ratio, self.groups)
        own = _dummy(Span(spec.periods.span.start, last.end), span)
        series = {series_name(group): own for group in self.groups}
        rows = tuple(one for one in self.dataset.statements if one.end <= last.end)
        dataset = replace(self.dataset, statements=rows, series=self.dataset.series | series)
        return make_design(spec, dataset)


def series_name(group: str) -> str:
    """Name of the event's series for a group."""
    return f"{EVENT}_{group}"


def _with_event(spec: ModelSpec, end: str, ratio: LogNormal, groups: tuple[str, ...]) -> ModelSpec:
    """The model up to a period, with the event among its covariates."""
    content = spec.model_dump(mode="json", by_alias=True)
    prior = ratio.model_dump(mode="json")
    effects = [{"series": series_name(one), "groups": [one], "ratio": prior} for one in groups]
    for term in content["term"]:
        if term["kind"] == "covariates":
            term["effect"] += effects
            break
    else:
        content["term"].append({"kind": "covariates", "effect": effects})
    content["axis"]["end"] = end
    # Its spans may lie outside the shorter axis.
    content["headline"] = None
    return ModelSpec.model_validate(content)


def _dummy(axis: Span, span: Span) -> Series:
    """1 on the days of a span and 0 before and after it."""
    levels = {axis.start: 0.0, span.start: 1.0, span.end + timedelta(days=1): 0.0}
    steps = [
        {"from": day, "value": level, "status": "D"}
        for day, level in sorted(levels.items())
        if day <= axis.end
    ]
    return Series.model_validate(
        {
            "name": EVENT,
            "title": "Days of the event",
            "unit": "0 or 1",
            "description": "",
            "role": "covariate",
            "per": "the event",
            "step": steps,
            "until": axis.end,
        }
    )


def make_event(
    spec: ModelSpec,
    dataset: Dataset,
    event: str | Scenario,
    span: str | None,
    groups: tuple[str, ...] | None,
    ratio: LogNormal = RATIO,
) -> Event:
    """Hold an event against a model.

    Parameters
    ----------
    event : str or Scenario
        The scenario in which it did not happen.
    span : str, optional
        Days of the event. By default the era of the dataset that begins on a day from which the
        scenario changes something; else all that it changes, to the end of the axis.
    groups : tuple of str, optional
        Groups on which it acts; all by default.

    Raises
    ------
    UnknownNameError
        When the scenario, one of its series or a group is unknown.
    SpecError
        When the scenario changes nothing of the model.
    SpanError
        When the span lies outside the axis.
    """
    scenario = load_scenario(event) if isinstance(event, str) else event
    for group in groups or ():
        if group not in spec.groups:
            raise UnknownNameError(f"unknown group '{group}'. {known(group, spec.groups)}")
    acting = groups or spec.groups
    for name in (series_name(group) for group in acting):
        if name in spec.series:
            raise SpecError(
                f"model '{spec.name}' has a series '{name}', the name that the event takes; rename it"
            )
    changed, first = _changed(spec, dataset, scenario)
    days = _days(spec, dataset, scenario, span)
    return Event(
        spec,
        replace(dataset, series=dataset.series | changed),
        scenario,
        days,
        min(first, days.start),
        ratio,
        tuple(acting),
    )


def _changed(
    spec: ModelSpec, dataset: Dataset, scenario: Scenario
) -> tuple[dict[str, Series], date]:
    """Series of the model as the scenario has them, and the first day on which one differs."""
    shipped = {path.stem for path in catalog.series_folder().glob("*.toml")}
    for name in scenario.series:
        if name not in {*spec.series, *dataset.series, *shipped}:
            text = known(name, spec.series)
            raise UnknownNameError(f"scenario '{scenario.name}': unknown series '{name}'. {text}")
    axis, found, first = spec.periods.span, {}, []
    for name in (one for one in scenario.series if one in spec.series):
        was = dataset.one_series(name)
        new = as_series(scenario, was, axis)
        differs = np.flatnonzero(new.daily(axis) != was.daily(axis))
        if len(differs):
            found[name] = new
            first.append(axis.start + timedelta(days=int(differs[0])))
    _check_codes(spec, scenario, found)
    if not found:
        raise SpecError(
            f"scenario '{scenario.name}' changes nothing of model '{spec.name}' on its axis, {axis}; "
            f"the model uses {', '.join(spec.series) or 'no series'}"
        )
    return found, min(first)


def _check_codes(spec: ModelSpec, scenario: Scenario, changed: dict[str, Series]) -> None:
    for term in spec.term:
        for effect in term.effect if isinstance(term, Covariates) else ():
            if effect.series in changed and effect.code != "value":
                raise SpecError(
                    f"scenario '{scenario.name}' changes '{effect.series}', of which the model uses the "
                    f'{effect.code} level; placebos need code = "value"'
                )


def _days(spec: ModelSpec, dataset: Dataset, scenario: Scenario, span: str | None) -> Span:
    """Days of the event, which lie in the axis and after its first period."""
    axis = spec.periods.span
    found = parse_span(span) if span is not None else _default_days(dataset, scenario, axis)
    if not axis.contains(found) or found.start <= spec.periods.spans[0].end:
        raise SpanError(
            f"the event's days, {found}, do not lie in the fitted periods {axis} after the first of "
            "them; name others in span"
        )
    return found


def _default_days(dataset: Dataset, scenario: Scenario, axis: Span) -> Span:
    starts = {one.from_ for one in scenario.change if one.from_ is not None}
    for series in dataset.series.values():
        for era in series.eras().values() if series.role == "labels" else ():
            if era.start in starts and era.end <= axis.end:
                return era
    ends = [one.to or axis.end for one in scenario.change]
    return Span(min(starts, default=axis.start), min(max(ends), axis.end))
