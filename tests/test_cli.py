from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

from defectmodels import cli
from defectmodels.estimands.tables import estimate_table, verdicts
from defectmodels.inference import sampling
from defectmodels.inference.fit import Fit, load_fit
from defectmodels.verbs.estimates import QUANTITIES
from fabricate import with_group


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    def json(self) -> Any:
        """What was printed, read as strictly as any other program would."""

        def no(constant: str) -> None:
            raise ValueError(f"{constant} is not JSON")

        return json.loads(self.out, parse_constant=no)


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in this process, as the installed command would."""

    def run(*args: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["defectmodels", *map(str, args)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        printed = capsys.readouterr()
        return Ran(int(done.value.code or 0), printed.out, printed.err)

    return run


@pytest.fixture(scope="module")
def file(country_fit: Fit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return country_fit.save(tmp_path_factory.mktemp("fits") / "country.nc")


@pytest.fixture(scope="module")
def failing(country_fit: Fit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fit of which a tenth of the draws diverged."""
    stats = country_fit.group("sample_stats")
    broken = stats.assign(diverging=stats["diverging"] + (stats["draw"] < 30).astype("int8"))
    fit = with_group(country_fit, "sample_stats", broken)
    return fit.save(tmp_path_factory.mktemp("fits") / "failing.zarr")


@pytest.fixture
def no_sampling(monkeypatch: pytest.MonkeyPatch, country_fit: Fit) -> list[dict[str, Any]]:
    """Give a made-up fit back instead of sampling; what was asked for is kept."""
    asked: list[dict[str, Any]] = []

    def fake(spec: Any, data: Any, **settings: Any) -> Fit:
        asked.append({"model": spec.name, "dataset": data.name} | settings)
        return country_fit

    monkeypatch.setattr(sampling, "fit", fake)
    return asked


def one_error(ran: Ran) -> str:
    assert ran.code == 2 and ran.out == "" and "Traceback" not in ran.err, ran
    lines = ran.err.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("error: "), ran.err
    return lines[0]


# --- list, show, validate -------------------------------------------------------------------


def test_list(run: Run) -> None:
    ran = run("list")
    assert ran.code == 0 and ran.err == ""
    kinds = [line.partition(":")[0] for line in ran.out.splitlines()]
    assert kinds == ["models", "datasets", "series", "scenarios", "claims"]
    found = run("list", "--json").json()
    assert "escape_rates" in found["models"] and "arrivals" in found["datasets"]
    for kind, names in found.items():
        assert f"{kind}: {', '.join(names)}" in ran.out


def test_everything_listed_can_be_shown(run: Run) -> None:
    for names in run("list", "--json").json().values():
        for name in names:
            ran = run("show", name)
            assert ran.code == 0 and name in ran.out and ran.err == ""
            assert run("show", name, "--json").json()["title"]


def test_show_a_fit(run: Run, file: Path, country_fit: Fit) -> None:
    assert run("show", file, "--json").json() == {"fit": str(file)} | country_fit.made
    ran = run("show", file)
    assert ran.code == 0 and "model: small" in ran.out and "  draws: 300" in ran.out


def test_show_a_folder_and_a_file(run: Run, small_folder: Path, tmp_path: Path) -> None:
    assert "dataset: small" in run("show", small_folder).out
    model = tmp_path / "mine.toml"
    shipped = Path(cli.catalog.models()["constant_rate"]).read_text(encoding="utf-8")
    model.write_text(shipped.replace('name = "constant_rate"', 'name = "mine"'), encoding="utf-8")
    assert "model: mine" in run("show", model).out


def test_validate(run: Run, small_folder: Path) -> None:
    ran = run("validate", small_folder)
    assert ran.code == 0 and ran.out.splitlines()[-1].startswith("0 errors, ")
    assert run("validate", "arrivals", "--model", "escape_rates").code == 0


def test_validate_finds_faults(run: Run, write_folder: Callable[..., Path]) -> None:
    folder = write_folder(["T2020,arrival,2020-01-01,2020-12-31,exact,100,100"])
    ran = run("validate", folder)
    assert ran.code == 1 and ran.err == ""
    assert "error: statements.csv: row 2:" in ran.out and "arrival" in ran.out
    problems = run("validate", folder, "--json")
    assert problems.code == 1
    assert any(one["severity"] == "error" and one["row"] == 2 for one in problems.json())


