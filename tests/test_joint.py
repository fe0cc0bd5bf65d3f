"""Joint rows in small worlds, against enumeration by SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from scipy import stats

from defectmodels.counting.problem import ConflictError
from defectmodels.errors import EvidenceError
from defectmodels.evidence.dataset import Dataset
from defectmodels.model.build import build_design
from defectmodels.model.chance import CHANCE_DRAWS, LEAST_CHANCE
from defectmodels.model.design import Design, make_design
from defectmodels.model.inputs import counting_inputs, simulate, weights
from defectmodels.model.joint import add_joint
from jointworld import DOUBT, FACTOR, TOTALS, content, ranked, world
from smallworld import FAST, make_dataset, make_spec

EXPECTED = np.array([[1.0, 2.0, 3.0, 4.0], [9.0, 8.0, 10.0, 11.0]])
POINTS = [EXPECTED * np.exp(np.random.default_rng(i).normal(0, 0.7, (2, 4))) for i in range(6)]
FRAILTY = 0.4


class Evaluated:
    """Log probability of the joint rows of a design and its gradient by the log expected."""

    def __init__(
        self,
        design: Design,
        chance: float = 1.0,
        reliability: float | None = None,
        factor: float | None = None,
        frailty: float | None = None,
    ) -> None:
        log = pt.dmatrix("log_expected")
        chances = np.full(len(design.joint.rows), chance)
        scale = None if factor is None else pt.as_tensor(np.array([factor]))
        cv = None if frailty is None else pt.as_tensor(frailty)
        true = None if reliability is None else pt.as_tensor(np.array([reliability]))
        with pm.Model(coords=design.coords) as model:
            add_joint(design, pt.exp(log), scale, cv, weights(design, chances, true))
        total = model.logp(sum=False)[0].sum()
        self.run = pytensor.function([log], [total, pytensor.grad(total, log)], mode=FAST)

    def __call__(self, expected: np.ndarray) -> float:
        return float(self.run(np.log(expected))[0])

    def gradient(self, expected: np.ndarray) -> np.ndarray:
        return self.run(np.log(expected))[1]


def plus(*pmfs: np.ndarray) -> np.ndarray:
    found = np.ones(1)
    for pmf in pmfs:
        found = np.convolve(found, pmf)
    return found


def part(total: int, share: float) -> np.ndarray:
    return stats.binom.pmf(np.arange(total + 1), total, share)


def halves(expected: np.ndarray) -> list[float]:
    """Share of the elites in each half of 2020."""
    return [
        expected[0, half].sum() / expected[:, half].sum() for half in (slice(0, 2), slice(2, 4))
    ]


@pytest.mark.parametrize("bounds", [(9,), (7, 12), (5, None), (None, 6), (0,)])
def test_a_part_of_two_totals_is_the_sum_of_two_binomials(bounds: tuple[int | None, ...]) -> None:
    design = world(*TOTALS, ("elite", "2020", *bounds))
    assert not design.selection.nested and len(design.joint.rows) == 1
    low, high = bounds if len(bounds) == 2 else (bounds[0], bounds[0])
    found = Evaluated(design)
    for expected in POINTS:
        first, second = halves(expected)
        pmf = plus(part(30, first), part(60, second))
        want = pmf[low or 0 : None if high is None else high + 1].sum()
        assert found(expected) == pytest.approx(np.log(want), abs=1e-9)


@pytest.mark.parametrize("frailty", [None, FRAILTY])
@pytest.mark.parametrize("bounds", [(4,), (2, 6)])
def test_days_beyond_the_total_are_counted_by_themselves(
    frailty: float | None, bounds: tuple[int, ...]
) -> None:
    design = world(("everyone", "2020Q1", 30), ("elite", "2020H1", *bounds))
    found = Evaluated(design, frailty=frailty)
    counts = np.arange(40)
    for expected in POINTS:
        mean = expected[0, 1]
        a = None if frailty is None else 1 / frailty**2
        law = stats.poisson(mean) if a is None else stats.nbinom(a, a / (a + mean))
        pmf = plus(part(30, expected[0, 0] / expected[:, 0].sum()), law.pmf(counts))
        want = pmf[bounds[0] : bounds[-1] + 1].sum()
        assert found(expected) == pytest.approx(np.log(want), abs=1e-9)


def test_two_overlapping_rows_of_one_definition_share_what_they_share() -> None:
    design = world(
        ("press", "2020H1", 4),
        ("press", "2020-04-01..2020-09-30", 3, 5),
        definitions={"press": ["elite"]},
        definition={"everyone": {}, "press": {"factor": FACTOR}},
    )
    assert len(design.joint.rows) == 2
    found = Evaluated(design, factor=1.7)
    for expected in POINTS:
        a, b, c = 1.7 * expected[0, :3]
        want = sum(
            stats.poisson.pmf(4 - n, a)
            * stats.poisson.pmf(n, b)
            * stats.poisson.pmf(np.arange(max(0, 3 - n), 6 - n), c).sum()
            for n in range(5)
        )
        assert found(expected) == pytest.approx(np.log(want), abs=1e-9)


def test_a_rank_over_two_years_is_the_sum_over_both_counts() -> None:
    base = make_dataset(("everyone", "2020", 12), ("everyone", "2021", 9), ("elite", "2021", 1))
    rows = base.statements
    dataset = Dataset(
        base.header, (*rows[:2], ranked(rows[2], "2020-01-01/2020-12-31")), base.series
    )
    design = make_design(make_spec("2020", "2021", "year"), dataset)
    assert [row.compares for row in design.joint.rows] == [True]
    found = Evaluated(design)
    for point in POINTS:
        expected = point[:, :2]
        before, after = (
            part(n, q) for n, q in zip((12, 9), expected[0] / expected.sum(0), strict=True)
        )
        want = sum(before[n] * after[n:].sum() for n in range(13))
        assert found(expected) == pytest.approx(np.log(want), abs=1e-9)


@pytest.mark.parametrize("reliability", [0.05, 0.7, 0.99])
def test_a_graded_row_is_true_or_says_nothing(reliability: float) -> None:
    design = world(*TOTALS, ("elite", "2020H1", 4), graded=(2,))
    assert design.grades == ("medium",)
    found = Evaluated(design, chance=0.13, reliability=reliability)
    for expected in POINTS:
        true = stats.binom.pmf(4, 30, halves(expected)[0])
        want = reliability * true + (1 - reliability) * 0.13
        assert found(expected) == pytest.approx(np.log(want), abs=1e-9)


def test_graded_rows_that_contradict_each_other_are_not_both_true() -> None:
    design = world(*TOTALS, ("elite", "2020H1", 4), ("elite", "2020H1", 7), graded=(2, 3))
    found = Evaluated(design, chance=0.1, reliability=0.6)
    for expected in POINTS:
        four, seven = stats.binom.pmf([4, 7], 30, halves(expected)[0])
        want = 0.6 * 0.4 * 0.1 * (four + seven) + (0.4 * 0.1) ** 2
        assert found(expected) == pytest.approx(np.log(want), abs=1e-9)


def test_certain_rows_that_contradict_each_other_are_named() -> None:
    with pytest.raises(ConflictError, match=r"S2.*S3") as caught:
        world(*TOTALS, ("elite", "2020", 4), ("elite", "2020", 7))
    assert isinstance(caught.value, EvidenceError)


@pytest.mark.parametrize("low", [(200,), (200, None), (91, 300)])
def test_certain_rows_beyond_their_totals_are_named(low: tuple[int | None, ...]) -> None:
    definitions: dict[str, Any] = {"everyone": {}, "press": {"factor": FACTOR}}
    rows = (*TOTALS, ("press", "2020", *low))
    with pytest.raises(ConflictError, match=r"certain statements S2 cannot all be true"):
        world(*rows, definitions={"press": ["elite"]}, definition=definitions)
    # A graded one is untrue.
    design = world(*rows, graded=(2,), definitions={"press": ["elite"]}, definition=definitions)
    found = Evaluated(design, chance=0.2, reliability=0.9, factor=1.7)
    assert found(EXPECTED) == pytest.approx(np.log(0.1 * 0.2), abs=1e-9)
    assert np.isfinite(found.gradient(EXPECTED)).all()


def test_the_gradient_is_that_of_finite_differences() -> None:
    design = world(
        *TOTALS, ("elite", "2020", 6, 9), ("elite", "2020-02-01..2020-08-15", 3), graded=(3,)
    )
    found = Evaluated(design, chance=0.2, reliability=0.8)
    at = np.log(POINTS[0])
    gradient = found.gradient(POINTS[0])
    for cell in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[cell] = 1e-5
        slope = (found(np.exp(at + step)) - found(np.exp(at - step))) / 2e-5
        assert gradient[cell] == pytest.approx(slope, rel=1e-5, abs=1e-6)


def test_logp_and_gradient_are_finite_at_random_points() -> None:
    design = world(
        ("everyone", "2020Q1", 0),
        ("everyone", "2020Q2", 40),
        ("elite", "2020H1", 2, None),
        ("elite", "2020-05-01..2020-08-15", 1, 6),
        ("elite", "2020Q3", 3),
        graded=(4,),
    )
    found = Evaluated(design, chance=0.2, reliability=0.8, frailty=FRAILTY)
    rng = np.random.default_rng(1)
    for point in range(300):
        expected = np.exp(rng.uniform(-20.0, 12.0, (2, 4)))
        values = found(expected), found.gradient(expected)
        assert all(np.isfinite(value).all() for value in values), (point, expected)


# --- draws ----------------------------------------------------------------------------------


def test_simulated_rows_have_the_mean_of_what_they_speak_of() -> None:
    design = world(
        *TOTALS,
        ("elite", "2020", 9),
        ("elite", "2020Q1..2020Q3", 5, 8),
        ("elite", "2020Q1", 1, None),
    )
    p, mean, size = counting_inputs(design, EXPECTED, None, None, np)
    rng = np.random.default_rng(1)
    draws = simulate(design, *(np.tile(one, (4000, 1)) for one in (p, mean, size)), rng)
    quarters = np.array([30, 30, 60, 60]) * EXPECTED[0] / np.repeat([20.0, 28.0], 2)
    ids = [row.statement.id for row in design.joint.rows]
    want = {"S2": quarters.sum(), "S3": quarters[:3].sum(), "S4": quarters[0]}
    for at, name in enumerate(ids):
        error = draws[:, at].std() / np.sqrt(len(draws))
        assert abs(draws[:, at].mean() - want[name]) < 5 * error
    # They count the same persons.
    order = [ids.index(name) for name in ("S4", "S3", "S2") if name in ids]
    assert (np.diff(draws[:, order], axis=1) >= 0).all()


def test_the_prior_has_a_reliability_for_every_grade_that_is_used() -> None:
    model = build_design(world(*TOTALS, ("elite", "2020H1", 4), graded=(2,)))
    with model:
        tree = pm.sample_prior_predictive(200, random_seed=1, compile_kwargs={"mode": FAST})
    found = tree["prior"]["reliability"]
    assert found.dims == ("chain", "draw", "grade")
    assert float(found.mean()) == pytest.approx(0.7, abs=0.05)
    assert tree["prior_predictive"]["joint"].dims == ("chain", "draw", "joint_row")


def test_a_count_of_many_periods_without_totals_has_a_prior_chance() -> None:
    """More than 31 periods with frailty: more than an interpreted sum takes term by term."""
    axis = ("2010Q1", "2020Q4", "quarter")
    data = content(("elite", "2010..2020", 20, 90), graded=(0,), axis=axis)[1]
    spec = make_spec(*axis, reliability=DOUBT, frailty=FACTOR)
    model = build_design(make_design(spec, data))
    assert 0.0 < float(model["joint_chance"].get_value()[0]) < 1.0


def test_the_prior_chance_is_that_of_the_prior_draws() -> None:
    """Of one row within one total, a binomial at each draw; never below its least."""
    rows = (("everyone", "2020", 10), ("elite", "2020", 2, 3), ("elite", "2020", 11))
    design = world(*rows, graded=(1, 2))
    model = build_design(design)
    chance = dict(zip(design.coords["joint_row"], model["joint_chance"].get_value(), strict=True))
    expected = pm.draw(model["expected"], draws=4000, random_seed=1, mode=FAST)
    share = expected[:, 0].sum(axis=1) / expected.sum(axis=(1, 2))
    true = stats.binom.pmf([[2], [3]], 10, share).sum(axis=0)
    error = true.std() / np.sqrt(CHANCE_DRAWS)
    assert chance["S1"] == pytest.approx(true.mean(), abs=4 * error)
    assert chance["S2"] == LEAST_CHANCE


def test_prior_predictive_draws_of_the_joint_rows_exist() -> None:
    design = world(*TOTALS, ("elite", "2020", 9), ("elite", "2020H1", 4), graded=(3,))
    model = build_design(design)
    draws = pm.draw(model["joint"], draws=20, random_seed=1, mode=FAST)
    assert draws.shape == (20, 2) and draws.dtype.kind == "i"
    assert (draws >= 0).all() and (draws <= 90).all()
    assert len({tuple(one) for one in draws}) > 5
    chance = model["joint_chance"].get_value()
    graded = [row.statement.grade != "" for row in design.joint.rows]
    assert (chance[np.array(graded)] < 1.0).all() and (chance[~np.array(graded)] == 1.0).all()
