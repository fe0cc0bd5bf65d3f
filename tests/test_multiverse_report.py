"""The section of a multiverse, in both languages, and its specification curve."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Drawing

from country import country, country_spec
from defectmodels.inference.fit import Fit
from defectmodels.report import sections
from defectmodels.report.curve import Curve, Point, height_of, specification_curve
from defectmodels.report.drawing import PAPER, drawn_figure, style
from defectmodels.report.multiverse import multiverse
from defectmodels.report.page import Page, html
from defectmodels.report.pieces import Figure, Listing, Paragraph, Section, Table
from defectmodels.report.sections import seen
from defectmodels.report.studied import about
from defectmodels.report.view import View
from defectmodels.studies.multiverse import _fraction, name_of
from defectmodels.studies.multiverse_result import Multiverse
from defectmodels.studies.variants import AXES
from defectmodels.wording import LANGUAGES, speaking
from fabricate import fabricate
from test_report import Page as ReadPage
from test_report import with_checks


@pytest.fixture(scope="module")
def fit() -> Fit:
    return with_checks(fabricate(country_spec(), country()), "pass")


def study(fit: Fit) -> Multiverse:
    """Variants that were not fitted: numbers of every kind."""
    rng = np.random.default_rng(1)
    chosen = _fraction({axis: [one.name for one in among] for axis, among in AXES.items()})
    rows: list[dict[str, Any]] = []
    for at, choices in enumerate(chosen):
        ratio = float(np.exp(rng.normal(1.5, 0.6)))
        gate = "fail" if at % 9 == 4 else "warn" if at % 2 else "pass"
        verdict = "supported" if at % 5 or not at else "cannot tell"
        row: dict[str, Any] = {"variant": name_of(choices)} | choices
        row |= {"seed": at, "draws": 400, "gate": gate, "diverging": 0, "gradients": 1000}
        row |= {"failed": "draws.tails, misfit" if gate == "fail" else "", "rows": 20}
        row["evidence"] = f"{choices['readings']} {choices['definitions'] == 'strict'}"
        for event in ("share_up", "count_up", "share_up & ~count_up"):
            row |= {event: 0.97, f"{event}_mcse": 0.004, f"{event}_verdict": verdict}
            row[f"{event}_prior"] = 0.0 if at == 5 else 0.6
        for what in ("share", "count"):
            row |= {f"{what}_ratio": ratio, f"{what}_ratio_mcse": 0.01}
            row |= {f"{what}_ratio_low": ratio / 2, f"{what}_ratio_mcse_low": 0.01}
            row |= {f"{what}_ratio_high": ratio * 2, f"{what}_ratio_mcse_high": 0.01}
        row |= {"elpd": -300.0, "se": 9.0, "p": 11.0, "elpd_diff": -1.0, "dse": 1.0}
        row |= {"weight": np.nan if gate == "fail" else 0.05, "high_k": 3.0}
        rows.append(row | {"supports": gate != "fail" and verdict == "supported"})
    made = fit.made | {"of": "elite", "before": "2019", "after": "2022", "combinations": 648}
    impossible = {"axis": ["periods"], "choice": ["by-halves"], "reason": ["no-halves"]}
    lost = {"variant": ["narrow"], "seed": ["7"], "reason": ["FitError: 7"]}
    return Multiverse(
        made,
        pd.DataFrame(rows),
        pd.DataFrame(impossible | {"text": ["."]}),
        pd.DataFrame({"variant": [], "text": []}),
        pd.DataFrame(lost),
    )


def section(fit: Fit) -> Section:
    return multiverse(View(fit), study(fit).saved())


def piece[T](found: Section, kind: type[T]) -> list[T]:
    return [one for one in found.pieces if isinstance(one, kind)]


def test_the_section_counts_every_variant(fit: Fit) -> None:
    many, found = study(fit), section(fit)
    lead = next(one.text for one in piece(found, Paragraph) if one.role == "lead")
    number, passed = len(many.supporting), len(many.passed)
    assert lead == (
        "The share of elite rose from 2019 to 2022: supported by the model as its file says. "
        f"{number} of 54 variants ({number / 54:.0%}) pass their checks and answer alike; {passed} pass, "
        f"and {54 - passed} fail."
    )
    (figure,) = piece(found, Figure)
    assert len(figure.data.rows) == 54
    assert sum(row[7] == "withheld" for row in figure.data.rows) == 54 - passed
    (drawn,) = figure.panels
    assert f"{number} pass and answer as the model file does" in drawn.alt
    assert drawn.narrow is not None
    choices, sets = piece(found, Table)
    assert len(choices.rows) == sum(map(len, AXES.values()))
    assert len(sets.rows) == 6
    (listed,) = piece(found, Listing)
    assert any("half-years: cannot be chosen" in line for line in listed.items)
    assert any("narrow (seed 7) ended with an error" in line for line in listed.items)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_report_shows_the_section_in_its_language(fit: Fit, lang: str) -> None:
    view = seen(fit, [study(fit).saved()])
    places = [one.__name__ for one in sections.of(view)]
    assert places.index("multiverse") == places.index("audit") + 1
    with speaking(lang):
        found = section(fit)
        about_it = len(about(view, view.studies[0]))
    read = ReadPage(html(Page("t", "u", (found,), None, "pass"), lang))
    assert "multiverse" in read.ids
    if lang == "en":
        return
    texts = [one.text for one in piece(found, Paragraph)[about_it:]]
    texts += [line for one in piece(found, Listing) for line in one.items]
    texts += [str(one) for table in piece(found, Table) for row in table.rows for one in row]
    (figure,) = piece(found, Figure)
    texts += [figure.caption, figure.panels[0].alt, *figure.data.columns]
    texts += [str(one) for row in figure.data.rows for one in row]
    left = {word for text in texts for word in re.findall(r"[A-Za-z]{3,}", text)}
    assert left <= {"elpd", "FitError"}


def test_a_fit_that_fails_quotes_no_variant(fit: Fit) -> None:
    found = section(with_checks(fit, "fail"))
    assert {type(one) for one in found.pieces} == {Paragraph}
    assert "not quoted" in found.pieces[0].text  # type: ignore[union-attr]


def curve() -> Curve:
    axes = ("a", ((("a", "1"), "one"), (("a", "2"), "two")))
    looks = ("supports", "fails", "differs", "supports")
    points = [
        Point(2.0 + at, 1.5 + at, 4.0 + at, look, frozenset({("a", str(1 + at % 2))}), at == 2)
        for at, look in enumerate(looks)
    ]
    return Curve("Ratio", tuple(points), (axes,))


def drawing() -> Drawing:
    with style():
        return drawn_figure(
            lambda figure: specification_curve(figure, curve()), 700, height_of(curve())
        )


def test_the_curve_draws_each_estimate_above_its_choices() -> None:
    above, matrix = drawing().axes
    drawn = {
        (round(x), y): line
        for line in above.get_lines() if line.get_linestyle() == "None"
        for x, y in line.get_xydata()
    }  # fmt: skip
    assert sorted(drawn) == [(at, 2.0 + at) for at in range(4)]
    ends = {
        tuple(map(float, part[:, 1])) for one in above.collections for part in one.get_segments()
    }
    assert ends == {(1.5 + at, 4.0 + at) for at in range(4)}
    dots = {
        (round(x), round(y))
        for line in matrix.get_lines() if line.get_linestyle() == "None"
        for x, y in line.get_xydata()
    }  # fmt: skip
    assert dots == {(0, -1), (1, -2), (2, -1), (3, -2)}
    assert [one.get_text() for one in matrix.get_yticklabels()] == ["one", "two"]
    # No change is in sight.
    assert above.get_ylim()[0] < 1


def test_looks_differ_in_their_marks() -> None:
    above, _ = drawing().axes
    marks = {}
    for line in above.get_lines():
        if line.get_linestyle() == "None":
            marks[line.get_label()] = (line.get_marker(), to_hex(line.get_markerfacecolor()))
    assert len(set(marks.values())) == 3
    assert marks["fails its checks"] == ("o", PAPER)
    assert len({face for marker, face in marks.values() if marker == "o"}) == 2
