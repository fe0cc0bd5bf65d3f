"""What numbers rest on, on the command line.

Invariant: a number that is driven by a prior is said to be in a sentence of its own. Shown by
``tests/test_rests.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from defectmodels.verbs.printing import print_table, records

if TYPE_CHECKING:
    from defectmodels.inference.fit import Fit

HEAD = ("number", "contraction", "prior share", "priors", "moved most by")


def rests_content(fit: Fit) -> list[dict[str, Any]]:
    """Every number of the verdict and every effect: its numbers, its priors and its origins."""
    from defectmodels.estimands.rests import verdict_identification

    found = verdict_identification(fit)
    return [
        row
        | {
            "priors": records(found.priors(row["name"])),
            "evidence": records(found.evidence(row["name"])),
        }
        for row in records(found.numbers)
    ]


def print_rests(fit: Fit) -> None:
    """Print a table of the verdict's numbers, one of effects, and what is driven by priors."""
    import pandas as pd

    from defectmodels.estimands.rests import verdict_identification
    from defectmodels.estimands.rests_text import told

    found = verdict_identification(fit)
    for verdict in (True, False):
        rows = list(told(found, verdict))
        if rows:
            print_table(pd.DataFrame([tuple(map(str, row)) for row in rows], columns=HEAD))
            click.echo()
    for name in found.driven:
        click.echo(f"{found.sentence(name)}.")
