"""Policy periods in the report: words follow the pooled numbers, and the section adapts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from defectmodels.estimands.policy import policy_periods
from defectmodels.estimands.policy_text import assumption
from defectmodels.inference.fit import Fit
from defectmodels.report import words
from defectmodels.report.pieces import Figure, Listing, Paragraph, Section, Table
from defectmodels.report.policy import policy
from defectmodels.report.view import View
from test_policy import with_eras
from test_report import with_checks


def text(section: Section) -> str:
    said = [piece.text for piece in section.pieces if isinstance(piece, Paragraph)]
    lists = [item for p in section.pieces if isinstance(p, Listing) for item in p.items]
    return " ".join([*said, *lists])


def raised(fit: Fit, factor: float) -> Fit:
    """The fit with the elite's trend raised by a factor in the second era."""
    trend = fit.posterior["trend"].copy()
    rate, expected = fit.posterior["rate"].copy(), fit.posterior["expected"].copy()
    late = {"group": "elite", "period": [p for p in fit.spec.periods.labels if p >= "2020Q4"]}
    trend.loc[late] = trend.loc[late] + np.log(factor)
    rate.loc[late], expected.loc[late] = rate.loc[late] * factor, expected.loc[late] * factor
    posterior = fit.posterior.assign(trend=trend, rate=rate, expected=expected)
    tree = fit.tree.copy()
    tree["posterior"] = type(tree)(posterior)
    return Fit(fit.spec, fit.dataset, tree)


def test_a_figure_of_every_group_a_table_of_pairs_and_the_assumption(country_fit: Fit) -> None:
    fit = with_eras(
        country_fit, "rulers", ("One", "2019-01-01", "2019-12-31"), ("Two", "2020-01-01", "2020-12-31"),
        ("Three", "2021-01-01", "2022-12-31"),
    )  # fmt: skip
    section = policy(View(with_checks(fit)))
    assert section.key == "policy"
    figure = next(piece for piece in section.pieces if isinstance(piece, Figure))
    assert len(figure.panels) == 2 and figure.data is not None
    assert [row[0] for row in figure.data.rows] == ["First", "Second", "One", "Two", "Three"]
    assert "One" in figure.panels[1].svg
    tables = [piece for piece in section.pieces if isinstance(piece, Table)]
    assert [len(table.rows) for table in tables] == [1, 3]
    assert all(table.folded.startswith("All ") for table in tables)
    found = policy_periods(fit, "rulers")
    ratio = found.contrast("adjusted_rate", pooled=True).sel(group="elite").isel(pair=2, drop=True)
    row = tables[1].rows[2]
    assert row[:2] == ("Two", "Three") and words.full(words.estimate(ratio)) in row
    assert assumption() in text(section) and "3 pairs of 3 eras" in text(section)


@pytest.mark.parametrize(
    ("factor", "said"), [(6.0, "rose in 1 [First to Second"), (0.1, "fell in 1 [First to Second")]
)
def test_a_direction_that_is_certain_is_stated(country_fit: Fit, factor: float, said: str) -> None:
    found = text(policy(View(with_checks(raised(country_fit, factor)))))
    assert f"Unadjusted: {said}" in found and f"Adjusted: {said}" in found


def test_a_direction_in_doubt_is_open(country_fit: Fit) -> None:
    """With a level that hardly differs no direction is stated."""
    found = policy_periods(country_fit, "presidents", "elite").contrast("rate", pooled=True)
    even = raised(country_fit, 1 / float(found.median()))
    assert "Unadjusted: open in all" in text(policy(View(with_checks(even))))


def test_the_era_before_is_compared_with_the_last_span_of_the_headline(country_fit: Fit) -> None:
    """The headline ends in 2022, which lies in the second era."""
    found = text(policy(View(with_checks(country_fit))))
    assert "More in 2022 than in the era before, First?" in found
    assert "P(more than in any whole year of it)" in found


def test_pairs_of_a_failing_fit_are_withheld(country_fit: Fit) -> None:
    section = policy(View(with_checks(country_fit, "fail")))
    assert "withheld" in text(section) and not any(
        isinstance(p, Table | Listing) for p in section.pieces
    )
    assert "P(" not in text(section)


def test_without_eras_it_says_so(country_fit: Fit) -> None:
    bare = {k: s for k, s in country_fit.dataset.series.items() if s.role != "labels"}
    for fit in (
        Fit(country_fit.spec, replace(country_fit.dataset, series=bare), country_fit.tree),
        with_eras(
            Fit(country_fit.spec, replace(country_fit.dataset, series=bare), country_fit.tree),
            "rulers", ("One", "2000-01-01", "2040-01-01"),
        ),
    ):  # fmt: skip
        section = policy(View(with_checks(fit)))
        assert len(section.pieces) == 1 and "No series of the fit names two eras" in text(section)


def test_counts_that_cannot_be_drawn_are_a_note(
    country_fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from defectmodels.errors import FitError

    def never(*args: object, **settings: object) -> None:
        raise FitError("realised counts: too many pieces")

    monkeypatch.setattr("defectmodels.report.policy.more_than", never)
    assert "could not be drawn: realised counts: too many pieces" in text(
        policy(View(with_checks(country_fit)))
    )
