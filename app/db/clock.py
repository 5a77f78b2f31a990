"""The one clock that leases are compared by: the database's, whatever the clocks of servers and workers say."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import FunctionElement

from app.db.base import UtcDateTime


class database_now(FunctionElement[datetime]):  # noqa: N801 - it stands among SQL functions
    """The time now in UTC, to be used inside a statement.

    PostgreSQL's `now()` is when the transaction began, which may have waited for a lock since; SQLite's
    CURRENT_TIMESTAMP has no fractions of a second.
    """

    type = UtcDateTime()
    inherit_cache = True


@compiles(database_now, "postgresql")
def _postgresql(element: database_now, compiler: Any, **options: Any) -> str:
    return "clock_timestamp()"


@compiles(database_now, "sqlite")
def _sqlite(element: database_now, compiler: Any, **options: Any) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"  # the text that SQLAlchemy stores times as: microseconds


def read_database_time(session: Session) -> datetime:
    """Ask the database what time it is."""
    now: datetime | None = session.scalar(select(database_now()))
    if now is None:
        raise RuntimeError("the database does not tell the time")
    return now
