"""The report's section on whole persons says what the counts by definition say."""

from __future__ import annotations

import re

import numpy as np
import pytest

from country import country, country_spec
from defectmodels.errors import FitError
from defectmodels.estimands.by_definition import realised_by_definition
from defectmodels.estimands.rates import SPAN
from defectmodels.inference.fit import Fit
from defectmodels.report.howmany import howmany
from defectmodels.report.pieces import Figure, Listing, Paragraph, Section, Table
from defectmodels.report.view import View
from fabricate import fabricate


def tables(section: Section) -> dict[str, Table]:
    return {piece.caption: piece for piece in section.pieces if isinstance(piece, Table)}


@pytest.fixture(scope="module")
def section(country_fit: Fit) -> Section:
    return howmany(View(country_fit))


def test_the_picture_has_the_years_of_the_headline(section: Section) -> None:
    figure = next(piece for piece in section.pieces if isinstance(piece, Figure))
    assert figure.data is not None
    assert figure.data.columns == ("persons", "2019", "2020 to 2021", "2022")
    assert len(figure.panels) == 3
    for word in ("persons", "posterior probability", "90%"):
        assert word in figure.caption
    shares = np.array(
        [[float(str(cell).replace("< 0.01", "0")) for cell in row[1:]] for row in figure.data.rows]
    )
    # Two digits each; what is below half a percent is not written.
    assert (abs(shares.sum(axis=0) - 1) < 0.15).all()


def test_statements_follow_from_the_counts(section: Section, country_fit: Fit) -> None:
    table = tables(section)["What follows from these counts"]
    found = {str(row[0]): str(row[1]) for row in table.rows}
    counts = realised_by_definition(
        country_fit, "elite", ["2019", "2022"], random_seed=country_fit.made["random_seed"]
    )
    more = float((counts.sel({SPAN: "2022"}) > counts.sel({SPAN: "2019"})).mean())
    said = float(re.sub("[<> ]", "", found["more in 2022 than in 2019"]))
    assert said == pytest.approx(more, abs=0.02)
    assert "no year from 2019 to 2021 had more than 2022" in found


def test_each_definition_of_the_group_has_a_line(section: Section) -> None:
    (table,) = (one for caption, one in tables(section).items() if "by definition" in caption)
    assert [row[0] for row in table.rows] == ["elite", "press"]
    assert all(
        re.fullmatch(r"\d+ \(\d+ to \d+\)", str(cell)) for row in table.rows for cell in row[1:]
    )


def test_definitions_beside_each_other_are_shown() -> None:
    rows = (("everyone", "2020", 500), ("press", "2020", 30), ("elite", "2020..2021", 9))
    fit = fabricate(country_spec(), country(*rows), draws=50)
    table = tables(howmany(View(fit)))["Definitions beside each other"]
    assert {row[0] for row in table.rows} == {"press", "elite"}
    assert "30 (S1)" in {row[2] for row in table.rows}


def test_a_model_without_a_definition_of_the_group_says_so() -> None:
    spec = country_spec(definition={"everyone": {}})
    (piece,) = howmany(View(fabricate(spec, country(("everyone", "2020", 60)), draws=50))).pieces
    assert isinstance(piece, Paragraph) and "no definition that counts elite alone" in piece.text


@pytest.mark.parametrize("pair", [("2022", "2019"), ("2020Q1", "2021Q1")], ids=str)
def test_other_comparisons_have_no_statements(pair: tuple[str, str]) -> None:
    """Backwards in time, or of quarters: there is no year that had the most before the last."""
    spec = country_spec(headline={"of": "elite", "before": pair[0], "after": pair[1]})
    section = howmany(View(fabricate(spec, country(), draws=50)))
    assert "What follows from these counts" not in tables(section)
    assert any("by definition" in caption for caption in tables(section))


def test_a_definition_that_cannot_be_drawn_is_named(
    country_fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def some(fit: Fit, name: str, *args: object, **more: object) -> object:
        if name == "press":
            raise FitError("too many pieces")
        return realised_by_definition(fit, name, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("defectmodels.report.howmany.realised_by_definition", some)
    (listing,) = (p for p in howmany(View(country_fit)).pieces if isinstance(p, Listing))
    assert listing.items == ("press: too many pieces",)


def test_what_cannot_be_drawn_is_said(country_fit: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: object, **more: object) -> None:
        raise FitError("too much <b>")

    monkeypatch.setattr("defectmodels.report.howmany.realised_by_definition", never)
    (piece,) = howmany(View(country_fit)).pieces
    assert isinstance(piece, Paragraph) and "could not be drawn: too much <b>" in piece.text


def test_large_counts_have_a_table_and_no_picture() -> None:
    """Thousands of numbers would be as many bars."""
    fit = fabricate(
        country_spec(), country(("elite", "2019", 2000), ("elite", "2022", 9)), draws=50
    )
    section = howmany(View(fit))
    assert not any(isinstance(piece, Figure) for piece in section.pieces)
    (table,) = (one for caption, one in tables(section).items() if "by definition" in caption)
    assert table.rows[0][1] == "2000 (2000 to 2000)"
