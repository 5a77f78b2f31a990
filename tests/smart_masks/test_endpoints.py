"""Smart labeling over HTTP: what comes back for boxes, strokes and clicks, and what is refused."""

import threading
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pytest
from fastapi import FastAPI
from numpy.typing import NDArray

from app.masks.instance import Rle
from app.masks.rle import decode_rle
from app.settings import Settings
from app.smart_masks.engines.segment_anything import ENCODER_FILE
from app.storage.blobs import get_blob_store
from tests.conftest import Person
from tests.smart_masks.stand_in_sam import REACH, SIDE, write_stand_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

HEIGHT, WIDTH = 240, 320
BOX = [60, 50, 200, 190]  # around the disc
RIGHT = (250, 120)  # a second disc of the same colour, outside the box


@dataclass(frozen=True)
class Scene:
    """An uploaded picture of two discs on a noisy ground, and which pixels are the left one's."""

    image_id: int
    disc: NDArray[np.bool_]


@pytest.fixture
def scene(owner: Person, project_id: int) -> Scene:
    noise = np.random.default_rng(0).normal(110, 12, (HEIGHT, WIDTH, 3))
    discs = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(discs, (130, 120), 50, 1, cv2.FILLED)
    left = discs > 0
    cv2.circle(discs, RIGHT, 25, 1, cv2.FILLED)
    noise[discs > 0] += (70, 20, -50)
    png = cv2.imencode(".png", noise.clip(0, 255).astype(np.uint8))[1].tobytes()
    uploaded = owner.post(f"/api/v1/projects/{project_id}/images", files={"files": ("discs.png", png)})
    return Scene(uploaded.json()["items"][0]["id"], left)


def ask(person: Person, image_id: int, **marks: Any) -> Any:
    return person.post(f"/api/v1/images/{image_id}/smart-mask", json=marks)


def mask_of(answer: Any) -> NDArray[np.bool_]:
    assert answer.status_code == 200, answer.text
    rle = answer.json()["rle"]
    return decode_rle(Rle(tuple(rle["size"]), rle["counts"]))


