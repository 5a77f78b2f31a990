"""Health, readiness, metrics and the description of the API."""

from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.db.engine import session_scope
from app.main import create_app
from app.settings import Settings
from app.web import health
from tests.conftest import Person, use_settings
from tests.services import free_port


@pytest.mark.parametrize("path", ["/healthz", "/healthz/"])
def test_healthz__answers_without_looking_at_anything(client: TestClient, path: str) -> None:
    assert client.get(path).json() == {"status": "ok"}


def test_readyz__names_each_part(client: TestClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "storage": "ok", "broker": "ok"}


def test_readyz__says_which_part_cannot_be_used(client: TestClient) -> None:
    with session_scope() as session:
        session.execute(text("ALTER TABLE alembic_version RENAME TO gone"))
    try:
        answer = client.get("/readyz")
    finally:
        with session_scope() as session:
            session.execute(text("ALTER TABLE gone RENAME TO alembic_version"))
    assert answer.status_code == 503
    assert "maskwright migrate" in answer.json()["database"]
    assert (answer.json()["storage"], answer.json()["broker"]) == ("ok", "ok")
    assert answer.json()["error"].startswith("database: ")


def test_reach_broker__finds_a_redis_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_settings(monkeypatch, data_dir=tmp_path, broker_url=f"redis://127.0.0.1:{free_port()}/0")
    assert "refused" in health.state_of(health.reach_broker)


@pytest.mark.services
def test_reach_broker__reaches_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redis_url: str) -> None:
    use_settings(monkeypatch, data_dir=tmp_path, broker_url=redis_url)
    assert health.state_of(health.reach_broker) == "ok"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_metrics__count_by_route_and_status(client: TestClient, owner: Person, project_id: int) -> None:
    for path in (f"/api/v1/projects/{project_id}/", "/api/v1/projects/99", "/one/stray", "/another/stray"):
        owner.get(path)
    lines = client.get("/metrics").text.splitlines()

    def count(route: str, status: int) -> str:
        return f'maskwright_http_requests_total{{method="GET",route="{route}",status="{status}"}} '

    assert count("/api/v1/projects/{project_id}", 200) + "1.0" in lines
    assert count("/api/v1/projects/{project_id}", 404) + "1.0" in lines
    assert count("unmatched", 404) + "2.0" in lines
    assert any(line.startswith("maskwright_http_request_seconds_bucket") for line in lines)
    assert any(line.startswith("process_resident_memory_bytes") for line in lines)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_metrics__of_a_fault_is_a_500(owner: Person, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(health, "state_of", lambda _reach: fail())
    assert client.get("/readyz").status_code == 500
    assert 'route="/readyz",status="500"} 1.0' in client.get("/metrics").text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_openapi__declares_errors_and_how_to_sign_in(client: TestClient) -> None:
    description = client.get("/api/openapi.json").json()
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if path.startswith("/api/"):
                wrong = operation["responses"]["401"]["content"]["application/json"]["schema"]
                assert wrong == {"$ref": "#/components/schemas/ErrorBody"}, (method, path)
    assert description["components"]["securitySchemes"]["APIKeyHeader"]["name"] == "X-Auth-token"
    assert "HTTPValidationError" not in description["components"]["schemas"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_openapi__names_each_operation_once(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_create_app__refuses_to_start_on_another_schema(app_env: Settings) -> None:
    with session_scope() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(Exception, match="run maskwright migrate"), TestClient(create_app()):
        pass
