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
from defectmodels.estimands.policy_text import ASSUMPTION, caveat
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
from defectmodels.report.results import FOLD, scaled
from defectmodels.report.view import View
from defectmodels.report.words import Estimate

TITLE = "Policy periods"
_SETS = {"rate": "unadjusted", "adjusted_rate": "adjusted"}


def _divisions(view: View) -> list[PolicyPeriods]:
    """Eras of every series that names two or more in the fitted periods."""
    found = []
    for name in series_of_eras(view.fit):
        try:
            found.append(policy_periods(view.fit, name))
        except SpanError:
            continue
    return found


def _title(view: View, one: PolicyPeriods) -> str:
    return view.fit.dataset.one_series(one.by).title


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
    labels = [label for one in found for label in (*one.spans, "")][:-1]
    eras = [label for label in labels if label]
    panels: list[Panel] = []
    columns: dict[str, tuple[Estimate, ...]] = {}
    for index, group in enumerate(view.groups):
        unit = rate_unit(view, group)
        sets = [(text, _of_group(view, found, group, name)) for name, text in _SETS.items()]
        columns |= {f"{group}, {text}, {unit}": one for text, one in sets}
        alt = f"Rate of {group} by era, {unit}. " + "; ".join(
            f"{era}: {words.full(was)}, adjusted {words.full(held)}"
            for era, was, held in zip(eras, *(one for _, one in sets), strict=True)
        )
        draw = _drawing(labels, sets, group, f"{unit} (log)")
        panels.append(panel(f"policy-{index}", alt, draw, 400, 110 + 26 * len(labels)))
    spans = [str(span) for one in found for span in one.spans.values()]
    rows: list[tuple[Cell, ...]] = [
        (era, words.days(days), *(words.full(one[i]) for one in columns.values()))
        for i, (era, days) in enumerate(zip(eras, spans, strict=True))
    ]
    caption = (
        f"Rate of each group by era, log axis, median and central {words.WIDTH} interval: unadjusted, and "
        "adjusted, with every covariate at its mean over the eras of its series and the season "
        "averaged out. Not pooled."
    )
    table = Table("Rates by era", ("era", "days", *columns), tuple(rows), folded=FOLD)
    return Figure(tuple(panels), caption, table)


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
    said = []
    for way in ("rose", "fell"):
        own = [pair for pair in pairs if pair.direction == way]
        listed = "; ".join(f"{p.first} to {p.second}, {words.prob('up', p.up)}" for p in own)
        said += [f"{way} in {len(own)} [{listed}]"] if own else []
    if any(pair.direction == "open" for pair in pairs):
        said.append("the others are open" if said else "open in all")
    return ", ".join(said)


def _compared(view: View, one: PolicyPeriods) -> tuple[str, Table]:
    """A division's pairs in a sentence, and the table of them all, as drawn and pooled."""
    title, number = _title(view, one), words.plural(one.number_of_pairs, "pair")
    head, columns, said = ["from", "to"], list[list[str]](), []
    for quantity, text in _SETS.items():
        pairs = _directions(view, one, quantity)
        said.append(f"{text}: {_stated(pairs)}")
        for pooled in (False, True):
            ratio = one.contrast(quantity, pooled=pooled).sel({names.GROUP: view.of}, drop=True)
            estimates = words.estimates(ratio.drop_vars(["first", "second"]))
            columns.append([words.full(estimate) for estimate in estimates])
            head.append(f"ratio, {text}{', pooled' if pooled else ''}")
        columns.append([str(pair.up) for pair in pairs])
        head.append(f"P(up), {text}, pooled")
    rows = tuple(zip([p.first for p in pairs], [p.second for p in pairs], *columns, strict=True))
    caption = f"Rate of {view.of}, later era over earlier: {title}"
    table = Table(caption, tuple(head), rows, tuple(range(2, len(head))), f"All {number}: {title}")
    return (
        f"{title}, {number}, rate of {view.of}, pooled. {'. '.join(one[0].upper() + one[1:] for one in said)}.",
        table,
    )


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
        found = more_than(view.fit, span, era)
    except DefectModelsError as error:
        return Paragraph(f"Counts of {span} and {era} could not be drawn: {error}", "note")
    label = view.fit.dataset.definitions[found.definition].label
    said = [words.prob("more than in all of it together", found.all_together)]
    if found.any_year is not None:
        said.insert(0, words.prob("more than in any whole year of it", found.any_year))
    own, whole = (words.estimate(found.counts.sel({SPAN: one}, drop=True)) for one in (span, era))
    return Paragraph(
        f"More in {span} than in the era before, {era}? The words have two readings. Realised counts, "
        f"{label}: {'; '.join(said)}. Persons in {span}: {words.full(own, name_it=True)}; in all of "
        f"{era}: {words.full(whole)}."
    )


def policy(view: View) -> Section:
    """Eras that the fit's series name, side by side and in pairs."""
    found = _divisions(view)
    if not found:
        text = (
            "No series of the fit names two eras in the fitted periods; there are none to compare."
        )
        return Section("policy", TITLE, (Paragraph(text),))
    pieces: list[Piece] = [Paragraph(ASSUMPTION, "note"), _figure(view, found)]
    if view.withheld:
        text = "Pairs of eras are withheld: the fit failed its checks."
        return Section("policy", TITLE, (*pieces, Paragraph(text, "warning")))
    compared = [_compared(view, one) for one in found]
    pieces.append(Listing(tuple(sentence for sentence, _ in compared)))
    if (era := _era_before(view, found)) is not None:
        pieces.append(_more(view, era))
    pieces += [table for _, table in compared]
    largest = max(found, key=lambda one: one.number_of_pairs)
    return Section("policy", TITLE, (*pieces, Paragraph(caveat(largest), "note")))
