from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from defectmodels.counting.kept import digest_of, forget, from_disk

PROGRAM = """
import sys
from pathlib import Path
from numba import njit
sys.path.insert(0, {folder!r})
import inner, outer
from defectmodels.counting.kept import from_disk
files = [Path(inner.__file__), Path(outer.__file__)]
print(from_disk(outer.twice, files, lambda: outer.twice(3)))
print(sum(outer.twice.stats.cache_hits.values()))
"""


def run(folder: Path) -> list[str]:
    code = PROGRAM.format(folder=str(folder))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A compiled function in one file that calls one of another file."""
    (tmp_path / "inner.py").write_text(
        "from numba import njit\n@njit(cache=True)\ndef one(x):\n    return x\n"
    )
    (tmp_path / "outer.py").write_text(
        "from numba import njit\nfrom inner import one\n"
        "@njit(cache=True)\ndef twice(x):\n    return 2 * one(x)\n"
    )
    return tmp_path


def test_kept_code_is_used_again(folder: Path) -> None:
    assert run(folder) == ["6", "0"]
    assert run(folder) == ["6", "1"]


def test_a_change_in_another_file_is_noticed(folder: Path) -> None:
    """Without this, Numba gives 6 a second time: it looks at the caller's file only."""
    assert run(folder) == ["6", "0"]
    (folder / "inner.py").write_text(
        "from numba import njit\n@njit(cache=True)\ndef one(x):\n    return 10 * x\n"
    )
    assert run(folder) == ["60", "0"]
    assert run(folder) == ["60", "1"]


@pytest.mark.parametrize("ending, content", [("nbc", b""), ("nbc", b"\x80\x04"), ("nbi", b"")])
def test_damaged_code_is_made_again(folder: Path, ending: str, content: bytes) -> None:
    run(folder)
    damaged = list((folder / "__pycache__").glob(f"outer.*.{ending}"))
    assert damaged
    for path in damaged:
        path.write_bytes(content)
    assert run(folder)[0] == "6"


def test_many_processes_at_once_agree(folder: Path) -> None:
    code = PROGRAM.format(folder=str(folder))
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [one.communicate()[0].split()[0] for one in running] == ["6"] * 3
    assert [one.returncode for one in running] == [0] * 3


def test_other_faults_are_not_hidden(tmp_path: Path) -> None:
    module = tmp_path / "some.py"
    module.write_text("")
    stats = type("Stats", (), {"cache_path": str(tmp_path)})
    function: Any = type("Function", (), {"stats": stats})
    tries = []

    def fails() -> None:
        tries.append(1)
        raise RuntimeError("not a damaged file")

    with pytest.raises(RuntimeError, match="not a damaged file"):
        from_disk(function, [module], fails)
    assert len(tries) == 1


def test_only_the_modules_own_code_is_forgotten(tmp_path: Path) -> None:
    for name in ("some.f-1.nbi", "some.f-1.nbc", "something.f-1.nbi", "some.py"):
        (tmp_path / name).write_text("")
    forget(tmp_path, "some")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["some.py", "something.f-1.nbi"]


def test_the_digest_follows_content_and_order(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("2")
    assert digest_of([one, two]) == digest_of([one, two]) != digest_of([two, one])
    before = digest_of([one])
    one.write_text("3")
    assert digest_of([one]) != before
