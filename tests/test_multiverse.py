"""Variants are fitted as by hand, weighed as by ArviZ, and none is dropped in silence."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from country import prior
from defectmodels.cli import cli, main
from defectmodels.errors import EvidenceError, FitError, SpecError
from defectmodels.estimands.decomposition import decompose
from defectmodels.estimands.identification import as_prior
from defectmodels.estimands.loo import evidence_of, leave_one_out
from defectmodels.estimands.summary import summarise
from defectmodels.inference.fit import Fit
from defectmodels.inference.refits import AGAIN
from defectmodels.inference.running import Failure, Outcomes
from defectmodels.inference.sampling import fit as sample
from defectmodels.studies import multiverse as module
from defectmodels.studies import multiverse_run as run
from defectmodels.studies import multiverse_text as text
from defectmodels.studies.fraction import LEAST, Factor, balanced, every, factors
from defectmodels.studies.multiverse import first_pair, multiverse, name_of, seed_of
from defectmodels.studies.multiverse_result import Multiverse, load_multiverse
from defectmodels.studies.multiverse_run import Plan, Task, tried
from defectmodels.studies.multiverse_shown import printed, printed_choices, printed_sets
from defectmodels.studies.variants import AXES, SHIPPED, varied
from multiworld import SETTINGS, few_choices, few_rows, fitted
from smallworld import make_dataset, make_spec

NAMES = {axis: [one.name for one in among] for axis, among in AXES.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("variants")


@pytest.fixture(scope="module")
def found(folder: Path) -> Multiverse:
    return fitted(folder)


@pytest.fixture(scope="module")
def by_hand(found: Multiverse) -> dict[str, Fit]:
    """Two variants that pass, fitted again by `fit`."""
    fits = {}
    for _, row in found.passed.head(2).iterrows():
        choices = {axis: row[axis] for axis in AXES}
        spec, dataset = varied(first_pair(few_choices()), few_rows(), choices)
        tune = SETTINGS["tune"] * row["draws"] // SETTINGS["draws"]
        fits[row["variant"]] = sample(
            spec, dataset, random_seed=int(row["seed"]), draws=int(row["draws"]), tune=tune,
            chains=2, progress=False,
        )  # fmt: skip
    return fits


# --- which combinations ----------------------------------------------------------------------


def numbered(*sizes: int) -> dict[str, list[str]]:
    """Axes of so many choices."""
    return {f"axis {at}": [f"{at}{n}" for n in range(size)] for at, size in enumerate(sizes)}


def crossed_evenly(chosen: list[dict[str, str]], found: Sequence[Factor]) -> bool:
    """Whether each pair of answers of two factors stands equally often."""
    for first, second in combinations(found, 2):
        pairs = [one | other for one, other in product(first, second)]
        number = [sum(pair.items() <= one.items() for one in chosen) for pair in pairs]
        if len(set(number)) > 1 or sum(number) != len(chosen):
            return False
    return True


@pytest.mark.parametrize(
    "sizes",
    [
        (2, 2, 3, 3, 3, 3, 2), (2, 3, 3, 3, 3), (2, 2, 3, 3, 3, 3), (3, 1, 3, 2, 3, 2, 2),
        (3, 3, 3, 3, 2), (3, 3, 3, 3, 3), (2, 3, 3, 3, 3, 3, 3),
    ],
)  # fmt: skip
def test_a_fraction_has_each_pair_of_choices_equally_often(sizes: tuple[int, ...]) -> None:
    axes = numbered(*sizes)
    chosen = balanced(factors(axes))
    assert LEAST <= len(chosen) < len(every(axes))
    assert len({tuple(sorted(one.items())) for one in chosen}) == len(chosen)
    assert chosen[0] == {name: among[0] for name, among in axes.items()}
    assert all(set(one) == set(axes) for one in chosen)
    assert crossed_evenly(chosen, factors(axes))
    assert not crossed_evenly(chosen[1:], factors(axes))


def test_axes_that_are_changed_one_at_a_time_are_one_factor() -> None:
    axes = numbered(2, 2, 3, 3, 3, 3, 2)
    found = factors(axes, ("axis 0", "axis 1"))
    assert list(found[0]) == [
        {"axis 0": "00", "axis 1": "10"}, {"axis 0": "01", "axis 1": "10"},
        {"axis 0": "00", "axis 1": "11"},
    ]  # fmt: skip
    chosen = balanced(found)
    assert len(chosen) == 54 and crossed_evenly(chosen, found)
    assert not any((one["axis 0"], one["axis 1"]) == ("01", "11") for one in chosen)


def test_the_axes_of_the_package_have_at_least_48_variants() -> None:
    chosen = module._fraction(NAMES)
    assert len(chosen) == 54 >= LEAST
    assert len({name_of(one) for one in chosen}) == 54
    assert name_of(chosen[0]) == SHIPPED
    assert all(list(one) == list(NAMES) for one in chosen)
    number = Counter((one["likelihood"], one["trend"]) for one in chosen)
    assert sorted(number.values()) == [18, 18, 18]


def test_few_combinations_are_all_tried() -> None:
    axes = {"a": ["1", "2"], "b": ["3"], "c": ["4", "5", "6"]}
    assert balanced(factors(axes)) == every(axes) == module._fraction(axes)
    assert [tuple(one.values()) for one in every(axes)] == list(product(*axes.values()))
    # Of two factors of three nothing can be left out.
    many = numbered(2, 2, 2, 2, 3, 3)
    assert len(balanced(factors(many))) == len(every(many)) == 144
    with pytest.raises(SpecError, match="try all combinations"):
        balanced(factors({name: ["1", "2", "3", "4"] for name in "abcd"}))


def test_a_seed_is_that_of_the_choices() -> None:
    seeds = {seed_of(1, one) for one in every(NAMES)}
    assert len(seeds) == 648 and max(seeds) < 2**31
    assert seed_of(1, {"trend": "no-trend"}) == seed_of(
        1, {"trend": "no-trend", "pooling": SHIPPED}
    )
    assert seed_of(2, {}) != seed_of(1, {})


# --- what a variant says ---------------------------------------------------------------------


def test_variants_are_those_that_the_model_can_have(found: Multiverse) -> None:
    assert list(found.table["variant"]) == [SHIPPED, "no-trend", "poisson", "poisson, no-trend"]
    assert {axis: len(names) for axis, names in found.axes.items() if len(names) > 1} == {
        "likelihood": 2, "trend": 2,
    }  # fmt: skip
    assert set(found.impossible["choice"]) == {
        "eras", "one-index", "separate", "equal", "narrow", "wide", "strict", "alike", "yearly",
        "by-halves",
    }  # fmt: skip
    assert not len(found.combinations) and not len(found.failures)
    assert found.made["combinations"] == 4


def test_numbers_are_those_of_the_model_fitted_by_hand(
    found: Multiverse, by_hand: dict[str, Fit]
) -> None:
    assert len(by_hand) == 2
    for name, fit in by_hand.items():
        row = found.table.set_index("variant").loc[name]
        change = decompose(fit, "2014", "2020", of="elite")
        for event in ("share_up", "count_up", "share_up & ~count_up"):
            assert (row[event], row[f"{event}_mcse"]) == change.prob(event)
            before = decompose(as_prior(fit), "2014", "2020", of="elite").prob(event)
            assert row[f"{event}_prior"] == before.value
        for what in ("share", "count"):
            ratio = summarise(change.ratio(what))
            assert row[f"{what}_ratio"] == float(ratio["median"])
            for end in ("low", "high", "mcse", "mcse_low", "mcse_high"):
                assert row[f"{what}_ratio_{end}"] == float(ratio[end])
        assert row["gate"] == fit.checks.verdict
        assert row["rows"] == len(fit.design.selection.rows)
        assert row["gradients"] == int(fit.group("sample_stats")["n_steps"].sum())


def test_weights_are_those_of_arviz(folder: Path, by_hand: dict[str, Fit]) -> None:
    loo = leave_one_out(by_hand).table.set_index("fit")
    two = gathered({name: one for name, one in results(folder).items() if name in by_hand})
    own = two.table.set_index("variant")
    columns = ["elpd", "se", "p", "elpd_diff", "dse", "weight", "high_k"]
    for name in loo.index:
        np.testing.assert_array_equal(
            own.loc[name, columns].to_numpy(float), loo.loc[name, columns].to_numpy(float)
        )
    assert own["weight"].sum() == pytest.approx(1)
    assert {evidence_of(fit)[:12] for fit in by_hand.values()} == set(two.table["evidence"])


def test_an_interrupted_study_gives_the_same(
    found: Multiverse, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = sorted(folder.glob("*.json"))
    assert len(files) == 4
    files[1].unlink()
    worked: list[str] = []
    real = module.tried

    def counted(plan: Plan, task: Task) -> dict[str, Any]:
        worked.append(name_of(task.choices))
        return real(plan, task)

    monkeypatch.setattr(module, "tried", counted)
    again = multiverse(few_choices(), few_rows(), folder=folder, **SETTINGS)
    assert len(worked) == 1
    pd.testing.assert_frame_equal(again.table, found.table, check_exact=True)
    assert again.made == found.made


def test_a_study_reads_back_as_it_was(found: Multiverse, tmp_path: Path) -> None:
    again = load_multiverse(found.save(tmp_path / "m.json"))
    for name in ("table", "impossible", "combinations", "failures"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(found, name), check_exact=True)
    assert text.lead(again) == text.lead(found)
    assert text.sentences(again) == text.sentences(found)


@pytest.mark.parametrize(
    ("codes", "times"),
    [({"chains", "draws.tails"}, 2), ({"chains", "misfit"}, 1), ({"misfit"}, 1), (set(), 1)],
)
def test_what_fails_by_unsettled_chains_alone_is_fitted_longer_once(
    codes: set[str], times: int, by_hand: dict[str, Fit], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []

    def given(_: Any, chart: Any, dataset: Any, settings: run.Settings, seed: int) -> Fit:
        asked.append((settings.draws, settings.tune))
        return by_hand[SHIPPED]

    monkeypatch.setattr(run, "fitted", given)
    monkeypatch.setattr(run, "failed", lambda _: codes)
    plan = Plan(first_pair(few_choices()), few_rows(), run.Settings(10, 5, 2))
    result = tried(plan, Task({}, 1))
    assert asked == [(10, 5), (10 * AGAIN, 5 * AGAIN)][:times]
    assert result["settings"]["draws"] == asked[-1][0]
    # Codes are those of the checks.
    known = {run.code_of(one) for one in by_hand[SHIPPED].checks.items}
    assert known >= run.SAMPLER | {"misfit", "identification"}


# --- what cannot be, and what fails ----------------------------------------------------------


def results(folder: Path) -> dict[str, Any]:
    """What is on disk of every variant, in the order of the table."""
    read = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    by = {one["key"]: one["result"] for one in read}
    return {name: by[name] for name in (SHIPPED, "no-trend", "poisson", "poisson, no-trend")}


def gathered(given: Mapping[str, Any], *failures: Failure) -> Multiverse:
    """A study made of results."""
    made = {"of": "elite", "before": "2014", "after": "2020", "combinations": 9}
    return module._gathered(made, Outcomes(dict(given), failures, 0), {})


def test_a_combination_that_cannot_be_made_is_no_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    effects = [
        {"series": "closure", "groups": ["elite"], "ratio": prior(1.2, 2.0)},
        {"series": "warmth", "groups": ["commoner", "other"], "ratio": prior(0.5, 3.0)},
    ]
    groups = ("elite", "commoner", "other")
    term = [{"kind": "covariates", "effect": effects}]
    spec = make_spec("2012", "2021", "year", groups=groups, term=term)
    closure = few_rows().series["closure"]
    series = [closure, closure.model_copy(update={"name": "warmth"})]
    rows = [("everyone", str(year), 100) for year in range(2012, 2022)]
    plan = Plan(spec, make_dataset(*rows, groups=groups, series=series), run.Settings(4, 4, 1))
    monkeypatch.setattr(run, "fitted", lambda *_: pytest.fail("nothing is fitted"))
    both = {"coding": "one-index", "pooling": "equal"}
    assert tried(plan, Task(both, 1)) == {
        "choices": both, "seed": 1, "impossible": "no covariate acts on two groups or more",
    }  # fmt: skip

    def refuse(*_: Any) -> None:
        raise EvidenceError("too many counts\nat once")

    monkeypatch.setattr(run, "make_design", refuse)
    assert tried(plan, Task({}, 1))["impossible"] == "too many counts at once"


def test_what_is_missing_is_listed(folder: Path) -> None:
    given = results(folder)
    lost = {"choices": {}, "seed": 1, "impossible": "too many counts"}
    many = gathered(given | {"wide, alike": lost}, Failure("narrow", "FitError: no start", 77))
    assert len(many.table) == 4
    lines = list(text.missing(many))
    assert lines == [
        "wide, all alike: cannot be made: too many counts",
        "narrow (seed 77) ended with an error: FitError: no start",
    ]
    assert "6 of 9 combinations" in " ".join(text.sentences(many))
    with pytest.raises(FitError, match="no variant could be fitted: FitError: no start"):
        gathered({}, Failure("narrow", "FitError: no start", 77))


def test_a_fit_that_ends_with_an_error_is_kept_with_its_seed(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    given = results(folder)

    def broken(plan: Plan, task: Task) -> dict[str, Any]:
        if task.choices["likelihood"] == "poisson":
            raise FitError("the sampler found no place to start")
        found: dict[str, Any] = given[name_of(task.choices)]
        return found

    monkeypatch.setattr(module, "tried", broken)
    many = multiverse(few_choices(), few_rows(), **SETTINGS)
    assert list(many.failures["variant"]) == ["poisson", "poisson, no-trend"]
    seeds = [str(seed_of(3, {"likelihood": "poisson", "trend": t})) for t in NAMES["trend"]]
    assert list(many.failures["seed"]) == seeds
    assert many.failures["reason"].str.contains("no place to start").all()


def failing(folder: Path, *names: str) -> Multiverse:
    """The study in which some variants fail a check."""
    given = results(folder)
    for name in names:
        given[name] = given[name] | {"gate": "fail", "failed": ["draws.tails", "misfit"]}
    return gathered(given)


def test_a_variant_that_fails_supports_nothing_and_has_no_weight(folder: Path) -> None:
    many = failing(folder, "no-trend")
    row = many.table.set_index("variant").loc["no-trend"]
    assert not row["supports"] and np.isnan(row["weight"]) and np.isfinite(row["elpd"])
    assert many.passed["weight"].sum() == pytest.approx(1)
    assert many.groups()["passed"].tolist() == [3]
    shown = printed(many).set_index("variant").loc["no trend"]
    assert (shown["answer"], shown["weight"]) == ("withheld", "")
    assert shown["failed"] == "enough draws, tails, largest misfit"
    assert "Checks that failed" in " ".join(text.sentences(many))


def test_where_the_model_file_fails_there_is_nothing_to_support(folder: Path) -> None:
    many = failing(folder, SHIPPED)
    assert many.headline == "withheld" and not len(many.supporting)
    assert "no answer that variants could support" in text.lead(many)
    assert not any("weights add to 1" in line for line in text.sentences(many))
    none = failing(folder, *results(folder))
    assert np.isnan(none.weight) and len(none.passed) == 0
    assert printed_sets(none)["weight"].tolist() == [""]
    assert len(printed_choices(none)) == 4
    assert text.sentences(none)


def test_support_is_counted_over_all_variants(folder: Path) -> None:
    given = results(folder)
    numbers = given["poisson"]["numbers"]
    other = {"share_up": numbers["share_up"] | {"verdict": "cannot tell"}}
    given["poisson"] = given["poisson"] | {"numbers": numbers | other}
    many = gathered(given)
    assert many.headline == "supported"
    assert set(many.table["variant"]) - set(many.supporting["variant"]) >= {"poisson"}
    number, passed = len(many.supporting), len(many.passed)
    assert f"{number} of 4 variants ({number / 4:.0%}) pass their checks" in text.lead(many)
    found = Counter(many.passed["share_up_verdict"])
    assert found["cannot tell"] == 1 and sum(found.values()) == passed
    weight = many.table.set_index("variant")["weight"]
    own = weight[list(many.supporting["variant"])].sum()
    assert many.weight == pytest.approx(own)


def test_an_answer_that_the_form_settles_is_named(folder: Path) -> None:
    assert not any("could give no other answer" in one for one in text.sentences(fitted(folder)))
    given = results(folder)
    numbers = given["poisson"]["numbers"]
    event = {"share_up": numbers["share_up"] | {"prior": 0.001}}
    given["poisson"] = given["poisson"] | {"numbers": numbers | event}
    many = gathered(given)
    assert list(many.settled["variant"]) == ["poisson"]
    told = next(one for one in text.sentences(many) if "could give no other answer" in one)
    assert told.startswith("1 variant that passes") and "(Poisson; " in told


def test_weights_add_to_1_among_the_same_rows_alone(folder: Path) -> None:
    given = results(folder)
    given["poisson"] = given["poisson"] | {"evidence": "other"}
    given["no-trend"] = given["no-trend"] | {"evidence": "other"}
    given["poisson, no-trend"] = given["poisson, no-trend"] | {"evidence": "alone"}
    many = gathered(given)
    sums = many.passed.groupby("evidence")["weight"].sum()
    np.testing.assert_allclose(sums, 1)
    assert len(many.groups()) == 3
    assert many.weight == pytest.approx(many.groups()["weight"].mean())


def test_what_cannot_be_studied_is_refused() -> None:
    with pytest.raises(SpecError, match="no headline"):
        multiverse(few_choices(headline=None), few_rows(), **SETTINGS)
    with pytest.raises(SpecError, match="give 4 draws"):
        multiverse(few_choices(), few_rows(), **(SETTINGS | {"draws": 2}))


# --- the command -----------------------------------------------------------------------------


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, found: Multiverse
) -> Callable[..., tuple[int, str, dict[str, Any]]]:
    given: dict[str, Any] = {}

    def told(*_: Any, **more: Any) -> Multiverse:
        given.update(more)
        return found

    monkeypatch.setattr(module, "multiverse", told)

    def call(*more: str) -> tuple[int, str, dict[str, Any]]:
        ran = CliRunner().invoke(cli, ["study", "multiverse", "escape_rates", "arrivals", *more])
        return ran.exit_code, ran.output, given

    return call


def test_the_command_prints_every_variant(
    command: Callable[..., tuple[int, str, dict[str, Any]]], found: Multiverse, tmp_path: Path
) -> None:
    out, kept = tmp_path / "m.json", tmp_path / "kept"
    code, output, given = command(
        "--executor", "serial", "--resume", str(kept), "--full", "-o", str(out)
    )
    assert code == 0, output
    assert given | {"progress": True} == {
        "random_seed": 1, "executor": "serial", "progress": True, "folder": kept, "full": True,
        "draws": 350, "tune": 150, "chains": 2,
    }  # fmt: skip
    assert text.lead(found) in output
    for name in ("model file", "Poisson, no trend", "half-years: cannot be chosen"):
        assert name in output
    assert load_multiverse(out).headline == found.headline
    code, output, _ = command("--json", "--quiet")
    content = json.loads(output)
    assert [one["variant"] for one in content["table"]] == list(found.table["variant"])
    assert content["headline"] == found.headline


@pytest.mark.parametrize(
    ("model", "more", "text"),
    [
        ("constant_rate", (), "no headline"),
        ("escape_rates", ("--executor", "many"), "executor 'many' is not known"),
        ("escape_rates", ("--draws", "1"), "give 4 draws"),
    ],
)
def test_wrong_use_is_told_without_a_traceback(
    model: str,
    more: tuple[str, ...],
    text: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["defectmodels", "study", "multiverse", model, "arrivals", *more]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as done:
        main()
    told = capsys.readouterr()
    assert (done.value.code, told.out) == (2, "")
    assert text in told.err and "Traceback" not in told.err


# Filters of warnings belong to the process: threads take back each other's.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
def test_every_executor_gives_the_same(found: Multiverse) -> None:
    for workers in ("threads", "processes"):
        again = multiverse(few_choices(), few_rows(), **(SETTINGS | {"executor": workers}))
        pd.testing.assert_frame_equal(again.table, found.table, check_exact=True)
