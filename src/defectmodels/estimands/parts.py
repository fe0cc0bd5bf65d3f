r"""Which themes a change goes with: closure, sanctions, missions, and what nobody measured.

Series of one theme (`theme` in their files) are one part. *Between two spans* the factors of each
group's expected arrivals are switched theme by theme from the first span to the second, all groups at
once; a share is worked out from the groups' counts of every set of switched themes,

    c_g(S) = level_g (sum_b w_b prod_{j in S} f_gjb) (sum_a w_a prod_{j not in S} f_gja),

as in `defectmodels.estimands.decomposition`, and split by Shapley's value. *Against a scenario* the
themes that it changes are switched, within one span, from the scenario to what was.

Parts are arithmetic of the model: what moved together is split by formula, and the split says nothing
of what would have happened without an assumption.

Invariant: parts add to the change within 1e-9 on every draw, in share, in the group's count and in the
total. Shown by ``tests/test_parts.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from defectmodels import names
from defectmodels.errors import SpecError
from defectmodels.estimands.courses import Course, Reckoner
from defectmodels.estimands.decomposition import PART, count_values, factors_of, shapley
from defectmodels.estimands.quoted import comparisons
from defectmodels.estimands.rates import calendar_years, check_group, resolve
from defectmodels.estimands.summary import INTERVAL, tidy
from defectmodels.evidence.scenario import Scenario, load_scenario
from defectmodels.inference.fit import Fit

SEASON = "season and days"
TREND = "nothing measured"
"""The trend: what no covariate of the model carries."""
MOST_THEMES = 12
"""Every set of themes is evaluated for every group, 4,096 at 12."""
_UNITS = {
    "share": "share of arrivals, 0 to 1",
    "count": "persons a year",
    "total": "persons a year",
}


@dataclass(frozen=True)
class Parts:
    """A change, split by theme.

    Attributes
    ----------
    of : str
        The group.
    first, last : str
        What the change leads from and to: spans, or a scenario and what was.
    data : xr.Dataset
        share, count and total (chain, draw, side), with `side` first and last; share_part, count_part
        and total_part (chain, draw, part). Counts are persons a year.
    """

    of: str
    first: str
    last: str
    data: xr.Dataset

    def change(self, what: str) -> xr.DataArray:
        """Last less first of ``share``, ``count`` or ``total``: xr.DataArray (chain, draw)."""
        sides = self.data[what]
        return (sides.sel(side="last") - sides.sel(side="first")).drop_vars("side", errors="ignore")

    def fraction(self, what: str) -> xr.DataArray:
        """Each part over the whole change: xr.DataArray (chain, draw, part).

        It means something only where the change itself has a sure sign.
        """
        return (self.data[f"{what}_part"] / self.change(what)).assign_attrs(
            units="part of the change"
        )

    def table(self, interval: float = INTERVAL) -> pd.DataFrame:
        """One row for each part of each change, and the change itself, nothing rounded.

        Where a draw has no change at all there are no fractions of it.
        """
        tables = []
        for what in _UNITS:
            whole = (
                self.change(what).expand_dims({PART: ["change"]}).assign_attrs(units=_UNITS[what])
            )
            kinds = {"part": self.data[f"{what}_part"]}
            if bool((self.change(what) != 0).all()):
                kinds["fraction"] = self.fraction(what)
            for kind, array in (kinds | {"change": whole}).items():
                tables.append(tidy(array, interval).assign(what=what, kind=kind))
        return pd.concat(tables, ignore_index=True)


def theme_of(fit: Fit, series: str) -> str:
    """Theme of a series; its own name where its file gives none."""
    return fit.dataset.one_series(series).theme or series.replace("_", " ")


def _theme(fit: Fit, group: str, factor: str) -> str:
    if factor == "exposure":
        name = fit.spec.exposure.get(group)
        return theme_of(fit, name) if name else SEASON
    fixed = {"season": SEASON, "trend": TREND}
    return fixed[factor] if factor in fixed else theme_of(fit, factor.removesuffix(" (covariates)"))


def _by_theme(fit: Fit, group: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Logs of a group's factors by theme, each (sample, period), and the level (sample,)."""
    factors, level = factors_of(fit, group)
    found: dict[str, np.ndarray] = {}
    for factor, logs in factors.items():
        theme = _theme(fit, group, factor)
        found[theme] = found.get(theme, 0.0) + logs
    return found, level


