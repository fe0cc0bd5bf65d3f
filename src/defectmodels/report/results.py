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
from defectmodels.report.pieces import Cell, Figure, Paragraph, Piece, Section, Table
from defectmodels.report.timeplots import Band, TimePlot, over_time
from defectmodels.report.view import View
from defectmodels.report.words import Estimate

FOLD = "The numbers of this figure"
_MOST_STYLES = 7


def drawn(plot: TimePlot) -> Callable[[Drawing], None]:
    """Give `panel` what it wants for a figure over time."""
    return lambda figure: over_time(figure, plot)


def scaled(found: Sequence[Estimate], scale: float) -> tuple[Estimate, ...]:
    """Estimates in another unit."""
    return tuple(Estimate(*(value * scale for value in one)) for one in found)


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
    return Table(caption, (view.span_word, *columns), tuple(rows), folded=FOLD)


def rates(view: View) -> Section:
    """Rates by group per person-year at risk."""
    array = span_rate(view.fit, view.spans)
    panels, columns = [], {}
    for index, group in enumerate(view.groups):
        per, unit = view.fit.spec.baseline[group].per, rate_unit(view, group)
        found = scaled(words.estimates(array.sel({names.GROUP: group}, drop=True)), per)
        columns[f"{group}, {unit}"] = found
        band = Band(group, view.middles, found, index % _MOST_STYLES)
        plot = TimePlot((band,), (), group, f"{unit} (log)", log=True, legend=False)
        alt = f"Rate of {group}, {unit}. {spoken(view, found, '')}"
        panels.append(panel(f"rate-{index}", alt, drawn(plot), 345, 260))
    caption = (
        f"Rate of each group by {view.span_word}, log axis, median and central {words.WIDTH} "
        f"interval; unit: {'; '.join(columns)}. A person-year is one person at risk for 365.25 "
        "days."
    )
    table = series_table(view, "Rates", columns)
    pieces: list[Piece] = [Figure(tuple(panels), caption, table)]
    if any(view.fit.dataset.one_series(n).uncertainty for n in view.fit.spec.exposure.values()):
        text = (
            "How many persons are at risk is uncertain itself; the intervals hold that "
            "uncertainty, and the level of a rate moves against it."
        )
        pieces.append(Paragraph(text, "note"))
    return Section("rates", "Rates", tuple(pieces))


def shares(view: View) -> Section:
    """Share of the groups in expected arrivals."""
    title = "Shares"
    if not view.several:
        text = "The model has a single group; there is no share to speak of."
        return Section("share", title, (Paragraph(text),))
    chosen = (view.of,) if len(view.groups) == 2 else view.groups
    panels, columns = [], {}
    for index, group in enumerate(chosen):
        found = scaled(words.estimates(share(view.fit, group, view.spans)), 100)
        columns[f"{group}, %"] = found
        band = Band(group, view.middles, found, index % _MOST_STYLES)
        plot = TimePlot((band,), (), group, "% of expected arrivals", legend=False)
        width = 700 if len(chosen) == 1 else 345
        alt = f"Share of {group} in expected arrivals. {spoken(view, found, '%')}"
        panels.append(panel(f"share-{index}", alt, drawn(plot), width, 290))
    caption = (
        f"Share in expected arrivals by {view.span_word}, percent: {words.listed(chosen)}; median "
        f"and central {words.WIDTH} interval."
    )
    return Section(
        "share", title, (Figure(tuple(panels), caption, series_table(view, title, columns)),)
    )


def _counts(array: xr.DataArray) -> list[str]:
    return [
        words.number(float(one.median)) if one.low == one.high else words.full(Estimate(*one[:3]))
        for one in words.estimates(array)
    ]


def realised(view: View) -> Section:
    """Whole persons, given what was published."""
    title = "Realised counts"
    if isinstance(view.realised, str):
        text = f"Realised counts could not be drawn: {view.realised}"
        return Section("realised", title, (Paragraph(text, "note"),))
    columns = [_counts(view.realised.sel({names.GROUP: g}, drop=True)) for g in view.groups]
    if view.several:
        columns.append(_counts(view.realised.sum(names.GROUP)))
    head = (*view.groups, "all") if view.several else view.groups
    rows = tuple((label, *(column[i] for column in columns)) for i, label in enumerate(view.spans))
    text = (
        "Whole persons who arrived, given every exact total and every statement about the groups "
        f"themselves: median and central {words.WIDTH} interval, persons; a number alone is "
        "certain given the statements. The random seed follows the fit's."
    )
    table = Table(f"Realised arrivals by {view.span_word}", (view.span_word, *head), rows)
    return Section("realised", title, (Paragraph(text), table))
