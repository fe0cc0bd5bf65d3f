"""What is to come: forecasts under the shipped futures.

Invariant: a forecast stands beside the future that it assumes of every series, and published numbers of
its spans stand beside it where there are any. Shown by ``tests/test_scenario_report.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import xarray as xr

from defectmodels import catalog, names
from defectmodels.errors import DefectModelsError, FitError
from defectmodels.estimands.by_definition import definitions_of
from defectmodels.estimands.contrast import assumed, reach
from defectmodels.estimands.courses import Reckoner
from defectmodels.estimands.forecast import DEFINITION, Forecast, forecast
from defectmodels.estimands.rates import SPAN
from defectmodels.estimands.scenarios import SCENARIO
from defectmodels.estimands.summary import INTERVAL
from defectmodels.evidence.periods import parse_span
from defectmodels.evidence.scenario import Scenario, load_scenario
from defectmodels.evidence.statements import Comparison, RoundedNumber, Uncounted
from defectmodels.inference.fit import Fit
from defectmodels.report import words
from defectmodels.report.drawing import AGAINST, panel
from defectmodels.report.events import lanes, note
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
from defectmodels.report.results import drawn, folded
from defectmodels.report.scenarios import refusals, spoken, withheld
from defectmodels.report.timeplots import Band, TimePlot
from defectmodels.report.view import View, centre
from defectmodels.report.words import Estimate
from defectmodels.wording import named, say, titled

HORIZON = 5
"""Years after the last fitted one."""
_FIRST = "0-0"
_INNER = 0.5


def futures(fit: Fit) -> tuple[tuple[Scenario, ...], dict[str, str]]:
    """Shipped scenarios that say what every series does later, and why the others cannot be asked."""
    usable, refused = [], {}
    reckoner = Reckoner(fit, fit.spec.periods.until(last_year(fit)), 0)
    for name in catalog.scenarios():
        one = load_scenario(name)
        if one.beyond != "hold":
            continue
        try:
            reckoner.course(one)
        except DefectModelsError as error:
            refused[name] = str(error)
            continue
        usable.append(one)
    # The one that changes least is the one to hold the others against.
    return tuple(sorted(usable, key=lambda one: (len(one.change), one.name))), refused


def last_year(fit: Fit) -> str:
    """The year with which the report's forecasts end."""
    return str(fit.spec.periods.span.end.year + HORIZON)


def everyone(fit: Fit) -> str | None:
    """The definition that counts every group, if the model uses one."""
    uses = tuple(fit.spec.definition) or tuple(fit.dataset.definitions)
    return next((name for name in uses if fit.dataset.definitions[name].everyone), None)


def _last_rounded(view: View, definition: str) -> RoundedNumber | None:
    """The last rounded number that was published under a definition."""
    rows = [
        row.statement for row in view.fit.design.selection.rows
        if isinstance(row.statement, RoundedNumber) and row.statement.definition == definition
    ]  # fmt: skip
    return max(rows, key=lambda row: row.end) if rows else None


def _estimate(array: xr.DataArray, interval: float = INTERVAL) -> tuple[Estimate, ...]:
    """Median and interval of whole persons by span, without Monte Carlo errors."""
    tail = (1 - interval) / 2
    values = array.transpose(SPAN, *names.SAMPLE).values.reshape(array.sizes[SPAN], -1)
    ends = np.quantile(values, [0.5, tail, 1 - tail], axis=1).T
    return tuple(Estimate(*map(float, row)) for row in ends)


def _fan(view: View, made: Forecast, scenario: Scenario, definition: str, key: str) -> Panel:
    one = made.data["arrivals"].sel({SCENARIO: scenario.name, DEFINITION: definition}, drop=True)
    spans = [str(span) for span in one[SPAN].values]
    x = np.array([centre(parse_span(span)) for span in spans])
    wide, inner = words.estimates(one), _estimate(one, _INNER)
    counted = made.dataset.definitions[definition].groups
    groups = view.groups if "*" in counted else tuple(g for g in view.groups if g in counted)
    shown = slice(-3 * HORIZON, None)
    expected = view.expected_of(groups)[shown]
    bands = (
        Band(say("forecast-fitted"), view.middles[shown], expected, AGAINST),
        Band(say("forecast-outer", width=words.WIDTH), x, wide, line=False),
        Band(say("forecast-inner", width=f"{_INNER:.0%}"), x, inner),
    )
    title, who = titled(scenario.title), named(definition)
    axis = say("scenario-axis", every="year")
    plot = TimePlot(
        bands, (), f"{title}\n{who}", axis, log=True, lanes=lanes(view), legend=key == _FIRST
    )
    alt = say("forecast-alt", definition=who, title=title, numbers=spoken(spans, wide))
    return panel(f"forecast-{key}", alt, drawn(plot), 345, 320)


