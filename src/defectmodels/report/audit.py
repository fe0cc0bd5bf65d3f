"""The evidence audit: what is true, and what the headline rests on.

Invariant: nothing is sampled here, and an origin that weights cannot leave out is named, without a
number. Shown by ``tests/test_audit.py``.
"""

from __future__ import annotations

import pandas as pd

from defectmodels.estimands.audit import Audit
from defectmodels.estimands.audit import audit as make_audit
from defectmodels.estimands.audit_text import event_text, printed_origins, printed_statements
from defectmodels.estimands.checks import PARETO_K
from defectmodels.estimands.summary import Probability
from defectmodels.inference.without import rows_by_origin
from defectmodels.model.priors import Z90
from defectmodels.report.checkplots import without
from defectmodels.report.drawing import panel
from defectmodels.report.pieces import Figure, Listing, Paragraph, Piece, Section, Table
from defectmodels.report.results import folded
from defectmodels.report.view import View
from defectmodels.report.words import Estimate, beside
from defectmodels.wording import listed, named, said, say

TOP = 10
MOST_ORIGINS = 500
"""Origins that a report of many groups leaves out one by one; the work grows with their square."""
WEIGHED = "defectmodels audit fit.nc"
COMMAND = "defectmodels audit fit.nc --refits refits"


def _truth(found: Audit) -> Paragraph:
    table = found.statements
    doubted = int((~table["taken_as_true"]).sum())
    low = table[table["truth"] + Z90 * table["truth_mcse"] < 0.5].sort_values(
        ["truth", "id"], kind="stable"
    )
    untrue = [
        beside(name, str(Probability(truth, error)))
        for name, truth, error in zip(low["id"], low["truth"], low["truth_mcse"], strict=True)
    ]
    text = say("audit-truth", doubted=doubted, certain=len(table) - doubted)
    if not untrue:
        return Paragraph(text)
    return Paragraph(f"{text} {say('audit-untrue', statements=listed(untrue))}")


def _influence(found: Audit) -> Paragraph:
    before, after = found.pairs[0]
    events = listed(event_text(one) for one in found.events)
    several = "yes" if len(found.events) > 1 else "no"
    return Paragraph(
        say("audit-influence", events=events, several=several, before=before, after=after)
    )


def _unknown(found: Audit) -> list[Piece]:
    if not found.unknown:
        return []
    text = say(
        "audit-unknown",
        number=len(found.unknown),
        all=len(found.origins),
        limit=f"{PARETO_K:g}",
        origins=found.unknown,
    )
    return [Paragraph(text, "note"), Listing((COMMAND,), code=True)]


def _other(found: Audit) -> list[Piece]:
    rest = found.origins[found.origins["how"] == "cannot be left out"]
    lines = tuple(f"{one['origin']}: {said(one['reason'])}" for one in rest.to_dict("records"))
    return [Paragraph(say("audit-not-left-out"), "note"), Listing(lines)] if lines else []


def _figure(found: Audit) -> list[Piece]:
    """The headline's last event without each of the most influential origins."""
    event = found.events[-1]
    known = found.origins[found.origins["influence"].notna()].head(TOP)
    if not len(known):
        return []
    values = [
        Estimate(value, value - Z90 * error, value + Z90 * error, error)
        for value, error in zip(known[event], known[f"{event} mcse"], strict=True)
    ]
    labels = [str(origin) for origin in known["origin"]]
    whole, label = found.all_rows(event), event_text(event)
    before, after = found.pairs[0]
    pairs = zip(labels, known[event], known[f"{event} mcse"], strict=True)
    rows = tuple((origin, str(Probability(value, error))) for origin, value, error in pairs)
    numbers = "; ".join(f"{origin} {chance}" for origin, chance in rows)
    alt = say("audit-alt", event=label, whole=str(whole), numbers=numbers)
    caption = say(
        "audit-caption",
        event=label,
        group=named(found.of),
        before=before,
        after=after,
        number=len(labels),
    )
    axis = say("audit-axis", event=label, before=before, after=after)
    made = panel(
        "audit",
        alt,
        lambda f: without(f, labels, values, whole.value, axis),
        700,
        110 + 26 * len(labels),
    )
    columns, every = (
        (say("audit-column", column="origin"), label),
        (say("check-with-all"), str(whole)),
    )
    table = Table(axis, columns, (*rows, every), (1,), folded())
    return [Figure((made,), caption, table)]


def _rows(frame: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(str, row)) for row in frame.itertuples(index=False))


def _origins(found: Audit) -> list[Piece]:
    """The first ten rows, and all of them folded."""
    frame = printed_origins(found, few=True)
    columns, rows = tuple(map(str, frame.columns)), _rows(frame)
    numeric = (*range(2, 3 + len(found.events)), len(columns) - 1)
    caption = say("audit-origins")
    if len(rows) <= TOP:
        return [Table(caption, columns, rows, numeric)]
    first = say("audit-origins-first", number=TOP)
    folded = say("audit-origins-folded", number=len(rows))
    return [
        Table(first, columns, rows[:TOP], numeric),
        Table(caption, columns, rows, numeric, folded),
    ]


def _statements(found: Audit) -> list[Piece]:
    frame = printed_statements(found)
    doubted = frame[~found.statements["taken_as_true"].to_numpy(dtype=bool)]
    columns = tuple(map(str, frame.columns))
    everything = say("audit-statements-folded", number=len(frame))
    whole = Table(say("audit-statements"), columns, _rows(frame), (3,), everything)
    if not len(doubted):
        return [whole]
    rows = _rows(doubted)[:TOP]
    return [Table(say("audit-statements-first", number=len(rows)), columns, rows, (3,)), whole]


def audit(view: View) -> Section:
    """Show what every statement says, how probably it is true, and what rests on its origin."""
    origins = len(rows_by_origin(view.fit.design))
    if view.shown != view.groups and origins > MOST_ORIGINS:
        text = say("audit-many", number=f"{origins:,}", most=f"{MOST_ORIGINS:,}")
        pieces: list[Piece] = [
            Paragraph(text, "note"),
            Listing((WEIGHED,), code=True),
        ]
        return Section("audit", say("audit-heading"), tuple(pieces))
    found = view.once(make_audit)
    pieces = [_truth(found)]
    if view.withheld:
        pieces.append(Paragraph(say("audit-withheld"), "warning"))
    elif not found.events:
        pieces.append(Paragraph(say("audit-no-headline")))
    else:
        pieces += [_influence(found), *_unknown(found), *_other(found), *_figure(found)]
        pieces += _origins(found)
    return Section("audit", say("audit-heading"), (*pieces, *_statements(found)))