def test_validate_with_a_model_that_does_not_fit(run: Run, small_folder: Path) -> None:
    ran = run("validate", small_folder, "--model", "escape_rates")
    assert ran.code == 1 and "unknown definition 'mou_elite_group'" in ran.out


# --- fit ------------------------------------------------------------------------------------


def test_fit_writes_a_file(
    run: Run, tmp_path: Path, no_sampling: list[dict[str, Any]], country_fit: Fit
) -> None:
    out = tmp_path / "new" / "a.nc"
    ran = run(
        "fit", "escape_rates", "arrivals", "-o", out, "--seed", 5, "--draws", 20, "--cores", 2
    )
    assert ran.code == 0, ran
    assert no_sampling == [
        {"model": "escape_rates", "dataset": "arrivals", "random_seed": 5, "draws": 20, "tune": 500,
         "chains": 4, "cores": 2, "sampler": "nutpie", "progress": True}
    ]  # fmt: skip
    lines = ran.out.splitlines()
    assert lines[0].startswith(f"wrote {out} (build ")
    assert lines[1] == "statements: 13 used, 0 not (the report says why)"
    assert lines[2] == f"checks: {country_fit.checks.verdict}"
    assert "the first run on a machine also compiles" in ran.err
    assert load_fit(out).made == country_fit.made


def test_fit_is_kept(
    run: Run, tmp_path: Path, no_sampling: list[dict[str, Any]], country_fit: Fit
) -> None:
    """Whatever it was made of, and what that was is said."""
    out = country_fit.save(tmp_path / "a.nc")
    ran = run("fit", "escape_rates", "arrivals", "-o", out, "--refit", "never")
    assert ran.code == 0 and no_sampling == [] and ran.err == ""
    made = country_fit.made
    assert ran.out.startswith(f"kept {out}, a fit of {made['model']} to {made['dataset']} (build ")
    # Another model: made again, unless that is never to be.
    ran = run("fit", "escape_rates", "arrivals", "-o", out)
    assert ran.out.startswith(f"wrote {out} (") and len(no_sampling) == 1
    said = one_error(
        run("fit", "escape_rates", "arrivals", "-o", tmp_path / "b.nc", "--refit", "never")
    )
    assert "there is no such file" in said


def test_fit_quiet_and_json(
    run: Run, tmp_path: Path, no_sampling: list[dict[str, Any]], country_fit: Fit
) -> None:
    out = tmp_path / "a.zarr"
    ran = run("fit", "escape_rates", "arrivals", "-o", out, "--quiet", "--json")
    assert ran.err == "" and no_sampling[0]["progress"] is False
    found = ran.json()
    assert found == {
        "file": str(out),
        "checks": country_fit.checks.verdict,
        "made": country_fit.made,
    }


