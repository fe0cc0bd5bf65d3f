"""Effects: what each ratio of rates is, and whether it rests on its prior or on the data.

Invariant: contraction is 1 where the posterior is a point and 0 where it repeats the prior. Shown
by ``tests/test_report.py::test_contraction``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.estimands.summary import stack
from defectmodels.model.terms import Covariates
from defectmodels.report import words
from defectmodels.report.drawing import panel
from defectmodels.report.figures import ratios
from defectmodels.report.pieces import Cell, Figure, Paragraph, Piece, Section, Table
from defectmodels.report.view import View
from defectmodels.report.words import Estimate

MOSTLY_PRIOR = 0.25
"""Contraction below which an effect is said to rest mostly on its prior."""
_COLUMNS = (f"prior ({words.WIDTH})", f"posterior ({words.WIDTH})", "contraction", "rests on")


def contraction(prior: xr.DataArray, post: xr.DataArray) -> float:
    """1 - var(posterior) / var(prior): 1 when the data decide, 0 when they are silent."""
    before = float(np.var(stack(prior).values))
    return 1.0 - float(np.var(stack(post).values)) / before if before > 0 else float("nan")


def _of_effect(view: View) -> tuple[list[str], list[tuple[xr.DataArray, xr.DataArray]], list[str]]:
    """Labels, pairs of prior and posterior of the log effect, and units."""
    prior, post = view.fit.group("prior")[names.EFFECT], view.fit.posterior[names.EFFECT]
    labels, pairs, units = [], [], []
    for term in view.fit.spec.term:
        if not isinstance(term, Covariates):
            continue
        for effect in term.effect:
            series = view.fit.dataset.one_series(effect.series)
            for group in effect.groups or view.groups:
                at = {names.GROUP: group, names.COVARIATE: effect.series}
                labels.append(f"{series.title}: {group}" if view.several else series.title)
                pairs.append((prior.sel(at, drop=True), post.sel(at, drop=True)))
                units.append(series.per or "one unit of the series")
    return labels, pairs, units


def _rests(value: float) -> str:
    return (
        "not known"
        if not np.isfinite(value)
        else "mostly prior"
        if value < MOSTLY_PRIOR
        else "prior and data"
        if value < 1 - MOSTLY_PRIOR
        else "mostly data"
    )


def _effect_rows(
    labels: Sequence[str], pairs: Sequence[tuple[xr.DataArray, xr.DataArray]], units: Sequence[str]
) -> tuple[tuple[tuple[Cell, ...], ...], list[Estimate], list[Estimate]]:
    rows, before, after = [], [], []
    for label, (prior, post), unit in zip(labels, pairs, units, strict=True):
        before.append(words.estimate(xr.ufuncs.exp(prior)))
        after.append(words.estimate(xr.ufuncs.exp(post)))
        value = contraction(prior, post)
        rows.append(
            (
                label,
                unit,
                words.full(before[-1]),
                words.full(after[-1]),
                words.fixed(value, 2),
                _rests(value),
            )
        )
    return tuple(rows), before, after


_SCALARS = {
    names.LOG_EXPOSURE_FACTOR: "persons at risk: true over stated",
    names.TREND_SCALE: "trend: standard deviation of a year's change",
    names.SPREAD: "standard deviation of an effect between groups",
    names.FRAILTY: "scatter of a period beyond chance",
    names.FACTOR: "factor of a definition",
    names.SEASON_EFFECT: "season over the year's mean",
}
_LOGS = (names.LOG_EXPOSURE_FACTOR, names.SEASON_EFFECT)
"""Those of them that the fit holds as logarithms."""


def _elements(array: xr.DataArray) -> dict[str, xr.DataArray]:
    """Elements of a variable by their labels: xr.DataArray (chain, draw)."""
    dims = [str(dim) for dim in array.dims if dim not in names.SAMPLE]
    places = product(*(range(array.sizes[dim]) for dim in dims))
    found = {}
    for place in places:
        one = array.isel(dict(zip(dims, place, strict=True)))
        found[", ".join(str(one[dim].values) for dim in dims)] = one.reset_coords(drop=True)
    return found


def _others(view: View) -> Table | None:
    """Prior beside posterior of the other quantities with a prior."""
    prior, post = view.fit.group("prior"), view.fit.posterior
    labels, pairs = [], []
    for name, text in _SCALARS.items():
        if name not in post or name not in prior:
            continue
        before, after = _elements(prior[name]), _elements(post[name])
        for label in after:
            if float(after[label].std()) > 0:
                labels.append(f"{text}: {label}" if label else text)
                logs = (before[label], after[label])
                pairs.append(logs if name in _LOGS else tuple(map(xr.ufuncs.log, logs)))
    if not labels:
        return None
    rows, _, _ = _effect_rows(labels, pairs, [""] * len(labels))
    columns = ("quantity", *_COLUMNS)
    folded = "Prior beside posterior of the other quantities"
    short = tuple((row[0], *row[2:]) for row in rows)
    return Table("Other quantities with a prior", columns, short, (3,), folded)


def effects(view: View) -> Section:
    """Prior beside posterior of every effect."""
    title, pieces = "Effects", list[Piece]()
    if view.fit.spec.covariates:
        labels, pairs, units = _of_effect(view)
        rows, before, after = _effect_rows(labels, pairs, units)
        text = (
            "Each number is the ratio of rates for the difference named beside it, other terms "
            "held. Contraction is 1 - var(posterior) / var(prior) of the log effect: near 0 the "
            "number repeats its prior, near 1 the data decide. Covariates that move together "
            "share what the data say; an effect is an association within this model, not a "
            "cause, unless nothing outside it moves with them."
        )
        alt = "Ratios of rates, posterior: " + "; ".join(
            f"{label}: {words.full(one)}" for label, one in zip(labels, after, strict=True)
        )
        height = 90 + 34 * len(labels)
        made = panel("effects", alt, lambda f: ratios(f, labels, before, after), 700, height)
        caption = (
            "Ratio of rates for one unit of each covariate (units in the table), log axis: prior "
            f"(dashed) and posterior, median and central {words.WIDTH} interval."
        )
        columns = ("effect", "for", *_COLUMNS)
        pieces += [Paragraph(text), Figure((made,), caption), Table("Effects", columns, rows, (4,))]
    else:
        pieces.append(Paragraph("The model has no covariates; there are no effects to show."))
    others = _others(view)
    if others:
        pieces.append(others)
    return Section("effects", title, tuple(pieces))
