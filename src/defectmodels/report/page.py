"""One self-contained HTML file from a fit.

Invariant: the same fit gives the same bytes, the page loads nothing and nothing may act in it but its
own style and script, and either the whole report is written or the file is left as it was. Shown by
``tests/test_report.py::test_two_writes_give_the_same_bytes``,
``tests/test_report.py::test_a_failing_section_leaves_the_old_file`` and ``tests/test_browser.py``.
"""

from __future__ import annotations

import gc
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from defectmodels.errors import ReportError
from defectmodels.evidence.files import write_text
from defectmodels.inference.aside import divided
from defectmodels.inference.fit import Fit
from defectmodels.report import sections
from defectmodels.report.opening import notice
from defectmodels.report.pieces import Explorer, Figure, Link, Piece, Section, Table
from defectmodels.report.view import View
from defectmodels.report.words import WIDTH
from defectmodels.wording import language, say, speaking, titled

MOST_BYTES = 5_000_000
"""Largest report: it has to open on a phone."""
MOST_ROWS = 300
"""Rows of each table on the page of a model of more groups than a page shows."""

_HANGUL = re.compile(r"[가-힣ㄱ-ㆎ](?:[^A-Za-z<>&]*[가-힣ㄱ-ㆎ])*")
_ENGLISH = re.compile(r"[A-Za-z]{2,}\W+(?:\w+\W+)*?[A-Za-z]{2,}")


def _tongues(text: str) -> Markup:
    """Say of what is in the other language that it is, so that it is read aloud as such."""
    plain = escape(text)
    if language() != "ko":
        return Markup(_HANGUL.sub(r'<span lang="ko">\g<0></span>', str(plain)))
    foreign = _ENGLISH.search(text) and not _HANGUL.search(text)
    return Markup(f'<span lang="en">{plain}</span>') if foreign else plain


def _cell(text: str) -> Markup:
    """Keep days such as 2019-12-31 on one line, too."""
    marked = str(_tongues(text))
    return Markup(re.sub(r"\d{4}-\d{2}(-\d{2})?", r'<span class="s">\g<0></span>', marked))


def _made[T](make: Callable[[View], T], view: View) -> T:
    name = getattr(make, "__name__", str(make))
    try:
        return make(view)
    except Exception as error:
        # A report with a section missing reads as if there were nothing to say.
        text = f"section '{name}' could not be made ({type(error).__name__}: {error})"
        raise ReportError(f"{text}; nothing was written") from error


@dataclass(frozen=True)
class Translation:
    """Where a page stands in another language, and how that language asks for it."""

    text: str
    href: str
    lang: str


