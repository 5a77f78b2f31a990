"""Whether the database has the tables that this code expects. Alembic is not imported: starting a server is quick."""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text

from app.db.engine import get_engine
from app.errors import AppError

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_REVISION = re.compile(r"^revision = ['\"](.+)['\"]$", re.MULTILINE)
_DOWN_REVISION = re.compile(r"^down_revision = ['\"](.+)['\"]$", re.MULTILINE)


class DatabaseNotMigrated(AppError):
    status_code = 503


def is_current() -> bool:
    return stored_revision() == head_revision()


def require_current() -> None:
    """Refuse to go on with a database of another version.

    Raises:
        DatabaseNotMigrated: Says which and what to do.
    """
    stored, head = stored_revision(), head_revision()
    if stored is None:
        raise DatabaseNotMigrated("the database has no tables yet: run maskwright migrate")
    if stored != head:
        raise DatabaseNotMigrated(
            f"the database is at revision {stored}, this Maskwright needs {head}: run maskwright migrate, or start the "
            "version of Maskwright that the database was made with"
        )


def stored_revision() -> str | None:
    """The revision that the database is at; None when it was never migrated."""
    with get_engine().execution_options(writes=False).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


@cache
def head_revision() -> str:
    """The newest revision of this code."""
    sources = [path.read_text() for path in (MIGRATIONS / "versions").glob("*.py")]
    revisions = {match for source in sources for match in _REVISION.findall(source)}
    replaced = {match for source in sources for match in _DOWN_REVISION.findall(source)}
    (head,) = revisions - replaced
    return str(head)
