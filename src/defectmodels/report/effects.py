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
from defectmodels.estimands.rests import verdict_identification
from defectmodels.estimands.summary import stack
from defectmodels.model.terms import Covariates
from defectmodels.report import words
from defectmodels.report.drawing import panel
from defectmodels.report.figures import ratios
from defectmodels.report.pieces import Cell, Figure, Paragraph, Piece, Section, Table
from defectmodels.report.view import View, left_out
from defectmodels.report.words import Estimate
from defectmodels.wording import named, say, titled

MOSTLY_PRIOR = 0.25
"""Contraction below which an effect is said to rest mostly on its prior."""


def _columns() -> tuple[str, ...]:
    return (
        say("column-prior", width=words.WIDTH), say("column-posterior", width=words.WIDTH),
        say("column-contraction"), say("column-rests-on"),
    )  # fmt: skip


def contraction(prior: xr.DataArray, post: xr.DataArray) -> float:
    """1 - var(posterior) / var(prior): 1 when the data decide, 0 when they are silent."""
    before = float(np.var(stack(prior).values))
    return 1.0 - float(np.var(stack(post).values)) / before if before > 0 else float("nan")


def _of_effect(
    view: View,
) -> tuple[list[str], list[tuple[xr.DataArray, xr.DataArray]], list[str], list[str]]:
    """Labels, pairs of prior and posterior of the log effect, units, and names among what is quoted."""
    prior, post = view.fit.group("prior")[names.EFFECT], view.fit.posterior[names.EFFECT]
    labels, pairs, units, told = [], [], [], []
    for term in view.fit.spec.term:
        if not isinstance(term, Covariates):
            continue
        for effect in term.effect:
            series = view.fit.dataset.one_series(effect.series)
            for group in effect.groups or view.groups:
                if group not in view.shown:
                    continue
                at = {names.GROUP: group, names.COVARIATE: effect.series}
                title = titled(series.title)
                labels.append(f"{title}: {named(group)}" if view.several else title)
                pairs.append((prior.sel(at, drop=True), post.sel(at, drop=True)))
                units.append(titled(series.per) if series.per else say("effect-unit"))
                told.append(f"{names.EFFECT}[{group}, {effect.series}]")
    return labels, pairs, units, told


def _rests(value: float) -> str:
    """Say what a number rests on by how much of it is data: contraction, or what priors do not supply."""
    on = (
        "unknown"
        if not np.isfinite(value)
        else "prior"
        if value < MOSTLY_PRIOR
        else "both"
        if value < 1 - MOSTLY_PRIOR
        else "data"
    )
    return say("effect-rests", on=on)


def _effect_rows(
    labels: Sequence[str],
    pairs: Sequence[tuple[xr.DataArray, xr.DataArray]],
    units: Sequence[str],
    shares: Sequence[float] = (),
) -> tuple[tuple[tuple[Cell, ...], ...], list[Estimate], list[Estimate]]:
    rows, before, after = [], [], []
    known = [1.0 - one for one in shares] or [contraction(*one) for one in pairs]
    for label, (prior, post), unit, data in zip(labels, pairs, units, known, strict=True):
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
                _rests(data),
            )
        )
    return tuple(rows), before, after


_SCALARS = (
    names.LOG_EXPOSURE_FACTOR,
    names.TREND_SCALE,
    names.SPREAD,
    names.FRAILTY,
    names.FACTOR,
    names.SEASON_EFFECT,
)
"""Variables of a single number, or of one for each group, covariate, definition or season."""
_LOGS = (names.LOG_EXPOSURE_FACTOR, names.SEASON_EFFECT)
"""Those of them that the fit holds as logarithms."""


def _place(view: View, dim: str, label: str) -> str:
    """What an element is called along one dim."""
    if dim == names.SEASON:
        # Q3 or 07
        return say("effect-season", every=view.fit.spec.axis.every, place=int(label.lstrip("Q")))
    return named(label)


def _elements(view: View, array: xr.DataArray) -> dict[str, xr.DataArray]:
    """Elements of a variable by their labels: xr.DataArray (chain, draw)."""
    dims = [str(dim) for dim in array.dims if dim not in names.SAMPLE]
    places = product(*(range(array.sizes[dim]) for dim in dims))
    found = {}
    for place in places:
        one = array.isel(dict(zip(dims, place, strict=True)))
        label = ", ".join(_place(view, dim, str(one[dim].values)) for dim in dims)
        found[label] = one.reset_coords(drop=True)
    return found


def _others(view: View) -> Table | None:
    """Prior beside posterior of the other quantities with a prior."""
    prior, post = view.fit.group("prior"), view.fit.posterior
    labels, pairs = [], []
    for name in _SCALARS:
        if name not in post or name not in prior:
            continue
        text = say("effect-quantity", name=name)
        before, after = _elements(view, prior[name]), _elements(view, post[name])
        for label in after:
            if float(after[label].std()) > 0:
                labels.append(f"{text}: {label}" if label else text)
                logs = (before[label], after[label])
                pairs.append(logs if name in _LOGS else tuple(map(xr.ufuncs.log, logs)))
    if not labels:
        return None
    rows, _, _ = _effect_rows(labels, pairs, [""] * len(labels))
    columns = (say("column-quantity"), *_columns())
    short = tuple((row[0], *row[2:]) for row in rows)
    return Table(say("effect-others"), columns, short, (3,), say("effect-others-folded"))


def _of_covariates(view: View) -> tuple[Piece, ...]:
    """What the effects are, their figure and their table."""
    labels, pairs, units, told = _of_effect(view)
    share = verdict_identification(view.fit).numbers.set_index("name")["prior_share"]
    shares = [float(share.get(name, np.nan)) for name in told]
    rows, before, after = _effect_rows(labels, pairs, units, shares)
    numbers = "; ".join(
        f"{label}: {words.full(one)}" for label, one in zip(labels, after, strict=True)
    )
    alt = say("effect-alt", numbers=numbers)
    height = 90 + 34 * len(labels)
    made = panel("effects", alt, lambda f: ratios(f, labels, before, after), 700, height)
    columns = (say("column-effect"), say("column-for"), *_columns())
    table = Table(say("effect-table"), columns, rows, (4,))
    return (
        Paragraph(say("effect-what")),
        Figure((made,), say("effect-caption", width=words.WIDTH), table),
        *left_out(view),
    )


def effects(view: View) -> Section:
    """Prior beside posterior of every effect."""
    none = (Paragraph(say("effect-none")),)
    pieces = _of_covariates(view) if view.fit.spec.covariates else none
    others = _others(view)
    shown = (*pieces, others) if others else pieces
    return Section("effects", say("effect-heading"), shown)
