"""`maskwright bundle`, with this machine's database and with a server."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.bundle import build
from app.cli.main import FAILED, WRONG_USE, run
from app.db.enums import CheckpointKind
from tests.conftest import Person
from tests.exported import exported_random_model
from tests.listening import listening
from tests.trained import store_trained_model

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def model_id(
    project_id: int, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> int:
    """A trained model, and a page in place of the built one."""
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<!doctype html>")
    (tmp_path / "page" / build.PAGE_PACKAGES).write_text("[]")
    monkeypatch.setattr(build, "PAGE", tmp_path / "page")
    monkeypatch.chdir(tmp_path)
    exported = exported_random_model(tmp_path_factory, seed=0)
    return store_trained_model(project_id, name="figs & nuts", exports=dict.fromkeys(CheckpointKind, exported))


@pytest.fixture
def server(app: FastAPI, owner: Person) -> Iterator[str]:
    with listening(app) as address:
        yield address


@pytest.fixture(params=["database", "server"])
def place(request: pytest.FixtureRequest, owner: Person) -> list[str]:
    """The options that say where the model is."""
    if request.param == "database":
        return []
    return ["--url", request.getfixturevalue("server"), "--token", owner.token]


def test_bundle__writes_a_zip_named_after_project_and_model(
    model_id: int, owner: Person, place: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    options = ["--checkpoint", "last", "--no-golden", "--json"]
    assert run(["bundle", str(model_id), *options, *place]) == 0
    said = json.loads(capfd.readouterr().out)
    project_id = owner.get(f"/api/v1/models/{model_id}").json()["project_id"]
    project_name = owner.get(f"/api/v1/projects/{project_id}").json()["name"]
    file = Path(f"{project_name}-figs-nuts-last-slow.zip")
    assert said == {"model": model_id, "file": str(file), "bytes": file.stat().st_size}
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("figs-nuts-last-slow/manifest.json"))
    assert (manifest["model_name"], manifest["checkpoint"]) == ("figs & nuts", "last")
    assert run(["bundle", str(model_id), "-o", "other.zip", "--no-golden", *place]) == 0
    assert Path("other.zip").exists()
    assert not list(Path().glob("*.partial"))


def test_bundle__says_what_is_wrong(model_id: int, place: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["bundle", "999", *place]) == FAILED
    assert "there is no model 999" in capfd.readouterr().err
    assert run(["bundle", str(model_id), "--speed", "medium", *place]) == FAILED
    assert "medium" in capfd.readouterr().err
    assert run(["bundle", str(model_id), "--speed", "warp", *place]) == WRONG_USE
    assert not list(Path().glob("*.zip*"))
