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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from arviz_stats.base import array_stats
from scipy import stats

from defectmodels import names
from defectmodels.estimands.accuracy import (
    bulk_sizes,
    mean_errors,
    quantile_errors,
    rhat,
    tail_sizes,
)
from defectmodels.estimands.called import called
from defectmodels.estimands.checked import Tables, pack, read
from defectmodels.estimands.decision import CLEAR
from defectmodels.estimands.entered import entered
from defectmodels.estimands.identification import identified, informed
from defectmodels.estimands.judged import ORDER, Check, Verdict, graded, labels
from defectmodels.estimands.quoted import quoted_quantities
from defectmodels.estimands.rests_text import rested
from defectmodels.estimands.tails import tails
from defectmodels.evidence.intervals import Interval, Reading
from defectmodels.evidence.selection import JointRow, Row
from defectmodels.inference.aside import beside
from defectmodels.inference.fit import Fit
from defectmodels.inference.rows import truth
from defectmodels.wording import LANGUAGES, say, speaking

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
"""Warn and fail below, clear by `CLEAR` Monte Carlo errors: smallest predictive tail probability times
the number of rows."""
ROUNDING = 1e-12
"""What varies by less than this share of the largest element of its array does not vary."""
PARETO_K = 0.7
"""Above it, leave-one-out of a row is not reliable: Vehtari et al. 2024, Pareto smoothed
importance sampling."""
PARETO_SHARE = 0.1
"""Warn when more than this share of rows is above it."""


