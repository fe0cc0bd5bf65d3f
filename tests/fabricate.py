"""Fits made up in memory: random draws that keep every promise of a fit file, without sampling.

The draws are independent and scatter narrowly around known values, so that whatever is worked out
of them can be checked, and a single fault can be put in. `redraw` makes the matching evidence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from pydantic import TypeAdapter
from scipy import stats

from defectmodels import names
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.selection import Row
from defectmodels.evidence.statements import AnyStatement, Statement
from defectmodels.inference.fit import FORMAT, Fit, pack_evidence
from defectmodels.inference.rows import kernel_draws, row_log_likelihood
from defectmodels.inference.sampling import constant_data
from defectmodels.model.design import Design, make_design
from defectmodels.model.inputs import simulate
from defectmodels.model.priors import LogNormal
from defectmodels.model.spec import ModelSpec
from defectmodels.model.terms import Covariates, Season, Trend

GROUP_PERIOD = (names.GROUP, names.PERIOD)
_STATEMENT: TypeAdapter[Statement] = TypeAdapter(AnyStatement)

CHANCE = 0.1
"""Prior probability of every joint row."""

Values = dict[str, tuple[tuple[str, ...], np.ndarray]]
"""Variables by name: dims without chain and draw, and values."""


def centre(design: Design, seed: int = 0) -> Values:
    """Parameters near the middle of the prior, with a random trend and season."""
    rng = np.random.default_rng([seed, 1])
    spec, groups, periods = design.spec, len(design.groups), len(design.periods)
    rates = [spec.baseline[group] for group in design.groups]
    middle = [b.rate.median if isinstance(b.rate, LogNormal) else b.rate.mean for b in rates]
    per = [b.per for b in rates]
    found: Values = {names.LOG_BASELINE: ((names.GROUP,), np.log(np.array(middle) / np.array(per)))}
    for term in spec.term:
        if isinstance(term, Covariates):
            acts = term.acts(design.groups)
            mu = np.array([effect.ratio.mu for effect in term.effect])
            dims = (names.GROUP, names.COVARIATE)
            found[names.EFFECT] = (dims, acts * (mu + rng.normal(0, 0.1, acts.shape)))
            found[names.POOLED] = ((names.COVARIATE,), mu)
            shared = (acts.sum(axis=0) > 1).sum()
            if shared:
                found[names.SPREAD] = (("pooled_covariate",), np.full(shared, term.spread.median))
        elif isinstance(term, Season):
            on = np.array([[not term.groups or g in term.groups] for g in design.groups])
            raw = on * rng.normal(0, 0.2, (groups, len(design.periods.seasons)))
            raw -= raw.mean(axis=1, keepdims=True)
            found[names.SEASON_EFFECT] = ((names.GROUP, names.SEASON), raw)
        elif isinstance(term, Trend):
            walk = rng.normal(0, 0.15, (groups, periods)).cumsum(axis=1)
            found[names.TREND] = (GROUP_PERIOD, walk - walk.mean(axis=1, keepdims=True))
            found[names.TREND_SCALE] = ((names.GROUP,), np.full(groups, term.scale.median))
    if design.exposure_sigma.any():
        found[names.LOG_EXPOSURE_FACTOR] = ((names.GROUP,), np.zeros(groups))
    if spec.frailty is not None:
        found[names.FRAILTY] = ((), np.array(spec.frailty.median))
    if design.scaled:
        factors: dict[str, float] = {}
        for name in sorted(design.scaled, key=lambda name: len(spec.containers(name))):
            use = spec.definition[name]
            if use.factor is not None:
                factors[name] = use.factor.median
            elif use.share is not None:
                factors[name] = use.share.mean * factors.get(spec.within[name], 1.0)
        found[names.FACTOR] = (
            (names.DEFINITION,),
            np.array([factors[name] for name in design.scaled]),
        )
    if design.grades:
        means = [design.spec.reliability[grade].mean for grade in design.grades]
        found[names.RELIABILITY] = ((names.GRADE,), np.array(means))
    if design.measurement is not None:
        middles = [1.0 if p is None else p.quantile(0.5) for p in design.measurement.priors]
        found[names.ERROR_PARAMETER] = ((names.ERROR,), np.array(middles))
        if design.measurement.size is not None:
            found[names.REVISION_SCALE] = ((), np.array(design.measurement.size.median))
    return found


_POSITIVE = {
    names.SPREAD, names.TREND_SCALE, names.FRAILTY, names.FACTOR, names.REVISION_SCALE,
}  # fmt: skip


def scattered(
    design: Design, around: Values, shape: tuple[int, int], spread: float, seed: int
) -> xr.Dataset:
    """Draws around known values, with the rates and expected arrivals that follow from them."""
    rng = np.random.default_rng([seed, 2])
    drawn: dict[str, np.ndarray] = {}
    for name, (_, value) in around.items():
        noise = spread * rng.normal(size=(*shape, *value.shape))
        if name in _POSITIVE:
            drawn[name] = value * np.exp(noise)
            continue
        if name == names.EFFECT:
            noise = noise * (value != 0)
        elif name in (names.RELIABILITY, names.ERROR_PARAMETER):
            noise = noise * value * (1 - value)
        elif name == names.LOG_EXPOSURE_FACTOR:
            noise = noise * (design.exposure_sigma > 0)
        elif name in (names.TREND, names.SEASON_EFFECT):
            noise = (noise - noise.mean(axis=-1, keepdims=True)) * np.any(value, axis=-1)[:, None]
        drawn[name] = value + noise
    log_rate = np.repeat(drawn[names.LOG_BASELINE][..., None], len(design.periods), axis=-1)
    if names.EFFECT in drawn:
        log_rate = log_rate + drawn[names.EFFECT] @ design.covariates.T
    if names.SEASON_EFFECT in drawn:
        log_rate = log_rate + drawn[names.SEASON_EFFECT][..., design.periods.season]
    if names.TREND in drawn:
        log_rate = log_rate + drawn[names.TREND]
    at_risk = design.exposure * design.periods.years
    if names.LOG_EXPOSURE_FACTOR in drawn:
        at_risk = at_risk * np.exp(drawn[names.LOG_EXPOSURE_FACTOR])[..., None]
    dims = {name: found for name, (found, _) in around.items()}
    dims |= {names.RATE: GROUP_PERIOD, names.EXPECTED: GROUP_PERIOD}
    drawn |= {names.RATE: np.exp(log_rate), names.EXPECTED: np.exp(log_rate) * at_risk}
    used = {dim for found in dims.values() for dim in found}
    coords = {dim: label for dim, label in design.coords.items() if dim in used}
    coords |= {"chain": list(range(shape[0])), "draw": list(range(shape[1]))}
    variables = {name: ((*names.SAMPLE, *dims[name]), value) for name, value in drawn.items()}
    return xr.Dataset(variables, coords)


def _scale(design: Design, posterior: xr.Dataset, row: Row) -> np.ndarray:
    if row.statement.definition not in design.scaled:
        return np.ones(posterior[names.EXPECTED].shape[:2])
    return posterior[names.FACTOR].sel({names.DEFINITION: row.statement.definition}).values


def _direct(design: Design, posterior: xr.Dataset, row: Row, rng: Any) -> tuple[Any, Any]:
    """Predictive counts and the distribution they come from."""
    cells = posterior[names.EXPECTED].values * design.cell_weights(row)
    mean = cells.sum(axis=(-1, -2)) * _scale(design, posterior, row)
    if names.FRAILTY not in posterior:
        return rng.poisson(mean), stats.poisson(mean)
    by_period = cells.sum(axis=-2)
    independent = by_period.sum(axis=-1) ** 2 / (by_period**2).sum(axis=-1)
    size = independent / posterior[names.FRAILTY].values ** 2
    return rng.poisson(rng.gamma(size, mean / size)), stats.nbinom(size, size / (size + mean))


def _nested(design: Design, posterior: xr.Dataset, row: Row, rng: Any) -> tuple[Any, Any]:
    """Predictive counts and a binomial of nearly their distribution."""
    expected, scale = posterior[names.EXPECTED].values, _scale(design, posterior, row)
    covered = sum((parent.weights for parent in row.parents), np.zeros(len(row.weights)))
    mask = design.group_mask(row.groups)
    outside = np.outer(mask, (row.weights - covered).clip(0.0))
    mean = scale * (expected * outside).sum(axis=(-1, -2))
    counts, trials = rng.poisson(mean), 0
    for parent in row.parents:
        whole = np.outer(
            design.group_mask(parent.groups), design.selection.direct[parent.index].weights
        )
        inner = (expected * np.outer(mask, parent.weights)).sum(axis=(-1, -2))
        p = np.minimum(scale * inner / (expected * whole).sum(axis=(-1, -2)), 1.0)
        counts = counts + rng.binomial(parent.count, p)
        mean, trials = mean + parent.count * p, trials + parent.count
    n = max(trials, row.interval.low + 1)
    return counts, stats.binom(n, np.clip(mean / n, 1e-9, 1 - 1e-9))


def _joint(design: Design, posterior: xr.Dataset, counted: Any, logs: Any, rng: Any) -> None:
    """Add predictive counts and log likelihood of the joint rows."""
    draws = kernel_draws(design, posterior, np.full(len(design.joint.rows), CHANCE))
    made = simulate(design, draws.p, draws.mean, draws.size, rng)
    shape = tuple(posterior.sizes[dim] for dim in names.SAMPLE)
    dims = (*names.SAMPLE, names.JOINT)
    counted[names.JOINT_COUNT] = (dims, made.reshape(*shape, -1))
    logs[names.JOINT_COUNT] = (dims, row_log_likelihood(design, draws).reshape(*shape, -1))


def _predictive(design: Design, posterior: xr.Dataset, seed: int) -> tuple[xr.Dataset, xr.Dataset]:
    """Posterior predictive counts and log likelihood of every row."""
    rng = np.random.default_rng([seed, 3])
    counted, logs = {}, {}
    for variable, dim, rows, make in (
        (names.DIRECT_COUNT, names.DIRECT, design.selection.direct, _direct),
        (names.NESTED_COUNT, names.NESTED, design.selection.nested, _nested),
    ):
        if not rows:
            continue
        made = [make(design, posterior, row, rng) for row in rows]
        chance = []
        for row, (_, law) in zip(rows, made, strict=True):
            top = 1.0 if row.interval.high is None else law.cdf(row.interval.high)
            chance.append(top - law.cdf(row.interval.low - 1))
        dims = (*names.SAMPLE, dim)
        counted[variable] = (dims, np.stack([count for count, _ in made], axis=-1))
        logs[variable] = (dims, np.log(np.maximum(np.stack(chance, axis=-1), 1e-12)))
    if design.joint.rows:
        _joint(design, posterior, counted, logs, rng)
    kept = {names.DIRECT, names.NESTED, names.JOINT}
    coords = {dim: label for dim, label in design.coords.items() if dim in kept and label}
    coords |= {dim: posterior[dim].values for dim in names.SAMPLE}
    return xr.Dataset(counted, coords), xr.Dataset(logs, coords)


def fabricate(
    spec: ModelSpec,
    dataset: Dataset,
    *,
    chains: int = 2,
    draws: int = 300,
    seed: int = 0,
    spread: float = 0.05,
    changed: Mapping[str, np.ndarray] | None = None,
) -> Fit:
    """Make up a fit; `changed` replaces the centres of some parameters."""
    design = make_design(spec, dataset)
    around = centre(design, seed)
    around |= {
        name: (around[name][0], np.asarray(value)) for name, value in (changed or {}).items()
    }
    posterior = scattered(design, around, (chains, draws), spread, seed)
    for name in posterior.data_vars:
        posterior[name].attrs = {"description": names.VARIABLES[str(name)], "units": "1"}
    predictive, logs = _predictive(design, posterior, seed)
    rng = np.random.default_rng([seed, 4])
    shape = (chains, draws)
    tree = xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "sample_stats": xr.Dataset(
                {
                    "diverging": (names.SAMPLE, np.zeros(shape, dtype="int8")),
                    "energy": (names.SAMPLE, rng.normal(50.0, 3.0, shape)),
                    "n_steps": (names.SAMPLE, np.full(shape, 7, dtype="int64")),
                },
                {dim: posterior[dim].values for dim in names.SAMPLE},
            ),
            "prior": scattered(design, around, (1, 500), 0.8, seed + 1),
            "prior_predictive": predictive,
            "posterior_predictive": predictive,
            "log_likelihood": logs,
            "constant_data": constant_data(design, np.full(len(design.joint.rows), CHANCE)),
            "evidence": pack_evidence(spec, dataset),
        }
    )
    made = {
        "model": spec.name,
        "model_digest": spec.digest,
        "dataset": dataset.name,
        "dataset_digest": dataset.digest,
        "as_of": dataset.as_of,
        "sampler": "none",
        "settings": {"draws": draws, "tune": 0, "chains": chains, "target_accept": 0.9},
        "random_seed": seed,
        "versions": {"defectmodels": "0.0.0", "python": "3"},
        "seconds": {"build": 0.0, "compile": 0.0, "sample": 0.0, "predict": 0.0},
    }
    tree.attrs = {"format": FORMAT, "made": json.dumps(made)}
    return Fit(spec, dataset, tree)


def with_group(fit: Fit, name: str, group: xr.Dataset) -> Fit:
    """The same fit with one group replaced."""
    groups = {key: node.to_dataset() for key, node in fit.tree.children.items()} | {name: group}
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = dict(fit.tree.attrs)
    return Fit(fit.spec, fit.dataset, tree)


# --- evidence that follows from known parameters --------------------------------------------


def _persons_by_day(design: Design, expected: np.ndarray, frailty: float, rng: Any) -> np.ndarray:
    """Whole persons: np.ndarray (group, day)."""
    lift = np.ones(len(design.periods))
    if frailty > 0:
        lift = rng.gamma(1 / frailty**2, frailty**2, len(design.periods))
    counts = rng.poisson(expected * lift)
    parts = [
        np.stack([rng.multinomial(n, np.full(span.days, 1 / span.days)) for n in counts[:, t]])
        for t, span in enumerate(design.periods.spans)
    ]
    return np.concatenate(parts, axis=1)


def _said(statement: Statement, row: Row, count: int, rng: Any) -> Statement:
    """The statement as it would have been published of another count, as precise as it was."""
    low, high = row.interval
    bounds: dict[str, Any] = {"kind": "exact", "low": count, "high": count}
    if high is None:
        bounds = {"kind": "at_least", "low": max(1, round(0.7 * count))}
    elif high > low:
        start = max(0, count - int(rng.integers(0, high - low + 1)))
        bounds = {"kind": "range", "low": start, "high": start + high - low}
    drop = {"kind", "low", "high", "reading", "against"}
    return _STATEMENT.validate_python(statement.model_dump(mode="json", exclude=drop) | bounds)


def redraw(
    design: Design,
    dataset: Dataset,
    expected: np.ndarray,
    *,
    frailty: float = 0.0,
    factors: Mapping[str, float] | None = None,
    seed: int = 0,
) -> Dataset:
    """Evidence of the same form as a dataset's, drawn anew from known expected arrivals.

    Persons arrive on days, so that every statement counts the same persons as the totals do.
    Statements that the model does not use are left out.
    """
    rng = np.random.default_rng([seed, 5])
    persons = _persons_by_day(design, expected, frailty, rng)
    first = design.periods.span.start
    said = []
    for row in (*design.selection.direct, *design.selection.nested):
        begin = max(0, (row.span.start - first).days)
        days = slice(begin, (row.span.end - first).days + 1)
        own = int((design.group_mask(row.groups) @ persons)[days].sum())
        factor = (factors or {}).get(row.statement.definition, 1.0)
        if factor != 1.0:
            # A word that reaches further than the group, or less far.
            own = rng.binomial(own, factor) if factor < 1 else own + rng.poisson(own * (factor - 1))
        said.append(_said(row.statement, row, int(own), rng))
    return replace(dataset, statements=tuple(said))
