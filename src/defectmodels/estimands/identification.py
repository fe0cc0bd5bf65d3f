"""How much of each quoted quantity is data, and how much was in the prior.

Everything is worked out on the fit's prior draws in the same way, and widths of central 90% intervals
are compared, which heavy tails of a prior do not move: on the log scale for counts, rates and ratios, on
the logit scale for shares, where a normal posterior of a normal prior has a plain meaning.
*Contraction* is 1 - (posterior width / prior width)^2, there the share of the data in what is known:
at 0.5 prior and data weigh the same (Betancourt 2018, Towards a principled Bayesian workflow;
Schad, Betancourt & Vasishth 2021, Toward a principled Bayesian workflow in cognitive science, both
with variances). *Surprise* is how far the posterior median lies from the prior's, in standard
deviations of a normal prior whose 5% or 95% end, on that side, is the prior's.

Invariant: of a normal prior and normal data both are what the closed form says. Shown by
``tests/test_identification.py``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr
from scipy import special

from defectmodels import names
from defectmodels.estimands.called import called
from defectmodels.estimands.judged import Check, graded, labels
from defectmodels.estimands.quoted import quoted_quantities
from defectmodels.inference.fit import Fit, once
from defectmodels.wording import joined, say

_NORMAL = 1.6448536269514722
"""Standard deviations from the middle of a normal distribution to its 95% point."""
_SHOWN = ("share", "count", "total", "share ratio", "count ratio", "total ratio")
"""What the table of the verdict has of each comparison, beside probabilities."""
_LOG = (
    names.FRAILTY, names.SPREAD, names.TREND_SCALE, names.FACTOR, names.ERROR_PARAMETER,
    names.REVISION_SCALE,
)  # fmt: skip
_PLAIN = (names.EFFECT, names.POOLED, names.LOG_BASELINE, names.LOG_EXPOSURE_FACTOR)
"""Parameters that are logarithms already."""
OWN = (*_LOG, *_PLAIN, names.RELIABILITY)
"""Parameters with a prior of their own. Trends and seasons are made of many small steps, and rates and
expected arrivals are quoted themselves."""

CONTRACTION = (0.75, 0.25)
"""Warn and fail below. At 0.75 the data weigh three times what the prior does, at 0.25 the prior three times
what the data do. The papers name no threshold; these are a convention of this package."""
STATED = 0.95
"""Probability from which the report states a direction."""
FACTOR = (3.0, 1.0)
"""Warn and fail below, for a stated direction: under 3 the data say no more than deserves a bare mention
(Kass & Raftery 1995, Bayes Factors), under 1 they speak against it."""
SURPRISE = (3.0, 4.0)
"""Warn and fail above, in standard deviations of a prior: under a right prior 4 comes once in 16,000."""


@once
def as_prior(fit: Fit) -> Fit:
    """The fit with its prior draws for posterior ones."""
    groups = {name: node.to_dataset() for name, node in fit.tree.children.items()}
    tree = xr.DataTree.from_dict(groups | {"posterior": groups["prior"]})
    tree.attrs = dict(fit.tree.attrs)
    return Fit(fit.spec, fit.dataset, tree)


def is_event(name: str) -> bool:
    """Whether a quoted quantity is an event: ``P(share_up), ...``."""
    return name.startswith("P(")


def in_verdict(name: str) -> bool:
    """Whether a quoted quantity stands in the report's verdict."""
    return is_event(name) or ("," in name and name.partition(",")[0] in _SHOWN)


def _scale(name: str) -> Callable[[np.ndarray], np.ndarray] | None:
    """Scale on which a quantity is nearly normal; None for one whose width says nothing."""
    if name in _PLAIN:
        return np.asarray
    if name == names.RELIABILITY:
        return special.logit
    if is_event(name) or name.startswith("part of"):
        # A part may be of either sign, and how wide it was beforehand is how wide the level was.
        return None
    return special.logit if name.startswith("share") and "ratio" not in name else np.log


def _elements(array: xr.DataArray) -> np.ndarray:
    """np.ndarray (element, sample)."""
    values = array.transpose(..., *names.SAMPLE).values.astype(float)
    return values.reshape(-1, values.shape[-2] * values.shape[-1])


