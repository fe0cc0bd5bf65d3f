from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from country import country, country_spec
from defectmodels.errors import SpanError, SpecError, UnknownNameError
from defectmodels.estimands.decomposition import decompose
from defectmodels.estimands.rates import annual, share, span_rate
from defectmodels.estimands.realised import over_spans, realised
from defectmodels.estimands.summary import Probability, probability, summarise
from defectmodels.estimands.tables import EVENTS, effect_table, estimate_table, rounded, verdicts
from defectmodels.inference.fit import Fit
from fabricate import fabricate
from smallworld import make_dataset, make_spec

YEARS = ["2019", "2020", "2021", "2022"]
NUMBERS = ("median", "low", "high", "mean", "sd", "mcse")


@pytest.fixture(scope="module")
def bare_fit() -> Fit:
    """One group, three months, no covariates."""
    spec = make_spec("2020-03", "2020-05", "month", groups=("all",))
    return fabricate(spec, make_dataset(("all", "2020-04", 8), groups=("all",)), draws=40)


def arrays(fit: Fit, quantity: str, spans: list[str]) -> object:
    if quantity == "realised":
        return over_spans(fit, realised(fit, random_seed=fit.made["random_seed"]), spans)
    if quantity == "share":
        return share(fit, "elite", spans).expand_dims(group=["elite"])
    return {"expected": annual, "rate": span_rate}[quantity](fit, spans)


@pytest.mark.parametrize("quantity", ["expected", "rate", "share", "realised"])
@pytest.mark.parametrize("spans", [[], ["2022", "2019Q2..2020Q1"]])
def test_a_tables_numbers_are_those_of_the_arrays(
    country_fit: Fit, quantity: str, spans: list[str]
) -> None:
    table = estimate_table(country_fit, quantity, spans, interval=0.8)
    summary = summarise(arrays(country_fit, quantity, spans or YEARS), 0.8)  # type: ignore[arg-type]
    assert len(table) == summary["median"].size
    assert list(dict.fromkeys(table["span"])) == (spans or YEARS)
    for row in table.to_dict(orient="records"):
        one = summary.sel(group=row["group"], span=row["span"])
        for name in NUMBERS:
            assert row[name] == pytest.approx(float(one[name]), rel=1e-12), (name, row)
        assert row["interval"] == 0.8 and row["units"]


def test_the_share_is_of_the_group_asked_for(country_fit: Fit) -> None:
    own, other = (estimate_table(country_fit, "share", ["2020"], of) for of in (None, "commoner"))
    assert own["group"].tolist() == ["elite"] and other["group"].tolist() == ["commoner"]
    assert own["mean"][0] + other["mean"][0] == pytest.approx(1.0)


def test_the_same_span_twice(country_fit: Fit) -> None:
    table = estimate_table(country_fit, "share", ["2020", "2020"])
    assert len(table) == 2 and table["mean"].nunique() == 1


def test_effects_are_ratios_beside_their_prior(country_fit: Fit) -> None:
    table = effect_table(country_fit, 0.9).set_index(["group", "covariate"])
    # The sanctions act on the elites only.
    assert list(table.index) == [
        ("elite", "closure"),
        ("elite", "sanctions"),
        ("commoner", "closure"),
    ]
    posterior, prior = country_fit.posterior["effect"], country_fit.group("prior")["effect"]
    for (group, covariate), row in table.iterrows():  # type: ignore[misc]
        own = posterior.sel(group=group, covariate=covariate)
        before = prior.sel(group=group, covariate=covariate)
        assert row["median"] == pytest.approx(float(np.exp(own).median()))
        assert row["low"] == pytest.approx(float(np.exp(own.quantile(0.05))), rel=1e-3)
        assert row["prior_low"] == pytest.approx(float(np.exp(before.quantile(0.05))))
        assert row["prior_high"] == pytest.approx(float(np.exp(before.quantile(0.95))))
        assert row["contraction"] == pytest.approx(1 - float(own.var()) / float(before.var()))
        assert row["below_1"] == probability(own < 0).value
        assert row["units"] == "ratio"
    assert table.loc[("elite", "sanctions"), "per"] == "all of them"
    pd.testing.assert_frame_equal(
        estimate_table(country_fit, "effects"), effect_table(country_fit, 0.9)
    )


def test_change_holds_levels_parts_and_probabilities(country_fit: Fit) -> None:
    path = ["2019", "2020", "2022"]
    table = estimate_table(country_fit, "change", path, "elite")
    change = decompose(country_fit, *path, of="elite")
    by = table.set_index(["what", "item"])
    for span in path:
        assert by.loc[("share of elite", span), "mean"] == pytest.approx(
            float(change.data["share"].sel(span=span).mean())
        )
        assert by.loc[("count of elite", span), "mean"] == pytest.approx(
            float(change.data["count"].sel(span=span).mean())
        )
    for name in ("share", "count", "total"):
        ratio = float(change.ratio(name).mean())
        assert by.loc[(f"{name} ratio", "2019 -> 2022"), "mean"] == pytest.approx(ratio)
    parts = table[table["what"] == "part of the change in count"]
    total = float(
        (change.data["count"].sel(span="2022") - change.data["count"].sel(span="2019")).mean()
    )
    assert parts["mean"].sum() == pytest.approx(total)
    assert parts["item"].tolist() == ["exposure", "closure", "sanctions", "season", "trend"]
    odds = table[table["what"] == "probability"].set_index("item")
    assert list(odds.index) == list(EVENTS)
    for event in EVENTS:
        assert (odds.loc[event, "mean"], odds.loc[event, "mcse"]) == change.prob(event)


