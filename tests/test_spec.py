from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from defectmodels import catalog
from defectmodels.errors import EvidenceError, SpecError, UnknownNameError
from defectmodels.evidence.dataset import Dataset
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec, load_model
from smallworld import make_content, make_spec

Edit = Callable[[str, str], Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """Write the reference model with one text replaced, and give its path."""
    source = catalog.find("escape_rates", "model").read_text(encoding="utf-8")

    def edit(old: str, new: str) -> Path:
        assert old in source
        path = tmp_path / "mine.toml"
        path.write_text(source.replace(old, new, 1), encoding="utf-8")
        return path

    return edit


def refusal(path: Path) -> str:
    with pytest.raises(SpecError) as caught:
        load_model(path)
    return str(caught.value)


# --- what loads -----------------------------------------------------------------------------


def test_a_file_and_a_name_lead_to_the_same_model(edited: Edit) -> None:
    assert load_model(edited("", "")) == load_model("escape_rates")
    assert load_model(edited("", "")).digest == load_model("escape_rates").digest


def test_the_digest_changes_with_a_prior(edited: Edit) -> None:
    other = load_model(edited("size = 1.2", "size = 1.3"))
    assert other.digest != load_model("escape_rates").digest


def test_a_model_reads_back_from_its_own_content(escape_rates: ModelSpec) -> None:
    again = ModelSpec.model_validate_json(escape_rates.model_dump_json())
    assert again == escape_rates
    assert again.digest == escape_rates.digest


def test_a_model_is_frozen(escape_rates: ModelSpec) -> None:
    with pytest.raises(ValueError, match="frozen"):
        escape_rates.name = "another"  # type: ignore[misc]


def test_series_are_the_covariates_and_the_exposures_once(escape_rates: ModelSpec) -> None:
    assert escape_rates.covariates[:2] == ("border_closure", "china_transit_restriction")
    assert escape_rates.series == (
        *escape_rates.covariates,
        "officials_abroad",
        "border_population",
    )
    assert make_spec(exposure={"elite": "staff", "commoner": "staff"}).series == ("staff",)


def test_a_model_needs_no_terms() -> None:
    spec = make_spec()
    assert spec.series == ()
    assert spec.covariates == ()
    assert len(spec.periods) == 4


@pytest.mark.parametrize("path", catalog.models().values(), ids=lambda path: path.stem)
def test_every_shipped_model_is_named_as_its_file(path: Path) -> None:
    assert load_model(path).name == path.stem


def test_an_unknown_model_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'escape_rates'"):
        load_model("escape_rate")


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("title =", "titel =", "", "unknown key 'titel'. Known: axis, baseline,"),
        ("title =", "titel =", "", "Did you mean 'title'?"),
        ("[baseline.elite.rate]", "[baseline.elite.rat]", "baseline.elite", "unknown key 'rat'"),
        ("[definition.arrivals]", "[definition.arrivals]\nx=1", "definition.arrivals", "'x'"),
        ('every = "quarter"', 'every = "week"', "axis.every", "'week' is not allowed; allowed: "),
        ('start = "1998"', 'start = "1998-02"', "axis", "not a whole number of quarters"),
        ('end = "2025"', 'end = "1990"', "axis", "ends before it starts"),
        ('end = "2025"', 'end = "the end"', "axis", "'the end' is not a span of time"),
        ('of = "elite"', 'of = "elites"', "headline.of", "unknown group 'elites'"),
        ('before = "2019"', 'before = "20x9"', "headline.before", "is not a span of time"),
        ('["2009", "2023"]', '["2009", "20x3"]', "headline.also", "is not a span of time"),
        ('["elite", "commoner"]', '["elite", "elite"]', "groups", "a name stands twice"),
        ('["elite", "commoner"]', "[]", "groups", "at least 1 item"),
        ("elite = ", "elites = ", "exposure", "unknown group 'elites'. Known: commoner, elite."),
        ("[[term.effect]]\nseries", "[[term.effect]]\nserie", "term[0]", "unknown key 'serie'"),
        ('["commoner"]', '["comoner"]', "term[0].effect[0].groups", "Did you mean 'commoner'?"),
        ('kind = "season"', 'kind = "saison"', "term[1]", "unknown kind 'saison'"),
        ('kind = "season"', 'kind = "season"\ngroups = ["men"]', "term[1].groups", "'men'"),
        ('"china_trade"', '"sanctions"', "term[0].effect", "a series stands twice"),
        ('every = "quarter"', 'every = "year"', "term[1]", "a yearly axis has no season"),
        ("median = 0.3,", "median = -0.3,", "term[0]", "should be greater than 0 (found -0.3)"),
        ("size = 1.2", "size = 0.8", "term[1]", "should be greater than 1 (found 0.8)"),
        ('dist = "lognormal"', 'dist = "normal"', "baseline.elite.rate", "unknown dist 'normal'"),
        ("[frailty]\nmedian = 0.15\n", "[frailty]\n", "frailty.median", "this key is missing"),
        ('groups = ["elite"', 'over_budget = "x"\ngroups = ["elite"', "over_budget", "'x' is not"),
    ],
)
def test_a_refusal_names_the_file_and_the_key(
    edited: Edit, old: str, new: str, key: str, says: str
) -> None:
    path = edited(old, new)
    text = refusal(path)
    assert text.startswith(f"{path}: {key}")
    assert says in text


