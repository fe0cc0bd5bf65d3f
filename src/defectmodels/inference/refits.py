"""One model fitted to many sets of rows: read off once for each structure, then moved.

A structure is what of a model depends on its rows: the definitions with a factor and the grades that
the rows use. Each fit depends on its rows and its seed alone, whatever was fitted before: the chart is
found anew, since one that starts from another fit's would hand that fit's rounding on.

Invariant: a fit by exchanged rows has the draws of a model built for them, to the last bit. Shown by
``tests/test_refits.py``.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

import numpy as np
import xarray as xr

from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.engine import Engine, make_engine
from defectmodels.inference.geometry import Chart, to_model
from defectmodels.inference.predict import Predictor, cut
from defectmodels.inference.store import TARGET_ACCEPT
from defectmodels.model.chance import Chances, prior_chances
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import ModelSpec

MAKING = threading.RLock()
"""One model is read off at a time: meanwhile PyTensor has settings that hold for the whole process."""
AGAIN = 3
"""Times as long that the chains of a refit are when it failed its checks and is sampled once more."""
_MOST = 2
"""Things of one kind that a process keeps: a study has one model that most of its tasks need."""


@dataclass(frozen=True)
class Kept[T]:
    """What a process makes once for the many tasks that come to it, by key."""

    _made: dict[Hashable, T] = field(default_factory=dict, repr=False)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What has been made under a key, or is made now.

        Parameters
        ----------
        key : hashable
            All that what is made follows from, as text or numbers.
        """
        with MAKING:
            # Put last: the one that was used least lately is the first to go.
            self._made[key] = self._made.pop(key) if key in self._made else make()
            for old in list(self._made)[:-_MOST]:
                del self._made[old]
            return self._made[key]


@dataclass(frozen=True)
class Settings:
    """What a refit is drawn with.

    Attributes
    ----------
    target_accept : float
        Mean acceptance that the sampler's steps are made for.
    """

    draws: int
    tune: int
    chains: int
    target_accept: float = TARGET_ACCEPT

    @property
    def longer(self) -> Settings:
        """Those of a refit that is sampled once more."""
        return replace(self, draws=AGAIN * self.draws, tune=AGAIN * self.tune)


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
    _made: dict[object, tuple[Engine, Predictor, Chances]] = field(default_factory=dict, repr=False)

    def design(self, spec: ModelSpec, dataset: Dataset) -> Design:
        """Hold the model against a dataset; what another refit counted too is not compiled again."""
        with MAKING:
            like = next((one.design.joint.program for one, _, _ in self._made.values()), None)
        return make_design(spec, dataset, like=like)

    def engine(self, design: Design) -> tuple[Engine, Predictor]:
        """The engine of a design, by exchanging rows where one of its structure has been made."""
        seen = () if design.measurement is None else design.measurement.seen
        key = (design.spec.digest, design.scaled, design.grades, seen)
        with MAKING:
            if key not in self._made:
                made = make_engine(design)
                predictor = Predictor(design, made.model, self.wanted)
                self._made[key] = made, predictor, prior_chances(made.model, design.grades)
                return made, predictor
        engine, predictor, chances = self._made[key]
        return engine.with_rows(design, chances.of(design)), predictor

    def fit(self, design: Design, settings: Settings, random_seed: int) -> Refitted:
        """Sample the posterior of a design.

        All designs must have the same periods, series and groups.
        """
        begin = time.perf_counter()
        made = sampled(*self.engine(design), settings, random_seed)
        return replace(made, seconds=time.perf_counter() - begin)


def sampled(
    engine: Engine,
    predictor: Predictor,
    settings: Settings,
    random_seed: int,
    chart: Chart | None = None,
) -> Refitted:
    """Sample what an engine holds.

    Parameters
    ----------
    predictor : Predictor
        Of the engine's model.
    chart : Chart, optional
        The engine's own by default.
    """
    begin = time.perf_counter()
    chart = chart or engine.chart()
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
