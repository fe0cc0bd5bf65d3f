"""Programs run over many draws of the rates: probabilities, truth, and counts drawn.

Invariant: the numbers are those of the kernel, draw by draw, and drawn counts have the probabilities
of enumeration. Shown by ``tests/test_sumproduct.py`` and ``tests/test_draws.py``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defectmodels.counting import calls, kernel
from defectmodels.counting.problem import ConflictError
from defectmodels.counting.program import Program


class EvaluatedDraws(NamedTuple):
    """What the sum-product says of many draws.

    Attributes
    ----------
    log_z : np.ndarray (draw, component)
    truth : np.ndarray (draw, pattern), posterior probability of the patterns of true readings
    """

    log_z: np.ndarray
    truth: np.ndarray


def evaluate_draws(
    program: Program, p: np.ndarray, mean: np.ndarray, size: np.ndarray, weight: np.ndarray
) -> EvaluatedDraws:
    """Run a program on many draws.

    Parameters
    ----------
    p, mean, size, weight : np.ndarray (draw, ...), see `calls.evaluate`
    """
    components, patterns = len(program.components), len(program.patterns)
    p, mean, size, weight = _floats(p, mean, size, weight)
    return EvaluatedDraws(
        *calls.evaluate_many(
            p, mean, size, weight, program.ints, program.floats, components, patterns
        )
    )


def log_probabilities(
    program: Program, p: np.ndarray, mean: np.ndarray, size: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Only the log probabilities of `evaluate_draws`: np.ndarray (draw, component)."""
    p, mean, size, weight = _floats(p, mean, size, weight)
    components = len(program.components)
    return calls.log_probabilities(p, mean, size, weight, program.ints, program.floats, components)


def _floats(*arrays: np.ndarray) -> list[np.ndarray]:
    """Arrays as the kernel reads them."""
    return [np.ascontiguousarray(one, dtype=float) for one in arrays]


class Drawn(NamedTuple):
    """Realised counts; those of parts that no statement touches are 0.

    Attributes
    ----------
    link : np.ndarray (draw, link), int, persons of each published total in each part
    free : np.ndarray (draw, free), int, persons on days without a total
    """

    link: np.ndarray
    free: np.ndarray


def draw_counts(
    program: Program,
    p: np.ndarray,
    mean: np.ndarray,
    size: np.ndarray,
    weight: np.ndarray,
    rng: np.random.Generator,
) -> Drawn:
    """Draw the counts given what is said of them, once for every draw of the rates.

    Parameters
    ----------
    p, mean, size, weight : np.ndarray (draw, ...), see `calls.evaluate`

    Raises
    ------
    ConflictError
        When the weights make all statements together impossible.
    """
    calls.ready()
    arrays = _floats(p, mean, size, weight)
    drawn = Drawn(np.zeros(p.shape, dtype=np.int64), np.zeros(mean.shape, dtype=np.int64))
    if not kernel.draw_many(*arrays, program.ints, program.floats, rng, *drawn):  # type: ignore[call-arg]
        raise ConflictError("the statements cannot all be true with these weights")
    return drawn
