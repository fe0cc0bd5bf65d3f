"""One self-contained HTML file from a fit.

Invariant: the same fit gives the same bytes, the page loads nothing, and either the whole report is
written or the file is left as it was. Shown by
``tests/test_report.py::test_two_writes_give_the_same_bytes`` and
``tests/test_report.py::test_a_failing_section_leaves_the_old_file``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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

LANGUAGES = ("en",)
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


def render(fit: Fit, lang: str = "en") -> str:
    """Render the report of a fit as HTML.

    Raises
    ------
    ReportError
        When there is no such language, or a section cannot be made; the section is named.
    """
    if lang not in LANGUAGES:
        raise ReportError(f"lang is '{lang}'; reports are written in: {', '.join(LANGUAGES)}")
    view = View(fit)
    warned = _made(notice, view)
    made: list[Section] = [_made(make, view) for make in sections.SECTIONS]
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
        title=fit.spec.title,
        model=fit.spec.name,
        dataset=fit.dataset.header.title,
        as_of=fit.made["as_of"],
        verdict=view.checks.verdict,
        notice=warned,
        sections=made,
    )


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
    text = render(fit, lang)
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
    return path
