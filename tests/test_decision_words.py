"""What is said of a decision, in many ways and in every language, never contradicts itself: 10,000
synthetic posteriors.

Posteriors are normal, log-normal, counts or points, of every effective sample size that passes a check
and some that do not, held against regions near their middle and near their edges.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy import stats

from defectmodels.estimands.decision import (
    SURE,
    Chance,
    Confidence,
    Decision,
    Measured,
    Region,
    near,
    near_threshold,
    verdict_of,
)
from defectmodels.evidence.claims import Sides
from defectmodels.report import decided as said
from defectmodels.report.decisions import as_json
from defectmodels.report.estimative import BANDS, beside, likelihood, printed, word
from defectmodels.wording import language, speaking

POSTERIORS = 10_500
HOLDS: tuple[Sides, ...] = (("above",), ("below",), ("inside",), ("below", "inside"),
                            ("inside", "above"))  # fmt: skip


def _chance(value: float, size: float, draws: int) -> Chance:
    if value in (0.0, 1.0):
        return Chance(value=value, mcse=1.0 / draws)
    return Chance(value=value, mcse=float(np.sqrt(value * (1 - value) / size)))


def _quantile_error(law: stats.rv_continuous, p: float, size: float) -> float:
    """Monte Carlo error of a quantile, from the density there."""
    return float(np.sqrt(p * (1 - p) / size) / law.pdf(law.ppf(p)))


def synthetic(seed: int, number: int) -> list[Decision]:
    """Decisions of posteriors drawn at random; draws are sorted once and serve as the posterior."""
    rng = np.random.default_rng(seed)
    found = []
    for at in range(number):
        draws = int(rng.choice([400, 1000, 4000]))
        size = draws * rng.uniform(0.05, 1.0)
        kind = ("ratio", "persons", "part of the change")[at % 3]
        spread = np.exp(rng.uniform(-5, 1.5))
        if kind == "persons":
            low = -float(rng.integers(0, 3))
            high = -low
            centre = rng.normal(0, 4)
            law = stats.norm(centre, max(spread, 0.3))
            values = np.sort(np.round(law.rvs(draws, random_state=rng)))
        elif kind == "ratio":
            rope = rng.choice([0.05, 0.2, 1.0])
            low, high = 1 / (1 + rope), 1 + rope
            law = stats.lognorm(max(spread, 0.01), scale=np.exp(rng.normal(0, 3 * spread)))
            values = np.sort(law.rvs(draws, random_state=rng))
        else:
            low = high = 0.5
            law = stats.norm(0.5 + rng.normal(0, 2.5 * spread), spread)
            values = np.sort(law.rvs(draws, random_state=rng))
        if at % 50 == 0:
            values = np.full(draws, values[0])
        q = np.quantile(values, [0.5, 0.05, 0.95])
        flat = values[0] == values[-1]
        errors = [0.0 if flat else _quantile_error(law, p, size) for p in (0.5, 0.05, 0.95)]
        below, above = float(np.mean(values < low)), float(np.mean(values > high))
        by = {"below": below, "inside": float(np.mean((values >= low) & (values <= high))),
              "above": above}  # fmt: skip
        chances = {side: _chance(p, size, draws) for side, p in by.items()}
        holds = HOLDS[at % len(HOLDS)]
        true = np.zeros(draws, dtype=bool)
        if "below" in holds:
            true |= values < low
        if "above" in holds:
            true |= values > high
        if "inside" in holds:
            true |= (values >= low) & (values <= high)
        chance = _chance(float(true.mean()), size, draws)
        verdict = verdict_of(chance)
        found.append(
            Decision(
                id=f"S{at}", text="A claim", kind="synthetic", source="", model="none",
                what="a quantity", unit=kind, spans=("2019", "2023"), holds=holds,
                probability=chance, region=Region(low=low, high=high, **chances),
                estimate=Measured(median=q[0], low=q[1], high=q[2], mcse=errors[0],
                                  mcse_low=errors[1], mcse_high=errors[2]),
                verdict=verdict, reason=near_threshold() if verdict == "cannot tell" and near(chance) else "",
                assumptions=("that nothing else moved",), statements=("T1",),
                confidence=Confidence(level="moderate", why=("a reason",)),
            )
        )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def decisions() -> list[Decision]:
    return synthetic(1, POSTERIORS)


# --- reading a text back --------------------------------------------------------------------

DIGITS = r"\N{MINUS SIGN}?[\d,]*\.?\d+"


class Said(NamedTuple):
    """What a text says, whatever the language: codes and numbers."""

    verdict: str
    estimate: tuple[tuple[str, float], ...]
    condition: tuple[str, tuple[float, ...]]
    chance: tuple[str, float | None]
    band: str


@dataclass(frozen=True)
class Tongue:
    """How a language writes what has to be read back; written by hand, apart from the catalogues."""

    language: str
    verdicts: dict[str, str]
    estimate: str
    point: str
    range: str
    bounds: dict[str, str]
    after: str
    """What joins the condition of a claim to its probability."""
    conditions: dict[str, str]
    chances: tuple[tuple[str, str], ...]
    vague: str
    words: dict[str, str]
    levels: dict[str, str]
    of_chance: tuple[str, ...]
    of_confidence: str


ENGLISH_NUMBER = rf"(?:(?:over|under|at least|at most) )?{DIGITS}%?"
ENGLISH = Tongue(
    language="en",
    verdicts={"supported": "Supported", "not supported": "Not supported",
              "cannot tell": "Cannot tell"},
    estimate=rf"({ENGLISH_NUMBER})(?: persons)? \(90% interval ({ENGLISH_NUMBER}) to ({ENGLISH_NUMBER})\)",
    point=rf"({ENGLISH_NUMBER})(?: persons)?, the same in every draw",
    range=" to ",
    bounds={"over": "over", "under": "under", "at least": "least", "at most": "most"},
    after="; that it ",
    conditions={"above": r"is above (\S+) ", "below": r"is below (\S+) ", "most": r"is at most (\S+) ",
                "least": r"is at least (\S+) ", "point": rf"is ({DIGITS}%?) ",
                "within": r"lies within (\S+) to (\S+) "},
    chances=((">", rf"probability > ({DIGITS})"), ("<", rf"probability < ({DIGITS})"),
             ("=", rf"probability ({DIGITS})")),
    vague="not known to one digit",
    words={"almost-none": "almost no chance", "very-unlikely": "very unlikely",
           "unlikely": "unlikely", "even": "roughly even chance", "likely": "likely",
           "very-likely": "very likely", "almost-certain": "almost certain"},
    levels={"low": "low", "moderate": "moderate", "high": "high"},
    of_chance=("probability", "likely"),
    of_confidence="onfidence",
)  # fmt: skip
KOREAN_NUMBER = rf"{DIGITS}[%명]?(?: (?:초과|미만|이상|이하))?"
KOREAN = Tongue(
    language="ko",
    verdicts={"supported": "지지됨", "not supported": "지지되지 않음",
              "cannot tell": "판단할 수 없음"},
    estimate=rf"({KOREAN_NUMBER})\(90% 구간 ({KOREAN_NUMBER})~({KOREAN_NUMBER})\)",
    point=rf"({KOREAN_NUMBER})\(모든 사후표본에서 같음\)",
    range="~",
    bounds={"초과": "over", "미만": "under", "이상": "least", "이하": "most"},
    after="; 이 값이 ",
    conditions={"above": r"(\S+)보다 클 ", "below": r"(\S+)보다 작을 ", "most": r"(\S+) 이하일 ",
                "least": r"(\S+) 이상일 ", "point": r"(\S+)일 ",
                "within": r"(\S+)~(\S+) 범위에 있을 "},
    chances=((">", rf"확률은 ({DIGITS})보다 크다|확률 > ({DIGITS})"),
             ("<", rf"확률은 ({DIGITS})보다 작다|확률 < ({DIGITS})"),
             ("=", rf"확률은 ({DIGITS})이다|확률 ({DIGITS})")),
    vague="소수 첫째 자리까지도 알 수 없",
    words={"almost-none": "가능성이 거의 없다", "very-unlikely": "매우 낮다", "unlikely": "낮다",
           "even": "반반 정도다", "likely": "높다", "very-likely": "매우 높다",
           "almost-certain": "거의 확실하다"},
    levels={"low": "낮음", "moderate": "보통", "high": "높음"},
    of_chance=("확률", "가능성"),
    of_confidence="신뢰도",
)  # fmt: skip
TONGUES = (ENGLISH, KOREAN)
VERDICTS = ENGLISH.verdicts


def value(text: str) -> float:
    """A printed number of the quantity's own scale."""
    found = re.search(DIGITS, text)
    assert found, text
    number = float(found[0].replace(",", "").replace("\N{MINUS SIGN}", "-"))
    return number / 100 if "%" in text else number


