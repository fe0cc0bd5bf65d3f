"""What the headline rests on: the same question under other priors, evidence, codings and exposures.

Every change is one of: a prior or the likelihood to a power, a set of priors, an origin left out, a covariate
at an end of its range, an index as a step on dated days, other persons at risk. Powers and origins are worked out
by weights of the base fit's draws where these are reliable, and by a refit where they are not; everything else
is a refit.

Invariant: a variant is the same whatever else is varied, no number comes from weights with a Pareto k above
`PARETO_K` or from a refit that failed its checks, and what gave no number is listed with its reason. Shown by
``tests/test_sensitivity.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd

from defectmodels import catalog
from defectmodels.errors import EvidenceError, FitError
from defectmodels.estimands.headline import Quantity, Value, plain
from defectmodels.estimands.powers import sensitivities
from defectmodels.estimands.quoted import comparisons
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit
from defectmodels.inference.refits import Settings
from defectmodels.inference.running import Failure, Outcomes, run_tasks
from defectmodels.inference.sampling import fit as sample
from defectmodels.inference.store import recipe, used_by
from defectmodels.inference.workers import Workers
from defectmodels.model.design import make_design
from defectmodels.model.prior_sets import PriorSet, load_prior_set
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.saved import Saved, load, save
from defectmodels.studies.sensitivity_plan import Plan, Told, apart, origins, plan, powers
from defectmodels.studies.sensitivity_run import Task, numbers_of, refitted
from defectmodels.studies.sensitivity_variants import NotVaried, Variant, all_variants

KIND = "sensitivity"
BASE = "base"
"""Stands for no change in the tables."""


@dataclass(frozen=True)
class Sensitivity:
    """Numbers of the headline under every change.

    Attributes
    ----------
    of : str
        Group of the headline.
    pairs : tuple of (str, str)
        Spans that it compares.
    made : dict
        Model, dataset, digests, settings of the refits, seed, and ``base``: seed and settings of the base.
    variants : pd.DataFrame
        One row for each change, the base first: variant, kind, subject, change, how ('base', 'weights',
        'refit', 'refit failed', 'not known'), pareto_k, checks, seed, rows, rhat, ess, diverging, gradients,
        seconds, reason.
    numbers : pd.DataFrame
        One row for each change and number: variant, before, after, quantity, value (a probability or a
        median), low, high (90% interval), mcse, difference (from the base), errors (that difference over its
        Monte Carlo error).
    sensitivities : pd.DataFrame
        From `defectmodels.estimands.powers.sensitivities`.
    not_varied : tuple of NotVaried
    failures : tuple of Failure
        Refits that gave nothing, with their seeds.
    """

    of: str
    pairs: tuple[tuple[str, str], ...]
    made: dict[str, Any]
    variants: pd.DataFrame = field(compare=False)
    numbers: pd.DataFrame = field(compare=False)
    sensitivities: pd.DataFrame = field(compare=False)
    not_varied: tuple[NotVaried, ...]
    failures: tuple[Failure, ...]

    def saved(self) -> Saved:
        """The study as it stands in a file."""
        facts = {
            "of": self.of,
            "pairs": [list(pair) for pair in self.pairs],
            "not_varied": [vars(one) for one in self.not_varied],
            "failures": [vars(one) for one in self.failures],
        }
        tables = {name: getattr(self, name) for name in _TABLES}
        return Saved(KIND, self.made, tables, facts)

    def save(self, path: str | Path) -> Path:
        """Write the study to a file; `load_sensitivity` reads it."""
        return save(self.saved(), path)

    def table(self, quantity: str, pair: tuple[str, str] | None = None) -> pd.DataFrame:
        """One number under every change, with what changed: variants and numbers side by side."""
        before, after = pair or self.pairs[0]
        own = self.numbers[
            (self.numbers["quantity"] == quantity)
            & (self.numbers["before"] == before)
            & (self.numbers["after"] == after)
        ]
        return self.variants.merge(own, on="variant", how="left", sort=False)


_TABLES = ("variants", "numbers", "sensitivities")


def as_sensitivity(study: Saved) -> Sensitivity:
    """A study of sensitivity from its file's content."""
    facts = study.facts
    return Sensitivity(
        str(facts["of"]),
        tuple((str(before), str(after)) for before, after in facts["pairs"]),
        study.made,
        **{name: study.tables[name] for name in _TABLES},
        not_varied=tuple(NotVaried(**one) for one in facts["not_varied"]),
        failures=tuple(Failure(**one) for one in facts["failures"]),
    )


