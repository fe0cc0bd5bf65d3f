"""The audit: leaving rows out by weights, truth, refits that are taken up again, and what is printed."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from country import country, country_spec, prior
from defectmodels import cli, names
from defectmodels.errors import EvidenceError, FitError
from defectmodels.estimands import checks, leaving
from defectmodels.estimands.audit import Audit, audit
from defectmodels.estimands.audit_text import printed_origins, printed_statements, remarks
from defectmodels.estimands.checks import Check, Checks, psis
from defectmodels.estimands.headline import Quantity, Value, moved, plain, quantities, weighted
from defectmodels.estimands.leaving import refitted
from defectmodels.estimands.tables import EVENTS
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference import sampling
from defectmodels.inference.fit import Fit
from defectmodels.inference.rows import kernel_draws, row_truth
from defectmodels.inference.without import (
    count_all,
    dataset_without,
    log_probability,
    rows_by_origin,
)
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.report.audit import audit as section
from defectmodels.report.pieces import Figure, Listing, Paragraph, Table
from defectmodels.report.view import View
from defectmodels.wording import said, speaking
from fabricate import CHANCE, fabricate, with_group
from smallworld import make_dataset, make_spec

Q = 0.7
DOUBT = {"medium": {"dist": "beta", "mean": Q, "size": 10.0, "why": "a test"}}
TOTALS = (("everyone", "2020H1", 30), ("everyone", "2020H2", 20))


def changed(dataset: Dataset, changes: dict[int, dict[str, Any]]) -> Dataset:
    """The dataset with other cells in some of its rows."""
    rows = [row.model_copy(update=changes.get(at, {})) for at, row in enumerate(dataset.statements)]
    return Dataset(dataset.header, tuple(rows), dataset.series)


def world(*rows: tuple[Any, ...], graded: tuple[int, ...] = (), **more: Any) -> Fit:
    """Quarters of 2020, elites and commoners, rates of some tens; some rows of medium grade."""
    dataset = changed(make_dataset(*TOTALS, *rows), {at: {"grade": "medium"} for at in graded})
    spec = make_spec(reliability=DOUBT if graded else {}, **more)
    level = {names.LOG_BASELINE: np.log([25.0, 80.0])}
    return fabricate(spec, dataset, draws=60, spread=0.3, changed=level)


def expected(fit: Fit) -> np.ndarray:
    """np.ndarray (sample, group, period)."""
    order = (*names.SAMPLE, names.GROUP, names.PERIOD)
    values = fit.posterior[names.EXPECTED].transpose(*order).values
    return values.reshape(-1, *values.shape[2:])


def reliability(fit: Fit) -> np.ndarray:
    return fit.posterior[names.RELIABILITY].values.reshape(-1)


def share(one: np.ndarray, half: int) -> float:
    """Elite share of one half of 2020, from (group, period)."""
    cells = one[:, 2 * half : 2 * half + 2]
    return float(cells[0].sum() / cells.sum())


def binomial(total: int, p: float) -> np.ndarray:
    return stats.binom.pmf(np.arange(total + 1), total, p)


def as_matrix(fit: Fit, values: np.ndarray) -> xr.DataArray:
    """Draws as (chain, draw)."""
    shape = tuple(fit.posterior.sizes[dim] for dim in names.SAMPLE)
    return xr.DataArray(values.reshape(shape), dims=names.SAMPLE)


# --- importance weights against what is known ------------------------------------------------

SHAPE, MEAN = 4.0, 60.0
PERSONS = (57, 60, 63, 66)


def conjugate() -> tuple[Fit, np.ndarray]:
    """One Gamma rate and four Poisson years: exact posterior draws of a rate that is constant."""
    rows = [("all", str(2018 + at), count) for at, count in enumerate(PERSONS)]
    rate = {"dist": "gamma", "mean": MEAN, "shape": SHAPE, "why": "a test"}
    spec = make_spec("2018", "2021", "year", groups=("all",), baseline={"all": {"rate": rate}})
    fit = fabricate(spec, make_dataset(*rows, groups=("all",)), draws=4000)
    years = fit.constant["period_years"].values
    law = stats.gamma(SHAPE + sum(PERSONS), scale=1 / (SHAPE / MEAN + years.sum()))
    drawn = law.rvs(size=(2, 4000), random_state=5)
    posterior = fit.posterior.copy()
    posterior[names.RATE] = posterior[names.RATE].copy(
        data=np.broadcast_to(drawn[:, :, None, None], posterior[names.RATE].shape)
    )
    posterior[names.EXPECTED] = posterior[names.RATE] * fit.constant["period_years"]
    logs = fit.group("log_likelihood")
    exact = stats.poisson.logpmf(PERSONS, drawn[..., None] * years)
    logs[names.DIRECT_COUNT] = logs[names.DIRECT_COUNT].copy(data=exact)
    return with_group(with_group(fit, "posterior", posterior), "log_likelihood", logs), drawn


@pytest.mark.parametrize("gone", [(0,), (3,), (1, 2), (0, 1)])
def test_weights_give_the_exact_posterior_without_the_rows(gone: tuple[int, ...]) -> None:
    fit, drawn = conjugate()
    years = fit.constant["period_years"].values
    left = [at for at in range(4) if at not in gone]
    law = stats.gamma(
        SHAPE + sum(PERSONS[at] for at in left), scale=1 / (SHAPE / MEAN + years[left].sum())
    )
    logs = log_probability(fit, count_all(fit), {f"S{at}" for at in gone})
    log_weights, k = psis(logs[:, None])
    weights = np.exp(log_weights[:, 0])
    assert k[0] < 0.7 and weights.sum() == pytest.approx(1.0)
    rate = xr.DataArray(drawn, dims=names.SAMPLE)
    for point in law.ppf([0.1, 0.5, 0.9]):
        event = Quantity("2018", "2019", "count_up", rate > point)
        found = weighted(event, weights)
        assert abs(found.value - law.sf(point)) < 4 * found.mcse < 0.06
        step, error = moved(event, weights)
        assert step == pytest.approx(found.value - plain(event).value, abs=1e-12)
        whole = stats.gamma(
            SHAPE + sum(PERSONS), scale=1 / (SHAPE / MEAN + years.sum())
        ).sf(point)  # fmt: skip
        assert abs(step - (law.sf(point) - whole)) < 4 * error
    middle = weighted(Quantity("2018", "2019", "count ratio", rate), weights)
    assert abs(middle.value - law.median()) < 4 * middle.mcse < 4
    assert middle.low == pytest.approx(law.ppf(0.05), rel=0.03)
    assert middle.high == pytest.approx(law.ppf(0.95), rel=0.03)


def test_even_weights_give_the_draws_own_numbers(country_fit: Fit) -> None:
    for one in quantities(country_fit):
        weights = np.full(len(one.draws), 1 / len(one.draws))
        found, own = weighted(one, weights), plain(one)
        assert found.value == pytest.approx(own.value, rel=0.01)
        if one.event:
            assert moved(one, weights)[0] == pytest.approx(0.0, abs=1e-12)
            assert found.mcse == pytest.approx(own.mcse, rel=0.1)
        else:
            assert found.low == pytest.approx(own.low, rel=0.02)


def test_an_error_is_never_nothing(country_fit: Fit) -> None:
    always = Quantity("a", "b", "count_up", xr.ones_like(country_fit.posterior["frailty_cv"]) > 0)
    weights = np.full(600, 1 / 600)
    assert weighted(always, weights)[::3] == pytest.approx((1.0, 1 / 600))
    assert moved(always, weights) == pytest.approx((0.0, 1 / 600), abs=1e-12)


# --- joint rows against enumeration ----------------------------------------------------------


def test_a_graded_row_left_out_is_the_ratio_of_sums() -> None:
    """S2 (exactly known) stays, S3 (medium) goes."""
    fit = world(("elite", "2020", 9, 12), ("elite", "2020H1", 7), graded=(3,))
    found = log_probability(fit, count_all(fit), {"S3"})
    for one, q, value in zip(expected(fit), reliability(fit), found, strict=True):
        both = np.outer(binomial(30, share(one, 0)), binomial(20, share(one, 1)))
        total = np.add.outer(np.arange(31), np.arange(21))
        fits = both * ((total >= 9) & (total <= 12))
        want = (q * fits[7].sum() + (1 - q) * CHANCE * fits.sum()) / fits.sum()
        assert value == pytest.approx(math.log(want), abs=1e-9)


@pytest.mark.parametrize("frailty", [None, prior(0.3, 2.0)])
def test_a_total_takes_what_is_counted_given_it_with_it(frailty: Any) -> None:
    """Without the total of the second half, its elites are counted by themselves."""
    more = {} if frailty is None else {"frailty": frailty}
    fit = world(("elite", "2020", 9, 12), ("elite", "2020H1", 7), graded=(3,), **more)
    found = log_probability(fit, count_all(fit), {"S1"})
    own = fit.group("log_likelihood")[names.DIRECT_COUNT].sel({names.DIRECT: "S1"}).values.ravel()
    cv = fit.posterior[names.FRAILTY].values.ravel() if frailty else np.zeros(len(found))
    rows = zip(expected(fit), reliability(fit), cv, own, found, strict=True)
    for one, q, scatter, log, value in rows:
        mean = one[0, 2:].sum()
        size = mean**2 / (one[0, 2:] ** 2).sum() / scatter**2 if scatter else None
        counts = np.arange(21)
        free = (
            stats.nbinom.pmf(counts, size, size / (size + mean))
            if size
            else stats.poisson.pmf(counts, mean)
        )
        sums = []
        for second in (binomial(20, share(one, 1)), free):
            both = np.outer(binomial(30, share(one, 0)), second)
            total = np.add.outer(np.arange(31), counts)
            fits = both * ((total >= 9) & (total <= 12))
            sums.append(q * fits[7].sum() + (1 - q) * CHANCE * fits.sum())
        assert value == pytest.approx(log + math.log(sums[0] / sums[1]), abs=1e-8)


def test_what_is_left_out_is_what_a_design_without_it_lacks(country_fit: Fit) -> None:
    """The invariant, for joint rows of every family and all of them at once."""
    fit = fabricate(
        country_spec(reliability=DOUBT),
        changed(
            country(), {8: {"grade": "medium"}, 9: {"grade": "medium"}, 12: {"grade": "medium"}}
        ),
    )
    counted = count_all(fit)
    ids = [row.statement.id for row in fit.design.joint.rows]
    whole = counted.draws.run(fit.design.joint.program).log_z.sum(axis=1)
    for size in (1, 2, len(ids)):
        for gone in itertools.combinations(ids, size):
            rest = make_design(fit.spec, dataset_without(fit, set(gone)))
            value = np.zeros(len(whole))
            if rest.joint.rows:
                posterior = fit.posterior.sel({names.GRADE: list(rest.grades)})
                if rest.scaled:
                    posterior = posterior.sel({names.DEFINITION: list(rest.scaled)})
                else:
                    posterior = posterior.drop_vars(names.FACTOR)
                if not rest.grades:
                    posterior = posterior.drop_vars(names.RELIABILITY)
                draws = kernel_draws(rest, posterior, np.full(len(rest.joint.rows), CHANCE))
                value = draws.run(rest.joint.program).log_z.sum(axis=1)
            nested = {row.statement.id for row in rest.selection.nested}
            if nested - {row.statement.id for row in fit.design.selection.nested}:
                continue  # counted in closed form there: the same probability, in another place
            found = log_probability(fit, counted, set(gone))
            np.testing.assert_allclose(found, whole - value, atol=1e-8)


def test_rows_that_others_are_counted_given_are_not_weighed(country_fit: Fit) -> None:
    counted = count_all(country_fit)
    with pytest.raises(EvidenceError, match="S7 is counted given a row that goes"):
        log_probability(country_fit, counted, {"S0"})
    # With what is nested in it, it can go.
    assert np.isfinite(log_probability(country_fit, counted, {"S0", "S7"})).all()


# --- truth -----------------------------------------------------------------------------------


def test_truth_is_that_of_enumeration() -> None:
    fit = world(("elite", "2020H1", 7), ("elite", "2020H1", 4, 8), graded=(2, 3))
    found = audit(fit).statements.set_index("id")
    first, second = [], []
    for one, q in zip(expected(fit), reliability(fit), strict=True):
        counts = np.arange(31)
        seven, between = counts == 7, (counts >= 4) & (counts <= 8)
        pmf = binomial(30, share(one, 0))
        for holds in (seven, between):
            pmf = pmf * (q * holds + (1 - q) * CHANCE)
        first.append(pmf[seven].sum() / pmf.sum())
        second.append(pmf[between].sum() / pmf.sum())
    assert found["truth"]["S2"] == pytest.approx(np.mean(first), abs=1e-9)
    assert found["truth"]["S3"] == pytest.approx(np.mean(second), abs=1e-9)
    assert (found["chance"][["S2", "S3"]] == CHANCE).all()
    assert 0 < found["truth_mcse"]["S2"] < 0.1
    assert found["taken_as_true"].to_dict() == {"S0": True, "S1": True, "S2": False, "S3": False}
    assert found["truth"]["S0"] == 1 and math.isnan(found["chance"]["S0"])
    assert printed_statements(audit(fit)).set_index("id")["true"]["S0"] == "taken as true"


def test_a_row_that_contradicts_everything_is_hardly_true() -> None:
    fit = world(
        ("elite", "2020H1", 5, 9), ("elite", "2020H1", 6, 8), ("elite", "2020H1", 28), graded=(3, 4)
    )
    truth = audit(fit).statements.set_index("id")["truth"]
    assert truth["S4"] < 1e-6 and truth["S3"] > 0.9


# --- what is known and what is not -----------------------------------------------------------


def heavy(fit: Fit, row: str, k: float) -> Fit:
    """The fit with one direct row whose weights have a Pareto tail of shape k."""
    logs = fit.group("log_likelihood")
    array = logs[names.DIRECT_COUNT].copy(deep=True)
    tail = np.random.default_rng(3).permutation(np.arange(1, 601) / 601)
    array.loc[{names.DIRECT: row}] = k * np.log(tail).reshape(2, 300)
    return with_group(fit, "log_likelihood", logs.assign({names.DIRECT_COUNT: array}))


def sound(monkeypatch: pytest.MonkeyPatch, verdict: str = "pass") -> None:
    """Let every fit have this verdict, so that no test depends on what random draws look like."""
    item = Check("chains agree", verdict, "made up", "more draws")  # type: ignore[arg-type]
    monkeypatch.setattr(checks, "check", lambda fit: Checks((item,), xr.Dataset(), pd.DataFrame()))


@pytest.fixture(scope="module")
def plain_fit() -> Fit:
    """Totals of the country alone: nothing is nested, nothing joint."""
    rows = [row for row in country().statements if row.definition == "everyone"]
    data = country()
    return fabricate(
        country_spec(definition={"everyone": {}}), Dataset(data.header, tuple(rows), data.series)
    )


def test_a_high_pareto_k_is_marked_and_has_no_number(plain_fit: Fit) -> None:
    found = audit(heavy(plain_fit, "S3", 1.2))
    one = found.origins.set_index("origin").loc["S3"]
    assert one["how"] == "refit needed" and one["pareto_k"] > 0.7
    assert "Pareto k is 1." in one["reason"]
    assert math.isnan(one["influence"]) and all(math.isnan(one[event]) for event in EVENTS)
    assert "S3" not in set(found.headline["origin"]) and "S3" in found.unknown
    text = printed_origins(found).set_index("origin").loc["S3"]
    assert text["influence"] == "not known" and text["P(count up)"] == ""
    with speaking("ko"):
        text = printed_origins(found).set_index("출처").loc["S3"]
        assert re.fullmatch(r"파레토 k가 1\.\d\d(으로|로) 0\.7을 넘음", said(one["reason"]))
    assert text["영향력"] == "알 수 없음" and text["방법"] == "재적합 필요"
    mild = audit(heavy(plain_fit, "S3", 0.3)).origins.set_index("origin").loc["S3"]
    assert mild["how"] == "weights" and mild["pareto_k"] < 0.6


def test_every_used_statement_stands_once_and_in_order(country_fit: Fit) -> None:
    found = audit(country_fit)
    assert sorted(found.statements["id"]) == sorted(
        row.statement.id for row in country_fit.design.selection.rows
    )
    known = found.origins[found.origins["how"] == "weights"]
    assert list(known["influence"]) == sorted(known["influence"], reverse=True)
    # What weights say nothing of stands first: it may be anything.
    nested = found.origins["reason"].str.contains("is counted given")
    assert nested.sum() == 4 and nested[:4].all()
    order = {name: at for at, name in enumerate(found.origins["origin"])}
    assert [order[name] for name in found.statements["origin"]] == sorted(order.values())
    whole = found.headline[found.headline["origin"] == ""]
    assert len(whole) == len(quantities(country_fit))
    for event in found.events:
        assert found.all_rows(event).value == whole.set_index("quantity")["value"][event]


def test_the_section_is_said_in_the_language_of_the_report(country_fit: Fit) -> None:
    made = Fit(country_fit.spec, country_fit.dataset, country_fit.tree)
    made.__dict__["checks"] = Checks((), xr.Dataset(), pd.DataFrame())

    def text() -> str:
        found: list[str] = []
        for piece in section(View(made)).pieces:
            if isinstance(piece, Table):
                rows = (piece.columns, *piece.rows)
                found += [piece.caption, *(str(cell) for row in rows for cell in row)]
            elif isinstance(piece, Figure):
                found += [piece.caption, *(panel.alt for panel in piece.panels)]
            elif isinstance(piece, Paragraph):
                found.append(piece.text)
        return "\n".join(found)

    english, says = text(), list(audit(made).statements["says"])
    with speaking("ko"):
        korean, told = text(), [said(one) for one in says]
    numbers = [Counter(re.findall(r"\d\.\d+", one)) for one in (english, korean)]
    assert numbers[0] == numbers[1] and numbers[0].total() > 20
    # Texts that were worked out in English are said again where they stand in a table.
    assert any("to" in one.split() for one in says) and set(told) <= set(korean.splitlines())
    left = set(re.findall("[A-Za-z]{3,}", korean)) - set(re.findall("[A-Za-z]{3,}", " ".join(told)))
    assert left == set()
    assert not re.search("at least|at most|more than|as many| to ", " ".join(told))


def test_rows_of_one_origin_go_together() -> None:
    data = changed(country(), {at: {"origin": "ministry"} for at in (0, 1, 7, 8)})
    fit = fabricate(country_spec(), data)
    assert [row.statement.id for row in rows_by_origin(fit.design)["ministry"]] == [
        "S0", "S1", "S7", "S8",
    ]  # fmt: skip
    one = audit(fit).origins.set_index("origin").loc["ministry"]
    assert one["rows"] == "S0, S1, S7, S8" and "counted given" not in one["reason"]
    said = audit(fit).statements.query("origin == 'ministry'")
    assert said["influence"].nunique(dropna=False) == 1


def test_what_no_refit_could_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_dataset(("all", "2020", 10), ("all", "2022", 12), groups=("all",))
    data = changed(data, {0: {"origin": "one"}, 1: {"origin": "one"}})
    fit = fabricate(make_spec("2020", "2022", "year", groups=("all",)), data)
    sound(monkeypatch)
    monkeypatch.setattr(leaving, "PARETO_K", -math.inf)
    found = audit(fit)
    assert list(found.origins["how"]) == ["cannot be left out"]
    assert "no statement" in remarks(found)[0] and found.unknown == ()
    assert found.events == ("count_up",)


def test_nothing_is_quoted_of_a_fit_that_fails(
    country_fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = Fit(country_fit.spec, country_fit.dataset, country_fit.tree)
    sound(monkeypatch, "fail")
    found = audit(fit)
    assert set(found.origins["how"]) == {"withheld"} and not len(found.headline)
    assert found.statements["truth"].notna().all() and found.events == ()
    assert "withheld" in remarks(found)[0]
    with pytest.raises(FitError, match="failed its checks"):
        audit(fit, refits="anywhere")
    text = " ".join(p.text for p in section(View(fit)).pieces if isinstance(p, Paragraph))
    assert "withheld" in text and not any(
        isinstance(piece, Figure) for piece in section(View(fit)).pieces
    )


def test_a_model_without_a_comparison_has_truths_only() -> None:
    data = make_dataset(("everyone", "2020Q1", 10), groups=("all",))
    fit = fabricate(make_spec(groups=("all",)), data)
    fit.__dict__["checks"] = Checks((), xr.Dataset(), pd.DataFrame())
    found = audit(fit)
    assert list(found.origins["how"]) == ["none"] and "no headline" in remarks(found)[0]
    assert "nothing rests on it" in str(section(View(fit)).pieces)


@pytest.mark.parametrize(
    "settings, said",
    [
        ({"most": 2}, "name a folder"),
        ({"most": -1, "refits": "x"}, "most is -1; give a whole number of 0 or more"),
        ({"refits": __file__}, "is a file; refits are written to a folder"),
    ],
)
def test_settings_are_refused(
    country_fit: Fit, settings: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound(monkeypatch)
    fit = Fit(country_fit.spec, country_fit.dataset, country_fit.tree)
    with pytest.raises(FitError, match=said):
        audit(fit, **settings)


# --- refits ----------------------------------------------------------------------------------


class Sampler:
    """Stands in for sampling: made-up draws, and what was asked for; can be interrupted."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.stop_at = stop_at

    def __call__(
        self, spec: ModelSpec, data: Dataset, *, random_seed: int, sampler: str, progress: bool,
        draws: int, tune: int, chains: int,
    ) -> Fit:  # fmt: skip
        assert (sampler, tune, progress) == ("none", 0, False)
        if len(self.asked) == self.stop_at:
            raise KeyboardInterrupt
        self.asked.append(tuple(one.id for one in data.statements))
        return fabricate(spec, data, draws=draws, chains=chains, seed=random_seed)


