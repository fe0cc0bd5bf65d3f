"""The page of several fits side by side.

Invariant: a fit that fails its checks has no number on the page, and every direction is that of its
own report. Shown by ``tests/test_compare.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure as Drawing

from defectmodels.estimands.checks import PARETO_K
from defectmodels.estimands.compare import BOTH, SURE_ENOUGH, Compared, Difference
from defectmodels.estimands.loo import CLEAR, SMALL, Loo, row_ids
from defectmodels.inference.fit import Fit
from defectmodels.report import words
from defectmodels.report.drawing import panel
from defectmodels.report.figures import ratio_rows
from defectmodels.report.opening import count_change, share_change, total_change
from defectmodels.report.page import Page, html, write_page
from defectmodels.report.pieces import (
    Cell,
    Figure,
    Listing,
    Panel,
    Paragraph,
    Piece,
    Section,
    Table,
)
from defectmodels.report.results import folded
from defectmodels.report.words import Change
from defectmodels.wording import LANGUAGES, listed, named, said, say, speaking

_MOST_ROWS = 8
"""Rows of unreliable weights that are named."""


def rule() -> str:
    """Say when two fits are held to differ."""
    return say("compared-rule", sure=f"{SURE_ENOUGH:g}", width=words.WIDTH)


def _about(compared: Compared) -> dict[str, str]:
    """What messages about all answers are told."""
    return {
        "group": named(compared.of), "before": compared.before, "after": compared.after
    }  # fmt: skip


def _changes(compared: Compared, name: str) -> dict[str, Change]:
    """What a fit says of each quantity, as its own report would."""
    found, pair = compared.changes[name], (compared.before, compared.after)
    unit = say("unit-after", unit="yearly")
    made = {"count": count_change(found, pair, unit)}
    if "share" in compared.quantities:
        made = {"share": share_change(found, pair)} | made
        made["total"] = total_change(found, pair, unit)
    return made


def _title(compared: Compared, what: str) -> str:
    return say("compared-title", what=what, group=named(compared.of))


def _panel(compared: Compared, what: str, made: dict[str, dict[str, Change]]) -> Panel:
    labels = [said(name) for name in made]
    values = [changes[what].ratio for changes in made.values()]
    numbers = "; ".join(
        f"{label}: {words.full(one)}" for label, one in zip(labels, values, strict=True)
    )
    about = {"title": _title(compared, what), **_about(compared)}
    title, axis = say("compared-panel", **about), say("compared-axis")
    alt = say("compared-alt", **about, numbers=numbers)

    def draw(figure: Drawing) -> None:
        ratio_rows(figure, labels, values, title, axis)

    return panel(f"compared-{what}", alt, draw, 700, 80 + 30 * len(labels))


def _table(compared: Compared, what: str, made: dict[str, dict[str, Change]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name in compared.fits:
        label = said(name)
        if name not in made:
            rows.append((label, *(say("compared-withheld"),) * 5))
            continue
        one = made[name][what]
        levels = (words.full(side, one.unit, one.scale) for side in (one.before, one.after))
        rows.append((label, *levels, words.full(one.ratio), str(one.up), words.way(one.direction)))
    columns = (
        say("compared-column", column="fit"), compared.before, compared.after, say("column-ratio"),
        say("column-up"), say("column-way"),
    )  # fmt: skip
    return Table(_title(compared, what), columns, tuple(rows))


def _ratios(compared: Compared, caption: str, made: dict[str, dict[str, Change]]) -> Table:
    """Ratios as they are drawn, with one column for each quantity."""
    rows = tuple(
        (said(name), *(words.full(changes[what].ratio) for what in compared.quantities))
        for name, changes in made.items()
    )
    titles = (_title(compared, what) for what in compared.quantities)
    columns = (say("compared-column", column="fit"), *titles)
    return Table(caption, columns, rows, folded=folded())


def _both(compared: Compared) -> str:
    found = compared.changes.items()
    numbers = "; ".join(f"{said(name)} {change.prob(BOTH)}" for name, change in found)
    return say("compared-both", numbers=numbers)


def _answers(compared: Compared) -> Section:
    made = {name: _changes(compared, name) for name in compared.changes}
    pieces: list[Piece] = [Paragraph(verdict(compared), "lead")]
    if made:
        panels = tuple(_panel(compared, what, made) for what in compared.quantities)
        caption = say("compared-caption", width=words.WIDTH, **_about(compared))
        pieces.append(Figure(panels, caption, _ratios(compared, caption, made)))
    pieces += [_table(compared, what, made) for what in compared.quantities]
    if made and "share" in compared.quantities:
        pieces.append(Paragraph(_both(compared)))
    note = say("compared-note", width=words.WIDTH, group=named(compared.of))
    return Section("answers", say("compared-answers"), (*pieces, Paragraph(note, "note")))


def verdict(compared: Compared) -> str:
    """Say in a sentence whether the answers differ by the rule."""
    number, found, about = len(compared.changes), compared.differences, _about(compared)
    if number < 2:
        return say("compared-too-few", **about)
    if not found:
        quantities = listed(say("compared-quantity", what=one) for one in compared.quantities)
        return say("compared-alike", number=number, quantities=quantities, **about)
    return say("compared-differ", answers=len(found), number=number, **about)


def difference_sentence(compared: Compared, one: Difference) -> str:
    """Write a difference with the numbers of both fits."""
    sides = []
    for name in (one.first, one.second):
        change = _changes(compared, name)[one.quantity]
        chance, ratio = words.moved(one.quantity, change.up), words.full(change.ratio)
        sides.append(say("compared-side", fit=name, chance=chance, ratio=ratio))
    first, second = sides
    return say("compared-difference", what=one.quantity, kind=one.kind, first=first, second=second)


def _differences(compared: Compared) -> Section:
    lines = tuple(difference_sentence(compared, one) for one in compared.differences)
    found: Piece = Listing(lines) if lines else Paragraph(say("compared-none"))
    return Section("differences", say("compared-differences"), (Paragraph(rule()), found))


def loo_sentences(one: Loo) -> list[str]:
    """Say which fit predicts the rows best, and how far that can be trusted."""
    best, second = one.table["fit"].iloc[:2]
    about = {
        "rows": one.rows,
        "best": best,
        "second": second,
        "gap": words.fixed(-float(one.table["elpd_diff"].iloc[1]), 1),
        "error": words.fixed(float(one.table["dse"].iloc[1]), 1),
    }
    lines: list[str] = [
        say("compared-better", **about)
        if one.clear
        else say("compared-no-better", small=f"{SMALL:g}", clear=f"{CLEAR:g}", **about)
    ]
    for name, rows in one.unreliable.items():
        ids = ", ".join((*rows[:_MOST_ROWS], *(("...",) if rows[_MOST_ROWS:] else ())))
        lines.append(
            say(
                "compared-unreliable",
                fit=name,
                rows=len(rows),
                limit=str(PARETO_K),
                ids=ids,
            )
        )
    return lines


def _loo_table(one: Loo) -> Table:
    keys = ("fit", "elpd", "se", "p", "difference", "dse", "weight")
    columns = (
        *(say("compared-column", column=key) for key in keys),
        say("compared-high", limit=str(PARETO_K)),
    )
    rows = tuple(
        (
            said(row["fit"]),
            *(words.fixed(float(row[name]), 1) for name in ("elpd", "se", "p", "elpd_diff", "dse")),
            words.fixed(float(row["weight"]), 2),
            str(row["high_k"]),
        )
        for row in one.table.to_dict(orient="records")
    )
    caption = say("compared-loo-table", rows=one.rows)
    return Table(caption, columns, rows, tuple(range(1, len(columns))))


def _loo(compared: Compared) -> Section:
    pieces: list[Piece] = [Paragraph(say("compared-loo-note"))]
    for one in compared.loo:
        first, *warned = loo_sentences(one)
        pieces += [Paragraph(first), _loo_table(one)]
        pieces += [Paragraph(line, "warning") for line in warned]
    if not compared.loo:
        pieces.append(Paragraph(say("compared-no-loo")))
    why = [
        say("compared-apart", fit=name, why=reason) for name, reason in compared.without_loo.items()
    ]
    if why:
        best = say("compared-not-comparable", fit=next(iter(compared.changes)))
        pieces += [Paragraph(best), Listing(tuple(why))]
    return Section("loo", say("compared-loo"), tuple(pieces))


def _fit_row(name: str, fit: Fit) -> tuple[Cell, ...]:
    bad = [
        f"{said(item.name)}: {said(item.text)}"
        for item in fit.checks.items
        if item.verdict != "pass" and item.concerns == "quoting"
    ]
    number = sum(len(ids) for ids in row_ids(fit).values())
    day = str(fit.made["as_of"]) if fit.made["as_of"] else say("compared-all")
    state = say("compared-verdict", verdict=fit.checks.verdict)
    return (
        said(name), str(fit.made["model"]), str(fit.made["dataset"]), day, str(number),
        str(fit.made["random_seed"]), state, "; ".join(bad),
    )  # fmt: skip


def _fits(compared: Compared) -> Section:
    keys = ("fit", "model", "dataset", "day", "rows", "seed", "checks", "bad")
    columns = tuple(say("compared-column", column=key) for key in keys)
    rows = tuple(_fit_row(name, fit) for name, fit in compared.fits.items())
    keys_too = ("fit", "model-digest", "dataset-digest")
    columns_too = tuple(say("compared-column", column=key) for key in keys_too)
    digests = tuple(
        (said(name), str(fit.made["model_digest"]), str(fit.made["dataset_digest"]))
        for name, fit in compared.fits.items()
    )
    title = say("compared-digests")
    pieces = (
        Table(say("compared-fits-table"), columns, rows, numeric=(4, 5)),
        Table(title, columns_too, digests, folded=title),
    )
    return Section("fits", say("compared-fits"), pieces)


def _notice(compared: Compared) -> Section | None:
    """Name the fits whose checks fail or warn; None where all pass."""
    warned = [name for name, fit in compared.fits.items() if fit.checks.verdict == "warn"]
    found: list[Paragraph] = []
    if compared.withheld:
        text = say("compared-failed", fits=listed(compared.withheld))
        found.append(Paragraph(text, "warning"))
    if warned:
        found.append(Paragraph(say("compared-warned", fits=listed(warned)), "note"))
    if not found:
        return None
    found.append(Paragraph(say("compared-last"), "note"))
    title = say("compared-notice", state="fail" if compared.withheld else "warn")
    return Section("notice", title, tuple(found))


def comparison_page(compared: Compared) -> Page:
    """Make the page of a comparison, in the language spoken."""
    made: Sequence[Section] = (
        _answers(compared), _differences(compared), _loo(compared), _fits(compared),
    )  # fmt: skip
    title = say("compared-page", number=str(len(compared.fits)), **_about(compared))
    warned = _notice(compared)
    state = "fail" if not compared.changes else "warn" if warned else "pass"
    return Page(title, " | ".join(map(said, compared.fits)), tuple(made), warned, state)


def write_comparison(compared: Compared, path: str | Path, lang: str = LANGUAGES[0]) -> Path:
    """Write fits side by side as one HTML file that needs no network and no script.

    Parameters
    ----------
    compared : Compared
        From `defectmodels.compare`.
    path : str or Path
        Written whole or not at all.
    lang : {'en', 'ko'}
        Language of the page.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    ReportError
        When there is no such language, the page grows too large, or the file cannot be written.
    """
    path = Path(path)
    with speaking(lang):
        text = html(comparison_page(compared), lang)
    write_page(path, text)
    return path
