"""One evaluation of a search for tipping points: what the headline says at one value of an assumption.

Invariant: a result depends on the plan and the task alone, and all evaluations of a plan start from the same
random numbers. Shown by ``tests/test_flip_run.py``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.errors import EvidenceError, FitError
from defectmodels.estimands.checks import DIVERGING
from defectmodels.estimands.rates import annual
from defectmodels.estimands.summary import largest_rhat, probability
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.density import make_density
from defectmodels.inference.engine import Engine
from defectmodels.inference.fit import Fit
from defectmodels.inference.geometry import Chart
from defectmodels.inference.predict import Predictor
from defectmodels.inference.refits import Kept, Refits, Refitted, Settings, sampled
from defectmodels.inference.store import TARGET_ACCEPT
from defectmodels.model.design import make_design, remade
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.flip_cases import Assumption
from defectmodels.studies.flip_evidence import applied
from defectmodels.studies.flip_origins import (
    Workshop,
    bayes,
    densities,
    ids_of,
    less_rows,
    log_mean,
    weighed,
)
from defectmodels.studies.flip_search import Answer, Seen

MORE = 4
"""Times as many draws where an answer is near its threshold, and in the fit as it is."""
QUESTIONS = ("share", "count")
_APART = 1.1
"""R-hat from which chains do not agree: the largest of some seventy coordinates, with few draws."""
_NEAR = 5.0
"""Slope of the log density at the centre of a chart up to which it is used: about as many standard deviations away is
the posterior's. It is 3.4 for the evidence as it is, and 13 with 42 elites more in 2019."""
_THIN = 2
"""Every so many draws are weighed: the log density is worked out once for each origin and draw."""
_WANTED = (names.EXPECTED,)
Found = dict[str, list[float]]
"""Probability that each question's quantity rose, and its Monte Carlo error."""


@dataclass(frozen=True)
class Plan:
    """What all evaluations of a study share.

    Attributes
    ----------
    of : str
        Group of the headline.
    pair : tuple of str
        Spans compared.
    pairs : tuple of (str, str)
        Further pairs of spans, read off the fit as it is.
    """

    spec: ModelSpec
    dataset: Dataset
    of: str
    pair: tuple[str, str]
    pairs: tuple[tuple[str, str], ...]
    settings: Settings
    random_seed: int


@dataclass(frozen=True)
class Task:
    """One evaluation: the fit as it is, without an origin, or at a value of an assumption.

    Attributes
    ----------
    times : int
        How many times the draws of the plan.
    """

    assumption: Assumption | None = None
    value: float = math.nan
    origin: str = ""
    times: int = 1


_workshops = Kept[Workshop]()


def _workshop(plan: Plan) -> Workshop:
    def made() -> Workshop:
        return Workshop(plan.dataset, make_design(plan.spec, plan.dataset), Refits(_WANTED))

    return _workshops.get((plan.spec.digest, plan.dataset.digest), made)


def evaluated(plan: Plan, task: Task) -> dict[str, Any]:
    """Do one task.

    Returns
    -------
    dict
        pairs (found for each pair of spans), draws, diverging, rhat, gradients; of the fit as it is also
        origins, by name; of one without an origin log_bayes and
        log_bayes_error.

    Raises
    ------
    EvidenceError
        When the changed statements cannot be counted.
    FitError
        When the chains do not agree, or too many draws diverged.
    """
    shop = _workshop(plan)
    if task.assumption is not None:
        return _moved(plan, shop, task)
    if task.origin:
        return _without(plan, shop, task)
    return _as_it_is(plan, shop)


# --- a refit ---------------------------------------------------------------------------------------


class Settled(NamedTuple):
    """A refit whose chains agree: its draws, in a chart, and the largest R-hat of its coordinates."""

    made: Refitted
    chart: Chart
    rhat: float


def _settled(
    plan: Plan, engine: Engine, predictor: Predictor, times: int, chart: Chart | None = None
) -> Settled:
    """Sample; where the chains do not agree, again in the engine's own chart, with smaller steps and more draws.

    Raises
    ------
    FitError
        When they do not agree then either, or too many draws diverged.
    """
    used = chart or engine.chart()
    for careful in (False, True):
        if careful and chart is not None:
            used = engine.chart()
        settings = replace(
            plan.settings,
            draws=(MORE if careful else times) * plan.settings.draws,
            target_accept=TARGET_ACCEPT if careful else plan.settings.target_accept,
        )
        made = sampled(engine, predictor, settings, plan.random_seed, used)
        rhat, draws = largest_rhat(made.z), math.prod(made.z.shape[:2])
        if rhat <= _APART and made.diverging <= DIVERGING[1] * draws:
            return Settled(made, used, rhat)
    raise FitError(f"R-hat {rhat:.2f}, {made.diverging} of {draws} draws diverged")


