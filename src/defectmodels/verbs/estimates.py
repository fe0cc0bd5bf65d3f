"""Commands that print what a fit says of spans: quantities, and whole persons under a definition.

Invariant: a table holds what the function of the same name gives. Shown by ``tests/test_cli.py``.
"""

from __future__ import annotations

from pathlib import Path

import click

from defectmodels.verbs.printing import (
    AS_CSV,
    AS_JSON,
    FIT,
    load,
    print_table,
    records,
    show_result,
)

QUANTITIES = ("expected", "rate", "share", "realised", "effects", "change")


@click.command()
@FIT
@click.argument("quantity", type=click.Choice(QUANTITIES))
@click.argument("spans", nargs=-1)
@click.option(
    "--of", default=None, help="Group, for share and change.  [default: the model's headline]"
)
@click.option(
    "--interval",
    default=0.9,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
)
@AS_CSV
@AS_JSON
def estimate(
    fit_file: Path,
    quantity: str,
    spans: tuple[str, ...],
    of: str | None,
    interval: float,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Print a quantity of a fit over SPANS, with intervals.

    SPANS are 2019, 2019Q3, 2017-05-10..2022-05-09 or the name of an era such as 'Moon Jae-in'; by
    default every whole year. `change` takes two or more, in order.
    """
    from defectmodels.estimands.tables import estimate_table, rounded

    table = estimate_table(load(fit_file), quantity, spans, of, interval)
    if as_csv:
        click.echo(table.to_csv(index=False), nl=False)
    else:
        show_result(records(table), as_json, lambda: print_table(rounded(table)))


@click.command()
@FIT
@click.argument("spans", nargs=-1)
@click.option(
    "--definition", default=None, help="Who is counted.  [default: the headline group's own]"
)
@AS_CSV
@AS_JSON
def counts(
    fit_file: Path, spans: tuple[str, ...], definition: str | None, as_csv: bool, as_json: bool
) -> None:
    """Print how many persons came in SPANS under a definition, given all statements.

    SPANS are as for `estimate`, and may cut periods; by default the spans of the headline. Each span
    is compared with those before it.
    """
    from defectmodels.estimands.by_definition import counts_table, default_counts, printed_counts

    result = load(fit_file)
    definition, chosen = default_counts(result, definition, spans)
    table = counts_table(result, definition, chosen)
    if as_csv:
        click.echo(table.to_csv(index=False), nl=False)
    else:
        show_result(records(table), as_json, lambda: print_table(printed_counts(table)))


COMMANDS = (estimate, counts)
