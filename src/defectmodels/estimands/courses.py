"""What a scenario makes of a fit: covariates, exposures and expected arrivals, draw by draw.

Everything but the series stays as it was in the same posterior draw: baseline, effects, season, trend
and definition factors. In fitted periods

    expected_s[g, t] = expected[g, t] exp(sum_k effect[g, k] (x_s[k, t] - x[k, t])) exposure_s / exposure,

and in later ones season and trend go on (`Term.beyond`), with the same innovations in every scenario.

Invariant: a scenario that changes nothing gives the fit's own expected arrivals, to the last bit; any
other those of `pm.do` with its covariates and exposures. Shown by ``tests/test_courses.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from defectmodels import catalog, names
from defectmodels.errors import EvidenceError, SpecError, UnknownNameError, known
from defectmodels.evidence.paths import Code, series_path
from defectmodels.evidence.periods import Periods
from defectmodels.evidence.scenario import Scenario, factual
from defectmodels.inference.fit import Fit
from defectmodels.model.terms import Covariates

_TREND = 1
"""Keeps the trend's later innovations apart from other draws with the same seed."""


@dataclass(frozen=True)
class Course:
    """A scenario held against a model.

    Attributes
    ----------
    scenario : Scenario
    covariates : np.ndarray (period, covariate), or (draw, period, covariate) where not known
    exposure : np.ndarray (group, period), or (draw, group, period), over the stated level
    levels : dict of str to np.ndarray (period,) or (draw, period)
        The series that may differ from what was, in their units.
    unused : tuple of str
        Series that the scenario changes and the model does not use.
    """

    scenario: Scenario
    covariates: np.ndarray
    exposure: np.ndarray
    levels: dict[str, np.ndarray]
    unused: tuple[str, ...]


def _check_series(fit: Fit, scenario: Scenario) -> tuple[str, ...]:
    """Series of a scenario that the model does not use.

    Raises
    ------
    UnknownNameError
        When a series is none at all.
    SpecError
        When the model uses none of the series that the scenario changes.
    """
    used = fit.spec.series
    there = {path.stem for path in catalog.series_folder().glob("*.toml")}
    there |= {*used, *fit.dataset.series}
    for name in scenario.series:
        if name not in there:
            raise UnknownNameError(
                f"scenario '{scenario.name}': unknown series '{name}'. {known(name, used)}"
            )
    unused = tuple(name for name in scenario.series if name not in used)
    if unused and len(unused) == len(scenario.series):
        raise SpecError(
            f"scenario '{scenario.name}' changes {', '.join(unused)}, none of which model "
            f"'{fit.spec.name}' uses; it uses {', '.join(used) or 'no series'}"
        )
    return unused


def _stacked(columns: list[np.ndarray], axis: int) -> np.ndarray:
    """Put (period,) or (draw, period) arrays side by side, with draws only where one has them."""
    shape = np.broadcast_shapes(*(one.shape for one in columns))
    return np.stack([np.broadcast_to(one, shape) for one in columns], axis=axis)


