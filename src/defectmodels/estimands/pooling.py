r"""Partial pooling of several levels towards their common mean, as a second stage on draws.

Comparing all pairs of J levels asks J (J - 1) / 2 questions, of which some are answered with
confidence by luck. Gelman, Hill and Yajima (2012), *Why we (usually) don't have to worry about
multiple comparisons*, Journal of Research on Educational Effectiveness 5:189-211, answer by a
multilevel model: levels that the data tell poorly apart are drawn together, and the intervals of
their differences with them.

With y the levels on the scale of the first stage, whose posterior is taken as normal with the mean
m and the covariance V of its draws,

    m | theta ~ Normal(theta, V),   theta_e | mu, tau ~ Normal(mu, tau),
    mu flat,                        tau ~ half-normal(1).

What the first stage's priors said counts as data. With S = V + tau^2 I, the marginal posterior of
tau is known in closed form up to a constant (Gelman et al., *Bayesian Data Analysis*, 3rd ed.,
section 5.4, with full V),

    log p(tau | m) = -tau^2 / 2 - log|S| / 2 - log(1' S^-1 1) / 2 - (m - c 1)' S^-1 (m - c 1) / 2,
    c = 1' S^-1 m / 1' S^-1 1,

and is integrated on a grid. Given tau, a draw y of the first stage and z standard normal give a
draw of theta: with r = y - tau z and c(r) as above, theta = tau z + c(r) 1 + tau^2 S^-1 (r - c(r) 1).
Each pooled draw so belongs to one draw of the first stage, and is that draw where tau is large.

Invariant: pooled draws have the law of brute-force integration; where tau is 0 all levels are equal
on every draw, and where it is large they are the draws themselves. Shown by
``tests/test_pooling.py``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

TAU_SCALE = 1.0
"""Scale of tau's half-normal prior: levels scatter by a factor of e, or less, around their mean."""
_GRID = np.geomspace(1e-4, 6.0 * TAU_SCALE, 800)
"""Values of tau; the prior has less than 1e-8 above and 1e-4 below, which goes to the first."""


class _Stage(NamedTuple):
    """What a first stage says, along the eigenvectors of its covariance.

    Attributes
    ----------
    vectors : np.ndarray (level, axis)
    variance, ones, mean : np.ndarray (axis,)
        Variance of each axis; the vector of ones and the mean, along the axes.
    """

    vectors: np.ndarray
    variance: np.ndarray
    ones: np.ndarray
    mean: np.ndarray


def _stage(draws: np.ndarray) -> _Stage:
    variance, vectors = np.linalg.eigh(np.cov(draws, rowvar=False))
    # Levels that are the same on every draw have axes without any variance.
    variance = np.clip(variance, 0.0, None)
    return _Stage(vectors, variance, vectors.sum(axis=0), draws.mean(axis=0) @ vectors)


def tau_posterior(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Posterior of tau: np.ndarray (value,) of the grid, and their probabilities.

    Parameters
    ----------
    draws : np.ndarray (sample, level)
    """
    stage = _stage(draws)
    precision = 1.0 / (stage.variance + _GRID[:, None] ** 2)
    of_mean = precision @ stage.ones**2
    centre = (precision @ (stage.ones * stage.mean)) / of_mean
    distance = (precision * (stage.mean - centre[:, None] * stage.ones) ** 2).sum(axis=1)
    log_density = -0.5 * (
        (_GRID / TAU_SCALE) ** 2 - np.log(precision).sum(axis=1) + np.log(of_mean) + distance
    )
    # Trapezoids; what lies below the grid's first value counts as that value.
    edges = np.concatenate([[0.0], (_GRID[1:] + _GRID[:-1]) / 2, _GRID[-1:]])
    weights = np.exp(log_density - log_density.max()) * np.diff(edges)
    return _GRID, weights / weights.sum()


def pool(draws: np.ndarray, rng: np.random.Generator, tau: float | None = None) -> np.ndarray:
    """Draws of the pooled levels.

    Parameters
    ----------
    draws : np.ndarray (sample, level)
        Levels on a scale without ends: log rates, logits of shares.
    rng : np.random.Generator
    tau : float, optional
        Standard deviation of the levels around their mean; by default it is drawn from its
        posterior.

    Returns
    -------
    np.ndarray (sample, level)
        Each row belongs to the same row of `draws`.
    """
    if tau is None:
        values, odds = tau_posterior(draws)
        scatter = rng.choice(values, size=(len(draws), 1), p=odds)
    else:
        scatter = np.full((len(draws), 1), tau)
    stage = _stage(draws)
    fresh = scatter * rng.standard_normal(draws.shape)
    rest = (draws - fresh) @ stage.vectors
    precision = 1.0 / (stage.variance + scatter**2)
    centre = (precision * stage.ones * rest).sum(axis=1) / (precision @ stage.ones**2)
    rest = (rest - centre[:, None] * stage.ones) * precision
    pooled: np.ndarray = fresh + centre[:, None] + scatter**2 * (rest @ stage.vectors.T)
    return pooled
