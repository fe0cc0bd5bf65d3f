"""Sum-product over realised counts: log probability and gradient in one pass, compiled.

A program (``program.py``) turns each set of statements that share persons into steps. A step adds
one independent count to the states, which are the partial sums that statements still wait for; a
statement whose sums are complete multiplies the states by what it says of them. Forward and
backward sweeps give the probability and the posterior of every count. Sums are linear with scaling;
where that could lose digits - statements far from the rates - everything is done again in logs.

A count is a sum of binomials (persons of published totals) and at most one free part (persons on
days without a total), Poisson or negative binomial. Its pmf follows from the logarithm of its
generating function by the recursion

    n c[n] = sum over k of L[k] c[n - k],   L[k] = sum_i (-1)^(k-1) T_i r_i^k + a q^k,

r = p / (1 - p), q = m / (a + m) (De Pril 1985, Recursions for convolutions of arithmetic
distributions; Panjer 1981 for the free part). Totals of which a large share is counted are
convolved by themselves, and in logs binomials are convolved one by one under an exponential tilt,
in which nothing cancels and nothing underflows. The last entry of a table may stand for "this many
or more".

All of it is one file: compiled code is kept on disk by file, and would not notice that a function
it calls from another file has changed.

Invariant: log probability and gradient equal enumeration to 1e-8, and are finite for all rates.
Shown by ``tests/test_counting.py``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import carray, njit

EXTRA = 32
"""Entries beyond the last of a table with a tail; they make its tail where the mean is far below."""
compiled = njit(cache=True, error_model="numpy", nogil=True)
"""Compiled once a machine: quotients by 0 are infinite, and other threads may run."""
inlined = njit(cache=True, error_model="numpy", nogil=True, inline="always")
"""For functions that do little with many arrays: handing them over would cost more."""
_TRUNCATE = 1e-22
"""Entries of a pmf below it, beyond the mean, are left out."""
_DECAY = 41.0
"""-log of the relative size of the first term of the recursion that is left out."""
_RARE = 1e-6
"""Tails below it are summed upwards; above, one less the rest has ten good digits."""
_SMALL = -600.0
"""Least log probability of no person with which a table can begin."""
_STEEP = 0.15
"""Odds above which a total is convolved by itself instead."""
_CANCELS = 4.0
"""Sum of trials by squared odds beyond which the recursion loses more digits than a few."""
_EMPTY = 1e-14
"""Last entry of a table up to which it counts as reaching the end."""
_OFF = 1e-30
"""Entries of a binomial below it, relative to the largest, are left out."""
_FAR_OUT = 1e-280
"""Probability under a tilt below which a count is left to another tilt: one over it would be no number."""
_LEFT = 1e-12
"""Probability of counts that may be left out of derivatives."""
_TILTS = 8
"""Most tilts that derivatives are taken under."""


@compiled
def _steep(p, trials):
    """Odds above which totals are convolved by themselves.

    `_STEEP`, or less where the recursion of the others would cancel or begin with no number.
    """
    above = _STEEP
    while above > 1e-6:
        second, zero = 0.0, 0.0
        for i in range(len(p)):
            r = p[i] / (1.0 - p[i])
            if r <= above:
                second += trials[i] * r * r
                zero += trials[i] * math.log1p(-p[i])
        if second <= _CANCELS and zero >= _SMALL:
            break
        above *= 0.5
    return above


@compiled
def _with_binomial(p, trials, out, filled):
    """Convolve the first `filled` entries of `out` with a binomial, in place; how many are filled then.

    Nothing cancels: all terms are positive. The binomial is followed from its mode to both sides and
    divided by its sum.
    """
    end, r = len(out) - 1, p / (1.0 - p)
    mode = min(int((trials + 1) * p), trials)
    pmf = np.zeros(min(trials, end) + 1)
    low, high, total = mode, mode, 1.0
    if mode < len(pmf):
        pmf[mode] = 1.0
    value = 1.0
    while low > 0:
        value *= low / (r * (trials - low + 1))
        if value < _OFF:
            break
        low -= 1
        total += value
        if low < len(pmf):
            pmf[low] = value
    value = 1.0
    while high < trials:
        value *= r * (trials - high) / (high + 1)
        if value < _OFF:
            break
        high += 1
        total += value
        if high < len(pmf):
            pmf[high] = value
    found = np.zeros(end + 1)
    high = min(high, len(pmf) - 1)
    for n in range(filled):
        value = out[n] / total
        ahead = found[min(n + low, end + 1) : n + high + 1]
        own = pmf[low : low + len(ahead)]
        for k in range(len(own)):
            ahead[k] += own[k] * value
    out[:] = found
    return min(filled + high, end + 1) if low < len(pmf) else 1


@compiled
def series(p, trials, mean, size, out, terms, least, last, tail):
    """Fill `out` with the pmf by the recursion.

    Parameters
    ----------
    least : float
        Entries below it, beyond the mean, are left out.
    last : int
        Last entry that is asked for.
    tail : bool
        Whether that entry stands for all that follow; `out` goes on beyond it to make its tail, which
        is not needed where the tail is one less the rest.

    Returns
    -------
    int
        Entries filled, the rest being 0; 0 when the recursion cannot be used.
    int
        Terms of the logarithm kept in `terms`.
    float
        Bound on the error, relative to the largest entry.
    """
    above = _steep(p, trials)
    zero = 0.0
    ratio = 0.0
    first = 0.0
    second = 0.0
    steep = False
    for i in range(len(p)):
        r = p[i] / (1.0 - p[i])
        if r > above:
            steep = True
            continue
        zero += trials[i] * math.log1p(-p[i])
        ratio = max(ratio, r)
        first += trials[i] * r
        second += trials[i] * r * r
    if mean > 0.0:
        zero += -mean if size <= 0.0 else -size * math.log1p(mean / size)
    q = 0.0
    if mean > 0.0 and size > 0.0:
        q = mean / (size + mean)
        first += size * q
        ratio = max(ratio, q)
    elif mean > 0.0:
        first += mean
    if zero < _SMALL or ratio > 0.95:
        return 0, 0, 0.0
    end = len(out) - 1
    kept = end
    if ratio <= 0.0:
        kept = min(end, 1)
    elif ratio < 0.9:
        kept = min(end, int(_DECAY / -math.log(ratio)) + 1)
    for k in range(1, kept + 1):
        terms[k] = 0.0
    for i in range(len(p)):
        r = p[i] / (1.0 - p[i])
        if r > above:
            continue
        power = trials[i] * r
        for k in range(1, kept + 1):
            terms[k] += power
            power *= -r
    if q > 0.0:
        power = size * q
        for k in range(1, kept + 1):
            terms[k] += power
            power *= q
    elif mean > 0.0 and kept >= 1:
        terms[1] += mean
    for n in range(1, end + 1):
        out[n] = 0.0
    out[0] = math.exp(zero)
    filled = end + 1
    below = 0.0
    for n in range(end + 1):
        value = out[n] * (1.0 / max(n, 1))
        if value < 0.0:
            value = 0.0
        out[n] = value
        if n > first and value < least:
            filled = n
            break
        if n == last and tail and not steep and 1.0 - below > _RARE:
            filled = n + 1
            break
        below += value
        # Every entry is handed on to those that it is part of: sums that wait for nothing.
        ahead = out[n + 1 : n + 1 + kept]
        for k in range(len(ahead)):
            ahead[k] += terms[k + 1] * value
    for n in range(filled, min(filled + kept, end) + 1):
        out[n] = 0.0
    if steep:
        for i in range(len(p)):
            if p[i] / (1.0 - p[i]) > above:
                filled = _with_binomial(p[i], trials[i], out, filled)
    return filled, kept, 1e-15 * math.exp(second)


@compiled
def _middle(trials, mean, reach):
    """Target of a tilt under which no entry of a table is far out."""
    target = 0.5 * reach + 0.25
    return target if mean > 0.0 else min(target, 0.5 * trials.sum())


@compiled
def _one_fewer(i, p, trials, mean, size, pmf):
    """The pmf with one trial of total `i` fewer: np.ndarray (entry,).

    One trial is taken out from the beginning where less than half is counted, and else from the end, if the table
    reaches it: only so errors die out. Elsewhere the pmf is made anew.
    """
    count, share = len(pmf), p[i]
    fewer = np.zeros(count)
    if share < 0.5:
        before = 0.0
        for n in range(count):
            before = (pmf[n] - share * before) / (1.0 - share)
            fewer[n] = before
    elif pmf[count - 1] <= _EMPTY:
        after = 0.0
        for n in range(count - 1, 0, -1):
            after = (pmf[n] - (1.0 - share) * after) / share
            fewer[n - 1] = after
    else:
        left = trials.copy()
        left[i] -= 1
        series(p, left, mean, size, fewer, np.empty(count + 3), _TRUNCATE, count - 1, False)
    return fewer


@compiled
def series_derivatives(p, trials, mean, size, pmf, filled, kept, upon, moved, dp):
    """Derivatives of sum_n upon[n] pmf[n], into `dp`, np.ndarray (part,).

    Returns
    -------
    float, float
        Derivatives with respect to the free part's mean and size.
    """
    # Beyond what is filled the pmf is 0 for all rates.
    filled = min(filled, len(upon))
    top = min(kept + 2, filled + 1)
    # moved[k] = sum_n upon[n] pmf[n - k], added up for all k at once
    for k in range(max(top, 1)):
        moved[k] = 0.0
    for n in range(filled):
        ahead = upon[n : min(n + top, filled)]
        for k in range(len(ahead)):
            moved[k] += pmf[n] * ahead[k]
    above = _steep(p, trials)
    for i in range(len(p)):
        r = p[i] / (1.0 - p[i])
        if trials[i] == 0:
            dp[i] = 0.0
        elif r > above:
            fewer = _one_fewer(i, p, trials, mean, size, pmf)
            total = 0.0
            for n in range(len(upon)):
                total += upon[n] * ((fewer[n - 1] if n else 0.0) - fewer[n])
            dp[i] = trials[i] * total
        else:
            power = 1.0
            total = 0.0
            for k in range(top - 1):
                total += power * (moved[k + 1] - moved[k])
                power *= -r
            total += power * -moved[max(top, 1) - 1]
            dp[i] = trials[i] / (1.0 - p[i]) * total
    if mean <= 0.0:
        return moved[1] - moved[0] if top > 1 else -moved[0], 0.0
    if size <= 0.0:
        return (moved[1] if top > 1 else 0.0) - moved[0], 0.0
    q = mean / (size + mean)
    dmean = 0.0
    dsize = (math.log1p(-q) + mean / size * (1.0 - q)) * moved[0]
    power = 1.0
    for k in range(top):
        after = moved[k + 1] if k + 1 < top else 0.0
        dmean -= (1.0 - q) * power * (moved[k] - after)
        if k >= 1:
            dsize += (power / k + mean / size * (1.0 - q) * (power - power / q)) * moved[k]
        power *= q
    return dmean, dsize


@compiled
def _tilt(p, trials, mean, size, target, slack):
    """Log of a tilt under which the expected count is less than `slack` from `target`."""
    low = -800.0
    high = 800.0
    if mean > 0.0 and size > 0.0:
        high = math.log((size + mean) / mean)
    plain = np.empty(len(p))
    for i in range(len(p)):
        plain[i] = math.log(p[i]) - math.log1p(-p[i])
    for _ in range(80):
        middle = 0.5 * (low + high)
        found = 0.0
        for i in range(len(p)):
            odds = plain[i] + middle
            found += trials[i] / (1.0 + math.exp(-odds)) if odds > -700 else 0.0
        if mean > 0.0:
            if size > 0.0:
                q = math.exp(math.log(mean / (size + mean)) + middle)
                found += size * q / max(1.0 - q, 1e-300)
            else:
                found += math.exp(min(math.log(mean) + middle, 700.0))
        if abs(found - target) < slack:
            return middle
        if found < target:
            low = middle
        else:
            high = middle
    return low


@compiled
def tilted(p, trials, mean, size, target, reach, partial, single, slack=0.0, least=0.0):
    """Convolve the parts one by one under a tilt.

    Parameters
    ----------
    target : float
        Count that is to be the expected one under the tilt.
    reach : int
        Largest count.
    partial : np.ndarray (part + 2, reach + 1)
        Filled with the tilted pmf of the first parts together.
    single : np.ndarray (part + 1, reach + 1)
        Filled with the tilted pmf of each part, the free one last.
    slack : float
        How far from `target` the expected count may be: all tilts give the same up to rounding.
    least : float
        Entries of a part below it, beyond its mode, are left out.

    Returns
    -------
    float, float
        Log of the tilt t, and log of its normalisation g:
        log pmf[n] = log partial[-1][n] + g - n t.
    """
    most = 0.0
    for i in range(len(p)):
        most += trials[i]
    if mean <= 0.0:
        target = min(target, most - 0.25)
    t = _tilt(p, trials, mean, size, target, slack)
    g = 0.0
    count = len(p) + 1
    for i in range(len(p)):
        odds = math.log(p[i]) - math.log1p(-p[i]) + t
        log_zero = -trials[i] * (math.log1p(math.exp(odds)) if odds < 30 else odds)
        g += trials[i] * math.log1p(-p[i]) - log_zero
        value = log_zero
        end = reach + 1
        for n in range(reach + 1):
            single[i, n] = math.exp(value) if n <= trials[i] else 0.0
            if n > 0 and single[i, n] < least and single[i, n] < single[i, n - 1]:
                end = n
                break
            if n < trials[i]:
                value += math.log((trials[i] - n) / (n + 1.0)) + odds
        for n in range(end, reach + 1):
            single[i, n] = 0.0
    for n in range(reach + 1):
        single[count - 1, n] = 0.0
    single[count - 1, 0] = 1.0
    if mean > 0.0 and size > 0.0:
        odds = math.log(mean / (size + mean)) + t
        q = min(math.exp(odds), 1.0 - 1e-12)
        g += size * (-math.log1p(mean / size) - math.log1p(-q))
        value = size * math.log1p(-q)
        for n in range(reach + 1):
            single[count - 1, n] = math.exp(value)
            value += math.log((n + size) / (n + 1.0) * q)
    elif mean > 0.0:
        tilted_mean = math.exp(min(math.log(mean) + t, 700.0))
        g += tilted_mean - mean
        value = -tilted_mean
        for n in range(reach + 1):
            single[count - 1, n] = math.exp(value)
            value += math.log(tilted_mean / (n + 1.0))
    for n in range(reach + 1):
        partial[0, n] = 0.0
    partial[0, 0] = 1.0
    for i in range(count):
        for n in range(reach + 1):
            partial[i + 1, n] = 0.0
        for m in range(reach + 1):
            value = single[i, m]
            if value == 0.0:
                continue
            # Every count of the part is added to all sums at once: they wait for nothing.
            sums, before = partial[i + 1, m:], partial[i]
            for n in range(len(sums)):
                sums[n] += before[n] * value
    return t, g


@compiled
def tilted_derivatives(p, trials, mean, size, reach, partial, single, mass, adjoint, dp):
    """Derivatives of the log probability when `mass`[n] of it rests on count n, into `dp`.

    `mass` may be signed; `adjoint` is np.ndarray (2, reach + 1) to work in.

    Returns
    -------
    float, float
        Derivatives with respect to the free part's mean and size.
    """
    count = len(p) + 1
    whole = 0.0
    for n in range(reach + 1):
        whole += mass[n]
        there = partial[count, n]
        adjoint[0, n] = mass[n] / there if there > 0.0 else 0.0
    dmean = 0.0
    dsize = 0.0
    for back in range(count):
        i = count - 1 - back
        persons = 0.0
        shape = 0.0
        harmonic = 0.0
        for m in range(reach + 1):
            total = 0.0
            if single[i, m] > 0.0:
                for n in range(m, reach + 1):
                    total += adjoint[0, n] * partial[i, n - m]
                persons += m * single[i, m] * total
                shape += harmonic * single[i, m] * total
            if i == count - 1 and size > 0.0:
                harmonic += 1.0 / (size + m)
        if i == count - 1:
            if mean > 0.0 and size > 0.0:
                dmean = (persons - mean * whole) / (mean * (1.0 + mean / size))
                dsize = shape + (
                    math.log(size / (size + mean)) * whole
                    + (mean * whole - persons) / (size + mean)
                )
            elif mean > 0.0:
                dmean = persons / mean - whole
        else:
            dp[i] = (persons - trials[i] * p[i] * whole) / (p[i] * (1.0 - p[i]))
        for n in range(reach + 1):
            total = 0.0
            for m in range(reach + 1 - n):
                total += adjoint[0, n + m] * single[i, m]
            adjoint[1, n] = total
        for n in range(reach + 1):
            adjoint[0, n] = adjoint[1, n]
    return dmean, dsize


@compiled
def close_tail(pmf, filled, last):
    """Turn entry `last` of a pmf, of which `filled` are not 0, into "this many or more".

    Returns
    -------
    float
        What stood there before.
    bool
        Whether the tail is one less the rest (or else the sum of the entries that follow).
    """
    below = 0.0
    for n in range(min(last, filled)):
        below += pmf[n]
    before = pmf[last]
    beyond = 0.0
    for n in range(last, filled):
        beyond += pmf[n]
    if 1.0 - below > _RARE and 1.0 - below > beyond:
        pmf[last] = 1.0 - below
        return before, True
    pmf[last] = beyond
    return before, False


SECTIONS = (
    "component_step",
    "component_table",
    "component_factor",
    "component_split",
    "step_table",
    "step_in",
    "step_out",
    "step_pointer",
    "pointer",
    "run_state",
    "run_low",
    "run_high",
    "run_factor",
    "run_chain",
    "table_kind",
    "table_last",
    "table_tail",
    "table_limit",
    "table_link",
    "table_free",
    "table_constant",
    "table_split",
    "link",
    "trials",
    "factor_pattern",
    "pattern",
    "pattern_weight",
    "weight",
    "split_table",
    "split_member",
    "split_trials",
    "split_whole",
    "factor_constant",
)
"""Sections of the packed integers, in order; the first len(SECTIONS) + 1 are where they begin."""
(
    COMPONENT_STEP,
    COMPONENT_TABLE,
    COMPONENT_FACTOR,
    COMPONENT_SPLIT,
    STEP_TABLE,
    STEP_IN,
    STEP_OUT,
    STEP_POINTER,
    POINTER,
    RUN_STATE,
    RUN_LOW,
    RUN_HIGH,
    RUN_FACTOR,
    RUN_CHAIN,
    TABLE_KIND,
    TABLE_LAST,
    TABLE_TAIL,
    TABLE_LIMIT,
    TABLE_LINK,
    TABLE_FREE,
    TABLE_CONSTANT,
    TABLE_SPLIT,
    LINK,
    TRIALS,
    FACTOR_PATTERN,
    PATTERN,
    PATTERN_WEIGHT,
    WEIGHT,
    SPLIT_TABLE,
    SPLIT_MEMBER,
    SPLIT_TRIALS,
    SPLIT_WHOLE,
    FACTOR_CONSTANT,
) = range(len(SECTIONS))

SINGLE, SHARED, SERIES = 0, 1, 2
"""Kinds of tables: one binomial; a part of a total that other statements cut too; a sum."""
_FLOOR = 1e-12
"""Least share of a total that its atoms leave; below it the gradient by them stops."""
_SURE = -25.0
"""Least log probability for which linear sums are trusted."""
_PRUNED = 1e-22
"""States below it, relative to the most probable one, are left out; with `_SURE`, an error of 1e-8 at
most, since what is left out is at most so many times as probable as all statements together."""
_USUAL = -8.0
"""Least log probability for which coarser pruning does: of 300 states an error of 1e-10."""
_COARSE = 1e-16
"""Pruning of entries and states where statements are as probable as that."""
_WORST = 1e-7
"""Largest error of a log probability that the recursion may make by its (pessimistic) bound."""
_NEVER = -1e300
"""Logarithm of 0; finite, so that differences are."""
_CHAIN = 4
"""Fewest runs of a chain that are taken together."""
_TRIES = 100
"""Draws after which a tail counts as rare."""
_SLACK = 0.25
"""Persons by which a tilt under which counts are only drawn may miss."""


class _Work(NamedTuple):
    """Space that is worked in, made once for all components.

    Attributes
    ----------
    begin : np.ndarray (table + 1,), where each table begins among the entries
    table, rho, below, above : np.ndarray (entry,)
        Pmf of each part, its derivative, and its sums from either side.
    reach, filled, kept, error, before, complement, slope : np.ndarray (table,)
        Last entry that counts; what `series` and `close_tail` say of the table; derivative by the
        mean of a shared table.
    share, ahead : np.ndarray (link of a table,)
        Shares of published totals that each table adds up, and the derivatives by them.
    log_z, linear : np.ndarray (component,)
        Log probability, and whether the recursion could be used.
    low, high, terms, upon, moved : np.ndarray, as long as the longest table and more
    """

    begin: np.ndarray
    table: np.ndarray
    rho: np.ndarray
    below: np.ndarray
    above: np.ndarray
    reach: np.ndarray
    filled: np.ndarray
    kept: np.ndarray
    error: np.ndarray
    before: np.ndarray
    complement: np.ndarray
    slope: np.ndarray
    share: np.ndarray
    ahead: np.ndarray
    log_z: np.ndarray
    linear: np.ndarray
    low: np.ndarray
    high: np.ndarray
    terms: np.ndarray
    upon: np.ndarray
    moved: np.ndarray


@compiled
def _work(p, ints):
    components = ints[COMPONENT_STEP + 1] - ints[COMPONENT_STEP] - 1
    links = ints[LINK + 1] - ints[LINK]
    share = np.empty(links)
    for i in range(links):
        share[i] = p[ints[ints[LINK] + i]]
    limits = ints[TABLE_LIMIT]
    tables = ints[TABLE_LIMIT + 1] - limits
    begin = np.zeros(tables + 1, dtype=np.int64)
    longest = 0
    for k in range(tables):
        begin[k + 1] = begin[k] + ints[limits + k] + 1
        longest = max(longest, ints[limits + k] + 1)
    entries = begin[tables]
    return _Work(
        begin,
        np.empty(entries),
        np.empty(entries),
        np.empty(entries),
        np.empty(entries),
        np.empty(tables, dtype=np.int64),
        np.empty(tables, dtype=np.int64),
        np.empty(tables, dtype=np.int64),
        np.zeros(tables),
        np.empty(tables),
        np.zeros(tables, dtype=np.bool_),
        np.zeros(tables),
        share,
        np.zeros(links),
        np.full(components, -np.inf),
        np.ones(components, dtype=np.bool_),
        np.empty(longest),
        np.empty(longest),
        np.empty(longest + 2),
        np.empty(longest),
        np.empty(longest + 3),
    )


@compiled
def _sweep(ints, values, work, used, pruned, least, backward):
    """Forward and backward sweep of each component that is not yet more probable than `least`.

    Fills `log_z`, and where the backward sweep is made too `rho` up to `reach`, and `used`.

    A run of counts that starts at 0 or reaches the table's end takes a cumulative sum, from its own
    side, so that no probability is a difference. States keep their probabilities as they are: where
    the last one would be too small for that, the answer is not used. (The same lines stand twice: a
    function that is given arrays costs more here than what it does.)
    """
    steps, pointer = ints[COMPONENT_STEP], ints[POINTER]
    run_state, run_factor = ints[RUN_STATE], ints[RUN_FACTOR]
    run_low, run_high, run_chain = ints[RUN_LOW], ints[RUN_HIGH], ints[RUN_CHAIN]
    step_table, step_pointer = ints[STEP_TABLE], ints[STEP_POINTER]
    step_in, step_out = ints[STEP_IN], ints[STEP_OUT]
    begin, reach, table, rho = work.begin, work.reach, work.table, work.rho
    below, above, low, high = work.below, work.above, work.low, work.high
    factors, tables, lasts = ints[COMPONENT_FACTOR], ints[COMPONENT_TABLE], ints[TABLE_LAST]
    components, all_steps = len(work.log_z), ints[STEP_TABLE + 1] - step_table
    most = 1
    for c in range(components):
        size = 1
        for s in range(ints[steps + c], ints[steps + c + 1]):
            size += ints[step_out + s]
        most = max(most, size)
    alpha, beta = np.empty(most), np.empty(most)
    touched = np.empty(all_steps + 1, dtype=np.int64)
    for c in range(components):
        if work.log_z[c] > least or not work.linear[c]:
            continue
        work.log_z[c] = -np.inf
        factor = ints[factors + c]
        for f in range(factor, ints[factors + c + 1]):
            used[f] = 0.0
        for k in range(ints[tables + c], ints[tables + c + 1]):
            # The entry of a tail stands for more than itself.
            last = ints[lasts + k]
            if table[begin[k] + last] <= pruned:
                last = min(last, work.filled[k] - 1)
            while last > 0 and table[begin[k] + last] <= pruned:
                last -= 1
            reach[k] = last
        first, end = ints[steps + c], ints[steps + c + 1]
        size = 1
        for s in range(first, end):
            size += ints[step_out + s]
        for x in range(size):
            alpha[x] = 0.0
        alpha[0] = 1.0
        touched[first] = 0
        at = 0
        for s in range(first, end):
            k = ints[step_table + s]
            w, far = begin[k], reach[k]
            total = 0.0
            for n in range(w, w + far + 1):
                total += table[n]
                below[n] = total
            total = 0.0
            for n in range(w + far, w - 1, -1):
                total += table[n]
                above[n] = total
            after = at + ints[step_in + s]
            base = ints[step_pointer + s]
            most = after
            for x in range(touched[s] - at + 1):
                here = alpha[at + x]
                if here <= pruned:
                    continue
                r, stop = ints[pointer + base + x], ints[pointer + base + x + 1]
                while r < stop:
                    lo, hi = ints[run_low + r], ints[run_high + r]
                    if lo > far:
                        break
                    o = after + ints[run_state + r]
                    value = here * values[factor + ints[run_factor + r]]
                    chain = ints[run_chain + r]
                    if chain >= _CHAIN:
                        count = min(chain, far - lo + 1)
                        i, j = np.uint64(w + lo), np.uint64(o)
                        for n in range(np.uint64(count)):
                            alpha[j + n] += value * table[i + n]
                        most = max(most, o + count - 1)
                        r += chain
                        continue
                    if lo == hi:
                        mass = table[w + lo]
                    elif lo == 0:
                        mass = below[w + min(hi, far)]
                    elif hi >= far:
                        mass = above[w + lo]
                    else:
                        mass = 0.0
                        for n in range(w + lo, w + hi + 1):
                            mass += table[n]
                    alpha[o] += value * mass
                    most = max(most, o)
                    r += 1
            touched[s + 1] = most
            at = after
        z = alpha[at]
        if not z > 0.0:
            continue
        work.log_z[c] = math.log(z)
        if not backward:
            continue
        beta[at] = 1.0 / z
        for back in range(end - first):
            s = end - 1 - back
            k = ints[step_table + s]
            w, far = begin[k], reach[k]
            for n in range(far + 1):
                rho[w + n] = 0.0
                low[n] = 0.0
                high[n] = 0.0
            base = ints[step_pointer + s]
            after = at
            at -= ints[step_in + s]
            for x in range(touched[s] - at + 1):
                here = alpha[at + x]
                if here <= pruned:
                    beta[at + x] = 0.0
                    continue
                found = 0.0
                r, stop = ints[pointer + base + x], ints[pointer + base + x + 1]
                while r < stop:
                    lo, hi = ints[run_low + r], ints[run_high + r]
                    if lo > far:
                        break
                    o, f = after + ints[run_state + r], factor + ints[run_factor + r]
                    chain = ints[run_chain + r]
                    if chain >= _CHAIN:
                        count = min(chain, far - lo + 1)
                        value = here * values[f]
                        i, j = np.uint64(w + lo), np.uint64(o)
                        for n in range(np.uint64(count)):
                            rho[i + n] += value * beta[j + n]
                        mass = 0.0
                        for n in range(np.uint64(count)):
                            mass += table[i + n] * beta[j + n]
                        found += mass * values[f]
                        used[f] += here * mass
                        r += chain
                        continue
                    there = beta[o]
                    value = values[f] * there
                    if lo == hi:
                        mass = table[w + lo]
                        rho[w + lo] += here * value
                    elif lo == 0:
                        hi = min(hi, far)
                        mass = below[w + hi]
                        low[hi] += here * value
                    elif hi >= far:
                        mass = above[w + lo]
                        high[lo] += here * value
                    else:
                        mass = 0.0
                        for n in range(w + lo, w + hi + 1):
                            mass += table[n]
                            rho[n] += here * value
                    found += mass * value
                    used[f] += here * mass * there
                    r += 1
                beta[at + x] = found
            total = 0.0
            for n in range(far, -1, -1):
                total += low[n]
                rho[w + n] += total
            total = 0.0
            for n in range(far + 1):
                total += high[n]
                rho[w + n] += total


@compiled
def _log_sum(lo, hi, log_table):
    top = _NEVER
    for n in range(lo, hi + 1):
        top = max(top, log_table[n])
    if top <= _NEVER:
        return _NEVER
    total = 0.0
    for n in range(lo, hi + 1):
        total += math.exp(log_table[n] - top)
    return top + math.log(total)


@compiled
def _log_add(a, b):
    if a < b:
        a, b = b, a
    return a if b <= _NEVER else a + math.log1p(math.exp(b - a))


@compiled
def _log_sweep(c, ints, values, work, used):
    """Do as `_sweep` does, in logs; fills `rho` with the posterior of each count, and `used`."""
    begin, log_table, mass = work.begin, work.table, work.rho
    steps = ints[COMPONENT_STEP]
    pointer = ints[POINTER]
    run_state, run_low, run_high = ints[RUN_STATE], ints[RUN_LOW], ints[RUN_HIGH]
    run_factor = ints[RUN_FACTOR]
    step_table, step_in, step_out = ints[STEP_TABLE], ints[STEP_IN], ints[STEP_OUT]
    step_pointer = ints[STEP_POINTER]
    first, end = ints[steps + c], ints[steps + c + 1]
    size = 1
    for s in range(first, end):
        size += ints[step_out + s]
    alpha = np.full(size, _NEVER)
    alpha[0] = 0.0
    at = 0
    for s in range(first, end):
        k = ints[step_table + s]
        w = log_table[begin[k] : begin[k + 1]]
        after = at + ints[step_in + s]
        base = ints[step_pointer + s]
        for x in range(ints[step_in + s]):
            here = alpha[at + x]
            if here <= _NEVER:
                continue
            for r in range(ints[pointer + base + x], ints[pointer + base + x + 1]):
                value = values[ints[run_factor + r]]
                if value > 0.0:
                    o = after + ints[run_state + r]
                    one = (
                        here + _log_sum(ints[run_low + r], ints[run_high + r], w) + math.log(value)
                    )
                    alpha[o] = _log_add(alpha[o], one)
        at = after
    log_z = alpha[at]
    beta = np.full(size, _NEVER)
    beta[at] = 0.0
    for back in range(end - first):
        s = end - 1 - back
        k = ints[step_table + s]
        w = log_table[begin[k] : begin[k + 1]]
        found = mass[begin[k] : begin[k + 1]]
        for n in range(len(found)):
            found[n] = 0.0
        base = ints[step_pointer + s]
        after = at
        at -= ints[step_in + s]
        for x in range(ints[step_in + s]):
            here = alpha[at + x]
            if here <= _NEVER:
                continue
            for r in range(ints[pointer + base + x], ints[pointer + base + x + 1]):
                value = values[ints[run_factor + r]]
                there = beta[after + ints[run_state + r]]
                if value <= 0.0 or there <= _NEVER:
                    continue
                log_mass = _log_sum(ints[run_low + r], ints[run_high + r], w)
                beta[at + x] = _log_add(beta[at + x], log_mass + math.log(value) + there)
                share = math.exp(here + log_mass + math.log(value) + there - log_z)
                used[ints[run_factor + r]] += share / value
                if share > 0.0:
                    for n in range(ints[run_low + r], ints[run_high + r] + 1):
                        found[n] += share * math.exp(w[n] - log_mass)
    return log_z


@inlined
def _parts(k, ints, mean, size, work):
    """Links, their shares and trials, free mean and size of the parts of table `k`."""
    first, end = ints[ints[TABLE_LINK] + k], ints[ints[TABLE_LINK] + k + 1]
    link, persons = ints[LINK], ints[TRIALS]
    ids, own = ints[link + first : link + end], work.share[first:end]
    trials = ints[persons + first : persons + end]
    free = ints[ints[TABLE_FREE] + k]
    if free < 0:
        return ids, own, trials, 0.0, -1.0, free
    return ids, own, trials, mean[free], size[free], free


@compiled
def _split_odds(j, ints, p):
    """What the members of split `j` leave of a total; 1 where they exhaust it."""
    ptr, members = ints[SPLIT_TABLE], ints[SPLIT_MEMBER]
    links, table_link = ints[LINK], ints[TABLE_LINK]
    if ints[ints[SPLIT_WHOLE] + j]:
        return 1.0
    left = 1.0
    for m in range(ints[ptr + j], ints[ptr + j + 1]):
        left -= p[ints[links + ints[table_link + ints[members + m]]]]
    return max(left, _FLOOR)


@compiled
def _closed_form(k, ints, floats, own, trials, left, out):
    """Log pmf of a table that is one binomial, or one member of a split."""
    start = ints[ints[TABLE_CONSTANT] + k]
    if ints[ints[TABLE_KIND] + k] == SINGLE:
        odds, rest = math.log(own[0]), math.log1p(-own[0])
        for n in range(len(out)):
            out[n] = floats[start + n] + n * odds + (trials[0] - n) * rest
    else:
        mean = trials[0] * own[0] / left
        for n in range(len(out)):
            # The count 0 is certain of a total of nobody, whose mean has no logarithm.
            out[n] = -mean + (n * math.log(mean) if n > 0 else 0.0) - floats[start + n]


@compiled
def _closed_table(k, ints, p, own, trials, out, last, tail):
    """Pmf of such a table, each entry from the one before; beyond `last` as `series` does.

    Returns
    -------
    int
        Entries filled; 0 when the first one is too small to begin with.
    """
    count = trials[0]
    single = ints[ints[TABLE_KIND] + k] == SINGLE
    odds = mean = 0.0
    if single:
        odds = own[0] / (1.0 - own[0])
        log_zero = count * math.log1p(-own[0])
    else:
        mean = count * own[0] / _split_odds(ints[ints[TABLE_SPLIT] + k], ints, p)
        log_zero = -mean
    if log_zero < _SMALL:
        return 0
    value = math.exp(log_zero)
    below = 0.0
    end = len(out)
    for n in range(len(out)):
        out[n] = value
        if n == last and tail and 1.0 - below > _RARE:
            end = n + 1
            break
        below += value
        value *= (odds * (count - n) if single else mean) * (1.0 / (n + 1.0))
    for n in range(end, len(out)):
        out[n] = 0.0
    return end


@compiled
def _split_terms(c, ints, p, slope, dp):
    """Constants of the splits of a component, and the derivatives by their members.

    `slope`[k] is the derivative by the Poisson mean of table k.
    """
    ptr, members = ints[SPLIT_TABLE], ints[SPLIT_MEMBER]
    links, table_link = ints[LINK], ints[TABLE_LINK]
    trials, whole = ints[SPLIT_TRIALS], ints[SPLIT_WHOLE]
    splits = ints[COMPONENT_SPLIT]
    constant = 0.0
    for j in range(ints[splits + c], ints[splits + c + 1]):
        left = _split_odds(j, ints, p)
        t = ints[trials + j]
        pull = 0.0
        for m in range(ints[ptr + j], ints[ptr + j + 1]):
            one = p[ints[links + ints[table_link + ints[members + m]]]]
            constant += t * one / left
            pull += (1.0 + slope[ints[members + m]]) * t * one / (left * left)
        if ints[whole + j]:
            pull = 0.0
        else:
            constant += t * math.log(left)
            pull -= t / left
            if left <= _FLOOR:
                pull = 0.0
        for m in range(ints[ptr + j], ints[ptr + j + 1]):
            link = ints[links + ints[table_link + ints[members + m]]]
            dp[link] += (1.0 + slope[ints[members + m]]) * t / left + pull
    return constant


@compiled
def _add_slopes(ids, slopes, free, dmean, dsize, out):
    """Add the derivatives of a sum's table to the gradient."""
    for i in range(len(ids)):
        out[1][ids[i]] += slopes[i]
    if free >= 0:
        out[2][free] += dmean
        out[3][free] += dsize


