"""What a value of an assumption makes of the evidence.

*Misclassified* and *missed* change statements: had k persons been counted who were none of the group, every
statement on the group in that span would speak of k persons more than there were, those that compare counts
too. The k are spread evenly over the days of the span, so that a statement on a part of it has its part of
them; statements that are mostly about other days stay as they are.
*Undetected* changes no statement: it makes the counted persons a known share of those who came. A *reading*
is changed in the dataset's table, for every statement that uses it.

Invariant: at the value that is assumed nothing is changed, and a changed statement is true of those who came
just where the published one is of those counted. Shown by ``tests/test_flip_evidence.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import SerializeAsAny

from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.intervals import NOTHING, Interval, Reading
from defectmodels.evidence.periods import Span, parse_span
from defectmodels.evidence.selection import groups_of
from defectmodels.evidence.statements import AtLeast, AtMost, Comparison, Range, Statement
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.flip_cases import OWN, Assumption, Kind

ASSUMED = "assumed"
"""Id of the statement that those missed came."""


class Recounted(Comparison):
    """A comparison of counts that had other persons in them than those who came.

    Attributes
    ----------
    said : Comparison
        What was published.
    more : int
        Persons that its count has beyond those who came.
    others_more : tuple of int
        The same for each count compared with.
    """

    kind: Literal["rank", "order", "equality", "ratio"]
    against: str = ""
    said: SerializeAsAny[Comparison]
    more: int
    others_more: tuple[int, ...]

    @property
    def against_definition(self) -> str:
        """As published."""
        return self.said.against_definition

    @property
    def against_spans(self) -> tuple[Span, ...]:
        """As published."""
        return self.said.against_spans

    def allowed(self, other: int, readings: Mapping[str, Reading]) -> Interval:
        """As published, of the numbers counted."""
        return self.said.allowed(other, readings)

    def allowed_by(self, place: int, other: int, readings: Mapping[str, Reading]) -> Interval:
        """Persons who may have come when `other` came in the span compared with."""
        counted = other + self.others_more[place]
        if counted < 0:
            return NOTHING
        return _less(self.said.allowed_by(place, counted, readings), self.more)

    def says(self, readings: Mapping[str, Reading]) -> str:
        """What was published."""
        return self.said.says(readings)


def _less(interval: Interval, persons: int) -> Interval:
    """Numbers that are smaller by so many persons than those of an interval."""
    high = None if interval.high is None else interval.high - persons
    if interval == NOTHING or (high is not None and high < 0):
        return NOTHING
    return Interval(max(interval.low - persons, 0), high)


def part_of(persons: int, span: Span, within: Span) -> int:
    """How many of some persons, spread evenly over the days of a span, a statement on other days has."""
    common = within.common_days(span)
    if common < OWN * within.days:
        return 0
    return math.floor(persons * common / span.days + 0.5)


def recounted(spec: ModelSpec, dataset: Dataset, group: str, span: Span, persons: int) -> Dataset:
    """The statements, had they counted so many persons of a group too many in a span; too few below 0.

    Totals of all groups stay: who was counted as of the group came, as one of another. That those missed
    came is a statement of its own, which nothing doubts.
    """
    if persons == 0:
        return dataset
    groups = spec.groups
    others = set(groups) - {group}

    def more(definition: str, days: Span | None) -> int:
        found = set(groups_of(dataset.definitions[definition], groups))
        sign = 1 if found == {group} else -1 if found and found == others else 0
        return 0 if days is None or not sign else sign * part_of(persons, span, days)

    statements = tuple(_recounted(one, more, dataset) for one in dataset.statements)
    if persons < 0 and (definition := _own(spec, dataset, group)):
        missed = AtLeast(
            id=ASSUMED, definition=definition, start=span.start, end=span.end, status="current",
            kind="at_least", low=-persons,
        )  # fmt: skip
        statements = (*statements, missed)
    return replace(dataset, statements=statements)


def _own(spec: ModelSpec, dataset: Dataset, group: str) -> str:
    """Definition that counts the persons of a group themselves; '' when the model uses none."""
    used = tuple(spec.definition) or tuple(dataset.definitions)
    found = [
        one
        for one in dataset.header.definition
        if one.countable and one.name in used and one.name not in spec.scaled
        if groups_of(one, spec.groups) == (group,)
    ]
    return max(found, key=lambda one: one.reference).name if found else ""


def _recounted(
    one: Statement, more: Callable[[str, Span | None], int], dataset: Dataset
) -> Statement:
    own = more(one.definition, one.span)
    if isinstance(one, Comparison):
        others = tuple(more(one.against_definition, span) for span in one.against_spans)
        if not own and not any(others):
            return one
        cells = _cells(one) | {"kind": one.kind, "against": one.against}
        return Recounted(**cells, said=one, more=own, others_more=others)
    interval = one.interval(dataset.readings)
    if not own or interval is None:
        return one
    low, high = _less(interval, own)
    if high is None:
        return AtLeast(**_cells(one), kind="at_least", low=low)
    if interval.low == 0:
        return AtMost(**_cells(one), kind="at_most", high=high)
    return Range(**_cells(one), kind="range", low=low, high=high)


def _cells(one: Statement) -> dict[str, Any]:
    """What every statement says, whatever its kind."""
    return {name: getattr(one, name) for name in Statement.model_fields}


def reread(dataset: Dataset, name: str, kind: Kind, value: float) -> Dataset:
    """The dataset with a reading of another half-width, or about another centre."""

    def changed(one: Reading) -> Reading:
        if one.name != name:
            return one
        half, centre = (one.high_times - one.low_times) / 2, (one.high_times + one.low_times) / 2
        if kind in ("wider", "narrower"):
            half = value
        else:
            centre *= value
        times = {"low_times": max(centre - half, 0.0), "high_times": centre + half}
        return one.model_copy(update=times)

    header = dataset.header
    readings = tuple(changed(one) for one in header.reading)
    return replace(dataset, header=header.model_copy(update={"reading": readings}))


def detected(spec: ModelSpec, group: str, span: Span, undetected: float) -> np.ndarray:
    """Share of those who come that statements count: np.ndarray (group, period)."""
    found = np.ones((len(spec.groups), len(spec.periods)))
    own = [at for at, name in enumerate(spec.groups) if group in ("", name)]
    found[own] -= undetected * spec.periods.weights(span)
    return found


def applied(
    spec: ModelSpec, dataset: Dataset, one: Assumption, value: float
) -> tuple[Dataset, np.ndarray | None]:
    """The dataset at a value of an assumption, and the shares detected where they are less than all."""
    if value == one.values[0]:
        return dataset, None
    if one.kind in ("misclassified", "missed"):
        persons = round(value) * (1 if one.kind == "misclassified" else -1)
        return recounted(spec, dataset, one.group, parse_span(one.span), persons), None
    if one.kind == "undetected":
        return dataset, detected(spec, one.group, parse_span(one.span), value)
    return reread(dataset, one.name, one.kind, value), None
