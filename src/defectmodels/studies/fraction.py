"""Which combinations of choices are tried where all of them are too many.

A factor is a question with its answers, each of them one choice or several. Factors of two answers are crossed
with each other. Those of three stand in a linear array over the numbers 0, 1 and 2: some are its sides, each
other one is a sum of multiples of these, modulo 3, moved on from one array to the next. So each pair of answers
of two factors stands as often as any other: an orthogonal array of strength 2 (Hedayat, Sloane and Stufken
1999, Orthogonal Arrays).

Invariant: every combination is tried where they are few, else each pair of answers is tried equally often, and
the first answers of all factors together are tried in any case. Shown by ``tests/test_multiverse.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count, product
from math import prod

from defectmodels.errors import SpecError

Combination = dict[str, str]
Factor = Sequence[Combination]
MOST = 96
"""So many combinations are all tried."""
LEAST = 48
"""A fraction has no fewer."""


def every(axes: Mapping[str, Sequence[str]]) -> list[Combination]:
    """All combinations of choices, the last axis fastest."""
    return [dict(zip(axes, choices, strict=True)) for choices in product(*axes.values())]


def factors(axes: Mapping[str, Sequence[str]], apart: Sequence[str] = ()) -> list[Factor]:
    """Axes as factors.

    Parameters
    ----------
    axes : mapping of str to sequence of str
        Names of the choices of each axis, the usual one first.
    apart : sequence of str
        Axes that leave their first choice one at a time: together they are one factor.
    """
    first = {name: axes[name][0] for name in apart if name in axes}
    left = [first | {name: one} for name in first for one in axes[name][1:]]
    others = [[{name: one} for one in among] for name, among in axes.items() if name not in first]
    return [*([[first, *left]] if first else []), *others]


def balanced(found: Sequence[Factor]) -> list[Combination]:
    """All combinations where they are few, else a balanced fraction.

    Raises
    ------
    SpecError
        When a factor has more than three answers; then all combinations can be asked for.
    """
    threes = [one for one in found if len(one) == 3]
    # The sides of an array are crossed: with no more than two there is nothing to save.
    if prod(map(len, found)) <= MOST or (len(threes) < 3 and max(map(len, found)) <= 3):
        return [_joined(one) for one in product(*found)]
    others = [one for one in found if len(one) < 3]
    if len(threes) + len(others) < len(found):
        sizes = ", ".join(str(len(one)) for one in found)
        raise SpecError(
            f"factors of {sizes} choices: a balanced fraction holds factors of three choices or fewer; try all "
            "combinations"
        )
    columns = _columns(len(threes))
    crossed = list(product(*others))
    rows = 3 ** len(columns[0])
    times = next(n for n in count(1) if n * rows * len(crossed) >= LEAST)
    chosen = []
    for at, rest in enumerate(one for one in crossed for _ in range(times)):
        # The factors named last are the sides.
        for places in _array(columns, at):
            own = [one[place] for one, place in zip(reversed(threes), places, strict=True)]
            chosen.append(_joined((*rest, *own)))
    return chosen


def _joined(answers: Sequence[Combination]) -> Combination:
    return {name: choice for one in answers for name, choice in one.items()}


def _columns(number: int) -> list[tuple[int, ...]]:
    """Multiples of the sides that make each column, the sides themselves first; no two are parallel."""
    sides = next(n for n in count(2) if (3**n - 1) // 2 >= number)
    found = [
        one
        for one in product(range(3), repeat=sides)
        if any(one) and next(part for part in one if part) == 1
    ]
    units = [one for one in found if sum(one) == 1]
    return [*units[::-1], *(one for one in found if sum(one) > 1)][:number]


def _array(columns: Sequence[tuple[int, ...]], move: int) -> list[tuple[int, ...]]:
    """Rows of the array, columns that are no side moved on by the digits of a number."""
    sides = len(columns[0])
    moved = [0] * sides + [move // 3**at % 3 for at in range(len(columns) - sides)]
    return [
        tuple(
            (sum(a * b for a, b in zip(one, row, strict=True)) + by) % 3
            for one, by in zip(columns, moved, strict=True)
        )
        for row in product(range(3), repeat=sides)
    ]
