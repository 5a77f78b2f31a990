"""A camera's turned photo is the same upright picture everywhere: list, thumbnail, canvas, training and prediction."""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from app.db.engine import session_scope
from app.db.enums import CheckpointKind
from app.inference.decode import decode_image
from app.settings import Settings
from app.storage.blobs import get_blob_store
from app.training import lifecycle
from tests.conftest import Person
from tests.exported import exported_random_model
from tests.oriented import CORNER_SHARE, CORNERS, ORIENTATIONS, RED, Rgb, as_stored, corner_colours, oriented_file
from tests.oriented import upright_picture as draw
from tests.trained import IMAGE_SIZE, store_trained_model
from worker import trainer as trainer_module
from worker.dataset import TrainingData, TrainingImage, prepare_image
from worker.heartbeat import Heartbeat
from worker.trainer import Trainer

WIDTH, HEIGHT = IMAGE_SIZE, IMAGE_SIZE * 3 // 4  # what a training then takes as it is, without resizing
RED_CORNER = (HEIGHT // CORNER_SHARE, WIDTH // CORNER_SHARE)  # rows and columns
JPEG_LOSS = 40  # beside noise, at quality 95
BYTES = {"Content-Type": "application/octet-stream"}
EVERYTHING = {"min_score": "0", "mask": "rle"}

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
every_format = pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])


@pytest.fixture(scope="module")
def upright() -> Rgb:
    return draw(WIDTH, HEIGHT)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[CheckpointKind, Path]:
    return dict.fromkeys(CheckpointKind, exported_random_model(tmp_path_factory, seed=0))


@pytest.fixture
def upload(owner: Person, project_id: int) -> Callable[..., list[dict[str, Any]]]:
    """Upload the picture in each orientation; gives the images in their order."""

    def send(upright: Rgb, file_format: str) -> list[dict[str, Any]]:
        form = [
            ("files", (f"{orientation}.{file_format}", oriented_file(upright, orientation, file_format)))
            for orientation in ORIENTATIONS
        ]
        answer = owner.post(f"/api/v1/projects/{project_id}/images", files=form).json()
        assert (len(answer["items"]), answer["refused"]) == (len(ORIENTATIONS), [])
        items: list[dict[str, Any]] = answer["items"]
        return items

    return send


@pytest.mark.parametrize(
    ("file_format", "block_px"),
    [("JPEG", 1), ("JPEG", 20), ("PNG", 1), ("WEBP", 1), ("TIFF", 1)],  # the larger one is decoded by half
)
def test_list_and_pictures__are_upright(owner: Person, upload: Any, file_format: str, block_px: int) -> None:
    upright = draw(WIDTH * block_px, HEIGHT * block_px, block_px=block_px)
    for item in upload(upright, file_format):
        path = f"/api/v1/images/{item['id']}"
        listed = owner.get(path).json()
        assert (listed["width"], listed["height"]) == (WIDTH * block_px, HEIGHT * block_px)

        thumbnail = _seen(owner.get(f"{path}/thumbnail").content)
        shown = _seen(owner.get(f"{path}/display").content)
        assert corner_colours(thumbnail) == corner_colours(shown) == CORNERS
        assert thumbnail.shape[0] * WIDTH == thumbnail.shape[1] * HEIGHT
        assert shown.shape == upright.shape


@every_format
def test_file__stays_as_it_came(owner: Person, upload: Any, upright: Rgb, file_format: str) -> None:
    for item, orientation in zip(upload(upright, file_format), ORIENTATIONS, strict=True):
        kept = owner.get(f"/api/v1/images/{item['id']}/file").content
        assert kept == oriented_file(upright, orientation, file_format)


@every_format
def test_prediction__is_that_of_the_upright_picture(
    developer: Person,
    project_id: int,
    exports: dict[CheckpointKind, Path],
    upright: Rgb,
    file_format: str,
) -> None:
    store_trained_model(project_id, exports=exports)

    @cache
    def predict(image_file: bytes) -> Any:
        answer = developer.post(f"/api/predict/{project_id}/m", content=image_file, headers=BYTES, params=EVERYTHING)
        assert answer.status_code == 200, answer.text
        return answer.json()

    turned = [predict(oriented_file(as_stored(upright, orientation), 1, "PNG")) for orientation in (2, 3, 4)]
    for orientation in ORIENTATIONS:
        image_file = oriented_file(upright, orientation, file_format)
        same_picture = _same_picture(image_file, upright, file_format)
        np.testing.assert_array_equal(decode_image(image_file, max_pixels=WIDTH * HEIGHT), same_picture)
        found = predict(image_file)
        assert found == predict(oriented_file(same_picture, 1, "PNG"))
        assert found not in turned, "the model would not tell a turned picture"
        assert {tuple(each["rle"]["size"]) for each in found} == {(HEIGHT, WIDTH)}


