"""Assumptions behind a headline that a search moves, one at a time, and the values tried.

Invariant: the first value of every assumption is the one made, and the others lie further and further from
it. Shown by ``tests/test_flip_cases.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Periods, Span, parse_span
from defectmodels.evidence.selection import JointRow
from defectmodels.inference.without import rows_by_origin
from defectmodels.model.design import Design
from defectmodels.model.spec import ModelSpec

Kind = Literal[
    "misclassified", "missed", "undetected", "wider", "narrower", "higher", "lower",
    "before", "after", "start earlier", "start later", "reliability",
]  # fmt: skip
"""What is moved; docs/flip.md says each in words."""
UNITS: dict[str, str] = {"misclassified": "persons", "missed": "persons", "undetected": "share"}
UNITS |= dict.fromkeys(("wider", "narrower"), "half-width")
UNITS |= dict.fromkeys(("higher", "lower"), "times")
UNITS |= dict.fromkeys(("before", "after", "start earlier", "start later"), "span")
UNITS["reliability"] = "probability"
REFITTED: tuple[Kind, ...] = get_args(Kind)[:7]
"""Kinds whose every value needs a refit; the others follow from the draws of a few."""
_MOST_PERSONS = 10
"""Persons tried where no statement counts the group in either span."""
_GROWTH = 1.2
"""From one number of persons to the next, beyond those counted."""
_SHARES = tuple(round(0.05 * at, 2) for at in range(20))
_STEPS = 4
"""Spans of equal length tried before the first one and after the last one."""
OWN = 0.5
"""Share of a statement's days that have to lie in a span for it to be a statement on the span."""


@dataclass(frozen=True)
class Assumption:
    """One assumption, and the values tried in its place.

    Attributes
    ----------
    key : str
        Unique in a study.
    kind : str
    values : tuple of float
        The one made first, then further and further from it; for spans their places.
    span : str
        Span whose persons it is about.
    group : str
        Group it is about; '' for all.
    name : str
        The reading or the origin.
    spans : tuple of (str, str)
        For spans that are compared: the pair at each value.
    """

    key: str
    kind: Kind
    values: tuple[float, ...]
    span: str = ""
    group: str = ""
    name: str = ""
    spans: tuple[tuple[str, str], ...] = ()

    @property
    def unit(self) -> str:
        """Code of the unit of its values."""
        return UNITS[self.kind]


def assumptions(
    design: Design, dataset: Dataset, of: str, pair: tuple[str, str]
) -> tuple[Assumption, ...]:
    """Every assumption of a comparison that is moved, with the values tried."""
    spec = design.spec
    found = [
        *(_persons(design, dataset, of, pair) if len(spec.groups) > 1 else ()),
        *_undetected(spec, of, pair),
        *_readings(design, dataset, of),
        *_pairs(spec.periods, pair),
    ]
    chances = tuple(round(1 - at / 100, 2) for at in range(101))
    found += [
        Assumption(f"reliability of {origin}", "reliability", chances, name=origin)
        for origin in rows_by_origin(design)
    ]
    return tuple(found)


