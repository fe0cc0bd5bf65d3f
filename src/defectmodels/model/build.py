"""From a model file and a dataset to a plain PyMC model.

Invariant: `build` returns a `pm.Model` that any PyMC tool can take from there, and its log
probability is the one written in docs/model.md. Shown by ``tests/test_build.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from defectmodels import names
from defectmodels.evidence.dataset import Dataset
from defectmodels.model.design import Design, make_design
from defectmodels.model.likelihood import add_rows
from defectmodels.model.priors import LogNormal
from defectmodels.model.spec import ModelSpec

if TYPE_CHECKING:
    from pytensor.tensor import TensorVariable


def _baseline(design: Design) -> TensorVariable:
    bases = [design.spec.baseline[group] for group in design.groups]
    priors = [(base.rate, base.per) for base in bases if isinstance(base.rate, LogNormal)]
    if len(priors) == len(bases):
        mu = np.array([prior.mu - np.log(per) for prior, per in priors])
        sigma = np.array([prior.sigma for prior, _ in priors])
        return pm.Normal(names.LOG_BASELINE, mu, sigma, dims=names.GROUP)
    parts = [
        base.rate.log_rv(f"{names.LOG_BASELINE}_{group}", divisor=base.per)
        for group, base in zip(design.groups, bases, strict=True)
    ]
    return pm.Deterministic(names.LOG_BASELINE, pt.stack(parts), dims=names.GROUP)


def _exposure(design: Design) -> TensorVariable:
    """Log exposure of every cell; the level of an uncertain one is a parameter."""
    log_exposure = pt.as_tensor(np.log(design.exposure * design.periods.years))
    if not design.exposure_sigma.any():
        return log_exposure
    on = np.flatnonzero(design.exposure_sigma)
    raw = pm.Normal("exposure_deviation", 0.0, 1.0, shape=len(on))
    factor = pt.as_tensor(np.diag(design.exposure_sigma)[:, on]) @ raw
    factor = pm.Deterministic(names.LOG_EXPOSURE_FACTOR, factor, dims=names.GROUP)
    return log_exposure + factor[:, None]


def _factor(design: Design) -> TensorVariable | None:
    if not design.scaled:
        return None
    priors = [design.spec.definition[name].factor for name in design.scaled]
    log_factor = pm.Normal(
        "log_definition_factor",
        np.array([prior.mu for prior in priors if prior is not None]),
        np.array([prior.sigma for prior in priors if prior is not None]),
        dims=names.DEFINITION,
    )
    return pm.Deterministic(names.FACTOR, pt.exp(log_factor), dims=names.DEFINITION)


def _frailty(design: Design) -> TensorVariable | None:
    if design.spec.frailty is None:
        return None
    return pm.Deterministic(names.FRAILTY, pt.exp(design.spec.frailty.log_rv("log_frailty_cv")))


def build_design(design: Design) -> pm.Model:
    """Build the PyMC model of a design."""
    with pm.Model(coords=design.coords) as model:
        log_rate = _baseline(design)[:, None] + sum(
            (term.build(design) for term in design.spec.term),
            pt.zeros((len(design.groups), len(design.periods))),
        )
        pm.Deterministic(names.RATE, pt.exp(log_rate), dims=(names.GROUP, names.PERIOD))
        expected = pm.Deterministic(
            names.EXPECTED, pt.exp(log_rate + _exposure(design)), dims=(names.GROUP, names.PERIOD)
        )
        add_rows(design, expected, _factor(design), _frailty(design))
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
