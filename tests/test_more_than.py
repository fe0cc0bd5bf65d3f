"""Both readings of "more than in the era before", against counts that are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from defectmodels.errors import FitError, SpanError, UnknownNameError
from defectmodels.estimands.by_definition import realised_by_definition
from defectmodels.estimands.more_than import more_than
from defectmodels.estimands.policy import policy_periods
from defectmodels.estimands.policy_text import as_content, readings
from defectmodels.inference.fit import Fit
from test_realised import constant_fit

AXIS = ("2019", "2023", "year")


def known_fit(**model: Any) -> Fit:
    """Counts of 2, 5 and 3, then 6, then a free year."""
    rows = tuple(
        ("elite", year, n)
        for year, n in zip(("2019", "2020", "2021", "2022"), (2, 5, 3, 6), strict=True)
    )
    return constant_fit(*rows, axis=AXIS, draws=400, **model)


def test_more_than_any_year_is_not_more_than_all() -> None:
    found = more_than(known_fit(), "2022", "2019..2021")
    assert found.years == ("2019", "2020", "2021") and found.definition == "elite"
    assert found.any_year is not None
    assert (found.any_year.value, found.all_together.value) == (1.0, 0.0)
    assert list(found.counts["span"].values) == ["2022", "2019", "2020", "2021", "2019..2021"]
    assert found.table().set_index("span")["median"].tolist() == [6, 2, 5, 3, 10]


def test_as_many_is_not_more() -> None:
    fit = constant_fit(("elite", "2019", 4), ("elite", "2020", 4), axis=AXIS, draws=50)
    found = more_than(fit, "2020", "2019")
    assert found.any_year is not None
    assert found.any_year.value == found.all_together.value == 0.0
    # An era that is one year is that year.
    assert list(found.counts["span"].values) == ["2020", "2019"]


def test_a_free_year_against_known_ones() -> None:
    found = more_than(known_fit(elite=7.0), "2023", "2019..2022")
    law = stats.poisson(7.0)
    assert found.any_year is not None
    assert found.any_year.value == pytest.approx(law.sf(6), abs=0.1)
    assert found.all_together.value == pytest.approx(law.sf(16), abs=0.02)


def test_an_era_may_cut_periods(country_fit: Fit) -> None:
    """Second: 16 August 2020 to the end of 2022, with two whole years inside."""
    found = more_than(country_fit, "2019", "Second")
    assert found.years == ("2021", "2022") and found.any_year is not None
    counts = found.counts
    assert (counts.sel(span=["2021", "2022"]).sum("span") <= counts.sel(span="Second")).all()
    assert found.all_together.value <= found.any_year.value
    own = (counts.sel(span="2019") > counts.sel(span="Second")).mean()
    assert found.all_together.value == pytest.approx(float(own))
    drawn = realised_by_definition(
        country_fit, found.definition, list(counts["span"].values),
        random_seed=country_fit.made["random_seed"],
    )  # fmt: skip
    assert counts.equals(drawn)
    other = more_than(country_fit, "2019", "Second", random_seed=9)
    assert not other.counts.equals(counts)


def test_an_era_without_a_whole_year_has_one_reading(country_fit: Fit) -> None:
    found = more_than(country_fit, "2022", "2019-02-01..2020-11-30")
    assert found.years == () and found.any_year is None
    assert 0 <= found.all_together.value <= 1
    assert (
        "reading 1, more than in any whole year of it: no whole calendar year" in readings(found)[1]
    )


@pytest.mark.parametrize(
    ("span", "era", "more", "said", "error"),
    [
        ("2020", "First", {}, "'2020' (2020) and 'First' (2019-01-01..2020-08-15) have days in common",
         SpanError),
        ("2022", "Frist", {}, "Did you mean 'First'", SpanError),
        ("2030", "First", {}, "lies outside", SpanError),
        ("2022", "First", {"definition": "nobody"}, "does not use the definition 'nobody'",
         UnknownNameError),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(
    country_fit: Fit, span: str, era: str, more: dict[str, Any], said: str, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        more_than(country_fit, span, era, **more)
    assert said in str(caught.value)


def test_a_model_without_a_definition_of_its_own_says_so() -> None:
    fit = constant_fit(("everyone", "2020", 2), draws=20, definition={"everyone": {}})
    with pytest.raises(FitError, match="no definition that counts elite alone"):
        more_than(fit, "2021", "2020")


def test_text_has_both_readings() -> None:
    fit = known_fit()
    found = more_than(fit, "2022", "2019..2021")
    lines = readings(found)
    assert lines[1] == "  reading 1, more than in any whole year of it: P > 0.99 (2019, 2020, 2021)"
    assert lines[2] == "  reading 2, more than in all of it together: P < 0.01"
    assert "2022: 6 (6 to 6)" in lines[3] and "2019..2021: 10 (10 to 10)" in lines[3]
    periods = policy_periods(fit, ["2019..2021", "2022"])
    content = as_content(periods, found, withheld=False)["more_than"]
    assert content["any_year"] == {"value": 1.0, "mcse": pytest.approx(1 / 400)}
    assert content["persons"]["2019..2021"] == {"median": 10.0, "low": 10.0, "high": 10.0}
    assert "more_than" not in as_content(periods, found, withheld=True)
    assert np.isfinite(found.all_together.mcse)
