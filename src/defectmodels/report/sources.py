"""What was published and used, what was not used, and how the fit was made.

Invariant: every statement of the dataset stands in exactly one table. Shown by
``tests/test_report.py::test_every_statement_stands_in_one_table``.
"""

from __future__ import annotations

import shlex
from collections import defaultdict

from defectmodels.evidence.selection import JointRow, Row, Unused
from defectmodels.evidence.statements import Equality, Exact, RoundedNumber, Statement
from defectmodels.report import words
from defectmodels.report.pieces import Cell, Link, Listing, Paragraph, Piece, Section, Table, link
from defectmodels.report.view import View

_COLUMNS = (
    "id", "span", "definition", "words", "read as", "grade", "publisher", "published", "source",
)  # fmt: skip


def _source(statement: Statement) -> Cell:
    """Make a link of the first web address of the source; anything else stays text."""
    first = statement.source.split()[0] if statement.source.split() else ""
    return link(first) if isinstance(link(first), Link) else statement.source


def _span_text(statement: Statement) -> str:
    if statement.span is None:
        return f"to {statement.end}"
    return words.days(str(statement.span))


def _used(row: Row, view: View) -> list[tuple[Cell, ...]]:
    """Cells of a row, and below them those of its further readings."""
    found = [_cells(row.statement, row.says(view.fit.dataset.readings), view)]
    if isinstance(row, JointRow):
        for one in row.readings[1:]:
            text = f"a reading of {row.statement.id}: {one.says(view.fit.dataset.readings)}"
            found.append(_cells(one, text, view))
    return found


def _cells(one: Statement, read_as: str, view: View) -> tuple[Cell, ...]:
    definition = view.fit.dataset.definitions[one.definition]
    text = one.words or ("" if isinstance(one, Exact) else one.note)
    if isinstance(one, RoundedNumber | Equality) and one.reading:
        text = f"{text} [{one.reading}]".strip()
    return (
        one.id, _span_text(one), f"{definition.name}: {definition.label}", text,
        words.days(read_as), one.grade, one.publisher, one.published, _source(one),
    )  # fmt: skip


def _grades(view: View) -> str:
    """What a grade means for the rows that are used, or nothing where none has one."""
    used = {row.statement.grade for row in view.rows.values()} - {""}
    believed = sorted(used - set(view.fit.design.grades))
    text = (
        "A row with a grade is true with the reliability of its grade, which the fit estimates, or "
        "else says nothing. A row without one is taken at its word."
        if used
        else ""
    )
    if believed:
        text += f" So are those graded {words.listed(believed)}: the model names no reliability."
    return text


def evidence(view: View) -> Section:
    """Show the statements that the fit uses, and how rounded numbers are read."""
    design, dataset = view.fit.design, view.fit.dataset
    plain = [r for r in design.selection.direct if r.statement.definition not in view.scaled]
    wide = [row for row in plain if row.certain]
    others = [row for row in view.rows.values() if row not in wide]
    total = len(dataset.statements)
    further = sum(len(row.readings) - 1 for row in design.selection.joint)
    text = (
        f"The dataset '{dataset.header.title}' holds {words.plural(total, 'statement')}; the fit "
        f"uses {len(view.rows)}: {words.plural(len(design.selection.direct), 'row')} counted "
        f"directly, {words.plural(len(design.selection.nested), 'row')} counted as a part of "
        f"published totals, {words.plural(len(design.selection.joint), 'row')} counted jointly, "
        f"their realised counts summed out. The unit is {dataset.header.unit}."
    )
    if further:
        stand = "is a competing reading" if further == 1 else "are competing readings"
        text += f" {words.plural(further, 'further statement')} {stand} of these rows."
    if apart := design.joint.apart:
        text += (
            f" Over the budget, and so each counted as if it spoke of persons of its own: "
            f"{words.listed(apart)}."
        )
    pieces: list[Piece] = [Paragraph(text)]
    if grades := _grades(view):
        pieces.append(Paragraph(grades))
    if others:
        rows = tuple(cells for row in others for cells in _used(row, view))
        pieces.append(Table("Statements about parts, or in words", _COLUMNS, rows))
    if wide:
        folded = f"Totals: {words.plural(len(wide), 'exact number')}"
        rows = tuple(cells for row in wide for cells in _used(row, view))
        pieces.append(Table("Totals", _COLUMNS, rows, folded=folded))
    if dataset.header.reading:
        pieces.append(_readings(view))
    if dataset.header.citation:
        pieces.append(Paragraph(" ".join(dataset.header.citation.split()), "note"))
    return Section("evidence", "Evidence", tuple(pieces))


