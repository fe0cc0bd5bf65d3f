"""A study of sensitivity as text: what the command line and the report print of it.

Invariant: no number has more digits than its Monte Carlo error allows, and a change without a number is
listed with its reason. Shown by ``tests/test_sensitivity_report.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from defectmodels.estimands.audit_text import event_text
from defectmodels.estimands.identification import STATED
from defectmodels.estimands.powers import LIKELIHOOD, PRIORS, SENSITIVE
from defectmodels.estimands.summary import Probability, digits
from defectmodels.estimands.tables import EVENTS
from defectmodels.studies.sensitivity import BASE, Sensitivity
from defectmodels.studies.sensitivity_plan import POWERS, UNKNOWN
from defectmodels.studies.sensitivity_variants import ALL, NotVaried
from defectmodels.wording import joined, named, said, say

RATIOS = ("share ratio", "count ratio")
_LEVELS = ("high", "medium", "low")
_TAIL = 1.69
"""Monte Carlo error of a 5% or 95% point over that of the median, for a normal quantity."""


def subject_text(kind: str, subject: str, change: str = "") -> str:
    """Write what is changed: ``coding, border_closure``."""
    if kind == "power":
        if subject in (LIKELIHOOD, PRIORS):
            return say("sensitivity-subject", kind=subject.replace(" ", "-"), name="")
        tag, _, name = subject.partition(".")
        own = "exposure-prior" if tag == "exposure" else tag
        spoken = say("sensitivity-grade", grade=name) if name in _LEVELS else named(name)
        return say("sensitivity-subject", kind=own, name=spoken)
    if subject == ALL:
        own = "eras" if change == "eras" else "all"
        return say("sensitivity-subject", kind=f"{kind}-{own}", name="")
    name = subject if kind == "origin" else named(subject)
    return say("sensitivity-subject", kind=kind, name=name)


def change_text(kind: str, subject: str, change: str) -> str:
    """Write into what it is changed: ``low end of its range``."""
    if kind == "priors":
        return say("sensitivity-change", change=kind, what=set_name(subject))
    if kind in ("power", "origin", BASE):
        return say("sensitivity-change", change=kind, what=change)
    if kind == "event":
        return _step_text(change)
    if change in ("low", "high", "none"):
        return say("sensitivity-change", change=change, what="")
    return say("sensitivity-change", change="series", what=named(change))


def _step_text(change: str) -> str:
    if change in ("", "eras"):
        return say("sensitivity-change", change=change or "steps", what="")
    first, _, last = change.partition("..")
    days = say("word-range", low=first, high=last) if last else first
    return say("sensitivity-change", change="between" if last else "since", what=days)


def mark_text(kind: str, subject: str, change: str) -> str:
    """Write a change beside its mark in a figure; nothing where the subject says it all."""
    if kind in ("event", "origin", BASE):
        return ""
    what = set_name(subject) if kind == "priors" else change if kind == "power" else named(change)
    return say("sensitivity-mark", change=change or "other", what=what)


def set_name(name: str) -> str:
    """Reader's name of a set of priors."""
    return say("sensitivity-set-name", set=name, name=name)


def quantity_text(quantity: str) -> str:
    """Write what a number is: ``P(count up)``, ``share ratio``."""
    if quantity in EVENTS:
        return event_text(quantity)
    return say("sensitivity-quantity", quantity=quantity.replace(" ", "-"))


def column(name: str, **more: Any) -> str:
    """Head of a column of the printed tables."""
    return say("sensitivity-column", column=name, **({"what": "", "power": ""} | more))


def shown(found: Sensitivity) -> tuple[str, ...]:
    """Numbers of the first pair that are printed: the events, then the ratios."""
    own = set(found.numbers["quantity"])
    return tuple(one for one in (*EVENTS, *RATIOS) if one in own)


def value_text(quantity: str, row: Mapping[Any, Any], interval: bool = True) -> str:
    """Write a probability, or a median with its interval; nothing where there is none."""
    value, error = float(row["value"]), float(row["mcse"])
    if math.isnan(value):
        return ""
    if quantity in EVENTS:
        return str(Probability(value, error))
    middle = _fixed(value, error)
    if not interval:
        return middle
    low, high = (_fixed(row[one], _TAIL * error * row[one] / value) for one in ("low", "high"))
    return say("word-beside", value=middle, more=say("word-range", low=low, high=high))


