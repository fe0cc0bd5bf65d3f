"""README, docs/ and the package say the same; every example runs.

Sampling is the one thing that is not done as written: `dm.fit` is called as the reader calls it, on
the shipped model and data, but gives a fit with made-up draws that obey the model's equations.
"""

from __future__ import annotations

import inspect
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

import defectmodels as dm
from defectmodels import catalog, names
from defectmodels.cli import cli
from defectmodels.errors import DefectModelsError
from defectmodels.evidence.claims import (
    ChangeClaim,
    Claim,
    Claims,
    CountsClaim,
    EffectClaim,
    ForecastClaim,
    NumberClaim,
    OutsideClaim,
    PartClaim,
    RateClaim,
    RatioClaim,
    ScenarioClaim,
)
from defectmodels.evidence.dataset import Dataset, Definition, Group, Header, StatusMeaning
from defectmodels.evidence.files import FileModel, read_toml
from defectmodels.evidence.scenario import (
    Change,
    Grow,
    Hold,
    Level,
    Move,
    Ramp,
    Scale,
    Scenario,
    Shift,
    Uncertain,
)
from defectmodels.evidence.series import Era, Series, Step, Uncertainty
from defectmodels.evidence.statements import COLUMNS, Reading
from defectmodels.inference.fit import Fit, load_fit
from defectmodels.inference.sampling import _UNITS
from defectmodels.inference.sampling import fit as real_fit
from defectmodels.model.design import Design, make_design
from defectmodels.model.measurement import Misclassification, Overcount, Revision, Undercount
from defectmodels.model.prior_sets import Other, PriorSet
from defectmodels.model.priors import Beta, Gamma, LogNormal
from defectmodels.model.spec import Axis, Baseline, DefinitionUse, Headline, ModelSpec, load_model
from defectmodels.model.terms import Covariates, Effect, Season, Trend
from defectmodels.verbs.estimates import QUANTITIES
from fabricate import fabricate

ROOT = Path(__file__).parent.parent
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))
}
FILE_CLASSES: tuple[type[FileModel], ...] = (
    ModelSpec,
    Axis,
    Baseline,
    DefinitionUse,
    Headline,
    LogNormal,
    Gamma,
    Beta,
    Covariates,
    Effect,
    Season,
    Trend,
    Undercount,
    Overcount,
    Misclassification,
    Revision,
    Header,
    Group,
    Definition,
    Reading,
    StatusMeaning,
    Series,
    Step,
    Era,
    Uncertainty,
    Scenario,
    Change,
    Level,
    Hold,
    Shift,
    Scale,
    Move,
    Ramp,
    Grow,
    Uncertain,
    Claims,
    Claim,
    RatioClaim,
    ChangeClaim,
    NumberClaim,
    CountsClaim,
    PartClaim,
    ScenarioClaim,
    EffectClaim,
    RateClaim,
    ForecastClaim,
    OutsideClaim,
    PriorSet,
    Other,
)


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGES[page], flags=re.DOTALL | re.MULTILINE)