def iou(mask: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    return float((mask & truth).sum() / (mask | truth).sum())


def test_box__gives_the_object_in_it(owner: Person, scene: Scene) -> None:
    answer = ask(owner, scene.image_id, box=BOX)
    assert iou(mask_of(answer), scene.disc) > 0.97
    assert answer.json()["engine"] == "grabcut"
    assert answer.json()["score"] is None


def test_equal_marks__give_equal_masks(owner: Person, scene: Scene) -> None:
    marks = {"box": BOX, "foreground": [{"points": [[120, 110]], "radius": 3}]}
    assert ask(owner, scene.image_id, **marks).json() == ask(owner, scene.image_id, **marks).json()


def test_strokes__are_kept_where_they_were_painted(owner: Person, scene: Scene) -> None:
    wanted = {"points": [[20.5, 100.5], [40.5, 100.5]], "radius": 4}  # ground, far outside the box
    unwanted = {"points": [[130.5, 60.5], [130.5, 180.5]], "radius": 6}  # right through the disc
    mask = mask_of(ask(owner, scene.image_id, box=BOX, foreground=[wanted], background=[unwanted]))
    assert mask[98:104, 20:41].all()
    assert not mask[60:181, 126:136].any()


def test_foreground_outside_the_box__brings_the_object_there(owner: Person, scene: Scene) -> None:
    mask = mask_of(ask(owner, scene.image_id, box=BOX, foreground=[{"points": [RIGHT, (240, 120)], "radius": 3}]))
    assert mask[105:135, 240:260].mean() > 0.95
    assert iou(mask[:, :205], scene.disc[:, :205]) > 0.95


def test_stroke__may_be_its_points_or_one_click(owner: Person, scene: Scene) -> None:
    points, click = [[120, 100], [140, 140]], [130, 70]
    short = ask(owner, scene.image_id, box=BOX, foreground=[points, click])
    full = ask(owner, scene.image_id, box=BOX, foreground=[{"points": points}, {"points": [click]}])
    assert short.json() == full.json()


def test_box__that_holds_the_whole_image_still_has_an_answer(owner: Person, scene: Scene) -> None:
    mask = mask_of(ask(owner, scene.image_id, box=[-50, -50, WIDTH + 50, HEIGHT + 50]))
    assert mask.shape == (HEIGHT, WIDTH)
    assert iou(mask[:, :205], scene.disc[:, :205]) > 0.9


def test_background_over_everything__leaves_no_pixel(owner: Person, scene: Scene) -> None:
    stroke = {"points": [[0, 120], [WIDTH, 120]], "radius": 300}
    assert not mask_of(ask(owner, scene.image_id, box=BOX, background=[stroke])).any()


@pytest.mark.parametrize(
    "marks, words",
    [
        ({}, "neither a box nor a foreground stroke"),
        ({"box": [10, 10, 10, 50]}, "is empty"),
        ({"box": [50, 50, 20, 90]}, "is empty"),
        ({"box": [WIDTH, 10, WIDTH + 50, 50]}, "outside the image"),
        ({"box": [10, 10, 50]}, "box"),
        ({"box": [10, 10, 50, 1e300]}, "box"),
        ({"box": BOX, "foreground": [{"points": []}]}, "foreground[0].points"),
        ({"box": BOX, "foreground": [{"points": [[1, 2]], "radius": -1}]}, "radius"),
        ({"box": BOX, "background": [{"points": [["a", 2]]}]}, "background[0].points"),
        ({"box": BOX, "foreground": [[[1, 1]] * 3_000], "background": [[[1, 1]] * 3_000]}, "6000 points"),
        ({"box": BOX, "foreground": [[1, 1]] * 501}, "foreground"),
        ({"box": BOX, "brush": 3}, "brush"),
        ({"box": BOX, "engine": "magic"}, "engine"),
        ({"box": BOX, "engine": "sam"}, "put sam_encoder.onnx and sam_decoder.onnx in WEIGHTS_DIR"),
        ({"foreground": [[130, 120]]}, "drag a rectangle around the object first"),
    ],
)
def test_marks__that_cannot_be_used_are_refused(owner: Person, scene: Scene, marks: dict[str, Any], words: str) -> None:
    answer = ask(owner, scene.image_id, **marks)
    assert answer.status_code == 422
    assert words in answer.json()["error"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_number__that_is_none_is_refused(owner: Person, scene: Scene, number: str) -> None:
    answer = owner.post(
        f"/api/v1/images/{scene.image_id}/smart-mask",
        content=f'{{"box": [1, 2, {number}, 4]}}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422


def test_image__is_decoded_once(owner: Person, scene: Scene) -> None:
    first = ask(owner, scene.image_id, box=BOX)
    get_blob_store().delete_prefix("projects/")
    again = ask(owner, scene.image_id, box=BOX)
    assert again.status_code == 200
    assert again.json() == first.json()


def test_calls__beyond_the_places_hear_so(owner: Person, scene: Scene, app: FastAPI) -> None:
    runtime = app.state.smart_masks
    runtime._places = threading.BoundedSemaphore(1)
    with runtime._place():
        answer = ask(owner, scene.image_id, box=BOX)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert ask(owner, scene.image_id, box=BOX).status_code == 200


def test_engines__are_those_whose_files_are_there(owner: Person, app_env: Settings) -> None:
    grabcut = {"name": "grabcut", "clicks": False}
    assert owner.get("/api/v1/smart-mask/engines").json() == {"items": [grabcut]}
    write_stand_in(app_env.resolved_weights_dir)
    assert owner.get("/api/v1/smart-mask/engines").json() == {"items": [{"name": "sam", "clicks": True}, grabcut]}


def square(x: float, y: float) -> NDArray[np.bool_]:
    """The stand-in's answer to a first mark at a place of the image."""
    reach = REACH * WIDTH / SIDE
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[max(0, round(y - reach)) : round(y + reach), max(0, round(x - reach)) : round(x + reach)] = True
    return mask


def test_segment_anything__answers_clicks(owner: Person, scene: Scene, app_env: Settings) -> None:
    write_stand_in(app_env.resolved_weights_dir)
    answer = ask(owner, scene.image_id, foreground=[[100, 80]])
    assert answer.status_code == 200, answer.text
    assert answer.json()["engine"] == "sam"
    assert answer.json()["score"] == 0.0  # of the labels 1 (inside) and -1 (no box)
    assert iou(mask_of(answer), square(100, 80)) > 0.95


def test_segment_anything__answers_boxes_with_strokes(owner: Person, scene: Scene, app_env: Settings) -> None:
    write_stand_in(app_env.resolved_weights_dir)
    alone = ask(owner, scene.image_id, box=BOX)
    assert alone.json()["score"] == 0.625  # of the labels 2 and 3: the box's corners
    assert iou(mask_of(alone), square(BOX[0], BOX[1])) > 0.95

    beside = {"points": [[60.5, 70.5], [60.5, 90.5]], "radius": 5}
    both = ask(owner, scene.image_id, box=BOX, foreground=[[61, 51]], background=[beside])
    assert both.json()["score"] == pytest.approx((1 + 0 + 0 + 2 + 3) / 5 / 4)
    assert not mask_of(both)[70:91, 56:66].any()


def test_segment_anything__encodes_an_image_once(owner: Person, scene: Scene, app_env: Settings) -> None:
    write_stand_in(app_env.resolved_weights_dir)
    first = ask(owner, scene.image_id, foreground=[[100, 80]])
    get_blob_store().delete_prefix("projects/")
    again = ask(owner, scene.image_id, foreground=[[100, 80]])
    assert again.status_code == 200
    assert again.json() == first.json()


def test_image_prepared__is_encoded_before_anything_is_marked(owner: Person, scene: Scene, app_env: Settings) -> None:
    path = f"/api/v1/images/{scene.image_id}/smart-mask/prepare"
    write_stand_in(app_env.resolved_weights_dir)
    assert owner.post(path).status_code == 204
    get_blob_store().delete_prefix("projects/")
    assert ask(owner, scene.image_id, foreground=[[100, 80]]).status_code == 200
    assert owner.post("/api/v1/images/12345/smart-mask/prepare").status_code == 404


def test_image_prepared__for_grabcut_is_not_even_read(owner: Person, scene: Scene) -> None:
    get_blob_store().delete_prefix("projects/")
    assert owner.post(f"/api/v1/images/{scene.image_id}/smart-mask/prepare").status_code == 204


def test_damaged_file__is_named_and_grabcut_stays(owner: Person, scene: Scene, app_env: Settings) -> None:
    write_stand_in(app_env.resolved_weights_dir)
    (app_env.resolved_weights_dir / ENCODER_FILE).write_bytes(b"no graph")
    answer = ask(owner, scene.image_id, box=BOX)
    assert answer.status_code == 409
    assert "sam_encoder.onnx" in answer.json()["error"]
    assert ask(owner, scene.image_id, box=BOX, engine="grabcut").status_code == 200