@compiled
def _add_closed_form(k, ints, p, ids, own, trials, mass, slope, out):
    """Add the derivative of a closed form, of whose log pmf `mass`[n] rests on count n."""
    single = ints[ints[TABLE_KIND] + k] == SINGLE
    if trials[0] == 0:
        # A total of nobody says nothing about its shares.
        slope[k] = 0.0
        return
    centre = trials[0] * own[0]
    if not single:
        centre /= _split_odds(ints[ints[TABLE_SPLIT] + k], ints, p)
    total = 0.0
    for n in range(len(mass)):
        total += mass[n] * (n - centre)
    if single:
        out[1][ids[0]] += total / (own[0] * (1.0 - own[0]))
    else:
        slope[k] = total / centre


@inlined
def _linear_tables(c, ints, p, mean, size, work, least):
    """Pmf of the parts of component `c`; False when the recursion cannot be used.

    Entries below `least`, beyond the mean, are 0.
    """
    tables = ints[COMPONENT_TABLE]
    kinds, lasts, tails = ints[TABLE_KIND], ints[TABLE_LAST], ints[TABLE_TAIL]
    for k in range(ints[tables + c], ints[tables + c + 1]):
        w = work.table[work.begin[k] : work.begin[k + 1]]
        last, tail = ints[lasts + k], ints[tails + k] != 0
        _, own, trials, m, a, _ = _parts(k, ints, mean, size, work)
        if ints[kinds + k] == SERIES:
            found = series(own, trials, m, a, w, work.terms, least, last, tail)
            work.filled[k], work.kept[k], work.error[k] = found
        else:
            work.filled[k] = _closed_table(k, ints, p, own, trials, w, last, tail)
        if work.filled[k] == 0:
            return False
        if tail:
            work.before[k], work.complement[k] = close_tail(w, work.filled[k], last)
    return True


