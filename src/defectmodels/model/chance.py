"""How probable every doubted statement is beforehand: what it has where its source says nothing.

It is averaged over draws of the rates from the prior, taken once for a model.

Invariant: it is the mean of the exact probabilities at these draws, and what is kept of one design is what another
would work out. Shown by ``tests/test_chance.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pymc as pm

from defectmodels import names
from defectmodels.counting.draws import log_probabilities
from defectmodels.counting.problem import Problem
from defectmodels.model.inputs import counting_inputs
from defectmodels.model.jointly import Joint, only, taken
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
_SAFE = 1e-6
"""Weight that keeps prior draws far from a statement in the quick part of the kernel: well above `kernel._SURE`,
so that linear sums are trusted. It is taken off again, which costs 1e-21 of rounding."""


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
        found[doubted] = [self._chance(design, at) for at in doubted]
        return found

    def _chance(self, design: Design, at: int) -> float:
        own = taken(design.joint, [at])
        inputs = counting_inputs(
            replace(design, joint=own), self.expected, self.factor, self.frailty
        )
        key = hashlib.blake2b(b"".join(one.tobytes() for one in inputs))
        for content in _contents(own.problem):
            key.update(content)
        if key.digest() not in self._found:
            self._found[key.digest()] = _mean(only(design.joint, [at]), *inputs)
        return self._found[key.digest()]


def _contents(problem: Problem) -> Iterator[bytes]:
    """All that a program follows from, which is known long before it is compiled."""
    yield repr((problem.parts, problem.sums, problem.splits)).encode()
    for said in problem.said:
        yield repr((said.subject, said.weights, said.untrue)).encode()
        for reading in said.readings:
            tied = [(other, len(low)) for other, low, _ in reading.tied]
            yield repr((reading.low, reading.high, tied)).encode()
            for _, low, high in reading.tied:
                yield low.tobytes()
                yield high.tobytes()


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
    weights = np.tile(weight, (len(p), 1))
    log_z = log_probabilities(joint.program, p, mean, size, weights).sum(axis=1)
    return max(float((np.exp(log_z) - _SAFE).mean()), LEAST_CHANCE)