def test_every_wrong_key_is_reported_at_once(edited: Edit) -> None:
    path = edited('every = "quarter"', 'every = "week"')
    path.write_text(path.read_text(encoding="utf-8").replace("size = 1.2", "size = 0.8"))
    lines = refusal(path).splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"{path}: ") for line in lines)


def test_a_group_without_a_baseline_is_refused(edited: Edit) -> None:
    path = edited('["elite", "commoner"]', '["elite", "commoner", "men"]')
    assert refusal(path) == f"{path}: baseline.men is missing; give every group a prior rate"


WITHIN = "within = 'mou_elite_group'"
PART = f"{WITHIN}\nshare = {{mean = 0.5, size = 4, why = 'a test'}}"
AGAIN = "factor = {median = 1, factor = 2, why = 'a test'}"


@pytest.mark.parametrize(
    ("name", "lines", "key", "says"),
    [
        ("arrivals", f"{PART}\n{AGAIN}", "", "leave one out"),
        ("arrivals", WITHIN, "", "share is missing"),
        ("arrivals", PART.removeprefix(WITHIN), "", "within is missing"),
        ("arrivals", PART.replace("elite", "elites"), ".within", "Did you mean 'mou_elite_group'?"),
        ("mou_elite_group", PART, ".within", "circle, mou_elite_group within mou_elite_group"),
    ],
)
def test_a_wrong_container_is_refused(
    edited: Edit, name: str, lines: str, key: str, says: str
) -> None:
    path = edited(f"[definition.{name}]", f"[definition.{name}]\n{lines}")
    text = refusal(path)
    assert text.startswith(f"{path}: definition.{name}{key}: ")
    assert says in text


def test_one_definition_has_one_part(edited: Edit) -> None:
    path = edited("[definition.arrivals]", f"[definition.arrivals]\n{PART}")
    one = 'factor = { median = 1.5, factor = 3.0, why = "the same legal gate'
    text = path.read_text(encoding="utf-8").replace(one, f"{PART}\n#")
    path.write_text(text, encoding="utf-8")
    said = refusal(path)
    assert said.startswith(f"{path}: definition.arrivals.within: 'nis_protected' is within")
    assert said.endswith("put one within the other or give one a factor")


def test_containers_are_named_from_the_nearest_outwards() -> None:
    share = {"mean": 0.5, "size": 4.0, "why": "a test"}
    definition = {"a": {}} | {b: {"within": a, "share": share} for a, b in ("ab", "bc")}
    spec = make_spec(definition=definition)
    assert spec.containers("c") == ("b", "a")
    assert spec.scaled == ("b", "c")
    assert spec.within == {"b": "a", "c": "b"}


def test_a_baseline_of_no_group_is_refused() -> None:
    content = make_content(groups=("elite",))
    content["baseline"]["commoner"] = content["baseline"]["elite"]
    with pytest.raises(ValueError, match="baseline: unknown group 'commoner'"):
        ModelSpec.model_validate(content)


@pytest.mark.parametrize("kind", ["season", "trend"])
def test_a_kind_of_term_stands_once(kind: str, escape_rates: ModelSpec) -> None:
    content = escape_rates.model_dump()
    terms = [term for term in content["term"] if term["kind"] == kind]
    with pytest.raises(ValueError, match="a kind stands twice"):
        ModelSpec.model_validate(content | {"term": [*content["term"], *terms]})


def test_a_trend_needs_three_periods() -> None:
    trend = {"kind": "trend", "scale": {"median": 0.2, "factor": 3.0, "why": "a test"}}
    assert len(make_spec("2020Q1", "2020Q3", term=[trend]).periods) == 3
    with pytest.raises(ValueError, match="at least 3 periods"):
        make_spec("2020Q1", "2020Q2", term=[trend])


def test_a_status_that_no_statement_has_is_refused() -> None:
    with pytest.raises(ValueError, match="curent"):
        make_spec(statuses=["curent"])


def test_more_than_a_thousand_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 1000"):
        make_spec(groups=[f"g{i}" for i in range(1001)])


def test_an_unknown_series_is_found_when_held_against_the_dataset(
    edited: Edit, shipped: Dataset
) -> None:
    """A model file does not know which series there are: the dataset may have its own."""
    spec = load_model(edited('series = "border_closure"', 'series = "border_closed"'))
    with pytest.raises(EvidenceError, match="unknown series 'border_closed'") as caught:
        make_design(spec, shipped)
    assert "Did you mean 'border_closure'?" in str(caught.value)
