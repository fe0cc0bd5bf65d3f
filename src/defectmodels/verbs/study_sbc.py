"""The command `study sbc`.

Invariant: the study gets the options as they were given, and what is printed or written is the study's. Shown by
``tests/test_sbc_report.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from defectmodels.verbs.printing import AS_JSON, print_table, records, show_result
from defectmodels.verbs.study_options import study_options

if TYPE_CHECKING:
    from defectmodels.studies.sbc import Calibration


@click.command()
@study_options
@click.option("--simulations", default=100, show_default=True, help="Worlds that are fitted.")
@click.option("--given", is_flag=True, help="Draw worlds given the data, not from the prior.")
@click.option(
    "--near",
    default="3",
    show_default=True,
    help="Factor within which published numbers lie around the data's, or 'any'.",
)
@click.option("--draws", default=120, show_default=True, help="Draws kept in each chain.")
@click.option("--tune", default=60, show_default=True, help="Draws thrown away in each chain.")
@click.option("--chains", default=1, show_default=True)
@click.option(
    "-o", "--out", default=None, type=click.Path(path_type=Path),
    help="Write the study to a .json file, which `report --study` shows.",
)  # fmt: skip
@click.option(
    "--certificate", default=None, type=click.Path(path_type=Path),
    help="Write a certificate, which reports of the model cite, to this file.",
)  # fmt: skip
@AS_JSON
def sbc(
    model: str,
    dataset: str,
    executor: str,
    seed: int,
    quiet: bool,
    near: str,
    out: Path | None,
    certificate: Path | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Simulate worlds and their statements, fit them, and say whether posteriors cover what was put in.

    Prints coverage of the headline's intervals, events by their probability, and the ranks that are farthest
    from uniform.
    """
    from defectmodels.evidence.dataset import load_dataset
    from defectmodels.inference.workers import workers_of
    from defectmodels.model.spec import load_model
    from defectmodels.studies.certificate import certify
    from defectmodels.studies.sbc import sbc as run

    spec, data = load_model(model), load_dataset(dataset)
    with workers_of(executor) as workers:
        found = run(
            spec, data, random_seed=seed, near=_factor(near), executor=workers, progress=not quiet,
            **settings,
        )  # fmt: skip
    if out is not None:
        found.save(out)
    if certificate is not None:
        certify(found).save(certificate)
    content: dict[str, Any] = {"made": found.made, "headline": list(found.headline)}
    content |= {"ranks": records(found.table()), "events": records(found.event_table())}
    content |= {"reliability": records(found.reliability()), "fits": records(found.fits)}
    content |= {"failures": [vars(one) for one in found.failures]}
    show_result(content, as_json, lambda: _lines(found))


def _factor(text: str) -> float | None:
    if text == "any":
        return None
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(f"'{text}' is no factor; give one above 1, or any") from None


def _lines(found: Calibration) -> None:
    from defectmodels.studies import sbc_text as text

    for line in text.sentences(found):
        click.echo(line)
    table = found.table()
    own = table[table["quantity"].isin(found.headline)]
    for part in (own, table.sort_values("p", kind="stable").head(10)):
        if len(part):
            click.echo()
            print_table(text.printed(part))
    events = text.printed_events(found.event_table())
    if len(events):
        click.echo()
        print_table(events)
