"""How to cite a fit: what it is, of what it was made, and as the evidence stood when.

Invariant: nothing is stated that the fit does not hold; who publishes it is left open. Shown by
``tests/test_exports.py``.
"""

from __future__ import annotations

import json
from typing import Any

from defectmodels.inference.fit import Fit
from defectmodels.report.sources import settings_text
from defectmodels.wording import say, titled


def _one_line(text: str) -> str:
    return " ".join(text.split())


def title(fit: Fit) -> str:
    """Name the fit by its model and dataset."""
    model, dataset = titled(fit.spec.title), titled(fit.dataset.header.title)
    return say("export-title", model=model, dataset=dataset)


def evidence_date(fit: Fit) -> str:
    """Say as of when the evidence stood."""
    if fit.made["as_of"]:
        return say("export-as-of", day=str(fit.made["as_of"]))
    last = max((one.published for one in fit.dataset.statements if one.published), default="")
    return say("export-all-until", day=last) if last else say("export-all")


def _package(fit: Fit) -> str:
    return str(fit.made["versions"].get("defectmodels", say("export-not-stated")))


def _abstract(fit: Fit) -> str:
    made = fit.made
    return say(
        "export-abstract",
        model=str(made["model"]),
        digest=str(made["model_digest"]),
        dataset=str(made["dataset"]),
        evidence_digest=str(made["dataset_digest"]),
        evidence=evidence_date(fit),
        sampler=str(made["sampler"]),
        seed=str(made["random_seed"]),
        settings=settings_text(made),
        versions=", ".join(f"{name} {value}" for name, value in made["versions"].items()),
        verdict=fit.checks.verdict,
    )


def citation_text(fit: Fit) -> str:
    """How to cite the fit, and the dataset's own citation: a paragraph each."""
    told = [
        say("export-cite", title=title(fit), version=_package(fit), abstract=_abstract(fit)),
        say("export-cite-who"),
    ]
    if own := _one_line(fit.dataset.header.citation):
        name = titled(fit.dataset.header.title)
        told.append(say("export-cite-dataset", title=name, citation=titled(own)))
    return "\n\n".join(told) + "\n"


def citation_cff(fit: Fit) -> str:
    """Citation File Format 1.2.0; every value is written as JSON writes it, which is YAML."""
    made, header = fit.made, fit.dataset.header
    digests = [
        {"type": "other", "value": f"sha256:{made[f'{what}_digest']}", "description": told}
        for what, told in (
            ("model", say("export-file-model")),
            ("dataset", say("export-file-dataset")),
        )
    ]
    unknown = [{"name": say("export-unknown-author")}]
    data: dict[str, Any] = {
        "type": "data",
        "title": header.title,
        "authors": [{"name": say("export-see-notes")}],
        "notes": _one_line(header.citation) or say("export-no-citation"),
    }
    package = {
        "type": "software",
        "title": "defectmodels",
        "authors": [{"name": say("export-authors")}],
        "version": _package(fit),
    }
    content: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": say("export-ask"),
        "type": "dataset",
        "title": title(fit),
        "authors": unknown,
        "abstract": _abstract(fit),
        "identifiers": digests,
        "references": [data, package],
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in content.items()]
    return "\n".join(lines) + "\n"
