"""Every answered claim as one mark on the axis of probabilities.

Invariant: a verdict is told by word and by the mark's shape as well as by colour, and the table beside
the figure holds every number drawn. Shown by ``tests/test_claimplot.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.transforms import blended_transform_factory

from defectmodels.estimands.decision import CLEAR, SURE, Chance, Decision, Verdict
from defectmodels.report.decided import claimed, condition, heads, verdict_within, verdict_word
from defectmodels.report.drawing import BLUE, INK, NARROW, PAPER, panel
from defectmodels.report.estimative import beside, printed
from defectmodels.report.lettering import LINE, wrapped
from defectmodels.report.pieces import WIDEST_SMALL, Cell, Figure, Table
from defectmodels.report.results import folded
from defectmodels.wording import joined, said, say

_DPI = 72
WIDTH = 700
SIZE = 10.0
"""Size of letters, CSS pixels."""
_ID, _NUMBER, _EDGE = 34.0, 52.0, 6.0
"""Room for a claim's id, for the number at the end of a row, and at both sides, CSS pixels."""
_TEXTS = 0.5
"""Share of a wide drawing that the texts of the claims take; a narrow one has them above the marks."""
_TRACK, _HEAD, _TOP, _FOOT = 22.0, 30.0, 20.0, 44.0
"""Heights of a row's marks, of a verdict's heading, and of what stands above and below, CSS pixels."""
_LOOK: dict[Verdict, tuple[str, str, str]] = {
    "supported": ("o", BLUE, BLUE),
    "cannot tell": ("o", INK, PAPER),
    "not supported": ("X", INK, INK),
}
"""Marker, edge and face of each verdict, in the order in which they stand."""


class _Row(NamedTuple):
    """A claim and where its text ends and its mark stands, CSS pixels from the top of the axes."""

    decision: Decision
    chance: Chance
    top: float
    mark: float

    @property
    def middle(self) -> float:
        """Middle of the row."""
        return (self.top + self.mark + _TRACK / 2) / 2


class _Head(NamedTuple):
    verdict: Verdict
    decision: Decision
    middle: float


def _laid(decisions: Sequence[Decision]) -> tuple[list[_Head], list[_Row], float]:
    """Headings and rows from the top, and the height of all: the same at every width."""
    found: list[_Head] = []
    rows: list[_Row] = []
    at = 0.0
    for verdict in _LOOK:
        own = [(one, one.probability) for one in decisions if one.verdict == verdict]
        chances = [(one, chance) for one, chance in own if chance is not None]
        if chances:
            found.append(_Head(verdict, chances[0][0], at + _HEAD / 2))
            at += _HEAD
        for one, chance in sorted(chances, key=lambda pair: -pair[1].value):
            lines = _text(one, NARROW - _ID - 2 * _EDGE).count("\n") + 1
            height = lines * SIZE * LINE
            rows.append(_Row(one, chance, at, at + height + _TRACK / 2))
            at += height + _TRACK
    return found, rows, at


def _text(decision: Decision, room: float) -> str:
    return wrapped(said(decision.text).rstrip("."), room, SIZE)


class _Page(NamedTuple):
    """Sizes of a drawing, CSS pixels, and where the axis of probabilities begins."""

    width: float
    height: float
    left: float

    @property
    def wide(self) -> bool:
        """Whether texts stand beside the marks and not above them."""
        return self.width > WIDEST_SMALL


def _sized(figure: Drawing) -> _Page:
    width, height = (float(one) * _DPI for one in figure.get_size_inches())
    return _Page(width, height, width * _TEXTS if width > WIDEST_SMALL else _EDGE + 2)


def draw(figure: Drawing, decisions: Sequence[Decision]) -> None:
    """Draw one mark for each claim, with its text beside it, or above it where there is less room."""
    # Everything has its place in pixels here, so that texts and marks keep to their rows.
    figure.set_layout_engine("none")
    page, (headings, rows, height) = _sized(figure), _laid(decisions)
    across = (page.width - page.left - _NUMBER) / page.width
    axis = figure.add_axes(
        (page.left / page.width, _FOOT / page.height, across, height / page.height)
    )
    axis.set_ylim(height, 0)
    axis.set_xlim(-0.02, 1.02)
    _bands(axis, [(0.0, height)] if page.wide else [(one.mark - 7, one.mark + 7) for one in rows])
    for one in headings:
        _heading(axis, page, one)
    for row in rows:
        _written(axis, page, row)
        _mark(axis, row, row.middle if page.wide else row.mark)
    places = [row.middle if page.wide else row.mark for row in rows]
    axis.set_yticks(places, [""] * len(rows))
    axis.tick_params(axis="y", length=0)
    axis.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    axis.set_xlabel(say("claim-axis"), fontsize=SIZE)
    axis.grid(visible=False, axis="x")


