"""Backtest: what the model would have said before the years came, against baselines.

At each origin the model is fitted to the rows known then, on its whole axis: later periods have no rows,
and their posterior is the forecast. The same draws give two. One *held* its covariates and exposures at
their levels at the origin, as somebody had to who knew no more; the other has them *as they came*, and so
knows the policy, though no arrivals. An era is left out likewise: fitted without the rows that touch it,
the model predicts the exact totals inside.

Invariant: each origin depends on its rows and its seed alone, so that an interrupted run which is taken up
again gives the same numbers. Shown by ``tests/test_backtest.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from defectmodels.errors import EvidenceError, SpecError, UnknownNameError, known
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Span
from defectmodels.inference.refits import Settings
from defectmodels.inference.running import Failure, run_tasks
from defectmodels.inference.store import recipe, used_by
from defectmodels.inference.workers import Workers
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.backtest_run import MODELS, Run, Task, piece_of
from defectmodels.studies.backtest_tables import Piece, coverage_table, skill_table
from defectmodels.studies.baselines import NAMES, need_statsmodels
from defectmodels.studies.origins import Vintage, everyone, read_origins

_LEAST_DRAWS = 2


@dataclass(frozen=True)
class Backtest:
    """Scores of forecasts from many origins.

    Attributes
    ----------
    model, dataset : str
    vintage : {'known', 'current'}
    random_seed : int
    scores : pd.DataFrame
        origin, known (day of the evidence), horizon (quarters), method, span, observed, median, low,
        high (90% interval; all in persons), log_score, crps, crps_log (of log(count + 1/2)),
        interval_score, covered.
    statements : pd.DataFrame
        Statements on the headline group after an origin: origin, method, id, definition, span, low, high
        (-1 for no upper end), log_score (log probability of the statement, taken at its word).
    policy : pd.DataFrame
        Eras left out: series, era, rows left out (of those used), and the columns of `scores` from `span` on.
    skipped : pd.DataFrame
        What could not be scored: origin, horizon, method, reason.
    fits : pd.DataFrame
        Each fit: fit, random_seed, rows, diverging, rhat, verdict, gradients, seconds.
    failures : tuple of Failure
        Origins and eras that gave nothing, with the seed and the reason.
    """

    model: str
    dataset: str
    vintage: Vintage
    random_seed: int
    scores: pd.DataFrame
    statements: pd.DataFrame
    policy: pd.DataFrame
    skipped: pd.DataFrame
    fits: pd.DataFrame
    failures: tuple[Failure, ...]

    def skill(self, score: str = "crps") -> pd.DataFrame:
        """Skill against every baseline by horizon; see `backtest_tables.skill_table`."""
        return skill_table(self.scores, MODELS, score, self.random_seed)

    def coverage(self) -> pd.DataFrame:
        """Coverage of the 90% intervals by method and horizon; see `backtest_tables.coverage_table`."""
        return coverage_table(self.scores)

    @property
    def doubtful(self) -> pd.DataFrame:
        """Fits that diverged, or whose R-hat is above 1.01; their scores count like the others'."""
        return self.fits[self.fits["verdict"] != "pass"]


def _eras(dataset: Dataset, wanted: Sequence[str] | None) -> list[tuple[str, str, Span]]:
    labels = {name: one for name, one in dataset.series.items() if one.role == "labels"}
    for name in wanted or ():
        if name not in labels:
            raise UnknownNameError(f"no series of eras '{name}'. {known(name, labels)}")
    chosen = labels if wanted is None else wanted
    return [(name, era, span) for name in chosen for era, span in labels[name].eras().items()]


def _sound(
    horizons: Sequence[int], settings: Settings, vintage: str, baselines: Sequence[str]
) -> None:
    if not horizons or min(horizons) < 1:
        raise SpecError(f"horizons {list(horizons)}: give whole quarters, 1 or more")
    if min(settings.draws, settings.tune, settings.chains) < 1 or (
        settings.draws * settings.chains < _LEAST_DRAWS
    ):
        raise SpecError(f"{settings}: each must be 1 or more, and {_LEAST_DRAWS} draws in all")
    if vintage not in ("known", "current"):
        raise SpecError(f"vintage '{vintage}' is not allowed; allowed: known, current")
    for name in baselines:
        if name not in NAMES:
            raise UnknownNameError(f"no baseline '{name}'. {known(name, NAMES)}")
    if {"ETS", "ARIMA"} & set(baselines):
        need_statsmodels()


