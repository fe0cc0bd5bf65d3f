"""Arrivals: expected and new counts against what was published.

Invariant: a published number is drawn where its table has it, and what a figure divides by its
length says so in its caption. Shown by
``tests/test_report.py::test_tables_hold_what_figures_draw``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from defectmodels import names
from defectmodels.evidence.periods import Span, parse_span
from defectmodels.evidence.selection import Row
from defectmodels.evidence.statements import Comparison
from defectmodels.report import words
from defectmodels.report.drawing import panel
from defectmodels.report.pieces import Figure, Paragraph, Piece, Section, Table
from defectmodels.report.prior_check import stated
from defectmodels.report.results import drawn, series_table, spoken
from defectmodels.report.timeplots import Band, Stated, Statements, TimePlot
from defectmodels.report.view import View, centre
from defectmodels.report.words import Estimate


def _plain(view: View, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.statement.definition not in view.scaled]


def _tiles(span: Span, rows: Sequence[Row]) -> list[Row]:
    """Exact rows that fill a span to the day; none where they do not."""
    inside = [row for row in rows if row.certain and span.contains(row.span)]
    return inside if sum(row.span.days for row in inside) == span.days else []


def _published(view: View, rows: Sequence[Row]) -> tuple[Statements, dict[str, int]]:
    """Add the published totals of the spans that rows fill."""
    found, items = {}, []
    for label in view.spans:
        tiles = _tiles(parse_span(label), rows)
        if tiles:
            found[label] = sum(row.interval.low for row in tiles)
            middle = centre(parse_span(label))
            items.append(Stated(middle, middle, found[label], found[label]))
    return Statements("published", items), found


def _total_by_span(view: View, key: str, groups: tuple[str, ...], rows: Sequence[Row]) -> Figure:
    expected = view.expected_of(groups)
    predictive = words.estimates(view.over(view.predictive(groups)))
    dots, published = _published(view, rows)
    title = f"Arrivals by {view.span_word}: {words.listed(groups)}"
    bands = (
        Band("predictive, 90%", view.middles, predictive, 5, line=False),
        Band("expected, median and 90%", view.middles, expected, 0),
    )
    plot = TimePlot(
        bands, (dots,) if dots.items else (), title, f"persons a {view.span_word} (log)", log=True
    )
    made = panel(
        f"{key}-spans", f"{title}. {spoken(view, expected, ' persons')}", drawn(plot), 700, 340
    )
    table = series_table(view, title, {"expected": expected, "predictive": predictive})
    stated_too = tuple(
        (*row, f"{published[label]:,}" if label in published else "")
        for row, label in zip(table.rows, view.spans, strict=True)
    )
    table = replace(table, columns=(*table.columns, "published"), rows=stated_too)
    caption = (
        f"Arrivals of {words.listed(groups)}, persons a {view.span_word}, log axis: expected "
        f"arrivals (median and central {words.WIDTH} interval), a new count (predictive, central "
        f"{words.WIDTH} interval) and the published totals of the {view.span_word}s that exact "
        "figures fill."
    )
    return Figure((made,), caption, table)


def _total_by_period(view: View, key: str, groups: tuple[str, ...], rows: Sequence[Row]) -> Figure:
    periods = view.fit.spec.periods
    every, labels = view.fit.spec.axis.every, periods.labels
    middles = np.array([centre(span) for span in periods.spans])
    chosen = view.fit.posterior[names.EXPECTED].sel({names.GROUP: list(groups)}).sum(names.GROUP)
    expected, predictive = words.estimates(chosen), words.estimates(view.predictive(groups))
    days = float(np.mean([span.days for span in periods.spans]))
    items = [stated(row, row.span.days / days) for row in rows]
    title = f"Arrivals by {every}: {words.listed(groups)}"
    bands = (
        Band("predictive, 90%", middles, predictive, 5, line=False),
        Band("expected, median and 90%", middles, expected, 0),
    )
    plot = TimePlot(
        bands, (Statements("published", items),), title, f"persons a {every} (log)", log=True
    )
    alt = f"{title}. {spoken(view, expected, ' persons', labels)}"
    caption = (
        f"As before by {every}: persons a {every}, medians and central {words.WIDTH} intervals. A "
        "published row is drawn over its span, its number divided by the span's length in "
        f"{every}s."
    )
    table = series_table(view, title, {"expected": expected, "predictive": predictive}, labels)
    table = replace(table, columns=(every, *table.columns[1:]))
    return Figure((panel(f"{key}-periods", alt, drawn(plot), 700, 340),), caption, table)


def _by_definition(rows: Sequence[Row]) -> list[Statements]:
    """Statements by definition; a span over a year is divided by its years."""
    by_name: dict[str, list[Stated]] = defaultdict(list)
    for row in rows:
        by_name[row.statement.definition].append(stated(row, max(1.0, row.span.years)))
    return [
        Statements(name.replace("_", " "), items, index)
        for index, (name, items) in enumerate(by_name.items())
    ]


def _statement_table(view: View, rows: Sequence[Row], caption: str) -> Table:
    predicted = view.checks.rows
    place = {str(name): i for i, name in enumerate(predicted["row"].values)}

    def said(row: Row, name: str) -> str:
        index = place.get(row.statement.id)
        if index is None:
            return ""
        value = float(predicted[name].values[index])
        compares = isinstance(row.statement, Comparison)
        return words.truth(value) if compares else words.number(value)

    cells = tuple(
        (
            row.statement.id, row.statement.definition, str(row.span).replace("..", " to "),
            words.days(row.says(view.fit.dataset.readings)), said(row, "predicted_median"),
            f"{said(row, 'predicted_low')} to {said(row, 'predicted_high')}",
        )
        for row in rows
    )  # fmt: skip
    columns = (
        "row",
        "definition",
        "span",
        "read as",
        "predicted median",
        f"{words.WIDTH} interval",
    )
    return Table(caption, columns, cells, (4,), "What was said and what the fit predicts of it")


def _part(view: View, key: str, group: str, rows: Sequence[Row]) -> Figure:
    expected = view.expected_of((group,))
    bands = [Band(f"expected, {group}", view.middles, expected, 0)]
    columns: dict[str, Sequence[Estimate]] = {"expected": expected}
    if not isinstance(view.realised, str):
        counts = view.realised.sel({names.GROUP: group}, drop=True)
        columns["realised"] = words.estimates(counts)
        bands.insert(0, Band("realised, 90%", view.middles, columns["realised"], 5, line=False))
    title = f"Arrivals by {view.span_word}: {group}"
    counted = [row for row in rows if not isinstance(row.statement, Comparison)]
    plot = TimePlot(
        bands, _by_definition(counted), title, f"persons a {view.span_word} (log)", log=True
    )
    drawn_too = f"{words.plural(len(counted), 'statement')} drawn as intervals"
    alt = f"{title}. {spoken(view, expected, ' persons')}. {drawn_too}."
    other = {row.statement.definition for row in rows} & view.scaled
    caption = (
        f"Arrivals of {group}, persons a {view.span_word}, log axis: medians and central "
        f"{words.WIDTH} intervals, with each statement drawn over its span from its lowest to its "
        "highest number (arrow: no upper end; 0 stands at the foot of the axis). Numbers of "
        "spans over a year are divided by their years; comparisons are not drawn."
    )
    if other:
        caption += (
            f" The bands follow the reference definition; {words.listed(sorted(other))} count "
            "other persons, by the factors below."
        )
    numbers = series_table(view, title, columns)
    return Figure((panel(f"{key}-part", alt, drawn(plot), 700, 380),), caption, numbers)


def _factors(view: View) -> list[Piece]:
    if names.FACTOR not in view.fit.posterior:
        return []
    array = view.fit.posterior[names.FACTOR]
    found = words.estimates(array)
    rows = tuple(
        (str(name), words.middle(one), words.interval(one))
        for name, one in zip(array[names.DEFINITION].values, found, strict=True)
    )
    caption = "Factors of definitions: their rate over the reference definition's"
    return [Table(caption, ("definition", "median", f"{words.WIDTH} interval"), rows, (1,))]


def arrivals(view: View) -> Section:
    """Show expected and predictive arrivals against what was published."""
    selection = view.fit.design.selection
    by_groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in _plain(view, selection.direct):
        by_groups[row.groups].append(row)
    pieces: list[Piece] = []
    for index, (groups, rows) in enumerate(
        sorted(by_groups.items(), key=lambda item: -len(item[0]))
    ):
        pieces.append(_total_by_span(view, f"total-{index}", groups, rows))
        if view.span_word != view.fit.spec.axis.every:
            pieces.append(_total_by_period(view, f"total-{index}", groups, rows))
    others = [row for row in view.rows.values() if row not in _plain(view, selection.direct)]
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in others:
        if len(row.groups) == 1:
            parts[row.groups[0]].append(row)
    for index, (group, rows) in enumerate(parts.items()):
        pieces.append(_part(view, f"part-{index}", group, rows))
        pieces.append(_statement_table(view, rows, f"Statements about {group}"))
    if not pieces:
        pieces.append(
            Paragraph("No statement counts the groups themselves; nothing is drawn.", "note")
        )
    return Section("arrivals", "Arrivals", (*pieces, *_factors(view)))
