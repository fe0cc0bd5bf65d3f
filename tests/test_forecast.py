"""Forecasts add up over groups, have the law that they state, and are scored by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from conftest import HEADER
from country import country, country_spec, prior
from defectmodels import names
from defectmodels.errors import SpanError, SpecError, UnknownNameError
from defectmodels.estimands import scores
from defectmodels.estimands.forecast import Forecast, forecast
from defectmodels.estimands.scenarios import scenarios
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.intervals import Interval, Reading
from defectmodels.evidence.scenario import Scenario
from defectmodels.inference.fit import Fit
from fabricate import fabricate, with_group
from histories import HOLD, change, history, unknown
from smallworld import make_statement

DEFINITIONS = {"everyone": {}, "elite": {}, "commoner": {}, "press": {"factor": prior(1.3, 2.0)}}
ABOUT = Reading(
    name="about", words=("around",), low_times=0.8, low_plus=0, high_times=1.2, high_plus=0
)
SEVERAL = Reading(name="several", low_times=0, low_plus=2, high_times=0, high_plus=9)
OPENED = history(change("level", "closure", "2023-07-01", value=0.0), name="opened", beyond="hold")


def dataset(*rows: tuple[Any, ...]) -> Dataset:
    """The country's, with readings of words and later rows."""
    data = country()
    header = data.header.model_copy(update={"reading": (ABOUT, SEVERAL)})
    later = tuple(make_statement(100 + at, *row) for at, row in enumerate(rows))
    return Dataset(header, (*data.statements, *later), data.series)


@pytest.fixture(scope="module")
def fit() -> Fit:
    return fabricate(country_spec(definition=DEFINITIONS), dataset(), draws=100)


@pytest.fixture(scope="module")
def found(fit: Fit) -> Forecast:
    return forecast(fit, "2025", [HOLD, OPENED], ["2023", "2024", "2023Q3..2025Q2"])


def values(found: Forecast, variable: str, **chosen: str) -> np.ndarray:
    array: np.ndarray = found.data[variable].sel(chosen).values
    return array


# ---------------------------------------------------------------- what adds up


def test_groups_add_to_everyone_on_every_draw(found: Forecast) -> None:
    assert found.definitions == ("everyone", "elite", "commoner", "press")
    assert found.data["arrivals"].dims == ("scenario", "chain", "draw", "definition", "span")
    assert found.data["arrivals"].dtype.kind == "i" and found.data["arrivals"].attrs == {
        "units": "persons"
    }
    for variable in ("arrivals", "mean"):
        own = [values(found, variable, definition=name) for name in ("elite", "commoner")]
        whole = values(found, variable, definition="everyone")
        np.testing.assert_allclose(own[0] + own[1], whole, rtol=1e-12)


def test_the_mean_is_what_the_scenario_expects(fit: Fit, found: Forecast) -> None:
    by = scenarios(fit, [HOLD, OPENED], ["2023", "2024", "2023Q3..2025Q2"], to="2025").draws(
        "expected"
    )
    for group in ("elite", "commoner"):
        want = by.sel(group=group).transpose("scenario", "chain", "draw", "span")
        np.testing.assert_allclose(values(found, "mean", definition=group), want, rtol=1e-12)
    factor = fit.posterior[names.FACTOR].sel(definition="press").values[None, :, :, None]
    np.testing.assert_allclose(
        values(found, "mean", definition="press"),
        factor * values(found, "mean", definition="elite"),
        rtol=1e-12,
    )


def test_a_year_is_the_sum_of_its_quarters(fit: Fit) -> None:
    quarters = [f"2024Q{q}" for q in range(1, 5)]
    both = forecast(fit, "2024", [HOLD], ["2024", *quarters])
    for variable in ("arrivals", "mean"):
        total = both.data[variable].sel(span=quarters).sum("span")
        np.testing.assert_allclose(total, both.data[variable].sel(span="2024"), rtol=1e-12)


