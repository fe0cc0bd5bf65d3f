"""Terms of the log rate: covariates, season, trend.

Invariant: a term adds an array (group, period) to the log rate, `parts` rebuilds from the posterior
exactly what it added, named by covariate, season or trend, and `beyond` goes on with it in later
periods. A new term is one class, named
in the union at the foot. Shown by ``tests/test_terms.py``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import numpy as np
import xarray as xr
from pydantic import Field

from defectmodels import names
from defectmodels.evidence.files import FileModel
from defectmodels.evidence.periods import MONTHS, Periods
from defectmodels.model.priors import LogNormal

if TYPE_CHECKING:
    from pytensor.tensor import TensorVariable

    from defectmodels.model.design import Design


class Scaled(NamedTuple):
    """Standard normal variables that a term multiplies by scales.

    Attributes
    ----------
    variable, scale : str
        Names of the variable and of the log of its scales.
    which : np.ndarray
        Which scale belongs to each element.
    group : np.ndarray, optional
        Which group each element acts on; needed where the variable has no dim `group`, and acts on one.
    """

    variable: str
    scale: str
    which: np.ndarray
    group: np.ndarray | None = None


class Effect(FileModel):
    """One covariate: on which groups it acts and what is known of its size beforehand.

    The prior is on the ratio of rates for one unit of the covariate, in the mean over groups.
    """

    series: str
    groups: tuple[str, ...] = ()
    ratio: LogNormal
    code: Literal["value", "low", "high"] = "value"


class Covariates(FileModel):
    """Effects of covariates, pooled over the groups on which each acts.

    effect[g, k] ~ Normal(pooled[k], spread[k]) where k acts on two groups or more; one that acts on
    a single group has the pooled prior itself.
    """

    kind: Literal["covariates"]
    effect: Annotated[tuple[Effect, ...], Field(min_length=1)]
    spread: LogNormal = LogNormal(
        median=0.25, factor=3.0, why="groups differ by a quarter, give or take a factor 3"
    )

    def acts(self, groups: tuple[str, ...]) -> np.ndarray:
        """np.ndarray (group, covariate), bool: which effects are switched on."""
        return np.array([[not e.groups or g in e.groups for e in self.effect] for g in groups])

    def build(self, design: Design) -> TensorVariable:
        """Add the effects to the model in context."""
        import pymc as pm
        import pytensor.tensor as pt

        acts = self.acts(design.groups)
        shared = np.flatnonzero(acts.sum(axis=0) > 1)
        row, column = np.nonzero(acts)
        mu = np.array([effect.ratio.mu for effect in self.effect])
        sigma = np.array([effect.ratio.sigma for effect in self.effect])
        pooled = pm.Normal(names.POOLED, mu, sigma, dims=names.COVARIATE)
        active = pt.as_tensor(np.eye(acts.shape[1])[column]) @ pooled
        if len(shared):
            log_spread = self.spread.log_rv("log_effect_spread", dims=names.POOLED_COVARIATE)
            spread = pm.Deterministic(names.SPREAD, pt.exp(log_spread), dims=names.POOLED_COVARIATE)
            # Only the deviations that exist are sampled: an effect that is off has none.
            of_effect = np.isin(column, shared)
            deviation = pm.Normal("effect_deviation", 0.0, 1.0, shape=int(of_effect.sum()))
            which = (column[of_effect][:, None] == shared[None, :]).astype(float)
            active = active + pt.as_tensor(np.eye(len(row))[:, of_effect]) @ (
                (pt.as_tensor(which) @ spread) * deviation
            )
        # Products with constant matrices, not indexing: they share one compiled function.
        place = np.eye(acts.size)[:, np.flatnonzero(acts)]
        effect = (pt.as_tensor(place) @ active).reshape(acts.shape)
        effect = pm.Deterministic(names.EFFECT, effect, dims=(names.GROUP, names.COVARIATE))
        x = pm.Data(names.COVARIATES, design.covariates, dims=(names.PERIOD, names.COVARIATE))
        return effect @ x.T

    def scaled(self, design: Design) -> tuple[Scaled, ...]:
        """Deviations of effects from the pooled one."""
        acts = self.acts(design.groups)
        shared = np.flatnonzero(acts.sum(axis=0) > 1)
        if not len(shared):
            return ()
        row, column = np.nonzero(acts)
        of_effect = np.isin(column, shared)
        which = np.searchsorted(shared, column[of_effect])
        return (Scaled("effect_deviation", "log_effect_spread", which, row[of_effect]),)

    def parts(self, posterior: xr.Dataset, constant: xr.Dataset) -> dict[str, xr.DataArray]:
        """One part per covariate: xr.DataArray (chain, draw, group, period), log rate."""
        product = posterior[names.EFFECT] * constant["covariates"]
        return {
            str(name): product.sel({names.COVARIATE: name}, drop=True)
            for name in product[names.COVARIATE].values
        }

    def beyond(
        self, posterior: xr.Dataset, periods: Periods, later: Periods, rng: np.random.Generator
    ) -> float:
        """Nothing by itself: a scenario says what covariates do in later periods."""
        return 0.0


class Season(FileModel):
    """A pattern within the year for each group that adds to 0.

    size is the ratio that one standard deviation of a season stands for.
    """

    kind: Literal["season"]
    groups: tuple[str, ...] = ()
    size: Annotated[float, Field(gt=1)]
    why: str

    def build(self, design: Design) -> TensorVariable:
        """Add the season to the model in context."""
        import pymc as pm
        import pytensor.tensor as pt

        on = np.array([not self.groups or g in self.groups for g in design.groups])
        count = len(design.periods.seasons)
        # Columns orthonormal and orthogonal to the constant: the effects add to 0 and all have the
        # same variance, sigma^2 (1 - 1/count).
        basis = np.linalg.svd(np.eye(count) - 1.0 / count)[0][:, : count - 1]
        dims = (names.GROUP, names.SEASON_DIRECTION) if on.all() else None
        shape = (int(on.sum()), count - 1)
        raw = pm.Normal("season_raw", 0.0, math.log(self.size), shape=shape, dims=dims)
        season = pt.as_tensor(np.eye(len(on))[:, on]) @ raw @ pt.as_tensor(basis.T)
        season = pm.Deterministic(names.SEASON_EFFECT, season, dims=(names.GROUP, names.SEASON))
        return season @ pt.as_tensor(np.eye(count)[:, design.periods.season])

    def scaled(self, design: Design) -> tuple[Scaled, ...]:
        """Nothing: the size of a season is given."""
        return ()

    def parts(self, posterior: xr.Dataset, constant: xr.Dataset) -> dict[str, xr.DataArray]:
        """One part, the season's: xr.DataArray (chain, draw, group, period), log rate."""
        return {
            "season": posterior[names.SEASON_EFFECT]
            .isel({names.SEASON: constant["season_index"].astype(int)})
            .drop_vars(names.SEASON)
        }

    def beyond(
        self, posterior: xr.Dataset, periods: Periods, later: Periods, rng: np.random.Generator
    ) -> np.ndarray:
        """The same season: np.ndarray (chain, draw, group, later period), log rate."""
        dims = (*names.SAMPLE, names.GROUP, names.SEASON)
        found: np.ndarray = posterior[names.SEASON_EFFECT].transpose(*dims).values
        return found[..., later.season]


