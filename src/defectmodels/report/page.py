"""One self-contained HTML file from a fit.

Invariant: the same fit gives the same bytes, the page loads nothing, and either the whole report is
written or the file is left as it was. Shown by
``tests/test_report.py::test_two_writes_give_the_same_bytes`` and
``tests/test_report.py::test_a_failing_section_leaves_the_old_file``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from defectmodels.errors import ReportError
from defectmodels.evidence.files import write_text
from defectmodels.inference.fit import Fit
from defectmodels.report import sections
from defectmodels.report.opening import notice
from defectmodels.report.pieces import Link, Section
from defectmodels.report.view import View
from defectmodels.wording import speaking

MOST_BYTES = 5_000_000
"""Largest report: it has to open on a phone."""


def _whole_dates(text: str) -> Markup:
    """Keep days such as 2019-12-31 on one line; everything else is escaped."""
    return Markup(
        re.sub(r"\d{4}-\d{2}(-\d{2})?", r'<span class="s">\g<0></span>', str(escape(text)))
    )


def _made[T](make: Callable[[View], T], view: View) -> T:
    name = getattr(make, "__name__", str(make))
    try:
        return make(view)
    except Exception as error:
        # A report with a section missing reads as if there were nothing to say.
        text = f"section '{name}' could not be made ({type(error).__name__}: {error})"
        raise ReportError(f"{text}; nothing was written") from error


@dataclass(frozen=True)
class Page:
    """What a page shows: text unescaped, sections in order, and what stands before them.

    Attributes
    ----------
    title, under : str
        Heading, and the line below it.
    sections : tuple of Section
    notice : Section or None
        What is wrong with what follows.
    verdict : str
        Of the checks; a page of `fail` says in its title that it must not be quoted.
    """

    title: str
    under: str
    sections: tuple[Section, ...]
    notice: Section | None = None
    verdict: str = "pass"


def report_page(fit: Fit, lang: str = "en") -> Page:
    """Make every section of the report of a fit.

    Raises
    ------
    ReportError
        When there is no such language, or a section cannot be made; the section is named.
    """
    view = View(fit)
    with speaking(lang):
        warned = _made(notice, view)
        made = tuple(_made(make, view) for make in sections.SECTIONS)
    known = f", as they stood on {fit.made['as_of']}" if fit.made["as_of"] else ""
    under = f"Model {fit.spec.name} on: {fit.dataset.header.title}{known}"
    return Page(fit.spec.title, under, made, warned, view.checks.verdict)


def html(page: Page, lang: str = "en") -> str:
    """Lay a page out."""
    environment = Environment(
        loader=PackageLoader("defectmodels.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["dates"] = _whole_dates
    environment.tests["link"] = lambda cell: isinstance(cell, Link)
    return environment.get_template("page.html.j2").render(
        lang=lang,
        title=page.title,
        under=page.under,
        verdict=page.verdict,
        notice=page.notice,
        sections=page.sections,
    )


def render(fit: Fit, lang: str = "en") -> str:
    """Render the report of a fit as HTML; errors as of `report_page`."""
    return html(report_page(fit, lang), lang)


def write_page(path: Path, text: str) -> None:
    """Write a page, whole or not at all.

    Raises
    ------
    ReportError
        When the page is too large, or the file cannot be written.
    """
    size = len(text.encode())
    if size > MOST_BYTES:
        raise ReportError(
            f"{path}: the report has {size:,} bytes, more than {MOST_BYTES:,}; use fewer periods"
        )
    try:
        write_text(path, text)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReportError(f"{path}: cannot be written ({reason}); choose another place") from error


def write_report(fit: Fit, path: str | Path, lang: str = "en") -> Path:
    """Write the report of a fit as one HTML file that needs no network and no script.

    Parameters
    ----------
    fit : Fit
        From `defectmodels.fit` or `defectmodels.load_fit`. A fit whose checks fail gets a report
        that says so first and withholds the verdict.
    path : str or Path
        Written whole or not at all.
    lang : {'en'}
        Language of the report.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    ReportError
        When there is no such language, a section cannot be made, the page grows too large, or the
        file cannot be written.
    """
    path = Path(path)
    write_page(path, render(fit, lang))
    return path