@inlined
def _trusted(c, ints, work):
    """Whether linear sums lose no digits in component `c`."""
    if not (work.linear[c] and work.log_z[c] > _SURE):
        return False
    tables = ints[COMPONENT_TABLE]
    for k in range(ints[tables + c], ints[tables + c + 1]):
        # No derivative is larger than one over the probability.
        if work.error[k] <= _WORST * math.exp(work.log_z[c]):
            continue
        first = work.begin[k]
        for n in range(first, first + work.reach[k] + 1):
            if work.error[k] * work.rho[n] > _WORST:
                return False
    return True


@compiled
def _swept(ints, p, mean, size, values, work, used, backward):
    """Tables and sweeps of all components by linear sums; see `_sweep`."""
    for pruned, least in ((_COARSE, -np.inf), (_PRUNED, _USUAL)):
        for c in range(len(work.log_z)):
            if work.log_z[c] <= least and work.linear[c]:
                work.linear[c] = _linear_tables(c, ints, p, mean, size, work, pruned)
        _sweep(ints, values, work, used, pruned, least, backward)


@compiled
def _fast(ints, p, mean, size, work, out):
    """Components by linear sums, into out[0], and their gradients, added to out[1:].

    After both sweeps. `work.linear` is False for those of which they lose digits, which are left out.
    """
    tables = ints[COMPONENT_TABLE]
    splits = ints[COMPONENT_SPLIT]
    kinds, lasts, tails = ints[TABLE_KIND], ints[TABLE_LAST], ints[TABLE_TAIL]
    upon = work.upon
    for c in range(len(work.log_z)):
        work.linear[c] = _trusted(c, ints, work)
        if not work.linear[c]:
            continue
        for k in range(ints[tables + c], ints[tables + c + 1]):
            w = work.table[work.begin[k] : work.begin[k + 1]]
            r = work.rho[work.begin[k] : work.begin[k + 1]]
            last, reach = ints[lasts + k], work.reach[k]
            end = last + 1
            tail = r[last] if ints[tails + k] and reach == last else 0.0
            for n in range(reach + 1):
                upon[n] = r[n]
            for n in range(reach + 1, last + 1):
                upon[n] = 0.0
            if ints[tails + k]:
                w[last] = work.before[k]
                if work.complement[k]:
                    end = last
                    for n in range(last):
                        upon[n] -= tail
                else:
                    end = len(w)
                    for n in range(last, end):
                        upon[n] = tail
            ids, own, trials, m, a, free = _parts(k, ints, mean, size, work)
            if ints[kinds + k] == SERIES:
                first = ints[ints[TABLE_LINK] + k]
                slopes = work.ahead[first : first + len(ids)]
                dm, da = series_derivatives(
                    own,
                    trials,
                    m,
                    a,
                    w,
                    work.filled[k],
                    work.kept[k],
                    upon[:end],
                    work.moved,
                    slopes,
                )
                if free >= 0:
                    out[2][free] += dm
                    out[3][free] += da
                continue
            for n in range(end):
                upon[n] *= w[n]
            _add_closed_form(k, ints, p, ids, own, trials, upon[:end], work.slope, out)
        out[0][c] = work.log_z[c]
        if ints[splits + c + 1] > ints[splits + c]:
            out[0][c] += _split_terms(c, ints, p, work.slope, out[1])
    for i in range(len(work.ahead)):
        out[1][ints[ints[LINK] + i]] += work.ahead[i]


