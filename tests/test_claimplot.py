"""The figure of the claims: every number, no verdict by colour alone, and room at every width."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure as Drawing

from defectmodels.estimands.decision import Decision
from defectmodels.report import claimplot
from defectmodels.report.decided import claimed, verdict_within, verdict_word
from defectmodels.report.drawing import NARROW, drawn_figure, style
from defectmodels.report.estimative import beside, printed
from defectmodels.report.standalone import standalone
from defectmodels.wording import LANGUAGES, speaking
from test_decision_words import synthetic


@pytest.fixture(scope="module")
def decisions() -> list[Decision]:
    found = synthetic(3, 40)
    long = "A claim whose text is long, and goes on until it needs a second line of its own"
    return [
        one.model_copy(update={"text": long}) if at % 3 else one for at, one in enumerate(found)
    ]


def drawing(decisions: list[Decision], width: int) -> Drawing:
    height = round(claimplot._laid(decisions)[2] + claimplot._TOP + claimplot._FOOT)
    with style():
        return drawn_figure(lambda figure: claimplot.draw(figure, decisions), width, height)


@pytest.mark.parametrize("language", LANGUAGES)
def test_alt_text_and_table_have_every_number(decisions: list[Decision], language: str) -> None:
    with speaking(language):
        made = claimplot.figure("claims-own", decisions)
        (panel,) = made.panels
        assert made.data is not None and len(made.data.rows) == len(decisions)
        for one, row in zip(decisions, made.data.rows, strict=True):
            assert one.probability is not None
            assert row[:3] == (claimed(one), verdict_word(one), beside(one.probability))
            error = float(str(row[3]))
            assert error == pytest.approx(one.probability.mcse, rel=0.5)
            told = f"{claimed(one)}: {verdict_within(one)}, {printed(one.probability)}"
            assert told in panel.alt
        largest = max(float(str(row[3])) for row in made.data.rows)
        assert f"{largest:g}" in made.caption and "0.95" in made.caption


def test_each_claim_has_its_mark_where_its_probability_is(decisions: list[Decision]) -> None:
    (axis,) = drawing(decisions, claimplot.WIDTH).axes
    points = [line for line in axis.get_lines() if line.get_transform() == axis.transData]
    drawn = {str(line.get_label()).partition(",")[0]: float(np.asarray(line.get_xdata())[0])
             for line in points}  # fmt: skip
    wanted = {one.id: one.probability.value for one in decisions if one.probability}
    assert drawn == wanted


def test_a_verdict_is_told_without_colour(decisions: list[Decision]) -> None:
    """By the marker, or by a face that differs from it in grey."""
    (axis,) = drawing(decisions, claimplot.WIDTH).axes
    seen: dict[str, set[tuple[object, bool]]] = {}
    for line in axis.get_lines():
        if line.get_transform() == axis.transData:
            dark = np.mean(to_rgb(line.get_markerfacecolor())) < 0.6  # type: ignore[arg-type]
            seen.setdefault(str(line.get_label()).partition(", ")[2], set()).add(
                (line.get_marker(), bool(dark))
            )
    assert len(seen) == 3 and all(len(looks) == 1 for looks in seen.values())
    assert len({next(iter(looks)) for looks in seen.values()}) == 3


@pytest.mark.parametrize("width", [NARROW, claimplot.WIDTH])
def test_texts_stay_in_the_drawing_and_apart(decisions: list[Decision], width: int) -> None:
    figure = drawing(decisions, width)
    (axis,) = figure.axes
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else None
    boxes = [text.get_window_extent(renderer) for text in axis.texts]
    frame = figure.bbox
    for box in boxes:
        assert box.x0 >= frame.x0 - 1 and box.x1 <= frame.x1 + 1
        assert box.y0 >= frame.y0 - 1 and box.y1 <= frame.y1 + 1
    apart = [box.padded(-1.5) for box in boxes]
    for at, one in enumerate(apart):
        assert not any(one.overlaps(other) for other in apart[at + 1 :])


def test_claims_of_a_verdict_stand_together_the_most_probable_first(
    decisions: list[Decision],
) -> None:
    _, rows, _ = claimplot._laid(decisions)
    order = list(claimplot._LOOK)
    keys = [(order.index(row.decision.verdict), -row.chance.value) for row in rows]
    assert keys == sorted(keys) and len(rows) == len(decisions)


def test_a_file_of_the_marks_names_every_claim(decisions: list[Decision]) -> None:
    (panel,) = claimplot.figure("claims-own", decisions).panels
    rows = standalone(panel).rows
    points = {row[2].partition(",")[0]: float(row[4]) for row in rows if row[1] == "points"}
    assert points == {one.id: one.probability.value for one in decisions if one.probability}


def test_the_panel_is_drawn_for_a_phone_too(decisions: list[Decision]) -> None:
    (panel,) = claimplot.figure("claims-own", decisions).panels
    assert panel.narrow is not None
    for svg in (panel.svg, panel.narrow):
        assert all(f">{one.id}<" in svg for one in decisions)
        assert not re.search(r"#(?:0072b2|010203|fdfefd)", str(svg), re.IGNORECASE)
