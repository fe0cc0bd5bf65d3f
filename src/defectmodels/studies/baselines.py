"""Baselines of a backtest: what a regular series of counts says of its own next steps.

Each gives the predictive distribution of the *sum* over some steps ahead. Rules that give a point
(last value, seasonal last value, mean of the last four) get their spread from their own earlier errors
over as many steps, in logs; the random walk has its own; ETS and ARIMA, from statsmodels, are fitted to
log(count + 1/2) with the smallest AICc of a few forms, their parameters taken as known.

Invariant: the draws of a baseline and its log probability are those of one distribution. Shown by
``tests/test_baselines.py``.
"""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats

from defectmodels.errors import EvidenceError, SpecError, UnknownNameError, known
from defectmodels.estimands.scores import log_score

ENOUGH = 5
"""Earlier errors from which a spread is taken alone."""
FLOOR = 0.3
"""Standard deviation in logs that stands for each error that is missing to `ENOUGH`: a judgement, so that
two good guesses in a row do not make a forecast certain."""
LEAST = {"mean of last four": 4, "random walk": 4, "ETS": 8, "ARIMA": 8}
"""Counts that a baseline needs; one year where nothing stands here."""
_CVS = np.geomspace(0.02, 2.0, 100)
"""Coefficients of variation of a random walk's step that are weighed, equal in logs beforehand."""
_TINY = 1e-6


@dataclass(frozen=True)
class Counts:
    """A regular series of counts, in order and without gaps.

    Attributes
    ----------
    values : np.ndarray (step,), int, persons
    season : int
        Steps in a year: 4 for quarters, 1 for years.
    """

    values: np.ndarray
    season: int


@dataclass(frozen=True)
class Predictive:
    """A predictive distribution of a count.

    Attributes
    ----------
    draws : np.ndarray (draw,), persons
    log_pmf : callable
        Log probability of a count.
    """

    draws: np.ndarray
    log_pmf: Callable[[int], float]


def poisson_mixture(mean: np.ndarray, rng: np.random.Generator) -> Predictive:
    """Counts that are Poisson with the mean of each draw: np.ndarray (draw,), persons."""
    most = np.minimum(mean, 1e15)
    return Predictive(rng.poisson(most), lambda count: log_score(count, most))


def _log_normal(location: float, scale: float, rng: np.random.Generator, draws: int) -> Predictive:
    """Whole part of exp(x), x normal.

    A Student distribution in logs would have no mean, and so no CRPS, in persons.
    """
    law = stats.norm(location, scale)
    values = np.floor(np.exp(law.rvs(draws, random_state=rng)))
    return Predictive(values, lambda count: _log_between(law, count))


def _log_between(law: Any, count: int) -> float:
    """Log probability that the whole part of exp(x) is a count."""
    high = math.log(count + 1)
    if count == 0:
        return float(law.logcdf(high))
    low = math.log(count)
    # In the upper half the small tails are subtracted, which keeps their digits.
    upper = law.cdf(low) > 0.5
    inside = law.sf(low) - law.sf(high) if upper else law.cdf(high) - law.cdf(low)
    if inside > 0:
        return float(math.log(inside))
    return float(law.logpdf(high) + math.log(high - low))


# --- rules that give a point ----------------------------------------------------------------


def _last(values: np.ndarray, season: int, skip: int, steps: int) -> float:
    return float(values[-1] * steps)


def _seasonal(values: np.ndarray, season: int, skip: int, steps: int) -> float:
    """The last year's value of the same place within the year."""
    ahead = np.arange(skip, skip + steps) % season
    return float(values[-season:][ahead].sum())


def _mean_of_four(values: np.ndarray, season: int, skip: int, steps: int) -> float:
    return float(values[-4:].mean() * steps)


Rule = Callable[[np.ndarray, int, int, int], float]
_RULES: dict[str, Rule] = {
    "last value": _last,
    "seasonal last value": _seasonal,
    "mean of last four": _mean_of_four,
}


def own_errors(rule: Rule, series: Counts, skip: int, steps: int, least: int) -> np.ndarray:
    """Errors of a rule at all earlier ends of its series, in logs: np.ndarray (error,)."""
    values, season = series.values, series.season
    found = []
    for end in range(least, len(values) - skip - steps + 1):
        guess = rule(values[:end], season, skip, steps)
        came = values[end + skip : end + skip + steps].sum()
        found.append(math.log(came + 0.5) - math.log(guess + 0.5))
    return np.array(found)


def spread_of(errors: np.ndarray) -> float:
    """Standard deviation around 0 of errors in logs; missing ones count as `FLOOR`."""
    missing = max(ENOUGH - len(errors), 0)
    squares = (errors**2).sum() + missing * FLOOR**2
    return max(math.sqrt(squares / (len(errors) + missing)), _TINY)


def _by_rule(
    rule: Rule, series: Counts, skip: int, steps: int, draws: int, rng: np.random.Generator, least: int
) -> Predictive:  # fmt: skip
    scale = spread_of(own_errors(rule, series, skip, steps, least))
    point = rule(series.values, series.season, skip, steps)
    return _log_normal(math.log(point + 0.5), scale, rng, draws)


# --- a random walk --------------------------------------------------------------------------


