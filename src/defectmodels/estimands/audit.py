"""Each statement of a fit: how probably it is true, what rests on it, and what it says.

*Truth* is the posterior probability that a statement is true of the realised counts, in one of its
readings, given everything else that the fit uses. *Influence* is how far the headline moves when
all rows of the statement's origin are missing: the largest change among the probabilities of the
headline's first pair of spans. It is worked out by importance weights, and by a refit where these
are not reliable. Both answer one question: the same fit with exactly these rows missing.

Invariant: leaving rows out by weights gives the posterior of the rows that stay, and no number
comes from weights with a Pareto k above `PARETO_K` or from a refit that failed its checks. Shown by
``tests/test_audit.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from defectmodels import names
from defectmodels.errors import FitError
from defectmodels.estimands.accuracy import mean_errors
from defectmodels.estimands.headline import Quantity, Value, plain, quantities
from defectmodels.estimands.leaving import How, Left, refit_all, weigh_all
from defectmodels.estimands.quoted import comparisons
from defectmodels.estimands.summary import Probability
from defectmodels.estimands.tables import EVENTS
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.selection import Row
from defectmodels.inference.fit import Fit
from defectmodels.inference.rows import truth
from defectmodels.inference.without import origin_of, rows_by_origin
from defectmodels.inference.workers import Workers
from defectmodels.wording import joined, say, titled

ALL = ""
"""Stands for no origin in `Audit.headline`: the fit with all its rows."""


@dataclass(frozen=True)
class Audit:
    """What an audit found; columns as in docs/audit.md.

    Attributes
    ----------
    of : str
        Group of the headline.
    pairs : tuple of (str, str)
        Spans that it compares; influence is that on the first pair.
    statements : pd.DataFrame
        One row for each statement that is used, those of the most influential origin first.
    origins : pd.DataFrame
        One row for each origin, the most influential first. One whose influence is not known stands
        where its unreliable weights would put it.
    headline : pd.DataFrame
        Every number of the headline, with all rows (origin '') and without each origin.
    """

    of: str
    pairs: tuple[tuple[str, str], ...]
    statements: pd.DataFrame = field(compare=False)
    origins: pd.DataFrame = field(compare=False)
    headline: pd.DataFrame = field(compare=False)

    @property
    def events(self) -> tuple[str, ...]:
        """Events of the first pair; none where there is no headline."""
        said = set(self.headline["quantity"])
        return tuple(event for event in EVENTS if event in said)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Origins that need a refit, in the order in which they seem to matter."""
        return tuple(self.origins["origin"][self.origins["how"] == "refit needed"])

    def all_rows(self, event: str) -> Probability:
        """Probability of an event of the first pair, with all rows."""
        one = self.headline[
            (self.headline["origin"] == ALL) & (self.headline["quantity"] == event)
        ].iloc[0]
        return Probability(float(one["value"]), float(one["mcse"]))


def sentence(row: Row, dataset: Dataset) -> str:
    """What a row says, of whom and when, and who said it.

    Returns
    -------
    str
        ``elite group of the MOU briefings, 2019: as many as in 2023 (Lowy Institute, 2024-08)``.
    """
    one = row.statement
    label = titled(dataset.definitions[one.definition].label)
    first, apart, last = str(row.span).partition("..")
    span = say("word-range", low=first, high=last) if apart else first
    told = ", ".join(part for part in (one.publisher, one.published) if part)
    grade = say("audit-grade", grade=one.grade) if one.grade else ""
    source = joined((part for part in (told, grade) if part), "; ")
    text = say("audit-says", label=label, span=span, says=row.says(dataset.readings))
    return say("audit-says-source", says=text, source=source) if source else text


def _truth(fit: Fit) -> pd.DataFrame:
    """Truth of each row: id, counted, taken_as_true, chance, truth, truth_mcse."""
    selection, said = fit.design.selection, fit.design.joint.problem.said
    draws = truth(fit) if said else np.zeros((0, 0))
    shape = (-1, fit.posterior.sizes[names.SAMPLE[1]])
    doubted = {
        one.name: draws[:, at].reshape(shape) for at, one in enumerate(said) if one.untrue >= 0
    }
    kinds = {"direct": selection.direct, "nested": selection.nested, "joint": selection.joint}
    table = []
    for kind, rows in kinds.items():
        for name in (row.statement.id for row in rows):
            own = doubted.get(name)
            one = {"id": name, "counted": kind, "taken_as_true": own is None}
            if own is None:
                table.append(one | {"chance": math.nan, "truth": 1.0, "truth_mcse": 0.0})
                continue
            chance = float(fit.constant[names.CHANCE].sel({names.JOINT: name}))
            table.append(
                one | {"chance": chance, "truth": float(own.mean()), "truth_mcse": _error(own)}
            )
    return pd.DataFrame(table)


def _error(draws: np.ndarray) -> float:
    """Monte Carlo standard error of a mean: np.ndarray (chain, draw)."""
    if np.ptp(draws) == 0 or draws.shape[1] < 4:
        return 1.0 / draws.size
    return float(mean_errors(draws[None])[0])