@pytest.mark.parametrize(
    "args, said",
    [
        (("escape_rate", "arrivals", "-o", "a.nc"), "no model 'escape_rate'"),
        (("escape_rates", "arrival", "-o", "a.nc"), "Did you mean 'arrivals'?"),
        (("escape_rates", "arrivals", "-o", "a.h5"), "is written as .nc (one file) or .zarr"),
        (("gone.toml", "arrivals", "-o", "a.nc"), "no model 'gone.toml'"),
    ],
)
def test_fit_says_what_is_wrong_before_sampling(
    run: Run, tmp_path: Path, args: tuple[str, ...], said: str,
    no_sampling: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert said in one_error(run("fit", *args))
    assert no_sampling == [] and not list(tmp_path.iterdir())


def test_fit_refuses_settings(run: Run, tmp_path: Path) -> None:
    text = one_error(
        run("fit", "constant_rate", "arrivals", "-o", tmp_path / "a.nc", "--draws", 1, "--quiet")
    )
    assert "draws is 1" in text
    assert run("fit", "constant_rate", "arrivals", "-o", "a.nc", "--draws", "many").code == 2
    assert run("fit", "constant_rate", "arrivals", "-o", "a.nc", "--sampler", "stan").code == 2
    assert run("fit", "constant_rate", "arrivals").code == 2  # without -o


# --- check ----------------------------------------------------------------------------------


def test_check(run: Run, file: Path, failing: Path, country_fit: Fit) -> None:
    ran = run("check", file)
    assert ran.code == 0 and country_fit.checks.verdict != "fail"
    assert ran.out.splitlines()[-1] == f"checks: {country_fit.checks.verdict}"
    for item in country_fit.checks.items:
        assert f"{item.verdict}: {item.name}: {item.text}" in ran.out
    broken = run("check", failing)
    assert broken.code == 1 and broken.out.splitlines()[-1] == "checks: fail" and broken.err == ""
    assert (
        "fail: divergences: 60 of 600 draws diverged" in broken.out and "what to do: " in broken.out
    )
    found = run("check", failing, "--json")
    assert found.code == 1 and found.json()["verdict"] == "fail"
    assert {"name", "verdict", "text", "remedy", "concerns"} == set(found.json()["items"][0])


# --- estimate -------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_estimate_prints_a_table(run: Run, file: Path, country_fit: Fit, quantity: str) -> None:
    table = estimate_table(country_fit, quantity)
    ran = run("estimate", file, quantity)
    assert ran.code == 0 and ran.err == ""
    # One line a row: a pipe is wide enough.
    assert len(ran.out.splitlines()) == len(table) + 1
    assert all(len(line) <= 200 for line in ran.out.splitlines())
    assert "nan" not in ran.out.lower()
    records = run("estimate", file, quantity, "--json").json()
    assert len(records) == len(table) and set(records[0]) == set(table.columns)
    for record, row in zip(records, table.to_dict(orient="records"), strict=True):
        assert record["median"] == pytest.approx(row["median"], rel=1e-12)
    lines = list(csv.DictReader(io.StringIO(run("estimate", file, quantity, "--csv").out)))
    assert len(lines) == len(table)
    assert float(lines[0]["median"]) == pytest.approx(table["median"][0], rel=1e-12)


def test_estimate_of_spans_and_groups(run: Run, file: Path) -> None:
    found = run(
        "estimate",
        file,
        "share",
        "First",
        "2020Q1..2020-11-15",
        "--of",
        "commoner",
        "--interval",
        "0.5",
        "--json",
    ).json()
    assert [row["span"] for row in found] == ["First", "2020Q1..2020-11-15"]
    assert {row["group"] for row in found} == {"commoner"} and {
        row["interval"] for row in found
    } == {0.5}
    change = run(
        "estimate", file, "change", "2019", "2020", "2022", "--of", "commoner", "--json"
    ).json()
    assert [row["item"] for row in change if row["what"] == "share of commoner"] == [
        "2019",
        "2020",
        "2022",
    ]


@pytest.mark.parametrize(
    "args, said",
    [
        (
            ("share", "2019", "--of", "elites"),
            "unknown group 'elites'. Known: commoner, elite. Did you mean 'elite'?",
        ),
        (("expected", "2018"), "lies outside the fitted periods"),
        (("expected", "someday"), "not a span of time"),
        (("expected", "Frist"), "Did you mean 'First'?"),
        (("change", "2019"), "change needs two spans or more"),
        (("realised", "2019-02-03..2020-05-01"), "cuts a quarter"),
    ],
)
def test_estimate_refuses_in_one_line(
    run: Run, file: Path, args: tuple[str, ...], said: str
) -> None:
    assert said in one_error(run("estimate", file, *args))


@pytest.mark.parametrize(
    "args",
    [
        ("shares",),
        (),
        ("share", "--interval", "1"),
        ("share", "--interval", "90"),
        ("share", "--width"),
    ],
)
def test_wrong_use_shows_how(run: Run, file: Path, args: tuple[str, ...]) -> None:
    ran = run("estimate", file, *args)
    assert ran.code == 2 and ran.out == "" and "Usage:" in ran.err and "Traceback" not in ran.err


# --- periods --------------------------------------------------------------------------------

PERIODS = ("periods", "--by", "presidents")


def test_periods_prints_levels_pairs_and_the_caveat(run: Run, file: Path, country_fit: Fit) -> None:
    from defectmodels.estimands.more_than import more_than
    from defectmodels.estimands.policy import policy_periods
    from defectmodels.estimands.policy_text import assumption, caveat, readings

    ran = run(*PERIODS[:1], file, *PERIODS[1:], "--more-than", "2019", "Second")
    assert ran.code == 0 and ran.err == ""
    lines = ran.out.splitlines()
    heads = [i for i, line in enumerate(lines) if line.startswith("quantity ")]
    assert "era" in lines[heads[0]] and "P(higher), pooled" in lines[heads[1]]
    found = policy_periods(country_fit, "presidents", "elite")
    assert lines[heads[1] :].count("") == 1
    assert len(lines[heads[1] + 1 : lines.index("", heads[1])]) == 5
    said = [*readings(more_than(country_fit, "2019", "Second")), caveat(found), assumption()]
    assert lines[-len(said) :] == said
    assert lines[-len(said) - 1].startswith("left out: Third: ")


def test_periods_for_machines(run: Run, file: Path) -> None:
    found = run("periods", file, "2019", "2020", "2021", "--of", "commoner", "--json").json()
    assert found["number_of_pairs"] == 3 and found["by"] == "spans"
    assert found["checks"] in ("pass", "warn") and len(found["pairs"]) == 3 * 5 * 2
    assert {one["group"] for one in found["levels"]} == {"commoner"} and "more_than" not in found
    ran = run("periods", file, "2019", "2020", "2021", "--of", "commoner", "--csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [float(row["median"]) for row in rows] == [one["median"] for one in found["pairs"]]
    more = run("periods", file, "2019", "2020", "--more-than", "2022", "First", "--json").json()
    assert more["more_than"]["years"] == ["2019"] and "2022" in more["more_than"]["persons"]


def test_interval_of_periods(run: Run, file: Path) -> None:
    def width(level: str) -> float:
        one = run("periods", file, "2019", "2020", "--interval", level, "--json").json()["pairs"][0]
        assert one["interval"] == float(level)
        return float(one["high"] - one["low"])

    assert width("0.5") < width("0.95")


def test_periods_of_a_failing_fit_are_withheld(run: Run, failing: Path) -> None:
    asked = ("periods", failing, "2019", "2020", "--more-than", "2022", "First")
    assert run(*asked).out == "policy periods withheld: checks failed; see defectmodels check\n"
    found = run(*asked, "--json").json()
    assert found["checks"] == "fail" and found["levels"] == found["pairs"] == []
    assert "more_than" not in found
    ran = run(*asked, "--csv")
    assert ran.code == 0 and ran.out.count("\n") == 1 and ran.out.startswith("quantity,")


@pytest.mark.parametrize(
    "args, said",
    [
        ((), "no series 'president' that names eras. Known: presidents."),
        (("2019", "--by", "presidents"), "give SPANS or --by, not both"),
        (("2019",), "there is one; give two or more"),
        (("2019", "2019H2"), "have days in common"),
        (("2019", "2020", "--of", "elites"), "Did you mean 'elite'?"),
        (("2019", "2020", "--more-than", "2019", "First"), "have days in common"),
    ],
)
def test_periods_refuses_in_one_line(
    run: Run, file: Path, args: tuple[str, ...], said: str
) -> None:
    assert said in one_error(run("periods", file, *args))


# --- report ---------------------------------------------------------------------------------


def test_report_writes_a_page_and_prints_the_verdict(
    run: Run, file: Path, tmp_path: Path, country_fit: Fit
) -> None:
    out = tmp_path / "deep" / "r.html"
    ran = run("report", file, "-o", out)
    assert ran.code == 0 and ran.err == "", ran
    assert ran.out.splitlines() == [f"wrote {out}", *verdicts(country_fit)]
    assert out.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")
    found = run("report", file, "-o", out, "--json").json()
    assert found == {
        "file": str(out),
        "checks": country_fit.checks.verdict,
        "verdicts": verdicts(country_fit),
    }


def test_report_of_a_failing_fit_says_so(run: Run, failing: Path, tmp_path: Path) -> None:
    """And prints no figure that could be quoted."""
    out = tmp_path / "r.html"
    ran = run("report", failing, "-o", out)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"wrote {out}",
        "verdict withheld: checks failed; see the report",
    ]
    assert run("report", failing, "-o", out, "--json").json() == {
        "file": str(out),
        "checks": "fail",
        "verdicts": [],
    }


def test_report_in_another_language_is_refused(run: Run, file: Path, tmp_path: Path) -> None:
    assert "lang" in one_error(run("report", file, "-o", tmp_path / "r.html", "--lang", "xx"))
    assert not list(tmp_path.iterdir())


# --- files that are no fits -----------------------------------------------------------------


@pytest.mark.parametrize(
    "verb", [("check",), ("audit",), ("estimate", "share"), ("report",), ("show",)]
)
@pytest.mark.parametrize("name", ["gone.nc", "gone.zarr", "text.nc", "empty.zarr"])
def test_a_file_that_is_no_fit(run: Run, tmp_path: Path, verb: tuple[str, ...], name: str) -> None:
    path = tmp_path / name
    if name == "text.nc":
        path.write_text("hello", encoding="utf-8")
    elif name == "empty.zarr":
        path.mkdir()
    text = one_error(run(verb[0], path, *verb[1:]))
    assert str(path) in text


@pytest.mark.parametrize(
    "args, said",
    [
        (("show", "escape_rate"), "Did you mean 'escape_rates'?"),
        (("show", "nothing"), "nothing is called 'nothing', and it is no path"),
        (("validate", "nowhere"), "no dataset 'nowhere'"),
        (("validate", "arrivals", "--model", "gone.toml"), "no model 'gone.toml'"),
    ],
)
def test_unknown_names(run: Run, args: tuple[str, ...], said: str) -> None:
    assert said in one_error(run(*args))


# --- exit codes and tracebacks --------------------------------------------------------------


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    from defectmodels.errors import UnknownNameError

    monkeypatch.setattr(sys, "argv", ["defectmodels", "--debug", "show", "nothing"])
    with pytest.raises(UnknownNameError):
        cli.main()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.exceptions.Abort(), EOFError()])
