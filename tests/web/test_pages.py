"""The shell of the pages, its files, and the headers of every answer."""

import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.web import pages, shell
from tests.accounts.test_endpoints import sign_in
from tests.conftest import Person

MANIFEST = {
    "src/main.tsx": {"file": "assets/main-1.js", "css": ["assets/main-2.css"], "imports": ["_react-3.js"]},
    "_react-3.js": {"file": "assets/react-3.js", "css": ["assets/react-4.css"], "imports": ["_card-6.js"]},
    "_card-6.js": {"file": "assets/card-6.js", "css": ["assets/card-7.css"]},
    "src/docs.ts": {"file": "assets/docs-5.js"},
}
ADDRESSES = [
    "/",
    "/sign-in",
    "/help",
    "/projects",
    "/projects/1",
    "/projects/1/label/42",
    "/projects/1/train",
    "/projects/1/members",
    "/models/3/statistics",
    "/models/3/predict",
    "/queue",
    "/people",
    "/account/tokens",
]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built UI's manifest."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST))
    monkeypatch.setattr(shell, "MANIFEST", manifest)
    return manifest


@pytest.mark.parametrize("address", ADDRESSES)
def test_show_page__is_one_shell_for_every_address(built: Path, client: TestClient, address: str) -> None:
    answer = client.get(address + "?label=fig")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    assert '<script type="module" src="/static/build/assets/main-1.js"></script>' in answer.text
    sheets = re.findall(r'<link rel="stylesheet" href="/static/build/assets/(.+).css">', answer.text)
    assert sheets == ["card-7", "react-4", "main-2"], "what is imported comes before what may change it"
    assert '<link rel="modulepreload" href="/static/build/assets/react-3.js">' in answer.text
    assert client.get(address.rstrip("/") + "/").text == answer.text


def test_answer_not_found__is_a_page_for_a_browser_and_json_for_a_program(built: Path, client: TestClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = client.get("/nowhere", headers=browser)
    assert page.status_code == 404
    assert page.text == client.get("/projects").text
    for address, headers in (("/nowhere", {}), ("/api/v1/nowhere", browser), ("/static/nowhere.js", browser)):
        answer = client.get(address, headers=headers)
        assert (answer.status_code, list(answer.json())) == (404, ["error"]), address


@pytest.mark.parametrize("address", ["/", "/api/docs"])
def test_show_page__holds_no_script_of_its_own(built: Path, client: TestClient, address: str) -> None:
    # The content security policy would stop it.
    text = client.get(address).text
    assert text.count("<script") == text.count("<script src=") + text.count('<script type="module" src=')
    assert "<style" not in text


def test_show_page__of_a_new_build_names_its_files(built: Path, client: TestClient) -> None:
    client.get("/")
    built.write_text(json.dumps(MANIFEST | {"src/main.tsx": {"file": "assets/main-9.js"}}))
    assert "main-9.js" in client.get("/").text


@pytest.mark.parametrize("address", ["/", "/projects/1", "/api/docs"])
def test_show_page__unbuilt_says_how_to_build(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str
) -> None:
    monkeypatch.setattr(shell, "MANIFEST", tmp_path / "nothing.json")
    answer = client.get(address)
    assert answer.status_code == 503
    assert "make setup" in answer.text


def test_show_api_docs__loads_everything_from_here(built: Path, client: TestClient) -> None:
    text = client.get("/api/docs/").text
    assert 'src="/static/build/assets/docs-5.js"' in text
    assert "http://" not in text
    assert "https://" not in text


def test_static__keeps_hashed_files_for_ever_and_asks_about_others(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/static/theme.js").headers["cache-control"] == "no-cache"
    monkeypatch.setattr(pages, "HASHED_NAMES", "theme")
    assert client.get("/static/theme.js").headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/static/none.js", "/static/../app/settings.py", "/static/%2e%2e/app/settings.py"])
def test_static__holds_nothing_else(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert list(answer.json()) == ["error"]


def test_favicon__leads_to_ours(client: TestClient) -> None:
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize("path", ["/", "/nothing", "/healthz", "/api/v1/me", "/static/theme.js"])
def test_headers__every_answer_is_guarded(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "script" not in headers["content-security-policy"]  # falls back to 'self': no inline scripts
    assert headers["x-content-type-options"] == "nosniff"


OPEN_PATHS = [
    "/api/predict/1/first%20model",
    "/api/predict/1/first%20model/last/",
    "/api/image/1/left/fig.png",
    "/api/project/",
]


@pytest.mark.parametrize("origin", ["null", "https://elsewhere.example"])
@pytest.mark.parametrize("path", OPEN_PATHS)
def test_cors__the_hosted_services_calls_are_open_to_pages_from_anywhere(
    client: TestClient, origin: str, path: str
) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    preflight = client.options(path, headers=asked | {"Access-Control-Request-Headers": "content-type,x-auth-token"})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "x-auth-token" in preflight.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in preflight.headers
    answer = client.post(path, content=b"x", headers={"Origin": origin})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "*"


def test_cors__a_cookie_does_not_predict_for_other_pages(owner: Person, project_id: int) -> None:
    sign_in(owner)
    answer = owner.client.post(f"/api/predict/{project_id}/m", content=b"x", headers={"Origin": "null"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/api/v1/projects", "/api/v1/images/1", "/api/v1/me", "/api/projects", "/"])
def test_cors__everything_else_is_closed(client: TestClient, path: str) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.options(path, headers=asked).headers
    assert "access-control-allow-origin" not in client.get(path, headers={"Origin": "null"}).headers
