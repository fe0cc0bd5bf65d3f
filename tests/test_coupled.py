"""Coupled persons: the law of each scenario, and the persons who came where nothing differs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from defectmodels.estimands.coupled import (
    _binomial,
    _poisson,
    frailty_given,
    later_chance,
    new,
    thinned,
)

ENDS = np.r_[2.0 ** -np.arange(1, 50), 1 - 2.0 ** -np.arange(1, 53)]
"""Uniform numbers near 0 and near 1."""
DRAWS = 40_000


def right(law: stats.rv_discrete, k: int, u: float, scale: float) -> bool:
    """Whether k is the smallest number with P(X <= k) >= u, up to rounding of the probabilities."""
    error = 1e-12 + 1e-14 * scale
    return bool(law.cdf(k) >= u - error and law.cdf(k - 1) < u + error)


@pytest.mark.parametrize("mean", [1e-9, 1e-4, 0.3, 1.0, 3.7, 20.0, 112.3, 1e3, 12_345.6, 1e5])
def test_poisson_numbers_are_those_of_the_inverse_distribution_function(mean: float) -> None:
    law = stats.poisson(mean)
    random = np.random.default_rng(1).random(400)
    # Away from the ends the two agree to the last number.
    found = [_poisson(mean, u) for u in random]
    assert np.mean(np.array(found) == law.ppf(random)) > 0.995
    for u in (*random, *ENDS):
        assert right(law, _poisson(mean, u), u, 10 * mean), u
    # However near to 1, the number stays within what can be drawn at all.
    assert law.sf(_poisson(mean, 1.0) - 2) > 1e-20


@pytest.mark.parametrize("n", [0, 1, 2, 7, 50, 400, 3_000])
@pytest.mark.parametrize("p", [1e-300, 1e-9, 1e-4, 0.03, 0.5, 0.77, 0.99, 1 - 1e-6, 1 - 2**-53])
def test_binomial_numbers_are_those_of_the_inverse_distribution_function(n: int, p: float) -> None:
    law = stats.binom(n, p)
    random = np.random.default_rng(1).random(100)
    for u in (*random, *ENDS):
        k = _binomial(n, p, u)
        assert 0 <= k <= n and right(law, k, u, 10 * n), u


def test_the_edges_of_the_laws() -> None:
    assert [_poisson(0.0, u) for u in (0.0, 0.5, 1.0)] == [0, 0, 0]
    assert [_binomial(9, 0.0, u) for u in (0.0, 0.5, 1.0)] == [0, 0, 0]
    assert [_binomial(9, 1.0, u) for u in (0.0, 0.5, 1.0)] == [9, 9, 9]
    assert _binomial(0, 0.5, 0.7) == 0


# ---------------------------------------------------------------- the law of thinned counts


def cells(ratio: float, mean: float, cv: float | None, seed: int = 1) -> tuple[np.ndarray, ...]:
    """Those who came in one period, and a scenario's persons, in many draws."""
    rng = np.random.default_rng(seed)
    shape = (DRAWS, 1)
    w = np.ones(shape) if cv is None else rng.gamma(1 / cv**2, cv**2, shape)
    came = rng.poisson(mean * w)
    stay, more = rng.random((2, *shape))
    spread = None if cv is None else np.full(DRAWS, cv)
    known = frailty_given(came, np.full(shape, mean), spread, rng)
    full = np.full(shape, 1.0)
    return came[:, 0], thinned(came, mean * full, ratio * full, known, stay, more)[:, 0]


@pytest.mark.parametrize("cv", [None, 0.4])
@pytest.mark.parametrize("ratio", [0.05, 0.6, 0.999, 1.3, 4.0])
def test_a_scenario_alone_has_the_law_of_the_model(ratio: float, cv: float | None) -> None:
    mean = 6.5
    _, made = cells(ratio, mean, cv)
    law = stats.poisson(ratio * mean)
    if cv is not None:
        size = 1 / cv**2
        law = stats.nbinom(size, size / (size + ratio * mean))
    top = int(law.ppf(0.999))
    seen = np.bincount(np.minimum(made, top), minlength=top + 1)
    want = DRAWS * np.append(law.pmf(np.arange(top)), law.sf(top - 1))
    # Cells with few persons are put together.
    group = np.cumsum(want) // 50
    seen, want = (np.bincount(group.astype(int), one) for one in (seen, want))
    kept = want > 5
    assert (
        stats.chisquare(seen[kept], want[kept] * seen[kept].sum() / want[kept].sum()).pvalue > 1e-3
    )


@pytest.mark.parametrize("ratio", [0.3, 2.5])
def test_persons_are_thinned_one_by_one(ratio: float) -> None:
    """Given those who came, the rest is binomial, or Poisson in addition."""
    came, made = cells(ratio, 6.5, None)
    for n in (4, 7):
        own = made[came == n]
        law = stats.binom(n, ratio) if ratio < 1 else stats.poisson((ratio - 1) * 6.5, loc=n)
        error = 4 / np.sqrt(len(own))
        assert own.mean() == pytest.approx(law.mean(), abs=error * law.std())
        assert own.var() == pytest.approx(law.var(), rel=1.5 * error)