def _readings(view: View) -> Table:
    """Show every reading of the dataset, and whether a statement of the fit uses it."""
    said = [
        one
        for row in view.rows.values()
        for one in (row.readings if isinstance(row, JointRow) else (row.statement,))
    ]
    used = {one.reading for one in said if isinstance(one, RoundedNumber | Equality)}
    rows = tuple(
        (
            one.name, ", ".join(one.words), str(one.interval(10)),
            "yes" if one.name in used else "no", " ".join(one.reason.split()),
        )
        for one in view.fit.dataset.header.reading
    )  # fmt: skip
    columns = ("reading", "words", "10 is read as", "used here", "reason")
    return Table("Readings: which whole numbers a rounded number allows", columns, rows)


def unused(view: View) -> Section:
    """Show the statements that the fit does not use, by reason."""
    by_reason: dict[str, list[Unused]] = defaultdict(list)
    for item in view.fit.design.selection.unused:
        by_reason[item.reason].append(item)
    title = "What was not used"
    if not by_reason:
        text = "Every statement of the dataset was used."
        return Section("unused", title, (Paragraph(text),))
    order = sorted(by_reason, key=lambda reason: (-len(by_reason[reason]), reason))
    counts = tuple((reason, words.number(float(len(by_reason[reason])))) for reason in order)
    rows = tuple(
        (
            item.statement.id, _span_text(item.statement), item.statement.definition,
            _said(item.statement, view), reason, item.statement.publisher, _source(item.statement),
        )
        for reason in order
        for item in by_reason[reason]
    )  # fmt: skip
    columns = ("id", "span", "definition", "says", "reason", "publisher", "source")
    text = f"{words.plural(len(rows), 'statement')} of the dataset did not enter the fit."
    folded = f"All {len(rows)}, one by one" if len(rows) > 1 else "The statement"
    return Section(
        "unused",
        title,
        (
            Paragraph(text),
            Table("Reasons", ("reason", "statements"), counts, numeric=(1,)),
            Table("Statements not used", columns, rows, folded=folded),
        ),
    )


def _said(statement: Statement, view: View) -> str:
    return statement.words or words.days(statement.says(view.fit.dataset.readings))


def _command(made: dict[str, object]) -> tuple[str, str]:
    settings = made["settings"]
    assert isinstance(settings, dict)  # written by sampling.fit
    model, dataset = shlex.quote(str(made["model"])), shlex.quote(str(made["dataset"]))
    options = " ".join(
        f"--{name} {settings[name]}" for name in ("draws", "tune", "chains") if name in settings
    )
    seed = f"--seed {made['random_seed']} --sampler {made['sampler']}"
    known = f" --as-of {shlex.quote(str(made['as_of']))}" if made["as_of"] else ""
    return (
        f"defectmodels fit {model} {dataset}{known} {seed} {options} -o fit.nc",
        "defectmodels report fit.nc -o report.html",
    )


def provenance(view: View) -> Section:
    """Say what made the fit, and how to make it again."""
    made = view.fit.made
    settings = ", ".join(f"{name} {value}" for name, value in made["settings"].items())
    seconds = ", ".join(f"{name} {value:g}" for name, value in made["seconds"].items())
    rows: list[tuple[Cell, ...]] = [
        ("model", str(made["model"])),
        ("SHA-256 of the model", str(made["model_digest"])),
        ("dataset", str(made["dataset"])),
        ("SHA-256 of dataset and series", str(made["dataset_digest"])),
        ("statements as of", str(made["as_of"] or "no earlier date; all that the dataset holds")),
        ("periods", f"{view.fit.spec.periods.span}, every {view.fit.spec.axis.every}"),
        ("sampler", str(made["sampler"])),
        ("settings", settings),
        ("random seed", str(made["random_seed"])),
        ("seconds", seconds),
    ]
    rows += [(f"version of {name}", str(value)) for name, value in made["versions"].items()]
    again = (
        "The same files, versions, settings and seed give the same draws. A name is a shipped one; "
        "for files of your own give their paths."
    )
    table = Table("What made this fit", ("what", "value"), tuple(rows))
    pieces = (table, Paragraph(again), Listing(_command(made), code=True))
    return Section("provenance", "Provenance", pieces)