def bound(text: str, tongue: Tongue) -> str:
    words_of = re.sub(rf"{DIGITS}|[%명]|persons", "", text).strip()
    return tongue.bounds[words_of] if words_of else ""


def estimate_in(text: str, tongue: Tongue) -> tuple[str, str, str]:
    if point := re.search(tongue.point, text):
        return point[1], point[1], point[1]
    found = re.search(tongue.estimate, text)
    assert found, text
    return found[1], found[2], found[3]


def sizes(texts: tuple[str, ...], tongue: Tongue) -> tuple[tuple[str, float], ...]:
    return tuple((bound(text, tongue), value(text)) for text in texts)


def code(table: dict[str, str], text: str) -> str:
    return next((key for key, word_of in table.items() if word_of == text), f"no word: {text}")


def chance_in(text: str, tongue: Tongue) -> tuple[str, float | None]:
    if tongue.vague in text:
        return "", None
    for sign, form in tongue.chances:
        if found := re.search(form, text):
            return sign, float(next(one for one in found.groups() if one))
    raise AssertionError(text)


def band_in(text: str, tongue: Tongue) -> str:
    """Band of the longest word in a text: 'likely' is a part of 'very likely'."""
    found = [key for key, word_of in tongue.words.items() if word_of in text]
    return max(found, key=lambda key: len(tongue.words[key]), default="")


