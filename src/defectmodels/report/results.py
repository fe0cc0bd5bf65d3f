"""What the draws say over time: rates, shares, realised counts.

Invariant: a figure's table holds the numbers that the figure draws. Shown by
``tests/test_report.py::test_tables_hold_what_figures_draw``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.figure import Figure as Drawing

from defectmodels import names
from defectmodels.estimands.rates import share, span_rate
from defectmodels.report import words
from defectmodels.report.assumptions import rate_unit
from defectmodels.report.drawing import panel
from defectmodels.report.events import lanes, note
from defectmodels.report.pieces import Cell, Figure, Paragraph, Piece, Section, Table
from defectmodels.report.timeplots import Band, TimePlot, over_time
from defectmodels.report.view import View, left_out
from defectmodels.report.words import Estimate
from defectmodels.wording import listed, named, said, say


def drawn(plot: TimePlot) -> Callable[[Drawing], None]:
    """Give `panel` what it wants for a figure over time."""
    return lambda figure: over_time(figure, plot)


def scaled(found: Sequence[Estimate], scale: float) -> tuple[Estimate, ...]:
    """Estimates in another unit."""
    return tuple(Estimate(*(value * scale for value in one)) for one in found)


def folded() -> str:
    """What unfolds the table of a figure."""
    return say("word-folded")


def spoken(view: View, found: Sequence[Estimate], unit: str, labels: Sequence[str] = ()) -> str:
    """First, largest and last of a series in words, for those who do not see the figure."""
    labels = labels or view.spans
    largest = int(np.argmax([one.median for one in found]))
    chosen = sorted({0, largest, len(found) - 1})
    return "; ".join(f"{labels[i]}: {words.full(found[i], unit)}" for i in chosen)


def series_table(
    view: View, caption: str, columns: Mapping[str, Sequence[Estimate]], labels: Sequence[str] = ()
) -> Table:
    """Median and interval of several series, one line for each span."""
    labels = labels or view.spans
    rows: list[tuple[Cell, ...]] = [
        (label, *(words.full(found[i]) for found in columns.values()))
        for i, label in enumerate(labels)
    ]
    head = say("column-every", every=view.span_word)
    return Table(caption, (head, *columns), tuple(rows), folded=folded())


def rates(view: View) -> Section:
    """Rates by group per person-year at risk."""
    array = span_rate(view.fit, view.spans)
    panels, columns = [], {}
    for index, group in enumerate(view.shown):
        per, unit = view.fit.spec.baseline[group].per, rate_unit(view, group)
        found = scaled(words.estimates(array.sel({names.GROUP: group}, drop=True)), per)
        called = named(group)
        columns[f"{called}, {unit}"] = found
        band = Band(called, view.middles, found)
        axis = say("rate-axis", unit=unit)
        plot = TimePlot((band,), (), called, axis, log=True, legend=False, lanes=lanes(view))
        alt = say("rate-alt", group=called, unit=unit, numbers=spoken(view, found, ""))
        panels.append(panel(f"rate-{index}", alt, drawn(plot), 345, 290))
    units = "; ".join(columns)
    caption = say("rate-caption", every=view.span_word, width=words.WIDTH, units=units)
    table = series_table(view, say("rate-table"), columns)
    pieces: list[Piece] = [Figure(tuple(panels), caption, table, note(view)), *left_out(view)]
    if any(view.fit.dataset.one_series(n).uncertainty for n in view.fit.spec.exposure.values()):
        pieces.append(Paragraph(say("rate-uncertain"), "note"))
    return Section("rates", say("rate-heading"), tuple(pieces))


def shares(view: View) -> Section:
    """Share of the groups in expected arrivals."""
    title = say("share-heading")
    if not view.several:
        return Section("share", title, (Paragraph(say("share-single")),))
    chosen = (view.of,) if len(view.groups) == 2 else view.shown
    panels, columns = [], {}
    for index, group in enumerate(chosen):
        found = scaled(words.estimates(share(view.fit, group, view.spans)), 100)
        called = named(group)
        columns[f"{called}, %"] = found
        band, axis = Band(called, view.middles, found), say("share-axis")
        plot = TimePlot((band,), (), called, axis, legend=False, lanes=lanes(view))
        width = 700 if len(chosen) == 1 else 345
        alt = say("share-alt", group=called, numbers=spoken(view, found, "%"))
        panels.append(panel(f"share-{index}", alt, drawn(plot), width, 340))
    groups = listed(map(named, chosen))
    caption = say("share-caption", every=view.span_word, groups=groups, width=words.WIDTH)
    table = series_table(view, say("share-table"), columns)
    figure = Figure(tuple(panels), caption, table, note(view))
    return Section("share", title, (figure, *left_out(view)))


def _counts(array: xr.DataArray) -> list[str]:
    return [
        words.number(float(one.median)) if one.low == one.high else words.full(Estimate(*one[:3]))
        for one in words.estimates(array)
    ]


def realised(view: View) -> Section:
    """Whole persons, given what was published."""
    title, every = say("realised-heading"), view.span_word
    if isinstance(view.realised, str):
        text = say("realised-not-drawn", why=said(view.realised))
        return Section("realised", title, (Paragraph(text, "note"),))
    columns = [_counts(view.realised.sel({names.GROUP: g}, drop=True)) for g in view.shown]
    if view.several:
        columns.append(_counts(view.realised.sum(names.GROUP)))
    everyone = (say("column-all"),) if view.several else ()
    head = (say("column-every", every=every), *map(named, view.shown), *everyone)
    rows = tuple((label, *(column[i] for column in columns)) for i, label in enumerate(view.spans))
    table = Table(say("realised-table", every=every), head, rows)
    what = Paragraph(say("realised-what", width=words.WIDTH))
    return Section("realised", title, (what, table, *left_out(view)))
