"""Figures of a posterior: densities, parts of a change, effects.

Invariant: a figure knows no model and no fit; it draws the numbers that it is given. Shown by
``tests/test_figures.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy.stats import gaussian_kde

from defectmodels.report.drawing import ABOUT, AGAINST, COLOURS, INK, LINES, MARKERS, PAPER
from defectmodels.report.labels import SIZE, Name
from defectmodels.report.marks import area, dot_rows, foot, head, name_rows, plain_log
from defectmodels.report.words import WIDTH, Estimate
from defectmodels.wording import say

_DASH = (0, (2.5, 1.2))


@dataclass(frozen=True)
class Posterior:
    """Draws of one quantity."""

    label: str
    values: np.ndarray
    estimate: Estimate


def _density(values: np.ndarray, grid: np.ndarray) -> np.ndarray | None:
    """Density of a positive quantity, its highest point at 1; None where there is no spread."""
    inside = np.log(values[values > 0])
    if len(inside) < 8 or np.ptp(inside) < 1e-9:
        return None
    found = gaussian_kde(inside)(np.log(grid)) / grid
    return np.asarray(found / found.max())


def densities(figure: Figure, posteriors: Sequence[Posterior], title: str, xlabel: str) -> None:
    """Posterior densities, with median and interval of each below them; the last is in colour."""
    axis = figure.add_subplot()
    top = max(max(np.quantile(p.values, 0.985), p.estimate.high) for p in posteriors)
    grid = np.linspace(top / 400, top * 1.02, 240)
    for index, one in enumerate(posteriors):
        look = ABOUT if one is posteriors[-1] else AGAINST
        colour, y = COLOURS[look], -0.16 - 0.2 * index
        height = _density(one.values, grid)
        if height is not None:
            area(axis, grid, np.zeros_like(grid), height, look)
            axis.plot(grid, height, color=colour, linestyle=LINES[look])
        axis.hlines(y, one.estimate.low, one.estimate.high, color=colour, linewidth=2.4)
        axis.plot(
            [one.estimate.median], [y], color=colour, marker=MARKERS[look], label=one.label,
            linestyle="none", markersize=7, markerfacecolor=PAPER,
        )  # fmt: skip
        _beside(axis, one, y, top, colour)
    head(axis, title)
    foot(axis, xlabel)
    axis.set_xlim(0, top * 1.02)
    axis.set_yticks([])
    axis.grid(visible=False, axis="y")


def _beside(axis: Axes, one: Posterior, y: float, top: float, colour: str) -> None:
    """Name an interval on the side that has more room."""
    after = top - one.estimate.high > one.estimate.low
    at, shift, side = (one.estimate.high, 6, "left") if after else (one.estimate.low, -6, "right")
    axis.annotate(
        one.label, (at, y), (shift, 0), textcoords="offset points", ha=side, va="center",
        color=colour, weight="bold",
    )  # fmt: skip


def bars(
    figure: Figure, labels: Sequence[str], parts: Sequence[Estimate], title: str, xlabel: str
) -> None:
    """Parts of a change as bars with intervals; the last one is the whole change."""
    axis = figure.add_subplot()
    places = np.arange(len(parts))[::-1]
    colours = [COLOURS[ABOUT]] * (len(parts) - 1) + [INK]
    axis.barh(places, [one.median for one in parts], height=0.5, color=colours, alpha=0.35)
    axis.hlines(
        places, [one.low for one in parts], [one.high for one in parts], color=INK, linewidth=1.6
    )
    axis.plot(
        [one.median for one in parts], places, marker="|", color=INK, markersize=10,
        markeredgewidth=1.6, linestyle="none",
    )  # fmt: skip
    axis.axvline(0, color=INK, linewidth=0.9)
    name_rows(axis, places, [text.replace("_", " ") for text in labels])
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5))
    head(axis, title)
    foot(axis, xlabel)


def _sets(
    axis: Axes, places: np.ndarray, sets: Sequence[tuple[str, Sequence[Estimate]]]
) -> list[Name]:
    """Two sets of estimates in the same rows, the first held against the second; their names."""
    found = []
    for shift, look, (text, values) in zip((0.16, -0.16), (AGAINST, ABOUT), sets, strict=True):
        colour, height = COLOURS[look], places + shift
        medians = np.array([one.median for one in values])
        axis.hlines(
            height, [e.low for e in values], [e.high for e in values], color=colour,
            linestyle="-" if look == ABOUT else _DASH, linewidth=2.6 if look == ABOUT else 1.4,
        )  # fmt: skip
        axis.plot(
            medians, height, color=colour, marker=MARKERS[look], linestyle="none", markersize=6,
            markerfacecolor=PAPER, label=text,
        )  # fmt: skip
        found.append(Name(text, colour, medians[:1], np.asarray(height[:1])))
    return found


def _named_above(axis: Axes, names: Sequence[Name], rise: float) -> None:
    """Name the two marks of the first row so many pixels above it, the left one flush right."""
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.9)
    order = sorted(names, key=lambda one: float(one.x[0]))
    for one, side, shift in zip(order, ("right", "left"), (-4, 4), strict=True):
        axis.annotate(
            one.text, (float(one.x[0]), float(one.y[0])), (shift, rise), textcoords="offset points",
            ha=side, va="center", fontsize=SIZE, color=one.colour, weight="bold",
            arrowprops={"arrowstyle": "-", "color": one.colour, "linewidth": 0.8, "shrinkB": 4,
                        "relpos": (1 if side == "right" else 0, 0)},
        )  # fmt: skip


def ratios(
    figure: Figure, labels: Sequence[str], prior: Sequence[Estimate], post: Sequence[Estimate]
) -> None:
    """Prior beside posterior of ratios, on a log axis."""
    sets = ((say("figure-prior"), prior), (say("figure-posterior"), post))
    labels = [text.replace("_", " ") for text in labels]
    levels(figure, labels, sets, "", say("figure-ratio-of-rates", width=WIDTH), line=1.0)


def differences(
    figure: Figure, labels: Sequence[str], values: Sequence[Estimate], title: str, xlabel: str
) -> None:
    """Differences from 0, one below the other."""
    axis = figure.add_subplot()
    axis.axvline(0, color=INK, linewidth=0.9)
    dot_rows(axis, labels, values, 0.0)
    head(axis, title)
    foot(axis, xlabel)


def ratio_rows(
    figure: Figure, labels: Sequence[str], values: Sequence[Estimate], title: str, xlabel: str
) -> None:
    """Ratios below each other on a log axis, each joined to 1."""
    axis = figure.add_subplot()
    axis.axvline(1, color=INK, linewidth=0.9)
    dot_rows(axis, labels, values, 1.0)
    plain_log(axis, "x")
    head(axis, title)
    foot(axis, xlabel)


def levels(
    figure: Figure,
    labels: Sequence[str],
    sets: Sequence[tuple[str, Sequence[Estimate]]],
    title: str,
    xlabel: str,
    line: float | None = None,
) -> None:
    """Two sets of levels below each other, on a log axis; an empty label leaves a gap."""
    axis = figure.add_subplot()
    if line is not None:
        axis.axvline(line, color=INK, linewidth=0.9)
    places = np.arange(len(labels))[::-1].astype(float)
    shown = places[[bool(text) for text in labels]]
    names = _sets(axis, shown, sets)
    plain_log(axis, "x")
    above = name_rows(axis, shown, [text for text in labels if text], rise=0.36)
    _named_above(axis, names, 34 if above else 26)
    head(axis, title)
    foot(axis, xlabel)


def counts(figure: Figure, shares: np.ndarray, estimate: Estimate, title: str, top: float) -> None:
    """Posterior probability of every number of persons: np.ndarray (number,), from 0 on."""
    axis = figure.add_subplot()
    persons = np.arange(len(shares))
    axis.bar(persons, 100 * shares, width=0.8, color=COLOURS[ABOUT], alpha=0.75)
    axis.hlines(0, estimate.low, estimate.high, color=INK, linewidth=3, clip_on=False)
    axis.plot(
        [estimate.median], [0], color=INK, marker="|", markersize=14, markeredgewidth=2,
        clip_on=False,
    )  # fmt: skip
    axis.set_xlim(-0.9, len(shares) - 0.1)
    axis.set_ylim(0, top)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axis.grid(visible=False, axis="x")
    head(axis, title, say("figure-probability"))
    foot(axis, say("figure-persons"))
