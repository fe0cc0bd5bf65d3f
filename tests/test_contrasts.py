"""Sentences of contrasts cannot contradict their numbers, and carry their conditions."""

from __future__ import annotations

import re

import numpy as np
import pytest

from country import country, country_spec
from defectmodels.estimands.contrast import contrast
from defectmodels.estimands.scenarios import Scenarios, scenarios
from defectmodels.estimands.summary import probability
from defectmodels.inference.fit import Fit
from defectmodels.report import words
from defectmodels.report.contrasts import comparison, conditions, head, printed
from fabricate import fabricate
from histories import change, history


@pytest.fixture(scope="module")
def fit() -> Fit:
    return fabricate(country_spec(), country(), draws=200)


@pytest.fixture(scope="module")
def found(fit: Fit) -> Scenarios:
    chosen = [
        history(change("level", "closure", "2020-01-01", value=0.0), name="open",
                assumption="that nothing else moves."),
        history(change("level", "sanctions", "2021-01-01", value=0.0), name="none"),
        history(change("level", "closure", "2021-01-01", value=1.0), name="same"),
        history(change("level", "closure", "2019-01-01", value=1.0), name="shut"),
        history(
            change("scale", "closure", "2020-01-01", by=0.999),
            change("level", "border", "2022-01-01", value=9900.0),
            name="hardly",
        ),
    ]  # fmt: skip
    return scenarios(fit, chosen, ["2019", "2020..2022"])


@pytest.mark.parametrize("name", ["open", "none", "same", "shut", "hardly"])
@pytest.mark.parametrize("group", ["all", "elite", "commoner"])
@pytest.mark.parametrize("span", ["2019", "2020..2022"])
def test_a_sentence_says_what_its_draws_say(
    found: Scenarios, name: str, group: str, span: str
) -> None:
    one = contrast(found, name)
    text = comparison(found, one, span, (group,))
    draws = one.data["difference"].sel(group=group, span=span)
    more = float((draws > 0).mean())
    if not draws.any():
        assert "no difference" in text
        return
    assert ("more" in text) or ("fewer" in text)
    if re.search(r"\d more ", text):
        assert more >= words.SURE and float(draws.median()) > 0
        assert f"P(more) {'>' if more > 0.99 else '='}" in text
    elif re.search(r"\d fewer ", text):
        assert more <= 1 - words.SURE and float(draws.median()) < 0
        assert words.prob("fewer", words.complement(probability(draws > 0))) in text
    else:
        assert "is open" in text and words.prob("more", probability(draws > 0)) in text


def test_fewer_has_its_interval_the_right_way_round(found: Scenarios) -> None:
    one = contrast(found, "shut")
    text = comparison(found, one, "2019")
    size, low, high = re.search(
        r"([\d,]+) fewer arrivals are expected \(90% interval ([\d,]+) to ([\d,]+);", text
    ).groups()  # type: ignore[union-attr]
    numbers = [int(part.replace(",", "")) for part in (low, size, high)]
    assert numbers == sorted(numbers)
    draws = one.data["difference"].sel(group="all", span="2019").values
    ends = -np.quantile(draws, [0.95, 0.5, 0.05])
    assert numbers == pytest.approx(ends, rel=0.1)


def test_conditions_stand_beside_every_contrast(found: Scenarios) -> None:
    said = conditions(found, contrast(found, "open"))
    assert "one has to assume that nothing else moves." in said
    assert "Support of 'Scenario open': outside what was seen together in" in said
    both = conditions(found, contrast(found, "open", "shut"))
    assert "Support of 'Scenario open'" in both and "Support of 'Scenario shut'" in both
    same = conditions(found, contrast(found, "same"))
    assert "changes nothing in these periods" in same and "assume" not in same


def test_the_reference_is_named(found: Scenarios) -> None:
    assert "against what was" in comparison(found, contrast(found, "open"), "2019")
    other = comparison(found, contrast(found, "open", "shut"), "2020..2022")
    assert "against 'Scenario shut'" in other and "2020 to 2022" in other


def test_printed_rows_are_those_of_the_contrasts(found: Scenarios) -> None:
    table = printed([contrast(found, "open"), contrast(found, "same")])
    assert tuple(table.columns) == head() and len(table) == 2 * 3 * 2
    same = table[table["scenario"] == "same"]
    assert set(same["P(more)"]) == {"no difference"} and set(same["ratio"]) == {"1"}
    assert set(table["spans"]) == {"2019", "2020 to 2022"}
