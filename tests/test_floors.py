"""The house has floors: a module imports from lower ones or its own room, never from above."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

import defectmodels

ROOT = Path(defectmodels.__file__).parent
TESTS = Path(__file__).parent
FLOORS = (
    {"errors", "names", "catalog", "particles", "wording"},
    {"evidence"},
    {"counting"},
    {"model"},
    {"inference"},
    {"estimands"},
    {"studies"},
    {"report"},
    {"verbs"},
    {"cli", "showing"},
)
FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
UPWARD = {("inference.fit", "estimands.checks")}
"""`fit.checks` is a convenience, resolved when it is asked for."""
FILES = sorted(path for path in ROOT.rglob("*.py") if "shipped" not in path.parts)


def name_of(path: Path) -> str:
    """'inference.fit' for a module, 'inference' for a room, '' for the package itself."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path) for path in FILES}


def imported(tree: ast.AST) -> set[str]:
    """Modules of the package that a source imports, anywhere in it; '' for the root itself."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [
                alias.name for alias in node.names if alias.name.split(".")[0] == "defectmodels"
            ]
            found |= {name.removeprefix("defectmodels").lstrip(".") for name in names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            found.add("relative")
        elif (
            isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "defectmodels"
        ):
            base = (node.module or "").removeprefix("defectmodels").lstrip(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}".lstrip(".")
                found.add(inner if inner in MODULES else base)
    return found


def outside(tree: ast.AST) -> set[str]:
    """Top packages that a source imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def parsed(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


IMPORTS = {name_of(path): imported(parsed(path)) for path in FILES}


def test_every_room_has_a_floor() -> None:
    rooms = {name.partition(".")[0] for name in MODULES - {""}}
    assert rooms == set(FLOOR)


@pytest.mark.parametrize("name", sorted(MODULES - {""}))
def test_imports_go_down(name: str) -> None:
    room = name.partition(".")[0]
    for other in IMPORTS[name]:
        assert other != "", f"{name} imports the package root"
        assert other != "relative", f"{name} imports relatively; name the module"
        assert other in MODULES, f"{name} imports {other}, which does not exist"
        above = other.partition(".")[0]
        if above != room and (name, other) not in UPWARD:
            assert FLOOR[above] <= FLOOR[room], f"{name} imports {other}, a floor above"
            same = FLOORS[0] | {"cli", "showing"}
            assert FLOOR[above] < FLOOR[room] or above in same, (
                f"{name} imports its neighbour {other}"
            )


def test_the_exception_is_the_only_one_and_is_used() -> None:
    upward = {
        (name, other)
        for name, others in IMPORTS.items()
        for other in others
        if name and other and FLOOR[other.partition(".")[0]] > FLOOR[name.partition(".")[0]]
    }
    assert upward == UPWARD == {("inference.fit", "estimands.checks")}


def test_the_parser_sees_every_way_to_import() -> None:
    """Without this the tests above would pass of imports that they overlook."""
    text = """
import defectmodels
import defectmodels.model.build
from defectmodels import names, load_fit
from . import nothing
def late():
    from defectmodels.report.page import write_report
if TYPE_CHECKING:
    from defectmodels.estimands import checks
"""
    found = imported(ast.parse(text))
    assert found == {"", "model.build", "names", "relative", "report.page", "estimands.checks"}


def test_what_a_room_may_use() -> None:
    heavy = {"pymc", "pytensor", "nutpie", "arviz", "arviz_stats", "matplotlib"}
    allowed = {
        "errors": set(), "names": set(), "catalog": set(), "particles": set(), "wording": set(),
        "evidence": set(), "showing": set(), "cli": set(),
        "verbs": set(), "studies": {"arviz_stats"},
        "counting": {"pytensor"}, "model": {"pymc", "pytensor"},
        "inference": {"pymc", "pytensor", "nutpie"}, "estimands": {"arviz_stats"},
        "report": {"matplotlib", "arviz_stats"},
    }  # fmt: skip
    assert set(allowed) == set(FLOOR)
    for path in FILES:
        room = name_of(path).partition(".")[0]
        used = outside(parsed(path)) & heavy
        assert used <= allowed.get(room, set()), (path, used)


@pytest.mark.parametrize(
    "code",
    [
        "import defectmodels.evidence." + ", defectmodels.evidence.".join(
            sorted(name.partition(".")[2] for name in MODULES if name.startswith("evidence."))
        ),
        # Evidence is judged, and a model held against it, without PyMC.
        "import defectmodels as d; d.validate('arrivals')\n"
        "from defectmodels.model.design import make_design\n"
        "make_design(d.load_model('escape_rates'), d.load_dataset('arrivals'))",
    ],
)  # fmt: skip
def test_evidence_needs_no_sampler(code: str) -> None:
    check = "\nimport sys; print([m for m in ('pymc', 'pytensor', 'nutpie', 'arviz', 'xarray') if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", code + check], capture_output=True, text=True, check=True
    )
    loaded = ran.stdout.strip().splitlines()[-1]
    assert loaded == ("[]" if "design" not in code else "['xarray']")


def test_a_report_needs_no_sampler() -> None:
    """What a study brings with it is loaded where a study is shown."""
    code = "import sys, defectmodels.report.exports, defectmodels.estimands.tables\n"
    code += "print([m for m in ('pymc', 'pytensor', 'nutpie') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_every_module_can_be_found() -> None:
    for name in MODULES - {""}:
        assert importlib.util.find_spec(f"defectmodels.{name}") is not None


def test_what_shows_an_invariant_is_there() -> None:
    """Every test that a module names in its docstring exists."""
    named = {
        (path.name, test)
        for path in ROOT.rglob("*.py")
        for test in re.findall(r"tests/\w+\.py", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 100
    assert not {(name, test) for name, test in named if not (TESTS.parent / test).is_file()}
