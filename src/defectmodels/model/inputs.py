"""What the kernel reads of the rates, for draws and for graphs, and draws of what joint rows speak of.

Each graded row is true with the reliability of its grade, or else says nothing: then it has the
probability that the prior gives to such a statement, whatever the counts are. Competing readings of
one announcement are equally likely.

Invariant: a graph and draws are given the same numbers, without waiting for PyMC where there is no
graph, and a draw of a row is the count it speaks of (for a comparison, whether it is true) at the same
rates. Shown by ``tests/test_joint.py`` and ``tests/test_within.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from defectmodels.counting.problem import FOREVER, Reading
from defectmodels.model.atoms import Free, Link
from defectmodels.model.jointly import Joint

if TYPE_CHECKING:
    from defectmodels.model.design import Design

_LEAST = 1e-300
_MOST = 1.0 - 1e-9
_MOST_DIVIDED = 1.0 - 1e-6
_MOST_DRAWN = 1e15


def _gather(cells: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Places and weights of the cells that count: np.ndarray (row, cell), padded with weight 0."""
    touched = [np.flatnonzero(one) for one in cells]
    shape = (len(cells), max((1, *(len(one) for one in touched))))
    index, weight = np.zeros(shape, dtype=int), np.zeros(shape)
    for row, found in enumerate(touched):
        index[row, : len(found)] = found
        weight[row, : len(found)] = cells[row].ravel()[found]
    return index, weight


def _in_period(free: Free, t: int) -> Free:
    """What a count has in one period."""
    alone = np.arange(free.inside.shape[1]) == t
    less = tuple((name, weight * alone) for name, weight in free.less)
    return replace(free, inside=free.inside * alone, less=less)


def divided_sets(joint: Joint) -> list[list[int]]:
    """Places of the shares that come from one total and leave something of it, set by set."""
    return [
        [joint.problem.parts[part].links[0] for part in split.parts]
        for split in joint.problem.splits
        if not split.whole
    ]


def _divided(joint: Joint, p: Any, xp: Any) -> Any:
    """Shares of which several come from one total, made to leave something of it.

    A large factor of a definition can ask for more persons than there are.
    """
    sets = divided_sets(joint)
    if not sets:
        return p
    place = np.array([link for one in sets for link in one])
    which = np.repeat(np.arange(len(sets)), [len(one) for one in sets])
    same = (which[:, None] == which[None, :]).astype(float)
    found = p[..., place]
    scaled = found / xp.maximum(1.0, xp.dot(found, same) / _MOST_DIVIDED)
    if xp is np:
        p = p.copy()
        p[..., place] = scaled
        return p
    return xp.set_subtensor(p[place], scaled)


def counting_inputs(
    design: Design, expected: Any, factor: Any, frailty: Any, xp: Any = np
) -> tuple[Any, Any, Any]:
    """What the kernel needs to know of the rates.

    Parameters
    ----------
    expected : (..., group, period), persons as they are published, of each world if there are several
    factor : (..., definition) or None
    frailty : (...) or None
    xp : module
        `numpy` for draws, `pytensor.tensor` for graphs.

    Returns
    -------
    p : (..., link), mean, size : (..., free); a size of -1 is Poisson
    """
    joint = design.joint
    batch = expected.shape[:-2]
    flat = expected.reshape((*batch, -1)) if xp is np else expected.flatten()
    of_cell = np.ascontiguousarray(flat.reshape(-1, flat.shape[-1]).T) if xp is np else None

    def over(cells: list[np.ndarray]) -> Any:
        if of_cell is not None:
            # Draws side by side: few of the cells are anybody's.
            sums = csr_array(np.array(cells).reshape(len(cells), -1)) @ of_cell
            return np.ascontiguousarray(sums.T).reshape(*batch, len(cells))
        index, weight = _gather(cells)
        return (flat[..., index] * weight).sum(axis=-1)

    def scale(definitions: list[str]) -> Any:
        if factor is None:
            return 1.0
        place = [design.scaled.index(d) if d in design.scaled else -1 for d in definitions]
        one = np.ones((*batch, 1)) if xp is np else np.ones(1)
        return xp.concatenate([factor, one], axis=-1)[..., np.array(place)]

    def persons(counts: Sequence[Link | Free]) -> Any:
        cells = [design.placed(one.definition, one.inside) for one in counts]
        found = scale([one.definition for one in counts]) * over(cells)
        less = [(at, *one) for at, count in enumerate(counts) for one in count.less]
        if not less:
            return found
        cells = [design.placed(name, weight) for _, name, weight in less]
        taken = scale([name for _, name, _ in less]) * over(cells)
        of_count = np.eye(len(counts))[[at for at, _, _ in less]]
        return found - xp.dot(taken, of_count)

    if joint.links:
        wholes: dict[bytes, int] = {}
        place = [wholes.setdefault(link.whole.tobytes(), len(wholes)) for link in joint.links]
        distinct = {
            at: design.placed("", link.whole) for at, link in zip(place, joint.links, strict=True)
        }
        whole = over([distinct[at] for at in range(len(distinct))])[..., np.array(place)]
        share = persons(joint.links)
        p = _divided(joint, xp.clip(share / whole, _LEAST, _MOST), xp)
    else:
        p = np.zeros((*batch, 0)) if xp is np else xp.as_tensor(np.zeros(0))
    if not joint.free:
        none = np.zeros((*batch, 0)) if xp is np else xp.as_tensor(np.zeros(0))
        return p, none, none
    own = persons(joint.free)
    mean = xp.clip(own, _LEAST, _MOST_DRAWN)
    if frailty is None:
        return (
            p,
            mean,
            np.full((*batch, len(joint.free)), -1.0)
            if xp is np
            else xp.full(len(joint.free), -1.0),
        )
    # The number of independent period frailties in the count, as for rows counted directly.
    cells = [one.inside for one in joint.free]
    periods = sorted({int(t) for one in cells for t in np.flatnonzero(one.any(axis=0))})
    # Stacked, not added up term by term: an interpreted graph adds at most 31 terms at once.
    each = xp.stack([persons([_in_period(one, t) for one in joint.free]) for t in periods])
    squares = (each**2).sum(axis=0)
    cv = frailty[..., None] if xp is np else frailty
    return p, mean, own**2 / squares / cv**2


