"""What stands first: the notice, and the verdict with its figure.

Invariant: when a check fails the verdict has no number of the fit, only why it is withheld and what to
do. Shown by ``tests/test_report.py::test_failed_checks_withhold_the_verdict``.
"""

from __future__ import annotations

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


def notice(view: View) -> Section | None:
    """Say before anything else what is wrong with the fit; None when nothing is."""
    found = [i for i in view.checks.items if i.verdict != "pass" and i.concerns == "quoting"]
    if view.checks.verdict == "pass":
        return None
    lines = tuple(
        f"{item.name}: {item.text}{f'. To do: {item.remedy}' if item.remedy else ''}"
        for item in found
    )
    failed = words.listed([item.name for item in found if item.verdict == "fail"])
    if view.withheld:
        text = f"This fit failed its checks ({failed}). The figures below must not be quoted."
        return Section("notice", "Not to be quoted", (Paragraph(text, "warning"), Listing(lines)))
    text = "The checks of this fit warn. Its figures may be quoted together with these warnings."
    return Section("notice", "Quote with care", (Paragraph(text, "note"), Listing(lines)))


def _unit(view: View, pair: tuple[str, str]) -> str:
    whole = all(abs(calendar_years(resolve(view.fit, text)) - 1) < 1e-9 for text in pair)
    return " persons" if whole else " persons a year"


def share_change(found: Decomposition, pair: tuple[str, str]) -> Change:
    """How the share changed."""
    before, after = words.estimates(found.data["share"])
    what = f"the {found.of} share of expected arrivals"
    ratio = words.estimate(found.ratio("share"))
    return Change(what, "share", pair, before, after, ratio, found.prob("share_up"), "%", 100.0)


def count_change(found: Decomposition, pair: tuple[str, str], unit: str) -> Change:
    """How the count changed."""
    before, after = words.estimates(found.data["count"])
    what = f"the expected number of {found.of} arrivals"
    ratio = words.estimate(found.ratio("count"))
    return Change(what, "count", pair, before, after, ratio, found.prob("count_up"), unit)


def total_change(found: Decomposition, pair: tuple[str, str], unit: str) -> Change:
    """How the total changed."""
    before, after = words.estimates(found.data["total"])
    up = probability(found.events["total_up"])
    ratio = words.estimate(found.ratio("total"))
    return Change(
        "the expected number of all arrivals", "total", pair, before, after, ratio, up, unit
    )


def changes(view: View, index: int) -> tuple[Change, ...]:
    """Share (of several groups), count and total of one pair."""
    found, pair = view.changes[index], view.pairs[index]
    unit = _unit(view, pair)
    counts = (count_change(found, pair, unit),)
    if not view.several:
        return counts
    return (share_change(found, pair), *counts, total_change(found, pair, unit))


def _table(view: View, caption: str) -> Table:
    columns = ("quantity", "from", "to", "before", "after", "ratio", "P(up)", "in a word")
    rows = tuple(
        (
            one.what, *one.spans, words.full(one.before, one.unit, one.scale),
            words.full(one.after, one.unit, one.scale), words.full(one.ratio), str(one.up),
            one.direction,
        )
        for index in range(len(view.pairs))
        for one in changes(view, index)
    )  # fmt: skip
    return Table(caption, columns, rows)


def _both(view: View, index: int) -> str:
    chance = words.prob(
        "share up and count not up", view.changes[index].prob("share_up & ~count_up")
    )
    return f"Both together: {chance}."


def _values(array: xr.DataArray, place: int) -> xr.DataArray:
    return stack(array.isel({SPAN: place}, drop=True))


def _panel(view: View, key: str, change: Change, title: str, xlabel: str) -> Panel:
    found = view.changes[0]
    sides: tuple[Estimate, ...] = (change.before, change.after)
    posteriors = [
        Posterior(
            label,
            _values(found.data[key], place).values * change.scale,
            Estimate(*(value * change.scale for value in side)),
            place,
        )
        for place, (label, side) in enumerate(zip(change.spans, sides, strict=True))
    ]
    alt = f"{title}. " + "; ".join(
        f"{label}: {words.full(side, change.unit, change.scale, name_it=True)}"
        for label, side in zip(change.spans, sides, strict=True)
    )
    return panel(f"verdict-{key}", alt, lambda f: densities(f, posteriors, title, xlabel), 350, 270)


def _figure(view: View) -> Figure:
    made = {change.event: change for change in changes(view, 0)}
    first, last = view.pairs[0]
    panels = []
    if "share" in made:
        title = f"Share: {view.of}"
        panels.append(_panel(view, "share", made["share"], title, "percent of expected arrivals"))
    unit = made["count"].unit.strip()
    panels.append(_panel(view, "count", made["count"], f"Count: {view.of}", f"expected {unit}"))
    caption = (
        f"Posterior of {words.listed([one.what for k, one in made.items() if k != 'total'])}, "
        f"{first} and {last}. Curve: density, highest point at the same height; mark: median; "
        f"bar: central {words.WIDTH} interval."
    )
    return Figure(tuple(panels), caption)


def _withheld(view: View) -> Section:
    """Say why there is no verdict, and what to do about each reason."""
    text = "No verdict: the fit failed its checks, and what it says is not known to be so."
    rows = tuple((item.name, item.text, item.remedy) for item in view.checks.failed)
    table = Table("Why the verdict is withheld", ("check", "what was found", "to do"), rows)
    after = Paragraph("Do what the table says, fit again, and make this report again.", "note")
    return Section("verdict", "Verdict withheld", (Paragraph(text, "warning"), table, after))


def verdict(view: View) -> Section:
    """Give the answer in a sentence, or say why there is none."""
    title, pieces = "Verdict", list[Piece]()
    if not view.pairs:
        text = (
            "The model names no comparison and has fewer than two whole years; there is no verdict."
        )
        return Section("verdict", title, (Paragraph(text),))
    if view.withheld:
        return _withheld(view)
    if view.fit.spec.headline is None:
        first, last = view.pairs[0]
        text = f"The model names no comparison; its first and last years, {first} and {last}, do."
        pieces.append(Paragraph(text))
    for index in range(len(view.pairs)):
        spoken = [
            words.change_sentence(one) for one in changes(view, index) if one.event != "total"
        ]
        if view.several:
            spoken.append(_both(view, index))
        pieces.append(Paragraph(" ".join(spoken), "plain" if index else "lead"))
    pieces.append(_figure(view))
    rule = (
        f"Intervals are central {words.WIDTH} intervals. A direction is stated when its posterior "
        f"probability, as printed, is {words.SURE:g} or more; otherwise the question is called "
        "open. Numbers have no more digits than their Monte Carlo error allows."
    )
    pieces += [_table(view, "The comparisons in numbers"), Paragraph(rule, "note")]
    return Section("verdict", title, tuple(pieces))
