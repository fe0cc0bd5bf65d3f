"""The evidence audit: what is true, and what the headline rests on.

Invariant: nothing is sampled here, and an origin that weights cannot leave out is named, without a
number. Shown by ``tests/test_audit.py``.
"""

from __future__ import annotations

import pandas as pd

from defectmodels.estimands.audit import Audit
from defectmodels.estimands.audit import audit as make_audit
from defectmodels.estimands.audit_text import EVENT_WORDS, printed_origins, printed_statements
from defectmodels.estimands.checks import PARETO_K
from defectmodels.estimands.summary import Probability
from defectmodels.model.priors import Z90
from defectmodels.report import words
from defectmodels.report.checkplots import without
from defectmodels.report.drawing import panel
from defectmodels.report.pieces import Figure, Listing, Paragraph, Piece, Section, Table
from defectmodels.report.view import View
from defectmodels.report.words import Estimate

TOP = 10
TITLE = "Evidence audit"


def _truth(found: Audit) -> Paragraph:
    table = found.statements
    doubted = int((~table["taken_as_true"]).sum())
    certain = len(table) - doubted
    low = table[table["truth"] + Z90 * table["truth_mcse"] < 0.5].sort_values(
        ["truth", "id"], kind="stable"
    )
    named = [
        f"{name} ({Probability(truth, error)})"
        for name, truth, error in zip(low["id"], low["truth"], low["truth_mcse"], strict=True)
    ]
    text = (
        "Truth is the posterior probability that a statement is true of the realised counts, in one "
        "of its readings, given everything else that the fit uses; beside it stands how probable it "
        f"was beforehand. {words.plural(doubted, 'statement')} may be untrue; "
        f"{certain:,} without a grade that the model doubts {'is' if certain == 1 else 'are'} "
        "taken as true."
    )
    if named:
        text += f" More probably untrue than true: {words.listed(named)}."
    return Paragraph(text)


def _influence(found: Audit) -> Paragraph:
    before, after = found.pairs[0]
    odds = words.listed([f"P({EVENT_WORDS[one]})" for one in found.events])
    several = (
        f"the largest change among {odds}" if len(found.events) > 1 else f"the change of {odds}"
    )
    text = (
        f"Influence is how far the headline moves when all rows of one origin are missing and "
        f"everything else is as it was: {several}, {before} to {after}. It is worked out from the "
        "draws of this fit by importance weights (Pareto smoothed)."
    )
    return Paragraph(text)


def _unknown(found: Audit) -> list[Piece]:
    if not found.unknown:
        return []
    count = len(found.unknown)
    text = (
        f"{count} of {len(found.origins)} origins cannot be left out by weights (Pareto k above "
        f"{PARETO_K:g}, or another row is counted given one of theirs): "
        f"{words.listed(found.unknown)}. Their influence is not known until the model is fitted "
        "again without them; in the tables they stand where the unreliable weights would put them, "
        "or first. This fits it again:"
    )
    command = "defectmodels audit fit.nc --refits refits"
    return [Paragraph(text, "note"), Listing((command,), code=True)]


def _other(found: Audit) -> list[Piece]:
    rest = found.origins[found.origins["how"] == "cannot be left out"]
    lines = tuple(f"{one['origin']}: {one['reason']}" for one in rest.to_dict("records"))
    return [Paragraph("These cannot be left out at all:", "note"), Listing(lines)] if lines else []


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
    whole = found.all_rows(event)
    before, after = found.pairs[0]
    label = f"P({EVENT_WORDS[event]})"
    pairs = zip(labels, known[event], known[f"{event} mcse"], strict=True)
    alt = f"{label} with all rows {whole}; without " + "; ".join(
        f"{origin} {Probability(value, error)}" for origin, value, error in pairs
    )
    caption = (
        f"{label} for {found.of}, {before} to {after}, without the rows of one origin: the "
        f"{len(labels)} most influential of those that are known. Posterior probability, no unit; "
        "by importance weights from the draws of this fit. Thick line: central 90% interval of the "
        "Monte Carlo error; dashed: with all rows."
    )
    made = panel(
        "audit",
        alt,
        lambda f: without(f, labels, values, whole.value, f"{label}, {before} to {after}"),
        560,
        110 + 26 * len(labels),
    )
    return [Figure((made,), caption)]


def _rows(frame: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(str, row)) for row in frame.itertuples(index=False))


def _few(ids: str) -> str:
    """The ids of an origin's rows, of many the first and how many more."""
    names = ids.split(", ")
    return ids if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"


def _tables(frame: pd.DataFrame, caption: str, what: str, numeric: tuple[int, ...]) -> list[Piece]:
    """The first ten rows, and all of them folded."""
    columns, rows = tuple(map(str, frame.columns)), _rows(frame)
    top = Table(f"{caption}: the first {len(rows[:TOP])}", columns, rows[:TOP], numeric)
    if len(rows) <= TOP:
        return [Table(caption, columns, rows, numeric)]
    return [top, Table(caption, columns, rows, numeric, f"All {words.plural(len(rows), what)}")]


def _statements(found: Audit) -> list[Piece]:
    frame = printed_statements(found)
    doubted = frame[~found.statements["taken_as_true"].to_numpy(dtype=bool)]
    columns = tuple(map(str, frame.columns))
    caption = "Statements by influence of their origin"
    everything = f"All {words.plural(len(frame), 'statement')}"
    whole = Table(caption, columns, _rows(frame), (3,), everything)
    if not len(doubted):
        return [whole]
    rows = _rows(doubted)[:TOP]
    text = f"Statements that may be untrue, by influence of their origin: the first {len(rows)}"
    return [Table(text, columns, rows, (3,)), whole]


def audit(view: View) -> Section:
    """Show what every statement says, how probably it is true, and what rests on its origin."""
    found = make_audit(view.fit)
    pieces: list[Piece] = [_truth(found)]
    if view.withheld:
        text = "What rests on which origin is withheld: the fit failed its checks."
        pieces.append(Paragraph(text, "warning"))
    elif not found.events:
        text = (
            "The model names no comparison and has fewer than two whole years; nothing rests on it."
        )
        pieces.append(Paragraph(text))
    else:
        origins = printed_origins(found)
        origins["rows"] = [_few(ids) for ids in origins["rows"]]
        caption = "Origins by influence on the headline, and the headline without them"
        pieces += [_influence(found), *_unknown(found), *_other(found), *_figure(found)]
        pieces += _tables(
            origins, caption, "origin", (*range(2, 3 + len(found.events)), len(origins.columns) - 1)
        )
    return Section("audit", TITLE, (*pieces, *_statements(found)))
