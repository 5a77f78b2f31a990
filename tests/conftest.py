"""A fresh Maskwright for each test: its own folder and database, the real application, and people with every role.

What needs a database runs on SQLite and on PostgreSQL; a test for which one is enough says
`@pytest.mark.parametrize("database", ["sqlite"], indirect=True)`.
"""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from fastapi import FastAPI
from redis import Redis
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.accounts import service as accounts
from app.accounts.caller import Caller
from app.accounts.passwords import hash_password
from app.db.base import Base
from app.db.engine import dispose_engine, session_scope
from app.db.enums import Role
from app.db.migrate import migrate
from app.db.models import Membership, Project
from app.http import TOKEN_HEADER
from app.jobs.celery_app import get_celery_app
from app.main import create_app
from app.settings import Settings, get_settings
from app.storage.blobs import get_blob_store
from app.training import lifecycle
from tests.services import find_postgresql, postgresql_server, redis_server, skip_or_fail

# A busy machine is no failure. Examples are the same in each run, so that a change is judged by what it does;
# FUZZ=1 takes others.
hypothesis.settings.register_profile("any machine", deadline=None, derandomize="FUZZ" not in os.environ)
hypothesis.settings.load_profile("any machine")

PASSWORD = "correct horse battery staple"
LONGEST_BYTES_NAME = 20


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take long first: beside each other none of them is left for the end, when the others rest."""
    long = {item.path for item in items if item.get_closest_marker("browser") or item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name files by their length: a zip tells when it was made, and all processes must find tests of the same names."""
    return f"{argname} of {len(val)} bytes" if isinstance(val, bytes) and len(val) > LONGEST_BYTES_NAME else None


@pytest.fixture(autouse=True)
def _settings_end_with_the_test() -> Iterator[None]:
    yield
    forget_settings()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server of this run."""
    programs = find_postgresql()
    if programs is None:
        skip_or_fail("PostgreSQL's initdb is not on this machine: apt-get install postgresql")
    else:
        with postgresql_server(programs) as url:
            yield url


@pytest.fixture(scope="session")
def redis_of_this_run() -> Iterator[str]:
    """The URL of a Redis server that all tests of this process share."""
    program = shutil.which("redis-server")
    if program is None:
        skip_or_fail("redis-server is not on this machine: apt-get install redis-server")
    else:
        with redis_server(program) as url:
            yield url


@pytest.fixture
def redis_url(redis_of_this_run: str) -> str:
    """An empty Redis: what an earlier test rang for stays in its queues where its worker was killed."""
    with Redis.from_url(redis_of_this_run) as redis:
        redis.flushall()
    return redis_of_this_run


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    with pytest.MonkeyPatch.context() as patch:
        use_settings(patch, data_dir=folder)
        migrate()
        forget_settings()
    return folder / "maskwright.db"


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a PostgreSQL database with all tables."""
    with pytest.MonkeyPatch.context() as patch:
        use_settings(patch, data_dir=tmp_path_factory.mktemp("migrated"), database_url=postgresql_url)
        migrate()
        forget_settings()
    return postgresql_url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with all tables and no rows; once for each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "maskwright.db")
        return f"sqlite:///{tmp_path / 'maskwright.db'}"
    url: str = request.getfixturevalue("migrated_postgresql")
    empty_tables(url)
    return url


@pytest.fixture(scope="session")
def compiled_graphs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models that were made ready to run once, for all tests of this process."""
    return tmp_path_factory.mktemp("graphs")


@pytest.fixture
def app_env(database: str, tmp_path: Path, compiled_graphs: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a folder and a database of their own; the broker and the storage are folders in it."""
    use_settings(monkeypatch, data_dir=tmp_path, database_url=database)
    settings = get_settings()
    settings.compiled_graphs_dir.parent.mkdir()
    settings.compiled_graphs_dir.symlink_to(compiled_graphs)
    return settings


@pytest.fixture
def session(app_env: Settings) -> Iterator[Session]:
    """One transaction, committed when the test has passed its last line."""
    with session_scope() as session:
        yield session


