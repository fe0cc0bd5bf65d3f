"""Other histories: what the shipped scenarios change, and parts of a change by theme.

Invariant: every contrast stands beside its assumption and its support, and a scenario that the model
cannot be asked is named with the reason. Shown by ``tests/test_scenario_report.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from defectmodels import catalog, names
from defectmodels.errors import DefectModelsError
from defectmodels.estimands.contrast import ALL, Contrast, contrast
from defectmodels.estimands.courses import Reckoner
from defectmodels.estimands.decomposition import PART
from defectmodels.estimands.parts import SEASON, TREND, Parts, parts_of_change
from defectmodels.estimands.rates import SPAN
from defectmodels.estimands.scenarios import SCENARIO, Scenarios, scenarios
from defectmodels.evidence.scenario import Scenario, load_scenario
from defectmodels.report import words
from defectmodels.report.contrasts import arithmetic, comparison, conditions, head, rows
from defectmodels.report.drawing import AGAINST, panel
from defectmodels.report.events import lanes, note
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
from defectmodels.report.results import drawn, folded, scaled
from defectmodels.report.timeplots import Band, TimePlot
from defectmodels.report.view import View
from defectmodels.report.words import Estimate
from defectmodels.wording import named, say, titled

_BEFORE = 6
"""Years before a scenario's first change that its figure shows."""
type _Named = tuple[Sequence[str], Sequence[Estimate]]


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
        return self.view.once(scenarios, self.sorted[0], self.view.spans)

    @cached_property
    def was(self) -> tuple[Estimate, ...]:
        """Expected arrivals of all groups, as it was."""
        return self.view.expected_of(self.view.groups)

    def contrast(self, one: Scenario) -> tuple[Scenarios, Contrast, str]:
        """A scenario against what was, from its first changed period to the last fitted one."""
        changed = self.by_year.support["changed"].sel({SCENARIO: one.name})
        labels = [str(label) for label in changed[names.PERIOD].values[changed.values]]
        span = f"{labels[0]}..{self.view.fit.spec.periods.labels[-1]}"
        found = self.view.once(scenarios, (one,), (span,))
        return found, contrast(found, one.name), span


def withheld() -> Paragraph:
    """What stands in the place of sentences of a fit that failed its checks."""
    return Paragraph(say("scenario-withheld"), "warning")


def spoken(labels: Sequence[str], values: Sequence[Estimate]) -> str:
    """Labels with their estimates, for those who do not see a figure."""
    pairs = zip(labels, values, strict=True)
    return "; ".join(f"{label}: {words.full(value)}" for label, value in pairs)


def refusals(refused: dict[str, str]) -> Listing:
    """Scenarios that cannot be asked, and why."""
    return Listing(tuple(f"{named(name)}: {reason}" for name, reason in refused.items()))


def _dots(made: Sequence[tuple[Scenarios, Contrast, str]], group: str) -> Panel:
    labels = [titled(found.one(one.scenario).title) for found, one, _ in made]
    values = [
        words.estimate(one.data["difference"].sel({names.GROUP: group}).isel({SPAN: 0}, drop=True))
        for _, one, _ in made
    ]
    who = "all" if group == ALL else "group"
    title = say("scenario-arrivals", who=who, group=named(group))
    alt = say("scenario-dots-alt", title=title, numbers=spoken(labels, values))
    height, unit = 90 + 30 * len(labels), say("scenario-persons")
    draw = lambda f: differences(f, labels, values, title, unit)  # noqa: E731
    return panel(f"scenario-{group}", alt, draw, 440, height)


def _course(asked: Asked, one: Scenario) -> tuple[slice, Sequence[Estimate], Sequence[Estimate]]:
    """Spans of a scenario's figure, what was expected in them, and what is under it."""
    by = asked.by_year.draws("expected").sel({SCENARIO: one.name}, drop=True)
    # A few years before the first change show where the two part.
    first = int(np.searchsorted(asked.view.middles, first_day(one).year - _BEFORE))
    shown = slice(first, None)
    return shown, asked.was[shown], words.estimates(by.isel({SPAN: shown}).sum(names.GROUP))


def _histories(asked: Asked, chosen: Sequence[Scenario]) -> Figure:
    """Expected arrivals by span, as it was and under each scenario."""
    panels, cells = list[Panel](), list[tuple[Cell, ...]]()
    for at, one in enumerate(chosen):
        shown, was, other = _course(asked, one)
        panels.append(_history(asked, one, str(at), (shown, was, other)))
        cells += [
            (titled(one.title), span, words.full(before), words.full(after))
            for span, before, after in zip(asked.view.spans[shown], was, other, strict=True)
        ]
    every = asked.view.span_word
    columns = (
        say("column-scenario"), say("column-every", every=every), say("scenario-was"),
        say("scenario-other"),
    )  # fmt: skip
    table = Table(say("scenario-history-table"), columns, tuple(cells), (), folded())
    caption = say("scenario-history-caption", every=every, width=words.WIDTH)
    return Figure(tuple(panels), caption, table, note(asked.view))


def _history(
    asked: Asked, one: Scenario, key: str,
    course: tuple[slice, Sequence[Estimate], Sequence[Estimate]],
) -> Panel:  # fmt: skip
    view, every = asked.view, asked.view.span_word
    shown, was, other = course
    x, title = view.middles[shown], titled(one.title)
    bands = (
        Band(say("scenario-was"), x, was, AGAINST),
        Band(say("scenario-other"), x, other),
    )
    axis = say("scenario-axis", every=every)
    plot = TimePlot(bands, (), title, axis, log=True, lanes=lanes(view))
    alt = say(
        "scenario-history-alt",
        title=title,
        every=every,
        last=view.spans[-1],
        other=words.full(other[-1]),
        was=words.full(was[-1]),
    )
    return panel(f"history-{key}", alt, drawn(plot), 345, 300)


