"""Prior probabilities of doubted rows, against the log probability of each draw by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from defectmodels.counting.draws import log_probabilities
from defectmodels.evidence.statements import Equality, Order
from defectmodels.model import chance as module
from defectmodels.model.build import build_design
from defectmodels.model.chance import LEAST_CHANCE, Chances, prior_chances
from defectmodels.model.design import Design
from defectmodels.model.inputs import counting_inputs
from defectmodels.model.jointly import only
from jointworld import compared, world

TOTALS = (("everyone", "2020H1", 300), ("everyone", "2020H2", 500))
HALF = "2020-01-01/2020-06-30"
ROWS = {
    "a few of many": world(*TOTALS, ("elite", "2020H1", 2, 9), graded=(2,)),
    "nearly all": world(*TOTALS, ("elite", "2020H1", 290, 300), graded=(2,)),
    "over two totals": world(*TOTALS, ("elite", "2020", 400), graded=(2,)),
    "a quarter": world(*TOTALS, ("elite", "2020Q1", 20, 40), graded=(2,)),
    "fewer than before": world(
        ("everyone", "2020H1", 20),
        ("everyone", "2020H2", 290),
        ("elite", "2020H2", 1),
        graded=(2,),
        comparisons=compared(2, Order, HALF, reading="fewer"),
    ),
    "as many as before": world(
        *TOTALS, ("elite", "2020H2", 1), graded=(2,), comparisons=compared(2, Equality, HALF)
    ),
    "days without a total": world(TOTALS[0], ("elite", "2020", 3, 30), graded=(1,)),
}


def rates(draws: int = 400) -> Chances:
    """Expected arrivals with every share from one in ten thousand to nearly all."""
    rng = np.random.default_rng(1)
    size = np.exp(rng.normal(0, 1, (draws, 2, 4)))
    size[:, 0] *= np.exp(rng.uniform(-9, 9, (draws, 1)))
    return Chances(60 * size, None, None)


def exact(design: Design, own: Chances) -> np.ndarray:
    """Probability of the doubted row at every draw, by logs where it is small."""
    (at,) = [at for at, one in enumerate(design.joint.problem.said) if one.untrue >= 0]
    joint = only(design.joint, [at])
    inputs = counting_inputs(replace(design, joint=joint), own.expected, None, None)
    weight = np.full(joint.program.weights, 1.0 / len(joint.problem.said[0].weights))
    weight[joint.problem.said[0].untrue] = 0.0
    tiled = np.tile(weight, (len(own.expected), 1))
    log_z = log_probabilities(joint.program, *inputs, tiled).sum(axis=1)
    return np.exp(log_z)


@pytest.mark.parametrize("name", ROWS)
def test_the_mean_is_that_of_all_draws(name: str) -> None:
    own = rates()
    probability = exact(ROWS[name], own)
    found = own.of(ROWS[name])
    (at,) = np.flatnonzero(found < 1.0)
    assert found[at] == pytest.approx(probability.mean(), rel=1e-10)
    assert probability.mean() > LEAST_CHANCE and probability.min() < 1e-20


def test_a_row_that_nothing_allows_has_the_least() -> None:
    none = world(*TOTALS, ("elite", "2020H1", 301), graded=(2,))
    assert LEAST_CHANCE in rates().of(none)


def test_what_is_kept_is_what_would_be_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are known again among others, and in another place; a row that moved is not."""
    one = ("elite", "2020H1", 2, 9)
    first = world(*TOTALS, one, ("elite", "2020H2", 5), graded=(2, 3))
    other = world(*TOTALS, ("elite", "2020Q4", 1), ("elite", "2020H2", 6), one, graded=(2, 3, 4))
    worked = []
    mean = module._mean
    monkeypatch.setattr(module, "_mean", lambda *more: worked.append(1) or mean(*more))
    own = rates()
    before = own.of(first)
    assert len(worked) == 2 and (own.of(first) == before).all() and len(worked) == 2
    after = own.of(other)
    assert len(worked) == 4
    np.testing.assert_array_equal(after, rates().of(other))


def test_a_model_has_the_chances_of_its_own_prior() -> None:
    design = ROWS["a quarter"]
    model = build_design(design)
    np.testing.assert_array_equal(
        prior_chances(model, design.grades).of(design), model["joint_chance"].get_value()
    )
