r"""Why a share or a count changed between spans: exact, symmetric, draw by draw.

The change of a function of several factors is split by Shapley's value, which for two factors is
Das Gupta's symmetric decomposition (Das Gupta 1993, *Standardization and Decomposition of Rates*):
each factor's part is the mean, over all orders in which the factors are switched from the first
span to the second, of what switching it changes.

*Share.* The factors are the groups' expected arrivals per year. Of more than ten groups the mean
over orders is an integral, by quadrature (`_integrated`); of others every set is evaluated.

*Count.* The factors of a period's expected arrivals are its exposure, each covariate, the season
and the trend. With S the factors switched, the value is the mean over a period of the second span,
for the factors in S, and one of the first, for the others:
v(S) = (sum_b w_b prod_{j in S} f_jb) (sum_a w_a prod_{j not in S} f_ja).
So v(none) and v(all) are the two spans' arrivals per year, whatever their lengths.

Invariant: parts add to the change within 1e-9 on every draw, and the parts of a path through
several spans add along it. Shown by ``tests/test_decomposition.py``.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import pairwise
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from defectmodels import names
from defectmodels.errors import SpanError, SpecError, known
from defectmodels.estimands.rates import (
    SPAN,
    annual,
    calendar_years,
    check_group,
    like,
    resolve,
    span_rate,
)
from defectmodels.estimands.summary import INTERVAL, Probability, probability, tidy
from defectmodels.inference.fit import Fit, once

STEP = "step"
PART = "part"


def shapley(values: np.ndarray) -> np.ndarray:
    """Shapley's value of every factor.

    Parameters
    ----------
    values : np.ndarray (2 ** factors, ...)
        Value of every set of switched factors; bit j of the index says whether factor j is in it.

    Returns
    -------
    np.ndarray (factors, ...)
    """
    count, sets = int(np.log2(len(values))), np.arange(len(values))
    flat = values.reshape(len(values), -1)
    parts = np.zeros((count, flat.shape[1]))
    for factor in range(count):
        without = sets[(sets >> factor) & 1 == 0]
        sizes = [one.bit_count() for one in without.tolist()]
        weight = np.array(
            [factorial(s) * factorial(count - s - 1) / factorial(count) for s in sizes]
        )
        for some in _blocks(flat.shape[1], _AT_ONCE):
            # Sets without the factor, and beside them those with it.
            pairs = flat[:, some].reshape(-1, 2, 1 << factor, some.stop - some.start)
            change = (pairs[:, 1] - pairs[:, 0]).reshape(len(without), -1)
            parts[factor, some] = weight @ change
    return parts.reshape(count, *values.shape[1:])


def _blocks(count: int, size: int) -> list[slice]:
    """Draws a few at a time: what is made of them stays in the processor's cache."""
    return [slice(at, min(at + size, count)) for at in range(0, count, size)]


_AT_ONCE = 1000
"""So many draws of 512 sets of factors are 4 MB."""


def log_factors(fit: Fit, of: str | None = None) -> dict[str, xr.DataArray]:
    """Logarithms of the factors that make up expected arrivals, by name.

    Parameters
    ----------
    of : str, optional
        Only for this group; the dim stays.

    Returns
    -------
    dict of str to xr.DataArray
        "exposure", each covariate, "season", "trend": dims (group, period), those that are
        uncertain with (chain, draw). The baseline is the same in every period and is left out.
    """
    posterior, constant = fit.posterior, fit.constant
    if of is not None:
        place = fit.spec.groups.index(of)
        one = {names.GROUP: slice(place, place + 1)}
        posterior, constant = posterior.isel(one), constant.isel(one)
    parts = {"exposure": xr.apply_ufunc(np.log, constant["exposure"])}
    for term in fit.spec.term:
        for name, part in term.parts(posterior, constant).items():
            # A covariate may be called 'exposure', 'season' or 'trend'.
            own = term.kind == "covariates" and name in ("exposure", "season", "trend")
            parts[f"{name} ({term.kind})" if own else name] = part
    return parts


