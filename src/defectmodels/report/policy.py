"""Policy periods: levels of eras, all pairs of them, and "more than in the era before".

Invariant: a direction is stated of pooled rates only, through `words.direction`, and the
assumption under which a pair would be more than arithmetic stands beside it. Shown by
``tests/test_policy_report.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from matplotlib.figure import Figure as Drawing

from defectmodels import names
from defectmodels.errors import DefectModelsError, SpanError
from defectmodels.estimands.eras import series_of_eras
from defectmodels.estimands.more_than import more_than
from defectmodels.estimands.policy import PAIR, PolicyPeriods, policy_periods
from defectmodels.estimands.policy_text import assumption, caveat
from defectmodels.estimands.rates import SPAN, resolve
from defectmodels.estimands.summary import Probability, probability
from defectmodels.report import words
from defectmodels.report.assumptions import rate_unit
from defectmodels.report.drawing import panel
from defectmodels.report.figures import levels
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
from defectmodels.report.results import folded, scaled
from defectmodels.report.view import View, left_out
from defectmodels.report.words import Estimate
from defectmodels.wording import joined, named, say, titled

SETS = ("rate", "adjusted_rate")
"""Quantities that are compared: unadjusted, and adjusted."""


def _set(name: str) -> str:
    return say("policy-set", set=name)


def _divisions(view: View) -> list[PolicyPeriods]:
    """Eras of every series that names two or more in the fitted periods."""
    found = []
    for name in series_of_eras(view.fit):
        try:
            found.append(view.once(policy_periods, name))
        except SpanError:
            continue
    return found


def _title(view: View, one: PolicyPeriods) -> str:
    return titled(view.fit.dataset.one_series(one.by).title)


def _of_group(
    view: View, found: list[PolicyPeriods], group: str, quantity: str
) -> tuple[Estimate, ...]:
    """Levels of all eras of all divisions, in the group's unit."""
    per = view.fit.spec.baseline[group].per
    return tuple(
        level
        for one in found
        for level in scaled(
            words.estimates(one.data[quantity].sel({names.GROUP: group}, drop=True)), per
        )
    )


def _figure(view: View, found: list[PolicyPeriods]) -> Figure:
    labels = [titled(label) for one in found for label in (*one.spans, "")][:-1]
    eras = [label for label in labels if label]
    panels: list[Panel] = []
    columns: dict[str, tuple[Estimate, ...]] = {}
    for index, group in enumerate(view.shown):
        unit, name = rate_unit(view, group), named(group)
        sets = [(_set(one), _of_group(view, found, group, one)) for one in SETS]
        columns |= {say("policy-level", group=name, set=text, unit=unit): one for text, one in sets}
        numbers = (
            say("policy-number", era=era, was=words.full(was), held=words.full(held))
            for era, was, held in zip(eras, *(one for _, one in sets), strict=True)
        )
        alt = say("policy-alt", group=name, unit=unit, numbers=joined(numbers, "; "))
        draw = _drawing(labels, sets, name, say("rate-axis", unit=unit))
        panels.append(panel(f"policy-{index}", alt, draw, 400, 110 + 26 * len(labels)))
    spans = [str(span) for one in found for span in one.spans.values()]
    rows: list[tuple[Cell, ...]] = [
        (era, words.days(days), *(words.full(one[i]) for one in columns.values()))
        for i, (era, days) in enumerate(zip(eras, spans, strict=True))
    ]
    heads = (*(say("policy-column", column=one) for one in ("era", "days")), *columns)
    table = Table(say("policy-table"), heads, tuple(rows), folded=folded())
    return Figure(tuple(panels), say("policy-caption", width=words.WIDTH), table)


def _drawing(
    labels: Sequence[str], sets: Sequence[tuple[str, Sequence[Estimate]]], title: str, unit: str
) -> Callable[[Drawing], None]:
    return lambda figure: levels(figure, labels, sets, title, unit)


class _Pair(NamedTuple):
    """Pooled rates of two eras: which way they differ, as far as it may be stated."""

    first: str
    second: str
    up: Probability
    direction: words.Direction


def _directions(view: View, one: PolicyPeriods, quantity: str) -> list[_Pair]:
    """All pairs of a division, of the headline group."""
    ratio = one.contrast(quantity, pooled=True).sel({names.GROUP: view.of}, drop=True)
    pooled = one.pooled[quantity].sel({names.GROUP: view.of}, drop=True)
    level = dict(zip(one.spans, words.estimates(pooled), strict=True))
    found = []
    for pair in range(ratio.sizes[PAIR]):
        first, second = (str(ratio[name].values[pair]) for name in ("first", "second"))
        up = probability(ratio.isel({PAIR: pair}) > 1)
        way = words.direction(up, level[first], level[second])
        found.append(_Pair(first, second, up, way))
    return found