def _persons(
    design: Design, dataset: Dataset, of: str, pair: tuple[str, str]
) -> Iterator[Assumption]:
    known = {text: _most(design, dataset, of, parse_span(text)) for text in pair}
    least = min((one for one in known.values() if one is not None), default=_MOST_PERSONS)
    counted = {text: max(least if one is None else one, 1) for text, one in known.items()}
    totals = {text: _total(design, parse_span(text)) for text in pair}
    for text, other in (pair[::-1], pair):
        most = counted[text]
        # So many more that the group's share would be the other span's.
        level = -(-counted[other] * totals[text] // max(totals[other], 1)) if totals[other] else 0
        lines: dict[Kind, int] = {"misclassified": most, "missed": max(most, level)}
        for kind, top in lines.items():
            yield Assumption(f"{kind} {text}", kind, _spaced(most, top), text, of)


def _spaced(most: int, top: int) -> tuple[float, ...]:
    """Every number of persons up to one, and then ever fewer."""
    found = list(range(most + 1))
    while found[-1] < top:
        found.append(min(max(round(_GROWTH * found[-1]), found[-1] + 1), top))
    return tuple(map(float, found))


def _total(design: Design, span: Span) -> int:
    """Persons of all groups that exact totals count in a span."""
    rows = [row for row in design.selection.direct if row.certain and span.contains(row.span)]
    return sum(row.interval.low for row in rows if row.groups == design.groups)


def _most(design: Design, dataset: Dataset, of: str, span: Span) -> int | None:
    """Fewest persons of the group that some statement mostly on a span has as its highest number."""
    found = []
    for row in design.selection.rows:
        common = row.span.common_days(span)
        if row.groups != (of,) or common < OWN * row.span.days:
            continue
        for one in row.readings if isinstance(row, JointRow) else (row.statement,):
            interval = one.interval(dataset.readings)
            if interval is not None and interval.high is not None:
                found.append(math.floor(interval.high * span.days / common))
    return min(found, default=None)


def _undetected(spec: ModelSpec, of: str, pair: tuple[str, str]) -> Iterator[Assumption]:
    for group in ("", of) if len(spec.groups) > 1 else ("",):
        for text in reversed(pair):
            yield Assumption(
                f"undetected {group or 'all'} {text}", "undetected", _SHARES, text, group
            )


def _readings(design: Design, dataset: Dataset, of: str) -> Iterator[Assumption]:
    """Readings to either side of a number, where a statement on the group uses them."""
    rows = [row for row in design.selection.rows if row.groups == (of,)]
    said = [
        one
        for row in rows
        for one in (row.readings if isinstance(row, JointRow) else (row.statement,))
    ]
    used = {getattr(one, "reading", "") for one in said}
    for one in dataset.header.reading:
        if one.name not in used or not one.low_times < 1 < one.high_times:
            continue
        half = round((one.high_times - one.low_times) / 2, 6)
        tenths = [at / 10 for at in range(11)]
        lines: dict[Kind, tuple[float, ...]] = {
            "wider": (half, *(x for x in tenths if x > half)),
            "narrower": (half, *(x for x in reversed(tenths) if x < half)),
            "higher": tuple(1 + at / 10 for at in range(6)),
            "lower": tuple(1 - at / 10 for at in range(6)),
        }
        for kind, values in lines.items():
            yield Assumption(f"{one.name} {kind}", kind, values, name=one.name)


def _pairs(periods: Periods, pair: tuple[str, str]) -> Iterator[Assumption]:
    """Other spans: further ones of the same length, and a last one that starts sooner or later."""
    first, last = (np.flatnonzero(periods.weights(parse_span(text))) for text in pair)

    def named(places: np.ndarray) -> str | None:
        if places[0] < 0 or places[-1] >= len(periods):
            return None
        days = Span(periods.spans[places[0]].start, periods.spans[places[-1]].end)
        whole = str(days)
        return (
            whole
            if ".." not in whole
            else f"{periods.labels[places[0]]}..{periods.labels[places[-1]]}"
        )

    back = [named(first - step * len(first)) for step in range(1, _STEPS + 1)]
    on = [named(last + step * len(last)) for step in range(1, _STEPS + 1)]
    sooner = [named(np.arange(start, last[-1] + 1)) for start in range(last[0] - 1, first[-1], -1)]
    later = [named(last[step:]) for step in range(1, len(last))]
    lines: dict[Kind, list[tuple[str, str]]] = {
        "before": [(text, pair[1]) for text in back if text],
        "after": [(pair[0], text) for text in on if text],
        "start earlier": [(pair[0], text) for text in sooner if text],
        "start later": [(pair[0], text) for text in later if text],
    }
    for kind, pairs in lines.items():
        if pairs:
            spans = (pair, *pairs)
            yield Assumption(kind, kind, tuple(map(float, range(len(spans)))), spans=spans)
