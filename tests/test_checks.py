from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from country import prior
from defectmodels.estimands.checks import (
    CHECKS,
    MIN_ROWS,
    ORDER,
    PARETO_K,
    Check,
    Checks,
    _Allowed,
    _diagnose,
    _left_out,
    _places,
    check,
    judged,
    row_table,
)
from defectmodels.inference.fit import Fit
from defectmodels.model.design import make_design
from defectmodels.wording import said, speaking
from fabricate import CHANCE, centre, fabricate, redraw, with_group
from small import small_dataset, small_spec
from smallworld import make_dataset, make_spec

NAMES = {
    "chains agree", "enough draws, centre", "enough draws, tails", "Monte Carlo error", "divergences",
    "energy", "coverage", "calibration", "largest misfit", "identification", "direction",
    "prior share", "prior and evidence", "repeated rows", "spans compared", "leave-one-out",
}  # fmt: skip


def make_healthy(**more: int) -> Fit:
    """A fit whose evidence was drawn from the very values its posterior scatters around."""
    spec, data = small_spec(), small_dataset()
    design = make_design(spec, data)
    around = fabricate(spec, data, chains=1, draws=4, spread=0.0, seed=more.get("seed", 0))
    truth = around.posterior["expected"].values[0, 0]
    drawn = redraw(design, data, truth, frailty=0.15, seed=2)
    return fabricate(spec, drawn, **({"draws": 800, "chains": 4} | more))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def healthy() -> Fit:
    return make_healthy()


def verdicts(fit: Fit) -> dict[str, str]:
    return {item.name: item.verdict for item in check(fit).items}


def altered(fit: Fit, group: str, **variables: Callable[[xr.DataArray], xr.DataArray]) -> Fit:
    data = fit.group(group)
    return with_group(
        fit, group, data.assign({name: change(data[name]) for name, change in variables.items()})
    )


def posterior_altered(fit: Fit, change: Callable[[xr.DataArray], xr.DataArray]) -> Fit:
    """Every parameter of the posterior, and what follows from it, changed alike."""
    return with_group(fit, "posterior", fit.posterior.map(change))


def test_a_healthy_fit_passes(healthy: Fit) -> None:
    found = check(healthy)
    assert {item.name for item in found.items} == NAMES
    assert {item.name: item.verdict for item in found.items} == dict.fromkeys(NAMES, "pass")
    assert found.verdict == "pass" and found.failed == ()
    assert list(found.table().columns) == ["name", "verdict", "text", "remedy", "concerns"]


def test_most_healthy_fits_pass() -> None:
    """So that passing above is not the luck of one seed."""
    for seed in range(1, 6):
        assert check(make_healthy(seed=seed, draws=600)).verdict in ("pass", "warn")


def test_a_check_is_a_function_of_the_fit(healthy: Fit) -> None:
    first, again = check(healthy), check(healthy)
    assert first.items == again.items
    xr.testing.assert_identical(first.rows, again.rows)


def test_every_check_says_what_to_do(healthy: Fit) -> None:
    of = judged(healthy)
    assert len(CHECKS) >= 6
    for make in CHECKS:
        for item in make(of):
            assert item.remedy and "\n" not in item.text + item.remedy


# --- chains ---------------------------------------------------------------------------------


def shifted(by: float) -> Callable[[xr.DataArray], xr.DataArray]:
    def change(array: xr.DataArray) -> xr.DataArray:
        spread = array.std(("chain", "draw"))
        return array + by * spread * (array["chain"] == 1)

    return change


def test_chains_that_disagree_fail(healthy: Fit) -> None:
    found = verdicts(posterior_altered(healthy, shifted(3.0)))
    assert found["chains agree"] == "fail" and found["enough draws, centre"] == "fail"


def test_chains_that_nearly_agree_warn(healthy: Fit) -> None:
    assert verdicts(posterior_altered(healthy, shifted(0.3)))["chains agree"] == "warn"


def test_one_parameter_that_disagrees_is_named(healthy: Fit) -> None:
    broken = check(altered(healthy, "posterior", trend_scale=shifted(4.0)))
    item = next(item for item in broken.items if item.name == "chains agree")
    assert item.verdict == "fail" and "trend_scale[" in item.text


