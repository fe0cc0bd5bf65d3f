r"""Probability of what was published, given the expected arrivals.

A directly counted row has a negative-binomial count (Poisson without frailty): mean m, and size
alpha n_eff, where n_eff = m^2 / sum_t m_t^2 is the number of independent period frailties in the
row (exact for equal m_t, matched in mean and variance otherwise).

A nested row counts persons of one directly counted row whose total N is published, on days of that
row. Given the total its count is Binomial(N, p), because a frailty common to the groups of a row
cancels. Rows that lie in several totals or reach beyond them are joint (`defectmodels.model.joint`).

Invariant: the log probability of an interval and its gradient are finite for every finite rate, and
an interval of one number has the probability of that number. Shown by ``tests/test_likelihood.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from scipy.special import gammaln

from defectmodels import names
from defectmodels.evidence.selection import Row

if TYPE_CHECKING:
    from pytensor.tensor import TensorVariable

    from defectmodels.model.design import Design

LogPmf = Callable[[Any, Any], Any]
"""Log pmf: counts (n,) and the row of each (n,) -> log probabilities (n,)."""

_TAIL = 12
"""Counts summed upwards for 'at least N', beyond half of N. They serve where the probability is
below `_SURE`, so where the mean is far below N and the terms fall fast."""
_SURE = 1e-8
"""Smallest probability of 'at least N' taken as one less that of 'fewer', which rounds to 1e-12."""
_MOST = 1.0 - 1e-9
_TINY = 1e-100
"""Smallest probability; its square is still a number, so that quotients have gradients."""
_NEVER = -1e30
"""Log probability of what cannot be; finite, so that gradients are."""
_MOST_DRAWN = 1e15
"""Largest mean of a simulated count: wide priors can reach beyond what integers hold."""


def interval_logp(log_pmf: LogPmf, rows: Sequence[Row]) -> TensorVariable:
    """Log probability that each count lies in its row's interval.

    Summing the pmf in logs keeps the value and its gradient finite where a difference of two CDFs
    gives log 0. The counts of all rows stand in one vector, so that the pmf is compiled once.

    Returns
    -------
    TensorVariable (row,)
    """
    ends = [
        row.interval.low + row.interval.low // 2 + _TAIL
        if row.interval.high is None
        else row.interval.high
        for row in rows
    ]
    segments = [
        (i, range(row.interval.low, end + 1))
        for i, (row, end) in enumerate(zip(rows, ends, strict=True))
    ]
    least = np.array([i for i, row in enumerate(rows) if row.interval.high is None], dtype=int)
    segments += [(i, range(rows[i].interval.low)) for i in least]
    counts = np.concatenate([np.array(found, dtype=float) for _, found in segments])
    of_row = np.repeat([i for i, _ in segments], [len(found) for _, found in segments])
    each = log_pmf(counts, of_row)
    if len(counts) == len(rows):
        return each
    # Pad the segments to one matrix; the last element stands for "no such count".
    width = max(len(found) for _, found in segments)
    place = np.full((len(segments), width), len(counts))
    start = 0
    for row, (_, found) in enumerate(segments):
        place[row, : len(found)] = np.arange(start, start + len(found))
        start += len(found)
    total = pt.logsumexp(pt.concatenate([each, [_NEVER]])[place], axis=1)
    if not len(least):
        return total
    # For "at least" the sum upwards is a lower bound, sharp where the count is improbable;
    # elsewhere the complement is exact.
    fewer = total[len(rows) :]
    other = pt.switch(fewer > -_SURE, _NEVER, pt.log1mexp(pt.minimum(fewer, -_SURE)))
    onto = np.eye(len(rows))[:, least]
    floor = pt.as_tensor(np.where(onto.any(axis=1), 0.0, _NEVER)) + pt.as_tensor(onto) @ other
    return pt.maximum(total[: len(rows)], floor)


def negative_binomial(mean: TensorVariable, size: TensorVariable | None) -> LogPmf:
    """Log pmf of a negative binomial; Poisson when `size` is None."""

    def log_pmf(counts: np.ndarray, rows: np.ndarray) -> Any:
        m = mean[rows]
        if size is None:
            return counts * pt.log(m) - m - gammaln(counts + 1)
        a = size[rows]
        binom = pt.gammaln(counts + a) - pt.gammaln(a) - gammaln(counts + 1)
        return binom + counts * (pt.log(m) - pt.log(a + m)) - a * pt.log1p(m / a)

    return log_pmf


def binomial(mean: TensorVariable, trials: np.ndarray) -> LogPmf:
    """Log pmf of a binomial; no count exceeds its trials."""

    def log_pmf(counts: np.ndarray, rows: np.ndarray) -> Any:
        n = trials[rows]
        p = pt.clip(mean[rows] / np.maximum(n, 1), _TINY, _MOST)
        left = np.maximum(n - counts, 0)
        binom = gammaln(n + 1) - gammaln(counts + 1) - gammaln(left + 1)
        return pt.switch(counts <= n, binom + counts * pt.log(p) + left * pt.log1p(-p), _NEVER)

    return log_pmf


def _factor(design: Design, rows: Sequence[Row], factor: TensorVariable | None) -> Any:
    """Factor of each row's definition; 1 for those that count the groups themselves."""
    if factor is None:
        return 1.0
    place = [
        design.scaled.index(d) if (d := row.statement.definition) in design.scaled else -1
        for row in rows
    ]
    return pt.concatenate([factor, np.ones(1)])[np.array(place)]


