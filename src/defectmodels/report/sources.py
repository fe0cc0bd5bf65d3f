"""What was published and used, what was not used, and how the fit was made.

Invariant: every statement of the dataset stands in exactly one table. Shown by
``tests/test_report.py::test_every_statement_stands_in_one_table``.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from typing import Any

from defectmodels.evidence.dataset import Definition
from defectmodels.evidence.selection import JointRow, Row, Unused
from defectmodels.evidence.statements import Equality, Exact, RoundedNumber, Statement
from defectmodels.report import words
from defectmodels.report.pieces import Cell, Link, Listing, Paragraph, Piece, Section, Table, link
from defectmodels.report.view import View
from defectmodels.wording import joined, listed, named, said, say, titled

_SETTINGS = ("draws", "tune", "chains", "target_accept")
_STEPS = ("compile", "build", "settle", "sample", "predict")


def _columns() -> tuple[str, ...]:
    return (
        say("column-id"), say("column-span"), say("column-definition"), say("column-words"),
        say("column-read-as"), say("column-grade"), say("column-publisher"),
        say("column-published-day"), say("column-source"),
    )  # fmt: skip


def _source(statement: Statement) -> Cell:
    """Make a link of the first web address of the source; anything else stays text."""
    first = statement.source.split()[0] if statement.source.split() else ""
    return link(first) if isinstance(link(first), Link) else statement.source


def _span_text(statement: Statement) -> str:
    if statement.span is None:
        return say("evidence-until", day=str(statement.end))
    return words.days(str(statement.span))


def _used(row: Row, view: View) -> list[tuple[Cell, ...]]:
    """Cells of a row, and below them those of its further readings."""
    found = [_cells(row.statement, row.says(view.fit.dataset.readings), view)]
    if isinstance(row, JointRow):
        for one in row.readings[1:]:
            says = one.says(view.fit.dataset.readings)
            text = say("evidence-reading-of", row=row.statement.id, says=says)
            found.append(_cells(one, text, view))
    return found


def described(definition: Definition) -> str:
    """Name of a definition and what it counts."""
    name, label = named(definition.name), titled(definition.label)
    same = "yes" if name == label else "no"
    return say("evidence-definition", name=name, label=label, same=same)


def _cells(one: Statement, read_as: str, view: View) -> tuple[Cell, ...]:
    definition = view.fit.dataset.definitions[one.definition]
    text = one.words or ("" if isinstance(one, Exact) else one.note)
    if isinstance(one, RoundedNumber | Equality) and one.reading:
        text = f"{text} [{named(one.reading)}]".strip()
    grade = say("evidence-grade", grade=one.grade) if one.grade else ""
    return (
        one.id, _span_text(one), described(definition), text,
        words.days(read_as), grade, one.publisher, one.published, _source(one),
    )  # fmt: skip


def _grades(view: View) -> str:
    """What a grade means for the rows that are used, or nothing where none has one."""
    used = {row.statement.grade for row in view.rows.values()} - {""}
    believed = sorted(used - set(view.fit.design.grades))
    if not used:
        return ""
    text = say("evidence-grades")
    if not believed:
        return text
    grades = listed(say("evidence-grade", grade=grade) for grade in believed)
    return joined((text, say("evidence-believed", grades=grades)))


def _what(view: View) -> str:
    """How many statements there are, and how those that are used are counted."""
    design, header = view.fit.design, view.fit.dataset.header
    told = [
        say(
            "evidence-what",
            title=titled(header.title),
            statements=len(view.fit.dataset.statements),
            used=len(view.rows),
            direct=len(design.selection.direct),
            nested=len(design.selection.nested),
            joint=len(design.selection.joint),
            unit=named(header.unit),
        )
    ]
    if further := sum(len(row.readings) - 1 for row in design.selection.joint):
        told.append(say("evidence-competing", further=further))
    if apart := design.joint.apart:
        told.append(say("evidence-apart", rows=listed(apart)))
    return joined(told)


def evidence(view: View) -> Section:
    """Show the statements that the fit uses, and how rounded numbers are read."""
    selection, header = view.fit.design.selection, view.fit.dataset.header
    plain = [r for r in selection.direct if r.statement.definition not in view.scaled]
    wide = [row for row in plain if row.certain]
    own = {row.statement.id for row in wide}
    others = [row for name, row in view.rows.items() if name not in own]
    pieces: list[Piece] = [Paragraph(_what(view))]
    if grades := _grades(view):
        pieces.append(Paragraph(grades))
    if others:
        rows = tuple(cells for row in others for cells in _used(row, view))
        pieces.append(Table(say("evidence-parts"), _columns(), rows))
    if wide:
        folded = say("evidence-totals-folded", rows=len(wide))
        rows = tuple(cells for row in wide for cells in _used(row, view))
        pieces.append(Table(say("evidence-totals"), _columns(), rows, folded=folded))
    if header.reading:
        pieces.append(_readings(view))
    # Nothing where the report is in the sources' language.
    if language := say("evidence-language"):
        pieces.append(Paragraph(language, "note"))
    if header.citation:
        pieces.append(Paragraph(titled(" ".join(header.citation.split())), "note"))
    return Section("evidence", say("evidence-heading"), tuple(pieces))


def _readings(view: View) -> Table:
    """Show every reading of the dataset, and whether a statement of the fit uses it."""
    meant = [
        one
        for row in view.rows.values()
        for one in (row.readings if isinstance(row, JointRow) else (row.statement,))
    ]
    used = {one.reading for one in meant if isinstance(one, RoundedNumber | Equality)}
    rows = tuple(
        (
            named(one.name), ", ".join(one.words), str(one.interval(10)),
            say("evidence-used", used="yes" if one.name in used else "no"),
            titled(" ".join(one.reason.split())),
        )
        for one in view.fit.dataset.header.reading
    )  # fmt: skip
    columns = (
        say("column-reading"), say("column-words"), say("evidence-ten"),
        say("evidence-used-here"), say("column-reason"),
    )  # fmt: skip
    return Table(say("evidence-readings"), columns, rows)


def unused(view: View) -> Section:
    """Show the statements that the fit does not use, by reason."""
    by_reason: dict[str, list[Unused]] = defaultdict(list)
    for item in view.fit.design.selection.unused:
        by_reason[said(item.reason)].append(item)
    title = say("unused-heading")
    if not by_reason:
        return Section("unused", title, (Paragraph(say("unused-nothing")),))
    order = sorted(by_reason, key=lambda reason: (-len(by_reason[reason]), reason))
    counts = tuple((reason, words.number(float(len(by_reason[reason])))) for reason in order)
    rows = tuple(
        (
            item.statement.id, _span_text(item.statement), named(item.statement.definition),
            _says(item.statement, view), reason, item.statement.publisher, _source(item.statement),
        )
        for reason in order
        for item in by_reason[reason]
    )  # fmt: skip
    columns = (
        say("column-id"), say("column-span"), say("column-definition"), say("column-says"),
        say("column-reason"), say("column-publisher"), say("column-source"),
    )  # fmt: skip
    heads = (say("column-reason"), say("column-statements"))
    folded = say("unused-folded", statements=len(rows))
    pieces = (
        Paragraph(say("unused-what", statements=len(rows))),
        Table(say("unused-reasons"), heads, counts, numeric=(1,)),
        Table(say("unused-table"), columns, rows, folded=folded),
    )
    return Section("unused", title, pieces)


def _says(statement: Statement, view: View) -> str:
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


def settings_text(made: dict[str, Any]) -> str:
    """Settings of the sampler, as ``draws 1000, tune 500, chains 4``."""
    return joined(
        (
            say(
                "provenance-setting",
                setting=name if name in _SETTINGS else "other",
                own=name,
                value=str(value),
            )
            for name, value in made["settings"].items()
        ),
        ", ",
    )


def _seconds_text(made: dict[str, Any]) -> str:
    return joined(
        (
            say(
                "provenance-step",
                step=name if name in _STEPS else "other",
                own=name,
                value=f"{value:g}",
            )
            for name, value in made["seconds"].items()
        ),
        ", ",
    )


def provenance(view: View) -> Section:
    """Say what made the fit, and how to make it again."""
    made, spec = view.fit.made, view.fit.spec
    periods = say("provenance-periods", span=str(spec.periods.span), every=spec.axis.every)
    values = {
        "model": made["model"],
        "model-digest": made["model_digest"],
        "dataset": made["dataset"],
        "dataset-digest": made["dataset_digest"],
        "as-of": made["as_of"] or say("provenance-today"),
        "periods": periods,
        "sampler": made["sampler"],
        "settings": settings_text(made),
        "seed": made["random_seed"],
        "seconds": _seconds_text(made),
    }
    rows: list[tuple[Cell, ...]] = [
        (say("provenance-what", what=what), str(value)) for what, value in values.items()
    ]
    rows += [
        (say("provenance-version", package=name), str(value))
        for name, value in made["versions"].items()
    ]
    columns = (say("column-what"), say("column-value"))
    table = Table(say("provenance-table"), columns, tuple(rows))
    pieces = (table, Paragraph(say("provenance-again")), Listing(_command(made), code=True))
    return Section("provenance", say("provenance-heading"), pieces)