def test_an_interrupt_is_130(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: BaseException
) -> None:
    def stop(*args: object, **settings: object) -> None:
        raise error

    monkeypatch.setattr(sampling, "fit", stop)
    ran = run("fit", "constant_rate", "arrivals", "-o", tmp_path / "a.nc", "--quiet")
    assert ran.code == 130 and ran.err.strip().endswith(
        "interrupted; earlier results are as they were"
    )
    assert "Traceback" not in ran.err and not list(tmp_path.iterdir())


def test_a_disk_error_is_one_line(
    run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_sampling: Any
) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Fit, "save", full)
    assert "No space left on device" in one_error(
        run("fit", "constant_rate", "arrivals", "-o", tmp_path / "a.nc", "--quiet")
    )


def test_help_of_every_verb(run: Run) -> None:
    assert set(cli.cli.commands) == {
        "list",
        "show",
        "validate",
        "fit",
        "check",
        "compare",
        "audit",
        "backtest",
        "counts",
        "decide",
        "estimate",
        "forecast",
        "periods",
        "placebo",
        "report",
        "scenario",
        "study",
    }
    top = run("--help")
    assert top.code == 0
    for name, command in cli.cli.commands.items():
        assert re.search(rf"^  {name}\s", top.out, re.MULTILINE)
        ran = run(name, "--help")
        assert ran.code == 0 and ran.out.startswith(f"Usage: defectmodels {name}")
        every = command.commands.values() if isinstance(command, click.Group) else (command,)
        for one in every:
            assert one.help and any(option.name == "as_json" for option in one.params)


def test_no_verb_and_a_wrong_verb(run: Run) -> None:
    assert run().code == 2
    ran = run("fits")
    assert ran.code == 2 and "No such command 'fits'" in ran.err


def test_version(run: Run) -> None:
    from defectmodels import __version__

    assert run("--version").out.strip().endswith(__version__)


def test_the_installed_command(tmp_path: Path, small_folder: Path) -> None:
    """In a process of its own: results to one stream, errors to the other, one line, exit code."""
    command = [sys.executable, "-m", "defectmodels.cli"]
    good = subprocess.run(
        [*command, "validate", str(small_folder)], capture_output=True, text=True, cwd=tmp_path
    )
    assert good.returncode == 0 and good.stderr == "" and "0 errors" in good.stdout
    bad = subprocess.run(
        [*command, "show", "nothing"], capture_output=True, text=True, cwd=tmp_path
    )
    assert bad.returncode == 2 and bad.stdout == "" and bad.stderr.count("\n") == 1
    traced = subprocess.run(
        [*command, "--debug", "show", "nothing"], capture_output=True, text=True, cwd=tmp_path
    )
    assert (
        traced.returncode == 1
        and "Traceback" in traced.stderr
        and "UnknownNameError" in traced.stderr
    )
