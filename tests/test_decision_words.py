"""What is said of a decision, in many ways, never contradicts itself: 10,000 synthetic posteriors.

Posteriors are normal, log-normal, counts or points, of every effective sample size that passes a check
and some that do not, held against regions near their middle and near their edges.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise, product

import numpy as np
import pytest
from scipy import stats

from defectmodels.estimands.decision import (
    NEAR,
    SURE,
    Chance,
    Confidence,
    Decision,
    Measured,
    Region,
    near,
    verdict_of,
)
from defectmodels.evidence.claims import Sides
from defectmodels.report import claims as said
from defectmodels.report.estimative import BANDS, beside, likelihood, printed, word

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
                verdict=verdict, reason=NEAR if verdict == "cannot tell" and near(chance) else "",
                assumptions=("that nothing else moved",), statements=("T1",),
                confidence=Confidence(level="moderate", why=("a reason",)),
            )
        )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def decisions() -> list[Decision]:
    return synthetic(1, POSTERIORS)


# --- reading a text back --------------------------------------------------------------------

NUMBER = r"(?:(?:over|under|at least|at most) )?\N{MINUS SIGN}?[\d,]*\.?\d+%?"
ESTIMATE = re.compile(rf"({NUMBER})(?: persons)? \(90% interval ({NUMBER}) to ({NUMBER})\)")
POINT = re.compile(rf"({NUMBER})(?: persons)?, the same in every draw")
VERDICTS = {"supported": "Supported", "not supported": "Not supported",
            "cannot tell": "Cannot tell"}  # fmt: skip


def value(text: str) -> float:
    """A printed number of the quantity's own scale."""
    bare = re.sub(r"(over|under|at least|at most) ", "", text).replace("\N{MINUS SIGN}", "-")
    number = float(bare.replace(",", "").rstrip("%"))
    return number / 100 if text.endswith("%") else number


def estimate_in(text: str) -> tuple[str, str, str]:
    if point := POINT.search(text):
        return point[1], point[1], point[1]
    found = ESTIMATE.search(text)
    assert found, text
    return found[1], found[2], found[3]


def problems(one: Decision) -> list[str]:
    """Every contradiction between two renderings of a decision, and every digit too many."""
    assert one.probability is not None and one.region is not None and one.estimate is not None
    sentence, row = said.sentence(one), dict(zip(said.HEAD, said.row(one), strict=True))
    caption, record = said.caption(one), json.loads(json.dumps(said.as_json(one)))
    found = []
    # Verdict: the same word in all four, and that of the rule.
    first = sentence.removeprefix(f"{said.claimed(one)}. ").partition(":")[0]
    spoken = {first, row["verdict"], record["verdict"].capitalize(),
              caption.rstrip(".").rpartition("; ")[2].capitalize()}  # fmt: skip
    if spoken != {VERDICTS[one.verdict]}:
        found.append(f"verdicts {spoken}")
    # Interval and magnitude: the same texts everywhere, in order.
    texts = estimate_in(sentence)
    table = (row["estimate"].removesuffix(" persons"), *row["90% interval"].split(" to "))
    made = tuple(record["printed"][key] for key in ("median", "low", "high"))
    if not texts == estimate_in(caption) == table == made:
        found.append(f"estimates {texts} {table} {made}")
    median, low, high = map(value, texts)
    if not low <= median <= high:
        found.append(f"order {texts}")
    # Probability: one number and one word.
    number, name = printed(one.probability), word(one.probability)
    if (
        row["probability of the claim"] != beside(one.probability)
        or number not in row["probability of the claim"]
    ):
        found.append("probability in the table")
    if number not in likelihood(one.probability) or likelihood(one.probability) not in sentence:
        found.append("probability in the sentence")
    if record["printed"]["probability"] != number or record["printed"]["word"] != name:
        found.append("probability in JSON")
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
    bare = [float(re.sub("[<>] ", "", row[key])) for key in ("below", "within", "above")
            if row[key][0] != "n"]  # fmt: skip
    if any(not 0 < p < 1 for p in bare):
        found.append("a side of probability 0 or 1")
    return found + digits_too_many(one, texts) + word_troubles(one)


def word_troubles(one: Decision) -> list[str]:
    assert one.probability is not None
    chance, number, name = one.probability, printed(one.probability), word(one.probability)
    found = []
    if name:
        band = next(b for b in BANDS if b.word == name)
        error = 2 * chance.mcse
        if not (band.low <= chance.value - error and chance.value + error <= band.high):
            found.append(f"{name} within two errors of an edge")
        shown = float(re.sub("[<>] ", "", number))
        if not band.low <= shown <= band.high:
            found.append(f"{name} beside {number}")
    fits = {"supported": {"", "almost certain"}, "not supported": {"", "almost no chance"}}
    if name not in fits.get(one.verdict, {name}):
        found.append(f"{name} beside {one.verdict}")
    bound = float(re.sub("[<>] ", "", number)) if number[0] != "n" else 0.5
    if one.verdict == "supported" and bound < SURE:
        found.append(f"supported beside {number}")
    if one.verdict == "not supported" and bound > 1 - SURE:
        found.append(f"not supported beside {number}")
    if one.verdict == "cannot tell" and number[:2] == "> " and bound >= SURE:
        found.append(f"cannot tell beside {number}")
    for sentence in re.split(r"\.\s+(?=[A-Z])", said.sentence(one)):
        if "onfidence" in sentence and ("probability" in sentence or "likely" in sentence):
            found.append("likelihood and confidence in one sentence")
    return found


def digits_too_many(one: Decision, texts: tuple[str, str, str]) -> list[str]:
    assert one.probability is not None and one.estimate is not None
    found = []
    number = printed(one.probability)
    decimals = len(number.partition(".")[2])
    if number[0] not in "<>n" and 10.0**-decimals < 2 * one.probability.mcse:
        found.append(f"{number} with an error of {one.probability.mcse}")
    if number[0] in "<>":
        bound, error = float(number[2:]), 2 * one.probability.mcse
        v = one.probability.value
        if (number[0] == ">" and v - error < bound) or (
            number[0] == "<" and v + error > bound + 1e-12
        ):
            found.append(f"{number} not clear of it")
    e = one.estimate
    scale = 100.0 if one.unit == "part of the change" else 1.0
    for text, error in zip(texts, (e.mcse, e.mcse_low, e.mcse_high), strict=True):
        if " " in text or not error:
            continue
        places = len(text.rstrip("%").partition(".")[2])
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
    assert seen == {band.word for band in BANDS} | {""}
    cases = {(one.unit, one.holds, one.verdict) for one in decisions}
    # A fraction is never surely the very number named, nor surely not beside it.
    assert len(cases) == 3 * len(HOLDS) * 3 - 2
    assert sum(one.reason == NEAR for one in decisions) > 50
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


@pytest.mark.parametrize("fault", ["side", "interval", "digits", "word", "verdict", "order"])
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
