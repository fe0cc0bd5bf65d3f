"""Parts by theme add to the change, and are those of going through all orders of the themes."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from country import country, country_spec, prior
from defectmodels.errors import SpanError, SpecError, UnknownNameError
from defectmodels.estimands import parts as module
from defectmodels.estimands import rates
from defectmodels.estimands.decomposition import decompose
from defectmodels.estimands.parts import SEASON, TREND, Parts, parts_of_change, parts_of_contrast
from defectmodels.estimands.scenarios import scenarios
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import parse_span
from defectmodels.evidence.scenario import Scenario
from defectmodels.inference.fit import Fit
from fabricate import fabricate
from histories import change, history, unknown
from smallworld import make_dataset, make_series, make_spec

THEMES = {
    "closure": "the border",
    "sanctions": "sanctions",
    "officials": "people",
    "border": "people",
}
WHATS = ("share", "count", "total")
SPANS = [
    ("2019", "2022"),
    ("2019", "2021Q1"),
    ("2020Q2..2021Q3", "2019-02-10..2020-11-20"),
    ("First", "Second"),
]


def themed(themes: dict[str, str], draws: int = 5, **changes: Any) -> Fit:
    data = country()
    series = {
        name: one.model_copy(update={"theme": themes.get(name, "")})
        for name, one in data.series.items()
    }
    data = Dataset(data.header, data.statements, series)
    return fabricate(country_spec(**changes), data, draws=draws)


@pytest.fixture(scope="module")
def fit() -> Fit:
    return themed(THEMES)


def samples(array: Any, *dims: str) -> np.ndarray:
    """np.ndarray (sample, *dims)."""
    found = array.transpose("chain", "draw", *dims).values
    return found.reshape(-1, *found.shape[2:])


def closes(parts: Parts) -> None:
    for what in WHATS:
        total = samples(parts.data[f"{what}_part"], "part").sum(axis=1)
        sides = samples(parts.data[what], "side")
        np.testing.assert_allclose(total, sides[:, 1] - sides[:, 0], rtol=0, atol=1e-9)
        np.testing.assert_allclose(samples(parts.change(what)), sides[:, 1] - sides[:, 0])


def over_all_orders(value: Any, themes: list[str]) -> np.ndarray:
    """Mean over all orders of what switching a theme changes: np.ndarray (sample, theme)."""
    orders = list(permutations(range(len(themes))))
    total: Any = 0.0
    for order in orders:
        on: frozenset[str] = frozenset()
        steps = [0.0] * len(themes)
        for at in order:
            steps[at] = value(on | {themes[at]}) - value(on)
            on = on | {themes[at]}
        total = total + np.array(steps).T
    return np.asarray(total / len(orders))


# ---------------------------------------------------------------- between two spans


def counts_by_hand(fit: Fit, before: str, after: str) -> Any:
    """Arrivals a year of each group for a set of switched themes, factor by factor."""
    posterior, constant = fit.posterior, fit.constant
    effect, x = samples(posterior["effect"], "group", "covariate"), constant["covariates"].values
    season = samples(posterior["season_effect"], "group", "season")
    trend = samples(posterior["trend"], "group", "period")
    level = np.exp(
        samples(posterior["log_baseline"], "group")
        + samples(posterior["log_exposure_factor"], "group")
    )
    exposure, years = constant["exposure"].values, constant["period_years"].values

    def factors(group: int) -> dict[str, np.ndarray]:
        covariates = np.exp(effect[:, group, :, None] * x.T[None])
        return {
            "the border": covariates[:, 0],
            "sanctions": covariates[:, 1],
            "people": np.broadcast_to(exposure[group], trend[:, group].shape),
            SEASON: np.exp(season[:, group][:, np.arange(16) % 4]),
            TREND: np.exp(trend[:, group]),
        }

    def mean(group: int, text: str, chosen: frozenset[str]) -> np.ndarray:
        span = rates.resolve(fit, text)
        weights = fit.spec.periods.weights(span) * years / rates.calendar_years(span)
        product: Any = 1.0
        for theme, factor in factors(group).items():
            product = product * (factor if theme in chosen else 1.0)
        days = weights.sum() if SEASON in chosen else 1.0
        return np.asarray((product * weights).sum(axis=-1) / weights.sum() * days)

    every = frozenset(factors(0))

    def counts(on: frozenset[str]) -> np.ndarray:
        return np.array(
            [level[:, g] * mean(g, after, on) * mean(g, before, every - on) for g in range(2)]
        )

    return counts


@pytest.mark.parametrize(("before", "after"), SPANS)
@pytest.mark.parametrize("of", ["elite", "commoner"])
def test_parts_are_those_of_all_orders(fit: Fit, before: str, after: str, of: str) -> None:
    parts = parts_of_change(fit, before, after, of)
    closes(parts)
    themes = ["the border", "sanctions", "people", SEASON, TREND]
    assert set(parts.data["part"].values) == set(themes)
    assert list(parts.data["part"].values)[-2:] == [SEASON, TREND]
    by_set: dict[frozenset[str], np.ndarray] = {}
    counts, place = counts_by_hand(fit, before, after), ("elite", "commoner").index(of)

    def value(what: str, on: frozenset[str]) -> np.ndarray:
        if on not in by_set:
            by_set[on] = counts(on)
        both = by_set[on]
        whole = {"count": both[place], "total": both.sum(axis=0)}
        return whole[what] if what in whole else both[place] / both.sum(axis=0)

    for what in WHATS:
        want = over_all_orders(lambda on, w=what: value(w, on), themes)
        own = parts.data[f"{what}_part"].sel(part=themes)
        np.testing.assert_allclose(samples(own, "part"), want, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("before", "after"), SPANS)
def test_sides_are_the_spans_own_counts_and_shares(fit: Fit, before: str, after: str) -> None:
    parts = parts_of_change(fit, before, after)
    assert (parts.of, parts.first, parts.last) == ("elite", before, after)
    counts = samples(rates.annual(fit, [before, after]), "group", "span")
    np.testing.assert_allclose(samples(parts.data["count"], "side"), counts[:, 0], rtol=1e-12)
    np.testing.assert_allclose(samples(parts.data["total"], "side"), counts.sum(axis=1), rtol=1e-12)
    share = samples(rates.share(fit, "elite", [before, after]), "span")
    np.testing.assert_allclose(samples(parts.data["share"], "side"), share, rtol=1e-12)


def test_series_that_are_each_a_theme_have_the_parts_of_the_decomposition() -> None:
    """Spans of as many days have no part of their length; another group's series has none either."""
    fit = themed({})
    parts = parts_of_change(fit, "2019", "2021").data["count_part"]
    names = {"exposure": "officials", "season": SEASON, "trend": TREND}
    whole = decompose(fit, "2019", "2021", of="elite").path("count_part")
    assert set(parts["part"].values) == {
        "officials",
        "border",
        "closure",
        "sanctions",
        SEASON,
        TREND,
    }
    for factor in whole["part"].values:
        own = parts.sel(part=names.get(str(factor), str(factor)))
        np.testing.assert_allclose(own, whole.sel(part=factor), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(parts.sel(part="border"), 0.0, atol=1e-12)


def test_parts_of_the_total_are_sums_over_groups(fit: Fit) -> None:
    elite, commoner = (
        parts_of_change(fit, "2019", "2022", of).data for of in ("elite", "commoner")
    )
    both = elite["count_part"] + commoner["count_part"]
    np.testing.assert_allclose(elite["total_part"], both, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(elite["share_part"], -commoner["share_part"], rtol=1e-9, atol=1e-12)


def test_one_theme_of_everything_has_the_rest_beside_it() -> None:
    every = themed(dict.fromkeys(THEMES, "all of it"))
    parts = parts_of_change(every, "2020", "2022")
    assert list(parts.data["part"].values) == ["all of it", SEASON, TREND]
    closes(parts)


def test_reversing_turns_every_sign(fit: Fit) -> None:
    there, back = parts_of_change(fit, "2019", "2022"), parts_of_change(fit, "2022", "2019")
    for what in WHATS:
        np.testing.assert_allclose(
            there.data[f"{what}_part"], -back.data[f"{what}_part"], rtol=1e-9, atol=1e-12
        )


def test_what_a_model_lacks_has_no_part() -> None:
    bare = fabricate(
        make_spec("2019", "2022", "year"), make_dataset(("everyone", "2019", 9)), draws=5
    )
    parts = parts_of_change(bare, "2019", "2020")
    assert list(parts.data["part"].values) == [SEASON]
    closes(parts)
    one = make_spec(
        "2019Q1",
        "2022Q4",
        "quarter",
        groups=("all",),
        term=[{"kind": "trend", "scale": prior(0.2, 3.0)}],
    )
    alone = fabricate(one, make_dataset(("everyone", "2019", 90), groups=("all",)), draws=20)
    found = parts_of_change(alone, "2019", "2021")
    closes(found)
    # The share of everyone never changes, so that there are no fractions of its change.
    table = found.table()
    assert set(table.loc[table["what"] == "share", "kind"]) == {"part", "change"}
    assert set(table.loc[table["what"] == "count", "kind"]) == {"part", "change", "fraction"}
    assert np.isfinite(table["median"]).all()


def test_a_series_called_season_is_no_season() -> None:
    series = [make_series("season", {"2019": 0.0, "2020..2022": 1.0})]
    terms = [
        {"kind": "covariates", "effect": [{"series": "season", "ratio": prior(0.5, 2.0)}]},
        {"kind": "season", "size": 1.2, "why": "a test"},
    ]
    spec = make_spec("2019Q1", "2022Q4", "quarter", term=terms)
    fit = fabricate(spec, make_dataset(("everyone", "2019", 90), series=series), draws=5)
    parts = parts_of_change(fit, "2019", "2021")
    assert list(parts.data["part"].values) == ["season", SEASON]
    closes(parts)
    assert np.abs(parts.data["count_part"].sel(part="season")).min() > 1e-3
    np.testing.assert_allclose(parts.data["count_part"].sel(part=SEASON), 0.0, atol=1e-9)


# ---------------------------------------------------------------- against a scenario

CHANGES = {
    "the border": [change("level", "closure", "2020-02-11", value=0.1)],
    "sanctions": [change("level", "sanctions", "2021-03-01", value=0.3)],
    "people": [
        change("scale", "officials", "2020-05-05", by=1.4),
        change("shift", "border", "2019-01-01", by=-2000.0),
    ],
}


def other(on: frozenset[str] = frozenset()) -> Scenario:
    """The scenario with the series of some themes as they were."""
    listed = [one for theme, some in CHANGES.items() if theme not in on for one in some]
    return history(*listed)


@pytest.mark.parametrize("span", ["2021", "2020..2022", "2020-03-05..2021-08-09"])
@pytest.mark.parametrize("of", ["elite", "commoner"])
def test_parts_of_a_contrast_are_those_of_all_orders(fit: Fit, span: str, of: str) -> None:
    parts = parts_of_contrast(fit, other(), span, of)
    closes(parts)
    assert list(parts.data["part"].values) == list(CHANGES)
    assert (parts.first, parts.last) == ("other", span)
    length, place = rates.calendar_years(parse_span(span)), ("elite", "commoner").index(of)
    made: dict[frozenset[str], np.ndarray] = {}

    def value(what: str, on: frozenset[str]) -> np.ndarray:
        if on not in made:
            found = scenarios(fit, [other(on)], [span]).draws("expected").sel(scenario="other")
            made[on] = samples(found.isel(span=0), "group").T / length
        both = made[on]
        whole = {"count": both[place], "total": both.sum(axis=0)}
        return whole[what] if what in whole else both[place] / both.sum(axis=0)

    for what in WHATS:
        want = over_all_orders(lambda on, w=what: value(w, on), list(CHANGES))
        own = samples(parts.data[f"{what}_part"], "part")
        np.testing.assert_allclose(own, want, rtol=1e-8, atol=1e-10)
        sides = samples(parts.data[what], "side")
        np.testing.assert_allclose(sides[:, 1], value(what, frozenset(CHANGES)), rtol=1e-10)
        np.testing.assert_allclose(sides[:, 0], value(what, frozenset()), rtol=1e-10)


def test_one_theme_is_the_whole_contrast(fit: Fit) -> None:
    alone = parts_of_contrast(fit, history(*CHANGES["people"]), "2021")
    assert list(alone.data["part"].values) == ["people"]
    for what in WHATS:
        whole = samples(alone.change(what))
        np.testing.assert_allclose(
            samples(alone.data[f"{what}_part"], "part")[:, 0], whole, rtol=1e-9
        )
        np.testing.assert_allclose(alone.fraction(what), 1.0, rtol=1e-9)


def test_an_uncertain_scenario_closes_too(fit: Fit) -> None:
    doubted = history(
        change("level", "closure", "2020-02-11", value=unknown(0.0, 0.9)),
        change("scale", "officials", "2021-01-01", by=unknown(0.5, 1.5)),
    )
    one, again = (parts_of_contrast(fit, doubted, "2021..2022", random_seed=s) for s in (1, 1))
    closes(one)
    np.testing.assert_array_equal(one.data["count_part"], again.data["count_part"])
    other_seed = parts_of_contrast(fit, doubted, "2021..2022", random_seed=2)
    assert (one.data["count_part"] != other_seed.data["count_part"]).any()
    expected = scenarios(fit, [doubted], ["2021..2022"], random_seed=1).draws("expected")
    want = samples(expected.sel(scenario="other", group="elite").isel(span=0)) / 2
    np.testing.assert_allclose(samples(one.data["count"], "side")[:, 0], want, rtol=1e-12)


# ---------------------------------------------------------------- table and refusals


def test_the_table_holds_parts_fractions_and_the_change(fit: Fit) -> None:
    parts = parts_of_change(fit, "2019", "2022")
    table = parts.table(0.8)
    assert len(table) == 3 * (5 + 5 + 1)
    for row in table.to_dict("records"):
        draws = {
            "part": parts.data[f"{row['what']}_part"],
            "fraction": parts.fraction(row["what"]),
        }
        values = (
            draws[row["kind"]].sel(part=row["part"])
            if row["kind"] in draws
            else parts.change(row["what"])
        )
        assert row["mean"] == pytest.approx(float(values.mean()))
        assert row["low"] == pytest.approx(float(values.quantile(0.1)))
    sums = samples(parts.fraction("share"), "part").sum(axis=1)
    np.testing.assert_allclose(sums, 1.0, rtol=1e-9)


def test_no_change_has_no_fractions(fit: Fit) -> None:
    table = parts_of_change(fit, "2020", "2020").table()
    assert set(table["kind"]) <= {"part", "change", "fraction"} and np.isfinite(table["mean"]).all()


def test_wrong_use_is_refused(fit: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'elite'"):
        parts_of_change(fit, "2019", "2022", "elites")
    with pytest.raises(SpanError, match="lies outside the fitted periods"):
        parts_of_change(fit, "2019", "2023")
    with pytest.raises(SpecError, match="scenario 'factual' changes nothing"):
        parts_of_contrast(fit, "factual", "2021")
    with pytest.raises(UnknownNameError, match="Did you mean 'elite'"):
        parts_of_contrast(fit, other(), "2021", "elites")
    with pytest.raises(SpanError, match="lies outside the fitted periods"):
        parts_of_contrast(fit, other(), "2023")
    monkeypatch.setattr(module, "MOST_THEMES", 2)
    for ask in (
        lambda: parts_of_change(fit, "2019", "2022"),
        lambda: parts_of_contrast(fit, other(), "2021"),
    ):
        with pytest.raises(SpecError, match=r"at most 2 can be split; give series that belong"):
            ask()
