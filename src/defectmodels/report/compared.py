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
from defectmodels.report.words import Change

_UNIT = " persons a year"
RULE = (
    f"Two fits contradict each other in a quantity when one gives its rise a probability of "
    f"{SURE_ENOUGH:g} or more and the other its fall, each clear of that bound by two Monte Carlo errors. "
    f"Else their answers are apart when the central {words.WIDTH} intervals of the two ratios have no "
    "number in common. Fits that share evidence are not independent and their draws are not paired, "
    "so that no probability of a difference is given; fits between which the rule finds nothing may "
    "still differ."
)


def _changes(compared: Compared, name: str) -> dict[str, Change]:
    """What a fit says of each quantity, as its own report would."""
    found, pair = compared.changes[name], (compared.before, compared.after)
    made = {"count": count_change(found, pair, _UNIT)}
    if "share" in compared.quantities:
        made = {"share": share_change(found, pair)} | made
        made["total"] = total_change(found, pair, _UNIT)
    return made


def _title(compared: Compared, what: str) -> str:
    return "All arrivals" if what == "total" else f"{what.capitalize()}: {compared.of}"


def _panel(compared: Compared, what: str, made: dict[str, dict[str, Change]]) -> Panel:
    labels, values = list(made), [changes[what].ratio for changes in made.values()]
    title = f"{_title(compared, what)}, {compared.after} over {compared.before}"
    alt = f"{title}. " + "; ".join(
        f"{label}: {words.full(one)}" for label, one in zip(labels, values, strict=True)
    )

    def draw(figure: Drawing) -> None:
        ratio_rows(figure, labels, values, title, "ratio (log axis)")

    return panel(f"compared-{what}", alt, draw, 700, 80 + 30 * len(labels))