@compiled
def _log_tables(c, ints, floats, p, mean, size, work):
    """Log pmf of the parts of component `c`; tails as in `close_tail`."""
    tables = ints[COMPONENT_TABLE]
    kinds, lasts, tails = ints[TABLE_KIND], ints[TABLE_LAST], ints[TABLE_TAIL]
    table_split = ints[TABLE_SPLIT]
    t0, t1 = ints[tables + c], ints[tables + c + 1]
    for k in range(t0, t1):
        w = work.table[work.begin[k] : work.begin[k + 1]]
        _, own, trials, m, a, _ = _parts(k, ints, mean, size, work)
        if ints[kinds + k] == SERIES:
            reach = len(w) - 1
            partial = np.empty((len(own) + 2, reach + 1))
            single = np.empty((len(own) + 1, reach + 1))
            t, g = tilted(own, trials, m, a, _middle(trials, m, reach), reach, partial, single)
            for n in range(reach + 1):
                there = partial[len(own) + 1, n]
                w[n] = math.log(there) + g - n * t if there > 0.0 else _NEVER
        else:
            left = 1.0 if ints[kinds + k] == SINGLE else _split_odds(ints[table_split + k], ints, p)
            _closed_form(k, ints, floats, own, trials, left, w)
        if ints[tails + k]:
            last = ints[lasts + k]
            below = 0.0
            for n in range(last):
                below += math.exp(w[n])
            work.before[k] = w[last]
            beyond = _log_sum(last, len(w) - 1, w)
            work.complement[k] = 1.0 - below > _RARE and 1.0 - below > math.exp(beyond)
            w[last] = math.log(1.0 - below) if work.complement[k] else beyond