def _moved(plan: Plan, shop: Workshop, task: Task) -> dict[str, Any]:
    assert task.assumption is not None
    dataset, counted = applied(plan.spec, plan.dataset, task.assumption, task.value)
    design = shop.design if dataset is plan.dataset else remade(shop.design, dataset)
    engine, predictor = shop.refits.engine(design)
    if counted is not None:
        engine = detecting(engine, counted)
    chart = shop.chart if _suits(shop.chart, engine) else None
    return _record(plan, _settled(plan, engine, predictor, task.times, chart), (plan.pair,))


def _suits(chart: Chart, engine: Engine) -> bool:
    """Whether a chart's centre is near that of the posterior."""
    layout = engine.linear.layout
    # Statements that are moved may leave a definition or a grade without any: then its parameter is gone.
    if (len(layout.scale), layout.scales) != (len(chart.known), len(chart.centre)):
        return False
    slope = engine.density.at(chart)(np.zeros(len(layout.order)))[1]
    return float(np.linalg.norm(slope)) < _NEAR


def detecting(engine: Engine, seen: np.ndarray) -> Engine:
    """An engine whose statements count a known share of those who come.

    Expected arrivals stay those of all who come; what is counted has a mean that is so much smaller.

    Parameters
    ----------
    seen : np.ndarray (group, period)
        More than 0, at most 1.
    """
    offset = engine.linear.offset.copy()
    offset[: seen.size] += np.log(seen).ravel()
    linear = replace(engine.linear, offset=offset)
    density = make_density(engine.design, linear, engine.chance)
    return replace(engine, linear=linear, density=density)


def chances(
    spec: ModelSpec, dataset: Dataset, posterior: xr.Dataset, of: str, pair: tuple[str, str]
) -> dict[str, xr.DataArray]:
    """Whether share and count rose from the first span to the second, in every draw.

    Returns
    -------
    dict of xr.DataArray (chain, draw), bool
        ``share`` of several groups, and ``count``.
    """
    fit = Fit(spec, dataset, xr.DataTree.from_dict({"posterior": posterior}))
    counts = annual(fit, pair)
    own = counts.sel({names.GROUP: of}, drop=True)
    found = {"count": own}
    if len(spec.groups) > 1:
        found = {"share": own / counts.sum(names.GROUP)} | found
    return {
        name: one.isel(span=1, drop=True) > one.isel(span=0, drop=True)
        for name, one in found.items()
    }


def answers(found: Found) -> dict[str, Answer]:
    """Answer to each question."""
    return {name: seen(one).answer for name, one in found.items()}


def seen(one: list[float], more: bool = True) -> Seen:
    """A probability and its Monte Carlo error, as they stand in a result."""
    value, mcse = one
    return Seen(value, mcse, more)


def _record(plan: Plan, fit: Settled, pairs: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    made = fit.made
    found: list[Found] = []
    for pair in pairs:
        events = chances(plan.spec, plan.dataset, made.posterior, plan.of, pair)
        found.append({name: list(probability(one)) for name, one in events.items()})
    return {
        "pairs": found,
        "draws": math.prod(made.z.shape[:2]),
        "diverging": made.diverging,
        "rhat": fit.rhat,
        "gradients": made.gradients,
    }


# --- without an origin ------------------------------------------------------------------------------


def _without(plan: Plan, shop: Workshop, task: Task) -> dict[str, Any]:
    """A refit without an origin, and how probable its statements are given all others."""
    engine, predictor = shop.refits.engine(shop.design)
    less = less_rows(shop, ids_of(shop.design)[task.origin])
    fit = _settled(plan, less, predictor, task.times)
    z = fit.made.z.reshape(-1, fit.made.z.shape[-1])
    # What the two densities differ by is the log probability of the rows given all others.
    given, error = log_mean(densities(engine, fit.chart, z) - densities(less, fit.chart, z))
    return _record(plan, fit, (plan.pair,)) | bayes(given, error, shop, task.origin)


def _as_it_is(plan: Plan, shop: Workshop) -> dict[str, Any]:
    """The fit as it is, at other spans, and without each origin by importance weights."""
    engine, predictor = shop.refits.engine(shop.design)
    fit = _settled(plan, engine, predictor, MORE, shop.chart)
    made, chart = fit.made, fit.chart
    found = _record(plan, fit, (plan.pair, *plan.pairs))
    thin = {"draw": slice(None, None, _THIN)}
    events = chances(plan.spec, plan.dataset, made.posterior.isel(thin), plan.of, plan.pair)
    z = made.z[:, ::_THIN].reshape(-1, made.z.shape[-1])
    whole, found["origins"] = densities(engine, chart, z), {}
    for origin, ids in ids_of(shop.design).items():
        try:
            less = less_rows(shop, ids)
        except EvidenceError as error:
            found["origins"][origin] = {"reason": " ".join(str(error).split())}
            continue
        one, given = weighed(events, plan.pair, whole - densities(less, chart, z))
        # How reliable an origin would have to be is a question only where leaving it out matters.
        if answers(one["found"]) != answers(found["pairs"][0]):
            one |= bayes(*given, shop, origin)
        found["origins"][origin] = one
    return found