def load_sensitivity(path: str | Path) -> Sensitivity:
    """Read a study of sensitivity from its file.

    Raises
    ------
    FitError
        When the file holds none.
    """
    return as_sensitivity(load(path, KIND))


# --- the study --------------------------------------------------------------------------------


def sensitivity(
    spec: ModelSpec,
    dataset: Dataset,
    *,
    fit: Fit | None = None,
    prior_sets: Sequence[str | Path | PriorSet] | None = None,
    random_seed: int,
    draws: int = 300,
    tune: int = 70,
    chains: int = 2,
    executor: Workers | None = None,
    folder: str | Path | None = None,
    progress: bool = False,
) -> Sensitivity:
    """Ask the headline's question again under every change of `sensitivity_variants`.

    Parameters
    ----------
    spec, dataset
        From `load_model` and `load_dataset`.
    fit : Fit, optional
        The base, of just these; made with the defaults of `defectmodels.fit` when there is none.
    prior_sets : sequence of str, Path or PriorSet, optional
        Names of shipped sets of priors or files of your own; all shipped ones by default.
    random_seed : int
        The same seed gives the same numbers, for any executor.
    draws, tune, chains : int
        Of each refit.
    executor : concurrent.futures.Executor, or 'serial', 'threads', 'processes'; optional
        See `defectmodels.inference.running.run_tasks`.
    folder : str or Path, optional
        Where the base and every refit are kept, so that an interrupted study goes on.
    progress : bool
        Whether to show on standard error how far it is.

    Returns
    -------
    Sensitivity

    Raises
    ------
    EvidenceError
        When model and dataset do not fit together, or the model has nothing to compare.
    FitError
        When a setting is not allowed, the base is of something else or failed its checks, or the folder
        holds something else.
    SpecError, UnknownNameError
        When a set of priors cannot be used.
    """
    settings = _sound(draws, tune, chains)
    names = catalog.prior_sets() if prior_sets is None else prior_sets
    sets = [one if isinstance(one, PriorSet) else load_prior_set(one) for one in names]
    design, used = make_design(spec, dataset), used_by(spec, dataset)
    # A set that cannot be used says so before anything is sampled.
    variants = tuple(all_variants(design, dataset, sets))
    base = _base(spec, dataset, fit, random_seed, folder)
    of, pairs = comparisons(base)
    numbers = numbers_of(base)
    if not numbers:
        raise EvidenceError(
            f"model '{spec.name}' has nothing to compare: fewer than two whole years, and no headline"
        )
    by_powers, by_origins = powers(base, spec, dataset, numbers), origins(base, spec, numbers)
    planned = plan((*variants, *by_powers, *by_origins))
    made = recipe(spec, used, random_seed=random_seed, sampler="nutpie", **vars(settings))
    contents = {one.name: one.model_dump(mode="json") for one in sets}
    tasks = {
        one.key: Task(
            one.spec, used_by(one.spec, one.dataset), settings, seed_of(random_seed, one.key)
        )
        for one in planned.refits
    }
    done = run_tasks(
        refitted, tasks, made=made | {"prior_sets": contents}, executor=executor, folder=folder,
        seeds={key: task.seed for key, task in tasks.items()}, label="refits", progress=progress,
    )  # fmt: skip
    about = made | {"base": {name: base.made[name] for name in ("random_seed", "settings")}}
    return Sensitivity(
        of,
        pairs,
        about,
        _variants(base, planned, done),
        _numbers(numbers, planned, done),
        sensitivities(base, numbers),
        planned.not_varied,
        done.failures,
    )


def seed_of(random_seed: int, key: str) -> int:
    """Seed of one refit, whatever else is varied."""
    return int(np.random.SeedSequence([random_seed, crc32(key.encode())]).generate_state(1)[0] >> 1)


