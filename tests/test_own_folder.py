"""A country of one's own: files in a folder, and not one line of the package touched."""

from __future__ import annotations

import csv
import json
import math
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from country import prior
from defectmodels import cli
from defectmodels.errors import EvidenceError, SpecError
from defectmodels.estimands.rates import annual, years_of
from defectmodels.estimands.realised import realised
from defectmodels.evidence.dataset import load_dataset
from defectmodels.evidence.statements import COLUMNS
from defectmodels.evidence.validation import validate
from defectmodels.inference.fit import load_fit
from defectmodels.model.build import build
from defectmodels.model.design import make_design
from defectmodels.model.spec import load_model
from fabricate import fabricate
from smallworld import FAST

REDUCED = os.environ.get("DEFECTMODELS_REDUCED") == "1"
Statements = Sequence[tuple[str, str, str, str, str, str]]
"""definition, start, end, kind, low, high."""


def inline(value: Any) -> str:
    """Write a value as TOML on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {inline(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inline, value)) + "]"
    return json.dumps(value)


def toml(content: dict[str, Any]) -> str:
    return "".join(f"{key} = {inline(value)}\n" for key, value in content.items())


@dataclass(frozen=True)
class World:
    """What a user writes: groups, axis, statements, terms and series."""

    groups: tuple[str, ...]
    axis: tuple[str, str, str]
    statements: Statements
    terms: tuple[dict[str, Any], ...] = ()
    levels: dict[str, dict[str, float]] = field(default_factory=dict)
    exposure: dict[str, str] = field(default_factory=dict)
    rates: dict[str, float] = field(default_factory=dict)
    frailty: bool = False
    factors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Definitions with a factor of their own, and the groups that they count."""

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write the model file and the data folder."""
        model, data = folder / "mymodel.toml", folder / "mycountry"
        (data / "series").mkdir(parents=True)
        definitions = [{"name": "everyone", "label": "everyone", "groups": ["*"]}]
        definitions += [{"name": g, "label": g, "groups": [g]} for g in self.groups]
        definitions += [
            {"name": n, "label": n, "groups": list(of)} for n, of in self.factors.items()
        ]
        header = {
            "name": "mycountry",
            "title": "My country",
            "group": [{"name": g, "label": g.title()} for g in self.groups],
            "definition": definitions,
        }
        (data / "dataset.toml").write_text(toml(header), encoding="utf-8")
        with (data / "statements.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            keys = ("definition", "start", "end", "kind", "low", "high")
            common = {
                "status": "current",
                "published": "2024-01-15",
                "publisher": "Office",
                "source": "https://example.org",
            }
            for number, row in enumerate(self.statements):
                name = f"R{number}"
                writer.writerow(
                    {"id": name, "origin": name} | dict(zip(keys, row, strict=True)) | common
                )
        for name, levels in self.levels.items():
            steps = [
                {"from": start, "value": level, "status": "P"} for start, level in levels.items()
            ]
            series = {
                "name": name,
                "title": name,
                "unit": "1",
                "description": "Mine.",
                "role": "both",
                "per": f"one {name}",
            }
            text = toml(series)
            for step in steps:
                text += f'[[step]]\nfrom = {step["from"]}\nvalue = {step["value"]}\nstatus = "P"\n'
            (data / "series" / f"{name}.toml").write_text(text, encoding="utf-8")
        content: dict[str, Any] = {
            "name": "mymodel",
            "title": "My model",
            "description": "Of my own country.",
            "groups": list(self.groups),
            "axis": dict(zip(("start", "end", "every"), self.axis, strict=True)),
            "baseline": {
                g: {"rate": {"dist": "lognormal"} | prior(self.rates.get(g, 30.0), 10.0)}
                for g in self.groups
            },
            "exposure": self.exposure,
            "term": list(self.terms),
            "definition": {n: {} for n in ("everyone", *self.groups)}
            | {n: {"factor": prior(1.0, 2.0)} for n in self.factors},
        }
        if self.frailty:
            content["frailty"] = prior(0.2, 2.0)
        model.write_text(toml(content), encoding="utf-8")
        return model, data


def yearly(definition: str, counts: dict[int, int]) -> Statements:
    return [
        (definition, f"{y}-01-01", f"{y}-12-31", "exact", str(n), str(n)) for y, n in counts.items()
    ]


def monthly(definition: str, year: int, counts: Sequence[int]) -> Statements:
    lengths = [31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return [
        (definition, f"{year}-{m:02d}-01", f"{year}-{m:02d}-{days}", "exact", str(n), str(n))
        for m, (days, n) in enumerate(zip(lengths, counts, strict=True), 1)
    ]


TREND = {"kind": "trend", "scale": prior(0.2, 3.0)}
SEASON = {"kind": "season", "size": 1.3, "why": "a test"}
MONTHS = [9, 7, 12, 14, 15, 18, 20, 17, 14, 12, 8, 6]
TEN = tuple(f"province_{letter}" for letter in "abcdefghij")


def covariates(*names: str, groups: Sequence[str] = ()) -> dict[str, Any]:
    effects = [{"series": n, "groups": list(groups), "ratio": prior(0.7, 3.0)} for n in names]
    return {"kind": "covariates", "effect": effects}


WORLDS: dict[str, World] = {
    "ten groups": World(
        groups=TEN,
        axis=("2015", "2022", "year"),
        statements=[
            *yearly("everyone", {y: 400 - 30 * (y - 2015) for y in range(2015, 2023)}),
            *(row for i, g in enumerate(TEN[:9]) for row in yearly(g, {2016: 20 + 4 * i, 2021: 10 + 2 * i})),
        ],
        terms=(covariates("fence"), TREND),
        levels={"fence": {"2010-01-01": 0.0, "2019-06-01": 1.0}},
        frailty=True,
    ),
    "months": World(
        groups=("all",),
        axis=("2020-01", "2022-12", "month"),
        statements=[row for y in (2020, 2021, 2022) for row in monthly("all", y, MONTHS)],
        terms=(SEASON, TREND, covariates("fence")),
        levels={"fence": {"2010-01-01": 0.0, "2021-06-01": 1.0}},
        rates={"all": 150.0},
    ),
    "years without exposure": World(
        groups=("north", "south"),
        axis=("2010", "2016", "year"),
        statements=[
            *yearly("everyone", {y: 90 + y - 2010 for y in range(2010, 2017)}),
            *yearly("north", {2011: 20, 2015: 25}),
            ("south", "2013-01-01", "2013-12-31", "range", "50", "70"),
        ],
        terms=(TREND,),
        rates={"north": 24.0, "south": 68.0},
    ),
    "nobody came": World(
        groups=("elite", "commoner"),
        axis=("2018", "2022", "year"),
        statements=[
            *yearly("everyone", {2018: 3, 2019: 1, 2020: 0, 2021: 0, 2022: 2}),
            *yearly("elite", {2018: 0, 2019: 1, 2022: 0}),
        ],
        terms=(TREND,),
        rates={"elite": 0.3, "commoner": 1.0},
        frailty=True,
    ),
    "one group": World(
        groups=("all",),
        axis=("2019Q1", "2021Q4", "quarter"),
        statements=yearly("all", {2019: 120, 2020: 60, 2021: 30}),
        terms=(SEASON, TREND),
        levels={"people": {"2010-01-01": 50_000.0, "2020-01-01": 48_000.0}},
        exposure={"all": "people"},
        rates={"all": 0.002},
    ),
    "years without data": World(
        groups=("elite", "commoner", "stateless"),
        axis=("2012", "2022", "year"),
        # The elites are known of two years, the stateless of none, and of 2016 to 2018 nothing is.
        statements=[
            *yearly("everyone", {y: 200 for y in (2012, 2013, 2014, 2015, 2019, 2020, 2021, 2022)}),
            *yearly("elite", {2012: 10, 2021: 14}),
        ],
        terms=(TREND, covariates("fence", groups=["elite"])),
        levels={"fence": {"2010-01-01": 0.0, "2019-06-01": 1.0}},
    ),
    "words of its own": World(
        groups=("elite", "commoner"),
        axis=("2019", "2022", "year"),
        statements=[
            *yearly("everyone", {2019: 100, 2020: 40, 2021: 30}),
            ("press", "2019-03-01", "2020-02-28", "at_least", "6", ""),
            ("press", "2021-01-01", "2021-12-31", "at_most", "", "9"),
            ("elite", "2022-01-01", "2022-12-31", "range", "2", "9"),
        ],
        factors={"press": ("elite",)},
        frailty=True,
    ),
}  # fmt: skip
worlds = pytest.mark.parametrize("name", WORLDS)


@worlds
def test_the_files_are_sound_and_fit_together(name: str, tmp_path: Path) -> None:
    world = WORLDS[name]
    model, data = world.write(tmp_path)
    assert [str(p) for p in validate(data) if p.severity == "error"] == []
    design = make_design(load_model(model), load_dataset(data))
    selection = design.selection
    assert design.groups == world.groups
    # A statement is used, or follows from the others; none is lost without a word.
    used = len(selection.rows)
    assert used + len(selection.unused) == len(world.statements)
    assert used >= 3 and all(item.reason for item in selection.unused)
    assert np.isfinite(design.exposure).all() and np.isfinite(design.covariates).all()


@worlds
def test_logp_and_gradient_are_finite(name: str, tmp_path: Path) -> None:
    model, data = WORLDS[name].write(tmp_path)
    built = build(load_model(model), load_dataset(data))
    logp, slope = built.compile_logp(mode=FAST), built.compile_dlogp(mode=FAST)
    start = built.initial_point()
    rng = np.random.default_rng(4)
    values = []
    for spread in (0.0, 0.3, 1.0, 2.0):
        point = {
            key: value + spread * rng.normal(size=np.shape(value)) for key, value in start.items()
        }
        values.append(float(logp(point)))
        assert math.isfinite(values[-1]), spread
        gradient = np.asarray(slope(point))
        assert np.isfinite(gradient).all() and np.abs(gradient).max() > 0, spread
    assert len(set(values)) == len(values)


@worlds
def test_every_estimand_works(name: str, tmp_path: Path) -> None:
    """On made-up draws; sampling is slow."""
    model, data = WORLDS[name].write(tmp_path)
    spec, dataset = load_model(model), load_dataset(data)
    fit = fabricate(spec, dataset, draws=40, spread=0.02)
    assert bool(np.isfinite(annual(fit, years_of(fit))).all())
    assert fit.checks.verdict in ("pass", "warn", "fail") and len(fit.checks.items) >= 5
    if name in ("one group", "months", "years without exposure"):
        counts = realised(fit, random_seed=1)
        exact = [r for r in fit.design.selection.direct if r.certain]
        for row in exact:
            persons = (counts.values * fit.design.cell_weights(row)).sum(axis=(-1, -2))
            assert (persons == row.interval.low).all()


# --- what is missing is said ----------------------------------------------------------------


def changed(name: str, tmp_path: Path, change: Callable[[Path, Path], None]) -> tuple[Path, Path]:
    model, data = WORLDS[name].write(tmp_path)
    change(model, data)
    return model, data


def test_a_missing_covariate_is_named_with_its_place(tmp_path: Path) -> None:
    model, data = changed("months", tmp_path, lambda m, d: (d / "series" / "fence.toml").unlink())
    with pytest.raises((EvidenceError, LookupError), match="fence") as raised:
        make_design(load_model(model), load_dataset(data))
    assert "Known: " in str(raised.value)


def test_a_gap_in_a_covariate_is_named_with_its_day(tmp_path: Path) -> None:
    def cut(model: Path, data: Path) -> None:
        path = data / "series" / "fence.toml"
        path.write_text(
            path.read_text(encoding="utf-8").replace("2010-01-01", "2020-03-05"), encoding="utf-8"
        )

    model, data = changed("months", tmp_path, cut)
    with pytest.raises(EvidenceError, match=r"fence.*2020-01-01"):
        make_design(load_model(model), load_dataset(data))


def test_a_wrong_key_is_named_with_its_file(tmp_path: Path) -> None:
    def misspell(model: Path, data: Path) -> None:
        model.write_text(
            model.read_text(encoding="utf-8")
            .replace('"scale"', "scale")
            .replace("scale =", "scael ="),
            encoding="utf-8",
        )

    model, _ = changed("months", tmp_path, misspell)
    with pytest.raises(
        SpecError, match=r"mymodel\.toml: term\[1\].*unknown key 'scael'.*Did you mean 'scale'"
    ):
        load_model(model)


def test_a_wrong_cell_is_named_with_its_row(tmp_path: Path) -> None:
    def spoil(model: Path, data: Path) -> None:
        path = data / "statements.csv"
        path.write_text(
            path.read_text(encoding="utf-8").replace("exact,15,15", "exact,1.5e1,15", 1),
            encoding="utf-8",
        )

    _, data = changed("months", tmp_path, spoil)
    with pytest.raises(
        EvidenceError, match=r"statements\.csv: row 6: column 'low': '1\.5e1' is not a count"
    ):
        load_dataset(data)


def test_statements_that_no_model_group_counts(tmp_path: Path) -> None:
    world = World(
        groups=("all",), axis=("2001", "2004", "year"), statements=WORLDS["one group"].statements
    )
    model, data = world.write(tmp_path)
    with pytest.raises(
        EvidenceError,
        match=r"no statement that model 'mymodel' can count: .*outside the fitted periods 2001..2004",
    ):
        make_design(load_model(model), load_dataset(data))


# --- the whole way, sampled -----------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ten groups", "nobody came"] if REDUCED else WORLDS)
def test_from_files_to_report(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model, data = WORLDS[name].write(tmp_path)
    out, page = tmp_path / "my.nc", tmp_path / "my.html"

    def run(*args: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["defectmodels", *map(str, args)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return int(done.value.code or 0), printed.out

    code, said = run(
        "fit",
        model,
        data,
        "-o",
        out,
        "--draws",
        100,
        "--tune",
        200,
        "--chains",
        2,
        "--seed",
        3,
        "--quiet",
    )
    assert code == 0 and said.startswith(f"wrote {out}")
    assert run("check", out)[0] in (0, 1)
    code, said = run("estimate", out, "expected", "--json")
    assert code == 0
    rows = json.loads(said)
    fit = load_fit(out)
    years = years_of(fit)
    assert len(rows) == len(fit.spec.groups) * len(years)
    # Years of which the total was published are met, within frailty and chance.
    for row in fit.design.selection.direct:
        year = str(row.span.start.year)
        if row.certain and row.span.days >= 365 and len(row.groups) == len(fit.spec.groups):
            total = annual(fit, [year]).sum("group")
            low, high = np.quantile(total, [0.001, 0.999])
            scatter = 4 * math.sqrt(row.interval.low + 1) + (
                0.8 * row.interval.low if WORLDS[name].frailty else 0
            )
            assert low - scatter <= row.interval.low <= high + scatter, (year, low, high)
    assert run("report", out, "-o", page)[0] == 0
    text = page.read_text(encoding="utf-8")
    assert "My model" in text and "My country" in text