def _table(compared: Compared, what: str, made: dict[str, dict[str, Change]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name in compared.fits:
        if name not in made:
            rows.append((name, *("withheld",) * 5))
            continue
        one = made[name][what]
        levels = (words.full(side, one.unit, one.scale) for side in (one.before, one.after))
        rows.append((name, *levels, words.full(one.ratio), str(one.up), one.direction))
    columns = ("fit", compared.before, compared.after, "ratio", "P(up)", "in a word")
    return Table(_title(compared, what), columns, tuple(rows))


def _both(compared: Compared) -> str:
    said = [f"{name} {change.prob(BOTH)}" for name, change in compared.changes.items()]
    return f"Probability that the share rose and the count did not: {'; '.join(said)}."


def _answers(compared: Compared) -> Section:
    made = {name: _changes(compared, name) for name in compared.changes}
    pieces: list[Piece] = [Paragraph(verdict(compared), "lead")]
    if made:
        panels = tuple(_panel(compared, what, made) for what in compared.quantities)
        caption = (
            f"{compared.after} over {compared.before} by fit, log axis: median (mark) and central "
            f"{words.WIDTH} interval (bar) of the ratio; 1 is no change."
        )
        pieces.append(Figure(panels, caption))
    pieces += [_table(compared, what, made) for what in compared.quantities]
    if made and "share" in compared.quantities:
        pieces.append(Paragraph(_both(compared)))
    note = (
        f"Median and central {words.WIDTH} interval. Groups are matched by name: who is counted as "
        f"{compared.of} is what each model says."
    )
    return Section("answers", "Answers", (*pieces, Paragraph(note, "note")))


def verdict(compared: Compared) -> str:
    """Say in a sentence whether the answers differ by the rule."""
    number, found = len(compared.changes), compared.differences
    asked = f"{compared.of}, {compared.before} and {compared.after}"
    if number < 2:
        return f"Fewer than two fits passed their checks; nothing is compared ({asked})."
    if not found:
        return (
            f"No two of {number} fits give answers that differ by the rule below: "
            f"{words.listed(compared.quantities)} of {asked}."
        )
    return (
        f"{words.plural(len(found), 'answer')} of {number} fits differ by the rule below: {asked}."
    )


def said(compared: Compared, one: Difference) -> str:
    """Write a difference with the numbers of both fits."""
    changes = [_changes(compared, name)[one.quantity] for name in (one.first, one.second)]
    first, second = (
        f"{name}: {words.prob(f'{one.quantity} up', change.up)}, ratio {words.full(change.ratio)}"
        for name, change in zip((one.first, one.second), changes, strict=True)
    )
    label = "contrary directions" if one.kind == "contradict" else "intervals apart"
    return f"{one.quantity}, {label}. {first}. {second}."


def _differences(compared: Compared) -> Section:
    lines = tuple(said(compared, one) for one in compared.differences)
    found: Piece = Listing(lines) if lines else Paragraph("The rule finds none.")
    return Section("differences", "Where they differ", (Paragraph(RULE), found))


def loo_sentences(one: Loo) -> list[str]:
    """Say which fit predicts the rows best, and how far that can be trusted."""
    best, second = (str(name) for name in one.table["fit"].iloc[:2])
    gap, error = -float(one.table["elpd_diff"].iloc[1]), float(one.table["dse"].iloc[1])
    numbers = f"difference in elpd {words.fixed(gap, 1)}, standard error {words.fixed(error, 1)}"
    lines = [
        f"Of {one.rows} rows, each predicted from the others, {best} predicts better than {second} "
        f"({numbers})."
        if one.clear
        else f"None of the fits predicts {one.rows} rows clearly better: {best} before {second} by less "
        f"than {SMALL:g} or {CLEAR:g} standard errors ({numbers})."
    ]
    lines += [
        f"Not reliable for {name}: {words.plural(len(rows), 'row')} with a Pareto k above {PARETO_K} "
        f"({', '.join(rows[:8])}{', ...' if rows[8:] else ''}). Differences and weights may be off; fit "
        "again without these rows before a model is chosen by them."
        for name, rows in one.unreliable.items()
    ]
    return lines


def _loo_table(one: Loo) -> Table:
    columns = (
        "fit", "elpd", "standard error", "effective parameters", "difference", "its standard error",
        "stacking weight", f"rows with k above {PARETO_K}",
    )  # fmt: skip
    rows = tuple(
        (
            str(row["fit"]), *(words.fixed(float(row[name]), 1) for name in ("elpd", "se", "p")),
            *(words.fixed(float(row[name]), 1) for name in ("elpd_diff", "dse")),
            words.fixed(float(row["weight"]), 2), str(row["high_k"]),
        )
        for row in one.table.to_dict(orient="records")
    )  # fmt: skip
    caption = f"Leave-one-out over {words.plural(one.rows, 'row')}, best first"
    return Table(caption, columns, rows, tuple(range(1, len(columns))))


def _loo(compared: Compared) -> Section:
    text = (
        "Expected log predictive density (elpd) of each row of evidence given all others, by Pareto "
        "smoothed importance sampling, and stacking weights: those with which a mixture of the fits "
        "predicts the rows best. It says which model predicts published rows, not which answer is "
        "true. Only fits of the same rows of the same evidence are compared."
    )
    pieces: list[Piece] = [Paragraph(text)]
    for one in compared.loo:
        first, *warned = loo_sentences(one)
        pieces += [Paragraph(first), _loo_table(one)]
        pieces += [Paragraph(line, "warning") for line in warned]
    if not compared.loo:
        pieces.append(Paragraph("No two fits that may be quoted are of the same rows."))
    why = [f"{name} is {reason}." for name, reason in compared.without_loo.items()]
    if why:
        first = next(iter(compared.changes))
        pieces += [Paragraph(f"Not comparable with {first} by leave-one-out:"), Listing(tuple(why))]
    return Section("loo", "Which predicts the evidence better", tuple(pieces))


def _fits(compared: Compared) -> Section:
    columns = (
        "fit", "model", "dataset", "statements as of", "rows", "seed", "checks", "what does not pass",
    )  # fmt: skip
    rows, digests = list[tuple[Cell, ...]](), list[tuple[Cell, ...]]()
    for name, fit in compared.fits.items():
        made, checks = fit.made, fit.checks
        bad = [
            f"{item.name}: {item.text}"
            for item in checks.items
            if item.verdict != "pass" and item.concerns == "quoting"
        ]
        number = sum(len(ids) for ids in row_ids(fit).values())
        rows.append(
            (
                name, str(made["model"]), str(made["dataset"]), str(made["as_of"] or "all"),
                str(number), str(made["random_seed"]), checks.verdict, "; ".join(bad),
            )
        )  # fmt: skip
        digests.append((name, str(made["model_digest"]), str(made["dataset_digest"])))
    columns_too = ("fit", "SHA-256 of the model", "SHA-256 of dataset and series")
    pieces = (
        Table("The fits and their checks", columns, tuple(rows), numeric=(4, 5)),
        Table("Digests", columns_too, tuple(digests), folded="Digests"),
    )
    return Section("fits", "The fits", pieces)


def _notice(compared: Compared) -> Section | None:
    """Name the fits whose checks fail or warn; None where all pass."""
    warned = [name for name, fit in compared.fits.items() if fit.checks.verdict == "warn"]
    found: list[Paragraph] = []
    if compared.withheld:
        text = (
            f"Checks failed: {words.listed(compared.withheld)}. Numbers of such a fit are withheld."
        )
        found.append(Paragraph(text, "warning"))
    if warned:
        text = f"Checks warn: {words.listed(warned)}. Quote these together with the warnings."
        found.append(Paragraph(text, "note"))
    if not found:
        return None
    found.append(Paragraph("The last section says what does not pass.", "note"))
    return Section("notice", "Withheld" if compared.withheld else "Quote with care", tuple(found))


def comparison_page(compared: Compared) -> Page:
    """Make the page of a comparison."""
    made: Sequence[Section] = (
        _answers(compared), _differences(compared), _loo(compared), _fits(compared),
    )  # fmt: skip
    title = f"{len(compared.fits)} fits: {compared.of}, {compared.before} and {compared.after}"
    warned = _notice(compared)
    state = "fail" if not compared.changes else "warn" if warned else "pass"
    return Page(title, " | ".join(compared.fits), tuple(made), warned, state)


def write_comparison(compared: Compared, path: str | Path) -> Path:
    """Write fits side by side as one HTML file that needs no network and no script.

    Parameters
    ----------
    compared : Compared
        From `defectmodels.compare`.
    path : str or Path
        Written whole or not at all.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    ReportError
        When the page grows too large, or the file cannot be written.
    """
    path = Path(path)
    write_page(path, html(comparison_page(compared)))
    return path
