"""The client package against a real server, over HTTP."""

import base64
import io
import json
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import update

from app.db.engine import session_scope
from app.db.enums import ModelStatus
from app.db.models import Model
from app.errors import ServiceUnavailable
from app.masks.instance import Rle
from app.masks.rle import decode_rle
from app.predictions.rate_limit import RateLimit
from app.settings import Settings
from maskwright_client import Client, MaskwrightError, ServerUnreachable, TrainingFailed, WaitedTooLong
from tests.clients.conftest import MODEL_NAME
from tests.conftest import Person, use_settings
from tests.services import free_port

WIDTH, HEIGHT = 90, 70

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    rgb = np.random.default_rng(5).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    Image.fromarray(rgb).save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


def test_predict__gives_what_the_endpoint_answers(
    maskwright: Client, owner: Person, project_id: int, model_id: int, picture: Path
) -> None:
    found = maskwright.predict(project_id, MODEL_NAME, picture)
    raw = owner.post(
        f"/api/predict/{project_id}/{MODEL_NAME}",
        content=picture.read_bytes(),
        headers={"Content-Type": "application/octet-stream"},
    ).json()
    assert found
    assert [(one.label, one.score, *one.box_xyxy) for one in found] == [
        (one["label"], one["score"], one["x0"], one["y0"], one["x1"], one["y1"]) for one in raw
    ]
    first = raw[0]["polygons"][0]["points"]
    assert found[0].polygons[0].exterior == tuple((point["x"], point["y"]) for point in first)
    assert (found[0].rle, found[0].png_base64) == (None, None)


def test_predict__masks_of_every_kind_cover_the_same_pixels(
    maskwright: Client, project_id: int, model_id: int, picture: Path
) -> None:
    content = picture.read_bytes()
    by_rle = maskwright.predict(project_id, MODEL_NAME, content, mask="rle", min_score=30)
    by_png = maskwright.predict(project_id, MODEL_NAME, content, mask="png", min_score=30, checkpoint="last")
    assert len(by_rle) == len(by_png) > 0
    for one, other in zip(by_rle, by_png, strict=True):
        assert one.rle is not None
        assert other.png_base64 is not None
        mask = decode_rle(Rle(size=(one.rle.height, one.rle.width), counts=one.rle.counts))
        x0, y0, x1, y1 = one.box_xyxy
        png = np.asarray(Image.open(io.BytesIO(base64.b64decode(other.png_base64))))
        assert np.array_equal(png, mask[y0:y1, x0:x1])
    assert maskwright.predict(project_id, MODEL_NAME, content, min_score=100, mask="none") == []


