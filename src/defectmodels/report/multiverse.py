"""The section of a multiverse: how many variants answer alike, the specification curve, and every variant.

Invariant: a variant that fails its checks is drawn hollow and has no verdict, and the table beside the figure
holds every number drawn. Shown by ``tests/test_multiverse_report.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure as Drawing

from defectmodels.report.curve import Curve, Look, Point, height_of, specification_curve
from defectmodels.report.drawing import panel
from defectmodels.report.pieces import Figure, Listing, Paragraph, Piece, Section, Table
from defectmodels.report.studied import about
from defectmodels.report.view import View
from defectmodels.studies import multiverse_shown as shown
from defectmodels.studies import multiverse_text as text
from defectmodels.studies.multiverse_result import Multiverse, multiverse_of
from defectmodels.studies.saved import Saved
from defectmodels.studies.variants import SHIPPED
from defectmodels.wording import named, say

KEY = "multiverse"
WIDTH = 700


def multiverse(view: View, study: Saved) -> Section:
    """Say how far the headline rests on choices."""
    title, made = say("multiverse-title"), about(view, study)
    if view.withheld:
        stopped = Paragraph(say("multiverse-not-quoted"), "warning")
        return Section(KEY, title, (stopped, *made))
    found = multiverse_of(study)
    pieces: list[Piece] = [
        *made,
        Paragraph(text.lead(found), "lead"),
        *map(Paragraph, text.sentences(found)),
        _figure(found),
        _table(shown.printed_choices(found), say("multiverse-choices"), 2),
        _table(shown.printed_sets(found), say("multiverse-sets"), 1),
        Listing(tuple(text.listed_choices(found))),
    ]
    return Section(KEY, title, tuple(pieces))


def _table(frame: pd.DataFrame, caption: str, words: int, folded: str = "") -> Table:
    """A table of text, of which the first columns are words."""
    numeric = tuple(range(words, len(frame.columns)))
    rows = tuple(tuple(map(str, row)) for row in frame.itertuples(index=False))
    return Table(caption, tuple(map(str, frame.columns)), rows, numeric, folded)


def _point(row: Mapping[str, Any], what: str, axes: Mapping[str, list[str]]) -> Point:
    key = f"{what}_ratio"
    look: Look = "fails" if row["gate"] == "fail" else "supports" if row["supports"] else "differs"
    chosen = frozenset((axis, str(row[axis])) for axis in axes)
    own = row["variant"] == SHIPPED
    return Point(row[key], row[f"{key}_low"], row[f"{key}_high"], look, chosen, own)


def _figure(found: Multiverse) -> Figure:
    of, before, after = (str(found.made[key]) for key in ("of", "before", "after"))
    compared = {"what": found.what, "group": named(of), "before": before, "after": after}
    axes = {axis: names for axis, names in found.axes.items() if len(names) > 1}
    ordered = found.ordered
    points = tuple(_point(row, found.what, axes) for row in ordered)
    rows = tuple(
        (text.axis_name(axis), tuple(((axis, n), text.choice_of(axis, n).label) for n in names))
        for axis, names in axes.items()
    )
    curve = Curve(say("multiverse-panel", **compared), points, rows)
    drawn = panel(KEY, _alt(found, ordered), _drawing(curve), WIDTH, height_of(curve))
    folded = say("multiverse-folded", variants=len(ordered))
    data = _table(shown.printed(found), say("multiverse-table"), 3, folded)
    caption = say("multiverse-caption", **compared, width=text.WIDTH)
    return Figure((drawn,), caption, data)


def _drawing(curve: Curve) -> Callable[[Drawing], None]:
    return lambda figure: specification_curve(figure, curve)


def _alt(found: Multiverse, ordered: list[dict[str, Any]]) -> str:
    own = next((row for row in ordered if row["variant"] == SHIPPED), ordered[0])
    least, most, shipped = (text.ratio(row, found.what) for row in (ordered[0], ordered[-1], own))
    return say(
        "multiverse-alt",
        variants=len(ordered),
        before=str(found.made["before"]),
        after=str(found.made["after"]),
        least=least,
        most=most,
        own=shipped,
        supporting=len(found.supporting),
        failed=len(found.table) - len(found.passed),
    )
