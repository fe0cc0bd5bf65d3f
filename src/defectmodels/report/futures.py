"""What is to come: forecasts under the shipped futures.

Invariant: a forecast stands beside the future that it assumes of every series, and published numbers of
its spans stand beside it where there are any. Shown by ``tests/test_scenario_report.py``.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from defectmodels import catalog, names
from defectmodels.errors import DefectModelsError, FitError
from defectmodels.estimands.by_definition import definitions_of
from defectmodels.estimands.contrast import reach
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
from defectmodels.report.drawing import panel
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
from defectmodels.report.results import FOLD, drawn
from defectmodels.report.scenarios import WITHHELD
from defectmodels.report.timeplots import Band, TimePlot
from defectmodels.report.view import View, centre
from defectmodels.report.words import Estimate

HORIZON = 5
"""Years after the last fitted one."""
TITLE = "Forecast"
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


def _said(view: View, definition: str) -> str | None:
    """The last rounded number that was published under a definition, as words."""
    rows = [
        row.statement for row in view.fit.design.selection.rows
        if isinstance(row.statement, RoundedNumber) and row.statement.definition == definition
    ]  # fmt: skip
    if not rows:
        return None
    last = max(rows, key=lambda row: row.end)
    stated = "" if last.low is None else f" {last.low}"
    return f"{last.reading}{stated}"


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
    bands = (
        Band("expected, fitted years", view.middles[shown], view.expected_of(groups)[shown], 6),
        Band(f"forecast, {words.WIDTH}", x, wide, 0, line=False),
        Band(f"forecast, {_INNER:.0%} and median", x, inner, 0),
    )
    plot = TimePlot(bands, (), f"{scenario.title}\n{definition}", "persons a year (log)", log=True)
    alt = f"Forecast of {definition}, {scenario.title}, persons a year. " + "; ".join(
        f"{span}: {words.full(value)}" for span, value in zip(spans, wide, strict=True)
    )
    return panel(f"forecast-{key}", alt, drawn(plot), 345, 280)


def _table(made: Forecast) -> Table:
    cells: list[tuple[Cell, ...]] = []
    by = made.data["arrivals"]
    for name in made.found.names:
        for definition in made.definitions:
            one = by.sel({SCENARIO: name, DEFINITION: definition}, drop=True)
            for span, value in zip(map(str, one[SPAN].values), words.estimates(one), strict=True):
                cells.append((name, definition, span, words.middle(value), words.interval(value)))
    head = ("scenario", "definition", "span", "median", f"{words.WIDTH} interval")
    return Table("Forecasts, persons", head, tuple(cells), (3,), FOLD)


def _sentences(view: View, made: Forecast, total: str | None, own: str | None) -> list[str]:
    first = str(made.data[SPAN].values[0])
    said = []
    for one in made.found.scenarios:
        parts = []
        for definition in dict.fromkeys(name for name in (total, own) if name):
            value = words.estimate(made.one(definition, first, one.name)["arrivals"])
            parts.append(f"{definition} {words.full(value, ' persons', name_it=True)}")
        text = f"{one.title}, {first}: {'; '.join(parts)}."
        spoken = _said(view, own) if own else None
        if own and spoken:
            interval, chance = made.says(own, first, spoken, one.name)
            text += (
                f" '{spoken}' under {own}, read as {interval}, would be true with "
                f"{words.prob(spoken, chance)}."
            )
        assumed = " ".join(one.assumption.split())
        text += f" Assumes {assumed}" if assumed else ""
        said.append(f"{text} Support: {reach(made.found, one.name)}.")
    return said


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
        return [Paragraph(f"Published later numbers could not be held against it: {error}", "note")]
    if not len(table):
        return []
    cells = tuple(
        (one["id"], one["definition"], one["span"], one["status"], one["observed"],
         words.number(one["median"]), words.interval(Estimate(*(one[n] for n in ("median", "low", "high")))))
        for one in table.to_dict("records")
    )  # fmt: skip
    head = ("statement", "definition", "span", "status", "published", "forecast median",
            f"{words.WIDTH} interval")  # fmt: skip
    return [Table(f"Published since, against '{chosen[0].title}'", head, cells, (5,))]


def forecasts(view: View) -> Section:
    """Show what is to come under every shipped future."""
    chosen, refused = futures(view.fit)
    left = tuple(f"{name}: {reason}" for name, reason in refused.items())
    if not chosen:
        text = (
            "No shipped scenario says what every series of this model does after its last period."
        )
        listed = (Listing(left),) if left else ()
        return Section("forecast", TITLE, (Paragraph(text), *listed))
    total = everyone(view.fit)
    own = next(iter(definitions_of(view.fit, view.of)), None)
    names_of = list(dict.fromkeys(name for name in (total, own) if name))
    made = forecast(view.fit, last_year(view.fit), chosen)
    panels = tuple(
        _fan(view, made, one, name, f"{at}-{place}")
        for at, one in enumerate(chosen)
        for place, name in enumerate(names_of)
    )
    caption = (
        f"Persons a year, log axis: expected in fitted years (grey, {words.WIDTH} interval) and forecast "
        f"(blue; inner band 50%, outer {words.WIDTH}, line: median), under each future of the series. The "
        "spread holds the posterior, later steps of the trend, frailty and chance, not a future in which "
        "the series behave otherwise."
    )
    pieces: list[Piece] = [Figure(panels, caption, _table(made))]
    if view.withheld:
        pieces.append(Paragraph(WITHHELD, "warning"))
    else:
        pieces.append(Listing(tuple(_sentences(view, made, total, own))))
        pieces += _held_against(view, chosen)
    if left:
        pieces += [Paragraph("Futures that this model cannot be asked:", "note"), Listing(left)]
    return Section("forecast", TITLE, tuple(pieces))
