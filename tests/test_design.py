from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from defectmodels import names
from defectmodels.counting.calls import evaluate
from defectmodels.counting.problem import BudgetError
from defectmodels.errors import EvidenceError, UnknownNameError
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.evidence.periods import Periods, parse_span
from defectmodels.evidence.selection import Counted
from defectmodels.evidence.series import Uncertainty
from defectmodels.model.design import Design, dataset_problems, fit_problems, make_design
from defectmodels.model.inputs import counting_inputs
from defectmodels.model.jointly import Joint, make_joint
from defectmodels.model.priors import Z90
from defectmodels.model.spec import ModelSpec, load_model
from smallworld import make_dataset, make_series, make_spec

RATIO = {"median": 0.7, "factor": 3.0, "why": "a test"}
TOTAL = ("everyone", "2020", 100)


def effects(*series: str, **more: object) -> list[dict[str, object]]:
    found = [{"series": name, "ratio": RATIO} | more for name in series]
    return [{"kind": "covariates", "effect": found}]


# --- coordinates ----------------------------------------------------------------------------


def test_coordinates_of_the_reference_model(shipped_design: Design) -> None:
    coords = shipped_design.coords
    assert coords[names.GROUP] == ["elite", "commoner"]
    assert coords[names.PERIOD][:2] == ["1998Q1", "1998Q2"]
    assert coords[names.PERIOD][-1] == "2025Q4"
    assert coords[names.SEASON] == ["Q1", "Q2", "Q3", "Q4"]
    assert coords[names.COVARIATE] == list(shipped_design.spec.covariates)
    assert coords["pooled_covariate"] == ["official_closure", "sanctions", "china_trade"]
    assert len(coords[names.STEP]) == 27  # 28 years
    assert "mou_elite_group" not in coords[names.DEFINITION]
    direct, nested, joint = coords[names.DIRECT], coords[names.NESTED], coords[names.JOINT]
    assert "T2023Q4" in direct
    assert "E001" in joint
    assert (len(direct), nested, len(joint)) == (57, [], 27)
    assert not set(direct) & set(joint)
    assert coords[names.GRADE] == ["high", "medium", "low"]
    assert [row.statement.id for row in shipped_design.joint.rows] == joint
    assert all(len(set(labels)) == len(labels) for labels in coords.values())


def test_a_yearly_axis_has_no_seasons_and_a_plain_model_no_covariates() -> None:
    design = make_design(make_spec("2020", "2020", "year"), make_dataset(TOTAL))
    assert names.SEASON not in design.coords
    assert names.COVARIATE not in design.coords
    assert names.STEP not in design.coords
    assert design.covariates.shape == (1, 0)


def test_only_definitions_that_a_row_uses_have_a_factor() -> None:
    factor = {"factor": RATIO}
    spec = make_spec(definition={"everyone": {}, "press": factor, "rumour": factor})
    counts = {"press": ["elite"], "rumour": ["elite"]}
    design = make_design(spec, make_dataset(TOTAL, ("press", "2020", 7), definitions=counts))
    assert design.scaled == ("press",)


# --- arrays ---------------------------------------------------------------------------------


def test_covariates_are_standardised_by_the_constants_of_their_file() -> None:
    border = make_series("border", {"2020H1": 0.0, "2020H2": 1.0}, centre=0.5, scale=0.25)
    design = make_design(make_spec(term=effects("border")), make_dataset(TOTAL, series=[border]))
    np.testing.assert_allclose(design.covariates[:, 0], [-2.0, -2.0, 2.0, 2.0])


def test_a_model_takes_the_low_or_high_coding_that_it_asks_for() -> None:
    border = make_series("border", {"2020": 1.0})
    step = border.step[0].model_copy(update={"low": 0.0, "high": 3.0})
    border = border.model_copy(update={"step": (step,)})
    dataset = make_dataset(TOTAL, series=[border])
    for code, level in (("value", 1.0), ("low", 0.0), ("high", 3.0)):
        design = make_design(make_spec(term=effects("border", code=code)), dataset)
        np.testing.assert_allclose(design.covariates[:, 0], level)


def test_exposure_is_the_level_and_1_without_a_series() -> None:
    sure = Uncertainty(median=1.5, factor=4.0, why="a test")
    staff = make_series("staff", {"2020H1": 400.0, "2020H2": 300.0}, uncertainty=sure)
    spec = make_spec(exposure={"elite": "staff"})
    design = make_design(spec, make_dataset(TOTAL, series=[staff]))
    np.testing.assert_allclose(design.exposure, [[600, 600, 450, 450], [1, 1, 1, 1]])
    np.testing.assert_allclose(design.exposure_sigma, [np.log(4.0) / Z90, 0.0])


