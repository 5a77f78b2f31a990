import base64
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import update

from app.db.engine import session_scope
from app.db.enums import CheckpointKind
from app.db.models import Checkpoint
from app.inference.predictor import Predictor
from app.masks.instance import Rle
from app.masks.rle import decode_rle
from app.settings import Settings
from tests.conftest import Person, use_settings
from tests.trained import CLASS_NAMES, OPTIMIZED

BYTES = {"Content-Type": "application/octet-stream"}
WIDTH, HEIGHT = 90, 70

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def path(project_id: int, model_id: int) -> str:
    return f"/api/predict/{project_id}/{quote('my model ü')}"


def test_predict__gives_the_objects_at_the_models_own_thresholds(
    developer: Person, path: str, png: bytes, picture: np.ndarray, exports: dict[CheckpointKind, Path]
) -> None:
    answer = developer.post(path, content=png, headers=BYTES)
    assert answer.status_code == 200
    expected = Predictor.load(exports[CheckpointKind.BEST]).predict(picture, score_thresholds=OPTIMIZED)
    assert [(found["label"], found["score"]) for found in answer.json()] == [
        (one.class_name, round(one.score * 100, 1)) for one in expected
    ]
    assert expected, "the random model should find something, or this test tells nothing"


def test_predict__answer_has_the_shape_of_the_contract(developer: Person, path: str, png: bytes) -> None:
    found = developer.post(path, content=png, headers=BYTES).json()
    scores = [one["score"] for one in found]
    assert scores == sorted(scores, reverse=True)
    for one in found:
        assert set(one) == {"label", "score", "x0", "y0", "x1", "y1", "polygons"}
        assert one["label"] in CLASS_NAMES
        assert 0 <= one["x0"] < one["x1"] <= WIDTH
        assert 0 <= one["y0"] < one["y1"] <= HEIGHT
        assert {tuple(polygon) for polygon in one["polygons"]} == {("points", "holes")}


def test_predict__every_way_to_send_an_image_gives_the_same_answer(
    developer: Person, path: str, png: bytes, image_url: str
) -> None:
    wanted = developer.post(path, content=png, headers=BYTES).json()
    encoded = base64.b64encode(png).decode()
    ways = [
        developer.post(f"{path}/", content=png, headers=BYTES),
        developer.post(path, content=png, headers={"Content-Type": "image/png"}),
        developer.post(path, json={"base64": encoded}),
        developer.post(
            f"{path}/",
            content=json.dumps({"base64": encoded}),
            headers={"Content-Type": "application/json; charset=utf-8"},
        ),
        developer.post(path, json={"url": image_url}),
    ]
    assert [way.status_code for way in ways] == [200] * len(ways)
    assert all(way.json() == wanted for way in ways)


def test_predict__last_is_another_checkpoint(developer: Person, path: str, png: bytes) -> None:
    best = developer.post(path, content=png, headers=BYTES).json()
    last = developer.post(f"{path}/last", content=png, headers=BYTES).json()
    assert last == developer.post(f"{path}/last/", content=png, headers=BYTES).json()
    assert last != best


def test_predict__min_score_takes_the_thresholds_place(developer: Person, path: str, png: bytes) -> None:
    everything = developer.post(f"{path}?min_score=0", content=png, headers=BYTES).json()
    some = developer.post(f"{path}?min_score=30", content=png, headers=BYTES).json()
    assert len(everything) > len(some) > 0
    assert some == [one for one in everything if one["score"] >= 30]
    assert developer.post(f"{path}?min_score=100", content=png, headers=BYTES).json() == []


def test_predict__masks_are_the_same_in_every_form(developer: Person, path: str, png: bytes) -> None:
    def ask(mask: str) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = developer.post(f"{path}?mask={mask}", content=png, headers=BYTES).json()
        return answer

    for rle, image, none in zip(ask("rle"), ask("png"), ask("none"), strict=True):
        mask = decode_rle(Rle(tuple(rle["rle"]["size"]), rle["rle"]["counts"]))
        crop = mask[rle["y0"] : rle["y1"], rle["x0"] : rle["x1"]]
        assert crop.sum() == mask.sum() > 0
        with Image.open(io.BytesIO(base64.b64decode(image["image"]))) as shown:
            assert shown.mode == "1"
            assert np.array_equal(np.array(shown.convert("L")) > 0, crop)
        assert set(none) == {"label", "score", "x0", "y0", "x1", "y1"}


def test_predict__masks_as_a_zip(developer: Person, path: str, png: bytes) -> None:
    answer = developer.post(f"{path}?format=masks", content=png, headers=BYTES)
    found = developer.post(path, content=png, headers=BYTES).json()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        pictures = [name for name in archive.namelist() if name.endswith(".png")]
        assert len(pictures) == len(found) > 0
        with Image.open(io.BytesIO(archive.read(pictures[0]))) as mask:
            assert mask.size == (WIDTH, HEIGHT)