def contraction(posterior: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """1 - (posterior width / prior width)^2 of central 90% intervals: np.ndarray (element,).

    Parameters
    ----------
    posterior, prior : np.ndarray (element, sample)
        On a scale on which they are nearly normal.

    Returns
    -------
    np.ndarray (element,)
        NaN of what does not vary beforehand.
    """
    after, before = (np.nanquantile(one, [0.05, 0.95], axis=1) for one in (posterior, prior))
    width = before[1] - before[0]
    return 1 - ((after[1] - after[0]) / np.where(width > _FIXED, width, np.nan)) ** 2


_FIXED = 1e-9
"""A narrower interval is rounding."""


def surprise(posterior: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Distance of the posterior median from the prior's in the prior's deviations: (element,).

    Parameters
    ----------
    posterior, prior : np.ndarray (element, sample)
    """
    low, middle, high = np.nanquantile(prior, [0.05, 0.5, 0.95], axis=1)
    apart = np.nanmedian(posterior, axis=1) - middle
    deviation = np.where(apart > 0, high - middle, middle - low) / _NORMAL
    return apart / np.where(deviation > _FIXED, deviation, np.nan)


def _odds(event: np.ndarray) -> np.ndarray:
    """Odds of each event, with half a draw on either side: np.ndarray (element,)."""
    hits = event.sum(axis=1)
    return (hits + 0.5) / (event.shape[1] - hits + 0.5)


def _rows(name: str, posterior: xr.DataArray, prior: xr.DataArray) -> pd.DataFrame:
    found = pd.DataFrame({"name": labels(name, posterior)}).reindex(columns=COLUMNS)
    after, before = _elements(posterior), _elements(prior)
    if is_event(name):
        return found.assign(
            prior=before.mean(axis=1),
            posterior=after.mean(axis=1),
            bayes_factor=_odds(after) / _odds(before),
        )
    scale = _scale(name)
    if scale is None:
        return found
    after, before = scale(after), scale(before)
    found["contraction"] = contraction(after, before)
    # Ratios and shares that priors of several parameters make have tails of no known shape.
    return found.assign(surprise=surprise(after, before)) if name in OWN else found


COLUMNS = ["name", "contraction", "surprise", "prior", "posterior", "bayes_factor"]


@once
def informed(fit: Fit) -> pd.DataFrame:
    """What the evidence did to every quoted quantity, and to the parameters with a prior of their own.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    pd.DataFrame
        One row for each element: name; contraction; surprise, of parameters; prior, posterior and
        bayes_factor (posterior odds over prior odds), of events; verdict, whether the report's verdict
        has it. NaN of what does not vary beforehand and of parts of a change, whose width beforehand is
        that of the level.
    """
    prior = fit.group("prior")
    own = {name: fit.posterior[name] for name in OWN if name in fit.posterior}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        # Wide priors reach 0 and infinity, whose logs are ends of intervals as good as any.
        warnings.simplefilter("ignore", RuntimeWarning)
        before = quoted_quantities(as_prior(fit)) | {name: prior[name] for name in own}
        made = {
            name: _rows(name, array, before[name]).assign(verdict=in_verdict(name))
            for name, array in (quoted_quantities(fit) | own).items()
        }
    return pd.concat(made.values(), ignore_index=True)


def identified(table: pd.DataFrame) -> list[Check]:
    """Judge whether the evidence, and not the prior, answers what the verdict says.

    Parameters
    ----------
    table : pd.DataFrame
        From `informed`.
    """
    found = [_contracted(table[table["verdict"]]), _direction(table[table["verdict"]])]
    found.append(_agreeing(table[table["surprise"].notna()]))
    return [one for one in found if one is not None]


def _contracted(table: pd.DataFrame) -> Check | None:
    table = table[table["contraction"].notna()].sort_values("contraction", kind="stable")
    if not len(table):
        return None
    name, value = str(table["name"].iloc[0]), float(table["contraction"].iloc[0])
    weak = table["name"][table["contraction"] < CONTRACTION[0]].tolist()
    text = say(
        "check-contraction",
        value=f"{value:.2f}",
        name=called(name),
        limit=f"{CONTRACTION[0]}",
        driven="yes" if value < CONTRACTION[1] else "no",
        others=max(len(weak) - 1, 0),
        also=joined(map(called, weak[1:5]), ", "),
    )
    remedy = say("check-do-identification")
    return Check(say("check-name-identification"), graded(value, CONTRACTION, False), text, remedy)


def _direction(table: pd.DataFrame) -> Check | None:
    table = table[table["bayes_factor"].notna()]
    p, factor = table["posterior"].to_numpy(float), table["bayes_factor"].to_numpy(float)
    # Odds for the direction that is stated; where all draws agree they are known from below only.
    factor = np.where(p > 0.5, factor, 1 / factor)
    factor = np.where((p == 0) | (p == 1), np.maximum(factor, FACTOR[1]), factor)
    stated = np.maximum(p, 1 - p) >= STATED
    same = table["prior"].to_numpy(float) == p
    if not len(table):
        return None
    chosen = np.flatnonzero(stated & ~(same & ((p == 0) | (p == 1))))
    name, remedy = say("check-name-direction"), say("check-do-identification")
    if not len(chosen):
        return Check(name, "pass", say("check-direction-none"), remedy)
    place = int(chosen[np.argmin(factor[chosen])])
    row, value = table.iloc[place], float(factor[place])
    text = say(
        "check-direction",
        name=called(str(row["name"])),
        prior=f"{row['prior']:.2f}",
        posterior=f"{row['posterior']:.2f}",
        factor=f"{value:.3g}",
        limit=f"{FACTOR[0]:.0f}",
    )
    return Check(name, graded(value, FACTOR, False), text, remedy)


def _agreeing(table: pd.DataFrame) -> Check | None:
    if not len(table):
        return None
    size = table["surprise"].abs().to_numpy(float)
    place = int(np.argmax(size))
    name, value = str(table["name"].iloc[place]), float(size[place])
    far, limit = f"{value:.1f}", f"{SURPRISE[0]:.0f}"
    text = say("check-surprise", name=called(name), value=far, limit=limit)
    return Check(say("check-name-prior"), graded(value, SURPRISE), text, say("check-do-prior"))