@pytest.fixture
def sampler(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Sampler]:
    def install(**settings: Any) -> Sampler:
        made = Sampler(**settings)
        monkeypatch.setattr(sampling, "fit", made)
        return made

    sound(monkeypatch)
    return install


@pytest.fixture
def fresh(country_fit: Fit) -> Fit:
    """The country's fit without remembered checks."""
    return Fit(country_fit.spec, country_fit.dataset, country_fit.tree)


def test_refits_answer_what_weights_cannot(
    fresh: Fit, tmp_path: Path, sampler: Callable[..., Sampler]
) -> None:
    made = sampler()
    before, found = audit(fresh), audit(fresh, refits=tmp_path / "new", executor="serial")
    assert len(made.asked) == len(before.unknown) and found.unknown == ()
    for origin, ids in zip(before.unknown, made.asked, strict=True):
        assert set(ids) == {row.statement.id for row in fresh.design.selection.rows} - {origin}
        one = found.origins.set_index("origin").loc[origin]
        again = fabricate(fresh.spec, dataset_without(fresh, {origin}))
        assert one["how"] == "refit" and one["influence"] >= 0 < one["influence_mcse"]
        assert one["count_up"] == plain(quantities(again)[1]).value
    # Weights and refits are of the same rows, and what weights gave stays as it was.
    both = before.origins.merge(found.origins, on="origin")
    same = both[both["how_x"] == "weights"]
    assert (same["influence_x"] == same["influence_y"]).all()


