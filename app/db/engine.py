"""The engine of DATABASE_URL and the one place where transactions are committed."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.data_folder import make_data_folder
from app.settings import get_settings

POSTGRESQL_CONNECTION_LOST = "08"
# Stopped by its administrator, crashed, starting, or without a free connection.
POSTGRESQL_GOING_OR_FULL = ("57P01", "57P02", "57P03", "53300")
POSTGRESQL_GAVE_WAY = ("40001", "40P01")  # of two who would wait for each other for ever it stops one
POSTGRESQL_REFERS_TO_NOTHING = "23503"
POSTGRESQL_DISK_FULL = "53100"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
SQLITE_BUSY_TIMEOUT_MS = 30_000  # writers queue behind one another instead of failing with "database is locked"


def _json_text(value: Any) -> str:
    return orjson.dumps(value).decode()


# Outlines are most of what is read: three to five times faster than the standard library.
_JSON = {"json_serializer": _json_text, "json_deserializer": orjson.loads}


def make_engine(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL with the settings that both need for many threads and processes."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=20, max_overflow=20, **_JSON)
    # A connection costs next to nothing here: one for each of a server's forty threads and for what works beside them.
    engine = create_engine(url, connect_args={"check_same_thread": False}, pool_size=20, max_overflow=40, **_JSON)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin_sqlite does
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")  # safe with WAL; a power cut loses at most the last commits
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote meanwhile, whatever the busy
    # timeout; one that will write therefore takes its turn at the start.
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@cache
def get_engine() -> Engine:
    settings = get_settings()
    if settings.resolved_database_url.startswith("sqlite"):
        make_data_folder(settings.data_dir)
    return make_engine(settings.resolved_database_url)


@cache
def _session_factory(*, read_only: bool) -> sessionmaker[Session]:
    return sessionmaker(get_engine().execution_options(writes=not read_only), expire_on_commit=False)


def open_session(*, read_only: bool = False) -> Session:
    """A session whose transaction begins at its first query; the caller commits or closes it."""
    return _session_factory(read_only=read_only)()


@contextmanager
def session_scope(*, read_only: bool = False) -> Iterator[Session]:
    """One transaction: committed at the end, rolled back when anything is raised."""
    with open_session(read_only=read_only) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def is_disk_full(error: DBAPIError) -> bool:
    """Whether a statement failed because the database's disk is full."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return getattr(original, "sqlite_errorcode", None) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
    return getattr(original, "sqlstate", None) == POSTGRESQL_DISK_FULL


def is_away(error: DBAPIError) -> bool:
    """Whether the database cannot be reached, or is busy beyond patience: the same may go well in a moment."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return getattr(original, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
    state = getattr(original, "sqlstate", None)
    if state is None:  # no server answered at all
        return error.connection_invalidated or isinstance(error, OperationalError)
    return state.startswith(POSTGRESQL_CONNECTION_LOST) or state in (*POSTGRESQL_GOING_OR_FULL, *POSTGRESQL_GAVE_WAY)


def refers_to_nothing(error: DBAPIError) -> bool:
    """Whether a row was to belong to another that is not there: somebody deleted that one meanwhile."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return getattr(original, "sqlite_errorcode", None) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
    return getattr(original, "sqlstate", None) == POSTGRESQL_REFERS_TO_NOTHING


def holds_zero(error: DBAPIError) -> bool:
    """Whether a text with U+0000 in it was to be kept or looked for: PostgreSQL has none, its driver refuses it."""
    return isinstance(error, DataError) and "NUL" in str(error.orig)


def dispose_engine() -> None:
    """Forget the engine and its sessions, after a fork or when the settings have changed."""
    if get_engine.cache_info().currsize:
        get_engine().dispose()
    get_engine.cache_clear()
    _session_factory.cache_clear()