def _fixed(value: float, error: float) -> str:
    return f"{value:,.{min(digits(error), 2)}f}"


def printed_variants(found: Sensitivity, powers: bool = False) -> pd.DataFrame:
    """The headline under each change, as text in the language spoken.

    Parameters
    ----------
    powers : bool
        Whether priors and the likelihood to a power are among them.

    Returns
    -------
    pd.DataFrame
        What is changed, into what, every number of `shown`, the largest difference of these from the base in
        Monte Carlo errors, how it was worked out, checks and seed.
    """
    chosen = shown(found)
    tables = {one: found.table(one).set_index("variant") for one in chosen}
    rows = []
    for one in found.variants.to_dict("records"):
        if one["kind"] == "power" and not powers:
            continue
        own = {quantity: table.loc[one["variant"]] for quantity, table in tables.items()}
        apart = max((row["errors"] for row in own.values()), key=_size, default=math.nan)
        rows.append(
            {
                column("what"): subject_text(one["kind"], one["subject"], one["change"]),
                column("change"): change_text(one["kind"], one["subject"], one["change"]),
            }
            | {quantity_text(name): value_text(name, row) for name, row in own.items()}
            | {
                column("errors"): "" if math.isnan(apart) else f"{abs(apart):.1f}",
                column("how"): say("sensitivity-how", how=one["how"].replace(" ", "-")),
                column("checks"): _checks(one["checks"]),
                column("seed"): "" if one["seed"] < 0 else str(one["seed"]),
            }
        )
    return pd.DataFrame(rows)


def _size(value: float) -> float:
    return -1.0 if math.isnan(value) else abs(value)


def _checks(verdict: str) -> str:
    return say("check-verdict", verdict=verdict) if verdict else ""


def last_event(found: Sensitivity) -> str:
    """The event that the headline is about: share up and count not, or count up."""
    return [one for one in shown(found) if one in EVENTS][-1]


def printed_powers(found: Sensitivity) -> pd.DataFrame:
    """Sensitivities and the headline's last event at either power, as text in the language spoken."""
    event, (before, after) = last_event(found), found.pairs[0]
    own = found.sensitivities
    own = own[(own["before"] == before) & (own["after"] == after)]
    wide = own.pivot(index="component", columns="quantity", values="sensitivity")
    at = found.table(event)
    at = at[at["kind"] == "power"].set_index(["subject", "change"])
    kept = [one for one in shown(found) if one in wide and wide[one].notna().any()]
    rows = []
    for component in dict.fromkeys(own["component"]):
        values = [at.loc[(component, f"{power:g}")] for power in POWERS]
        rows.append(
            {column("what"): subject_text("power", component)}
            | {
                f"{column('sensitivity')}, {quantity_text(one)}": _sensitivity(
                    wide.loc[component, one]
                )
                for one in kept
            }
            | {
                column("at", what=quantity_text(event), power=f"{power:g}"): value_text(event, row)
                for power, row in zip(POWERS, values, strict=True)
            }
            | {column("k"): f"{max(row['pareto_k'] for row in values):.2f}"}
        )
    return pd.DataFrame(rows)


def _sensitivity(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}"


def sensitive(found: Sensitivity) -> tuple[str, ...]:
    """Priors for which a number of the headline has a sensitivity of `SENSITIVE` or more."""
    before, after = found.pairs[0]
    own = found.sensitivities
    own = own[
        (own["before"] == before)
        & (own["after"] == after)
        & own["quantity"].isin(shown(found))
        & (own["component"] != LIKELIHOOD)
        & (own["sensitivity"] >= SENSITIVE)
    ]
    return tuple(dict.fromkeys(own["component"]))


# --- sentences --------------------------------------------------------------------------------


