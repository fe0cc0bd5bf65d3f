"""Commands that ask a fit for other histories, for what is to come, and for eras in pairs.

Invariant: every printed contrast and forecast has its conditions beside it, and is withheld when the
fit's checks fail. Shown by ``tests/test_cli_scenarios.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from defectmodels.verbs.printing import (
    AS_CSV,
    AS_JSON,
    FIT,
    WITHHELD,
    load,
    print_table,
    records,
    show_result,
)

if TYPE_CHECKING:
    import pandas as pd

    from defectmodels.estimands.contrast import Contrast
    from defectmodels.estimands.forecast import Forecast
    from defectmodels.estimands.more_than import MoreThan
    from defectmodels.estimands.policy import PolicyPeriods
    from defectmodels.estimands.scenarios import Scenarios
    from defectmodels.inference.fit import Fit


@click.command()
@FIT
@click.argument("chosen", metavar="NAME...", nargs=-1, required=True)
@click.option(
    "--over",
    "spans",
    multiple=True,
    help="Span to count over; repeat.  [default: every whole year]",
)
@click.option("--against", default=None, help="Reference.  [default: factual; the first with --to]")
@click.option("--to", default=None, help="Also later periods, up to this one, such as 2030.")
@click.option("--counts", is_flag=True, help="Whole persons too, coupled to those who came.")
@AS_CSV
@AS_JSON
def scenario(
    fit_file: Path,
    chosen: tuple[str, ...],
    spans: tuple[str, ...],
    against: str | None,
    to: str | None,
    counts: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Print what other histories differ in from what was, with what has to be assumed.

    NAME is a shipped scenario (see `list`), a file of your own, or several joined by '+'. Spans are
    those of `estimate`.
    """
    import pandas as pd

    from defectmodels.estimands.contrast import contrast
    from defectmodels.estimands.scenarios import scenarios

    fit = load(fit_file)
    asked = [*dict.fromkeys([*chosen, *([against] if against else [])])]
    found = scenarios(fit, asked, spans, to=to, counts=counts)
    # A file is named by its path, and its scenario by what it says.
    called = dict(zip(asked, found.names[len(found.names) - len(asked) :], strict=True))
    reference = called[against] if against else found.names[0]
    made = [contrast(found, name, reference) for name in found.names if name != reference]
    rows = pd.concat([one.table() for one in made], ignore_index=True) if made else pd.DataFrame()
    if as_csv:
        click.echo(rows.to_csv(index=False), nl=False)
        return
    content: dict[str, Any] = {"checks": fit.checks.verdict, "reference": reference}
    content["conditions"] = {
        one.scenario: {"assumption": one.assumption, "support": str(one.reach)} for one in made
    }
    content["rows"] = records(rows)
    show_result(content, as_json, lambda: _scenario_lines(fit, found, made))


def _scenario_lines(fit: Fit, found: Scenarios, made: list[Contrast]) -> None:
    from defectmodels.estimands.contrast import ALL
    from defectmodels.report.contrasts import arithmetic, comparison, conditions, printed

    if fit.checks.verdict == "fail":
        click.echo(WITHHELD)
        return
    if not made:
        click.echo(f"only '{found.names[0]}' was named, and it is the reference; name another")
        return
    groups = (ALL, found.of) if len(fit.spec.groups) > 1 else (ALL,)
    spans = [str(span) for span in made[0].data["span"].values]
    for one in made:
        for span in spans if len(spans) <= _FEW else spans[-1:]:
            click.echo(comparison(found, one, span, groups))
        click.echo(f"  {conditions(found, one)}")
    click.echo(f"\n{arithmetic()}\n")
    print_table(printed(made))


_FEW = 3
"""Spans up to which each has a sentence; of more only the last has."""


