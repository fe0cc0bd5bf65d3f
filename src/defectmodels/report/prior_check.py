"""What the priors alone predict of every row, beside what was published.

Invariant: the sentence counts the rows that the table says lie inside. Shown by
``tests/test_report.py::test_prior_check_counts_its_table``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure as Drawing

from defectmodels import names
from defectmodels.evidence.selection import Row
from defectmodels.evidence.statements import Comparison
from defectmodels.inference.fit import Fit
from defectmodels.report import words
from defectmodels.report.drawing import panel
from defectmodels.report.pieces import Figure, Panel, Paragraph, Piece, Table
from defectmodels.report.timeplots import Stated, intervals_against_rows
from defectmodels.report.view import View, centre, ends, left_out
from defectmodels.report.words import Estimate
from defectmodels.wording import say


def stated(row: Row, divide: float = 1.0) -> Stated:
    """Give a row as it is drawn: its interval, divided by `divide`, over its span."""
    start, end = ends(row.span)
    high = None if row.interval.high is None else row.interval.high / divide
    return Stated(start, end, row.interval.low / divide, high)


def _places(rows: Sequence[Row]) -> np.ndarray:
    """Middles of the rows' spans; rows that share one are set beside each other."""
    seen: dict[float, int] = {}
    places = []
    for row in rows:
        place = round(centre(row.span), 2)
        places.append(place + 0.22 * seen.get(place, 0))
        seen[place] = seen.get(place, 0) + 1
    return np.array(places)


def _inside(one: Estimate, row: Row) -> bool:
    high = math.inf if row.interval.high is None else row.interval.high
    return row.interval.low <= one.high and high >= one.low


@dataclass(frozen=True)
class _Predicted:
    """Rows of one kind with what the priors predict of them."""

    title: str
    rows: tuple[Row, ...]
    estimates: tuple[Estimate, ...]

    @property
    def inside(self) -> list[bool]:
        """Whether what was published meets the interval of each row."""
        return [_inside(one, row) for one, row in zip(self.estimates, self.rows, strict=True)]

    def panel(self, key: str) -> Panel:
        """Draw the rows."""
        places, items = _places(self.rows), [stated(row) for row in self.rows]
        alt = say(
            "prior-alt",
            title=self.title,
            inside=f"{sum(self.inside)}",
            rows=f"{len(self.rows)}",
            width=words.WIDTH,
        )

        def draw(figure: Drawing) -> None:
            intervals_against_rows(figure, places, self.estimates, items, self.title)

        return panel(key, alt, draw, 700, 290)


def _of_shown(view: View, found: _Predicted) -> _Predicted:
    """The rows on groups that the report shows, and those on several groups."""
    kept = [
        (row, one)
        for row, one in zip(found.rows, found.estimates, strict=True)
        if len(row.groups) > 1 or row.groups[0] in view.shown
    ]
    return _Predicted(found.title, tuple(r for r, _ in kept), tuple(one for _, one in kept))


def _drawn(fit: Fit, name: str) -> tuple[Estimate, ...]:
    return words.estimates(fit.group("prior_predictive")[name])


def _predicted(view: View) -> list[_Predicted]:
    selection = view.fit.design.selection
    kinds = (
        (names.DIRECT_COUNT, selection.direct, "direct"),
        (names.NESTED_COUNT, selection.nested, "nested"),
        (names.JOINT_COUNT, selection.joint, "joint"),
    )
    found = []
    for name, rows, kind in kinds:
        if not rows:
            continue
        # A comparison counts nobody: it is true or false.
        pairs = [
            (row, one)
            for row, one in zip(rows, view.once(_drawn, name), strict=True)
            if not isinstance(row.statement, Comparison)
        ]
        if pairs:
            counted, estimates = zip(*pairs, strict=True)
            found.append(_Predicted(say("prior-rows", kind=kind), counted, estimates))
    return found


def _table(found: Sequence[_Predicted]) -> Table:
    columns = (
        say("column-row"), say("column-published"), say("prior-column-median"),
        say("column-interval", width=words.WIDTH), say("prior-column-inside"),
    )  # fmt: skip
    rows = tuple(
        (
            row.statement.id, str(row.interval), words.middle(one), words.interval(one),
            say("prior-inside", inside="yes" if inside else "no"),
        )
        for kind in found
        for row, one, inside in zip(kind.rows, kind.estimates, kind.inside, strict=True)
    )  # fmt: skip
    return Table(say("prior-table"), columns, rows, (2,), say("word-folded"))


def met(view: View) -> tuple[int, int]:
    """In how many rows what was published meets the priors' prediction, and of how many."""
    return _met(_predicted(view))


def _met(found: Sequence[_Predicted]) -> tuple[int, int]:
    return sum(sum(kind.inside) for kind in found), sum(len(kind.rows) for kind in found)


def prior_check(view: View) -> tuple[Piece, ...]:
    """Compare what the priors predict with what was published."""
    found = _predicted(view)
    inside, total = _met(found)
    text = say("prior-text", inside=f"{inside}", rows=f"{total}", width=words.WIDTH)
    caption = say("prior-caption", width=words.WIDTH)
    shown = [kind for one in found if (kind := _of_shown(view, one)).rows]
    panels = tuple(kind.panel(f"prior-{index}") for index, kind in enumerate(shown))
    return (Paragraph(text), Figure(panels, caption, _table(shown)), *left_out(view))
