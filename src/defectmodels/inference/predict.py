"""What draws say: the variables of a fit, simulated rows, and how probable each row is.

All draws go through the PyMC model at once, interpreted: one pass over its graph with arrays that
have the draws in front, and nothing to compile.

Invariant: variables and log probabilities are those of the PyMC model at the same values, and rows are
simulated as it simulates them. Shown by ``tests/test_predict.py``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import xarray as xr
from pytensor.graph.replace import vectorize_graph

from defectmodels import names
from defectmodels.inference.geometry import start_of
from defectmodels.inference.rows import kernel_draws, row_log_likelihood
from defectmodels.model.design import Design
from defectmodels.model.inputs import simulate
from defectmodels.model.likelihood import simulate_direct, simulate_nested

Values = dict[str, np.ndarray]
"""Values of the model's free variables, as the sampler has them, by name: (draw, ...)."""
ALONE = (names.DIRECT_COUNT, names.NESTED_COUNT)
"""Observed variables whose rows have probabilities of their own."""


def cut(model: pm.Model, x: np.ndarray) -> Values:
    """Vectors of the model as values of its variables.

    Parameters
    ----------
    x : np.ndarray (draw, coordinate)
    """
    found, end = {}, 0
    for name, value in start_of(model).items():
        begin, end = end, end + value.size
        found[name] = x[:, begin:end].reshape(len(x), *value.shape)
    return found


class Predictor:
    """The graph of a model with the draws in front.

    Making it takes longer than running it; it serves for all draws of one model. With `only`, names,
    just these variables are worked out and no rows.
    """

    def __init__(
        self, design: Design, model: pm.Model, only: Collection[str] | None = None
    ) -> None:
        self.design, self.model = design, model
        every = (*model.deterministics, *model.free_RVs)
        wanted = names.VARIABLES if only is None else only
        self._kept = [one.name for one in every if one.name in wanted]
        self._rows = [name for name in ALONE if only is None and name in model.named_vars]
        graphs = [model[name] for name in self._kept]
        moments = [model[name].owner.op.dist_params(model[name].owner) for name in self._rows]
        graphs += [one for found in moments for one in found]
        logs = model.logp(vars=[model[name] for name in self._rows], sum=False)
        self._counts = [len(found) for found in moments]
        self._run = self._vectorised([*model.replace_rvs_by_values(graphs), *logs])
        # A PyTensor function has one place for its inputs: threads would work on each other's draws.
        self._running = threading.Lock()

    def _vectorised(self, graphs: list[Any]) -> Callable[..., list[np.ndarray]]:
        inputs = self.model.value_vars
        batched = [
            pt.tensor(one.name, dtype=one.dtype, shape=(None, *one.type.shape)) for one in inputs
        ]
        found = vectorize_graph(graphs, dict(zip(inputs, batched, strict=True)))
        return pytensor.function(batched, found, mode="FAST_COMPILE", on_unused_input="ignore")

    def run(self, values: Values) -> tuple[xr.Dataset, dict[str, list[np.ndarray]], Values]:
        """Variables of the fit, moments of the rows, and log probabilities of the rows.

        Returns
        -------
        xr.Dataset (chain, draw, ...), one chain
        dict of list of np.ndarray (draw, row) or (row,)
            What `simulate_direct` and `simulate_nested` need.
        dict of np.ndarray (draw, row)
        """
        with self._running:
            found = self._run(*(values[one.name] for one in self.model.value_vars))
        draws = len(next(iter(values.values())))
        variables = {
            name: self._labelled(name, one)
            for name, one in zip(self._kept, found[: len(self._kept)], strict=True)
        }
        rest = found[len(self._kept) :]
        moments = {}
        for name, count in zip(self._rows, self._counts, strict=True):
            moments[name], rest = rest[:count], rest[count:]
        # A graph without a free variable in it has no draws in front.
        logs = {
            name: np.broadcast_to(one, (draws, one.shape[-1]))
            for name, one in zip(self._rows, rest, strict=True)
        }
        return xr.Dataset(variables, self._coords(variables)), moments, logs

    def _labelled(self, name: str, values: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
        dims = self.model.named_vars_to_dims.get(name) or ()
        return (*names.SAMPLE, *dims), values[None]

    def _coords(self, variables: dict[str, tuple[tuple[str, ...], np.ndarray]]) -> dict[str, Any]:
        dims = {dim for found, _ in variables.values() for dim in found[2:]}
        return {dim: list(self.model.coords[dim] or ()) for dim in dims}

    def simulated(
        self, variables: xr.Dataset, moments: dict[str, list[np.ndarray]], chance: np.ndarray,
        rng: np.random.Generator,
    ) -> Values:  # fmt: skip
        """Draw every row: np.ndarray (draw, row) by observed variable."""
        found = {}
        if names.DIRECT_COUNT in moments:
            found[names.DIRECT_COUNT] = simulate_direct(*moments[names.DIRECT_COUNT], rng=rng)
        if names.NESTED_COUNT in moments:
            mean, trials = moments[names.NESTED_COUNT]
            found[names.NESTED_COUNT] = simulate_nested(mean, trials, rng)
        if self.design.selection.joint:
            draws = kernel_draws(self.design, variables, chance)
            found[names.JOINT_COUNT] = simulate(self.design, draws.p, draws.mean, draws.size, rng)
        return found

    def labelled_rows(self, rows: Values) -> xr.Dataset:
        """Rows by observed variable: xr.Dataset (chain, draw, row), one chain."""
        dims = {
            names.DIRECT_COUNT: names.DIRECT,
            names.NESTED_COUNT: names.NESTED,
            names.JOINT_COUNT: names.JOINT,
        }
        return xr.Dataset(
            {name: ((*names.SAMPLE, dims[name]), one[None]) for name, one in rows.items()},
            {dims[name]: self.design.coords[dims[name]] for name in rows},
        )


def prior_values(model: pm.Model, draws: int, random_seed: int) -> Values:
    """Draw the free variables from their priors."""
    drawn = pm.draw(model.free_RVs, draws=draws, random_seed=random_seed, mode="FAST_COMPILE")
    found = {}
    for rv, one in zip(model.free_RVs, drawn, strict=True):
        value, transform = model.rvs_to_values[rv], model.rvs_to_transforms[rv]
        if transform is not None:
            one = transform.forward(pt.as_tensor(one), *rv.owner.inputs).eval(mode="FAST_COMPILE")
        found[value.name] = np.asarray(one)
    return found


def joint_logs(design: Design, variables: xr.Dataset, chance: np.ndarray) -> np.ndarray:
    """Log probability of each joint row given the others: np.ndarray (draw, joint_row)."""
    return row_log_likelihood(design, kernel_draws(design, variables, chance))
