"""A folder for a data desk: the report, every figure and table as files, and what made them.

Cells of tables stand as they are printed, rounded to what the Monte Carlo error allows; what has all
digits stands apart from them, in the coordinates of the figures' marks and in numbers/.

Invariant: the same fit gives the same bytes; the folder is whole or as it was; a folder that holds
anything that this package did not write is not touched. Shown by ``tests/test_exports.py``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import xarray as xr

from defectmodels import names
from defectmodels.errors import ReportError
from defectmodels.estimands.decomposition import SPAN, Decomposition
from defectmodels.estimands.tables import estimate_table
from defectmodels.evidence.files import write_folder
from defectmodels.inference.aside import beside
from defectmodels.inference.fit import Fit
from defectmodels.report import decisions
from defectmodels.report.citation import citation_cff, citation_text
from defectmodels.report.page import Page, html, report_page, translation
from defectmodels.report.pieces import Cell, Figure, Link, Section, Table
from defectmodels.report.sections import Given, seen
from defectmodels.report.standalone import COLUMNS, standalone
from defectmodels.report.view import View
from defectmodels.wording import LANGUAGES, named, said, say, speaking

MANIFEST = "manifest.json"
MADE_BY = "defectmodels export"
FORMAT = 1
"""Version of the folder's form."""
PAGES = {"en": "report.html", "ko": "report.ko.html"}
"""File of the report in each language; all else is in the first."""
CITATIONS = {"en": "citation.txt", "ko": "citation.ko.txt"}
PAGE_ENDINGS = (".html", ".htm")
QUANTITIES = ("expected", "rate", "share", "effects", "change")
"""What numbers/ holds of a fit, each where the fit has it."""


@dataclass
class Files:
    """Files of a folder by name, with captions; names are unique."""

    found: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def add(self, name: str, content: bytes | str, caption: str) -> None:
        """Add a file."""
        if name in self.found:
            raise ReportError(
                f"two files would be called {name}; a section has two panels of a key"
            )
        raw = content.encode() if isinstance(content, str) else content
        self.found[name] = (raw, caption)

    def listed(self) -> list[dict[str, Any]]:
        """Name, size, digest and caption of each, by name."""
        return [
            {
                "name": name,
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "caption": caption,
            }
            for name, (content, caption) in sorted(self.found.items())
        ]


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(map(_cell, row) for row in rows)
    return out.getvalue()


def _cell(cell: Cell) -> str:
    if not isinstance(cell, Link):
        return cell
    # Of a link the address says more than the name of its host; a place of the page is no address.
    return cell.text if cell.href.startswith("#") else cell.href


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]


def _table(files: Files, name: str, table: Table) -> None:
    files.add(name, _csv(table.columns, table.rows), say("export-cells", caption=table.caption))


def _figure(files: Files, stem: str, figure: Figure, key: str) -> None:
    for number, panel in enumerate(figure.panels, 1):
        own = _slug(panel.key).removeprefix(_slug(key)).strip("-") or str(number)
        name, made = f"{stem}-{own}", standalone(panel)
        caption = f"{figure.caption} {panel.alt}"
        files.add(f"{name}.svg", made.svg, caption)
        if made.png:
            files.add(f"{name}.png", made.png, caption)
        else:
            files.left_out.append(say("export-no-sign", file=f"{name}.png"))
        marks = say("export-marks", alt=panel.alt)
        files.add(f"{name}-marks.csv", _csv(COLUMNS, made.rows), marks)
    if figure.data:
        _table(files, f"{stem}-table.csv", figure.data)


def _section(files: Files, section: Section) -> None:
    figures = [piece for piece in section.pieces if isinstance(piece, Figure)]
    for number, figure in enumerate(figures, 1):
        _figure(files, f"figures/{section.key}-figure-{number}", figure, section.key)
    tables = [piece for piece in section.pieces if isinstance(piece, Table)]
    for number, table in enumerate(tables, 1):
        _table(files, f"tables/{section.key}-table-{number}.csv", table)


def _numbers(files: Files, view: View) -> None:
    """Add what `defectmodels estimate --csv` gives, and the draws of the headline."""
    fit = view.fit
    for quantity in QUANTITIES:
        lacking = (quantity == "effects" and names.EFFECT not in fit.posterior) or (
            quantity == "change" and not view.pairs
        )
        if not lacking:
            text = estimate_table(fit, quantity).to_csv(index=False, lineterminator="\n")
            files.add(f"numbers/{quantity}.csv", text, say("export-numbers", quantity=quantity))
    for number, (pair, change) in enumerate(zip(view.pairs, view.changes, strict=True), 1):
        caption = say("export-draws", group=named(view.of), first=pair[0], last=pair[1])
        files.add(f"numbers/draws-{number}.csv", _draws(change), caption)


def _draws(change: Decomposition) -> str:
    """Draws in rows, with one column for each quantity and span."""
    columns = {
        f"{what} {span}": change.data[what].sel({SPAN: span}, drop=True)
        for what in ("share", "count", "total")
        for span in change.data[SPAN].values
    }
    frame = xr.Dataset(columns).to_dataframe(dim_order=list(names.SAMPLE))
    return frame.reset_index().to_csv(index=False, lineterminator="\n")


