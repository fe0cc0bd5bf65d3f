"""Models and datasets of a few lines, made in memory, whose probabilities can be worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from pytensor.compile.mode import Mode

from defectmodels.evidence.dataset import Dataset, Header
from defectmodels.evidence.periods import parse_span
from defectmodels.evidence.series import Series
from defectmodels.evidence.statements import AnyStatement, Statement
from defectmodels.model.spec import ModelSpec

PY = Mode(linker="py", optimizer=None)
"""Runs a graph as written, without compiling."""
FAST = Mode(linker="py", optimizer="fast_compile")
"""Compiles almost nothing; for graphs that are run often."""

VAGUE = {"dist": "lognormal", "median": 10.0, "factor": 10.0, "why": "a test"}

_STATEMENT: TypeAdapter[Statement] = TypeAdapter(AnyStatement)


def make_series(name: str, levels: Mapping[str, float], **more: Any) -> Series:
    """Series by its level in each span, such as {"2020H1": 0.0, "2020H2": 1.0}."""
    steps = [
        {"from": parse_span(span).start, "to": parse_span(span).end, "value": level, "status": "P"}
        for span, level in levels.items()
    ]
    content = {"name": name, "title": name, "unit": "1", "description": "", "role": "both"}
    return Series.model_validate(content | {"step": steps, "interpolation": "span"} | more)


def make_statement(number: int, definition: str, span: str, *bounds: int | None) -> Statement:
    """One bound is exact; two are the lowest and the highest number, None for no such end."""
    days = parse_span(span)
    low, high = bounds if len(bounds) == 2 else (bounds[0], bounds[0])
    if low is None or high is None:
        kind = "at_most" if low is None else "at_least"
    else:
        kind = "exact" if low == high else "range"
    cells = {key: value for key, value in (("low", low), ("high", high)) if value is not None}
    head = {"id": f"S{number}", "definition": definition, "kind": kind, "status": "current"}
    return _STATEMENT.validate_python(head | {"start": days.start, "end": days.end} | cells)


def make_dataset(
    *rows: tuple[Any, ...],
    groups: Sequence[str] = ("elite", "commoner"),
    definitions: Mapping[str, Sequence[str]] | None = None,
    series: Sequence[Series] = (),
) -> Dataset:
    """Dataset of rows (definition, span, bounds...), with ids S0, S1, ...

    'everyone' counts all groups, a group's name counts that group, and other definitions are given
    with the groups that they count.
    """
    counted = {"everyone": ["*"]} | {group: [group] for group in groups} | dict(definitions or {})
    header = Header.model_validate(
        {
            "name": "small",
            "title": "A few rows",
            "group": [{"name": group, "label": group} for group in groups],
            "definition": [
                {"name": name, "label": name, "groups": list(of)} for name, of in counted.items()
            ],
        }
    )
    statements = [make_statement(number, *row) for number, row in enumerate(rows)]
    return Dataset(header, tuple(statements), {one.name: one for one in series})


def make_content(
    start: str = "2020Q1",
    end: str = "2020Q4",
    every: str = "quarter",
    groups: Sequence[str] = ("elite", "commoner"),
    **changes: Any,
) -> dict[str, Any]:
    """Content of a model file: groups with a vague baseline, no terms, and what is changed."""
    content = {
        "name": "small",
        "title": "A small model",
        "description": "For tests.",
        "groups": list(groups),
        "axis": {"start": start, "end": end, "every": every},
        "baseline": {group: {"rate": VAGUE} for group in groups},
    }
    return content | changes


def make_spec(*axis: str, **changes: Any) -> ModelSpec:
    """Model file of `make_content`, read."""
    return ModelSpec.model_validate(make_content(*axis, **changes))