def translation(lang: str, href: str) -> Translation:
    """Lead from one page to the same in another language."""
    with speaking(lang):
        return Translation(say("page-this-language"), href, lang)


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
    other : Translation or None
        Where the same page stands in another language.
    most_rows : int or None
        Rows of a table that the page shows; the files of a folder hold all.
    """

    title: str
    under: str
    sections: tuple[Section, ...]
    notice: Section | None = None
    verdict: str = "pass"
    other: Translation | None = None
    most_rows: int | None = None


def _cut(table: Table, most: int) -> Table:
    """The first rows of a table that is longer, which its caption then says."""
    if len(table.rows) <= most:
        return table
    left = say("page-rows", shown=f"{most:,}", all=f"{len(table.rows):,}")
    return replace(table, caption=f"{table.caption} {left}", rows=table.rows[:most])


def _fitting(section: Section, most: int) -> Section:
    """A section with the tables that the page has room for."""
    pieces: list[Piece] = []
    for piece in section.pieces:
        if isinstance(piece, Table):
            piece = _cut(piece, most)
        elif isinstance(piece, Figure):
            piece = replace(piece, data=_cut(piece.data, most))
        pieces.append(piece)
    return replace(section, pieces=tuple(pieces))


def _counts(view: View) -> object:
    """Realised arrivals, which a view keeps."""
    return view.realised


def _sections(view: View, files: bool) -> tuple[Section, ...]:
    """Make every section, two at once where that pays."""
    chosen = sections.of(view)

    if files:
        return tuple(_made(make, view) for make in chosen)
    # Most sections speak of these; a copy that had to draw them would draw them once more.
    _made(_counts, view)
    order = sorted(chosen, key=lambda make: sections.ASIDE.get(make, 0))
    made = dict(zip(order, divided([partial(_made, make, view) for make in order]), strict=True))
    return tuple(made[make] for make in chosen)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave garbage for later: a report makes little of it, and Python would look for it for a second."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()


@_uncollected()
def report_page(
    fit: Fit, lang: str = "en", view: View | None = None, *, files: bool = True
) -> Page:
    """Make every section of the report of a fit; a view that was made of it spares its work.

    Without `files` a figure may come without what draws it for a file, which takes less time.

    Raises
    ------
    ReportError
        When there is no such language, or a section cannot be made; the section is named.
    """
    view = view or View(fit)
    with speaking(lang):
        warned = _made(notice, view)
        made = _sections(view, files)
        under = say(
            "page-under",
            model=fit.spec.name,
            dataset=titled(fit.dataset.header.title),
            known="then" if fit.made["as_of"] else "now",
            day=str(fit.made["as_of"]),
        )
        most = None if view.shown == view.groups else MOST_ROWS
        title, state = titled(fit.spec.title), view.checks.verdict
        return Page(title, under, made, warned, state, most_rows=most)


def _read(name: str) -> str:
    return files("defectmodels.report").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Content security policy: nothing is loaded, and this style and script alone may act."""
    parts = {
        "default-src": "'none'", "style-src": _digest(style), "script-src": _digest(script),
        "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip
    return "; ".join(f"{key} {value}" for key, value in parts.items())


def _digest(text: str) -> str:
    found = b64encode(sha256(text.encode()).digest()).decode()
    return f"'sha256-{found}'" if text else "'none'"


def _texts(page: Page) -> dict[str, str]:
    """What stands around the sections."""
    return {
        "tab": say("page-not-quoted", title=page.title) if page.verdict == "fail" else page.title,
        "skip": say("page-skip"),
        "contents": say("page-contents"),
        "foot": say("page-foot", width=WIDTH),
        "folded": say("page-folded"),
    }


def html(page: Page, lang: str = "en") -> str:
    """Lay a page out."""
    environment = Environment(
        loader=PackageLoader("defectmodels.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"cell": _cell, "tongues": _tongues}
    environment.tests["link"] = lambda cell: isinstance(cell, Link)
    explorers = [p for one in page.sections for p in one.pieces if isinstance(p, Explorer)]
    style = _read("page.css") + (_read("explorer.css") if explorers else "")
    script = str(explorers[0].script) if explorers else ""
    with speaking(lang):
        if page.most_rows is not None:
            fitting = tuple(_fitting(one, page.most_rows) for one in page.sections)
            page = replace(page, sections=fitting)
        return environment.get_template("page.html.j2").render(
            vars(page), lang=lang, t=_texts(page), style=Markup(style),
            policy=Markup(_policy(style, script)),
        )  # fmt: skip


def render(fit: Fit, lang: str = "en", studies: Sequence[sections.Given] = ()) -> str:
    """Render the report of a fit as HTML; errors as of `report_page` and `sections.seen`."""
    return html(report_page(fit, lang, sections.seen(fit, studies), files=False), lang)


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


def write_report(
    fit: Fit, path: str | Path, lang: str = "en", *, studies: Sequence[sections.Given] = ()
) -> Path:
    """Write the report of a fit as one HTML file that needs no network and no script.

    Parameters
    ----------
    fit : Fit
        From `defectmodels.fit` or `defectmodels.load_fit`. A fit whose checks fail gets a report
        that says so first and withholds the verdict.
    path : str or Path
        Written whole or not at all.
    lang : {'en', 'ko'}
        Language of the report.
    studies : sequence of str, Path or Saved
        Studies of the same model, such as ``defectmodels study sbc`` writes; each gets a section.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    ReportError
        When there is no such language, a section cannot be made, a study is of another model, the page
        grows too large, or the file cannot be written.
    FitError
        When a file holds no study.
    """
    path = Path(path)
    write_page(path, render(fit, lang, studies))
    return path
