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
from defectmodels.report.view import View
from defectmodels.report.words import Estimate

ARITHMETIC = (
    "A part is arithmetic of the model: what switching one factor from its level in the first "
    "span to that in the second changes, averaged over all orders of switching (Shapley, Das "
    "Gupta). Parts add to the change in every draw. A part is no cause, unless one assumes that "
    "the factor could have been moved alone and that nothing outside the model moved with it."
)


def _part_name(view: View, name: str) -> str:
    series = view.fit.dataset.series
    return series[name].title if name in series else name.replace("_", " ")


def _parts(view: View, index: int, kind: str) -> tuple[list[str], list[Estimate]]:
    """Names and estimates of the parts of a change and of the change itself."""
    found = view.changes[index]
    dim = names.GROUP if kind == "share" else PART
    parts = found.path(f"{kind}_part")
    scale = 100.0 if kind == "share" else 1.0
    labels = [_part_name(view, str(one)) for one in parts[dim].values]
    whole = found.data[f"{kind}_change"].sum("step")
    estimates = scaled((*words.estimates(parts), words.estimate(whole)), scale)
    return [*labels, f"change of the {kind}"], list(estimates)


def _bars(view: View, kind: str, unit: str) -> Panel:
    labels, parts = _parts(view, 0, kind)
    first, last = view.pairs[0]
    title = f"{kind.capitalize()}, {first} to {last}"
    alt = (
        f"Parts of the change of the {view.of} {kind} from {first} to {last}, {unit}. "
        + "; ".join(
            f"{label}: {words.full(part)}" for label, part in zip(labels, parts, strict=True)
        )
    )
    height = 110 + 30 * len(parts)
    return panel(f"parts-{kind}", alt, lambda f: bars(f, labels, parts, title, unit), 400, height)


def _part_rows(view: View, index: int, kind: str, unit: str) -> list[tuple[Cell, ...]]:
    labels, parts = _parts(view, index, kind)
    first, last = view.pairs[index]
    return [
        (f"{first} to {last}", kind, label, words.middle(part), words.interval(part), unit)
        for label, part in zip(labels, parts, strict=True)
    ]


def decomposition(view: View) -> Section:
    """Parts of the change of share and count."""
    title = "Decomposition"
    if not view.pairs:
        text = "The model names no comparison and has fewer than two whole years; nothing is split."
        return Section("decomposition", title, (Paragraph(text),))
    if view.withheld:
        text = "The parts of the changes compared are withheld: the fit failed its checks."
        return Section("decomposition", title, (Paragraph(text, "warning"),))
    units = {"share": "percentage points", "count": "persons a year"}
    kinds = ("share", "count") if view.several else ("count",)
    rows = [
        row
        for i in range(len(view.pairs))
        for kind in kinds
        for row in _part_rows(view, i, kind, units[kind])
    ]
    columns = ("spans", "change of", "part", "median", f"{words.WIDTH} interval", "unit")
    table = Table(
        "Parts of every comparison", columns, tuple(rows), (3,), "The numbers, for every comparison"
    )
    what = "its groups' counts" if view.several else "exposure, covariates, season and trend"
    caption = (
        f"Parts of the change of the {view.of} {words.listed(kinds)} between the spans of the "
        f"headline: bar: median; line: central {words.WIDTH} interval; unit below each panel. "
        + (
            f"The share is split into {what}, the count into exposure, covariates, season and "
            "trend. "
            if view.several
            else f"The count is split into {what}. "
        )
        + "The change itself is last. Arithmetic of the model, not causes."
    )
    panels = tuple(_bars(view, kind, units[kind]) for kind in kinds)
    notes = Paragraph(ARITHMETIC, "note")
    return Section("decomposition", title, (notes, Figure(panels, caption, table)))
