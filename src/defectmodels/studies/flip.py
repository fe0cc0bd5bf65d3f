"""What would flip the headline: the smallest change of one assumption at which its answer is another.

Two questions are asked: whether the share rose, and whether the count did. Each is supported from a
probability of `SURE` on, not supported from that of the contrary on, and else it cannot be told. Every
assumption is moved by itself, step by step, and the model is fitted again.

Invariant: the same seed gives the same tipping points for any executor, and a refit that failed is named.
Shown by ``tests/test_flip.py``, against a search that looks at every value.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from defectmodels.errors import SpecError
from defectmodels.estimands.quoted import comparisons
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit
from defectmodels.inference.refits import Settings
from defectmodels.inference.running import Failure, run_tasks
from defectmodels.inference.store import QUICK_ACCEPT, recipe, used_by
from defectmodels.inference.workers import Workers, standing
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.flip_cases import assumptions
from defectmodels.studies.flip_rounds import Search
from defectmodels.studies.flip_run import MORE, Plan, evaluated
from defectmodels.studies.flip_tables import tables
from defectmodels.studies.saved import Saved, load

KIND = "flip"


@dataclass(frozen=True)
class Flip:
    """Tipping points of a headline.

    Attributes
    ----------
    of : str
        Group of the headline.
    pair : tuple of str
        Spans compared.
    made : dict
        What made it, as in `recipe`.
    points : pd.DataFrame
        One row for each assumption and question; columns as in docs/flip.md.
    path : pd.DataFrame
        Every value looked at: key, place, value, draws, diverging, rhat, and the probability that the
        share and the count rose with its Monte Carlo error.
    skipped : pd.DataFrame
        Assumptions that could not be moved, and why: key, reason.
    failures : tuple of Failure
        Refits that gave no result.
    refits : int
    """

    of: str
    pair: tuple[str, str]
    made: dict[str, Any] = field(compare=False)
    points: pd.DataFrame = field(compare=False)
    path: pd.DataFrame = field(compare=False)
    skipped: pd.DataFrame = field(compare=False)
    failures: tuple[Failure, ...]
    refits: int

    def saved(self) -> Saved:
        """The study as its file holds it."""
        facts = {
            "of": self.of,
            "pair": list(self.pair),
            "failures": [vars(one) for one in self.failures],
            "refits": self.refits,
        }
        return Saved(KIND, self.made, {name: getattr(self, name) for name in _TABLES}, facts)

    def save(self, path: str | Path) -> Path:
        """Write the study to a file; `load_flip` reads it."""
        return self.saved().save(path)


_TABLES = ("points", "path", "skipped")


def load_flip(path: str | Path) -> Flip:
    """Read tipping points from their file.

    Raises
    ------
    FitError
        When the file holds something else.
    """
    return read_flip(load(path, KIND))


def read_flip(found: Saved) -> Flip:
    """Take tipping points out of a saved study."""
    facts = found.facts
    first, last = facts["pair"]
    return Flip(
        facts["of"],
        (first, last),
        found.made,
        **{name: found.tables[name] for name in _TABLES},
        failures=tuple(Failure(**one) for one in facts["failures"]),
        refits=int(facts["refits"]),
    )


def flip(
    spec: ModelSpec,
    dataset: Dataset,
    *,
    random_seed: int,
    draws: int = 200,
    tune: int = 100,
    chains: int = 2,
    kinds: tuple[str, ...] | None = None,
    every: bool = False,
    executor: Workers | None = None,
    folder: str | Path | None = None,
    progress: bool = False,
) -> Flip:
    """Find what would flip the headline of a model.

    Parameters
    ----------
    spec, dataset
        From `load_model` and `load_dataset`.
    random_seed : int
        The same seed gives the same tipping points, for any executor.
    draws, tune, chains : int
        Of each refit. The fit as it is, and refits near a threshold, have four times as many draws.
    kinds : tuple of str, optional
        Assumptions that are moved, as in docs/flip.md; all by default.
    every : bool
        Whether to look at every value: the check of the search.
    executor : concurrent.futures.Executor, or 'serial', 'threads', 'processes'; optional
        See `defectmodels.inference.running.run_tasks`.
    folder : str or Path, optional
        Where each refit is kept, so that an interrupted study goes on.

    Returns
    -------
    Flip

    Raises
    ------
    SpecError
        When a setting is not allowed, or there is nothing to compare.
    EvidenceError
        When model and dataset do not fit together.
    FitError
        When the folder holds something else, or the fit as it is failed.
    """
    settings = Settings(draws, tune, chains, QUICK_ACCEPT)
    if min(draws, tune, chains) < 1:
        raise SpecError(f"{draws} draws after {tune} in {chains} chains: give 1 or more of each")
    used = used_by(spec, dataset)
    design = make_design(spec, used)
    of, pair = _headline(spec, used)
    found = assumptions(design, used, of, pair)
    known = tuple(dict.fromkeys(one.kind for one in found))
    if strange := [one for one in kinds or () if one not in known]:
        raise SpecError(f"unknown assumption '{strange[0]}'; known: {', '.join(known)}")
    pairs = tuple(dict.fromkeys(two for one in found for two in one.spans[1:]))
    plan = Plan(spec, used, of, pair, pairs, settings, random_seed)
    made = recipe(spec, used, random_seed=random_seed, sampler="nutpie", **vars(settings))
    chosen = tuple(one for one in found if kinds is None or one.kind in kinds)
    with standing(executor) as workers:
        run = partial(
            run_tasks, partial(evaluated, plan), made=made | {"study": KIND}, executor=workers,
            folder=folder, label="refits", progress=progress,
        )  # fmt: skip
        search = Search(chosen, pairs, MORE * draws * chains, every, run)
        search.go()
    points, path, skipped = tables(search)
    failures = tuple(replace(one, seed=random_seed) for one in search.failures)
    return Flip(of, pair, made, points, path, skipped, failures, search.refits)


def _headline(spec: ModelSpec, dataset: Dataset) -> tuple[str, tuple[str, str]]:
    """Group and spans of the comparison that the report opens with."""
    of, pairs = comparisons(Fit(spec, dataset, xr.DataTree()))
    if not pairs:
        raise SpecError(f"model '{spec.name}' compares no spans; give its file a [headline]")
    return of, pairs[0]