def _stated(pairs: list[_Pair]) -> str:
    """Say in which pairs a direction may be stated."""
    told: list[str] = []
    for way in ("rose", "fell"):
        own = [pair for pair in pairs if pair.direction == way]
        if own:
            listed = joined((_pair(pair) for pair in own), "; ")
            told.append(say("policy-way", way=way, number=len(own), pairs=listed))
    if any(pair.direction == "open" for pair in pairs):
        told.append(say("policy-others") if told else say("policy-open"))
    return joined(told, ", ")


def _pair(one: _Pair) -> str:
    odds = words.prob(say("policy-up"), one.up)
    return say("policy-pair", first=titled(one.first), second=titled(one.second), odds=odds)


def _compared(view: View, one: PolicyPeriods) -> tuple[str, Table]:
    """A division's pairs in a sentence, and the table of them all, as drawn and pooled."""
    title, number, group = _title(view, one), one.number_of_pairs, named(view.of)
    head = [say("policy-column", column=column) for column in ("from", "to")]
    columns, told = list[list[str]](), []
    for quantity in SETS:
        pairs = _directions(view, one, quantity)
        told.append(say("policy-stated", set=quantity, pairs=_stated(pairs)))
        for pooled in (False, True):
            ratio = one.contrast(quantity, pooled=pooled).sel({names.GROUP: view.of}, drop=True)
            estimates = words.estimates(ratio.drop_vars(["first", "second"]))
            columns.append([words.full(estimate) for estimate in estimates])
            head.append(say("policy-ratio", set=_set(quantity), pooled="yes" if pooled else "no"))
        columns.append([str(pair.up) for pair in pairs])
        head.append(say("policy-chance", set=_set(quantity)))
    eras = [[titled(pair.first) for pair in pairs], [titled(pair.second) for pair in pairs]]
    table = Table(
        say("policy-pairs", group=group, title=title),
        tuple(head),
        tuple(zip(*eras, *columns, strict=True)),
        tuple(range(2, len(head))),
        say("policy-folded", pairs=number, title=title),
    )
    text = say(
        "policy-compared", title=title, pairs=number, group=group, unadjusted=told[0],
        adjusted=told[1],
    )  # fmt: skip
    return text, table


def _era_before(view: View, found: list[PolicyPeriods]) -> str | None:
    """The era before the headline's last span, in the finest division that has one."""
    if not view.pairs:
        return None
    last = resolve(view.fit, view.pairs[0][1])
    for one in sorted(found, key=lambda one: -len(one.spans)):
        eras = list(one.spans)
        for before, own in pairwise(eras):
            if one.spans[own].contains(last):
                return before
    return None


def _more(view: View, era: str) -> Paragraph:
    """Both readings of "more than in the era before"."""
    span = view.pairs[0][1]
    try:
        found = view.once(more_than, span, era)
    except DefectModelsError as error:
        refused = say("more-refused", span=span, era=titled(era), error=words.why(error))
        return Paragraph(refused, "note")
    label = titled(view.fit.dataset.definitions[found.definition].label)
    told = [words.prob(say("more-all"), found.all_together)]
    if found.any_year is not None:
        told.insert(0, words.prob(say("more-any"), found.any_year))
    own, whole = (words.estimate(found.counts.sel({SPAN: one}, drop=True)) for one in (span, era))
    counter = say("contrast-unit")
    return Paragraph(
        say(
            "more-said",
            span=span,
            era=titled(era),
            definition=label,
            readings=joined(told, "; "),
            own=words.full(own, counter, name_it=True),
            whole=words.full(whole, counter),
        )
    )


def policy(view: View) -> Section:
    """Eras that the fit's series name, side by side and in pairs."""
    found = _divisions(view)
    title = say("policy-heading")
    if not found:
        return Section("policy", title, (Paragraph(say("policy-nothing")),))
    pieces: list[Piece] = [Paragraph(assumption(), "note"), _figure(view, found)]
    pieces += left_out(view)
    if view.withheld:
        warning = Paragraph(say("policy-withheld"), "warning")
        return Section("policy", title, (*pieces, warning))
    compared = [_compared(view, one) for one in found]
    pieces.append(Listing(tuple(sentence for sentence, _ in compared)))
    if (era := _era_before(view, found)) is not None:
        pieces.append(_more(view, era))
    pieces += [table for _, table in compared]
    largest = max(found, key=lambda one: one.number_of_pairs)
    return Section("policy", title, (*pieces, Paragraph(caveat(largest), "note")))
