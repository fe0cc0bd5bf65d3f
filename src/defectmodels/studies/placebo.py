"""Placebos: the effect of an event on its own days beside those found on days when nothing happened.

An event whose days are told from others by the data should have an effect that stands out among the
effects that the same model, with the same prior, finds for dates at which it did not happen: in-time
placebos (Abadie, Diamond and Hainmueller 2015, American Journal of Political Science 59, 495-510).

Invariant: the true event and every placebo have the same prior and the same kind of data, no fit that
fails its checks has a place, and too few dates give no verdict. Shown by ``tests/test_placebo.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
from arviz_stats.base import array_stats

from defectmodels import names
from defectmodels.errors import FitError, UnknownNameError, known
from defectmodels.estimands.checks import DIVERGING, ESS, RHAT
from defectmodels.estimands.summary import INTERVAL, largest_rhat, summarise
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Span
from defectmodels.evidence.scenario import Scenario
from defectmodels.inference.refits import Refits, Refitted, Settings
from defectmodels.inference.running import Failure, run_tasks
from defectmodels.inference.store import recipe, used_by
from defectmodels.inference.workers import Workers
from defectmodels.model.design import Design
from defectmodels.model.priors import LogNormal
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.placebo_dates import LeftOut, Rules, dates
from defectmodels.studies.placebo_event import RATIO, Event, make_event, series_name
from defectmodels.studies.placebo_place import Place, Sides, Statistic, placed

TOLD = math.sqrt(0.5)
"""Largest posterior standard deviation over that of the prior with which an effect has a place: the data
say at least as much as the prior. An effect that is only its prior is near 0 and would let any other
stand out."""


@dataclass(frozen=True)
class Placebos:
    """Effects of an event and of its placebos.

    Attributes
    ----------
    event : Event
    table : pd.DataFrame
        One row for each date and group, the true event first and then the latest: date, end, group,
        placebo, median, low, high, mcse, sd, standardised, sd_over_prior, told, checks, rhat, ess,
        diverging, rows. Effects are changes of the log rate on the event's days; intervals are of
        `INTERVAL`.
    left_out : tuple of LeftOut
        Dates that are no placebo, and why.
    rules : Rules
    settings : Settings
    random_seed : int
    seconds : float
        Time of all fits together.
    failures : tuple of Failure
        Dates whose fit gave nothing, with the seed and the reason.
    """

    event: Event
    table: pd.DataFrame = field(compare=False)
    left_out: tuple[LeftOut, ...]
    rules: Rules
    settings: Settings
    random_seed: int
    seconds: float = field(compare=False)
    failures: tuple[Failure, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups on which the event acts."""
        return tuple(dict.fromkeys(self.table[names.GROUP]))

    def counted(self, group: str) -> pd.DataFrame:
        """Placebos of a group that have a place."""
        own = self.table[(self.table[names.GROUP] == group) & self.table["placebo"]]
        return own[own["told"] & (own["checks"] != "fail")]

    def true(self, group: str) -> pd.Series:
        """Row of the true event."""
        if group not in self.groups:
            raise UnknownNameError(f"unknown group '{group}'. {known(group, self.groups)}")
        own = self.table[(self.table[names.GROUP] == group) & ~self.table["placebo"]]
        return own.iloc[0]

    def place(self, group: str, statistic: Statistic = "median", sides: Sides = "two") -> Place:
        """Place of the event's effect on a group.

        Parameters
        ----------
        statistic : {'median', 'standardised'}
            The posterior median, or median over standard deviation.
        sides : {'two', 'one'}
            Whether placebos of the other direction count as extreme.

        Raises
        ------
        UnknownNameError
            When the event does not act on the group.
        """
        true, others = self.true(group), self.counted(group)
        refused = "" if true["told"] else "the data say less of the event's effect than its prior"
        if true["checks"] == "fail":
            refused = "the event's own fit failed its checks"
        windows = [Span(*pair) for pair in zip(others["date"], others["end"], strict=True)]
        values = others[statistic].tolist()
        return placed(group, float(true[statistic]), values, windows, sides, refused)


# --- one fit --------------------------------------------------------------------------------


def _checked(rhat: float, diverging: float, ess: float) -> str:
    """Verdict of the checks of one effect; what is not a number fails."""

    def beyond(at: int) -> bool:
        return not (rhat <= RHAT[at] and diverging <= DIVERGING[at] and ess >= ESS[at])

    return "fail" if beyond(1) else "warn" if beyond(0) else "pass"