def read(sentence: str, tongue: Tongue) -> Said:
    """Read the first sentences of an answer back: verdict, estimate, and what is how probable."""
    bare = sentence.partition(". ")[2].partition(". ")[2]
    verdict, _, rest = bare.partition(": ")
    quantity, _, odds = rest.partition(tongue.after)
    # Confidence has a sentence of its own.
    odds = re.split(r"\.\s", odds)[0] + " "
    forms = ((side, re.match(form, odds)) for side, form in tongue.conditions.items())
    side, ends = next((side, found.groups()) for side, found in forms if found)
    return Said(
        code(tongue.verdicts, verdict),
        sizes(estimate_in(quantity, tongue), tongue),
        (side, tuple(map(value, ends))),
        chance_in(odds, tongue),
        band_in(odds, tongue),
    )


def problems(one: Decision) -> list[str]:
    """Every contradiction between two renderings of a decision, and every digit too many."""
    record = json.loads(json.dumps(as_json(one)))
    found, readings = [], []
    for tongue in TONGUES:
        with speaking(tongue.language):
            own, reading = problems_in(one, record, tongue)
        found += [f"{tongue.language}: {one}" for one in own]
        readings.append(reading)
    if len(set(readings)) > 1:
        found.append(f"languages differ: {readings}")
    return found


def problems_in(one: Decision, record: Any, tongue: Tongue) -> tuple[list[str], Said]:
    """Contradictions within a language, and what its sentence says."""
    assert one.probability is not None and one.region is not None and one.estimate is not None
    sentence, row = said.sentence(one), dict(zip(said.COLUMNS, said.row(one), strict=True))
    caption, text = said.caption(one), record["printed"][tongue.language]
    found = []
    if (text["sentence"], text["caption"]) != (sentence, caption):
        found.append("texts in JSON")
    # Verdict: the same word everywhere, and that of the rule.
    first = sentence.removeprefix(f"{said.claimed(one)}. ").partition(":")[0]
    within = caption.rstrip(".").rpartition("; ")[2]
    spoken = {first, row["verdict"], text["verdict"], within[:1].upper() + within[1:]}
    if spoken != {tongue.verdicts[one.verdict]} or record["verdict"] != one.verdict:
        found.append(f"verdicts {spoken}")
    # Interval and magnitude: the same numbers everywhere, in order.
    texts = estimate_in(sentence, tongue)
    table = (row["estimate"], *row["interval"].split(tongue.range))
    made = tuple(text[key] for key in ("median", "low", "high"))
    forms = [estimate_in(caption, tongue), table, made]
    if any(sizes(form, tongue) != sizes(texts, tongue) for form in forms):
        found.append(f"estimates {texts} {forms}")
    median, low, high = map(value, texts)
    if not low <= median <= high:
        found.append(f"order {texts}")
    # Probability: one number and one word.
    number, name = printed(one.probability), word(one.probability)
    if row["chance"] != beside(one.probability) or number not in row["chance"]:
        found.append("probability in the table")
    if likelihood(one.probability) not in sentence or name not in likelihood(one.probability):
        found.append("probability in the sentence")
    if text["probability"] != number or text["word"] != name:
        found.append("probability in JSON")
    reading = read(sentence, tongue)
    if reading.verdict != one.verdict or reading.estimate != sizes(texts, tongue):
        found.append(f"read back: {reading}")
    told = chance_in(f"{tongue.of_chance[0]} {number}", tongue)
    if reading.chance != told or reading.band != (code(tongue.words, name) if name else ""):
        found.append(f"probability read back: {reading}, {number}, {name}")
    if value(text["claim_holds_where_it"]) not in reading.condition[1]:
        found.append(f"condition {reading.condition}, {text['claim_holds_where_it']}")
    assert one.confidence is not None
    if row["confidence"] != tongue.levels[one.confidence.level]:
        found.append("confidence in the table")
    # Direction: what is sure of a side is sure in the interval as printed.
    region = one.region
    ends = [e for e in (region.low, region.high) if e is not None]
    assert len(ends) == 2
    slack = 0.005 * max(abs(e) for e in ends)  # ends are printed with three digits
    if region.above.clears(SURE) and low < region.high - slack:
        found.append(f"surely above, and {texts}")
    if region.below.clears(SURE) and high > region.low + slack:
        found.append(f"surely below, and {texts}")
    if region.inside.clears(SURE) and not (
        region.low - slack <= low and high <= region.high + slack
    ):
        found.append(f"surely inside, and {texts}")
    sides = [chance_in(f"{tongue.of_chance[0]} {row[key]}", tongue)[1]
             for key in ("below", "within", "above")]  # fmt: skip
    if any(p is not None and not 0 < p < 1 for p in sides):
        found.append("a side of probability 0 or 1")
    found += digits_too_many(one, texts, tongue) + word_troubles(one, tongue)
    return found, reading


