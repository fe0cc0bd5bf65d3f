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
from defectmodels.report.drawing import BEHIND, panel
from defectmodels.report.events import lanes, note
from defectmodels.report.pieces import Figure, Paragraph, Piece, Section, Table
from defectmodels.report.prior_check import stated
from defectmodels.report.results import drawn, series_table, spoken
from defectmodels.report.timeplots import Band, Stated, Statements, TimePlot, shared_ends
from defectmodels.report.view import View, centre, left_out
from defectmodels.report.words import Estimate
from defectmodels.wording import listed, named, said, say


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
    return Statements(say("arrivals-published"), items), found


def _bands(
    x: np.ndarray, expected: Sequence[Estimate], predictive: Sequence[Estimate]
) -> tuple[Band, Band]:
    return (
        Band(say("arrivals-predictive-band", width=words.WIDTH), x, predictive, BEHIND, line=False),
        Band(say("arrivals-expected-band", width=words.WIDTH), x, expected),
    )


def _columns(
    expected: Sequence[Estimate], predictive: Sequence[Estimate]
) -> dict[str, Sequence[Estimate]]:
    return {say("column-expected"): expected, say("column-predictive"): predictive}


def _total_by_span(view: View, key: str, groups: tuple[str, ...], rows: Sequence[Row]) -> Figure:
    expected = view.expected_of(groups)
    predictive = words.estimates(view.over(view.predictive(groups)))
    dots, published = _published(view, rows)
    every, called = view.span_word, listed(map(named, groups))
    title = say("arrivals-title", every=every, groups=called)
    bands = _bands(view.middles, expected, predictive)
    axis = say("arrivals-axis", every=every)
    plot = TimePlot(bands, (dots,), title, axis, log=True, lanes=lanes(view))
    alt = f"{title}. {spoken(view, expected, say('unit-after', unit='persons'))}"
    made = panel(f"{key}-spans", alt, drawn(plot), 700, 400)
    table = series_table(view, title, _columns(expected, predictive))
    stated_too = tuple(
        (*row, f"{published[label]:,}" if label in published else "")
        for row, label in zip(table.rows, view.spans, strict=True)
    )
    table = replace(table, columns=(*table.columns, say("column-published")), rows=stated_too)
    caption = say("arrivals-spans-caption", groups=called, every=every, width=words.WIDTH)
    return Figure((made,), caption, table, note(view))


def _total_by_period(view: View, key: str, groups: tuple[str, ...], rows: Sequence[Row]) -> Figure:
    periods = view.fit.spec.periods
    every, labels = view.fit.spec.axis.every, periods.labels
    middles = np.array([centre(span) for span in periods.spans])
    chosen = view.fit.posterior[names.EXPECTED].sel({names.GROUP: list(groups)}).sum(names.GROUP)
    expected, predictive = words.estimates(chosen), words.estimates(view.predictive(groups))
    days = float(np.mean([span.days for span in periods.spans]))
    items = [stated(row, row.span.days / days) for row in rows]
    title = say("arrivals-title", every=every, groups=listed(map(named, groups)))
    published = Statements(say("arrivals-published"), items)
    axis = say("arrivals-axis", every=every)
    bands = _bands(middles, expected, predictive)
    plot = TimePlot(bands, (published,), title, axis, log=True, lanes=lanes(view))
    alt = f"{title}. {spoken(view, expected, say('unit-after', unit='persons'), labels)}"
    caption = say("arrivals-periods-caption", every=every, width=words.WIDTH)
    table = series_table(view, title, _columns(expected, predictive), labels)
    head = (say("column-every", every=every), *table.columns[1:])
    made = panel(f"{key}-periods", alt, drawn(plot), 700, 400)
    return Figure((made,), caption, replace(table, columns=head), note(view))


