"""Realised counts: whole persons, given what was published of them.

Draws of the counts given the rates are Poisson (with the period's frailty, where there is one),
hence multinomial given a published total and the frailties of its periods; a statement about the
groups themselves keeps the draws that make it true, and one that may be untrue keeps the others as
often as it says (rejection, which is exact). Persons on days that
no total covers are free; a statement that counts some of them is drawn together with them. Statements
under a definition with a factor of its own say nothing about these counts.

Invariant: every draw agrees with every exact total and every such statement that is certain. Shown by
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
from defectmodels.evidence.periods import Span
from defectmodels.evidence.selection import Counted, JointRow, Row
from defectmodels.inference.fit import Fit
from defectmodels.inference.rows import kernel_draws
from defectmodels.model.design import Design
from defectmodels.model.joint import holds

TRIES = 5_000
"""Draws that may be thrown away for one statement before it is called incompatible with the fit."""


@dataclass(frozen=True)
class _Block:
    """Totals, statements that tie them and periods whose free persons these count.

    They are drawn together, independent of the rest.
    """

    totals: tuple[Row, ...]
    ties: tuple[Row, ...]
    periods: tuple[int, ...] = ()
    joint: tuple[int, ...] = ()


def _plain(design: Design, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.statement.definition not in design.spec.scaled]


def _totals(design: Design) -> list[Row]:
    return [row for row in _plain(design, design.selection.direct) if row.certain]


def _loose(tie: Row) -> np.ndarray:
    """Share of each period's days that a statement counts outside published totals."""
    within = sum((parent.weights for parent in tie.parents), np.zeros(len(tie.weights)))
    return np.where(tie.weights - within > 1e-9, tie.weights - within, 0.0)


def _own(design: Design) -> list[int]:
    """Places of the joint rows that count the groups themselves."""
    return [
        at
        for at, row in enumerate(design.joint.rows)
        if all(one.family == "" for one in row.counted)
    ]


def _common(span: Span, total: Row, design: Design) -> np.ndarray:
    """Share of a total's days in each period that a span has: np.ndarray (period,)."""
    start, end = max(span.start, total.span.start), min(span.end, total.span.end)
    if start > end:
        return np.zeros(len(design.periods))
    weights = design.periods.weights(Span(start, end), overhang=1.0)
    return np.divide(weights, total.weights, out=np.zeros_like(weights), where=total.weights > 0)


def _counted_open(counted: Counted, design: Design) -> np.ndarray:
    """Share of each cell's days that a count has outside published totals: (group, period)."""
    weights = design.periods.weights(counted.span, overhang=1.0)
    mask = design.group_mask(counted.groups)[:, None]
    covered = sum(
        (
            design.cell_weights(total) * _common(counted.span, total, design)
            for total in _totals(design)
        ),
        np.zeros((len(design.groups), len(design.periods))),
    )
    loose = mask * (weights - covered)
    return np.where(loose > 1e-9, loose, 0.0)


def _touched(row: JointRow, design: Design, totals: Sequence[Row]) -> list[int]:
    """Nodes of a joint row: totals that its counts share persons with, then free periods."""
    nodes = []
    for one in row.counted:
        nodes += [
            at
            for at, total in enumerate(totals)
            if set(one.groups) & set(total.groups) and one.span.overlaps(total.span)
        ]
        open_days = _counted_open(one, design).any(axis=0)
        nodes += [len(totals) + int(t) for t in np.flatnonzero(open_days)]
    return nodes


def _blocks(design: Design) -> list[_Block]:
    """Join totals and free periods that a statement spans; each other total is its own block."""
    totals = _totals(design)
    places = {row.statement.id: i for i, row in enumerate(totals)}
    direct = design.selection.direct
    ties = [
        *_plain(design, design.selection.nested),
        *(row for row in _plain(design, direct) if not row.certain),
    ]
    # Nodes: the totals, then the periods.
    label = list(range(len(totals) + len(design.periods)))
    touched = []
    for tie in ties:
        nodes = [places[direct[parent.index].statement.id] for parent in tie.parents]
        nodes += [len(totals) + int(t) for t in np.flatnonzero(_loose(tie))]
        touched.append(nodes)
        joined = {label[node] for node in nodes}
        label = [min(joined) if one in joined else one for one in label]
    own = {at: _touched(design.joint.rows[at], design, totals) for at in _own(design)}
    for nodes in own.values():
        joined = {label[node] for node in nodes}
        label = [min(joined) if one in joined else one for one in label]
    blocks = []
    for one in sorted(set(label)):
        members = tuple(row for row, at in zip(totals, label, strict=False) if at == one)
        tied = tuple(
            tie for tie, nodes in zip(ties, touched, strict=True) if label[nodes[0]] == one
        )
        joint = tuple(at for at, nodes in own.items() if label[nodes[0]] == one)
        free = tuple(t for t, at in enumerate(label[len(totals) :]) if at == one)
        periods = free if tied or joint else ()
        if members or tied or joint:
            blocks.append(_Block(members, tied, periods, joint))
    return blocks


