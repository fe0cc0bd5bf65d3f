"""Every error has the builtin that a caller expects, and names are suggested."""

import pytest

from defectmodels import errors
from defectmodels.errors import DefectModelsError, known

BUILTIN = {
    "SpecError": ValueError,
    "EvidenceError": ValueError,
    "UnknownNameError": LookupError,
    "SpanError": ValueError,
    "FitError": RuntimeError,
    "ReportError": RuntimeError,
}


def _children() -> dict[str, type]:
    found = {name: each for name, each in vars(errors).items() if isinstance(each, type)}
    return {n: e for n, e in found.items() if issubclass(e, DefectModelsError)}


def test_every_error_is_in_the_table() -> None:
    assert set(_children()) - {"DefectModelsError"} == set(BUILTIN)


@pytest.mark.parametrize(("name", "builtin"), BUILTIN.items())
def test_error_is_caught_as_its_builtin_and_as_ours(name: str, builtin: type[Exception]) -> None:
    kind = getattr(errors, name)
    with pytest.raises(builtin, match="what to do"):
        raise kind("what to do")
    assert issubclass(kind, DefectModelsError)


def test_lookup_text_is_not_quoted_as_a_key_error_would() -> None:
    assert str(errors.UnknownNameError("no model 'x'")) == "no model 'x'"


def test_known_lists_sorted_names_once_and_suggests_the_nearest() -> None:
    assert known("sanction", ["trade", "sanctions", "trade"]) == (
        "Known: sanctions, trade. Did you mean 'sanctions'?"
    )


def test_known_suggests_nothing_for_a_name_like_none() -> None:
    assert known("zzz", ["trade", "sanctions"]) == "Known: sanctions, trade."


def test_known_without_choices() -> None:
    assert known("anything", []) == "Known: none."
