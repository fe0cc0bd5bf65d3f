"""Log posterior density and its gradient in one pass, compiled once a machine for all models.

`density.py` turns a model and its evidence into packed arrays; nothing of them is in the code. From
coordinates z to the density:

    z -> f, v           a triangular system and the scales (`defectmodels.inference.geometry`)
    y = offset + map v  log expected arrivals, standardised normals, and coordinates used by themselves
    y -> pieces         expected persons of each row, or of one of its periods
    pieces -> rows      negative binomials, binomials, and the sum-product over realised counts

and back again for the gradient. All of it is one file: compiled code is kept on disk by file. The
sum-product is called by its name (`defectmodels.counting.calls`).

Invariant: value and gradient are those of the PyMC model times the Jacobian of the coordinates, to
1e-10. Shown by ``tests/test_density.py``.
"""

from __future__ import annotations

import math

import numpy as np
from numba import carray, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from defectmodels.counting.calls import evaluate_one

FAST = {"reassoc", "contract"}
"""Sums may be taken in another order, in several lanes at once; nothing is assumed of their size.

A loop that adds up must not store into an array as well: whether it is taken in lanes would depend on where
the arrays happen to lie, and the last digit of the sum, and in the end the draws, with it."""
compiled = njit(cache=True, error_model="numpy", nogil=True, fastmath=FAST)

INTS = (
    "sizes",
    "scale_of",
    "part",
    "tile",
    "special_kind",
    "grade_special",
    "piece",
    "entry_cell",
    "entry_definition",
    "direct_piece",
    "direct_low",
    "direct_high",
    "nested_piece",
    "nested_trials",
    "nested_low",
    "nested_high",
    "link_piece",
    "free_piece",
    "divided",
    "divided_link",
    "weight_grade",
)
"""Sections of the integers, in order; the first len(INTS) + 1 are where they begin."""
FLOATS = (
    "offset",
    "scale_mu",
    "scale_sigma",
    "scale_seen",
    "special_shape",
    "factor_special",
    "entry_weight",
    "direct_constant",
    "nested_constant",
    "weight_fixed",
    "weight_slope",
    "constant",
)
"""Sections of the numbers; where they begin stands behind the integers' beginnings."""
TILED = ("tied", "map")
CHART = ("centre", "spread", "known", "pull", "frail", *TILED)
"""Sections of a chart, one after the other; their lengths follow from the sizes, the parts and the tiles."""
SIZES = (
    "coordinates",
    "scales",
    "cells",
    "normals",
    "specials",
    "definitions",
    "grades",
    "frailty",
)
"""What stands in the section `sizes`; `frailty` is the place of its scale, or -1."""
(
    _COORDINATES,
    _SCALES,
    _CELLS,
    _NORMALS,
    _SPECIALS,
    _DEFINITIONS,
    _GRADES,
    _FRAILTY,
) = range(len(SIZES))

(
    _SIZES,
    _SCALE_OF,
    _PART,
    _TILE,
    _KIND,
    _GRADE,
    _PIECE,
    _CELL,
    _DEFINITION,
    _DIRECT,
    _DIRECT_LOW,
    _DIRECT_HIGH,
    _NESTED,
    _NESTED_TRIALS,
    _NESTED_LOW,
    _NESTED_HIGH,
    _LINK,
    _FREE,
    _DIVIDED,
    _DIVIDED_LINK,
    _WEIGHT_GRADE,
) = range(len(INTS))
(
    _OFFSET,
    _SCALE_MU,
    _SCALE_SIGMA,
    _SCALE_SEEN,
    _SHAPE,
    _FACTOR,
    _ENTRY,
    _DIRECT_CONSTANT,
    _NESTED_CONSTANT,
    _FIXED,
    _SLOPE,
    _CONSTANT,
) = range(len(FLOATS))
PLAIN, BETA, GAMMA = 0, 1, 2
"""Coordinates used by themselves: a log factor; log odds of a beta; log of a gamma."""

# These are those of `defectmodels.model.likelihood` and `defectmodels.model.joint`.
_TAIL = 12
_SURE = 1e-8
_MOST = 1.0 - 1e-9
_TINY = 1e-100
_NEVER = -1e30
_LEAST = 1e-300
_MOST_DIVIDED = 1.0 - 1e-6
_MOST_DRAWN = 1e15
_HALF_LOG_TAU = 0.9189385332046727


