"""Settings: where defaults put things, and that each is described."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.cli.failures import in_words
from app.settings import Settings
from tests.conftest import use_settings

DOCUMENT = (Path(__file__).parent.parent / "docs" / "settings.md").read_text()
NAMED = re.findall(r"^\| `MASKWRIGHT_([A-Z_]+)` \|", DOCUMENT, re.MULTILINE)


def test_document__describes_every_setting_once() -> None:
    assert sorted(NAMED) == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize(
    "name",
    [
        "weights_download",
        "host",
        "port",
        "max_upload_mb",
        "max_image_pixels",
        "predict_per_minute",
        "batch_days",
        "device",
        "predict_device",
    ],
)
def test_document__names_the_default(name: str) -> None:
    default = str(Settings.model_fields[name].default).replace("True", "true")
    assert re.search(rf"^\| `MASKWRIGHT_{name.upper()}` \| `{re.escape(default)}` \|", DOCUMENT, re.MULTILINE)


def test_settings__puts_everything_below_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_settings(monkeypatch, data_dir=tmp_path)
    settings = Settings()
    assert settings.resolved_database_url == f"sqlite:///{tmp_path}/maskwright.db"
    assert settings.resolved_storage_url == f"file://{tmp_path}/storage"
    assert settings.resolved_weights_dir == tmp_path / "weights"
    assert settings.broker_dir == tmp_path / "broker"


def test_settings__keeps_a_made_signing_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_settings(monkeypatch, data_dir=tmp_path)
    key = Settings().signing_key()
    assert len(key) == 64
    assert Settings().signing_key() == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_settings__refuses_a_device_that_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("device", "predict_device"):
        use_settings(monkeypatch, data_dir=tmp_path, **{name: "gpu"})
        with pytest.raises(ValidationError, match=name):
            Settings()


def test_settings__refuses_an_allowance_that_allows_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_settings(monkeypatch, data_dir=tmp_path, predict_url_allow="images.local,10.1.0.0/99")
    with pytest.raises(ValidationError) as refused:
        Settings()
    told = "MASKWRIGHT_PREDICT_URL_ALLOW: '10.1.0.0/99' is no network: give one such as 10.1.0.0/16 or fd00::/8"
    assert in_words(refused.value) == told
