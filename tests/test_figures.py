"""Figures: the same bytes every time, ids of their own, nothing loaded, no state left behind."""

from __future__ import annotations

import io
import itertools
import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from defectmodels.report import checkplots, drawing, figures, timeplots
from defectmodels.report.drawing import (
    ABOUT,
    AGAINST,
    BEHIND,
    BLUE,
    HATCHES,
    INK,
    LINES,
    MARKERS,
    PAPER,
    SHADES,
    panel,
)
from defectmodels.report.figures import Posterior, densities
from defectmodels.report.labels import Box, Ground, Name, Place, costs, place
from defectmodels.report.lanes import Lane
from defectmodels.report.lettering import breadth, wrapped
from defectmodels.report.timeplots import Band, Stated, Statements, TimePlot
from defectmodels.report.words import Estimate
from defectmodels.wording import speaking

X = np.array([2020.5, 2021.5, 2022.5])
LEVELS = [Estimate(2.0, 1.0, 4.0), Estimate(0.5, 0.0, 3.0), Estimate(9.0, 2.0, 30.0)]


ITEMS = [Stated(2020, 2021, 2, 3), Stated(2021, 2022, 0, None), Stated(2022, 2023, 5, 5)]
PLOT = TimePlot(
    (Band("expected", X, LEVELS), Band("new", X, LEVELS, BEHIND, line=False)),
    (Statements("said", ITEMS), Statements("also said", ITEMS)),
    "Arrivals", "persons", True,
)  # fmt: skip


def over_time(figure: Figure, log: bool = True) -> None:
    timeplots.over_time(figure, replace(PLOT, log=log))


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


def test_a_strict_policy_is_kept() -> None:
    made = panel("a", "alt", over_time, 700)
    for svg in (made.svg, made.narrow):
        assert svg and "style" not in svg and "<script" not in svg and "http" not in svg
        assert "font-family" not in svg and "\n" not in svg


def test_a_drawing_says_what_matplotlib_wrote() -> None:
    """Every declaration becomes an attribute: an oracle that reads both, element by element."""
    with drawing.style():
        out = io.StringIO()
        drawing.drawn_figure(over_time, 340, 260).savefig(
            out, format="svg", metadata={"Date": None}
        )
    before = [one for one in ElementTree.fromstring(out.getvalue()).iter() if seen(one)]
    after = [
        one for one in ElementTree.fromstring(panel("a", "alt", over_time).svg).iter() if seen(one)
    ]
    assert len(before) == len(after) > 50
    for one, other in zip(before, after, strict=True):
        declared = [part.split(": ") for part in one.get("style", "").split("; ") if part]
        for key, value in declared:
            if key in ("font-family", "font-style", "font-variant", "font-stretch"):
                continue
            plain = value.removesuffix("px")
            said = other.get(key, "11" if key == "font-size" else "")
            said = {"currentColor": INK, "var(--paper)": PAPER, "var(--accent)": BLUE.lower()}.get(
                said, said
            )
            if "#" not in plain or plain.startswith("#"):
                assert said == plain or float(said.split(",")[0]) == pytest.approx(
                    float(plain.split(",")[0]), abs=0.006
                ), (key, value, said)
        assert numbers(one.get("d", "")) == pytest.approx(numbers(other.get("d", "")), abs=0.006)
        assert (one.text or "").strip() == (other.text or "").strip()


def seen(element: ElementTree.Element) -> bool:
    name, style = element.tag.rpartition("}")[2], element.get("style", "")
    empty = name == "path" and style == "fill: none"
    return name in ("path", "use", "text", "rect") and not empty


def numbers(path: str) -> list[float]:
    return [float(one) for one in re.findall(r"-?[\d.]+", path)]


