"""Small worlds of joint rows, and what they are worth when every count is gone through."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import xarray as xr
from scipy import stats

from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Span
from defectmodels.evidence.selection import JointRow
from defectmodels.evidence.statements import Comparison, Rank, Statement
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import ModelSpec
from smallworld import make_dataset, make_spec

FACTOR = {"median": 1.5, "factor": 3.0, "why": "a test"}
DOUBT = {"medium": {"dist": "beta", "mean": 0.7, "size": 10.0, "why": "a test"}}
TOTALS = (("everyone", "2020H1", 30), ("everyone", "2020H2", 60))


def changed(dataset: Dataset, changes: dict[int, dict[str, Any]]) -> Dataset:
    """The dataset with other cells in some of its rows."""
    rows = list(dataset.statements)
    for at, cells in changes.items():
        rows[at] = rows[at].model_copy(update=cells)
    return Dataset(dataset.header, tuple(rows), dataset.series)


def ranked(of: Statement, against: str) -> Statement:
    """The count of a row is said to be the highest."""
    cells = {key: getattr(of, key) for key in ("id", "definition", "start", "end", "status")}
    return Rank.model_validate(cells | {"kind": "rank", "against": against})


def compared(at: int, kind: type[Comparison], against: str, **cells: Any) -> dict[int, Any]:
    """Turn row `at` into a comparison; for `content`."""
    return {at: (kind, {"against": against} | cells)}


def content(
    *rows: tuple[Any, ...],
    graded: tuple[int, ...] = (),
    variants: tuple[int, ...] = (),
    comparisons: dict[int, Any] | None = None,
    axis: tuple[str, ...] = (),
    **more: Any,
) -> tuple[ModelSpec, Dataset]:
    """Quarters of 2020, elites and commoners unless said; some rows of medium grade.

    Variants are readings of the row of the same definition and span.
    """
    model = {key: more[key] for key in ("groups",) if key in more}
    model |= {key: more.pop(key) for key in ("definition", "baseline") if key in more}
    changes = {at: {"grade": "medium"} for at in graded}
    for at in variants:
        changes[at] = changes.get(at, {}) | {"status": "variant"}
    dataset = changed(make_dataset(*rows, **more), changes)
    statements = list(dataset.statements)
    for at, (kind, cells) in (comparisons or {}).items():
        old = {
            key: getattr(statements[at], key)
            for key in ("id", "definition", "start", "end", "status", "grade")
        }
        name = kind.__name__.lower()
        statements[at] = kind.model_validate(old | {"kind": name} | cells)
    dataset = Dataset(dataset.header, tuple(statements), dataset.series)
    return make_spec(*axis, reliability=DOUBT if graded else {}, **model), dataset


def world(*rows: tuple[Any, ...], **more: Any) -> Design:
    """Hold the model of `content` against its dataset."""
    return make_design(*content(*rows, **more))


def posterior(expected: np.ndarray, **more: np.ndarray) -> xr.Dataset:
    """Draws as a fit holds them: expected is np.ndarray (draw, group, period)."""
    dims = {"reliability": ("grade",), "definition_factor": ("definition",), "frailty_cv": ()}
    found = {"expected": (("chain", "draw", "group", "period"), expected[None])}
    found |= {name: (("chain", "draw", *dims[name]), one[None]) for name, one in more.items()}
    return xr.Dataset(found)


def outcomes(
    totals: dict[tuple[int, ...], int], expected: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Every count of elites in every period, and its probability.

    Parameters
    ----------
    totals : dict
        Persons of each set of periods that a total covers.
    expected : np.ndarray (group, period), the elites first

    Returns
    -------
    counts : np.ndarray (outcome, period), persons
    chance : np.ndarray (outcome,)
    """
    parts = []
    for periods, total in totals.items():
        shares = expected[0, list(periods)] / expected[:, list(periods)].sum()
        grid = np.array(
            [n for n in product(range(total + 1), repeat=len(periods)) if sum(n) <= total]
        )
        whole = np.concatenate([grid, total - grid.sum(axis=1, keepdims=True)], axis=1)
        parts.append(
            (periods, grid, stats.multinomial.pmf(whole, total, [*shares, 1 - shares.sum()]))
        )
    counts, chance = [], []
    for chosen in product(*(range(len(grid)) for _, grid, _ in parts)):
        row, p = np.zeros(expected.shape[1], dtype=int), 1.0
        for (periods, grid, pmf), at in zip(parts, chosen, strict=True):
            row[list(periods)] = grid[at]
            p *= pmf[at]
        counts.append(row)
        chance.append(p)
    return np.array(counts), np.array(chance)


def is_true(row: JointRow, counts: np.ndarray, design: Design) -> np.ndarray:
    """Which readings of a row are true of whole periods' counts: np.ndarray (reading, outcome)."""

    def persons(span: Span) -> np.ndarray:
        return counts[:, design.periods.weights(span) > 0].sum(axis=1)

    found = []
    for one in row.readings:
        subject = persons(row.span)
        others = (
            [persons(span) for span in one.against_spans]
            if isinstance(one, Comparison)
            else [subject]
        )
        true = np.ones(len(counts), dtype=bool)
        for other in others:
            for at, (n, m) in enumerate(zip(subject, other, strict=True)):
                low, high = (
                    one.allowed(int(m), {}) if isinstance(one, Comparison) else one.interval({})
                )
                true[at] &= low <= n and (high is None or n <= high)
        found.append(true)
    return np.array(found)


def said(true: np.ndarray, graded: bool, reliability: float, chance: float) -> np.ndarray:
    """Probability of a row given the counts: np.ndarray (outcome,)."""
    share = true.mean(axis=0)
    return reliability * share + (1 - reliability) * chance if graded else share


def weighed(
    rows: Sequence[JointRow],
    counts: np.ndarray,
    chance: np.ndarray,
    design: Design,
    reliability: float,
    chances: Sequence[float],
) -> tuple[np.ndarray, np.ndarray]:
    """Log probability of each row given the others, and the probability that it is true.

    Returns
    -------
    log_row, truth : np.ndarray (row,)
    """
    true = [is_true(row, counts, design) for row in rows]
    each = [
        said(one, row.statement.grade != "", reliability, c)
        for row, one, c in zip(rows, true, chances, strict=True)
    ]
    whole = chance * np.prod(each, axis=0)
    log_row, truth = [], []
    for at in range(len(rows)):
        rest = chance * np.prod([one for i, one in enumerate(each) if i != at], axis=0)
        log_row.append(np.log(whole.sum() / rest.sum()))
        truth.append(whole[true[at].any(axis=0)].sum() / whole.sum())
    return np.array(log_row), np.array(truth)
