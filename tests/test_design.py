from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from defectmodels import names
from defectmodels.errors import EvidenceError, UnknownNameError
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.evidence.series import Uncertainty
from defectmodels.model.design import Design, dataset_problems, fit_problems, make_design
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
