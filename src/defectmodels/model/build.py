"""From a model file and a dataset to a plain PyMC model.

Invariant: `build` returns a `pm.Model` that any PyMC tool can take from there, and its log
probability is the one written in docs/model.md. Shown by ``tests/test_build.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.replace import graph_replace

from defectmodels import names
from defectmodels.evidence.dataset import Dataset
from defectmodels.model.chance import prior_chances
from defectmodels.model.design import Design, make_design
from defectmodels.model.inputs import weights
from defectmodels.model.joint import add_joint
from defectmodels.model.likelihood import add_rows
from defectmodels.model.priors import LogNormal
from defectmodels.model.spec import ModelSpec

if TYPE_CHECKING:
    from pytensor.tensor import TensorVariable

LOG_FRAILTY = "log_frailty_cv"


def _direction(design: Design) -> TensorVariable:
    """Standard normal for every group with an uncertain exposure, 0 for the others."""
    on = np.flatnonzero(design.exposure_sigma)
    dims = names.GROUP if len(on) == len(design.groups) else None
    raw = pm.Normal("exposure_direction", 0.0, 1.0, shape=len(on), dims=dims)
    return pt.as_tensor(np.eye(len(design.groups))[:, on]) @ raw


def _plain_level(design: Design) -> tuple[TensorVariable, TensorVariable]:
    """Log baseline and log exposure factor, each moved by itself."""
    parts = []
    for group in design.groups:
        base = design.spec.baseline[group]
        parts.append(base.rate.log_rv(f"{names.LOG_BASELINE}_{group}", divisor=base.per))
    sigma = design.exposure_sigma
    return pt.stack(parts), _direction(design) * sigma if sigma.any() else pt.zeros(len(parts))


def _centred_level(
    design: Design, priors: list[tuple[LogNormal, float]], varying: TensorVariable
) -> tuple[TensorVariable, TensorVariable]:
    """Log baseline and log exposure factor, in coordinates that suit the counts.

    The chain moves on the mean log level over the periods, which the counts pin down, and on a
    direction of baseline against exposure that they do not touch. The joint prior is that of
    independent normals: with level = baseline + exposure + mean of the terms, the exposure given the
    level is normal with mean `along` * (level - its mean) and standard deviation `across`.
    """
    mu = np.array([prior.mu - np.log(per) for prior, per in priors])
    sigma = np.array([prior.sigma for prior, _ in priors])
    both = np.hypot(sigma, design.exposure_sigma)
    # At the data of the fit, whatever `pm.do` replaces: the level is that of what was.
    fixed = {one: pt.as_tensor(one.get_value()) for one in pm.modelcontext(None).data_vars}
    offset = graph_replace(varying.mean(axis=1), fixed, strict=False)
    total = pm.Normal("log_level", mu + offset, both, dims=names.GROUP) - offset
    if not design.exposure_sigma.any():
        return total, pt.zeros(len(design.groups))
    along, across = (design.exposure_sigma / both) ** 2, sigma * design.exposure_sigma / both
    factor = along * (total - mu) + across * _direction(design)
    return total - factor, factor


def _level(design: Design, varying: TensorVariable) -> tuple[TensorVariable, TensorVariable]:
    """Log baseline of every group, and the log of its true exposure over the stated one."""
    bases = [design.spec.baseline[group] for group in design.groups]
    priors = [(base.rate, base.per) for base in bases if isinstance(base.rate, LogNormal)]
    if len(priors) == len(bases):
        baseline, factor = _centred_level(design, priors, varying)
    else:
        baseline, factor = _plain_level(design)
    baseline = pm.Deterministic(names.LOG_BASELINE, baseline, dims=names.GROUP)
    if design.exposure_sigma.any():
        factor = pm.Deterministic(names.LOG_EXPOSURE_FACTOR, factor, dims=names.GROUP)
    return baseline, factor


def _factor(design: Design) -> TensorVariable | None:
    if not design.scaled:
        return None
    uses = design.spec.definition
    own = {name: factor for name in design.scaled if (factor := uses[name].factor) is not None}
    shares = {name: share for name in design.scaled if (share := uses[name].share) is not None}
    found: dict[str, TensorVariable] = {}
    if own:
        mu, sigma = np.array([(prior.mu, prior.sigma) for prior in own.values()]).T
        log_factor = pm.Normal("log_definition_factor", mu, sigma)
        found |= {name: pt.exp(log_factor[at]) for at, name in enumerate(own)}
    if shares:
        a, b = np.array([prior.shapes for prior in shares.values()]).T
        drawn = pm.Beta("definition_share", a, b)
        # From the outermost definition inwards.
        for name in sorted(shares, key=lambda name: len(design.spec.containers(name))):
            container = design.spec.within[name]
            found[name] = drawn[list(shares).index(name)] * found.get(container, 1.0)
    factor = pt.stack([found[name] for name in design.scaled])
    return pm.Deterministic(names.FACTOR, factor, dims=names.DEFINITION)


def _frailty(design: Design) -> TensorVariable | None:
    if design.spec.frailty is None:
        return None
    return pm.Deterministic(names.FRAILTY, pt.exp(design.spec.frailty.log_rv(LOG_FRAILTY)))


def _reliability(design: Design) -> TensorVariable | None:
    """Probability of each grade that its statements are true, sampled as log odds."""
    if not design.grades:
        return None
    shapes = np.array([design.spec.reliability[grade].shapes for grade in design.grades])
    return pm.Beta(names.RELIABILITY, shapes[:, 0], shapes[:, 1], dims=names.GRADE)


def build_design(design: Design) -> pm.Model:
    """Build the PyMC model of a design.

    Covariates and exposures are data of the model, ``covariates`` and ``exposure``, so that `pm.do`
    can replace them. The prior probability of each joint row stands in ``joint_chance``.
    """
    with pm.Model(coords=design.coords) as model:
        cells = (len(design.groups), len(design.periods))
        varying = sum((term.build(design) for term in design.spec.term), pt.zeros(cells))
        baseline, exposure = _level(design, varying)
        log_rate = baseline[:, None] + varying
        pm.Deterministic(names.RATE, pt.exp(log_rate), dims=(names.GROUP, names.PERIOD))
        at_risk = pm.Data(names.EXPOSURE, design.exposure, dims=(names.GROUP, names.PERIOD))
        log_expected = log_rate + pt.log(at_risk * design.periods.years) + exposure[:, None]
        expected = pm.Deterministic(
            names.EXPECTED, pt.exp(log_expected), dims=(names.GROUP, names.PERIOD)
        )
        factor, frailty = _factor(design), _frailty(design)
        published = expected if design.measurement is None else design.measurement.add(expected)
        add_rows(design, published, factor, frailty)
        if design.selection.joint:
            chance = prior_chances(model, design.grades).of(design)
            pm.Data(names.CHANCE, chance, dims=names.JOINT)
            weight = weights(design, chance, _reliability(design), pt)
            add_joint(design, published, factor, frailty, weight)
    return model


def build(spec: ModelSpec, dataset: Dataset) -> pm.Model:
    """Build the PyMC model of a model file on a dataset.

    Parameters
    ----------
    spec : ModelSpec
        From `defectmodels.load_model`.
    dataset : Dataset
        From `defectmodels.load_dataset`.

    Returns
    -------
    pm.Model
        Dims and variables as in docs/outputs.md.

    Raises
    ------
    EvidenceError, UnknownNameError
        When the two do not fit together.
    """
    return build_design(make_design(spec, dataset))
