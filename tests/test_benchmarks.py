"""Every case of the benchmarks runs, with ten draws; what they measure is not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import STAGES

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_every_stage_is_measured(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    command = [sys.executable, "-m", "benchmarks", "--model", "constant_rate", "--draws", "10"]
    done = subprocess.run([*command, "--json", str(out)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_text(encoding="utf-8"))["warm"]
    assert set(STAGES) < set(found)
    assert all(found[stage]["seconds"] >= 0 and found[stage]["peak_mib"] > 0 for stage in STAGES)
    assert found["sampling"]["gradients_a_draw"] >= 1