def _figures(asked: Asked, made: Sequence[tuple[Scenarios, Contrast, str]]) -> list[Piece]:
    view, chosen = asked.view, asked.sorted[0]
    cells = [row for _, one, _ in made for row in rows(one)]
    table = Table(say("scenario-table"), head(), tuple(map(tuple, cells)), (3,), folded())
    groups = (ALL, view.of) if view.several else (ALL,)
    last = view.fit.spec.periods.labels[-1]
    caption = say("scenario-dots-caption", last=last, width=words.WIDTH)
    dots = Figure(tuple(_dots(made, group) for group in groups), caption, table)
    return [dots, _histories(asked, chosen)]


def scenarios_section(view: View) -> Section:
    """Show the shipped scenarios against what was."""
    asked, title = Asked(view), say("scenario-heading")
    usable, refused = asked.sorted
    if not usable:
        left = (refusals(refused),) if refused else ()
        return Section("scenarios", title, (Paragraph(say("scenario-none")), *left))
    made = [asked.contrast(one) for one in usable]
    pieces: list[Piece] = [Paragraph(arithmetic(), "note"), *_figures(asked, made)]
    if view.withheld:
        pieces.append(withheld())
    else:
        groups = (ALL, view.of) if view.several else (ALL,)
        lines = [
            f"{comparison(found, one, span, groups)} {conditions(found, one)}"
            for found, one, span in made
        ]
        pieces.append(Listing(tuple(lines)))
    if refused:
        pieces += [Paragraph(say("scenario-refused"), "note"), refusals(refused)]
    return Section("scenarios", title, tuple(pieces))


# --- parts by theme --------------------------------------------------------------------------


def theme_name(theme: str) -> str:
    """Name of a theme as a reader is told it; the reader's own stay."""
    if theme == SEASON:
        return say("theme-season")
    return say("theme-unmeasured") if theme == TREND else titled(theme)


def _unit(what: str) -> str:
    return say("unit-points") if what == "share" else say("unit-yearly")


def _scale(what: str) -> float:
    return 100.0 if what == "share" else 1.0


def _theme_estimates(found: Parts, what: str) -> _Named:
    parts = found.data[f"{what}_part"]
    labels = [theme_name(str(one)) for one in parts[PART].values]
    all_parts = (*words.estimates(parts), words.estimate(found.change(what)))
    return [*labels, say("theme-whole", kind=what)], list(scaled(all_parts, _scale(what)))


def _theme_panel(found: Parts, what: str, parts: _Named) -> Panel:
    (labels, values), unit = parts, _unit(what)
    title = say("theme-title", kind=what, group=named(found.of), first=found.first, last=found.last)
    alt = say("theme-alt", title=title, unit=unit, numbers=spoken(labels, values))
    draw = lambda f: bars(f, labels, values, title, unit)  # noqa: E731
    return panel(f"theme-{what}", alt, draw, 400, 110 + 28 * len(labels))


def _fractions(found: Parts, what: str) -> str:
    """The parts of a change whose direction is sure, as percent of it."""
    parts = found.fraction(what)
    lines = [
        f"{theme_name(str(label))} {words.full(value, '%', 100.0)}"
        for label, value in zip(parts[PART].values, words.estimates(parts), strict=True)
    ]
    change = words.estimate(found.change(what))
    unit = say("unit-after", unit="points" if what == "share" else "yearly")
    size = words.full(change, unit, _scale(what), name_it=True)
    return say("theme-fractions", kind=what, size=size, parts="; ".join(lines))


def _theme_table(parts: Mapping[str, _Named], caption: str, fold: str) -> Table:
    cells: list[tuple[Cell, ...]] = []
    for what, own in parts.items():
        kind, unit = say("theme-kind", kind=what), _unit(what)
        cells += [
            (kind, label, words.middle(value), words.interval(value), unit)
            for label, value in zip(*own, strict=True)
        ]
    columns = (
        say("column-change-of"), say("column-part"), say("column-median"),
        say("column-interval", width=words.WIDTH), say("column-unit"),
    )  # fmt: skip
    return Table(caption, columns, tuple(cells), (2,), fold)


def _sure(found: Parts, what: str) -> bool:
    """Whether the direction of a change may be stated."""
    up = (found.change(what) > 0).mean()
    return bool(min(abs(up - side) for side in (0, 1)) < 1 - words.SURE)


def themes(view: View) -> Section:
    """Show parts of the headline's change by theme."""
    title = say("theme-heading")
    if not view.pairs:
        return Section("themes", title, (Paragraph(say("part-no-comparison")),))
    kinds = ("share", "count", "total") if view.several else ("count",)
    unmeasured = say("theme-unmeasured")
    pieces: list[Piece] = [Paragraph(say("theme-note", unmeasured=unmeasured), "note")]
    for index, (first, last) in enumerate(view.pairs):
        found = view.once(parts_of_change, first, last, of=view.of)
        caption = say("theme-table", first=first, last=last)
        parts = {what: _theme_estimates(found, what) for what in kinds}
        table = _theme_table(parts, caption, caption if index else folded())
        if index:
            pieces.append(table)
            continue
        caption = say("theme-caption", first=first, last=last, width=words.WIDTH)
        panels = tuple(_theme_panel(found, what, own) for what, own in parts.items())
        pieces.append(Figure(panels, caption, table))
        sure = [what for what in kinds if _sure(found, what)]
        if sure and not view.withheld:
            pieces.append(Listing(tuple(_fractions(found, what) for what in sure)))
    return Section("themes", title, tuple(pieces))