def test_the_same_seed_gives_the_same_persons_whoever_is_asked_for(
    fit: Fit, found: Forecast
) -> None:
    alone = forecast(fit, "2025", [OPENED], ["2024"], definitions=["press", "elite"])
    for name in ("press", "elite"):
        chosen = {"scenario": "opened", "definition": name, "span": "2024"}
        np.testing.assert_array_equal(
            values(alone, "arrivals", **chosen), values(found, "arrivals", **chosen)
        )
    other = forecast(fit, "2025", [OPENED], ["2024"], random_seed=5)
    chosen = {"scenario": "opened", "definition": "elite", "span": "2024"}
    assert (values(other, "arrivals", **chosen) != values(found, "arrivals", **chosen)).any()
    # However far one looks, as much is expected of a year.
    nearer = forecast(fit, "2024", [OPENED], ["2024"])
    np.testing.assert_allclose(
        values(nearer, "mean", **chosen), values(found, "mean", **chosen), rtol=1e-12
    )


def test_more_that_is_expected_is_never_fewer_persons(fit: Fit, found: Forecast) -> None:
    more = values(found, "arrivals", scenario="opened") - values(found, "arrivals", scenario="hold")
    risen = values(found, "mean", scenario="opened") - values(found, "mean", scenario="hold")
    # By definition, except everyone, where one group may rise and the other fall.
    assert (more * np.sign(risen) >= 0)[:, :, 1:].all() and (more != 0).any()


# ---------------------------------------------------------------- the law


@pytest.fixture(scope="module")
def steady() -> Fit:
    """Nothing is uncertain but the frailty and the counts."""
    one = fabricate(
        country_spec(definition=DEFINITIONS), dataset(), chains=1, draws=20_000, spread=0.0
    )
    still = one.posterior.assign({names.TREND_SCALE: 0.0 * one.posterior[names.TREND_SCALE]})
    return with_group(one, "posterior", still)


def test_persons_have_the_mean_and_variance_that_are_stated(steady: Fit) -> None:
    found = forecast(steady, "2024", [HOLD], ["2023Q1", "2023..2024"])
    for name in found.definitions:
        for span in ("2023Q1", "2023..2024"):
            chosen = {"scenario": "hold", "definition": name, "span": span}
            made, mean, size = (
                values(found, v, **chosen).ravel() for v in ("arrivals", "mean", "size")
            )
            assert np.ptp(mean) < 1e-9 * mean[0] and np.ptp(size) < 1e-9 * size[0]
            law = stats.nbinom(size[0], size[0] / (size[0] + mean[0]))
            assert made.mean() == pytest.approx(law.mean(), abs=4 * law.std() / np.sqrt(20_000))
            assert made.var() == pytest.approx(law.var(), rel=4 * np.sqrt(2.5 / 20_000))
            if span == "2023Q1":
                top = np.arange(int(law.ppf(0.999)))
                seen = np.array([(made <= k).mean() for k in top])
                assert np.abs(seen - law.cdf(top)).max() < 2.0 / np.sqrt(20_000)
    cv = float(steady.posterior[names.FRAILTY].values[0, 0])
    np.testing.assert_allclose(values(found, "size", span="2023Q1"), 1 / cv**2, rtol=1e-9)
    # Persons of one quarter share a frailty, those of two quarters do not.
    both = (
        forecast(steady, "2024", [HOLD], ["2023Q1", "2023Q2"])
        .data["arrivals"]
        .isel(scenario=0, chain=0)
    )
    elite, commoner = (
        both.sel(definition=name, span="2023Q1").values for name in ("elite", "commoner")
    )
    means = [x.mean() for x in (elite, commoner)]
    assert np.cov(elite, commoner)[0, 1] == pytest.approx(cv**2 * means[0] * means[1], rel=0.25)
    next_one = both.sel(definition="commoner", span="2023Q2").values
    assert abs(np.corrcoef(commoner, next_one)[0, 1]) < 4 / np.sqrt(20_000)


