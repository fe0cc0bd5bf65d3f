"""Joint rows as one observed variable of a PyMC model, and how probable they are beforehand.

Invariant: the log probability is that of the sum-product, and a draw of a row is that of
`defectmodels.model.inputs.simulate` at the same rates. Shown by ``tests/test_joint.py``.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt

from defectmodels import names
from defectmodels.counting.draws import log_probabilities
from defectmodels.counting.sumproduct import SumProduct
from defectmodels.model.inputs import alone, counting_inputs, simulate

if TYPE_CHECKING:
    from pytensor.tensor import TensorVariable

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


def prior_chance(design: Design, expected: TensorVariable, factor: Any, frailty: Any) -> np.ndarray:
    """Prior probability that each joint row is true: np.ndarray (joint_row,).

    Averaged over prior draws of the rates, `LEAST_CHANCE` at least; 1 for certain rows, which have no
    use for it. Must be called in the context of the model.
    """
    found = np.ones(len(design.joint.rows))
    doubted = [at for at, said in enumerate(design.joint.problem.said) if said.untrue >= 0]
    if not doubted:
        return found
    # Interpreted: some hundred evaluations do not repay compiling.
    drawn = pm.draw(
        counting_inputs(design, expected, factor, frailty, pt),
        draws=CHANCE_DRAWS,
        random_seed=CHANCE_SEED,
        mode="FAST_COMPILE",
    )
    p, mean, size = (np.reshape(one, (CHANCE_DRAWS, -1)) for one in drawn)

    def chance(at: int) -> float:
        program = alone(design.joint, at)
        count = len(design.joint.problem.said[at].weights)
        weight = np.tile([*([1.0 / count] * count), _SAFE], (CHANCE_DRAWS, 1))
        log_z = log_probabilities(program, p, mean, size, weight).sum(axis=1)
        return max(float(np.exp(log_z).mean()) - _SAFE, LEAST_CHANCE)

    # The kernel runs without Python's lock; rows differ much in what they take.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found[doubted] = list(pool.map(chance, doubted))
    return found


def add_joint(
    design: Design, expected: TensorVariable, factor: Any, frailty: Any, weight: TensorVariable
) -> None:
    """Add the joint rows to the model in context.

    The log probability of all of them stands with the first: they have no probabilities of their
    own. `defectmodels.inference.rows` gives each row's, given the others.
    """
    rows = design.selection.joint
    ints = pytensor.shared(design.joint.program.ints, name="counting_steps")
    floats = pytensor.shared(design.joint.program.floats, name="counting_constants")
    p, mean, size = counting_inputs(design, expected, factor, frailty, pt)
    first = np.eye(1, len(rows))[0]

    def logp(value: Any, p: Any, mean: Any, size: Any, weight: Any, first: Any) -> Any:
        return SumProduct()(p, mean, size, weight, ints, floats)[0] * first  # type: ignore[index]

    def random(
        p: Any, mean: Any, size_: Any, weight: Any, first: Any, rng: Any = None, size: Any = None
    ) -> Any:
        batch = tuple(size or ())
        p, mean, size_ = (np.tile(one, (int(np.prod(batch)), 1)) for one in (p, mean, size_))
        return simulate(design, p, mean, size_, rng).reshape((*batch, len(rows)))

    pm.CustomDist(
        names.JOINT_COUNT,
        p,
        mean,
        size,
        weight,
        first,
        logp=logp,
        random=random,
        dtype="int64",
        observed=np.array([row.interval.low for row in rows]),
        dims=names.JOINT,
        signature="(l),(f),(f),(w),(n)->(n)",
    )
