"""The bundle's server asked in this process: the endpoint and its errors are those of the server that made it."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from app.bundle.runtime.application import create_app, predict_path
from app.bundle.runtime.loading import LoadedModel, load_model
from app.bundle.runtime.manifest import BundleRefused, Manifest, read_manifest
from app.bundle.runtime.options import Options
from app.db.enums import CheckpointKind, Speed
from tests.bundle.conftest import Made
from tests.side_by_side import one_core

TOKEN = {"X-Auth-token": "open sesame"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def manifest(made: Made) -> Manifest:
    return read_manifest(made.bundle())


@pytest.fixture(scope="module")
def model(made: Made, manifest: Manifest) -> LoadedModel:
    with one_core():
        return load_model(made.bundle(), manifest)


@pytest.fixture
def options(made: Made) -> Options:
    return Options(made.bundle(), "127.0.0.1", 8000, None, check=False, selftest=False)


@pytest.fixture
def ask(options: Options, manifest: Manifest, model: LoadedModel) -> Iterator[Callable[..., TestClient]]:
    """A client of the server, started with a token or without: `ask(token="x")`."""

    def ask(token: str | None = None, manifest: Manifest = manifest) -> TestClient:
        return TestClient(create_app(replace(options, token=token), manifest, model))

    return ask


@pytest.fixture
def path(manifest: Manifest) -> str:
    return predict_path(manifest)


def test_predict__takes_an_image_in_every_way(ask: Callable[..., TestClient], path: str, made: Made) -> None:
    image, wanted = made.image(1), made.answer(Speed.SLOW, 1, "")
    assert json.loads(wanted), "the random model should find something, or this test tells nothing"
    document = json.dumps({"base64": base64.b64encode(image).decode()}).encode()
    client = ask()
    ways = [
        client.post(path, content=image, headers={"Content-Type": "application/octet-stream"}),
        client.post(f"{path}/", content=image, headers={"Content-Type": "image/png"}),
        client.post(f"{path}?speed=slow", content=image),
        client.post(path, content=document, headers={"Content-Type": "application/json; charset=utf-8"}),
    ]
    assert [(way.status_code, way.content) for way in ways] == [(200, wanted)] * len(ways)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/predict/{project}/other", 404, "holds no model 'other'"),
        ("/api/predict/99/{model}", 404, "of project 99"),
        ("/api/predict/{project}/{model}/last", 409, "holds the checkpoint best"),
        ("/api/predict/{project}/{model}?speed=fast", 409, "speed slow"),
        ("/api/predict/{project}/{model}?speed=1", 422, "speed"),
        ("/api/predict/{project}/{model}?mask=svg", 422, "mask"),
        ("/api/predict/{project}/{model}?min_score=nan", 422, "min_score"),
        ("/api/predict", 404, "nothing at"),
    ],
)
def test_predict__refuses_a_wrong_address(
    ask: Callable[..., TestClient], manifest: Manifest, made: Made, path: str, status: int, words: str
) -> None:
    answer = ask().post(path.format(project=manifest.project_id, model="my%20model%20ü"), content=made.image(1))
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert words in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"hello", {}, 400),
        (b"hello", {"Content-Type": "text/plain"}, 415),
        (b"{}", JSON, 400),
        (b'{"url": "http://169.254.169.254/"}', JSON, 422),
        (b'{"url": "http://127.0.0.1:1/x"}', JSON, 422),
    ],
)
def test_predict__refuses_what_is_no_image(
    ask: Callable[..., TestClient], path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = ask().post(path, content=body, headers=headers)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_predict__limits_are_settings(
    ask: Callable[..., TestClient], path: str, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASKWRIGHT_MAX_IMAGE_PIXELS", "100")
    monkeypatch.setenv("MASKWRIGHT_PREDICT_URL_ALLOW", "127.0.0.1")
    client = ask()
    assert client.post(path, content=made.image(1)).status_code == 413
    allowed = client.post(path, content=b'{"url": "http://127.0.0.1:1/x"}', headers=JSON)
    assert (allowed.status_code, "does not answer" in allowed.json()["error"]) == (400, True)
    monkeypatch.setenv("MASKWRIGHT_MAX_IMAGE_PIXELS", "many")
    with pytest.raises(BundleRefused, match="MASKWRIGHT_MAX_IMAGE_PIXELS"):
        ask()
    monkeypatch.setenv("MASKWRIGHT_PREDICT_URL_ALLOW", "cam:8080")
    with pytest.raises(BundleRefused, match="MASKWRIGHT_PREDICT_URL_ALLOW: 'cam:8080' has a port"):
        ask()


def test_predict__a_full_queue_answers_busy(
    ask: Callable[..., TestClient], path: str, made: Made, model: LoadedModel
) -> None:
    places = [model.gate.place() for _ in range(33)]
    for place in places:
        place.__enter__()
    try:
        answer = ask().post(path, content=made.image(1))
    finally:
        for place in places:
            place.__exit__(None, None, None)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1


def test_token__is_asked_for_where_one_is_set(ask: Callable[..., TestClient], path: str, made: Made) -> None:
    client = ask(token=TOKEN["X-Auth-token"])
    image = made.image(1)
    assert client.post(path, content=image, headers={"X-Auth-token": "ü".encode()}).status_code == 401
    assert client.post(path, content=image).status_code == 401
    assert client.post(path, content=image, headers=TOKEN).content == made.answer(Speed.SLOW, 1, "")
    assert client.get("/server.json").json() == {"predict_path": path, "needs_token": True, "speed": "slow"}
    assert client.get("/model/model.json").status_code == 200
    assert client.get("/model/detector.onnx").status_code == 401
    assert client.get("/model/detector.onnx", headers=TOKEN).content.startswith(b"\x08")
    without = ask()
    assert without.post(path, content=image, headers=TOKEN).status_code == 200
    assert without.get("/model/detector.onnx").status_code == 200


def test_last__has_its_own_address(ask: Callable[..., TestClient], made: Made, manifest: Manifest) -> None:
    of_last = replace(manifest, checkpoint=CheckpointKind.LAST)
    client = ask(manifest=of_last)
    assert client.post(predict_path(of_last), content=made.image(1)).status_code == 200
    refused = client.post(predict_path(manifest), content=made.image(1))
    assert refused.status_code == 409
    assert predict_path(of_last) in refused.json()["error"]


def test_http__methods_and_origins(ask: Callable[..., TestClient], path: str, made: Made) -> None:
    client = ask()
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.head("/healthz").status_code == 200
    refused = client.get(path)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST, OPTIONS")
    assert client.options(path).headers["Allow"] == "POST, OPTIONS"
    preflight = client.options(path, headers={"Origin": "null", "Access-Control-Request-Method": "POST"})
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    answer = client.post(path, content=made.image(1), headers={"Origin": "null"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    documented = client.get("/api/docs").json()["paths"]
    assert [len(methods) for place, methods in documented.items() if "predict" in place] == [1, 1]


def test_page__is_served_with_what_its_browser_needs(ask: Callable[..., TestClient]) -> None:
    client = ask()
    index = client.get("/")
    assert index.headers["Content-Type"].startswith("text/html")
    assert "'wasm-unsafe-eval'" in index.headers["Content-Security-Policy"]
    assert client.get("/", headers={"If-None-Match": index.headers["ETag"]}).status_code == 304
    assert client.get("/manifest.json").status_code == 404
    assert client.get("/golden/expected.json").status_code == 404
    assert client.get("/../manifest.json").status_code == 404