def _manifest(fit: Fit, page: Page, files: Files) -> str:
    content = {
        "made_by": MADE_BY,
        "format": FORMAT,
        "title": page.title,
        "about": page.under,
        "lang": LANGUAGES[0],
        "pages": PAGES,
        "checks": page.verdict,
        "warnings": [
            f"{said(item.name)}: {said(item.text)}"
            for item in fit.checks.items
            if item.verdict != "pass"
        ],
        "left_out": files.left_out,
        "fit": fit.made,
        "written_with": {name: version(name) for name in ("defectmodels", "matplotlib")},
        "files": files.listed(),
    }
    return json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n"


def _found(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def check_folder(folder: Path) -> None:
    """Refuse a folder of which anything would be lost.

    Raises
    ------
    ReportError
        When it is a file, or holds a file that this package did not write there or that was
        changed since.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ReportError(f"{folder}: a file of that name is in the way; choose another folder")
    found = _found(folder)
    if not found:
        return
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        ours = {one["name"]: one["sha256"] for one in content["files"]}
        made_here = content["made_by"] == MADE_BY
    except (OSError, ValueError, KeyError, TypeError):
        ours, made_here = {}, False
    if not made_here:
        raise ReportError(
            f"{folder}: was not written by this command, so that nothing in it is replaced; choose "
            "another folder, or remove it yourself"
        )
    own = {
        name
        for name in found & set(ours)
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() == ours[name]
    }
    if other := sorted(found - own - {MANIFEST}):
        raise ReportError(
            f"{folder}: holds {', '.join(other[:3])}{' and others' if other[3:] else ''}, added or "
            "changed since it was written; move what you want to keep, or choose another folder"
        )


def is_page(path: Path) -> bool:
    """Whether a path names one page, which ends in .html; a name without an ending is a folder.

    Raises
    ------
    ReportError
        When it has another ending.
    """
    ending = path.suffix.lower()
    if ending and ending not in PAGE_ENDINGS and not path.is_dir():
        raise ReportError(
            f"{path}: ends in '{ending}'; one page ends in .html, and a folder with figures and "
            "tables has a name without an ending"
        )
    return ending in PAGE_ENDINGS


def _texts(view: View, lang: str, page: Page) -> dict[str, tuple[str, str]]:
    """Files of the report and its citation in one language: name, content and caption."""
    other = next(one for one in LANGUAGES if one != lang)
    linked = replace(page, other=translation(other, PAGES[other]))
    with speaking(lang):
        report, citation = say("export-report", title=page.title), say("export-citation")
        # Plain texts: a message is said again in the language of whoever takes it from a copy.
        return {
            PAGES[lang]: (html(linked, lang), str(report)),
            CITATIONS[lang]: (str(citation_text(view.fit)), str(citation)),
        }


def _all_but_reports(files: Files, view: View, page: Page) -> None:
    with speaking(LANGUAGES[0]):
        files.add("citation.cff", citation_cff(view.fit), say("export-cff"))
        files.add(decisions.FILE, decisions.decisions_json(view), say("claim-file"))
        files.add(decisions.SCHEMA, decisions.schema_json(), say("claim-schema"))
        if page.verdict == "fail":
            files.left_out.append(say("export-withheld"))
            return
        for section in page.sections:
            _section(files, section)
        _numbers(files, view)


def _files(view: View) -> tuple[Files, str]:
    """Make every file of the folder, and its manifest."""
    files, (first, second) = Files(), LANGUAGES
    page = report_page(view.fit, first, view)

    def translated() -> dict[str, tuple[str, str]]:
        # All that it says is worked out by now.
        return _texts(view, second, report_page(view.fit, second, view))

    texts = _texts(view, first, page)
    _, more = beside(lambda: _all_but_reports(files, view, page), translated)
    for name, (content, caption) in (texts | more).items():
        files.add(name, content, caption)
    with speaking(first):
        return files, _manifest(view.fit, page, files)


def export_report(fit: Fit, folder: str | Path, *, studies: Sequence[Given] = ()) -> Path:
    """Write a folder with the report, its figures and tables as files, a citation and a manifest.

    The report and the citation are there in every language, all else in English.

    Parameters
    ----------
    fit : Fit
        Of one that fails its checks the folder has the report alone, without files of figures,
        tables and numbers.
    folder : str or Path
        Written whole or not at all. One that this function wrote is replaced; any other is refused.
    studies : sequence of str, Path or Saved
        As for `write_report`.

    Returns
    -------
    Path
        The folder. docs/outputs.md names its files.

    Raises
    ------
    ReportError
        When the folder holds anything else, a section cannot be made, or nothing can be written
        there.
    """
    folder = Path(folder)
    check_folder(folder)
    files, manifest = _files(seen(fit, studies))

    def write(new: Path) -> None:
        for name, (content, _) in files.found.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
        (new / MANIFEST).write_text(manifest, encoding="utf-8", newline="\n")

    try:
        # A link to a folder stays one.
        write_folder(folder.resolve(), write)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReportError(
            f"{folder}: cannot be written ({reason}); choose another place"
        ) from error
    return folder