@click.command()
@FIT
@click.option("--to", required=True, help="The year, quarter or month with which it ends: 2030.")
@click.option(
    "--scenario",
    "chosen",
    multiple=True,
    help="Future of the series; repeat.  [default: status_quo]",
)
@click.option("--over", "spans", multiple=True, help="Span; repeat.  [default: every whole year]")
@click.option(
    "--definition", "definitions", multiple=True, help="Who is counted; repeat.  [default: all]"
)
@click.option(
    "--says", "words", default=None, help="A rounded number, such as 'about 10': will it be true?"
)
@AS_CSV
@AS_JSON
def forecast(
    fit_file: Path,
    to: str,
    chosen: tuple[str, ...],
    spans: tuple[str, ...],
    definitions: tuple[str, ...],
    words: str | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Print how many persons will come, under a stated future of every series."""
    from defectmodels.estimands.forecast import forecast as run

    fit = load(fit_file)
    made = run(fit, to, chosen or ("status_quo",), spans, definitions=definitions)
    if as_csv:
        click.echo(made.table().to_csv(index=False), nl=False)
        return
    content: dict[str, Any] = {"checks": fit.checks.verdict, "rows": records(made.table())}
    content["published"] = [] if made.errors else records(made.score())
    if words:
        content["says"] = _says(made, words)
    show_result(content, as_json, lambda: _forecast_lines(fit, made, content.get("says", [])))


def _says(made: Forecast, words: str) -> list[dict[str, Any]]:
    """Probability that a rounded number will be true, of every definition and span."""
    found = []
    for name in made.found.names:
        for definition in made.definitions:
            for span in made.days:
                read, chance = made.says(definition, span, words, name)
                found.append(
                    {"scenario": name, "definition": definition, "span": span, "words": words,
                     "read as": str(read), "probability": chance.value, "mcse": chance.mcse}
                )  # fmt: skip
    return found


def _forecast_lines(fit: Fit, made: Forecast, said: list[dict[str, Any]]) -> None:
    import pandas as pd

    from defectmodels.estimands.contrast import assumed, reach
    from defectmodels.estimands.summary import Probability
    from defectmodels.estimands.tables import rounded
    from defectmodels.wording import say

    if fit.checks.verdict == "fail":
        click.echo(WITHHELD)
        return
    for one in made.found.scenarios:
        told = assumed([one.assumption])
        text = f" {say('forecast-assumes', assumed=told)}" if told else ""
        support = say("forecast-support", support=str(reach(made.found, one.name)))
        click.echo(f"{one.name}: {one.title}.{text} {support}")
    click.echo()
    print_table(rounded(made.table()))
    if said:
        odds = [Probability(one.pop("probability"), one.pop("mcse")) for one in said]
        click.echo()
        print_table(pd.DataFrame(said).assign(probability=[str(one) for one in odds]))
    if made.errors:
        click.echo("\nThe model has errors of what is published: these are persons who will come.")
        return
    held = made.score()
    if len(held):
        click.echo("\npublished since:")
        shown = held.drop(columns=["log_score", "crps", "interval_score"], errors="ignore")
        print_table(shown.astype({"median": int, "low": int, "high": int}))


@click.command()
@FIT
@click.argument("spans", nargs=-1)
@click.option(
    "--by", metavar="SERIES", default=None, help="Series that names eras.  [default: president]"
)
@click.option("--of", default=None, help="Group that is compared.  [default: the model's headline]")
@click.option(
    "--more-than",
    metavar="SPAN ERA",
    nargs=2,
    default=None,
    help="Also: whether more came in SPAN than in ERA, in both readings.",
)
@click.option(
    "--interval",
    default=0.9,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
)
@click.option("--csv", "as_csv", is_flag=True, help="Write all pairs as CSV.")
@AS_JSON
def periods(
    fit_file: Path,
    spans: tuple[str, ...],
    by: str | None,
    of: str | None,
    more_than: tuple[str, str] | None,
    interval: float,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Compare eras in pairs: rates, counts and shares, as drawn and pooled.

    SPANS are as for `estimate`, and have no day in common; by default the eras of a series.
    """
    from defectmodels.errors import SpecError
    from defectmodels.estimands.more_than import more_than as compare
    from defectmodels.estimands.policy import policy_periods
    from defectmodels.estimands.policy_text import as_content
    from defectmodels.estimands.quoted import comparisons

    if spans and by:
        raise SpecError("give SPANS or --by, not both")
    result = load(fit_file)
    found = policy_periods(result, list(spans) or by or "president", of or comparisons(result)[0])
    more = compare(result, *more_than) if more_than else None
    failed = result.checks.verdict == "fail"
    pairs = found.pairs(interval).iloc[: 0 if failed else None]
    if as_csv:
        click.echo(pairs.to_csv(index=False), nl=False)
        return
    levels = found.table(interval).iloc[: 0 if failed else None]
    content = {"checks": result.checks.verdict} | as_content(found, more, interval, withheld=failed)
    content |= {"levels": records(levels), "pairs": records(pairs)}

    def lines() -> None:
        if failed:
            click.echo("policy periods withheld: checks failed; see defectmodels check")
        else:
            _periods_lines(found, levels, pairs, more, interval)

    show_result(content, as_json, lines)


def _periods_lines(
    found: PolicyPeriods,
    levels: pd.DataFrame,
    pairs: pd.DataFrame,
    more: MoreThan | None,
    interval: float,
) -> None:
    from defectmodels.estimands import policy_text as text

    print_table(text.printed_levels(levels))
    click.echo()
    print_table(text.printed_pairs(pairs))
    click.echo()
    said = text.readings(more, interval) if more else []
    for line in [*text.left_out_lines(found), *said, text.caveat(found), text.assumption()]:
        click.echo(line)


COMMANDS = (scenario, forecast, periods)
