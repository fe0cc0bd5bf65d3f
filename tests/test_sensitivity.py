"""The study of sensitivity on a small model: what it finds is what audit, codings and closed forms say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import defectmodels.studies.sensitivity as study
import defectmodels.studies.sensitivity_plan as planning
from defectmodels.cli import cli
from defectmodels.errors import EvidenceError, FitError, UnknownNameError
from defectmodels.estimands.audit import audit
from defectmodels.estimands.headline import plain
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit
from defectmodels.inference.refits import Settings
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.sensitivity import (
    BASE,
    Sensitivity,
    load_sensitivity,
    seed_of,
    sensitivity,
)
from defectmodels.studies.sensitivity_run import Task, numbers_of, refitted
from defectmodels.studies.sensitivity_variants import codings
from small import small_dataset, small_spec
from smallworld import make_dataset, make_series, make_spec

TOLD = ("value", "low", "high", "mcse")
FEW = {"draws": 24, "tune": 40, "random_seed": 1}


@pytest.fixture(scope="module")
def found(small_fit: Fit) -> Sensitivity:
    """The whole study with few draws: some refits fail their checks."""
    return sensitivity(
        small_spec(),
        small_dataset(),
        fit=small_fit,
        prior_sets=["sceptical"],
        executor="serial",
        **FEW,
    )


def without_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a study with its sets of priors alone."""
    monkeypatch.setattr(study, "origins", lambda *_: ())
    monkeypatch.setattr(study, "powers", lambda *_: ())


def test_base_and_every_change_has_a_row(found: Sensitivity, small_fit: Fit) -> None:
    kinds = found.variants.groupby("kind").size()
    # Twenty origins; likelihood, all priors and six priors at two powers; a set.
    assert kinds.to_dict() == {BASE: 1, "origin": 20, "power": 16, "priors": 1}
    assert found.variants["variant"].is_unique
    assert found.variants["kind"].iloc[0] == BASE
    own = found.numbers[found.numbers["variant"] == BASE]
    want = {one.name: plain(one) for one in numbers_of(small_fit)}
    assert list(own["quantity"]) == list(want)
    np.testing.assert_array_equal(own[list(TOLD)].to_numpy(), np.array(list(want.values())))
    assert (own["difference"] == 0).all()


def test_what_the_numbers_are(small_fit: Fit) -> None:
    names = [one.name for one in numbers_of(small_fit)]
    assert names[:5] == [
        "share_up",
        "count_up",
        "share_up & ~count_up",
        "share ratio",
        "count ratio",
    ]
    assert {"part of share, elite", "part of share, commoner"} < set(names)
    assert {"part of count, exposure", "part of count, closure", "part of count, trend"} < set(
        names
    )
    parts = {one.name: one.draws for one in numbers_of(small_fit)}
    shares = parts["part of share, elite"] + parts["part of share, commoner"]
    # A part of each group, adding to the change: up in share where the sum is above 0.
    np.testing.assert_array_equal(shares > 0, parts["share_up"] > 0)


def test_leaving_an_origin_out_is_the_audit_s(found: Sensitivity, small_fit: Fit) -> None:
    table = audit(small_fit).headline
    weighed = found.variants[
        (found.variants["kind"] == "origin") & (found.variants["how"] == "weights")
    ]
    assert len(weighed) >= 5
    for one in weighed.to_dict("records"):
        wanted = table[table["origin"] == one["subject"]].set_index("quantity")
        own = found.numbers[found.numbers["variant"] == one["variant"]].set_index("quantity")
        np.testing.assert_array_equal(
            own.loc[wanted.index, list(TOLD)].to_numpy(), wanted[list(TOLD)].to_numpy()
        )
    needed = audit(small_fit).unknown
    refits = found.variants[(found.variants["kind"] == "origin") & (found.variants["seed"] >= 0)]
    assert set(refits["subject"]) == set(needed)


def test_no_number_comes_from_a_refit_that_failed_its_checks(found: Sensitivity) -> None:
    failed = found.variants[found.variants["how"] == "refit failed"]
    assert len(failed) and (failed["checks"] == "fail").all() and (failed["seed"] >= 0).all()
    told = set(found.numbers["variant"])
    assert not told & set(failed["variant"])
    assert told == set(found.variants["variant"]) - set(failed["variant"])


def test_differences_are_from_the_base_in_monte_carlo_errors(found: Sensitivity) -> None:
    base = found.numbers[found.numbers["variant"] == BASE].set_index("quantity")
    own = found.numbers[found.numbers["variant"] == "priors, sceptical"].set_index("quantity")
    apart = own["value"] - base["value"]
    np.testing.assert_allclose(own["difference"], apart)
    errors = apart / np.hypot(own["mcse"], base["mcse"])
    np.testing.assert_allclose(own["errors"], errors)
    # Slower trends and smaller effects are another posterior.
    assert own.loc["count ratio", "high"] != base.loc["count ratio", "high"]