def word_troubles(one: Decision, tongue: Tongue) -> list[str]:
    assert one.probability is not None
    chance, number = one.probability, printed(one.probability)
    name = word(chance) and code(tongue.words, word(chance))
    found = []
    if name:
        band = next(b for b in BANDS if b.key == name)
        error = 2 * chance.mcse
        if not (band.low <= chance.value - error and chance.value + error <= band.high):
            found.append(f"{name} within two errors of an edge")
        shown = float(re.sub("[<>] ", "", number))
        if not band.low <= shown <= band.high:
            found.append(f"{name} beside {number}")
    fits = {"supported": {"", "almost-certain"}, "not supported": {"", "almost-none"}}
    if name not in fits.get(one.verdict, {name}):
        found.append(f"{name} beside {one.verdict}")
    limit = float(re.sub("[<>] ", "", number)) if tongue.vague not in number else 0.5
    if one.verdict == "supported" and limit < SURE:
        found.append(f"supported beside {number}")
    if one.verdict == "not supported" and limit > 1 - SURE:
        found.append(f"not supported beside {number}")
    if one.verdict == "cannot tell" and number[:2] == "> " and limit >= SURE:
        found.append(f"cannot tell beside {number}")
    for sentence in re.split(r"\.\s+(?=[A-Z가-힣])", said.sentence(one)):
        of_chance = any(word_of in sentence for word_of in tongue.of_chance)
        if tongue.of_confidence in sentence and of_chance:
            found.append("likelihood and confidence in one sentence")
    return found


def digits_too_many(one: Decision, texts: tuple[str, str, str], tongue: Tongue) -> list[str]:
    assert one.probability is not None and one.estimate is not None
    found = []
    number = printed(one.probability)
    decimals = len(number.partition(".")[2])
    vague = tongue.vague in number
    if number[0] not in "<>" and not vague and 10.0**-decimals < 2 * one.probability.mcse:
        found.append(f"{number} with an error of {one.probability.mcse}")
    if number[0] in "<>":
        limit, error = float(number[2:]), 2 * one.probability.mcse
        v = one.probability.value
        if (number[0] == ">" and v - error < limit) or (
            number[0] == "<" and v + error > limit + 1e-12
        ):
            found.append(f"{number} not clear of it")
    e = one.estimate
    scale = 100.0 if one.unit == "part of the change" else 1.0
    for text, error in zip(texts, (e.mcse, e.mcse_low, e.mcse_high), strict=True):
        if bound(text, tongue) or not error:
            continue
        places = len(text.rstrip("%명").partition(".")[2])
        if places and 10.0**-places < 2 * error * scale:
            found.append(f"{text} with an error of {error}")
    return found


# --- the property ---------------------------------------------------------------------------


def test_no_two_renderings_contradict_each_other(decisions: list[Decision]) -> None:
    assert len(decisions) >= 10_000
    found = {one.id: trouble for one in decisions if (trouble := problems(one))}
    assert not found, f"{len(found)}: {dict(list(found.items())[:5])}"


