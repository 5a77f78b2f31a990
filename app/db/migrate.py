"""Brings the database to the tables of this code. A SQLite file is copied aside first."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import make_url

from app.db.base import utc_now
from app.db.schema_version import MIGRATIONS, head_revision, stored_revision
from app.settings import get_settings


def migrate(target: str = "head") -> Path | None:
    """Upgrade the database; quick when there is nothing to do.

    Returns:
        The copy of the SQLite file that was made before an existing database was changed.
    """
    stored = stored_revision()
    if stored == (head_revision() if target == "head" else target):
        return None
    backup = _back_up_sqlite(stored, utc_now()) if stored is not None else None
    command.upgrade(alembic_config(), target)
    return backup


def downgrade(target: str) -> None:
    """Take revisions back, for going to an older version; what their tables held is lost."""
    command.downgrade(alembic_config(), target)


def alembic_config() -> Config:
    return Config(MIGRATIONS.parent / "alembic.ini")


def _back_up_sqlite(revision: str, now: datetime) -> Path | None:
    settings = get_settings()
    url = make_url(settings.resolved_database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    folder = settings.data_dir / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    backup = folder / f"maskwright-{now:%Y%m%d-%H%M%S}-{revision}.db"
    # SQLite's own copy is whole even while others write; a copied file without its WAL is not.
    with closing(sqlite3.connect(url.database)) as source, closing(sqlite3.connect(backup)) as copy:
        source.backup(copy)
    return backup
