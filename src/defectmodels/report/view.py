"""What several sections need of one fit, worked out once.

Invariant: a view adds nothing to the fit; made twice of one fit it holds the same numbers. Shown by
``tests/test_report.py::test_two_writes_give_the_same_bytes``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from defectmodels import catalog, names
from defectmodels.errors import FitError
from defectmodels.estimands.came import published
from defectmodels.estimands.decide import decide
from defectmodels.estimands.decision import Decision
from defectmodels.estimands.decomposition import Decomposition, decompose
from defectmodels.estimands.quoted import comparisons
from defectmodels.estimands.rates import (
    SPAN,
    calendar_years,
    expected,
    span_weights,
    years_of,
)
from defectmodels.estimands.realised import over_spans, realised
from defectmodels.estimands.summary import stack
from defectmodels.evidence.claims import Claims, load_claims
from defectmodels.evidence.periods import Span, parse_span
from defectmodels.evidence.selection import Row
from defectmodels.inference.fit import Fit
from defectmodels.report.pieces import Paragraph, Piece
from defectmodels.report.words import Estimate, estimates, why
from defectmodels.studies.saved import Saved
from defectmodels.wording import say

if TYPE_CHECKING:
    from defectmodels.estimands.checks import Checks


MOST_GROUPS = 10
"""Groups that a page has room for, each with figures of its own."""
SHOWN_OF_MORE = 6
"""Groups that are shown where there are more."""


def decimal_year(day: date) -> float:
    """Place of a day on a time axis: 2019-07-02 is about 2019.5."""
    first, next_first = date(day.year, 1, 1).toordinal(), date(day.year, 12, 31).toordinal() + 1
    return day.year + (day.toordinal() - first) / (next_first - first)


def ends(span: Span) -> tuple[float, float]:
    """Both ends of a span on a time axis."""
    return decimal_year(span.start), decimal_year(span.end + timedelta(days=1))


def centre(span: Span) -> float:
    """Middle of a span on a time axis."""
    return sum(ends(span)) / 2


@dataclass(frozen=True)
class View:
    """A fit as the report looks at it.

    Attributes
    ----------
    fit : Fit
    studies : tuple of Saved
        Studies of the same model, each of which gets a section.
    """

    fit: Fit
    studies: tuple[Saved, ...] = ()

    @property
    def checks(self) -> Checks:
        """Whether the fit may be quoted."""
        return self.fit.checks

    @property
    def withheld(self) -> bool:
        """Whether nothing of the fit may be quoted."""
        return self.checks.verdict == "fail"

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of the model."""
        return self.fit.spec.groups

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """Groups that have figures and tables of their own, in the model's order.

        All that there are, or the one that is compared and those with the most expected arrivals.
        """
        if len(self.groups) <= MOST_GROUPS:
            return self.groups
        size = self.expected.mean(names.SAMPLE).sum(SPAN).values
        by_size = [self.groups[at] for at in np.argsort(-size, kind="stable")]
        chosen = {self.of, *[one for one in by_size if one != self.of][: SHOWN_OF_MORE - 1]}
        return tuple(one for one in self.groups if one in chosen)

    @property
    def several(self) -> bool:
        """Whether there are shares to speak of."""
        return len(self.groups) > 1

    @property
    def of(self) -> str:
        """The group that the report is about."""
        return comparisons(self.fit)[0]

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Spans that are compared; the first pair is the headline."""
        return comparisons(self.fit)[1]

    @cached_property
    def changes(self) -> tuple[Decomposition, ...]:
        """The comparison of each pair."""
        return tuple(decompose(self.fit, *pair, of=self.of) for pair in self.pairs)

    @cached_property
    def answers(self) -> tuple[tuple[Claims, tuple[Decision, ...]], ...]:
        """Shipped claims about the dataset, and the answer to each."""
        asked = [load_claims(name) for name in catalog.claims()]
        own = [one for one in asked if one.dataset in ("", self.fit.dataset.name)]
        return tuple((one, decide(self.fit, one, strict=False)) for one in own)

    @cached_property
    def _made(self) -> dict[tuple[Hashable, ...], Any]:
        return {}

    def once[T](self, make: Callable[..., T], *given: Hashable, **more: Hashable) -> T:
        """Give ``make(fit, ...)``, worked out when it is first asked for.

        A report in another language says the same numbers.
        """
        key = (make, given, tuple(sorted(more.items())))
        return self._keep(key, lambda: make(self.fit, *given, **more))

    def _keep[T](self, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found

    @cached_property
    def spans(self) -> tuple[str, ...]:
        """Spans of every figure over time: whole years, or periods where there are too few."""
        years = years_of(self.fit)
        return tuple(years if len(years) > 1 else self.fit.spec.periods.labels)

    @property
    def span_word(self) -> str:
        """Code of what the spans of `spans` are: year, quarter or month."""
        return "year" if len(years_of(self.fit)) > 1 else str(self.fit.spec.axis.every)

    @cached_property
    def middles(self) -> np.ndarray:
        """np.ndarray (span,), middle of each span on a time axis."""
        return np.array([centre(parse_span(text)) for text in self.spans])

    @cached_property
    def lengths(self) -> np.ndarray:
        """np.ndarray (span,), length of each span in calendar years."""
        return np.array([calendar_years(parse_span(text)) for text in self.spans])

    @cached_property
    def expected(self) -> xr.DataArray:
        """Expected arrivals: xr.DataArray (chain, draw, group, span), persons."""
        return expected(self.fit, self.spans)

    def expected_of(self, groups: Sequence[str]) -> tuple[Estimate, ...]:
        """Sum the expected arrivals of some groups in every span."""
        own = list(groups)
        return self._keep(
            ("expected", *own),
            lambda: estimates(self.expected.sel({names.GROUP: own}).sum(names.GROUP)),
        )

    @cached_property
    def realised(self) -> xr.DataArray | str:
        """Realised arrivals (chain, draw, group, span), or why they cannot be had.

        A statement that the fit contradicts is a finding, not a fault of the report.
        """
        try:
            counts = realised(self.fit, random_seed=int(self.fit.made["random_seed"]))
            return over_spans(self.fit, counts, self.spans)
        except FitError as error:
            return why(error)

    def predictive(self, groups: Sequence[str]) -> xr.DataArray:
        """Draw new counts of some groups together, as they would be published.

        Returns
        -------
        xr.DataArray (chain, draw, period), persons
        """
        rng = np.random.default_rng(int(self.fit.made["random_seed"]) + 1)
        posterior = self.fit.posterior
        chosen = published(self.fit).sel({names.GROUP: list(groups)}).sum(names.GROUP)
        mean = chosen.transpose(*names.SAMPLE, names.PERIOD)
        rate = mean.values.reshape(-1, mean.shape[-1])
        if names.FRAILTY in posterior:
            size = 1.0 / stack(posterior[names.FRAILTY]).values[:, None] ** 2
            # One frailty for all groups of a period.
            rate = rate * rng.gamma(size, 1.0 / size, size=rate.shape)
        return mean.copy(data=rng.poisson(np.minimum(rate, 1e15)).reshape(mean.shape))

    def over(self, by_period: xr.DataArray) -> xr.DataArray:
        """Sum whole periods over `spans`: xr.DataArray (chain, draw, span)."""
        return xr.dot(by_period, span_weights(self.fit, self.spans), dim=names.PERIOD)

    @cached_property
    def rows(self) -> dict[str, Row]:
        """Rows of the fit by id: direct ones first, then nested and joint ones."""
        selection = self.fit.design.selection
        return {row.statement.id: row for row in selection.rows}

    @cached_property
    def scaled(self) -> frozenset[str]:
        """Definitions that count persons of their own."""
        return frozenset(self.fit.spec.scaled)


def left_out(view: View) -> list[Piece]:
    """Say which groups a section shows where there is no room for all, and where the others are."""
    if view.shown == view.groups:
        return []
    text = say("word-left-out", shown=str(len(view.shown)), all=str(len(view.groups)))
    return [Paragraph(text, "note")]
