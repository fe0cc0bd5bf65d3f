"""One model fitted to many sets of rows: read off once for each structure, then moved.

A structure is what of a model depends on its rows: the definitions with a factor and the grades that
the rows use. Each fit depends on its rows and its seed alone, whatever was fitted before: the chart is
found anew, since one that starts from another fit's would hand that fit's rounding on.

Invariant: a fit by exchanged rows has the draws of a model built for them, to the last bit. Shown by
``tests/test_refits.py``.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.inference.engine import Engine, make_engine
from defectmodels.inference.geometry import to_model
from defectmodels.inference.predict import Predictor, cut
from defectmodels.model.design import Design
from defectmodels.model.joint import prior_chance


@dataclass(frozen=True)
class Settings:
    """What a refit is drawn with."""

    draws: int
    tune: int
    chains: int


@dataclass(frozen=True)
class Refitted:
    """Draws of one refit.

    Attributes
    ----------
    posterior : xr.Dataset (chain, draw, ...)
        The variables asked for.
    random_seed : int
    diverging : int
        Draws that diverged.
    z : np.ndarray (chain, draw, coordinate)
        The sampler's coordinates, for its diagnosis.
    gradients : int
        Gradients after tuning.
    seconds : float
    """

    posterior: xr.Dataset
    random_seed: int
    diverging: int
    z: np.ndarray = field(repr=False)
    gradients: int
    seconds: float


@dataclass(frozen=True)
class Refits:
    """Engines of one model by structure, made when they are first needed.

    Attributes
    ----------
    wanted : tuple of str
        Variables that a refit gives.
    """

    wanted: tuple[str, ...]
    _made: dict[object, tuple[Engine, Predictor]] = field(default_factory=dict, repr=False)

    def engine(self, design: Design) -> tuple[Engine, Predictor]:
        """The engine of a design, by exchanging rows where one of its structure has been made."""
        key = (design.spec.digest, design.scaled, design.grades)
        if key not in self._made:
            made = make_engine(design)
            self._made[key] = made, Predictor(design, made.model, self.wanted)
            return self._made[key]
        engine, predictor = self._made[key]
        return engine.with_rows(design, chance_of(engine, design)), predictor

    def fit(self, design: Design, settings: Settings, random_seed: int) -> Refitted:
        """Sample the posterior of a design.

        All designs must have the same periods, series and groups.
        """
        begin = time.perf_counter()
        engine, predictor = self.engine(design)
        chart = engine.chart()
        cores = min(settings.chains, os.cpu_count() or 1)
        drawn = engine.draw(chart, random_seed=random_seed, cores=cores, **vars(settings))
        chains, draws, size = drawn.z.shape
        x = to_model(engine.linear.layout, drawn.z.reshape(-1, size), chart)[0]
        found = predictor.run(cut(engine.model, x))[0]
        posterior = xr.Dataset(
            {
                name: (one.dims, one.values.reshape(chains, draws, *one.shape[2:]))
                for name, one in found.data_vars.items()
            },
            found.coords,
        )
        return Refitted(
            posterior,
            random_seed,
            int(drawn.stats["diverging"].sum()),
            drawn.z,
            int(drawn.stats["n_steps"].sum()),
            time.perf_counter() - begin,
        )


def chance_of(engine: Engine, design: Design) -> np.ndarray:
    """Prior probability of each joint row of another design: np.ndarray (joint_row,)."""
    if not design.joint.rows:
        return np.zeros(0)
    model = engine.model
    factor, frailty = (model.named_vars.get(name) for name in (names.FACTOR, names.FRAILTY))
    with model:
        return prior_chance(design, model[names.EXPECTED], factor, frailty)
