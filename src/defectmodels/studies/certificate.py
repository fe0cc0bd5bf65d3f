"""Certificates of calibration: one small file for each shipped model, which a report cites.

A certificate holds what a study of calibration found of a model on data of a form, and digests of all that
could make another finding: the code of density, counting and simulation, the model file, and the form of the
data (who is counted, when, how precisely, by whom; the series), not its numbers.

Invariant: a change of any of these makes a certificate stale, and a change of published numbers alone does
not. Shown by ``tests/test_certificate.py``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from defectmodels import catalog
from defectmodels.errors import FitError, SpecError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.files import read_text, write_text
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.digests import digests_of

if TYPE_CHECKING:
    # A report cites a certificate, and needs nothing of what samples.
    from defectmodels.studies.sbc import Calibration

FORMAT = "defectmodels certificate 1"
Stale = Literal["model", "data", "code"]
STALE: tuple[Stale, ...] = ("model", "data", "code")
COVERAGE = (0.5, 0.8, 0.9, 0.95)
"""Probabilities of the central intervals whose coverage is told."""
LEAST_ESS = 20.0
"""Effective draws below which a fit is told as thin. Of one short chain it is a rough number."""
ENOUGH = 0.01
"""Smallest p times the number of quantities below which ranks are told as not uniform."""
MOST_DIVERGING = 0.01
"""Share of diverging draws above which a fit is told as failed, as `defectmodels.estimands.checks` does."""


@dataclass(frozen=True)
class Certificate:
    """What a study of calibration found.

    Attributes
    ----------
    model, dataset : str
    digests : dict of str to str
        Of 'model', 'data' and 'code'.
    settings : dict
        Of each fit.
    given : bool
        Whether worlds were drawn given the data, or from the prior.
    near : float or None
    random_seed : int
    date : str
        Day on which it was made.
    simulations, failures, thin : int
        Worlds fitted; worlds that could not be; fits that diverged or have few effective draws.
    quantities : int
        Ranked parameters and quantities, and events.
    worst : str
        The one whose ranks are farthest from uniform.
    p : float
        Its probability under uniform ranks.
    coverage : tuple of dict
        Rows of `Calibration.table` of the headline quantities.
    """

    model: str
    dataset: str
    digests: dict[str, str]
    settings: dict[str, Any]
    given: bool
    near: float | None
    random_seed: int
    date: str
    simulations: int
    failures: int
    thin: int
    quantities: int
    worst: str
    p: float
    coverage: tuple[dict[str, Any], ...]

    @property
    def calibrated(self) -> bool:
        """Whether the worst p is one that so many quantities have by chance."""
        return self.p * self.quantities >= ENOUGH

    def stale(self, spec: ModelSpec, dataset: Dataset) -> tuple[Stale, ...]:
        """What has changed since: of 'model', 'data' and 'code'."""
        now = digests_of(spec, dataset)
        return tuple(key for key in STALE if self.digests[key] != now[key])

    def save(self, path: str | Path) -> Path:
        """Write it to a JSON file, whole or not at all."""
        content = {"format": FORMAT} | asdict(self)
        write_text(Path(path), json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        return Path(path)


def certify(found: Calibration) -> Certificate:
    """The certificate of a study."""
    table, (worst, p, quantities) = found.table(), found.worst()
    rows = table[table["quantity"].isin(found.headline)].drop(columns="simulations").round(4)
    made = found.made
    return Certificate(
        model=made["model"],
        dataset=made["dataset"],
        # Of the code that ran, which may not be what stands on disk by now.
        digests=dict(made["digests"]),
        settings={key: made["settings"][key] for key in ("draws", "tune", "chains")},
        given=bool(made["given"]),
        near=made["near"],
        random_seed=int(made["random_seed"]),
        date=datetime.now(UTC).date().isoformat(),
        simulations=len(found.fits),
        failures=len(found.failures),
        thin=len(found.thin),
        quantities=quantities,
        worst=worst,
        p=float(f"{p:.3g}"),
        coverage=tuple({str(k): v for k, v in one.items()} for one in rows.to_dict("records")),
    )


def certificate_path(model: str) -> Path:
    """Where the certificate of a shipped model is."""
    return catalog.root() / "models" / "certificates" / f"{model}.json"


def load_certificate(path: str | Path) -> Certificate:
    """Read a certificate from its file.

    Raises
    ------
    FitError
        When there is no such file, or it holds none.
    """
    try:
        content = json.loads(read_text(Path(path)))
        if content.pop("format") != FORMAT:
            raise KeyError("format")
        return Certificate(**content | {"coverage": tuple(content["coverage"])})
    except SpecError as error:
        raise FitError(f"{error}; make it with: defectmodels study sbc") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise FitError(
            f"{path}: is no certificate ({reason}); make it again with: defectmodels study sbc"
        ) from None


def certificate_of(spec: ModelSpec, dataset: Dataset) -> Certificate | None:
    """The certificate of a shipped model on a dataset; None where there is none.

    `Certificate.stale` says whether it still holds.
    """
    path = certificate_path(spec.name)
    if not path.is_file():
        return None
    found = load_certificate(path)
    return found if found.dataset == dataset.name else None
