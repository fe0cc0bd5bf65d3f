"""More in one span than in an era: "more than under the previous administration", in both readings.

The phrase can mean that the span had more than any year of the era, or more than the whole era. Both
are probabilities of realised counts, drawn together.

Invariant: the counts of an era's whole years are never more than that of the era, and more than all of
it together is more than in any of its years. Shown by ``tests/test_more_than.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import xarray as xr

from defectmodels.errors import SpanError
from defectmodels.estimands.by_definition import default_counts, realised_by_definition
from defectmodels.estimands.rates import SPAN, resolve
from defectmodels.estimands.summary import INTERVAL, Probability, probability, tidy
from defectmodels.evidence.periods import Span, parse_span
from defectmodels.inference.fit import Fit


@dataclass(frozen=True)
class MoreThan:
    """Realised counts of a span and of an era, and whether the first is larger.

    Attributes
    ----------
    span, era : str
    definition : str
        Who is counted.
    years : tuple of str
        The calendar years that lie wholly inside the era, as far as it is fitted.
    counts : xr.DataArray (chain, draw, span), int, persons
        Of the span, of each of the years, and of the era.
    any_year : Probability or None
        Reading 1: that the span had more than any whole year of the era; None where it has none.
    all_together : Probability
        Reading 2: that the span had more than the whole era.
    """

    span: str
    era: str
    definition: str
    years: tuple[str, ...]
    counts: xr.DataArray
    any_year: Probability | None
    all_together: Probability

    def table(self, interval: float = INTERVAL) -> pd.DataFrame:
        """Count of the span, of each year and of the era, with intervals."""
        return tidy(self.counts, interval).assign(definition=self.definition)


def whole_years(span: Span) -> tuple[str, ...]:
    """Calendar years that lie wholly inside a span."""
    years = map(str, range(span.start.year, span.end.year + 1))
    return tuple(year for year in years if span.contains(parse_span(year)))


def more_than(
    fit: Fit,
    span: str,
    era: str,
    *,
    definition: str | None = None,
    random_seed: int | None = None,
) -> MoreThan:
    """Whether more came in a span than in an era, in both readings of the phrase.

    Parameters
    ----------
    fit : Fit
    span, era : str
        Spans or names of eras without a day in common, such as '2023' and 'Moon Jae-in'. Both may
        cut periods; an era is cut to the fitted ones.
    definition : str, optional
        Who is counted; by default the headline group's own definition.
    random_seed : int, optional
        The fit's by default.

    Returns
    -------
    MoreThan

    Raises
    ------
    SpanError
        When one is no span, lies outside the fitted periods, or they have days in common.
    UnknownNameError
        When the model does not use the definition.
    FitError
        When the counts cannot be drawn, see `realised_by_definition`.
    """
    first, second = resolve(fit, span), resolve(fit, era)
    if first.overlaps(second):
        raise SpanError(
            f"'{span}' ({first}) and '{era}' ({second}) have days in common; compare spans that "
            "have none"
        )
    definition, _ = default_counts(fit, definition, ())
    years = whole_years(second)
    # An era that is one calendar year is drawn once.
    asked = list(dict.fromkeys([span, *years, era]))
    seed = int(fit.made["random_seed"]) if random_seed is None else random_seed
    counts = realised_by_definition(fit, definition, asked, random_seed=seed)
    own = counts.sel({SPAN: span})
    largest = counts.sel({SPAN: list(years)}).max(SPAN) if years else None
    return MoreThan(
        span,
        era,
        definition,
        years,
        counts,
        None if largest is None else probability(own > largest),
        probability(own > counts.sel({SPAN: era})),
    )
