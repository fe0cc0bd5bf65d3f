"""Tipping points in words and as a figure, in both languages."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing

from defectmodels.inference.fit import Fit
from defectmodels.inference.running import Failure
from defectmodels.report.drawing import style
from defectmodels.report.flip import flip as section
from defectmodels.report.pieces import Figure, Paragraph, Section, Table
from defectmodels.report.sections import of, seen
from defectmodels.report.view import View
from defectmodels.studies import flip_text as text
from defectmodels.studies.flip import Flip
from defectmodels.studies.flip_cases import UNITS
from defectmodels.studies.flip_tables import PATH, POINTS
from defectmodels.wording import speaking

NAN = math.nan
LINES: tuple[tuple[str, str, str, str, tuple[str, str, str, str], float, float], ...] = (
    # kind, span, group, name, (assumed, tried, holds, flips), P where it holds, P where it is another
    ("misclassified", "2022", "elite", "", ("0", "12", "8", "9"), 0.961, 0.913),
    ("missed", "2019", "elite", "", ("0", "65", "65", ""), 0.99, NAN),
    ("undetected", "2019", "", "", ("0", "0.95", "0.55", "0.6"), 0.96, 0.94),
    ("undetected", "2022", "elite", "", ("0", "0.95", "0.95", ""), 0.99, NAN),
    ("wider", "", "", "about", ("0.2", "1", "1", ""), 0.99, NAN),
    ("lower", "", "", "about", ("1", "0.5", "0.9", "0.8"), 0.96, 0.9),
    ("before", "", "", "", ("2019", "2017", "2018", "2017"), 0.97, 0.6),
    ("start earlier", "", "", "", ("2022", "2020Q1..2022Q4", "2020Q1..2022Q4", ""), 0.98, NAN),
    ("reliability", "", "", "S3", ("1", "0", "0.31", "0.3"), 0.951, 0.949),
    ("reliability", "", "", "S4", ("1", "0", "0", ""), 0.98, NAN),
)


def made_up(fit: Fit, near: bool = False, failures: tuple[Failure, ...] = ()) -> Flip:
    points, path = [], []
    for kind, span, group, name, values, holds, flips in LINES:
        key = " ".join(part for part in (kind, group, span, name) if part)
        for question, shift in (("share", 0.0), ("count", -0.02)):
            # The count is an open question that nothing tips.
            ends = values if question == "share" else (*values[:2], values[1], "")
            point: dict[str, Any] = dict.fromkeys(POINTS, "")
            point |= {"key": key, "kind": kind, "question": question, "span": span}
            point |= {"group": group, "name": name, "unit": UNITS[kind]}
            point |= dict(zip(("assumed", "tried", "holds", "flips"), ends, strict=True))
            point |= {"answer": "supported" if question == "share" else "cannot tell"}
            point |= {"becomes": "cannot tell" if ends[3] else ""}
            point |= {
                "p_holds": holds if question == "share" else 0.65 + shift,
                "mcse_holds": 0.004,
            }
            point |= {"p_flips": flips if ends[3] else NAN, "mcse_flips": 0.005 if ends[3] else NAN}
            points.append(point | {"monotone": True, "near": near, "how": "refit", "refits": 4})
        for place, value in ((0, values[0]), (9, values[1])):
            step: dict[str, Any] = dict.fromkeys(PATH, NAN)
            step |= {"key": key, "kind": kind, "place": place, "value": value, "how": "refit"}
            if kind == "reliability":
                step["key"] = f"reliability of {name}"
            low = 0.99 if place == 0 else min(0.99, holds - 0.01)
            path.append(
                step | {"share": low, "share_mcse": 0.004, "count": 0.65, "count_mcse": 0.01}
            )
    skipped = pd.DataFrame([("reliability of S9", "nothing else")], columns=["key", "reason"])
    made = {**fit.made, "settings": {"draws": 200, "tune": 200, "chains": 2}, "random_seed": 3}
    tables = pd.DataFrame(points, columns=list(POINTS)), pd.DataFrame(path, columns=list(PATH))
    return Flip("elite", ("2019", "2022"), made, *tables, skipped, failures, 61)


def shown(fit: Fit, found: Flip, lang: str = "en") -> Section:
    with speaking(lang):
        return section(View(fit), found.saved())


def words(made: Section) -> str:
    return "\n".join(piece.text for piece in made.pieces if isinstance(piece, Paragraph))


def test_the_answers_and_what_flips_them_are_said_first(country_fit: Fit) -> None:
    made = shown(country_fit, made_up(country_fit))
    lead, count = (p.text for p in made.pieces if isinstance(p, Paragraph) and p.role == "lead")
    assert "supported (P(share up) = 0.99)" in lead and "5 of the 10 changes tried" in lead
    assert (
        "9 of those counted as elite in 2022 were not (cannot tell; at 8 still supported)" in lead
    )
    assert "60% of all arrivals of 2019 were not counted" in lead
    assert '"about" is centred on 80% of the number said' in lead
    assert "what S3 says is true with probability 0.3 (cannot tell; at 0.31 still" in lead
    assert "cannot tell (P(count up) = 0.65)" in count
    assert "None of the 10 changes tried, each by itself, gives another answer" in count
    assert "One origin of 2 flips an answer" in words(made)
    assert "Could not be moved: reliability of S9 (nothing else)" in words(made)


def test_every_bar_ends_at_a_value_of_the_table(country_fit: Fit) -> None:
    made = shown(country_fit, made_up(country_fit))
    (figure,) = (piece for piece in made.pieces if isinstance(piece, Figure))
    assert [panel.key for panel in figure.panels] == [
        "flip-persons", "flip-share", "flip-reading", "flip-span", "flip-probability",
    ]  # fmt: skip
    # An origin that flips nothing is in a table of its own.
    assert len(figure.data.rows) == 2 * (len(LINES) - 1)
    by_row = {(row[0], row[1]): row for row in figure.data.rows}
    row = by_row["Wrongly counted as elite, 2022", "share"]
    assert row[2:10] == ("0", "12", "8", "9", "supported", "cannot tell", "0.96", "0.91")
    assert by_row["Not counted as elite, 2019", "share"][5] == "none"
    for panel in figure.panels:
        with style():
            drawn = Drawing(figsize=(6, 4), layout="constrained")
            panel.draw(drawn)
        (axis,) = drawn.axes
        dots = [line.get_xdata()[0] for line in axis.lines if line.get_marker() == "o"]  # type: ignore[index]
        ends = {
            "persons": [9],
            "share": [60],
            "reading": [80],
            "span": [2017],
            "probability": [0.3],
        }
        assert dots == pytest.approx(ends[panel.key.removeprefix("flip-")])
        assert len(panel.alt) > 80
    origins = [piece for piece in made.pieces if isinstance(piece, Table)]
    assert [row[0] for row in origins[0].rows] == ["S3", "S4"]


def test_what_is_not_sure_is_said(country_fit: Fit) -> None:
    plain = words(shown(country_fit, made_up(country_fit)))
    assert "two Monte Carlo errors" not in plain and "failed" not in plain
    failed = (Failure("missed 2019 at 65", "FitError: R-hat 1.3", 3),)
    doubtful = words(shown(country_fit, made_up(country_fit, near=True, failures=failed)))
    assert "lies within two Monte Carlo errors" in doubtful
    assert "One refit failed" in doubtful and "R-hat 1.3" in doubtful and "seed 3" in doubtful


def test_korean_has_no_english_left(country_fit: Fit) -> None:
    made = shown(country_fit, made_up(country_fit), "ko")
    texts = [piece.text for piece in made.pieces if isinstance(piece, Paragraph)]
    for piece in made.pieces:
        if isinstance(piece, Figure):
            texts += [piece.caption, *(panel.alt for panel in piece.panels)]
            texts += [str(cell) for row in (piece.data.columns, *piece.data.rows) for cell in row]
        elif isinstance(piece, Table):
            texts += [piece.caption, piece.folded, *piece.columns]
    left = {word for one in texts for word in re.findall(r"[A-Za-z][A-Za-z-]{2,}", one)}
    # Names of a model, its settings and its rows stand as they were given.
    allowed = {"small", "draws", "tune", "chains", "nothing", "else", "reliability", "of"}
    assert left <= allowed
    assert any("판단할 수 없음" in one for one in texts)


def test_no_causal_word(country_fit: Fit) -> None:
    found = words(shown(country_fit, made_up(country_fit, near=True)))
    assert not re.search(r"\b(cause[sd]?|because|due to|led to|effect of|explains?)\b", found)


def test_a_fit_that_failed_shows_none(country_fit: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(View, "withheld", property(lambda self: True))
    made = shown(country_fit, made_up(country_fit))
    assert not [piece for piece in made.pieces if isinstance(piece, Figure)]
    assert "withheld" in words(made)


def test_it_stands_in_the_report_behind_the_audit(country_fit: Fit, tmp_path: Path) -> None:
    path = made_up(country_fit).save(tmp_path / "flip.json")
    view = seen(country_fit, [path])
    names = [make.__name__ for make in of(view)]
    assert names[names.index("audit") + 1] == "flip"
    assert of(view)[names.index("flip")](view).title == "What would flip it"


def test_texts_of_the_terminal_are_those_of_the_table(country_fit: Fit) -> None:
    found = made_up(country_fit)
    printed = text.printed(text.flipped(found))
    assert len(printed) == 5 and "none" not in printed["another at"].tolist()
    single = found.points[found.points["question"] == "count"]
    assert len(text.leads(replace(found, points=single))) == 1
