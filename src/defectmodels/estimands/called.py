"""What a quantity is called where it is read: names of table rows, said in the language spoken.

Invariant: in English a quantity is called just as the table of checks names it. Shown by
``tests/test_called.py``.
"""

from __future__ import annotations

import re

from defectmodels import names
from defectmodels.wording import joined, named, say

_PAIR = r"(?P<group>\S+) (?P<before>\S+) -> (?P<after>\S+)"
_GROUP = r"(?P<group>[^\[\],]+)"
_AT = r"\[(?P<at>[^\[\]]+)\]"
_VARIABLE = "|".join(names.VARIABLES)
_FORMS = {
    "ratio": rf"(?P<what>share|count|total) ratio, {_PAIR}",
    "level": rf"(?P<what>share|count|total|rate), {_PAIR}{_AT}",
    "part": rf"part of the change in (?P<what>share|count), {_PAIR}\[(?P<part>[^\[\]]+)\]",
    "chance": rf"P\((?P<what>share|count|total)_up\), {_PAIR}",
    "yearly": rf"arrivals a year\[{_GROUP}, (?P<at>[^\[\]]+)\]",
    "rate": rf"rate\[{_GROUP}, (?P<at>[^\[\]]+)\]",
    "share": rf"share of {_GROUP}{_AT}",
    "effect": rf"{names.EFFECT}\[{_GROUP}, (?P<part>[^\[\],]+)\]",
    "grade": rf"{names.RELIABILITY}\[(?P<grade>high|medium|low)\]",
    "element": rf"(?P<name>{_VARIABLE})\[(?P<places>[^\[\]]+)\]",
    "parameter": rf"(?P<name>{_VARIABLE})",
}
"""What names look like, as `quoted.quoted_quantities` and the model make them; the first that fits."""


def called(name: str) -> str:
    """Say what a quantity of a fit's checks is called.

    Parameters
    ----------
    name : str
        As `judged.labels` makes it of a quoted quantity or a parameter: ``share of elite[2019]``.

    Returns
    -------
    str
        A message; the name itself where it is of no known form.
    """
    for form, pattern in _FORMS.items():
        if found := re.fullmatch(pattern, name):
            values = {key: _spoken(key, value) for key, value in found.groupdict().items()}
            return say(f"quantity-{form}", **values)
    return name


def _spoken(key: str, value: str) -> str:
    """Say the name of a group or a part; spans and codes stay."""
    if key == "places":
        return joined(map(named, value.split(", ")), ", ")
    return named(value) if key in ("group", "part") else value