def _split(
    total: Row,
    design: Design,
    expected: np.ndarray,
    frailty: np.ndarray | None,
    rng: np.random.Generator,
) -> np.ndarray:
    """Persons of a total by cell: np.ndarray (sample, group, period)."""
    cells = expected * design.cell_weights(total)
    if frailty is not None and np.count_nonzero(total.weights) > 1:
        # Given its total, the frailties of a row's periods keep their shares: for equal rates the
        # shares of gamma variables do not depend on their sum, and n_eff rests on the same step.
        size = 1.0 / frailty[:, None] ** 2
        cells = cells * rng.gamma(size, 1.0 / size, (len(cells), cells.shape[2]))[:, None, :]
    flat = cells.reshape(len(cells), -1)
    inside = np.flatnonzero(design.cell_weights(total).ravel())
    shares = flat[:, inside] / flat[:, inside].sum(axis=1, keepdims=True)
    drawn = np.zeros(flat.shape, dtype=np.int64)
    drawn[:, inside] = rng.multinomial(total.interval.low, shares)
    return drawn.reshape(cells.shape)


def _on_days(part: np.ndarray, common: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Count persons on days of which `part` covers the share `common`: np.ndarray (sample,).

    Parameters
    ----------
    part : np.ndarray (sample, group, period), int, persons
    common : np.ndarray (group, period), from 0 to 1; persons are on the common days by chance
    """
    partly = (common > 0) & (common < 1)
    counted = part[:, common >= 1].sum(axis=1)
    return counted + rng.binomial(part[:, partly], common[partly]).sum(axis=1)


def _true(
    tie: Row,
    block: _Block,
    parts: Sequence[np.ndarray],
    free: np.ndarray,
    open_share: np.ndarray,
    design: Design,
    rng: np.random.Generator,
) -> np.ndarray:
    """Whether each draw makes a statement true: np.ndarray (sample,), bool."""
    mask = design.group_mask(tie.groups)[:, None]
    counted = np.zeros(len(free), dtype=np.int64)
    for total, part in zip(block.totals, parts, strict=True):
        parent = next((p for p in tie.parents if design.selection.direct[p.index] is total), None)
        if parent is not None:
            common = np.divide(
                parent.weights,
                total.weights,
                out=np.zeros_like(parent.weights),
                where=total.weights > 0,
            )
            counted += _on_days(part, mask * common, rng)
    common = np.divide(_loose(tie), open_share, out=np.zeros_like(open_share), where=open_share > 0)
    # Days divided by days: a rounding error must not let a person slip out of the statement.
    counted += _on_days(free, mask * np.where(common > 1 - 1e-9, 1.0, common), rng)
    high = np.inf if tie.interval.high is None else tie.interval.high
    return (tie.interval.low <= counted) & (counted <= high)


def _persons(
    counted: Counted,
    block: _Block,
    parts: Sequence[np.ndarray],
    free: np.ndarray,
    open_share: np.ndarray,
    design: Design,
    rng: np.random.Generator,
) -> np.ndarray:
    """Persons of a count in each draw: np.ndarray (sample,)."""
    mask = design.group_mask(counted.groups)[:, None]
    found = np.zeros(len(free), dtype=np.int64)
    for total, part in zip(block.totals, parts, strict=True):
        common = _common(counted.span, total, design)
        found += _on_days(part, mask * np.where(common > 1 - 1e-9, 1.0, common), rng)
    loose = _counted_open(counted, design)
    common = np.divide(loose, open_share, out=np.zeros_like(open_share), where=open_share > 0)
    return found + _on_days(free, np.where(common > 1 - 1e-9, 1.0, np.minimum(common, 1.0)), rng)


def _kept(
    block: _Block,
    parts: Sequence[np.ndarray],
    free: np.ndarray,
    open_share: np.ndarray,
    design: Design,
    weight: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Which draws the joint rows keep: np.ndarray (sample,), bool.

    `weight` is np.ndarray (sample, weight), of readings and of saying nothing.
    """
    problem, counts = design.joint.problem, {}
    for at in block.joint:
        for one in design.joint.rows[at].counted:
            if one not in counts:
                counts[one] = _persons(one, block, parts, free, open_share, design, rng)
    place = {design.joint.sum_of[one]: one for one in counts}
    kept = np.ones(len(free), dtype=bool)
    for at in block.joint:
        said = problem.said[at]
        says = weight[:, said.untrue].copy() if said.untrue >= 0 else np.zeros(len(free))
        most = says + weight[:, list(said.weights)].sum(axis=1)
        for reading, w in zip(said.readings, said.weights, strict=True):
            true = [
                holds(reading, {s: int(counts[place[s]][i]) for s in said.sums}, said.subject)
                for i in range(len(free))
            ]
            says += np.where(true, weight[:, w], 0.0)
        kept &= rng.uniform(size=len(free)) * most < says
    return kept


def _draw_block(
    block: _Block,
    design: Design,
    expected: np.ndarray,
    frailty: np.ndarray | None,
    weight: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    result = np.zeros(expected.shape, dtype=np.int64)
    left = np.arange(len(expected))
    open_share = _open_share(design)
    for _ in range(TRIES):
        cv = None if frailty is None else frailty[left]
        parts = [_split(total, design, expected[left], cv, rng) for total in block.totals]
        free = _free(block.periods, open_share, expected[left], cv, rng)
        good = np.ones(len(left), dtype=bool)
        for tie in block.ties:
            good &= _true(tie, block, parts, free, open_share, design, rng)
        if block.joint:
            good &= _kept(block, parts, free, open_share, design, weight[left], rng)
        result[left[good]] = sum((part[good] for part in parts), free[good])
        left = left[~good]
        if not len(left):
            return result
    rows = (*block.ties, *(design.joint.rows[at] for at in block.joint))
    ids = ", ".join(row.statement.id for row in rows)
    raise FitError(
        f"realised counts: {TRIES} draws in a row break {ids}; the fit contradicts it, see its checks"
    )


def _open_share(design: Design) -> np.ndarray:
    """np.ndarray (group, period), share of each cell's days that no exact total covers."""
    covered = sum(
        (design.cell_weights(row) for row in _totals(design)),
        np.zeros((len(design.groups), len(design.periods))),
    )
    return np.where(covered > 1 - 1e-9, 0.0, 1.0 - covered)


def _free(
    periods: Sequence[int],
    open_share: np.ndarray,
    expected: np.ndarray,
    frailty: np.ndarray | None,
    rng: np.random.Generator,
) -> np.ndarray:
    """Counts of some periods on days that no exact total covers, 0 in the others."""
    counts = np.zeros(expected.shape, dtype=np.int64)
    chosen = list(periods)
    mean = expected[:, :, chosen] * open_share[:, chosen]
    if frailty is not None:
        # One frailty for all groups of a period.
        size = 1.0 / frailty[:, None] ** 2
        mean = mean * rng.gamma(size, 1.0 / size, size=(len(mean), mean.shape[2]))[:, None, :]
    counts[:, :, chosen] = rng.poisson(mean)
    return counts


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
    blocks = _blocks(fit.design)
    tied = {t for block in blocks for t in block.periods}
    untied = [t for t in range(len(fit.design.periods)) if t not in tied]
    counts = _free(untied, _open_share(fit.design), cells, frailty, rng)
    weight = np.zeros((len(cells), 0))
    if fit.design.joint.rows:
        weight = kernel_draws(fit.design, posterior, fit.constant[names.CHANCE].values).weight
    for block in blocks:
        counts = counts + _draw_block(block, fit.design, cells, frailty, weight, rng)
    result = (
        stacked.copy(data=counts)
        .unstack("sample")
        .transpose(*names.SAMPLE, names.GROUP, names.PERIOD)
    )
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
        raise FitError(
            f"realised counts: span '{name}' cuts a {fit.spec.axis.every}; choose whole {fit.spec.axis.every}s"
        )
    return xr.dot(counts, weights.astype("int64"), dim=names.PERIOD).assign_attrs(units="persons")