def test_a_wide_drawing_is_made_for_a_phone_too() -> None:
    wide, small = panel("a", "alt", over_time, 700), panel("b", "alt", over_time, 345)
    assert small.narrow is None
    assert wide.narrow is not None and f'viewBox="0 0 {drawing.NARROW} 260"' in wide.narrow
    ids = re.findall(r'\sid="([^"]+)"', wide.svg + wide.narrow)
    assert ids and len(ids) == len(set(ids))


def test_a_drawing_keeps_its_language() -> None:
    rows = lambda f: figures.ratios(f, ["a"], LEVELS[:1], LEVELS[1:2])  # noqa: E731
    with speaking("ko"):
        made = panel("a", "alt", rows)
    again = drawing.drawn_figure(made.draw, 345, 200)
    assert ">사전<" in made.svg and "사전" in [one.get_text() for one in again.axes[0].texts]


def test_hangul_has_the_room_it_takes() -> None:
    """The box that stands for a sign which the drawing font lacks has another width."""
    wide, high = breadth("아주 긴 이름", 11), breadth("i", 11)
    assert wide > 5 * 11 and high < 6
    for text, room in (("가" * 12, 12 * 0.9), ("i" * 12, 12 * 0.25)):
        bars = lambda f, text=text: figures.bars(f, [text, "b"], LEVELS[:2], "", "x")  # noqa: E731
        found = re.search(
            rf'<text x="([\d.]+)"[^>]*text-anchor="end"[^>]*>{text}<', panel("a", "", bars, 600).svg
        )
        # The name ends here, and what is left of it has to hold it.
        assert found and room * 11 < float(found[1]) < room * 11 + 40


def test_wrapping_keeps_every_word() -> None:
    text = "persons a quarter of those at risk (log)"
    broken = wrapped(text, 60, 10)
    assert broken.split() == text.split() and "\n" in broken
    assert all(breadth(line, 10) <= 60 for line in broken.split("\n"))
    assert wrapped("unbreakable", 5, 10) == "unbreakable"


def test_names_stand_apart() -> None:
    """Names of lines far apart and close together, on a wide drawing and on a phone."""
    x = np.arange(2000.0, 2020)
    for gap, width in itertools.product((0.01, 0.5, 5.0), (700, 345)):

        def draw(figure: Figure, gap: float = gap) -> None:
            axis = figure.add_subplot()
            levels = [np.full(20, 10 + gap * at) for at in range(4)]
            for level in levels:
                axis.plot(x, level)
            axis.set_ylim(0, 30)
            names = [Name(f"series {at}", INK, x, one) for at, one in enumerate(levels)]
            boxes = [one.box for one in place(axis, names, [])]
            pairs = list(itertools.combinations(boxes, 2))
            assert len(boxes) == 4 and not any(one.meets(other) for one, other in pairs)
            size = Ground(axis).size
            for box in boxes:
                assert box.x - box.half_width >= 0 and box.x + box.half_width <= size[0] + 1e-9

        panel("a", "alt", draw, width)


def test_a_name_stands_at_its_own_line() -> None:
    x = np.arange(2000.0, 2020)
    levels = {"low": np.full(20, 2.0), "high": np.full(20, 25.0)}
    figure = drawing.drawn_figure(lambda f: f.add_subplot().set_ylim(0, 30), 345, 260)
    axis = figure.axes[0]
    axis.set_xlim(2000, 2020)
    low, high = place(axis, [Name(key, INK, x, y) for key, y in levels.items()], [])
    assert high.box.y - low.box.y > Ground(axis).size[1] / 2