def test_a_sticky_chain_has_too_few_draws(healthy: Fit) -> None:
    def sticky(array: xr.DataArray) -> xr.DataArray:
        return array.isel(draw=(np.arange(array.sizes["draw"]) // 100) * 100).assign_coords(
            draw=array["draw"]
        )

    found = verdicts(posterior_altered(healthy, sticky))
    assert found["enough draws, centre"] == "fail" and found["enough draws, tails"] == "fail"
    assert found["Monte Carlo error"] != "pass"


def test_one_chain_cannot_be_judged() -> None:
    found = verdicts(make_healthy(chains=1, draws=2000))
    assert found["chains agree"] == "fail"


def test_few_draws_are_told() -> None:
    found = verdicts(make_healthy(chains=2, draws=40))
    assert found["enough draws, centre"] == "fail" and found["Monte Carlo error"] != "pass"


@pytest.mark.parametrize("name", ["trend_scale", "expected", "effect"])
def test_not_a_number_fails(healthy: Fit, name: str) -> None:
    def spoil(array: xr.DataArray) -> xr.DataArray:
        return array.where((array["chain"] != 1) | (array["draw"] != 17))

    broken = check(altered(healthy, "posterior", **{name: spoil}))
    assert broken.verdict == "fail"
    assert "chains agree" in {item.name for item in broken.failed}


def test_rounding_needs_no_diagnosis() -> None:
    """A part that is 0 but for rounding moves from draw to draw, and means nothing."""
    rng = np.random.default_rng(1)
    part = rng.normal(20.0, 3.0, (4, 200, 3))
    part[..., 1] = rng.choice([-3e-15, 0.0, 0.0, 3e-15], (4, 200))
    part[..., 2] = 1e-6 * part[..., 0]
    array = xr.DataArray(part, dims=("chain", "draw", "part"), coords={"part": ["a", "b", "c"]})
    assert list(_diagnose("part", array)["name"]) == ["part[a]", "part[c]"]
    part[0, 0, 1] = np.nan
    assert list(_diagnose("part", array)["name"]) == ["part[a]", "part[b]", "part[c]"]


# --- language -----------------------------------------------------------------------------


def test_checks_are_in_english_whatever_is_spoken_and_can_be_said_in_korean(healthy: Fit) -> None:
    english = check(healthy)
    with speaking("ko"):
        found = check(healthy)
        spoken = [said(item.text) for item in found.items]
        names = [said(item.name) for item in found.items]
        remedies = [said(item.remedy) for item in found.items]
    assert found.items == english.items
    assert found.table().equals(english.table())
    assert {item.name for item in found.items} == NAMES
    for item, name, text, remedy in zip(found.items, names, spoken, remedies, strict=True):
        for here, there in ((item.name, name), (item.text, text), (item.remedy, remedy)):
            assert re.search("[가-힣]", there) and not re.search("[가-힣]", here)
        assert set(re.findall(r"\d\.\d+", item.text)) <= set(re.findall(r"\d\.\d+", text))


# --- sampler --------------------------------------------------------------------------------


@pytest.mark.parametrize("diverged, verdict", [(0, "pass"), (1, "warn"), (33, "fail")])
def test_divergences(healthy: Fit, diverged: int, verdict: str) -> None:
    def diverge(array: xr.DataArray) -> xr.DataArray:
        values = np.zeros(array.shape, dtype="int8")
        values[0, :diverged] = 1
        return array.copy(data=values)

    broken = check(altered(healthy, "sample_stats", diverging=diverge))
    item = next(item for item in broken.items if item.name == "divergences")
    assert item.verdict == verdict and item.text.startswith(f"{diverged} of 3200")


@pytest.mark.parametrize("pull, verdict", [(0.75, "pass"), (0.88, "warn"), (0.95, "fail")])
def test_low_energy(healthy: Fit, pull: float, verdict: str) -> None:
    """An energy that moves slowly: 2 (1 - r) of its variance is what a step renews."""

    def slow(array: xr.DataArray) -> xr.DataArray:
        values = array.values.copy()
        for i in range(1, values.shape[1]):
            noise = np.sqrt(1 - pull**2) * (values[:, i] - 50.0)
            values[:, i] = 50.0 + pull * (values[:, i - 1] - 50.0) + noise
        return array.copy(data=values)

    assert verdicts(altered(healthy, "sample_stats", energy=slow))["energy"] == verdict


# --- prediction -----------------------------------------------------------------------------


def test_predictions_that_are_too_narrow_fail(healthy: Fit) -> None:
    def narrow(array: xr.DataArray) -> xr.DataArray:
        middle = array.median(("chain", "draw"))
        return (middle + 0.15 * (array - middle)).round().astype("int64")

    found = verdicts(altered(healthy, "posterior_predictive", direct=narrow, nested=narrow))
    assert found["coverage"] == "fail" and found["calibration"] != "pass"


def test_predictions_that_are_shifted_fail(healthy: Fit) -> None:
    def move(array: xr.DataArray) -> xr.DataArray:
        return (array * 2 + 20).astype("int64")

    found = verdicts(altered(healthy, "posterior_predictive", direct=move, nested=move))
    assert found["coverage"] == "fail" and found["largest misfit"] == "fail"


def test_predictions_that_are_wider_pass(healthy: Fit) -> None:
    """Rows helped to fit the model: looking a little too good is no fault."""

    def widen(array: xr.DataArray) -> xr.DataArray:
        middle = array.median(("chain", "draw"))
        return (middle + 3 * (array - middle)).round().clip(0).astype("int64")

    found = verdicts(altered(healthy, "posterior_predictive", direct=widen, nested=widen))
    assert (found["coverage"], found["calibration"], found["largest misfit"]) == ("pass",) * 3


def test_one_impossible_row_is_named(healthy: Fit) -> None:
    def never(array: xr.DataArray) -> xr.DataArray:
        values = array.values.copy()
        values[..., 3] = 5000
        return array.copy(data=values)

    broken = check(altered(healthy, "posterior_predictive", direct=never))
    item = next(item for item in broken.items if item.name == "largest misfit")
    name = str(healthy.constant["direct_row"].values[3])
    assert item.verdict == "fail" and f"row {name} is the least expected" in item.text
    assert {one.name: one.verdict for one in broken.items}["coverage"] == "pass"


def test_rows_that_carry_themselves_warn(healthy: Fit) -> None:
    """A log likelihood with a heavy tail: leaving such rows out is not reliable."""

    def heavy(array: xr.DataArray) -> xr.DataArray:
        tail = np.random.default_rng(1).pareto(0.5, array.shape)
        return array.copy(data=-np.log1p(tail))

    broken = check(altered(healthy, "log_likelihood", direct=heavy))
    item = next(item for item in broken.items if item.name == "leave-one-out")
    assert item.verdict == "warn" and "leaving them out is not reliable" in item.text
    assert float(broken.rows["pareto_k"].max()) > PARETO_K


def left_out(found: Checks) -> Check:
    return next(item for item in found.items if item.name == "leave-one-out")


def test_a_k_that_is_not_a_number_is_counted_and_named(healthy: Fit) -> None:
    """A log likelihood whose tail is one value and a few others is like no Pareto."""

    def tied(array: xr.DataArray) -> xr.DataArray:
        values = array.values.copy()
        flat = np.full(values[..., 0].size, -2.0)
        flat[:40] = -2.0 - np.arange(1, 41)
        values[..., 5] = flat.reshape(values[..., 0].shape)
        return array.copy(data=values)

    found = check(altered(healthy, "log_likelihood", direct=tied))
    k = found.rows["pareto_k"].values
    name = str(healthy.constant["direct_row"].values[5])
    assert [str(one) for one in found.rows["row"].values[np.isnan(k)]] == [name]
    text = left_out(found).text
    assert text.startswith(f"{1 + (k > PARETO_K).sum()} of {len(k)} rows") and f"({name}" in text
    assert "above 0.7 or none that is a number" in text


@pytest.mark.parametrize(("missing", "verdict"), [(1, "pass"), (2, "warn"), (8, "warn")])
def test_unknown_k_counts_as_unreliable(healthy: Fit, missing: int, verdict: str) -> None:
    of = judged(healthy)
    k = np.full(of.rows.sizes["row"], 0.2)
    k[:missing], k[-1] = np.nan, 0.9
    (item,) = _left_out(replace(of, rows=of.rows.assign(pareto_k=("row", k))))
    assert f"({', '.join(of.rows['row'].values[:missing])}" in item.text
    assert item.verdict == verdict


# --- rows -----------------------------------------------------------------------------------


def test_rows_of_evidence(healthy: Fit) -> None:
    rows = row_table(healthy)
    selection = healthy.design.selection
    ids = [row.statement.id for row in (*selection.direct, *selection.nested)]
    assert list(rows["row"].values) == ids
    assert len(ids) >= MIN_ROWS
    for row in selection.direct:
        one = rows.sel(row=row.statement.id)
        draws = (
            healthy.group("posterior_predictive")["direct"].sel(direct_row=row.statement.id).values
        )
        below, upto = (draws < row.interval.low).mean(), (draws <= row.interval.low).mean()
        assert below <= float(one["pit"]) <= upto
        assert float(one["tail"]) == pytest.approx(min(1.0, 2 * min(upto, 1 - below)))
        assert float(one["predicted_median"]) == np.median(draws)
        assert (
            float(one["predicted_low"])
            <= float(one["predicted_median"])
            <= float(one["predicted_high"])
        )
    assert bool(((rows["tail"] > 0) & (rows["tail"] <= 1)).all())


def test_an_open_interval_has_only_a_lower_tail(country_fit: Fit) -> None:
    rows = row_table(country_fit)
    open_rows = [
        row.statement.id for row in country_fit.design.selection.nested if row.interval.high is None
    ]
    assert open_rows
    for name in open_rows:
        one = rows.sel(row=name)
        draws = country_fit.group("posterior_predictive")["nested"].sel(nested_row=name).values
        assert float(one["high"]) == -1
        below = (draws < float(one["low"])).mean()
        assert below <= float(one["pit"]) <= 1.0
        assert float(one["tail"]) == pytest.approx(min(1.0, 2 * (1 - below)))


def test_left_out_rows_of_even_weight_keep_their_mean(healthy: Fit) -> None:
    """When a row's probability is the same in every draw, leaving it out changes nothing."""

    def flat(array: xr.DataArray) -> xr.DataArray:
        return xr.full_like(array, np.log(0.25))

    rows = row_table(altered(healthy, "log_likelihood", direct=flat, nested=flat))
    np.testing.assert_allclose(rows["elpd"], np.log(0.25))
    np.testing.assert_array_equal(rows["pareto_k"], 0.0)


def test_left_out_probability_of_independent_draws(healthy: Fit) -> None:
    """Without smoothing, leave-one-out is the harmonic mean; PSIS may move it but a little."""
    rows = row_table(healthy)
    logs = healthy.group("log_likelihood")["direct"].values.reshape(3200, -1)
    harmonic = -np.log(np.mean(np.exp(-logs), axis=0))
    ids = [row.statement.id for row in healthy.design.selection.direct]
    np.testing.assert_allclose(rows["elpd"].sel(row=ids), harmonic, atol=0.05)


def test_leaving_rows_out_concerns_comparing_only(healthy: Fit) -> None:
    found = check(healthy)
    concerned = {item.name: item.concerns for item in found.items}
    assert concerned.pop("leave-one-out") == "comparing" and set(concerned.values()) == {"quoting"}
    spoilt = [replace(i, verdict="fail") if i.name == "leave-one-out" else i for i in found.items]
    assert Checks(tuple(spoilt), found.rows, found.quantities).verdict == "pass"


def test_the_verdict_is_the_worst(healthy: Fit) -> None:
    items = check(healthy).items
    for verdict in ORDER:
        worse = Checks(
            (*items, type(items[0])("more", verdict, "text")),
            xr.Dataset(),
            check(healthy).quantities,
        )
        assert worse.verdict == verdict


def test_the_quantities_say_which_are_quoted(healthy: Fit) -> None:
    table = check(healthy).quantities
    assert set(table.columns) == {"name", "rhat", "ess_bulk", "ess_tail", "mcse_over_sd", "quoted"}
    quoted = set(table["name"][table["quoted"]].str.partition("[")[0])
    others = set(table["name"][~table["quoted"]].str.partition("[")[0])
    assert {"arrivals a year", "share of elite", "effect"} <= quoted
    assert "rate" not in others and {"trend", "frailty_cv", "trend_scale"} <= others
    around = centre(healthy.design)
    assert others == set(around)


def test_fits_with_few_rows_are_not_judged_by_coverage(country_fit: Fit) -> None:
    few = fabricate(country_fit.spec, country_fit.dataset.__class__(
        country_fit.dataset.header, country_fit.dataset.statements[:3], country_fit.dataset.series))  # fmt: skip
    assert "coverage" not in verdicts(few) and "largest misfit" in verdicts(few)


# --- joint rows -----------------------------------------------------------------------------


def graded_fit(*rows: tuple[object, ...], grades: dict[int, str], variant: int = -1) -> Fit:
    """A fit of four quarters in which two of ten are elites; some rows graded, one a variant."""
    dataset = make_dataset(("everyone", "2020H1", 100), ("everyone", "2020H2", 100), *rows)
    statements = [
        one.model_copy(
            update={
                "origin": "one",
                "grade": grades.get(at, ""),
                "status": "variant" if at == variant else "current",
            }
        )
        for at, one in enumerate(dataset.statements)
    ]
    opinion = {"dist": "beta", "mean": 0.8, "size": 10.0, "why": "a test"}
    spec = make_spec(
        baseline={
            "elite": {"rate": prior(40.0, 3.0) | {"dist": "lognormal"}},
            "commoner": {"rate": prior(160.0, 3.0) | {"dist": "lognormal"}},
        },
        reliability={grade: opinion for grade in set(grades.values())},
    )
    return fabricate(spec, replace(dataset, statements=tuple(statements)), draws=500)


def test_a_row_is_untrue_with_its_own_probability() -> None:
    """Of two rows of one grade, what contradicts the rates is untrue and surprises nobody by it."""
    fit = graded_fit(
        ("elite", "2020H1", 20), ("elite", "2020H2", 70), grades={2: "medium", 3: "medium"}
    )
    rows = row_table(fit)
    likely, contradicted = (float(rows["tail"].sel(row=name)) for name in ("S2", "S3"))
    posterior = fit.posterior
    elite = posterior["expected"].values.reshape(-1, 2, 4)[:, 0, :2].sum(axis=1)
    everyone = posterior["expected"].values.reshape(-1, 2, 4)[:, :, :2].sum(axis=(1, 2))
    chance = stats.binom.pmf(20, 100, elite / everyone)
    q = posterior["reliability"].values.ravel()
    true = chance * (q + (1 - q) * CHANCE) / (q * chance + (1 - q) * CHANCE)
    assert contradicted == pytest.approx(1.0, abs=1e-6)
    draws = fit.group("posterior_predictive")["joint"].sel(joint_row="S2").values
    tail = min(1.0, 2 * min((draws <= 20).mean(), (draws >= 20).mean()))
    assert likely == pytest.approx(1 - true.mean() + true.mean() * tail, abs=1e-9)
    assert float(rows["untrue"].sel(row="S2")) == pytest.approx(1 - true.mean(), abs=1e-9)
    assert (rows["untrue"].sel(row=["S0", "S1"]) == 0.0).all()
    # A grade's reliability would be the same for both.
    assert 1 - true.mean() < 0.5


def test_an_untrue_row_has_its_place_anywhere() -> None:
    rng = np.random.default_rng(1)
    draws = np.tile(np.arange(100)[:, None], (1, 2000))
    allowed = _Allowed(np.full(2000, 500), np.full(2000, 500), np.arange(2000))
    pit, tail, error = _places(draws, allowed, np.full(2000, 0.6), rng)
    assert (pit == 1.0).mean() == pytest.approx(0.4, abs=0.04)
    assert stats.kstest(pit[pit < 1.0], "uniform").pvalue > 0.01
    assert tail == pytest.approx(0.6, abs=0.01)
    # What is known of such a row is mostly that it is untrue, which has no such error.
    assert (error < 0.05).all()


@pytest.mark.parametrize(
    ("count", "inside"), [(5, True), (6, False), (12, False), (20, True), (25, True), (26, False)]
)
def test_a_count_between_two_readings_lies_outside(count: int, inside: bool) -> None:
    fit = graded_fit(("elite", "2020H1", 5), ("elite", "2020H1", 20, 25), grades={}, variant=3)
    (row,) = fit.design.joint.rows
    assert len(row.readings) == 2 and row.interval == (5, 25)

    def always(array: xr.DataArray) -> xr.DataArray:
        return xr.full_like(array, count)

    one = row_table(altered(fit, "posterior_predictive", joint=always)).sel(row="S2")
    assert (float(one["low"]), float(one["high"])) == (5.0, 25.0)
    assert (float(one["tail"]) == 1.0) == inside
    assert float(one["tail"]) < 0.5 or inside
    assert (float(one["pit"]) in (0.0, 1.0)) == (not inside)


def test_readings_that_overlap_are_one_interval() -> None:
    """The tail of 8 to 12 or 11 to 19 is that of 8 to 19."""
    rng = np.random.default_rng(1)
    for mean in (2.0, 8.0, 11.5, 15.0, 19.0, 40.0):
        draws = rng.poisson(mean, (4000, 1))
        two = _Allowed(np.array([8, 11]), np.array([12, 19]), np.array([0, 0]))
        whole = _Allowed(np.array([8]), np.array([19]), np.array([0]))
        _, tail, _ = _places(draws, two, np.zeros(1), np.random.default_rng(2))
        _, want, _ = _places(draws, whole, np.zeros(1), np.random.default_rng(2))
        assert tail == pytest.approx(want, abs=1e-12)


def test_places_of_what_the_model_says_are_even() -> None:
    """Published numbers and draws of one distribution; a second reading says any number."""
    rng = np.random.default_rng(1)
    said, other = rng.poisson(14.0, 3000), rng.integers(0, 40, 3000)
    draws = rng.poisson(14.0, (2000, 3000))
    low = rng.permuted(np.stack([said, other], axis=1), axis=1).ravel()
    allowed = _Allowed(low, low, np.repeat(np.arange(3000), 2))
    pit, _, _ = _places(draws, allowed, np.zeros(3000), rng)
    assert stats.kstest(pit, "uniform").pvalue > 0.01