def test_masks_and_cell_weights() -> None:
    rows = (TOTAL, ("elite", "2020-01-01..2020-04-30", 5))
    design = make_design(make_spec(), make_dataset(*rows))
    np.testing.assert_array_equal(design.group_mask(("elite",)), [1, 0])
    np.testing.assert_array_equal(design.group_mask(("elite", "commoner")), [1, 1])
    row = design.selection.nested[0]
    weights = design.cell_weights(row)
    np.testing.assert_allclose(weights, [[1, 30 / 91, 0, 0], [0, 0, 0, 0]])


# --- what does not fit together -------------------------------------------------------------


def test_a_missing_series_is_named_with_its_place() -> None:
    border = make_series("border", {"2020": 1.0})
    spec = make_spec(term=effects("borders"))
    with pytest.raises(EvidenceError) as caught:
        make_design(spec, make_dataset(TOTAL, series=[border]))
    text = str(caught.value)
    assert text.startswith("series/borders.toml: unknown series 'borders'. Known: border.")
    assert text.endswith("Did you mean 'border'?")


def test_a_gap_of_a_series_is_named_with_its_day() -> None:
    border = make_series("border", {"2020H1": 0.0, "2020Q4": 1.0})
    spec = make_spec(term=effects("border"))
    with pytest.raises(EvidenceError) as caught:
        make_design(spec, make_dataset(TOTAL, series=[border]))
    text = str(caught.value)
    assert text.startswith("series/border.toml: series 'border' has no level on 2020-07-01")
    assert "add a step that covers it or fit a shorter span" in text


def test_every_missing_series_is_reported_at_once() -> None:
    spec = make_spec(term=effects("a", "b"), exposure={"elite": "c"})
    problems = fit_problems(spec, make_dataset(TOTAL))
    assert [problem.file for problem in problems] == [f"series/{name}.toml" for name in "abc"]


def test_a_folder_need_not_be_sound_to_be_held_against_a_model(small_folder: Path) -> None:
    """Unknown series and definitions are found beside the faults of the folder's own rows."""
    with (small_folder / "statements.csv").open("a", encoding="utf-8") as file:
        file.write("not,a,row\n")
    spec = make_spec("2020", "2022", "year", term=effects("a"), definition={"arrival": {}})
    series, definition = dataset_problems(spec, small_folder)
    assert series.file == "series/a.toml"
    assert definition.file == "dataset.toml"
    assert definition.text.startswith("model 'small' uses the unknown definition 'arrival'.")
    assert definition.text.endswith("Did you mean 'arrivals'?")


@pytest.mark.parametrize("level", [0.0, -5.0])
def test_an_exposure_of_0_or_less_is_refused(level: float) -> None:
    staff = make_series("staff", {"2020H1": 10.0, "2020H2": level})
    spec = make_spec(exposure={"elite": "staff"})
    with pytest.raises(EvidenceError, match="'staff' is 0 or less somewhere"):
        make_design(spec, make_dataset(TOTAL, series=[staff]))


SHARE = {"mean": 0.5, "size": 4.0, "why": "a test"}


def test_a_part_counts_groups_of_its_container(small_folder: Path) -> None:
    definition = {"elite": {}, "all": {"within": "elite", "share": SHARE}}
    dataset = make_dataset(TOTAL, definitions={"all": ["elite", "commoner"]})
    with pytest.raises(EvidenceError, match=r"definition\.all\.within: 'all' counts commoner"):
        make_design(make_spec(definition=definition), dataset)
    definition = {"elites": {}, "arrivals": {"within": "elites", "share": SHARE}}
    spec = make_spec("2020", "2022", "year", definition=definition)
    (problem,) = dataset_problems(spec, small_folder)
    assert problem.text.startswith("model 'small': definition.arrivals.within: 'arrivals' counts")


def test_two_parts_of_the_same_persons_are_refused() -> None:
    counts = {name: ["elite"] for name in ("leaders", "envoys", "staff")}
    definition = {"elite": {}, "leaders": {}} | {
        name: {"within": container, "share": SHARE}
        for name, container in (("envoys", "elite"), ("staff", "leaders"))
    }
    with pytest.raises(EvidenceError, match="within: 'envoys' is a part of elite too"):
        make_design(make_spec(definition=definition), make_dataset(TOTAL, definitions=counts))


# --- joint rows -----------------------------------------------------------------------------


