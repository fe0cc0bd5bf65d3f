"""The figures: functions that take numbers and put marks on a matplotlib figure.

Invariant: a figure knows no model and no fit; whatever is told apart by colour differs in line,
hatch or marker too. Shown by ``tests/test_figures.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from scipy.stats import gaussian_kde

from defectmodels.report.drawing import (
    BLUE,
    COLOURS,
    HATCHES,
    INK,
    LINES,
    MARKERS,
    PAPER,
    VERMILION,
)
from defectmodels.report.words import Estimate, number

_FEWEST_DRAWN = 0.3
"""Where a count of 0 stands on a log axis."""


@dataclass(frozen=True)
class Band:
    """Medians with their intervals over time."""

    label: str
    x: np.ndarray
    estimates: Sequence[Estimate]
    style: int = 0
    line: bool = True

    def __post_init__(self) -> None:
        if len(self.x) != len(self.estimates):
            raise ValueError(f"band '{self.label}': {len(self.x)} places, {len(self.estimates)} estimates")


@dataclass(frozen=True)
class Stated:
    """What was published: whole numbers from low to high over a stretch of time."""

    start: float
    end: float
    low: float
    high: float | None


@dataclass(frozen=True)
class Statements:
    """Published intervals that are drawn alike."""

    label: str
    items: Sequence[Stated]
    style: int = 1


@dataclass(frozen=True)
class Posterior:
    """Draws of one quantity."""

    label: str
    values: np.ndarray
    estimate: Estimate
    style: int = 0


@dataclass(frozen=True)
class TimePlot:
    """Everything of a figure over time."""

    bands: Sequence[Band]
    statements: Sequence[Statements] = field(default=())
    title: str = ""
    ylabel: str = ""
    log: bool = False
    legend: bool = True


def _plain_log(axis: Axes, which: str = "y") -> None:
    (axis.set_yscale if which == "y" else axis.set_xscale)("log")
    one = axis.yaxis if which == "y" else axis.xaxis
    low, high = sorted(axis.get_ylim() if which == "y" else axis.get_xlim())
    subs = (1.0, 2.0, 5.0) if high / max(low, 1e-300) < 300 else (1.0,)
    one.set_major_locator(LogLocator(subs=subs, numticks=8))
    one.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    one.set_minor_formatter(NullFormatter())


def _legend(axis: Axes, columns: int) -> None:
    handles, labels = axis.get_legend_handles_labels()
    if len(labels) > 1:
        axis.figure.legend(handles, labels, loc="outside lower left", ncols=columns)


def _band(axis: Axes, band: Band, log: bool) -> None:
    colour, x = COLOURS[band.style], band.x
    floor = _FEWEST_DRAWN if log and any(e.low <= 0 for e in band.estimates) else -np.inf
    low, mid, high = (
        np.maximum([getattr(e, name) for e in band.estimates], floor)
        for name in ("low", "median", "high")
    )
    label = band.label if not band.line else None
    axis.fill_between(
        x, low, high, color=colour, alpha=0.22, hatch=HATCHES[band.style], linewidth=0, label=label
    )
    for edge in (low, high):
        axis.plot(x, edge, color=colour, linewidth=0.7, linestyle=LINES[band.style])
    if band.line:
        axis.plot(x, mid, color=colour, linestyle=LINES[band.style], label=band.label)


def _statement(axis: Axes, item: Stated, style: int, label: str | None, log: bool) -> None:
    colour, floor = COLOURS[style], _FEWEST_DRAWN if log else 0.0
    middle, low = (item.start + item.end) / 2, max(item.low, floor)
    high = low if item.high is None else max(item.high, floor)
    axis.plot([item.start, item.end], [low, low], color=colour, linewidth=1.6, solid_capstyle="butt")
    if high > low:
        top = [high, high]
        axis.plot([item.start, item.end], top, color=colour, linewidth=1.6, solid_capstyle="butt")
        axis.vlines(middle, low, high, color=colour, linestyle=LINES[style], linewidth=1.2)
    axis.plot(
        [middle], [(low * high) ** 0.5 if log else (low + high) / 2], color=colour, label=label,
        linestyle="none", marker=MARKERS[style], markersize=5.5, markerfacecolor=PAPER,
    )  # fmt: skip
    if item.high is None:
        # An open upper end: at least so many.
        axis.annotate(
            "", (middle, low), (0, 26), textcoords="offset points",
            arrowprops={"arrowstyle": "<-", "color": colour, "linewidth": 1.2},
        )  # fmt: skip


def over_time(figure: Figure, plot: TimePlot) -> None:
    """Bands over time, with what was published drawn over them."""
    axis = figure.add_subplot()
    for band in plot.bands:
        _band(axis, band, plot.log)
    for group in plot.statements:
        for index, item in enumerate(group.items):
            _statement(axis, item, group.style, None if index else group.label, plot.log)
    axis.set_title(plot.title)
    axis.set_ylabel(plot.ylabel)
    axis.margins(x=0.02)
    if plot.log:
        _plain_log(axis)
    else:
        axis.set_ylim(bottom=0)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=2))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    if plot.legend:
        _legend(axis, 2 if figure.get_figwidth() > 6 else 1)


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
            axis.fill_between(
                grid, height, color=colour, alpha=0.2, hatch=HATCHES[one.style], linewidth=0
            )
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
        axis.barh(
            place, part.median, height=0.62, color=COLOURS[style], alpha=0.35,
            hatch="" if whole else HATCHES[style], edgecolor=COLOURS[style],
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
    _plain_log(axis, "x")
    axis.set_yticks(places, [label.replace("_", " ") for label in labels])
    axis.tick_params(axis="y", length=0)
    axis.set_xlabel("ratio of rates (log axis)")
    _legend(axis, 2)


def intervals_against_rows(
    figure: Figure, x: np.ndarray, predicted: Sequence[Estimate], stated: Sequence[Stated], title: str
) -> None:
    """Predictive intervals of rows, on a log axis, with what was published."""
    axis = figure.add_subplot()
    low, mid, high = (
        np.maximum([getattr(e, name) for e in predicted], _FEWEST_DRAWN)
        for name in ("low", "median", "high")
    )
    axis.vlines(x, low, high, color=BLUE, alpha=0.55, linewidth=3, label="prior predictive, 90%")
    axis.plot(x, mid, color=BLUE, marker="_", linestyle="none", markersize=7, label="its median")
    for index, (place, item) in enumerate(zip(x, stated, strict=True)):
        bottom = max(item.low, _FEWEST_DRAWN)
        top = bottom if item.high is None else max(item.high, _FEWEST_DRAWN)
        axis.vlines(place, bottom, top, color=VERMILION, linewidth=1.6)
        axis.plot(
            [place], [(bottom * top) ** 0.5], color=VERMILION, linestyle="none", markersize=5,
            marker="^" if item.high is None else "o", markerfacecolor=PAPER,
            label=None if index else "published",
        )  # fmt: skip
    _plain_log(axis)
    axis.set_title(title)
    axis.set_ylabel("persons in the row (log)")
    axis.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=2))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    _legend(axis, 3)


def pit_histogram(
    figure: Figure, counts: np.ndarray, low: float, high: float, expected: float
) -> None:
    """Randomised PIT values in bins of equal width, with the band of a calibrated fit."""
    axis = figure.add_subplot()
    edges = np.linspace(0, 1, len(counts) + 1)
    axis.axhspan(low, high, color=INK, alpha=0.1, linewidth=0, label="90% of bins if calibrated")
    axis.axhline(expected, color=INK, linestyle="--", linewidth=1)
    axis.bar(
        edges[:-1], counts, width=np.diff(edges), align="edge", color=BLUE, alpha=0.35,
        edgecolor=BLUE, hatch=HATCHES[1], label="rows",
    )  # fmt: skip
    axis.set_title("Calibration")
    axis.set_xlabel("PIT of the row")
    axis.set_ylabel("rows")
    axis.yaxis.set_major_locator(MaxNLocator(integer=True))
    _legend(axis, 2)


def rootogram(
    figure: Figure, labels: Sequence[str], observed: Sequence[int], predicted: Sequence[Estimate]
) -> None:
    """Number of rows by size of count, square-root axis: published against predicted."""
    axis = figure.add_subplot()
    places = np.arange(len(labels))
    axis.bar(
        places, np.sqrt(observed), width=0.72, color=BLUE, alpha=0.35, edgecolor=BLUE,
        hatch=HATCHES[1], label="published",
    )  # fmt: skip
    low, mid, high = (
        np.sqrt([getattr(e, name) for e in predicted]) for name in ("low", "median", "high")
    )
    axis.vlines(places, low, high, color=VERMILION, linewidth=2)
    axis.plot(
        places, mid, color=VERMILION, marker="o", linestyle="none", markersize=6,
        markerfacecolor=PAPER, label="predicted, median and 90%",
    )  # fmt: skip
    ticks = np.arange(0, int(np.ceil(axis.get_ylim()[1])) + 1)
    axis.set_yticks(ticks, [number(float(tick**2)) for tick in ticks])
    axis.set_xticks(places, labels, rotation=35, ha="right", rotation_mode="anchor")
    axis.set_title("Rootogram of exact rows")
    axis.set_xlabel("persons in the row")
    axis.set_ylabel("rows (square-root axis)")
    _legend(axis, 1)


def dots(figure: Figure, values: np.ndarray, limit: float, title: str, ylabel: str) -> None:
    """One dot per row against a limit; those beyond it are set apart by their marker."""
    axis = figure.add_subplot()
    x = np.arange(1, len(values) + 1)
    beyond = values > limit
    for mask, style, label in ((~beyond, 0, "rows"), (beyond, 1, f"above {limit:g}")):
        if mask.any():
            axis.plot(
                x[mask], values[mask], color=COLOURS[style], marker=MARKERS[style], label=label,
                linestyle="none", markersize=5,
            )  # fmt: skip
    axis.axhline(limit, color=INK, linestyle="--", linewidth=1)
    axis.set_title(title)
    axis.set_xlabel("row, in the order of the table of evidence")
    axis.set_ylabel(ylabel)
    _legend(axis, 2)
