"""Realised counts: whole persons, given what was published of them.

Given the rates, the counts that statements speak of are drawn from their exact posterior, backward
filtering and forward sampling through the sum-product (``counting/kernel.py``). The rest of each
published total is multinomial over what is left of its cells, and persons on days that no total
covers are Poisson, with their period's frailty. Statements under a definition with a factor speak of
persons of their own; those are drawn by ``estimands/by_definition.py`` and say nothing about the groups.
Where the model has errors of what is published, all this gives the published counts, and those who came are
drawn given these (``estimands/came.py``).

Invariant: every draw agrees with every exact total and every certain statement, and its law is that
of going through all counts; with errors this holds of the published counts. Shown by
``tests/test_realised.py`` and ``tests/test_came.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.counting.draws import Drawn, draw_counts
from defectmodels.counting.problem import BudgetError
from defectmodels.errors import EvidenceError, FitError
from defectmodels.estimands.came import came, published
from defectmodels.estimands.rates import SPAN, in_units, span_weights
from defectmodels.estimands.summary import stack
from defectmodels.evidence.selection import Counted, JointRow
from defectmodels.inference.fit import Fit, once
from defectmodels.inference.rows import Draws, kernel_draws
from defectmodels.model.atoms import Free, Link, published_totals
from defectmodels.model.design import Design, count_jointly
from defectmodels.model.jointly import Joint, with_said
from defectmodels.wording import LANGUAGES, say, speaking

TRIES = 100
"""Times that draws are taken again in which independent binomials ask for more than a total has."""
Factors = dict[str, np.ndarray]
_ROUNDING = 1e-9
"""Days divided by days: a rounding error is no person's share."""


def family_of(design: Design, definition: str) -> str:
    """Whose persons a definition counts; see `Counted`."""
    outermost = (definition, *design.spec.containers(definition))[-1]
    return outermost if outermost in design.spec.scaled else ""


def _binding(design: Design) -> list[JointRow]:
    """Rows of closed form that tie the groups' counts together."""
    rows = [*design.selection.nested, *(r for r in design.selection.direct if not r.certain)]
    return [
        JointRow(
            row.statement,
            row.interval,
            row.groups,
            row.weights,
            readings=(row.statement,),
            subject=Counted(row.statement.definition, "", row.groups, row.span),
        )
        for row in rows
        if row.statement.definition not in design.spec.scaled
    ]


def drawing(fit: Fit, family: str = "", more: Sequence[Counted] = ()) -> tuple[Design, Draws]:
    """What draws the counts of one family: a design, and what the kernel reads.

    All rows that tie these counts together are counted jointly, and no others.

    Parameters
    ----------
    more : sequence of Counted
        Further counts that shall be told apart.

    Raises
    ------
    FitError
        When they cannot be counted jointly.
    """
    design = fit.design
    binding = _binding(design) if family == "" else []
    selection = replace(design.selection, joint=(*design.selection.joint, *binding))
    try:
        joint, _ = count_jointly(
            fit.spec, fit.dataset, selection, more, design.joint.apart, design.joint.program
        )
    except BudgetError as error:
        # Errors are English; a report says them again in its own language.
        with speaking(LANGUAGES[0]):
            text = say(
                "realised-too-many-pieces", rows=", ".join(error.names), cost=f"{error.cost:,}",
                budget=f"{error.budget:,.0f}",
            )  # fmt: skip
        raise FitError(text) from None
    except EvidenceError as error:
        raise FitError(f"realised counts: {error}") from None
    design = replace(design, joint=joint, selection=replace(selection, joint=joint.rows))
    chance = np.ones(len(joint.rows))
    if fit.design.joint.rows:
        own = len(fit.design.joint.rows)
        chance[:own] = fit.constant[names.CHANCE].values
    draws = kernel_draws(design, fit.posterior, chance)
    return replace(design, joint=_only(joint, family)), draws


def _only(joint: Joint, family: str) -> Joint:
    """Leave out statements that share no counts with a family."""
    own = {at for one, at in joint.sum_of.items() if one.family == family}
    kept = [
        joint.problem.said[i]
        for component in joint.program.components
        if any(s in own for i in component for s in joint.problem.said[i].sums)
        for i in component
    ]
    return replace(
        joint, problem=replace(joint.problem, said=tuple(kept)), program=with_said(joint, kept)
    )


def touched(design: Design) -> set[int]:
    """Places of the parts that some statement speaks of, or divides a total with."""
    problem = design.joint.problem
    found = {part for said in problem.said for s in said.sums for part in problem.sums[s].parts}
    return found | {part for one in problem.splits if found & set(one.parts) for part in one.parts}


def family_parts(design: Design, family: str) -> list[int]:
    """Places of the parts of one family's counts."""
    sums = design.joint.problem.sums
    of_family = (at for one, at in design.joint.sum_of.items() if one.family == family)
    return sorted({part for at in of_family for part in sums[at].parts})


