"""What the draws of a fit say of its joint rows: how probable each is, and whether it is true.

Invariant: a row's log probability is that of the row given the others at the same rates, so that
leaving it out of one draw takes away just that. Shown by ``tests/test_rows.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.counting.draws import EvaluatedDraws, evaluate_draws, log_probabilities
from defectmodels.counting.program import Program
from defectmodels.inference.fit import Fit, once
from defectmodels.model.design import Design
from defectmodels.model.inputs import counting_inputs, weights
from defectmodels.model.jointly import with_said


@dataclass(frozen=True)
class Draws:
    """What the kernel reads, for every draw: np.ndarray (sample, ...)."""

    p: np.ndarray
    mean: np.ndarray
    size: np.ndarray
    weight: np.ndarray

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """All four, in the kernel's order."""
        return self.p, self.mean, self.size, self.weight

    def take(self, draws: np.ndarray) -> Draws:
        """Only some draws: np.ndarray (draw,), their places."""
        return Draws(*(one[draws] for one in self.arrays))

    def run(self, program: Program, weight: np.ndarray | None = None) -> EvaluatedDraws:
        """Run a program on all draws."""
        return evaluate_draws(
            program, self.p, self.mean, self.size, self.weight if weight is None else weight
        )

    def log_probabilities(self, program: Program, weight: np.ndarray | None = None) -> np.ndarray:
        """Log probability of each set of statements alone: np.ndarray (sample, component)."""
        return log_probabilities(
            program, self.p, self.mean, self.size, self.weight if weight is None else weight
        )


def _values(posterior: xr.Dataset, name: str, *dims: str) -> np.ndarray | None:
    if name not in posterior:
        return None
    ordered = posterior[name].transpose(*names.SAMPLE, *dims).values
    return ordered.reshape(-1, *ordered.shape[2:])


def kernel_draws(design: Design, posterior: xr.Dataset, chance: np.ndarray) -> Draws:
    """Posterior or prior draws as the kernel reads them.

    Parameters
    ----------
    posterior : xr.Dataset
        Draws with dims (chain, draw).
    chance : np.ndarray (joint_row,)
        Prior probability of each row, from the fit's constant data.
    """
    expected = _values(posterior, names.EXPECTED, names.GROUP, names.PERIOD)
    assert expected is not None  # every posterior holds it
    if design.measurement is not None:
        values = _values(posterior, names.ERROR_PARAMETER, names.ERROR)
        expected = design.measurement.published(expected, values)
    factor = _values(posterior, names.FACTOR, names.DEFINITION)
    frailty = _values(posterior, names.FRAILTY)
    reliability = _values(posterior, names.RELIABILITY, names.GRADE)
    p, mean, size = counting_inputs(design, expected, factor, frailty, np)
    weight = weights(design, chance, reliability, np)
    return Draws(p, mean, size, np.broadcast_to(weight, (len(expected), weight.shape[-1])))


def _patterns(program: Program, own: set[int]) -> list[int]:
    """Patterns of the program that belong to a row with these weights."""
    return [at for at, found in enumerate(program.patterns) if set(found) <= own]


def row_log_likelihood(design: Design, draws: Draws) -> np.ndarray:
    """Log probability of each joint row given the others: np.ndarray (sample, joint_row)."""
    joint = design.joint
    whole = draws.run(joint.program)
    found = np.zeros((len(draws.p), len(joint.rows)))
    for at, said in enumerate(joint.problem.said):
        if said.untrue < 0:
            rest = with_said(joint, [one for one in joint.problem.said if one is not said])
            weight = draws.weight[:, : rest.weights] if rest.weights else draws.weight
            found[:, at] = whole.log_z.sum(axis=1) - draws.log_probabilities(rest, weight).sum(
                axis=1
            )
            continue
        # Without the row, the probability of the rest is the mean of one over what it says.
        inverse = np.zeros(len(draws.p))
        for pattern in _patterns(joint.program, {*said.weights, said.untrue}):
            value = draws.weight[:, list(joint.program.patterns[pattern])].sum(axis=1)
            inverse += whole.truth[:, pattern] / value
        found[:, at] = -np.log(inverse)
    return found


@once
def truth(fit: Fit) -> np.ndarray:
    """Posterior probability that each joint row of a fit is true: np.ndarray (sample, joint_row)."""
    design = fit.design
    return row_truth(design, kernel_draws(design, fit.posterior, fit.constant[names.CHANCE].values))


def row_truth(design: Design, draws: Draws) -> np.ndarray:
    """Posterior probability that each joint row is true: np.ndarray (sample, joint_row).

    True of the realised counts, in one of its readings, given everything else that was published.
    """
    joint = design.joint
    truth = draws.run(joint.program).truth
    found = np.ones((len(draws.p), len(joint.rows)))
    for at, said in enumerate(joint.problem.said):
        if said.untrue >= 0:
            own = [
                pattern
                for pattern in _patterns(joint.program, {*said.weights, said.untrue})
                if set(joint.program.patterns[pattern]) & set(said.weights)
            ]
            found[:, at] = truth[:, own].sum(axis=1)
    return np.clip(found, 0.0, 1.0)