def test_predict__waits_for_a_place_when_the_server_is_busy(
    maskwright: Client, project_id: int, model_id: int, picture: Path, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    with ExitStack() as places:
        with suppress(ServiceUnavailable):
            while True:
                places.enter_context(app.state.predictions.gate.place())

        def wait(seconds: float) -> None:
            waits.append(seconds)
            places.close()

        monkeypatch.setattr("maskwright_client.client.time.sleep", wait)
        assert maskwright.predict(project_id, MODEL_NAME, picture)
    assert waits == [2.0]


def test_predict__waits_until_its_token_may_ask_again(
    maskwright: Client,
    project_id: int,
    model_id: int,
    picture: Path,
    app: FastAPI,
    app_env: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_settings(monkeypatch, data_dir=app_env.data_dir, database_url=app_env.database_url, predict_per_minute=1)
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        app.state.prediction_rates = RateLimit()

    monkeypatch.setattr("maskwright_client.client.time.sleep", wait)
    assert maskwright.predict(project_id, MODEL_NAME, picture) == maskwright.predict(project_id, MODEL_NAME, picture)
    assert len(waits) == 1
    assert 1 <= waits[0] <= 60


def test_upload_and_import__tell_what_was_taken_and_what_not(maskwright: Client, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no image")
    project_id = maskwright.create_project("Nuts")
    report = maskwright.upload(project_id, [picture, tmp_path / "notes.txt"])
    assert [(image.name, image.width, image.height) for image in report.images] == [("picture.png", WIDTH, HEIGHT)]
    assert [refusal.name for refusal in report.refused] == ["notes.txt"]
    labels = tmp_path / "labels.json"
    annotation = {
        "id": 1,
        "image_id": 1,
        "category_id": 1,
        "segmentation": [[1, 1, 9, 1, 9, 9]],
        "bbox": [1, 1, 8, 8],
        "area": 32,
        "iscrowd": 0,
    }
    document = {
        "images": [{"id": 1, "file_name": "picture.png", "width": WIDTH, "height": HEIGHT}],
        "categories": [{"id": 1, "name": "fig"}],
        "annotations": [annotation],
    }
    labels.write_text(json.dumps(document))
    tried = maskwright.import_labels(project_id, labels, dry_run=True)
    done = maskwright.import_labels(project_id, labels, file_format="coco", replace=True)
    assert tried == done
    assert (done.images_matched, done.instances_imported, done.labels_created) == (1, 1, ("fig",))


def test_upload__of_more_files_than_a_request_holds_takes_all(
    maskwright: Client, project_id: int, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maskwright_client.client.FILES_PER_REQUEST", 2)
    files = [picture.rename(picture.with_name("0.png"))]
    for number in range(1, 5):
        files.append(picture.with_name(f"{number}.png"))
        files[-1].write_bytes(files[0].read_bytes())
    assert len(maskwright.upload(project_id, files).images) == 5


def test_train__says_what_is_missing(maskwright: Client, project_id: int) -> None:
    with pytest.raises(MaskwrightError, match="label") as refused:
        maskwright.train(project_id, "first", size="small", max_steps=1)
    assert refused.value.status == 422


def test_wait__ends_with_the_training(maskwright: Client, project_id: int, model_id: int) -> None:
    (model,) = maskwright.list_models(project_id)
    assert maskwright.wait(model).is_ready
    set_status(model_id, ModelStatus.FAILED, error="out of memory")
    with pytest.raises(TrainingFailed, match="failed: out of memory"):
        maskwright.wait(model)


def test_wait__outlasts_a_server_that_is_away(
    maskwright: Client, model_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = maskwright.get_model(model_id)
    _send_through(monkeypatch, [httpx.ConnectError("refused"), 502])
    assert maskwright.wait(model).is_ready
    _send_through(monkeypatch, [401])
    with pytest.raises(MaskwrightError, match="answered 401, but no Maskwright"):
        maskwright.wait(model)
    _send_through(monkeypatch, [502])
    with pytest.raises(MaskwrightError, match="that the server runs"):
        maskwright.wait(model, timeout_s=0)


def _send_through(monkeypatch: pytest.MonkeyPatch, troubles: list[httpx.HTTPError | int]) -> None:
    """Let the next requests end in these, an error or the status of a proxy's answer, and nobody sleep."""
    left = iter(troubles)
    send = httpx.HTTPTransport.handle_request

    def handle(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        match next(left, None):
            case int(status):
                return httpx.Response(status, text="<html>")
            case httpx.HTTPError() as error:
                raise error
            case None:
                return send(transport, request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
    monkeypatch.setattr("maskwright_client.client.time.sleep", lambda _seconds: None)


def test_wait__gives_up_in_time_and_tells_of_progress(maskwright: Client, model_id: int) -> None:
    set_status(model_id, ModelStatus.QUEUED)
    seen: list[str] = []
    with pytest.raises(WaitedTooLong, match="queued, 0%, after 0 s"):
        maskwright.wait(
            maskwright.get_model(model_id), timeout_s=0, on_progress=lambda model: seen.append(model.status)
        )
    assert seen == ["queued"]


def test_errors__are_the_servers_own_words(maskwright: Client, address: str, project_id: int, picture: Path) -> None:
    with pytest.raises(MaskwrightError, match="has no model 'none'") as missing:
        maskwright.predict(project_id, "none", picture)
    assert missing.value.status == 404
    with Client(address, "0" * 26) as stranger, pytest.raises(MaskwrightError, match="X-Auth-token") as refused:
        stranger.get_model(1)
    assert refused.value.status == 401


def test_errors__of_a_server_that_is_not_there(database: str) -> None:
    with Client(f"http://127.0.0.1:{free_port()}", "x") as client, pytest.raises(ServerUnreachable) as failed:
        client.get_model(1)
    assert failed.value.status == 0


def set_status(model_id: int, status: ModelStatus, *, error: str | None = None) -> None:
    with session_scope() as session:
        session.execute(update(Model).where(Model.id == model_id).values(status=status, error=error, progress=0.0))
