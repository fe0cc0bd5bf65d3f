"""How many there were: whole persons by year and definition, and how definitions stand to each other.

Invariant: every number is one of `estimands/by_definition.py`, drawn with the fit's seed. Shown by
``tests/test_howmany.py``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr
from matplotlib.figure import Figure as Drawing

from defectmodels.errors import DefectModelsError, FitError
from defectmodels.estimands.by_definition import (
    definitions_of,
    pmf,
    realised_by_definition,
    side_by_side,
)
from defectmodels.estimands.rates import SPAN, years_of
from defectmodels.estimands.summary import Probability, probability
from defectmodels.report import words
from defectmodels.report.drawing import panel
from defectmodels.report.figures import counts as draw_counts
from defectmodels.report.pieces import Figure, Listing, Paragraph, Piece, Section, Table
from defectmodels.report.results import folded
from defectmodels.report.view import View
from defectmodels.report.words import Estimate
from defectmodels.wording import listed, named, say, titled

_MOST = 400
"""Largest count of which every number is drawn."""
_SEEN = 0.99
"""Share of the probability that a picture shows."""


def _blocks(view: View) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Years to be drawn, and the blocks of them that are shown: before, between, after, next."""
    years, (before, after) = years_of(view.fit), view.pairs[0]
    if before not in years or after not in years or years.index(before) >= years.index(after):
        return years, [(year, [year]) for year in years[-4:]]
    first, last = years.index(before), years.index(after)
    between = years[first + 1 : last]
    blocks = [(before, [before])]
    if between:
        blocks.append(
            (between[0] if len(between) == 1 else f"{between[0]}..{between[-1]}", between)
        )
    blocks.append((after, [after]))
    blocks += [(year, [year]) for year in years[last + 1 : last + 2]]
    return years[max(0, first - 1) : last + 2], blocks


def _drawn(view: View, name: str) -> tuple[xr.DataArray, xr.DataArray]:
    """Counts of the years, and of the blocks that are shown: (chain, draw, span)."""
    years, blocks = _blocks(view)
    seed = view.fit.made["random_seed"]
    counts = view.once(realised_by_definition, name, tuple(years), random_seed=seed)
    sums = [counts.sel({SPAN: own}).sum(SPAN) for _, own in blocks]
    shown = xr.concat(sums, dim=SPAN).assign_coords({SPAN: [label for label, _ in blocks]})
    return counts, shown.assign_attrs(counts.attrs)


def _whole(one: Estimate) -> str:
    return words.beside(f"{one.median:.0f}", words.between(f"{one.low:.0f}", f"{one.high:.0f}"))


def _label(view: View, name: str) -> str:
    return titled(view.fit.dataset.definitions[name].label)


def _picture(view: View, name: str, shown: xr.DataArray) -> Figure | None:
    """Draw the probability of every number; None where there are too many numbers to be seen."""
    if int(shown.max()) > _MOST:
        return None
    table = pmf(shown)
    reach = int(max(np.searchsorted(table[span].cumsum(), _SEEN) for span in table)) + 1
    top = 105 * float(table.to_numpy().max())
    panels = []
    found = words.estimates(shown)
    for index, (span, one) in enumerate(zip(table, found, strict=True)):
        title = words.days(str(span))
        label = _label(view, name)
        alt = say("howmany-alt", definition=label, span=title, count=_whole(one))
        shares = table[span].to_numpy()[:reach]

        def draw(figure: Drawing, shares=shares, one=one, title=title) -> None:  # type: ignore[no-untyped-def]
            draw_counts(figure, shares, one, title, top)

        drawing: Callable[[Drawing], None] = draw
        panels.append(panel(f"howmany-{index}", alt, drawing, 345, 200))
    spans = [words.days(str(span)) for span in table]
    caption = say(
        "howmany-caption", definition=_label(view, name), spans=listed(spans), width=words.WIDTH
    )
    kept = table.iloc[:reach]
    rows = tuple(
        (str(count), *(f"{share:.2f}" if share >= 0.005 else "< 0.01" for share in row))
        for count, row in zip(kept.index, kept.to_numpy(), strict=True)
    )
    head = (say("column-persons"), *spans)
    data = Table(say("howmany-numbers"), head, rows, folded=folded())
    return Figure(tuple(panels), caption, data)