def test_a_prior_that_matters_moves_more_than_one_that_does_not(found: Sensitivity) -> None:
    table = found.sensitivities.set_index(["component", "quantity"])["sensitivity"]
    assert table["likelihood", "count ratio"] > table["baseline.commoner", "count ratio"]
    assert set(found.sensitivities["component"]) == {
        "likelihood", "all priors", "baseline.elite", "baseline.commoner", "effect.closure", "spread",
        "trend", "frailty",
    }  # fmt: skip


def test_the_file_holds_the_study(found: Sensitivity, tmp_path: Path) -> None:
    again = load_sensitivity(found.save(tmp_path / "study.json"))
    for name in ("variants", "numbers", "sensitivities"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(found, name), check_dtype=False)
    assert again == replace(found, made=again.made)
    assert again.made["model"] == "small" and again.made["random_seed"] == 1


# --- refits ---


def ranged_world() -> tuple[ModelSpec, Dataset]:
    """The small world with a range of its covariate's levels."""
    data = small_dataset()
    plain_series = data.series["closure"].model_dump(mode="json", by_alias=True)
    for step in plain_series["step"]:
        step |= {"low": 0.6 * step["value"], "high": step["value"] + 0.2 * (step["value"] == 0)}
    series = type(data.series["closure"]).model_validate(plain_series)
    return small_spec(), replace(data, series={"closure": series})


def test_a_refit_of_a_coding_is_the_refit_of_the_edited_series() -> None:
    spec, data = ranged_world()
    low = next(one for one in codings(spec, data) if one.key == "coding, closure, low")
    steps = tuple(s.model_copy(update={"value": s.low}) for s in data.series["closure"].step)
    edited = data.series["closure"].model_copy(update={"step": steps})
    settings = Settings(60, 100, 2)
    coded = refitted(Task(low.spec, low.dataset, settings, 3))
    same = refitted(Task(spec, replace(data, series={"closure": edited}), settings, 3))
    base = refitted(Task(spec, data, settings, 3))
    forget = ("seconds",)
    assert {k: v for k, v in coded.items() if k not in forget} == {
        k: v for k, v in same.items() if k not in forget
    }
    assert coded["gradients"] != base["gradients"] or coded["rhat"] != base["rhat"]