def weight_terms(design: Design, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of readings and of saying nothing, as fixed + slope * reliability of a grade.

    Parameters
    ----------
    chance : np.ndarray (joint_row,)
        Prior probability of each row.

    Returns
    -------
    fixed, slope : np.ndarray (weight,)
    grade : np.ndarray (weight,), int
        Which grade, or -1 where no reliability is needed.
    """
    total = design.joint.program.weights
    fixed, slope, grade = np.zeros(total), np.zeros(total), np.full(total, -1)
    for row, one, c in zip(design.joint.rows, design.joint.problem.said, chance, strict=True):
        share = 1.0 / len(one.weights)
        at = list(one.weights)
        if one.untrue < 0:
            fixed[at] = share
            continue
        slope[at] = share
        fixed[one.untrue], slope[one.untrue] = c, -c
        grade[[*at, one.untrue]] = design.grades.index(row.statement.grade)
    return fixed, slope, grade


def weights(design: Design, chance: np.ndarray, reliability: Any, xp: Any = np) -> Any:
    """Weights of readings and of saying nothing: (..., weight).

    Parameters
    ----------
    chance : np.ndarray (joint_row,)
        Prior probability of each row.
    reliability : (..., grade) or None
    """
    fixed, slope, grade = weight_terms(design, chance)
    if reliability is None:
        return fixed if xp is np else xp.as_tensor(fixed)
    return fixed + slope * reliability[..., np.maximum(grade, 0)]


def simulate(
    design: Design, p: np.ndarray, mean: np.ndarray, size: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw what the joint rows speak of: np.ndarray (draw, joint_row), persons or 0 and 1.

    Parameters
    ----------
    p, mean, size : np.ndarray (draw, ...), see `counting_inputs`
    """
    problem, draws = design.joint.problem, len(p)
    counts = np.zeros((draws, len(problem.parts)), dtype=np.int64)
    divided = {part for split in problem.splits for part in split.parts}
    for split in problem.splits:
        shares = p[:, [problem.parts[part].links[0] for part in split.parts]]
        shares = shares / np.maximum(1.0, shares.sum(axis=1, keepdims=True))
        rest = np.maximum(0.0, 1.0 - shares.sum(axis=1, keepdims=True))
        drawn = rng.multinomial(split.trials, np.concatenate([shares, rest], axis=1))
        counts[:, list(split.parts)] = drawn[:, :-1]
    for at, part in enumerate(problem.parts):
        if at in divided:
            continue
        if part.links:
            counts[:, at] += rng.binomial(part.trials, p[:, list(part.links)]).sum(axis=1)
        if part.free >= 0:
            rate, a = mean[:, part.free], size[:, part.free]
            spread = rng.gamma(np.where(a > 0, a, 1.0), rate / np.where(a > 0, a, 1.0))
            counts[:, at] += rng.poisson(np.minimum(np.where(a > 0, spread, rate), _MOST_DRAWN))
    sums = [one.known + counts[:, list(one.parts)].sum(axis=1) for one in problem.sums]
    found = np.empty((draws, len(problem.said)), dtype=np.int64)
    for at, (row, said) in enumerate(zip(design.joint.rows, problem.said, strict=True)):
        found[:, at] = (
            np.any([holds(reading, sums, said.subject) for reading in said.readings], axis=0)
            if row.compares
            else sums[said.subject]
        )
    return found


def holds(
    reading: Reading, sums: Sequence[np.ndarray] | Mapping[int, np.ndarray], subject: int
) -> np.ndarray:
    """Whether a reading is true of counts: bool, of the shape of the counts of each sum."""
    count = np.asarray(sums[subject])
    true = (reading.low <= count) & (count <= (reading.high if reading.high < FOREVER else count))
    for other, low, high in reading.tied:
        at = np.minimum(sums[other], len(low) - 1)
        true &= (low[at] <= count) & (count <= high[at])
    return true
