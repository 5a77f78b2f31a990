"""HEAD wherever GET is, OPTIONS, and `Allow`: on the real application, and a stream that never ends."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from app.http import add_error_handlers
from app.methods import HeadMiddleware
from tests.conftest import Person

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@ON_SQLITE
@pytest.mark.parametrize("path", ["/healthz", "/sign-in", "/api/openapi.json", "/static/favicon.svg", "/api/docs"])
def test_head__answers_as_get_without_a_body(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["Content-Length"] == str(len(got.content))
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


@ON_SQLITE
def test_head__asks_who_calls_as_get_does(owner: Person, anonymous: Person, stranger: Person, project_id: int) -> None:
    path = f"/api/v1/projects/{project_id}"
    statuses = [person.request("HEAD", path).status_code for person in (owner, stranger, anonymous)]
    assert statuses == [200, 404, 401]
    assert owner.request("HEAD", f"{path}/").status_code == 200


def test_head__ends_a_stream_with_its_headers() -> None:

    async def endless() -> AsyncIterator[str]:
        while True:
            yield "data: more\n\n"

    app = FastAPI()
    app.add_middleware(HeadMiddleware)

    @app.get("/events")
    def listen() -> StreamingResponse:
        return StreamingResponse(endless(), media_type="text/event-stream")

    answer = TestClient(app).head("/events")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.content == b""


@ON_SQLITE
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/predict/1/x", "POST, OPTIONS"),
        ("/api/predict/1/x/last/", "POST, OPTIONS"),
        ("/api/v1/projects", "GET, HEAD, POST, OPTIONS"),
        ("/api/v1/projects/1", "GET, HEAD, PATCH, DELETE, OPTIONS"),
    ],
)
def test_wrong_method__says_what_the_path_answers(client: TestClient, path: str, allowed: str) -> None:
    wrong = client.put(path)
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, allowed)
    assert list(wrong.json()) == ["error"]
    options = client.options(path)
    assert (options.status_code, options.headers["Allow"], options.content) == (204, allowed, b"")


@ON_SQLITE
def test_head__of_what_only_takes_post(client: TestClient) -> None:
    answer = client.head("/api/predict/1/x")
    assert (answer.status_code, answer.content) == (405, b"")
    assert answer.headers["Allow"] == "POST, OPTIONS"


@ON_SQLITE
def test_options__of_nothing_is_nothing(client: TestClient) -> None:
    assert client.options("/api/nothing").status_code == 404


def test_head__leaves_a_head_of_its_own_alone() -> None:
    app = FastAPI()
    add_error_handlers(app)
    app.add_middleware(HeadMiddleware)

    @app.head("/file")
    def head() -> None:
        """Answer with nothing."""

    @app.get("/file")
    def get() -> str:
        raise AssertionError("HEAD has an endpoint of its own")

    assert TestClient(app).head("/file").status_code == 200
