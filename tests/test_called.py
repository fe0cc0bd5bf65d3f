"""Quantities of the checks are called in English as their tables name them, and have Korean names."""

from __future__ import annotations

import re

import pytest

from defectmodels import names
from defectmodels.estimands.called import called
from defectmodels.estimands.checks import check
from defectmodels.inference.fit import Fit
from defectmodels.wording import Message, said, speaking


def test_every_quantity_of_a_fit_is_known_and_keeps_its_english_name(country_fit: Fit) -> None:
    found = check(country_fit)
    for name in {*found.quantities["name"], *found.informed["name"]}:
        spoken = called(name)
        assert isinstance(spoken, Message) and spoken == name
        with speaking("ko"):
            korean = called(name)
        assert korean == told(spoken) and re.search("[가-힣]", korean)
        # No number is lost: spans and their ends.
        assert sorted(set(re.findall(r"\d{4}", korean))) == sorted(set(re.findall(r"\d{4}", name)))


def told(text: str) -> str:
    with speaking("ko"):
        return said(text)


@pytest.mark.parametrize(
    ("name", "korean"),
    [
        ("share of elite[2019]", "2019년 엘리트 비중"),
        ("rate[commoner, 2007]", "2007년 일반 주민 발생률"),
        ("arrivals a year[elite, 2009..2010]", "2009~2010년 엘리트 연간 입국자 수"),
        ("count ratio, elite 2019 -> 2023", "2019년 대비 2023년 엘리트 인원의 비"),
        ("total ratio, elite 2019 -> 2023", "2019년 대비 2023년 총인원의 비"),
        ("share, elite 2009 -> 2023[2009]", "2009년 엘리트 비중(2009년→2023년 비교)"),
        ("part of the change in share, elite 2019 -> 2023[commoner]",
         "2019년→2023년 엘리트 비중 변화 중 일반 주민의 몫"),
        ("part of the change in count, elite 2019 -> 2023[trend]",
         "2019년→2023년 엘리트 인원 변화 중 추세의 몫"),
        ("P(total_up), elite 2019 -> 2023", "2019년→2023년 P(총인원 증가)"),
        ("effect[elite, sanctions]", "엘리트의 유엔 제재 계수"),
        ("frailty_cv", "취약성 변동계수"),
        ("reliability[high]", "‘상’ 등급 신뢰성"),
    ],
)  # fmt: skip
def test_korean_names(name: str, korean: str) -> None:
    assert called(name) == name
    assert told(called(name)) == korean


def test_every_parameter_has_a_korean_name() -> None:
    own = set(names.VARIABLES) - {names.RATE, names.EXPECTED}
    assert [name for name in own if not re.fullmatch("[가-힣 ]+", told(called(name)))] == []


@pytest.mark.parametrize("name", ["something else", "share of elite", "P(x), elite 1 -> 2", ""])
def test_what_is_of_no_known_form_keeps_its_name(name: str) -> None:
    assert called(name) == name and not isinstance(called(name), Message)