def marked(page: str, mark: str) -> list[list[str]]:
    """Cells of the table below a mark, without its head; code marks taken off the first cell."""
    text = PAGES[page].partition(f"<!-- {mark} -->\n")[2]
    assert text, f"{page} has no table marked '{mark}'"
    lines = text.partition("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return [[row[0].strip("`"), *row[1:]] for row in rows]


def with_block(language: str) -> list[str]:
    return [page for page in PAGES if blocks(page, language)]


# --- a fit without sampling ---------------------------------------------------------------


def made_up_fit(spec: ModelSpec, dataset: Dataset, **settings: Any) -> Fit:
    """Stand in for `dm.fit`: takes what it takes, and gives made-up draws of that model and data."""
    inspect.signature(real_fit).bind(spec, dataset, **settings)
    # Elite shares near the published ones, so that realised counts are found at once.
    level = {names.LOG_BASELINE: np.array([-3.8, -9.6])}
    # Elites are fewest from 2017 to 2022, so that 2023 can be the most since 2017.
    trend = np.zeros((2, len(spec.periods)))
    trend[0, spec.periods.labels.index("2017Q1") : spec.periods.labels.index("2023Q1")] = -2.0
    trend[0, spec.periods.labels.index("2023Q1") :] = -0.55
    level[names.TREND] = trend - trend.mean(axis=1, keepdims=True)
    return fabricate(spec, dataset, draws=40, seed=1, changed=level)


@pytest.fixture(scope="module")
def fit_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `fit.nc` lies for examples that begin with one."""
    made = made_up_fit(dm.load_model("escape_rates"), dm.load_dataset("arrivals"), random_seed=1)
    return made.save(tmp_path_factory.mktemp("docs") / "fit.nc")


@pytest.fixture(scope="module")
def fitted(fit_file: Path) -> Fit:
    return load_fit(fit_file)


# --- code ---------------------------------------------------------------------------------


@pytest.mark.parametrize("page", with_block("python"))
def test_python_blocks_run(page: str, fit_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(fit_file.parent)
    monkeypatch.setattr(dm, "fit", made_up_fit)
    space: dict[str, Any] = {"__name__": "docs"}
    for block in blocks(page, "python"):
        exec(compile(block, page, "exec"), space)
    if page == "README.md":
        assert (fit_file.parent / "report.html").stat().st_size > 10_000
        assert len([line for line in blocks(page, "python")[0].splitlines() if line]) <= 12


@pytest.mark.parametrize("page", with_block("toml"))
def test_toml_blocks_parse(page: str) -> None:
    for block in blocks(page, "toml"):
        assert tomllib.loads(block)


def commands(page: str) -> list[list[str]]:
    """Commands of the bash blocks, comments taken off."""
    lines = [line for block in blocks(page, "bash") for line in block.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


@pytest.mark.parametrize("page", with_block("bash"))
def test_commands_exist(page: str) -> None:
    targets = re.findall(
        r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    for words in commands(page):
        if words[:4] == ["uv", "run", "--python", "3.13"]:
            words = words[4:]
        if words[0] == "make":
            assert words[1] in targets, words
        elif words[0] == "defectmodels":
            command = cli.commands[words[1]]
            # Reads the arguments as the command line does, and runs nothing.
            command.make_context(words[1], words[2:], obj={"debug": False})
        else:
            assert words == ["pip", "install", "."], words


def test_readme_names_the_two_commands() -> None:
    assert blocks("README.md", "bash")[0].splitlines()[0].startswith("make report ")
    assert blocks("README.md", "bash")[0].splitlines()[1].startswith("make test ")


# --- the command line ---------------------------------------------------------------------


def section(page: str, title: str) -> str:
    text = PAGES[page].partition(f"\n## {title}\n")[2]
    assert text, f"{page} has no section '{title}'"
    return text.partition("\n## ")[0]


def every_command() -> dict[str, click.Command]:
    """Commands by name; those of a group by both names."""
    found = dict(cli.commands)
    for name, group in cli.commands.items():
        if isinstance(group, click.Group):
            found |= {f"{name} {one}": command for one, command in group.commands.items()}
    return found


@pytest.mark.parametrize("name", sorted(every_command()))
def test_every_command_and_option_is_documented(name: str) -> None:
    command, text = every_command()[name], section("docs/cli.md", name)
    rows = " ".join(line.split("|")[1] for line in text.splitlines() if line.startswith("|"))
    documented = set(re.findall(r"`(--?[a-z-]+)`", rows))
    options = {one for p in command.params if isinstance(p, click.Option) for one in p.opts}
    assert documented == options
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            assert f"`{(parameter.metavar or str(parameter.name)).upper()}`" in rows


def test_no_command_is_made_up() -> None:
    titles = re.findall(r"^## (.+)$", PAGES["docs/cli.md"], flags=re.MULTILINE)
    assert sorted(titles) == sorted(every_command())
    for option in ("--debug", "--version", "--help"):
        assert f"`{option}`" in PAGES["docs/cli.md"]
    for quantity in QUANTITIES:
        assert f"| `{quantity}` |" in section("docs/cli.md", "estimate")


def test_defaults_of_fit_are_as_documented() -> None:
    text = section("docs/cli.md", "fit")
    defaults = {
        p.name: p.default for p in cli.commands["fit"].params if isinstance(p, click.Option)
    }
    for name in ("seed", "draws", "tune", "chains"):
        assert re.search(rf"\| `--{name}` \| {defaults[name]}\b", text)


# --- files --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FILE_CLASSES, ids=lambda kind: kind.__name__)
def test_every_key_of_a_file_is_documented(kind: type[FileModel]) -> None:
    documented = {row[0]: row[1] for row in marked("docs/files.md", f"keys: {kind.__name__}")}
    fields = {field.alias or name: field for name, field in kind.model_fields.items()}
    assert documented == {
        name: "yes" if one.is_required() else "no" for name, one in fields.items()
    }


def test_no_file_class_is_left_out() -> None:
    def below(kind: type) -> Iterator[type]:
        for child in kind.__subclasses__():
            if child.__module__.startswith("defectmodels."):
                yield child
                yield from below(child)

    documented = {kind.__name__ for kind in FILE_CLASSES}
    # A row of statements.csv is documented by its columns; what a study makes of one is in no file.
    rows = ("defectmodels.evidence.statements", "defectmodels.studies.flip_evidence")
    left = {kind.__name__ for kind in below(FileModel) if kind.__module__ not in rows}
    assert left <= documented


def test_every_column_and_kind_of_statements_is_documented() -> None:
    from defectmodels.evidence.dataset import _NEEDED
    from defectmodels.evidence.statements import Statement, StatusWord

    rows = marked("docs/files.md", "keys: COLUMNS")
    assert {row[0] for row in rows} == set(COLUMNS)
    assert {row[0] for row in rows if row[1] == "yes"} == set(_NEEDED)
    text = section("docs/files.md", "statements.csv")
    classes = [one for one in Statement.__subclasses__() if one.__module__ == Statement.__module__]
    kinds = [kind for one in classes for kind in one.model_fields["kind"].annotation.__args__]
    for word in (*kinds, *StatusWord.__args__):
        assert f"`{word}`" in text
    for word in StatusWord.__args__:
        assert f"| `{word}` |" in PAGES["docs/data.md"]


def files_of(page: str) -> dict[str, str]:
    found = re.findall(
        r"<!-- file: (\S+) -->\n```[a-z]+\n(.*?)^```$", PAGES[page], flags=re.DOTALL | re.MULTILINE
    )
    return dict(found)


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """The example of docs/files.md, as a reader would write it."""
    for name, text in files_of("docs/files.md").items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_example_of_your_own_is_sound(own_folder: Path) -> None:
    assert dm.validate(own_folder / "land") == []
    design = make_design(load_model(own_folder / "land.toml"), dm.load_dataset(own_folder / "land"))
    assert (len(design.selection.direct), len(design.selection.nested)) == (8, 4)
    # Three years lie in three totals.
    assert [row.statement.id for row in design.selection.joint] == ["O2015"]
    assert not design.selection.unused
    point = dm.build(design.spec, dm.load_dataset(own_folder / "land"))
    assert {"trend_innovation", "log_frailty_cv"} <= {one.name for one in point.free_RVs}


@pytest.mark.slow
def test_the_example_of_your_own_runs(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    monkeypatch.chdir(own_folder)
    block = next(block for block in blocks("docs/files.md", "bash") if "validate land" in block)
    for line in block.splitlines():
        words = shlex.split(line)[1:]
        if words[0] == "fit":
            words += ["--draws", "50", "--tune", "100", "--chains", "2", "--quiet"]
        result = CliRunner().invoke(cli, words)
        # So few draws fail the checks, which is what `check` then says.
        assert result.exit_code == (1 if words[0] == "check" else 0), result.output
    assert (own_folder / "land.html").exists()


def test_the_example_of_a_series_is_sound(tmp_path: Path) -> None:
    text = (
        PAGES["docs/files.md"].partition("<!-- class: Series -->\n```toml\n")[2].partition("```")[0]
    )
    (tmp_path / "border_fence.toml").write_text(text, encoding="utf-8")
    series = read_toml(tmp_path / "border_fence.toml", Series)
    assert series.standardised(
        load_model("constant_rate").periods.between("2015", "2022", "year")
    ).shape == (8,)


# --- data ---------------------------------------------------------------------------------


def test_every_series_stands_in_data() -> None:
    listed = re.findall(
        r"^\| `([a-z_]+)` \| (covariate|exposure|names)[^|]*\| (yes|no)",
        PAGES["docs/data.md"],
        flags=re.M,
    )
    shipped = {
        path.stem: read_toml(path, Series) for path in catalog.series_folder().glob("*.toml")
    }
    assert {name for name, _, _ in listed} == set(shipped)
    for name, role, judged in listed:
        assert (judged == "yes") == shipped[name].judgement, name
        assert {"names": "labels"}.get(role, role) in (shipped[name].role, "covariate"), name


def test_readings_are_as_documented(shipped: Dataset) -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| [^|]+ \| (\d+ to \d+) \|$", PAGES["docs/data.md"], flags=re.M
    )
    assert dict(rows) == {name: str(one.interval(10)) for name, one in shipped.readings.items()}


def test_numbers_of_statements_are_as_documented(shipped: Dataset, shipped_design: Design) -> None:
    selection = shipped_design.selection
    direct, joint = len(selection.direct), len(selection.joint)
    further = sum(len(row.readings) - 1 for row in selection.joint)
    text = " ".join(PAGES["docs/model.md"].split())
    assert f"{direct + joint} of {len(shipped.statements)} are used: {direct} totals" in text
    assert f"and {joint} rows on the elites counted jointly, which have {further} further" in text
    assert not selection.nested
    assert "None is nested" in text


def test_the_gap_that_the_readme_warns_of_is_there(shipped_design: Design) -> None:
    """From July 2016 to 2019 only one long total speaks of the elites.

    Beside it stand comparisons, and of diplomats two lower ends and one estimate.
    """
    gap = slice(
        shipped_design.periods.labels.index("2016Q3"),
        shipped_design.periods.labels.index("2019Q4") + 1,
    )
    speaking = {
        row.statement.id: row.width
        for row in shipped_design.selection.joint
        if row.weights[gap].any() and not row.compares
    }
    assert [name for name, width in speaking.items() if width == 0] == ["E032"]
    assert set(speaking) == {"E032", "E061", "E065", "E069"}


# --- outputs and checks -------------------------------------------------------------------


def test_every_variable_is_documented(fitted: Fit) -> None:
    rows = {row[0]: row[1:] for row in marked("docs/outputs.md", "variables")}
    assert set(rows) == set(names.VARIABLES)
    # No shipped model has errors of what is published.
    absent = {names.ERROR_PARAMETER: ("error",), names.REVISION_SCALE: ()}
    for name, (dims, units, *_) in rows.items():
        own = absent[name] if name in absent else fitted.posterior[name].dims[2:]
        assert dims == ", ".join(map(str, own)), name
        assert units == _UNITS.get(name, "1"), name


def test_every_group_and_constant_is_documented(fitted: Fit) -> None:
    text = section("docs/outputs.md", "The fit file")
    for name in (*fitted.tree.children, "observed_data", *fitted.constant.data_vars):
        assert f"`{name}`" in text, name
    for name in fitted.tree.attrs:
        assert f"`{name}`" in text, name


@pytest.mark.parametrize("name", dm.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    assert re.search(rf"`dm\.{name}[(`]", PAGES["docs/outputs.md"])


def test_parts_of_a_decomposition_are_documented(fitted: Fit) -> None:
    for name, array in dm.decompose(fitted, "2019", "2023", of="elite").data.data_vars.items():
        # The variables of a fit stand in a table of their own, some under the same names.
        rows = [
            line
            for line in PAGES["docs/outputs.md"].splitlines()
            if line.startswith("| `") and f"`{name}`" in line
        ]
        assert any(f"| {', '.join(array.dims[2:])} |" in row for row in rows), name


def test_columns_of_tables_are_documented(fitted: Fit) -> None:
    from defectmodels.estimands.tables import estimate_table

    text = section("docs/outputs.md", "Tables")
    for quantity in QUANTITIES:
        spans = [] if quantity == "effects" else ["2019", "2023"]
        for column in estimate_table(fitted, quantity, spans).columns:
            assert f"`{column}`" in text, (quantity, column)


def test_columns_of_an_audit_are_documented(country_fit: Fit) -> None:
    found = dm.audit(country_fit)
    for name in ("statements", "origins", "headline"):
        text = section("docs/audit.md", f"`{name}`")
        rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
        documented = {one for row in rows for one in re.findall(r"`([^`]+)`", row)}
        assert documented == set(getattr(found, name).columns), name


def test_columns_and_quantities_of_periods_are_documented(country_fit: Fit) -> None:
    found = dm.policy_periods(country_fit, "presidents")
    rows = [
        row for row in section("docs/periods.md", "Table of pairs").splitlines() if "| `" in row
    ]
    columns = {one for row in rows for one in re.findall(r"`([^`]+)`", row.split("|")[1])}
    assert columns == set(found.pairs().columns)
    text = section("docs/periods.md", "Quantities")
    assert re.findall(r"^\| `(\w+)`", text, flags=re.MULTILINE) == list(found.data)


def test_every_way_of_an_audit_is_documented() -> None:
    from typing import get_args

    from defectmodels.estimands.leaving import How

    text = section("docs/audit.md", "How influence is worked out")
    rows = [line for line in text.splitlines() if line.startswith("| `")][1:]
    assert sorted(re.findall(r"`([^`]+)`", row)[0] for row in rows) == sorted(get_args(How))


def test_every_check_is_documented(fitted: Fit) -> None:
    for item in fitted.checks.items:
        assert f"| `{item.name}` |" in PAGES["docs/checks.md"]


def test_thresholds_are_as_documented() -> None:
    from defectmodels.estimands import checks, identification, rests

    lines = [line for line in PAGES["docs/checks.md"].splitlines() if line.startswith("| `")]
    cells = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]
    rows = {row[0]: row[1:] for row in cells}
    said = {
        "chains agree": checks.RHAT,
        "enough draws, centre": checks.ESS,
        "enough draws, tails": checks.ESS,
        "Monte Carlo error": [100 * one for one in checks.MCSE],
        "energy": checks.BFMI,
        "coverage": checks.UNIFORM,
        "calibration": checks.UNIFORM,
        "largest misfit": checks.TAIL,
        "identification": identification.CONTRACTION,
        "direction": identification.FACTOR,
        "prior and evidence": identification.SURPRISE,
    }
    for name, (warns, fails) in said.items():
        assert f"{warns:g}" in rows[name][0] and f"{fails:g}" in rows[name][1], name
    assert f"{100 * checks.PARETO_SHARE:g}%" in rows["leave-one-out"][0]
    assert f"{checks.PARETO_K:g}" in rows["leave-one-out"][0]
    assert f"{100 * rests.PRIOR_SHARE:g}%" in rows["prior share"][0]


# --- text ---------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_links_resolve(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[page]):
        assert not target.startswith("http"), f"{page} links to the web: {target}"
        name, _, anchor = target.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        assert path.exists(), f"{page}: {target}"
        if anchor:
            assert anchor in anchors(path.read_text(encoding="utf-8")), f"{page}: {target}"


FORBIDDEN = (
    r"pypi|pythonhosted|anaconda|conda-forge|github|gitlab|bitbucket|/(work|tmp|home|root|Users)/"
)


@pytest.mark.parametrize("page", PAGES)
def test_no_host_and_no_path_of_a_machine_is_named(page: str) -> None:
    assert not re.search(FORBIDDEN, PAGES[page], flags=re.IGNORECASE)


def test_every_page_is_listed() -> None:
    for page in PAGES:
        if page.startswith("docs/") and page != "docs/index.md":
            assert f"]({page.removeprefix('docs/')})" in PAGES["docs/index.md"]
            assert f"]({page})" in PAGES["README.md"]


def test_every_shipped_model_stands_in_the_changelog() -> None:
    for name in catalog.models():
        assert f"`{name}`" in PAGES["CHANGELOG.md"]


def test_the_verdict_has_the_form_that_the_report_prints(fitted: Fit) -> None:
    from defectmodels.estimands.tables import verdicts

    said = (
        PAGES["README.md"]
        .partition("<!-- verdict -->\n```text\n")[2]
        .partition("```")[0]
        .splitlines()
    )
    bare: Callable[[str], str] = lambda line: re.sub(r"[<>=] [\d.]+", "", line)  # noqa: E731
    assert [bare(line) for line in said] == [bare(line) for line in verdicts(fitted)]


def test_errors_point_to_the_reader_of_the_docs(own_folder: Path) -> None:
    """What the docs promise of errors: the file, the key and what was probably meant."""
    path = own_folder / "land.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("median = 8\n", "meadian = 8\n"), encoding="utf-8"
    )
    with pytest.raises(DefectModelsError, match=r"land\.toml: .*'meadian'.*Did you mean 'median'"):
        load_model(path)
