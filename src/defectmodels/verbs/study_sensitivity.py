"""The command `study sensitivity`: what the headline rests on.

Invariant: an interrupted study goes on from its folder, and what gave no number is printed with its reason.
Shown by ``tests/test_sensitivity.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from defectmodels.verbs.printing import AS_JSON, print_table, records, show_result
from defectmodels.verbs.study_options import OUT, sizes, study_options

if TYPE_CHECKING:
    from defectmodels.studies.sensitivity import Sensitivity


@click.command()
@study_options
@click.option(
    "--fit",
    "fit_file",
    default=None,
    type=click.Path(path_type=Path),
    help="The base, of just this model and dataset.  [default: fitted anew]",
)
@click.option(
    "--priors",
    multiple=True,
    help="Sets of priors: shipped names or files.  [default: all shipped ones]",
)
@sizes(draws=300, tune=70, chains=2)
@OUT
@AS_JSON
def sensitivity(
    model: str,
    dataset: str,
    executor: str,
    folder: Path | None,
    seed: int,
    quiet: bool,
    fit_file: Path | None,
    priors: tuple[str, ...],
    out: Path | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Ask the headline again under other priors, evidence, codings and exposures."""
    from defectmodels.evidence.dataset import load_dataset
    from defectmodels.inference.fit import load_fit
    from defectmodels.inference.workers import workers_of
    from defectmodels.model.spec import load_model
    from defectmodels.studies.sensitivity import sensitivity as run

    spec, data = load_model(model), load_dataset(dataset)
    base = None if fit_file is None else load_fit(fit_file)
    with workers_of(executor) as workers:
        found = run(
            spec,
            data,
            fit=base,
            prior_sets=priors or None,
            random_seed=seed,
            executor=workers,
            folder=folder,
            progress=not quiet,
            **settings,
        )
    if out is not None:
        found.save(out)
    show_result(_content(found), as_json, lambda: _lines(found))


def _content(found: Sensitivity) -> dict[str, Any]:
    tables = {
        name: records(getattr(found, name)) for name in ("variants", "numbers", "sensitivities")
    }
    return {
        "made": found.made,
        **tables,
        "not_varied": [vars(one) for one in found.not_varied],
        "failures": [vars(one) for one in found.failures],
    }


def _lines(found: Sensitivity) -> None:
    from defectmodels.studies import sensitivity_text as text

    for line in (*text.sentences(found), text.powers_sentence(found)):
        click.echo(line)
    click.echo("")
    print_table(text.printed_variants(found))
    click.echo("")
    print_table(text.printed_powers(found))
    for line in (*text.failures(found), *map(text.not_varied_text, found.not_varied)):
        click.echo(line)
