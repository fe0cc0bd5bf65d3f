"""What differs between two scenarios: persons, ratios and share points, for each span and added up.

Invariant: every number is a difference of two scenarios on the same draw, and beside it stand what has
to be assumed and how far the data can speak to it. Shown by ``tests/test_contrast.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import xarray as xr

from defectmodels import names
from defectmodels.estimands.rates import SPAN
from defectmodels.estimands.scenarios import SCENARIO, Scenarios
from defectmodels.estimands.summary import INTERVAL, probability, tidy
from defectmodels.estimands.support import OUTSIDE
from defectmodels.evidence.scenario import AND, FACTUAL
from defectmodels.wording import Message, joined, named, say, titled

ALL = "all"
"""Stands for all groups together."""


@dataclass(frozen=True)
class Reach:
    """How far the data can speak to a scenario.

    Attributes
    ----------
    changed : int
        Periods in which the scenario is another history.
    outside : int
        Those of them in which covariates lie outside the joint hull of what was seen, for some group.
    hull : float
        The largest distance from the hull, in shares of the covariates' ranges.
    beyond : dict of str to float
        Covariates that leave their own range, and by how much, in units of the covariate.
    later : float
        Years beyond the last fitted day.
    every : str
        What a period is called.
    """

    changed: int
    outside: int
    hull: float
    beyond: dict[str, float]
    later: float
    every: str

    @property
    def supported(self) -> bool:
        """Whether the scenario stays within what was seen."""
        return not (self.outside or self.beyond or self.later)

    def __str__(self) -> str:
        """Say it in one sentence."""
        if not self.changed:
            return say("support-unchanged")
        if self.supported:
            return say("support-within")
        found = []
        if self.outside:
            hull = f"{self.hull:.0%}"
            found.append(
                say("support-outside", outside=self.outside, changed=self.changed,
                    every=self.every, hull=hull)
            )  # fmt: skip
        found += [
            say("support-beyond", covariate=named(name), far=f"{far:.2g}")
            for name, far in self.beyond.items()
        ]
        if self.later:
            found.append(say("support-later", years=f"{self.later:.1f}"))
        return joined(found, "; ")


def assumed(assumptions: Sequence[str]) -> str:
    """All of several assumptions, each of the form "that ...", as one text.

    Those of shipped scenarios are said in the language spoken; a reader's own stay.
    """
    bare = [" ".join(one.split()).rstrip(".") for one in dict.fromkeys(assumptions)]
    parts = [part for text in bare if text for part in _shipped(text)]
    if not parts:
        return ""
    whole: str = parts[0]
    for part in parts[1:]:
        whole = say("scenario-and", one=whole, other=part)
    return say("scenario-assumed", all=whole)


def _shipped(text: str) -> list[str]:
    """Cut what joined scenarios assume where the assumption of a shipped one begins or ends."""
    pieces = text.split(AND)
    for size in range(len(pieces), 0, -1):
        head, rest = AND.join(pieces[:size]), AND.join(pieces[size:])
        if isinstance(said := titled(head), Message):
            return [said, *(_shipped(rest) if rest else [])]
    if len(pieces) == 1:
        return [text]
    after = _shipped(AND.join(pieces[1:]))
    if isinstance(after[0], Message):
        return [pieces[0], *after]
    return [AND.join((pieces[0], after[0])), *after[1:]]


def reach(found: Scenarios, name: str) -> Reach:
    """How far the data can speak to one of the scenarios."""
    found.one(name)
    own = found.support.sel({SCENARIO: name})
    changed = own["changed"].values
    hull = own["hull"].values.max(axis=0, initial=0.0)
    beyond = {
        str(covariate): float(own["range"].sel({names.COVARIATE: covariate}).max())
        for covariate in own[names.COVARIATE].values
    }
    return Reach(
        int(changed.sum()),
        int(((hull > OUTSIDE) & changed).sum()),
        float(hull.max(initial=0.0)),
        {covariate: far for covariate, far in beyond.items() if far > _ROUNDING},
        float(own["later"].values.max(initial=0.0)),
        str(own.attrs["every"]),
    )


_ROUNDING = 1e-9


@dataclass(frozen=True)
class Contrast:
    """One scenario against another.

    Attributes
    ----------
    scenario, reference : str
    of : str
        The group whose share is spoken of.
    data : xr.Dataset
        difference and cumulative (chain, draw, group, span), persons, with all groups together under
        ``all``; ratio (the same); share_points (chain, draw, span), percentage points, where there are
        two groups or more; and realised_difference and realised_cumulative where whole persons were
        asked for. A cumulative number adds the spans up to its own.
    assumption : str
        What has to be assumed to read the contrast as an effect.
    reach, reference_reach : Reach
    """

    scenario: str
    reference: str
    of: str
    data: xr.Dataset
    assumption: str
    reach: Reach
    reference_reach: Reach

    def table(self, interval: float = INTERVAL) -> pd.DataFrame:
        """One row for each number, nothing rounded.

        Returns
        -------
        pd.DataFrame
            scenario, reference, what, group, span, median, low, high, mean, sd, their Monte Carlo
            errors, more and mcse_more (the probability that the scenario has more, and its error), units.
        """
        tables = []
        for what, array in self.data.data_vars.items():
            table = tidy(array, interval).assign(what=str(what))
            if names.GROUP not in table:
                table[names.GROUP] = self.of
            none = 1.0 if what == "ratio" else 0.0
            dims = [str(dim) for dim in array.dims if dim not in names.SAMPLE]
            flat = array.stack(item=dims).transpose("item", *names.SAMPLE)
            odds = [
                probability(flat.isel(item=i, drop=True) > none) for i in range(flat.sizes["item"])
            ]
            table["more"], table["mcse_more"] = [p.value for p in odds], [p.mcse for p in odds]
            tables.append(table)
        whole = pd.concat(tables, ignore_index=True)
        whole.insert(0, "scenario", self.scenario)
        whole.insert(1, "reference", self.reference)
        return whole


def _with_all(array: xr.DataArray) -> xr.DataArray:
    total = array.sum(names.GROUP).expand_dims({names.GROUP: [ALL]})
    return xr.concat([array, total], names.GROUP)


def contrast(found: Scenarios, scenario: str, reference: str | None = None) -> Contrast:
    """Hold one scenario against another, draw by draw.

    Parameters
    ----------
    found : Scenarios
    scenario, reference : str
        Names; the first scenario is the reference by default.

    Returns
    -------
    Contrast

    Raises
    ------
    UnknownNameError
        When a name is none of the scenarios.
    """
    reference = reference or found.names[0]
    for name in (scenario, reference):
        found.one(name)
    data: dict[str, xr.DataArray] = {}
    for quantity, prefix in (("expected", ""), ("realised", "realised_")):
        if quantity not in found.tree.children:
            continue
        by = found.draws(quantity)
        one, other = (_with_all(by.sel({SCENARIO: n}, drop=True)) for n in (scenario, reference))
        difference = one - other
        data[f"{prefix}difference"] = difference.assign_attrs(units="persons")
        data[f"{prefix}cumulative"] = difference.cumsum(SPAN).assign_attrs(units="persons")
        if quantity == "expected":
            data["ratio"] = (one / other).assign_attrs(units="ratio")
            if by.sizes[names.GROUP] > 1:
                part = [each.sel({names.GROUP: found.of}, drop=True) for each in (one, other)]
                whole = [each.sel({names.GROUP: ALL}, drop=True) for each in (one, other)]
                points = 100.0 * (part[0] / whole[0] - part[1] / whole[1])
                data["share_points"] = points.assign_attrs(units="percentage points")
    assumption = assumed(
        [found.one(name).assumption for name in (scenario, reference) if name != FACTUAL]
    )
    order = (*names.SAMPLE, names.GROUP, SPAN)
    laid = {name: one.transpose(*(d for d in order if d in one.dims)) for name, one in data.items()}
    reached = (reach(found, name) for name in (scenario, reference))
    return Contrast(scenario, reference, found.of, xr.Dataset(laid), assumption, *reached)
