"""What stands first: the notice, and the verdict with its figure.

Invariant: when a check fails the verdict has no number of the fit, only why it is withheld and what to
do. Shown by ``tests/test_report.py::test_failed_checks_withhold_the_verdict``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import xarray as xr

from defectmodels.estimands.decomposition import SPAN, Decomposition
from defectmodels.estimands.rates import calendar_years, resolve
from defectmodels.estimands.summary import probability, stack
from defectmodels.report import words
from defectmodels.report.drawing import panel
from defectmodels.report.figures import Posterior, densities
from defectmodels.report.pieces import Figure, Listing, Panel, Paragraph, Piece, Section, Table
from defectmodels.report.view import View
from defectmodels.report.words import Change, Estimate
from defectmodels.wording import listed, named, said, say

if TYPE_CHECKING:
    from defectmodels.estimands.judged import Check


def notice(view: View) -> Section | None:
    """Say before anything else what is wrong with the fit; None when nothing is."""
    found = [i for i in view.checks.items if i.verdict != "pass" and i.concerns == "quoting"]
    if view.checks.verdict == "pass":
        return None
    lines = tuple(_line(item) for item in found)
    if view.withheld:
        failed = listed(said(item.name) for item in found if item.verdict == "fail")
        text = Paragraph(say("notice-failed", checks=failed), "warning")
        return Section("notice", say("notice-failed-heading"), (text, Listing(lines)))
    text = Paragraph(say("notice-warned"), "note")
    return Section("notice", say("notice-warned-heading"), (text, Listing(lines)))


def _line(item: Check) -> str:
    name, text = said(item.name), said(item.text)
    if not item.remedy:
        return f"{name}: {text}"
    return say("notice-to-do", name=name, text=text, remedy=said(item.remedy))


def _unit(view: View, pair: tuple[str, str]) -> str:
    """Whether the numbers of a pair are persons, or persons a year: of whole years they are both."""
    whole = all(abs(calendar_years(resolve(view.fit, text)) - 1) < 1e-9 for text in pair)
    return "persons" if whole else "yearly"


def _what(found: Decomposition, event: str) -> str:
    return say("change-what", event=event, group=named(found.of))


def share_change(found: Decomposition, pair: tuple[str, str]) -> Change:
    """How the share changed."""
    before, after = words.estimates(found.data["share"])
    ratio, up = words.estimate(found.ratio("share")), found.prob("share_up")
    what = _what(found, "share")
    return Change(what, "share", pair, before, after, ratio, up, "%", 100.0)


def count_change(found: Decomposition, pair: tuple[str, str], unit: str) -> Change:
    """How the count changed."""
    before, after = words.estimates(found.data["count"])
    ratio, up = words.estimate(found.ratio("count")), found.prob("count_up")
    return Change(_what(found, "count"), "count", pair, before, after, ratio, up, unit)


def total_change(found: Decomposition, pair: tuple[str, str], unit: str) -> Change:
    """How the total changed."""
    before, after = words.estimates(found.data["total"])
    ratio, up = words.estimate(found.ratio("total")), probability(found.events["total_up"])
    return Change(_what(found, "total"), "total", pair, before, after, ratio, up, unit)


def changes(view: View, index: int) -> tuple[Change, ...]:
    """Share (of several groups), count and total of one pair."""
    found, pair = view.changes[index], view.pairs[index]
    unit = say("unit-after", unit=_unit(view, pair))
    counts = (count_change(found, pair, unit),)
    if not view.several:
        return counts
    return (share_change(found, pair), *counts, total_change(found, pair, unit))


def _table(view: View, caption: str) -> Table:
    columns = (
        say("column-quantity"), say("column-from"), say("column-to"), say("column-before"),
        say("column-after"), say("column-ratio"), say("column-up"), say("column-way"),
    )  # fmt: skip
    rows = tuple(
        (
            one.what, *one.spans, words.full(one.before, one.unit, one.scale),
            words.full(one.after, one.unit, one.scale), words.full(one.ratio), str(one.up),
            words.way(one.direction),
        )
        for index in range(len(view.pairs))
        for one in changes(view, index)
    )  # fmt: skip
    return Table(caption, columns, rows)


def _both(view: View, index: int) -> str:
    chance = view.changes[index].prob("share_up & ~count_up")
    return say("verdict-both", chance=words.prob(say("verdict-both-event"), chance))


def _values(array: xr.DataArray, place: int) -> xr.DataArray:
    return stack(array.isel({SPAN: place}, drop=True))


def _panel(view: View, change: Change, unit: str) -> Panel:
    found, key = view.changes[0], change.event
    title = say("verdict-title", event=key, group=named(view.of))
    xlabel = say("verdict-axis", unit=unit)
    sides: tuple[Estimate, ...] = (change.before, change.after)
    posteriors = [
        Posterior(
            label,
            _values(found.data[key], place).values * change.scale,
            Estimate(*(value * change.scale for value in side)),
        )
        for place, (label, side) in enumerate(zip(change.spans, sides, strict=True))
    ]
    alt = f"{title}. " + "; ".join(
        f"{label}: {words.full(side, change.unit, change.scale, name_it=True)}"
        for label, side in zip(change.spans, sides, strict=True)
    )
    return panel(f"verdict-{key}", alt, lambda f: densities(f, posteriors, title, xlabel), 350, 270)


def _figure(view: View) -> Figure:
    made = [one for one in changes(view, 0) if one.event != "total"]
    first, last = view.pairs[0]
    unit = _unit(view, view.pairs[0])
    panels = tuple(_panel(view, one, "share" if one.event == "share" else unit) for one in made)
    caption = say(
        "verdict-caption", what=listed(one.what for one in made), first=first, last=last,
        width=words.WIDTH,
    )  # fmt: skip
    return Figure(panels, caption, _table(view, say("verdict-table")))


def _withheld(view: View) -> Section:
    """Say why there is no verdict, and what to do about each reason."""
    text = Paragraph(say("verdict-withheld"), "warning")
    rows = tuple(
        (said(item.name), said(item.text), said(item.remedy)) for item in view.checks.failed
    )
    columns = (say("column-check"), say("column-found"), say("column-remedy"))
    table = Table(say("verdict-withheld-table"), columns, rows)
    after = Paragraph(say("verdict-withheld-after"), "note")
    return Section("verdict", say("verdict-withheld-heading"), (text, table, after))


def verdict(view: View) -> Section:
    """Give the answer in a sentence, or say why there is none."""
    title, pieces = say("verdict-heading"), list[Piece]()
    if not view.pairs:
        return Section("verdict", title, (Paragraph(say("verdict-no-comparison")),))
    if view.withheld:
        return _withheld(view)
    if view.fit.spec.headline is None:
        first, last = view.pairs[0]
        pieces.append(Paragraph(say("verdict-first-last", first=first, last=last)))
    for index in range(len(view.pairs)):
        spoken = [
            words.change_sentence(one) for one in changes(view, index) if one.event != "total"
        ]
        if view.several:
            spoken.append(_both(view, index))
        pieces.append(Paragraph(" ".join(spoken), "plain" if index else "lead"))
    pieces.append(_figure(view))
    rule = say("verdict-rule", width=words.WIDTH, sure=f"{words.SURE:g}")
    pieces.append(Paragraph(rule, "note"))
    return Section("verdict", title, tuple(pieces))
