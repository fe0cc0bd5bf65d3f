"""The section of a study of calibration: coverage, ranks and events of simulated worlds.

Invariant: what is drawn is the study's own numbers, and a study in which worlds were lost says so. Shown by
``tests/test_sbc_report.py``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import MaxNLocator

from defectmodels.estimands.summary import INTERVAL
from defectmodels.model.priors import Z90
from defectmodels.report.drawing import BLUE, INK, panel
from defectmodels.report.marks import foot, head
from defectmodels.report.pieces import Figure, Panel, Paragraph, Piece, Section, Table
from defectmodels.report.results import folded
from defectmodels.report.studied import about
from defectmodels.report.view import View
from defectmodels.report.words import between
from defectmodels.studies import sbc_text as text
from defectmodels.studies.saved import Saved
from defectmodels.studies.sbc import Calibration, calibration_of
from defectmodels.studies.sbc_tables import BAND
from defectmodels.wording import joined, say

_SHOWN = ("share ratio", "count ratio", "total ratio", "part of the change in share")
"""Quantities of the headline whose ranks are drawn; of the last one its first part."""
_EVENTS = ("P(share_up & ~count_up)", "P(share_up)", "P(count_up)")
_PLACES = np.round(np.arange(0.1, 1.0, 0.1), 1)
_WIDTH, _HEIGHT = 340, 250


def calibration(view: View, study: Saved) -> Section:
    """Say whether posteriors of simulated worlds cover what was put in."""
    found = calibration_of(study)
    pieces: list[Piece] = [*about(view, study), *map(Paragraph, text.sentences(found))]
    table = found.table()
    own = table[table["quantity"].isin(found.headline)]
    if len(own):
        pieces += [_ranks(found, table), _table(text.printed(own), say("calibration-table"))]
    pieces += _events(found)
    many = say("calibration-every-folded", number=len(table))
    pieces.append(_table(text.printed(table), say("calibration-every"), many))
    return Section("sbc", say("calibration-title"), tuple(pieces))


def _table(frame: pd.DataFrame, caption: str, folded: str = "") -> Table:
    rows = tuple(tuple(map(str, row)) for row in frame.itertuples(index=False))
    numeric = tuple(range(1, len(frame.columns)))
    return Table(caption, tuple(map(str, frame.columns)), rows, numeric, folded)


# --- ranks ------------------------------------------------------------------------------------


def _drawn(found: Calibration) -> list[str]:
    chosen = []
    for begin in _SHOWN:
        chosen += [name for name in found.headline if name.startswith(begin)][:1]
    return chosen or list(found.headline[:4])


def _ranks(found: Calibration, table: pd.DataFrame) -> Figure:
    names = _drawn(found)
    bands = {name: found.band(name) for name in names}
    p = dict(zip(table["quantity"], table["p"], strict=True))
    panels = tuple(
        _rank_panel(number, name, bands[name], float(p[name]))
        for number, name in enumerate(names, 1)
    )
    rows = []
    for name, one in bands.items():
        for at in _PLACES:
            row = one.iloc[int((one["at"] - at).abs().argmin())]
            ends = between(f"{row['low']:.3f}", f"{row['high']:.3f}")
            rows.append((text.quantity(name), f"{at:.1f}", f"{row['ecdf']:.3f}", ends))
    columns = (
        say("column-quantity"),
        *(say("calibration-column", column=one) for one in ("at", "ecdf", "band")),
    )
    data = Table(say("calibration-ecdf-table"), columns, tuple(rows), (1, 2), folded())
    caption = say("calibration-ecdf-caption", worlds=len(found.fits), width=f"{BAND:.0%}")
    return Figure(panels, caption, data)


def _rank_panel(number: int, name: str, one: pd.DataFrame, p: float) -> Panel:
    away = one[["ecdf", "low", "high"]].sub(one["at"], axis=0)
    inside = bool(((away["low"] <= away["ecdf"]) & (away["ecdf"] <= away["high"])).all())
    title = text.quantity(name)
    alt = say(
        "calibration-ecdf-alt",
        quantity=title,
        inside="yes" if inside else "no",
        most=f"{away['ecdf'].abs().max():.2f}",
        p=text.small(p),
    )
    draw = _rank_drawing(away.assign(at=one["at"]), title)
    return panel(f"sbc-ranks-{number}", alt, draw, _WIDTH, _HEIGHT)


def _rank_drawing(away: pd.DataFrame, title: str) -> Callable[[Drawing], None]:
    at, ecdf, low, high = (away[name].to_numpy() for name in ("at", "ecdf", "low", "high"))

    def draw(figure: Drawing) -> None:
        axis = figure.add_subplot()
        axis.fill_between(at, low, high, color=INK, alpha=0.1, linewidth=0, step="mid")
        axis.axhline(0.0, color=INK, linestyle="--", linewidth=1)
        axis.step(at, ecdf, where="mid", color=BLUE)
        most = 1.15 * max(np.abs(one).max() for one in (ecdf, low, high))
        axis.set_ylim(-most, most)
        _laid(axis, title, say("calibration-panel"), say("calibration-axis"))

    return draw


def _laid(axis: Axes, title: str, unit: str, below: str) -> None:
    axis.set_xlim(0, 1)
    axis.yaxis.set_major_locator(MaxNLocator(5))
    axis.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    head(axis, title, unit)
    foot(axis, below)


# --- events -----------------------------------------------------------------------------------


def _events(found: Calibration) -> list[Piece]:
    table, bins = found.event_table(), found.reliability()
    if not (table["error"] > 0).any():
        return []
    label = next((str(one).partition("), ")[2] for one in found.chances), "")
    names = [f"{event}, {label}" for event in _EVENTS if f"{event}, {label}" in found.chances]
    # An event of which all worlds are sure has one bin, and nothing to show.
    names = [name for name in names if (bins["event"] == name).sum() > 1]
    pieces: list[Piece] = []
    if names:
        panels = tuple(
            _event_panel(number, name, bins[bins["event"] == name])
            for number, name in enumerate(names, 1)
        )
        pieces.append(Figure(panels, say("calibration-reliable-caption"), _bins(bins)))
    pieces.append(_table(text.printed_events(table), say("calibration-events")))
    return pieces


def _event_panel(number: int, name: str, bins: pd.DataFrame) -> Panel:
    title = text.quantity(name)
    each = joined(
        (
            say("calibration-reliable-bin", said=f"{row['said']:.2f}", was=f"{row['was']:.2f}",
                n=int(row["n"]))
            for row in bins.to_dict("records")
        ),
        "; ",
    )  # fmt: skip
    alt = say("calibration-reliable-alt", event=title, bins=each)
    return panel(f"sbc-event-{number}", alt, _event_drawing(bins, title), _WIDTH, _HEIGHT)


def _event_drawing(bins: pd.DataFrame, title: str) -> Callable[[Drawing], None]:
    said, was, error = (bins[name].to_numpy(float) for name in ("said", "was", "error"))
    size = 12.0 + 90.0 * bins["n"].to_numpy(float) / bins["n"].max()

    def draw(figure: Drawing) -> None:
        axis = figure.add_subplot()
        axis.plot([0, 1], [0, 1], color=INK, linestyle="--", linewidth=1)
        ends = np.clip([said - Z90 * error, said + Z90 * error], 0.0, 1.0)
        axis.vlines(said, *ends, color=INK, alpha=0.5)
        axis.scatter(said, was, s=size, color=BLUE, zorder=3, clip_on=False)
        axis.set_ylim(0, 1)
        _laid(
            axis,
            say("calibration-reliable-title", event=title),
            say("calibration-reliable-panel"),
            say("calibration-reliable-axis"),
        )

    return draw


def _bins(bins: pd.DataFrame) -> Table:
    rows = tuple(
        (
            text.quantity(str(row["event"])),
            between(f"{row['low']:.1f}", f"{row['high']:.1f}"),
            f"{row['said']:.2f}",
            f"{row['was']:.2f}",
            between(
                f"{max(row['said'] - Z90 * row['error'], 0):.2f}",
                f"{min(row['said'] + Z90 * row['error'], 1):.2f}",
            ),
            str(row["n"]),
        )
        for row in bins.to_dict("records")
    )
    names = ("event", "bin", "said", "was")
    columns = (
        *(say("calibration-column", column=one) for one in names),
        say("column-interval", width=f"{INTERVAL:.0%}"),
        say("calibration-column", column="worlds"),
    )
    return Table(say("calibration-reliable-table"), columns, rows, (2, 3, 5), folded())