def test_a_ratio_of_1_gives_exactly_those_who_came() -> None:
    for cv in (None, 0.4):
        came, made = cells(1.0, 6.5, cv)
        np.testing.assert_array_equal(came, made)


def test_more_is_never_fewer() -> None:
    """With the same uniform numbers, a larger ratio has as many persons or more."""
    rng = np.random.default_rng(2)
    shape = (300, 7)
    came, mean, w = (
        rng.poisson(9.0, shape),
        rng.gamma(3.0, 3.0, shape),
        rng.gamma(6.0, 1 / 6, shape),
    )
    stay, more = rng.random((2, *shape))
    ratios = (0.0, 1e-6, 0.2, 0.5, 0.9, 1.0, 1.0001, 1.5, 3.0, 10.0)
    made = [thinned(came, mean, np.full(shape, r), w, stay, more) for r in ratios]
    assert all((b >= a).all() for a, b in pairwise(made))
    assert (made[0] == 0).all() and (made[5] == came).all()
    assert all((a <= came).all() for a in made[:5]) and all((a >= came).all() for a in made[6:])


def test_memory_order_and_views_do_not_matter() -> None:
    rng = np.random.default_rng(3)
    came, mean = rng.poisson(9.0, (40, 6)), rng.gamma(3.0, 3.0, (40, 6))
    ratio, w = rng.gamma(2.0, 0.5, (40, 6)), rng.gamma(6.0, 1 / 6, (40, 6))
    stay, more = rng.random((2, 40, 6))
    whole = thinned(came, mean, ratio, w, stay, more)
    turned = [np.asfortranarray(one) for one in (came, mean, ratio, w, stay, more)]
    np.testing.assert_array_equal(thinned(*turned), whole)
    part = [one[:, ::2] for one in (came, mean, ratio, w, stay, more)]
    np.testing.assert_array_equal(thinned(*part), whole[:, ::2])
    np.testing.assert_array_equal(new(mean.T, w.T, more.T), new(mean, w, more).T)


# ---------------------------------------------------------------- frailty and later persons


def test_frailty_given_a_count_is_gamma() -> None:
    rng = np.random.default_rng(4)
    cv, came, expected = 0.3, 14, 9.0
    full = np.ones((DRAWS, 1))
    drawn = frailty_given(came * full, expected * full, np.full(DRAWS, cv), rng)[:, 0]
    a = 1 / cv**2
    law = stats.gamma(a + came, scale=1 / (a + expected))
    assert stats.kstest(drawn, law.cdf).pvalue > 1e-3
    # By Bayes' rule on a grid: gamma beforehand, Poisson counts given it.
    grid = np.linspace(0.01, 4, 4000)
    weight = stats.gamma(a, scale=1 / a).pdf(grid) * stats.poisson(expected * grid).pmf(came)
    assert law.mean() == pytest.approx((grid * weight).sum() / weight.sum(), rel=1e-6)
    before = frailty_given(0 * full, 0 * full, np.full(DRAWS, cv), rng)[:, 0]
    assert stats.kstest(before, stats.gamma(a, scale=1 / a).cdf).pvalue > 1e-3


def test_each_draw_has_its_own_frailty_and_a_model_without_has_none() -> None:
    came = np.array([[3, 4, 5], [6, 7, 8]])
    assert (frailty_given(came, came + 0.5, None, np.random.default_rng(1)) == 1.0).all()
    cv = np.array([1e-6, 0.5])
    drawn = frailty_given(came, came + 0.5, cv, np.random.default_rng(1))
    assert np.abs(drawn[0] - 1).max() < 1e-4 and np.abs(drawn[1] - 1).min() > 1e-4


def test_later_persons_are_poisson_given_the_frailty() -> None:
    rng = np.random.default_rng(5)
    cv, mean = 0.4, 6.5
    full = np.ones((DRAWS, 2))
    w = frailty_given(0 * full, 0 * full, np.full(DRAWS, cv), rng)
    made = new(mean * full, w, rng.random(full.shape))
    assert made.dtype == np.int64
    size = 1 / cv**2
    law = stats.nbinom(size, size / (size + mean))
    error = 4 / np.sqrt(DRAWS)
    np.testing.assert_allclose(made.mean(axis=0), law.mean(), atol=error * law.std())
    np.testing.assert_allclose(made.var(axis=0), law.var(), rtol=2.5 * error)


@pytest.mark.parametrize("cv", [None, np.full(50, 0.2)])
def test_a_longer_future_begins_like_a_shorter_one(cv: np.ndarray | None) -> None:
    short, few = later_chance(("a", "b"), (50, 4), cv, 3)
    long, many = later_chance(("c", "b"), (50, 9), cv, 3)
    assert (short == long[:, :4]).all() and (few["b"] == many["b"][:, :4]).all()
    assert not (few["a"] == few["b"]).any()
    other, _ = later_chance(("a",), (50, 4), cv, 4)
    assert (other == short).all() == (cv is None)


def test_later_frailty_is_gamma_with_mean_one() -> None:
    w, _ = later_chance((), (2, 20_000), np.array([0.1, 0.5]), 1)
    for row, cv in zip(w, (0.1, 0.5), strict=True):
        assert stats.kstest(row, stats.gamma(1 / cv**2, scale=cv**2).cdf).pvalue > 0.001
