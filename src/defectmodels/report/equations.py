"""The model as equations, in MathML that browsers read without a script.

Invariant: every term of the model file has its place in the equations, and names from files are
escaped. Shown by ``tests/test_report.py::test_equations_name_every_term``.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from defectmodels.evidence.periods import MONTHS
from defectmodels.model.measurement import Error, Misclassification, Revision
from defectmodels.model.spec import ModelSpec
from defectmodels.model.terms import Covariates, Season, Trend
from defectmodels.wording import joined, named, say

Line = tuple[Markup, str]
NAMES = frozenset(
    (
        "baseline", "chance", "effect", "expected", "exposure", "factor", "pooled", "rate",
        "published", "readings", "reliability", "scale", "season", "spread", "trend", "true", "walk",
        "years",
    )
)  # fmt: skip
"""Names in the equations that are words; distributions and letters are the same everywhere."""


def _listed(names: Iterable[str]) -> str:
    return joined((named(name) for name in names), ", ")


def _tag(name: str, *inner: str) -> str:
    return f"<{name}>{''.join(inner)}</{name}>"


def _word(text: str) -> str:
    """Set a name of several letters upright, in the language of the report where it has one."""
    text = say("equation-name", name=text) if text in NAMES else text
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
    terms = [part if i == 0 else _op("+") + part for i, part in enumerate(parts)]
    left = _tag("mrow", _word("log"), '<mspace width="0.2em"></mspace>', _indexed("rate", "g", "t"))
    words = say("equation-rate", every=spec.axis.every, groups=_listed(spec.groups))
    return _line(left, "=", terms, words)


def _expected(spec: ModelSpec) -> Line:
    parts = [_indexed("years", "t"), _indexed("rate", "g", "t")]
    words = say("equation-expected")
    if spec.exposure:
        parts.insert(0, _indexed("exposure", "g", "t"))
        exposures = joined(
            (
                say("equation-exposure-of", group=named(group), series=named(series))
                for group, series in spec.exposure.items()
            ),
            ", ",
        )
        words = say("equation-exposed", exposures=exposures)
    factors = [part if i == 0 else _op("·") + part for i, part in enumerate(parts)]
    return _line(_indexed("expected", "g", "t"), "=", factors, words)


def _published(spec: ModelSpec) -> Line:
    """What errors make of expected arrivals, before statements count them."""
    moved = _tag("mrow", _indexed("W", "g", "h", "t"), _op("·"), _indexed("expected", "h", "t"))
    words = say("equation-published", errors=joined(map(error_name, spec.error), "; "))
    return _line(_indexed("published", "g", "t"), "=", [_sum("h", moved)], words)


def error_name(error: Error) -> str:
    """Name of an error, with the groups, definitions and spans that it concerns."""
    groups = () if isinstance(error, Revision) else error.groups
    under = error.definitions if isinstance(error, Misclassification) else ()
    return say(
        "equation-error", kind=error.kind, groups=_listed(groups), spans=", ".join(error.spans),
        definitions=_listed(under), of="some" if groups else "all",
        under="some" if under else "all", when="some" if error.spans else "all",
    )  # fmt: skip


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
        words = say("equation-shared", series=_listed(shared))
        lines.append(_line(_indexed("effect", "g", "k"), "∼", [right], words))
    if alone:
        words = say("equation-alone", series=_listed(alone))
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
    return _line(change, "∼", [right], say("equation-trend", every=every))


def _counts(spec: ModelSpec) -> list[Line]:
    counted = "published" if spec.error else "expected"
    mean = _tag(
        "mrow",
        _sum("g,t", _tag("mrow", _indexed("w", "r", "g", "t"), _indexed(counted, "g", "t"))),
    )
    scaled = bool(spec.scaled)
    parts = (
        [_tag("msub", _word("factor"), _call("d", _var("r"))), _op("·"), mean] if scaled else [mean]
    )
    words = say("equation-mean", scaled="yes" if scaled else "no")
    lines = [_line(_indexed("μ", "r"), "=", parts, words)]
    count = _indexed("N", "r")
    if spec.frailty is None:
        poisson = _call("Poisson", _indexed("μ", "r"))
        lines.append(_line(count, "∼", [poisson], say("equation-poisson")))
    else:
        size = _tag("mfrac", _indexed("n", "r"), _tag("msup", _word("cv"), "<mn>2</mn>"))
        text = say("equation-negative-binomial")
        lines.append(_line(count, "∼", [_call("NegBinomial", _indexed("μ", "r"), size)], text))
    return lines


def _nested() -> Line:
    share = _tag("mfrac", _indexed("μ", "r"), _indexed("μ", "p"))
    right = _call("Binomial", _indexed("N", "p"), share)
    return _line(_indexed("N", "r"), "∼", [right], say("equation-nested"))


def _joint() -> Line:
    """Probability of a joint row, given the counts."""
    reliability = _tag("msub", _word("reliability"), _call("g", _var("r")))
    readings = _tag("mfrac", _call("true", _var("r"), _var("N")), _call("readings", _var("r")))
    untrue = _tag("mrow", _op("("), "<mn>1</mn>", _op("−"), reliability, _op(")"))
    right = [reliability, _op("·"), readings, _op("+"), untrue, _op("·"), _indexed("chance", "r")]
    left = _call("P", _var("r"), _var("N")).replace(_op(","), _op("|"))
    return _line(left, "=", right, say("equation-joint"))


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
    if spec.error:
        lines.append(_published(spec))
    lines += _counts(spec)
    if nested:
        lines.append(_nested())
    if joint:
        lines.append(_joint())
    return tuple(lines)