@compiled
def _share_of(mass, there, here):
    """Move what of `mass` a tilt brings near into `here`; the absolute rest."""
    left = 0.0
    for n in range(len(mass)):
        here[n] = mass[n] if there[n] > _FAR_OUT else 0.0
        mass[n] -= here[n]
        left += abs(mass[n])
    return left


@compiled
def _slow(c, ints, floats, p, mean, size, values, work, used, out):
    """Component `c` in logs, for statements that are far from the rates."""
    tables = ints[COMPONENT_TABLE]
    kinds, lasts, tails = ints[TABLE_KIND], ints[TABLE_LAST], ints[TABLE_TAIL]
    t0, t1 = ints[tables + c], ints[tables + c + 1]
    _log_tables(c, ints, floats, p, mean, size, work)
    for f in range(len(used)):
        used[f] = 0.0
    log_z = _log_sweep(c, ints, values, work, used)
    for k in range(t0, t1):
        w = work.table[work.begin[k] : work.begin[k + 1]]
        q = work.rho[work.begin[k] : work.begin[k + 1]]
        last = ints[lasts + k]
        mass = np.zeros(len(w))
        for n in range(last + 1):
            mass[n] = q[n]
        if ints[tails + k]:
            tail = w[last]
            w[last] = work.before[k]
            mass[last] = 0.0
            if q[last] > 0.0:
                if work.complement[k]:
                    for n in range(last):
                        mass[n] -= q[last] * math.exp(w[n] - tail)
                else:
                    for n in range(last, len(w)):
                        mass[n] = q[last] * math.exp(w[n] - tail)
        ids, own, trials, m, a, free = _parts(k, ints, mean, size, work)
        if ints[kinds + k] == SERIES:
            reach = len(w) - 1
            partial = np.empty((len(own) + 2, reach + 1))
            single = np.empty((len(own) + 1, reach + 1))
            adjoint = np.empty((2, reach + 1))
            slopes = np.empty(len(own))
            # Counts that no one tilt brings near are taken under several: derivatives add.
            target, here = _middle(trials, m, reach), np.zeros(reach + 1)
            for _ in range(_TILTS):
                tilted(own, trials, m, a, target, reach, partial, single)
                left = _share_of(mass, partial[len(own) + 1], here)
                dm, da = tilted_derivatives(
                    own, trials, m, a, reach, partial, single, here, adjoint, slopes
                )
                _add_slopes(ids, slopes, free, dm, da, out)
                if left < _LEFT:
                    break
                target = 0.25
                for n in range(reach + 1):
                    target += n * abs(mass[n]) / left
            continue
        _add_closed_form(k, ints, p, ids, own, trials, mass, work.slope, out)
    out[0][c] = log_z + _split_terms(c, ints, p, work.slope, out[1])


