"""Arrivals of one span under other levels of a model's series, on few paired draws.

This is what the explorer of the report works out in a browser, and what it is compared with. It asks
nothing new: `scenarios` and `parts_of_contrast`, of the draws that the page holds
(`defectmodels.estimands.thinning`).

How many digits may be printed follows from a Monte Carlo error, as everywhere. Here it is that of a
quantile of as many independent draws as the least effective of the draws kept has, which any program can
look up in the sorted draws without estimating anything.

Invariant: the same draws give the numbers of `scenarios` and `parts_of_contrast`, the parts add to the
change, and a level that is not moved changes nothing. Shown by ``tests/test_explorer.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import xarray as xr
from scipy import stats

from defectmodels import names
from defectmodels.errors import SpecError
from defectmodels.estimands.contrast import ALL, Reach, reach
from defectmodels.estimands.decomposition import PART
from defectmodels.estimands.parts import parts_of_contrast, theme_of
from defectmodels.estimands.quoted import comparisons
from defectmodels.estimands.rates import calendar_years, check_group, resolve
from defectmodels.estimands.scenarios import SCENARIO, scenarios
from defectmodels.estimands.summary import INTERVAL, Probability
from defectmodels.estimands.thinning import Thin, thin
from defectmodels.evidence.scenario import FACTUAL, Level, Scenario
from defectmodels.inference.fit import Fit

QUANTITY = "quantity"
WHAT = "what"
CHOSEN = "chosen"
"""Name of the scenario."""
ROUNDING = 1e-9
"""Differences below this, in persons or percentage points, are rounding errors, and 0."""
TAIL = (1 - INTERVAL) / 2
ENDS = (TAIL, 0.5, 1 - TAIL)
"""Probabilities of the three quantiles that are printed: low, median, high."""
_WHATS = ("share", "count", "total")
_ONE_SD = (0.1586553, 0.8413447)
"""Where a normal variable is one standard deviation below and above its mean."""


def movable(fit: Fit) -> tuple[str, ...]:
    """Series whose levels can be moved: covariates, and persons at risk of a covariate's theme."""
    themes = {theme_of(fit, name) for name in fit.spec.covariates}
    at_risk = [name for name in fit.spec.series if name not in fit.spec.covariates]
    return (*fit.spec.covariates, *(name for name in at_risk if theme_of(fit, name) in themes))


def ranks(draws: int, size: float) -> tuple[tuple[int, int], ...]:
    """Places in sorted draws that lie one standard error below and above each of `ENDS`.

    How many of n independent draws lie below the p-quantile is binomial, so the quantile's place in the
    sorted draws is beta(np + 1, n(1 - p) + 1) (Vehtari and others 2021, Bayesian Analysis 16:667-718),
    here with n the effective sample size.
    """
    found = []
    for end in ENDS:
        low, high = stats.beta.ppf(_ONE_SD, size * end + 1, size * (1 - end) + 1) * draws - 1
        found.append((max(math.floor(low), 0), min(math.ceil(high), draws - 1)))
    return tuple(found)


class Summary(NamedTuple):
    """Median and central interval of a quantity, with the Monte Carlo error of each of the three."""

    median: float
    low: float
    high: float
    mcse: float
    mcse_low: float
    mcse_high: float


def summary(values: np.ndarray, size: float) -> Summary:
    """Summarise draws, np.ndarray (draw,), of which `size` are as good as independent."""
    ordered = np.sort(values)
    low, median, high = (float(one) for one in np.quantile(ordered, ENDS))
    errors = [(ordered[b] - ordered[a]) / 2 for a, b in ranks(len(ordered), size)]
    if ordered[0] == ordered[-1]:
        errors = [0.0, 0.0, 0.0]
    return Summary(median, low, high, float(errors[1]), float(errors[0]), float(errors[2]))


@dataclass(frozen=True)
class Explored:
    """A span as it was and with other levels.

    Attributes
    ----------
    span, of : str
    levels : dict of str to float
        Series that were moved, in their unit.
    data : xr.Dataset
        was, chosen and difference (quantity, sample): persons over the span of ``all`` and of each group,
        and `share_of` the group, in percent; parts (what, part, sample), by theme, of the difference of the
        share, of the group's count and of the total. Draws of all chains behind each other.
    reach : Reach
        How far the data can speak to the levels.
    effective : float
        Draws that are as good as independent.
    """

    span: str
    of: str
    levels: dict[str, float]
    data: xr.Dataset
    reach: Reach
    effective: float

    def summary(self, kind: str, **where: str) -> Summary:
        """Summarise was, chosen, difference (quantity=...) or parts (what=..., part=...)."""
        return summary(self.data[kind].sel(where).values, self.effective)

    def more(self, quantity: str) -> Probability | None:
        """Probability that there is more of a quantity; None where no draw differs."""
        difference = self.data["difference"].sel({QUANTITY: quantity}).values
        if not difference.any():
            return None
        odds = float((difference > 0).mean())
        if odds in (0.0, 1.0):
            return Probability(odds, 1.0 / len(difference))
        return Probability(odds, math.sqrt(odds * (1 - odds) / self.effective))


