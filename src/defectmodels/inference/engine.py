"""The engine under all that samples: a model read off once, then any evidence without compiling.

A model and a dataset become arrays (`defectmodels.inference.density`), the arrays a chart
(`defectmodels.inference.geometry`), and the chart draws. Other evidence, such as simulated statements, is
other arrays of the same model.

Invariant: the same arrays, settings and seed give the same draws, for any number of cores, whether
the model was read off for them or not. Shown by ``tests/test_engine.py``.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from pytensor.gradient import DisconnectedType, disconnected_type
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from threadpoolctl import threadpool_limits

from defectmodels import names
from defectmodels.inference.density import Density, make_density, ready
from defectmodels.inference.geometry import Chart, Slope, settled
from defectmodels.inference.linear import Linear, lower
from defectmodels.inference.store import TARGET_ACCEPT, Sampler
from defectmodels.model.build import build_design
from defectmodels.model.design import Design

COORDINATES = "coordinates"
"""Name of the vector that a sampler moves."""
_WIDTH = 1.0
"""Chains start within so many standard deviations of the posterior's centre."""


class Drawn(NamedTuple):
    """What a sampler gives back.

    Attributes
    ----------
    z : np.ndarray (chain, draw, coordinate)
    stats : xr.Dataset (chain, draw)
    """

    z: np.ndarray
    stats: xr.Dataset


@dataclass(frozen=True)
class Engine:
    """A model ready to be sampled with some evidence.

    Attributes
    ----------
    design : Design
    model : pm.Model
        The model that was read off; of other rows than the design's after `with_rows`.
    linear : Linear
    chance : np.ndarray (joint_row,), prior probability of each joint row
    density : Density
    """

    design: Design
    model: pm.Model
    linear: Linear
    chance: np.ndarray
    density: Density

    def with_rows(self, design: Design, chance: np.ndarray) -> Engine:
        """The same model on other rows of evidence; nothing is read off again.

        Parameters
        ----------
        design : Design
            With the same groups, periods, series and definitions.
        chance : np.ndarray (joint_row,)
        """
        density = make_density(design, self.linear, chance)
        return replace(self, design=design, chance=chance, density=density)

    def chart(self) -> Chart:
        """Coordinates that suit the posterior; no random number is used."""
        # The matrices are small: BLAS threads would only wait for each other, for seconds on a busy machine.
        with threadpool_limits(1, "blas"):
            return settled(self.density.layout, self.density.own, self.density.at)

    def draw(
        self,
        chart: Chart,
        *,
        random_seed: int,
        draws: int,
        tune: int,
        chains: int,
        cores: int,
        sampler: Sampler = "nutpie",
        target_accept: float = TARGET_ACCEPT,
        progress: bool = False,
    ) -> Drawn:
        """Sample the posterior in the coordinates of a chart."""
        run = _nutpie if sampler == "nutpie" else _pymc
        return run(
            self.density, chart, random_seed, draws, tune, chains, cores, target_accept, progress
        )


def make_engine(design: Design) -> Engine:
    """Build the PyMC model of a design and read it off.

    Raises
    ------
    FitError
        When the model has a part that the density does not know.
    """
    model = build_design(design)
    chance = model[names.CHANCE].get_value() if design.selection.joint else np.zeros(0)
    linear = lower(design, model)
    return Engine(design, model, linear, chance, make_density(design, linear, chance))


def silently[T](work: Callable[[], T]) -> T:
    """Run a sampler without its warnings: what they warn of is a check, with a threshold."""
    log = logging.getLogger("pymc")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return work()
    finally:
        log.setLevel(level)


def _nutpie(
    density: Density, chart: Chart, seed: int, draws: int, tune: int, chains: int, cores: int,
    accept: float, progress: bool,
) -> Drawn:  # fmt: skip
    import nutpie
    from nutpie.compile_pymc import CompiledPyMCModel

    size, made, held = len(density.layout.order), ready(), density.held(chart)
    # nutpie calls the kernel by its address: through Python each gradient would take half as long again,
    # and twice as long where two chains run side by side.
    compiled = CompiledPyMCModel(
        dims={},
        compiled_logp_func=made.density,
        compiled_expand_func=made.copied,
        initial_point_func=lambda seed: np.random.default_rng(seed).uniform(-_WIDTH, _WIDTH, size),
        shared_data=dict(enumerate(held.arrays)),
        shared_var_keys={},
        user_data=held.record,
        n_expanded=size,
        shape_info=([COORDINATES], [slice(0, size)], [(size,)]),
        logp_func=None,
        expand_func=None,
        _n_dim=size,
        _shapes={COORDINATES: (size,)},
        _coords={},
    )
    tree = silently(
        lambda: nutpie.sample(
            compiled,
            draws=draws,
            tune=tune,
            chains=chains,
            cores=cores,
            seed=seed,
            target_accept=accept,
            save_warmup=False,
            progress_bar=progress,
        )
    )
    z = tree["posterior"].to_dataset()[COORDINATES]
    return Drawn(z.transpose(*names.SAMPLE, ...).values, tree["sample_stats"].to_dataset())


class _LogDensity(Op):
    """The density as an operation, for samplers that take a PyMC model."""

    __props__ = ()

    def __init__(self, density: Density, chart: Chart) -> None:
        self.density, self.chart = density, chart
        self._slope: Slope | None = None

    def __getstate__(self) -> dict[str, Any]:
        # Addresses mean nothing in another process.
        return self.__dict__ | {"_slope": None}

    def make_node(self, *inputs: Any) -> Apply:
        """From coordinates to the log density and its gradient."""
        return Apply(self, [pt.as_tensor(inputs[0])], [pt.dscalar(), pt.dvector()])

    def perform(self, node: Apply, inputs: Any, output_storage: Any) -> None:
        """Run the kernel."""
        if self._slope is None:
            self._slope = self.density.at(self.chart)
        value, gradient = self._slope(inputs[0])
        output_storage[0][0], output_storage[1][0] = np.asarray(value), gradient

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Any]:
        """Cotangent of the log density times its gradient."""
        if isinstance(cotangents[0].type, DisconnectedType):
            return [disconnected_type()]
        return [cotangents[0] * outputs[1]]


def _pymc(
    density: Density, chart: Chart, seed: int, draws: int, tune: int, chains: int, cores: int,
    accept: float, progress: bool,
) -> Drawn:  # fmt: skip
    size = len(density.layout.order)
    rng = np.random.default_rng(seed)
    starts = [{COORDINATES: rng.uniform(-_WIDTH, _WIDTH, size)} for _ in range(chains)]
    with pm.Model():
        z = pm.Flat(COORDINATES, shape=size)
        pm.Potential("density", _LogDensity(density, chart)(z)[0])  # type: ignore[index]
        tree = silently(
            lambda: pm.sample(
                draws,
                tune=tune,
                chains=chains,
                cores=cores,
                random_seed=seed,
                initvals=starts,
                init="adapt_diag",
                nuts_sampler="pymc",
                target_accept=accept,
                progressbar=progress,
                compute_convergence_checks=False,
                compile_kwargs={"mode": "FAST_COMPILE"},
            )
        )
    found = tree["posterior"].to_dataset()[COORDINATES]
    return Drawn(found.transpose(*names.SAMPLE, ...).values, tree["sample_stats"].to_dataset())


def timed[T](seconds: dict[str, float], name: str, work: Callable[[], T]) -> T:
    """Do a piece of work and write down how long it took."""
    start = time.perf_counter()
    found = work()
    seconds[name] = time.perf_counter() - start
    return found
