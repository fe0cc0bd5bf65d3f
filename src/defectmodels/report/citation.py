"""How to cite a fit: what it is, of what it was made, and as the evidence stood when.

Invariant: nothing is stated that the fit does not hold; who publishes it is left open. Shown by
``tests/test_exports.py``.
"""

from __future__ import annotations

import json
from typing import Any

from defectmodels.inference.fit import Fit


def _one_line(text: str) -> str:
    return " ".join(text.split())


def title(fit: Fit) -> str:
    """Name the fit by its model and dataset."""
    return f"Fit of '{fit.spec.title}' to '{fit.dataset.header.title}'"


def evidence_date(fit: Fit) -> str:
    """Say as of when the evidence stood."""
    if fit.made["as_of"]:
        return f"statements as they stood on {fit.made['as_of']}"
    last = max((one.published for one in fit.dataset.statements if one.published), default="")
    return f"all statements of the dataset, the last published {last}" if last else "all statements"


def _package(fit: Fit) -> str:
    return str(fit.made["versions"].get("defectmodels", "not stated"))


def _abstract(fit: Fit) -> str:
    made = fit.made
    settings = ", ".join(f"{name} {value}" for name, value in made["settings"].items())
    versions = ", ".join(f"{name} {value}" for name, value in made["versions"].items())
    return (
        f"Posterior of model {made['model']} (SHA-256 {made['model_digest']}) given dataset "
        f"{made['dataset']} with its series (SHA-256 {made['dataset_digest']}), "
        f"{evidence_date(fit)}. Sampler {made['sampler']}, seed {made['random_seed']}, {settings}. "
        f"Versions: {versions}. Checks: {fit.checks.verdict}."
    )


def citation_text(fit: Fit) -> str:
    """One paragraph to cite the fit by, and the dataset's own citation."""
    text = (
        f"[Your name]. {title(fit)}. Made with defectmodels {_package(fit)}. {_abstract(fit)}\n\n"
        "[Your name] is whoever publishes this: the fit does not know. Cite the dataset too.\n"
    )
    own = _one_line(fit.dataset.header.citation)
    return f"{text}\nDataset: {fit.dataset.header.title}. {own}\n" if own else text


def citation_cff(fit: Fit) -> str:
    """Citation File Format 1.2.0; every value is written as JSON writes it, which is YAML."""
    made, header = fit.made, fit.dataset.header
    digests = [
        {"type": "other", "value": f"sha256:{made[f'{what}_digest']}", "description": said}
        for what, said in (("model", "the model"), ("dataset", "dataset and series"))
    ]
    unknown = [{"name": "not stated: whoever publishes this fit"}]
    data: dict[str, Any] = {
        "type": "data",
        "title": header.title,
        "authors": [{"name": "not stated as such: see the notes"}],
        "notes": _one_line(header.citation) or "The dataset states no citation.",
    }
    package = {
        "type": "software",
        "title": "defectmodels",
        "authors": [{"name": "the defectmodels authors"}],
        "version": _package(fit),
    }
    content: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use figures or numbers of this fit, cite it as below, with its dataset.",
        "type": "dataset",
        "title": title(fit),
        "authors": unknown,
        "abstract": _abstract(fit),
        "identifiers": digests,
        "references": [data, package],
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in content.items()]
    return "\n".join(lines) + "\n"
