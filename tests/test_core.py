"""The code that a posterior follows from."""

from __future__ import annotations

import ast
from pathlib import Path

import defectmodels
from defectmodels.inference.core import MODULES, code, core_digest, core_files
from test_floors import MODULES as EVERY
from test_floors import imported

ROOT = Path(defectmodels.__file__).parent
BEGINS = ("inference/engine.py", "inference/predict.py", "inference/rows.py", "evidence/series.py")
NOT_CORE = {
    # Texts, names and where files lie.
    "errors", "names", "catalog", "wording", "particles", "evidence.files", "evidence.paths",
    # Records: a change of what a fit keeps changes no draw.
    "inference.store", "inference.fit", "estimands.checks",
    # Whether a dataset may be used, and what of it was known when: the digest of the evidence holds it.
    "evidence.dataset", "evidence.validation", "evidence.vintages", "evidence.as_of", "evidence.claims",
    "evidence.scenario",
}  # fmt: skip


def reached() -> set[str]:
    """Modules that the density imports, directly or by others."""
    found: set[str] = set()
    left = [one.removesuffix(".py").replace("/", ".") for one in BEGINS]
    while left:
        name = left.pop()
        path = ROOT / f"{name.replace('.', '/')}.py"
        if name in found or name in NOT_CORE or not path.is_file():
            continue
        found.add(name)
        left += sorted(imported(ast.parse(path.read_text(encoding="utf-8"))) & EVERY)
    return found


def test_all_that_the_density_imports_is_in_the_core() -> None:
    own = {
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in core_files()
    }
    assert reached() <= own
    assert {name.removesuffix(".py").replace("/", ".") for name in MODULES} <= reached()


def test_words_are_no_code() -> None:
    plain = "import a\ndef f(x):\n    return 'kept' + x\nclass A:\n    b = 1\n"
    told = (
        '"""Told."""\n# A comment.\nimport a\n\n\ndef f(x):\n  """Told\n\n  twice."""\n'
        "  # Why.\n  return 'kept' + x  # so\n\nclass A:\n    b = 1\n    '''What it is.'''\n"
    )
    assert code(told) == code(plain)


def test_code_is_code() -> None:
    plain = "def f(x):\n    if x:\n        g()\n    h()\n"
    for other in (
        "def f(x):\n    if x:\n        g()\n        h()\n",
        "def f(x):\n    if not x:\n        g()\n    h()\n",
        "def f(x):\n    if x:\n        g()\n    h('a')\n",
    ):
        assert code(other) != code(plain)
    assert code("a = 'b'\n") != code("a = 'c'\n")
    assert code("a = f'b {c}'\n") != code("a = f'b {d}'\n")


def test_the_digest_is_short_and_stays() -> None:
    assert len(core_digest()) == 16 and core_digest() == core_digest()
    assert all(path.is_file() for path in core_files())
