"""Two sets of evidence about the same rates: the statements of one design beside those of another.

Persons, frailties and the reliability of each statement are independent between the two; rates, factors of
definitions, frailty's size and reliability's level are the same. So the likelihood of both is the product
of theirs.

Invariant: the log density of a stacked design is the sum of both designs' less the prior counted twice. Shown
by ``tests/test_stacked.py``.
"""

from __future__ import annotations

from dataclasses import replace

from defectmodels.counting.problem import Part, Problem, Reading, Said, Split, Sum
from defectmodels.counting.program import compile_problem
from defectmodels.errors import SpecError
from defectmodels.evidence.selection import Row, Selection
from defectmodels.model.design import Design
from defectmodels.model.jointly import Joint


def stacked(first: Design, second: Design) -> Design:
    """A design with the rows of both, as they stand in each.

    Parameters
    ----------
    first, second : Design
        Of one model, with the same structure: definitions with a factor, and grades.

    Returns
    -------
    Design
        Good for its density alone: ids of rows may stand in it twice, and a PyMC model would take its joint
        rows for those of one world.

    Raises
    ------
    SpecError
        When models or structures differ.
    """
    if (first.spec.digest, first.scaled, first.grades) != (
        second.spec.digest, second.scaled, second.grades,
    ):  # fmt: skip
        raise SpecError(
            f"model '{first.spec.name}': the two sets of evidence need the same model, definitions and grades"
        )
    return replace(
        first,
        selection=_selection(first.selection, second.selection),
        joint=_joint(first.joint, second.joint),
    )


def _selection(first: Selection, second: Selection) -> Selection:
    shift = len(first.direct)

    def moved(row: Row) -> Row:
        parents = tuple(replace(one, index=one.index + shift) for one in row.parents)
        return replace(row, parents=parents)

    return replace(
        first,
        direct=(*first.direct, *second.direct),
        nested=(*first.nested, *(moved(row) for row in second.nested)),
        joint=(*first.joint, *second.joint),
    )


def _joint(first: Joint, second: Joint) -> Joint:
    problem = _problem(first, second)
    # No row of one shares persons with a row of the other, so nothing is left to be compiled.
    steps = {**first.program.steps, **second.program.steps}
    return replace(
        first,
        rows=(*first.rows, *second.rows),
        problem=problem,
        program=compile_problem(problem, like=replace(first.program, steps=steps)),
        links=(*first.links, *second.links),
        free=(*first.free, *second.free),
        # Counts of the same name stand in both.
        sum_of={},
        apart=(*first.apart, *second.apart),
    )


def _problem(first: Joint, second: Joint) -> Problem:
    """Both problems as one, which falls into the components of each."""
    one, other = first.problem, second.problem
    parts, sums, weights = len(one.parts), len(one.sums), first.program.weights
    links, free = len(first.links), len(first.free)

    def part(found: Part) -> Part:
        places = tuple(link + links for link in found.links)
        return replace(found, links=places, free=found.free + free if found.free >= 0 else -1)

    def reading(found: Reading) -> Reading:
        return replace(found, tied=tuple((at + sums, low, high) for at, low, high in found.tied))

    def said(found: Said) -> Said:
        return replace(
            found,
            subject=found.subject + sums,
            readings=tuple(map(reading, found.readings)),
            weights=tuple(at + weights for at in found.weights),
            untrue=found.untrue + weights if found.untrue >= 0 else -1,
        )

    return Problem(
        (*one.parts, *map(part, other.parts)),
        (*one.sums, *(Sum(tuple(p + parts for p in s.parts), s.known) for s in other.sums)),
        (*one.said, *map(said, other.said)),
        (
            *one.splits,
            *(Split(tuple(p + parts for p in s.parts), s.trials, s.whole) for s in other.splits),
        ),
    )
