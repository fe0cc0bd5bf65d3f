"""Two works at once give what they give one after the other."""

from __future__ import annotations

import multiprocessing
import os
import threading

import pytest

from defectmodels.errors import ReportError
from defectmodels.inference import aside


def number() -> int:
    return 2


def refused() -> int:
    raise ReportError("no page")


def ended() -> int:
    if multiprocessing.parent_process() is not None:
        os._exit(9)
    return 3


@pytest.fixture(params=["at once", "one after the other"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "one after the other":
        monkeypatch.setattr(aside, "_pays", lambda: False)
    elif not aside._pays():
        pytest.skip("a copy of this process is not safe here, or has no processor")


@pytest.mark.usefixtures("way")
def test_both_results_come_back() -> None:
    kept: list[int] = []
    there = "elsewhere"
    assert aside.beside(lambda: kept.append(1) or "here", lambda: there) == ("here", there)
    assert kept == [1]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("works", [(refused, number), (number, refused)])
def test_an_error_of_either_is_raised(works: tuple) -> None:
    with pytest.raises(ReportError, match="no page"):
        aside.beside(*works)
    assert not multiprocessing.active_children()


@pytest.mark.usefixtures("way")
def test_what_a_lost_copy_did_is_done_here() -> None:
    assert aside.beside(number, ended) == (2, 3)


@pytest.mark.usefixtures("way")
def test_divided_works_are_each_done_once_and_stand_in_order() -> None:
    done: list[int] = []
    found = aside.divided([lambda at=at: (done.append(at), at, os.getpid()) for at in range(40)])
    assert [at for _, at, _ in found] == list(range(40))
    # What the copy did, this process did not.
    assert done == [at for _, at, pid in found if pid == os.getpid()]
    assert aside.divided([]) == []


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("at", [0, 2, 4])
def test_an_error_of_any_divided_work_is_raised(at: int) -> None:
    works = [number] * 5
    works[at] = refused
    with pytest.raises(ReportError, match="no page"):
        aside.divided(works)
    assert not multiprocessing.active_children()


@pytest.mark.usefixtures("way")
def test_what_a_lost_copy_had_taken_is_done_here() -> None:
    assert aside.divided([number] * 3 + [ended] * 3) == [2, 2, 2, 3, 3, 3]


def test_a_process_with_other_threads_is_not_copied() -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert aside.beside(os.getpid, os.getpid) == (os.getpid(), os.getpid())
    finally:
        done.set()
        other.join()


def test_a_copy_makes_no_copy() -> None:
    def inner() -> tuple[int, int]:
        return aside.beside(os.getpid, os.getpid)

    _, (first, second) = aside.beside(number, inner)
    assert first == second
