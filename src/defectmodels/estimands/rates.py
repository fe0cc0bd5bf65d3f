"""Rates, counts and shares, by period or over any spans.

Invariant: a span that is a union of periods has the sum of their expected arrivals; realised counts
agree with every exact total and with every statement that counts the groups themselves. Shown by
``tests/test_rates.py`` and ``tests/test_realised.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.errors import SpanError, UnknownNameError, known
from defectmodels.evidence.periods import Periods, Span, parse_span
from defectmodels.inference.fit import Fit, once

SPAN = "span"


def eras(fit: Fit) -> dict[str, Span]:
    """Named spans that the fit's series know: leaders, presidents, policy eras."""
    return {
        name: span for series in fit.dataset.series.values() for name, span in series.eras().items()
    }


def resolve(fit: Fit, text: str, periods: Periods | None = None) -> Span:
    """Turn ``2019``, ``2019Q1..2019Q3`` or the name of an era into a span.

    Eras are cut to the periods: the fitted ones, or those given.

    Raises
    ------
    SpanError
        When it is neither, or lies outside the fitted periods.
    """
    named, periods = eras(fit), periods or fit.spec.periods
    axis = periods.span
    if text in named:
        span = named[text]
        if not span.overlaps(axis):
            raise SpanError(
                f"'{text}' ({span}) lies outside the fitted periods {axis}; choose another"
            )
        return Span(max(span.start, axis.start), min(span.end, axis.end))
    try:
        span = parse_span(text)
    except SpanError as error:
        raise SpanError(f"{error}, or the name of an era. {known(text, named)}") from None
    periods.weights(span)
    return span


def years_of(fit: Fit, periods: Periods | None = None) -> list[str]:
    """Calendar years that lie wholly inside the periods: the fitted ones, or those given."""
    span = (periods or fit.spec.periods).span
    first = span.start.year + (span.start.timetuple().tm_yday > 1)
    last = span.end.year - ((span.end.month, span.end.day) != (12, 31))
    return [str(year) for year in range(first, last + 1)]


def check_group(fit: Fit, name: str) -> str:
    """Give the group's name back, or say which there are.

    Raises
    ------
    UnknownNameError
    """
    if name not in fit.spec.groups:
        raise UnknownNameError(f"unknown group '{name}'. {known(name, fit.spec.groups)}")
    return name


def span_weights(fit: Fit, spans: Sequence[str], periods: Periods | None = None) -> xr.DataArray:
    """Share of each period's days in each span: xr.DataArray (span, period)."""
    return _span_weights(fit, tuple(spans), periods or fit.spec.periods)


@once
def _span_weights(fit: Fit, spans: tuple[str, ...], periods: Periods) -> xr.DataArray:
    rows = [periods.weights(resolve(fit, text, periods)) for text in spans]
    return xr.DataArray(
        np.array(rows),
        dims=(SPAN, names.PERIOD),
        coords={SPAN: list(spans), names.PERIOD: _labels(fit, periods)},
    )


def _labels(fit: Fit, periods: Periods) -> Any:
    """Names of periods; those of the fit as it has them, so that nothing need be compared."""
    own = fit.posterior[names.PERIOD]
    return own if periods == fit.spec.periods else list(periods.labels)


def in_units(array: xr.DataArray, units: str) -> xr.DataArray:
    """The same numbers with their unit, and no other attribute."""
    # Attributes of coordinates are seldom there, and slow to take off.
    bare = array.drop_attrs() if any(one.attrs for one in array.coords.values()) else array
    found = bare.copy(deep=False)
    found.attrs = {"units": units}
    return found


def rate(fit: Fit) -> xr.DataArray:
    """Rates: xr.DataArray (chain, draw, group, period), arrivals per person-year at risk."""
    return in_units(fit.posterior[names.RATE], "arrivals per person-year at risk")


def expected(fit: Fit, spans: Sequence[str] | None = None) -> xr.DataArray:
    """Expected arrivals.

    Returns
    -------
    xr.DataArray (chain, draw, group, period) or (chain, draw, group, span), persons
    """
    by_period = fit.posterior[names.EXPECTED]
    if spans is not None:
        by_period = _over_spans(by_period, span_weights(fit, spans))
    return in_units(by_period, "persons")


def _over_spans(by_period: xr.DataArray, weights: xr.DataArray) -> xr.DataArray:
    """Sum over periods, which are the same in both.

    Variables are combined by their dims alone: comparing labels would take longer than the sums do.
    """
    found = xr.dot(by_period.variable, weights.variable, dim=names.PERIOD)
    coords = {name: one for name, one in by_period.coords.items() if names.PERIOD not in one.dims}
    return xr.DataArray(found, coords | {SPAN: weights.coords[SPAN]}, name=by_period.name)


def like(array: xr.DataArray, values: xr.Variable) -> xr.DataArray:
    """Numbers of the same dims under the same labels."""
    return array.copy(data=values.transpose(*array.dims).values)


def annual(fit: Fit, spans: Sequence[str]) -> xr.DataArray:
    """Expected arrivals per year of each span, so that spans of unequal length compare.

    Returns
    -------
    xr.DataArray (chain, draw, group, span), persons a year; for a calendar year its own total
    """
    lengths = [calendar_years(resolve(fit, text)) for text in spans]
    by_span = expected(fit, spans)
    yearly = by_span.variable / xr.Variable(SPAN, lengths)
    return in_units(like(by_span.rename(None), yearly), "persons a year")


def calendar_years(span: Span) -> float:
    """Length in years of the calendar, so that every whole year is exactly 1."""
    total = 0.0
    for year in range(span.start.year, span.end.year + 1):
        whole = parse_span(str(year))
        total += whole.common_days(span) / whole.days
    return total


def span_rate(fit: Fit, spans: Sequence[str]) -> xr.DataArray:
    """Rate over each span: xr.DataArray (chain, draw, group, span), arrivals per person-year at risk."""
    constant, posterior = fit.constant.variables, fit.posterior.variables
    at_risk = constant["exposure"] * constant["period_years"]
    if names.LOG_EXPOSURE_FACTOR in posterior:
        at_risk = at_risk * np.exp(posterior[names.LOG_EXPOSURE_FACTOR])
    counts = expected(fit, spans).rename(None)
    years = xr.dot(at_risk, span_weights(fit, spans).variable, dim=names.PERIOD)
    return in_units(like(counts, counts.variable / years), "arrivals per person-year at risk")


def share(fit: Fit, of: str, spans: Sequence[str] | None = None) -> xr.DataArray:
    """Share of a group in the expected arrivals.

    Returns
    -------
    xr.DataArray (chain, draw, period) or (chain, draw, span), from 0 to 1
    """
    return shares(fit, (check_group(fit, of),), spans)[of]


def shares(
    fit: Fit, groups: Sequence[str], spans: Sequence[str] | None = None
) -> dict[str, xr.DataArray]:
    """Share of each of several groups, as `share`; what all have in common is worked out once."""
    counts = expected(fit, spans)
    total, found = counts.variable.sum(names.GROUP), {}
    for of in groups:
        part = counts.sel({names.GROUP: of}, drop=True)
        found[of] = in_units(like(part, part.variable / total), "share of arrivals, 0 to 1")
    return found
