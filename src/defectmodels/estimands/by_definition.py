"""Realised counts under any definition, over any spans: "how many elites came in 2019?".

Counts of the groups themselves over whole periods are sums of `realised`. Other spans are cut out of
the counts that statements speak of, and drawn together with them. A definition with a factor counts
persons of its own: its draws agree with what was published under it, and not with those of other
definitions.

Invariant: draws have the law of going through all counts, and agree with every certain statement
under the definition. Shown by ``tests/test_by_definition.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from defectmodels import names
from defectmodels.counting.draws import Drawn
from defectmodels.errors import FitError, UnknownNameError, known
from defectmodels.estimands.quoted import comparisons
from defectmodels.estimands.rates import SPAN, resolve, span_weights
from defectmodels.estimands.realised import (
    draw_agreeing,
    drawing,
    family_of,
    family_parts,
    over_spans,
    realised,
    touched,
)
from defectmodels.estimands.summary import INTERVAL, Probability, probability
from defectmodels.evidence.periods import Span
from defectmodels.evidence.selection import Counted, groups_of, tells_apart
from defectmodels.evidence.statements import Comparison
from defectmodels.inference.fit import Fit
from defectmodels.inference.rows import Draws
from defectmodels.model.design import Design
from defectmodels.wording import LANGUAGES, named, say, speaking

_LEAST = 1e-12
"""Least share of a total that is divided further."""


def _unsaid(
    design: Design, draws: Draws, drawn: Drawn, family: str, rng: np.random.Generator
) -> None:
    """Draw the parts of a family that no statement speaks of, in place.

    What is left of each total is divided further, part by part, which makes it a multinomial.
    """
    joint, said = design.joint, touched(design)
    left: dict[bytes, tuple[np.ndarray, np.ndarray]] = {}
    for part in sorted(family_parts(design, family), key=lambda part: part not in said):
        one = joint.problem.parts[part]
        for link, trials in zip(one.links, one.trials, strict=True):
            key = joint.links[link].whole.tobytes()
            persons, share = left.get(key, (np.full(len(draws.p), trials), np.ones(len(draws.p))))
            if part not in said:
                p = np.clip(draws.p[:, link] / np.maximum(share, _LEAST), 0.0, 1.0)
                drawn.link[:, link] = rng.binomial(persons, p)
            left[key] = (persons - drawn.link[:, link], share - draws.p[:, link])
        if one.free >= 0 and part not in said:
            mean, size = draws.mean[:, one.free], draws.size[:, one.free]
            shape = np.where(size > 0, size, 1.0)
            scatter = np.where(size > 0, rng.gamma(shape, 1.0 / shape), 1.0)
            drawn.free[:, one.free] = rng.poisson(mean * scatter)


def _persons(design: Design, drawn: Drawn, parts: Sequence[int]) -> np.ndarray:
    """Persons of some parts: np.ndarray (sample,)."""
    problem = design.joint.problem
    links = [link for part in parts for link in problem.parts[part].links]
    free = [problem.parts[part].free for part in parts if problem.parts[part].free >= 0]
    found: np.ndarray = drawn.link[:, links].sum(axis=1) + drawn.free[:, free].sum(axis=1)
    return found


def _cuts_periods(fit: Fit, spans: Sequence[str]) -> bool:
    """Whether a span has days in part of a period only."""
    weights = span_weights(fit, spans)
    return bool(((weights > 0) & (weights < 1)).any())


def realised_by_definition(
    fit: Fit, definition: str, spans: Sequence[str], *, random_seed: int
) -> xr.DataArray:
    """Realised counts under one definition over spans, given what was published.

    Parameters
    ----------
    fit : Fit
    definition : str
        A definition that the model uses. One with a factor counts persons of its own.
    spans : sequence of str
        Such as '2019', '2020..2022', '2019Q3' or '2013-01-01..2015-10-20'; days may cut periods.
    random_seed : int

    Returns
    -------
    xr.DataArray (chain, draw, span), int, persons
        Spans are drawn together, so that comparing them draw by draw is comparing their counts.

    Raises
    ------
    UnknownNameError
        When the model does not use the definition.
    FitError
        When the model does not tell its groups apart, no statement tells its factor, or the spans
        cannot be counted jointly with what was published. In a model with errors also when the definition
        has a factor or a span cuts a period: what could be drawn then is not who came.
    SpanError
        When a span is none, or lies outside the fitted periods.

    Examples
    --------
    >>> counts = dm.realised_by_definition(fit, "mou_elite_group", ["2019", "2023"], random_seed=1)
    >>> dm.probability(counts.sel(span="2023") > counts.sel(span="2019"))
    """
    counted = _groups(fit, definition)
    attributes = {"units": "persons", "definition": definition}
    if definition not in fit.spec.scaled and not _cuts_periods(fit, spans):
        own = realised(fit, random_seed=random_seed).sel({names.GROUP: list(counted)})
        return (
            over_spans(fit, own.sum(names.GROUP), spans)
            .rename("realised")
            .drop_attrs()
            .assign_attrs(attributes)
        )
    _refuse_errors(fit, definition)
    rng = np.random.default_rng(random_seed)
    family = family_of(fit.design, definition)
    asked = [Counted(definition, family, counted, resolve(fit, span)) for span in spans]
    design, draws = drawing(fit, family, asked)
    joint = design.joint
    drawn = draw_agreeing(design, draws, family, rng)
    sums = [joint.problem.sums[joint.sum_of[one]] for one in asked]
    _unsaid(design, draws, drawn, family, rng)
    found = np.array([_persons(design, drawn, one.parts) + one.known for one in sums])
    chain, draw = (fit.posterior[dim] for dim in names.SAMPLE)
    return xr.DataArray(
        found.T.reshape(chain.size, draw.size, len(spans)),
        {"chain": chain, "draw": draw, SPAN: list(spans)},
        (*names.SAMPLE, SPAN),
        "realised",
        attributes,
    )


def _refuse_errors(fit: Fit, definition: str) -> None:
    """Refuse what would be the published counts, which are not those of who came."""
    if fit.spec.error:
        with speaking(LANGUAGES[0]):
            raise FitError(say("realised-errors", definition=named(definition)))


def _used(fit: Fit) -> tuple[str, ...]:
    """Definitions that a model uses: all countable ones where it names none."""
    return tuple(fit.spec.definition) or tuple(
        one.name for one in fit.dataset.header.definition if one.countable
    )


def _groups(fit: Fit, definition: str) -> tuple[str, ...]:
    """Groups that a definition counts, if its persons can be drawn at all."""
    uses = _used(fit)
    if definition not in uses:
        raise UnknownNameError(
            f"the model does not use the definition '{definition}'. {known(definition, uses)}"
        )
    one = fit.dataset.definitions[definition]
    if not tells_apart(one, fit.design.groups):
        raise FitError(
            f"'{definition}' counts {', '.join(one.groups)}, which the model does not tell apart"
        )
    if definition in fit.spec.scaled and definition not in fit.design.scaled:
        # Errors are English; a report says them again in its own language.
        with speaking(LANGUAGES[0]):
            raise FitError(say("realised-no-factor", definition=named(definition)))
    return groups_of(one, fit.design.groups)


def countable(fit: Fit) -> tuple[str, ...]:
    """Definitions whose persons the fit can count: the model tells them apart and knows their factor."""
    return tuple(
        name
        for name in _used(fit)
        if tells_apart(fit.dataset.definitions[name], fit.design.groups)
        and (name not in fit.spec.scaled or name in fit.design.scaled)
    )


def definitions_of(fit: Fit, group: str) -> tuple[str, ...]:
    """Definitions of a model that count just one group; those of the group's own rate first."""
    uses = _used(fit)
    found = [
        name
        for name in uses
        if tells_apart(one := fit.dataset.definitions[name], fit.design.groups)
        and groups_of(one, fit.design.groups) == (group,)
    ]
    return tuple(sorted(found, key=lambda name: (name in fit.spec.scaled, uses.index(name))))