def draw_agreeing(design: Design, draws: Draws, family: str, rng: np.random.Generator) -> Drawn:
    """Draw what statements speak of, so that no published total is too small for it.

    Atoms of a large total are independent binomials, which together can ask for more than it has;
    such draws are taken again.

    Raises
    ------
    FitError
        When that does not end.
    """
    joint = design.joint
    totals: dict[bytes, tuple[int, list[int]]] = {}
    for part in set(family_parts(design, family)) & touched(design):
        one = joint.problem.parts[part]
        for link, trials in zip(one.links, one.trials, strict=True):
            key = joint.links[link].whole.tobytes()
            totals.setdefault(key, (trials, []))[1].append(link)
    found = draw_counts(joint.program, *draws.arrays, rng)
    for _ in range(TRIES):
        short = [found.link[:, links].sum(axis=1) > count for count, links in totals.values()]
        bad = np.flatnonzero(np.any(short, axis=0)) if short else np.zeros(0, dtype=int)
        if not len(bad):
            return found
        again = draw_counts(joint.program, *draws.take(bad).arrays, rng)
        found.link[bad], found.free[bad] = again.link, again.free
    with speaking(LANGUAGES[0]):
        raise FitError(say("realised-contradicted", tries=str(TRIES)))


@dataclass(frozen=True)
class _Piece:
    """Persons of some cells that are drawn together.

    Attributes
    ----------
    count : np.ndarray (sample,), persons
    cells : np.ndarray (sample or 1, group, period), how many of each cell's persons can be among them
    """

    count: np.ndarray
    cells: np.ndarray


@dataclass(frozen=True)
class _Total:
    """A published total, cut into what statements speak of and the rest."""

    cells: np.ndarray
    pieces: tuple[_Piece, ...]


def _factors(fit: Fit) -> Factors:
    """Factor of each definition: np.ndarray (sample, 1, 1); 1 for those of the groups' own rate."""
    if names.FACTOR not in fit.posterior:
        return {}
    found = stack(fit.posterior[names.FACTOR])
    return {
        str(name): found.sel({names.DEFINITION: name}).values[:, None, None]
        for name in found[names.DEFINITION].values
    }


def _reach(count: Link | Free, factors: Factors) -> np.ndarray:
    """Share of each cell's persons that are an atom's: np.ndarray (sample or 1, group, period)."""
    found: np.ndarray = np.asarray(factors.get(count.definition, 1.0) * count.inside[None])
    for inner, weights in count.less:
        found = found - factors[inner] * weights[None]
    return np.where(found > _ROUNDING, found, 0.0)


def _tied(design: Design) -> list[int]:
    """Parts of the groups' own counts that some statement ties."""
    return sorted(set(family_parts(design, "")) & touched(design))


def _cut(design: Design, link: np.ndarray, factors: Factors) -> Iterator[_Total]:
    """Published totals with the persons that statements cut out of them.

    `link` is np.ndarray (sample, link), persons.
    """
    joint = design.joint
    links = [at for part in _tied(design) for at in joint.problem.parts[part].links]
    for count, whole in published_totals(design.selection, design.spec.scaled, design.groups):
        own = [at for at in links if np.array_equal(joint.links[at].whole, whole)]
        pieces = [_Piece(link[:, at], _reach(joint.links[at], factors)) for at in own]
        left = whole[None] - sum((one.cells for one in pieces), np.zeros((1, *whole.shape)))
        persons = link[:, own].sum(axis=1)
        rest = _Piece(count - persons, np.where(left > _ROUNDING, left, 0.0))
        yield _Total(whole, (*pieces, rest))


