"""Tasks of a study: the same results for every executor, whatever was interrupted or killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from defectmodels.errors import FitError, SpecError
from defectmodels.inference import running, workers
from defectmodels.inference.running import Failure, run_tasks
from defectmodels.inference.workers import standing, workers_of
from workload import MADE, counted, deadly, process, slowly, squared, stopped

TASKS = {f"task {i}": i for i in range(12)}
EXPECTED = {f"task {i}": {"square": i**2, "part": i / 3} for i in range(12) if i != 7}
FAILED = (Failure("task 7", "FitError: seven has no posterior", seed=7),)
LOST = "each worker that took it ended without a word"


# --- one result for all ---------------------------------------------------------------------


@pytest.mark.parametrize("executor", ["serial", "threads", "processes", None])
def test_every_executor_gives_the_same_in_the_order_of_the_tasks(executor: Any) -> None:
    found = run_tasks(squared, TASKS, made=MADE, executor=executor)
    assert list(found.results) == list(EXPECTED)
    assert (found.results, found.failures, found.read) == (EXPECTED, FAILED, 0)


def test_an_executor_from_outside_is_used_and_left_open() -> None:
    with ThreadPoolExecutor(3) as pool:
        found = run_tasks(squared, TASKS, made=MADE, executor=pool)
        assert pool.submit(int, "4").result() == 4
    assert found.results == EXPECTED


def test_what_a_task_gives_is_what_the_disk_gives_back(tmp_path: Path) -> None:
    def work(task: int) -> dict[str, Any]:
        return {"pair": (task, 0.1 + 0.2), "by": {3: float("inf")}}

    kept = [run_tasks(work, {"a": 1}, made=MADE, folder=tmp_path).results for _ in range(2)]
    assert kept[0] == kept[1] == {"a": {"pair": [1, 0.1 + 0.2], "by": {"3": float("inf")}}}


def test_a_failure_names_the_seed_and_the_reason_in_one_line() -> None:
    def work(task: str) -> dict[str, Any]:
        raise RuntimeError("all points\nare bad\n\nStack backtrace:\n 0: <unknown>")

    found = run_tasks(work, {"b": "x", "a": "y"}, made=MADE, executor="serial", seeds={"b": 31})
    assert [str(one) for one in found.failures] == [
        "b (seed 31) failed: RuntimeError: all points are bad",
        "a failed: RuntimeError: all points are bad",
    ]


def test_an_error_that_is_no_finding_ends_the_study() -> None:
    """A fault of the code is no finding."""
    before = set(threading.enumerate())
    with pytest.raises(TypeError):
        run_tasks(squared, {"x": "text"}, made=MADE, executor="threads")
    assert set(threading.enumerate()) <= before


# --- on disk --------------------------------------------------------------------------------


@pytest.mark.parametrize("executor", ["serial", "threads"])
def test_a_stopped_study_goes_on_where_it_was(tmp_path: Path, executor: Any) -> None:
    folder, log = tmp_path / "a", tmp_path / "log"
    with pytest.raises(KeyboardInterrupt):
        run_tasks(stopped, TASKS, made=MADE, executor=executor, folder=folder)
    before = len(list(folder.glob("*.json")))
    found = run_tasks(partial(counted, log), TASKS, made=MADE, executor=executor, folder=folder)
    assert (found.results, found.failures) == (EXPECTED, FAILED)
    assert found.read == before >= 1
    assert len(log.read_text().split()) == len(TASKS) - before
    again = run_tasks(squared, TASKS, made=MADE, executor=executor, folder=folder)
    # What failed is tried again; it is in no file.
    assert (again.results, again.failures, again.read) == (EXPECTED, FAILED, len(EXPECTED))


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_a_study_killed_again_and_again_gives_the_same(tmp_path: Path, executor: str) -> None:
    """kill -9 at random moments, in the middle of a task or of a file; no worker stays behind."""
    rng, folder, kills = random.Random(executor), tmp_path / "kept", 0
    code = (
        "import json; from workload import *; from defectmodels.inference.running import run_tasks; "
        f"found = run_tasks(slowly, {{f't {{i}}': i for i in range(60)}}, made=MADE, "
        f"executor={executor!r}, folder={str(folder)!r}); print(json.dumps(found.results))"
    )
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    while True:
        ran = subprocess.Popen(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        # The clock starts with the first new file, so that the first runs are killed at work.
        begun = len(list(folder.glob("*.json"))) if folder.exists() else 0
        while kills < 2 and len(list(folder.glob("*.json"))) == begun and ran.poll() is None:
            time.sleep(0.005)
        if kills < 2:
            time.sleep(0.15 * rng.random())
            ran.kill()
        out, err = ran.communicate()
        if ran.returncode != -signal.SIGKILL:
            break
        kills += 1
        until = time.monotonic() + 10
        while _left_behind(ran.pid):
            assert time.monotonic() < until, "a worker outlives the study that started it"
            time.sleep(0.01)
    assert ran.returncode == 0, err
    assert kills >= 1
    want = run_tasks(slowly, {f"t {i}": i for i in range(60)}, made=MADE, executor="threads")
    assert json.loads(out) == want.results


def _left_behind(session: int) -> list[str]:
    """Processes of a session that has lost its leader."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(stat.parent.name)
    return found