@compiled
def _values(weight, ints, floats):
    """Weights of the patterns of true readings, and the values of the factors made of them."""
    pattern_ptr, pattern_of = ints[FACTOR_PATTERN], ints[PATTERN]
    weight_ptr, weight_of = ints[PATTERN_WEIGHT], ints[WEIGHT]
    constants = ints[FACTOR_CONSTANT]
    patterns = np.zeros((ints[PATTERN_WEIGHT + 1] - ints[PATTERN_WEIGHT]) - 1)
    for j in range(len(patterns)):
        for i in range(ints[weight_ptr + j], ints[weight_ptr + j + 1]):
            patterns[j] += weight[ints[weight_of + i]]
    count = (ints[FACTOR_PATTERN + 1] - ints[FACTOR_PATTERN]) - 1
    values = np.empty(count)
    for f in range(count):
        values[f] = floats[ints[constants + f]]
        for i in range(ints[pattern_ptr + f], ints[pattern_ptr + f + 1]):
            values[f] *= patterns[ints[pattern_of + i]]
    return patterns, values


@compiled
def _forward(ints, p, work, log_z):
    """Fill `log_z` from forward sweeps alone; False where they cannot be trusted.

    It is that of both sweeps to the last bit. No derivative is larger than one over the probability:
    where the error is small enough for that one, the backward sweep is not needed to judge it.
    """
    tables, splits = ints[COMPONENT_TABLE], ints[COMPONENT_SPLIT]
    unused = np.zeros(len(p))
    for c in range(len(log_z)):
        if not (work.linear[c] and work.log_z[c] > _SURE):
            return False
        for k in range(ints[tables + c], ints[tables + c + 1]):
            if not work.error[k] <= _WORST * math.exp(work.log_z[c]):
                return False
        log_z[c] = work.log_z[c]
        if ints[splits + c + 1] > ints[splits + c]:
            log_z[c] += _split_terms(c, ints, p, work.slope, unused)
    return True