def test_change_takes_the_headline_when_no_spans_are_given(country_fit: Fit) -> None:
    pd.testing.assert_frame_equal(
        estimate_table(country_fit, "change"),
        estimate_table(country_fit, "change", ["2019", "2022"], "elite"),
    )


def test_a_fit_without_whole_years_has_all_its_periods(bare_fit: Fit) -> None:
    table = estimate_table(bare_fit, "expected")
    assert table["span"].tolist() == ["2020-03-01..2020-05-31"]
    whole = float(bare_fit.posterior["expected"].sum("period").mean()) / (92 / 366)
    assert table["mean"][0] == pytest.approx(whole)


def test_wrong_use_is_refused(country_fit: Fit, bare_fit: Fit) -> None:
    with pytest.raises(
        SpecError, match="unknown quantity 'shares'; allowed: expected, rate, share"
    ):
        estimate_table(country_fit, "shares")
    with pytest.raises(SpecError, match="model 'small' has no covariates"):
        estimate_table(bare_fit, "effects")
    with pytest.raises(SpanError, match="change needs two spans or more"):
        estimate_table(bare_fit, "change")
    with pytest.raises(SpanError, match="change needs two spans or more"):
        estimate_table(country_fit, "change", ["2019"])
    with pytest.raises(UnknownNameError, match="Did you mean 'elite'"):
        estimate_table(country_fit, "share", ["2019"], "elit")


# --- as text --------------------------------------------------------------------------------


def test_rounded_shows_no_more_than_the_error_allows(country_fit: Fit) -> None:
    for quantity in ("expected", "rate", "share", "effects"):
        table = estimate_table(country_fit, quantity)
        shown = rounded(table)
        assert not {"mean", "sd", "mcse"} & set(shown.columns)
        for exact, text in zip(
            table.to_dict(orient="records"), shown.to_dict(orient="records"), strict=True
        ):
            places = len(text["median"].partition(".")[2])
            assert 10.0**-places >= 2 * exact["mcse"] or places == 0
            # And no fewer: one more decimal would be moved by the error.
            assert 10.0 ** -(places + 1) < 2 * exact["mcse"]
            assert float(text["median"].replace(",", "")) == pytest.approx(
                exact["median"], abs=0.5 * 10.0**-places
            )


def test_rounded_keeps_small_rates() -> None:
    """A rate of 5 in 100,000 is not 0.00005 when it is known to three digits."""
    frame = pd.DataFrame(
        {"median": [5.123e-5], "low": [4.9e-5], "high": [5.3e-5], "mcse": [2e-8], "units": ["rate"]}
    )
    assert rounded(frame)["median"].tolist() == ["0.0000512"]


def test_rounded_of_what_never_varies_and_what_cancels() -> None:
    frame = pd.DataFrame(
        {"median": [1.0, 1e-17], "mcse": [0.0, 1e-18], "units": ["share", "share"]}
    )
    assert rounded(frame)["median"].tolist() == ["1", "0"]


def test_rounded_probabilities_are_never_certain(country_fit: Fit) -> None:
    table = estimate_table(country_fit, "change")
    shown = rounded(table)
    texts = shown["median"][(table["units"] == "probability").to_numpy()].tolist()
    assert len(texts) == len(EVENTS)
    for text in texts:
        assert re.fullmatch(r"[<>] 0\.\d+|0\.\d+", text) and float(text.strip("<> ")) not in (
            0.0,
            1.0,
        )
    assert (shown != shown).sum().sum() == 0  # no NaN is shown
    assert "nan" not in " ".join(shown.astype(str).to_numpy().ravel())


# --- verdicts -------------------------------------------------------------------------------

ODDS = r"P\({}\) (= 0\.\d+|[<>] 0\.\d+)"
TWO = ", ".join(ODDS.format(label) for label in ("share up", "count up", "share up, count not"))


def test_a_verdict_is_one_line(country_fit: Fit) -> None:
    also = {"of": "elite", "before": "2019", "after": "2022", "also": [["2020", "2022H1"]]}
    fit = fabricate(country_spec(headline=also), country(), draws=100)
    lines = verdicts(fit)
    assert len(lines) == 2
    assert re.fullmatch(rf"verdict 2019 -> 2022: {TWO}", lines[0]), lines[0]
    assert re.fullmatch(rf"verdict 2020 -> 2022H1: {TWO}", lines[1]), lines[1]


def test_a_verdicts_numbers_are_the_decompositions(country_fit: Fit) -> None:
    change = decompose(country_fit, "2019", "2022", of="elite")
    (line,) = verdicts(country_fit)
    for label, event in (
        ("share up", "share_up"),
        ("count up", "count_up"),
        ("share up, count not", "share_up & ~count_up"),
    ):
        text = str(change.prob(event))
        assert f"P({label}) {text if text[0] in '<>' else '= ' + text}" in line
        assert isinstance(change.prob(event), Probability)


def test_a_single_group_has_a_verdict_on_its_count(bare_fit: Fit) -> None:
    assert verdicts(bare_fit) == []
    fit = fabricate(
        make_spec("2019", "2021", "year", groups=("all",)),
        make_dataset(("all", "2020", 8), groups=("all",)),
        draws=50,
    )
    (line,) = verdicts(fit)
    assert re.fullmatch("verdict 2019 -> 2021: " + ODDS.format("count up"), line), line
