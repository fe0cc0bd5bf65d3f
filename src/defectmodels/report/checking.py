"""Whether the fit may be quoted: the checks, calibration, misfits and sampling.

Invariant: every check stands in the table with its verdict as a word. Shown by
``tests/test_report.py::test_every_check_is_listed``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

from defectmodels import names
from defectmodels.estimands.called import called
from defectmodels.estimands.checks import PARETO_K
from defectmodels.estimands.rests import verdict_identification
from defectmodels.estimands.rests_text import told
from defectmodels.estimands.summary import INTERVAL, stack
from defectmodels.evidence.selection import JointRow
from defectmodels.evidence.statements import Comparison
from defectmodels.report import words
from defectmodels.report.checkplots import dots, pit_histogram, rootogram
from defectmodels.report.drawing import panel
from defectmodels.report.pieces import Cell, Figure, Panel, Paragraph, Piece, Section, Table
from defectmodels.report.results import folded
from defectmodels.report.view import View
from defectmodels.report.words import Estimate
from defectmodels.studies.certificate import certificate_of
from defectmodels.studies.sbc_text import certified
from defectmodels.wording import joined, named, said, say

MISFITS = 5


def _items(view: View) -> Table:
    rows = tuple(
        (
            said(item.name),
            say("check-verdict", verdict=item.verdict),
            said(item.text),
            "" if item.verdict == "pass" else said(item.remedy),
        )
        for item in view.checks.items
    )
    columns = (
        say("column-check"), say("check-column-verdict"), say("column-found"),
        say("check-column-remedy"),
    )  # fmt: skip
    return Table(say("check-table"), columns, rows)


type _Drawn = tuple[Panel, list[tuple[Cell, ...]]]
"""A drawing and the rows of its table: figure, place, what was found, what was to be expected."""


def _pit(view: View) -> _Drawn | None:
    values = view.checks.rows["pit"].values.astype(float)
    values = values[np.isfinite(values)]
    if len(values) < 5:
        return None
    bins = 10 if len(values) >= 40 else 5
    counts, _ = np.histogram(values, bins=bins, range=(0, 1))
    tail = (1 - INTERVAL) / 2
    low, high = stats.binom(len(values), 1 / bins).ppf([tail, 1 - tail])
    alt = say(
        "check-pit-alt",
        rows=f"{len(values)}",
        bins=f"{bins}",
        counts=", ".join(map(str, counts)),
        low=f"{low:.0f}",
        high=f"{high:.0f}",
    )
    mean = len(values) / bins
    made = panel("pit", alt, lambda f: pit_histogram(f, counts, low, high, mean), 340, 280)
    band = words.between(f"{low:.0f}", f"{high:.0f}")
    ends = [f"{one:.1f}" for one in np.linspace(0, 1, bins + 1)]
    return made, [
        (say("check-pit-title"), words.between(*pair), f"{found}", band)
        for pair, found in zip(pairwise(ends), counts, strict=True)
    ]


def _edges(largest: int) -> list[int]:
    """Lower ends of classes of counts: 0, 1, 3, 10, 30, 100 and so on."""
    edges, step = [0, 1], 0
    while edges[-1] <= largest:
        edges.append((3 if step % 2 == 0 else 10) * 10 ** (step // 2))
        step += 1
    return edges


def _rootogram(view: View) -> _Drawn | None:
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
    sizes = joined(
        (
            say("check-rootogram-size", size=label, found=f"{found}", predicted=words.full(one))
            for label, found, one in zip(labels, observed, predicted, strict=True)
        ),
        "; ",
    )
    alt = say("check-rootogram-alt", sizes=sizes)
    made = panel(
        "rootogram", alt, lambda f: rootogram(f, labels, observed.tolist(), predicted), 340, 320
    )
    return made, [
        (say("check-rootogram-title"), label, f"{found}", words.full(one))
        for label, found, one in zip(labels, observed, predicted, strict=True)
    ]


def _loo(view: View) -> _Drawn | None:
    values = view.checks.rows["pareto_k"].values.astype(float)
    if not np.isfinite(values).any():
        return None
    alt = say(
        "check-loo-alt",
        rows=f"{len(values)}",
        largest=f"{np.nanmax(values):.2f}",
        high=f"{(values > PARETO_K).sum()}",
        limit=f"{PARETO_K:g}",
        missing=int(np.isnan(values).sum()),
    )
    title, label = say("check-loo-title"), say("check-loo-k")
    made = panel("pareto-k", alt, lambda f: dots(f, values, PARETO_K, title, label), 340, 280)
    limit = say("check-loo-limit", limit=f"{PARETO_K:g}")
    ids = map(str, view.checks.rows["row"].values)
    return made, [
        (title, name, words.fixed(float(value), 2), limit)
        for name, value in zip(ids, values, strict=True)
    ]


def _figure(view: View, made: Sequence[_Drawn]) -> Figure:
    caption = say("check-caption", width=words.WIDTH, limit=f"{PARETO_K:g}")
    columns = tuple(
        say("check-figure-column", column=one) for one in ("figure", "place", "found", "wanted")
    )
    rows = tuple(row for _, rows in made for row in rows)
    table = Table(say("check-figure-table"), columns, rows, (), folded())
    return Figure(tuple(panel for panel, _ in made), caption, table)


def _published(rows: xr.Dataset, index: int) -> str:
    """Write the numbers that a row allows."""
    low, high = int(rows["low"].values[index]), int(rows["high"].values[index])
    if high < 0:
        return say("evidence-at-least", low=f"{low:,}")
    return f"{low:,}" if low == high else words.between(f"{low:,}", f"{high:,}")


def _whole(value: float) -> str:
    return words.number(float(round(value)) if math.isfinite(value) else value)


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
        definition = named(row.statement.definition) if row is not None else ""
        published = _published(rows, i)
        if isinstance(row, JointRow):
            published = words.days(said(row.says(view.fit.dataset.readings)))
        return (
            ids[i], definition, published, mid, words.between(low, high),
            value("tail", i, 3), value("pit", i, 2), value("elpd", i, 1), value("pareto_k", i, 2),
        )  # fmt: skip

    columns = (
        say("column-row"), say("column-definition"), say("column-published"),
        say("column-predicted-median"), say("column-interval", width=words.WIDTH),
        say("check-column-tail"), "PIT", "elpd", say("check-loo-k"),
    )  # fmt: skip
    return Table(caption, columns, tuple(cells(int(i)) for i in order), (3, 5, 6, 7, 8), folded)


def _misfits(view: View) -> list[Piece]:
    tail = view.checks.rows["tail"].values.astype(float)
    if not len(tail):
        return []
    order = np.argsort(np.where(np.isfinite(tail), tail, np.inf), kind="stable")
    count = min(MISFITS, len(tail))
    folded = say("check-every-row-folded", rows=len(tail))
    return [
        _row_table(view, order[:count], say("check-misfits", rows=count)),
        _row_table(view, np.arange(len(tail)), say("check-every-row"), folded),
    ]


def _quantities(frame: pd.DataFrame) -> list[Piece]:
    """Show the quoted quantities of fewest effective draws; fold the rest."""
    quoted = frame[frame["quoted"].astype(bool)] if "quoted" in frame else frame
    if not len(quoted):
        return []
    order = quoted.sort_values(["ess_bulk", "name"], kind="stable")
    rows = tuple(
        (
            called(str(one["name"])), words.fixed(float(one["rhat"]), 3),
            words.fixed(float(one["ess_bulk"]), 0), words.fixed(float(one["ess_tail"]), 0),
            words.fixed(float(one["mcse_over_sd"]), 3),
        )
        for one in order.to_dict("records")
    )  # fmt: skip
    columns = (
        say("column-quantity"), "R-hat", say("check-column-bulk"), say("check-column-tails"),
        say("check-column-error"),
    )  # fmt: skip
    count = min(MISFITS, len(rows))
    caption = say("check-sampling-worst", number=f"{count}")
    folded = say("check-sampling-folded", number=len(rows))
    return [
        Table(caption, columns, rows[:count], (1, 2, 3, 4)),
        Table(say("check-sampling"), columns, rows, (1, 2, 3, 4), folded),
    ]


def _informed(view: View) -> list[Piece]:
    """Show what the verdict's numbers rest on, and how its events stood beforehand."""
    frame = view.checks.informed
    if not len(frame):
        return []
    events = frame[frame["verdict"].astype(bool) & frame["bayes_factor"].notna()]
    odds = tuple(
        (
            called(str(one["name"])),
            words.fixed(float(one["prior"]), 2),
            words.fixed(float(one["posterior"]), 2),
        )
        for one in events.to_dict("records")
    )
    made = verdict_identification(view.fit)
    driven = made.numbers["name"][made.numbers["verdict"] & made.numbers["driven"]]
    found: list[Piece] = [Paragraph(f"{made.sentence(name)}.", "note") for name in driven]
    rows = tuple(told(made, True))
    if rows:
        columns: tuple[str, ...] = (
            say("column-quantity"), say("check-column-contraction"), say("check-column-share"),
            say("check-column-priors"), say("check-column-movers"),
        )  # fmt: skip
        folded = say("check-informed-folded")
        found.append(Table(say("check-informed"), columns, rows, (1, 2), folded))
    if odds:
        columns = tuple(say(f"check-column-{one}") for one in ("event", "before", "after"))
        folded = say("check-chances-folded")
        found.append(Table(say("check-chances"), columns, odds, (1, 2), folded))
    return found


def _certificate(view: View) -> Paragraph:
    """Cite the model's certificate of calibration."""
    fit = view.fit
    found = certificate_of(fit.spec, fit.dataset)
    stale = found.stale(fit.spec, fit.dataset) if found is not None else ()
    return Paragraph(certified(found, stale), "warning" if stale else "note")


def checks(view: View) -> Section:
    """Show the checks and what they rest on."""
    found = view.checks
    worst = say("check-worst", verdict=found.verdict)
    pieces: list[Piece] = [Paragraph(worst), _items(view), _certificate(view)]
    made = [one for one in (_pit(view), _rootogram(view), _loo(view)) if one is not None]
    if made:
        pieces.append(_figure(view, made))
    else:
        pieces.append(Paragraph(say("check-few-rows"), "note"))
    pieces += _misfits(view)
    if not view.withheld:
        pieces += _informed(view)
    pieces += _quantities(found.quantities)
    return Section("checks", say("check-heading"), tuple(pieces))
