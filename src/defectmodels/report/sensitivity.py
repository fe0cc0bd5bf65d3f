"""Sensitivity: the headline under other priors, evidence, codings and exposures, on one page.

Invariant: nothing is sampled here, and a change without a number is listed with its reason. Shown by
``tests/test_sensitivity_report.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from defectmodels.model.priors import Z90
from defectmodels.report.drawing import panel
from defectmodels.report.pieces import Figure, Listing, Panel, Paragraph, Piece, Section, Table
from defectmodels.report.results import folded
from defectmodels.report.studied import about
from defectmodels.report.tornado import Row, tornado
from defectmodels.report.view import View
from defectmodels.studies import sensitivity_text as text
from defectmodels.studies.saved import Saved
from defectmodels.studies.sensitivity import BASE, Sensitivity, as_sensitivity
from defectmodels.studies.sensitivity_plan import UNKNOWN
from defectmodels.wording import joined, named, say

TOP = 14
"""Subjects that the figure has: with more it would be no page."""


def _grouped(found: Sensitivity, quantity: str) -> dict[str, pd.DataFrame]:
    """Changes of each subject that have a number, those first that move it most."""
    table = found.table(quantity)
    table = table[table["value"].notna() & (table["kind"] != BASE)]
    texts = [
        text.subject_text(*(str(row[name]) for name in ("kind", "subject", "change")))
        for row in table.to_dict("records")
    ]
    groups = {str(name): own for name, own in table.groupby(texts, sort=False)}
    order = sorted(groups, key=lambda name: -groups[name]["difference"].abs().max())
    return {name: groups[name] for name in order}


def _row(label: str, own: pd.DataFrame) -> Row:
    half = [Z90 * (0.0 if math.isnan(error) else error) for error in own["mcse"]]
    names = [
        text.mark_text(*(str(one[name]) for name in ("kind", "subject", "change")))
        for one in own.to_dict("records")
    ]
    plain = label.replace("_", " ")
    return Row(plain, tuple(own["value"].astype(float)), tuple(half), tuple(names))


def _panel(
    found: Sensitivity, quantity: str, subjects: Sequence[str], key: str
) -> tuple[Panel, list[tuple[str, ...]]]:
    groups, (before, after) = _grouped(found, quantity), found.pairs[0]
    table = found.table(quantity)
    base = table[table["kind"] == BASE].to_dict("records")[0]
    rows, spoken = [], list[tuple[str, ...]]()
    for name in (one for one in subjects if one in groups):
        rows.append(_row(name, groups[name]))
        low, high = text.ends(groups[name])
        spoken.append((name, *(text.value_text(quantity, one, False) for one in (low, high))))
    numbers = joined(
        (
            say("sensitivity-alt-row", subject=name, low=low, high=high)
            for name, low, high in spoken
        ),
        "; ",
    )
    whole = text.value_text(quantity, base, False)
    what = text.quantity_text(quantity)
    alt = say("sensitivity-alt", quantity=what, base=whole, numbers=numbers)
    axis = say("sensitivity-axis", quantity=what, before=before, after=after)
    named_base = say("sensitivity-base")
    made = panel(
        key,
        alt,
        lambda figure: tornado(figure, rows, float(base["value"]), named_base, axis),
        400,
        90 + 34 * len(rows),
    )
    return made, spoken


def _figure(found: Sensitivity) -> list[Piece]:
    event = text.last_event(found)
    second = next(one for one in text.shown(found) if one in text.RATIOS)
    subjects = list(_grouped(found, event))[:TOP]
    if not subjects:
        return []
    first_panel, first = _panel(found, event, subjects, "sensitivity-event")
    second_panel, other = _panel(found, second, subjects, "sensitivity-ratio")
    before, after = found.pairs[0]
    names = (text.quantity_text(event), text.quantity_text(second))
    caption = say(
        "sensitivity-caption",
        first=names[0],
        second=names[1],
        group=named(found.of),
        before=before,
        after=after,
        number=len(subjects),
    )
    columns = (text.column("what"), *(f"{one}, {end}" for one in names for end in _ends()))
    rows = tuple((*one, *two[1:]) for one, two in zip(first, other, strict=True))
    table = Table(text.column("what"), columns, rows, (1, 2, 3, 4), folded())
    return [Figure((first_panel, second_panel), caption, table)]


def _ends() -> tuple[str, str]:
    return say("sensitivity-end", end="low"), say("sensitivity-end", end="high")


def _table(frame: pd.DataFrame, caption: str, fold: str, left: int) -> Table:
    rows = tuple(tuple(map(str, row)) for row in frame.itertuples(index=False))
    numeric = tuple(range(left, len(frame.columns)))
    return Table(caption, tuple(map(str, frame.columns)), rows, numeric, fold)


def sensitivity(view: View, study: Saved) -> Section:
    """Show how far the headline moves under each change, and what could not be varied."""
    found = as_sensitivity(study)
    pieces: list[Piece] = [*about(view, study)]
    pieces += [Paragraph(joined(text.sentences(found), " ")), *_figure(found)]
    every = text.printed_variants(found)
    fold = say("sensitivity-folded", number=len(every))
    pieces.append(_table(every, say("sensitivity-table"), fold, 2))
    pieces.append(Listing(tuple(text.sets(found))))
    pieces += [Paragraph(text.powers_sentence(found)), Paragraph(say("sensitivity-inner"), "note")]
    powers = text.printed_powers(found)
    event = text.quantity_text(text.last_event(found))
    fold = say("sensitivity-folded-powers", number=len(powers))
    pieces.append(_table(powers, say("sensitivity-table-powers", event=event), fold, 1))
    if failed := text.failures(found):
        pieces += [Paragraph(say("sensitivity-failures")), Listing(tuple(failed))]
    if (found.variants["how"] == UNKNOWN).any():
        pieces.append(Paragraph(say("sensitivity-likelihood"), "note"))
    if found.not_varied:
        lines = tuple(map(text.not_varied_text, found.not_varied))
        pieces += [Paragraph(say("sensitivity-not-varied"), "note"), Listing(lines)]
    return Section("sensitivity", say("sensitivity-heading"), tuple(pieces))