class Trend(FileModel):
    """A mean-centred random walk for each group; between its steps it runs straight.

    scale is the standard deviation of the log rate's change in one year.
    """

    kind: Literal["trend"]
    every: Literal["year", "quarter", "month"] = "year"
    scale: LogNormal

    def steps(self, periods: Periods) -> np.ndarray:
        """Weights that turn the walk's values into periods.

        Returns
        -------
        np.ndarray (period, trend_step)
            Straight lines between steps that stand at the middle of each `every`; each column is
            centred, so that a walk's mean over the periods is 0.
        """
        length = max(1, MONTHS[self.every] // MONTHS[periods.every])
        middle = np.arange(len(periods)) + 0.5
        knots = np.arange(math.ceil(len(periods) / length)) * length + length / 2
        hats = np.array([np.interp(middle, knots, row) for row in np.eye(len(knots))]).T
        return hats - hats.mean(axis=0)

    def build(self, design: Design) -> TensorVariable:
        """Add the trend to the model in context."""
        import pymc as pm
        import pytensor.tensor as pt

        weights = self.steps(design.periods)
        length = max(1, MONTHS[self.every] // MONTHS[design.periods.every])
        step_years = length * MONTHS[design.periods.every] / 12
        log_scale = self.scale.log_rv("log_trend_scale", dims=names.GROUP)
        scale = pm.Deterministic(names.TREND_SCALE, pt.exp(log_scale), dims=names.GROUP)
        innovation = pm.Normal("trend_innovation", 0.0, 1.0, dims=(names.GROUP, names.STEP))
        # A step's value is the sum of the innovations up to it: the sum is folded into the weights.
        total = np.tril(np.ones((weights.shape[1], weights.shape[1] - 1)), -1)
        walk = innovation @ pt.as_tensor((weights @ total).T)
        return pm.Deterministic(
            names.TREND,
            walk * (scale * math.sqrt(step_years))[:, None],
            dims=(names.GROUP, names.PERIOD),
        )

    def scaled(self, design: Design) -> tuple[Scaled, ...]:
        """Steps of the walk."""
        steps = self.steps(design.periods).shape[1] - 1
        which = np.repeat(np.arange(len(design.groups)), steps)
        return (Scaled("trend_innovation", "log_trend_scale", which),)

    def parts(self, posterior: xr.Dataset, constant: xr.Dataset) -> dict[str, xr.DataArray]:
        """One part, the trend's: xr.DataArray (chain, draw, group, period), log rate."""
        return {"trend": posterior[names.TREND]}

    def beyond(
        self, posterior: xr.Dataset, periods: Periods, later: Periods, rng: np.random.Generator
    ) -> np.ndarray:
        """The walk goes on from its last step: np.ndarray (chain, draw, group, later period), log rate.

        Between the last step, in the middle of the last `every`, and the end of the fitted periods the
        trend stays flat, as in the fit; where the last `every` is not over, it first runs straight to
        that middle.
        """
        dims = (*names.SAMPLE, names.GROUP)
        walk = posterior[names.TREND].transpose(*dims, names.PERIOD).values
        scale = posterior[names.TREND_SCALE].transpose(*dims).values
        length = max(1, MONTHS[self.every] // MONTHS[periods.every])
        # In periods from the start of the fitted axis; period t has its middle at t + 0.5.
        end = len(periods) - 0.5
        knot = math.floor((len(periods) - 1) / length) * length + length / 2
        slope = walk[..., -1] - walk[..., -2]
        middles = end + 1 + np.arange(len(later))
        steps = max(0, math.ceil((middles[-1] - knot) / length))
        size = scale * math.sqrt(length * MONTHS[periods.every] / 12)
        # One step after the other, so that a longer axis has the same first steps.
        jumps = np.moveaxis(rng.normal(size=(steps, *size.shape)) * size, 0, -1)
        values = np.concatenate([np.zeros((*size.shape, 1)), jumps.cumsum(axis=-1)], axis=-1)
        hats = [
            np.interp(middles, knot + length * np.arange(steps + 1), row)
            for row in np.eye(steps + 1)
        ]
        line = slope[..., None] * np.minimum(middles - end, max(0.0, knot - end))
        found: np.ndarray = walk[..., -1:] + line + values @ np.array(hats)
        return found


Term = Annotated[Covariates | Season | Trend, Field(discriminator="kind")]