@pytest.fixture
def app(app_env: Settings, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The application without its watch over trainings: tests sweep by themselves, and two at once skip each other."""
    monkeypatch.setattr(lifecycle, "SWEEP_SECONDS", 3600)
    return create_app()


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """The application over HTTP, nobody signed in."""
    with TestClient(app) as client:
        yield client


@dataclass(frozen=True)
class Person:
    """Someone who calls the API with a token (`anonymous`: without)."""

    client: TestClient
    token: str = ""
    user_id: int = 0
    email: str = ""

    def request(self, method: str, path: str, **options: Any) -> Any:
        headers = {**({TOKEN_HEADER: self.token} if self.token else {}), **options.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> Any:
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Any:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.request("DELETE", path, **options)


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def make_person(client: TestClient, password_hash: str) -> Callable[..., Person]:
    """Make an account with PASSWORD and an API token: `make_person("ann", is_admin=True)`."""

    def make(name: str, *, is_admin: bool = False) -> Person:
        email = f"{name}@example.com"
        with session_scope() as session:
            user = accounts.create_user(session, email=email, password_hash=password_hash, name=name, is_admin=is_admin)
            caller = Caller(user_id=user.id, is_admin=is_admin)
            _token, secret = accounts.create_token(session, caller, name="tests")
        return Person(client=client, token=secret, user_id=user.id, email=email)

    return make


@pytest.fixture
def owner(make_person: Callable[..., Person]) -> Person:
    return make_person("owner")


@pytest.fixture
def project_id(owner: Person) -> int:
    """A project of the owner's."""
    with session_scope() as session:
        project = Project(name="Fruit", created_by=owner.user_id)
        session.add(project)
        session.flush()
        session.add(Membership(project_id=project.id, user_id=owner.user_id, role=Role.OWNER))
        return project.id


@pytest.fixture
def admin(make_member: Callable[[Role], Person]) -> Person:
    return make_member(Role.ADMIN)


@pytest.fixture
def developer(make_member: Callable[[Role], Person]) -> Person:
    return make_member(Role.DEVELOPER)


@pytest.fixture
def labeler(make_member: Callable[[Role], Person]) -> Person:
    return make_member(Role.LABELER)


@pytest.fixture
def make_member(make_person: Callable[..., Person], project_id: int) -> Callable[[Role], Person]:
    """Make a member of the project, called as the role is."""

    def make(role: Role) -> Person:
        person = make_person(role.lower())
        with session_scope() as session:
            session.add(Membership(project_id=project_id, user_id=person.user_id, role=role))
        return person

    return make


@pytest.fixture
def stranger(make_person: Callable[..., Person]) -> Person:
    """Someone with an account who is no member of the project."""
    return make_person("stranger")


@pytest.fixture
def anonymous(client: TestClient) -> Person:
    return Person(client=client)


@pytest.fixture
def people(owner: Person, admin: Person, developer: Person, labeler: Person, stranger: Person) -> dict[str, Person]:
    """Everyone by name, for tables of who may do what."""
    anonymous = Person(client=owner.client)
    return {
        "owner": owner,
        "admin": admin,
        "developer": developer,
        "labeler": labeler,
        "stranger": stranger,
        "anonymous": anonymous,
    }


@pytest.fixture
def doorbells(app_env: Settings) -> Callable[[], list[int]]:
    """The ids of the models that workers were told of, oldest first, read from the folder that is the broker."""

    def read() -> list[int]:
        messages = sorted((app_env.broker_dir / "messages").glob("*.msg"))
        return [_first_argument(json.loads(message.read_text())) for message in messages]

    return read


@pytest.fixture
def small_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for 1 MiB, as on a full disk."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no folder of limited size can be made here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _first_argument(message: dict[str, Any]) -> int:
    arguments: list[list[int]] = json.loads(base64.b64decode(message["body"]))
    return arguments[0][0]


def use_settings(monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    """Set exactly these settings, whatever the environment and a `.env` file say; weights are not downloaded."""
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MASKWRIGHT_{name.upper()}", raising=False)
    for name, value in {"weights_download": False, **values}.items():
        monkeypatch.setenv(f"MASKWRIGHT_{name.upper()}", str(value))
    forget_settings()


def forget_settings() -> None:
    """Drop whatever was made from the settings."""
    dispose_engine()
    get_settings.cache_clear()
    get_blob_store.cache_clear()
    get_celery_app.cache_clear()


def empty_tables(url: str) -> None:
    """Delete all rows and begin with id 1 again; TRUNCATE makes new files for each table and takes thrice as long."""
    engine = create_engine(url)
    tables = list(Base.metadata.tables)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))  # a session that a test left open shows itself
        connection.execute(text(f"LOCK TABLE {', '.join(tables)}"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # in any order
        connection.exec_driver_sql("; ".join(f"DELETE FROM {table}" for table in tables))
        connection.execute(text("SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences"))
    engine.dispose()
