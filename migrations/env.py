"""Runs revisions on the database of the settings, each upgrade as one transaction on both databases."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

import app.db.models  # noqa: F401 - fills the metadata
from app.db.base import Base, UtcDateTime
from app.db.engine import make_engine
from app.settings import get_settings

# Two servers that start at once migrate one after the other.
POSTGRESQL_LOCK = 7_305_846_201


def render_plainly(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write revisions in SQLAlchemy's own types: they must run when the application's have long changed."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


def run() -> None:
    engine = make_engine(get_settings().resolved_database_url)
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # Batch mode drops the old table, which would delete the rows that refer to it. SQLite takes this only
            # outside a transaction, so it goes past SQLAlchemy.
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=render_plainly,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if not is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(POSTGRESQL_LOCK)))
            context.run_migrations()
            if is_sqlite:
                refuse_broken_references(connection)
    engine.dispose()


def refuse_broken_references(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"rows that refer to nothing after the migration, nothing was changed: {broken[:5]}")


run()
