"""Tables of a multiverse as text, for the command line and the report.

Invariant: a variant that fails its checks has neither a verdict nor a weight. Shown by
``tests/test_multiverse.py``.
"""

from __future__ import annotations

import math

import pandas as pd

from defectmodels.studies.multiverse_result import Multiverse, records
from defectmodels.studies.multiverse_text import (
    PLACES,
    axis_name,
    chance,
    checks,
    choice_of,
    column,
    quantities,
    ratio,
    variant,
    verdict,
)
from defectmodels.wording import say


def printed(found: Multiverse) -> pd.DataFrame:
    """Variants by ratio as text: the answer of one that fails its checks is withheld."""
    rows: list[dict[str, str]] = []
    for row in found.ordered:
        sound = row["gate"] != "fail"
        cells = {
            column("variant"): variant(row["variant"]),
            column("gate"): say("compared-verdict", verdict=row["gate"]),
            column("failed"): checks(row["failed"]),
        }
        for what in quantities(found):
            cells[column(what)] = chance(row, what)
            cells[column(f"{what}-ratio")] = ratio(row, what)
        answer = row[f"{found.what}_up_verdict"] if sound else "withheld"
        cells[column("answer")] = verdict(answer)
        cells[column("elpd")] = f"{row['elpd']:,.1f}"
        cells[column("weight")] = f"{row['weight']:.{PLACES}f}" if sound else ""
        rows.append(cells)
    return pd.DataFrame(rows)


def printed_sets(found: Multiverse) -> pd.DataFrame:
    """Sets of rows as text, with the weight that supports the headline in each."""
    rows = []
    for place, one in enumerate(records(found.groups()), 1):
        known = not math.isnan(one["weight"])
        best = say(
            "multiverse-best",
            variant=variant(one["best"]) if known else "",
            weight=f"{one['best_weight']:.{PLACES}f}",
        )
        rows.append(
            {
                column("set"): say("multiverse-set", number=place, rows=one["rows"]),
                column("variants"): str(one["variants"]),
                column("passed"): str(one["passed"]),
                column("supporting"): str(one["supporting"]),
                column("weight"): f"{one['weight']:.{PLACES}f}" if known else "",
                column("best"): best if known else "",
            }
        )
    return pd.DataFrame(rows)


def printed_choices(found: Multiverse) -> pd.DataFrame:
    """Choices as text."""
    rows = []
    for one in records(found.by_choice()):
        ends = {
            column(name): "" if math.isnan(one[name]) else f"{one[name]:.1f}"
            for name in ("least", "middle", "most")
        }
        rows.append(
            {
                column("axis"): axis_name(one["axis"]),
                column("choice"): choice_of(one["axis"], one["choice"]).label,
                column("variants"): str(one["variants"]),
                column("passed"): str(one["passed"]),
                column("supporting"): str(one["supporting"]),
            }
            | ends
        )
    return pd.DataFrame(rows)
