"""Contrasts are differences on the same draw, and say what they rest on."""

from __future__ import annotations

import re

import numpy as np
import pytest

from country import country, country_spec
from defectmodels import catalog
from defectmodels.errors import UnknownNameError
from defectmodels.estimands.contrast import ALL, Reach, assumed, contrast, reach
from defectmodels.estimands.scenarios import Scenarios, scenarios
from defectmodels.evidence.scenario import load_scenario
from defectmodels.inference.fit import Fit
from defectmodels.wording import named, said, speaking, titled
from fabricate import fabricate
from histories import HOLD, change, history
from smallworld import make_dataset, make_series, make_spec

OPEN = history(
    change("level", "closure", "2020-02-11", value=0.0), name="open", assumption="that A."
)
FEWER = history(
    change("scale", "officials", "2021-01-01", by=0.5), name="fewer", assumption="that B."
)
SAME = history(
    change("level", "closure", "2020-04-01", value=1.0), name="same", assumption="that C."
)
SPANS = ["2019", "2020", "2021", "2022"]


@pytest.fixture(scope="module")
def fit() -> Fit:
    return fabricate(country_spec(), country(), draws=60)


@pytest.fixture(scope="module")
def found(fit: Fit) -> Scenarios:
    return scenarios(fit, [OPEN, FEWER, SAME], SPANS, counts=True)


@pytest.mark.parametrize(
    ("scenario", "reference"), [("open", "factual"), ("factual", "open"), ("open", "fewer")]
)
def test_contrasts_are_worked_out_on_each_draw(
    found: Scenarios, scenario: str, reference: str
) -> None:
    data = contrast(found, scenario, reference).data
    for quantity, prefix in (("expected", ""), ("realised", "realised_")):
        one, other = (found.draws(quantity).sel(scenario=n).values for n in (scenario, reference))
        one, other = (
            np.concatenate([x, x.sum(axis=2, keepdims=True)], axis=2) for x in (one, other)
        )
        difference = data[f"{prefix}difference"]
        assert difference.dims == ("chain", "draw", "group", "span")
        assert list(difference["group"].values) == ["elite", "commoner", ALL]
        np.testing.assert_allclose(difference, one - other, rtol=1e-12, atol=1e-9)
        for at in range(4):
            want = (one - other)[..., : at + 1].sum(axis=-1)
            np.testing.assert_allclose(
                data[f"{prefix}cumulative"][..., at], want, rtol=1e-9, atol=1e-9
            )
        if quantity == "expected":
            np.testing.assert_allclose(data["ratio"], one / other, rtol=1e-12)
            points = 100 * (one[:, :, 0] / one[:, :, 2] - other[:, :, 0] / other[:, :, 2])
            np.testing.assert_allclose(data["share_points"], points, rtol=1e-9, atol=1e-12)
    assert {name: one.attrs["units"] for name, one in data.items()} == {
        "difference": "persons",
        "cumulative": "persons",
        "ratio": "ratio",
        "share_points": "percentage points",
        "realised_difference": "persons",
        "realised_cumulative": "persons",
    }


@pytest.mark.parametrize("name", ["same", "factual"])
def test_a_scenario_that_changes_nothing_differs_by_exactly_nothing(
    found: Scenarios, name: str
) -> None:
    one = contrast(found, name)
    for what, array in one.data.items():
        assert (array == (1.0 if what == "ratio" else 0.0)).all(), what
    table = one.table()
    assert (table["median"].isin([0.0, 1.0])).all() and (table["more"] == 0.0).all()
    assert str(one.reach) == "changes nothing in these periods"


def test_the_reference_is_the_first_scenario_by_default(found: Scenarios) -> None:
    assert contrast(found, "open").reference == "factual"
    np.testing.assert_array_equal(
        contrast(found, "open").data["difference"],
        -contrast(found, "factual", "open").data["difference"],
    )


def test_unknown_names_are_suggested(found: Scenarios) -> None:
    for names in (("opens", "factual"), ("open", "factuals")):
        with pytest.raises(UnknownNameError, match="Did you mean"):
            contrast(found, *names)


# ---------------------------------------------------------------- the table


