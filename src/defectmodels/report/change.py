"""How it changed: the parts of a change, as arithmetic of the model.

Invariant: wherever a part stands, the assumption under which it would be more than arithmetic
stands beside it. Shown by ``tests/test_report.py::test_no_causal_words``.
"""

from __future__ import annotations

from defectmodels import names
from defectmodels.estimands.decomposition import PART
from defectmodels.report import words
from defectmodels.report.drawing import panel
from defectmodels.report.figures import bars
from defectmodels.report.pieces import Cell, Figure, Panel, Paragraph, Section, Table
from defectmodels.report.results import scaled
from defectmodels.report.view import View, left_out
from defectmodels.report.words import Estimate
from defectmodels.wording import joined, listed, named, say, titled

OWN = ("exposure", "season", "trend", "intercept", "scale", "undercount", "covariates")
"""Parts that every model may have, whatever its series are called."""


def part_name(view: View, name: str) -> str:
    """What a part is called: a series by its title, and what the model itself is made of."""
    series = view.fit.dataset.series
    if name in series:
        return titled(series[name].title)
    return say("part-name", part=name) if name in OWN else named(name)


def _parts(view: View, index: int, kind: str) -> tuple[list[str], list[Estimate]]:
    """Names and estimates of the parts of a change and of the change itself."""
    found = view.changes[index]
    dim = names.GROUP if kind == "share" else PART
    parts = found.path(f"{kind}_part")
    scale = 100.0 if kind == "share" else 1.0
    sums = {say("part-whole", kind=kind): found.data[f"{kind}_change"].sum("step")}
    if kind == "share" and view.shown != view.groups:
        rest = parts.drop_sel({dim: list(view.shown)})
        sums = {say("part-rest", number=str(rest.sizes[dim])): rest.sum(dim)} | sums
        parts = parts.sel({dim: list(view.shown)})
    labels = [part_name(view, str(one)) for one in parts[dim].values]
    whole = map(words.estimate, sums.values())
    return [*labels, *sums], list(scaled((*words.estimates(parts), *whole), scale))


def _bars(view: View, kind: str, unit: str) -> Panel:
    labels, parts = _parts(view, 0, kind)
    first, last = view.pairs[0]
    spans = words.between(first, last)
    title = say("part-title", kind=kind, spans=spans)
    numbers = joined(
        (f"{label}: {words.full(part)}" for label, part in zip(labels, parts, strict=True)), "; "
    )
    alt = say("part-alt", group=named(view.of), kind=kind, spans=spans, unit=unit, numbers=numbers)
    height = 110 + 30 * len(parts)
    return panel(f"parts-{kind}", alt, lambda f: bars(f, labels, parts, title, unit), 400, height)


def _part_rows(view: View, index: int, kind: str, unit: str) -> list[tuple[Cell, ...]]:
    labels, parts = _parts(view, index, kind)
    first, last = view.pairs[index]
    return [
        (
            words.between(first, last),
            say("part-kind", kind=kind),
            label,
            words.middle(part),
            words.interval(part),
            unit,
        )
        for label, part in zip(labels, parts, strict=True)
    ]


def decomposition(view: View) -> Section:
    """Parts of the change of share and count."""
    title = say("part-heading")
    if not view.pairs:
        return Section("decomposition", title, (Paragraph(say("part-no-comparison")),))
    if view.withheld:
        return Section("decomposition", title, (Paragraph(say("part-withheld"), "warning"),))
    units = {"share": say("unit-points"), "count": say("unit-yearly")}
    kinds = ("share", "count") if view.several else ("count",)
    rows = [
        row
        for i in range(len(view.pairs))
        for kind in kinds
        for row in _part_rows(view, i, kind, units[kind])
    ]
    columns = (
        say("column-spans"), say("column-change-of"), say("column-part"), say("column-median"),
        say("column-interval", width=words.WIDTH), say("column-unit"),
    )  # fmt: skip
    table = Table(say("part-table"), columns, tuple(rows), (3,), say("part-folded"))
    caption = say(
        "part-caption",
        group=named(view.of),
        kinds=listed(say("part-kind", kind=kind) for kind in kinds),
        width=words.WIDTH,
        several="yes" if view.several else "no",
    )
    panels = tuple(_bars(view, kind, units[kind]) for kind in kinds)
    notes = Paragraph(say("part-arithmetic"), "note")
    figure = Figure(panels, caption, table)
    return Section("decomposition", title, (notes, figure, *left_out(view)))
