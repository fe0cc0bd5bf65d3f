"""The rule of a verdict, and that a decision which breaks it cannot be made."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pydantic import ValidationError

from defectmodels.estimands.decision import (
    Chance,
    Confidence,
    Decision,
    Measured,
    Region,
    judged,
    measured,
    near,
    sides_of,
    verdict_of,
)
from defectmodels.estimands.summary import probability, summarise

ONE = Chance(value=0.5, mcse=0.01)


def draws(values: Any) -> xr.DataArray:
    return xr.DataArray(np.asarray(values).reshape(2, -1), dims=("chain", "draw"))


def answered(chance: Chance, **changes: Any) -> Decision:
    content: dict[str, Any] = {
        "id": "C", "text": "A claim", "kind": "change", "source": "", "model": "small",
        "what": "a quantity", "unit": "ratio", "spans": ("2019", "2020"), "holds": ("above",),
        "probability": chance, "region": Region(low=0.9, high=1.1, below=ONE, inside=ONE, above=ONE),
        "estimate": Measured(median=1, low=0, high=2, mcse=None, mcse_low=0.1, mcse_high=0.1),
        "verdict": verdict_of(chance), "confidence": Confidence(level="low", why=("a reason",)),
    }  # fmt: skip
    return Decision(**(content | changes))


@pytest.mark.parametrize(
    ("value", "mcse", "verdict", "close"),
    [
        (0.96, 0.004, "supported", False),
        (0.95, 0.0, "supported", False),
        (0.96, 0.006, "cannot tell", True),  # above, and not by two errors
        (0.949, 0.0001, "cannot tell", False),
        (0.5, 0.01, "cannot tell", False),
        (0.04, 0.006, "cannot tell", True),
        (0.04, 0.004, "not supported", False),
        (0.0, 0.0003, "not supported", False),
        (1.0, 0.0003, "supported", False),
    ],
)
def test_the_rule(value: float, mcse: float, verdict: str, close: bool) -> None:
    chance = Chance(value=value, mcse=mcse)
    assert verdict_of(chance) == verdict
    assert near(chance) == close
    assert answered(chance).verdict == verdict


def test_a_decision_against_its_numbers_cannot_be_made() -> None:
    sure = Chance(value=0.99, mcse=0.001)
    for verdict in ("not supported", "cannot tell"):
        with pytest.raises(ValidationError, match="the rule gives 'supported'"):
            answered(sure, verdict=verdict)
    with pytest.raises(ValidationError, match="all its numbers or none"):
        answered(sure, verdict="withheld", reason="checks")
    with pytest.raises(ValidationError, match="needs all its numbers"):
        answered(sure, estimate=None)
    head = {"id": "C", "text": "A", "kind": "outside", "source": "", "model": "small"}
    with pytest.raises(ValidationError, match="needs a reason"):
        Decision(**head, verdict="outside the data")
    with pytest.raises(ValidationError, match="all its numbers or none"):
        Decision(**head, verdict="supported", reason="none")
    with pytest.raises(ValidationError, match="frozen"):
        answered(sure).verdict = "cannot tell"  # type: ignore[misc]


def test_sides_are_a_partition() -> None:
    values = draws([0.5, 0.9, 1.0, 1.1, 1.2, 3.0])
    found = sides_of(values, 0.9, 1.1)
    assert sum(int(one.sum()) for one in found.values()) == values.size
    assert [int(found[side].sum()) for side in ("below", "inside", "above")] == [1, 3, 2]
    assert int(sides_of(values, None, 1.1)["below"].sum()) == 0
    assert int(sides_of(values, 0.9, None)["above"].sum()) == 0


def test_judged_by_direct_computation() -> None:
    rng = np.random.default_rng(1)
    values = draws(rng.normal(1.3, 0.2, 4000))
    region, chance, verdict = judged(values, 0.95, 1.05, ("inside", "above"))
    assert chance.value == pytest.approx(float(np.mean(values.values >= 0.95)))
    assert (chance.value, chance.mcse) == tuple(probability(values >= 0.95))
    assert region.below.value == pytest.approx(1 - chance.value)
    assert verdict == "supported" and region.side is None
    table = summarise(values)
    one = measured(values)
    assert (one.median, one.low, one.high) == tuple(
        float(table[n]) for n in ("median", "low", "high")
    )
    assert one.mcse == float(table["mcse"])


def test_few_draws_have_no_error() -> None:
    assert measured(draws([1.0, 2.0, 3.0, 4.0])).mcse is None


def test_json_has_the_keys_and_words_of_the_schema() -> None:
    schema = Decision.model_json_schema()
    one = answered(Chance(value=0.99, mcse=0.001))
    record = json.loads(one.model_dump_json())
    assert Decision.model_validate(record) == one
    assert set(record) == set(schema["properties"]) and schema["additionalProperties"] is False
    assert record["verdict"] in schema["properties"]["verdict"]["enum"]
    assert set(record["region"]) == set(schema["$defs"]["Region"]["properties"])
    with pytest.raises(ValidationError):
        Decision.model_validate(record | {"verdict": "true"})
