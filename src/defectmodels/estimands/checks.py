"""Whether a fit may be quoted.

Convergence and Monte Carlo error are judged on the quantities that are quoted, beside all
parameters; predictive checks understand rows that say an interval. Thresholds stand below with
their source.

Invariant: a check is a function of the fit alone, named in `CHECKS`; the verdict of the whole is its
worst. Shown by ``tests/test_checks.py`` on healthy and broken fits.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr
from arviz_stats.base import array_stats
from scipy import stats

from defectmodels import names
from defectmodels.estimands.quoted import quoted_quantities
from defectmodels.inference.fit import Fit

Verdict = Literal["pass", "warn", "fail"]
ORDER: tuple[Verdict, ...] = ("pass", "warn", "fail")

RHAT = (1.01, 1.05)
"""Warn and fail above: Vehtari et al. 2021, Rank-normalization, folding, and localization."""
ESS = (400.0, 100.0)
"""Warn and fail below, bulk and tail, all chains together: the same paper, 100 a chain of four."""
MCSE = (0.1, 0.25)
"""Warn and fail above: Monte Carlo error of the median over the posterior's standard deviation."""
DIVERGING = (0.0, 0.01)
"""Warn and fail above, share of draws: Betancourt 2017, A conceptual introduction."""
BFMI = (0.3, 0.2)
"""Warn and fail below: energy's fraction of missing information, the same source."""
UNIFORM = (0.05, 0.001)
"""Warn and fail below: probability that a true model covers as badly. Only one side counts: rows helped
to fit the model, so a good one looks a little too good."""
TAIL = (0.05, 0.001)
"""Warn and fail below: smallest predictive tail probability times the number of rows."""
PARETO_K = 0.7
"""Above it, leave-one-out of a row is not reliable: Vehtari et al. 2024, Pareto smoothed
importance sampling."""
PARETO_SHARE = 0.1
"""Warn when more than this share of rows is above it."""


@dataclass(frozen=True)
class Check:
    """One check of a fit: its verdict, what was found and what to do about it.

    `concerns` says what a verdict other than pass stands in the way of: quoting the fit, or only
    comparing it with other models.
    """

    name: str
    verdict: Verdict
    text: str
    remedy: str = ""
    concerns: Literal["quoting", "comparing"] = "quoting"