def _headline_table(
    numbers: Sequence[Quantity], whole: Sequence[Value], found: Sequence[Left]
) -> pd.DataFrame:
    rows = [
        {"origin": origin, "before": one.before, "after": one.after, "quantity": one.name}
        | value._asdict()
        for origin, values in ((ALL, whole), *((left.origin, left.values) for left in found))
        for one, value in zip(numbers, values, strict=bool(values))
        if values
    ]
    columns = ["origin", "before", "after", "quantity", *Value._fields]
    return pd.DataFrame(rows, columns=columns)


def _origin_table(numbers: Sequence[Quantity], found: Sequence[Left]) -> pd.DataFrame:
    own = [at for at, one in enumerate(numbers) if one.pair == numbers[0].pair]
    rows = [
        {
            "origin": left.origin,
            "rows": ", ".join(left.ids),
            "how": left.how,
            "reason": left.reason,
            "pareto_k": left.pareto_k,
            "influence": left.influence,
            "influence_mcse": left.mcse,
        }
        | {numbers[at].name: left.values[at].value if left.values else math.nan for at in own}
        | {
            f"{numbers[at].name} mcse": left.values[at].mcse if left.values else math.nan
            for at in own
        }
        for left in found
    ]
    table = pd.DataFrame(rows)
    # A column of texts would forget what its messages were made of.
    table["reason"] = pd.Series([left.reason for left in found], table.index, dtype=object)
    return table


def _statement_table(fit: Fit, origins: pd.DataFrame) -> pd.DataFrame:
    rows = {row.statement.id: row for row in fit.design.selection.rows}
    table = _truth(fit)
    own = [rows[name] for name in table["id"]]
    table.insert(1, "origin", [origin_of(row.statement) for row in own])
    says = pd.Series([sentence(row, fit.dataset) for row in own], table.index, dtype=object)
    table.insert(2, "says", says)
    table.insert(3, "grade", [row.statement.grade for row in own])
    table["place"] = table["origin"].map({name: at for at, name in enumerate(origins["origin"])})
    table = table.sort_values(["place", "truth", "id"], kind="stable").drop(columns="place")
    more = origins[["origin", "influence", "influence_mcse", "how", "pareto_k"]]
    return table.merge(more, on="origin", how="left", sort=False)


def audit(
    fit: Fit,
    *,
    refits: str | Path | None = None,
    most: int | None = None,
    executor: Workers | None = None,
    progress: bool = False,
    random_seed: int | None = None,
) -> Audit:
    """Audit the evidence of a fit, statement by statement.

    Parameters
    ----------
    fit : Fit
        Of one that fails its checks only truth is given; the headline is withheld.
    refits : str or Path, optional
        Folder for what refits without the origins whose weights are not reliable find; what it holds
        already is used if it was made of the same. Without it such origins are listed as 'refit needed'.
    most : int, optional
        Refits at most, those first that seem to matter most.
    executor : concurrent.futures.Executor, or 'serial', 'threads', 'processes'; optional
        Who refits; see `defectmodels.inference.running.run_tasks`.
    progress : bool
        Whether to show on standard error how far the work is.
    random_seed : int, optional
        Of the refits; by default the fit's own.

    Returns
    -------
    Audit

    Raises
    ------
    FitError
        When a setting is not allowed, the folder holds something else in the place of a refit, or the
        fit failed its checks and refits are asked for.
    """
    failed = fit.checks.verdict == "fail"
    _sound(refits, most, failed)
    of, pairs = comparisons(fit)
    numbers = () if failed else quantities(fit)
    groups = {
        origin: tuple(row.statement.id for row in rows)
        for origin, rows in rows_by_origin(fit.design).items()
    }
    if numbers:
        found = weigh_all(fit, numbers, groups, progress)
    else:
        how: How = "withheld" if failed else "none"
        found = [Left(origin, ids, how) for origin, ids in groups.items()]
    if refits is not None and numbers:
        seed = int(fit.made["random_seed"]) if random_seed is None else random_seed
        found = refit_all(fit, found, numbers, Path(refits), most, seed, executor, progress)
    found.sort(key=lambda one: one.place)
    origins = _origin_table(numbers, found)
    whole = [plain(one) for one in numbers]
    statements = _statement_table(fit, origins)
    return Audit(of, pairs, statements, origins, _headline_table(numbers, whole, found))


def _sound(refits: str | Path | None, most: int | None, failed: bool) -> None:
    """Refuse settings that are not allowed."""
    if most is not None and refits is None:
        raise FitError("most limits the refits; name a folder for them in refits too")
    if most is not None and most < 0:
        raise FitError(f"most is {most}; give a whole number of 0 or more")
    if refits is not None and Path(refits).is_file():
        raise FitError(f"{refits}: is a file; refits are written to a folder, name another")
    if failed and refits is not None:
        raise FitError("the fit failed its checks, so refits would have nothing to compare with")
