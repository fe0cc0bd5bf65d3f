"""Korean particles and spans: what a catalogue cannot say by words alone.

A particle's form follows the sound that the word before it ends in.

Invariant: the form is that of the last sound as read aloud, of Hangul, digits and the signs of units;
where the reading is not known both forms stand. Shown by ``tests/test_wording.py``.
"""

from __future__ import annotations

import re

_FIRST, _LAST = 0xAC00, 0xD7A3
_RIEUL = 8
_CODAS = 28
# Last consonants of the digits as read in Korean: yeong, il, i, sam, sa, o, yuk, chil, pal, gu.
_DIGITS = dict(zip("0123456789", (21, _RIEUL, 0, 16, 0, 0, 1, _RIEUL, _RIEUL, 0), strict=True))
_SIGNS = {"%": 0}
_CLOSING = ")]}'\"’”」』.,"


def _coda(word: str) -> int | None:
    """Number of the last consonant in Unicode's order, 0 for none; None when it is not known."""
    # A particle goes by the word itself, whatever stands in brackets behind it.
    bare = re.sub(r"\s*\([^()]*\)$", "", word.rstrip()).rstrip(_CLOSING)
    if not bare:
        return None
    last = bare[-1]
    if _FIRST <= ord(last) <= _LAST:
        return (ord(last) - _FIRST) % _CODAS
    return _DIGITS.get(last, _SIGNS.get(last))


def particle(word: object, forms: object) -> str:
    """Give the form of a particle that follows a word.

    Parameters
    ----------
    word : str or number
        What stands before the particle; it is not part of what is given back.
    forms : str
        Form after a consonant and form after a vowel: ``은/는``, ``이/가``, ``을/를``, ``과/와``,
        ``으로/로``.
    """
    closed, _, opened = str(forms).partition("/")
    coda = _coda(str(word))
    if coda is None:
        return f"{closed}({opened})"
    # (eu)ro drops its vowel after rieul too.
    if coda == 0 or (coda == _RIEUL and opened == "로"):
        return opened
    return closed


def year(span: object) -> str:
    """Give a span that is a calendar year, or a range of them, the word for year: ``2019년``.

    Ranges are written with a tilde.
    """
    text = str(span).replace("..", "~")
    return f"{text}년" if re.fullmatch(r"(\d{4}~)?\d{4}", text) else text
