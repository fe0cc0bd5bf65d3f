"""Ways to draw from one posterior: this package's, and what a user would take instead.

Each gives the draws of the model's free variables and of expected arrivals, the gradient evaluations that
the kept draws took, and the seconds before and during sampling. A way that is not installed says so.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.cases import Case

FOLDER = Path(__file__).parent
TUNE = {"defectmodels": 500, "defectmodels, pymc": 500}


class Sampled(NamedTuple):
    """What one run gave.

    Attributes
    ----------
    parameters : dict of np.ndarray (chain, draw, ...), free variables as the sampler moves them
    expected : np.ndarray (chain, draw, group, period) or None
    gradients : float, evaluations of the gradient for the kept draws
    diverging : int
    before, seconds : float, seconds until the first draw could be made, and of sampling
    """

    parameters: dict[str, np.ndarray]
    expected: np.ndarray | None
    gradients: float
    diverging: int
    before: float
    seconds: float


def _chains(array: np.ndarray, chains: int) -> np.ndarray:
    return array.reshape(chains, -1, *array.shape[1:])


def ours(case: Case, draws: int, tune: int, seed: int, sampler: Any = "nutpie") -> Sampled:
    """This package."""
    import nutpie  # noqa: F401  # loaded before the clock runs, as it is for the other ways

    from defectmodels.inference.density import ready
    from defectmodels.inference.engine import make_engine
    from defectmodels.inference.geometry import to_model
    from defectmodels.inference.predict import Predictor, cut
    from defectmodels.model.design import make_design

    start = time.perf_counter()
    ready()
    engine = make_engine(make_design(case.spec, case.data))
    chart = engine.chart()
    began = time.perf_counter()
    drawn = engine.draw(
        chart, random_seed=seed, draws=draws, tune=tune, chains=4, cores=2, sampler=sampler
    )
    ended = time.perf_counter()
    x = to_model(engine.linear.layout, drawn.z.reshape(-1, drawn.z.shape[-1]), chart)[0]
    values = cut(engine.model, x)
    expected = Predictor(engine.design, engine.model).run(values)[0]["expected"].values[0]
    return Sampled(
        {name: _chains(one, 4) for name, one in values.items()},
        _chains(expected, 4),
        float(drawn.stats["n_steps"].sum()),
        int(drawn.stats["diverging"].sum()),
        began - start,
        ended - began,
    )


def _plain(case: Case, draws: int, tune: int, seed: int, sampler: str) -> Sampled:
    """The PyMC model of the same files, given to `pm.sample` as a user would."""
    import pymc as pm

    from defectmodels.model.build import build

    start = time.perf_counter()
    model = build(case.spec, case.data)
    with model, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = pm.sample(
            draws, tune=tune, chains=4, cores=2, random_seed=seed, nuts_sampler=sampler,
            progressbar=False, compute_convergence_checks=False,
        )  # fmt: skip
    whole = time.perf_counter() - start
    posterior, stats = tree["posterior"], tree["sample_stats"]
    seconds = float(posterior.attrs.get("sampling_time", stats.attrs.get("sampling_time", np.nan)))
    steps = next(stats[name] for name in ("n_steps", "num_integration_steps") if name in stats)
    names = [rv.name for rv in model.free_RVs]
    return Sampled(
        {name: posterior[name].values for name in names},
        posterior["expected"].values,
        float(steps.sum()),
        int(stats["diverging"].sum()),
        whole - seconds if np.isfinite(seconds) else 0.0,
        seconds if np.isfinite(seconds) else whole,
    )


def _bambi(case: Case, draws: int, tune: int, seed: int) -> Sampled:
    """The regression as a formula, with the same priors."""
    import bambi
    import pandas as pd

    from defectmodels.model.design import make_design

    design = make_design(case.spec, case.data)
    base, frailty = case.spec.baseline["group_0"].rate, case.spec.frailty
    assert frailty is not None
    table = pd.DataFrame(design.covariates, columns=[f"x{k}" for k in range(5)])
    table["count"] = [row.interval.low for row in design.selection.direct]
    table["years"] = np.log(design.periods.years)
    sigma = case.spec.term[0].effect[0].ratio.sigma  # type: ignore[union-attr]
    priors = {
        "Intercept": bambi.Prior("Normal", mu=base.mu, sigma=base.sigma),  # type: ignore[union-attr]
        "alpha": bambi.Prior("LogNormal", mu=-2 * frailty.mu, sigma=2 * frailty.sigma),
    } | {f"x{k}": bambi.Prior("Normal", mu=0.0, sigma=sigma) for k in range(5)}
    start = time.perf_counter()
    model = bambi.Model(
        "count ~ x0 + x1 + x2 + x3 + x4 + offset(years)", table, family="negativebinomial",
        priors=priors, center_predictors=False,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = model.fit(
            draws=draws, tune=tune, chains=4, cores=2, random_seed=seed, progressbar=False
        )
    whole = time.perf_counter() - start
    posterior, stats = tree["posterior"], tree["sample_stats"]
    seconds = float(posterior.attrs.get("sampling_time", np.nan))
    return Sampled(
        {str(name): one.values for name, one in posterior.data_vars.items()},
        None,
        float(stats["n_steps"].sum()),
        int(stats["diverging"].sum()),
        whole - seconds if np.isfinite(seconds) else 0.0,
        seconds if np.isfinite(seconds) else whole,
    )


def _stan(case: Case, draws: int, tune: int, seed: int) -> Sampled:
    """The small models as Stan programs, non-centred as a user would write them."""
    import stan

    from defectmodels.model.design import make_design

    design = make_design(case.spec, case.data)
    base = case.spec.baseline["group_0"].rate
    data: dict[str, Any] = {
        "T": len(design.periods),
        "count": [row.interval.low for row in design.selection.direct],
        "log_years": np.log(design.periods.years).tolist(),
        "mu": base.mu,  # type: ignore[union-attr]
        "sigma": base.sigma,  # type: ignore[union-attr]
    }
    if case.name == "regression":
        assert case.spec.frailty is not None
        data |= {
            "K": design.covariates.shape[1],
            "x": design.covariates.tolist(),
            "effect_sigma": case.spec.term[0].effect[0].ratio.sigma,  # type: ignore[union-attr]
            "frailty_mu": case.spec.frailty.mu,
            "frailty_sigma": case.spec.frailty.sigma,
        }
    else:
        scale = case.spec.term[0].scale  # type: ignore[union-attr]
        data |= {"scale_mu": scale.mu, "scale_sigma": scale.sigma}
    start = time.perf_counter()
    model = stan.build((FOLDER / f"{case.name}.stan").read_text(), data=data, random_seed=seed)
    began = time.perf_counter()
    fit = model.sample(num_chains=4, num_samples=draws, num_warmup=tune)
    seconds = time.perf_counter() - began
    found = {
        name: np.moveaxis(fit[name].reshape(*fit[name].shape[:-1], draws, 4), (-1, -2), (0, 1))
        for name in fit.param_names
    }
    return Sampled(
        found,
        None,
        float(fit["n_leapfrog__"].sum()),
        int(fit["divergent__"].sum()),
        began - start,
        seconds,
    )


class Way(NamedTuple):
    """A way to sample: what has to be installed, which cases it can express, and how to run it."""

    needs: str
    cases: tuple[str, ...]
    run: Callable[..., Sampled]


EVERY = ()
WAYS: dict[str, Way] = {
    "defectmodels": Way("nutpie", EVERY, ours),
    "defectmodels, pymc": Way("pymc", EVERY, lambda *a: ours(*a, sampler="pymc")),
    "plain, nutpie": Way("nutpie", EVERY, lambda *a: _plain(*a, sampler="nutpie")),
    "plain, pymc": Way("pymc", EVERY, lambda *a: _plain(*a, sampler="pymc")),
    "plain, numpyro": Way("numpyro", ("random_walk", "regression"), lambda *a: _plain(*a, sampler="numpyro")),
    "bambi": Way("bambi", ("regression",), _bambi),
    "stan": Way("stan", ("random_walk", "regression"), _stan),
}  # fmt: skip


def missing(way: str, case: str) -> str | None:
    """Why a way cannot be tried on a case, or None."""
    one = WAYS[way]
    if one.cases and case not in one.cases:
        return "cannot express it"
    return None if find_spec(one.needs) else f"{one.needs} is not installed"