def test_an_interrupted_run_is_taken_up_again(
    fresh: Fit, tmp_path: Path, sampler: Callable[..., Sampler]
) -> None:
    first = sampler(stop_at=2)
    with pytest.raises(KeyboardInterrupt):
        audit(fresh, refits=tmp_path, executor="serial")
    assert len(list(tmp_path.iterdir())) == 2 == len(first.asked)
    second = sampler()
    found = audit(fresh, refits=tmp_path)
    assert not set(first.asked) & set(second.asked)
    assert len(second.asked) == 3 and found.unknown == ()
    third = sampler()
    pd.testing.assert_frame_equal(audit(fresh, refits=tmp_path).origins, found.origins)
    assert third.asked == []


def test_most_takes_those_that_seem_to_matter(
    fresh: Fit, tmp_path: Path, sampler: Callable[..., Sampler]
) -> None:
    made, unknown = sampler(), audit(fresh).unknown
    found = audit(fresh, refits=tmp_path, most=2)
    done = found.origins[found.origins["how"] == "refit"]["origin"]
    assert set(done) == set(unknown[:2]) and len(made.asked) == 2
    assert found.unknown == unknown[2:]
    assert audit(fresh, refits=tmp_path / "none", most=0).unknown == unknown


def test_a_refit_of_something_else_is_made_again_and_a_foreign_file_refused(
    fresh: Fit, tmp_path: Path, sampler: Callable[..., Sampler]
) -> None:
    made = sampler()
    audit(fresh, refits=tmp_path, most=1)
    audit(fresh, refits=tmp_path, most=1)
    assert len(made.asked) == 1
    only = audit(fresh, refits=tmp_path, most=1, random_seed=9).origins
    assert (only["how"] == "refit").sum() == 1 and len(made.asked) == 2
    last = audit(fresh).unknown[-1]
    (tmp_path / f"{last}.json").write_text("{}")
    with pytest.raises(FitError, match=rf"{last}\.json: is no result of a study"):
        audit(fresh, refits=tmp_path, random_seed=10)
    assert len(made.asked) == 2, "refused before any refit"


