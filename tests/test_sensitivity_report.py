"""The study of sensitivity in words and figures, in both languages."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing

from defectmodels.inference.fit import Fit
from defectmodels.inference.running import Failure
from defectmodels.report.drawing import style
from defectmodels.report.page import write_report
from defectmodels.report.pieces import Figure, Listing, Paragraph, Table
from defectmodels.report.sections import of, seen
from defectmodels.report.sensitivity import sensitivity as section
from defectmodels.report.tornado import Row, tornado
from defectmodels.studies import sensitivity_text as text
from defectmodels.studies.sensitivity import BASE, Sensitivity
from defectmodels.studies.sensitivity_variants import ALL, NotVaried
from defectmodels.wording import speaking

EVENTS = ("share_up", "count_up", "share_up & ~count_up")
ROWS: tuple[tuple[str, str, str, str, float], ...] = (
    # kind, subject, change, how, P(count up)
    (BASE, "", "", BASE, 0.60),
    ("priors", "sceptical", "", "refit", 0.45),
    ("priors", "my_own", "", "refit failed", math.nan),
    ("coding", "border_closure", "low", "refit", 0.58),
    ("coding", "border_closure", "high", "refit", 0.66),
    ("coding", ALL, "low", "refit", 0.57),
    ("event", "sanctions", "2017-08-05..", "refit", 0.61),
    ("event", "official_closure", "2020-01-22..2023-08-21", "refit", 0.62),
    ("event", ALL, "", "refit", 0.72),
    ("event", ALL, "eras", "refit", 0.59),
    ("exposure", "elite", "missions_abroad", "refit", 0.6),
    ("exposure", "elite", "none", "refit", 0.63),
    ("origin", "lowy-2024-08", "", "weights", 0.70),
    ("power", "likelihood", "0.8", "not known", math.nan),
    ("power", "likelihood", "1.25", "weights", 0.68),
    ("power", "effect.border_closure", "0.8", "weights", 0.61),
    ("power", "effect.border_closure", "1.25", "weights", 0.59),
    ("power", "reliability.low", "0.8", "weights", 0.60),
    ("power", "reliability.low", "1.25", "weights", 0.60),
)


def key_of(kind: str, subject: str, change: str) -> str:
    return ", ".join(one for one in (kind, subject, change) if one)


def values(count_up: float, base: float = 0.6) -> dict[str, tuple[float, float, float, float]]:
    """Value, low, high and error of each number, made of one of them."""
    shift = count_up - base
    none = (math.nan, math.nan)
    return {
        "share_up": (0.997, *none, 0.001),
        "count_up": (count_up, *none, 0.004),
        "share_up & ~count_up": (1 - count_up - 0.003, *none, 0.004),
        "share ratio": (7.0 + 10 * shift, 4.0, 16.0, 0.04),
        "count ratio": (1.2 + shift, 0.6, 2.7, 0.004),
    }


@pytest.fixture
def found() -> Sensitivity:
    variants, numbers = [], []
    for kind, subject, change, how, count_up in ROWS:
        key = BASE if kind == BASE else key_of(kind, subject, change)
        refit = how.startswith("refit")
        variants.append(
            {"variant": key, "kind": kind, "subject": subject, "change": change, "how": how,
             "pareto_k": 0.3 if how == "weights" else math.nan,
             "checks": "pass" if kind == BASE or how == "refit" else "fail" if refit else "",
             "seed": 11 if refit else -1,
             "reason": {"refit failed": "checks", "not known": "weights"}.get(how, "")}
        )  # fmt: skip
        if math.isnan(count_up):
            continue
        base = values(0.6)
        for name, (value, low, high, mcse) in values(count_up).items():
            apart = value - base[name][0]
            numbers.append(
                {"variant": key, "before": "2019", "after": "2022", "quantity": name, "value": value,
                 "low": low, "high": high, "mcse": mcse, "difference": apart,
                 "errors": apart / (1.4 * mcse)}
            )  # fmt: skip
    subjects = list(dict.fromkeys(row[1] for row in ROWS if row[0] == "power"))
    sensitivities = [
        {"component": one, "before": "2019", "after": "2022", "quantity": name,
         "sensitivity": math.nan if name == "share_up" else 0.3 if "border" in one else 0.01}
        for one in subjects for name in values(0.6)
    ]  # fmt: skip
    made = {
        "model": "small", "model_digest": "a" * 64, "dataset": "small", "dataset_digest": "b" * 64,
        "as_of": "", "settings": {"draws": 300}, "random_seed": 1,
    }  # fmt: skip
    return Sensitivity(
        "elite",
        (("2019", "2022"),),
        made,
        pd.DataFrame(variants),
        pd.DataFrame(numbers),
        pd.DataFrame(sensitivities),
        (
            NotVaried("coding", "china_trade", "no-range"),
            NotVaried("event", ALL, "no-eras"),
            NotVaried("origin", "mou-table", "cannot", "T1 is counted given it"),
            NotVaried("priors", "flat", "not-of-model"),
        ),
        (Failure("priors, my_own", "FitError: no draw", 11),),
    )


def test_each_change_in_words(found: Sensitivity) -> None:
    spoken = {
        key_of(*row[:3]): (text.subject_text(*row[:3]), text.change_text(*row[:3])) for row in ROWS
    }
    assert spoken["priors, sceptical"] == ("set of priors", "sceptical")
    assert spoken["priors, my_own"] == ("set of priors", "my_own")
    assert spoken["coding, border_closure, low"] == (
        "coding, border_closure",
        "low end of its range",
    )
    assert spoken["event, sanctions, 2017-08-05.."] == (
        "step for sanctions",
        "a step on 2017-08-05",
    )
    assert spoken["event, official_closure, 2020-01-22..2023-08-21"][1] == (
        "a step, 2020-01-22 to 2023-08-21"
    )
    assert spoken["exposure, elite, missions_abroad"] == (
        "persons at risk, elite",
        "missions_abroad",
    )
    assert spoken["exposure, elite, none"][1] == "not counted"
    assert spoken["origin, lowy-2024-08"] == ("origin lowy-2024-08", "left out")
    assert spoken["power, likelihood, 0.8"] == ("likelihood", "to the power 0.8")
    assert spoken["power, reliability.low, 1.25"] == (
        "prior: reliability, low grade", "to the power 1.25",
    )  # fmt: skip


def test_the_sentences_say_how_far_each_number_moves(found: Sensitivity) -> None:
    said = " ".join(text.sentences(found))
    assert "16 changes" in said and "6 by weights" in said and "10 by refits" in said
    assert "P(count up) is 0.60 in the base and between 0.45 and 0.72" in said
    assert "It moves most, to 0.45, with: set of priors, sceptical" in said
    assert "It is 0.95 or more under 16 of 16" in said
    assert "share ratio is 7.0 in the base and between 5.5 and 8.2" in said


def test_a_probability_beyond_what_draws_can_tell_is_said_once(found: Sensitivity) -> None:
    sure = found.numbers["quantity"] == "share_up"
    found.numbers.loc[sure, "value"] = 1.0
    found.numbers.loc[sure, "mcse"] = 0.002
    found.numbers.loc[sure & (found.numbers["variant"] == BASE), "mcse"] = 0.00025
    said = text.moved(found, "share_up")
    assert said.startswith("P(share up) is > 0.999 in the base and > 0.99 under every change.")
    assert "moves most" not in said


def test_what_has_no_number_is_listed_with_its_reason(found: Sensitivity) -> None:
    lines = text.failures(found)
    assert lines == [
        "set of priors, my_own: the refit failed its checks (seed 11)",
        "likelihood, to the power 0.8: the weights are not reliable",
    ]
    table = text.printed_variants(found)
    row = table[table["into what"] == "my_own"].iloc[0]
    assert row["P(count up)"] == row["share ratio"] == "" and row["how"] == "refit failed"
    assert [text.not_varied_text(one) for one in found.not_varied] == [
        "china_trade: no range of levels is stated for the fitted days",
        "no theme of the covariates has eras in the dataset",
        "origin mou-table cannot be left out: T1 is counted given it",
        "priors flat: they name none of the model's priors",
    ]


def test_the_table_has_the_largest_difference(found: Sensitivity) -> None:
    table = text.printed_variants(found).set_index(["what is changed", "into what"])
    errors = "largest difference, in Monte Carlo errors"
    # 0.15 in errors of 0.004, and of as much in the base.
    assert table.loc[("set of priors", "sceptical"), errors] == "26.8"
    assert table.loc[("as it is", "no change"), errors] in ("", "0.0")


def test_priors_that_move_the_headline_are_named(found: Sensitivity) -> None:
    assert text.sensitive(found) == ("effect.border_closure",)
    said = text.powers_sentence(found)
    assert "It is reached for: prior: coefficient, border_closure." in said
    table = text.printed_powers(found)
    # What all draws agree on has no column.
    assert "sensitivity, P(share up)" not in table.columns
    assert table["P(share up, count not) to the power 1.25"].iloc[0] == "0.32"
    found.sensitivities["sensitivity"] = 0.01
    assert "No number of the headline reaches that" in text.powers_sentence(found)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_section_has_all_on_one_page(found: Sensitivity, country_fit: Fit, lang: str) -> None:
    view = seen(country_fit, [found.saved()])
    with speaking(lang):
        made = section(view, found.saved())
        kinds = [type(one) for one in made.pieces]
        assert {Paragraph, Figure, Table, Listing} <= set(kinds)
        (figure,) = [one for one in made.pieces if isinstance(one, Figure)]
        assert len(figure.panels) == 2 and figure.data.rows
        # Those first that move the event most.
        first = text.subject_text("priors", "sceptical")
        assert figure.data.rows[0][0] == first
        assert any("0.45" in cell for row in _tables(made) for cell in row)
    texts = [one.text for one in made.pieces if isinstance(one, Paragraph)]
    texts += [line for one in made.pieces if isinstance(one, Listing) for line in one.items]
    if lang == "ko":
        prose = re.compile(r"\b[a-z]{3,}(?:,? [a-z]{3,})+\b")
        own = [one for one in texts if "T1 is counted" not in one]
        assert [hit for one in own for hit in prose.findall(one)] == []
    assert not re.search(r"\b(because|due to|caused|effect of|led to)\b", " ".join(texts).lower())


def _tables(made: Any) -> list[tuple[str, ...]]:
    return [row for one in made.pieces if isinstance(one, Table) for row in one.rows]


def test_the_report_shows_the_section_and_says_that_it_is_stale(
    found: Sensitivity, country_fit: Fit, tmp_path: Path
) -> None:
    file = found.save(tmp_path / "study.json")
    page = write_report(country_fit, tmp_path / "r.html", studies=[file]).read_text()
    assert 'id="sensitivity"' in page and "This study is stale" in page
    assert not {one.__name__ for one in of(seen(country_fit))} & {"sensitivity"}


def test_a_bar_reaches_from_the_base_to_the_farthest_values() -> None:
    rows = [
        Row("both ways", (0.2, 0.5, 0.4), (0.01, 0.02, 0.0), ("low", "high", "")),
        Row("one way", (0.45,), (0.01,), ("",)),
    ]
    with style():
        figure = Drawing(figsize=(5, 3), layout="constrained")
        tornado(figure, rows, 0.3, "base", "P(x)")
        (axis,) = figure.axes
        bars = [(one.get_x(), one.get_x() + one.get_width()) for one in axis.patches]
    np.testing.assert_allclose(bars, [(0.2, 0.5), (0.3, 0.45)])
    marks = sorted(x for line in axis.lines for x in np.ravel(line.get_xdata()))
    np.testing.assert_allclose(marks, sorted([0.2, 0.5, 0.4, 0.45, 0.3, 0.3]))
    words = {one.get_text() for one in axis.texts}
    assert words == {"base", "low", "high"}