@compiled
def log_gamma(x):
    """Log of the gamma function, x > 0: Stirling's series from 10 on, and its recursion below."""
    before = 1.0
    while x < 10.0:
        before *= x
        x += 1.0
    r = 1.0 / (x * x)
    series = (
        1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * 691 / 360360))))
    ) / x
    found = (x - 0.5) * math.log(x) - x + _HALF_LOG_TAU + series
    return found if before == 1.0 else found - math.log(before)


@compiled
def digamma(x):
    """Derivative of `log_gamma`."""
    before = 0.0
    while x < 10.0:
        before += 1.0 / x
        x += 1.0
    r = 1.0 / (x * x)
    series = r * (
        1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132 - r * 691 / 32760))))
    )
    return math.log(x) - 0.5 / x - series - before


@compiled
def _summed(m, a, log_first, slope_first, first, last):
    """Sum negative-binomial (for a <= 0 Poisson) probabilities of the counts first to last.

    Parameters
    ----------
    log_first, slope_first : float
        Log probability of the first count, and the digamma of the first count plus a.

    Returns
    -------
    float, float, float
        Log of the sum, mean count and mean digamma, weighted by the probabilities.
    """
    top = log = log_first
    slope = slope_first
    total, persons, slopes = 1.0, float(first), slope_first
    log_ratio = math.log(m / (a + m)) if a > 0.0 else math.log(m)
    for n in range(first, last):
        if a > 0.0:
            log += log_ratio + math.log((n + a) / (n + 1.0))
            slope += 1.0 / (n + a)
        else:
            log += log_ratio - math.log(n + 1.0)
        if log > top:
            shrink = math.exp(top - log)
            total, persons, slopes, top = total * shrink, persons * shrink, slopes * shrink, log
        share = math.exp(log - top)
        total += share
        persons += share * (n + 1.0)
        slopes += share * slope
    return top + math.log(total), persons / total, slopes / total


@compiled
def _counted(m, a, low, high, constant):
    """Log probability that a count lies from low to high (-1: no end), and its slopes by m and a.

    `constant` is minus the log of low factorial. What "at least" does stands in `interval_logp`.
    """
    if a > 0.0:
        zero = -a * math.log1p(m / a)
        none = digamma(a)
        some = digamma(low + a)
        log_low = log_gamma(low + a) - log_gamma(a) + constant + zero + low * math.log(m / (a + m))
    else:
        zero, none, some = -m, 0.0, 0.0
        log_low = constant - m + low * math.log(m)
    end = high if high >= 0 else low + low // 2 + _TAIL
    if end > low:
        log, persons, slope = _summed(m, a, log_low, some, low, end)
    else:
        log, persons, slope = log_low, float(low), some
    sign = 1.0
    if high < 0:
        if low == 0:
            return 0.0, 0.0, 0.0
        fewer, fewer_persons, fewer_slope = _summed(m, a, zero, none, 0, low - 1)
        if fewer <= -_SURE:
            rest = -math.expm1(fewer)
            other = math.log(rest)
            if other > log:
                log, persons, slope = other, fewer_persons, fewer_slope
                sign = -math.exp(fewer) / rest
    if a > 0.0:
        dm = persons / m - (persons + a) / (a + m)
        da = slope - none - math.log1p(m / a) + (m - persons) / (a + m)
        return log, sign * dm, sign * da
    return log, sign * (persons / m - 1.0), 0.0


