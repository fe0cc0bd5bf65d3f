"""Any number of scenarios on the same posterior draws.

Invariant: scenarios differ in their series and in nothing else, so that one that replaces nothing has
the fit's own numbers, expected and realised, and every contrast with it is exactly 0. Shown by
``tests/test_scenarios.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.errors import FitError, SpecError, UnknownNameError, known
from defectmodels.estimands.coupled import frailty_given, later_chance, new, thinned
from defectmodels.estimands.courses import Course, Reckoner
from defectmodels.estimands.quoted import comparisons
from defectmodels.estimands.rates import SPAN, resolve, span_weights, years_of
from defectmodels.estimands.realised import realised
from defectmodels.estimands.support import support
from defectmodels.evidence.scenario import FACTUAL, Level, Scenario, factual, load_scenario
from defectmodels.inference.fit import Fit
from defectmodels.model.terms import Covariates

SCENARIO = "scenario"
_PERSONS = 2
"""Keeps the coupling of persons apart from other draws with the same seed."""
Named = str | Path | Scenario


@dataclass(frozen=True)
class Scenarios:
    """Scenarios of one fit, side by side.

    Attributes
    ----------
    scenarios : tuple of Scenario
        The first is the reference of contrasts that name none.
    of : str
        The group whose share is spoken of.
    tree : xr.DataTree
        ``expected``: `expected` (scenario, chain, draw, group, span), persons. ``realised``, where asked
        for: `realised`, the same, whole persons. ``series``: each changed series (scenario, period), in
        its unit, the median path where it is not known. ``support``: see `defectmodels.estimands.support`.
    unused : dict of str to tuple of str
        Series that a scenario changes and the model does not use.
    """

    scenarios: tuple[Scenario, ...]
    of: str
    tree: xr.DataTree
    unused: dict[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the scenarios, in order."""
        return tuple(one.name for one in self.scenarios)

    def one(self, name: str) -> Scenario:
        """Look a scenario up by name.

        Raises
        ------
        UnknownNameError
        """
        if name not in self.names:
            raise UnknownNameError(f"unknown scenario '{name}'. {known(name, self.names)}")
        return self.scenarios[self.names.index(name)]

    def draws(self, quantity: str) -> xr.DataArray:
        """``expected`` or ``realised``: xr.DataArray (scenario, chain, draw, group, span), persons.

        Raises
        ------
        FitError
            When realised counts were not asked for.
        """
        if quantity not in self.tree.children:
            raise FitError(f"{quantity} counts were not asked for; use counts=True")
        return self.tree[quantity].to_dataset()[quantity]

    @property
    def support(self) -> xr.Dataset:
        """How far the data can speak to each scenario; see `defectmodels.estimands.support`."""
        return self.tree["support"].to_dataset()


def _loaded(chosen: Sequence[Named]) -> tuple[Scenario, ...]:
    if not chosen:
        raise SpecError("no scenario is named; name one or more")
    found = [one if isinstance(one, Scenario) else load_scenario(one) for one in chosen]
    called = [one.name for one in found]
    twice = sorted({name for name in called if called.count(name) > 1})
    if twice:
        raise SpecError(f"scenario(s) {', '.join(twice)} named twice; name each once")
    return tuple(found)


def _array(
    values: np.ndarray, reckoner: Reckoner, called: Sequence[str], spans: Sequence[str]
) -> xr.DataArray:
    """Label np.ndarray (scenario, sample, group, span)."""
    posterior, groups = reckoner.fit.posterior, reckoner.fit.spec.groups
    shape = (len(called), *reckoner.shape, len(groups), len(spans))
    return xr.DataArray(
        values.reshape(shape),
        dims=(SCENARIO, *names.SAMPLE, names.GROUP, SPAN),
        coords={
            SCENARIO: list(called),
            "chain": posterior["chain"].values,
            "draw": posterior["draw"].values,
            names.GROUP: list(groups),
            SPAN: list(spans),
        },
        attrs={"units": "persons"},
    )


