"""What would flip the headline: how far each assumption can be moved before an answer is another.

Invariant: every bar ends at a value of the table, and a fit that failed its checks shows none. Shown by
``tests/test_flip_report.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import MaxNLocator

from defectmodels.estimands.decision import SURE
from defectmodels.evidence.periods import parse_span
from defectmodels.report.drawing import BLUE, INK, PAPER, panel
from defectmodels.report.marks import foot, head, name_rows
from defectmodels.report.pieces import Figure, Panel, Paragraph, Piece, Section, Table
from defectmodels.report.studied import about
from defectmodels.report.view import View, decimal_year
from defectmodels.report.words import days
from defectmodels.studies import flip_text as text
from defectmodels.studies.flip import Flip, read_flip
from defectmodels.studies.saved import Saved
from defectmodels.wording import joined, named, say

KEY = "flip"
PANELS = {
    "persons": ("persons",),
    "share": ("share",),
    "reading": ("half-width", "times"),
    "span": ("span",),
    "probability": ("probability",),
}
"""Small drawings, and the units that each of them shows."""
_WIDTH, _ROW, _REST = 440, 58, 96
_BESIDE = 0.17
_ROOM = 0.55
"""Part of the axis that is kept free for what stands beside the bars, on each side that has something."""


def flip(view: View, study: Saved) -> Section:
    """Say what would flip the headline."""
    title, made = say("flip-heading"), about(view, study)
    if view.withheld:
        return Section(KEY, title, (Paragraph(say("flip-withheld"), "warning"), *made))
    found = read_flip(study)
    pieces: list[Piece] = [
        *made,
        *(Paragraph(one, "lead") for one in text.leads(found)),
        _figure(found),
        *(Paragraph(one, "note") for one in text.notes(found)),
    ]
    origins = text.printed_origins(found)
    if len(origins):
        caption, folded = say("flip-origin-table"), say("flip-origin-folded")
        numeric = tuple(range(1, len(origins.columns) - 1))
        pieces.append(_table(origins, caption, numeric, folded))
    return Section(KEY, title, tuple(pieces))


def _table(frame: pd.DataFrame, caption: str, numeric: tuple[int, ...], folded: str) -> Table:
    rows = tuple(tuple(days(str(one)) for one in row) for row in frame.itertuples(index=False))
    return Table(caption, tuple(map(str, frame.columns)), rows, numeric, folded)


def _shown(found: Flip) -> pd.DataFrame:
    """Tipping points of the figure: an origin's only where it flips an answer."""
    points = found.points
    flips = set(points["key"][points["flips"] != ""])
    return points[(points["kind"] != "reliability") | points["key"].isin(flips)]


def _figure(found: Flip) -> Figure:
    shown = _shown(found)
    drawn = [
        _panel(name, own)
        for name, units in PANELS.items()
        if len(own := shown[shown["unit"].isin(units)])
    ]
    first, last = found.pair
    sure, other = f"{SURE:g}", f"{1 - SURE:g}"
    caption = say(
        "flip-caption", group=named(found.of), first=first, last=last, sure=sure, **{"not": other}
    )
    numeric = (2, 3, 4, 5, 8, 9, 10)
    data = _table(text.printed(shown), say("flip-table"), numeric, say("flip-folded"))
    return Figure(tuple(drawn), caption, data)


@dataclass(frozen=True)
class _Bar:
    """One answer along one assumption: from where it is made to where it is another, or to the end."""

    question: str
    start: float
    end: float
    flips: bool
    label: str


def _place(row: dict[str, Any], column: str) -> float:
    """Where a value stands on its axis."""
    value = str(row[column])
    if row["unit"] == "span":
        return decimal_year(parse_span(value).start)
    return float(value) * (100.0 if row["unit"] in text.PERCENT else 1.0)


def _bar(row: dict[str, Any]) -> _Bar:
    flips = bool(row["flips"])
    end = _place(row, "flips" if flips else "tried")
    if flips:
        label = say("flip-mark", question=row["question"], value=days(text.value_of(row, "flips")))
    else:
        label = say("flip-mark-none", question=row["question"])
    return _Bar(str(row["question"]), _place(row, "assumed"), end, flips, label)


def _panel(name: str, points: pd.DataFrame) -> Panel:
    rows = text.rows_of(points)
    labels = {str(row["key"]): text.name_of(row) for row in rows}
    bars = {key: [_bar(row) for row in rows if row["key"] == key] for key in labels}
    title = say("flip-panel", panel=name)
    alt = say("flip-alt", title=title, lines=joined((_line(row) for row in rows), "; "))
    height = _REST + _ROW * len(labels)

    def draw(figure: Drawing) -> None:
        _draw(
            figure, list(labels.values()), list(bars.values()), title, say("flip-unit", panel=name)
        )

    return panel(f"flip-{name}", alt, draw, _WIDTH, height)


def _line(row: dict[str, Any]) -> str:
    return say(
        "flip-alt-line",
        name=text.name_of(row),
        question=row["question"],
        flips="yes" if row["flips"] else "no",
        assumed=days(text.value_of(row, "assumed")),
        tried=days(text.value_of(row, "tried")),
        holds=days(text.value_of(row, "holds")),
        value=days(text.value_of(row, "flips")),
    )


def _draw(
    figure: Drawing, labels: Sequence[str], rows: Sequence[Sequence[_Bar]], title: str, unit: str
) -> None:
    axis = figure.add_subplot()
    places = np.arange(len(labels))[::-1].astype(float)
    ends = [x for bars in rows for bar in bars for x in (bar.start, bar.end)]
    low, high = min(ends), max(ends)
    room = _ROOM * max(high - low, 1e-9)
    back = any(bar.end < bar.start for bars in rows for bar in bars)
    for place, bars in zip(places, rows, strict=True):
        for shift, bar in zip((_BESIDE, -_BESIDE), bars, strict=False):
            _one(axis, bar, place + (shift if len(bars) > 1 else 0.0))
    ticks = MaxNLocator(4, integer=True).tick_values(low, high)
    axis.set_xticks([one for one in ticks if low <= one <= high])
    axis.set_xlim(low - (room if back else 0.04 * (high - low)), high + room)
    name_rows(axis, places, labels, rise=0.42)
    axis.grid(visible=False, axis="y")
    head(axis, title)
    foot(axis, unit)


def _one(axis: Axes, bar: _Bar, y: float) -> None:
    """A bar with its tick, and a dot where the answer is another."""
    colour, hatch = (BLUE, "") if bar.question == "share" else (INK, "////")
    if bar.flips:
        axis.barh(
            y, bar.end - bar.start, left=bar.start, height=0.22, facecolor=colour if not hatch else "none",
            edgecolor=colour, hatch=hatch, alpha=0.55 if not hatch else 1.0, linewidth=0.8,
        )  # fmt: skip
        axis.plot([bar.end], [y], marker="o", color=colour, markerfacecolor=PAPER, markersize=7)
    else:
        axis.hlines(y, bar.start, bar.end, color=colour, linewidth=1.0, linestyle=(0, (2, 2)))
    axis.plot([bar.start], [y], marker="|", color=colour, markersize=11, markeredgewidth=1.8)
    left = bar.end < bar.start
    axis.annotate(
        bar.label, (bar.end, y), (-8 if left else 8, 0), textcoords="offset points",
        ha="right" if left else "left", va="center", fontsize=10, color=colour,
    )  # fmt: skip
