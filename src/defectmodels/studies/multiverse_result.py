"""The result of a multiverse, and what is read off it: who supports the headline, with what weight.

Invariant: a variant that fails its checks supports nothing and has no weight, and a study read back equals the
one that was written. Shown by ``tests/test_multiverse.py``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from defectmodels.studies.multiverse_rows import about, answer
from defectmodels.studies.saved import Saved, load
from defectmodels.studies.variants import AXES

KIND = "multiverse"
SETTLED = 0.005
"""An event that so few prior draws have, or have not, is settled by the model's form."""


@dataclass(frozen=True)
class Multiverse:
    """Variants of a model on a dataset, and what each says of the headline.

    Attributes
    ----------
    made : dict
        What made it (`defectmodels.inference.store.recipe`), with the group and the spans compared, and how
        many combinations of choices there are.
    table : pd.DataFrame
        One row for each variant that was fitted, that of the model file first: variant; the choice on
        each axis; seed, draws (of each chain), gate (verdict of its checks), failed (codes of the checks
        that failed), diverging, gradients; rows and evidence (digest of its rows); of each event its
        probability, ``_mcse``, ``_verdict`` and ``_prior`` (its probability before any evidence), of each
        ratio median, low, high (90%) and their Monte Carlo errors; elpd, se, p, elpd_diff, dse, weight and
        high_k, as in `Loo`, among the variants of the same evidence that pass; supports (passes, and answers
        as the model file does).
    impossible : pd.DataFrame
        axis, choice, reason (a code) of choices that cannot be made; text.
    combinations : pd.DataFrame
        variant, text: combinations that cannot be made though each choice can.
    failures : pd.DataFrame
        variant, seed, reason: variants whose fit ended with an error.
    """

    made: dict[str, Any]
    table: pd.DataFrame = field(compare=False)
    impossible: pd.DataFrame = field(compare=False)
    combinations: pd.DataFrame = field(compare=False)
    failures: pd.DataFrame = field(compare=False)

    @property
    def axes(self) -> dict[str, list[str]]:
        """Choices that were made, by axis, that of the model file first."""
        tried = {axis: set(self.table[axis]) for axis in AXES if axis in self.table}
        return {
            axis: [one.name for one in AXES[axis] if one.name in names]
            for axis, names in tried.items()
        }

    @property
    def what(self) -> str:
        """What the headline is about: share, or count where there is a single group."""
        return about(self.table)

    @property
    def headline(self) -> str:
        """Verdict on 'it rose' of the model file's own variant; 'withheld' where that fails its checks."""
        return answer(self.table)

    @property
    def passed(self) -> pd.DataFrame:
        """Variants that pass their checks, with warnings or without."""
        return self.table[self.table["gate"] != "fail"]

    @property
    def supporting(self) -> pd.DataFrame:
        """Variants that pass and answer as the model file does."""
        return self.table[self.table["supports"]]

    @property
    def settled(self) -> pd.DataFrame:
        """Variants that pass and could give no other answer: nearly all prior draws agree on it."""
        before = self.passed[f"{self.what}_up_prior"]
        return self.passed[(before <= SETTLED) | (before >= 1.0 - SETTLED)]

    @property
    def ordered(self) -> list[dict[str, Any]]:
        """Rows of the table by the headline's ratio, smallest first."""
        return records(self.table.sort_values(f"{self.what}_ratio", kind="stable"))

    def groups(self) -> pd.DataFrame:
        """Variants by evidence: within each, weights add to 1.

        Returns
        -------
        pd.DataFrame
            evidence, rows, variants, passed, supporting, weight (of those that support the headline; NaN
            where none passes), best (variant with the largest weight), best_weight, high_k (median number
            of rows with a Pareto k that is too large).
        """
        found = []
        for evidence, own in self.table.groupby("evidence", sort=False):
            sound = own[own["gate"] != "fail"]
            best = sound.sort_values("weight", ascending=False, kind="stable").head(1)
            found.append(
                {
                    "evidence": evidence,
                    "rows": int(own["rows"].iloc[0]),
                    "variants": len(own),
                    "passed": len(sound),
                    "supporting": int(own["supports"].sum()),
                    # Of none that passes there is no weight.
                    "weight": _whole(own.loc[own["supports"], "weight"])
                    if len(sound)
                    else math.nan,
                    "best": "".join(best["variant"]),
                    "best_weight": best["weight"].sum(min_count=1),
                    "high_k": sound["high_k"].median(),
                }
            )
        return pd.DataFrame(found)

    @property
    def weight(self) -> float:
        """Stacking weight of the variants that support the headline, each evidence counting once."""
        return float(self.groups()["weight"].mean())

    def by_choice(self) -> pd.DataFrame:
        """What goes with each choice.

        Returns
        -------
        pd.DataFrame
            axis, choice, variants, passed, supporting, and of those that pass the smallest, the middle and
            the largest median of the headline's ratio.
        """
        found = []
        for axis, choices in self.axes.items():
            for choice in choices if len(choices) > 1 else ():
                own = self.table[self.table[axis] == choice]
                sound = own[own["gate"] != "fail"]
                ratios = sound[f"{self.what}_ratio"]
                found.append(
                    {
                        "axis": axis,
                        "choice": choice,
                        "variants": len(own),
                        "passed": len(sound),
                        "supporting": int(own["supports"].sum()),
                        "least": ratios.min(),
                        "middle": ratios.median(),
                        "most": ratios.max(),
                    }
                )
        return pd.DataFrame(found)

    def saved(self) -> Saved:
        """The study as it stands in its file."""
        names = ("table", "impossible", "combinations", "failures")
        return Saved(KIND, self.made, {name: getattr(self, name) for name in names})

    def save(self, path: str | Path) -> Path:
        """Write the study to one JSON file, which `load_multiverse` and the report read.

        Raises
        ------
        FitError
            When it does not end in .json, or cannot be written.
        """
        return self.saved().save(path)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table by the names of its columns."""
    rows = table.to_dict(orient="records")
    return [{str(name): one for name, one in row.items()} for row in rows]


def multiverse_of(saved: Saved) -> Multiverse:
    """The study that a file held."""
    return Multiverse(saved.made, **saved.tables)


def load_multiverse(path: str | Path) -> Multiverse:
    """Read a multiverse from its file.

    Raises
    ------
    FitError
        When there is no such file, or it holds none.
    """
    return multiverse_of(load(path, KIND))


def _whole(weights: pd.Series) -> float:
    """Sum of weights, which rounding may bring above 1."""
    return min(1.0, float(weights.sum()))
