"""The command `study multiverse`.

Invariant: an interrupted study goes on from its folder. Shown by ``tests/test_multiverse.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from defectmodels.verbs.printing import AS_JSON, print_table, records, show_result
from defectmodels.verbs.study_options import OUT, sizes, study_options

if TYPE_CHECKING:
    from defectmodels.studies.multiverse_result import Multiverse


@click.command()
@study_options
@click.option("--full", is_flag=True, help="Every combination of choices, not a balanced fraction.")
@sizes(draws=350, tune=150, chains=2)
@OUT
@AS_JSON
def multiverse(
    model: str,
    dataset: str,
    executor: str,
    seed: int,
    quiet: bool,
    out: Path | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Fit a model under other choices, and say how many of them answer as it does.

    Likelihood, trend, coding of covariates, effects across groups, readings, definitions and period axis. Prints
    every variant with its checks, its weight and its answer.
    """
    from defectmodels.evidence.dataset import load_dataset
    from defectmodels.inference.workers import workers_of
    from defectmodels.model.spec import load_model
    from defectmodels.studies.multiverse import multiverse as run

    spec, data = load_model(model), load_dataset(dataset)
    with workers_of(executor) as workers:
        found = run(
            spec, data, random_seed=seed, executor=workers, progress=not quiet, **settings
        )  # fmt: skip
    if out is not None:
        found.save(out)
    tables = ("table", "impossible", "combinations", "failures")
    content: dict[str, Any] = {"made": found.made, "headline": found.headline}
    content |= {name: records(getattr(found, name)) for name in tables}
    content |= {"sets": records(found.groups()), "choices": records(found.by_choice())}
    show_result(content, as_json, lambda: _lines(found))


def _lines(found: Multiverse) -> None:
    from defectmodels.studies import multiverse_shown as shown
    from defectmodels.studies import multiverse_text as text

    click.echo(text.lead(found))
    for line in text.sentences(found):
        click.echo(line)
    for table in (shown.printed(found), shown.printed_sets(found), shown.printed_choices(found)):
        click.echo()
        print_table(table)
    click.echo()
    for line in text.listed_choices(found):
        click.echo(line)