def test_predict__thresholds_set_by_hand_decide(developer: Person, path: str, png: bytes, model_id: int) -> None:
    developer.put(f"/api/v1/models/{model_id}/thresholds", json={"optimized": False, "all": 0.2})
    assert (
        developer.post(path, content=png, headers=BYTES).json()
        == developer.post(f"{path}?min_score=20", content=png, headers=BYTES).json()
    )


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", BYTES, 400),
        (b"hello", BYTES, 400),
        (b"hello", {"Content-Type": "text/plain"}, 415),
        (b"{}", {"Content-Type": "application/json"}, 400),
        (b'{"url": "file:///etc/passwd"}', {"Content-Type": "application/json"}, 400),
        (b'{"url": "http://169.254.169.254/"}', {"Content-Type": "application/json"}, 422),
        (b'{"url": "http://127.0.0.1:1/x"}', {"Content-Type": "application/json"}, 422),
    ],
)
def test_predict__refuses_what_is_no_image(
    developer: Person, path: str, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = developer.post(path, content=content, headers=headers)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]


def test_predict__refuses_a_truncated_image(developer: Person, path: str, png: bytes) -> None:
    answer = developer.post(path, content=png[: len(png) // 2], headers=BYTES)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("invalid url or image")


def test_predict__refuses_an_image_over_the_pixel_limit(
    developer: Person, path: str, png: bytes, app_env: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(
        monkeypatch, data_dir=app_env.data_dir, database_url=app_env.database_url, max_image_pixels=WIDTH * HEIGHT - 1
    )
    answer = developer.post(path, content=png, headers=BYTES)
    assert answer.status_code == 413
    assert f"{WIDTH} x {HEIGHT}" in answer.json()["error"]


@pytest.mark.parametrize(
    "query", ["mask=svg", "min_score=101", "min_score=nan", "min_score=x", "format=xml", "speed=1"]
)
def test_predict__refuses_an_unknown_query(developer: Person, path: str, png: bytes, query: str) -> None:
    answer = developer.post(f"{path}?{query}", content=png, headers=BYTES)
    assert answer.status_code == 422
    assert query.split("=")[0] in answer.json()["error"]


def test_predict__says_which_model_is_missing(developer: Person, project_id: int, model_id: int, png: bytes) -> None:
    answer = developer.post(f"/api/predict/{project_id}/other", content=png, headers=BYTES)
    assert answer.status_code == 404
    assert "other" in answer.json()["error"]


def test_predict__says_that_a_model_is_not_trained(developer: Person, path: str, png: bytes, model_id: int) -> None:
    with session_scope() as session:
        session.execute(update(Checkpoint).values(export_prefix=None))
    answer = developer.post(path, content=png, headers=BYTES)
    assert answer.status_code == 409
    assert "not trained yet" in answer.json()["error"]


def test_predict__says_that_a_speed_is_not_made(developer: Person, path: str, png: bytes) -> None:
    assert developer.post(f"{path}?speed=fast", content=png, headers=BYTES).status_code == 409


def test_predict__who_may(people: dict[str, Person], path: str, png: bytes) -> None:
    answers = {name: person.post(path, content=png, headers=BYTES).status_code for name, person in people.items()}
    assert answers == {
        "owner": 200,
        "admin": 200,
        "developer": 200,
        "labeler": 403,
        "stranger": 404,
        "anonymous": 401,
    }


def test_predict__wrong_token(developer: Person, path: str, png: bytes) -> None:
    for token in ("x" * 26, ""):
        answer = developer.client.post(path, content=png, headers={**BYTES, "X-Auth-token": token})
        assert answer.status_code == 401
        assert list(answer.json()) == ["error"]


def test_predict__full_queue_answers_busy(developer: Person, path: str, png: bytes) -> None:
    gate = developer.client.app.state.predictions.gate
    places = [gate.place() for _ in range(33)]
    for place in places:
        place.__enter__()
    try:
        answer = developer.post(path, content=png, headers=BYTES)
    finally:
        for place in places:
            place.__exit__(None, None, None)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert developer.post(path, content=png, headers=BYTES).status_code == 200


def test_predict__another_origin_may_call_with_a_token(developer: Person, path: str, png: bytes) -> None:
    preflight = developer.client.options(
        path,
        headers={
            "Origin": "null",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-auth-token,content-type",
        },
    )
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] in ("*", "null")
    answer = developer.post(path, content=png, headers={**BYTES, "Origin": "null"})
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", "null")
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.fixture
def image_url(png: bytes, app_env: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the picture on this machine, which the settings allow."""
    use_settings(
        monkeypatch, data_dir=app_env.data_dir, database_url=app_env.database_url, predict_url_allow="127.0.0.1"
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(png)

        def log_message(self, *_: Any) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        thread = threading.Thread(target=web.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{web.server_port}/picture.png"
        web.shutdown()
        thread.join()
