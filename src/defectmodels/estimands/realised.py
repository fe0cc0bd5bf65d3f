"""Realised counts: whole persons, given what was published of them.

Draws of the counts given the rates are Poisson, hence multinomial given a published total; a
statement about the groups themselves keeps the draws that make it true (rejection, which is exact).
Statements under a definition with a factor of its own say nothing about these counts.

Invariant: every draw agrees with every exact total and every such statement. Shown by
``tests/test_realised.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.errors import FitError
from defectmodels.estimands.rates import SPAN, span_weights
from defectmodels.estimands.summary import stack
from defectmodels.evidence.selection import Row
from defectmodels.inference.fit import Fit
from defectmodels.model.design import Design

TRIES = 20_000
"""Draws that may be thrown away for one statement before it is called incompatible with the fit."""


@dataclass(frozen=True)
class _Block:
    """Totals and the statements that tie them: drawn together, independent of the rest."""

    totals: tuple[Row, ...]
    ties: tuple[Row, ...]


def _plain(design: Design, rows: Sequence[Row]) -> list[Row]:
    scaled = {name for name, use in design.spec.definition.items() if use.factor is not None}
    return [row for row in rows if row.statement.definition not in scaled]


def _blocks(design: Design) -> list[_Block]:
    """Join totals that a statement spans; each of the others is a block of its own."""
    totals = [row for row in _plain(design, design.selection.direct) if row.certain]
    number = {row.statement.id: i for i, row in enumerate(totals)}
    label = list(range(len(totals)))
    ties = _plain(design, design.selection.nested)
    for tie in ties:
        touched = [label[number[design.selection.direct[p.index].statement.id]] for p in tie.parents]
        label = [min(touched) if one in touched else one for one in label]
    blocks = []
    for one in sorted(set(label)):
        members = tuple(row for row, at in zip(totals, label, strict=True) if at == one)
        ids = {row.statement.id for row in members}
        tied = tuple(
            tie for tie in ties if any(design.selection.direct[p.index].statement.id in ids for p in tie.parents)
        )
        blocks.append(_Block(members, tied))
    return blocks


def _split(total: Row, design: Design, expected: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Persons of a total by cell: np.ndarray (sample, group, period)."""
    cells = expected * design.cell_weights(total)
    flat = cells.reshape(len(cells), -1)
    inside = np.flatnonzero(design.cell_weights(total).ravel())
    shares = flat[:, inside] / flat[:, inside].sum(axis=1, keepdims=True)
    drawn = np.zeros(flat.shape, dtype=np.int64)
    drawn[:, inside] = rng.multinomial(total.interval.low, shares)
    return drawn.reshape(cells.shape)


def _true(tie: Row, totals: Sequence[Row], parts: Sequence[np.ndarray], design: Design, rng: np.random.Generator) -> np.ndarray:
    """Whether each draw makes a statement true: np.ndarray (sample,), bool."""
    counted = np.zeros(len(parts[0]), dtype=np.int64)
    for total, part in zip(totals, parts, strict=True):
        parent = next((p for p in tie.parents if design.selection.direct[p.index] is total), None)
        if parent is None:
            continue
        # Within a period that the two share in part, persons are on the common days by chance.
        common = np.divide(parent.weights, total.weights, out=np.zeros_like(parent.weights), where=total.weights > 0)
        persons = np.einsum("sgt,g->st", part, design.group_mask(tie.groups)).astype(np.int64)
        partly = (common > 0) & (common < 1)
        counted += persons[:, common >= 1].sum(axis=1)
        if partly.any():
            counted += rng.binomial(persons[:, partly], common[partly]).sum(axis=1)
    high = np.inf if tie.interval.high is None else tie.interval.high
    return (tie.interval.low <= counted) & (counted <= high)


def _draw_block(block: _Block, design: Design, expected: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    result = np.zeros(expected.shape, dtype=np.int64)
    left = np.arange(len(expected))
    for _ in range(TRIES):
        parts = [_split(total, design, expected[left], rng) for total in block.totals]
        good = np.ones(len(left), dtype=bool)
        for tie in block.ties:
            good &= _true(tie, block.totals, parts, design, rng)
        result[left[good]] = sum(part[good] for part in parts)
        left = left[~good]
        if not len(left):
            return result
    ids = ", ".join(tie.statement.id for tie in block.ties)
    raise FitError(f"realised counts: {TRIES} draws in a row break {ids}; the fit contradicts it, see its checks")


def _free(design: Design, expected: np.ndarray, frailty: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    """Counts of cells that no exact total covers."""
    covered = np.zeros(expected.shape[1:])
    for row in _plain(design, design.selection.direct):
        if row.certain:
            covered += design.cell_weights(row)
    mean = expected * np.clip(1.0 - covered, 0.0, 1.0)
    if frailty is not None:
        # One frailty for all groups of a period.
        size = 1.0 / frailty[:, None] ** 2
        mean = mean * rng.gamma(size, 1.0 / size, size=(len(mean), mean.shape[2]))[:, None, :]
    return rng.poisson(mean)


def realised(fit: Fit, *, random_seed: int) -> xr.DataArray:
    """Realised arrivals of each group and period, given what was published.

    Parameters
    ----------
    fit : Fit
    random_seed : int

    Returns
    -------
    xr.DataArray (chain, draw, group, period), int, persons

    Raises
    ------
    FitError
        When a statement is next to impossible under the fit.
    """
    rng = np.random.default_rng(random_seed)
    posterior = fit.posterior
    stacked = stack(posterior[names.EXPECTED]).transpose("sample", names.GROUP, names.PERIOD)
    cells = stacked.values
    frailty = stack(posterior[names.FRAILTY]).values if names.FRAILTY in posterior else None
    counts = _free(fit.design, cells, frailty, rng)
    for block in _blocks(fit.design):
        counts = counts + _draw_block(block, fit.design, cells, rng)
    result = stacked.copy(data=counts).unstack("sample").transpose(*names.SAMPLE, names.GROUP, names.PERIOD)
    return result.rename("realised").assign_attrs(units="persons")


def over_spans(fit: Fit, counts: xr.DataArray, spans: Sequence[str]) -> xr.DataArray:
    """Sum realised counts over spans made of whole periods.

    Returns
    -------
    xr.DataArray (chain, draw, group, span), persons

    Raises
    ------
    FitError
        When a span cuts a period: whole persons cannot be cut.
    """
    weights = span_weights(fit, spans)
    cut = (weights > 0) & (weights < 1)
    if bool(cut.any()):
        name = str(weights[SPAN].values[np.flatnonzero(cut.any(names.PERIOD).values)[0]])
        raise FitError(f"realised counts: span '{name}' cuts a {fit.spec.axis.every}; choose whole {fit.spec.axis.every}s")
    return xr.dot(counts, weights.astype("int64"), dim=names.PERIOD).assign_attrs(units="persons")
