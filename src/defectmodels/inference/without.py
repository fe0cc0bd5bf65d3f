"""A fit without some of its rows: how probable they are given the rest, and what a refit is made of.

What is left out is the rows of one origin, with all their readings. The other rows that the fit
uses stay, and those that it does not use stay unused, so that importance weights and refits answer
the same question.

Invariant: the log probability given here is the difference between that of all rows and that of a
design built without them, at the same rates. Shown by ``tests/test_audit.py``.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.counting.program import Program
from defectmodels.errors import EvidenceError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.selection import JointRow, Row, Selection
from defectmodels.evidence.statements import Statement
from defectmodels.inference.fit import Fit, once
from defectmodels.inference.rows import Draws, kernel_draws
from defectmodels.model.atoms import Free, Link
from defectmodels.model.design import Design, count_jointly, used_rows
from defectmodels.model.jointly import Joint, only
from defectmodels.model.measured import revised


def origin_of(statement: Statement) -> str:
    """Origin of a statement; one that names none is an origin of its own."""
    return statement.origin or statement.id


def rows_by_origin(design: Design) -> dict[str, tuple[Row, ...]]:
    """Rows of each origin, in the order of the design."""
    found: dict[str, tuple[Row, ...]] = {}
    for row in design.selection.rows:
        name = origin_of(row.statement)
        found[name] = (*found.get(name, ()), row)
    return found


# --- importance weights ---------------------------------------------------------------------


def _selection(selection: Selection, gone: Set[str]) -> Selection:
    """The selection without rows, the others counted as they were.

    Raises
    ------
    EvidenceError
        When a nested row that stays is conditional on one that goes.
    """
    direct = tuple(row for row in selection.direct if row.statement.id not in gone)
    nested = tuple(row for row in selection.nested if row.statement.id not in gone)
    joint = tuple(row for row in selection.joint if row.statement.id not in gone)
    lost = {at for at, row in enumerate(selection.direct) if row.statement.id in gone}
    # What exact parts of a total leave of it is the total of the parts after them.
    lost |= {
        parent.index
        for row in selection.nested
        if row.statement.id in gone
        for parent in row.parents
    }
    for row in nested:
        if any(parent.index in lost for parent in row.parents):
            raise EvidenceError(f"{row.statement.id} is counted given a row that goes")
    place = {row.statement.id: at for at, row in enumerate(direct)}
    new = [place.get(row.statement.id, -1) for row in selection.direct]
    nested = tuple(
        replace(row, parents=tuple(replace(one, index=new[one.index]) for one in row.parents))
        for row in nested
    )
    return Selection(direct, nested, joint, selection.unused)


def design_without(design: Design, words: Dataset, gone: Set[str]) -> Design:
    """The design without the rows of these ids, the others counted as they were.

    Parameters
    ----------
    words : Dataset
        Has the readings of words.

    Raises
    ------
    EvidenceError
        When another row is conditional on one that goes, or the rest cannot be counted jointly at a
        reasonable cost.
    """
    selection = _selection(design.selection, gone)
    joint, settled = count_jointly(
        design.spec, words, selection, apart=design.joint.apart, like=design.joint.program
    )
    if settled:
        raise EvidenceError(f"{settled[0].statement.id} {settled[0].reason}")
    return replace(design, selection=selection, joint=joint)


def _part_key(joint: Joint, part: int) -> object:
    one = joint.problem.parts[part]
    links = [joint.links[at] for at in one.links]
    free = [joint.free[one.free]] if one.free >= 0 else []
    counts: list[Link | Free] = [*links, *free]
    persons = tuple(
        (
            count.definition,
            count.inside.tobytes(),
            tuple((inner, weights.tobytes()) for inner, weights in count.less),
        )
        for count in counts
    )
    return persons, tuple(link.whole.tobytes() for link in links), one.trials


def _key(joint: Joint, said: tuple[int, ...]) -> object:
    """What the probability of rows that are counted together depends on, beside the rates."""
    problem = joint.problem
    rows = tuple(
        (one.name, tuple((problem.sums[s].known, problem.sums[s].parts) for s in one.sums))
        for one in (problem.said[at] for at in said)
    )
    parts = list(dict.fromkeys(p for _, sums in rows for _, found in sums for p in found))
    content = {part: _part_key(joint, part) for part in parts}
    splits = tuple(
        (tuple(content[p] for p in split.parts), split.trials, split.whole)
        for split in problem.splits
        if set(split.parts) <= set(parts)
    )
    told = tuple(
        (name, tuple((known, tuple(content[p] for p in found)) for known, found in sums))
        for name, sums in rows
    )
    return told, splits


@dataclass(frozen=True)
class Counted:
    """The joint rows of a design at every draw, one log probability for each set of them.

    Attributes
    ----------
    design : Design
    draws : Draws
    log_z : dict of object to np.ndarray (sample,)
        By what each depends on.
    """

    design: Design
    draws: Draws
    log_z: dict[object, np.ndarray]


@once
def _by_cell(fit: Fit) -> xr.Dataset:
    """The posterior, with the draws of each cell's expected arrivals side by side in memory."""
    expected = fit.posterior[names.EXPECTED]
    ordered = expected.transpose(names.GROUP, names.PERIOD, *names.SAMPLE)
    beside = ordered.copy(data=np.ascontiguousarray(ordered.values))
    return fit.posterior.assign({names.EXPECTED: beside})


