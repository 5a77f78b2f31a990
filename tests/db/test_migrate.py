"""Migrations: up and down on both databases, the same tables as the models, a copy before a change."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from app.db import migrate as migrate_module
from app.db.base import Base
from app.db.engine import dispose_engine, get_engine, session_scope
from app.db.migrate import alembic_config, downgrade, migrate
from app.db.models import Project, User
from app.db.schema_version import (
    DatabaseNotMigrated,
    head_revision,
    is_current,
    require_current,
    stored_revision,
)
from app.settings import Settings
from tests.conftest import use_settings


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> str:
    """A database without tables: a new SQLite file, or a PostgreSQL database made for this test."""
    if database.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'new.db'}"
    engine = create_engine(database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS new WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE new"))
    engine.dispose()
    return database.rpartition("/")[0] + "/new"


@pytest.fixture
def unmigrated(app_env: Settings, empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_settings(monkeypatch, data_dir=tmp_path, database_url=empty_database)


def table_names() -> set[str]:
    return set(inspect(get_engine()).get_table_names()) - {"alembic_version"}


def test_migrate__makes_every_table_and_downgrade_takes_it_back(unmigrated: None) -> None:
    assert stored_revision() is None
    migrate()
    assert table_names() == set(Base.metadata.tables)
    assert is_current()
    downgrade("base")
    assert table_names() == set()
    assert stored_revision() is None
    migrate()
    assert table_names() == set(Base.metadata.tables)


def test_migrate__gives_the_tables_of_the_models(app_env: Settings) -> None:
    command.check(alembic_config())  # raises when a revision is missing


def test_migrate__again_does_nothing(app_env: Settings) -> None:
    assert migrate() is None
    assert not (app_env.data_dir / "backups").exists()


def test_revisions__form_one_line() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    assert script.get_heads() == [head_revision()]
    assert len(script.get_bases()) == 1


def test_require_current__says_what_to_do(unmigrated: None) -> None:
    with pytest.raises(DatabaseNotMigrated, match="no tables yet: run maskwright migrate"):
        require_current()
    migrate()
    require_current()


def test_require_current__refuses_another_version(app_env: Settings) -> None:
    with session_scope() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseNotMigrated, match=f"revision 9999, this Maskwright needs {head_revision()}"):
        require_current()
    with session_scope() as session:
        session.execute(text(f"UPDATE alembic_version SET version_num = '{head_revision()}'"))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_migrate__copies_an_existing_sqlite_file_first(app_env: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_scope() as session:
        session.add(User(email="a@b.c", password_hash="x"))
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    seen: list[tuple[str, list[Path]]] = []

    def note(_config: object, target: str) -> None:
        seen.append((target, list((app_env.data_dir / "backups").iterdir())))

    monkeypatch.setattr(migrate_module.command, "upgrade", note)
    backup = migrate()
    assert backup is not None
    assert backup.name.endswith("-0000.db")
    assert seen == [("head", [backup])]  # the copy was there before anything was changed
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT email FROM users").fetchall() == [("a@b.c",)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_migrate__keeps_rows_that_refer_to_a_rebuilt_table(app_env: Settings) -> None:
    # Batch mode drops the old table: with foreign keys on, its rows' children would go with it.
    with session_scope() as session:
        user = User(email="a@b.c", password_hash="x")
        session.add(user)
        session.flush()
        session.add(Project(name="Fruit", created_by=user.id))
    dispose_engine()
    revision = Path(app_env.data_dir / "rebuild.py")
    revision.write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = 'rebuild'\ndown_revision = {head_revision()!r}\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('users', recreate='always') as batch:\n"
        "        batch.alter_column('name', existing_type=sa.String(100), type_=sa.String(120))\n"
    )
    config = alembic_config()
    versions = Path(config.get_main_option("script_location") or "") / "versions"
    config.set_main_option("version_locations", f"{versions}:{app_env.data_dir}")
    command.upgrade(config, "rebuild")
    with session_scope(read_only=True) as session:
        assert session.execute(text("SELECT created_by FROM projects")).scalar_one() == 1


PROJECT_OF_0001 = """
INSERT INTO projects (id, name, created_at, changed_at) VALUES (7, 'Fruit', '2026-11-01', '2026-11-01');
INSERT INTO label_classes (id, project_id, name, color, position) VALUES (3, 7, 'fig', '#E69F00', 0);
INSERT INTO images (id, project_id, name, width, height, byte_size, media_type, content_hash, storage_key,
  thumbnail_key, in_validation, revision, instance_count, created_at, changed_at)
  VALUES (1, 7, 'a/b/Žalia Figa.png', 9, 9, 1, 'image/png', 'x', 'k', 't', true, 0, 2, '2026-11-01', '2026-11-01'),
         (2, 7, 'd.png', 9, 9, 1, 'image/png', 'x', 'k', 't', false, 0, 0, '2026-11-01', '2026-11-01');
INSERT INTO image_class_counts (image_id, class_id, instance_count) VALUES (1, 3, 2);
"""


def test_migrate__from_0001_counts_and_splits_what_is_there(unmigrated: None) -> None:
    migrate("0001")
    with session_scope() as session:
        for statement in PROJECT_OF_0001.split(";")[:-1]:
            session.execute(text(statement))
    migrate()
    with session_scope() as session:
        project = session.get_one(Project, 7)
        assert (project.image_count, project.labeled_count, project.validation_count) == (2, 1, 1)
        assert session.execute(text("SELECT image_count, instance_count FROM label_classes")).one() == (1, 2)
        names = session.execute(text("SELECT folder, name_folded FROM images ORDER BY id"))
        assert list(names) == [("a/b", "a/b/žalia figa.png"), ("", "d.png")]
        session.delete(project)
        session.flush()
        if session.get_bind().dialect.name == "sqlite":  # the tables still never give an id again
            session.add(Project(name="Nuts"))
            session.flush()
            assert session.execute(text("SELECT max(id) FROM projects")).scalar_one() == 8
    downgrade("0001")
