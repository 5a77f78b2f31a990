"""`maskwright predict` on folders of pictures, against a real server."""

import json
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image

from app.cli.main import FAILED, WRONG_USE, run
from app.predictions.rate_limit import RateLimit
from app.settings import Settings
from tests.clients.conftest import MODEL_NAME, address, export, model_id  # noqa: F401
from tests.conftest import Person, use_settings
from tests.services import free_port

WIDTH, HEIGHT = 90, 70

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    """Two pictures, one of them in a folder of its own, beside what is none."""
    folder = tmp_path / "frames"
    (folder / "night").mkdir(parents=True)
    for seed, name in enumerate(("0001.png", "night/0002.JPG")):
        rgb = np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
        Image.fromarray(rgb).save(folder / name)
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture
def place(address: str, owner: Person, project_id: int, model_id: int) -> list[str]:  # noqa: F811
    """The options that say which model of which server."""
    return ["--url", address, "--token", owner.token, "--project", str(project_id), "--model", MODEL_NAME]


def test_predict__writes_what_the_endpoint_answers(
    place: list[str], frames: Path, tmp_path: Path, owner: Person, project_id: int, capfd: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "found.json"
    assert run(["predict", str(frames), *place, "--output", str(output), "--json"]) == 0
    found = json.loads(output.read_text())
    said = json.loads(capfd.readouterr().out)
    assert sorted(found) == ["0001.png", "night/0002.JPG"]
    assert said == {"file": str(output), "images": 2, "objects": sum(map(len, found.values())), "refused": {}}
    answer = owner.post(
        f"/api/predict/{project_id}/{MODEL_NAME}",
        content=(frames / "0001.png").read_bytes(),
        headers={"Content-Type": "application/octet-stream"},
    )
    assert found["0001.png"] == answer.json() != []


def test_predict__masks_lie_in_a_folder_for_each_image(place: list[str], frames: Path, tmp_path: Path) -> None:
    output, masks = tmp_path / "found.json", tmp_path / "masks"
    assert run(["predict", str(frames), *place, "--output", str(output), "--masks", str(masks)]) == 0
    found = json.loads(output.read_text())
    for name, objects in found.items():
        assert objects
        for one in objects:
            with Image.open(masks / name / one["file"]) as mask:
                assert mask.size == (WIDTH, HEIGHT)
    assert len(list(masks.rglob("mask_*.png"))) == sum(map(len, found.values()))


def test_predict__of_what_is_no_image_says_so_and_goes_on(
    place: list[str], frames: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (frames / "0000.png").write_bytes(b"broken")
    output = tmp_path / "found.json"
    assert run(["predict", str(frames), *place, "--output", str(output)]) == FAILED
    assert sorted(json.loads(output.read_text())) == ["0001.png", "night/0002.JPG"]
    assert capfd.readouterr().err.startswith("0000.png: ")


def test_predict__takes_every_kind_of_picture_and_waits_for_its_tokens_turn(
    place: list[str], tmp_path: Path, app: FastAPI, app_env: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(monkeypatch, data_dir=app_env.data_dir, database_url=app_env.database_url, predict_per_minute=2)
    names = ["1.avif", "2.ppm", "3.jp2", "4.jfif"]
    for name in names:
        Image.new("RGB", (WIDTH, HEIGHT)).save(tmp_path / name)
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        app.state.prediction_rates = RateLimit()

    monkeypatch.setattr("app.cli.predict.time.sleep", wait)
    output = tmp_path / "found.json"
    assert run(["predict", str(tmp_path), *place, "--output", str(output)]) == 0
    assert sorted(json.loads(output.read_text())) == names
    assert len(waits) == 1


def test_predict__says_what_is_wrong_with_the_use(
    place: list[str], frames: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    output = ["--output", str(tmp_path / "found.json")]
    (tmp_path / "empty").mkdir()
    assert run(["predict", str(tmp_path / "empty"), *place, *output]) == WRONG_USE
    assert run(["predict", str(frames), *place[:-1], "none", *output]) == FAILED
    assert "has no model 'none'" in capfd.readouterr().err
    assert run(["predict", str(frames), "--url", f"http://127.0.0.1:{free_port()}", *place[2:], *output]) == FAILED
    assert "check --url" in capfd.readouterr().err
    assert not (tmp_path / "found.json").exists()
