"""The command line: a thin shell over the public functions.

Results go to standard output, progress and errors to standard error.

Exit codes
----------
0   done; for `check`, the fit passes or only warns; for `validate`, no errors
1   `check` failed, or `validate` found errors
2   wrong use: an unknown option, name, file or value
130 interrupted

Invariant: no traceback without --debug, and every command is documented in docs/cli.md. Shown by
``tests/test_cli.py`` and ``tests/test_docs.py``.
"""

from __future__ import annotations

import atexit
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from defectmodels import catalog
from defectmodels.errors import DefectModelsError
from defectmodels.verbs import comparing, decide, estimates, rests, scenarios, studies, study
from defectmodels.verbs.printing import AS_JSON, FIT, load, show_result

if TYPE_CHECKING:
    from defectmodels.inference.store import Refit

_OBJECTS = 1_000_000
"""New objects after which the process looks for garbage: at Python's own pace a report spends a second on it.
With fewer, those of the imported packages are looked through as well, and they are no garbage."""

AS_OF = click.option(
    "--as-of",
    metavar="DATE",
    default=None,
    help="Only what had been published by then: 2024, 2024-02 or 2024-02-01.",
)


@click.group()
@click.version_option(package_name="defectmodels")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Fit models of who escapes a closed regime, and report what they say.

    MODEL and DATASET are shipped names (see `list`) or paths of your own.
    """


@cli.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """List the shipped models, datasets, series, scenarios and claims."""
    found = {
        "models": sorted(catalog.models()),
        "datasets": sorted(catalog.datasets()),
        "series": sorted(path.stem for path in catalog.series_folder().glob("*.toml")),
        "scenarios": sorted(catalog.scenarios()),
        "claims": sorted(catalog.claims()),
    }

    def lines() -> None:
        for kind, names in found.items():
            click.echo(f"{kind}: {', '.join(names)}")

    show_result(found, as_json, lines)


@cli.command()
@click.argument("name")
@AS_OF
@AS_JSON
def show(name: str, as_of: str | None, as_json: bool) -> None:
    """Show a model, a dataset, a series, a scenario, or what made a fit."""
    from defectmodels.showing import describe

    content = describe(name, as_of)

    def lines() -> None:
        for key, value in content.items():
            click.echo(f"{key}: {value}" if not isinstance(value, dict | list) else f"{key}:")
            if isinstance(value, dict | list):
                items = value.items() if isinstance(value, dict) else enumerate(value, 1)
                for inner, text in items:
                    click.echo(f"  {inner}: {text}")

    show_result(content, as_json, lines)


@cli.command()
@click.argument("dataset")
@click.option("--model", default=None, help="Also check that this model can be fitted to it.")
@AS_OF
@AS_JSON
@click.pass_context
def validate(
    context: click.Context, dataset: str, model: str | None, as_of: str | None, as_json: bool
) -> None:
    """Find every fault of a dataset in one run; exit 1 when there is an error."""
    from defectmodels.evidence.as_of import validate_as_of
    from defectmodels.evidence.validation import validate as find

    problems = validate_as_of(dataset, as_of) if as_of else find(dataset)
    if model is not None:
        from defectmodels.model.design import dataset_problems
        from defectmodels.model.spec import load_model

        problems += dataset_problems(load_model(model), dataset)
    errors = [problem for problem in problems if problem.severity == "error"]

    def lines() -> None:
        for problem in problems:
            click.echo(f"{problem.severity}: {problem}")
        click.echo(f"{len(errors)} errors, {len(problems) - len(errors)} warnings")

    show_result([vars(problem) for problem in problems], as_json, lines)
    context.exit(1 if errors else 0)


@cli.command()
@click.argument("model")
@click.argument("dataset")
@click.option(
    "-o", "--out", required=True, type=click.Path(path_type=Path), help="Fit file: .nc or .zarr."
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same draws.")
@click.option("--draws", default=1000, show_default=True, help="Draws kept in each chain.")
@click.option("--tune", default=500, show_default=True, help="Draws thrown away in each chain.")
@click.option("--chains", default=4, show_default=True)
@click.option(
    "--cores", default=None, type=int, help="Chains side by side. [default: as many as there are]"
)
@click.option(
    "--sampler", default="nutpie", show_default=True, type=click.Choice(["nutpie", "pymc"])
)
@click.option("--quiet", is_flag=True, help="No progress.")
@click.option(
    "--refit",
    default="on_change",
    show_default=True,
    type=click.Choice(["never", "on_change", "always"]),
    help="When to sample although OUT holds a fit.",
)
@AS_OF
@AS_JSON
def fit(
    model: str,
    dataset: str,
    out: Path,
    seed: int,
    quiet: bool,
    refit: Refit,
    cores: int | None,
    as_of: str | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Fit MODEL to DATASET and write the fit to a file.

    Nothing is sampled when the file holds a fit that was made of the same: model, evidence, sampler,
    settings, seed, versions and code.
    """
    from defectmodels.evidence.dataset import load_dataset
    from defectmodels.inference.fit import check_target
    from defectmodels.inference.store import recipe, stored, used_by
    from defectmodels.model.spec import load_model

    # A wrong name, date or target is said before minutes of sampling, not after.
    spec, data = load_model(model), load_dataset(dataset, as_of)
    check_target(out)
    wanted = recipe(spec, used_by(spec, data), random_seed=seed, **settings)
    result = stored(out, wanted, refit)
    kept = result is not None
    if result is None:
        if not quiet:
            click.echo(
                f"fitting {spec.name} to {data.name}{f' as of {data.as_of}' if data.as_of else ''}: "
                "the first run on a machine also compiles, for half a minute",
                err=True,
            )
        from defectmodels.inference.sampling import fit as sample

        result = sample(
            spec,
            data,
            random_seed=seed,
            cores=cores,
            progress=not quiet,
            **settings,
        )
        try:
            # Known by now, their tables stand in the file, and a report need not make them again.
            checks = result.checks
        finally:
            result.save(out)
    checks = result.checks

    def lines() -> None:
        seconds = ", ".join(
            f"{name} {value:.1f} s" for name, value in result.made["seconds"].items()
        )
        made = result.made
        what = f"kept {out}, a fit of {made['model']} to {made['dataset']}"
        click.echo(f"{what if kept else f'wrote {out}'} ({seconds})")
        selection = result.design.selection
        click.echo(
            f"statements: {len(selection.rows)} used, {len(selection.unused)} not "
            "(the report says why)"
        )
        click.echo(f"checks: {checks.verdict}")

    show_result({"file": str(out), "checks": checks.verdict, "made": result.made}, as_json, lines)