@dataclass(frozen=True)
class Checks:
    """All checks of a fit.

    Attributes
    ----------
    items : tuple of Check
    rows : xr.Dataset (row)
        For every row of evidence: pit, tail, tail_error (Monte Carlo error of the tail's logarithm),
        untrue (posterior probability), elpd, pareto_k, low, high (-1 for none), and the median and
        90% interval of its predictive counts.
    quantities : pd.DataFrame
        R-hat, effective sample sizes and relative Monte Carlo error of what is quoted.
    informed : pd.DataFrame
        What the evidence added to the prior of what is quoted; see `informed`.
    """

    items: tuple[Check, ...]
    rows: xr.Dataset = field(compare=False)
    quantities: pd.DataFrame = field(compare=False)
    informed: pd.DataFrame = field(compare=False, default_factory=pd.DataFrame)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the items that concern quoting."""
        found = (item.verdict for item in self.items if item.concerns == "quoting")
        return max(found, key=ORDER.index, default="pass")

    @cached_property
    def failed(self) -> tuple[Check, ...]:
        """Items that failed."""
        return tuple(item for item in self.items if item.verdict == "fail")

    def packed(self, fit: Fit) -> xr.Dataset:
        """Tables as the file of the fit keeps them."""
        return pack(fit, Tables(self.quantities, self.rows, self.informed))

    def table(self) -> pd.DataFrame:
        """One row for each item."""
        return pd.DataFrame([vars(item) for item in self.items])


@dataclass(frozen=True)
class Judged:
    """What the checks look at; the fields as in `Checks`."""

    fit: Fit
    quantities: pd.DataFrame
    rows: xr.Dataset
    informed: pd.DataFrame


def _diagnose(name: str, array: xr.DataArray) -> pd.DataFrame:
    values = array.transpose(..., *names.SAMPLE).values.astype(float)
    values = values.reshape(-1, *values.shape[-2:])
    # What never varies needs no diagnosis, nor does what is 0 up to rounding, as the part of an exposure
    # that is the same in both spans; NaN does vary, and fails.
    size = np.max(np.abs(values), initial=0.0, where=np.isfinite(values))
    spread = ~(np.ptp(values, axis=(1, 2)) <= ROUNDING * size)
    values = values[spread]
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
            "rhat": rhat(values),
            "ess_bulk": bulk_sizes(values),
            "ess_tail": tail_sizes(values, (0.05, 0.95)),
            "mcse_over_sd": (
                mean_errors(values) if events else quantile_errors(values, [0.5])[1][0]
            )
            / sd,
        }
    told = {key: _told(value) for key, value in found.items()}
    return pd.DataFrame({"name": labels(name, array)[spread], **told})


def _told(values: np.ndarray) -> np.ndarray:
    """Nine digits: a share and the rest of the total are equal but for rounding, which names neither."""
    return np.array([float(f"{one:.9g}") for one in values])


def _diagnosed(arrays: Mapping[str, xr.DataArray], quoted: bool) -> pd.DataFrame:
    tables = [_diagnose(name, array) for name, array in arrays.items()]
    found = [table for table in tables if len(table)]
    return pd.concat(found or tables[:1], ignore_index=True).assign(quoted=quoted)


def _parameters(fit: Fit) -> dict[str, xr.DataArray]:
    posterior = fit.posterior
    return {
        str(name): posterior[name]
        for name in posterior.data_vars
        if name not in (names.RATE, names.EXPECTED)
    }


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


def _convergence(of: Judged) -> list[Check]:
    fit, table = of.fit, of.quantities
    agree, more = say("check-name-chains"), say("check-do-longer")
    if fit.posterior.sizes["chain"] < 2:
        return [Check(agree, "fail", say("check-one-chain"), say("check-do-chains"))]
    worst, value = _worst(table, "rhat", True)
    text = say("check-chains", value=f"{value:.3f}", name=called(worst), limit=f"{RHAT[0]}")
    found = [Check(agree, graded(value, RHAT), text, more)]
    for column, part in (("ess_bulk", "centre"), ("ess_tail", "tails")):
        worst, value = _worst(table, column, False)
        size, limit = f"{value:.0f}", f"{ESS[0]:.0f}"
        text = say("check-draws", part=part, value=size, name=called(worst), limit=limit)
        name = say("check-name-draws", part=part)
        found.append(Check(name, graded(value, ESS, False), text, more))
    worst, value = _worst(table[table["quoted"]], "mcse_over_sd", True)
    share, limit = f"{value:.1%}", f"{MCSE[0]:.0%}"
    text = say("check-error", value=share, name=called(worst), limit=limit)
    found.append(Check(say("check-name-error"), graded(value, MCSE), text, more))
    return found


def _sampler(of: Judged) -> list[Check]:
    fit = of.fit
    sample = fit.group("sample_stats")
    diverging = sample["diverging"].values.astype(bool)
    share = float(diverging.mean())
    text = say("check-divergences", number=f"{diverging.sum()}", draws=f"{diverging.size}")
    name, remedy = say("check-name-divergences"), say("check-do-divergences")
    found = [Check(name, graded(share, DIVERGING), text, remedy)]
    if "energy" in sample:
        value = float(np.min(array_stats.bfmi(sample["energy"].transpose(*names.SAMPLE).values)))
        text = say("check-energy", value=f"{value:.2f}", limit=f"{BFMI[0]}")
        name, remedy = say("check-name-energy"), say("check-do-energy")
        found.append(Check(name, graded(value, BFMI, False), text, remedy))
    return found


def _prediction(of: Judged) -> list[Check]:
    pit, remedy = of.rows["pit"].values, say("check-do-misfit")
    count = len(pit)
    found = []
    if count >= MIN_ROWS:
        inside = float(np.mean((pit > 0.05) & (pit < 0.95)))
        # Rows helped to fit the model, so a good one looks a little too good: only one side counts.
        low = float(stats.binom.cdf(round(inside * count), count, 0.9))
        text = say("check-coverage", inside=f"{inside:.0%}", rows=f"{count}", chance=f"{low:.3f}")
        name = say("check-name-coverage")
        found.append(Check(name, graded(low, UNIFORM, False), text, remedy))
        edges = float(np.mean(np.abs(pit - 0.5) > 0.25))
        outer = float(stats.binom.sf(round(edges * count) - 1, count, 0.5))
        text = say("check-calibration", outside=f"{edges:.0%}", chance=f"{outer:.3f}")
        name = say("check-name-calibration")
        found.append(Check(name, graded(outer, UNIFORM, False), text, remedy))
    return [*found, _misfit(of.rows)]


def _misfit(rows: xr.Dataset) -> Check:
    """Judge the row furthest out by what its tail is at most, its Monte Carlo error allowed for."""
    one = rows.isel(row=int(np.argmin(rows["tail"].values)))
    count, tail = rows.sizes["row"], float(one["tail"])
    worst = tail * count
    plain = graded(worst, TAIL, False)
    most = worst * math.exp(min(CLEAR * float(one["tail_error"]), 700.0))
    verdict = graded(most, TAIL, False)
    row, shown, product = str(one["row"].values), f"{tail:.4f}", f"{worst:.2f}"
    text = say("check-misfit", row=row, tail=shown, rows=count, product=product)
    if verdict != plain:
        limit = f"{TAIL[0] if verdict == 'pass' else TAIL[1]}"
        text = say(
            "check-misfit-open", row=row, tail=shown, rows=count, product=product, limit=limit
        )
    return Check(say("check-name-misfit"), verdict, text, say("check-do-misfit"))


MIN_ROWS = 8
"""Fewer rows than this cannot show whether their intervals cover."""


def _left_out(of: Judged) -> list[Check]:
    rows = of.rows
    k = rows["pareto_k"].values
    # A k that is not a number is no sign of health; it is named first.
    missing, high = np.isnan(k), ~(k <= PARETO_K)
    ids = rows["row"].values
    named = [*map(str, ids[missing]), *map(str, ids[high & ~missing])]
    values = {"number": f"{high.sum()}", "rows": f"{len(high)}", "limit": f"{PARETO_K}"}
    if named:
        values["named"] = ", ".join(named[: max(6, int(missing.sum()))])
    kind = "missing" if missing.any() else "some" if named else "none"
    text = say(f"check-loo-{kind}", **values)
    verdict: Verdict = "warn" if float(np.mean(high)) > PARETO_SHARE else "pass"
    name, remedy = say("check-name-loo"), say("check-do-loo")
    return [Check(name, verdict, text, remedy, concerns="comparing")]


def _identified(of: Judged) -> list[Check]:
    return identified(of.informed)


def _rested(of: Judged) -> list[Check]:
    return rested(of.fit)


def _entered(of: Judged) -> list[Check]:
    return entered(of.fit)


CHECKS: tuple[Callable[[Judged], list[Check]], ...] = (
    _convergence,
    _sampler,
    _prediction,
    _identified,
    _rested,
    _entered,
    _left_out,
)
"""Every check; to add one, write a function and name it here."""


def _stacked(group: xr.Dataset, variable: str) -> np.ndarray | None:
    """Draws of one kind of rows, np.ndarray (sample, row), or None when there are none."""
    if variable not in group:
        return None
    array = group[variable].transpose(*names.SAMPLE, ...)
    return array.values.reshape(-1, array.shape[-1])


@dataclass(frozen=True)
class _Allowed:
    """What the readings of some rows allow: np.ndarray (reading,), those of a row side by side.

    Attributes
    ----------
    low, high : np.ndarray (reading,), counts; inf for no upper end
    row : np.ndarray (reading,), place of the reading's row
    """

    low: np.ndarray
    high: np.ndarray
    row: np.ndarray


def _allowed(rows: Sequence[Row], words: Mapping[str, Reading]) -> _Allowed:
    found = [
        (interval.low, math.inf if interval.high is None else interval.high, at)
        for at, row in enumerate(rows)
        for interval in _intervals(row, words)
    ]
    low, high, place = zip(*found, strict=True)
    return _Allowed(np.array(low), np.array(high), np.array(place))


def _intervals(row: Row, words: Mapping[str, Reading]) -> list[Interval]:
    """Counts that each reading of a row allows; of a comparison, its being true."""
    if not isinstance(row, JointRow) or row.compares:
        return [row.interval]
    found = [reading.interval(words) for reading in row.readings]
    return [interval for interval in found if interval is not None]


def row_table(fit: Fit) -> xr.Dataset:
    """Predictive fit and leave-one-out of every row of evidence.

    Returns
    -------
    xr.Dataset (row)
        pit: where the published value lies in its predictive distribution, drawn evenly within the
        mass of what the row allows; tail: twice the smaller tail beyond the row's interval. A row
        of several readings has those of one of them; low and high are the ends of all. As far as a
        row is untrue, its published value may lie anywhere: pit is even and tail 1.
    """
    constant, predictive, likelihood = (
        fit.constant,
        fit.group("posterior_predictive"),
        fit.group("log_likelihood"),
    )
    rng = np.random.default_rng(fit.made["random_seed"])
    selection, words = fit.design.selection, fit.dataset.readings
    tables = []
    for variable, dim, found in (
        (names.DIRECT_COUNT, names.DIRECT, selection.direct),
        (names.NESTED_COUNT, names.NESTED, selection.nested),
        (names.JOINT_COUNT, names.JOINT, selection.joint),
    ):
        draws, logs = _stacked(predictive, variable), _stacked(likelihood, variable)
        if draws is None or logs is None:
            continue
        joint = variable == names.JOINT_COUNT
        untrue = 1.0 - truth(fit).mean(axis=0) if joint else np.zeros(len(found))
        pit, tail, error = _places(draws, _allowed(found, words), untrue, rng)
        weights, k = psis(logs)
        quantiles = np.quantile(draws, [0.05, 0.5, 0.95], axis=0)
        table = {
            "pit": pit,
            "tail": tail,
            "tail_error": error,
            "untrue": untrue,
            "elpd": np.logaddexp.reduce(weights + logs, axis=0),
            "pareto_k": k,
            "low": constant[f"{variable}_low"].values,
            "high": constant[f"{variable}_high"].values,
            "predicted_low": quantiles[0],
            "predicted_median": quantiles[1],
            "predicted_high": quantiles[2],
        }
        ids = constant[dim].values.astype(str)
        tables.append(
            xr.Dataset({key: ("row", value) for key, value in table.items()}, coords={"row": ids})
        )
    return xr.concat(tables, dim="row")


def _places(
    draws: np.ndarray, allowed: _Allowed, untrue: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place of each row in its predictive draws, its tail, and the error of the tail's logarithm.

    Readings are as likely as their mass is large, since they were equally likely beforehand. The
    tail is that of the reading that is least in it: a count between two readings lies in neither.
    """
    each = draws[:, allowed.row]
    below, upto = (each < allowed.low).mean(axis=0), (each <= allowed.high).mean(axis=0)
    first = np.flatnonzero(np.diff(allowed.row, prepend=-1))
    beyond, error = tails(each, allowed.low, allowed.high, first)
    place = below + rng.uniform(size=len(below)) * (upto - below)
    chosen = []
    for readings in np.split(np.arange(len(place)), first[1:]):
        # Where none has any mass, each is as good: all places are 0 or 1.
        mass = (upto - below)[readings] + 1e-12
        chosen.append(rng.choice(readings, p=mass / mass.sum()))
    anywhere = rng.uniform(size=len(untrue)) < untrue
    pit = np.where(anywhere, rng.uniform(size=len(untrue)), place[chosen])
    tail = untrue + (1.0 - untrue) * beyond
    # As far as a row is untrue, its tail is 1 and without error.
    return pit, tail, error * (1.0 - untrue) * beyond / tail


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
    of = judged(fit)
    # Results, tables and JSON are in one language; a report says them again in its own.
    with speaking(LANGUAGES[0]):
        items = tuple(item for one in CHECKS for item in one(of))
    return Checks(items, of.rows, of.quantities, of.informed)


def judged(fit: Fit) -> Judged:
    """Work out once what the checks look at, or read it where the file of the fit kept it."""
    if kept := read(fit):
        return Judged(fit, *kept)
    quoted = quoted_quantities(fit)

    def here() -> tuple[pd.DataFrame, pd.DataFrame]:
        # What these find on their way, the report wants again.
        return _diagnosed(quoted, True), informed(fit)

    (own, known), (more, rows) = beside(
        here, lambda: (_diagnosed(_parameters(fit), False), row_table(fit))
    )
    found = [table for table in (own, more) if len(table)]
    return Judged(fit, pd.concat(found, ignore_index=True), rows, known)
