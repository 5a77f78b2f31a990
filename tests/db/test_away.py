"""A database that does not answer is told from a fault of ours, and the caller is asked to come again."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from app.db import engine as engine_module
from app.db.engine import dispose_engine, is_away
from app.settings import Settings
from tests.conftest import Person
from tests.services import free_port


def failure(url: str, statement: str = "SELECT 1") -> DBAPIError:
    engine = create_engine(url)
    with pytest.raises(DBAPIError) as caught, engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    return caught.value


def test_is_away__where_no_server_answers() -> None:
    assert is_away(failure(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none"))


def test_is_away__not_for_a_statement_of_ours_that_is_wrong(database: str) -> None:
    assert not is_away(failure(database, "SELECT * FROM no_such_table"))


def test_is_away__where_postgresql_ends_the_connection(postgresql_url: str) -> None:
    assert is_away(failure(postgresql_url, "SELECT pg_terminate_backend(pg_backend_pid())"))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_requests__hear_503_while_the_database_is_busy(
    app_env: Settings, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "SQLITE_BUSY_TIMEOUT_MS", 10)
    dispose_engine()  # connections made from now on are less patient
    with closing(sqlite3.connect(app_env.resolved_database_url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = owner.post("/api/v1/projects", json={"name": "Nuts"})
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "2")
    assert "try again" in answer.json()["error"]
    assert owner.post("/api/v1/projects", json={"name": "Nuts"}).status_code == 201


def test_is_away__where_postgresql_stops_one_of_two_that_wait_for_each_other(postgresql_url: str) -> None:
    assert is_away(failure(postgresql_url, "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END $$"))