@cli.command()
@FIT
@click.option(
    "-o", "--out", default=Path("report.html"), show_default=True, type=click.Path(path_type=Path)
)
@click.option("--lang", default="en", show_default=True, help="Language of a page: en, ko.")
@click.option(
    "--study",
    "studies",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Show a study of the same model, too; repeat for several.",
)
@AS_JSON
def report(fit_file: Path, out: Path, lang: str, studies: tuple[Path, ...], as_json: bool) -> None:
    """Write the posterior report of a fit to one HTML file, and print its verdict.

    A name without an ending is a folder: the report, its figures as SVG and PNG, its tables as CSV, a
    citation and a manifest.
    """
    from defectmodels.estimands.tables import verdicts
    from defectmodels.report.exports import export_report, is_page
    from defectmodels.report.page import write_report
    from defectmodels.wording import checked

    page, lang, result = is_page(out), checked(lang), load(fit_file)
    if page:
        write_report(result, out, lang, studies=studies)
    else:
        # A folder has the report in every language.
        export_report(result, out, studies=studies)
    failed = result.checks.verdict == "fail"
    found = [] if failed else verdicts(result)

    def lines() -> None:
        click.echo(f"wrote {out}")
        for line in found or (
            ["verdict withheld: checks failed; see the report"] if failed else []
        ):
            click.echo(line)

    show_result(
        {"file": str(out), "checks": result.checks.verdict, "verdicts": found}, as_json, lines
    )


for room in (comparing, decide, estimates, rests, scenarios, studies):
    for command in room.COMMANDS:
        cli.add_command(command)
cli.add_command(study.study)


def main() -> None:
    """Run the command line and turn errors into one line and an exit code."""
    gc.set_threshold(_OBJECTS)
    # On its way out the process looks through all objects again and again: for a second, and in vain.
    atexit.register(gc.freeze)
    try:
        # standalone_mode=False hands exit codes and errors back instead of exiting.
        code = cli.main(prog_name="defectmodels", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted; earlier results are as they were", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("interrupted; earlier results are as they were", err=True)
        sys.exit(130)
    except (DefectModelsError, OSError) as error:
        if "--debug" in sys.argv:
            raise
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
