"""Days cut into pieces."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from defectmodels.evidence.periods import Periods, Span, parse_span
from defectmodels.studies.pieces import cut

PERIODS = Periods.between("2020Q1", "2020Q4", "quarter")
SPANS = [
    parse_span(one)
    for one in ("2019-12-25..2020-01-31", "2020-02-10..2020-08-03", "2020-12-30..2021-01-04")
]
PIECES = cut(PERIODS, SPANS)


def test_pieces_follow_each_other_and_end_where_a_period_or_a_span_does() -> None:
    assert all(one.end + timedelta(1) == other.start for one, other in pairwise(PIECES.spans))
    assert PIECES.spans[0] == Span(date(2019, 12, 25), date(2019, 12, 31))
    assert PIECES.spans[-1] == Span(date(2021, 1, 1), date(2021, 1, 4))
    # Days beyond the axis count at the rate of its edge.
    assert PIECES.period.tolist() == [0, 0, 0, 0, 1, 2, 2, 3, 3, 3]


@pytest.mark.parametrize("span", [*SPANS, *PERIODS.spans], ids=str)
def test_a_span_is_made_of_its_pieces(span: Span) -> None:
    weights = np.bincount(PIECES.period, PIECES.share * PIECES.within(span), len(PERIODS))
    np.testing.assert_allclose(weights, PERIODS.weights(span, 1.0), atol=1e-12)


def test_without_spans_pieces_are_the_periods() -> None:
    assert cut(PERIODS, []).spans == PERIODS.spans
