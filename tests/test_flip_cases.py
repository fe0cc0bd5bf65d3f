from __future__ import annotations

import numpy as np
import pytest

from country import country, country_spec
from defectmodels.evidence.dataset import Dataset
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.flip_cases import REFITTED, assumptions
from defectmodels.studies.flip_evidence import applied
from smallworld import make_spec
from test_flip_evidence import said, world


@pytest.fixture(scope="module")
def own() -> tuple[ModelSpec, Dataset, Design]:
    spec, data = country_spec(), country()
    return spec, data, make_design(spec, data)


def test_nothing_is_changed_at_the_first_value(own: tuple[ModelSpec, Dataset, Design]) -> None:
    spec, data, design = own
    found = assumptions(design, data, "elite", ("2019", "2022"))
    assert len({one.key for one in found}) == len(found)
    for one in found:
        if one.kind in REFITTED:
            assert applied(spec, data, one, one.values[0]) == (data, None)
            changed, seen = applied(spec, data, one, one.values[-1])
            assert changed != data or (seen is not None and seen.min() < 1)
        if one.spans:
            assert one.spans[0] == ("2019", "2022") and len(one.spans) == len(one.values)
        assert np.all(np.diff(one.values) > 0) or np.all(np.diff(one.values) < 0)


def test_assumptions_of_a_headline(own: tuple[ModelSpec, Dataset, Design]) -> None:
    _, data, design = own
    found = {one.key: one for one in assumptions(design, data, "elite", ("2019", "2022"))}
    # Forty elites were counted in 2019, and no number is known of 2022.
    assert found["misclassified 2019"].values == tuple(range(41))
    assert found["misclassified 2022"].values == tuple(range(41))
    # 40 of 170 is the share of 99 of 420.
    assert found["missed 2019"].values[-1] == 99 and found["missed 2022"].values[-1] == 40
    assert found["missed 2019"].values[:41] == tuple(range(41))
    assert [text for _, text in found["start earlier"].spans[1:3]] == [
        "2021Q4..2022Q4",
        "2021Q3..2022Q4",
    ]
    assert found["start later"].spans[-1] == ("2019", "2022Q4")
    assert {"reliability of S0", "undetected all 2019", "undetected elite 2022"} <= set(found)
    assert "before" not in found and "after" not in found


def test_readings_are_moved_where_a_statement_on_the_group_uses_them() -> None:
    said_once = said("reading", reading="about", low=10, high=10)
    spec = make_spec(
        "2019", "2023", "year", headline={"of": "elite", "before": "2020", "after": "2021"}
    )
    for statement, known in ((said_once, True), (said("exact", low=9, high=9), False)):
        data = world(statement)
        found = assumptions(make_design(spec, data), data, "elite", ("2020", "2021"))
        keys = {one.key: one.values for one in found if one.name == "about"}
        assert bool(keys) == known
    data = world(said_once)
    found = assumptions(make_design(spec, data), data, "elite", ("2020", "2021"))
    keys = {one.key: one.values for one in found if one.name == "about"}
    assert keys["about wider"] == (0.2, *(at / 10 for at in range(3, 11)))
    assert keys["about narrower"] == (0.2, 0.1, 0.0)


def test_the_shipped_headline(shipped: Dataset, shipped_design: Design) -> None:
    found = {
        one.key: one for one in assumptions(shipped_design, shipped, "elite", ("2019", "2023"))
    }
    assert found["misclassified 2023"].values == tuple(range(13))
    assert [pair[0] for pair in found["before"].spans] == ["2019", "2018", "2017", "2016", "2015"]
    assert [pair[1] for pair in found["after"].spans] == ["2023", "2024", "2025"]
    assert sum(one.kind == "reliability" for one in found.values()) == 41
    changed = {}
    for key in ("misclassified 2023", "missed 2019"):
        data, _ = applied(shipped_design.spec, shipped, found[key], 3.0)
        before = {one.id: one for one in shipped.statements}
        used = {row.statement.id for row in shipped_design.selection.rows}
        changed[key] = {
            one.id for one in data.statements if one != before.get(one.id) and one.id in used
        }
    assert changed["misclassified 2023"] == {
        "E001", "E002", "E009", "E010", "E017", "E018", "E027",
    }  # fmt: skip
    assert changed["missed 2019"] == {"E002", "E009", "E010", "E017"}
