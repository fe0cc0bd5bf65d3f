"""The command `study flip`.

Invariant: an interrupted study goes on from its folder. Shown by ``tests/test_flip.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from defectmodels.verbs.printing import AS_JSON, print_table, records, show_result
from defectmodels.verbs.study_options import OUT, sizes, study_options

if TYPE_CHECKING:
    from defectmodels.studies.flip import Flip


@click.command()
@study_options
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    help="Assumption that is moved, such as misclassified; repeat.  [default: all]",
)
@sizes(draws=200, tune=100, chains=2)
@OUT
@AS_JSON
def flip(
    model: str,
    dataset: str,
    executor: str,
    seed: int,
    quiet: bool,
    kinds: tuple[str, ...],
    out: Path | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Find the smallest change of one assumption that gives the headline another answer.

    Misclassified persons, arrivals not counted, readings of rounded words, the spans compared, and the
    reliability of each origin, each moved by itself.
    """
    from defectmodels.evidence.dataset import load_dataset
    from defectmodels.inference.workers import workers_of
    from defectmodels.model.spec import load_model
    from defectmodels.studies.flip import flip as run

    spec, data = load_model(model), load_dataset(dataset)
    with workers_of(executor) as workers:
        found = run(
            spec, data, random_seed=seed, kinds=kinds or None, executor=workers,
            progress=not quiet, **settings,
        )  # fmt: skip
    if out is not None:
        found.save(out)
    content: dict[str, Any] = {"of": found.of, "pair": found.pair, "made": found.made}
    content |= {name: records(getattr(found, name)) for name in ("points", "path", "skipped")}
    content |= {"failures": [vars(one) for one in found.failures], "refits": found.refits}
    show_result(content, as_json, lambda: _lines(found))


def _lines(found: Flip) -> None:
    from defectmodels.studies import flip_text as text

    for line in text.leads(found):
        click.echo(line)
    moved = found.points[found.points["kind"] != "reliability"]
    less = text.flipped(found)
    origins = less[less["kind"] == "reliability"]
    for table in (text.printed(moved), text.printed(origins), text.printed_origins(found)):
        if len(table):
            click.echo()
            print_table(table)
    click.echo()
    for line in text.notes(found):
        click.echo(line)
