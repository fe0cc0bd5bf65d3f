"""Fits whose posterior is drawn from the prior by PyMC, so that `pm.do` has the last word on them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pymc as pm
import xarray as xr

from defectmodels import names
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit
from defectmodels.model.build import build
from defectmodels.model.spec import ModelSpec
from fabricate import fabricate, with_group
from smallworld import FAST


def _draws(model: pm.Model, count: int, seed: int) -> xr.Dataset:
    """Free variables from their priors."""
    drawn = pm.draw(model.free_RVs, draws=count, random_seed=seed, mode=FAST)
    found = {}
    for rv, values in zip(model.free_RVs, drawn, strict=True):
        dims = model.named_vars_to_dims.get(rv.name) or [
            f"{rv.name}_{axis}" for axis in range(rv.ndim)
        ]
        found[rv.name] = (("chain", "draw", *dims), np.asarray(values)[None])
    return xr.Dataset(found, {"chain": [0], "draw": list(range(count))})


def _worked_out(model: pm.Model, draws: xr.Dataset, wanted: list[str]) -> xr.Dataset:
    return pm.compute_deterministics(
        draws, var_names=wanted, model=model, progressbar=False, compile_kwargs={"mode": FAST}
    )


class Drawn:
    """A fit, and what `pm.do` makes of the same draws."""

    def __init__(self, spec: ModelSpec, dataset: Dataset, count: int, seed: int = 1) -> None:
        self.model = build(spec, dataset)
        self.draws = _draws(self.model, count, seed)
        known = [one.name for one in self.model.deterministics if one.name in names.VARIABLES]
        posterior = _worked_out(self.model, self.draws, known)
        free = [name for name in self.draws.data_vars if name in names.VARIABLES]
        posterior = posterior.merge(self.draws[free])
        self.fit: Fit = with_group(
            fabricate(spec, dataset, chains=1, draws=count), "posterior", posterior
        )

    def done(self, data: Mapping[str, np.ndarray]) -> np.ndarray:
        """Expected arrivals under `pm.do`: np.ndarray (sample, group, period)."""
        model = pm.do(self.model, dict(data))
        found = _worked_out(model, self.draws, [names.EXPECTED])[names.EXPECTED]
        return found.transpose("chain", "draw", names.GROUP, names.PERIOD).values[0]