class _Sums:
    """Expected arrivals of sets of groups, gathered row by row.

    A row touches few periods, so its few cells are gathered instead of multiplying every cell by a
    weight that is mostly 0.
    """

    def __init__(self, design: Design, expected: TensorVariable) -> None:
        rows = (*design.selection.direct, *design.selection.nested)
        self._world = design.world
        sets = {(design.world(row.statement.definition), row.groups) for row in rows}
        sets |= {(0, parent.groups) for row in rows for parent in row.parents}
        self._place = {key: at for at, key in enumerate(sorted(sets))}
        own = np.eye(design.worlds)
        masks = [np.kron(own[world], design.group_mask(groups)) for world, groups in self._place]
        self._flat = (pt.as_tensor(np.array(masks)) @ expected).flatten()

    def __call__(
        self,
        counted: Sequence[tuple[str, tuple[str, ...]]],
        weights: Sequence[np.ndarray],
    ) -> TensorVariable:
        """Weighted expected arrivals: TensorVariable (row, period of the row), padded with 0.

        `counted` are the definition and the groups of each row.
        """
        touched = [np.flatnonzero(one) for one in weights]
        shape = (len(weights), max((1, *(len(one) for one in touched))))
        index, weight = np.zeros(shape, dtype=int), np.zeros(shape)
        for row, periods in enumerate(touched):
            definition, groups = counted[row]
            place = self._place[self._world(definition), groups]
            index[row, : len(periods)] = place * len(weights[row]) + periods
            weight[row, : len(periods)] = weights[row][periods]
        return self._flat[index] * weight


def direct_moments(
    design: Design,
    expected: TensorVariable,
    factor: TensorVariable | None,
    frailty: TensorVariable | None,
) -> tuple[TensorVariable, TensorVariable | None]:
    """Mean and size of the directly counted rows.

    Returns
    -------
    mean : TensorVariable (direct_row,), persons
    size : TensorVariable (direct_row,) or None without frailty
    """
    rows = design.selection.direct
    counted = [(row.statement.definition, row.groups) for row in rows]
    by_period = _Sums(design, expected)(counted, [row.weights for row in rows])
    mean = by_period.sum(axis=1)
    size = None if frailty is None else mean**2 / (by_period**2).sum(axis=1) / frailty**2
    return mean * _factor(design, rows, factor), size


