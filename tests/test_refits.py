from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from country import ROWS, country, country_spec
from defectmodels import names
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.engine import make_engine
from defectmodels.inference.refits import Kept, Refits, Settings
from defectmodels.model.chance import prior_chances
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import ModelSpec
from small import small_dataset, small_spec

SETTINGS = Settings(draws=30, tune=40, chains=2)
WANTED = (names.EXPECTED, names.EFFECT, names.FRAILTY)


def test_a_moved_fit_is_a_fresh_one() -> None:
    spec, data = small_spec(), small_dataset()
    fewer = make_design(spec, replace(data, statements=data.statements[:-4]))
    refits = Refits(WANTED)
    refits.fit(make_design(spec, data), SETTINGS, 1)
    moved = refits.fit(fewer, SETTINGS, 5)
    assert len(refits._made) == 1
    fresh = Refits(WANTED).fit(fewer, SETTINGS, 5)
    for name in WANTED:
        np.testing.assert_array_equal(moved.posterior[name], fresh.posterior[name])
    assert set(moved.posterior.data_vars) == set(WANTED)
    assert moved.posterior[names.EXPECTED].sizes == {
        "chain": 2, "draw": 30, names.GROUP: 2, names.PERIOD: 10,
    }  # fmt: skip
    assert moved.gradients >= 60 and moved.z.shape[:2] == (2, 30) and moved.seconds > 0


def test_a_process_makes_a_thing_once_and_keeps_the_last_used() -> None:
    kept, made = Kept[str](), list[str]()

    def get(key: str) -> str:
        def make() -> str:
            time.sleep(0.01)
            made.append(key)
            return f"of {key}"

        return kept.get(key, make)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(get, "aaaaaaaa")) == ["of a"] * 8
    assert made == ["a"]
    assert [get(key) for key in "babcab"] == [f"of {key}" for key in "babcab"]
    # c takes the place of a, used before b; then a that of b, and b that of c.
    assert made == list("abcab")


def graded(data: Dataset) -> Dataset:
    """Statements of elites in ranges, doubted."""
    return replace(
        data,
        statements=tuple(
            one.model_copy(update={"grade": "medium"}) if one.definition == "elite" else one
            for one in data.statements
        ),
    )


@pytest.fixture(scope="module")
def doubting() -> ModelSpec:
    grade = {"mean": 0.8, "size": 10, "why": "a test"}
    return country_spec(reliability={"high": grade, "medium": grade, "low": grade})


def test_other_joint_rows_have_the_chances_of_a_fresh_engine(doubting: ModelSpec) -> None:
    whole = make_design(doubting, graded(country()))
    fewer = make_design(doubting, graded(country(*ROWS[:4], *ROWS[7:9], *ROWS[12:])))
    assert whole.grades == fewer.grades == ("medium",) and len(fewer.joint.rows) < len(
        whole.joint.rows
    )
    engine, fresh = make_engine(whole), make_engine(fewer)
    found = prior_chances(engine.model, whole.grades).of(fewer)
    np.testing.assert_array_equal(found, fresh.chance)
    assert (fresh.chance[[r.statement.grade == "medium" for r in fewer.joint.rows]] < 1).all()


def test_another_structure_is_read_off_anew(doubting: ModelSpec) -> None:
    refits = Refits(WANTED)
    designs: list[Design] = [
        make_design(doubting, graded(country())),
        make_design(doubting, country()),
        make_design(doubting, country(*ROWS[:-1])),
    ]
    for design in designs:
        refits.engine(design)
    assert len(refits._made) == 3
