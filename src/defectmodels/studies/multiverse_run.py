"""One variant of a multiverse: what is fitted, judged and read off.

A variant that fails by nothing but chains that did not settle is fitted once more with longer ones, since
short chains say nothing against a model; what the second fit says stands.

Invariant: what is given back depends on the model, the evidence, the settings, the choices and the seed, and
is that of a fit made by hand. Shown by ``tests/test_multiverse.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from defectmodels.errors import EvidenceError
from defectmodels.estimands.checks import Checks
from defectmodels.estimands.decision import Chance, measured, verdict_of
from defectmodels.estimands.headline import quantities
from defectmodels.estimands.identification import as_prior
from defectmodels.estimands.judged import Check
from defectmodels.estimands.loo import ROW, evidence_of, scored
from defectmodels.estimands.summary import probability
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.engine import Engine, make_engine
from defectmodels.inference.fit import Fit
from defectmodels.inference.geometry import Chart
from defectmodels.inference.refits import MAKING, Settings
from defectmodels.inference.sampling import gathered
from defectmodels.inference.store import recipe, used_by
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.variants import ImpossibleError, varied
from defectmodels.wording import Message

SAMPLER = frozenset({"chains", "draws.centre", "draws.tails", "error", "divergences", "energy"})
"""Checks of the sampler, by code: longer chains may pass them."""
IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class Plan:
    """What all variants share; the model has a headline of one comparison."""

    spec: ModelSpec
    dataset: Dataset
    settings: Settings


@dataclass(frozen=True)
class Task:
    """Choices by axis, and the seed."""

    choices: dict[str, str]
    seed: int


def tried(plan: Plan, task: Task) -> dict[str, Any]:
    """Fit one variant, judge it, and read the headline and the elpd of every row.

    Returns
    -------
    dict
        choices, seed; ``impossible``, the reason, or settings, gate, failed, diverging, gradients, rows,
        evidence (digest of the rows), numbers by name, and loo.
    """
    head: dict[str, Any] = {"choices": task.choices, "seed": task.seed}
    try:
        spec, dataset = varied(plan.spec, plan.dataset, task.choices)
        design = make_design(spec, dataset)
    except (ImpossibleError, EvidenceError) as error:
        return head | {IMPOSSIBLE: " ".join(str(error).split())}
    with MAKING:
        engine = make_engine(design)
    chart, settings = engine.chart(), plan.settings
    fit = fitted(engine, chart, dataset, settings, task.seed)
    # What fails otherwise too would fail with longer chains.
    if (found := failed(fit.checks)) and found <= SAMPLER:
        settings = settings.longer
        fit = fitted(engine, chart, dataset, settings, task.seed)
    return head | {"settings": vars(settings)} | read_off(fit)


def fitted(engine: Engine, chart: Chart, dataset: Dataset, settings: Settings, seed: int) -> Fit:
    """A fit with all groups, as `defectmodels.fit` makes it, on one processor."""
    spec = engine.design.spec
    used = used_by(spec, dataset)
    made = recipe(spec, used, random_seed=seed, sampler="nutpie", **vars(settings))
    drawn = engine.draw(chart, random_seed=seed, cores=1, **vars(settings))
    with MAKING:
        return gathered(engine, chart, drawn, used, made, {})


def code_of(check: Check) -> str:
    """Short name of a check that no language changes: ``draws.centre``."""
    name = check.name
    assert isinstance(name, Message)  # every check is named by a message
    part = name.values.get("part")
    return name.name.removeprefix("check-name-") + (f".{part}" if part else "")


def failed(checks: Checks) -> set[str]:
    """Codes of the checks that failed, of those that concern quoting."""
    return {code_of(one) for one in checks.failed if one.concerns == "quoting"}


def read_off(fit: Fit) -> dict[str, Any]:
    """What a fit says, as JSON can hold it."""
    stats = fit.group("sample_stats")
    return {
        "gate": fit.checks.verdict,
        "failed": sorted(failed(fit.checks)),
        "diverging": int(stats["diverging"].sum()),
        "gradients": int(stats["n_steps"].sum()),
        "rows": len(fit.design.selection.rows),
        "evidence": evidence_of(fit)[:12],
        "numbers": numbers_of(fit),
        "loo": _elpd(fit),
    }


def numbers_of(fit: Fit) -> dict[str, dict[str, Any]]:
    """Probabilities, each with its verdict and what it was beforehand, and ratios with their intervals."""
    found: dict[str, dict[str, Any]] = {}
    for one, prior in zip(quantities(fit), quantities(as_prior(fit)), strict=True):
        if one.event:
            chance, said = Chance.of(probability(one.values)), float(prior.draws.mean())
            found[one.name] = chance.model_dump() | {"verdict": verdict_of(chance), "prior": said}
        else:
            found[one.name] = measured(one.values).model_dump()
    return found


def _elpd(fit: Fit) -> dict[str, Any]:
    found = scored(fit)
    return {
        "elpd": float(found.elpd),
        "se": float(found.se),
        "p": float(found.p),
        "samples": int(found.n_samples),
        "good_k": float(found.good_k),
        "row": [str(one) for one in found.elpd_i[ROW].values],
        "elpd_i": found.elpd_i.values.tolist(),
        # JSON knows neither infinity nor NaN, and both say that k is too large.
        "pareto_k": [one if np.isfinite(one) else None for one in found.pareto_k.values.tolist()],
    }


def elpd_of(loo: Mapping[str, Any]) -> Any:
    """What `scored` of a fit said, from a result."""
    # ArviZ is slow to load.
    from arviz_stats.utils import ELPDDataLOO

    coords = {ROW: loo["row"]}
    k = [np.inf if one is None else one for one in loo["pareto_k"]]
    return ELPDDataLOO(
        elpd=loo["elpd"],
        se=loo["se"],
        p=loo["p"],
        n_samples=loo["samples"],
        n_data_points=len(loo["row"]),
        scale="log",
        warning=False,
        good_k=loo["good_k"],
        elpd_i=xr.DataArray(loo["elpd_i"], dims=ROW, coords=coords),
        pareto_k=xr.DataArray(k, dims=ROW, coords=coords, name="pareto_k"),
    )
