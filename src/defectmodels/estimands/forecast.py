"""Forecasts: arrivals after the last fitted day, by definition, under a stated future of every series.

A forecast is a scenario with later periods. Its spread holds the posterior, the trend's later steps,
levels that are not known, the frailty of every period and the counts themselves; it does not hold a
world in which the series behave otherwise than the scenario says.

Invariant: forecasts of one group's own definition add up with the others' to those of everyone, and the
same seed gives the same persons, whichever scenarios and spans are asked for. Shown by
``tests/test_forecast.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from defectmodels import names
from defectmodels.errors import FitError, SpanError, UnknownNameError, known
from defectmodels.estimands import scores
from defectmodels.estimands.by_definition import countable
from defectmodels.estimands.coupled import later_chance, new
from defectmodels.estimands.courses import Reckoner
from defectmodels.estimands.rates import SPAN, resolve, span_weights, years_of
from defectmodels.estimands.scenarios import SCENARIO, Named, Scenarios, scenarios
from defectmodels.estimands.summary import INTERVAL, Probability, probability, tidy
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.intervals import Interval, read_words
from defectmodels.evidence.periods import Periods, Span, parse_span
from defectmodels.evidence.scenario import Scenario
from defectmodels.evidence.selection import groups_of
from defectmodels.evidence.statements import Comparison, Statement, Uncounted
from defectmodels.inference.fit import Fit

DEFINITION = "definition"
_SCORED = ("current", "whole", "unverified")
"""Statuses of published rows that a forecast is held against."""


@dataclass(frozen=True)
class Forecast:
    """Persons to come.

    Attributes
    ----------
    found : Scenarios
        Expected arrivals by group, series and support of the scenarios.
    data : xr.Dataset
        arrivals, int, and the mean and the negative binomial's size of each (-1 for Poisson), dims
        (scenario, chain, draw, definition, span).
    days : dict of str to Span
        The days of each span.
    dataset : Dataset
        Has the readings of words.
    errors : bool
        Whether the model has errors of what is published: forecast are those who will come.
    """

    found: Scenarios
    data: xr.Dataset
    days: dict[str, Span]
    dataset: Dataset
    errors: bool = False

    @property
    def definitions(self) -> tuple[str, ...]:
        """Definitions whose persons are forecast."""
        return tuple(str(one) for one in self.data[DEFINITION].values)

    def table(self, interval: float = INTERVAL) -> pd.DataFrame:
        """Persons by scenario, definition and span: median, interval and Monte Carlo errors."""
        return tidy(self.data["arrivals"], interval)

    def one(self, definition: str, span: str, scenario: str | None = None) -> xr.Dataset:
        """Persons, mean and size of one definition and span; of the first scenario by default.

        Raises
        ------
        UnknownNameError
            When the forecast has no such definition, span or scenario.
        """
        chosen = scenario or self.found.names[0]
        for name, dim in ((chosen, SCENARIO), (definition, DEFINITION), (span, SPAN)):
            choices = [str(one) for one in self.data[dim].values]
            if name not in choices:
                raise UnknownNameError(
                    f"no forecast for the {dim} '{name}'. {known(name, choices)}"
                )
        return self.data.sel({SCENARIO: chosen, DEFINITION: definition, SPAN: span}, drop=True)

    def chance(
        self, definition: str, span: str, interval: Interval, scenario: str | None = None
    ) -> Probability:
        """Probability that the persons of a definition in a span lie in an interval.

        Raises
        ------
        UnknownNameError
            When the forecast has no such definition, span or scenario.
        """
        arrivals = self.one(definition, span, scenario)["arrivals"]
        above = True if interval.high is None else arrivals <= interval.high
        return probability((arrivals >= interval.low) & above)

    def says(
        self, definition: str, span: str, words: str, scenario: str | None = None
    ) -> tuple[Interval, Probability]:
        """How a rounded number would be read, and the probability that it will be true.

        Parameters
        ----------
        words : str
            Such as ``about 10``, with the words of the dataset's readings; or a number.

        Raises
        ------
        SpecError
            When the words are no reading of the dataset's.
        UnknownNameError
            When the forecast has no such definition, span or scenario.
        """
        interval = read_words(self.dataset.header.reading, words)
        return interval, self.chance(definition, span, interval, scenario)

    def score(self, dataset: Dataset | None = None) -> pd.DataFrame:
        """Hold the forecast against what was published of its spans.

        Parameters
        ----------
        dataset : Dataset, optional
            With later statements; the fit's own by default. Its rows of the forecast's definitions
            and spans are taken, comparisons aside.

        Returns
        -------
        pd.DataFrame
            One row for each published row and scenario: scenario, definition, span, id, status,
            observed (words), median, low, high, log_score, and for exact rows crps, interval_score
            and covered. The log score is the log probability of what was said.

        Raises
        ------
        FitError
            When the model has errors: those who come are not those who are published.
        """
        if self.errors:
            raise FitError(
                "the model has errors of what is published, and a forecast is of those who will come; it "
                "cannot be held against published numbers"
            )
        known_rows = _published(self, dataset or self.dataset)
        rows = [
            {SCENARIO: scenario, DEFINITION: row.definition, SPAN: span, "id": row.id,
             "status": row.status} | self._scored(row.definition, span, scenario, interval)
            for scenario in self.found.names
            for row, span, interval in known_rows
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def _scored(
        self, definition: str, span: str, scenario: str, interval: Interval
    ) -> dict[str, object]:
        one = self.one(definition, span, scenario)
        persons, mean, size = (one[n].values.ravel() for n in ("arrivals", "mean", "size"))
        shape = None if (size < 0).any() else size
        median, low, high = scores.central(persons)
        log = scores.log_score_interval(interval.low, interval.high, mean, shape)
        found = {"observed": str(interval), "median": median, "low": low, "high": high,
                 "log_score": log}  # fmt: skip
        if interval.low == interval.high:
            observed = interval.low
            found |= {
                "crps": scores.crps(observed, persons),
                "interval_score": scores.interval_score(observed, low, high),
                "covered": low <= observed <= high,
            }
        return found


def _published(forecast: Forecast, dataset: Dataset) -> list[tuple[Statement, str, Interval]]:
    """Rows of a dataset about a span and a definition of a forecast."""
    found = []
    for row in dataset.statements:
        if isinstance(row, Comparison | Uncounted) or row.status not in _SCORED:
            continue
        interval = row.interval(dataset.readings)
        for span, days in forecast.days.items():
            if row.span == days and row.definition in forecast.definitions and interval is not None:
                found.append((row, span, interval))
    return found


def _chosen_definitions(fit: Fit, asked: Sequence[str] | None) -> tuple[str, ...]:
    """Definitions that the fit can forecast, or those asked for.

    Raises
    ------
    UnknownNameError
        When the fit cannot count one of them.
    """
    choices = countable(fit)
    for name in asked or ():
        if name not in choices:
            raise UnknownNameError(
                f"no forecast can be made for the definition '{name}'. {known(name, choices)}"
            )
    return tuple(asked) if asked else choices


def _expected_of(fit: Fit, definition: str, by_group: np.ndarray) -> np.ndarray:
    """Expected persons of a definition: (sample, group, period) -> (sample, period)."""
    counted = groups_of(fit.dataset.definitions[definition], fit.spec.groups)
    total = by_group[:, [fit.spec.groups.index(group) for group in counted]].sum(axis=1)
    if definition not in fit.spec.scaled:
        return np.asarray(total)
    factor = fit.posterior[names.FACTOR].sel({names.DEFINITION: definition})
    return np.asarray(total * factor.transpose(*names.SAMPLE).values.reshape(-1, 1))


def _drawn(
    fit: Fit, reckoner: Reckoner, chosen: Sequence[Scenario], definitions: Sequence[str],
    weights: np.ndarray,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Persons, means and sizes: np.ndarray (scenario, sample, definition, span)."""
    draws, cv = len(reckoner.expected), reckoner.frailty
    ahead = (draws, len(reckoner.periods) - reckoner.fitted)
    items = (*fit.spec.groups, *(f"definition {name}" for name in fit.spec.scaled))
    w, u = later_chance(items, ahead, cv, reckoner.random_seed)
    shape = (len(chosen), draws, len(definitions), weights.shape[1])
    found = {"arrivals": np.empty(shape, dtype=np.int64), "mean": np.empty(shape),
             "size": np.full(shape, -1.0)}  # fmt: skip
    for one, scenario in enumerate(chosen):
        course = reckoner.course(scenario)
        groups = range(len(fit.spec.groups))
        by_group = np.stack([reckoner.in_later(course, g) for g in groups], axis=1)
        persons = [new(by_group[:, g], w, u[fit.spec.groups[g]]) for g in groups]
        for at, name in enumerate(definitions):
            mean = _expected_of(fit, name, by_group)
            counted = groups_of(fit.dataset.definitions[name], fit.spec.groups)
            made = (
                new(mean, w, u[f"definition {name}"])
                if name in fit.spec.scaled
                else sum(persons[fit.spec.groups.index(group)] for group in counted)
            )
            found["arrivals"][one, :, at] = made @ weights.astype(np.int64)
            found["mean"][one, :, at] = total = mean @ weights
            if cv is not None:
                found["size"][one, :, at] = total**2 / (mean**2 @ weights) / cv[:, None] ** 2
    return found