def nested_moments(
    design: Design, expected: TensorVariable, factor: TensorVariable | None
) -> tuple[TensorVariable, np.ndarray]:
    """Mean and number of trials of the nested rows, given the published totals.

    Returns
    -------
    mean : TensorVariable (nested_row,), persons
    trials : np.ndarray (nested_row,), persons of the total
    """
    rows, direct = design.selection.nested, design.selection.direct
    parents = [row.parents[0] for row in rows]
    sums = _Sums(design, expected)
    counted = [(row.statement.definition, row.groups) for row in rows]
    part = sums(counted, [p.weights for p in parents]).sum(axis=1)
    totals = [("", p.groups) for p in parents]
    whole = sums(totals, [direct[p.index].weights for p in parents]).sum(axis=1)
    trials = np.array([p.count for p in parents])
    share = pt.clip(_factor(design, rows, factor) * part / whole, _TINY, _MOST)
    return trials * share, trials


def add_rows(
    design: Design,
    expected: TensorVariable,
    factor: TensorVariable | None,
    frailty: TensorVariable | None,
) -> None:
    """Add both kinds of rows to the model in context, as observed variables that can be simulated.

    The observed value of a row is the lower end of its interval; the upper end stands with the
    row in the fit's constant data.
    """
    if design.selection.direct:
        _add_direct(design, *direct_moments(design, expected, factor, frailty))
    if design.selection.nested:
        _add_nested(design, *nested_moments(design, expected, factor))


def _low(rows: Sequence[Row]) -> np.ndarray:
    return np.array([row.interval.low for row in rows])


def simulate_direct(
    mean: np.ndarray, size: np.ndarray | None = None, *, rng: np.random.Generator
) -> np.ndarray:
    """Draw counts of directly counted rows, of the shape of their means."""
    rate = mean if size is None else rng.gamma(size, mean / size)
    return rng.poisson(np.minimum(rate, _MOST_DRAWN))


def simulate_nested(mean: np.ndarray, trials: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw counts of nested rows, of the shape of their means (..., nested_row)."""
    return rng.binomial(trials, np.clip(mean / np.maximum(trials, 1), 0.0, 1.0))


def _add_direct(design: Design, mean: TensorVariable, size: TensorVariable | None) -> None:
    rows = design.selection.direct

    def logp(value: Any, mean: Any, *size: Any) -> Any:
        return interval_logp(negative_binomial(mean, size[0] if size else None), rows)

    def random(mean: Any, *args: Any, rng: Any = None, size: Any = None) -> Any:
        shape = (*(size or ()), *np.shape(mean))
        moments = [np.broadcast_to(one, shape) for one in (mean, *args)]
        return simulate_direct(*moments, rng=rng)

    parameters = (mean,) if size is None else (mean, size)
    pm.CustomDist(
        names.DIRECT_COUNT,
        *parameters,
        logp=logp,
        random=random,
        dtype="int64",
        observed=_low(rows),
        dims=names.DIRECT,
        signature=",".join(["(n)"] * len(parameters)) + "->(n)",
    )


def _add_nested(design: Design, mean: TensorVariable, trials: np.ndarray) -> None:
    rows = design.selection.nested

    def logp(value: Any, mean: Any, _trials: Any) -> Any:
        return interval_logp(binomial(mean, trials), rows)

    def random(mean: Any, trials: Any, rng: Any = None, size: Any = None) -> Any:
        shape = (*(size or ()), *np.shape(mean))
        return simulate_nested(np.broadcast_to(mean, shape), trials, rng)

    pm.CustomDist(
        names.NESTED_COUNT,
        mean,
        trials,
        logp=logp,
        random=random,
        dtype="int64",
        observed=_low(rows),
        dims=names.NESTED,
        signature="(n),(n)->(n)",
    )