@compiled
def _evaluate(p, mean, size, weight, ints, floats, whole, log_z, dp, dmean, dsize, dweight, truth):
    """Fill the last six arrays, or unless `whole` only `log_z`; see `calls.evaluate`."""
    pattern_ptr, pattern_of = ints[FACTOR_PATTERN], ints[PATTERN]
    weight_ptr, weight_of = ints[PATTERN_WEIGHT], ints[WEIGHT]
    factors = ints[COMPONENT_FACTOR]
    patterns, values = _values(weight, ints, floats)
    work = _work(p, ints)
    used = np.zeros(len(values))
    backward = whole
    # One place calls the sweeps, so that they are compiled once.
    while True:
        _swept(ints, p, mean, size, values, work, used, backward)
        if backward:
            break
        if _forward(ints, p, work, log_z):
            return
        work, backward = _work(p, ints), True
    for one in (log_z, dp, dmean, dsize, dweight, truth):
        for i in range(len(one)):
            one[i] = 0.0
    out = (log_z, dp, dmean, dsize)
    _fast(ints, p, mean, size, work, out)
    for c in range(len(log_z)):
        f0, f1 = ints[factors + c], ints[factors + c + 1]
        if not work.linear[c]:
            _slow(c, ints, floats, p, mean, size, values[f0:f1], work, used[f0:f1], out)
        for f in range(f0, f1):
            if used[f] == 0.0:
                continue
            for i in range(ints[pattern_ptr + f], ints[pattern_ptr + f + 1]):
                j = ints[pattern_of + i]
                truth[j] += used[f] * values[f]
                if patterns[j] > 0.0:
                    share = used[f] * values[f] / patterns[j]
                    for m in range(ints[weight_ptr + j], ints[weight_ptr + j + 1]):
                        dweight[ints[weight_of + m]] += share


def entry(
    sizes, p, mean, size, weight, ints, floats, log_z, dp, dmean, dsize, dweight, truth
):  # pragma: no cover - runs compiled only
    """`_evaluate` by addresses; `sizes` are the lengths of the arrays, and whether all are filled."""
    links, free, weights, steps, constants, components, patterns, whole = carray(sizes, (8,))
    _evaluate(
        carray(p, (links,)),
        carray(mean, (free,)),
        carray(size, (free,)),
        carray(weight, (weights,)),
        carray(ints, (steps,)),
        carray(floats, (constants,)),
        whole != 0,
        carray(log_z, (components,)),
        carray(dp, (links,)),
        carray(dmean, (free,)),
        carray(dsize, (free,)),
        carray(dweight, (weights,)),
        carray(truth, (patterns,)),
    )


@compiled
def _quick_mass(lo, hi, far, w, table, below, above):
    """Probability of the counts of a run; beyond `far` a table is 0."""
    if lo == hi:
        return table[w + lo]
    if lo == 0:
        return below[w + min(hi, far)]
    if hi >= far:
        return above[w + lo]
    mass = 0.0
    for n in range(w + lo, w + hi + 1):
        mass += table[n]
    return mass


@compiled
def _dot(one, i, other, j, count):
    """Sum of products, in four sums that do not wait for each other."""
    a = b = c = d = 0.0
    first, second = np.uint64(i), np.uint64(j)
    fours = count // 4
    for n in range(np.uint64(fours)):
        at = np.uint64(4) * n
        a += one[first + at] * other[second + at]
        b += one[first + at + np.uint64(1)] * other[second + at + np.uint64(1)]
        c += one[first + at + np.uint64(2)] * other[second + at + np.uint64(2)]
        d += one[first + at + np.uint64(3)] * other[second + at + np.uint64(3)]
    for n in range(4 * fours, count):
        a += one[i + n] * other[j + n]
    return (a + b) + (c + d)


@compiled
def _quick_beta(c, ints, values, work, beta):
    """Do as `_log_beta` does with sums of probabilities, each state's over its step's best.

    Fills `reach`, `below` and `above` too; states below 1e-300 of a step's best are 0.

    Returns
    -------
    float
        Log probability of all statements.
    """
    begin, reach, table, below, above = work.begin, work.reach, work.table, work.below, work.above
    pointer, run_state, run_factor = ints[POINTER], ints[RUN_STATE], ints[RUN_FACTOR]
    run_low, run_high, run_chain = ints[RUN_LOW], ints[RUN_HIGH], ints[RUN_CHAIN]
    steps, step_table, step_in = ints[COMPONENT_STEP], ints[STEP_TABLE], ints[STEP_IN]
    step_pointer, lasts = ints[STEP_POINTER], ints[TABLE_LAST]
    at = len(beta) - 1
    beta[at] = 1.0
    log_scale = 0.0
    for s in range(ints[steps + c + 1] - 1, ints[steps + c] - 1, -1):
        k = ints[step_table + s]
        w, far = begin[k], ints[lasts + k]
        while far > 0 and table[w + far] == 0.0:
            far -= 1
        reach[k] = far
        total = 0.0
        for n in range(w, w + far + 1):
            total += table[n]
            below[n] = total
        total = 0.0
        for n in range(w + far, w - 1, -1):
            total += table[n]
            above[n] = total
        after, base = at, ints[step_pointer + s]
        at -= ints[step_in + s]
        top = 0.0
        for x in range(ints[step_in + s]):
            found = 0.0
            r, stop = ints[pointer + base + x], ints[pointer + base + x + 1]
            while r < stop:
                lo, hi = ints[run_low + r], ints[run_high + r]
                if lo > far:
                    break
                value, o = values[ints[run_factor + r]], after + ints[run_state + r]
                chain = ints[run_chain + r]
                if chain >= _CHAIN:
                    found += value * _dot(table, w + lo, beta, o, min(chain, far - lo + 1))
                    r += chain
                    continue
                # `_quick_mass`, which would cost more called than what it does.
                if lo == hi:
                    mass = table[w + lo]
                elif lo == 0:
                    mass = below[w + min(hi, far)]
                elif hi >= far:
                    mass = above[w + lo]
                else:
                    mass = 0.0
                    for n in range(w + lo, w + hi + 1):
                        mass += table[n]
                found += mass * value * beta[o]
                r += 1
            beta[at + x] = found
            top = max(top, found)
        if not top > 0.0:
            return _NEVER
        for x in range(at, after):
            beta[x] /= top
        log_scale += math.log(top)
    return math.log(beta[0]) + log_scale if beta[0] > 0.0 else _NEVER


@compiled
def _cumulate(c, ints, work):
    """Logs of the cumulative sums of the tables of component `c`, from either side."""
    begin, table, below, above = work.begin, work.table, work.below, work.above
    tables, lasts = ints[COMPONENT_TABLE], ints[TABLE_LAST]
    for k in range(ints[tables + c], ints[tables + c + 1]):
        first, last = begin[k], begin[k] + ints[lasts + k]
        total = _NEVER
        for n in range(first, last + 1):
            total = _log_add(total, table[n])
            below[n] = total
        total = _NEVER
        for n in range(last, first - 1, -1):
            total = _log_add(total, table[n])
            above[n] = total


@compiled
def _quick(c, ints, p, mean, size, values, work, beta):
    """Tables and `beta` as probabilities where statements are near the rates; False where they are not."""
    if not _linear_tables(c, ints, p, mean, size, work, _PRUNED):
        return False
    return _quick_beta(c, ints, values, work, beta) > _SURE


@compiled
def _run_mass(lo, hi, last, w, table, below, above):
    """Log probability of the counts of a run."""
    if lo == hi:
        return table[w + lo]
    if lo == 0:
        return below[w + hi]
    if hi == last:
        return above[w + lo]
    return _log_sum(w + lo, w + hi, table)


@compiled
def _log_beta(c, ints, values, work, beta):
    """Log probability of what is still to be added, for every state of component `c`."""
    begin, table, below, above = work.begin, work.table, work.below, work.above
    pointer, run_state, run_factor = ints[POINTER], ints[RUN_STATE], ints[RUN_FACTOR]
    run_low, run_high = ints[RUN_LOW], ints[RUN_HIGH]
    steps, step_table, step_in = ints[COMPONENT_STEP], ints[STEP_TABLE], ints[STEP_IN]
    step_pointer, lasts = ints[STEP_POINTER], ints[TABLE_LAST]
    at = len(beta) - 1
    beta[at] = 0.0
    for s in range(ints[steps + c + 1] - 1, ints[steps + c] - 1, -1):
        k = ints[step_table + s]
        after, base = at, ints[step_pointer + s]
        at -= ints[step_in + s]
        for x in range(ints[step_in + s]):
            found = _NEVER
            for r in range(ints[pointer + base + x], ints[pointer + base + x + 1]):
                value = values[ints[run_factor + r]]
                there = beta[after + ints[run_state + r]]
                if value <= 0.0 or there <= _NEVER:
                    continue
                lo, hi = ints[run_low + r], ints[run_high + r]
                mass = _run_mass(lo, hi, ints[lasts + k], begin[k], table, below, above)
                if mass > _NEVER:
                    found = _log_add(found, mass + math.log(value) + there)
            beta[at + x] = found