def _persons(reckoner: Reckoner, courses: Sequence[Course], weights: np.ndarray) -> np.ndarray:
    """Whole persons over spans: np.ndarray (scenario, sample, group, span)."""
    fit, n = reckoner.fit, reckoner.fitted
    cut = (weights > 0) & (weights < 1)
    if cut.any():
        period = reckoner.periods.labels[int(np.flatnonzero(cut.any(axis=1))[0])]
        raise FitError(
            f"realised counts: a span cuts {period}, and whole persons cannot be cut; choose spans of "
            f"whole {fit.spec.axis.every}s"
        )
    whole = weights.astype(np.int64)
    draws, groups = reckoner.expected.shape[:2]
    came = realised(fit, random_seed=reckoner.random_seed).transpose(
        *names.SAMPLE, names.GROUP, names.PERIOD
    )
    persons = came.values.reshape(draws, groups, n)
    rng = np.random.default_rng([reckoner.random_seed, _PERSONS])
    came_at_all, expected = persons.sum(axis=1), reckoner.expected.sum(axis=1)
    w = frailty_given(came_at_all, expected, reckoner.frailty, rng)
    stay, more = rng.random((2, *persons.shape))
    ahead = (draws, len(reckoner.periods) - n)
    w_later, u = later_chance(fit.spec.groups, ahead, reckoner.frailty, reckoner.random_seed)
    found = np.empty((len(courses), draws, groups, weights.shape[1]), dtype=np.int64)
    factual_totals = persons @ whole[:n]
    for one, course in enumerate(courses):
        at = np.flatnonzero(reckoner.moved(course))
        for group, name in enumerate(fit.spec.groups):
            ratio = np.exp(reckoner.log_ratio(course, group, at))
            own, mean = persons[:, group, at], reckoner.expected[:, group, at]
            made = thinned(own, mean, ratio, w[:, at], stay[:, group, at], more[:, group, at])
            found[one, :, group] = factual_totals[:, group] + (made - own) @ whole[at]
            if ahead[1]:
                mean = reckoner.in_later(course, group)
                found[one, :, group] += new(mean, w_later, u[name]) @ whole[n:]
    return found


def _paths(reckoner: Reckoner, courses: Sequence[Course]) -> xr.Dataset:
    """Levels of every series that some scenario changes, in its unit; medians where not known."""
    fit, periods, found = reckoner.fit, reckoner.periods, {}
    effects = [e for t in fit.spec.term if isinstance(t, Covariates) for e in t.effect]
    codes = {e.series: e.code for e in effects} | dict.fromkeys(fit.spec.exposure.values(), "value")
    touched = dict.fromkeys(name for one in courses for name in one.scenario.series)
    for name in touched:
        if name not in fit.spec.series:
            continue
        series = fit.dataset.one_series(name)
        rows = [
            one.levels[name] if name in one.levels else series.levels(periods, codes[name])
            for one in courses
        ]
        middle = [np.median(row, axis=0) if row.ndim == 2 else row for row in rows]
        found[name] = ((SCENARIO, names.PERIOD), np.array(middle), {"units": series.unit})
    coords = {SCENARIO: [c.scenario.name for c in courses], names.PERIOD: list(periods.labels)}
    return xr.Dataset(found, coords)