def forecast(
    fit: Fit,
    to: str,
    chosen: Sequence[Named] = ("status_quo",),
    spans: Sequence[str] | None = None,
    *,
    definitions: Sequence[str] | None = None,
    random_seed: int | None = None,
) -> Forecast:
    """Forecast persons after the last fitted day.

    Parameters
    ----------
    fit : Fit
    to : str
        The span with which the forecast ends, such as ``2030``.
    chosen : sequence of str, Path or Scenario
        Futures of the series; each must say what every series does until then.
    spans : sequence of str, optional
        Spans of whole periods after the last fitted day; every whole year by default.
    definitions : sequence of str, optional
        Whom to count; all that the fit can count by default.
    random_seed : int, optional
        That of the fit by default.

    Returns
    -------
    Forecast

    Raises
    ------
    SpecError
        When a scenario leaves a series without a level.
    SpanError
        When `to` or a span does not lie after the last fitted day, or a span cuts a period.
    UnknownNameError
        When a scenario, a series or a definition is none.

    Examples
    --------
    >>> future = dm.forecast(fit, "2030", ["status_quo", "full_reopening"])
    >>> future.says("mou_elite_group", "2026", "about 10")
    """
    periods = fit.spec.periods.until(to)
    last = fit.spec.periods.span.end
    later = [year for year in years_of(fit, periods) if parse_span(year).start > last]
    asked = list(spans) if spans else later or [str(span) for span in _after(fit, periods)]
    if periods.span.end == last:
        raise SpanError(f"nothing lies after the last fitted day, {last}; name a later end")
    days = {text: resolve(fit, text, periods) for text in asked}
    weights = span_weights(fit, asked, periods).values.T
    _check_later(fit, days, weights)
    seed = int(fit.made["random_seed"]) if random_seed is None else random_seed
    found = scenarios(fit, chosen, asked, to=to, random_seed=seed)
    counted = _chosen_definitions(fit, definitions)
    reckoner, n = Reckoner(fit, periods, seed), len(fit.spec.periods)
    drawn = _drawn(fit, reckoner, found.scenarios, counted, weights[n:])
    by = found.draws("expected")
    dims = (SCENARIO, *names.SAMPLE, DEFINITION, SPAN)
    coords = {dim: by[dim].values for dim in (SCENARIO, *names.SAMPLE, SPAN)}
    shape = (len(found.scenarios), *reckoner.shape, len(counted), len(asked))
    data = xr.Dataset(
        {name: (dims, values.reshape(shape)) for name, values in drawn.items()},
        coords | {DEFINITION: list(counted)},
    )
    data["arrivals"].attrs = data["mean"].attrs = {"units": "persons"}
    return Forecast(found, data, days, fit.dataset, bool(fit.spec.error))


def _after(fit: Fit, periods: Periods) -> tuple[Span, ...]:
    return periods.spans[len(fit.spec.periods) :]


def _check_later(fit: Fit, days: dict[str, Span], weights: np.ndarray) -> None:
    last = fit.spec.periods.span.end
    for text, span in days.items():
        if span.start <= last:
            raise SpanError(
                f"span '{text}' starts on {span.start}, and a forecast begins after the last fitted "
                f"day, {last}; choose a later span"
            )
    cut = ((weights > 0) & (weights < 1)).any(axis=0)
    if cut.any():
        text = list(days)[int(np.flatnonzero(cut)[0])]
        raise SpanError(
            f"span '{text}' cuts a {fit.spec.axis.every}, and whole persons cannot be cut; choose whole "
            f"{fit.spec.axis.every}s"
        )