def counted(found: Sensitivity) -> str:
    """How many changes there are, and how they were worked out."""
    how, (before, after) = found.variants["how"], found.pairs[0]
    weights, refits = int((how == "weights").sum()), int((how == "refit").sum())
    return say(
        "sensitivity-count",
        before=before,
        after=after,
        changes=weights + refits,
        weights=weights,
        refits=refits,
    )


def ends(table: pd.DataFrame) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Rows with the lowest and the highest value."""
    rows = table.to_dict("records")
    return (
        min(rows, key=lambda row: float(row["value"])),
        max(rows, key=lambda row: float(row["value"])),
    )


def moved(found: Sensitivity, quantity: str) -> str:
    """Between what a number lies under all changes, and which change moves it most."""
    table = found.table(quantity)
    rows = table[table["value"].notna()].to_dict("records")
    (base,), rest = rows[:1], rows[1:]
    if not rest:
        return ""
    low, high = ends(pd.DataFrame(rest))
    values = [value_text(quantity, row, interval=False) for row in (base, low, high)]
    keys = dict(zip(("base", "low", "high"), values, strict=True))
    if quantity not in EVENTS:
        return say("sensitivity-moved", quantity=quantity_text(quantity), **keys)
    event, sentences = quantity_text(quantity), list[str]()
    if values[1][0] in "<>" and values[1][0] == values[2][0]:
        # Beyond what draws can tell: what is said has to hold where the fewest stand for it.
        least = value_text(quantity, max(rest, key=lambda row: float(row["mcse"])), interval=False)
        sentences.append(say("sensitivity-same", event=event, base=keys["base"], low=least))
    else:
        far = max(rest, key=lambda row: abs(float(row["difference"])))
        sentences += [say("sensitivity-range", event=event, **keys), _farthest(quantity, far)]
    if float(base["value"]) >= STATED:
        stated = sum(float(row["value"]) >= STATED for row in rest)
        sentences.append(say("sensitivity-stated", stated=f"{STATED:g}", n=stated, all=len(rest)))
    return joined(sentences, " ")


def _farthest(quantity: str, row: Mapping[Any, Any]) -> str:
    kind, subject, change = (str(row[name]) for name in ("kind", "subject", "change"))
    return say(
        "sensitivity-largest",
        value=value_text(quantity, row, interval=False),
        subject=subject_text(kind, subject, change),
        change=change_text(kind, subject, change),
    )


def powers_sentence(found: Sensitivity) -> str:
    """What was scaled, and which priors move the headline."""
    reached = sensitive(found)
    spoken = joined((subject_text("power", one) for one in reached), "; ")
    return say(
        "sensitivity-powers",
        limit=f"{SENSITIVE:g}",
        several="some" if reached else "none",
        names=spoken,
    )


def not_varied_text(one: NotVaried) -> str:
    """What could not be varied, and why."""
    spoken = (
        one.subject
        if one.kind == "origin"
        else set_name(one.subject)
        if one.kind == "priors"
        else named(one.subject)
    )
    why = " ".join(said(one.why).split())
    return say("sensitivity-not", reason=one.reason, name=spoken, why=why)


def failures(found: Sensitivity) -> list[str]:
    """Changes that gave no number, each with its reason and its seed."""
    lines: list[str] = []
    for one in found.variants.to_dict("records"):
        if one["how"] not in ("refit failed", UNKNOWN):
            continue
        reason = one["reason"]
        code = reason if reason in ("checks", "weights") else "other"
        lines.append(
            say(
                "sensitivity-failed",
                subject=subject_text(one["kind"], one["subject"], one["change"]),
                change=change_text(one["kind"], one["subject"], one["change"]),
                reason=say("sensitivity-reason", reason=code, text=reason),
                fitted="no" if one["seed"] < 0 else "yes",
                seed=str(one["seed"]),
            )
        )
    return lines


def sentences(found: Sensitivity) -> list[str]:
    """What the study found: how many changes, and how far each number of the headline moves."""
    spoken = [moved(found, one) for one in shown(found)]
    return [counted(found), *(one for one in spoken if one)]


def sets(found: Sensitivity) -> list[str]:
    """What each set of priors says."""
    own = found.variants[found.variants["kind"] == "priors"]
    return [say("sensitivity-set", set=str(one), name=str(one)) for one in own["subject"]]