def scenarios(
    fit: Fit,
    chosen: Sequence[Named],
    spans: Sequence[str] | None = None,
    *,
    to: str | None = None,
    counts: bool = False,
    of: str | None = None,
    random_seed: int | None = None,
) -> Scenarios:
    """Arrivals under other histories, on the same posterior draws.

    Parameters
    ----------
    fit : Fit
    chosen : sequence of str, Path or Scenario
        Shipped names, files, names joined by ``+``, or scenarios built in Python.
    spans : sequence of str, optional
        ``2019``, ``2020..2023`` or the name of an era; every whole year by default.
    to : str, optional
        The span with which later periods end, such as ``2030``; every scenario must then say what each
        series does until there. Without it, ``factual`` comes first.
    counts : bool
        Whether to draw whole persons too, coupled to those who came
        (`defectmodels.estimands.coupled`). Spans then are made of whole periods.
    of : str, optional
        Group whose share is spoken of; the headline's by default.
    random_seed : int, optional
        For the later trend, uncertain levels and whole persons; that of the fit by default.

    Returns
    -------
    Scenarios

    Raises
    ------
    UnknownNameError
        When a scenario, a series or a group is none.
    SpecError
        When two changes overlap, a level leaves its unit, a series has no level on some day, or the
        model uses none of the changed series.
    SpanError
        When a span is none, or lies outside the periods.
    FitError
        When whole persons are asked for and cannot be drawn.

    Examples
    --------
    >>> found = dm.scenarios(fit, ["no_closure", "sanctions_2015"], ["2019", "2020..2023"])
    >>> dm.contrast(found, "no_closure").table()
    """
    periods = fit.spec.periods.until(to) if to else fit.spec.periods
    listed = _loaded(chosen)
    if to is None and FACTUAL not in [one.name for one in listed]:
        listed = (factual(), *listed)
    group = of or comparisons(fit)[0]
    if group not in fit.spec.groups:
        raise UnknownNameError(f"unknown group '{group}'. {known(group, fit.spec.groups)}")
    seed = int(fit.made["random_seed"]) if random_seed is None else random_seed
    reckoner = Reckoner(fit, periods, seed)
    courses = [reckoner.course(one) for one in listed]
    asked = list(spans) if spans else years_of(fit, periods) or [str(periods.span)]
    weights = span_weights(fit, asked, periods).values.T
    called = [one.name for one in listed]
    expected = np.empty((len(courses), *reckoner.expected.shape[:2], len(asked)))
    totals = reckoner.totals(weights)
    for at, course in enumerate(courses):
        expected[at] = reckoner.over_spans(course, weights, totals)
    groups: dict[str, Any] = {
        "expected": _array(expected, reckoner, called, asked).to_dataset(name="expected"),
        "series": _paths(reckoner, courses),
        "support": support(reckoner, courses),
    }
    if counts:
        persons = _array(_persons(reckoner, courses, weights), reckoner, called, asked)
        groups["realised"] = persons.to_dataset(name="realised")
    tree = xr.DataTree.from_dict(groups)
    said = {one.name: " ".join(one.assumption.split()) for one in listed}
    tree.attrs = {"assumptions": json.dumps(said), "random_seed": seed}
    unused = {one.scenario.name: one.unused for one in courses if one.unused}
    return Scenarios(listed, group, tree, unused)


def surface(fit: Fit, levels: Mapping[str, Sequence[float]], days: str, span: str) -> xr.Dataset:
    """Arrivals in a span under every combination of levels of a few series.

    Parameters
    ----------
    fit : Fit
    levels : mapping of str to sequence of float
        For each series the levels to try, in its unit.
    days : str
        Days on which the series have these levels: a span or the name of an era.
    span : str
        What arrivals are counted over.

    Returns
    -------
    xr.Dataset
        expected (one dim for each series, chain, draw, group), persons; hull (one dim for each series),
        how far the farthest period lies outside what was seen, in shares of the ranges.

    Raises
    ------
    UnknownNameError, SpecError, SpanError
        As for `scenarios`.
    """
    if not levels:
        raise SpecError("no series is named; give levels of one or more")
    when = resolve(fit, days)
    weights = span_weights(fit, [span]).values.T
    reckoner = Reckoner(fit, fit.spec.periods, 0)
    expected, far, totals = [], [], reckoner.totals(weights)
    for values in product(*levels.values()):
        changes = tuple(
            Level(series=name, from_=when.start, to=when.end, value=float(value))
            for name, value in zip(levels, values, strict=True)
        )
        course = reckoner.course(Scenario(name="grid", title="One point", change=changes))
        if course.unused:
            raise SpecError(
                f"model '{fit.spec.name}' does not use {', '.join(course.unused)}; it uses "
                f"{', '.join(fit.spec.series)}"
            )
        expected.append(reckoner.over_spans(course, weights, totals)[..., 0])
        far.append(float(support(reckoner, [course])["hull"].max()))
    sizes = [len(values) for values in levels.values()]
    shape = (*sizes, *reckoner.shape, len(fit.spec.groups))
    axes = {name: np.asarray(values, dtype=float) for name, values in levels.items()}
    return xr.Dataset(
        {
            "expected": (
                (*axes, *names.SAMPLE, names.GROUP),
                np.array(expected).reshape(shape),
                {"units": "persons"},
            ),
            "hull": (tuple(axes), np.array(far).reshape(sizes), {"units": "share of ranges"}),
        },
        axes
        | {"chain": fit.posterior["chain"].values, "draw": fit.posterior["draw"].values}
        | {names.GROUP: list(fit.spec.groups)},
    )
