"""What is said of a count: true, of one meaning, and never of another count alone."""

from __future__ import annotations

import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from pydantic import TypeAdapter

from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.intervals import Reading
from defectmodels.evidence.selection import JointRow
from defectmodels.evidence.statements import AnyStatement, Equality, Order, Rank, Ratio, Statement
from defectmodels.model.design import make_design
from defectmodels.studies.saying import Speaker, turns
from jointworld import compared, content, world

RNG = np.random.default_rng(0)
_STATEMENT: TypeAdapter[Statement] = TypeAdapter(AnyStatement)
Q2 = "2020-04-01/2020-06-30"


def said(kind: str, **cells: object) -> Statement:
    head = {"id": "E1", "definition": "elite", "start": "2020-01-01", "end": "2020-12-31"}
    return _STATEMENT.validate_python(head | {"status": "current", "kind": kind} | cells)


KINDS = {
    "exact": said("exact", low=7, high=7),
    "at_least": said("at_least", low=3),
    "at_most": said("at_most", high=9),
    "about": said("reading", reading="about", low=10, high=10),
    "odd": said("reading", reading="odd", low=20, high=20),
    "several": said("reading", reading="several"),
    "approaching": said("reading", reading="approaching", low=10, high=10),
    "up to": said("reading", reading="up to", low=10, high=10),
}


@pytest.fixture(scope="module")
def speaker(shipped: Dataset) -> Speaker:
    upto = Reading(name="up to", low_times=0, low_plus=0, high_times=1, high_plus=0)
    return Speaker(shipped.readings | {"up to": upto})


@pytest.mark.parametrize("name", KINDS)
def test_every_count_is_in_one_interval_that_is_always_said_of_it(
    name: str, speaker: Speaker
) -> None:
    """The intervals that can be said have no gap and no overlap: each is said of all its counts."""
    spoken: dict[Statement, set[int]] = defaultdict(set)
    for count in range(300):
        (one,) = speaker.number((KINDS[name],), count, RNG)
        assert one.id == "E1"
        spoken[one].add(count)
    for one, counts in spoken.items():
        low, high = one.interval(speaker.words)  # type: ignore[misc]
        whole = set(range(low, 300 if high is None else high + 1))
        assert counts == whole if max(whole) < 300 else counts <= whole
    # Something is told: a count of 0 and one of 299 are not spoken of alike.
    assert len(spoken) >= 2


def test_large_numbers_take_no_long_search(speaker: Speaker) -> None:
    (one,) = speaker.number((KINDS["about"],), 900_000, RNG)
    low, high = one.interval(speaker.words)  # type: ignore[misc]
    assert low <= 900_000 <= high and 1.3 < high / low < 1.6


def test_threads_that_speak_at_once_find_the_same_intervals(speaker: Speaker) -> None:
    alone, together = (Speaker(speaker.words) for _ in range(2))
    alone.number((KINDS["odd"],), 60_000, RNG)
    often = sys.getswitchinterval()
    try:
        sys.setswitchinterval(1e-6)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: together.number((KINDS["odd"],), 60_000, RNG), range(4)))
    finally:
        sys.setswitchinterval(often)
    assert together._rows["odd"].said == alone._rows["odd"].said


def test_what_is_unchanged_keeps_its_words_and_what_is_changed_does_not(speaker: Speaker) -> None:
    quoted = KINDS["at_least"].model_copy(update={"words": "at least three", "note": "of them"})
    (same,), (other,) = (speaker.number((quoted,), count, RNG) for count in (5, 1))
    assert same is quoted
    assert (other.kind, other.words, other.note) == ("at_most", "", "")


def test_a_range_lies_anywhere_around_its_count(speaker: Speaker) -> None:
    wide = said("range", low=4, high=7)
    rng = np.random.default_rng(1)
    found = [speaker.number((wide,), 9, rng)[0].interval({}) for _ in range(4_000)]
    counts = np.array([found.count((low, low + 3)) for low in (6, 7, 8, 9)])
    assert counts.sum() == 4_000 and np.abs(counts - 1_000).max() < 120
    ends = {speaker.number((wide,), 0, rng)[0].interval({}) for _ in range(200)}
    assert ends == {(0, 0), (0, 1), (0, 2), (0, 3)}


def _row(kind: type, against: str = Q2, **cells: object) -> JointRow:
    spec, dataset = content(
        ("everyone", "2020", 9),
        ("elite", "2020Q1", 1),
        comparisons=compared(1, kind, against, **cells),
    )
    about = Reading(name="about", low_times=0.8, low_plus=0, high_times=1.2, high_plus=0)
    header = dataset.header.model_copy(update={"reading": (about,)})
    design = make_design(spec, Dataset(header, dataset.statements, dataset.series))
    return design.selection.joint[0]


def test_a_comparison_of_two_counts_goes_the_way_it_went(speaker: Speaker) -> None:
    more = _row(Order, reading="more")
    assert turns(more) and speaker.turned(more, 3, 2) is more.statement
    fewer, same = speaker.turned(more, 2, 3), speaker.turned(more, 2, 2)
    assert (fewer.kind, fewer.reading, fewer.against) == ("order", "fewer", Q2)  # type: ignore[attr-defined]
    assert (same.kind, same.reading, same.against) == ("equality", "", Q2)  # type: ignore[attr-defined]
    alike = _row(Equality)
    assert speaker.turned(alike, 4, 4) is alike.statement
    assert speaker.turned(alike, 5, 4).reading == "more"  # type: ignore[attr-defined]


def test_a_rank_over_one_year_names_that_year_when_it_is_turned(speaker: Speaker) -> None:
    design = world(
        ("elite", "2020", 1),
        axis=("2018", "2020", "year"),
        comparisons=compared(0, Rank, "elite:2018-06-01/2019-12-31"),
    )
    (row,) = design.selection.joint
    assert turns(row) and speaker.turned(row, 3, 3) is row.statement
    turned = speaker.turned(row, 2, 3)
    assert turned.kind == "order" and turned.against == "elite:2019-01-01/2019-12-31"  # type: ignore[attr-defined]


def test_how_near_two_counts_are_cannot_be_turned_round(speaker: Speaker) -> None:
    about, ratio = _row(Equality, reading="about"), _row(Ratio, low=2.0, high=3.0)
    assert not turns(about) and not turns(ratio)
    counts = np.array([[4, 2], [7, 2], [6, 2], [3, 0]])
    np.testing.assert_array_equal(speaker.share(ratio, counts), [1.0, 0.0, 1.0, 0.0])
    np.testing.assert_array_equal(speaker.share(about, counts[:2]), [0.0, 0.0])
    np.testing.assert_array_equal(speaker.share(about, np.array([[10, 11]])), [1.0])
