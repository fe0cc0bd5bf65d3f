"""What a report quotes of a fit, so that its checks judge just that.

Invariant: every number of the report's headline is one of these. Shown by ``tests/test_quoted.py``.
"""

from __future__ import annotations

import xarray as xr

from defectmodels import names
from defectmodels.estimands.decomposition import decompose
from defectmodels.estimands.rates import SPAN, annual, shares, span_rate, years_of
from defectmodels.inference.fit import Fit, once


def comparisons(fit: Fit) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The group and the pairs of spans that the report compares.

    Returns
    -------
    str
        The model's headline group, or its first.
    tuple of (str, str)
        The headline's pairs, or the first and the last whole year; none when there is one year.
    """
    headline = fit.spec.headline
    if headline is not None:
        return headline.of, ((headline.before, headline.after), *headline.also)
    years = years_of(fit)
    return fit.spec.groups[0], ((years[0], years[-1]),) if len(years) > 1 else ()


@once
def quoted_quantities(fit: Fit) -> dict[str, xr.DataArray]:
    """Every quantity that is quoted, by name: xr.DataArray (chain, draw, ...)."""
    years = _years(fit)
    found = {"arrivals a year": annual(fit, years), "rate": span_rate(fit, years)}
    return {name: _plain(one) for name, one in found.items()} | compared_quantities(fit)


def _years(fit: Fit) -> list[str]:
    return years_of(fit) or [str(fit.spec.periods.span)]


def _plain(array: xr.DataArray) -> xr.DataArray:
    """Without coordinates that are not those of a dim."""
    return array.drop_vars([c for c in array.coords if c not in array.dims and c != SPAN])


@once
def compared_quantities(fit: Fit) -> dict[str, xr.DataArray]:
    """What is quoted but for the arrivals and rates of every year: shares, comparisons and effects."""
    (of, pairs), years = comparisons(fit), _years(fit)
    several = len(fit.spec.groups) > 1
    found: dict[str, xr.DataArray] = {}
    if several:
        each = shares(fit, fit.spec.groups, years)
        found |= {f"share of {group}": one for group, one in each.items()}
    for before, after in pairs:
        change = decompose(fit, before, after, of=of)
        label = f"{of} {before} -> {after}"
        found[f"count ratio, {label}"] = change.ratio("count")
        found[f"total ratio, {label}"] = change.ratio("total")
        for level in ("count", "rate", "total", *(("share",) if several else ())):
            found[f"{level}, {label}"] = change.data[level]
        if several:
            found[f"share ratio, {label}"] = change.ratio("share")
            found[f"part of the change in share, {label}"] = change.path("share_part")
        found[f"part of the change in count, {label}"] = change.path("count_part")
        found |= {
            f"P({name}), {label}": event.astype(float) for name, event in change.events.items()
        }
    if names.EFFECT in fit.posterior:
        found["effect"] = fit.posterior[names.EFFECT]
    return {name: _plain(one) for name, one in found.items()}
