"""What a reader is told of joint rows: grades, competing readings and comparisons."""

from __future__ import annotations

from functools import cache

import pytest

from defectmodels.evidence.statements import Equality, Order
from defectmodels.inference.fit import Fit
from defectmodels.report.arrivals import arrivals
from defectmodels.report.checking import checks
from defectmodels.report.pieces import Paragraph, Section, Table
from defectmodels.report.prior_check import prior_check
from defectmodels.report.sources import evidence, unused
from defectmodels.report.view import View
from fabricate import fabricate
from jointworld import TOTALS, compared, content


@cache
def joint_fit() -> Fit:
    """A graded row with a competing reading, one that repeats it, and two comparisons."""
    made = content(
        *TOTALS,
        ("elite", "2020H1", 8, 12),
        ("elite", "2020H1", 11, 19),
        ("elite", "2020H1", 11, 19),
        ("elite", "2020H2", 1),
        ("elite", "2020Q1", 1),
        graded=(2, 5),
        variants=(3, 4),
        comparisons=compared(5, Order, "2020-01-01/2020-06-30", reading="more")
        | compared(6, Equality, "2020-04-01/2020-06-30"),
    )
    return fabricate(*made, draws=200)


@pytest.fixture
def view() -> View:
    return View(joint_fit())


def table(section: Section, first: str) -> Table:
    return next(
        one for one in section.pieces if isinstance(one, Table) and one.caption.startswith(first)
    )


def column(table: Table, name: str) -> dict[str, str]:
    at = table.columns.index(name)
    return {str(row[0]): str(row[at]) for row in table.rows}


def text(section: Section) -> str:
    return " ".join(one.text for one in section.pieces if isinstance(one, Paragraph))


def test_every_reading_stands_in_one_table(view: View) -> None:
    used, left = table(evidence(view), "Statements about"), table(unused(view), "Statements not")
    totals = table(evidence(view), "Totals")
    listed = [str(row[0]) for one in (used, left, totals) for row in one.rows]
    assert sorted(listed) == sorted(one.id for one in view.fit.dataset.statements)
    assert column(left, "reason") == {"S4": "says the same as another reading of S2"}


def test_joint_rows_read_as_sentences(view: View) -> None:
    found = evidence(view)
    read = column(table(found, "Statements about"), "read as")
    assert read == {
        "S2": "8 to 12 or 11 to 19",
        "S3": "a reading of S2: 11 to 19",
        "S5": "more than in 2020-01-01 to 2020-06-30",
        "S6": "as many as in 2020Q2",
    }
    # A reading stands below its row.
    assert list(read) == ["S2", "S3", "S5", "S6"]
    grades = column(table(found, "Statements about"), "grade")
    assert grades == {"S2": "medium", "S3": "", "S5": "medium", "S6": ""}
    assert "1 further statement is a competing reading of these rows" in text(found)
    assert "true with the reliability of its grade" in text(found)
    assert "the model names no reliability" not in text(found)


def test_a_grade_without_a_reliability_is_taken_at_its_word() -> None:
    spec, dataset = content(*TOTALS, ("elite", "2020H1", 5), graded=(2,))
    fit = fabricate(spec.model_copy(update={"reliability": {}}), dataset, draws=20)
    assert "those graded medium: the model names no reliability" in text(evidence(View(fit)))
    fit = fabricate(*content(*TOTALS, ("elite", "2020", 5)), draws=20)
    assert "grade" not in text(evidence(View(fit)))


def test_comparisons_are_true_or_false_and_are_not_drawn(view: View) -> None:
    said = table(checks(view), "Every row")
    assert column(said, "published")["S6"] == "as many as in 2020Q2"
    assert column(said, "published")["S2"] == "8 to 12 or 11 to 19"
    assert column(said, "predicted median")["S6"] in ("true", "false")
    assert column(said, "predicted median")["S2"].isdigit()
    figure = next(
        one
        for one in arrivals(view).pieces
        if "each statement drawn" in getattr(one, "caption", "")
    )
    alt = figure.panels[0].alt
    assert "8 to 12 or 11 to 19" in alt and "more than in" not in alt and "as many as" not in alt
    about = table(arrivals(view), "Statements about elite")
    assert column(about, "read as")["S5"] == "more than in 2020-01-01 to 2020-06-30"
    assert column(about, "predicted median")["S5"] in ("true", "false")
    _, drawn = prior_check(view)
    assert [row[0] for row in drawn.data.rows] == ["S0", "S1", "S2"]