@compiled
def _beyond(last, own, trials, mean, size, rng):
    """Draw a count that is `last` or more."""
    expected = mean
    for i in range(len(own)):
        expected += trials[i] * own[i]
    for _ in range(_TRIES):
        n = 0
        for i in range(len(own)):
            n += rng.binomial(trials[i], own[i])
        if mean > 0.0:
            n += rng.poisson(mean if size <= 0.0 else rng.gamma(size, mean / size))
        if n >= last:
            return n
    # Rare, so that it ends soon after `last`: each further person is less probable by this much.
    slowest = min(max(0.5, expected / last), 0.98)
    if mean > 0.0 and size > 0.0:
        slowest = max(slowest, mean / (size + mean))
    reach = last + int(_DECAY / -math.log(slowest)) + 1
    if mean <= 0.0:
        reach = min(reach, trials.sum())
    partial = np.empty((len(own) + 2, reach + 1))
    one = np.empty((len(own) + 1, reach + 1))
    t, _ = tilted(own, trials, mean, size, float(last), reach, partial, one)
    log = np.full(reach + 1, _NEVER)
    for n in range(last, reach + 1):
        there = partial[len(own) + 1, n]
        if there > 0.0:
            log[n] = math.log(there) - n * t
    return _pick(last, reach, log, rng)


@compiled
def _pick(lo, hi, log, rng):
    """Draw a count from `lo` to `hi` by its log weights."""
    whole = _log_sum(lo, hi, log)
    left = rng.random()
    chosen = lo
    for n in range(lo, hi + 1):
        share = math.exp(log[n] - whole)
        if share > 0.0:
            chosen = n
        left -= share
        if left <= 0.0:
            break
    return chosen


@compiled
def _quick_pick(lo, hi, weights, rng):
    """Draw a count from `lo` to `hi` by its weights."""
    whole = 0.0
    for n in range(lo, hi + 1):
        whole += weights[n]
    left = rng.random()
    chosen = lo
    for n in range(lo, hi + 1):
        if weights[n] > 0.0:
            chosen = n
        left -= weights[n] / whole
        if left <= 0.0:
            break
    return chosen


@compiled
def _quick_run(first, end, k, after, ints, values, work, beta, rng):
    """Draw one of the runs of a state, `first` to `end`, by its probability."""
    w, far = work.begin[k], work.reach[k]
    run_state, run_factor = ints[RUN_STATE], ints[RUN_FACTOR]
    run_low, run_high = ints[RUN_LOW], ints[RUN_HIGH]
    shares = np.zeros(end - first)
    whole = 0.0
    for r in range(first, end):
        lo, hi = ints[run_low + r], ints[run_high + r]
        if lo > far:
            break
        mass = _quick_mass(lo, hi, far, w, work.table, work.below, work.above)
        one = mass * values[ints[run_factor + r]] * beta[after + ints[run_state + r]]
        shares[r - first] = one
        whole += one
    left = rng.random()
    chosen = -1
    for r in range(first, end):
        share = shares[r - first] / whole
        if share > 0.0:
            chosen = r
        left -= share
        if left <= 0.0:
            break
    return chosen


@compiled
def _log_run(first, end, k, here, after, ints, values, work, beta, rng):
    """Draw one of the runs of a state of log probability `here`, by its log probability."""
    w, last = work.begin[k], ints[ints[TABLE_LAST] + k]
    run_state, run_factor = ints[RUN_STATE], ints[RUN_FACTOR]
    left = rng.random()
    chosen = -1
    for r in range(first, end):
        value = values[ints[run_factor + r]]
        there = beta[after + ints[run_state + r]]
        if value <= 0.0 or there <= _NEVER:
            continue
        lo, hi = ints[ints[RUN_LOW] + r], ints[ints[RUN_HIGH] + r]
        mass = _run_mass(lo, hi, last, w, work.table, work.below, work.above)
        share = math.exp(mass + math.log(value) + there - here)
        if share > 0.0:
            chosen = r
        left -= share
        if left <= 0.0:
            break
    return chosen


@compiled
def _share_out(n, ids, own, trials, mean, size, free, rng, by_link, by_free):
    """Draw which of `n` persons are of which total, and which are free."""
    left = n
    if len(ids) + (free >= 0) > 1 and n > 0:
        partial = np.empty((len(own) + 2, n + 1))
        single = np.empty((len(own) + 1, n + 1))
        tilted(own, trials, mean, size, float(n), n, partial, single, _SLACK, _PRUNED)
        both = np.empty(n + 1)
        for back in range(len(own)):
            i = len(own) - back
            # The free part is last; what the first parts leave to it is drawn first.
            for m in range(left + 1):
                both[m] = single[i, m] * partial[i, left - m]
            m = _quick_pick(0, left, both, rng)
            if i == len(own):
                if free >= 0:
                    by_free[free] = m
            else:
                by_link[ids[i]] = m
            left -= m
    if len(ids):
        by_link[ids[0]] = left
    else:
        by_free[free] = left


@compiled
def draw_one(p, mean, size, weight, ints, floats, rng, by_link, by_free):
    """Draw realised counts given all statements, for one draw of the rates.

    Parts are drawn one after the other, each by its probability times that of all that is said of
    it and of the parts to come (backward filtering, forward sampling): in probabilities where
    statements are near the rates, and in logs elsewhere.

    Parameters
    ----------
    rng : np.random.Generator
    by_link, by_free : np.ndarray (link,), (free,), int, filled with persons

    Returns
    -------
    bool
        Whether the statements are possible at all.
    """
    components = ints[COMPONENT_STEP + 1] - ints[COMPONENT_STEP] - 1
    pointer, run_state = ints[POINTER], ints[RUN_STATE]
    run_low, run_high = ints[RUN_LOW], ints[RUN_HIGH]
    steps, step_table, step_in = ints[COMPONENT_STEP], ints[STEP_TABLE], ints[STEP_IN]
    step_out, step_pointer = ints[STEP_OUT], ints[STEP_POINTER]
    lasts, tails = ints[TABLE_LAST], ints[TABLE_TAIL]
    factors = ints[COMPONENT_FACTOR]
    _, values = _values(weight, ints, floats)
    work = _work(p, ints)
    begin, table = work.begin, work.table
    for c in range(components):
        inside = values[ints[factors + c] : ints[factors + c + 1]]
        states = 1
        for s in range(ints[steps + c], ints[steps + c + 1]):
            states += ints[step_out + s]
        beta = np.empty(states)
        quick = _quick(c, ints, p, mean, size, inside, work, beta)
        if not quick:
            beta[:] = _NEVER
            _log_tables(c, ints, floats, p, mean, size, work)
            _cumulate(c, ints, work)
            _log_beta(c, ints, inside, work, beta)
            if beta[0] <= _NEVER:
                return False
        at = x = 0
        for s in range(ints[steps + c], ints[steps + c + 1]):
            k = ints[step_table + s]
            after, base = at + ints[step_in + s], ints[step_pointer + s]
            first, end = ints[pointer + base + x], ints[pointer + base + x + 1]
            pmf = table[begin[k] : begin[k + 1]]
            if quick:
                chosen = _quick_run(first, end, k, after, ints, inside, work, beta, rng)
                lo, hi = ints[run_low + chosen], ints[run_high + chosen]
                n = _quick_pick(lo, hi, pmf, rng)
            else:
                here = beta[at + x]
                chosen = _log_run(first, end, k, here, after, ints, inside, work, beta, rng)
                lo, hi = ints[run_low + chosen], ints[run_high + chosen]
                n = _pick(lo, hi, pmf, rng)
            ids, own, trials, m, a, free = _parts(k, ints, mean, size, work)
            if n == ints[lasts + k] and ints[tails + k]:
                n = _beyond(n, own, trials, m, a, rng)
            _share_out(n, ids, own, trials, m, a, free, rng, by_link, by_free)
            at, x = after, ints[run_state + chosen]
    return True


@compiled
def draw_many(p, mean, size, weight, ints, floats, rng, by_link, by_free):
    """Fill `by_link` and `by_free`, np.ndarray (draw, ...); see `draw_one`."""
    for i in range(len(p)):
        if not draw_one(
            p[i], mean[i], size[i], weight[i], ints, floats, rng, by_link[i], by_free[i]
        ):
            return False
    return True