def test_the_table_says_what_the_draws_say(found: Scenarios) -> None:
    one = contrast(found, "open")
    table = one.table(0.8)
    assert (table["scenario"] == "open").all() and (table["reference"] == "factual").all()
    assert len(table) == 5 * 3 * 4 + 4
    for row in table.to_dict("records"):
        array = one.data[row["what"]].sel(span=row["span"])
        if "group" in array.dims:
            array = array.sel(group=row["group"])
        else:
            assert row["group"] == "elite"
        values = array.values.ravel()
        np.testing.assert_allclose(
            [row["low"], row["median"], row["high"]],
            np.quantile(values, [0.1, 0.5, 0.9]),
            rtol=1e-9,
            atol=1e-12,
        )
        assert row["more"] == np.mean(values > (1 if row["what"] == "ratio" else 0))
        assert row["units"] == array.attrs["units"] and row["interval"] == 0.8


# ---------------------------------------------------------------- what it rests on


def test_what_is_assumed_of_both_stands_beside_it(found: Scenarios) -> None:
    assert contrast(found, "open").assumption == "that A."
    assert contrast(found, "factual", "open").assumption == "that A."
    assert contrast(found, "open", "fewer").assumption == "that A, and that B."


@pytest.mark.parametrize("name", sorted(catalog.scenarios()))
def test_what_a_shipped_scenario_assumes_is_said_in_korean(name: str) -> None:
    text = assumed([load_scenario(name).assumption])
    assert text == " ".join(load_scenario(name).assumption.split())
    with speaking("ko"):
        assert said(text).endswith("것.") or said(text).endswith(")."), said(text)
        assert re.search("[A-Za-z]", said(text)) is None
        assert (
            named(name) != name and titled(load_scenario(name).title) != load_scenario(name).title
        )


def test_what_joined_scenarios_assume_is_said_part_by_part() -> None:
    names = ("missions_53", "trade_2014", "full_reopening")
    joined = " ".join(load_scenario("+".join(names)).assumption.split())
    mixed = f"that my own, and that another, and {joined}"
    with speaking("ko"):
        parts = [assumed([load_scenario(one).assumption]).rstrip(".") for one in names]
        assert assumed([joined]) == f"{', '.join(parts)}."
        assert assumed([mixed]).startswith(f"that my own, and that another, {parts[0]}, ")
    assert (assumed([joined]), assumed([mixed]), assumed(["", " "])) == (joined, mixed, "")


def test_how_far_the_data_can_speak_to_both_stands_beside_it(found: Scenarios) -> None:
    one = contrast(found, "open", "fewer")
    assert one.reach == reach(found, "open") and one.reference_reach == reach(found, "fewer")
    assert contrast(found, "factual", "open").reference_reach == reach(found, "open")


def test_a_reach_counts_what_the_support_says(fit: Fit) -> None:
    shut = history(change("level", "closure", "2021-01-01", value=1.5), name="shut")
    own = scenarios(fit, [OPEN, FEWER, shut], ["2021"])
    opened = reach(own, "open")
    # From 2020 on; sanctions came in 2021, and with a closed border only.
    assert (opened.changed, opened.outside, opened.beyond) == (12, 8, {})
    assert opened.hull == pytest.approx(np.sqrt(0.5), abs=1e-6) and not opened.supported
    assert str(opened) == (
        "outside what was seen together in 8 of 12 changed quarters, by up to 71% of the covariates' ranges"
    )
    assert reach(own, "fewer").supported
    assert str(reach(own, "fewer")) == "within what was seen in every changed period"
    beyond = reach(own, "shut")
    assert (beyond.changed, beyond.outside) == (8, 8) and beyond.beyond == {"closure": 0.5}
    assert str(beyond).endswith("; closure beyond its range by 0.5")


def test_a_reach_says_how_far_ahead(fit: Fit) -> None:
    one = reach(scenarios(fit, [HOLD], to="2024"), "hold")
    assert isinstance(one, Reach) and one.changed == 8 and not one.supported
    assert str(one) == "up to 2.0 years after the last fitted day"
    with speaking("ko"):
        assert said(str(one)) == str(one) == "적합 기간 종료 후 최대 2.0년"


def test_a_model_of_one_group_has_no_share() -> None:
    series = [make_series("wall", {"2019..2020": 0.0, "2021": 1.0})]
    effect = {"series": "wall", "ratio": {"median": 0.5, "factor": 2.0, "why": "a test"}}
    spec = make_spec(
        "2019", "2021", "year", groups=("all",), term=[{"kind": "covariates", "effect": [effect]}]
    )
    data = make_dataset(("everyone", "2019", 90), groups=("all",), series=series)
    one = scenarios(fabricate(spec, data, draws=20), [history(change("level", "wall", value=0.0))])
    found = contrast(one, "other")
    assert "share_points" not in found.data and len(found.table()) == 3 * 2 * 3
