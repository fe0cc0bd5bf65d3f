"""Tables and one-line verdicts, for the command line and whoever wants pandas.

Invariant: a table's numbers are those of the labelled arrays it is made from. Shown by
``tests/test_tables.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from defectmodels import names
from defectmodels.errors import SpanError, SpecError
from defectmodels.estimands.decomposition import decompose
from defectmodels.estimands.quoted import comparisons
from defectmodels.estimands.rates import annual, share, span_rate, years_of
from defectmodels.estimands.realised import over_spans, realised
from defectmodels.estimands.summary import Probability, digits, tidy
from defectmodels.inference.fit import Fit
from defectmodels.model.terms import Covariates


def effect_table(fit: Fit, interval: float) -> pd.DataFrame:
    """Effects as ratios of rates for one unit of the covariate, prior beside posterior.

    Returns
    -------
    pd.DataFrame
        group, covariate, median, low, high, mean, sd, mcse (ratios), per, prior_low, prior_high,
        contraction (1 - posterior variance / prior variance of the log effect), below_1 (the
        probability that the ratio is below 1).

    Raises
    ------
    SpecError
        When the model has no covariates.
    """
    if names.EFFECT not in fit.posterior:
        raise SpecError(f"model '{fit.spec.name}' has no covariates, so there are no effects")
    order = (*names.SAMPLE, names.GROUP, names.COVARIATE)
    posterior = fit.posterior[names.EFFECT].transpose(*order)
    prior = fit.group("prior")[names.EFFECT].transpose(*order)
    term = next(term for term in fit.spec.term if isinstance(term, Covariates))
    tail = (1 - interval) / 2
    table = tidy(xr.apply_ufunc(np.exp, posterior).assign_attrs(units="ratio"), interval)
    before = np.exp(prior.quantile([tail, 1 - tail], dim=names.SAMPLE).values)
    with np.errstate(invalid="ignore"):  # an effect that is off has no variance
        contraction = 1 - posterior.var(names.SAMPLE) / prior.var(names.SAMPLE)
    table["per"] = [fit.dataset.one_series(name).per for name in table[names.COVARIATE]]
    table["prior_low"], table["prior_high"] = before[0].ravel(), before[1].ravel()
    table["contraction"] = contraction.values.ravel()
    table["below_1"] = (posterior < 0).mean(names.SAMPLE).values.ravel()
    return table[term.acts(fit.spec.groups).ravel()].reset_index(drop=True)


def estimate_table(
    fit: Fit, quantity: str, spans: Sequence[str] = (), of: str | None = None, interval: float = 0.9
) -> pd.DataFrame:
    """One quantity of a fit over spans, one row for each number.

    Parameters
    ----------
    fit : Fit
    quantity : {'expected', 'rate', 'share', 'realised', 'effects', 'change'}
    spans : sequence of str
        Every whole year when empty, or all periods where there is none; `change` needs two or
        more, or takes the model's headline.
    of : str, optional
        Group of 'share' and 'change'; the model's headline group by default.
    interval : float
        Probability of the central intervals.

    Raises
    ------
    SpanError, UnknownNameError, SpecError
        When a span, a group or the quantity is none.
    """
    if of is not None and quantity not in ("share", "change"):
        raise SpecError(f"--of is for share and change; {quantity} gives every group")
    if spans and quantity == "effects":
        raise SpecError("effects are the same in every span; leave the spans out")
    group, pairs = comparisons(fit)
    group = of or group
    chosen = list(spans) or years_of(fit) or [str(fit.spec.periods.span)]
    if quantity == "effects":
        return effect_table(fit, interval)
    if quantity == "change":
        path = list(spans) or (list(pairs[0]) if pairs else [])
        if len(path) < 2:
            raise SpanError("change needs two spans or more, for example: 2019 2023")
        return change_table(fit, path, group, interval)
    if quantity == "expected":
        return tidy(annual(fit, chosen), interval)
    if quantity == "rate":
        return tidy(span_rate(fit, chosen), interval)
    if quantity == "share":
        return tidy(share(fit, group, chosen), interval).assign(group=group)
    if quantity == "realised":
        counts = realised(fit, random_seed=fit.made["random_seed"])
        return tidy(over_spans(fit, counts, chosen), interval)
    raise SpecError(
        f"unknown quantity '{quantity}'; allowed: expected, rate, share, realised, effects, change"
    )


def change_table(fit: Fit, path: Sequence[str], of: str, interval: float) -> pd.DataFrame:
    """Levels, ratios, parts and probabilities of a change, one row each."""
    change = decompose(fit, *path, of=of)
    label = f"{path[0]} -> {path[-1]}"
    tables = [
        tidy(change.data[name], interval)
        .rename(columns={"span": "item"})
        .assign(what=f"{name} of {of}")
        for name in ("share", "count")
    ]
    for name in ("share", "count", "rate", "total"):
        tables.append(
            tidy(change.ratio(name).expand_dims(item=[label], axis=-1), interval).assign(
                what=f"{name} ratio"
            )
        )
    parts = change.table(interval).rename(columns={"part": "item"})
    tables.append(
        parts.assign(what="part of the change in " + parts["change"]).drop(columns="change")
    )
    table = pd.concat(tables, ignore_index=True)
    odds = [(event, change.prob(event)) for event in EVENTS]
    extra = pd.DataFrame(
        [
            {
                "what": "probability",
                "item": event,
                "mean": p.value,
                "median": p.value,
                "mcse": p.mcse,
                "units": "probability",
            }
            for event, p in odds
        ]
    )
    table = pd.concat([table, extra], ignore_index=True)
    return table[
        [
            "what",
            "item",
            "median",
            "low",
            "high",
            "mean",
            "sd",
            "mcse",
            "mcse_low",
            "mcse_high",
            "units",
            "interval",
        ]
    ]


EVENTS = ("share_up", "count_up", "share_up & ~count_up")


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """The table as text, with no more digits than the Monte Carlo error allows."""
    errors = {"median": "mcse", "low": "mcse_low", "high": "mcse_high"}
    shown = table.drop(columns=[c for c in ("mean", "sd", *errors.values()) if c in table]).copy()
    none = pd.Series(np.nan, index=table.index)
    for column in (*errors, "prior_low", "prior_high", "contraction", "below_1"):
        if column in table:
            error = table.get(errors.get(column, ""), none)
            shown[column] = [
                _text(value, mcse) for value, mcse in zip(table[column], error, strict=True)
            ]
    odds = table["units"] == "probability"
    if odds.any():
        pairs = table.loc[odds, ["mean", "mcse"]].itertuples(index=False)
        shown.loc[odds, "median"] = [str(Probability(*pair)) for pair in pairs]
    return shown.astype(object).where(shown.notna(), "")


def _text(value: float, mcse: float) -> str:
    if pd.isna(value):
        return ""
    if pd.isna(mcse) or mcse <= 0 or abs(value) < _ROUNDING:
        value = 0.0 if abs(value) < _ROUNDING else value
        return f"{value:.2g}" if abs(value) < 10 else f"{value:,.0f}"
    return f"{value:,.{digits(mcse)}f}"


_ROUNDING = 1e-12
"""Smaller numbers are what is left of sums that cancel."""


def verdicts(fit: Fit) -> list[str]:
    """One line for each comparison of the model's headline.

    Returns
    -------
    list of str
        ``verdict 2019 -> 2023: P(share up) = ..., P(count up) = ..., P(share up, count not) = ...``
    """
    of, pairs = comparisons(fit)
    lines = []
    for before, after in pairs:
        change = decompose(fit, before, after, of=of)
        said = [("count up", "count_up")]
        if len(fit.spec.groups) > 1:
            said = [
                ("share up", "share_up"),
                ("count up", "count_up"),
                ("share up, count not", "share_up & ~count_up"),
            ]
        odds = ", ".join(f"P({label}) {_equals(str(change.prob(event)))}" for label, event in said)
        lines.append(f"verdict {before} -> {after}: {odds}")
    return lines


def _equals(text: str) -> str:
    return text if text[0] in "<>" else f"= {text}"
