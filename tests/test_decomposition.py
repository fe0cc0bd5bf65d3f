from __future__ import annotations

from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
import xarray as xr

from country import prior
from defectmodels.errors import SpanError, SpecError, UnknownNameError
from defectmodels.estimands import rates
from defectmodels.estimands.decomposition import (
    MOST_ENUMERATED,
    Decomposition,
    _integrated,
    _share_parts,
    decompose,
    log_factors,
    shapley,
)
from defectmodels.inference.fit import Fit
from fabricate import fabricate, with_group
from smallworld import make_dataset, make_series, make_spec

PATHS: tuple[tuple[str, ...], ...] = (
    ("2019", "2022"),
    ("2019", "2021Q1"),
    ("2019-02-10..2019-11-20", "2020Q3..2022-05-05"),
    ("2019Q2..2021Q1", "2020..2022"),
    ("2020", "2020"),
    ("2019", "2020", "2021Q3", "2022"),
    ("First", "Second"),
)


def four_groups() -> Fit:
    groups = ("a", "b", "c", "d")
    series = [make_series("closure", {"2019": 0.0, "2020..2021": 1.0})]
    data = make_dataset(("everyone", "2019", 90), ("b", "2020", 9), groups=groups, series=series)
    effect = {"series": "closure", "groups": ["b", "d"], "ratio": prior(0.4, 2.0)}
    axis = ("2019-01", "2021-12", "month")
    spec = make_spec(*axis, groups=groups, term=[{"kind": "covariates", "effect": [effect]}])
    return fabricate(spec, data, draws=50)


def one_group() -> Fit:
    term = [{"kind": "trend", "scale": prior(0.2, 3.0)}]
    spec = make_spec("2019Q1", "2022Q4", "quarter", groups=("all",), term=term)
    return fabricate(spec, make_dataset(("everyone", "2019", 90), groups=("all",)), draws=50)


def bare() -> Fit:
    """No covariates, no exposure, no terms: a rate that never changes."""
    return fabricate(
        make_spec("2019", "2022", "year"), make_dataset(("everyone", "2019", 90)), draws=50
    )


def gap(change: Decomposition) -> float:
    """Most that parts, steps and the path as a whole miss of the change of the levels."""
    data, found = change.data, []
    for name, dim in (("share", "group"), ("count", "part")):
        parts = data[f"{name}_part"].sum(dim).transpose("chain", "draw", "step")
        # The change is worked out of the levels, not of the parts.
        levels = data[name].transpose("chain", "draw", "span").values
        steps = levels[..., 1:] - levels[..., :-1]
        whole = change.path(f"{name}_part").sum(dim).transpose("chain", "draw")
        found += [
            parts.values - steps,
            data[f"{name}_change"].values - steps,
            whole.values - (levels[..., -1] - levels[..., 0]),
        ]
    return float(np.max([np.abs(one).max() for one in found]))


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
@pytest.mark.parametrize("of", ["elite", "commoner"])
def test_parts_add_to_the_change_on_every_draw(
    country_fit: Fit, path: tuple[str, ...], of: str
) -> None:
    assert gap(decompose(country_fit, *path, of=of)) < 1e-9


@pytest.mark.parametrize(
    "make, of, parts",
    [
        (four_groups, "b", ["exposure", "closure"]),
        (four_groups, "a", ["exposure"]),
        (one_group, "all", ["exposure", "trend"]),
        (bare, "elite", ["exposure"]),
    ],
)
def test_parts_add_whatever_the_model_lacks(make: Any, of: str, parts: list[str]) -> None:
    fit = make()
    change = decompose(fit, "2019", "2021-03-05..2021-08-09", of=of)
    assert gap(change) < 1e-9
    assert list(change.data["part"].values) == parts
    assert list(change.data["group"].values) == list(fit.spec.groups)


def test_counts_and_shares_are_those_of_the_spans(country_fit: Fit) -> None:
    spans = ("2019", "2020Q2..2021Q1")
    change = decompose(country_fit, *spans, of="elite")
    counts = rates.annual(country_fit, spans)
    xr.testing.assert_allclose(change.data["count"], counts.sel(group="elite", drop=True))
    xr.testing.assert_allclose(change.data["total"], counts.sum("group"))
    own = rates.share(country_fit, "elite", spans)
    xr.testing.assert_allclose(change.data["share"], own)
    ratio = change.ratio("count")
    expected = counts.sel(group="elite", span=spans[1]) / counts.sel(group="elite", span=spans[0])
    np.testing.assert_allclose(ratio.values, expected.values)