def _draws(fit: Fit, design: Design) -> Draws:
    """What the kernel reads of the fit's draws for a design with some of its rows."""
    posterior, constant = _by_cell(fit), fit.constant
    if names.RELIABILITY in posterior:
        grades = list(design.grades)
        posterior = (
            posterior.sel({names.GRADE: grades})
            if grades
            else posterior.drop_vars(names.RELIABILITY)
        )
    ids = [row.statement.id for row in design.joint.rows]
    chance = constant[names.CHANCE].sel({names.JOINT: ids}).values if ids else np.zeros(0)
    return kernel_draws(design, posterior, chance)


def count_all(fit: Fit) -> Counted:
    """Count the joint rows of a fit at every draw."""
    joint, draws = fit.design.joint, _draws(fit, fit.design)
    log_z = draws.log_probabilities(joint.program)
    keys = [_key(joint, said) for said in joint.program.components]
    return Counted(fit.design, draws, dict(zip(keys, log_z.T, strict=True)))


@dataclass(frozen=True)
class Removal:
    """What the log probability of some rows given all others is made of.

    Attributes
    ----------
    whole : np.ndarray (sample,)
        Log probability of the rows of closed form, and of the sets of joint rows that change.
    program : Program
        The joint rows of these sets that stay; sets that are the same with and without the rows cancel.
    draws : Draws
        What it reads.
    """

    whole: np.ndarray
    program: Program
    draws: Draws

    def log_probability(self) -> np.ndarray:
        """Log probability of the rows given all others: np.ndarray (sample,)."""
        rest: np.ndarray = self.draws.log_probabilities(self.program).sum(axis=1)
        return self.whole - rest


def removal(fit: Fit, counted: Counted, gone: Set[str]) -> Removal:
    """Hold a fit against the same without some rows.

    Parameters
    ----------
    counted : Counted
        From `count_all`.
    gone : set of str
        Ids of the rows.

    Raises
    ------
    EvidenceError
        When the rest cannot be counted at the draws of this fit.
    """
    found = np.zeros(len(counted.draws.p))
    logs = fit.group("log_likelihood")
    for variable, dim in ((names.DIRECT_COUNT, names.DIRECT), (names.NESTED_COUNT, names.NESTED)):
        ids = [] if variable not in logs else [one for one in logs[dim].values if str(one) in gone]
        if ids:
            own = logs[variable].sel({dim: ids}).sum(dim)
            found += own.transpose(*names.SAMPLE).values.ravel()
    design = design_without(counted.design, fit.dataset, gone)
    joint = design.joint
    keys = {said: _key(joint, said) for said in joint.program.components}
    for key, log_z in counted.log_z.items():
        if key not in keys.values():
            found += log_z
    left = [at for said, key in keys.items() if key not in counted.log_z for at in said]
    rest = only(joint, sorted(left))
    return Removal(found, rest.program, _draws(fit, replace(design, joint=rest)))


def log_probability(fit: Fit, counted: Counted, gone: Set[str]) -> np.ndarray:
    """Log probability of some rows given all others, at the rates of each draw: (sample,)."""
    return removal(fit, counted, gone).log_probability()


# --- refits ---------------------------------------------------------------------------------


def dataset_without(fit: Fit, gone: Set[str]) -> Dataset:
    """The statements that a fit uses, with their readings, but for the rows of these ids.

    Raises
    ------
    EvidenceError
        When the model could not use all that is left, or learns a revision error from what goes.
    """
    kept = [row for row in fit.design.selection.rows if row.statement.id not in gone]
    said = {
        one.id
        for row in kept
        for one in (row.readings if isinstance(row, JointRow) else (row.statement,))
    }
    vintages = {one.id for pair in revised(fit.spec, fit.dataset) for one in pair}
    if lost := sorted(vintages & gone):
        raise EvidenceError(f"the revision error is learned from {', '.join(lost)}")
    said |= vintages
    dataset = replace(
        fit.dataset, statements=tuple(one for one in fit.dataset.statements if one.id in said)
    )
    used = {row.statement.id for row in used_rows(fit.spec, dataset, fit.design)}
    lost = sorted({row.statement.id for row in kept} - used)
    if lost:
        raise EvidenceError(f"without it {', '.join(lost)} would not be used either")
    return dataset