@dataclass(frozen=True)
class Checks:
    """All checks of a fit.

    Attributes
    ----------
    items : tuple of Check
    rows : xr.Dataset (row)
        For every row of evidence: pit, tail, elpd, pareto_k, low, high (-1 for none), and the
        median and 90% interval of its predictive counts.
    quantities : pd.DataFrame
        R-hat, effective sample sizes and relative Monte Carlo error of what is quoted.
    """

    items: tuple[Check, ...]
    rows: xr.Dataset = field(compare=False)
    quantities: pd.DataFrame = field(compare=False)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the items that concern quoting."""
        found = (item.verdict for item in self.items if item.concerns == "quoting")
        return max(found, key=ORDER.index, default="pass")

    @cached_property
    def failed(self) -> tuple[Check, ...]:
        """Items that failed."""
        return tuple(item for item in self.items if item.verdict == "fail")

    def table(self) -> pd.DataFrame:
        """One row for each item."""
        return pd.DataFrame([vars(item) for item in self.items])


def _graded(value: float, limits: tuple[float, float], more_is_worse: bool = True) -> Verdict:
    if math.isnan(value):
        return "fail"
    bad = (
        (value > limits[0], value > limits[1])
        if more_is_worse
        else (value < limits[0], value < limits[1])
    )
    return "fail" if bad[1] else "warn" if bad[0] else "pass"


def _diagnose(name: str, array: xr.DataArray) -> pd.DataFrame:
    values = array.transpose(..., *names.SAMPLE).values.astype(float)
    values = values.reshape(-1, *values.shape[-2:])
    # What never varies needs no diagnosis; NaN does vary, and fails.
    spread = ~(np.ptp(values, axis=(1, 2)) == 0)
    values = values[spread]
    labels = np.array([name], dtype=object)
    if array.ndim > 2:
        other = array.isel({dim: 0 for dim in names.SAMPLE}, drop=True)
        dims = other.dims
        index = other.stack(element=dims).indexes["element"]
        labels = np.array(
            [f"{name}[{', '.join(map(str, np.atleast_1d(one)))}]" for one in index], dtype=object
        )
    if not len(values):
        return pd.DataFrame(
            {"name": [], "rhat": [], "ess_bulk": [], "ess_tail": [], "mcse_over_sd": []}
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        sd = values.std(axis=(1, 2), ddof=1)
        # Of an event its probability is quoted, which is a mean.
        events = bool(np.isin(values, (0.0, 1.0)).all())
        found = {
            "rhat": array_stats.rhat(values)
            if values.shape[1] > 1
            else np.full(len(values), np.nan),
            "ess_bulk": array_stats.ess(values, method="bulk"),
            "ess_tail": array_stats.ess(values, method="tail", prob=(0.05, 0.95)),
            "mcse_over_sd": array_stats.mcse(values, method="mean" if events else "median") / sd,
        }
    return pd.DataFrame(
        {"name": labels[spread], **{key: np.atleast_1d(value) for key, value in found.items()}}
    )


def _quantities(fit: Fit) -> pd.DataFrame:
    tables = [
        _diagnose(name, array).assign(quoted=True) for name, array in quoted_quantities(fit).items()
    ]
    posterior = fit.posterior
    parameters = [name for name in posterior.data_vars if name not in (names.RATE, names.EXPECTED)]
    tables += [_diagnose(str(name), posterior[name]).assign(quoted=False) for name in parameters]
    return pd.concat([table for table in tables if len(table)], ignore_index=True)


def _worst(table: pd.DataFrame, column: str, largest: bool) -> tuple[str, float]:
    """Name and value of the worst quantity; one that is not a number is the worst there is."""
    values = table[column].to_numpy(dtype=float)
    missing = np.isnan(values)
    place = (
        int(np.argmax(missing))
        if missing.any()
        else int(np.argmax(values) if largest else np.argmin(values))
    )
    return str(table["name"].iloc[place]), float(values[place])


_MORE = "run longer: more draws and more tuning, or another seed; then look at the quantity named"


def _convergence(fit: Fit, table: pd.DataFrame, rows: xr.Dataset) -> list[Check]:
    found = []
    if fit.posterior.sizes["chain"] < 2:
        text = "one chain cannot show whether chains agree"
        return [Check("chains agree", "fail", text, "fit with 2 chains or more; 4 is the default")]
    name, value = _worst(table, "rhat", True)
    found.append(
        Check(
            "chains agree",
            _graded(value, RHAT),
            f"largest R-hat {value:.3f} ({name}); at most {RHAT[0]}",
            _MORE,
        )
    )
    for column, label in (("ess_bulk", "centre"), ("ess_tail", "tails")):
        name, value = _worst(table, column, False)
        text = f"smallest effective sample size of the {label} {value:.0f} ({name}); at least {ESS[0]:.0f}"
        found.append(Check(f"enough draws, {label}", _graded(value, ESS, False), text, _MORE))
    name, value = _worst(table[table["quoted"]], "mcse_over_sd", True)
    text = f"largest Monte Carlo error of a quoted quantity {value:.1%} of its standard deviation ({name})"
    found.append(
        Check("Monte Carlo error", _graded(value, MCSE), f"{text}; at most {MCSE[0]:.0%}", _MORE)
    )
    return found


def _sampler(fit: Fit, table: pd.DataFrame, rows: xr.Dataset) -> list[Check]:
    sample = fit.group("sample_stats")
    diverging = sample["diverging"].values.astype(bool)
    share = float(diverging.mean())
    text = f"{int(diverging.sum())} of {diverging.size} draws diverged; none should"
    remedy = (
        "a corner of the posterior may be missed: more tuning, or a tighter prior of the scales"
    )
    found = [Check("divergences", _graded(share, DIVERGING), text, remedy)]
    if "energy" in sample:
        value = float(np.min(array_stats.bfmi(sample["energy"].transpose(*names.SAMPLE).values)))
        text = f"smallest fraction of missing information {value:.2f}; at least {BFMI[0]}"
        found.append(
            Check(
                "energy",
                _graded(value, BFMI, False),
                text,
                "heavy tails: look at the scales' priors",
            )
        )
    return found


def _prediction(fit: Fit, table: pd.DataFrame, rows: xr.Dataset) -> list[Check]:
    pit = rows["pit"].values
    count = len(pit)
    found = []
    if count >= MIN_ROWS:
        inside = float(np.mean((pit > 0.05) & (pit < 0.95)))
        # Rows helped to fit the model, so a good one looks a little too good: only one side counts.
        low = float(stats.binom.cdf(round(inside * count), count, 0.9))
        text = f"{inside:.0%} of {count} rows lie in their central 90% interval; "
        text += f"a true model gives so few or fewer with probability {low:.3f}"
        found.append(Check("coverage", _graded(low, UNIFORM, False), text, _MISFIT))
        edges = float(np.mean(np.abs(pit - 0.5) > 0.25))
        outer = float(stats.binom.sf(round(edges * count) - 1, count, 0.5))
        text = f"{edges:.0%} of rows lie outside their central 50% interval; "
        text += f"a true model gives so many or more with probability {outer:.3f}"
        found.append(Check("calibration", _graded(outer, UNIFORM, False), text, _MISFIT))
    place = int(np.argmin(rows["tail"].values))
    worst = float(rows["tail"][place]) * count
    name = str(rows["row"].values[place])
    tail = float(rows["tail"][place])
    text = f"row {name} is the least expected: tail probability {tail:.4f}, times {count} rows {worst:.2f}"
    found.append(Check("largest misfit", _graded(worst, TAIL, False), text, _MISFIT))
    return found


MIN_ROWS = 8
"""Fewer rows than this cannot show whether their intervals cover."""
_MISFIT = "the model does not produce what was published: look at the rows that misfit, add a term or a frailty"


def _left_out(fit: Fit, table: pd.DataFrame, rows: xr.Dataset) -> list[Check]:
    high = rows["pareto_k"].values > PARETO_K
    share = float(np.mean(high))
    named = ", ".join(map(str, rows["row"].values[high][:6]))
    text = f"{int(high.sum())} of {len(high)} rows have a Pareto k above {PARETO_K}"
    text += f" ({named}): leaving them out is not reliable" if named else ""
    verdict: Verdict = "warn" if share > PARETO_SHARE else "pass"
    remedy = "do not compare models by LOO without refits; what the fit says is not touched"
    return [Check("leave-one-out", verdict, text, remedy, concerns="comparing")]


CHECKS: tuple[Callable[[Fit, pd.DataFrame, xr.Dataset], list[Check]], ...] = (
    _convergence,
    _sampler,
    _prediction,
    _left_out,
)
"""Every check; to add one, write a function and name it here."""


def _stacked(group: xr.Dataset, variable: str) -> np.ndarray | None:
    """Draws of one kind of rows, np.ndarray (sample, row), or None when there are none."""
    if variable not in group:
        return None
    array = group[variable].transpose(*names.SAMPLE, ...)
    return array.values.reshape(-1, array.shape[-1])


def row_table(fit: Fit) -> xr.Dataset:
    """Predictive fit and leave-one-out of every row of evidence.

    Returns
    -------
    xr.Dataset (row)
        pit: where the published value lies in its predictive distribution, drawn evenly within the
        mass of what the row allows; tail: twice the smaller tail beyond the row's interval.
    """
    constant, predictive, likelihood = (
        fit.constant,
        fit.group("posterior_predictive"),
        fit.group("log_likelihood"),
    )
    rng = np.random.default_rng(fit.made["random_seed"])
    tables = []
    for variable, dim in (
        (names.DIRECT_COUNT, names.DIRECT),
        (names.NESTED_COUNT, names.NESTED),
        (names.JOINT_COUNT, names.JOINT),
    ):
        draws, logs = _stacked(predictive, variable), _stacked(likelihood, variable)
        if draws is None or logs is None:
            continue
        low, high = constant[f"{variable}_low"].values, constant[f"{variable}_high"].values
        top = np.where(high < 0, np.inf, high)
        below, upto = (draws < low).mean(axis=0), (draws <= top).mean(axis=0)
        tail = np.minimum(1.0, 2 * np.minimum(*_tails(draws, upto, 1 - below, low, top)))
        if variable == names.JOINT_COUNT:
            # What may be untrue surprises nobody by being so.
            tail = np.minimum(1.0, tail + _doubt(fit))
        weights, k = psis(logs)
        elpd = np.logaddexp.reduce(weights + logs, axis=0)
        quantiles = np.quantile(draws, [0.05, 0.5, 0.95], axis=0)
        table = {
            "pit": below + rng.uniform(size=len(low)) * (upto - below),
            "tail": tail,
            "elpd": elpd,
            "pareto_k": k,
            "low": low,
            "high": high,
            "predicted_low": quantiles[0],
            "predicted_median": quantiles[1],
            "predicted_high": quantiles[2],
        }
        ids = constant[dim].values.astype(str)
        tables.append(
            xr.Dataset({key: ("row", value) for key, value in table.items()}, coords={"row": ids})
        )
    return xr.concat(tables, dim="row")


def _doubt(fit: Fit) -> np.ndarray:
    """Posterior mean probability that each joint row says nothing: np.ndarray (joint_row,)."""
    found = np.zeros(len(fit.design.joint.rows))
    if names.RELIABILITY in fit.posterior:
        reliability = fit.posterior[names.RELIABILITY].mean(names.SAMPLE)
        for at, row in enumerate(fit.design.joint.rows):
            if row.statement.grade in fit.design.grades:
                found[at] = 1.0 - float(reliability.sel({names.GRADE: row.statement.grade}))
    return found


def _tails(
    draws: np.ndarray, upto: np.ndarray, least: np.ndarray, low: np.ndarray, top: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of counts up to `top` and of counts from `low` on, np.ndarray (row,), never 0.

    Beyond every draw a share of the draws says only "less than one in so many"; there the tail is
    that of the negative binomial with the draws' mean and variance (Poisson where it is no wider).
    """
    floor = 0.5 / len(draws)
    mean = np.maximum(draws.mean(axis=0), floor)
    size = mean**2 / np.maximum(draws.var(axis=0) - mean, 1e-6 * mean)
    law = stats.nbinom(size, size / (size + mean))
    beyond = (np.minimum(law.cdf(top), floor), np.minimum(law.sf(low - 1), floor))
    found = (np.where(upto > 0, upto, beyond[0]), np.where(least > 0, least, beyond[1]))
    return np.maximum(found[0], 1e-300), np.maximum(found[1], 1e-300)


def psis(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Smooth leave-one-out weights by Pareto's law.

    Parameters
    ----------
    logs : np.ndarray (sample, row)
        Log probability of what is left out.

    Returns
    -------
    np.ndarray (sample, row)
        Logs of weights that add to 1.
    np.ndarray (row,)
        Pareto k; above `PARETO_K` the weights are not reliable.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        spread = np.ptp(logs, axis=0) > 0
        # Rows whose probability is the same in every draw have even weights.
        weights = np.full(logs.shape, -math.log(len(logs)))
        k = np.zeros(logs.shape[1])
        for row in np.flatnonzero(spread):
            try:
                # It takes log likelihoods, and turns their sign itself.
                weights[:, row], k[row] = array_stats.psislw(logs[:, row], r_eff=1.0)
            except ValueError:  # a tail without spread, to which no Pareto can be fitted
                k[row] = math.inf
    return weights, k


def check(fit: Fit) -> Checks:
    """Judge a fit.

    Returns
    -------
    Checks
        ``verdict`` is pass, warn or fail; a fit that fails is not quoted.
    """
    rows = row_table(fit)
    table = _quantities(fit)
    items: list[Any] = [item for one in CHECKS for item in one(fit, table, rows)]
    return Checks(tuple(items), rows, table)