def test_a_place_costs_what_it_hides_and_how_doubtful_it_is() -> None:
    """Point by point, for places inside and outside, near other lines and on other names."""
    figure = drawing.drawn_figure(lambda f: f.add_subplot().set_ylim(0, 30), 345, 260)
    ground, rng = Ground(figure.axes[0]), np.random.default_rng(5)
    marks, own, others = (rng.uniform(0, ground.size, (n, 2)) for n in (90, 12, 25))
    placed = [Box(60, 60, 30, 8), Box(200, 90, 30, 8)]
    tried = [
        Place(Box(*rng.uniform(-10, ground.size + 10), 35, 9), 0, tuple(rng.uniform(-30, 30, 2)))
        for _ in range(60)
    ]
    for rest in (others, others[:0]):
        found = costs(tried, ground, marks, own, rest, placed)
        for (box, _, shift), cost in zip(tried, found.tolist(), strict=True):
            edges = (
                box.half_width - box.x, box.half_height - box.y,
                box.x + box.half_width - ground.size[0], box.y + box.half_height - ground.size[1],
            )  # fmt: skip
            held = [
                abs(x - box.x) < box.half_width and abs(y - box.y) < box.half_height
                for x, y in marks
            ]
            wanted = 1e4 * sum(map(box.meets, placed)) + 50 * sum(max(one, 0) for one in edges)
            wanted += 8 * sum(held)
            if len(rest):
                near, other = (
                    min(abs(x - box.x) + abs(y - box.y) for x, y in points)
                    for points in (own, rest)
                )
                root = box.x - shift[0], box.y - shift[1]
                close = min(math.dist(root, point) for point in rest)
                wanted += 2 * max(near - other, 0) + 2 * max(16 - close, 0)
            assert cost == pytest.approx(wanted)


def test_a_log_axis_makes_no_ticks_that_are_not_seen() -> None:
    figure = drawing.drawn_figure(over_time, 345, 260)
    assert figure.axes[0].get_yscale() == "log" and not len(
        figure.axes[0].yaxis.get_minorticklocs()
    )


def lanes() -> list[Lane]:
    return [
        Lane("leaders", (("one", 1990.0), ("two", 2021.5)), (2021.5, 2022.1)),
        Lane("many", tuple((f"name {at}", 2019.0 + at) for at in range(5))),
        Lane("before", (("early", 1990.0), ("late", 2000.0))),
    ]


def test_lanes_name_eras_that_have_room() -> None:
    def draw(figure: Figure) -> None:
        timeplots.over_time(figure, replace(PLOT, lanes=lanes()))

    wide = panel("a", "alt", draw, 700)
    for text in ("one", "two", "name 2"):
        assert f">{text}<" in wide.svg
    # No border of theirs lies within the time axis, or there is no room.
    assert ">late<" not in wide.svg
    assert wide.narrow and ">one<" in wide.narrow and ">name 2<" not in wide.narrow
    crowded = [Lane("x", (("a", 2020.0), ("a very long name of an era", 2021.0), ("c", 2021.1)))]
    made = panel("a", "alt", lambda f: timeplots.over_time(f, replace(PLOT, lanes=crowded)), 700)
    assert "long name" not in made.svg and ">c<" in made.svg


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
    looks = (ABOUT, BEHIND, AGAINST)
    assert len({str(LINES[one]) for one in looks}) == len({MARKERS[one] for one in looks}) == 3
    assert len({(HATCHES[one], SHADES[one]) for one in looks}) == 3
    svg = str(panel("a", "alt", lambda f: densities(f, two_posteriors(), "t", "x")).svg)
    assert "<pattern" in svg and "stroke-dasharray" in svg


def test_what_has_no_spread_is_still_drawn() -> None:
    flat = [Posterior("flat", np.full(200, 2.0), Estimate(2.0, 2.0, 2.0))]
    svg = str(panel("a", "alt", lambda f: densities(f, flat, "t", "x")).svg)
    assert "<pattern" not in svg and ">flat<" in svg


def two_posteriors() -> list[Posterior]:
    rng = np.random.default_rng(0)
    return [
        Posterior("2019", rng.lognormal(0, 0.3, 200), Estimate(1.0, 0.6, 1.6)),
        Posterior("2023", rng.lognormal(1, 0.3, 200), Estimate(2.7, 1.7, 4.5)),
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
