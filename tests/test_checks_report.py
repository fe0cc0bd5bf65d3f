"""The section on checks and the check of the priors, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from defectmodels.inference.fit import Fit
from defectmodels.report.checking import checks
from defectmodels.report.pieces import Figure, Panel, Paragraph, Piece, Section, Table
from defectmodels.report.prior_check import prior_check
from defectmodels.report.view import View
from defectmodels.wording import speaking
from test_report import with_checks

LATIN = {"R-hat", "PIT", "elpd", "ESS", "LOO", "P", "k"}
"""Written so in Korean too."""


def printed(pieces: tuple[Piece, ...]) -> Iterator[str]:
    """Every text of some pieces; of figures those beside the drawing, and the drawing's own."""
    for piece in pieces:
        if isinstance(piece, Paragraph):
            yield piece.text
        elif isinstance(piece, Table):
            yield from (piece.caption, piece.folded, *piece.columns)
            yield from (str(cell) for row in piece.rows for cell in row)
        elif isinstance(piece, Figure):
            yield piece.caption
            yield from printed((piece.data,) if piece.data else ())
            for panel in piece.panels:
                yield panel.alt
                yield from re.findall(r"<text[^>]*>([^<]*)</text>", panel.svg)


def left_over(pieces: tuple[Piece, ...], view: View) -> set[str]:
    words = {
        word for text in printed(pieces) for word in re.findall(r"[A-Za-z][A-Za-z0-9_-]*", text)
    }
    data = view.fit.dataset
    own = {*view.rows, *data.series, *data.definitions, *view.fit.posterior["season"].values}
    return words - LATIN - own


def section(fit: Fit, lang: str) -> Section:
    with speaking(lang):
        return checks(View(fit))


def test_checks_judged_in_one_language_are_read_in_the_other(country_fit: Fit) -> None:
    english = section(country_fit, "en")
    korean = section(country_fit, "ko")
    assert left_over(korean.pieces, View(country_fit)) == set()
    assert english == section(country_fit, "en")
    assert not re.search("[가-힣]", " ".join(printed(english.pieces)))
    # Nothing but words differs: the same tables with the same numbers.
    for one, other in zip(english.pieces, korean.pieces, strict=True):
        assert type(one) is type(other)
        if isinstance(one, Table) and isinstance(other, Table):
            assert len(one.rows) == len(other.rows) and one.numeric == other.numeric
            for place in one.numeric:
                numbers = [
                    [re.sub(r"[^\d.]", "", str(r[place])) for r in t.rows] for t in (one, other)
                ]
                assert numbers[0] == numbers[1]


def test_the_check_of_the_priors_is_read_in_korean(country_fit: Fit) -> None:
    view = View(country_fit)
    with speaking("ko"):
        pieces = prior_check(view)
    assert left_over(pieces, view) == set()


def pareto_k(fit: Fit) -> Panel:
    (figure,) = (one for one in section(fit, "en").pieces if isinstance(one, Figure))
    return next(panel for panel in figure.panels if panel.key == "pareto-k")


@pytest.mark.parametrize("missing", [0, 2])
def test_unknown_k_is_told_of_in_the_figure(country_fit: Fit, missing: int) -> None:
    fit = with_checks(country_fit)
    k = fit.checks.rows["pareto_k"].values.copy()
    k[:missing] = np.nan
    fit.checks.rows["pareto_k"] = ("row", k)
    alt = pareto_k(fit).alt
    high = int(np.nansum(k > 0.7))
    more = ", 2 not known" if missing else ""
    assert alt.endswith(f"{high} above 0.7{more}.")
