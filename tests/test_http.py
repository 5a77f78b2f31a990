"""What every request meets: errors as JSON, body limits, trailing slashes. On a small application with our parts."""

import json
import logging
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from app import body_limit
from app.body_limit import BodyLimitMiddleware
from app.errors import Conflict, ServiceUnavailable
from app.http import (
    FaultMiddleware,
    PathId,
    RequestBody,
    TrailingSlashMiddleware,
    add_error_handlers,
)
from app.inference.errors import ImageTooLarge, InvalidImage
from app.masks.errors import InvalidMask
from app.settings import Settings

TOKEN = {"X-Auth-token": "x"}
FAULTS = {
    "conflict": Conflict("taken: choose another"),
    "busy": ServiceUnavailable("busy", retry_after_seconds=7),
    "mask": InvalidMask("two points"),
    "image": InvalidImage("truncated"),
    "pixels": ImageTooLarge(20, 10, 100),
    "ours": ZeroDivisionError("secret words"),
}


class Part(RequestBody):
    x: float


class Body(RequestBody):
    name: str
    parts: list[Part] = []


@pytest.fixture
def client(app_env: Settings) -> Iterator[TestClient]:
    app = FastAPI(redirect_slashes=False)
    add_error_handlers(app)

    @app.post("/things/{thing_id}")
    def post_thing(thing_id: PathId, body: Body) -> Body:
        return body

    @app.get("/models/{name}")
    def get_model(name: str) -> str:
        return name

    @app.get("/fail/{kind}")
    def fail(kind: str) -> None:
        raise FAULTS[kind]

    @app.post("/bytes")
    async def count_bytes(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(FaultMiddleware)
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(TrailingSlashMiddleware)
    with TestClient(app) as client:
        yield client


pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("path", ["/models/a", "/models/a/", "/models/a//"])
def test_trailing_slash__changes_nothing_and_redirects_nobody(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.json()) == (200, "a")


def test_trailing_slash__leaves_names_alone(client: TestClient) -> None:
    assert client.get("/models/first%20model%3F/").json() == "first model?"
    assert client.get("/models/caf%C3%A9/").json() == "café"
    assert client.get("/models/a%2F").status_code == 404  # the name "a/" is not the name "a"


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("conflict", 409, "taken: choose another"),
        ("busy", 503, "busy"),
        ("mask", 422, "two points"),
        ("image", 400, "truncated"),
        ("pixels", 413, "20 x 10"),
    ],
)
def test_errors__are_json_with_their_status(client: TestClient, kind: str, status: int, words: str) -> None:
    answer = client.get(f"/fail/{kind}")
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert words in answer.json()["error"]


def test_errors__keep_their_headers(client: TestClient) -> None:
    assert client.get("/fail/busy").headers["retry-after"] == "7"


def test_fault__is_logged_once_and_tells_nothing(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/fail/ours")
    assert answer.status_code == 500
    assert "secret words" not in answer.text
    assert "Traceback" not in answer.text
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "/fail/ours" in record.getMessage()
    assert record.getMessage().split()[1] in answer.json()["error"]  # its number leads from the answer to the log


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/models/a", 405)])
def test_errors__for_what_is_not_there(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert path in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "name: field required"),
        ({"name": "a", "parts": [{"x": 1}, {"x": "y"}]}, "parts[1].x: input should be a valid number"),
        ({"name": "a", "oops": 1}, "oops: extra inputs are not permitted"),
        ([], "body: "),
    ],
)
def test_validation__names_the_field(client: TestClient, body: object, words: str) -> None:
    answer = client.post("/things/1", json=body, headers=TOKEN)
    assert answer.status_code == 422
    assert words in answer.json()["error"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_validation__refuses_numbers_that_are_none(client: TestClient, number: str) -> None:
    content = f'{{"name": "a", "parts": [{{"x": {number}}}]}}'
    answer = client.post("/things/1", content=content, headers=TOKEN | {"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert "parts[0].x" in answer.json()["error"]


@pytest.mark.parametrize("content", ["{", "{'a': 1}", "", "\x00"])
def test_validation__refuses_what_is_no_json(client: TestClient, content: str) -> None:
    answer = client.post("/things/1", content=content, headers=TOKEN | {"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert "body" in answer.json()["error"]


def test_validation__shows_a_few_of_many_problems(client: TestClient) -> None:
    answer = client.post("/things/1", json={"name": "a", "parts": [{}] * 50}, headers=TOKEN)
    assert "and 45 more problems" in answer.json()["error"]


@pytest.mark.parametrize("thing_id", ["0", "-1", "x", "1.5", str(2**63), "9" * 400])
def test_validation__a_path_that_cannot_be_is_not_there(client: TestClient, thing_id: str) -> None:
    answer = client.post(f"/things/{thing_id}", json={"name": "a"}, headers=TOKEN)
    assert answer.status_code == 404
    assert list(answer.json()) == ["error"]


def post_bytes(client: TestClient, size: int, headers: dict[str, str], *, chunked: bool) -> tuple[int, object]:
    content = iter([b"x" * (size - 1), b"x"]) if chunked else b"x" * size
    answer = client.post("/bytes", content=content, headers=headers)
    return answer.status_code, json.loads(answer.text)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("headers", "limit", "status"),
    [
        ({}, 1000, 401),
        ({"X-Auth-token": ""}, 1000, 401),
        (TOKEN, 5000, 413),
        (TOKEN | {"Content-Type": "multipart/form-data; boundary=x"}, 1024**2, 413),
        (TOKEN | {"Content-Type": "application/offset+octet-stream"}, 1024**2, 413),
    ],
)
def test_body_limit__holds_for_each_kind(
    client: TestClient,
    app_env: Settings,
    monkeypatch: pytest.MonkeyPatch,
    headers: dict[str, str],
    limit: int,
    status: int,
    *,
    chunked: bool,
) -> None:
    monkeypatch.setattr(body_limit, "MAX_ANONYMOUS_BODY_BYTES", 1000)
    monkeypatch.setattr(body_limit, "MAX_MEMORY_BODY_BYTES", 5000)
    monkeypatch.setattr(body_limit, "get_settings", lambda: app_env.model_copy(update={"max_upload_mb": 1}))
    assert post_bytes(client, limit, headers, chunked=chunked) == (200, limit)
    refused, answer = post_bytes(client, limit + 1, headers, chunked=chunked)
    assert refused == status
    assert isinstance(answer, dict)
    assert list(answer) == ["error"]