def test_a_refit_without_a_result_is_told_with_its_seed_in_both_languages(
    fresh: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **settings: object) -> None:
        raise FitError("no posterior")

    sound(monkeypatch)
    monkeypatch.setattr(sampling, "fit", broken)
    found = audit(fresh, refits=tmp_path, most=1, random_seed=1234)
    bad = found.origins[found.origins["how"] == "refit failed"]
    want = "the refit with seed 1234 gave nothing: FitError: no posterior"
    assert list(bad["reason"]) == [want] and bad["influence"].isna().all()
    with speaking("ko"):
        assert "1234" in said(bad["reason"].iloc[0]) != want
    assert not list(tmp_path.iterdir()), "it is tried again the next time"


def test_a_refit_that_fails_its_checks_is_not_quoted(
    fresh: Fit, tmp_path: Path, sampler: Callable[..., Sampler], monkeypatch: pytest.MonkeyPatch
) -> None:
    sampler()
    assert fresh.checks.verdict == "pass"  # remembered by this fit, not by the refits
    sound(monkeypatch, "fail")
    found = audit(fresh, refits=tmp_path, most=1)
    again = audit(fresh, refits=tmp_path, most=1)
    assert list(again.origins["reason"]) == list(found.origins["reason"])
    bad = found.origins[found.origins["how"] == "refit failed"]
    assert len(bad) == 1 and bad["influence"].isna().all() and bad["count_up"].isna().all()
    assert "refit failed: the refit failed its checks: chains agree" in remarks(found)[0]


