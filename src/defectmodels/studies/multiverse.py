"""The headline under other choices that an analyst could have made: every one fitted, judged and listed.

A variant is a choice on each axis of `defectmodels.studies.variants`. All that pass their checks are held
against the answer of the model file. Leave-one-out compares variants that were fitted to the same rows, and
stacking weights add to 1 among these alone: other rows have another elpd, whatever the model (Steegen et al.
2016, Increasing transparency through a multiverse analysis; Simonsohn, Simmons and Nelson 2020,
Specification curve analysis; Yao et al. 2018, Using stacking to average Bayesian predictive distributions).

Invariant: a variant's numbers are those of the same model fitted by hand, and one that cannot be made or has
failed is listed with its reason. Shown by ``tests/test_multiverse.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from defectmodels.errors import FitError, SpecError
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.refits import Settings
from defectmodels.inference.running import Outcomes, run_tasks
from defectmodels.inference.store import recipe, used_by
from defectmodels.inference.workers import Workers
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.fraction import MOST, Combination, balanced, every, factors
from defectmodels.studies.multiverse_result import Multiverse
from defectmodels.studies.multiverse_rows import variant_table
from defectmodels.studies.multiverse_run import IMPOSSIBLE, Plan, Task, tried
from defectmodels.studies.variants import APART, AXES, SHIPPED, Choice, impossible


def name_of(choices: Mapping[str, str]) -> str:
    """Name of a variant: its choices other than the model file's."""
    own = [choices[axis] for axis in AXES if choices.get(axis, SHIPPED) != SHIPPED]
    return ", ".join(own) or SHIPPED


def seed_of(random_seed: int, choices: Mapping[str, str]) -> int:
    """Seed of a variant, whatever else is tried."""
    place = 0
    for axis, among in AXES.items():
        names = [one.name for one in among]
        place = place * len(names) + names.index(choices.get(axis, SHIPPED))
    # What a fit takes ends at 2^31.
    return int(np.random.SeedSequence([random_seed, place]).generate_state(1)[0] >> 1)


def first_pair(spec: ModelSpec) -> ModelSpec:
    """The model with the first comparison of its headline alone: a variant is judged by that.

    Raises
    ------
    SpecError
        When it has no headline.
    """
    if spec.headline is None:
        raise SpecError(
            f"model '{spec.name}' has no headline that variants could support; add [headline] to its file"
        )
    return spec.model_copy(update={"headline": spec.headline.model_copy(update={"also": ()})})


def multiverse(
    spec: ModelSpec,
    dataset: Dataset,
    *,
    random_seed: int,
    full: bool = False,
    draws: int = 350,
    tune: int = 150,
    chains: int = 2,
    executor: Workers | None = None,
    folder: str | Path | None = None,
    progress: bool = False,
) -> Multiverse:
    """Fit a model under other choices, and say how many of them answer as it does.

    Parameters
    ----------
    spec, dataset
        From `load_model` and `load_dataset`.
    random_seed : int
        The same seed gives the same numbers, for any executor.
    full : bool
        All combinations of choices; else a balanced fraction of them where they are many.
    draws, tune, chains : int
        Of each fit; one that fails by nothing but chains that did not settle is fitted once more with three
        times as many draws.
    executor : concurrent.futures.Executor, or 'serial', 'threads', 'processes'; optional
        See `defectmodels.inference.running.run_tasks`.
    folder : str or Path, optional
        Where each variant is kept, so that an interrupted study goes on.
    progress : bool
        Whether to show on standard error how far it is.

    Returns
    -------
    Multiverse

    Raises
    ------
    SpecError
        When the model has no headline, or a setting is not allowed.
    EvidenceError
        When model and dataset do not fit together.
    FitError
        When the folder holds something else.
    """
    if draws < 4 or min(tune, chains) < 1:
        raise SpecError(
            f"draws {draws}, tune {tune}, chains {chains}: give 4 draws and 1 of the others"
        )
    settings, own = Settings(draws, tune, chains), first_pair(spec)
    # A model that does not fit the dataset says so before anything is fitted.
    make_design(own, dataset)
    made = recipe(
        spec, used_by(spec, dataset), random_seed=random_seed, sampler="nutpie", **vars(settings)
    )
    alone = impossible(own, dataset)
    axes = {axis: [one.name for one in among if one not in alone] for axis, among in AXES.items()}
    chosen = every(axes) if full else _fraction(axes)
    tasks = {name_of(one): Task(one, seed_of(random_seed, one)) for one in chosen}
    found = run_tasks(
        partial(tried, Plan(own, dataset, settings)), tasks, made=made, executor=executor,
        folder=folder, seeds={name: one.seed for name, one in tasks.items()}, label="variants",
        progress=progress,
    )  # fmt: skip
    return _gathered(made | _about(own, axes), found, alone)


def _fraction(axes: Mapping[str, Sequence[str]]) -> list[Combination]:
    """Combinations that are tried where nothing else is asked for."""
    if math.prod(map(len, axes.values())) <= MOST:
        return every(axes)
    return [{axis: one[axis] for axis in axes} for one in balanced(factors(axes, APART))]


def _about(spec: ModelSpec, axes: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What of a study is not in a fit's recipe."""
    assert spec.headline is not None  # `first_pair` has seen to it
    of, before, after = spec.headline.of, spec.headline.before, spec.headline.after
    combinations = math.prod(map(len, axes.values()))
    return {"of": of, "before": before, "after": after, "combinations": combinations}


def _gathered(made: dict[str, Any], found: Outcomes, alone: Mapping[Choice, Any]) -> Multiverse:
    fitted = {name: one for name, one in found.results.items() if IMPOSSIBLE not in one}
    if not fitted:
        reasons = "; ".join(sorted({one.reason for one in found.failures})[:3])
        raise FitError(f"no variant could be fitted: {reasons}")
    return Multiverse(
        made,
        variant_table(fitted),
        _frame(
            ("axis", "choice", "reason", "text"),
            ((one.axis, one.name, error.reason, str(error)) for one, error in alone.items()),
        ),
        _frame(
            ("variant", "text"),
            ((n, one[IMPOSSIBLE]) for n, one in found.results.items() if IMPOSSIBLE in one),
        ),
        _frame(
            ("variant", "seed", "reason"),
            ((one.key, str(one.seed), one.reason) for one in found.failures),
        ),
    )


def _frame(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> pd.DataFrame:
    """A table of texts, which may have no row."""
    return pd.DataFrame(list(rows), columns=list(columns)).astype("str")