def _sound(draws: int, tune: int, chains: int) -> Settings:
    # R-hat needs two chains, and its halves some draws.
    for name, value, least in (("draws", draws, 4), ("tune", tune, 1), ("chains", chains, 2)):
        if value < least:
            raise FitError(f"{name} is {value}; give a whole number of {least} or more")
    return Settings(draws, tune, chains)


def _base(
    spec: ModelSpec, dataset: Dataset, fit: Fit | None, random_seed: int, folder: str | Path | None
) -> Fit:
    if fit is None:
        file = None if folder is None else Path(folder) / "base.nc"
        fit = sample(spec, dataset, random_seed=random_seed, progress=False, file=file)
    elif fit.spec.digest != spec.digest or fit.dataset.digest != used_by(spec, dataset).digest:
        raise FitError(
            "the fit is of another model or other evidence; give the one that is asked about"
        )
    if fit.checks.verdict == "fail":
        failed = ", ".join(str(one.name) for one in fit.checks.failed)
        raise FitError(
            f"the base failed its checks ({failed}), so variants would have nothing to compare with"
        )
    return fit


# --- tables -----------------------------------------------------------------------------------

_COLUMNS = (
    "variant", "kind", "subject", "change", "how", "pareto_k", "checks", "seed", "rows", "rhat", "ess",
    "diverging", "gradients", "seconds", "reason",
)  # fmt: skip
_WHOLE = ("seed", "rows", "diverging", "gradients")
_ORDER = (BASE, "priors", "coding", "event", "exposure", "origin", "power")
"""Kinds as they stand in the tables."""


def _variants(base: Fit, planned: Plan, done: Outcomes) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {"variant": BASE, "kind": BASE, "how": BASE, "checks": base.checks.verdict,
         "seed": base.made["random_seed"], "rows": len(base.design.selection.rows)}
    ]  # fmt: skip
    rows += [_about(told) | {"how": told.how, "reason": told.reason} for told in planned.told]
    failures = {one.key: one for one in done.failures}
    for one in planned.refits:
        about = _about(one)
        if one.key in failures:
            lost = failures[one.key]
            rows.append(about | {"how": "refit failed", "reason": lost.reason, "seed": lost.seed})
            continue
        found = {name: value for name, value in done.results[one.key].items() if name != "numbers"}
        how = "refit failed" if found["checks"] == "fail" else "refit"
        rows.append(about | found | {"how": how, "reason": "checks" if "failed" in how else ""})
    rows.sort(key=lambda one: _ORDER.index(one["kind"]))
    table = pd.DataFrame(rows).reindex(columns=list(_COLUMNS))
    texts = ("subject", "change", "checks", "reason")
    # -1 stands for what weights do not have.
    return table.fillna(dict.fromkeys(texts, "") | dict.fromkeys(_WHOLE, -1)).astype(
        dict.fromkeys(_WHOLE, "int64")
    )


def _about(one: Told | Variant) -> dict[str, Any]:
    names = ("kind", "subject", "change", "pareto_k")
    return {"variant": one.key} | {name: getattr(one, name) for name in names}


def _numbers(numbers: Sequence[Quantity], planned: Plan, done: Outcomes) -> pd.DataFrame:
    whole = {(one.before, one.after, one.name): plain(one) for one in numbers}
    rows = [_number(BASE, name, value, (0.0, math.nan)) for name, value in whole.items()]
    for told in planned.told:
        for name, value, by in zip(whole, told.values, told.differences, strict=False):
            rows.append(_number(told.key, name, value, by))
    for key, result in done.results.items():
        for one in result["numbers"]:
            name = (one["before"], one["after"], one["quantity"])
            value = Value(*(_float(one[field]) for field in Value._fields))
            by = apart(value, whole[name]) if name in whole else (math.nan, math.nan)
            rows.append(_number(key, name, value, by))
    return pd.DataFrame(rows)


def _float(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _number(
    key: str, name: tuple[str, str, str], value: Value, by: tuple[float, float]
) -> Mapping[str, Any]:
    difference, error = by
    return {
        "variant": key,
        **dict(zip(("before", "after", "quantity"), name, strict=True)),
        **value._asdict(),
        "difference": difference,
        "errors": difference / error if error > 0 else math.nan,
    }