def _in_span(
    fit: Fit, text: str, factors: dict[str, np.ndarray], themes: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Logs by theme in the periods of a span, and weights that add to 1."""
    span = resolve(fit, text)
    years = fit.constant["period_years"].values / calendar_years(span)
    weights = fit.spec.periods.weights(span) * years
    inside = weights > 0
    none = np.zeros((len(next(iter(factors.values()))), int(inside.sum())))
    logs = np.array([factors[one][:, inside] if one in factors else none for one in themes])
    # A year of 366 days has more persons than one of 365.
    logs[themes.index(SEASON)] += np.log(weights.sum())
    return logs, weights[inside] / weights.sum()


def _split(counts: np.ndarray, place: int) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """First value, last value and parts of share, count and total.

    Parameters
    ----------
    counts : np.ndarray (group, 2 ** themes, sample)
    """
    total = counts.sum(axis=0)
    values = {"share": counts[place] / total, "count": counts[place], "total": total}
    return {what: (one[0], one[-1], shapley(one)) for what, one in values.items()}


def _labelled(
    fit: Fit, split: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]], themes: list[str]
) -> xr.Dataset:
    posterior = fit.posterior
    shape = (posterior.sizes["chain"], posterior.sizes["draw"])
    found = {}
    for what, (first, last, parts) in split.items():
        units = {"units": _UNITS[what]}
        sides = np.stack([first, last], axis=-1).reshape(*shape, 2)
        found[what] = ((*names.SAMPLE, "side"), sides, units)
        each = np.moveaxis(parts, 0, -1).reshape(*shape, len(themes))
        found[f"{what}_part"] = ((*names.SAMPLE, PART), each, units)
    coords = {"side": ["first", "last"], PART: themes}
    return xr.Dataset(found, coords | {dim: posterior[dim].values for dim in names.SAMPLE})


def _check_themes(themes: list[str]) -> None:
    if len(themes) > MOST_THEMES:
        raise SpecError(
            f"{len(themes)} themes ({', '.join(themes)}); at most {MOST_THEMES} can be split; give "
            "series that belong together one theme in their files"
        )


def parts_of_change(fit: Fit, before: str, after: str, of: str | None = None) -> Parts:
    """Split the change of a group's share, its count and the total between two spans by theme.

    Parameters
    ----------
    fit : Fit
    before, after : str
        Spans: ``2019``, ``2019Q1..2019Q3``, names of eras.
    of : str, optional
        The group; the headline's by default.

    Raises
    ------
    SpanError, UnknownNameError
        When a span or the group is none.
    SpecError
        When there are too many themes.
    """
    group = check_group(fit, of or comparisons(fit)[0])
    own = {one: _by_theme(fit, one) for one in fit.spec.groups}
    found = dict.fromkeys(theme for factors, _ in own.values() for theme in factors)
    themes = [*(t for t in found if t not in (SEASON, TREND)), SEASON]
    themes += [TREND] if TREND in found else []
    _check_themes(themes)
    counts = [
        level * count_values(*(_in_span(fit, text, factors, themes) for text in (before, after)))
        for factors, level in own.values()
    ]
    split = _split(np.array(counts), fit.spec.groups.index(group))
    return Parts(group, before, after, _labelled(fit, split, themes))


def _mixed(
    course: Course, was: Course, themes: dict[str, set[str]], fit: Fit, on: set[str]
) -> Course:
    """The scenario's course, with the series of some themes as they were."""
    back = {name for theme in on for name in themes[theme]}
    x, at_risk = course.covariates.copy(), course.exposure.copy()
    for at, name in enumerate(fit.spec.covariates):
        if name in back:
            x[..., at] = was.covariates[:, at]
    for at, group in enumerate(fit.spec.groups):
        if fit.spec.exposure.get(group) in back:
            at_risk[..., at, :] = was.exposure[at]
    return Course(course.scenario, x, at_risk, course.levels, course.unused)


def parts_of_contrast(
    fit: Fit,
    scenario: str | Path | Scenario,
    span: str,
    of: str | None = None,
    *,
    random_seed: int | None = None,
) -> Parts:
    """Split what was, less a scenario, by the themes that the scenario changes.

    Parameters
    ----------
    fit : Fit
    scenario : str, Path or Scenario
        The reference.
    span : str
        What arrivals are counted over.
    of : str, optional
        The group; the headline's by default.
    random_seed : int, optional
        For uncertain levels; that of the fit by default.

    Raises
    ------
    UnknownNameError, SpecError, SpanError
        As for `scenarios`.
    """
    group = check_group(fit, of or comparisons(fit)[0])
    one = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    seed = int(fit.made["random_seed"]) if random_seed is None else random_seed
    reckoner = Reckoner(fit, fit.spec.periods, seed)
    course, themes = reckoner.course(one), dict[str, set[str]]()
    for name in one.series:
        if name in fit.spec.series:
            themes.setdefault(theme_of(fit, name), set()).add(name)
    if not themes:
        raise SpecError(f"scenario '{one.name}' changes nothing; there is nothing to split")
    _check_themes(list(themes))
    days = resolve(fit, span)
    weights = fit.spec.periods.weights(days)[:, None] / calendar_years(days)
    totals, counts = reckoner.totals(weights), []
    for switched in range(2 ** len(themes)):
        on = {theme for j, theme in enumerate(themes) if (switched >> j) & 1}
        mixed = _mixed(course, reckoner.factual, themes, fit, on)
        counts.append(reckoner.over_spans(mixed, weights, totals)[..., 0].T)
    split = _split(np.array(counts).swapaxes(0, 1), fit.spec.groups.index(group))
    return Parts(group, one.name, span, _labelled(fit, split, list(themes)))