def _by_definition(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows that count persons, by definition."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if not isinstance(row.statement, Comparison):
            found[row.statement.definition].append(row)
    return found


def _plots(
    view: View, bands: Sequence[Band], by_definition: dict[str, list[Row]], axis: str
) -> list[TimePlot]:
    """One plot for each definition, all on the same axes; a span over a year is divided by its years."""
    found = [
        TimePlot(
            bands,
            (Statements(named(name), [stated(row, max(1.0, row.span.years)) for row in rows], False),),
            named(name).replace("_", " "), axis, log=True, lanes=lanes(view), legend=not place,
        )
        for place, (name, rows) in enumerate(by_definition.items())
    ]  # fmt: skip
    if not found:
        return [TimePlot(bands, (), "", axis, log=True, lanes=lanes(view))]
    return shared_ends(found)


def _definition_alt(view: View, title: str, name: str, rows: Sequence[Row], numbers: str) -> str:
    readings = view.fit.dataset.readings
    statements = "; ".join(
        f"{words.days(str(row.span))}: {words.days(said(row.says(readings)))}" for row in rows
    )
    return say(
        "arrivals-definition-alt", title=title, definition=named(name), statements=statements,
        numbers=numbers,
    )  # fmt: skip


def _statement_table(view: View, rows: Sequence[Row], caption: str) -> Table:
    predicted = view.checks.rows
    place = {str(name): i for i, name in enumerate(predicted["row"].values)}

    def predicted_of(row: Row, name: str) -> str:
        index = place.get(row.statement.id)
        if index is None:
            return ""
        value = float(predicted[name].values[index])
        compares = isinstance(row.statement, Comparison)
        return words.truth(value) if compares else words.number(value)

    cells = tuple(
        (
            row.statement.id, named(row.statement.definition), words.days(str(row.span)),
            words.days(said(row.says(view.fit.dataset.readings))),
            predicted_of(row, "predicted_median"),
            words.between(predicted_of(row, "predicted_low"), predicted_of(row, "predicted_high")),
        )
        for row in rows
    )  # fmt: skip
    columns = (
        say("column-row"), say("column-definition"), say("column-span"), say("column-read-as"),
        say("column-predicted-median"), say("column-interval", width=words.WIDTH),
    )  # fmt: skip
    return Table(caption, columns, cells, (4,), say("arrivals-statements-folded"))


def _part(view: View, key: str, group: str, rows: Sequence[Row]) -> Figure:
    expected = view.expected_of((group,))
    every, called = view.span_word, named(group)
    bands = [Band(say("arrivals-expected-of", group=called), view.middles, expected)]
    columns: dict[str, Sequence[Estimate]] = {say("column-expected"): expected}
    if not isinstance(view.realised, str):
        counts = words.estimates(view.realised.sel({names.GROUP: group}, drop=True))
        columns[say("column-realised")] = counts
        label = say("arrivals-realised-band", width=words.WIDTH)
        bands.insert(0, Band(label, view.middles, counts, BEHIND, line=False))
    title = say("arrivals-title", every=every, groups=called)
    by_definition = _by_definition(rows)
    plots = _plots(view, bands, by_definition, say("arrivals-axis", every=every))
    numbers = spoken(view, expected, say("unit-after", unit="persons"))
    alts = [
        _definition_alt(view, title, name, own, numbers) for name, own in by_definition.items()
    ] or [f"{title}. {numbers}"]
    panels = tuple(
        panel(f"{key}-part-{place}", alt, drawn(plot), 345, 300)
        for place, (plot, alt) in enumerate(zip(plots, alts, strict=True))
    )
    caption = _part_caption(view, called, {row.statement.definition for row in rows})
    return Figure(panels, caption, series_table(view, title, columns), note(view))


def _part_caption(view: View, group: str, definitions: set[str]) -> str:
    caption = say("arrivals-part-caption", group=group, every=view.span_word, width=words.WIDTH)
    other = sorted(definitions & view.scaled)
    if not other:
        return caption
    return f"{caption} {say('arrivals-part-others', definitions=listed(map(named, other)))}"


def _factors(view: View) -> list[Piece]:
    if names.FACTOR not in view.fit.posterior:
        return []
    array = view.fit.posterior[names.FACTOR]
    found = words.estimates(array)
    rows = tuple(
        (named(str(name)), words.middle(one), words.interval(one))
        for name, one in zip(array[names.DEFINITION].values, found, strict=True)
    )
    head = (
        say("column-definition"), say("column-median"), say("column-interval", width=words.WIDTH),
    )  # fmt: skip
    return [Table(say("arrivals-factors"), head, rows, (1,))]


def arrivals(view: View) -> Section:
    """Show expected and predictive arrivals against what was published."""
    selection = view.fit.design.selection
    by_groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    plain = _plain(view, selection.direct)
    for row in plain:
        if len(row.groups) == 1 and row.groups[0] not in view.shown:
            continue
        by_groups[row.groups].append(row)
    pieces: list[Piece] = []
    for index, (groups, rows) in enumerate(
        sorted(by_groups.items(), key=lambda item: -len(item[0]))
    ):
        pieces.append(_total_by_span(view, f"total-{index}", groups, rows))
        if view.span_word != view.fit.spec.axis.every:
            pieces.append(_total_by_period(view, f"total-{index}", groups, rows))
    own = {row.statement.id for row in plain}
    others = [row for name, row in view.rows.items() if name not in own]
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in others:
        if len(row.groups) == 1 and row.groups[0] in view.shown:
            parts[row.groups[0]].append(row)
    for index, (group, rows) in enumerate(parts.items()):
        pieces.append(_part(view, f"part-{index}", group, rows))
        caption = say("arrivals-statements", group=named(group))
        pieces.append(_statement_table(view, rows, caption))
    if not pieces:
        pieces.append(Paragraph(say("arrivals-none"), "note"))
    if view.fit.spec.error:
        pieces.insert(0, Paragraph(say("arrivals-errors"), "note"))
    return Section("arrivals", say("arrivals-heading"), (*pieces, *left_out(view), *_factors(view)))