def _share_out(count: np.ndarray, weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Divide persons among cells: np.ndarray of the shape of the weights, int.

    Parameters
    ----------
    count : np.ndarray (sample,)
    weights : np.ndarray (sample, ...)
    """
    flat = weights.reshape(len(weights), -1)
    inside = np.flatnonzero(flat.any(axis=0))
    drawn = np.zeros(flat.shape, dtype=np.int64)
    if len(inside):
        shares = flat[:, inside] / flat[:, inside].sum(axis=1, keepdims=True)
        drawn[:, inside] = rng.multinomial(count, shares)
    return drawn.reshape(weights.shape)


def _add(
    counts: np.ndarray,
    piece: _Piece,
    expected: np.ndarray,
    scatter: np.ndarray | float,
    rng: np.random.Generator,
) -> None:
    """Add a piece's persons to counts (sample, group, period); of many groups it has few cells."""
    group, period = np.nonzero(piece.cells.any(axis=0))
    weights = expected[:, group, period] * piece.cells[:, group, period]
    weights = weights * (scatter[:, 0, period] if isinstance(scatter, np.ndarray) else scatter)
    counts[:, group, period] += _share_out(piece.count, weights, rng)


def _scatter(
    cells: np.ndarray, frailty: np.ndarray | None, samples: int, rng: np.random.Generator
) -> np.ndarray | float:
    """Frailty of each period of a row: np.ndarray (sample, 1, period), or 1 where it cancels.

    Given their sum, the frailties of a row's periods keep their shares: for equal rates the shares
    of gamma variables do not depend on their sum, and n_eff rests on the same step.
    """
    if frailty is None or np.count_nonzero(cells.any(axis=0)) < 2:
        return 1.0
    size = 1.0 / frailty[:, None] ** 2
    return rng.gamma(size, 1.0 / size, (samples, cells.shape[1]))[:, None, :]


def _inside(
    count: np.ndarray,
    weights: np.ndarray,
    inside: np.ndarray,
    beyond: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Divide persons among cells, and leave out those on days beyond the axis."""
    beyond = np.where(beyond > _ROUNDING, beyond, 0.0)
    both = np.concatenate([weights * inside, weights * beyond], axis=2)
    return _share_out(count, both, rng)[:, :, : inside.shape[2]]


def _open_share(design: Design) -> np.ndarray:
    """np.ndarray (group, period), share of each cell's days that no exact total covers."""
    covered = sum(
        (
            design.cell_weights(row)
            for row in design.selection.direct
            if row.certain and row.statement.definition not in design.spec.scaled
        ),
        np.zeros((len(design.groups), len(design.periods))),
    )
    return np.where(covered > 1 - _ROUNDING, 0.0, 1.0 - covered)


def _free(
    design: Design,
    free: np.ndarray,
    expected: np.ndarray,
    frailty: np.ndarray | None,
    factors: Factors,
    rng: np.random.Generator,
) -> np.ndarray:
    """Persons on days that no exact total covers: np.ndarray (sample, group, period).

    Parameters
    ----------
    free : np.ndarray (sample, free), persons of those that statements speak of
    """
    joint = design.joint
    counts = np.zeros(expected.shape, dtype=np.int64)
    left = open_share = _open_share(design)[None]
    mean = np.zeros((len(expected), expected.shape[2]))
    for part in _tied(design):
        at = joint.problem.parts[part].free
        if at >= 0:
            cells = _reach(joint.free[at], factors)
            scatter = _scatter(joint.free[at].inside, frailty, len(expected), rng)
            # Days beyond the axis are counted at its edge; their persons are of no period.
            inside = np.minimum(cells, open_share)
            counts += _inside(free[:, at], expected * scatter, inside, cells - inside, rng)
            mean += (expected * inside).sum(axis=1)
            left = left - inside
    rate = expected * np.where(left > _ROUNDING, left, 0.0)
    if frailty is not None:
        # One frailty for all groups of a period: what was drawn of it says how large it is.
        size = 1.0 / frailty[:, None] ** 2
        shape = size + counts.sum(axis=1)
        rate = rate * rng.gamma(shape, 1.0 / (size + mean))[:, None, :]
    return counts + rng.poisson(rate)


@once
def realised(fit: Fit, *, random_seed: int) -> xr.DataArray:
    """Realised arrivals of each group and period, given what was published.

    With errors in the model they are those who came, not those who were published.

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
        When the statements cannot all be true.
    """
    rng = np.random.default_rng(random_seed)
    posterior = fit.posterior
    by_chain = posterior[names.EXPECTED].transpose(*names.SAMPLE, names.GROUP, names.PERIOD)
    coming = by_chain.values.reshape(-1, *by_chain.shape[2:])
    expected = published(fit).values.reshape(coming.shape)
    frailty = stack(posterior[names.FRAILTY]).values if names.FRAILTY in posterior else None
    design, draws = drawing(fit)
    factors = _factors(fit)
    drawn = draw_agreeing(design, draws, "", rng)
    counts = _free(design, drawn.free, expected, frailty, factors, rng)
    for total in _cut(design, drawn.link, factors):
        scatter = _scatter(total.cells, frailty, len(expected), rng)
        for piece in total.pieces:
            _add(counts, piece, expected, scatter, rng)
    measurement = fit.design.measurement
    if measurement is not None:
        values = stack(posterior[names.ERROR_PARAMETER]).transpose("sample", names.ERROR).values
        counts = came(measurement, counts, coming, values, frailty, rng)
    result = by_chain.copy(data=counts.reshape(by_chain.shape))
    return in_units(result, "persons").rename("realised")


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
        with speaking(LANGUAGES[0]):
            raise FitError(say("realised-cut", span=name, every=fit.spec.axis.every))
    return xr.dot(counts, weights.astype("int64"), dim=names.PERIOD).assign_attrs(units="persons")