def test_the_posteriors_reach_every_case(decisions: list[Decision]) -> None:
    """A property over posteriors that are all alike would show nothing."""
    verdicts = [one.verdict for one in decisions]
    assert min(verdicts.count(v) for v in VERDICTS) > 1000
    seen = {word(one.probability) for one in decisions if one.probability}
    assert seen == set(ENGLISH.words.values()) | {""}
    cases = {(one.unit, one.holds, one.verdict) for one in decisions}
    # A fraction is never surely the very number named, nor surely not beside it.
    assert len(cases) == 3 * len(HOLDS) * 3 - 2
    assert sum(one.reason == near_threshold() for one in decisions) > 50
    held = [
        t for one in decisions for t in said.numbers(one) if t.startswith(("over", "under", "at"))
    ]
    assert len(held) > 20


# --- faults that the property has to see ----------------------------------------------------


def _faulty(one: Decision, **changes: object) -> Decision:
    return one.model_copy(update=changes)  # model_copy does not validate


def test_a_verdict_that_is_not_that_of_the_number_is_seen(decisions: list[Decision]) -> None:
    wrong = [
        _faulty(one, verdict="supported") for one in decisions if one.verdict == "not supported"
    ]
    assert all(problems(one) for one in wrong[:500])


@pytest.mark.parametrize(
    "fault", ["side", "interval", "digits", "word", "verdict", "order", "language"]
)
def test_a_seeded_fault_is_seen(
    fault: str, decisions: list[Decision], monkeypatch: pytest.MonkeyPatch
) -> None:
    from defectmodels.report import estimative

    if fault == "side":  # what keeps rounded numbers on their side of the region
        monkeypatch.setattr(said, "_limits", lambda region: (("", None), ("", None)))
    elif fault == "interval":  # a caption with another interval
        real = said.caption

        def other(one: Decision) -> str:
            assert one.estimate is not None
            wider = one.estimate.model_copy(update={"high": one.estimate.high + 1.0})
            return real(one.model_copy(update={"estimate": wider}))

        monkeypatch.setattr(said, "caption", other)
    elif fault == "digits":  # one decimal more than the error allows
        monkeypatch.setattr(estimative, "digits", lambda error: 3)
    elif fault == "word":  # words without two Monte Carlo errors
        monkeypatch.setattr(estimative, "CLEAR", 0.0)
    elif fault == "verdict":
        monkeypatch.setattr(said, "verdict_word", lambda one: "Supported")
    elif fault == "language":  # a condition turned round in one language
        condition = said.condition

        def turned(one: Decision) -> str:
            holds = ("below",) if language() == "ko" else one.holds
            return condition(one.model_copy(update={"holds": holds}))

        monkeypatch.setattr(said, "condition", turned)
    else:  # each number rounded for itself
        monkeypatch.setattr(said, "_size", lambda text: 0.0)
    assert any(problems(one) for one in decisions[:1500])


# --- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "mcse", "number", "name"),
    [
        (0.72, 0.004, "0.72", "likely"),
        (0.72, 0.02, "0.7", "likely"),
        (0.795, 0.004, "0.80", ""),  # within two errors of 0.80
        (0.50, 0.008, "0.5", "roughly even chance"),
        (0.97, 0.0075, "> 0.95", "almost certain"),
        (0.96, 0.0075, "> 0.9", ""),
        (0.995, 0.001, "0.99", ""),
        (0.9999, 0.00002, "> 0.999", ""),
        (1.0, 1 / 4000, "> 0.999", ""),
        (0.0, 1 / 4000, "< 0.001", ""),
        (0.03, 0.003, "0.03", "almost no chance"),
        (0.5, 0.08, "not known to one digit", ""),
    ],
)
def test_numbers_and_words(value: float, mcse: float, number: str, name: str) -> None:
    chance = Chance(value=value, mcse=mcse)
    if number == "0.99":
        assert printed(chance) in ("0.99", "> 0.99")
    else:
        assert printed(chance) == number
    assert word(chance) == name
    assert (printed(chance) in likelihood(chance)) and (name in likelihood(chance))


def test_bands_are_those_of_the_directive() -> None:
    edges = [0.01, 0.05, 0.20, 0.45, 0.55, 0.80, 0.95, 0.99]
    assert [(b.low, b.high) for b in BANDS] == list(pairwise(edges))


def test_a_complement_is_printed_as_one() -> None:
    for value, mcse in product(np.linspace(0.001, 0.999, 999), (0.0003, 0.002, 0.004, 0.02)):
        one = printed(Chance(value=float(value), mcse=mcse))
        other = printed(Chance(value=float(1 - value), mcse=mcse))
        flip = {"<": ">", ">": "<"}
        assert flip.get(one[0], "") == (other[0] if other[0] in "<>" else "")
        numbers = [float(re.sub("[<>] ", "", t)) for t in (one, other)]
        places = max(len(t.partition(".")[2]) for t in (one, other))
        assert sum(numbers) == pytest.approx(1.0, abs=10.0**-places + 1e-9)
