"""Figures: the same bytes every time, ids of their own, nothing loaded, no state left behind."""

from __future__ import annotations

import re

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from defectmodels.report import checkplots, drawing, figures, timeplots
from defectmodels.report.drawing import COLOURS, HATCHES, INK, LINES, MARKERS, PAPER, panel
from defectmodels.report.figures import Posterior, densities
from defectmodels.report.timeplots import Band, Stated, Statements, TimePlot
from defectmodels.report.words import Estimate

X = np.array([2020.5, 2021.5, 2022.5])
LEVELS = [Estimate(2.0, 1.0, 4.0), Estimate(0.5, 0.0, 3.0), Estimate(9.0, 2.0, 30.0)]


def over_time(figure: Figure, log: bool = True) -> None:
    items = [Stated(2020, 2021, 2, 3), Stated(2021, 2022, 0, None), Stated(2022, 2023, 5, 5)]
    bands = (Band("expected", X, LEVELS), Band("new", X, LEVELS, 5, line=False))
    statements = (Statements("said", items), Statements("also said", items, 1))
    timeplots.over_time(figure, TimePlot(bands, statements, "Arrivals", "persons", log))


def test_same_numbers_give_the_same_bytes() -> None:
    one, two = panel("a", "alt", over_time), panel("a", "alt", over_time)
    assert one == two
    assert "matplotlib" not in one.svg and "http" not in one.svg and "metadata" not in one.svg


def test_ids_are_unique_and_carry_the_key() -> None:
    svg = str(panel("a", "alt", over_time).svg + panel("b", "alt", over_time).svg)
    ids = re.findall(r'\sid="([^"]+)"', svg)
    assert ids and len(ids) == len(set(ids))
    assert all(re.match(r"[ab]-s\d+$", one) for one in ids)
    used = re.findall(r'(?:url\(#|href="#)([^)"]+)', svg)
    assert set(used) == set(ids)


def test_ink_and_paper_follow_the_page() -> None:
    svg = panel("a", "alt", over_time).svg
    assert INK not in svg and PAPER not in svg
    assert "currentColor" in svg and "var(--paper)" in svg


def test_text_stays_text_and_is_escaped() -> None:
    label = '$x_1$ <b> & " id="z" url(#q)'
    made = panel("a", label, lambda figure: figure.add_subplot().set_title(label))
    assert "<text" in made.svg and "$x_1$ &lt;b&gt; &amp;" in made.svg
    assert "<b>" not in made.svg
    assert 'aria-label="$x_1$ &lt;b&gt; &amp; &#34; id=&#34;z' in made.svg


def test_no_state_is_left_behind() -> None:
    before = dict(matplotlib.rcParams)
    panel("a", "alt", over_time)
    assert dict(matplotlib.rcParams) == before
    import sys

    # Drawing needs no pyplot, which would keep every figure.
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()


def test_what_differs_in_colour_differs_in_grey() -> None:
    assert len(set(COLOURS)) == len(set(HATCHES)) == len(set(map(str, LINES))) == len(set(MARKERS))
    assert len(HATCHES) >= 7
    svg = str(panel("a", "alt", lambda f: densities(f, two_posteriors(), "t", "x")).svg)
    assert "<pattern" in svg and "stroke-dasharray" in svg


def test_what_has_no_spread_is_still_drawn() -> None:
    flat = [Posterior("flat", np.full(200, 2.0), Estimate(2.0, 2.0, 2.0), 1)]
    svg = str(panel("a", "alt", lambda f: densities(f, flat, "t", "x")).svg)
    assert "<pattern" not in svg and ">flat<" in svg


def two_posteriors() -> list[Posterior]:
    rng = np.random.default_rng(0)
    return [
        Posterior("2019", rng.lognormal(0, 0.3, 200), Estimate(1.0, 0.6, 1.6), 0),
        Posterior("2023", rng.lognormal(1, 0.3, 200), Estimate(2.7, 1.7, 4.5), 1),
    ]


def test_over_time_is_drawn_on_either_axis() -> None:
    assert "<path" in panel("a", "alt", lambda figure: over_time(figure, log=False)).svg
    with pytest.raises(ValueError, match="3 places, 1 estimates"):
        Band("short", X, LEVELS[:1])


def test_a_band_hides_no_zero() -> None:
    drawn: list[Figure] = []

    def draw(figure: Figure) -> None:
        over_time(figure)
        drawn.append(figure)

    panel("a", "alt", draw)
    low, high = drawn[0].axes[0].get_ylim()
    assert 0 < low <= 0.3 and high >= 30


def test_other_figures_are_drawn() -> None:
    labels = ["a", "b_c", "whole"]

    def many(figure: Figure) -> None:
        stated = [Stated(2020, 2021, 0, 0), Stated(2020, 2021, 3, None), Stated(2021, 2022, 5, 9)]
        timeplots.intervals_against_rows(figure, X, LEVELS, stated, "rows")

    made = {
        "bars": lambda f: figures.bars(f, labels, LEVELS, "parts", "persons"),
        "ratios": lambda f: figures.ratios(f, labels, LEVELS[::2] + LEVELS[:1], LEVELS[:1] * 3),
        "levels": lambda f: figures.levels(
            f, ["a", "", "b_c"], [("one", LEVELS[:2]), ("two", LEVELS[1:])], "t", "x"
        ),
        "rows": many,
        "pit": lambda f: checkplots.pit_histogram(f, np.array([3, 4, 1]), 1, 6, 2.7),
        "root": lambda f: checkplots.rootogram(f, labels, [1, 4, 0], LEVELS),
        "dots": lambda f: checkplots.dots(f, np.array([0.1, 0.9]), 0.7, "k", "k"),
    }
    for key, draw in made.items():
        svg = drawing.panel(key, key, draw).svg
        assert svg.count("<svg") == 1 and svg.rstrip().endswith("</svg>")
    assert "b c" in panel("bars", "", made["bars"]).svg