def _rows(event: Event, design: Design, made: Refitted) -> list[dict[str, Any]]:
    """What one fit says of each group on which the event acts."""
    effect = made.posterior[names.EFFECT]
    rhat = largest_rhat(made.z)
    diverging = made.diverging / math.prod(made.z.shape[:2])
    found = []
    for group in event.groups:
        where = {names.GROUP: group, names.COVARIATE: series_name(group)}
        own: xr.DataArray = effect.sel(where, drop=True)
        numbers = summarise(own)
        ess = float(array_stats.ess(own.transpose(*names.SAMPLE).values, method="bulk"))
        one = {name: float(numbers[name]) for name in ("median", "low", "high", "mcse", "sd")}
        found.append(
            {names.GROUP: group}
            | one
            | {
                "standardised": one["median"] / one["sd"],
                "sd_over_prior": one["sd"] / event.ratio.sigma,
                "told": one["sd"] <= TOLD * event.ratio.sigma,
                "checks": _checked(rhat, diverging, ess),
                "rhat": rhat,
                "ess": ess,
                "diverging": diverging,
                "rows": len(design.selection.rows),
            }
        )
    return found


def _fitted(event: Event, design: Design, settings: Settings, random_seed: int) -> dict[str, Any]:
    """Sample a design and keep what is said of it.

    Each date has an axis and covariates of its own, so the model is read off anew: rows can be
    exchanged without that, covariates not, since the prior chances of graded rows depend on them.
    """
    made = Refits((names.EFFECT,)).fit(design, settings, random_seed)
    return {"rows": _rows(event, design, made), "seconds": made.seconds}


def fitted(event: Event, settings: Settings, random_seed: int, span: Span) -> dict[str, Any]:
    """Fit the event on the days of a span; in any process."""
    return _fitted(event, event.placed(span), settings, random_seed)


def _made(event: Event, settings: Settings, random_seed: int) -> dict[str, Any]:
    """What makes the fits besides their dates."""
    own = used_by(event.spec, event.dataset)
    made = recipe(event.spec, own, random_seed=random_seed, sampler="nutpie", **vars(settings))
    prior = event.ratio.model_dump(mode="json")
    return made | {"event": str(event.span), "groups": event.groups, "ratio": prior}


# --- all together ---------------------------------------------------------------------------


def placebo(
    spec: ModelSpec,
    dataset: Dataset,
    event: str | Scenario = "no_closure",
    *,
    random_seed: int,
    span: str | None = None,
    groups: Sequence[str] | None = None,
    ratio: LogNormal = RATIO,
    rules: Rules | None = None,
    draws: int = 500,
    tune: int = 1000,
    chains: int = 2,
    executor: Workers | None = None,
    folder: str | Path | None = None,
    progress: bool = False,
) -> Placebos:
    """Fit an event on its own days and on days when nothing happened.

    Parameters
    ----------
    event : str or Scenario
        The scenario in which the event did not happen; its series replace those of the model.
    span : str, optional
        Days of the event; see `make_event` for the default.
    groups : sequence of str, optional
        Groups on which it acts; all by default.
    ratio : LogNormal
        Prior of the ratio of rates on the event's days.
    rules : Rules, optional
        Which dates can be placebos.
    draws, tune, chains : int
        Draws kept and thrown away in each chain, and number of chains.
    executor : concurrent.futures.Executor, or 'serial', 'threads', 'processes'; optional
        Who fits the dates; see `defectmodels.inference.running.run_tasks`.
    folder : str or Path, optional
        Where each fit's result is kept; those that were made of the same are used, others made again.

    Returns
    -------
    Placebos

    Raises
    ------
    UnknownNameError, SpecError, SpanError
        When the event cannot be held against the model.
    FitError
        When a setting is not allowed, the folder holds something else in the place of a fit, or the
        event's own fit gave nothing.
    """
    settings, rules = _settings(draws, tune, chains), rules or Rules()
    held = make_event(spec, dataset, event, span, None if groups is None else tuple(groups), ratio)
    found, left_out = dates(held, rules)
    # Not only in a worker: an event that no row shows is said before minutes of sampling.
    held.placed(held.span)
    days = {f"event {held.span.start}": held.span}
    days |= {f"placebo {one.start}": one for one, _ in found}
    done = run_tasks(
        partial(fitted, held, settings, random_seed),
        days,
        made=_made(held, settings, random_seed),
        executor=executor,
        folder=folder,
        seeds=dict.fromkeys(days, random_seed),
        label="fits",
        progress=progress,
    )
    rows, seconds = [], 0.0
    for key, said in done.results.items():
        seconds += said["seconds"]
        window = days[key]
        own = {"date": window.start, "end": window.end, "placebo": window != held.span}
        rows += [own | one for one in said["rows"]]
    if next(iter(days)) not in done.results:
        raise FitError(f"there is nothing to compare with: {done.failures[0]}")
    table = pd.DataFrame(rows).assign(interval=INTERVAL)
    return Placebos(held, table, left_out, rules, settings, random_seed, seconds, done.failures)


def _settings(draws: int, tune: int, chains: int) -> Settings:
    # R-hat needs two chains, and its halves some draws.
    for name, value, least in (("draws", draws, 4), ("tune", tune, 1), ("chains", chains, 2)):
        if value < least:
            raise FitError(f"{name} is {value}; give a whole number of {least} or more")
    return Settings(draws, tune, chains)