@dataclass(frozen=True)
class Reckoner:
    """A fit, and the periods after it, ready to be asked for any number of scenarios.

    Attributes
    ----------
    fit : Fit
    periods : Periods
        The fitted ones, and later ones if there are.
    random_seed : int
    """

    fit: Fit
    periods: Periods
    random_seed: int

    @property
    def fitted(self) -> int:
        """Number of fitted periods."""
        return len(self.fit.spec.periods)

    @cached_property
    def expected(self) -> np.ndarray:
        """np.ndarray (sample, group, fitted period), persons."""
        dims = (*names.SAMPLE, names.GROUP, names.PERIOD)
        found = self.fit.posterior[names.EXPECTED].transpose(*dims).values
        return found.reshape(-1, *found.shape[2:])

    @property
    def shape(self) -> tuple[int, int]:
        """Number of chains and of draws in each."""
        sizes = self.fit.posterior.sizes
        return sizes["chain"], sizes["draw"]

    @cached_property
    def effect(self) -> np.ndarray:
        """np.ndarray (group, sample, covariate), log rate per unit."""
        groups, draws = len(self.fit.spec.groups), len(self.expected)
        if names.EFFECT not in self.fit.posterior:
            return np.zeros((groups, draws, 0))
        dims = (names.GROUP, *names.SAMPLE, names.COVARIATE)
        found = self.fit.posterior[names.EFFECT].transpose(*dims).values
        return np.ascontiguousarray(found.reshape(groups, draws, -1))

    @property
    def frailty(self) -> np.ndarray | None:
        """Coefficient of variation of the frailty: np.ndarray (sample,); None in a model without."""
        if names.FRAILTY not in self.fit.posterior:
            return None
        return np.asarray(self.fit.posterior[names.FRAILTY].transpose(*names.SAMPLE).values.ravel())

    @cached_property
    def factual(self) -> Course:
        """Covariates and exposures of the fitted periods, as they were."""
        design = self.fit.design
        return Course(factual(), design.covariates, design.exposure, {}, ())

    @cached_property
    def later(self) -> np.ndarray:
        """What no covariate and no exposure says of later periods.

        Returns
        -------
        np.ndarray (sample, group, later period)
            Log of persons a person at risk: baseline, season, trend, exposure factor and length.
        """
        fit, groups = self.fit, len(self.fit.spec.groups)
        later = self.periods.after(fit.spec.periods)
        dims = (*names.SAMPLE, names.GROUP)
        level = fit.posterior[names.LOG_BASELINE].transpose(*dims).values
        if names.LOG_EXPOSURE_FACTOR in fit.posterior:
            level = level + fit.posterior[names.LOG_EXPOSURE_FACTOR].transpose(*dims).values
        found = np.log(later.years) + level[..., None]
        for at, term in enumerate(fit.spec.term):
            rng = np.random.default_rng([self.random_seed, _TREND, at])
            found = found + term.beyond(fit.posterior, fit.spec.periods, later, rng)
        return found.reshape(-1, groups, len(later))

    def course(self, scenario: Scenario) -> Course:
        """Hold a scenario against the model.

        Raises
        ------
        UnknownNameError, SpecError
            When a series is unknown or unused, has a day without a level or one outside its limits.
        """
        unused = _check_series(self.fit, scenario)
        spec, periods, levels = self.fit.spec, self.periods, dict[str, np.ndarray]()
        longer = len(periods) > self.fitted

        def level(name: str, code: Code = "value") -> np.ndarray:
            series = self.fit.dataset.one_series(name)
            path = series_path(scenario, series, periods, code)
            found = path.levels(len(self.expected), self.random_seed)
            if code == "value" or name not in levels:
                levels[name] = found
            return found

        columns = []
        effects = [e for t in spec.term if isinstance(t, Covariates) for e in t.effect]
        for at, effect in enumerate(effects):
            if longer or effect.series in scenario.series:
                series = self.fit.dataset.one_series(effect.series)
                try:
                    columns.append(series.standardise(level(effect.series, effect.code)))
                except EvidenceError as error:
                    raise SpecError(f"scenario '{scenario.name}': {error}") from None
            else:
                columns.append(self.factual.covariates[:, at])
        rows = []
        for at, group in enumerate(spec.groups):
            name = spec.exposure.get(group)
            if name is not None and (longer or name in scenario.series):
                rows.append(self._at_risk(scenario, name, level(name)))
            else:
                rows.append(self.factual.exposure[at] if name else np.ones(len(periods)))
        x = _stacked(columns, -1) if columns else np.zeros((len(periods), 0))
        return Course(scenario, x, _stacked(rows, -2), levels, unused)

    def _at_risk(self, scenario: Scenario, name: str, level: np.ndarray) -> np.ndarray:
        series = self.fit.dataset.one_series(name)
        if (level <= 0).any():
            raise SpecError(
                f"scenario '{scenario.name}': the exposure '{name}' would be 0 or less somewhere; "
                "persons at risk are more than 0"
            )
        return np.asarray(level * (series.uncertainty.median if series.uncertainty else 1.0))

    def moved(self, course: Course) -> np.ndarray:
        """Where a course differs from what was: np.ndarray (fitted period,), bool."""
        n, was = self.fitted, self.factual
        x = (course.covariates[..., :n, :] != was.covariates).any(axis=-1)
        at_risk = (course.exposure[..., :n] != was.exposure).any(axis=-2)
        both = x.reshape(-1, n).any(axis=0) | at_risk.reshape(-1, n).any(axis=0)
        return np.asarray(both)

    def log_ratio(self, course: Course, group: int, at: np.ndarray) -> np.ndarray:
        """Log of expected arrivals over those of the fit.

        Parameters
        ----------
        at : np.ndarray, places of fitted periods

        Returns
        -------
        np.ndarray (sample, len(at))
        """
        was, n = self.factual, self.fitted
        delta = course.covariates[..., :n, :][..., at, :] - was.covariates[at]
        persons = np.log(course.exposure[..., group, :n][..., at] / was.exposure[group, at])
        # Most scenarios change one or two series, and not every series acts on every group.
        here = self.effect[group].any(axis=0) & delta.any(axis=tuple(range(delta.ndim - 1)))
        found = _times(self.effect[group][:, here], delta[..., here])
        return found + persons if persons.any() else found

    def in_later(self, course: Course, group: int) -> np.ndarray:
        """Expected arrivals in later periods: np.ndarray (sample, later period), persons."""
        n = self.fitted
        log = self.later[:, group] + _times(self.effect[group], course.covariates[..., n:, :])
        return np.asarray(np.exp(log) * course.exposure[..., group, n:])

    def by_period(self, course: Course) -> np.ndarray:
        """Expected arrivals: np.ndarray (sample, group, period), persons."""
        at = np.flatnonzero(self.moved(course))
        found = np.empty((*self.expected.shape[:2], len(self.periods)))
        found[..., : self.fitted] = self.expected
        for group in range(found.shape[1]):
            ratio = np.exp(self.log_ratio(course, group, at))
            found[:, group, at] *= ratio
            if len(self.periods) > self.fitted:
                found[:, group, self.fitted :] = self.in_later(course, group)
        return found

    def totals(self, weights: np.ndarray) -> np.ndarray:
        """Expected arrivals of the fit over spans: np.ndarray (sample, group, span), persons."""
        return np.asarray(self.expected @ weights[: self.fitted])

    def over_spans(self, course: Course, weights: np.ndarray, totals: np.ndarray) -> np.ndarray:
        """Expected arrivals over spans, without a copy by period.

        Parameters
        ----------
        weights : np.ndarray (period, span), share of each period's days
        totals : np.ndarray (sample, group, span), from `totals`

        Returns
        -------
        np.ndarray (sample, group, span), persons
        """
        at, n = np.flatnonzero(self.moved(course)), self.fitted
        found = totals.copy()
        touched = np.flatnonzero(weights[at].any(axis=0))
        for group in range(found.shape[1]):
            log = self.log_ratio(course, group, at)
            if log.any():
                more = self.expected[:, group, at] * (np.exp(log) - 1.0)
                found[:, group, touched] += more @ weights[np.ix_(at, touched)]
            if len(self.periods) > n:
                found[:, group] += self.in_later(course, group) @ weights[n:]
        return found


def _times(effect: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Sum over covariates: (sample, covariate) and (..., period, covariate) -> (sample, period)."""
    if x.ndim == 2:
        return np.asarray(effect @ x.T)
    return np.einsum("sk,spk->sp", effect, x)