def test_what_was_made_of_other_things_is_made_again(tmp_path: Path) -> None:
    run_tasks(squared, TASKS, made=MADE, executor="serial", folder=tmp_path)
    other = run_tasks(
        squared, TASKS, made=MADE | {"model": "b"}, executor="serial", folder=tmp_path
    )
    assert other.read == 0


def test_a_file_of_something_else_is_refused_and_kept(tmp_path: Path) -> None:
    foreign = tmp_path / "x.json"
    for text in ("", "{", json.dumps({"format": "another"}), "[1]"):
        foreign.write_text(text)
        with pytest.raises(FitError, match=r"x\.json: is no result of a study"):
            run_tasks(squared, {"y": 2, "x": 1}, made=MADE, executor="serial", folder=tmp_path)
        assert foreign.read_text() == text
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"], "refused before any work"
    with pytest.raises(FitError, match="is a file"):
        run_tasks(squared, {"x": 1}, made=MADE, folder=foreign)


def test_keys_that_files_cannot_carry_do_not_meet(tmp_path: Path) -> None:
    tasks = {"a/b": 1, "a b": 2, "a-b": 3, "../c": 4, "a_b": 5, "x" * 90: 6, "x" * 91: 8}
    run_tasks(squared, tasks, made=MADE, executor="serial", folder=tmp_path / "in")
    found = run_tasks(squared, tasks, made=MADE, executor="serial", folder=tmp_path / "in")
    assert found.read == len(tasks)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert {"a_b.json", "a-b.json"} < {path.name for path in (tmp_path / "in").iterdir()}


def test_progress_tells_what_was_read_what_is_done_and_what_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks = {name: TASKS[name] for name in ("task 6", "task 7", "task 8")}
    run_tasks(squared, {"task 6": 6}, made=MADE, folder=tmp_path)
    assert capsys.readouterr() == ("", "")
    run_tasks(squared, tasks, made=MADE, executor="serial", folder=tmp_path, progress=True)
    out, err = capsys.readouterr()
    assert out == "" and err.splitlines() == [
        f"study 1 of 3: read 1 from {tmp_path}",
        "study 2 of 3: task 7 (seed 7) failed: FitError: seven has no posterior",
        "study 3 of 3: task 8",
    ]


# --- workers that end -----------------------------------------------------------------------


def test_a_killed_worker_is_survived_and_a_deadly_task_named(tmp_path: Path) -> None:
    found = run_tasks(partial(deadly, tmp_path), TASKS, made=MADE, executor="processes")
    assert found.results == {key: one for key, one in EXPECTED.items() if key != "task 5"}
    assert found.failures == (Failure("task 5", LOST, seed=5), *FAILED)


def test_processes_that_stay_are_the_same_for_all_and_made_anew_when_one_was_killed(
    tmp_path: Path,
) -> None:
    def workers_at() -> set[int]:
        done = run_tasks(process, {str(at): at for at in range(8)}, made=MADE, executor=own)
        return {int(one["process"]) for one in done.results.values()}

    with standing("processes") as own:
        first = workers_at()
        assert os.getpid() not in first and workers_at() <= first
        found = run_tasks(partial(deadly, tmp_path), TASKS, made=MADE, executor=own)
        assert found.results == {key: one for key, one in EXPECTED.items() if key != "task 5"}
        assert found.failures == (Failure("task 5", LOST, seed=5), *FAILED)
        later = workers_at()
        assert later.isdisjoint(first)
    for one in later:
        with pytest.raises(ProcessLookupError):
            os.kill(one, 0)
    with standing("threads") as given:
        assert given == "threads"