def test_rows_of_a_part_are_joint_and_of_the_family_of_its_container() -> None:
    counts = {"envoys": ["elite"], "press": ["elite"], "staff": ["elite"]}
    definition = {
        "everyone": {},
        "elite": {},
        "press": {"factor": RATIO},
        "envoys": {"within": "elite", "share": SHARE},
        "staff": {"within": "press", "share": SHARE},
    }
    rows = (
        ("elite", "2020Q1", 5),
        ("press", "2020", 9),
        ("envoys", "2020Q1", 2),
        ("staff", "2020", 1),
    )
    design = make_design(
        make_spec(definition=definition), make_dataset(TOTAL, *rows, definitions=counts)
    )
    # Rows that share persons with them are counted with them.
    assert [row.statement.id for row in design.joint.rows] == ["S1", "S2", "S3", "S4"]
    assert [row.counted[0].family for row in design.joint.rows] == ["", "press", "", "press"]


def test_an_exact_group_that_is_split_off_is_a_total_of_its_own() -> None:
    """What is asked about its days is a part of its persons, not of the days' expected ones."""
    counts = {"men": ["men"], "women": ["women"], "boys": ["boys"]}
    groups = ("men", "women", "boys")
    rows = (TOTAL, ("men", "2020", 60))
    dataset = make_dataset(*rows, groups=groups, definitions=counts)
    selection = make_design(make_spec(groups=groups), dataset).selection
    assert [row.statement.id for row in selection.nested] == ["S1"]
    asked = [Counted(name, "", (name,), parse_span(span)) for name, span in (
        ("men", "2020"), ("men", "2020Q1"), ("women", "2020Q1"),
    )]  # fmt: skip
    periods = Periods.between("2020Q1", "2020Q4", "quarter")
    whole, _ = make_joint(selection, groups, periods, (), {}, (), more=asked[:1])
    assert [(one.parts, one.known) for one in whole.problem.sums] == [((), 60)]
    cut, _ = make_joint(selection, groups, periods, (), {}, (), more=asked[1:])
    trials = {one.groups: cut.problem.parts[cut.problem.sums[at].parts[0]].trials
              for one, at in cut.sum_of.items()}  # fmt: skip
    assert trials == {("men",): (60,), ("women",): (40,)}
    np.testing.assert_array_equal(cut.links[0].whole, [[1] * 4, [0] * 4, [0] * 4])
    assert not cut.free


ENTANGLED = (
    ("everyone", "2020Q1", 400),
    ("everyone", "2020Q2", 300),
    ("everyone", "2020Q3", 350),
    ("elite", "2020H1", 10, 30),
    ("elite", "2020-02-01..2020-09-30", 12, 40),
    ("elite", "2020Q1", 3, 9),
)


def joint(**more: Any) -> Joint:
    spec = make_spec()
    selection = make_design(spec, make_dataset(*ENTANGLED)).selection
    return make_joint(selection, spec.groups, spec.periods, (), {}, (), **more)[0]


def test_a_set_over_the_budget_is_refused_with_what_to_do() -> None:
    with pytest.raises(BudgetError) as caught:
        joint(budget=100)
    text = str(caught.value)
    assert text.startswith("statements S3, S4, S5: counting them jointly needs ")
    assert (
        'more than the 100 allowed; leave one of them out, or write over_budget = "apart"' in text
    )
    assert caught.value.names == ("S3", "S4", "S5") and caught.value.cost > 100


def test_as_few_rows_as_possible_are_counted_apart() -> None:
    assert joint(over_budget="apart").apart == ()
    found = joint(over_budget="apart", budget=400)
    assert found.apart == ("S4",)
    assert [row.statement.id for row in found.rows] == ["S3", "S4", "S5"]
    assert sorted(len(one) for one in found.program.components) == [1, 2]
    # A row that is apart has atoms of its own: one part for its one count.
    parts = found.problem.sums[found.problem.said[1].subject].parts
    others = [p for one in found.problem.said[::2] for p in found.problem.sums[one.subject].parts]
    assert len(parts) == 1 and not set(parts) & set(others)
    assert joint(over_budget="apart", budget=45).apart == ("S3", "S4")