def _events(view: View, counts: xr.DataArray) -> Table | None:
    """What follows of the two years of the headline."""
    years = [str(span) for span in counts[SPAN].values]
    before, after = view.pairs[0]
    if before not in years or after not in years[years.index(before) + 1 :]:
        return None
    last, first = counts.sel({SPAN: after}), counts.sel({SPAN: before})
    earlier = years[: years.index(after)]
    most = (last >= counts.sel({SPAN: earlier})).all(SPAN)
    ends = {"first": earlier[0], "last": earlier[-1]}
    rows = (
        (say("howmany-more", after=after, before=before), str(probability(last > first))),
        (say("howmany-as-many", after=after, before=before), str(probability(last == first))),
        (say("howmany-fewer", after=after, before=before), str(probability(last < first))),
        (say("howmany-most", after=after, **ends), str(probability(most))),
    )
    head = (say("howmany-event"), say("column-probability"))
    return Table(say("howmany-events"), head, rows, (1,))


def _sides(view: View) -> list[Piece]:
    """How definitions that published on the same days stand to each other."""
    table = view.once(side_by_side)
    if not len(table):
        return []
    rows = tuple(
        (
            _label(view, one["definition"]),
            words.days(one["days"]),
            words.beside(str(one["published"]), one["rows"]),
            _label(view, one["against"]),
            words.beside(str(one["median"]), words.between(str(one["low"]), str(one["high"]))),
            str(Probability(one["at_least"], one["at_least_mcse"])),
        )
        for one in table.to_dict("records")
    )
    head = (
        say("column-definition"), say("column-days"), say("column-published"),
        say("howmany-other"), say("howmany-other-count"), say("howmany-at-least"),
    )  # fmt: skip
    what = Paragraph(say("howmany-sides-what"))
    return [what, Table(say("howmany-sides"), head, rows, (2, 4, 5))]


def howmany(view: View) -> Section:
    """Whole persons by year and definition."""
    found, title = definitions_of(view.fit, view.of), say("howmany-heading")
    if not found or not view.pairs:
        text = say("howmany-none", group=named(view.of))
        return Section("howmany", title, (Paragraph(text),))
    try:
        return Section("howmany", title, tuple(_pieces(view, found)))
    except DefectModelsError as error:
        text = say("howmany-not-drawn", why=words.why(error))
        return Section("howmany", title, (Paragraph(text, "note"),))


def _pieces(view: View, found: tuple[str, ...]) -> list[Piece]:
    counts, shown = _drawn(view, found[0])
    text = say("howmany-what", definition=_label(view, found[0]))
    pieces: list[Piece] = [Paragraph(text)]
    if (picture := _picture(view, found[0], shown)) is not None:
        pieces.append(picture)
    if (events := _events(view, counts)) is not None:
        pieces.append(events)
    if len(found) > 1 or picture is None:
        pieces += _by_definition(view, found, shown)
    return [*pieces, *_sides(view)]


def _by_definition(view: View, found: tuple[str, ...], shown: xr.DataArray) -> list[Piece]:
    """A line for each definition, and why some have none; `shown` are the counts of the first."""
    lines, dropped = [(found[0], shown)], []
    for name in found[1:]:
        try:
            lines.append((name, _drawn(view, name)[1]))
        except FitError as error:
            dropped.append(f"{_label(view, name)}: {words.why(error)}")
    rows = tuple(
        (_label(view, name), *(_whole(one) for one in words.estimates(array)))
        for name, array in lines
    )
    head = (
        say("column-definition"), *(words.days(str(span)) for span in shown[SPAN].values),
    )  # fmt: skip
    caption = say("howmany-definitions", width=words.WIDTH)
    pieces: list[Piece] = [Table(caption, head, rows, tuple(range(1, len(head))))]
    if dropped:
        pieces += [Paragraph(say("howmany-without"), "note"), Listing(tuple(dropped))]
    return pieces
