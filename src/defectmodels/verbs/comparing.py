"""The command that sets several fits side by side.

Invariant: a fit that fails its checks prints no number. Shown by ``tests/test_compare.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from defectmodels.verbs.printing import AS_JSON, WITHHELD, load, print_table, records, show_result

if TYPE_CHECKING:
    import pandas as pd

    from defectmodels.estimands.compare import Compared


@click.command()
@click.argument("files", metavar="FIT...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", default=None, type=click.Path(path_type=Path), help="Also a page: .html."
)
@click.option("--of", default=None, help="Group.  [default: the first fit's headline]")
@click.option(
    "--over",
    "spans",
    metavar="SPAN SPAN",
    nargs=2,
    default=None,
    help="Spans that are compared.  [default: the first fit's headline]",
)
@click.option("--lang", default="en", show_default=True, help="Language of the page: en, ko.")
@AS_JSON
def compare(
    files: tuple[Path, ...],
    out: Path | None,
    of: str | None,
    spans: tuple[str, str] | None,
    lang: str,
    as_json: bool,
) -> None:
    """Set several fits side by side: answers, differences, and which predicts better.

    FIT is two fits or more: of other models, other evidence or evidence as of other days.
    """
    from defectmodels.errors import SpecError
    from defectmodels.estimands.compare import compare as run
    from defectmodels.estimands.compare import fit_names
    from defectmodels.report.compared import write_comparison
    from defectmodels.report.exports import is_page

    if len(files) < 2:
        raise SpecError(f"{files[0]}: one fit has nothing to be compared with; give two or more")
    if out is not None and not is_page(out):
        raise SpecError(f"{out}: the page of a comparison is one file; give a name in .html")
    fits = [load(path) for path in files]
    found = run(fits, fit_names(fits, files), of=of, spans=spans)
    if out is not None:
        write_comparison(found, out, lang)
    show_result(_content(found, files, out), as_json, lambda: _lines(found, out))


def _content(found: Compared, files: tuple[Path, ...], out: Path | None) -> dict[str, Any]:
    named = zip(found.fits.items(), files, strict=True)
    return {
        "of": found.of,
        "spans": [found.before, found.after],
        "fits": [
            {"fit": name, "file": str(file), "checks": fit.checks.verdict}
            | {key: fit.made[key] for key in ("model", "dataset", "as_of", "random_seed")}
            for (name, fit), file in named
        ],
        "withheld": found.withheld,
        "rows": records(found.estimates),
        "differences": [vars(one) for one in found.differences],
        "loo": [
            {"rows": one.rows, "fits": records(one.table), "unreliable": one.unreliable}
            for one in found.loo
        ],
        "not_comparable": found.without_loo,
        "file": str(out) if out else None,
    }


def _lines(found: Compared, out: Path | None) -> None:
    from defectmodels.report.compared import difference_sentence, loo_sentences, rule, verdict

    if out is not None:
        click.echo(f"wrote {out}")
    for name, fit in found.fits.items():
        withheld = f"; {WITHHELD}" if name in found.withheld else ""
        click.echo(f"{name}: checks {fit.checks.verdict}{withheld}")
    if found.changes:
        click.echo()
        print_table(_side_by_side(found))
    click.echo()
    for line in [verdict(found), *(difference_sentence(found, one) for one in found.differences)]:
        click.echo(line)
    click.echo(rule())
    for one in found.loo:
        shown = one.table.round({"elpd": 1, "se": 1, "p": 1, "elpd_diff": 1, "dse": 1, "weight": 2})
        click.echo()
        print_table(shown)
        for line in loo_sentences(one):
            click.echo(line)
    for name, reason in found.without_loo.items():
        click.echo(f"leave-one-out not comparable: {name} is {reason}")


def _side_by_side(found: Compared) -> pd.DataFrame:
    """One row for each number, one column for each fit: median and interval."""
    import pandas as pd

    from defectmodels.estimands.tables import rounded

    shown = rounded(found.estimates)
    ends = " (" + shown["low"] + " to " + shown["high"] + ")"
    shown["text"] = shown["median"] + ends.where(shown["low"] != "", "")
    columns = {
        name: rows.set_index(["what", "item", "units"])["text"]
        for name, rows in shown.groupby("fit", sort=False)
    }
    return pd.DataFrame(columns).reset_index()


COMMANDS = (compare,)
