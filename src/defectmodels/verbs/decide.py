"""The command that puts claims to a fit.

Invariant: what it prints of a claim is what the report prints, and a fit whose checks fail gives no
number. Shown by ``tests/test_cli_decide.py``.
"""

from __future__ import annotations

from pathlib import Path

import click

from defectmodels.verbs.printing import AS_JSON, FIT, WITHHELD, load, print_table, show_result


@click.command()
@FIT
@click.argument("claims", required=False, default="lowy_2024")
@AS_JSON
def decide(fit_file: Path, claims: str, as_json: bool) -> None:
    """Answer claims: supported, not supported, cannot tell, or why there is no answer.

    CLAIMS is a shipped name (see `list`) or a file of your own; by default lowy_2024.
    """
    import pandas as pd

    from defectmodels.estimands.decide import decide as answer
    from defectmodels.report.decided import heads, row, rule, sentence
    from defectmodels.report.decisions import as_json as record

    fit = load(fit_file)
    found = answer(fit, claims)

    def lines() -> None:
        if fit.checks.verdict == "fail":
            click.echo(WITHHELD)
        for one in found:
            click.echo(f"{sentence(one)}\n")
        print_table(pd.DataFrame([row(one) for one in found], columns=list(heads())))
        click.echo(f"\n{rule()}")

    content = {"checks": fit.checks.verdict, "decisions": [record(one) for one in found]}
    show_result(content, as_json, lines)


COMMANDS = (decide,)
