"""A model of few choices, and the multiverse of it that is really fitted in a test run."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from country import prior
from defectmodels.evidence.dataset import Dataset
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.multiverse import multiverse
from defectmodels.studies.multiverse_result import Multiverse
from small import small_dataset, small_spec
from smallworld import make_spec

SETTINGS: dict[str, Any] = {"random_seed": 3, "draws": 300, "tune": 200, "executor": "serial"}


def few_choices(**changes: Any) -> ModelSpec:
    """The small model with a covariate of the commoners alone: likelihood and trend are left."""
    own = small_spec()
    effect = {"series": "closure", "groups": ["commoner"], "ratio": prior(0.5, 4.0)}
    content: dict[str, Any] = own.model_dump(mode="json", by_alias=True)
    content["term"] = [{"kind": "covariates", "effect": [effect]}, *content["term"][1:]]
    content["headline"] = {"of": "elite", "before": "2014", "after": "2020"}
    content["headline"]["also"] = [["2012", "2020"]]
    return make_spec("2012", "2021", "year", **(content | changes))


def few_rows() -> Dataset:
    """Its evidence."""
    return small_dataset()


@cache
def fitted(folder: Path | None = None) -> Multiverse:
    """Its four variants."""
    return multiverse(few_choices(), few_rows(), folder=folder, **SETTINGS)
