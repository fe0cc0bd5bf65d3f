from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from scipy import stats
from scipy.special import gammaln, logsumexp

from defectmodels.evidence.selection import Row
from defectmodels.evidence.statements import Interval
from defectmodels.model.design import Design, make_design
from defectmodels.model.likelihood import (
    add_rows,
    binomial,
    interval_logp,
    negative_binomial,
)
from smallworld import FAST, PY, make_dataset, make_spec, make_statement

FRAILTY = {"median": 0.3, "factor": 2.0, "why": "a test"}


def bare_row(low: int, high: int | None) -> Row:
    statement = make_statement(0, "everyone", "2020", low, high)
    return Row(statement, Interval(low, high), ("elite",), np.ones(1))


def vector(*values: float) -> Any:
    return pt.as_tensor(np.array(values, dtype=float))


def count_logp(mean: float, size: float | None, low: int, high: int | None) -> float:
    pmf = negative_binomial(vector(mean), None if size is None else vector(size))
    return interval_logp(pmf, [bare_row(low, high)]).eval(mode=PY).item()


def part_logp(share: float, trials: int, low: int, high: int | None) -> float:
    pmf = binomial(vector(trials * share), np.array([trials]))
    return interval_logp(pmf, [bare_row(low, high)]).eval(mode=PY).item()


def small_design(*rows: tuple[Any, ...], **more: Any) -> Design:
    """Quarters of 2020, elites and commoners, unless the model says otherwise."""
    model = {key: more.pop(key) for key in ("definition", "frailty", "groups") if key in more}
    axis = more.pop("axis", ())
    groups = model.get("groups", ("elite", "commoner"))
    return make_design(make_spec(*axis, **model), make_dataset(*rows, groups=groups, **more))


def rows_model(design: Design, expected: Any, factor: Any = None, frailty: Any = None) -> pm.Model:
    """Model of nothing but the rows, given the expected arrivals of every cell."""
    with pm.Model(coords=design.coords) as model:
        given = [None if one is None else pt.as_tensor(one) for one in (factor, frailty)]
        add_rows(design, pt.as_tensor(expected), *given)
    return model


def rows_logp(model: pm.Model) -> list[Any]:
    """Log probability of each direct and, if there are any, each nested row."""
    found = model.logp(sum=False)
    return found if isinstance(found, list) else [found]


def row_logp(design: Design, expected: np.ndarray, **more: Any) -> tuple[np.ndarray, np.ndarray]:
    found = [rows.eval(mode=PY) for rows in rows_logp(rows_model(design, expected, **more))]
    return found[0], found[1] if len(found) > 1 else np.zeros(0)


def moments(design: Design, name: str, expected: np.ndarray, **more: Any) -> list[np.ndarray]:
    """Mean, and size or number of trials, of the direct or the nested rows."""
    node = rows_model(design, expected, **more)[name].owner
    return [parameter.eval(mode=PY) for parameter in node.op.dist_params(node)]


# --- single rows against SciPy ------------------------------------------------------------


@pytest.mark.parametrize("size", [None, 0.3, 44.0])
@pytest.mark.parametrize("mean", [1e-3, 8.0, 2900.0])
@pytest.mark.parametrize("count", [0, 1, 12, 2914])
def test_an_interval_of_one_number_is_the_exact_pmf(
    size: float | None, mean: float, count: int
) -> None:
    law = stats.poisson(mean) if size is None else stats.nbinom(size, size / (size + mean))
    assert count_logp(mean, size, count, count) == pytest.approx(
        law.logpmf(count), rel=1e-9, abs=1e-9
    )


def test_an_exact_row_is_the_same_beside_intervals_and_alone() -> None:
    rows = [bare_row(12, 12), bare_row(8, 12), bare_row(3, None), bare_row(0, 0)]
    mean, size = vector(9.0, 9.0, 9.0, 0.5), vector(5.0, 5.0, 5.0, 5.0)
    together = interval_logp(negative_binomial(mean, size), rows).eval(mode=PY)
    alone = [
        count_logp(m, 5.0, *row.interval) for m, row in zip([9.0, 9.0, 9.0, 0.5], rows, strict=True)
    ]
    np.testing.assert_allclose(together, alone, rtol=1e-12)


@pytest.mark.parametrize("mean", [1e-4, 0.5, 10.0, 1e4, 1e8])
def test_an_interval_is_the_sum_of_its_pmfs_near_and_far(mean: float) -> None:
    law = stats.nbinom(5.0, 5.0 / (5.0 + mean))
    want = logsumexp(law.logpmf(np.arange(8, 13)))
    assert count_logp(mean, 5.0, 8, 12) == pytest.approx(want, rel=1e-9)