def test_a_broken_executor_from_outside_keeps_what_was_done(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with pool, pytest.raises(FitError, match="start the study again"):
        run_tasks(partial(deadly, tmp_path), TASKS, made=MADE, executor=pool, folder=folder)
    with pytest.raises(FitError, match="start the study again"):
        run_tasks(squared, TASKS, made=MADE, executor=pool, folder=folder)
    found = run_tasks(squared, TASKS, made=MADE, executor="serial", folder=folder)
    assert found.results == EXPECTED
    assert found.read == 3


class Elsewhere(Executor):
    """Runs a task as another process would, with other code."""

    def submit(self, job: Any, /, *args: Any, **_: Any) -> Future[Any]:  # type: ignore[override]
        done: Future[Any] = Future()
        home, running._HOME = running._HOME, "another"
        try:
            done.set_result(job(*args))
        except FitError as error:
            done.set_exception(error)
        finally:
            running._HOME = home
        return done


def test_a_worker_with_other_code_ends_the_study(monkeypatch: pytest.MonkeyPatch) -> None:
    made, version = MADE | {"code": "1"}, {"another": "2.1"}
    monkeypatch.setattr(
        running, "_here", lambda: {"code": "1", "numpy": version.get(running._HOME, "2.1")}
    )
    assert run_tasks(squared, TASKS, made=made, executor=Elsewhere()).results == EXPECTED
    version["another"] = "2.2"
    with pytest.raises(FitError, match=r"has numpy 2\.2 and not 2\.1; install the same on all"):
        run_tasks(squared, TASKS, made=made, executor=Elsewhere())


def test_a_worker_imports_no_sampler() -> None:
    """Each of many workers would load it, whatever its tasks need."""
    code = (
        "import sys, defectmodels.inference.running; "
        "print({'pymc', 'pytensor', 'nutpie', 'arviz_stats', 'scipy', 'pandas', 'xarray'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


# --- by name --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["serial", "threads", "processes"])
def test_kinds_are_their_own_names(text: str) -> None:
    with workers_of(text) as found:
        assert found == text


@pytest.mark.parametrize("text", ["cluster", "dask=", "threads=2", "", "Dask=tcp://x:1"])
def test_an_unknown_executor_is_named(text: str) -> None:
    with (
        pytest.raises(SpecError, match="known: serial, threads, processes, dask"),
        workers_of(text),
    ):
        pass
    with pytest.raises(SpecError, match="known: serial, threads, processes"):
        run_tasks(squared, TASKS, made=MADE, executor=text or "x")  # type: ignore[arg-type]


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = r"pip install 'defectmodels\[dask\]'$"
    with pytest.raises(SpecError, match=said) as found, workers_of("dask=tcp://127.0.0.1:1"):
        pass
    assert "\n" not in str(found.value)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere://x", "127.0.0.1:x"])
def test_a_scheduler_that_does_not_answer_is_told(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(workers, "_WAIT", 0.3)
    with (
        pytest.raises(SpecError, match="no scheduler answers") as found,
        workers_of(f"dask={address}"),
    ):
        pass
    assert "\n" not in str(found.value) and "dask scheduler" in str(found.value)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Address of a scheduler with two workers in this process."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address="127.0.0.1:0",
    ) as cluster:
        yield cluster.scheduler_address


def test_dask_gives_the_same_and_goes_on_from_the_folder(scheduler: str, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_tasks(stopped, TASKS, made=MADE, executor="serial", folder=tmp_path)
    with workers_of(f"dask={scheduler}") as pool:
        found = run_tasks(squared, TASKS, made=MADE, executor=pool, folder=tmp_path)
    assert list(found.results) == list(EXPECTED)
    assert (found.results, found.failures, found.read) == (EXPECTED, FAILED, 4)


@pytest.mark.slow
def test_dask_survives_killed_workers(tmp_path: Path) -> None:
    """Processes of Dask's own, which its nannies start again."""
    with workers_of("dask") as pool:
        found = run_tasks(partial(deadly, tmp_path), TASKS, made=MADE, executor=pool)
    assert found.results == {key: one for key, one in EXPECTED.items() if key != "task 5"}
    assert found.failures == (Failure("task 5", LOST, seed=5), *FAILED)
