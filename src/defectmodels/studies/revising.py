"""Vintages said anew: totals as they were first published, where a model learns how totals are revised.

A model with an error of kind ``revision`` reads, of earlier totals, what was first published over what stands
now. Each such ratio is lognormal around 1 with the standard deviation `revision_scale`; the number is rounded
to whole persons, which the likelihood takes for exact.

Invariant: logarithms of the ratios have mean 0 and the model's standard deviation, and the totals are those
that the world publishes. Shown by ``tests/test_revising.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.selection import Counted, groups_of
from defectmodels.evidence.statements import Exact, Statement
from defectmodels.model.design import Design
from defectmodels.model.measured import LEAST, revised


@dataclass(frozen=True)
class Revisions:
    """Totals whose vintages a model reads.

    Attributes
    ----------
    pairs : tuple of (Exact, Exact)
        First published, and as it stands.
    beside : tuple of (Exact, Counted)
        Those that stand, and are counted, though no row of the model is about them.
    """

    pairs: tuple[tuple[Exact, Exact], ...]
    beside: tuple[tuple[Exact, Counted], ...]

    @property
    def ids(self) -> set[str]:
        """Statements that are no rows of the model."""
        return {old.id for old, _ in self.pairs} | {now.id for now, _ in self.beside}

    def said(
        self, statements: Mapping[str, Statement], scale: float, rng: np.random.Generator
    ) -> dict[str, Statement]:
        """Statements, and what was first published of the totals among them, by id.

        Parameters
        ----------
        scale : float
            Standard deviation of the logarithm of the ratio.
        """
        found = dict(statements)
        for old, now in self.pairs:
            stands = found.get(now.id)
            if not isinstance(stands, Exact):
                continue
            first = round(stands.low * math.exp(min(scale * rng.standard_normal(), 20.0)))
            # Of fewer the model reads no vintage.
            if min(stands.low, first) >= LEAST:
                found[old.id] = old.model_copy(update={"low": first, "high": first})
        return found


def revisions(design: Design, dataset: Dataset) -> Revisions:
    """Totals of a dataset whose vintages the model of a design reads, on days that it simulates."""
    spec, used = design.spec, {row.statement.id for row in design.selection.rows}
    pairs, beside = [], []
    for old, now in revised(spec, dataset):
        assert now.span is not None  # one without a span has no vintage of the same days
        groups = groups_of(dataset.definitions[now.definition], design.groups)
        if now.id not in used:
            if not design.periods.span.contains(now.span):
                continue
            beside.append((now, Counted(now.definition, "", groups, now.span)))
        pairs.append((old, now))
    return Revisions(tuple(pairs), tuple(beside))
