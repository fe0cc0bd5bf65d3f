"""Studies: commands that fit a model many times.

Invariant: an interrupted study is taken up again from its folder. Shown by ``tests/test_backtest.py`` and
``tests/test_placebo.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from defectmodels.verbs.printing import AS_JSON, print_table, records, show_result
from defectmodels.verbs.study_options import EXECUTOR, SEED, sizes

if TYPE_CHECKING:
    from defectmodels.evidence.dataset import Dataset
    from defectmodels.model.spec import ModelSpec
    from defectmodels.studies.backtest import Backtest


@click.command()
@click.argument("model")
@click.argument("dataset")
@click.option(
    "--origins",
    metavar="FROM..TO",
    default=None,
    help="Years, or quarters, at whose ends forecasts start.  [default: 2008..2024]",
)
@click.option("--every", default="year", show_default=True, type=click.Choice(["year", "quarter"]))
@click.option(
    "--horizon", "horizons", multiple=True, type=int, help="Quarters ahead.  [default: 1, 4 and 8]"
)
@click.option(
    "--vintage",
    default="known",
    show_default=True,
    type=click.Choice(["known", "current"]),
    help="Rows as known a month after the origin, or as they are today.",
)
@click.option(
    "--eras", multiple=True, help="Series whose eras are left out, or 'none'.  [default: all]"
)
@click.option(
    "--score",
    default="crps",
    show_default=True,
    type=click.Choice(["crps", "crps_log", "interval_score"]),
    help="Of which skill is printed.",
)
@click.option(
    "--folder",
    default=None,
    type=click.Path(path_type=Path),
    help="Keep finished origins here, and take them up again.",
)
@EXECUTOR
@SEED
@sizes(draws=500, tune=500, chains=2)
@click.option("--quiet", is_flag=True, help="No progress.")
@click.option("--csv", "as_csv", is_flag=True, help="Write the scores as CSV.")
@AS_JSON
def backtest(
    model: str,
    dataset: str,
    origins: str | None,
    every: str,
    horizons: tuple[int, ...],
    eras: tuple[str, ...],
    score: str,
    executor: str,
    seed: int,
    quiet: bool,
    as_csv: bool,
    as_json: bool,
    **settings: Any,
) -> None:
    """Forecast from earlier years with what was known then, and score it against baselines.

    An interrupted run is taken up again with the same --folder.
    """
    from defectmodels.evidence.dataset import load_dataset
    from defectmodels.inference.workers import workers_of
    from defectmodels.model.spec import load_model
    from defectmodels.studies.backtest import backtest as run
    from defectmodels.studies.origins import spread_out

    spec, data = load_model(model), load_dataset(dataset)
    with workers_of(executor) as workers:
        found = run(
            spec,
            data,
            origins=spread_out(origins, every, spec.periods),
            horizons=horizons or (1, 4, 8),
            eras=None if not eras else [one for one in eras if one != "none"],
            random_seed=seed,
            executor=workers,
            progress=not quiet,
            **settings,
        )
    if as_csv:
        click.echo(found.scores.to_csv(index=False), nl=False)
        return
    tables = {"skill": found.skill(score), "coverage": found.coverage()}
    for name in ("scores", "statements", "policy", "skipped", "fits"):
        tables[name] = getattr(found, name)
    content: dict[str, Any] = {"model": found.model, "dataset": found.dataset, "score": score}
    content |= {name: records(table) for name, table in tables.items()}
    content["failures"] = [vars(one) for one in found.failures]
    show_result(content, as_json, lambda: _backtest_lines(found, score, spec, data))


def _backtest_lines(found: Backtest, score: str, spec: ModelSpec, data: Dataset) -> None:
    from defectmodels.studies import backtest_text as text

    for line in text.remarks(found, spec, data):
        click.echo(line)
    click.echo(f"\nskill = 1 - mean {score} of the model / of the baseline; below 0 the model lost")
    print_table(text.printed_skill(found.skill(score)))
    click.echo("\ncoverage of 90% intervals, each method at its own origins")
    print_table(text.printed_coverage(found.coverage()))
    if (origin := text.hardest(found.scores)) is not None:
        click.echo(f"\n{text.told(found.scores, origin)}")
    for title, table in (
        (
            "eras left out, predicted with the covariates as they came",
            text.printed_policy(found.policy),
        ),
        (
            "statements on the headline group after an origin",
            text.printed_statements(found.statements),
        ),
    ):
        if len(table):
            click.echo(f"\n{title}")
            print_table(table)
    click.echo(f"\nnot scored: {len(found.skipped)}, with the reasons in --json")


@click.command()
@click.argument("model")
@click.argument("dataset")
@click.option(
    "--event",
    metavar="SCENARIO",
    default="no_closure",
    show_default=True,
    help="The scenario in which it did not happen.",
)
@click.option(
    "--span", default=None, help="Days of the event.  [default: its era, or all that changes]"
)
@click.option(
    "--group", "groups", multiple=True, help="Group on which it acts; repeat.  [default: all]"
)
@click.option("--every", default=1, show_default=True, help="Periods from one date to the next.")
@click.option("--least", default=8, show_default=True, help="Periods of data before a date.")
@click.option(
    "--rows", default=2, show_default=True, help="Totals that lie mostly in a date's window."
)
@click.option(
    "--folder",
    default=None,
    type=click.Path(path_type=Path),
    help="Keep each fit's result here, and use those that are here.",
)
@EXECUTOR
@click.option("--draws", default=500, show_default=True, help="Draws kept in each chain.")
@click.option("--tune", default=1000, show_default=True, help="Draws thrown away in each chain.")
@SEED
@click.option("--csv", "as_csv", is_flag=True, help="Write the effects as CSV.")
@AS_JSON
def placebo(
    model: str,
    dataset: str,
    event: str,
    span: str | None,
    groups: tuple[str, ...],
    every: int,
    least: int,
    rows: int,
    folder: Path | None,
    executor: str,
    draws: int,
    tune: int,
    seed: int,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Fit an event on its own days and on days when nothing happened, and say how it stands out.

    One fit for each date. An interrupted run is taken up again with the same FOLDER.
    """
    from defectmodels.evidence.dataset import load_dataset
    from defectmodels.inference.workers import workers_of
    from defectmodels.model.spec import load_model
    from defectmodels.studies import placebo_text as text
    from defectmodels.studies.placebo import placebo as run
    from defectmodels.studies.placebo_dates import Rules

    with workers_of(executor) as workers:
        found = run(
            load_model(model),
            load_dataset(dataset),
            event,
            span=span,
            groups=groups or None,
            rules=Rules(least=least, every=every, rows=rows),
            random_seed=seed,
            draws=draws,
            tune=tune,
            executor=workers,
            folder=folder,
            progress=True,
        )
    if as_csv:
        click.echo(found.table.to_csv(index=False), nl=False)
        return
    places = text.places(found)

    def lines() -> None:
        for table in (text.printed(found), text.printed_places(places)):
            print_table(table)
            click.echo()
        for line in text.remarks(found):
            click.echo(line)

    content = text.content(found) | {"effects": records(found.table), "places": records(places)}
    show_result(content, as_json, lines)


COMMANDS = (backtest, placebo)
