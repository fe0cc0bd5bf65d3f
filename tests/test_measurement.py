"""Errors of what is published, as a model file says them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from country import prior
from defectmodels.errors import SpecError
from defectmodels.evidence.files import read_toml
from defectmodels.model.measurement import Step
from defectmodels.model.spec import ModelSpec, load_model
from errorworld import mixed, overcount, revision, undercount
from smallworld import make_content, make_spec

DEFINED = {"everyone": {}, "elite": {}, "press": {"factor": prior(1.5, 3.0)}}


def refused(*errors: dict[str, Any], **more: Any) -> str:
    with pytest.raises(ValidationError) as found:
        make_spec(error=errors, **more)
    return str(found.value)


@pytest.mark.parametrize(
    ("errors", "says"),
    [
        ([undercount(groups=["elites"])], "error[0].groups: unknown group 'elites'"),
        ([overcount(spans=["2021"])], "error[0].spans"),
        ([undercount(spans=["2020-02"])], "'2020-02' cuts a quarter"),
        ([mixed(groups=["elite", "elite"])], "a name stands twice; name two groups"),
        ([mixed(missed=None, false=None)], "missed and false are both missing"),
        ([mixed(definitions=["diplomats"])], "'diplomats' is not a definition of this model"),
        ([mixed(definitions=["elite"])], "everyone count the same persons as those named"),
        ([mixed(definitions=["press"]), undercount()], "undercount stands after it"),
        ([revision(), revision()], "revision stands twice; name all spans in one"),
        ([revision(spans=["2020Q1", "2020H2"])], "are not as long as each other"),
        ([revision(spans=["2020H1", "2020H1"])], "two spans share days"),
        ([revision(spans=[])], "at least 1 item"),
        ([undercount(included=prior(0.8, 2.0))], "error.0.undercount.included"),
        ([{"kind": "typing"}], "typing"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(errors: list[dict[str, Any]], says: str) -> None:
    assert says in refused(*errors, definition=DEFINED)


def test_a_file_is_refused_with_the_place(tmp_path: Any) -> None:
    text = (
        "".join(
            f"{key} = {value!r}\n"
            for key, value in (("name", "m"), ("title", "t"), ("description", "d"))
        )
        + 'groups = ["all"]\n[axis]\nstart = "2020"\nend = "2021"\nevery = "year"\n'
        '[baseline.all.rate]\ndist = "lognormal"\nmedian = 9\nfactor = 3\nwhy = "w"\n'
        '[[error]]\nkind = "undercount"\nincluded = { mean = 1.2, size = 5, why = "w" }\n'
    )
    path = tmp_path / "m.toml"
    path.write_text(text.replace("'", '"'))
    with pytest.raises(SpecError, match=r"error\[0\]\.included\.mean"):
        read_toml(path, ModelSpec)


def test_a_model_without_errors_is_written_as_before() -> None:
    plain = make_spec()
    assert "error" not in plain.model_dump() and '"error"' not in plain.model_dump_json()
    assert plain.digest == ModelSpec.model_validate(make_content(error=[])).digest
    more = make_spec(error=[undercount()])
    assert more.digest != plain.digest
    assert ModelSpec.model_validate_json(more.model_dump_json(by_alias=True)) == more
    # That of the file as it was before there were errors.
    assert load_model("escape_rates").digest.startswith("a22a7775e514")


def steps(spec: ModelSpec) -> list[Step]:
    return [one.step(0, spec.groups, spec.periods) for one in spec.error]


def matrix(step: Step, *values: float) -> np.ndarray:
    """The map at given parameters: np.ndarray (to group, from group, period)."""
    found = step.fixed.copy()
    for place, slope in step.slopes:
        found += values[place] * slope
    return found


def test_persons_go_somewhere_or_are_left_out() -> None:
    spec = make_spec(
        error=[
            undercount(groups=["elite"], spans=["2020H1"]),
            overcount(groups=["commoner"], spans=["2020Q4"]),
            mixed(spans=["2020Q2..2020Q3"]),
            revision(spans=["2020Q3", "2020Q4"]),
        ]
    )
    under, over, mix, revised = steps(spec)
    np.testing.assert_allclose(
        matrix(under, 0.7).sum(axis=0), [[0.7, 0.7, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]]
    )
    np.testing.assert_allclose(
        matrix(over, 0.2).sum(axis=0), [[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.2]]
    )
    found = matrix(mix, 0.3, 0.1)
    np.testing.assert_allclose(found.sum(axis=0), 1.0)
    np.testing.assert_allclose(found[:, :, 1], [[0.7, 0.1], [0.3, 0.9]])
    np.testing.assert_allclose(found[:, :, 3], np.eye(2))
    np.testing.assert_allclose(
        matrix(revised, 0.9, 1.1).sum(axis=0), [[1.0, 1.0, 0.9, 1.1], [1.0, 1.0, 0.9, 1.1]]
    )


def test_errors_that_are_0_change_nothing() -> None:
    spec = make_spec(error=[undercount(), overcount(), mixed(), revision(spans=["2020H1"])])
    nothing = ([1.0], [0.0], [0.0, 0.0], [1.0])
    for step, values in zip(steps(spec), nothing, strict=True):
        np.testing.assert_array_equal(
            matrix(step, *values), np.eye(2)[:, :, None] * np.ones((1, 1, 4))
        )


def test_one_way_of_being_called_otherwise_is_enough() -> None:
    (step,) = steps(make_spec(error=[mixed(missed=None)]))
    np.testing.assert_allclose(matrix(step, 0.1)[:, :, 0], [[1.0, 0.1], [0.0, 0.9]])


def test_years_are_as_long_as_each_other() -> None:
    spec = make_spec("2019", "2020", "year", error=[revision(spans=["2019", "2020"])])
    (one,) = spec.error
    assert one.as_long(365) and one.as_long(366)  # type: ignore[union-attr]
    assert not one.as_long(181) and not one.as_long(731)  # type: ignore[union-attr]
