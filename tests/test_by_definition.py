"""Counts under any definition, over any spans, have the law of going through all counts."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from country import prior
from defectmodels.errors import FitError, SpanError, UnknownNameError
from defectmodels.estimands.by_definition import (
    counts_table,
    default_counts,
    definitions_of,
    pmf,
    printed_counts,
    realised_by_definition,
    side_by_side,
)
from defectmodels.estimands.realised import realised
from defectmodels.inference.fit import Fit
from defectmodels.wording import said, speaking
from test_realised import DRAWS, close, constant_fit, frequencies

PRESS = {"everyone": {}, "elite": {}, "press": {"factor": prior(2.0, 2.0)}}


def drawn(fit: Fit, name: str, *spans: str) -> xr.DataArray:
    counts = realised_by_definition(fit, name, spans, random_seed=1)
    assert counts.dims == ("chain", "draw", "span") and counts.dtype.kind == "i"
    assert counts.attrs == {"units": "persons", "definition": name}
    return counts


def test_a_plain_definition_agrees_with_the_realised_counts() -> None:
    fit = constant_fit(("everyone", "2020", 6), ("elite", "2020..2021", 4, 5), elite=1.0)
    counts = drawn(fit, "elite", "2020", "2021")
    other = realised(fit, random_seed=2).sel(group="elite")
    assert set(np.unique(counts.sum("span"))) <= {4, 5}
    for year in ("2020", "2021"):
        one = frequencies(counts.sel(span=year).values, 6)
        two = frequencies(other.sel(period=year).values, 6)
        # Both are draws: their difference scatters by the square root of two more.
        assert (np.abs(one - two) <= 4.5 * np.sqrt(2 * one.clip(1e-4) / DRAWS)).all()


def test_years_that_nothing_is_said_of_are_free() -> None:
    fit = constant_fit(("elite", "2020", 2), elite=3.0)
    free = drawn(fit, "elite", "2021").sel(span="2021").values
    close(frequencies(free, 12), stats.poisson(3.0).pmf(np.arange(13)))


def test_a_total_without_statements_is_binomial() -> None:
    fit = constant_fit(("everyone", "2021", 10), elite=3.0, commoner=5.0)
    found = drawn(fit, "elite", "2021").sel(span="2021").values
    close(frequencies(found, 10), stats.binom(10, 3 / 8).pmf(np.arange(11)))


def test_a_definition_of_its_own_has_its_factor_and_its_own_statements() -> None:
    rows = (("everyone", "2021", 40), ("elite", "2020", 9), ("press", "2020..2021", 5, 6))
    fit = constant_fit(
        *rows,
        elite=3.0,
        commoner=17.0,
        draws=4000,
        definition=PRESS,
        definitions={"press": ["elite"]},
    )
    factor = float(fit.posterior["definition_factor"].mean())
    counts = drawn(fit, "press", "2020", "2021")
    assert set(np.unique(counts.sum("span"))) <= {5, 6}
    # Of Poisson(3 f) in 2020 and Binomial(40, 3 f / 20) in 2021, those that add up to 5 or 6.
    n = np.arange(7)
    free, given = stats.poisson(3 * factor).pmf(n), stats.binom(40, 3 * factor / 20).pmf(n)
    law = np.array([free[k] * (given[5 - k] if k < 6 else 0) + free[k] * given[6 - k] for k in n])
    seen = frequencies(counts.sel(span="2020").values, 6)
    law = law / law.sum()
    assert (np.abs(seen - law) <= 5 * np.sqrt(law * (1 - law) / 4000) + 1e-9).all()


def test_days_may_cut_a_period() -> None:
    fit = constant_fit(("elite", "2020", 6))
    halves = drawn(fit, "elite", "2020-01-01..2020-06-30", "2020-07-01..2020-12-31")
    assert (halves.sum("span") == 6).all()
    share = 182 / 366
    close(frequencies(halves.isel(span=0).values, 6), stats.binom(6, share).pmf(np.arange(7)))


def test_days_of_one_total_are_never_more_than_it_has() -> None:
    fit = constant_fit(("everyone", "2021", 40), elite=3.0, commoner=5.0, draws=4000)
    days = ("2021-01-01..2021-06-28", "2021-06-29..2021-12-26")
    counts = drawn(fit, "everyone", *days).sum("span").values
    # All but the last five days of the year.
    close_to = stats.binom(40, 360 / 365)
    assert counts.max() <= 40
    assert counts.mean() == pytest.approx(close_to.mean(), abs=0.1)
    assert counts.std() == pytest.approx(close_to.std(), rel=0.1)


def test_groups_that_are_no_part_of_each_other_are_not_compared() -> None:
    fit = constant_fit(("elite", "2020", 9), ("commoner", "2020", 30), draws=50)
    assert not len(side_by_side(fit))


def test_spans_are_drawn_together(country_fit: Fit) -> None:
    name = definitions_of(country_fit, "elite")[0]
    counts = drawn(country_fit, name, "2019", "2020", "2019..2020")
    assert (counts.sel(span="2019..2020") == counts.sel(span=["2019", "2020"]).sum("span")).all()


def test_the_same_seed_gives_the_same_counts(country_fit: Fit) -> None:
    name = definitions_of(country_fit, "elite")[0]
    first, again, other = (
        realised_by_definition(country_fit, name, ["2020"], random_seed=seed) for seed in (1, 1, 2)
    )
    xr.testing.assert_identical(first, again)
    assert not first.equals(other)


def test_probabilities_of_numbers_add_up() -> None:
    counts = drawn(constant_fit(("elite", "2020", 2, 4), draws=500), "elite", "2020", "2021")
    table = pmf(counts)
    assert table.index[0] == 0 and table.index.name == "persons"
    np.testing.assert_allclose(table.sum(), 1.0)
    assert set(table.index[table["2020"] > 0]) == {2, 3, 4}


def test_the_table_compares_each_span_with_those_before() -> None:
    fit = constant_fit(("elite", "2020", 2), ("elite", "2021", 5), draws=400)
    table = counts_table(fit, "elite", ("2020", "2021"))
    assert list(table["median"]) == [2, 5] and list(table["low"]) == [2, 5]
    assert table["P(more than in 2020)"].isna().tolist() == [True, False]
    assert table["P(more than in 2020)"][1] == 1.0 and table["P(none)"].tolist() == [0.0, 0.0]
    assert table["P(more than in 2020) mcse"][1] == pytest.approx(1 / 400)
    printed = printed_counts(table)
    assert printed["P(more than in 2020)"].tolist() == ["", "> 0.99"]
    assert not [name for name in printed if "mcse" in name]


def test_definitions_beside_each_other() -> None:
    """Thirty officials, where nine are protected: they cannot all be among these."""
    rows = (("everyone", "2020", 500), ("press", "2020", 30), ("elite", "2020..2021", 9))
    fit = constant_fit(
        *rows,
        elite=5.0,
        commoner=495.0,
        draws=400,
        definition=PRESS,
        definitions={"press": ["elite"]},
    )
    table = side_by_side(fit).set_index("definition")
    assert table.loc["press", "published"] == 30 and table.loc["press", "against"] == "elite"
    assert table.loc["press", "high"] <= 9 and table.loc["press", "at_least"] == 0.0
    assert table.loc["elite", "published"] == 9


def test_wrong_names_and_spans_are_refused(country_fit: Fit) -> None:
    with pytest.raises(UnknownNameError, match="does not use the definition 'nobody'"):
        realised_by_definition(country_fit, "nobody", ["2019"], random_seed=1)
    name = definitions_of(country_fit, "elite")[0]
    with pytest.raises(SpanError, match="1950"):
        realised_by_definition(country_fit, name, ["1950"], random_seed=1)


def test_a_definition_of_groups_that_are_not_told_apart_is_refused() -> None:
    fit = constant_fit(("everyone", "2020", 8), draws=20, definitions={"men": ["men"]})
    with pytest.raises(FitError, match="'men' counts men, which the model does not tell apart"):
        realised_by_definition(fit, "men", ["2020"], random_seed=1)


def test_a_factor_that_nothing_tells_is_refused() -> None:
    fit = constant_fit(
        ("everyone", "2020", 8), draws=20, definition=PRESS, definitions={"press": ["elite"]}
    )
    with pytest.raises(
        FitError, match="no statement that the fit uses tells the factor of 'press'"
    ):
        realised_by_definition(fit, "press", ["2020"], random_seed=1)


def test_an_error_is_english_and_is_said_again_where_it_is_a_finding() -> None:
    fit = constant_fit(
        ("everyone", "2020", 8), draws=20, definition=PRESS, definitions={"press": ["elite"]}
    )
    with speaking("ko"):
        with pytest.raises(FitError, match="tells the factor of 'press'") as raised:
            realised_by_definition(fit, "press", ["2020"], random_seed=1)
        assert said(raised.value.args[0]) == (
            "적합에 쓰인 진술 중 ‘press’의 배율을 알려 주는 것이 없다"
        )


def test_the_headline_is_the_default(country_fit: Fit) -> None:
    name, spans = default_counts(country_fit, None, ())
    assert name == definitions_of(country_fit, "elite")[0]
    assert spans == ("2019", "2022")
    assert default_counts(country_fit, "everyone", ("2020",)) == ("everyone", ("2020",))


def test_a_model_without_such_a_definition_says_so() -> None:
    fit = constant_fit(("everyone", "2020", 2), draws=50, definition={"everyone": {}})
    with pytest.raises(FitError, match="no definition that counts elite alone"):
        default_counts(fit, None, ())
