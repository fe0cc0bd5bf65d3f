"""Figures of a posterior: densities, parts of a change, effects.

Invariant: a figure knows no model and no fit; it draws the numbers that it is given. Shown by
``tests/test_figures.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy.stats import gaussian_kde

from defectmodels.report.drawing import COLOURS, HATCHES, INK, LINES, MARKERS, PAPER
from defectmodels.report.marks import area, dot_rows, legend, plain_log
from defectmodels.report.words import Estimate


@dataclass(frozen=True)
class Posterior:
    """Draws of one quantity."""

    label: str
    values: np.ndarray
    estimate: Estimate
    style: int = 0


def _density(values: np.ndarray, grid: np.ndarray) -> np.ndarray | None:
    """Density of a positive quantity, its highest point at 1; None where there is no spread."""
    inside = np.log(values[values > 0])
    if len(inside) < 8 or np.ptp(inside) < 1e-9:
        return None
    found = gaussian_kde(inside)(np.log(grid)) / grid
    return np.asarray(found / found.max())


def densities(figure: Figure, posteriors: Sequence[Posterior], title: str, xlabel: str) -> None:
    """Posterior densities, with median and interval of each below them."""
    axis = figure.add_subplot()
    top = max(max(np.quantile(p.values, 0.985), p.estimate.high) for p in posteriors)
    grid = np.linspace(top / 400, top * 1.02, 240)
    for index, one in enumerate(posteriors):
        colour, y = COLOURS[one.style], -0.14 - 0.16 * index
        height = _density(one.values, grid)
        if height is not None:
            area(axis, grid, np.zeros_like(grid), height, one.style)
            axis.plot(grid, height, color=colour, linestyle=LINES[one.style])
        axis.hlines(y, one.estimate.low, one.estimate.high, color=colour, linewidth=2.4)
        axis.plot(
            [one.estimate.median], [y], color=colour, marker=MARKERS[one.style], label=one.label,
            linestyle=LINES[one.style], markersize=7, markerfacecolor=PAPER,
        )  # fmt: skip
    axis.set_title(title)
    axis.set_xlabel(xlabel)
    axis.set_xlim(0, top * 1.02)
    axis.set_yticks([])
    axis.spines["left"].set_visible(False)
    axis.grid(visible=False, axis="y")
    figure.legend(loc="outside lower left", ncols=len(posteriors), handlelength=3)


def bars(
    figure: Figure, labels: Sequence[str], parts: Sequence[Estimate], title: str, xlabel: str
) -> None:
    """Parts of a change as bars with intervals; the last one is the whole change."""
    axis = figure.add_subplot()
    places = np.arange(len(parts))[::-1]
    for place, part, label in zip(places, parts, labels, strict=True):
        whole = label == labels[-1]
        style = 6 if whole else 0 if part.median >= 0 else 1
        axis.barh(place, part.median, height=0.62, color=COLOURS[style], alpha=0.3)
        axis.barh(
            place, part.median, height=0.62, facecolor="none", edgecolor=COLOURS[style], alpha=0.7,
            hatch="" if whole else HATCHES[style],
        )  # fmt: skip
        axis.hlines(place, part.low, part.high, color=INK, linewidth=1.6)
        axis.plot([part.median], [place], marker="|", color=INK, markersize=10)
    axis.axvline(0, color=INK, linewidth=0.9)
    axis.set_yticks(places, [label.replace("_", " ") for label in labels])
    axis.tick_params(axis="y", length=0)
    axis.grid(visible=False, axis="y")
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axis.set_title(title, loc="left")
    axis.set_xlabel(xlabel)


def ratios(
    figure: Figure, labels: Sequence[str], prior: Sequence[Estimate], post: Sequence[Estimate]
) -> None:
    """Prior beside posterior of ratios, on a log axis."""
    axis = figure.add_subplot()
    places = np.arange(len(labels))[::-1].astype(float)
    for shift, estimates, style, name in ((0.14, prior, 6, "prior"), (-0.14, post, 0, "posterior")):
        colour = COLOURS[style]
        axis.hlines(
            places + shift, [e.low for e in estimates], [e.high for e in estimates], color=colour,
            linestyle="--" if name == "prior" else "-", linewidth=1.2 if name == "prior" else 2.6,
        )  # fmt: skip
        axis.plot(
            [e.median for e in estimates], places + shift, color=colour, marker=MARKERS[style],
            linestyle="none", markersize=6, markerfacecolor=PAPER, label=f"{name}, median and 90%",
        )  # fmt: skip
    axis.axvline(1, color=INK, linewidth=0.9)
    plain_log(axis, "x")
    axis.set_yticks(places, [label.replace("_", " ") for label in labels])
    axis.tick_params(axis="y", length=0)
    axis.set_xlabel("ratio of rates (log axis)")
    legend(axis, 2)


def differences(
    figure: Figure, labels: Sequence[str], values: Sequence[Estimate], title: str, xlabel: str
) -> None:
    """Differences from 0, one below the other."""
    axis = figure.add_subplot()
    axis.axvline(0, color=INK, linewidth=0.9)
    dot_rows(axis, labels, values, 0.0)
    axis.set_title(title, loc="left")
    axis.set_xlabel(xlabel)


def ratio_rows(
    figure: Figure, labels: Sequence[str], values: Sequence[Estimate], title: str, xlabel: str
) -> None:
    """Ratios below each other on a log axis, each joined to 1."""
    axis = figure.add_subplot()
    axis.axvline(1, color=INK, linewidth=0.9)
    dot_rows(axis, labels, values, 1.0)
    plain_log(axis, "x")
    axis.set_title(title, loc="left")
    axis.set_xlabel(xlabel)


def levels(
    figure: Figure,
    labels: Sequence[str],
    sets: Sequence[tuple[str, Sequence[Estimate]]],
    title: str,
    xlabel: str,
) -> None:
    """Two sets of levels below each other, on a log axis; an empty label leaves a gap."""
    axis = figure.add_subplot()
    places = np.arange(len(labels))[::-1].astype(float)
    shown = places[[bool(label) for label in labels]]
    for shift, style, (name, found) in zip((0.16, -0.16), (6, 0), sets, strict=True):
        axis.hlines(
            shown + shift, [e.low for e in found], [e.high for e in found], color=COLOURS[style],
            linestyle="--" if style else "-", linewidth=1.4 if style else 2.4,
        )  # fmt: skip
        axis.plot(
            [e.median for e in found], shown + shift, color=COLOURS[style], marker=MARKERS[style],
            linestyle="none", markersize=6, markerfacecolor=PAPER, label=name,
        )  # fmt: skip
    plain_log(axis, "x")
    axis.set_yticks(shown, [label for label in labels if label])
    axis.tick_params(axis="y", length=0)
    axis.set_title(title, loc="left")
    axis.set_xlabel(xlabel)
    legend(axis, 2)


def counts(figure: Figure, shares: np.ndarray, estimate: Estimate, title: str, top: float) -> None:
    """Posterior probability of every number of persons: np.ndarray (number,), from 0 on."""
    axis = figure.add_subplot()
    persons = np.arange(len(shares))
    axis.bar(persons, 100 * shares, width=0.8, color=COLOURS[0], alpha=0.75)
    axis.plot(
        [estimate.median],
        [0],
        color=INK,
        marker="|",
        markersize=14,
        markeredgewidth=2,
        clip_on=False,
    )
    axis.hlines(0, estimate.low, estimate.high, color=INK, linewidth=3, clip_on=False)
    axis.set_xlim(-0.9, len(shares) - 0.1)
    axis.set_ylim(0, top)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axis.set_title(title)
    axis.set_xlabel("persons")
    axis.set_ylabel("probability, %")
