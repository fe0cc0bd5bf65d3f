"""The model as equations, in MathML that browsers read without a script.

Invariant: every term of the model file has its place in the equations, and names from files are
escaped. Shown by ``tests/test_report.py::test_equations_name_every_term``.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from defectmodels.evidence.periods import MONTHS
from defectmodels.model.spec import ModelSpec
from defectmodels.model.terms import Covariates, Season, Trend

Line = tuple[Markup, str]


def _tag(name: str, *inner: str) -> str:
    return f"<{name}>{''.join(inner)}</{name}>"


def _word(text: str) -> str:
    """Set a name of several letters upright."""
    return f'<mi mathvariant="normal">{escape(text)}</mi>'


def _var(text: str) -> str:
    return _tag("mi", str(escape(text)))


def _op(text: str) -> str:
    return _tag("mo", str(escape(text)))


def _indexed(name: str, *indices: str) -> str:
    inner = _op(",").join(_var(index) for index in indices)
    return _tag("msub", _word(name), _tag("mrow", inner))


def _call(name: str, *arguments: str) -> str:
    return _tag("mrow", _word(name), _op("("), _op(",").join(arguments), _op(")"))


def _sum(index: str, inner: str) -> str:
    return _tag("mrow", _tag("munder", _op("∑"), _var(index)), inner)


def _line(left: str, relation: str, right: Iterable[str], words: str) -> Line:
    body = _tag("mrow", left, _op(relation), *right)
    return Markup(f'<math display="block">{body}</math>'), words


def _rate(spec: ModelSpec) -> Line:
    parts = [_indexed("baseline", "g")]
    for term in spec.term:
        if isinstance(term, Covariates):
            product = _tag("mrow", _indexed("effect", "g", "k"), _op("·"), _indexed("x", "k", "t"))
            parts.append(_sum("k", product))
        elif isinstance(term, Season):
            parts.append(
                _tag(
                    "msub",
                    _word("season"),
                    _tag("mrow", _var("g"), _op(","), _call("q", _var("t"))),
                )
            )
        elif isinstance(term, Trend):
            parts.append(_indexed("trend", "g", "t"))
    joined = [part if i == 0 else _op("+") + part for i, part in enumerate(parts)]
    left = _tag("mrow", _word("log"), '<mspace width="0.2em"></mspace>', _indexed("rate", "g", "t"))
    every = spec.axis.every
    words = f"log of the rate of group g in {every} t: {', '.join(spec.groups)}"
    return _line(left, "=", joined, words)


def _expected(spec: ModelSpec) -> Line:
    parts = [_indexed("years", "t"), _indexed("rate", "g", "t")]
    words = "expected arrivals: rate times the length of the period in years"
    if spec.exposure:
        parts.insert(0, _indexed("exposure", "g", "t"))
        named = ", ".join(f"{group}: {series}" for group, series in spec.exposure.items())
        words = (
            f"expected arrivals: persons at risk times length of the period times rate ({named}); "
            "where the number at risk is uncertain, it is the stated one times a factor with a prior"
        )
    joined = [part if i == 0 else _op("·") + part for i, part in enumerate(parts)]
    return _line(_indexed("expected", "g", "t"), "=", joined, words)


def _effects(term: Covariates, spec: ModelSpec) -> list[Line]:
    shared = [e.series for e in term.effect if len(e.groups or spec.groups) > 1]
    alone = [e.series for e in term.effect if e.series not in shared]
    lines = []
    if shared:
        right = _call(
            "Normal",
            _indexed("pooled", "k"),
            _tag("msubsup", _word("spread"), _var("k"), "<mn>2</mn>"),
        )
        words = f"effects on several groups are drawn towards each other: {', '.join(shared)}"
        lines.append(_line(_indexed("effect", "g", "k"), "∼", [right], words))
    if alone:
        words = f"effects on a single group have the prior itself: {', '.join(alone)}"
        lines.append(_line(_indexed("effect", "g", "k"), "=", [_indexed("pooled", "k")], words))
    return lines


def _trend(term: Trend, spec: ModelSpec) -> Line:
    change = _tag(
        "mrow",
        _indexed("walk", "g", "s"),
        _op("−"),
        _tag(
            "msub",
            _word("walk"),
            _tag("mrow", _var("g"), _op(","), _var("s"), _op("−"), "<mn>1</mn>"),
        ),
    )
    scale = _tag("msubsup", _word("scale"), _var("g"), "<mn>2</mn>")
    # No step is shorter than a period.
    every = max(term.every, spec.axis.every, key=MONTHS.__getitem__)
    years = "1" if every == "year" else "1/4" if every == "quarter" else "1/12"
    right = _call("Normal", "<mn>0</mn>", _tag("mrow", scale, _op("·"), f"<mn>{years}</mn>"))
    words = (
        f"the trend is a random walk with a step every {every}, straight between steps, its mean "
        "taken off; its steps' variance is scale² times their length in years"
    )
    return _line(change, "∼", [right], words)


def _counts(spec: ModelSpec) -> list[Line]:
    mean = _tag(
        "mrow",
        _sum("g,t", _tag("mrow", _indexed("w", "r", "g", "t"), _indexed("expected", "g", "t"))),
    )
    scaled = bool(spec.scaled)
    parts = (
        [_tag("msub", _word("factor"), _call("d", _var("r"))), _op("·"), mean] if scaled else [mean]
    )
    words = "mean of row r: expected arrivals of its groups on its days"
    if scaled:
        words += (
            "; a definition that counts other persons has a factor of its own, the others have 1"
        )
    lines = [_line(_indexed("μ", "r"), "=", parts, words)]
    count = _indexed("N", "r")
    if spec.frailty is None:
        lines.append(_line(count, "∼", [_call("Poisson", _indexed("μ", "r"))], "count of a row"))
    else:
        size = _tag("mfrac", _indexed("n", "r"), _tag("msup", _word("cv"), "<mn>2</mn>"))
        text = (
            "count of a row: negative binomial of mean μ; cv is the scatter of a period beyond "
            "chance, common to the groups, and n the number of independent periods in the row"
        )
        lines.append(_line(count, "∼", [_call("NegBinomial", _indexed("μ", "r"), size)], text))
    return lines


def _nested() -> Line:
    share = _tag("mfrac", _indexed("μ", "r"), _indexed("μ", "p"))
    right = _call("Binomial", _indexed("N", "p"), share)
    words = (
        "count of a row whose persons are among those of one published total p: binomial given the "
        "total, so that what scatters all groups together cancels; μ of the row holds its "
        "definition's factor"
    )
    return _line(_indexed("N", "r"), "∼", [right], words)


def _joint() -> Line:
    """Probability of a joint row, given the counts."""
    reliability = _tag("msub", _word("reliability"), _call("g", _var("r")))
    readings = _tag("mfrac", _call("true", _var("r"), _var("N")), _call("readings", _var("r")))
    untrue = _tag("mrow", _op("("), "<mn>1</mn>", _op("−"), reliability, _op(")"))
    words = (
        "rows counted jointly, given the counts N: a row is true with the reliability of its grade "
        "g (1 without one), and competing readings are equally likely; else it says nothing and "
        "has its prior probability, chance. The counts are summed out: binomial given the "
        "published totals, and drawn as above on days without a total"
    )
    right = [reliability, _op("·"), readings, _op("+"), untrue, _op("·"), _indexed("chance", "r")]
    return _line(_call("P", _var("r"), _var("N")).replace(_op(","), _op("|")), "=", right, words)


def equations(spec: ModelSpec, nested: bool, joint: bool = False) -> tuple[Line, ...]:
    """Write the equations of a model.

    Parameters
    ----------
    spec : ModelSpec
    nested : bool
        Whether the fit has rows that count persons of one published total.
    joint : bool
        Whether it has rows that are counted jointly.

    Returns
    -------
    tuple of (Markup, str)
        MathML and what it says in words.
    """
    lines = [_rate(spec), _expected(spec)]
    for term in spec.term:
        if isinstance(term, Covariates):
            lines += _effects(term, spec)
        elif isinstance(term, Trend):
            lines.append(_trend(term, spec))
    lines += _counts(spec)
    if nested:
        lines.append(_nested())
    if joint:
        lines.append(_joint())
    return tuple(lines)