def _table(made: Forecast) -> Table:
    cells: list[tuple[Cell, ...]] = []
    by = made.data["arrivals"]
    for name, definition in product(made.found.names, made.definitions):
        one = by.sel({SCENARIO: name, DEFINITION: definition}, drop=True)
        what = named(name), named(definition)
        for span, value in zip(map(str, one[SPAN].values), words.estimates(one), strict=True):
            cells.append((*what, span, words.middle(value), words.interval(value)))
    head = (
        say("forecast-column", column="scenario"), say("column-definition"), say("column-span"),
        say("column-median"), say("column-interval", width=words.WIDTH),
    )  # fmt: skip
    return Table(say("forecast-table"), head, tuple(cells), (3,), folded())


def _will_be_true(made: Forecast, row: RoundedNumber, span: str, scenario: str) -> str:
    """Say how probably a rounded number will be true of another span."""
    number = "" if row.low is None else str(row.low)
    asked = f"{row.reading} {number}".strip()
    interval, chance = made.says(row.definition, span, asked, scenario)
    told = (
        say("forecast-words", reading=row.reading, number=number)
        if number
        else say("forecast-words-alone", reading=row.reading)
    )
    return say(
        "forecast-says",
        words=told,
        definition=named(row.definition),
        interval=str(interval),
        chance=words.prob(told, chance),
    )


def _sentences(view: View, made: Forecast, counted: Sequence[str], own: str | None) -> list[str]:
    first, found = str(made.data[SPAN].values[0]), []
    unit = say("unit-after", unit="persons")
    row = _last_rounded(view, own) if own else None
    for one in made.found.scenarios:
        parts = []
        for definition in counted:
            value = words.estimate(made.one(definition, first, one.name)["arrivals"])
            persons = words.full(value, unit, name_it=True)
            parts.append(say("forecast-part", definition=named(definition), persons=persons))
        title = titled(one.title)
        lines: list[str] = [
            say("forecast-sentence", title=title, span=first, parts="; ".join(parts))
        ]
        if row is not None:
            lines.append(_will_be_true(made, row, first, one.name))
        if one.assumption.strip():
            lines.append(say("forecast-assumes", assumed=assumed([one.assumption])))
        lines.append(say("forecast-support", support=str(reach(made.found, one.name))))
        found.append(" ".join(lines))
    return found


def _held_against(view: View, chosen: tuple[Scenario, ...]) -> list[Piece]:
    """What was published of later spans, beside what the first future forecasts of them."""
    fit, last = view.fit, view.fit.spec.periods.span.end
    spans = {
        str(row.span): row.span
        for row in fit.dataset.statements
        if row.span is not None and row.span.start > last
        and not isinstance(row, Comparison | Uncounted)
    }  # fmt: skip
    if not spans:
        return []
    end = str(max(span.end for span in spans.values()).year)
    try:
        table = forecast(fit, end, chosen[:1], list(spans)).score()
    except (DefectModelsError, FitError) as error:
        return [Paragraph(say("forecast-not-held", why=str(error)), "note")]
    if not len(table):
        return []
    cells = tuple(_published(one) for one in table.to_dict("records"))
    head = (
        say("forecast-column", column="statement"), say("column-definition"), say("column-span"),
        say("forecast-column", column="status"), say("column-published"),
        say("forecast-column", column="median"), say("column-interval", width=words.WIDTH),
    )  # fmt: skip
    caption = say("forecast-published", title=titled(chosen[0].title))
    return [Table(caption, head, cells, (5,))]


def _published(one: Mapping[Any, Any]) -> tuple[Cell, ...]:
    """Row of a published number beside its forecast."""
    value = Estimate(*(one[name] for name in ("median", "low", "high")))
    status = say("forecast-status", status=one["status"])
    return (
        one["id"], named(one["definition"]), one["span"], status, one["observed"],
        words.middle(value), words.interval(value),
    )  # fmt: skip


def forecasts(view: View) -> Section:
    """Show what is to come under every shipped future."""
    title = say("forecast-heading")
    chosen, refused = futures(view.fit)
    left = refusals(refused)
    if not chosen:
        rest = (left,) if refused else ()
        return Section("forecast", title, (Paragraph(say("forecast-none")), *rest))
    total = everyone(view.fit)
    own = next(iter(definitions_of(view.fit, view.of)), None)
    counted = list(dict.fromkeys(name for name in (total, own) if name))
    made = view.once(forecast, last_year(view.fit), chosen)
    # The names of the bands stand in the first drawing alone.
    panels = tuple(
        _fan(view, made, one, name, f"{at}-{place}")
        for at, one in enumerate(chosen)
        for place, name in enumerate(counted)
    )
    caption = say("forecast-caption", width=words.WIDTH, inner=f"{_INNER:.0%}")
    pieces: list[Piece] = [Figure(panels, caption, _table(made), note(view))]
    if view.withheld:
        pieces.append(withheld())
    else:
        pieces.append(Listing(tuple(_sentences(view, made, counted, own))))
        pieces += _held_against(view, chosen)
    if refused:
        pieces += [Paragraph(say("forecast-refused"), "note"), left]
    return Section("forecast", title, tuple(pieces))