@every_format
def test_training__learns_from_the_upright_picture(
    owner: Person, project_id: int, upload: Any, trained_on: Callable[[], TrainingData], upright: Rgb, file_format: str
) -> None:
    owner.post(f"/api/v1/projects/{project_id}/labels", json={"name": "red"})
    for item in upload(upright, file_format):
        _label_red_corner(owner, item["id"])
    owner.post(f"/api/v1/projects/{project_id}/models", json={"name": "m", "image_size": IMAGE_SIZE, "max_steps": 1})

    images = trained_on().images
    assert len(images) == len(ORIENTATIONS)
    for image in images:
        prepared = prepare_image(image, {"red": 1}, IMAGE_SIZE)
        image_file = oriented_file(upright, _orientation(image, owner), file_format)
        np.testing.assert_array_equal(prepared.rgb, _same_picture(image_file, upright, file_format))
        (crop,) = prepared.masks
        assert crop.box_xyxy == (0, 0, RED_CORNER[1], RED_CORNER[0])
        under_the_mask = prepared.rgb[: RED_CORNER[0], : RED_CORNER[1]][crop.mask]
        assert np.abs(under_the_mask.astype(int) - RED).max() <= (JPEG_LOSS if file_format == "JPEG" else 0)


@pytest.fixture
def trained_on(app_env: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[], TrainingData]:
    """Let a worker take the queued training up to where it would learn; gives what it would learn from."""
    given: list[TrainingData] = []

    def keep(_config: object, data: TrainingData, *_: object, **__: object) -> None:
        given.append(data)
        raise StopHere

    def take() -> TrainingData:
        with session_scope() as session:
            lifecycle.beat(session, "desk", hostname="desk", device="CPU, 1 core")
        heartbeat = Heartbeat("desk", hostname="desk", device="CPU, 1 core")
        worker = Trainer(
            "desk", settings=app_env, store=get_blob_store(), heartbeat=heartbeat, shutdown=Event(), processes=1
        )
        worker.work_off_queue()
        (data,) = given
        return data

    monkeypatch.setattr(trainer_module, "fit", keep)
    return take


class StopHere(Exception):
    """Nothing is to be learned."""


def _seen(image_file: bytes) -> Rgb:
    """A picture as browsers show it: JPEGs are turned as they say; nothing else may need it, or it is no use."""
    with Image.open(io.BytesIO(image_file)) as image:
        if image.format != "JPEG":
            assert image.getexif().get(ExifTags.Base.Orientation, 1) == 1
        return np.array(ImageOps.exif_transpose(image).convert("RGB"))


def _same_picture(image_file: bytes, upright: Rgb, file_format: str) -> Rgb:
    """The picture a file shows: of a JPEG, by Pillow's own turning, since its loss depends on how it lies."""
    if file_format != "JPEG":
        return upright
    seen = _seen(image_file)
    assert corner_colours(seen) == CORNERS
    return seen


def _label_red_corner(person: Person, image_id: int) -> None:
    bottom, right = RED_CORNER
    ring = [[0, 0], [right, 0], [right, bottom], [0, bottom]]
    item = {
        "id": f"00000000-0000-4000-8000-{image_id:012}",
        "label": "red",
        "polygons": [{"exterior": ring, "holes": []}],
    }
    path = f"/api/v1/images/{image_id}/instances"
    answer = person.put(path, json={"items": [item]}, headers={"If-Match": person.get(path).headers["ETag"]})
    assert answer.status_code == 200, answer.text


def _orientation(image: TrainingImage, person: Person) -> int:
    """Files are called by their orientation."""
    return int(person.get(f"/api/v1/images/{image.image_id}").json()["name"].partition(".")[0])
