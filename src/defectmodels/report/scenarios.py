"""Other histories: what the shipped scenarios change, and parts of a change by theme.

Invariant: every contrast stands beside its assumption and its support, and a scenario that the model
cannot be asked is named with the reason. Shown by ``tests/test_scenario_report.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from defectmodels import catalog, names
from defectmodels.errors import DefectModelsError
from defectmodels.estimands.contrast import ALL, Contrast, contrast
from defectmodels.estimands.courses import Reckoner
from defectmodels.estimands.decomposition import PART
from defectmodels.estimands.parts import TREND, Parts, parts_of_change
from defectmodels.estimands.rates import SPAN
from defectmodels.estimands.scenarios import SCENARIO, Scenarios, scenarios
from defectmodels.evidence.scenario import Scenario, load_scenario
from defectmodels.report import words
from defectmodels.report.contrasts import ARITHMETIC, HEAD, comparison, conditions, rows
from defectmodels.report.drawing import panel
from defectmodels.report.figures import bars, differences
from defectmodels.report.pieces import (
    Cell,
    Figure,
    Listing,
    Panel,
    Paragraph,
    Piece,
    Section,
    Table,
)
from defectmodels.report.results import FOLD, drawn, scaled
from defectmodels.report.timeplots import Band, TimePlot
from defectmodels.report.view import View
from defectmodels.report.words import Estimate

TITLE = "Scenarios"
_BEFORE = 6
"""Years before a scenario's first change that its figure shows."""
WITHHELD = "Withheld: the fit failed its checks."


def first_day(one: Scenario) -> date:
    """First day that a scenario changes."""
    return min(change.span.start for change in one.change)


@dataclass(frozen=True)
class Asked:
    """The shipped scenarios, held against a fit.

    Attributes
    ----------
    view : View
    """

    view: View

    @cached_property
    def sorted(self) -> tuple[tuple[Scenario, ...], dict[str, str]]:
        """Scenarios that differ from what was in fitted periods, and why others cannot be asked."""
        usable, refused = [], {}
        reckoner = Reckoner(self.view.fit, self.view.fit.spec.periods, 0)
        for name in catalog.scenarios():
            one = load_scenario(name)
            try:
                course = reckoner.course(one)
            except DefectModelsError as error:
                refused[name] = str(error)
                continue
            if reckoner.moved(course).any():
                usable.append(one)
        return tuple(sorted(usable, key=lambda one: (first_day(one), one.name))), refused

    @cached_property
    def by_year(self) -> Scenarios:
        """All usable scenarios over the spans of every figure."""
        return scenarios(self.view.fit, list(self.sorted[0]), self.view.spans)

    @cached_property
    def was(self) -> tuple[Estimate, ...]:
        """Expected arrivals of all groups, as it was."""
        return self.view.expected_of(self.view.groups)

    def contrast(self, one: Scenario) -> tuple[Scenarios, Contrast, str]:
        """A scenario against what was, from its first changed period to the last fitted one."""
        changed = self.by_year.support["changed"].sel({SCENARIO: one.name})
        labels = [str(label) for label in changed[names.PERIOD].values[changed.values]]
        span = f"{labels[0]}..{self.view.fit.spec.periods.labels[-1]}"
        found = scenarios(self.view.fit, [one], [span])
        return found, contrast(found, one.name), span


def _dots(asked: Asked, made: Sequence[tuple[Scenarios, Contrast, str]], group: str) -> Panel:
    labels = [found.one(one.scenario).title for found, one, _ in made]
    values = [
        words.estimate(one.data["difference"].sel({names.GROUP: group}).isel({SPAN: 0}, drop=True))
        for _, one, _ in made
    ]
    title = "All arrivals" if group == ALL else f"{group} arrivals"
    alt = f"{title}, difference from what was, persons. " + "; ".join(
        f"{label}: {words.full(value)}" for label, value in zip(labels, values, strict=True)
    )
    height = 90 + 30 * len(labels)
    draw = lambda f: differences(f, labels, values, title, "persons")  # noqa: E731
    return panel(f"scenario-{group}", alt, draw, 440, height)


def _history(asked: Asked, one: Scenario, key: str) -> Panel:
    view = asked.view
    by = asked.by_year.draws("expected").sel({SCENARIO: one.name}, drop=True)
    was, other = asked.was, words.estimates(by.sum(names.GROUP))
    # A few years before the first change show where the two part.
    shown = slice(int(np.searchsorted(view.middles, first_day(one).year - _BEFORE)), None)
    x = view.middles[shown]
    bands = (Band("as it was", x, was[shown], 6), Band("scenario", x, other[shown], 0))
    plot = TimePlot(bands, (), one.title, f"persons a {view.span_word} (log)", log=True)
    last = view.spans[-1]
    alt = (
        f"{one.title}: expected arrivals by {view.span_word}. {last}: {words.full(other[-1])}, "
        f"as it was {words.full(was[-1])}."
    )
    return panel(f"history-{key}", alt, drawn(plot), 345, 260)


def _figures(asked: Asked, made: Sequence[tuple[Scenarios, Contrast, str]]) -> list[Piece]:
    view, chosen = asked.view, asked.sorted[0]
    cells = [row for _, one, _ in made for row in rows(one)]
    table = Table("Contrasts with what was", HEAD, tuple(map(tuple, cells)), (3,), FOLD)
    groups = (ALL, view.of) if view.several else (ALL,)
    caption = (
        "Expected arrivals of each scenario less those of what was, from the scenario's first changed "
        f"period to {view.fit.spec.periods.labels[-1]}: median and central {words.WIDTH} interval, persons, "
        "on the same draws. Each under its own assumption, below."
    )
    dots = Figure(tuple(_dots(asked, made, group) for group in groups), caption, table)
    panels = tuple(_history(asked, one, str(at)) for at, one in enumerate(chosen))
    caption = (
        f"Expected arrivals of all groups by {view.span_word}, log axis, median and central {words.WIDTH} "
        "interval, persons: as it was (grey, hatched) and under each scenario (blue)."
    )
    return [dots, Figure(panels, caption)]