def narrowed(seed: int) -> tuple[float, float]:
    """Shift, in standard deviations, and width of the rate's posterior when rows are apart."""
    rng = np.random.default_rng(seed)
    true = rng.poisson(3.0, 4)
    rows = [("everyone", f"2020Q{q + 1}", 300) for q in range(4)]
    for first, last in ((0, 3), (1, 4), (0, 2)):
        count = int(true[first:last].sum())
        rows.append(("elite", f"2020Q{first + 1}..2020Q{last}", max(0, count - 2), count + 2))
    spec = make_spec()
    design = make_design(spec, make_dataset(*rows))
    found = []
    for budget in (2e6, 60):
        cut, _ = make_joint(
            design.selection,
            spec.groups,
            spec.periods,
            (),
            {},
            (),
            over_budget="apart",
            budget=budget,
        )
        found.append(posterior(replace(design, joint=cut)))
    assert cut.apart
    (mean, sd), (other, other_sd) = found
    return (other - mean) / sd, other_sd / sd


def posterior(design: Design) -> tuple[float, float]:
    """Mean and standard deviation of the elites a quarter, under a flat prior of the logarithm."""
    rate = np.exp(np.linspace(np.log(0.1), np.log(30.0), 80))
    program, log = design.joint.program, []
    for one in rate:
        expected = np.array([np.full(4, one), np.full(4, 300.0)])
        p, mean, size = counting_inputs(design, expected, None, None, np)
        log.append(evaluate(p, mean, size, np.ones(3), program.ints, program.floats)[0].sum())
    weight = np.exp(np.array(log) - max(log))
    mean = np.average(rate, weights=weight)
    return mean, float(np.sqrt(np.average((rate - mean) ** 2, weights=weight)))


def test_rows_that_are_apart_narrow_the_rate_and_hardly_move_it() -> None:
    """As docs/counting.md has it, of more problems."""
    shift, width = np.array([narrowed(seed) for seed in range(12)]).T
    assert np.abs(shift).max() < 0.7
    assert width.max() < 1.01 and 0.65 < width.mean() < 0.98


def test_a_row_that_is_over_the_budget_by_itself_is_refused() -> None:
    with pytest.raises(BudgetError, match=r"statement S4: counting it needs .*; leave it out"):
        joint(over_budget="apart", budget=40)


def test_an_unknown_definition_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown definition 'everyon'"):
        make_design(make_spec(definition={"everyon": {}}), make_dataset(TOTAL))


def test_a_dataset_without_a_row_to_count_is_refused_with_the_reason() -> None:
    with pytest.raises(EvidenceError, match="no statement that model 'small' can count") as caught:
        make_design(make_spec(), make_dataset(("everyone", "2010", 100)))
    assert "span 2010 lies outside the fitted periods 2020Q1..2020Q4" in str(caught.value)


# --- the same files, the same design --------------------------------------------------------


def test_a_design_is_the_same_for_the_same_files(shipped_design: Design) -> None:
    again = make_design(load_model("escape_rates"), load_dataset("arrivals"))
    assert again.coords == shipped_design.coords
    for name in ("covariates", "exposure", "exposure_sigma"):
        np.testing.assert_array_equal(getattr(again, name), getattr(shipped_design, name))
    for row, other in zip(again.selection.rows, shipped_design.selection.rows, strict=True):
        assert row.statement == other.statement
        np.testing.assert_array_equal(row.weights, other.weights)
    assert [row.readings for row in again.selection.joint] == [
        row.readings for row in shipped_design.selection.joint
    ]
    assert len(again.joint.problem.parts) == len(shipped_design.joint.problem.parts) > 0


def test_the_order_of_the_rows_does_not_matter(
    shipped: Dataset, escape_rates: ModelSpec, shipped_design: Design
) -> None:
    turned = Dataset(shipped.header, shipped.statements[::-1], shipped.series, shipped.folder)
    coords = make_design(escape_rates, turned).coords
    joint = coords.pop(names.JOINT)
    assert coords | {names.JOINT: sorted(joint)} == shipped_design.coords


def test_the_order_of_the_joint_rows_does_not_matter(
    shipped: Dataset, escape_rates: ModelSpec, shipped_design: Design
) -> None:
    turned = Dataset(shipped.header, shipped.statements[::-1], shipped.series, shipped.folder)
    assert make_design(escape_rates, turned).coords == shipped_design.coords


def test_the_axis_of_the_reference_model_is_covered_by_every_series(
    shipped_design: Design,
) -> None:
    assert np.isfinite(shipped_design.covariates).all()
    assert (shipped_design.exposure > 0).all()
    assert shipped_design.periods.span.start == date(1998, 1, 1)


def test_a_design_needs_no_pymc() -> None:
    code = (
        "import sys; from defectmodels.model.design import make_design;"
        "from defectmodels.model.spec import load_model;"
        "from defectmodels.evidence.dataset import load_dataset;"
        "make_design(load_model('escape_rates'), load_dataset('arrivals'));"
        "print(sorted({'pymc', 'pytensor', 'arviz'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "[]", "")