@compiled
def _of_total(p, trials, low, high, constant):
    """Log probability that low to high (-1: no end) of `trials` are counted, and its slope by p."""
    odds, rest = math.log(p), math.log1p(-p)
    log_low = constant + low * odds + (trials - low) * rest
    end = min(high if high >= 0 else low + low // 2 + _TAIL, trials)
    if low > trials:
        return _NEVER, 0.0
    top = log = log_low
    total, persons = 1.0, float(low)
    for n in range(low, end):
        log += math.log((trials - n) / (n + 1.0)) + odds - rest
        if log > top:
            shrink = math.exp(top - log)
            total, persons, top = total * shrink, persons * shrink, log
        share = math.exp(log - top)
        total += share
        persons += share * (n + 1.0)
    log, persons = top + math.log(total), persons / total
    sign = 1.0
    if high < 0:
        if low == 0:
            return 0.0, 0.0
        top = log_fewer = trials * rest
        total, counted = 1.0, 0.0
        for n in range(low - 1):
            log_fewer += math.log((trials - n) / (n + 1.0)) + odds - rest
            if log_fewer > top:
                shrink = math.exp(top - log_fewer)
                total, counted, top = total * shrink, counted * shrink, log_fewer
            share = math.exp(log_fewer - top)
            total += share
            counted += share * (n + 1.0)
        fewer = top + math.log(total)
        if fewer <= -_SURE:
            left = -math.expm1(fewer)
            if math.log(left) > log:
                log, persons = math.log(left), counted / total
                sign = -math.exp(fewer) / left
    return log, sign * (persons / p - (trials - persons) / (1.0 - p))


@compiled
def _ints(ints, which):
    return ints[ints[which] : ints[which + 1]]


@compiled
def _floats(ints, floats, which):
    place = len(INTS) + 1 + which
    return floats[ints[place] : ints[place + 1]]


@compiled
def _special(ints, floats, x, dx, log_value):
    """Priors of the coordinates used by themselves; fills the logs of what they stand for."""
    kinds, shapes = _ints(ints, _KIND), _floats(ints, floats, _SHAPE)
    total = 0.0
    for k in range(len(kinds)):
        a, b = shapes[2 * k], shapes[2 * k + 1]
        if kinds[k] == BETA:
            # log p = -log(1 + exp(-x)), without overflow on either side.
            tail = math.log1p(math.exp(-abs(x[k])))
            log_value[k] = min(x[k], 0.0) - tail
            total += a * log_value[k] + b * (-max(x[k], 0.0) - tail)
            dx[k] = a - (a + b) * math.exp(log_value[k])
        elif kinds[k] == GAMMA:
            value = math.exp(x[k])
            total += a * x[k] - b * value
            dx[k] = a - b * value
            log_value[k] = x[k]
        else:
            dx[k] = 0.0
            log_value[k] = x[k]
    return total


@compiled
def _factors(ints, floats, log_value, factor):
    """Factor of each definition; the last one, 1, is that of what has none."""
    matrix = _floats(ints, floats, _FACTOR)
    count = len(log_value)
    for d in range(len(factor) - 1):
        total = 0.0
        for k in range(count):
            total += matrix[d * count + k] * log_value[k]
        factor[d] = math.exp(total)
    factor[len(factor) - 1] = 1.0


@compiled
def _size(pieces, first, end, cv, persons):
    """Size of the negative binomial of a row, and the sum of squares of its periods."""
    squares = 0.0
    for q in range(first, end):
        squares += pieces[q] * pieces[q]
    return persons * persons / squares / (cv * cv), squares


@compiled
def _spread_slopes(pieces, first, end, dm, da, size, squares, persons, dpieces):
    """Hand the slopes by the mean and the size of a row on to its periods."""
    for q in range(first, end):
        dpieces[q] += dm + 2.0 * da * size * (1.0 / persons - pieces[q] / squares)


@compiled
def _rows(ints, floats, pieces, cv, dpieces):
    """Rows counted by themselves: log probability and slope by the frailty's cv."""
    total = dcv = 0.0
    direct, low, high = _ints(ints, _DIRECT), _ints(ints, _DIRECT_LOW), _ints(ints, _DIRECT_HIGH)
    constant = _floats(ints, floats, _DIRECT_CONSTANT)
    for r in range(len(low)):
        first, end = direct[r], direct[r + 1]
        persons = 0.0
        for q in range(first, end):
            persons += pieces[q]
        size, squares = -1.0, 1.0
        if cv > 0.0:
            size, squares = _size(pieces, first, end, cv, persons)
        log, dm, da = _counted(persons, size, low[r], high[r], constant[r])
        total += log
        if cv > 0.0:
            dcv -= 2.0 * da * size / cv
        _spread_slopes(pieces, first, end, dm, da, size, squares, persons, dpieces)
    nested, trials = _ints(ints, _NESTED), _ints(ints, _NESTED_TRIALS)
    low, high = _ints(ints, _NESTED_LOW), _ints(ints, _NESTED_HIGH)
    constant = _floats(ints, floats, _NESTED_CONSTANT)
    for r in range(len(low)):
        part, whole = pieces[nested[2 * r]], pieces[nested[2 * r + 1]]
        share = part / whole
        p = min(max(share, _TINY), _MOST)
        log, dp = _of_total(p, trials[r], low[r], high[r], constant[r])
        total += log
        if p == share:
            dpieces[nested[2 * r]] += dp / whole
            dpieces[nested[2 * r + 1]] -= dp * share / whole
    return total, dcv


@compiled
def _divide(ints, p, scaled):
    """Make shares that come from one total leave something of it; see `joint._divided`."""
    sets, links = _ints(ints, _DIVIDED), _ints(ints, _DIVIDED_LINK)
    for i in range(len(p)):
        scaled[i] = p[i]
    for s in range(len(sets) - 1):
        together = 0.0
        for at in range(sets[s], sets[s + 1]):
            together += p[links[at]]
        over = together / _MOST_DIVIDED
        if over > 1.0:
            for at in range(sets[s], sets[s + 1]):
                scaled[links[at]] = p[links[at]] / over


@compiled
def _undivide(ints, p, dp):
    """Turn slopes by the shares that `_divide` made into slopes by those that it was given."""
    sets, links = _ints(ints, _DIVIDED), _ints(ints, _DIVIDED_LINK)
    for s in range(len(sets) - 1):
        together = along = 0.0
        for at in range(sets[s], sets[s + 1]):
            together += p[links[at]]
            along += p[links[at]] * dp[links[at]]
        over = together / _MOST_DIVIDED
        if over > 1.0:
            for at in range(sets[s], sets[s + 1]):
                dp[links[at]] = (dp[links[at]] - along / together) / over


@compiled
def _jointly(ints, floats, pieces, cv, reliability, steps, constants, dpieces, dreliability):
    """Rows counted jointly: log probability and slope by the frailty's cv."""
    links, free = _ints(ints, _LINK), _ints(ints, _FREE)
    fixed, slope = _floats(ints, floats, _FIXED), _floats(ints, floats, _SLOPE)
    grade = _ints(ints, _WEIGHT_GRADE)
    count, frees, weights = len(links) // 2, len(free) - 1, len(fixed)
    share, p, scaled = np.empty(count), np.empty(count), np.empty(count)
    for i in range(count):
        share[i] = pieces[links[2 * i]] / pieces[links[2 * i + 1]]
        p[i] = min(max(share[i], _LEAST), _MOST)
    _divide(ints, p, scaled)
    persons, mean, size = np.empty(frees), np.empty(frees), np.full(frees, -1.0)
    squares = np.ones(frees)
    for f in range(frees):
        total = 0.0
        for q in range(free[f], free[f + 1]):
            total += pieces[q]
        persons[f] = total
        mean[f] = min(max(total, _LEAST), _MOST_DRAWN)
        if cv > 0.0:
            size[f], squares[f] = _size(pieces, free[f], free[f + 1], cv, total)
    weight = np.empty(weights)
    for w in range(weights):
        weight[w] = fixed[w] + (slope[w] * reliability[grade[w]] if grade[w] >= 0 else 0.0)
    log_z, dp, dmean, dsize, dweight, _ = evaluate_one(scaled, mean, size, weight, steps, constants)
    _undivide(ints, p, dp)
    for i in range(count):
        if p[i] == share[i]:
            whole = pieces[links[2 * i + 1]]
            dpieces[links[2 * i]] += dp[i] / whole
            dpieces[links[2 * i + 1]] -= dp[i] * share[i] / whole
    dcv = 0.0
    for f in range(frees):
        dm = dmean[f] if mean[f] == persons[f] else 0.0
        da = dsize[f] if cv > 0.0 else 0.0
        if cv > 0.0:
            dcv -= 2.0 * da * size[f] / cv
        _spread_slopes(
            pieces, free[f], free[f + 1], dm, da, size[f], squares[f], persons[f], dpieces
        )
    for w in range(weights):
        if grade[w] >= 0:
            dreliability[grade[w]] += slope[w] * dweight[w]
    return log_z.sum(), dcv


@compiled
def _evidence(ints, floats, y, cv, steps, constants, dy):
    """Log probability of all rows and priors of y, and its slopes: fills dy, gives that by the cv."""
    sizes = _ints(ints, _SIZES)
    cells, normals, specials = sizes[_CELLS], sizes[_NORMALS], sizes[_SPECIALS]
    total = 0.0
    for i in range(cells, cells + normals):
        total -= 0.5 * y[i] * y[i]
    for i in range(cells, cells + normals):
        dy[i] = -y[i]
    first = cells + normals
    log_value, factor = np.empty(specials), np.empty(sizes[_DEFINITIONS] + 1)
    total += _special(ints, floats, y[first:], dy[first:], log_value)
    _factors(ints, floats, log_value, factor)
    expected = np.empty(cells)
    for i in range(cells):
        expected[i] = math.exp(y[i])
    piece, cell = _ints(ints, _PIECE), _ints(ints, _CELL)
    definition, weight = _ints(ints, _DEFINITION), _floats(ints, floats, _ENTRY)
    pieces, dpieces = np.empty(len(piece) - 1), np.zeros(len(piece) - 1)
    for q in range(len(pieces)):
        persons = 0.0
        for e in range(piece[q], piece[q + 1]):
            persons += weight[e] * expected[cell[e]] * factor[definition[e]]
        pieces[q] = persons
    log, dcv = _rows(ints, floats, pieces, cv, dpieces)
    total += log
    grades = _ints(ints, _GRADE)
    reliability, dreliability = np.empty(len(grades)), np.zeros(len(grades))
    for g in range(len(grades)):
        reliability[g] = math.exp(log_value[grades[g]])
    # The program ends with the number of its sets and of its patterns.
    if steps[len(steps) - 2] > 0:
        log, more = _jointly(
            ints, floats, pieces, cv, reliability, steps, constants, dpieces, dreliability
        )
        total += log
        dcv += more
    dexpected, dfactor = np.zeros(cells), np.zeros(len(factor))
    for q in range(len(pieces)):
        slope = dpieces[q]
        for e in range(piece[q], piece[q + 1]):
            part = weight[e] * slope
            dexpected[cell[e]] += part * factor[definition[e]]
            dfactor[definition[e]] += part * expected[cell[e]]
    for i in range(cells):
        dy[i] = dexpected[i] * expected[i]
    kinds, matrix = _ints(ints, _KIND), _floats(ints, floats, _FACTOR)
    for d in range(len(factor) - 1):
        for k in range(specials):
            slope = matrix[d * specials + k] * dfactor[d] * factor[d]
            # The slope of log p by log odds is 1 - p.
            dy[first + k] += slope * (-math.expm1(log_value[k]) if kinds[k] == BETA else 1.0)
    for g in range(len(grades)):
        p = reliability[g]
        dy[first + grades[g]] += dreliability[g] * p * -math.expm1(log_value[grades[g]])
    return total, dcv


@compiled
def _log_scales(ints, floats, centre, spread, z, log_scale, slope):
    """Fill the logs of the scales and the slopes of their prior, and give its log density.

    Normal values of a scale that have been seen, beside the rows, are a part of it: their number and
    their sum of squares are all that matters.
    """
    mu, sigma = _floats(ints, floats, _SCALE_MU), _floats(ints, floats, _SCALE_SIGMA)
    seen = _floats(ints, floats, _SCALE_SEEN)
    scales, total = len(mu), 0.0
    for k in range(scales):
        found = 0.0
        for j in range(scales):
            found += spread[k * scales + j] * z[j]
        log_scale[k] = centre[k] + found
    for k in range(scales):
        slope[k] = (mu[k] - log_scale[k]) / (sigma[k] * sigma[k])
    for k in range(scales):
        away = (log_scale[k] - mu[k]) / sigma[k]
        total -= 0.5 * away * away
    for k in range(scales):
        if seen[2 * k] > 0.0:
            slope[k] += seen[2 * k + 1] * math.exp(-2.0 * log_scale[k]) - seen[2 * k]
    for k in range(scales):
        if seen[2 * k] > 0.0:
            total -= seen[2 * k] * log_scale[k]
            total -= 0.5 * seen[2 * k + 1] * math.exp(-2.0 * log_scale[k])
    return total


@compiled
def _solved(z, scale, prior, known, pull, frailer, part, tied, f, v, lack, gain, precision):
    """Fill the coordinates f, v = scale f, and what made them; see the text of `geometry`.

    Returns
    -------
    float
        Log Jacobian plus the log density of the coordinates that have a scale.
    """
    n, total = len(f), 0.0
    for i in range(n):
        precision[i] = prior[i] + scale[i] * scale[i] * known[i] * frailer[i]
        gain[i] = scale[i] * frailer[i] / precision[i]
    shared, end = part[len(part) - 2], len(tied)
    for later in range(len(part) - 1):
        at = len(part) - 2 - later
        first, size = part[at], part[at + 1] - part[at]
        own, last = v[first : first + size], v[shared : n if later else shared]
        for back in range(size):
            i = size - 1 - back
            line = tied[end - size - len(last) : end]
            end -= size + len(last)
            found = 0.0
            for j in range(i + 1, size):
                found += line[j] * own[j]
            for j in range(len(last)):
                found += line[size + j] * last[j]
            k = first + i
            lack[k] = pull[k] - found
            f[k] = gain[k] * lack[k] + z[k] / math.sqrt(precision[k])
            v[k] = scale[k] * f[k]
    for i in range(n):
        total -= 0.5 * (prior[i] * f[i] * f[i] + math.log(precision[i]))
    return total


@compiled
def _unsolved(
    z, scale, prior, known, frailer, part, tied, f, lack, gain, precision, dv, gradient, dscale,
    dfrailer,
):  # fmt: skip
    """Turn slopes by v into slopes by z; fills those by each coordinate's scale and frailty weight."""
    n, shared, begin = len(f), part[len(part) - 2], 0
    for at in range(len(part) - 1):
        first, size = part[at], part[at + 1] - part[at]
        own, last = dv[first : first + size], dv[shared : n if at < len(part) - 2 else shared]
        for k in range(size):
            i = first + k
            df = dv[i] * scale[i] - prior[i] * f[i]
            root = 1.0 / math.sqrt(precision[i])
            gradient[i] = df * root
            dgain = df * lack[i]
            dprecision = -(0.5 * (df * z[i] * root + 1.0) + dgain * gain[i]) / precision[i]
            dfrailer[i] = dgain * scale[i] / precision[i]
            dfrailer[i] += dprecision * scale[i] * scale[i] * known[i]
            dscale[i] = dv[i] * f[i] + dgain * frailer[i] / precision[i]
            dscale[i] += dprecision * 2.0 * scale[i] * known[i] * frailer[i]
            pulled = gain[i] * df
            line = tied[begin : begin + size + len(last)]
            begin += size + len(last)
            for j in range(k + 1, size):
                own[j] -= line[j] * pulled
            for j in range(len(last)):
                last[j] -= line[size + j] * pulled


@compiled
def _mapped(tile, part, maps, v, y):
    """Add what the coordinates change to the rows, tile by tile."""
    begin = 0
    for at in range(len(tile) // 3):
        rows = y[tile[3 * at + 1] : tile[3 * at + 2]]
        for j in range(part[tile[3 * at]], part[tile[3 * at] + 1]):
            one, line = v[j], maps[begin : begin + len(rows)]
            begin += len(rows)
            for i in range(len(rows)):
                rows[i] += line[i] * one


@compiled
def _mapped_back(tile, part, maps, dy, dv):
    """Fill the slopes by the coordinates from those by the rows."""
    begin = 0
    for j in range(len(dv)):
        dv[j] = 0.0
    for at in range(len(tile) // 3):
        rows = dy[tile[3 * at + 1] : tile[3 * at + 2]]
        for j in range(part[tile[3 * at]], part[tile[3 * at] + 1]):
            line = maps[begin : begin + len(rows)]
            begin += len(rows)
            found = 0.0
            for i in range(len(rows)):
                found += line[i] * rows[i]
            dv[j] += found


@compiled
def _density(z, ints, floats, chart, steps, constants, gradient):
    """Log density at z; fills the gradient."""
    sizes, scale_of = _ints(ints, _SIZES), _ints(ints, _SCALE_OF)
    n, scales, frailty = sizes[_COORDINATES], sizes[_SCALES], sizes[_FRAILTY]
    offset = _floats(ints, floats, _OFFSET)
    rows = len(offset)
    part, tile = _ints(ints, _PART), _ints(ints, _TILE)
    shared = part[len(part) - 2]
    ties = (n - shared) * shared
    for at in range(len(part) - 1):
        ties += (part[at + 1] - part[at]) ** 2
    ends = np.cumsum(np.array([0, scales, scales * scales, n, n, n, ties]))
    centre, spread = chart[ends[0] : ends[1]], chart[ends[1] : ends[2]]
    known, pull = chart[ends[2] : ends[3]], chart[ends[3] : ends[4]]
    frail, tied = chart[ends[4] : ends[5]], chart[ends[5] : ends[6]]
    maps = chart[ends[6] :]

    log_scale, dlog_scale = np.empty(scales), np.empty(scales)
    total = _floats(ints, floats, _CONSTANT)[0]
    total += _log_scales(ints, floats, centre, spread, z[n:], log_scale, dlog_scale)
    more = math.exp(-2.0 * (log_scale[frailty] - centre[frailty])) if frailty >= 0 else 1.0
    cv = math.exp(log_scale[frailty]) if frailty >= 0 else -1.0
    scale, prior, frailer = np.empty(n), np.empty(n), np.empty(n)
    for i in range(n):
        k = scale_of[i]
        scale[i] = math.exp(log_scale[k]) if k >= 0 else 1.0
        prior[i] = 1.0 if k >= 0 else 0.0
        frailer[i] = 1.0 + frail[i] * (more - 1.0)
    f, v, lack, gain, precision = (np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n))
    total += _solved(z, scale, prior, known, pull, frailer, part, tied, f, v, lack, gain, precision)

    y, dy = offset.copy(), np.empty(rows)
    _mapped(tile, part, maps, v, y)
    log, dcv = _evidence(ints, floats, y, cv, steps, constants, dy)
    total += log
    dv, dscale, dfrailer = np.empty(n), np.empty(n), np.empty(n)
    _mapped_back(tile, part, maps, dy, dv)
    _unsolved(
        z, scale, prior, known, frailer, part, tied, f, lack, gain, precision, dv, gradient, dscale,
        dfrailer,
    )  # fmt: skip
    dmore = 0.0
    for i in range(n):
        dmore += dfrailer[i] * frail[i]
        if scale_of[i] >= 0:
            dlog_scale[scale_of[i]] += dscale[i] * scale[i]
    if frailty >= 0:
        dlog_scale[frailty] += dcv * cv - 2.0 * more * dmore
    for j in range(scales):
        found = 0.0
        for k in range(scales):
            found += spread[k * scales + j] * dlog_scale[k]
        gradient[n + j] = found
    return total


@intrinsic
def _pointer(typing_context, address):  # pragma: no cover - runs compiled only
    """Take a number for an address."""

    def generate(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


def entry(size, z, gradient, value, record):  # pragma: no cover - runs compiled only
    """`_density` by addresses, as nutpie calls it.

    `record` holds the addresses of ints, floats, chart, steps and constants, each with its length.
    What is not 0 says that value or gradient are no numbers.
    """
    held = carray(record, (10,), np.uint64)
    slopes = carray(gradient, (size,))
    found = _density(
        carray(z, (size,)),
        carray(_pointer(held[0]), (held[1],), np.int64),
        carray(_pointer(held[2]), (held[3],), np.float64),
        carray(_pointer(held[4]), (held[5],), np.float64),
        carray(_pointer(held[6]), (held[7],), np.int64),
        carray(_pointer(held[8]), (held[9],), np.float64),
        slopes,
    )
    carray(value, (1,))[0] = found
    if not np.isfinite(found):
        return 4
    for i in range(size):
        if not np.isfinite(slopes[i]):
            return 3
    return 0


def copied(size, expanded, z, out, record):  # pragma: no cover - runs compiled only
    """Keep of a draw its coordinates, as nutpie asks for it."""
    kept, found = carray(out, (size,)), carray(z, (size,))
    for i in range(size):
        kept[i] = found[i]
    return 0
