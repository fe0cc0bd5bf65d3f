"""Whether the fit may be quoted: the checks, calibration, misfits and sampling.

Invariant: every check stands in the table with its verdict as a word. Shown by
``tests/test_report.py::test_every_check_is_listed``.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

from defectmodels import names
from defectmodels.estimands.checks import PARETO_K
from defectmodels.estimands.summary import INTERVAL, stack
from defectmodels.evidence.selection import JointRow
from defectmodels.evidence.statements import Comparison
from defectmodels.report import words
from defectmodels.report.checkplots import dots, pit_histogram, rootogram
from defectmodels.report.drawing import panel
from defectmodels.report.pieces import Cell, Figure, Panel, Paragraph, Piece, Section, Table
from defectmodels.report.view import View
from defectmodels.report.words import Estimate

MISFITS = 5
_VERDICT = {"pass": "✓ pass", "warn": "! warn", "fail": "✗ fail"}


def _items(view: View) -> Table:
    rows = tuple(
        (
            item.name,
            _VERDICT[item.verdict],
            item.text,
            "" if item.verdict == "pass" else item.remedy,
        )
        for item in view.checks.items
    )
    return Table("The checks", ("check", "verdict", "what was found", "remedy"), rows)


def _pit(view: View) -> Panel | None:
    values = view.checks.rows["pit"].values.astype(float)
    values = values[np.isfinite(values)]
    if len(values) < 5:
        return None
    bins = 10 if len(values) >= 40 else 5
    counts, _ = np.histogram(values, bins=bins, range=(0, 1))
    tail = (1 - INTERVAL) / 2
    low, high = stats.binom(len(values), 1 / bins).ppf([tail, 1 - tail])
    alt = (
        f"Histogram of {len(values)} PIT values in {bins} bins: {', '.join(map(str, counts))} "
        f"rows; a calibrated fit has {low:.0f} to {high:.0f} in 9 of 10 bins."
    )
    mean = len(values) / bins
    return panel("pit", alt, lambda f: pit_histogram(f, counts, low, high, mean), 340, 280)


def _edges(largest: int) -> list[int]:
    """Lower ends of classes of counts: 0, 1, 3, 10, 30, 100 and so on."""
    edges, step = [0, 1], 0
    while edges[-1] <= largest:
        edges.append((3 if step % 2 == 0 else 10) * 10 ** (step // 2))
        step += 1
    return edges


def _rootogram(view: View) -> Panel | None:
    rows = [row for row in view.fit.design.selection.direct if row.certain]
    if len(rows) < 5:
        return None
    drawn = stack(view.fit.group("posterior_predictive")[names.DIRECT_COUNT])
    chosen = drawn.sel({names.DIRECT: [row.statement.id for row in rows]}).values
    published = np.array([row.interval.low for row in rows])
    edges = _edges(int(published.max()))
    cuts = np.array([*edges[:-1], np.inf])
    observed = np.histogram(published, cuts)[0]
    counts = np.array([((chosen >= a) & (chosen < b)).sum(axis=0) for a, b in pairwise(cuts)])
    tail = (1 - INTERVAL) / 2
    ends = np.quantile(counts, [0.5, tail, 1 - tail], axis=1).T
    predicted = [Estimate(*map(float, end)) for end in ends]
    labels = [f"{a:,}" if b - a == 1 else f"{a:,}–{b - 1:,}" for a, b in pairwise(edges)]
    labels[-1] = f"{edges[-2]:,}+"
    alt = "Rows by size of count, published and predicted: " + "; ".join(
        f"{label}: {found} against {words.full(one)}"
        for label, found, one in zip(labels, observed, predicted, strict=True)
    )
    return panel(
        "rootogram", alt, lambda f: rootogram(f, labels, observed.tolist(), predicted), 340, 320
    )


def _loo(view: View) -> Panel | None:
    values = view.checks.rows["pareto_k"].values.astype(float)
    if not np.isfinite(values).any():
        return None
    high = int((values > PARETO_K).sum())
    alt = f"Pareto k of {len(values)} rows: largest {np.nanmax(values):.2f}; {high} above {PARETO_K:g}."
    return panel(
        "pareto-k",
        alt,
        lambda f: dots(f, values, PARETO_K, "Leave one row out", "Pareto k"),
        340,
        280,
    )


def _published(rows: xr.Dataset, index: int) -> str:
    """Write the numbers that a row allows."""
    low, high = int(rows["low"].values[index]), int(rows["high"].values[index])
    if high < 0:
        return f"at least {low:,}"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _whole(value: float) -> str:
    return words.number(float(round(value))) if math.isfinite(value) else "not known"


def _row_table(view: View, order: np.ndarray, caption: str, folded: str = "") -> Table:
    rows = view.checks.rows
    ids = [str(name) for name in rows["row"].values]

    def value(name: str, index: int, places: int) -> str:
        return words.fixed(float(rows[name].values[index]), places)

    def cells(i: int) -> tuple[Cell, ...]:
        row = view.rows.get(ids[i])
        compares = row is not None and isinstance(row.statement, Comparison)
        low, mid, high = (
            (words.truth if compares else _whole)(float(rows[f"predicted_{k}"].values[i]))
            for k in ("low", "median", "high")
        )
        definition = row.statement.definition if row is not None else ""
        published = _published(rows, i)
        if isinstance(row, JointRow):
            published = words.days(row.says(view.fit.dataset.readings))
        return (
            ids[i], definition, published, mid, f"{low} to {high}",
            value("tail", i, 3), value("pit", i, 2), value("elpd", i, 1), value("pareto_k", i, 2),
        )  # fmt: skip

    columns = (
        "row", "definition", "published", "predicted median", f"{words.WIDTH} interval",
        "tail probability", "PIT", "elpd", "Pareto k",
    )  # fmt: skip
    return Table(caption, columns, tuple(cells(int(i)) for i in order), (3, 5, 6, 7, 8), folded)


def _misfits(view: View) -> list[Piece]:
    tail = view.checks.rows["tail"].values.astype(float)
    if not len(tail):
        return []
    order = np.argsort(np.where(np.isfinite(tail), tail, np.inf), kind="stable")
    count = min(MISFITS, len(tail))
    worst = words.plural(count, "row")
    caption = f"The {worst} that the fit predicts worst, by two-sided tail probability"
    folded = f"All {words.plural(len(tail), 'row')}, leave-one-out included"
    return [
        _row_table(view, order[:count], caption),
        _row_table(view, np.arange(len(tail)), "Every row: prediction and leave-one-out", folded),
    ]


def _quantities(frame: pd.DataFrame) -> list[Piece]:
    """Show the quoted quantities of fewest effective draws; fold the rest."""
    quoted = frame[frame["quoted"].astype(bool)] if "quoted" in frame else frame
    if not len(quoted):
        return []
    order = quoted.sort_values(["ess_bulk", "name"], kind="stable")
    rows = tuple(
        (
            str(one["name"]), words.fixed(float(one["rhat"]), 3),
            words.fixed(float(one["ess_bulk"]), 0), words.fixed(float(one["ess_tail"]), 0),
            words.fixed(float(one["mcse_over_sd"]), 3),
        )
        for one in order.to_dict("records")
    )  # fmt: skip
    columns = ("quantity", "R-hat", "bulk ESS", "tail ESS", "MCSE over SD")
    count = min(MISFITS, len(rows))
    caption = f"Sampling of what is quoted: the {count} of fewest effective draws (ESS)"
    folded = f"All {words.plural(len(rows), 'quoted number')}"
    return [
        Table(caption, columns, rows[:count], (1, 2, 3, 4)),
        Table("Sampling of what is quoted", columns, rows, (1, 2, 3, 4), folded),
    ]


def _informed(frame: pd.DataFrame) -> list[Piece]:
    """Show what the evidence added to what was believed of the verdict's numbers."""
    if not len(frame):
        return []
    shown = frame[frame["verdict"].astype(bool)]
    ratios = shown[shown["contraction"].notna()].sort_values("contraction", kind="stable")
    events = shown[shown["bayes_factor"].notna()]
    rows = tuple(
        (one["name"], words.fixed(float(one["contraction"]), 2))
        for one in ratios.to_dict("records")
    )
    odds = tuple(
        (one["name"], words.fixed(float(one["prior"]), 2), words.fixed(float(one["posterior"]), 2))
        for one in events.to_dict("records")
    )
    told = "Prior to posterior contraction of the verdict's numbers: 1 - (width / prior width)^2"
    found: list[Piece] = []
    if rows:
        found.append(Table(told, ("quantity", "contraction"), rows, (1,), "What is data in them"))
    if odds:
        caption = "The verdict's probabilities before and after the evidence"
        columns = ("event", "before", "after")
        found.append(Table(caption, columns, odds, (1, 2), "What the prior alone answers"))
    return found


def checks(view: View) -> Section:
    """Show the checks and what they rest on."""
    found = view.checks
    worst = {
        "pass": "All checks that concern quoting passed.",
        "warn": "Some checks warn; none failed.",
        "fail": "A check failed.",
    }
    pieces: list[Piece] = [Paragraph(worst[found.verdict]), _items(view)]
    made = [one for one in (_pit(view), _rootogram(view), _loo(view)) if one is not None]
    if made:
        caption = (
            "Left to right, where there are rows enough. PIT: randomised predictive probability "
            "of each row, no unit; flat if the fit predicts as widely as it should, band: 90% of "
            "bins. Rootogram: number of exact rows by persons in the row, square-root axis, "
            f"predictive median and central {words.WIDTH} interval. Pareto k: above {PARETO_K:g} "
            "the leave-one-out value of a row is not trusted."
        )
        pieces.append(Figure(tuple(made), caption))
    else:
        pieces.append(Paragraph("There are too few rows for figures of calibration.", "note"))
    pieces += _misfits(view)
    if not view.withheld:
        pieces += _informed(found.informed)
    pieces += _quantities(found.quantities)
    return Section("checks", "Checks", tuple(pieces))
