"""Every case of the benchmarks runs, with ten draws; what they measure is not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.cases import SHIPPED, SMALL, case, made_up
from benchmarks.compare import worse
from benchmarks.measure import run
from benchmarks.refits import measure as refits
from benchmarks.report import measured as report
from benchmarks.samplers import WAYS, missing
from benchmarks.scale import exponent
from benchmarks.scale import measure as scale
from benchmarks.scaling import lines
from benchmarks.scaling import measure as scaling
from benchmarks.stages import STAGES
from benchmarks.statements import measure as statements
from defectmodels.inference.fit import Fit
from defectmodels.report.sections import SECTIONS

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_every_stage_is_measured(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    command = [
        sys.executable,
        "-m",
        "benchmarks.stages",
        "--model",
        "constant_rate",
        "--draws",
        "10",
    ]
    done = subprocess.run([*command, "--json", str(out)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_text(encoding="utf-8"))["warm"]
    assert set(STAGES) < set(found)
    assert all(found[stage]["seconds"] >= 0 and found[stage]["peak_mib"] > 0 for stage in STAGES)
    assert found["sampling"]["gradients_a_draw"] >= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", [*SHIPPED, *SMALL])
def test_every_case_is_sampled(name: str) -> None:
    found = run(name, "defectmodels", 10, 1)
    assert found["gradients_a_draw"] >= 1 and found["ess_bulk"] >= 0
    assert ("headline_ess_bulk" in found) == (name in SHIPPED)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_every_way_that_is_installed_samples(way: str) -> None:
    reason = missing(way, "regression")
    found = run("regression", way, 10, 1)
    assert found.get("missing") == reason
    if reason is None:
        assert found["gradients"] > 0 and found["sample_seconds"] > 0


@pytest.mark.slow
def test_statements_refits_and_sizes_are_measured() -> None:
    found = statements("escape_rates_no_trend", "arrivals", graph=False)
    assert found["engine_all_microseconds"] > found["engine_without_joint_rows_microseconds"]
    assert refits("escape_rates_no_trend", "arrivals", 2, 0)["short_refits"] == 2
    assert scale("groups", 2)["coordinates"] < scale("groups", 5)["coordinates"]


def test_a_made_up_case_holds_its_counts() -> None:
    one = made_up("two", np.array([[3, 4, 5], [6, 7, 8]]), "month", 2001, np.zeros((3, 0)))
    assert [row.low for row in one.data.statements] == [3, 4, 5, 6, 7, 8]
    assert len(one.spec.periods) == 3 and case("regression").spec.frailty is not None


def row(**changes: float) -> dict[str, object]:
    found = {"gradients_a_draw": 10.0, "gradients_an_effective_draw": 12.0, "diverging": 0}
    return {"case": "a", "way": "b", "ess_bulk": 1000} | found | changes


def test_comparing_two_runs() -> None:
    assert worse([row()], [row(gradients_a_draw=11.0)], 0.2) == []
    assert worse([row()], [row(gradients_a_draw=13.0)], 0.2) == [
        "a, b: gradients_a_draw was 10, is 13"
    ]
    assert worse([row()], [row(diverging=1)], 0.2) == ["a, b: diverging was 0, is 1"]
    assert worse([row()], [], 0.2) == ["a, b: is gone"]
    # Of several seeds the median counts.
    many = [row(), row(gradients_a_draw=30.0), row()]
    assert worse([row()], many, 0.2) == []


def test_an_exponent_is_the_slope_of_the_larger_half() -> None:
    sizes = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    assert exponent(sizes, [7.0, 7.0, 7.0] + [x**1.5 for x in sizes[3:]]) == pytest.approx(1.5)


def test_every_section_of_the_report_is_measured(small_fit: Fit, tmp_path: Path) -> None:
    small_fit.save(tmp_path / "small.nc")
    rows = report(tmp_path / "small.nc", ("en",))
    assert len(rows) == len(SECTIONS) + 3
    assert [row["bytes"] > 100_000 for row in rows if row["part"] == "page"] == [True]
    assert min(row["seconds"] for row in rows) >= 0


@pytest.mark.slow
@pytest.mark.parametrize("study", ["refits", "sbc"])
def test_workers_are_compared_on_the_same_tasks(study: str) -> None:
    found = scaling(study, "constant_rate", "arrivals", 2, [1, 2], ["threads"], 1)
    assert found["same"] and [row["workers"] for row in found["rows"]] == [1, 2]
    assert all(row["CPU seconds a task"] > 0 and not row["failures"] for row in found["rows"])
    assert len(lines(found)) == 4