def share_of(group: str) -> str:
    """Name of the quantity that is the share of a group."""
    return f"share of {group}"


def _quantities(found: xr.DataArray, of: str) -> dict[str, np.ndarray]:
    """Draws (draw,) of every quantity in one scenario: all, each group and the share."""
    groups = [str(group) for group in found[names.GROUP].values]
    by = {group: found.sel({names.GROUP: group}).values.ravel() for group in groups}
    if len(groups) == 1:
        return by
    total = np.sum(list(by.values()), axis=0)
    return {ALL: total, **by, share_of(of): 100.0 * by[of] / total}


def _parts(thin: Thin, chosen: Scenario, span: str, of: str) -> xr.DataArray:
    """Parts of chosen less was: (what, part, draw)."""
    if not chosen.change:
        return xr.DataArray(
            np.zeros((3, 0, thin.draws)),
            dims=(WHAT, PART, "sample"),
            coords={WHAT: list(_WHATS), PART: np.array([], dtype=str)},
        )
    found = parts_of_contrast(thin.fit, chosen, span, of).data
    years = calendar_years(resolve(thin.fit, span))
    # Those parts lead from the scenario to what was, in persons a year.
    scale = dict(zip(_WHATS, (-100.0, -years, -years), strict=True))
    rows = [
        (found[f"{what}_part"] * by).transpose(PART, *names.SAMPLE).values
        for what, by in scale.items()
    ]
    values = np.array(rows)
    return xr.DataArray(
        values.reshape(*values.shape[:2], -1),
        dims=(WHAT, PART, "sample"),
        coords={WHAT: list(scale), PART: found[PART].values},
    )


def _kept(values: np.ndarray) -> np.ndarray:
    return np.where(np.abs(values) < ROUNDING, 0.0, values)


def explore(fit: Fit | Thin, span: str, levels: Mapping[str, float], of: str = "") -> Explored:
    """Work out the arrivals of a span, had some series had other levels on all its days.

    Parameters
    ----------
    fit : Fit or Thin
        A fit, of which `DRAWS` draws are used, or what `thin` has made of one.
    span : str
        ``2023``, ``2020..2023`` or the name of an era.
    levels : mapping of str to float
        Series of the model and the level of each, in its unit, held through the span. All others stay
        as they were.
    of : str, optional
        Group whose share and count are split; the headline's by default.

    Returns
    -------
    Explored

    Raises
    ------
    UnknownNameError, SpecError, SpanError
        As for `scenarios`; SpecError also when the model does not use one of the series.

    Examples
    --------
    >>> found = dm.explore(fit, "2023", {"border_closure": 0.2})
    >>> found.summary("chosen", quantity="all"), found.more("all"), found.reach
    """
    few = fit if isinstance(fit, Thin) else thin(fit)
    group = check_group(few.fit, of or comparisons(few.fit)[0])
    days = resolve(few.fit, span)
    changes = tuple(
        Level(series=name, from_=days.start, to=days.end, value=float(value))
        for name, value in levels.items()
    )
    chosen = Scenario(name=CHOSEN, title="As chosen", change=changes)
    found = scenarios(few.fit, [chosen], [span], of=group)
    if found.unused:
        raise SpecError(
            f"model '{few.fit.spec.name}' does not use {', '.join(found.unused[CHOSEN])}; it uses "
            f"{', '.join(few.fit.spec.series)}"
        )
    expected = found.draws("expected").isel(span=0, drop=True)
    was, other = (
        _quantities(expected.sel({SCENARIO: name}, drop=True), group) for name in (FACTUAL, CHOSEN)
    )
    sides = {"was": np.array(list(was.values())), "chosen": np.array(list(other.values()))}
    sides["difference"] = _kept(sides["chosen"] - sides["was"])
    data = xr.Dataset(
        {name: ((QUANTITY, "sample"), values) for name, values in sides.items()},
        {QUANTITY: list(was)},
    )
    part = _parts(few, chosen, span, group)
    data["parts"] = part.copy(data=_kept(part.values))
    return Explored(span, group, dict(levels), data, reach(found, CHOSEN), few.effective)