@pytest.mark.parametrize("size", [None, 0.5, 44.0])
@pytest.mark.parametrize("low", [1, 7, 300])
def test_at_least_is_the_complement_near_and_far(size: float | None, low: int) -> None:
    for mean in np.logspace(-6, 6, 13):
        law = stats.poisson(mean) if size is None else stats.nbinom(size, size / (size + mean))
        want = law.logsf(low - 1)
        if not want > -5.0:  # SciPy's own complement loses digits far below
            want = logsumexp(law.logpmf(np.arange(low, low + 20_000)))
        assert count_logp(mean, size, low, None) == pytest.approx(want, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("low", [1, 3, 5])
@pytest.mark.parametrize("trials", [5, 63, 3000])
def test_at_least_of_a_part_is_the_complement_near_and_far(trials: int, low: int) -> None:
    for share in (1e-10, 1e-4, 0.1, 0.9):
        law = stats.binom(trials, share)
        want = logsumexp(law.logpmf(np.arange(low, trials + 1)))
        found = part_logp(share, trials, low, None)
        assert found == pytest.approx(want, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("size", [0.5, 44.0])
def test_at_most_is_the_cdf(size: float) -> None:
    for mean in (0.1, 5.0, 100.0):
        want = stats.nbinom(size, size / (size + mean)).logcdf(6)
        assert count_logp(mean, size, 0, 6) == pytest.approx(want, rel=1e-9)


@pytest.mark.parametrize("trials", [1, 12, 1514])
@pytest.mark.parametrize("share", [1e-6, 0.01, 0.6])
def test_a_part_is_binomial(trials: int, share: float) -> None:
    for count in {0, 1, min(8, trials), trials}:
        want = stats.binom.logpmf(count, trials, share)
        found = part_logp(share, trials, count, count)
        assert found == pytest.approx(want, rel=1e-8, abs=1e-9)


def test_a_part_has_no_more_persons_than_its_total() -> None:
    want = stats.binom.logsf(1, 5, 0.1)
    assert part_logp(0.1, 5, 2, 9) == pytest.approx(want, rel=1e-10)


def test_a_negative_binomial_with_little_frailty_is_poisson() -> None:
    exact = stats.poisson.logpmf(12, 9.0)
    assert count_logp(9.0, 1e8, 12, 12) == pytest.approx(exact, abs=1e-6)


# --- rows of a design against enumeration -------------------------------------------------


def count_vectors(total: int, cells: int) -> list[tuple[int, ...]]:
    """All ways of spreading a total over cells."""
    return [c for c in itertools.product(range(total + 1), repeat=cells) if sum(c) == total]


def poisson_cells(counts: tuple[int, ...], means: np.ndarray) -> float:
    return float(np.exp(stats.poisson.logpmf(counts, means).sum()))


@pytest.mark.parametrize("total", range(5))
def test_one_parent_equals_enumeration_of_the_cells(total: int) -> None:
    """Total of two groups in two quarters, and the elites of the first of them."""
    expected = np.array([[0.7, 0.4], [1.1, 2.0]])
    ways = count_vectors(total, 4)
    for elite in range(total + 1):
        design = small_design(
            ("everyone", "2020H1", total),
            ("elite", "2020Q1", elite),
            axis=("2020Q1", "2020Q2"),
        )
        want = sum(poisson_cells(c, expected.ravel()) for c in ways if c[0] == elite)
        direct, nested = row_logp(design, expected)
        assert np.exp(direct.sum() + nested.sum()) == pytest.approx(want, abs=1e-10)


def test_intervals_of_one_parent_equal_enumeration() -> None:
    expected = np.array([[0.7, 0.4], [1.1, 2.0]])
    for low, high in [(1, 2), (2, 9), (0, 1), (1, None), (3, None), (None, 2)]:
        design = small_design(
            ("everyone", "2020H1", 4), ("elite", "2020H1", low, high), axis=("2020Q1", "2020Q2")
        )
        allowed = range(low or 0, (4 if high is None else high) + 1)
        want = sum(
            poisson_cells(c, expected.ravel())
            for c in count_vectors(4, 4)
            if c[0] + c[1] in allowed
        )
        direct, nested = row_logp(design, expected)
        assert np.exp(direct.sum() + nested.sum()) == pytest.approx(want, abs=1e-10)


@pytest.mark.parametrize(("men", "women"), [(0, 0), (1, 2), (3, 1), (4, 0)])
def test_two_exact_groups_of_one_total_are_multinomial(men: int, women: int) -> None:
    expected = np.array([[1.0], [2.5], [0.5]])
    design = small_design(
        ("everyone", "2020", 4),
        ("men", "2020", men),
        ("women", "2020", women),
        axis=("2020", "2020", "year"),
        groups=("men", "women", "children"),
    )
    assert len(design.selection.nested) == 2
    direct, nested = row_logp(design, expected)
    counts = (men, women, 4 - men - women)
    assert np.exp(direct.sum() + nested.sum()) == pytest.approx(
        poisson_cells(counts, expected.ravel()), abs=1e-10
    )
    share = expected.ravel() / expected.sum()
    assert nested.sum() == pytest.approx(stats.multinomial.logpmf(counts, 4, share), abs=1e-10)


def test_a_part_with_a_factor_is_binomial_with_the_scaled_share() -> None:
    factor = {"median": 1.5, "factor": 3.0, "why": "a test"}
    design = small_design(
        ("everyone", "2020", 50),
        ("press", "2020", 7),
        definitions={"press": ["elite"]},
        definition={"everyone": {}, "press": {"factor": factor}},
    )
    expected = np.array([[1.0, 2.0, 1.0, 2.0], [9.0, 8.0, 10.0, 11.0]])
    for scale in (0.5, 1.0, 2.0):
        _, nested = row_logp(design, expected, factor=np.array([scale]))
        assert nested[0] == pytest.approx(stats.binom.logpmf(7, 50, scale * 6 / 44), abs=1e-10)
    # A factor that asks for more than everyone is held at everyone.
    _, nested = row_logp(design, expected, factor=np.array([100.0]))
    assert nested[0] < -500.0


def test_a_zero_total_has_no_elites() -> None:
    design = small_design(("everyone", "2020Q1", 0), ("elite", "2020Q1", 0))
    expected = np.full((2, 4), 2.0)
    direct, nested = row_logp(design, expected)
    assert direct[0] == pytest.approx(-4.0, abs=1e-12)
    assert nested[0] == pytest.approx(0.0, abs=1e-12)


# --- frailty ------------------------------------------------------------------------------


def test_a_year_is_the_sum_of_its_quarters_in_mean_and_variance() -> None:
    design = small_design(("everyone", "2020", 100), frailty=FRAILTY)
    expected = np.array([[1.0, 2.0, 3.0, 4.0], [20.0, 10.0, 30.0, 25.0]])
    mean, size = moments(design, "direct", expected, frailty=0.3)
    by_quarter = expected.sum(axis=0)
    assert mean[0] == pytest.approx(by_quarter.sum(), rel=1e-12)
    # Var N = m + m^2 / size; each quarter has its own frailty of coefficient of variation 0.3.
    want = (by_quarter + (0.3 * by_quarter) ** 2).sum()
    assert mean[0] + mean[0] ** 2 / size[0] == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize("count", [0, 5, 40, 90])
def test_a_year_of_equal_quarters_is_their_convolution(count: int) -> None:
    design = small_design(("everyone", "2020", count))
    expected = np.full((2, 4), 5.0)
    quarter = stats.nbinom(1 / 0.3**2, 1 / (1 + 10.0 * 0.3**2)).pmf(np.arange(count + 1))
    year = quarter
    for _ in range(3):
        year = np.convolve(year, quarter)[: count + 1]
    direct, _ = row_logp(design, expected, frailty=0.3)
    assert np.exp(direct[0]) == pytest.approx(year[count], rel=1e-10)


def test_frailty_common_to_the_groups_leaves_the_split_binomial() -> None:
    """Enumeration over both counts, the shared Gamma frailty integrated in closed form."""
    design = small_design(
        ("everyone", "2020Q1", 6), ("elite", "2020Q1", 2), axis=("2020Q1", "2020Q1")
    )
    expected = np.array([[1.5], [4.0]])
    size = 1 / 0.4**2
    # Negative multinomial: Gamma(size, size) mixed over independent Poissons.
    counts, means = np.array([2, 4]), expected.ravel()
    total = size + means.sum()
    want = gammaln(size + 6) - gammaln(size) - gammaln(counts + 1).sum()
    want += size * np.log(size / total) + (counts * np.log(means / total)).sum()
    direct, nested = row_logp(design, expected, frailty=0.4)
    assert direct.sum() + nested.sum() == pytest.approx(want, abs=1e-10)


def test_a_row_counts_the_days_that_it_covers() -> None:
    design = small_design(("everyone", "2020-01-01..2020-02-29", 10))
    (mean,) = moments(design, "direct", np.full((2, 4), 45.5))
    assert mean[0] == pytest.approx(60.0, rel=1e-12)  # 60 of the 91 days


# --- no rate breaks it ----------------------------------------------------------------------


def awkward_design() -> Design:
    """Zero counts, a zero total, open ends, days outside the totals, a factor."""
    press = {"press": {"factor": {"median": 1.5, "factor": 3.0, "why": "a test"}}}
    return small_design(
        ("everyone", "2020Q1", 0),
        ("everyone", "2020Q2", 40),
        ("everyone", "2020Q3", 30, None),
        ("elite", "2020Q1", 0, 3),
        ("elite", "2020-04-01..2020-08-15", 2, None),
        ("press", "2020H1", 0),
        ("press", "2020Q4", 1, None),
        definitions={"press": ["elite"]},
        definition={"everyone": {}, "elite": {}} | press,
    )


@pytest.mark.parametrize(("kind", "points"), [("shipped", 500), ("awkward", 1500)])
def test_logp_and_gradient_are_finite_at_2000_random_points(
    kind: str, points: int, shipped_design: Design
) -> None:
    design = shipped_design if kind == "shipped" else awkward_design()
    log_rate = pt.dmatrix("log_rate")
    log_factor, log_cv = pt.dvector("log_factor"), pt.dscalar("log_cv")
    expected = pt.exp(log_rate) * (design.exposure * design.periods.years)
    model = rows_model(design, expected, pt.exp(log_factor), pt.exp(log_cv))
    each = rows_logp(model)
    # The elites of the shipped evidence are joint: tests/test_joint.py goes over them.
    assert len(each) == (1 if kind == "shipped" else 2)
    inputs = [log_rate, log_factor, log_cv]
    outputs = [
        *each,
        *pytensor.grad(sum(rows.sum() for rows in each), inputs, disconnected_inputs="ignore"),
    ]
    run = pytensor.function(inputs, outputs, mode=FAST)
    rng = np.random.default_rng(1)
    shape = (len(design.groups), len(design.periods))
    for point in range(points):
        # Half of the points differ from cell to cell, half mainly between groups.
        spread = (1.0, 35.0 / 2) if point % 2 else (35.0 / 2, 0.5)
        rates = np.clip(
            -2.5
            + spread[0] * rng.uniform(-1, 1, (shape[0], 1))
            + spread[1] * rng.uniform(-1, 1, shape),
            -20.0,
            15.0,
        )
        scales = rng.normal(0.0, 1.0, len(design.scaled))
        values = run(rates, scales, rng.normal(-2.0, 1.5))
        assert all(np.isfinite(value).all() for value in values), (point, rates)


def test_the_gradient_is_that_of_finite_differences() -> None:
    design = awkward_design()
    log_rate = pt.dmatrix("log_rate")
    model = rows_model(design, pt.exp(log_rate), np.array([1.3]), 0.3)
    total = sum(rows.sum() for rows in rows_logp(model))
    run = pytensor.function([log_rate], [total, pytensor.grad(total, log_rate)], mode=FAST)
    at = np.array([[0.1, 0.7, 1.0, -0.5], [0.5, 3.4, 5.6, 3.0]])
    gradient = run(at)[1]
    for cell in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[cell] = 1e-5
        slope = (run(at + step)[0] - run(at - step)[0]) / 2e-5
        assert gradient[cell] == pytest.approx(slope, rel=1e-5, abs=1e-6)


# --- simulated rows -------------------------------------------------------------------------


def draw_rows(design: Design, expected: np.ndarray, frailty: float | None) -> tuple[Any, Any]:
    """4,000 draws of the direct and of the nested rows, as the model simulates them."""
    model = rows_model(design, expected, frailty=frailty)
    return pm.draw([model["direct"], model["nested"]], draws=4000, random_seed=1, mode=FAST)


@pytest.mark.parametrize("frailty", [None, 0.4])
def test_draws_have_the_stated_mean_and_variance(frailty: float | None) -> None:
    design = small_design(
        ("everyone", "2020H1", 30),
        ("everyone", "2020H2", 60),
        ("elite", "2020H1", 4),
        ("elite", "2020H2", 8, 12),
    )
    expected = np.array([[1.0, 2.0, 3.0, 4.0], [9.0, 8.0, 10.0, 11.0]])
    direct, nested = draw_rows(design, expected, frailty)
    assert direct.dtype.kind == nested.dtype.kind == "i"
    quarters = expected.sum(axis=0).reshape(2, 2)
    variance = quarters.sum(axis=1) + (((frailty or 0.0) * quarters) ** 2).sum(axis=1)
    shares = np.array([3 / 20, 7 / 28])
    totals = np.array([30, 60])
    for draws, mean, var in (
        (direct, quarters.sum(axis=1), variance),
        (nested, totals * shares, totals * shares * (1 - shares)),
    ):
        # Five standard errors; a variance's is about sqrt(2 / 4000) = 2.2% of it.
        assert (np.abs(draws.mean(axis=0) - mean) < 5 * np.sqrt(var / 4000)).all()
        np.testing.assert_allclose(draws.var(axis=0), var, rtol=0.15)


def test_draws_of_one_total_never_exceed_it() -> None:
    design = small_design(("everyone", "2020Q1", 3), ("elite", "2020Q1", 3))
    expected = np.tile([[0.9], [0.1]], 4)
    _, nested = draw_rows(design, expected, None)
    assert nested.max() == 3
    assert nested.mean() == pytest.approx(2.7, abs=0.05)