def _write(
    axis: Axes, page: _Page, x: float, y: float, text: str, va: str = "center", **look: Any
) -> None:
    """Write a text at so many pixels from the left of the figure."""
    across = blended_transform_factory(axis.figure.transFigure, axis.transData)
    look = {"fontsize": SIZE, "linespacing": LINE} | look
    axis.text(x / page.width, y, text, transform=across, va=va, **look)


def _heading(axis: Axes, page: _Page, one: _Head) -> None:
    marker, edge, face = _LOOK[one.verdict]
    across = blended_transform_factory(axis.figure.transFigure, axis.transData)
    axis.plot(
        [(_EDGE + 4) / page.width], [one.middle], marker=marker, color=edge, markerfacecolor=face,
        markersize=8, transform=across, clip_on=False,
    )  # fmt: skip
    text = verdict_word(one.decision)
    _write(axis, page, _EDGE + 16, one.middle, text, weight="bold", color=edge, fontsize=SIZE + 1)


def _written(axis: Axes, page: _Page, row: _Row) -> None:
    """Id and text of a claim, and its probability at the end of the row."""
    room = (page.left if page.wide else page.width) - _ID - 2 * _EDGE
    at, side = (row.middle, "center") if page.wide else (row.top, "top")
    _write(axis, page, _EDGE, at, row.decision.id, side, weight="bold")
    _write(axis, page, _EDGE + _ID, at, _text(row.decision, room), side)
    beyond = page.width - _EDGE
    mark = row.middle if page.wide else row.mark
    _write(axis, page, beyond, mark, printed(row.chance), ha="right")


def _bands(axis: Axes, heights: Sequence[tuple[float, float]]) -> None:
    """Shade where a claim is supported and where it is not."""
    for low, high, edge in ((-0.02, 1 - SURE, 1 - SURE), (SURE, 1.02, SURE)):
        for top, foot in heights:
            axis.fill_between([low, high], top, foot, color=INK, alpha=0.07, linewidth=0)
        axis.vlines(
            [edge] * len(heights), [top for top, _ in heights], [foot for _, foot in heights], color=INK,
            linewidth=0.8, linestyle=(0, (3, 2)), alpha=0.7,
        )  # fmt: skip
        axis.annotate(
            f"{edge:.2f}", (edge, 1), (0, 4), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="center", va="bottom", fontsize=SIZE,
        )  # fmt: skip


def _mark(axis: Axes, row: _Row, at: float) -> None:
    marker, edge, face = _LOOK[row.decision.verdict]
    value, reach = row.chance.value, CLEAR * row.chance.mcse
    name = say("claim-figure-mark", id=row.decision.id, verdict=verdict_word(row.decision))
    low, high = max(0.0, value - reach), min(1.0, value + reach)
    axis.hlines(at, low, high, color=edge, linewidth=2.4, label=name)
    axis.plot(
        [value], [at], marker=marker, color=edge, markerfacecolor=face, markersize=8,
        linestyle="none", clip_on=False, label=name,
    )  # fmt: skip


def _error(chance: Chance) -> str:
    """Write a Monte Carlo error: one digit that is not 0."""
    return f"{Decimal(f'{chance.mcse:.1g}'):f}"


def figure(key: str, decisions: Sequence[Decision]) -> Figure:
    """Draw the claims that are answered, with their numbers as a table.

    Parameters
    ----------
    key : str
        Of the panel, unique in the page.
    decisions : sequence of Decision
        Answered, each of them.
    """
    chances = [(one, one.probability) for one in decisions if one.probability is not None]
    told = joined(
        (
            say(
                "claim-figure-row",
                claim=claimed(one),
                verdict=verdict_within(one),
                number=printed(chance),
            )
            for one, chance in chances
        ),
        "; ",
    )
    largest = max((chance for _, chance in chances), key=lambda chance: chance.mcse)
    height = round(_laid(decisions)[2] + _TOP + _FOOT)
    drawn = panel(
        key, say("claim-figure-alt", rows=told), lambda one: draw(one, decisions), WIDTH, height
    )
    rows: list[tuple[Cell, ...]] = [
        (
            claimed(one),
            verdict_word(one),
            beside(chance),
            _error(chance),
            say("claim-holds", condition=condition(one)),
        )
        for one, chance in chances
    ]
    columns = heads(("claim", "verdict", "chance", "error", "condition"))
    table = Table(say("claim-figure-table"), columns, tuple(rows), (3,), folded())
    return Figure((drawn,), say("claim-figure-caption", error=_error(largest)), table)
