"""A name or a path leads to the same file, from a checkout and from a wheel."""

from pathlib import Path

import pytest

from defectmodels import catalog
from defectmodels.errors import SpecError, UnknownNameError

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package: models/ and data/ in shipped/ beside the modules."""
    package = tmp_path / "site-packages" / "defectmodels"
    (package / "shipped" / "models").mkdir(parents=True)
    (package / "shipped" / "models" / "only_here.toml").touch()
    (package / "shipped" / "data" / "elsewhere").mkdir(parents=True)
    (package / "shipped" / "data" / "elsewhere" / "dataset.toml").touch()
    monkeypatch.setattr(catalog, "_PACKAGE", package)
    return package


def test_checkout_is_the_root() -> None:
    assert catalog.root() == ROOT
    assert catalog.series_folder() == ROOT / "data" / "series"


def test_every_model_and_dataset_of_the_checkout_is_named() -> None:
    assert set(catalog.models()) == {path.stem for path in (ROOT / "models").glob("*.toml")}
    assert catalog.models()["escape_rates"] == ROOT / "models" / "escape_rates.toml"
    assert catalog.datasets()["arrivals"] == ROOT / "data" / "arrivals"
    assert "series" not in catalog.datasets() and "scenarios" not in catalog.datasets()
    shipped = (ROOT / "data" / "scenarios").glob("*.toml")
    assert set(catalog.scenarios()) == {path.stem for path in shipped}


def test_wheel_comes_before_the_checkout(wheel: Path) -> None:
    assert catalog.root() == wheel / "shipped"
    assert catalog.find("only_here", "model") == wheel / "shipped" / "models" / "only_here.toml"
    assert catalog.find("elsewhere", "dataset") == wheel / "shipped" / "data" / "elsewhere"


def test_installation_without_data_says_so(wheel: Path) -> None:
    (wheel / "shipped" / "data").rename(wheel / "gone")
    with pytest.raises(SpecError, match="install the package again"):
        catalog.root()


@pytest.mark.parametrize(
    ("name", "kind", "place"),
    [
        ("escape_rates", "model", "models/escape_rates.toml"),
        ("arrivals", "dataset", "data/arrivals"),
        ("no_closure", "scenario", "data/scenarios/no_closure.toml"),
    ],
)
def test_name_and_path_lead_to_the_same(name: str, kind: str, place: str) -> None:
    assert catalog.find(name, kind) == catalog.find(ROOT / place, kind) == ROOT / place
    assert catalog.find(str(ROOT / place), kind) == ROOT / place


def test_unknown_name_is_suggested() -> None:
    with pytest.raises(UnknownNameError) as caught:
        catalog.find("escape_rate", "model")
    text = str(caught.value)
    assert text.startswith("no model 'escape_rate': neither a path nor a shipped name. Known: ")
    assert text.endswith("Did you mean 'escape_rates'?")


def test_dataset_is_a_folder_and_model_a_file() -> None:
    with pytest.raises(UnknownNameError, match="no dataset"):
        catalog.find(ROOT / "models" / "escape_rates.toml", "dataset")
    for kind in ("model", "scenario"):
        with pytest.raises(UnknownNameError, match=f"no {kind}"):
            catalog.find(ROOT / "data" / "arrivals", kind)


def test_own_file_in_the_working_directory_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "arrivals").mkdir()
    monkeypatch.chdir(tmp_path)
    assert catalog.find("arrivals", "dataset") == Path("arrivals")