@pytest.mark.parametrize("first, last", [("2019", "2022"), ("2019Q2", "2020-02-03..2022-01-15")])
def test_reversing_the_path_turns_every_sign(country_fit: Fit, first: str, last: str) -> None:
    there = decompose(country_fit, first, last, of="elite").data
    back = decompose(country_fit, last, first, of="elite").data
    for name in ("share_part", "count_part", "share_change", "count_change"):
        np.testing.assert_allclose(there[name].values, -back[name].values, rtol=0, atol=1e-9)
        assert np.abs(there[name].values).max() > 1e-3


def test_a_path_adds_its_steps(country_fit: Fit) -> None:
    path = decompose(country_fit, "2019", "2020", "2022", of="elite")
    steps = [
        decompose(country_fit, a, b, of="elite") for a, b in (("2019", "2020"), ("2020", "2022"))
    ]
    for name in ("share_part", "count_part"):
        both = sum(step.path(name) for step in steps)
        np.testing.assert_allclose(path.path(name).values, both.values, rtol=0, atol=1e-9)


# --- published and worked examples ----------------------------------------------------------


def test_kitagawas_two_components() -> None:
    """Kitagawa 1955: composition at mean rates, and rates at mean composition."""
    mix_a, mix_b = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])
    rate_a, rate_b = np.array([0.02, 0.07, 0.1]), np.array([0.03, 0.05, 0.2])
    values = np.array([mix_a @ rate_a, mix_b @ rate_a, mix_a @ rate_b, mix_b @ rate_b])
    composition = (mix_b - mix_a) @ (rate_a + rate_b) / 2
    rates_part = (rate_b - rate_a) @ (mix_a + mix_b) / 2
    np.testing.assert_allclose(shapley(values), [composition, rates_part], rtol=1e-12)


def test_a_share_of_two_groups_by_hand() -> None:
    """From 10 of 100 to 12 of 60: the elite's part is the mean over both orders."""
    counts = np.array([[[10.0], [90.0]], [[12.0], [48.0]]])
    parts = _share_parts(counts, of=0)[:, 0]
    first = 12 / 102 - 10 / 100
    last = 12 / 60 - 10 / 58
    assert parts[0] == pytest.approx((first + last) / 2)
    assert parts.sum() == pytest.approx(12 / 60 - 10 / 100)


def test_shapley_is_the_mean_over_all_orders() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=2**4)
    by_hand = np.zeros(4)
    orders = list(permutations(range(4)))
    for order in orders:
        switched = 0
        for factor in order:
            by_hand[factor] += values[switched | 1 << factor] - values[switched]
            switched |= 1 << factor
    np.testing.assert_allclose(shapley(values), by_hand / len(orders), atol=1e-12)


# --- many groups ----------------------------------------------------------------------------


def made_counts(kind: str, groups: int, draws: int = 20) -> np.ndarray:
    """Counts (span of two, group, draw)."""
    rng = np.random.default_rng(groups)
    if kind == "unequal":
        return np.exp(rng.normal(0.0, 4.0, (2, groups, draws)))
    counts = rng.gamma(3.0, 10.0, (2, groups, draws))
    if kind == "zero":
        # One of two stays, else a share is 0 / 0.
        counts[0, 0] = counts[1, 1 : min(groups - 1, 2)] = 0.0
        counts[:, 3:4] = 0.0
    elif kind == "fall":
        counts[1] *= 1e-4
    elif kind == "same":
        counts[1, 1:] = counts[0, 1:]
    return counts


def share_change(counts: np.ndarray, of: int) -> np.ndarray:
    share = counts[:, of] / counts.sum(axis=1)
    return share[1] - share[0]


