"""Two sets of evidence about the same rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from defectmodels.errors import SpecError
from defectmodels.evidence.statements import Rank
from defectmodels.inference.engine import Engine, make_engine
from defectmodels.inference.geometry import to_model
from defectmodels.inference.predict import cut
from defectmodels.model.chance import prior_chances
from defectmodels.model.design import Design, make_design
from defectmodels.model.stacked import stacked
from jointworld import FACTOR, TOTALS, content
from small import small_dataset, small_spec


def prior(engine: Engine, z: np.ndarray) -> np.ndarray:
    """Log density of the prior at the model's own coordinates: np.ndarray (point,)."""
    own = engine.density.own
    values = cut(engine.model, to_model(engine.density.layout, z, own)[0])
    logp = engine.model.compile_logp(vars=engine.model.free_RVs)
    return np.array(
        [float(logp({name: one[at] for name, one in values.items()})) for at in range(len(z))]
    )


def densities(engine: Engine, design: Design, chance: np.ndarray, z: np.ndarray) -> np.ndarray:
    made = engine.with_rows(design, chance)
    slope = made.density.at(made.density.own)
    return np.array([slope(one)[0] for one in z])


def held_to_be_a_product(first: Design, second: Design) -> None:
    engine = make_engine(first)
    chances = prior_chances(engine.model, first.grades)
    both = stacked(first, second)
    z = np.random.default_rng(1).normal(0.0, 0.5, (5, len(engine.density.layout.order)))
    one, other = chances.of(first), chances.of(second)
    # Each row has the chance that it has alone.
    np.testing.assert_array_equal(chances.of(both), np.concatenate([one, other]))
    found = densities(engine, both, chances.of(both), z)
    wanted = densities(engine, first, one, z) + densities(engine, second, other, z)
    np.testing.assert_allclose(found, wanted - prior(engine, z), atol=1e-8)


def test_published_totals_multiply() -> None:
    spec, data = small_spec(), small_dataset()
    other = tuple(
        one.model_copy(update={"low": one.low + 3, "high": one.high + 3}) for one in data.statements
    )
    held_to_be_a_product(
        make_design(spec, data), make_design(spec, replace(data, statements=other))
    )


@pytest.mark.parametrize("shift", [0, 2])
def test_joint_rows_multiply(shift: int) -> None:
    """Doubted ranges, a comparison, counts that divide a total, and days without one."""

    def design(more: int) -> Design:
        rows = (
            *TOTALS,
            ("elite", "2020Q1", 2 + more, 5 + more),
            ("elite", "2020Q2", 1 + more),
            ("elite", "2019Q4..2020Q1", 4 + more, 7 + more),
            ("apart", "2020Q2", 1 + more, 4 + more),
        )
        spec, data = content(
            *rows,
            graded=(2, 3, 4, 5),
            comparisons={3: (Rank, {"against": "2020-01-01/2020-03-31"})} if not more else {},
            axis=("2019Q4", "2020Q4", "quarter"),
            definition={"everyone": {}, "elite": {}, "apart": {"factor": FACTOR}},
            definitions={"apart": ("elite",)},
        )
        return make_design(spec, data)

    first, second = design(0), design(shift)
    assert first.joint.links and len(stacked(first, second).joint.rows) == len(
        first.joint.rows
    ) + len(second.joint.rows)
    held_to_be_a_product(first, second)


def test_other_models_are_refused() -> None:
    design = make_design(small_spec(), small_dataset())
    other = make_design(small_spec().model_copy(update={"title": "other"}), small_dataset())
    with pytest.raises(SpecError, match="the same model"):
        stacked(design, other)
