"""How probable every doubted statement is beforehand: what it has where its source says nothing.

It is averaged over draws of the rates from the prior, taken once for a model. A draw at which a statement
is all but impossible needs no counting: by Bernstein's inequality the counts stay near their means.

Invariant: leaving out such draws moves no probability by more than `_LEFT_OUT`, and what is kept of one
design is what another would work out. Shown by ``tests/test_chance.py``.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pymc as pm

from defectmodels import names
from defectmodels.counting.draws import log_probabilities
from defectmodels.counting.program import LIMIT, Problem, Reading, Said
from defectmodels.model.atoms import Joint, only
from defectmodels.model.inputs import counting_inputs
from defectmodels.model.measured import PUBLISHED

if TYPE_CHECKING:
    from defectmodels.model.design import Design

CHANCE_DRAWS = 300
"""Prior draws from which the probability of a statement that says nothing is estimated."""
CHANCE_SEED = 20_231_231
LEAST_CHANCE = 1e-6
"""Smallest probability of a statement that says nothing. A statement that the prior all but excludes,
or that no count can make true, must still be able to be untrue: with a chance of 0 its probability
would be 0 whatever the rates, and the sampler would have nowhere to start."""
_SAFE = 1e-10
"""Weight that keeps prior draws far from a statement in the quick part of the kernel (above
`kernel._SURE`); it is taken off again."""
_LEFT_OUT = 1e-11
"""Most that a probability may miss by draws that are left out."""


@dataclass(frozen=True)
class Chances:
    """Prior draws of the rates of one model, and what has been found with them.

    Attributes
    ----------
    expected : np.ndarray (draw, group, period), persons as they are published
    factor : np.ndarray (draw, definition) or None
    frailty : np.ndarray (draw,) or None
    """

    expected: np.ndarray
    factor: np.ndarray | None
    frailty: np.ndarray | None
    _found: dict[bytes, float] = field(default_factory=dict, repr=False)

    def of(self, design: Design) -> np.ndarray:
        """Prior probability that each joint row is true: np.ndarray (joint_row,).

        `LEAST_CHANCE` at least; 1 for certain rows, which have no use for it.

        Parameters
        ----------
        design : Design
            Of this model, with any rows.
        """
        found = np.ones(len(design.joint.rows))
        doubted = [at for at, said in enumerate(design.joint.problem.said) if said.untrue >= 0]
        # The kernel runs without Python's lock; rows differ much in what they take.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found[doubted] = list(pool.map(lambda at: self._chance(design, at), doubted))
        return found

    def _chance(self, design: Design, at: int) -> float:
        own = only(design.joint, [at])
        inputs = counting_inputs(
            replace(design, joint=own), self.expected, self.factor, self.frailty
        )
        key = hashlib.blake2b(b"".join(one.tobytes() for one in inputs))
        key.update(own.program.ints.tobytes() + own.program.floats.tobytes())
        if key.digest() not in self._found:
            self._found[key.digest()] = _mean(own, *inputs)
        return self._found[key.digest()]


def prior_chances(model: pm.Model, grades: Sequence[str]) -> Chances:
    """Draw the rates of a model from its prior, unless no statement has a grade."""
    if not grades:
        return Chances(np.zeros((0, 0, 0)), None, None)
    # Statements speak of what is published, which errors can make another number than came.
    expected = PUBLISHED if PUBLISHED in model.named_vars else names.EXPECTED
    wanted = (expected, names.FACTOR, names.FRAILTY)
    known = [name for name in wanted if name in model.named_vars]
    # Interpreted: some hundred evaluations do not repay compiling.
    drawn = pm.draw(
        [model[name] for name in known],
        draws=CHANCE_DRAWS,
        random_seed=CHANCE_SEED,
        mode="FAST_COMPILE",
    )
    found = dict(zip(known, drawn, strict=True))
    return Chances(found[expected], found.get(names.FACTOR), found.get(names.FRAILTY))


def _mean(joint: Joint, p: np.ndarray, mean: np.ndarray, size: np.ndarray) -> float:
    """Mean probability of the one row over draws of the rates."""
    (said,) = joint.problem.said
    weight = np.full(joint.program.weights, 1.0 / len(said.weights))
    weight[said.untrue] = _SAFE
    near = possible(joint.problem, p)
    if not near.any():
        return LEAST_CHANCE
    weights = np.tile(weight, (int(near.sum()), 1))
    log_z = log_probabilities(joint.program, p[near], mean[near], size[near], weights).sum(axis=1)
    return max(float((np.exp(log_z) - _SAFE).sum() / len(p)), LEAST_CHANCE)


# --- draws that need no counting --------------------------------------------------------------


def possible(problem: Problem, p: np.ndarray) -> np.ndarray:
    """Draws at which the one statement has more than `_LEFT_OUT` of probability: np.ndarray (draw,), bool.

    By Bernstein's inequality a sum of independent trials leaves its mean by `t` or more with probability 2
    exp(-t^2 / (2 (v + t / 3))) at most, v being its variance; for shares of one total, which repel each
    other, v is smaller than the sum of theirs. A draw that is not possible surely has less; one that
    is may have as little.

    Parameters
    ----------
    p : np.ndarray (draw, link)
    """
    (said,) = problem.said
    reach = {at: _reach(problem, at, p, _LEFT_OUT / (2.0 * len(said.sums))) for at in said.sums}
    # Beyond it counts that are compared are taken to be equal.
    limit = LIMIT + max(problem.sums[at].known for at in said.sums)
    found = np.zeros(len(p), dtype=bool)
    for reading in said.readings:
        found |= _allowed(reading, said, reach, limit)
    return found


def _reach(problem: Problem, at: int, p: np.ndarray, least: float) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest values that a sum has with all but 2 x `least` of probability."""
    one = problem.sums[at]
    parts = [problem.parts[part] for part in one.parts]
    if any(part.free >= 0 for part in parts):
        # Days without a total have no bound.
        return np.zeros(len(p)), np.full(len(p), np.inf)
    links = [link for part in parts for link in part.links]
    trials = np.array([count for part in parts for count in part.trials], dtype=float)
    mean, variance = p[:, links] @ trials, (p[:, links] * (1.0 - p[:, links])) @ trials
    far = -math.log(least)
    away = far / 3.0 + np.sqrt(far**2 / 9.0 + 2.0 * far * variance)
    return one.known + np.floor(mean - away), one.known + np.ceil(mean + away)


def _allowed(
    reading: Reading, said: Said, reach: dict[int, tuple[np.ndarray, np.ndarray]], limit: int
) -> np.ndarray:
    """Draws at which some value within reach is allowed by a reading."""
    first, last = reach[said.subject]
    found = (first <= reading.high) & (reading.low <= last)
    for other, low, high in reading.tied:
        begin, end = (np.clip(one, 0, len(low) - 1).astype(int) for one in reach[other])
        # What some value of the other sum allows lies between these.
        lowest = np.minimum.accumulate(low[::-1])[::-1][begin]
        highest = np.maximum.accumulate(high)[end]
        found &= (np.minimum(first, limit) <= highest) & (lowest <= last)
    return found
