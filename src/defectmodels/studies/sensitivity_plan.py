"""What a study of sensitivity does by weights of the base fit's draws, and what it leaves to refits.

Invariant: no number comes from weights with a Pareto k above `PARETO_K`. Shown by ``tests/test_sensitivity.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from defectmodels.estimands.checks import PARETO_K
from defectmodels.estimands.headline import Quantity, Value, plain
from defectmodels.estimands.leaving import weigh_all
from defectmodels.estimands.powers import LIKELIHOOD, PRIORS, components, scaled
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit
from defectmodels.inference.without import dataset_without, rows_by_origin
from defectmodels.model.spec import ModelSpec
from defectmodels.model.tagged import powered, prior_of, tags, with_prior
from defectmodels.studies.sensitivity_variants import Change, NotVaried, Variant

POWERS = (0.8, 1.25)
"""Powers at which numbers are worked out: a fifth less and a quarter more belief, as in Kallioinen et al."""
UNKNOWN = "not known"
"""How a change without a number was worked out."""


@dataclass(frozen=True)
class Told(Change):
    """A change whose numbers come from weights of the base, or that has none."""

    how: str
    pareto_k: float = math.nan
    reason: str = ""
    values: tuple[Value, ...] = ()
    differences: tuple[tuple[float, float], ...] = ()


Planned = Told | Variant | NotVaried


@dataclass(frozen=True)
class Plan:
    """What is done by weights already, what by refits, and what not at all."""

    told: tuple[Told, ...]
    refits: tuple[Variant, ...]
    not_varied: tuple[NotVaried, ...]


def plan(found: Iterable[Planned]) -> Plan:
    """Sort changes by how they are worked out."""
    every = tuple(found)
    return Plan(
        tuple(one for one in every if isinstance(one, Told)),
        tuple(one for one in every if isinstance(one, Variant)),
        tuple(one for one in every if isinstance(one, NotVaried)),
    )


def powers(
    base: Fit, spec: ModelSpec, dataset: Dataset, numbers: Sequence[Quantity]
) -> Iterator[Planned]:
    """Raise every component to every power."""
    for component in components(base):
        for power in POWERS:
            change, found = f"{power:g}", scaled(base, numbers, component, power)
            told = Told("power", component, change, "weights", found.pareto_k)
            if found.pareto_k <= PARETO_K:
                yield replace(told, values=found.values, differences=found.differences)
            elif component == LIKELIHOOD:
                # A power of it is no model of whole persons that could be fitted.
                yield replace(told, how=UNKNOWN, reason="weights")
            else:
                which = tags(base.design) if component == PRIORS else (component,)
                pair = _all_powered(spec, dataset, which, power)
                yield Variant("power", component, change, *pair, found.pareto_k)


def _all_powered(
    spec: ModelSpec, dataset: Dataset, which: Sequence[str], power: float
) -> tuple[ModelSpec, Dataset]:
    for tag in which:
        prior = powered(prior_of(spec, dataset, tag), power)
        spec, dataset = with_prior(spec, dataset, tag, prior)
    return spec, dataset


def origins(base: Fit, spec: ModelSpec, numbers: Sequence[Quantity]) -> Iterator[Planned]:
    """Leave every origin out."""
    groups = {
        origin: tuple(row.statement.id for row in rows)
        for origin, rows in rows_by_origin(base.design).items()
    }
    whole = [plain(one) for one in numbers]
    for left in weigh_all(base, numbers, groups, progress=False):
        told = Told("origin", left.origin, "", left.how, left.pareto_k)
        if left.how == "weights":
            differences = [apart(*both) for both in zip(left.values, whole, strict=True)]
            yield replace(told, values=left.values, differences=tuple(differences))
        elif left.how == "refit needed":
            rest = dataset_without(base, frozenset(left.ids))
            yield Variant("origin", left.origin, "", spec, rest, left.pareto_k)
        else:
            yield NotVaried("origin", left.origin, "cannot", left.reason)


def apart(value: Value, base: Value) -> tuple[float, float]:
    """Difference of two values, and its Monte Carlo error if they are independent."""
    return value.value - base.value, math.hypot(value.mcse, base.mcse)