@pytest.mark.slow
def test_a_real_refit_agrees_with_weights(small_fit: Fit) -> None:
    """The same question both ways: ten years of two groups, less one elite count."""
    fit = Fit(small_fit.spec, small_fit.dataset, small_fit.tree)
    fit.__dict__["checks"] = Checks((), xr.Dataset(), pd.DataFrame())
    by_weights = audit(fit).origins.set_index("origin")
    reliable = by_weights[by_weights["pareto_k"] < 0.5].sort_values("influence")
    origin = str(reliable.index[-1])
    found = refitted(fit.made | {"random_seed": 7}, fit.spec, dataset_without(fit, {origin}))
    # An event has no interval: NaN, which equals itself for numpy only.
    np.testing.assert_equal(json.loads(json.dumps(found)), found)
    for one, value in zip(quantities(fit), found["values"], strict=True):
        own, other = Value(*value), by_weights.loc[origin]
        if one.event:
            error = math.hypot(own.mcse, other[f"{one.name} mcse"])
            assert abs(own.value - other[one.name]) < 4 * error + 0.005


# --- the command line ------------------------------------------------------------------------

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["defectmodels", "audit", *map(str, args)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        printed = capsys.readouterr()
        return int(done.value.code or 0), printed.out, printed.err

    return run


@pytest.fixture(scope="module")
def file(country_fit: Fit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return country_fit.save(tmp_path_factory.mktemp("fits") / "country.nc")


def test_the_command_prints_verdicts_origins_and_statements(
    run: Run, file: Path, country_fit: Fit
) -> None:
    code, out, err = run(file)
    assert code == 0 and err == "" and "nan" not in out.lower()
    assert out.startswith("verdict 2019 -> 2022: P(share up)")
    found = audit(country_fit)
    for text in (*found.origins["origin"], *found.statements["says"], "not known", "taken as true"):
        assert text in out
    assert f"defectmodels audit {file} --refits FOLDER" in out.splitlines()[-1]
    assert all(len(line) <= 200 for line in out.splitlines())


def test_json_and_csv_have_every_column(run: Run, file: Path, country_fit: Fit) -> None:
    def no(constant: str) -> None:
        raise ValueError(constant)

    found = audit(country_fit)
    content = json.loads(run(file, "--json")[1], parse_constant=no)
    assert set(content) == {"checks", "of", "pairs", "statements", "origins", "headline"}
    assert content["of"] == "elite" and content["pairs"] == [["2019", "2022"]]
    for name in ("statements", "origins", "headline"):
        assert len(content[name]) == len(getattr(found, name))
        assert list(content[name][0]) == list(getattr(found, name).columns)
    assert None in [one["influence"] for one in content["origins"]]
    lines = list(csv.DictReader(io.StringIO(run(file, "--csv")[1])))
    assert [line["id"] for line in lines] == list(found.statements["id"])


@pytest.mark.parametrize(
    "args, code, said",
    [
        (("gone.nc",), 2, "there is no such file"),
        (("FILE", "--most", "-1", "--refits", "x"), 2, "--most"),
        (("FILE", "--most", "2"), 2, "name a folder"),
        (("FILE", "--refits", __file__), 2, "is a file"),
        (("FILE", "--executor", "cluster"), 2, "known: serial, threads, processes, dask"),
        (("FILE", "--refit", "x", "y"), 2, "Usage:"),
        ((), 2, "Usage:"),
    ],
)
def test_wrong_use(run: Run, file: Path, args: tuple[str, ...], code: int, said: str) -> None:
    got, out, err = run(*(file if arg == "FILE" else arg for arg in args))
    assert (got, out) == (code, "") and said in err and "Traceback" not in err


def test_refits_from_the_command_line_are_told_and_taken_up(
    run: Run, file: Path, tmp_path: Path, sampler: Callable[..., Sampler]
) -> None:
    made = sampler(stop_at=1)
    code, out, err = run(file, "--refits", tmp_path, "--executor", "serial")
    assert code == 130 and out == "" and "refits 1 of 5: " in err and "interrupted" in err
    made = sampler()
    code, out, err = run(file, "--refits", tmp_path, "--most", 3)
    assert code == 0 and len(made.asked) == 2
    assert f"refits 1 of 3: read 1 from {tmp_path}" in err and "refits 3 of 3: " in err
    assert [line for line in err.splitlines() if line] == err.splitlines()


# --- the report ------------------------------------------------------------------------------


def test_the_section_samples_nothing_and_names_what_is_not_known(
    fresh: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*args: object, **settings: object) -> None:
        raise AssertionError("sampled")

    sound(monkeypatch)
    monkeypatch.setattr(sampling, "fit", no)
    made = section(View(fresh))
    found: Audit = audit(fresh)
    assert made.key == "audit" and made.title == "Evidence audit"
    text = " ".join(piece.text for piece in made.pieces if isinstance(piece, Paragraph))
    assert all(origin in text for origin in found.unknown) and f"{len(found.unknown)} of 13" in text
    commands = [piece.items for piece in made.pieces if isinstance(piece, Listing)]
    assert commands == [("defectmodels audit fit.nc --refits refits",)]
    figures = [piece for piece in made.pieces if isinstance(piece, Figure)]
    assert len(figures) == 1 and "Posterior probability" in figures[0].caption
    tables = [piece for piece in made.pieces if isinstance(piece, Table)]
    assert [bool(table.folded) for table in tables] == [False, True, True]
    assert [len(table.rows) for table in tables] == [10, 13, 13]
    drawn = str(figures[0].panels[0].svg)
    assert not [origin for origin in found.unknown if f">{origin}<" in drawn]
    assert ">S10<" in drawn


def test_the_section_says_what_is_more_probably_untrue(monkeypatch: pytest.MonkeyPatch) -> None:
    sound(monkeypatch)
    headline = {"of": "elite", "before": "2020H1", "after": "2020H2"}
    rows = (("elite", "2020H1", 5, 9), ("elite", "2020H1", 28))
    made = section(View(world(*rows, graded=(3,), headline=headline)))
    text = " ".join(piece.text for piece in made.pieces if isinstance(piece, Paragraph))
    assert "1 statement may be untrue; 3 " in text
    assert "More probably untrue than true: S3 (< 0." in text
    tables = [piece for piece in made.pieces if isinstance(piece, Table)]
    assert [row[0] for row in tables[-2].rows] == ["S3"] and "may be untrue" in tables[-2].caption


def test_truth_is_that_of_the_rows(country_fit: Fit) -> None:
    fit = world(("elite", "2020", 9, 12), ("elite", "2020H1", 7), graded=(2, 3))
    draws = count_all(fit).draws
    want = row_truth(fit.design, draws).mean(axis=0)
    found = audit(fit).statements.set_index("id")["truth"]
    ids = [row.statement.id for row in fit.design.joint.rows]
    np.testing.assert_allclose(found[ids], want)
