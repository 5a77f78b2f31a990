"""The hosted service's calls about projects and images, as its clients make them."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.db.engine import session_scope
from app.db.models import Project
from app.settings import Settings
from tests.conftest import Person, use_settings
from tests.images.pictures import jpeg, png, zipped

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def images(project_id: int) -> str:
    return f"/api/image/{project_id}"


@pytest.mark.parametrize("path", ["/api/project", "/api/project/"])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"json": {"name": "Ūgliai 2"}}, id="json"),
        pytest.param({"data": {"name": "Ūgliai 2"}}, id="form"),
        pytest.param({"files": {"name": (None, "Ūgliai 2")}}, id="multipart"),
    ],
)
def test_create_project__answers_an_id(stranger: Person, path: str, body: dict[str, object]) -> None:
    answer = stranger.post(path, **body)

    assert answer.status_code == 200, answer.text
    with session_scope(read_only=True) as session:
        assert session.get_one(Project, answer.json()).name == "Ūgliai 2"
    assert stranger.get(f"/api/v1/projects/{answer.json()}").json()["name"] == "Ūgliai 2"


def test_create_project__says_what_is_wrong(stranger: Person) -> None:
    refused = {
        "empty": (stranger.post("/api/project", json={"name": " "}), 422, "name"),
        "missing": (stranger.post("/api/project", data={"title": "x"}), 422, "name"),
        "broken": (
            stranger.post("/api/project", content=b"{", headers={"Content-Type": "application/json"}),
            400,
            "JSON",
        ),
        "no type": (stranger.post("/api/project", content=b"x"), 415, "form"),
    }
    for case, (answer, status, words) in refused.items():
        assert (case, answer.status_code) == (case, status)
        assert words in answer.json()["error"]


@pytest.mark.parametrize("name", ["left/fig%202.png", "left%2Ffig%202.png", "left/fig%202.png/", "%C5%AB%20%2B%23.png"])
def test_image__goes_in_comes_out_and_goes_away(labeler: Person, images: str, project_id: int, name: str) -> None:
    data = png(30, 20)

    sent = labeler.post(f"{images}/{name}", content=data, headers=BYTES)

    kept = "ū +#.png" if "%C5" in name else "left/fig 2.png"
    assert sent.status_code == 200, sent.text
    assert sent.json() == {"id": 1, "name": kept, "width": 30, "height": 20, "duplicate_of": None}
    for slash in ("", "/"):
        assert labeler.get(f"/api/images/{project_id}{slash}").json() == [kept]
    read = labeler.get(f"{images}/{name}")
    assert (read.status_code, read.content, read.headers["content-type"]) == (200, data, "image/png")
    assert read.headers["cache-control"] == "private, no-cache"
    assert labeler.delete(f"{images}/{name}").json() == {"deleted": 1}
    assert labeler.get(f"{images}/{name}").status_code == 404
    assert labeler.get(f"/api/images/{project_id}").json() == []


@pytest.fixture
def url_of_a_picture() -> Iterator[str]:
    """A web server with one picture."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(jpeg())

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/a.jpg"
    server.shutdown()
    thread.join()
    server.server_close()


def test_upload_image__by_url_and_base64(
    labeler: Person, images: str, app_env: Settings, monkeypatch: pytest.MonkeyPatch, url_of_a_picture: str
) -> None:
    refused = labeler.post(f"{images}/url.jpg", json={"url": url_of_a_picture})
    assert (refused.status_code, "not allowed" in refused.json()["error"]) == (422, True)
    use_settings(monkeypatch, data_dir=app_env.data_dir, predict_url_allow="127.0.0.1")

    answers = [
        labeler.post(f"{images}/url.jpg", json={"url": url_of_a_picture}),
        labeler.post(f"{images}/64.jpg", json={"base64": base64.b64encode(jpeg()).decode()}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json()["duplicate_of"] == "url.jpg"
    assert labeler.get(f"{images}/url.jpg").content == labeler.get(f"{images}/64.jpg").content == jpeg()


def test_upload_image__says_what_is_wrong(labeler: Person, images: str, app_env: Settings) -> None:
    labeler.post(f"{images}/there.png", content=png(), headers=BYTES)
    refused = {
        "taken": (labeler.post(f"{images}/there.png", content=jpeg(), headers=BYTES), 409, "delete it first"),
        "no image": (labeler.post(f"{images}/a.png", content=b"hello", headers=BYTES), 400, "invalid url or image"),
        "empty": (labeler.post(f"{images}/a.png", headers=BYTES), 400, "empty"),
        "zip": (labeler.post(f"{images}/a.zip", content=zipped({"a.png": png()}), headers=BYTES), 400, "/api/v1/"),
        "type": (labeler.post(f"{images}/a.png", content=b"x", headers={"Content-Type": "text/plain"}), 415, "JSON"),
        "name": (labeler.post(f"{images}/..%2Fa.png", content=png(), headers=BYTES), 422, "leads out"),
        "no such": (labeler.delete(f"{images}/nothing.png"), 404, "nothing.png"),
        "no name": (labeler.post(f"{images}/%20/..%2F", content=png(), headers=BYTES), 422, "leads out"),
    }
    for case, (answer, status, words) in refused.items():
        assert (case, answer.status_code) == (case, status), answer.text
        assert list(answer.json()) == ["error"]
        assert words in answer.json()["error"], case
    assert labeler.get(f"{images}/there.png").content == png()
    assert list((app_env.data_dir / "storage" / "tmp").iterdir()) == []
