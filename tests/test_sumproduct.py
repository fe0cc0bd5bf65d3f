"""The operation gives the kernel's numbers and gradient however a graph is run."""

from __future__ import annotations

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest

from defectmodels.counting import calls
from defectmodels.counting.calls import evaluate
from defectmodels.counting.draws import evaluate_draws
from defectmodels.counting.problem import FOREVER, Part, Problem, Reading, Said, Sum
from defectmodels.counting.program import Program, compile_problem
from defectmodels.counting.sumproduct import SumProduct

P = np.array([0.03, 0.05, 0.1])
MEAN, SIZE = np.array([2.5]), np.array([4.0])
WEIGHT = np.array([0.45, 0.45, 0.01, 0.8, 0.04])


def program() -> Program:
    """About ten or ten-odd in one year, and more than in another."""
    b = np.arange(100)
    parts = (Part((0, 1), (100, 80)), Part((2,), (60,), 0))
    said = (
        Said("ten", 0, (Reading(8, 12), Reading(11, 19)), (0, 1), 2),
        Said("more", 0, (Reading(tied=((1, b + 1, np.full(100, FOREVER)),)),), (3,), 4),
    )
    return compile_problem(Problem(parts, (Sum((0,)), Sum((1,))), said))


@pytest.mark.parametrize("mode", ["FAST_COMPILE", "NUMBA"])
def test_value_and_gradient_are_the_kernels(mode: str) -> None:
    made = program()
    inputs = [pt.dvector() for _ in range(4)]
    arrays = (pytensor.shared(made.ints), pytensor.shared(made.floats))
    total = SumProduct()(*inputs, *arrays)[0]
    run = pytensor.function(inputs, [total, *pt.grad(3.0 * total, inputs)], mode=mode)
    found = run(P, MEAN, SIZE, WEIGHT)
    expected = evaluate(P, MEAN, SIZE, WEIGHT, made.ints, made.floats)
    assert found[0] == pytest.approx(expected[0].sum(), abs=1e-13)
    for slope, other in zip(found[1:], expected[1:5], strict=True):
        np.testing.assert_allclose(slope, 3.0 * other, rtol=1e-12)


def test_gradient_is_the_slope() -> None:
    made = program()
    values = [P, MEAN, SIZE, WEIGHT]
    found = evaluate(*values, made.ints, made.floats)
    for at, value in enumerate(values):
        for i in range(len(value)):
            ends = []
            for sign in (1, -1):
                moved = list(values)
                moved[at] = value * (1.0 + sign * 1e-5 * (np.arange(len(value)) == i))
                ends.append(evaluate(*moved, made.ints, made.floats)[0].sum())
            slope = (ends[0] - ends[1]) / 2e-5
            assert value[i] * found[1 + at][i] == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize("piece", [1000, 1])
def test_draws_are_evaluated_one_by_one(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with a thread for each, in their order."""
    monkeypatch.setattr(calls, "_PIECE", piece)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    made = program()
    scale = np.array([0.5, 1.0, 2.0])[:, None]
    found = evaluate_draws(made, scale * P, scale * MEAN, scale * SIZE, np.tile(WEIGHT, (3, 1)))
    for at in range(3):
        one = evaluate(
            scale[at] * P, scale[at] * MEAN, scale[at] * SIZE, WEIGHT, made.ints, made.floats
        )
        np.testing.assert_array_equal(found.log_z[at], one[0])
        np.testing.assert_array_equal(found.truth[at], one[5])
    # Each statement is true in some reading or says nothing.
    for said in ((0, 1, 2), (3, 4)):
        own = [at for at, weights in enumerate(made.patterns) if set(weights) <= set(said)]
        np.testing.assert_allclose(found.truth[:, own].sum(axis=1), 1.0, rtol=1e-12)
