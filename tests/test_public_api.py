from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import defectmodels

PUBLIC = (
    "DefectModelsError", "Fit", "Scenario", "World", "annual", "audit", "backtest", "build",
    "certificate_of", "check",
    "compare", "contrast", "decide", "decompose", "expected", "explore", "export_report",
    "fit", "flip", "forecast", "identification", "load_claims", "load_dataset", "load_fit",
    "load_flip", "load_model", "load_multiverse", "load_sbc", "load_scenario", "load_sensitivity",
    "more_than", "multiverse", "parts_of_change", "parts_of_contrast", "placebo", "pmf",
    "policy_periods", "probability", "rate", "realised", "realised_by_definition",
    "sbc", "scenarios", "sensitivity", "share", "simulate", "span_rate", "summarise", "surface", "tidy",
    "validate", "write_comparison", "write_report",
)  # fmt: skip
HEAVY = (
    "numpy",
    "pandas",
    "xarray",
    "pymc",
    "pytensor",
    "matplotlib",
    "arviz",
    "nutpie",
    "scipy",
    "pydantic",
    "jinja2",
    "rich",
)


def test_the_public_names_are_these() -> None:
    assert sorted(defectmodels.__all__) == sorted([*PUBLIC, "__version__"])
    assert set(dir(defectmodels)) == set(defectmodels.__all__)
    assert len(set(defectmodels.__all__)) == len(defectmodels.__all__)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_that_of_its_module(name: str) -> None:
    module = importlib.import_module(f"defectmodels.{defectmodels._HOME[name]}")
    found = getattr(defectmodels, name)
    assert found is getattr(module, name)
    assert found.__module__ == module.__name__, "a public name lives where it is defined"
    assert found.__doc__


def test_the_type_checker_sees_the_same_names() -> None:
    tree = ast.parse(Path(defectmodels.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom) and node.module is not None
        for alias in node.names:
            assert alias.asname == alias.name  # an explicit re-export
            seen[alias.name] = node.module.removeprefix("defectmodels.")
    assert seen == defectmodels._HOME


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="module 'defectmodels' has no attribute 'fitt'"):
        defectmodels.fitt  # noqa: B018
    assert not hasattr(defectmodels, "numpy")


def loaded_by(code: str) -> str:
    check = f"\nimport sys; print('loaded', [m for m in {HEAVY!r} if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", code + check], capture_output=True, text=True, check=True
    )
    return ran.stdout.strip().splitlines()[-1]


MAIN = """
import sys
sys.argv = ['defectmodels', *{args!r}]
from defectmodels.cli import main
try:
    main()
except SystemExit as done:
    assert not done.code, done.code
"""


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert (
        loaded_by("import defectmodels; dir(defectmodels); defectmodels.__version__") == "loaded []"
    )


@pytest.mark.parametrize(
    "args", [["--help"], ["fit", "--help"], ["estimate", "--help"], ["--version"], ["list"]]
)
def test_help_loads_nothing_heavy(args: list[str]) -> None:
    assert loaded_by(MAIN.format(args=args)) == "loaded []"


def test_the_check_above_would_see_a_heavy_import() -> None:
    assert "'numpy'" in loaded_by("import defectmodels; defectmodels.load_dataset")


def test_errors_are_caught_by_one_name() -> None:
    with pytest.raises(defectmodels.DefectModelsError):
        defectmodels.load_model("nothing")
    with pytest.raises(LookupError):
        defectmodels.load_dataset("nothing")
    with pytest.raises(RuntimeError):
        defectmodels.load_fit("nothing.nc")


def test_the_way_through_it(country_fit: defectmodels.Fit, tmp_path: Path) -> None:
    """What the architecture promises at its front door, on a fit that is at hand."""
    fit = defectmodels.load_fit(country_fit.save(tmp_path / "fit.nc"))
    assert fit.checks.verdict == defectmodels.check(fit).verdict
    change = defectmodels.decompose(fit, "2019", "2022", of="elite")
    assert 0 <= change.prob("share_up & ~count_up").value <= 1
    table = defectmodels.tidy(defectmodels.annual(fit, ["2019", "2022"]))
    assert len(table) == 4
    assert defectmodels.write_report(fit, tmp_path / "report.html").is_file()