def scenarios_section(view: View) -> Section:
    """Show the shipped scenarios against what was."""
    asked = Asked(view)
    usable, refused = asked.sorted
    left = [f"{name}: {reason}" for name, reason in refused.items()]
    if not usable:
        text = "The model uses no series that a shipped scenario changes in its periods."
        return Section(
            "scenarios", TITLE, (Paragraph(text), *([Listing(tuple(left))] if left else []))
        )
    made = [asked.contrast(one) for one in usable]
    pieces: list[Piece] = [Paragraph(ARITHMETIC, "note"), *_figures(asked, made)]
    if view.withheld:
        pieces.append(Paragraph(WITHHELD, "warning"))
    else:
        groups = (ALL, view.of) if view.several else (ALL,)
        said = [
            f"{comparison(found, one, span, groups)} {conditions(found, one)}"
            for found, one, span in made
        ]
        pieces.append(Listing(tuple(said)))
    if left:
        pieces += [Paragraph("Scenarios that this model cannot be asked:", "note"),
                   Listing(tuple(left))]  # fmt: skip
    return Section("scenarios", TITLE, tuple(pieces))


# --- parts by theme --------------------------------------------------------------------------

_SCALE = {"share": (100.0, "percentage points"), "count": (1.0, "persons a year"),
          "total": (1.0, "persons a year")}  # fmt: skip
THEMES = (
    "Series of one theme are one part: border, official traffic and the freeze of rotation are the "
    f"closure. What no series carries is '{TREND}'. The themes are switched from the first span to the "
    "second in all orders (Shapley), in all groups at once, and the parts add to the change in every "
    "draw. A part is arithmetic of the model and no cause, unless one assumes that the theme could have "
    "been moved alone and that the model's effects are those of the policy."
)


def _theme_estimates(found: Parts, what: str) -> tuple[list[str], list[Estimate]]:
    parts, scale = found.data[f"{what}_part"], _SCALE[what][0]
    labels = [str(one) for one in parts[PART].values]
    all_parts = (*words.estimates(parts), words.estimate(found.change(what)))
    return [*labels, f"change of the {what}"], list(scaled(all_parts, scale))


def _theme_panel(found: Parts, what: str) -> Panel:
    labels, values = _theme_estimates(found, what)
    unit = _SCALE[what][1]
    name = {"share": f"{found.of} share", "count": f"{found.of} count", "total": "All arrivals"}[
        what
    ]
    title = f"{name}, {found.first} to {found.last}"
    alt = f"{title}, parts by theme, {unit}. " + "; ".join(
        f"{label}: {words.full(value)}" for label, value in zip(labels, values, strict=True)
    )
    draw = lambda f: bars(f, labels, values, title, unit)  # noqa: E731
    return panel(f"theme-{what}", alt, draw, 400, 110 + 28 * len(labels))


def _fractions(found: Parts, what: str) -> str:
    """The parts of a change whose direction is sure, as percent of it."""
    parts = found.fraction(what)
    said = [
        f"{label} {words.full(value, '%', 100.0)}"
        for label, value in zip(parts[PART].values, words.estimates(parts), strict=True)
    ]
    change = words.estimate(found.change(what))
    scale, unit = _SCALE[what]
    size = words.full(change, f" {unit}", scale, name_it=True)
    return f"Parts of the change of the {what}, {size}, in percent of it: {'; '.join(said)}."


def themes(view: View) -> Section:
    """Show parts of the headline's change by theme."""
    title = "Parts by theme"
    if not view.pairs:
        text = "The model names no comparison and has fewer than two whole years; nothing is split."
        return Section("themes", title, (Paragraph(text),))
    kinds = ("share", "count", "total") if view.several else ("count",)
    pieces: list[Piece] = [Paragraph(THEMES, "note")]
    for index, pair in enumerate(view.pairs):
        found = parts_of_change(view.fit, *pair, of=view.of)
        cells: list[tuple[Cell, ...]] = []
        for what in kinds:
            labels, values = _theme_estimates(found, what)
            cells += [
                (what, label, words.middle(value), words.interval(value), _SCALE[what][1])
                for label, value in zip(labels, values, strict=True)
            ]
        head = ("change of", "part", "median", f"{words.WIDTH} interval", "unit")
        caption = f"Parts by theme, {pair[0]} to {pair[1]}"
        table = Table(caption, head, tuple(cells), (2,), caption if index else FOLD)
        if index:
            pieces.append(table)
            continue
        caption = (
            f"Change from {pair[0]} to {pair[1]} by theme: bar: median; line: central {words.WIDTH} "
            "interval; unit below each panel; the change itself is last. Arithmetic of the model."
        )
        pieces.append(Figure(tuple(_theme_panel(found, what) for what in kinds), caption, table))
        sure = [
            what for what in kinds
            if min(abs((found.change(what) > 0).mean() - side) for side in (0, 1)) < 1 - words.SURE
        ]  # fmt: skip
        if sure and not view.withheld:
            pieces.append(Listing(tuple(_fractions(found, what) for what in sure)))
    return Section("themes", title, tuple(pieces))