def test_a_model_without_frailty_has_poisson_persons() -> None:
    one = fabricate(country_spec(frailty=None), dataset(), draws=20)
    found = forecast(one, "2023", [HOLD])
    assert (found.data["size"] == -1).all()
    assert found.definitions == ("everyone", "elite", "press")


# ---------------------------------------------------------------- what is said of it


def test_words_are_read_and_held_against_the_persons(found: Forecast) -> None:
    persons = values(found, "arrivals", scenario="hold", definition="press", span="2024")
    for words, low, high in (
        ("about 10", 8, 12),
        ("around 20", 16, 24),
        ("several", 2, 9),
        ("7", 7, 7),
    ):
        interval, odds = found.says("press", "2024", words)
        assert interval == Interval(low, high)
        assert odds.value == np.mean((persons >= low) & (persons <= high))
    assert found.chance("press", "2024", Interval(3, None)).value == np.mean(persons >= 3)
    opened = values(found, "arrivals", scenario="opened", definition="press", span="2024")
    assert found.chance("press", "2024", Interval(0, 9), "opened").value == np.mean(opened <= 9)


def test_the_table_says_what_the_draws_say(found: Forecast) -> None:
    table = found.table(0.8)
    assert len(table) == 2 * 4 * 3
    for row in table.to_dict("records"):
        persons = values(
            found, "arrivals", **{k: row[k] for k in ("scenario", "definition", "span")}
        )
        assert [row["low"], row["median"]] == pytest.approx(
            np.quantile(persons, [0.1, 0.5]).tolist()
        )


# ---------------------------------------------------------------- scores

LATER = (
    ("elite", "2023", 12),
    ("everyone", "2024", 150, 190),
    ("press", "2024", 5, None),
    ("elite", "2025", 9),
    ("elite", "2022Q4..2023Q3", 9),
)


def test_scores_are_those_of_the_draws(found: Forecast) -> None:
    table = found.score(dataset(*LATER))
    assert list(zip(table["scenario"], table["definition"], table["span"], strict=True)) == [
        (scenario, definition, span)
        for scenario in ("hold", "opened")
        for definition, span in (("elite", "2023"), ("everyone", "2024"), ("press", "2024"))
    ]
    assert list(table["id"].unique()) == ["S100", "S101", "S102"]
    for row in table.to_dict("records"):
        chosen = {k: row[k] for k in ("scenario", "definition", "span")}
        persons, mean, size = (
            values(found, v, **chosen).ravel() for v in ("arrivals", "mean", "size")
        )
        low, high = {"S100": (12, 12), "S101": (150, 190), "S102": (5, None)}[row["id"]]
        law = stats.nbinom(size, size / (size + mean))
        inside = (1.0 if high is None else law.cdf(high)) - law.cdf(low - 1)
        assert row["log_score"] == pytest.approx(np.log(np.mean(inside)), rel=1e-9)
        assert [row["low"], row["median"], row["high"]] == pytest.approx(
            np.quantile(persons, [0.05, 0.5, 0.95]).tolist()
        )
        if row["id"] == "S100":
            assert row["observed"] == "12" and row["crps"] == scores.crps(12, persons)
            assert row["interval_score"] == scores.interval_score(12, row["low"], row["high"])
            assert row["covered"] == (row["low"] <= 12 <= row["high"])
        else:
            assert np.isnan(row["crps"])


def test_nothing_published_is_scored_as_nothing(found: Forecast) -> None:
    assert found.score().empty


# ---------------------------------------------------------------- spans


def test_spans_are_the_later_whole_years_where_none_is_named(fit: Fit) -> None:
    assert list(forecast(fit, "2025", [HOLD]).days) == ["2023", "2024", "2025"]
    assert list(forecast(fit, "2023Q2", [HOLD]).days) == ["2023Q1", "2023Q2"]
    half = fabricate(country_spec("2019Q1", "2022Q2", "quarter", headline=None), dataset(), draws=5)
    assert list(forecast(half, "2024", [HOLD]).days) == ["2023", "2024"]
    assert list(forecast(half, "2022", [HOLD]).days) == ["2022Q3", "2022Q4"]


