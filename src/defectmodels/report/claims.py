"""Claims: what somebody said of the arrivals, and what the fit says to it.

Invariant: figure, tables and sentences are renderings of the same decisions, and of a fit whose checks
fail there is no number. Shown by ``tests/test_cli_decide.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from defectmodels.estimands.decision import Decision
from defectmodels.evidence.claims import Claims
from defectmodels.report.claimplot import figure
from defectmodels.report.decided import COLUMNS, heads, row, rule, sentence
from defectmodels.report.pieces import Cell, Listing, Paragraph, Piece, Section, Table
from defectmodels.report.view import View
from defectmodels.wording import say, titled

SHORT = ("claim", "verdict", "chance", "estimate", "interval", "confidence")
"""Columns that a reader sees first; the others unfold."""
_NONE = "\N{EN DASH}"


def table(decisions: Sequence[Decision], title: str) -> Table:
    """All decisions as a table."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(row(one) for one in decisions)
    return Table(title, heads(), rows, (), say("claim-folded"))


def short(decisions: Sequence[Decision], title: str) -> Table:
    """The columns of the table that say the answer."""
    places = [COLUMNS.index(name) for name in SHORT]
    cells = [row(one) for one in decisions]
    rows: tuple[tuple[Cell, ...], ...] = tuple(tuple(one[at] for at in places) for one in cells)
    return Table(title, heads(SHORT), rows)


def _sources(decisions: Sequence[Decision]) -> Table:
    """Phrase and statements of every claim."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.id, one.source or _NONE, ", ".join(one.statements) or _NONE) for one in decisions
    )
    columns = (*heads(("claim",)), say("claim-phrase"), say("claim-carried"))
    title = say("claim-sources")
    return Table(title, columns, rows, (), title)


def _pieces(view: View, asked: Claims, found: Sequence[Decision]) -> list[Piece]:
    title = titled(asked.title)
    made = say("claim-titled", title=title, source=titled(asked.source)) if asked.source else title
    pieces: list[Piece] = [Paragraph(say("claim-made", title=made))]
    if view.withheld:
        pieces.append(Paragraph(say("claim-withheld"), "warning"))
    answered = [one for one in found if one.answered]
    if answered:
        pieces.append(figure(f"claims-{asked.name}", answered))
    return [
        *pieces,
        short(found, say("claim-answers")),
        Listing(tuple(map(sentence, found))),
        table(found, say("claim-table", title=title)),
        _sources(found),
    ]


def claims(view: View) -> Section:
    """Answer the shipped claims about the fit's dataset."""
    pieces = [piece for asked, found in view.answers for piece in _pieces(view, asked, found)]
    if not pieces:
        pieces = [Paragraph(say("claim-nothing", dataset=view.fit.dataset.name))]
    else:
        pieces.append(Paragraph(rule(), "note"))
    return Section("claims", say("claim-heading"), tuple(pieces))
