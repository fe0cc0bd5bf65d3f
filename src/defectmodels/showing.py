"""What `show` says of a model, a dataset, a series, a scenario, claims or a fit file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from defectmodels import catalog
from defectmodels.errors import EvidenceError, UnknownNameError, known

if TYPE_CHECKING:
    from defectmodels.evidence.dataset import Dataset
    from defectmodels.model.spec import ModelSpec


def _model(path: Path) -> dict[str, Any]:
    from defectmodels.model.spec import load_model

    spec = load_model(path)
    return {
        "model": spec.name,
        "title": spec.title,
        "description": " ".join(spec.description.split()),
        "groups": ", ".join(spec.groups),
        "periods": f"{len(spec.periods)} {spec.axis.every}s, {spec.axis.start} to {spec.axis.end}",
        "terms": ", ".join(term.kind for term in spec.term) or "none",
        "series": ", ".join(spec.series) or "none",
        "definitions": ", ".join(spec.definition) or "all that count the groups",
        "digest": spec.digest,
        "calibration": _calibration(spec),
    }


def _calibration(spec: ModelSpec) -> str:
    from defectmodels.evidence.dataset import load_dataset
    from defectmodels.studies.certificate import certificate_path, load_certificate
    from defectmodels.studies.sbc_text import certified

    path = certificate_path(spec.name)
    if not path.is_file():
        return certified(None, ())
    found = load_certificate(path)
    return certified(found, found.stale(spec, load_dataset(found.dataset)))


def _dataset(path: Path, as_of: str | None) -> dict[str, Any]:
    from defectmodels.evidence.dataset import load_dataset

    data = load_dataset(path, as_of)
    return {
        "dataset": data.name,
        "as of": data.as_of or "today",
        "title": data.header.title,
        "description": " ".join(data.header.description.split()),
        "groups": ", ".join(group.name for group in data.header.group),
        "statements": dict(Counter(statement.status for statement in data.statements)),
        "definitions": {d.name: d.label for d in data.header.definition if d.countable},
        "series": ", ".join(sorted(data.series)),
        "digest": data.digest,
    } | ({"other than today": _changes(load_dataset(path), data)} if data.as_of else {})


def _changes(today: Dataset, earlier: Dataset) -> dict[str, str]:
    """Rows whose status was another one, with both, and rows that are derived for the date."""
    statuses = {row.id: row.status for row in today.statements}
    return {
        row.id: f"{statuses[row.id]} today, {row.status} then"
        if row.id in statuses
        else f"{row.status} then, derived: {row.note}"
        for row in earlier.statements
        if statuses.get(row.id) != row.status
    }


def _series(path: Path) -> dict[str, Any]:
    from defectmodels.evidence.series import read_series

    series = read_series(path)
    return {
        "series": series.name,
        "title": series.title,
        "unit": series.unit,
        "role": series.role,
        "description": " ".join(series.description.split()),
        "one unit of x": series.per or "not a covariate",
        "coded by judgement": series.judgement,
        "levels": len(series.step),
        "eras": {name: str(span) for name, span in series.eras().items()},
    }


def _scenario(path: Path) -> dict[str, Any]:
    from defectmodels.evidence.scenario import load_scenario

    one = load_scenario(path)
    return {
        "scenario": one.name,
        "title": one.title,
        "description": " ".join(one.description.split()),
        "to read it as an effect, assume": " ".join(one.assumption.split()) or "nothing is said",
        "after the last known day": "held" if one.beyond == "hold" else "missing",
        "changes": [
            f"{change.series}, {change.from_ or 'ever'} to {change.to or 'ever'}: {change.kind}; {change.why}"
            for change in one.change
        ],
        "digest": one.digest,
    }


def _claims(path: Path) -> dict[str, Any]:
    from defectmodels.evidence.claims import load_claims

    found = load_claims(path)
    return {
        "claims": found.name,
        "title": found.title,
        "source": found.source or "not named",
        "dataset": found.dataset or "any",
        "each": {one.id: f"{one.text} ({one.kind})" for one in found.claim},
    }


def _fit(path: Path) -> dict[str, Any]:
    from defectmodels.inference.fit import load_fit

    return {"fit": str(path)} | load_fit(path).made


def describe(name: str, as_of: str | None = None) -> dict[str, Any]:
    """Say what a name or a path is and what it holds; of a dataset, as of a date.

    Raises
    ------
    UnknownNameError
        When it is none of the six.
    EvidenceError
        When a date is given that is not allowed, or for something that is no dataset.
    """
    path = Path(name)
    if (path / "dataset.toml").is_file() or name in catalog.datasets():
        return _dataset(catalog.find(name, "dataset"), as_of)
    if as_of is not None:
        raise EvidenceError(f"'{name}' is no dataset, and only a dataset is shown as of a date")
    if path.suffix in (".nc", ".zarr"):
        return _fit(path)
    if name in catalog.models():
        return _model(catalog.find(name, "model"))
    series = {one.stem: one for one in catalog.series_folder().glob("*.toml")}
    if name in series:
        return _series(series[name])
    if name in catalog.scenarios():
        return _scenario(catalog.find(name, "scenario"))
    if name in catalog.claims():
        return _claims(catalog.find(name, "claims"))
    if path.suffix == ".toml" and path.is_file():
        return _model(path)
    choices = [
        *catalog.models(),
        *catalog.datasets(),
        *series,
        *catalog.scenarios(),
        *catalog.claims(),
    ]
    raise UnknownNameError(
        f"nothing is called '{name}', and it is no path of a model, dataset or fit. {known(name, choices)}"
    )