def default_counts(
    fit: Fit, definition: str | None, spans: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """Definition and spans, those of the headline where none are given.

    Raises
    ------
    FitError
        When the model has no definition of the headline's group alone.
    """
    of, pairs = comparisons(fit)
    own = definitions_of(fit, of)
    if definition is None and not own:
        raise FitError(
            f"the model has no definition that counts {of} alone; name one with --definition"
        )
    compared = dict.fromkeys(span for pair in pairs for span in pair)
    in_time = sorted(compared, key=lambda span: resolve(fit, span).start)
    return definition or own[0], tuple(spans or in_time)


def counts_table(
    fit: Fit, definition: str, spans: Sequence[str], interval: float = INTERVAL
) -> pd.DataFrame:
    """Realised counts under a definition, one row for each span; nothing is rounded.

    Returns
    -------
    pd.DataFrame
        definition, span; median, low, high: persons; P(none); for each earlier span P(more than in
        SPAN), the probability that there were more in this one. After each probability its Monte
        Carlo standard error, in a column that ends in ' mcse'.
    """
    counts = realised_by_definition(fit, definition, spans, random_seed=fit.made["random_seed"])
    rows = []
    for at, span in enumerate(spans):
        one = counts.isel({SPAN: at})
        found = {"definition": definition, "span": span} | _central(one, interval)
        odds = {"P(none)": one == 0} | {
            f"P(more than in {other})": one > counts.isel({SPAN: before})
            for before, other in enumerate(spans[:at])
        }
        for name, event in odds.items():
            found[name], found[f"{name} mcse"] = probability(event)
        rows.append(found)
    return pd.DataFrame(rows)


def printed_counts(table: pd.DataFrame) -> pd.DataFrame:
    """A table of counts as text, with no more digits than the Monte Carlo error allows."""
    shown = table.astype(object).copy()
    for name in [column for column in table if f"{column} mcse" in table]:
        pairs = zip(table[name], table[f"{name} mcse"], strict=True)
        shown[name] = ["" if pd.isna(value) else str(Probability(value, e)) for value, e in pairs]
        shown = shown.drop(columns=f"{name} mcse")
    return shown


def _central(counts: xr.DataArray, interval: float = INTERVAL) -> dict[str, Any]:
    """Median and central interval of a count, persons."""
    tail = (1 - interval) / 2
    low, median, high = np.quantile(counts.values, [tail, 0.5, 1 - tail])
    return {"median": round(median), "low": round(low), "high": round(high)}


@dataclass(frozen=True)
class _Block:
    """What exact statements of one definition say of days that follow each other, added."""

    definition: str
    groups: tuple[str, ...]
    span: Span
    persons: int
    ids: tuple[str, ...]


def _exact_blocks(fit: Fit) -> list[_Block]:
    """Exact statements on groups smaller than everyone, on days within the axis."""
    found: list[_Block] = []
    axis = fit.spec.periods.span
    rows = [
        row
        for row in fit.design.selection.rows
        if not isinstance(row.statement, Comparison)
        and row.width == 0
        and len(row.groups) < len(fit.design.groups)
        and axis.contains(row.span)
    ]
    for row in sorted(rows, key=lambda row: (row.statement.definition, row.span.start)):
        name, ids = row.statement.definition, (row.statement.id,)
        one = _Block(name, row.groups, row.span, row.interval.low, ids)
        if found and found[-1].definition == name:
            last = found[-1]
            if last.span.end + timedelta(1) == one.span.start:
                found.pop()
                span = Span(last.span.start, one.span.end)
                one = _Block(name, one.groups, span, last.persons + one.persons, last.ids + ids)
        found.append(one)
    return found


def side_by_side(fit: Fit) -> pd.DataFrame:
    """What one definition published, beside the count of another that published on common days.

    Where the first were a part of the second, the second could not be fewer.

    Returns
    -------
    pd.DataFrame
        definition, days, published (persons), rows (ids); against, median, low, high: the other's
        realised count on these days; at_least, at_least_mcse: probability that it is at least what
        was published, and its Monte Carlo standard error. Nothing where the model has errors: what is
        published is no count of who came.
    """
    if fit.spec.error:
        return pd.DataFrame()
    blocks, rows = _exact_blocks(fit), []
    for one in blocks:
        others = {
            other.definition
            for other in blocks
            if other.definition != one.definition
            and set(one.groups) <= set(other.groups)
            and other.span.overlaps(one.span)
        }
        for name in sorted(others):
            counts = realised_by_definition(
                fit, name, [str(one.span)], random_seed=fit.made["random_seed"]
            ).isel({SPAN: 0})
            odds = probability(counts >= one.persons)
            rows.append(
                {
                    "definition": one.definition,
                    "days": str(one.span),
                    "published": one.persons,
                    "rows": ", ".join(one.ids),
                    "against": name,
                }
                | _central(counts)
                | {"at_least": odds.value, "at_least_mcse": odds.mcse}
            )
    return pd.DataFrame(rows)


def pmf(counts: xr.DataArray) -> pd.DataFrame:
    """Posterior probability of every number of persons.

    Parameters
    ----------
    counts : xr.DataArray (chain, draw, span), int
        From `realised_by_definition`.

    Returns
    -------
    pd.DataFrame
        One row for each number from 0 to the largest drawn, one column for each span.
    """
    values = counts.transpose(SPAN, *names.SAMPLE).values.reshape(counts.sizes[SPAN], -1)
    most = int(values.max())
    shares = [np.bincount(one, minlength=most + 1) / values.shape[1] for one in values]
    return pd.DataFrame(
        np.array(shares).T,
        index=pd.RangeIndex(most + 1, name="persons"),
        columns=[str(span) for span in counts[SPAN].values],
    )