def _share_parts(counts: np.ndarray, of: int) -> np.ndarray:
    """Parts of the change in share: (group, sample) from counts (span of two, group, sample)."""
    groups = counts.shape[1]
    if groups > MOST_ENUMERATED:
        blocks = _blocks(counts.shape[2], max(1, _AT_ONCE * 4 // groups))
        return np.concatenate([_integrated(counts[..., some], of) for some in blocks], axis=1)
    values = []
    for switched in range(2**groups):
        chosen = np.array([(switched >> g) & 1 for g in range(groups)])
        mixed = counts[chosen, np.arange(groups)]
        values.append(mixed[of] / mixed.sum(axis=0))
    return shapley(np.array(values))


MOST_ENUMERATED = 10
"""Groups of which every set is evaluated, 1,024 at ten; of more, the integral is faster."""


def _integrated(counts: np.ndarray, of: int) -> np.ndarray:
    """`_share_parts` as an integral, whose cost is linear in the groups.

    Shapley's value of a factor is the mean over q from 0 to 1 of what it changes when each other
    one is switched with probability q (Owen 1972, *Multilinear Extensions of Games*). With a the
    count of the group, b_j those of the others, and 1 / x the integral of exp(-s x) over s > 0,
    E[a / (a + sum_j b_j)] = int E[a exp(-s a)] prod_j E[exp(-s b_j)] ds.
    Here E[exp(-s b_j)] = exp(-s min_j) (1 - k_j gone_j) with gone_j = 1 - exp(-s |rise_j|) and k_j
    = q for a count that rises, 1 - q for one that falls: never 0 inside, so that the product
    without one of the factors is a quotient.

    Both integrals are sums: against all sets of 2 to 12 groups they miss at most 1e-14 of the
    largest part, and parts of 1,000 groups add to the change within 1e-14.
    """
    scale = counts.max(axis=0).sum(axis=0)
    # What is not a number makes no number of its own draw alone.
    totals = np.nan_to_num(counts.min(axis=0).sum(axis=0) / scale)
    least = max(float(totals.min()), _LEAST)
    points, weights = np.polynomial.legendre.leggauss(_points(counts.shape[1], least))
    s, lengths = _half_line(least)
    s, lengths = s[:, np.newaxis] / scale, lengths[:, np.newaxis] / scale
    others = np.arange(counts.shape[1]) != of
    rise = (counts[1] - counts[0])[others]
    gone = -np.expm1(-s * np.abs(rise)[:, np.newaxis])
    up = (rise > 0)[:, np.newaxis]
    before, after = (one[of] * np.exp(-s * one[of]) for one in counts)
    common = np.exp(-s * counts[:, others].min(axis=0).sum(axis=0)) * lengths
    parts = np.zeros(counts.shape[1:])
    for q, weight in zip((1 + points) / 2, weights / 2, strict=True):
        left = 1 - np.where(up, q, 1 - q) * gone
        product = weight * common * left.prod(axis=0)
        parts[of] += ((after - before) * product).sum(axis=0)
        # What switching one of the others changes, of their product.
        moved = np.einsum("gsd,sd->gd", gone / left, (q * after + (1 - q) * before) * product)
        parts[others] -= np.sign(rise) * moved
    return parts


def _points(groups: int, least: float) -> int:
    """Points of Gauss and Legendre over q, with totals of `least` to 1.

    Half as many as there are groups integrate a polynomial of so many factors exactly. Fewer err
    as for 1 / total, by rho ** (-2 points) where the total is 0 on the ellipse rho (Trefethen 2013,
    *Approximation Theory and Approximation Practice*, theorem 19.3): here 1e-13.
    """
    away = (1 + least) / (1 - least) if least < 1 else np.inf
    rho = away + np.sqrt(away**2 - 1)
    return min((groups + 1) // 2, 1 + int(np.ceil(15 / np.log(rho))))


def _half_line(least: float) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights over s > 0 for exp(-s x) with x of `least` to 1.

    s = exp(t - exp(-t)) of Takahasi & Mori 1974, *Double Exponential Formulas for Numerical
    Integration*, with t in steps of 1/4: from s of 1e-17 to where exp(-36) is left at the least x.
    """
    t = np.arange(-3.6, np.log(36 / least), 0.25)
    s = np.exp(t - np.exp(-t))
    return s, 0.25 * (1 + np.exp(-t)) * s


_LEAST = 1e-15
"""A total below this fraction of the largest is rounding."""


def count_values(
    before: tuple[np.ndarray, np.ndarray], after: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Count for every set of switched factors, for a level of 1.

    Parameters
    ----------
    before, after : (np.ndarray (factor, sample, period), np.ndarray (period,))
        Logs of the factors in the periods of a span, and weights that add to 1.

    Returns
    -------
    np.ndarray (2 ** factors, sample)
        Bit j of the first index says whether factor j is switched.
    """
    count = len(before[0])

    def mean(span: tuple[np.ndarray, np.ndarray], chosen: list[int]) -> np.ndarray:
        logs, weights = span
        return np.exp(logs[chosen].sum(axis=0)) @ weights

    values = []
    for switched in range(2**count):
        inside = [j for j in range(count) if (switched >> j) & 1]
        outside = [j for j in range(count) if not (switched >> j) & 1]
        values.append(mean(after, inside) * mean(before, outside))
    return np.array(values)


@dataclass(frozen=True)
class Decomposition:
    """How a group's share and count changed along a path of spans.

    Attributes
    ----------
    of : str
        The group.
    data : xr.Dataset
        share (chain, draw, span), count (the same; persons a year), rate (the same; arrivals per
        person-year at risk), total, share_change
        and count_change (chain, draw, step), share_part (chain, draw, step, group) and count_part
        (chain, draw, step, part).
    """

    of: str
    data: xr.Dataset

    @property
    def events(self) -> dict[str, xr.DataArray]:
        """What can be asked of the first and the last span: xr.DataArray (chain, draw), bool."""
        found = {}
        for name in ("share", "count", "total"):
            first, last = self._ends(name)
            found[f"{name}_up"] = like(last, last.variable > first.variable)
        return found

    def _ends(self, of: str) -> tuple[xr.DataArray, xr.DataArray]:
        """Values of the first and the last span: xr.DataArray (chain, draw)."""
        values = self.data[of]
        return values.isel({SPAN: 0}, drop=True), values.isel({SPAN: -1}, drop=True)

    def prob(self, event: str) -> Probability:
        """Posterior probability of an event.

        Parameters
        ----------
        event : str
            Made of share_up, count_up, total_up with ``&``, ``|``, ``~`` and brackets.

        Raises
        ------
        SpecError
            When it is made of anything else.
        """
        return probability(_evaluate(event, self.events))

    def ratio(self, of: str) -> xr.DataArray:
        """Last span over first: xr.DataArray (chain, draw); `of` is share, count, rate or total."""
        first, last = self._ends(of)
        return like(last, last.variable / first.variable).assign_attrs(units="ratio")

    def path(self, part: str) -> xr.DataArray:
        """Sum 'share_part' or 'count_part' along the path."""
        return self.data[part].sum(STEP).assign_attrs(self.data[part].attrs)

    def table(self, interval: float = INTERVAL) -> pd.DataFrame:
        """Parts of both changes along the whole path, with intervals."""
        share = (
            tidy(self.path("share_part"), interval)
            .rename(columns={names.GROUP: PART})
            .assign(change="share")
        )
        count = tidy(self.path("count_part"), interval).assign(change="count")
        return pd.concat([share, count], ignore_index=True)


def _evaluate(event: str, known_events: dict[str, xr.DataArray]) -> xr.DataArray:
    def walk(node: ast.AST) -> xr.DataArray:
        if isinstance(node, ast.Name):
            if node.id not in known_events:
                raise SpecError(f"unknown event '{node.id}'. {known(node.id, known_events)}")
            return known_events[node.id]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
            return ~walk(node.operand)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
            return walk(node.left) & walk(node.right)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return walk(node.left) | walk(node.right)
        raise SpecError(f"'{event}' is no event; join {', '.join(known_events)} with &, | and ~")

    try:
        return walk(ast.parse(event.strip(), mode="eval").body)
    except SyntaxError:
        raise SpecError(
            f"'{event}' is no event; join {', '.join(known_events)} with &, | and ~"
        ) from None


def sampled(fit: Fit, array: xr.DataArray) -> np.ndarray:
    """np.ndarray (sample, period) of a factor of one group."""
    sizes, dims = fit.posterior.sizes, (*names.SAMPLE, names.PERIOD)
    own = array.transpose(*(dim for dim in dims if dim in array.dims)).values
    shape = tuple(sizes[dim] if dim in array.dims else 1 for dim in dims)
    full = np.broadcast_to(own.reshape(shape), tuple(sizes[dim] for dim in dims))
    return full.reshape(-1, full.shape[-1])


@once
def factors_of(fit: Fit, of: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Logs of a group's factors, each (sample, period), and the level (sample,) that they multiply."""
    logs = {
        name: one.isel({names.GROUP: 0}, drop=True) for name, one in log_factors(fit, of).items()
    }
    # A covariate that does not act on the group has no part.
    logs = {
        name: one
        for name, one in logs.items()
        if name == "exposure" or bool((one.values != 0).any())
    }
    arrays = {name: sampled(fit, one) for name, one in logs.items()}
    # The level is the same in every period.
    first = fit.posterior[names.EXPECTED].sel({names.GROUP: of}).isel({names.PERIOD: 0})
    expected = first.transpose(*names.SAMPLE).values.ravel()
    years = fit.constant["period_years"].values[0]
    return arrays, np.exp(np.log(expected / years) - sum(one[:, 0] for one in arrays.values()))


def span_factors(
    fit: Fit, text: str, factors: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Factors in the periods of a span, and weights that add to 1.

    The days of the span's calendar year against 365.25 belong to the exposure.
    """
    span = resolve(fit, text)
    weights = (
        fit.spec.periods.weights(span) * fit.constant["period_years"].values / calendar_years(span)
    )
    inside = weights > 0
    logs = np.array(list(factors.values()))[:, :, inside]
    logs[list(factors).index("exposure")] += np.log(weights.sum())
    return logs, weights[inside] / weights.sum()


MOST_FACTORS = 16
"""Factors of a count: every set of them is evaluated, 65,536 at 16."""


@once
def decompose(fit: Fit, *spans: str, of: str) -> Decomposition:
    """Split the change of a group's share and count between spans into its parts.

    Parameters
    ----------
    fit : Fit
    *spans : str
        Two or more: ``2019``, ``2019Q1..2019Q3``, names of eras; in the order of the path.
    of : str
        The group.

    Returns
    -------
    Decomposition

    Raises
    ------
    SpanError
        When fewer than two spans are given, or one is none.
    UnknownNameError
        When there is no such group.
    """
    check_group(fit, of)
    if len(spans) < 2:
        raise SpanError("a decomposition needs two spans or more, for example '2019' and '2023'")
    labels = [f"{i}: {name}" if spans.count(name) > 1 else name for i, name in enumerate(spans)]
    place = fit.spec.groups.index(of)
    counts = annual(fit, spans)
    total = counts.variable.sum(names.GROUP)
    own = counts.variable.isel({names.GROUP: place})
    rates = span_rate(fit, spans).variable.isel({names.GROUP: place})
    shape = (counts.sizes["chain"], counts.sizes["draw"])
    by_span = counts.transpose(SPAN, names.GROUP, *names.SAMPLE).values.reshape(
        len(spans), counts.sizes[names.GROUP], -1
    )
    share_parts = [_share_parts(by_span[i : i + 2], place) for i in range(len(spans) - 1)]
    factors, level = factors_of(fit, of)
    if len(factors) > MOST_FACTORS:
        raise SpecError(
            f"'{of}' has {len(factors)} factors, a decomposition takes at most {MOST_FACTORS}; "
            "use fewer covariates"
        )
    slices = [span_factors(fit, text, factors) for text in spans]
    count_parts = [shapley(count_values(a, b)) * level for a, b in pairwise(slices)]
    share, persons = "share of arrivals, 0 to 1", "persons a year"
    variables = {
        "share": _in(share, own / total),
        "count": _in(persons, own),
        "total": _in(persons, total),
        "rate": _in(rates.attrs["units"], rates),
        "share_part": _in(share, _parts(share_parts, (STEP, names.GROUP), shape)),
        "count_part": _in(persons, _parts(count_parts, (STEP, PART), shape)),
    }
    for name in ("share", "count"):
        own = variables[name]
        ends = own.isel({SPAN: slice(1, None)}) - own.isel({SPAN: slice(None, -1)})
        variables[f"{name}_change"] = _in(own.attrs["units"], _renamed(ends, SPAN, STEP))
    coords: dict[str, Any] = {dim: counts[dim] for dim in names.SAMPLE}
    coords |= {
        SPAN: labels,
        STEP: [f"{a} -> {b}" for a, b in pairwise(labels)],
        names.GROUP: counts.coords[names.GROUP],
        PART: list(factors),
    }
    return Decomposition(of, xr.Dataset(variables, coords))


def _in(units: str, found: xr.Variable) -> xr.Variable:
    """The same numbers with their unit."""
    return xr.Variable(found.dims, found.values, {"units": units})


def _renamed(found: xr.Variable, old: str, new: str) -> xr.Variable:
    return xr.Variable([new if dim == old else dim for dim in found.dims], found.values)


def _parts(parts: list[np.ndarray], dims: tuple[str, str], shape: tuple[int, int]) -> xr.Variable:
    """Parts of each step, np.ndarray (part, sample), under the names of their dims, chain and draw first."""
    values = np.array(parts)
    found = xr.Variable((*dims, *names.SAMPLE), values.reshape(*values.shape[:2], *shape))
    return found.transpose(*names.SAMPLE, *dims)