def test_an_uncertain_future_spreads_the_forecast(steady: Fit) -> None:
    doubted = history(
        change("level", "closure", "2023-01-01", value=unknown(0.0, 1.0)), name="d", beyond="hold"
    )
    found = forecast(steady, "2023", [HOLD, doubted])
    mean = found.data["mean"].sel(definition="commoner", span="2023")
    assert float(mean.sel(scenario="hold").std()) < 1e-9 < float(mean.sel(scenario="d").std())


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("to", "chosen", "more", "error", "told"),
    [
        ("2022", [HOLD], {}, SpanError, "nothing lies after the last fitted day, 2022-12-31"),
        ("2021", [HOLD], {}, SpanError, "ends before the fitted periods do"),
        ("2024-02", [HOLD], {}, SpanError, "not a whole number of quarters"),
        ("2024", [HOLD], {"spans": ["2022..2023"]}, SpanError, "a forecast begins after the last"),
        ("2024", [HOLD], {"spans": ["2019"]}, SpanError, "'2019' starts on 2019-01-01"),
        ("2024", [HOLD], {"spans": ["2023-02"]}, SpanError, "span '2023-02' cuts a quarter"),
        ("2024", [HOLD], {"spans": ["2025"]}, SpanError, "lies outside the fitted periods"),
        ("2024", [HOLD], {"definitions": ["presse"]}, UnknownNameError, "Did you mean 'press'"),
        ("2024", ["factual"], {}, SpecError, "has no level on 2024-01-01"),
        ("2024", ["status_que"], {}, UnknownNameError, "Did you mean 'status_quo'"),
        ("2024", [], {}, SpecError, "no scenario is named"),
    ],
)
def test_wrong_use_is_refused(
    fit: Fit,
    to: str,
    chosen: list[str | Scenario],
    more: dict[str, Any],
    error: type[Exception],
    told: str,
) -> None:
    with pytest.raises(error, match=told):
        forecast(fit, to, chosen, **more)


def test_wrong_questions_are_refused(found: Forecast) -> None:
    with pytest.raises(
        SpecError, match=r"'many' is no number and no reading; write for example '10', 'about 10'"
    ):
        found.says("press", "2024", "many")
    for asked, meant in (
        (("pres", "2024"), "press"),
        (("press", "2023Q3..2025Q3"), "2023Q3..2025Q2"),
    ):
        with pytest.raises(UnknownNameError, match=f"Did you mean '{meant}'"):
            found.says(*asked, "7")
    with pytest.raises(UnknownNameError, match=r"no forecast for the scenario 'holds'\. .*'hold'"):
        found.chance("press", "2024", Interval(0, 1), "holds")


def test_the_readings_are_those_of_a_header() -> None:
    """The words of this file are written as a dataset's header writes them."""
    assert 'name = "about"\nlow_times = 0.8' in HEADER


def test_the_same_persons_whatever_else_is_asked(fit: Fit, found: Forecast) -> None:
    longer = forecast(fit, "2027", [OPENED], ["2024"], definitions=["press", "elite"])
    for definition in ("press", "elite"):
        chosen = {"definition": definition, "span": "2024", "scenario": "opened"}
        assert (values(longer, "arrivals", **chosen) == values(found, "arrivals", **chosen)).all()


def test_a_forecast_is_a_scenario_with_later_periods(fit: Fit, found: Forecast) -> None:
    both = scenarios(fit, [HOLD, OPENED], ["2023", "2024"], to="2025", counts=True)
    for group in ("elite", "commoner"):
        persons = both.draws("realised").sel(group=group, scenario="opened", span="2024").values
        own = {"definition": group, "span": "2024", "scenario": "opened"}
        assert (persons == values(found, "arrivals", **own)).all()