@pytest.mark.parametrize("kind", ["like", "unequal", "zero", "fall", "same"])
@pytest.mark.parametrize("groups", [2, 3, 5, MOST_ENUMERATED])
def test_the_integral_is_the_mean_over_all_sets(kind: str, groups: int) -> None:
    counts = made_counts(kind, groups)
    for of in (0, groups - 1):
        exact, found = _share_parts(counts, of), _integrated(counts, of)
        assert np.abs(found - exact).max() < 1e-12 * np.abs(exact).max()


def test_the_integral_is_the_mean_over_all_sets_of_twelve(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = made_counts("unequal", 12)
    found = _share_parts(counts, 5)
    monkeypatch.setattr("defectmodels.estimands.decomposition.MOST_ENUMERATED", 12)
    exact = _share_parts(counts, 5)
    assert np.abs(found - exact).max() < 1e-12 * np.abs(exact).max()


@pytest.mark.parametrize("kind", ["like", "unequal", "zero", "fall", "same"])
@pytest.mark.parametrize("groups", [11, 40, 200])
def test_parts_of_many_groups_add_to_the_change(kind: str, groups: int) -> None:
    counts = made_counts(kind, groups, draws=2)
    for of in (0, 1, groups - 1):
        parts = _share_parts(counts, of)
        assert np.abs(parts.sum(axis=0) - share_change(counts, of)).max() < 1e-12
        still = (counts[0] == counts[1]) & (np.arange(groups) != of)[:, np.newaxis]
        assert not parts[still].any()


def test_spans_that_are_equal_have_no_parts_of_many_groups() -> None:
    counts = made_counts("like", 40)
    assert not _share_parts(counts[[0, 0]], 3).any()


def test_a_draw_that_is_no_number_leaves_the_others_as_they_are() -> None:
    counts = made_counts("like", 11)
    whole = _share_parts(counts, 2)
    counts[1, 4, 7] = np.nan
    found = _share_parts(counts, 2)
    assert np.isnan(found[:, 7]).all()
    others = np.arange(20) != 7
    np.testing.assert_allclose(found[:, others], whole[:, others], rtol=0, atol=1e-14)


# --- what does not change has no part -------------------------------------------------------


def test_a_factor_that_does_not_change_has_no_part(country_fit: Fit) -> None:
    data = decompose(country_fit, "2021", "2022", of="elite").data
    # The border is as closed in 2022 as in 2021, and the sanctions are the same.
    np.testing.assert_allclose(
        data["count_part"].sel(part=["closure", "sanctions"]), 0.0, atol=1e-9
    )
    assert np.abs(data["count_part"].sel(part="exposure")).max() > 0.1
    assert np.abs(data["count_part"].sel(part="trend")).max() > 0.1


def test_an_effect_of_another_group_has_no_part(country_fit: Fit) -> None:
    parts = decompose(country_fit, "2019", "2022", of="commoner").data["part"].values
    assert list(parts) == ["exposure", "closure", "season", "trend"]


def test_the_same_span_twice_changes_nothing(country_fit: Fit) -> None:
    change = decompose(country_fit, "2020", "2020", of="elite")
    assert list(change.data["span"].values) == ["0: 2020", "1: 2020"]
    for name in ("share_part", "count_part"):
        np.testing.assert_allclose(change.data[name], 0.0, atol=1e-9)
    assert change.prob("share_up").value == 0.0


def test_the_factors_multiply_to_the_expected_arrivals(country_fit: Fit) -> None:
    logs = sum(log_factors(country_fit).values())
    rest = (
        np.log(country_fit.posterior["expected"])
        - logs
        - np.log(country_fit.constant["period_years"])
    )
    assert float(rest.std("period").max()) < 1e-9


def test_a_series_named_like_a_factor_keeps_both_apart() -> None:
    series = [make_series("exposure", {"2019": 0.0, "2020..2022": 1.0})]
    effect = {"series": "exposure", "ratio": prior(0.4, 2.0)}
    spec = make_spec("2019", "2022", "year", term=[{"kind": "covariates", "effect": [effect]}])
    fit = fabricate(spec, make_dataset(("everyone", "2019", 90), series=series), draws=40)
    change = decompose(fit, "2019", "2021", of="elite")
    assert gap(change) < 1e-9
    assert list(change.data["part"].values) == ["exposure", "exposure (covariates)"]


# --- probabilities --------------------------------------------------------------------------


def levels(first: list[list[float]], last: list[list[float]]) -> Decomposition:
    """A change known on each of four draws: rows are draws, columns elite and total."""
    values = np.array([first, last])[:, None]
    dims = ("span", "chain", "draw")
    data = {"count": (dims, values[..., 0]), "total": (dims, values[..., 1])}
    frame = xr.Dataset(data).assign(share=lambda d: d["count"] / d["total"])
    return Decomposition("elite", frame)


@pytest.mark.parametrize(
    "event, value",
    [
        ("share_up", 0.75),
        ("count_up", 0.5),
        ("total_up", 0.25),
        ("share_up & ~count_up", 0.25),
        ("share_up | total_up", 0.75),
        ("~(share_up | count_up)", 0.25),
        (" ~share_up&~count_up&~total_up ", 0.25),
        ("~~total_up", 0.25),
    ],
)
def test_probability_of_an_event(event: str, value: float) -> None:
    first = [[10.0, 100.0]] * 4
    last = [[12.0, 110.0], [11.0, 90.0], [9.0, 50.0], [8.0, 90.0]]
    assert levels(first, last).prob(event).value == value


@pytest.mark.parametrize(
    "event",
    ["", "share", "shareup", "share_up and count_up", "share_up + count_up", "1", "share_up &", "x()",
     "__import__('os')", "share_up.data", "not share_up", "share_up == count_up", "share_up\ncount_up", "["],
)  # fmt: skip
def test_what_is_no_event_is_refused(country_fit: Fit, event: str) -> None:
    change = decompose(country_fit, "2019", "2022", of="elite")
    with pytest.raises(SpecError, match="share_up"):
        change.prob(event)


def test_events_exclude_each_other(country_fit: Fit) -> None:
    change = decompose(country_fit, "2019", "2021", of="elite")
    names = ("share_up", "count_up", "total_up")
    odds = [
        change.prob(
            " & ".join(f"{sign}{name}" for sign, name in zip(signs, names, strict=True))
        ).value
        for signs in product(("", "~"), repeat=3)
    ]
    assert sum(odds) == pytest.approx(1.0)
    assert odds[2] + odds[3] == pytest.approx(change.prob("share_up & ~count_up").value)


# --- refusals and the table -----------------------------------------------------------------


def test_wrong_use_is_refused(country_fit: Fit) -> None:
    with pytest.raises(SpanError, match="two spans or more"):
        decompose(country_fit, "2019", of="elite")
    with pytest.raises(UnknownNameError, match="Did you mean 'elite'"):
        decompose(country_fit, "2019", "2022", of="elites")
    with pytest.raises(SpanError, match=r"lies outside the fitted periods 2019Q1\.\.2022Q4"):
        decompose(country_fit, "2019", "2023", of="elite")
    with pytest.raises(SpanError, match="not a span of time"):
        decompose(country_fit, "2019", "soon", of="elite")


def test_the_table_holds_the_whole_path(country_fit: Fit) -> None:
    change = decompose(country_fit, "2019", "2020", "2022", of="elite")
    table = change.table()
    for name in ("share", "count"):
        rows = table[table["change"] == name].set_index("part")
        means = change.path(f"{name}_part").mean(("chain", "draw"))
        for part in means[means.dims[0]].values:
            assert rows.loc[part, "mean"] == pytest.approx(float(means.sel({means.dims[0]: part})))
    assert set(table["units"]) == {"share of arrivals, 0 to 1", "persons a year"}


def test_counts_close_with_an_uncertain_exposure(country_fit: Fit) -> None:
    """The level of an uncertain exposure is common to all periods: it has no part of its own."""
    posterior = country_fit.posterior
    factor = posterior["log_exposure_factor"] * 0 + xr.DataArray([1.0, 0.0], dims="group")
    lifted = posterior.assign(
        expected=posterior["expected"] * np.exp(factor), log_exposure_factor=factor
    )
    fit = with_group(country_fit, "posterior", lifted)
    before = decompose(country_fit, "2019", "2022", of="elite").data
    after = decompose(fit, "2019", "2022", of="elite").data
    np.testing.assert_allclose(after["count_part"], np.e * before["count_part"], rtol=1e-9)
