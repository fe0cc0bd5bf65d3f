"""Days cut where a period or a statement begins or ends; between two cuts lies one piece.

Invariant: pieces follow each other without gap, and every span is a union of pieces whose shares of each period
are the span's. Shown by ``tests/test_pieces.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np

from defectmodels.evidence.periods import Periods, Span


@dataclass(frozen=True)
class Pieces:
    """Days between the cuts.

    Attributes
    ----------
    spans : tuple of Span
    period : np.ndarray (piece,), int, place of the period whose rate holds
    share : np.ndarray (piece,), days over those of the period
    """

    spans: tuple[Span, ...]
    period: np.ndarray
    share: np.ndarray

    def within(self, span: Span) -> np.ndarray:
        """Which pieces lie in a span: np.ndarray (piece,), bool."""
        return np.array([span.contains(one) for one in self.spans])


def cut(periods: Periods, spans: Sequence[Span]) -> Pieces:
    """Cut the days of an axis, and of spans that reach over it, into pieces."""
    day = timedelta(1)
    whole = [*periods.spans, *spans]
    ends = sorted({one.start for one in whole} | {one.end + day for one in whole})
    pieces, place, share = [], [], []
    for start, after in pairwise(ends):
        piece = Span(start, after - day)
        # Days beyond the axis count at the rate of its edge, as they do in the model.
        inside = [i for i, one in enumerate(periods.spans) if one.contains(piece)]
        at = inside[0] if inside else 0 if piece.end < periods.span.start else len(periods) - 1
        pieces.append(piece)
        place.append(at)
        share.append(piece.days / periods.spans[at].days)
    return Pieces(tuple(pieces), np.array(place), np.array(share))
