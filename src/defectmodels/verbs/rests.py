"""Commands that judge a fit: whether it may be quoted, and what its numbers and statements rest on.

Invariant: a number that is driven by a prior is said to be in a sentence of its own. Shown by
``tests/test_rests.py``.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from defectmodels.verbs.printing import AS_JSON, FIT, load, print_table, records, show_result
from defectmodels.verbs.study_options import EXECUTOR

if TYPE_CHECKING:
    from defectmodels.estimands.audit import Audit
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


@click.command()
@FIT
@click.option("--rests", is_flag=True, help="Also what each number of the verdict rests on.")
@AS_JSON
@click.pass_context
def check(context: click.Context, fit_file: Path, rests: bool, as_json: bool) -> None:
    """Say whether a fit may be quoted; exit 1 when it may not."""
    fit = load(fit_file)
    checks = fit.checks
    content: dict[str, Any] = {
        "verdict": checks.verdict, "items": [vars(item) for item in checks.items]
    }  # fmt: skip
    if rests:
        content["rests"] = rests_content(fit)

    def lines() -> None:
        if rests:
            print_rests(fit)
        for item in checks.items:
            click.echo(f"{item.verdict}: {item.name}: {item.text}")
            if item.verdict != "pass":
                click.echo(f"      what to do: {item.remedy}")
        click.echo(f"checks: {checks.verdict}")

    show_result(content, as_json, lines)
    context.exit(1 if checks.verdict == "fail" else 0)


@click.command()
@FIT
@click.option(
    "--refits",
    metavar="FOLDER",
    default=None,
    type=click.Path(path_type=Path),
    help="Fit again without the origins that weights cannot leave out, and keep what is found here.",
)
@click.option(
    "--most", default=None, type=click.IntRange(min=0), help="Refits at most. [default: all]"
)
@EXECUTOR
@click.option("--csv", "as_csv", is_flag=True, help="Write the statements as CSV.")
@AS_JSON
def audit(
    fit_file: Path,
    refits: Path | None,
    most: int | None,
    executor: str,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Say of every statement how probably it is true and how much of the headline rests on it.

    The most influential come first. An interrupted run is taken up again with the same FOLDER.
    """
    from defectmodels.estimands.audit import audit as run
    from defectmodels.estimands.tables import verdicts
    from defectmodels.inference.workers import workers_of

    result = load(fit_file)
    with workers_of(executor) as workers:
        found = run(result, refits=refits, most=most, executor=workers, progress=True)
    if as_csv:
        click.echo(found.statements.to_csv(index=False), nl=False)
        return
    content: dict[str, Any] = {"checks": result.checks.verdict, "of": found.of}
    content["pairs"] = [list(pair) for pair in found.pairs]
    for name in ("statements", "origins", "headline"):
        content[name] = records(getattr(found, name))
    said = [] if result.checks.verdict == "fail" else verdicts(result)
    show_result(content, as_json, lambda: _audit_lines(fit_file, found, said))


def _audit_lines(fit_file: Path, found: Audit, said: list[str]) -> None:
    from defectmodels.estimands.audit_text import printed_origins, printed_statements, remarks

    for line in [*said, *remarks(found)]:
        click.echo(line)
    click.echo()
    print_table(printed_origins(found))
    click.echo()
    print_table(printed_statements(found))
    if found.unknown:
        file = shlex.quote(str(fit_file))
        click.echo(f"\nfor what is not known: defectmodels audit {file} --refits FOLDER")


COMMANDS = (check, audit)
