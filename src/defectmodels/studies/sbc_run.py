"""One simulation of simulation-based calibration: parameters, statements, a fit, and ranks.

What is ranked is worked out for posterior draws and for the truth by the same code at once: the truth stands
behind the draws as one more.

Invariant: a simulation depends on its seed and its plan alone. Shown by ``tests/test_sbc.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats

from defectmodels import catalog, names
from defectmodels.errors import SpecError, UnknownNameError
from defectmodels.estimands.courses import Course, Reckoner
from defectmodels.estimands.judged import labels
from defectmodels.estimands.quoted import compared_quantities, comparisons
from defectmodels.estimands.rates import span_weights
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.scenario import load_scenario
from defectmodels.inference.engine import Engine, make_engine
from defectmodels.inference.fit import Fit
from defectmodels.inference.geometry import Chart
from defectmodels.inference.predict import Predictor
from defectmodels.inference.refits import Kept, Refitted, Settings, sampled
from defectmodels.inference.sampling import constant_data
from defectmodels.model.chance import Chances, prior_chances
from defectmodels.model.design import Design
from defectmodels.model.spec import ModelSpec
from defectmodels.model.stacked import stacked
from defectmodels.studies.simulation import Simulator

RANKED = 99
"""Posterior draws that a quantity is ranked among: 100 ranks, and intervals that end between them."""
POOL = Settings(draws=2500, tune=500, chains=4)
"""The fit to the data from which parameters are drawn, given the data. Its own error must be small beside that
of some thousand ranks."""
_FEW = 10.0
"""Persons that are no difference."""
_FLAT = 1e-12
_NOT_RANKED = (names.RATE, names.EXPECTED, names.EFFECT)
"""Variables that are quoted already, or follow from the others."""


@dataclass(frozen=True)
class Plan:
    """What all simulations of a study share.

    Attributes
    ----------
    spec, dataset
        The model, and the evidence with the series that it uses.
    settings : Settings
        Of each fit.
    given : int or None
        Seed of the fit to the data from which parameters are drawn; None for the prior.
    near : float or None
        Worlds are drawn again unless what is published of each definition is within this factor of the
        data's; None keeps all.
    """

    spec: ModelSpec
    dataset: Dataset
    settings: Settings
    given: int | None = None
    near: float | None = None


@dataclass(frozen=True)
class _Drawn(Fit):
    """Draws with what estimands ask of a fit beside them; its design is that of the dataset."""

    drawn_from: Design | None = None

    @cached_property
    def design(self) -> Design:
        assert self.drawn_from is not None
        return self.drawn_from


@dataclass(frozen=True)
class Workshop:
    """What one process makes once: simulator, engine, and what estimands need.

    Attributes
    ----------
    chart : Chart or None
        That of the data, where they are given: it suits the data beside a world as well as their own would.
    pool : xr.Dataset or None
        Posterior draws given the data, from which parameters are drawn.
    """

    plan: Plan
    simulator: Simulator
    engine: Engine
    predictor: Predictor
    chances: Chances
    chart: Chart | None
    pool: xr.Dataset | None
    constant: xr.Dataset
    courses: tuple[tuple[str, Course], ...]

    def evidence(self, design: Design) -> tuple[Design, np.ndarray]:
        """What is fitted to a world: its statements, beside the data where these are given.

        Returns
        -------
        Design
        np.ndarray (joint_row,), prior probability of each joint row
        """
        own = self.chances.of(design)
        if self.pool is None:
            return design, own
        return stacked(self.simulator.design, design), np.concatenate([self.engine.chance, own])

    def fit(self, design: Design, seed: int) -> Refitted:
        """Fit the model to a world."""
        engine = self.engine.with_rows(*self.evidence(design))
        return sampled(engine, self.predictor, self.plan.settings, seed, self.chart)

    def fit_of(self, draws: xr.Dataset) -> Fit:
        """Draws, xr.Dataset (chain, draw, ...), as a fit that estimands take."""
        return _fit_of(self.plan, self.simulator.design, self.constant, draws)


def _fit_of(plan: Plan, design: Design, constant: xr.Dataset, draws: xr.Dataset) -> Fit:
    tree = xr.DataTree.from_dict({"posterior": draws, "constant_data": constant})
    return _Drawn(plan.spec, plan.dataset, tree, drawn_from=design)


class NearSimulator(Simulator):
    """Draws worlds that are published like the data.

    Whether a world is kept depends on its statements alone, so ranks stay uniform among those that are.
    """

    def __init__(self, spec: ModelSpec, dataset: Dataset, near: float | None) -> None:
        super().__init__(spec, dataset)
        self.near, self.said = near, numbers_of(dataset, self.design)

    def _kept(self, dataset: Dataset) -> Design | None:
        # Of statements that are all used, a row's first is the same in every world: so this can be asked
        # before they are counted, which costs much more.
        near = self.near is None or alike(numbers_of(dataset, self.design), self.said, self.near)
        return super()._kept(dataset) if near else None


def numbers_of(dataset: Dataset, design: Design) -> dict[str, float]:
    """Sum of the numbers that the statements of each definition say; the middle of a range."""
    used = {row.statement.id for row in design.selection.rows}
    found: dict[str, float] = {}
    for one in dataset.statements:
        interval = one.interval(dataset.readings)
        if one.id in used and interval is not None:
            low, high = interval.low, interval.high
            middle = float(low) if high is None else (low + high) / 2.0
            found[one.definition] = found.get(one.definition, 0.0) + middle
    return found


def alike(one: Mapping[str, float], other: Mapping[str, float], factor: float) -> bool:
    """Whether sums are within a factor of each other, small ones with `_FEW` more."""
    few = factor * _FEW
    return all(
        a <= factor * b + few and b <= factor * a + few
        for a, b in ((one.get(key, 0.0), other.get(key, 0.0)) for key in {*one, *other})
    )


_workshops = Kept[Workshop]()


def workshop(plan: Plan) -> Workshop:
    """The workshop of a plan in this process: many tasks come to one worker."""
    key = (plan.spec.digest, plan.dataset.digest, plan.settings, plan.given, plan.near)
    return _workshops.get(key, lambda: _made(plan))


def _made(plan: Plan) -> Workshop:
    simulator = NearSimulator(plan.spec, plan.dataset, plan.near)
    design, engine = simulator.design, make_engine(simulator.design)
    predictor = Predictor(design, engine.model, simulator.variables)
    chances = prior_chances(engine.model, design.grades)
    chart, pool = None, None
    if plan.given is not None:
        chart = engine.chart()
        pool = sampled(engine, predictor, POOL, plan.given, chart).posterior
    constant = constant_data(design, engine.chance)
    some = simulator.world(0).variables.expand_dims(names.SAMPLE) if pool is None else pool
    first = some.isel(chain=[0], draw=[0])
    courses = _courses(_fit_of(plan, design, constant, first))
    return Workshop(plan, simulator, engine, predictor, chances, chart, pool, constant, courses)


def _courses(fit: Fit) -> tuple[tuple[str, Course], ...]:
    """Shipped scenarios of the past that the model can be asked for, and what they change."""
    reckoner, found = Reckoner(fit, fit.spec.periods, 0), []
    for name in catalog.scenarios():
        try:
            course = reckoner.course(load_scenario(name))
        except (SpecError, UnknownNameError):
            # Of series that the model does not use, or has no level of.
            continue
        if (
            course.covariates.ndim == 2
            and course.exposure.ndim == 2
            and any(reckoner.moved(course))
        ):
            found.append((name, course))
    return tuple(found)


def simulated(plan: Plan, seed: int) -> dict[str, Any]:
    """Simulate, fit and rank once.

    Returns
    -------
    dict
        seed, tries, rows, untrue, diverging, ess (`smallest_ess`), gradients; ranks by quantity;
        chances by event: the posterior probability, the truth's own draw among them, and whether it was so.
    """
    shop = workshop(plan)
    world = shop.simulator.world(seed, shop.pool)
    made = shop.fit(world.design, seed)
    return {
        "seed": seed,
        "tries": world.tries,
        "rows": len(world.design.selection.rows),
        "untrue": len(world.untrue),
        "diverging": made.diverging,
        "gradients": made.gradients,
        "ess": smallest_ess(plan.spec, made.posterior),
        **ranked(shop, made.posterior, world.variables, seed),
    }


def ranked(shop: Workshop, posterior: xr.Dataset, truth: xr.Dataset, seed: int) -> dict[str, Any]:
    """Rank every parameter and quantity among evenly spaced posterior draws.

    Parameters
    ----------
    posterior : xr.Dataset (chain, draw, ...)
    truth : xr.Dataset
        The same variables without chain and draw.
    """
    rng = np.random.default_rng([seed, 7])
    ranks: dict[str, int] = {}
    chances: dict[str, tuple[float, bool]] = {}
    fit = shop.fit_of(with_truth(posterior, truth))
    for name, values in elements(fit, shop.courses):
        draws, true = values[:-1], values[-1]
        if name.startswith("P("):
            # The truth is one of so many draws that are all alike; then this is its probability exactly.
            chances[name] = (float(values.mean()), bool(true))
        elif np.ptp(values) > _FLAT * np.abs(values).max():
            below, ties = int((draws < true).sum()), int((draws == true).sum())
            ranks[name] = below + int(rng.integers(0, ties + 1))
    return {"ranks": ranks, "chances": chances}


def with_truth(posterior: xr.Dataset, truth: xr.Dataset) -> xr.Dataset:
    """`RANKED` evenly spaced draws and the truth behind them: xr.Dataset (chain, draw, ...)."""
    found = {}
    for name in posterior.data_vars:
        array = posterior.variables[name].transpose(*names.SAMPLE, ...)
        flat = array.values.reshape(-1, *array.shape[2:])
        places = np.linspace(0, len(flat) - 1, RANKED).round().astype(int)
        true = truth.variables[name].transpose(*array.dims[2:]).values
        found[name] = (array.dims, np.concatenate([flat[places], true[None]])[None])
    coords = {dim: one for dim, one in posterior.coords.items() if dim not in names.SAMPLE}
    return xr.Dataset(found, coords | {"chain": [0], "draw": np.arange(RANKED + 1)})


def elements(fit: Fit, courses: Sequence[tuple[str, Course]] = ()) -> list[tuple[str, np.ndarray]]:
    """Every scalar parameter, quoted quantity and event with its draws, np.ndarray (draw,)."""
    posterior = fit.posterior
    found = {str(name): posterior[name] for name in posterior.data_vars if name not in _NOT_RANKED}
    # Arrivals and rates of every year are left out: the spans compared and the shares stand for them.
    quoted = compared_quantities(fit)
    found |= quoted | _quadrants(quoted) | _contrasts(fit, courses)
    rows = []
    for name, array in found.items():
        flat = array.variable.transpose(..., *names.SAMPLE).values
        flat = flat.reshape(-1, flat.shape[-2] * flat.shape[-1])
        rows += list(zip(labels(name, array), flat.astype(float), strict=True))
    return rows


def _quadrants(quoted: dict[str, xr.DataArray]) -> dict[str, xr.DataArray]:
    """Whether share and count rose, together: four events for each comparison."""
    found = {}
    for name, share in quoted.items():
        head, _, label = name.partition(", ")
        if head != "P(share_up)":
            continue
        count = quoted[f"P(count_up), {label}"]
        for (a, one), (b, other) in product(
            (("", share), ("~", 1.0 - share)), (("", count), ("~", 1.0 - count))
        ):
            found[f"P({a}share_up & {b}count_up), {label}"] = one * other
    return found


def _contrasts(fit: Fit, courses: Sequence[tuple[str, Course]]) -> dict[str, xr.DataArray]:
    """Scenario less what was, in the later span of the headline: persons, all and of its group; share."""
    of, pairs = comparisons(fit)
    if not (courses and pairs):
        return {}
    span, reckoner = pairs[0][1], Reckoner(fit, fit.spec.periods, 0)
    weights = span_weights(fit, [span]).values.T
    totals = reckoner.totals(weights)
    place, found = fit.spec.groups.index(of), {}
    sizes = {dim: fit.posterior.sizes[dim] for dim in names.SAMPLE}

    def add(name: str, values: np.ndarray) -> None:
        found[name] = xr.DataArray(values.reshape(tuple(sizes.values())), dims=names.SAMPLE)

    was = totals[:, :, 0]
    for name, course in courses:
        then = reckoner.over_spans(course, weights, totals)[:, :, 0]
        label = f"{name} less what was, {span}"
        add(f"{of}, {label}", (then - was)[:, place])
        if len(fit.spec.groups) > 1:
            add(f"all, {label}", (then - was).sum(axis=1))
            add(f"share of {of}, {label}", then[:, place] / then.sum(axis=1)
                - was[:, place] / was.sum(axis=1))  # fmt: skip
    return found


def smallest_ess(spec: ModelSpec, posterior: xr.Dataset) -> float:
    """Smallest bulk effective sample size of expected arrivals over all periods, by group and by period's end."""
    expected = posterior[names.EXPECTED].transpose(names.GROUP, names.PERIOD, *names.SAMPLE).values
    chosen = np.concatenate([expected.sum(axis=1), expected[:, 0], expected[:, -1]])
    return float(np.min(array_stats.ess(np.log(chosen), method="bulk")))