def step_weights(values: np.ndarray) -> np.ndarray:
    """Posterior of a walk's coefficient of variation on a grid: np.ndarray (cv,).

    The mean moves by a gamma factor with mean 1; each count is taken as negative binomial around the one
    before, whose own Poisson scatter counts as well.
    """
    before = values[:-1, None] + 0.5
    size = before / (1.0 + _CVS**2 * before)
    logs = stats.nbinom.logpmf(values[1:, None], size, size / (size + before)).sum(axis=0)
    return np.exp(logs - special.logsumexp(logs))


def _walk(
    series: Counts, skip: int, steps: int, draws: int, rng: np.random.Generator
) -> Predictive:
    cv = rng.choice(_CVS, size=draws, p=step_weights(series.values))
    shape = 1.0 / cv[:, None] ** 2
    factor = rng.gamma(shape, 1.0 / shape, size=(draws, skip + steps))
    start = rng.gamma(series.values[-1] + 0.5, size=draws)
    mean = start[:, None] * np.cumprod(factor, axis=1)
    return poisson_mixture(mean[:, skip:].sum(axis=1), rng)


# --- statsmodels ----------------------------------------------------------------------------


def need_statsmodels() -> None:
    """Say so when statsmodels is missing.

    Raises
    ------
    SpecError
        With what to install.
    """
    try:
        import statsmodels  # noqa: F401
    except ImportError:
        raise SpecError(
            "the baselines ETS and ARIMA need statsmodels, which is not installed; "
            "pip install 'defectmodels[backtest]', or name the other baselines"
        ) from None


def _simulated(fitted: Any, ahead: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Paths of a fitted statsmodels model: np.ndarray (draw, step)."""
    # statsmodels 0.15 calls `rng` what 0.14 calls `random_state`.
    names = inspect.signature(fitted.simulate).parameters
    seed = {"rng" if "rng" in names else "random_state": rng}
    found = fitted.simulate(ahead, anchor="end", repetitions=draws, **seed)
    return np.asarray(found).reshape(ahead, draws).T


def _ets_fits(logs: np.ndarray, season: int) -> list[Any]:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    forms: list[dict[str, Any]] = [{"trend": None}, {"trend": "add", "damped_trend": True}]
    if season > 1 and len(logs) >= 3 * season:
        forms += [one | {"seasonal": "add", "seasonal_periods": season} for one in forms]
    return [ETSModel(logs, error="add", **form).fit(disp=False) for form in forms]


def _arima_fits(logs: np.ndarray, season: int) -> list[Any]:
    from statsmodels.tsa.arima.model import ARIMA

    # One difference each: an AICc compares only models of the same values.
    return [ARIMA(logs, order=order).fit() for order in ((0, 1, 0), (0, 1, 1), (1, 1, 0))]


def _by_statsmodels(
    fits: Callable[[np.ndarray, int], list[Any]],
    series: Counts, skip: int, steps: int, draws: int, rng: np.random.Generator,
) -> Predictive:  # fmt: skip
    need_statsmodels()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # Of a dozen counts some forms do not converge; their AICc speaks for itself.
        warnings.simplefilter("ignore")
        found = fits(np.log(series.values + 0.5), series.season)
        best = min(found, key=lambda one: one.aicc if math.isfinite(one.aicc) else math.inf)
        paths = _simulated(best, skip + steps, draws, rng)
    total = (np.exp(np.minimum(paths[:, skip:], 30.0)) - 0.5).sum(axis=1)
    logs = np.log(np.maximum(total, 0.0) + 0.5)
    # The sum of such paths is nearly normal in logs.
    law = stats.norm(logs.mean(), max(logs.std(ddof=1), _TINY))
    return Predictive(np.floor(np.exp(logs)), lambda count: _log_between(law, count))


# --- all of them ----------------------------------------------------------------------------

NAMES = (*_RULES, "random walk", "ETS", "ARIMA")
"""Baselines by name."""


def baseline(
    name: str, series: Counts, *, steps: int, skip: int = 0, draws: int, random_seed: int
) -> Predictive:
    """Predict the sum of the next steps of a series from the series alone.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    series : Counts
    steps : int
        Steps that are summed.
    skip : int
        Steps between the end of the series and the first of them.
    draws : int
    random_seed : int
        The same seed gives the same draws.

    Raises
    ------
    UnknownNameError
        When there is no such baseline.
    EvidenceError
        When the series is too short for it, or, for seasons, has none.
    SpecError
        When statsmodels is needed and missing.
    """
    if name not in NAMES:
        raise UnknownNameError(f"no baseline '{name}'. {known(name, NAMES)}")
    least = LEAST.get(name, series.season if name == "seasonal last value" else 1)
    if len(series.values) < least:
        raise EvidenceError(
            f"'{name}' needs {least} counts, and the series has {len(series.values)}"
        )
    if name == "seasonal last value" and series.season == 1:
        raise EvidenceError("a series by year has no seasons; 'last value' is the same")
    rng = np.random.default_rng(random_seed)
    if name in _RULES:
        return _by_rule(_RULES[name], series, skip, steps, draws, rng, least)
    if name == "random walk":
        return _walk(series, skip, steps, draws, rng)
    fits = _ets_fits if name == "ETS" else _arima_fits
    return _by_statsmodels(fits, series, skip, steps, draws, rng)
