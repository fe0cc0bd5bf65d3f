r"""Policy periods: levels of presidencies, leaders and other eras, and all pairs of them.

*As it was.* ``rate``, ``expected`` and ``share`` are those of `estimands/rates.py` over each era.

*Adjusted.* The same covariates in every era, so that only baseline and trend differ:

    adjusted_rate[g, e] = exp(log_baseline[g] + sum_k effect[g, k] xbar[k]) S[g]
                          sum_t w[e, t] exp(trend[g, t])
    adjusted_share[g, e] = a[g] adjusted_rate[g, e] / sum_h a[h] adjusted_rate[h, e]

with xbar[k] the mean of covariate k over the days of all eras that are compared, S[g] the mean of
exp(season[g, .]) over the places of one year, w[e, t] the share of the era's days that lie in
period t, and a[g] the persons at risk, their mean over the same days. This is arithmetic of the
model: eras differ in more than what a model measures.

Invariant: without covariates and season the adjusted rate is the mean of the rates by days; a pair
turned round has the inverse ratio. Shown by ``tests/test_policy.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import expit, logit

from defectmodels import names
from defectmodels.errors import SpecError, UnknownNameError, known
from defectmodels.estimands.eras import asked_eras, chosen_eras
from defectmodels.estimands.pooling import pool
from defectmodels.estimands.rates import (
    SPAN,
    annual,
    check_group,
    in_units,
    span_rate,
    span_weights,
)
from defectmodels.estimands.summary import INTERVAL, probability, tidy
from defectmodels.evidence.periods import Span
from defectmodels.inference.fit import Fit
from defectmodels.model.terms import Covariates, Season

ERA = "era"
PAIR = "pair"
LEAST_DAYS = 90
"""Shortest era that is compared, in days: a quarter tells no level."""
RATES = ("rate", "adjusted_rate", "expected")
"""Quantities that are pooled as logarithms and compared as ratios."""
SHARES = ("share", "adjusted_share")
"""Quantities that are pooled as logits and compared as differences, in percentage points."""


@dataclass(frozen=True)
class PolicyPeriods:
    """Levels of several eras, on the same draws.

    Attributes
    ----------
    by : str
        Name of the series that names the eras, or 'spans'.
    spans : dict of str to Span
        The eras, in order of time, cut to the fitted periods.
    left_out : dict of str to str
        Eras that are not compared, and why.
    data, pooled : xr.Dataset (chain, draw, group, era)
        As drawn, and partially pooled: rate and adjusted_rate (arrivals per person-year at risk),
        expected (persons a year), share and adjusted_share (0 to 1; none with a single group).
    """

    by: str
    spans: dict[str, Span]
    left_out: dict[str, str]
    data: xr.Dataset
    pooled: xr.Dataset

    @property
    def number_of_pairs(self) -> int:
        """How many pairs of eras there are."""
        return len(self.spans) * (len(self.spans) - 1) // 2

    def table(self, interval: float = INTERVAL) -> pd.DataFrame:
        """Every level, as drawn and pooled: one row for each number, nothing rounded.

        Returns
        -------
        pd.DataFrame
            quantity, pooled, and the columns of `tidy`.
        """
        tables = []
        for pooled, data in ((False, self.data), (True, self.pooled)):
            for name, array in data.items():
                found = tidy(array, interval)
                found.insert(0, "quantity", str(name))
                found.insert(1, "pooled", pooled)
                tables.append(found)
        return pd.concat(tables, ignore_index=True)

    def contrast(self, quantity: str, *, pooled: bool = False) -> xr.DataArray:
        """Every pair of eras, the later against the earlier.

        Parameters
        ----------
        quantity : {'rate', 'adjusted_rate', 'expected', 'share', 'adjusted_share'}
        pooled : bool
            Take the partially pooled draws.

        Returns
        -------
        xr.DataArray (chain, draw, group, pair)
            Second over first, of shares second minus first in percentage points; with the
            coordinates `first` and `second`.

        Raises
        ------
        UnknownNameError
            When there is no such quantity.
        """
        data = self.pooled if pooled else self.data
        if quantity not in data:
            choices = [str(name) for name in data]
            raise UnknownNameError(f"unknown quantity '{quantity}'. {known(quantity, choices)}")
        first, second = np.array(list(combinations(range(len(self.spans)), 2))).T
        before, after = (
            data[quantity].isel({ERA: xr.DataArray(one, dims=PAIR)}).drop_vars(ERA)
            for one in (first, second)
        )
        share = quantity in SHARES
        found = 100 * (after - before) if share else after / before
        labels = np.array(list(self.spans))
        coords = {"first": (PAIR, labels[first]), "second": (PAIR, labels[second])}
        return found.assign_coords(coords).assign_attrs(
            units="percentage points" if share else "ratio"
        )

    def pairs(
        self, interval: float = INTERVAL, quantities: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """All pairs of eras: one row for each number, as drawn and pooled, nothing rounded.

        Parameters
        ----------
        interval : float
            Probability of the central intervals.
        quantities : sequence of str, optional
            Some of those of `contrast`; all by default.

        Returns
        -------
        pd.DataFrame
            quantity, pooled, group, first, second; median, low, high, mean, sd, mcse, mcse_low,
            mcse_high, units, interval of second against first; higher, higher_mcse: the
            probability that the second is higher, and its Monte Carlo standard error.
        """
        tables = []
        for name in quantities or [str(name) for name in self.data]:
            for pooled in (False, True):
                tables.append(
                    _pair_rows(self.contrast(name, pooled=pooled), name, pooled, interval)
                )
        return pd.concat(tables, ignore_index=True)


def _pair_rows(found: xr.DataArray, name: str, pooled: bool, interval: float) -> pd.DataFrame:
    table = tidy(found.drop_vars(["first", "second"]), interval)
    place = table.pop(PAIR)
    nothing = 0.0 if name in SHARES else 1.0
    odds = [
        probability(found.isel({PAIR: pair}).sel({names.GROUP: group}) > nothing)
        for group, pair in zip(table[names.GROUP], place, strict=True)
    ]
    table.insert(0, "quantity", name)
    table.insert(1, "pooled", pooled)
    table.insert(3, "first", found["first"].values[place])
    table.insert(4, "second", found["second"].values[place])
    return table.assign(higher=[p.value for p in odds], higher_mcse=[p.mcse for p in odds])


def adjusted_rates(fit: Fit, spans: Sequence[str]) -> xr.DataArray:
    """Rates of spans with the same covariates in each, see the module.

    Returns
    -------
    xr.DataArray (chain, draw, group, span), arrivals per person-year at risk
    """
    days = span_weights(fit, spans) * fit.constant["period_years"]
    compared = days.sum(SPAN) / days.sum()
    held = fit.posterior[names.LOG_BASELINE]
    kept = xr.zeros_like(fit.constant["exposure"])
    for term in fit.spec.term:
        if isinstance(term, Season):
            season = xr.apply_ufunc(np.exp, fit.posterior[names.SEASON_EFFECT])
            held = held + np.log(season.mean(names.SEASON))
            continue
        if isinstance(term, Covariates):
            level = xr.dot(fit.constant["covariates"], compared, dim=names.PERIOD)
            held = held + xr.dot(fit.posterior[names.EFFECT], level, dim=names.COVARIATE)
            continue
        for part in term.parts(fit.posterior, fit.constant).values():
            kept = kept + part
    over_time = xr.dot(np.exp(kept), days / days.sum(names.PERIOD), dim=names.PERIOD)
    return in_units(np.exp(held) * over_time, span_rate(fit, spans[:1]).attrs["units"])


def _levels(fit: Fit, spans: Sequence[str]) -> xr.Dataset:
    """Levels of each span: xr.Dataset (chain, draw, group, era)."""
    expected, adjusted = annual(fit, spans), adjusted_rates(fit, spans)
    found = {"rate": span_rate(fit, spans), "adjusted_rate": adjusted, "expected": expected}
    if len(fit.spec.groups) > 1:
        days = span_weights(fit, spans).sum(SPAN) * fit.constant["period_years"]
        at_risk = xr.dot(fit.constant["exposure"], days, dim=names.PERIOD)
        if names.LOG_EXPOSURE_FACTOR in fit.posterior:
            at_risk = at_risk * np.exp(fit.posterior[names.LOG_EXPOSURE_FACTOR])
        for name, part in (("share", expected), ("adjusted_share", adjusted * at_risk)):
            share = part / part.sum(names.GROUP)
            found[name] = in_units(share, "share of arrivals, 0 to 1")
    order = (*names.SAMPLE, names.GROUP, ERA)
    return xr.Dataset({name: one.rename({SPAN: ERA}) for name, one in found.items()}).transpose(
        *order
    )


def _pooled(data: xr.Dataset, seed: int) -> xr.Dataset:
    """Levels, partially pooled over the eras within each group."""
    found = data.copy(deep=True)
    for place, (name, array) in enumerate(data.items()):
        to_line, back = (logit, expit) if name in SHARES else (np.log, np.exp)
        for group in array[names.GROUP].values:
            own = array.sel({names.GROUP: group}).transpose(*names.SAMPLE, ERA).values
            draws = to_line(own.reshape(-1, own.shape[-1]))
            # A group's draws do not depend on which other groups are asked for.
            rng = np.random.default_rng([seed, place, *str(group).encode()])
            values = back(pool(draws, rng)).reshape(*array.shape[:2], -1)
            found[name].loc[{names.GROUP: group}] = values
    return found


def policy_periods(
    fit: Fit,
    periods: str | Sequence[str] = "president",
    of: str | None = None,
    *,
    least_days: int = LEAST_DAYS,
    random_seed: int | None = None,
) -> PolicyPeriods:
    """Compare eras: levels of each and all pairs, unadjusted and adjusted, as drawn and pooled.

    Parameters
    ----------
    fit : Fit
    periods : str or sequence of str
        Name of a series of the fit that names eras ('president', 'leader', ...), or spans and names
        of eras, such as ['2019', 'Yoon Suk Yeol'].
    of : str, optional
        The one group that is compared; every group by default.
    least_days : int
        Shorter eras are left out, as are those outside the fitted periods.
    random_seed : int, optional
        Of the pooled draws; the fit's by default.

    Returns
    -------
    PolicyPeriods

    Raises
    ------
    UnknownNameError
        When the fit has no such series, or no such group.
    SpanError
        When a span is none, two have days in common, or fewer than two are left.
    SpecError
        When `least_days` is less than 1.
    """
    if least_days < 1:
        raise SpecError(f"least_days is {least_days}; an era has 1 day or more")
    groups = list(fit.spec.groups) if of is None else [check_group(fit, of)]
    by, asked = asked_eras(fit, periods)
    spans, left_out = chosen_eras(fit, asked, least_days)
    data = _levels(fit, list(spans)).sel({names.GROUP: groups})
    seed = int(fit.made["random_seed"]) if random_seed is None else random_seed
    return PolicyPeriods(by, spans, left_out, data, _pooled(data, seed))