def test_the_same_for_every_executor_and_from_the_folder(
    small_fit: Fit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_most(monkeypatch)
    spec, data = ranged_world()
    given: dict[str, Any] = {"prior_sets": [], **FEW}
    base = Fit(spec, data, small_fit.tree)
    # Not a fit of this series, but its numbers are not what is compared.
    monkeypatch.setattr(study, "_base", lambda *_: base)
    runs = [
        sensitivity(spec, data, executor=kind, folder=folder, **given)
        for kind, folder in (("serial", None), ("threads", tmp_path), ("serial", tmp_path))
    ]
    assert list(runs[0].variants["change"]) == ["", "low", "high"]
    for other in runs[1:]:
        pd.testing.assert_frame_equal(runs[0].numbers, other.numbers)
        pd.testing.assert_frame_equal(
            runs[0].variants.drop(columns="seconds"), other.variants.drop(columns="seconds")
        )
    # The last run read what the one before had kept, with its times.
    pd.testing.assert_frame_equal(runs[1].variants, runs[2].variants)


def test_a_variant_is_the_same_whatever_else_is_varied(
    found: Sensitivity, small_fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_most(monkeypatch)
    alone = sensitivity(
        small_spec(),
        small_dataset(),
        fit=small_fit,
        prior_sets=["sceptical"],
        executor="serial",
        **FEW,
    )
    key = "priors, sceptical"
    for one in (alone, found):
        assert one.variants.set_index("variant").loc[key, "seed"] == seed_of(1, key)
    pd.testing.assert_frame_equal(
        alone.numbers[alone.numbers["variant"] == key].reset_index(drop=True),
        found.numbers[found.numbers["variant"] == key].reset_index(drop=True),
    )


def test_weights_that_are_not_reliable_become_refits(
    small_fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "PARETO_K", -9.0)
    numbers = numbers_of(small_fit)
    plan = planning.plan(planning.powers(small_fit, small_spec(), small_dataset(), numbers))
    assert [(one.subject, one.how, one.values) for one in plan.told] == [
        ("likelihood", "not known", ()), ("likelihood", "not known", ()),
    ]  # fmt: skip
    assert len(plan.refits) == 14 and all(one.pareto_k > -9.0 for one in plan.refits)
    found = {one.key: one for one in plan.refits}
    trend = next(t for t in found["power, trend, 0.8"].spec.term if t.kind == "trend")
    assert trend.scale.factor == pytest.approx(3.0 ** (1 / np.sqrt(0.8)))
    every = found["power, all priors, 1.25"].spec
    assert every.frailty.factor == pytest.approx(3.0 ** (1 / np.sqrt(1.25)))
    assert every.baseline["elite"].rate.factor == pytest.approx(10.0 ** (1 / np.sqrt(1.25)))


def test_a_refit_that_breaks_is_listed_with_its_seed(
    small_fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_most(monkeypatch)

    def broken(task: Task) -> dict[str, Any]:
        raise FitError("no draw was finite")

    monkeypatch.setattr(study, "refitted", broken)
    found = sensitivity(
        small_spec(), small_dataset(), fit=small_fit, prior_sets=["flat"], executor="serial", **FEW
    )
    (lost,) = found.failures
    assert (lost.key, lost.seed) == ("priors, flat", seed_of(1, "priors, flat"))
    row = found.variants.set_index("variant").loc["priors, flat"]
    assert row["how"] == "refit failed" and row["seed"] == lost.seed
    assert "no draw was finite" in row["reason"]


# --- what is refused ---


def test_what_does_not_fit_together_is_refused(small_fit: Fit) -> None:
    spec, data = small_spec(), small_dataset()
    with pytest.raises(FitError, match="of another model or other evidence"):
        sensitivity(spec.model_copy(update={"frailty": None}), data, fit=small_fit, **FEW)
    fewer = replace(data, statements=data.statements[:-1])
    with pytest.raises(FitError, match="of another model or other evidence"):
        sensitivity(spec, fewer, fit=small_fit, **FEW)
    with pytest.raises(FitError, match="draws is 3"):
        sensitivity(spec, data, fit=small_fit, random_seed=1, draws=3)
    with pytest.raises(FitError, match="chains is 1"):
        sensitivity(spec, data, fit=small_fit, random_seed=1, chains=1)
    with pytest.raises(UnknownNameError, match="no prior set 'dogmatic'"):
        sensitivity(spec, data, fit=small_fit, prior_sets=["dogmatic"], **FEW)


def test_a_model_with_nothing_to_compare_is_refused(
    small_fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study, "numbers_of", lambda _: ())
    with pytest.raises(EvidenceError, match="nothing to compare"):
        sensitivity(small_spec(), small_dataset(), fit=small_fit, **FEW)


def test_a_base_that_failed_its_checks_is_refused(
    small_fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failed:
        verdict, failed = "fail", ()

    broken = Fit(small_fit.spec, small_fit.dataset, small_fit.tree)
    broken.__dict__["checks"] = Failed()
    with pytest.raises(FitError, match="the base failed its checks"):
        sensitivity(small_spec(), small_dataset(), fit=broken, **FEW)


# --- command line ---


def test_the_command_prints_and_writes_the_study(
    found: Sensitivity, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given: dict[str, Any] = {}

    def run(spec: ModelSpec, data: Dataset, **more: Any) -> Sensitivity:
        given.update(more)
        return found

    monkeypatch.setattr(study, "sensitivity", run)
    file = tmp_path / "study.json"
    args = ["study", "sensitivity", "escape_rates", "arrivals", "--executor", "serial", "--quiet"]
    args += ["--priors", "flat", "--draws", "50", "--seed", "3", "-o", str(file)]
    ran = CliRunner().invoke(cli, args)
    assert ran.exit_code == 0, ran.output
    assert given["prior_sets"] == ("flat",) and given["draws"] == 50 and given["random_seed"] == 3
    assert given["executor"] == "serial" and given["folder"] is None and not given["progress"]
    assert "P(share up, count not)" in ran.output and "sceptical" in ran.output
    assert "the refit failed its checks" in ran.output
    assert load_sensitivity(file).of == "elite"
    ran = CliRunner().invoke(cli, [*args, "--json"])
    content = json.loads(ran.stdout)
    assert len(content["variants"]) == 38 and content["made"]["model"] == "small"
    base = {row["quantity"]: row["value"] for row in content["numbers"] if row["variant"] == BASE}
    assert 0 <= base["share_up"] <= 1


def test_the_command_says_what_is_wrong_in_one_line() -> None:
    args = ["study", "sensitivity", "constant_rate", "arrivals", "--priors", "none_such"]
    ran = CliRunner().invoke(cli, args)
    # The program prints errors of the package as one line and ends with 2.
    assert isinstance(ran.exception, UnknownNameError)
    assert "no prior set 'none_such'" in str(ran.exception) and "\n" not in str(ran.exception)


def test_a_model_of_one_group_has_no_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    years = range(2001, 2005)
    spec = make_spec("2001", "2004", "year", groups=["all"])
    rows = [("everyone", str(year), 10 + year % 3) for year in years]
    series = make_series("x", {"2001..2004": 1.0})
    data = make_dataset(*rows, groups=["all"], series=[series])
    made = refitted(Task(spec, data, Settings(60, 60, 2), 1))
    assert {one["quantity"] for one in made["numbers"]} <= {
        "count_up", "count ratio", "part of count, exposure",
    }  # fmt: skip
    assert make_design(spec, data).groups == ("all",)
