"""Names of a fit file: dims, variables and groups. This is the contract of docs/outputs.md.

Invariant: a fit file holds these names and no others in its posterior. Shown by
``tests/test_names.py``.
"""

from __future__ import annotations

from typing import Final

# Dims.
GROUP: Final = "group"
PERIOD: Final = "period"
COVARIATE: Final = "covariate"
SEASON: Final = "season"
SEASON_DIRECTION: Final = "season_direction"
STEP: Final = "trend_step"
POOLED_COVARIATE: Final = "pooled_covariate"
DEFINITION: Final = "definition"
DIRECT: Final = "direct_row"
NESTED: Final = "nested_row"
JOINT: Final = "joint_row"
GRADE: Final = "grade"
ERROR: Final = "error"
SAMPLE: Final = ("chain", "draw")

# Variables of the posterior.
LOG_BASELINE: Final = "log_baseline"
LOG_EXPOSURE_FACTOR: Final = "log_exposure_factor"
EFFECT: Final = "effect"
POOLED: Final = "pooled_effect"
SPREAD: Final = "effect_spread"
SEASON_EFFECT: Final = "season_effect"
TREND: Final = "trend"
TREND_SCALE: Final = "trend_scale"
FRAILTY: Final = "frailty_cv"
FACTOR: Final = "definition_factor"
RELIABILITY: Final = "reliability"
ERROR_PARAMETER: Final = "error_parameter"
REVISION_SCALE: Final = "revision_scale"
RATE: Final = "rate"
EXPECTED: Final = "expected"

# Data of the model, which `pm.do` can replace.
COVARIATES: Final = "covariates"
EXPOSURE: Final = "exposure"

# Observed variables, one element per row of evidence.
DIRECT_COUNT: Final = "direct"
NESTED_COUNT: Final = "nested"
JOINT_COUNT: Final = "joint"
CHANCE: Final = "joint_chance"

VARIABLES: Final[dict[str, str]] = {
    LOG_BASELINE: "log of the rate per person-year with every covariate at its centre",
    LOG_EXPOSURE_FACTOR: "log of the true exposure over the stated one",
    EFFECT: "change of the log rate for one unit of the covariate",
    POOLED: "mean effect over the groups it acts on",
    SPREAD: "standard deviation of an effect between groups",
    SEASON_EFFECT: "change of the log rate by place in the year",
    TREND: "change of the log rate that no covariate carries, mean 0",
    TREND_SCALE: "standard deviation of the trend's change in one year",
    FRAILTY: "coefficient of variation of a period's frailty",
    FACTOR: "rate of a definition over the rate of the reference definition",
    RELIABILITY: "probability that a statement of this grade is true",
    ERROR_PARAMETER: "parameter of an error of what is published",
    REVISION_SCALE: "standard deviation of the log of what is published over what will be",
    RATE: "arrivals per person-year at risk",
    EXPECTED: "expected arrivals in the period",
}
"""What each variable of the posterior is; units stand in docs/outputs.md."""
