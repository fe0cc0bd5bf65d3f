"""Which eras are compared: those of a series that names spans, or spans of one's own.

Invariant: what is chosen lies in the fitted periods, in order and without a common day; what is not
chosen is listed with the reason. Shown by ``tests/test_policy.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from defectmodels.errors import SpanError, UnknownNameError, known
from defectmodels.estimands.rates import eras, resolve
from defectmodels.evidence.periods import Span
from defectmodels.inference.fit import Fit
from defectmodels.wording import say


def series_of_eras(fit: Fit) -> dict[str, tuple[str, ...]]:
    """Series of the fit that name spans, and the names of their eras."""
    return {
        name: tuple(series.eras())
        for name, series in fit.dataset.series.items()
        if series.role == "labels"
    }


def asked_eras(fit: Fit, periods: str | Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Name of the division, and its eras or spans.

    Raises
    ------
    UnknownNameError
        When the fit has no series of that name that names eras.
    """
    if not isinstance(periods, str):
        return "spans", tuple(periods)
    found = series_of_eras(fit)
    if periods not in found:
        raise UnknownNameError(
            f"the fit has no series '{periods}' that names eras. {known(periods, found)} "
            "Spans of your own are given as a list"
        )
    return periods, found[periods]


def chosen_eras(
    fit: Fit, asked: Sequence[str], least_days: int
) -> tuple[dict[str, Span], dict[str, str]]:
    """Eras that are compared, in order of time and cut to the fitted periods; why others are not.

    Raises
    ------
    SpanError
        When a span is none, two have days in common, or fewer than two are left.
    """
    named, axis = eras(fit), fit.spec.periods.span
    spans: dict[str, Span] = {}
    left_out: dict[str, str] = {}
    for text in asked:
        if text in named and not named[text].overlaps(axis):
            left_out[text] = say("policy-outside", span=str(axis))
            continue
        span = resolve(fit, text)
        if span.days < least_days:
            left_out[text] = say("policy-short", days=span.days, least=least_days)
        elif text in spans:
            raise SpanError(f"'{text}' is given twice; give each span once")
        else:
            spans[text] = span
    spans = dict(sorted(spans.items(), key=lambda item: item[1]))
    for (one, first), (other, second) in pairwise(spans.items()):
        if first.overlaps(second):
            raise SpanError(
                f"'{one}' ({first}) and '{other}' ({second}) have days in common; choose spans "
                "that have none"
            )
    if len(spans) < 2:
        gone = "; ".join(f"{name}: {why}" for name, why in left_out.items())
        raise SpanError(
            f"eras are compared in pairs, and there {'is one' if spans else 'is none'}; give two "
            f"or more{f' (left out: {gone})' if gone else ''}"
        )
    return spans, left_out
