"""The status that statements had on an earlier day: those published by then, in the vintage of then.

Invariant: no row of the result became known after that day; current exact rows of one definition
share no days; a number that no row of the file says is a known whole less known parts of it; once
every row is known, every row has the status that the file gives it. Shown by
``tests/test_vintages.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from defectmodels.evidence.periods import parse_span
from defectmodels.evidence.statements import Comparison, Exact, Statement, StatusWord, Uncounted

Rows = tuple[Statement, ...]
REPLACING = ("current", "whole", "detail", "context")
"""Statuses of a row that can have replaced a superseded one of the same span."""


# ---------------------------------------------------------------- dates and days


def known_on(row: Statement) -> date:
    """Last day of `published`, else of `vintage`, else of the span: known by then for certain."""
    said = row.published or row.vintage
    return parse_span(said).end if said else row.end


def _vintage(row: Statement) -> date:
    """First day that the vintage allows: of '2017-01' and '2017-01-03' the second is the later."""
    said = row.vintage or row.published
    return parse_span(said).start if said else row.end


def _first(row: Statement) -> date:
    return row.start or date.min


def _length(row: Statement) -> timedelta:
    return row.end - _first(row)


def _overlap(a: Statement, b: Statement) -> bool:
    return a.definition == b.definition and _first(a) <= b.end and _first(b) <= a.end


def _inside(part: Statement, whole: Statement) -> bool:
    within = _first(whole) <= _first(part) and part.end <= whole.end
    return within and part.definition == whole.definition


def _gaps(whole: Statement, parts: Iterable[Statement]) -> list[tuple[date, date]]:
    """Days of `whole` that no part counts, as stretches of first and last day."""
    found, day = [], _first(whole)
    for part in sorted(parts, key=_first):
        if _first(part) > day:
            found.append((day, _first(part) - timedelta(days=1)))
        day = part.end + timedelta(days=1)
    return [*found, (day, whole.end)] if day <= whole.end else found


def _current(rows: Iterable[Statement]) -> list[Exact]:
    return [row for row in rows if isinstance(row, Exact) and row.status == "current"]


def _with(rows: Rows, status: Mapping[str, StatusWord]) -> Rows:
    return tuple(
        row.model_copy(update={"status": status[row.id]}) if row.id in status else row
        for row in rows
    )


# ---------------------------------------------------------------- copies and variants


def _said(row: Statement) -> tuple[object, ...]:
    return (row.origin, row.definition, row.start, row.end, type(row))


def _repeats(known: Rows, later: Rows) -> Rows:
    """Let a copy or variant speak for a row of its origin that was published after it.

    Only for a row that is current or whole in the file and says the same kind of thing of the same
    definition and span. So a variant that stands for no row, such as one that counts the persons of
    another definition's row, stays what it is.
    """
    spoken = {_said(row) for row in known if row.status in ("current", "whole")}
    status: dict[str, StatusWord] = {}
    for awaited in later:
        key = _said(awaited)
        if awaited.status not in ("current", "whole") or not awaited.origin or key in spoken:
            continue
        repeats = [row for row in known if row.status in ("copy", "variant") and _said(row) == key]
        if repeats:
            # Where the day is the same a copy comes first: it has the number of the awaited row.
            first = min(repeats, key=lambda row: (known_on(row), row.status != "copy"))
            status[first.id] = awaited.status
            spoken.add(key)
    return _with(known, status)


# ---------------------------------------------------------------- superseded rows


def _family(row: Statement) -> tuple[object, ...]:
    """What all vintages of one figure have in common."""
    form = type(row) if isinstance(row, Comparison | Uncounted) else None
    return (row.definition, row.start, row.end, form)


def _replacers(row: Statement, later: Rows) -> list[Statement]:
    """Rows not yet known that replaced a superseded one: of its span, else on days of its span."""
    family = _family(row)
    same = [one for one in later if one.status in REPLACING and _family(one) == family]
    others = [one for one in later if one.status == "current" and _family(one)[3] == family[3]]
    return same or [one for one in others if _overlap(one, row)]


def _stand_ins(known: Rows, later: Rows) -> dict[str, StatusWord]:
    """Superseded rows of which no known row is a later vintage, and what they may become.

    Of several vintages the latest, of equal ones the first in the file. A row that nothing replaced
    is superseded for a reason of its own and stays so.
    """
    spoken = {_family(row) for row in known if row.status in REPLACING}
    families: dict[tuple[object, ...], list[Statement]] = {}
    for row in known:
        if row.status == "superseded" and _family(row) not in spoken:
            families.setdefault(_family(row), []).append(row)
    found: dict[str, StatusWord] = {}
    for group in families.values():
        row = max(group, key=_vintage)
        if replacers := _replacers(row, later):
            found[row.id] = "context" if replacers[0].status == "context" else "current"
    return found


def _is_sum(row: Statement, rows: Iterable[Statement]) -> bool:
    """Whether the file counts the days of a row by finer ones."""
    return any(_inside(one, row) and _length(one) < _length(row) for one in _current(rows))


def _restore(known: Rows, later: Rows, stand: Mapping[str, StatusWord]) -> Rows:
    """Make stand-ins current where no row that speaks shares their days, the longest first.

    A part-year hence gives way to a year that is known: their vintages need not fit together.
    Stand-ins that are sums of finer rows are settled as wholes are.
    """
    taken: list[Statement] = list(_current(known))
    status: dict[str, StatusWord] = {}
    for row in sorted((row for row in known if row.id in stand), key=_length, reverse=True):
        if isinstance(row, Exact) and stand[row.id] == "current":
            if _is_sum(row, (*known, *later)) or any(_overlap(row, one) for one in taken):
                continue
            taken.append(row)
        status[row.id] = stand[row.id]
    return _with(known, status)


# ---------------------------------------------------------------- wholes


def _rest(whole: Exact, parts: Sequence[Exact], gap: tuple[date, date], ids: set[str]) -> Exact:
    """Make the row of what a whole leaves beside its known parts."""
    name = f"{whole.id}-rest"
    while name in ids:
        name += "-rest"
    count = whole.low - sum(part.low for part in parts)
    sums = ", ".join(f"{part.id} {part.low:,}" for part in parts)
    changed = {
        "id": name,
        "start": None if gap[0] == date.min else gap[0],
        "end": gap[1],
        "low": count,
        "high": count,
        "words": "",
        "status": "current",
        "basis": "derived",
        "note": f"{whole.id} {whole.low:,} less {sums}",
    }
    return whole.model_copy(update=changed)


def _settle(whole: Exact, rows: Rows, stand: set[str]) -> tuple[Rows, set[str]]:
    """Use a whole for the days that its known parts leave open.

    Parts are the current rows inside it, less stand-ins of an older vintage, which it replaces. One
    stretch left open is counted by a derived row. If there are several, or the parts exceed the
    whole, the whole is used instead of them. Where a current row reaches beyond it, it is not used.
    """
    shared = [row for row in _current(rows) if _overlap(row, whole)]
    if any(not _inside(row, whole) for row in shared):
        return rows, stand
    old = {row.id for row in shared if row.id in stand and _vintage(row) < _vintage(whole)}
    status: dict[str, StatusWord] = dict.fromkeys(old, "superseded")
    parts = [row for row in shared if row.id not in old]
    gaps, left = _gaps(whole, parts), whole.low - sum(part.low for part in parts)
    if parts and not gaps:
        # Parts that do not add to it are of a later vintage, or it would have replaced them.
        return _with(rows, status | {whole.id: "whole" if left == 0 else "superseded"}), stand
    if not parts or len(gaps) > 1 or left < 0:
        status |= dict.fromkeys((part.id for part in parts), "detail")
        return _with(rows, status | {whole.id: "current"}), stand
    rest = _rest(whole, parts, gaps[0], {row.id for row in rows})
    rows = _with(rows, status | {whole.id: "whole"})
    place = next(index for index, row in enumerate(rows) if row.id == whole.id) + 1
    return (*rows[:place], rest, *rows[place:]), stand | ({rest.id} if whole.id in stand else set())


def _wholes(known: Rows, later: Rows, stand: Iterable[str]) -> list[Exact]:
    """Wholes of which a finer row is not yet known, and stand-ins for sums; the shortest first."""
    ids = set(stand)
    found = [
        row
        for row in known
        if isinstance(row, Exact)
        and (
            (row.status == "whole" and any(_inside(one, row) for one in _current(later)))
            or (row.id in ids and _is_sum(row, (*known, *later)))
        )
    ]
    return sorted(found, key=_length)


# ---------------------------------------------------------------- the evidence of a day


def as_known(statements: Sequence[Statement], day: date) -> Rows:
    """Statements as they stood at the end of a day, each with the status that it had then.

    Returns
    -------
    tuple of Statement
        Rows known by then, in the order of the file; a derived one follows its whole.
    """
    # A row of the file is known by today, even when its date names a month that has not ended.
    today = date.today()
    known = tuple(row for row in statements if min(known_on(row), today) <= day)
    ids = {row.id for row in known}
    later = tuple(row for row in statements if row.id not in ids)
    rows = _repeats(known, later)
    stand = _stand_ins(rows, later)
    rows, left = _restore(rows, later, stand), set(stand)
    for whole in _wholes(rows, later, stand):
        rows, left = _settle(whole, rows, left)
    return rows
