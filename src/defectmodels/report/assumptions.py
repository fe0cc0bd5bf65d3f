"""The model: its equations, every prior, and what the priors alone predict.

Invariant: every prior of the model file and of the exposures stands in the table with its reason.
Shown by ``tests/test_report.py::test_every_prior_is_listed``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from defectmodels.model.priors import Z90, Beta, LogNormal, Prior
from defectmodels.model.terms import Covariates, Season, Trend
from defectmodels.report import words
from defectmodels.report.equations import equations
from defectmodels.report.pieces import Equations, Paragraph, Piece, Section, Table
from defectmodels.report.prior_check import prior_check
from defectmodels.report.view import View

PriorRow = tuple[str, str, str, str]


def rate_unit(view: View, group: str) -> str:
    """Say what a rate of the group is measured in."""
    per = view.fit.spec.baseline[group].per
    if group not in view.fit.spec.exposure:
        return "persons a year"
    return f"a year per {words.number(per)} at risk" if per != 1 else "a year per person at risk"


def _row(quantity: str, prior: Prior | Beta, unit: str, why: str = "") -> PriorRow:
    low, mid, high = (words.number(prior.quantile(p)) for p in (0.05, 0.5, 0.95))
    return quantity, f"{mid} {unit}".strip(), f"{low} to {high}", why or prior.why


def _ratio_row(quantity: str, median: float, sigma: float, why: str) -> PriorRow:
    low, high = median * math.exp(-Z90 * sigma), median * math.exp(Z90 * sigma)
    return (
        quantity,
        f"{words.number(median)} (ratio)",
        f"{words.number(low)} to {words.number(high)}",
        why,
    )


def _of_covariates(term: Covariates, view: View) -> Iterator[PriorRow]:
    for effect in term.effect:
        series = view.fit.dataset.one_series(effect.series)
        unit = series.per or "one unit of the series"
        groups = words.listed(effect.groups or view.groups)
        yield _row(
            f"{series.title}, rate ratio ({unit}); acts on {groups}", effect.ratio, "(ratio)"
        )
    if term.acts(view.groups).sum(axis=0).max() > 1:
        yield _row("standard deviation of an effect between groups, log", term.spread, "")


def _of_terms(view: View) -> Iterator[PriorRow]:
    for term in view.fit.spec.term:
        if isinstance(term, Covariates):
            yield from _of_covariates(term, view)
        elif isinstance(term, Season):
            places = len(view.fit.spec.periods.seasons)
            sigma = math.log(term.size) * math.sqrt(1 - 1 / places)
            groups = words.listed(term.groups or view.groups)
            yield _ratio_row(f"season over the year's mean; {groups}", 1.0, sigma, term.why)
        elif isinstance(term, Trend):
            yield _row(
                "trend: standard deviation of the log rate's change in a year", term.scale, ""
            )


def prior_rows(view: View) -> tuple[PriorRow, ...]:
    """Every prior: quantity, median, 90% range, reason."""
    spec = view.fit.spec
    rows = [
        _row(
            f"rate of {group} with every covariate at its centre", base.rate, rate_unit(view, group)
        )
        for group, base in spec.baseline.items()
    ]
    for group, name in spec.exposure.items():
        known = view.fit.dataset.one_series(name).uncertainty
        if known:
            prior = LogNormal(median=known.median, factor=known.factor, why=known.why)
            rows.append(
                _row(f"persons at risk, {group}: true over stated ({name})", prior, "(ratio)")
            )
    rows += _of_terms(view)
    if spec.frailty is not None:
        rows.append(
            _row(
                f"scatter of a {spec.axis.every} beyond chance: coefficient of variation",
                spec.frailty,
                "",
            )
        )
    for name, use in spec.definition.items():
        if use.factor is not None:
            rows.append(
                _row(f"definition '{name}': its rate over the reference's", use.factor, "(ratio)")
            )
        if use.share is not None:
            rows.append(_row(f"definition '{name}': part of '{use.within}'", use.share, ""))
    rows += [
        _row(f"probability that a statement of {grade} grade is true", prior, "")
        for grade, prior in spec.reliability.items()
    ]
    return tuple(rows)


def model(view: View) -> Section:
    """Equations, priors and the prior predictive check."""
    spec, selection = view.fit.spec, view.fit.design.selection
    columns = ("quantity", "prior median", f"{words.WIDTH} range", "reason")
    pieces: list[Piece] = [
        Paragraph(f"{spec.title}. {' '.join(spec.description.split())}"),
        Equations(equations(spec, bool(selection.nested), bool(selection.joint))),
        Table("Priors, in natural units", columns, prior_rows(view)),
    ]
    if not spec.exposure:
        pieces.append(
            Paragraph("The model names no persons at risk; its rates are persons a year.", "note")
        )
    return Section("model", "The model", (*pieces, *prior_check(view)))