def backtest(
    spec: ModelSpec,
    dataset: Dataset,
    *,
    origins: Sequence[str] | None = None,
    horizons: Sequence[int] = (1, 4, 8),
    vintage: Vintage = "known",
    eras: Sequence[str] | None = None,
    baselines: Sequence[str] = NAMES,
    random_seed: int,
    draws: int = 500,
    tune: int = 500,
    chains: int = 2,
    executor: Workers | None = None,
    folder: str | Path | None = None,
    progress: bool = False,
) -> Backtest:
    """Forecast from many origins with what was known then, and score it against baselines.

    Parameters
    ----------
    spec, dataset
        From `load_model` and `load_dataset`, the dataset as it stands today.
    origins : sequence of str, optional
        Such as ``2012`` or ``2012Q2``, at whose ends forecasts start; by default the years 2008 to 2024
        that the model's axis holds.
    horizons : sequence of int
        Quarters after the origin of which the sum is predicted.
    vintage : {'known', 'current'}
        Rows as known a month after the origin, or as they stand today.
    eras : sequence of str, optional
        Series of labels whose eras are left out, one at a time; by default all of the dataset, with
        ``()`` none.
    baselines : sequence of str
        See `defectmodels.studies.baselines.NAMES`.
    random_seed : int
        The same seed gives the same numbers.
    draws, tune, chains : int
        Of each fit.
    executor : concurrent.futures.Executor, or 'serial', 'threads', 'processes'; optional
        Who fits the origins; see `defectmodels.inference.running.run_tasks`.
    folder : str or Path, optional
        Where each finished origin is kept, written whole; what was made of the same is read from there,
        what was made of other things is made again.
    progress : bool
        Whether to say on standard error how far it is.

    Returns
    -------
    Backtest

    Raises
    ------
    SpanError, SpecError, UnknownNameError
        When an origin, a setting or a name is not allowed, or statsmodels is missing.
    EvidenceError
        When model and dataset do not fit together.
    FitError
        When a file in the folder is none of a study's.
    """
    settings = Settings(draws=draws, tune=tune, chains=chains)
    _sound(horizons, settings, vintage, baselines)
    if spec.error:
        raise SpecError(
            f"model '{spec.name}' has errors of what is published; a backtest holds forecasts of those who "
            "come against published numbers, so take a model without [[error]]"
        )
    if vintage == "known" and dataset.as_of:
        raise EvidenceError(
            f"the dataset is one as of {dataset.as_of}; give today's, of which each origin takes what "
            "was known, or vintage 'current'"
        )
    days = read_origins(spec.periods, origins)
    chosen = _eras(dataset, eras)
    # A model that does not fit the dataset says so before anything is sampled.
    make_design(spec, dataset)
    run = Run(
        spec, dataset, everyone(spec, dataset), tuple(sorted(set(horizons))), vintage, tuple(baselines),
        random_seed, settings,
    )  # fmt: skip
    jobs = [Task(day) for day in days] + [Task(span, name, era) for name, era, span in chosen]
    made = recipe(
        spec, used_by(spec, dataset), random_seed=random_seed, sampler="nutpie", **vars(settings)
    )
    made |= {"horizons": run.horizons, "vintage": vintage, "baselines": run.baselines}
    found = run_tasks(
        partial(piece_of, run),
        {job.key: job for job in jobs},
        made=made,
        executor=executor,
        folder=folder,
        seeds={job.key: run.seed(job.part) for job in jobs},
        label="backtest",
        progress=progress,
    )
    whole = Piece()
    for rows in found.results.values():
        whole.add(rows)
    tables = {name: whole.frame(name) for name in Piece.NAMES}
    return Backtest(
        spec.name, dataset.name, vintage, random_seed, **tables, failures=found.failures
    )
