"""The model: its equations, every prior, and what the priors alone predict.

Invariant: every prior of the model file and of the exposures stands in the table with its reason.
Shown by ``tests/test_report.py::test_every_prior_is_listed``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from defectmodels.estimands.came import error_draws
from defectmodels.model.measurement import Misclassification, Revision, called, priors
from defectmodels.model.priors import Z90, Beta, LogNormal, Prior
from defectmodels.model.spec import ModelSpec
from defectmodels.model.terms import Covariates, Season, Trend
from defectmodels.report import words
from defectmodels.report.equations import equations, error_name
from defectmodels.report.pieces import Equations, Paragraph, Piece, Section, Table
from defectmodels.report.prior_check import prior_check
from defectmodels.report.view import View
from defectmodels.wording import listed, named, say, titled

PriorRow = tuple[str, str, str, str]


def rate_unit(view: View, group: str) -> str:
    """Say what a rate of the group is measured in."""
    per = view.fit.spec.baseline[group].per
    if group not in view.fit.spec.exposure:
        return say("model-rate-unit", kind="persons", per="")
    return say("model-rate-unit", kind="many" if per != 1 else "one", per=words.number(per))


def _row(quantity: str, prior: Prior | Beta, unit: str = "", ratio: bool = False) -> PriorRow:
    low, mid, high = (words.number(prior.quantile(p)) for p in (0.05, 0.5, 0.95))
    if unit:
        mid = say("model-median-rate", value=mid, unit=unit)
    elif ratio:
        mid = say("model-median-ratio", value=mid)
    return quantity, mid, words.between(low, high), titled(prior.why)


def _ratio_row(quantity: str, median: float, sigma: float, why: str) -> PriorRow:
    low, high = median * math.exp(-Z90 * sigma), median * math.exp(Z90 * sigma)
    return (
        quantity,
        say("model-median-ratio", value=words.number(median)),
        words.between(words.number(low), words.number(high)),
        titled(why),
    )


def _listed(groups: Iterable[str]) -> str:
    return listed(named(group) for group in groups)


def _of_covariates(term: Covariates, view: View) -> Iterator[PriorRow]:
    for effect in term.effect:
        series = view.fit.dataset.one_series(effect.series)
        quantity = say(
            "model-effect-of",
            title=titled(series.title),
            unit=titled(series.per) if series.per else say("model-one-unit"),
            groups=_listed(effect.groups or view.groups),
        )
        yield _row(quantity, effect.ratio, ratio=True)
    if term.acts(view.groups).sum(axis=0).max() > 1:
        yield _row(say("model-spread"), term.spread)


def _of_terms(view: View) -> Iterator[PriorRow]:
    for term in view.fit.spec.term:
        if isinstance(term, Covariates):
            yield from _of_covariates(term, view)
        elif isinstance(term, Season):
            places = len(view.fit.spec.periods.seasons)
            sigma = math.log(term.size) * math.sqrt(1 - 1 / places)
            quantity = say("model-season-of", groups=_listed(term.groups or view.groups))
            yield _ratio_row(quantity, 1.0, sigma, term.why)
        elif isinstance(term, Trend):
            yield _row(say("model-trend"), term.scale)


def _error_words(spec: ModelSpec) -> dict[str, str]:
    """What each parameter of an error is, by its name: those with a prior, then factors of revisions."""
    found: dict[str, str] = {}
    for name, (at, key) in priors(spec.error).items():
        error = spec.error[at]
        pair = error.groups if isinstance(error, Misclassification) else ("", "")
        one, other = pair[::-1] if key == "false" else pair
        found[name] = say(
            "model-error",
            parameter=key,
            error=error_name(error),
            one=named(one),
            other=named(other),
        )
    for kind, error in zip(called(spec.error), spec.error, strict=True):
        for span in error.spans if isinstance(error, Revision) else ():
            found[f"{kind} {span}"] = say("model-error-factor", span=span)
    return found


def _of_errors(spec: ModelSpec) -> Iterator[PriorRow]:
    texts = _error_words(spec)
    for name, (at, key) in priors(spec.error).items():
        yield _row(texts[name], getattr(spec.error[at], key))


def _errors(view: View) -> list[Piece]:
    """What is assumed of how the published differs from who came, and what the data say of it."""
    fit = view.fit
    if not fit.spec.error:
        return []
    rows = []
    for name, text in _error_words(fit.spec).items():
        draws = (error_draws(fit.group(group), name) for group in ("prior", "posterior"))
        ends = [words.estimates(one.expand_dims("one"))[0] for one in draws]
        rows.append((text, *(words.beside(words.middle(one), words.interval(one)) for one in ends)))
    head = (
        say("column-quantity"), say("model-errors-column", which="prior"),
        say("model-errors-column", which="posterior"),
    )  # fmt: skip
    caption = say("model-errors-table", width=words.WIDTH)
    return [Paragraph(say("model-errors")), Table(caption, head, tuple(rows), (1, 2))]


def prior_rows(view: View) -> tuple[PriorRow, ...]:
    """Every prior: quantity, median, 90% range, reason."""
    spec = view.fit.spec
    rows = [
        _row(say("model-rate-of", group=named(group)), base.rate, rate_unit(view, group))
        for group, base in spec.baseline.items()
    ]
    for group, name in spec.exposure.items():
        known = view.fit.dataset.one_series(name).uncertainty
        if known:
            prior = LogNormal(median=known.median, factor=known.factor, why=known.why)
            quantity = say("model-exposure-of", group=named(group), series=named(name))
            rows.append(_row(quantity, prior, ratio=True))
    rows += _of_terms(view)
    if spec.frailty is not None:
        rows.append(_row(say("model-scatter", every=spec.axis.every), spec.frailty))
    for name, use in spec.definition.items():
        if use.factor is not None:
            quantity = say("model-factor-of", definition=named(name))
            rows.append(_row(quantity, use.factor, ratio=True))
        if use.share is not None:
            quantity = say("model-part-of", definition=named(name), within=named(use.within or ""))
            rows.append(_row(quantity, use.share))
    rows += _of_errors(spec)
    rows += [
        _row(say("model-reliability-of", grade=say("evidence-grade", grade=grade)), prior)
        for grade, prior in spec.reliability.items()
    ]
    return tuple(rows)


def model(view: View) -> Section:
    """Equations, priors and the prior predictive check."""
    spec, selection = view.fit.spec, view.fit.design.selection
    columns = (
        say("column-quantity"), say("column-prior-median"),
        say("column-range", width=words.WIDTH), say("column-reason"),
    )  # fmt: skip
    description = titled(" ".join(spec.description.split()))
    pieces: list[Piece] = [
        Paragraph(say("model-what", title=titled(spec.title), description=description)),
        Equations(equations(spec, bool(selection.nested), bool(selection.joint))),
        Table(say("model-priors"), columns, prior_rows(view)),
        *_errors(view),
    ]
    if not spec.exposure:
        pieces.append(Paragraph(say("model-no-exposure"), "note"))
    return Section("model", say("model-heading"), (*pieces, *prior_check(view)))
