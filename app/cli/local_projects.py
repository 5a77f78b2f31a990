"""Labels and projects of this machine's database, with or without the server."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import select

from app.db.engine import session_scope
from app.db.enums import Role
from app.db.models import Project, User
from app.db.schema_version import require_current
from app.errors import NotFound
from app.form_files import ReceivedFile
from app.labels import exporting, importing
from app.labels.importing import ImportMode
from app.project_archive import service
from app.project_archive.writing import name_archive, write_project
from app.projects.access import Access
from app.settings import get_settings
from app.storage.blobs import get_blob_store

ARCHIVE = "archive"  # among the formats: the whole project
_console = Console(stderr=True)


class LocalProjects:
    """What the server does, done by this process: whoever may read the machine's disk may do it."""

    def __init__(self) -> None:
        require_current()

    @contextmanager
    def export(self, project_id: int, *, file_format: str, with_models: bool) -> Iterator[tuple[str, Iterator[bytes]]]:
        _require_project(project_id)
        if file_format == ARCHIVE:
            yield (
                name_archive(project_id),
                write_project(project_id, with_models=with_models, blobs=get_blob_store()),
            )
            return
        writer = exporting.choose_writer(file_format)
        yield exporting.name_export(project_id, writer), exporting.export_labels(project_id, writer)

    def import_labels(
        self, project_id: int, files: Sequence[Path], *, file_format: str, mode: ImportMode, dry_run: bool
    ) -> dict[str, Any]:
        _require_project(project_id)
        with _console.status("Importing"):
            report = importing.import_labels(
                Access(user_id=0, project_id=project_id, role=Role.OWNER),
                [ReceivedFile(path.name, path) for path in files],
                file_format=file_format,
                mode=mode,
                dry_run=dry_run,
                max_file_bytes=get_settings().max_upload_bytes,
            )
        return report.model_dump(mode="json")

    def import_project(self, archive: Path, *, owner: str | None) -> dict[str, Any]:
        """Make a project of an archive; left out, the first administrator owns it."""
        owner_id = _find_owner(owner)
        with _console.status("Importing"):
            project = service.import_project(owner_id, archive, blobs=get_blob_store(), settings=get_settings())
        return project.model_dump(mode="json")


def _require_project(project_id: int) -> None:
    with session_scope(read_only=True) as session:
        if session.get(Project, project_id) is None:
            raise NotFound(f"there is no project {project_id}")


def _find_owner(email: str | None) -> int:
    wanted = User.is_admin if email is None else User.email == email.strip().lower()
    with session_scope(read_only=True) as session:
        user_id = session.scalar(select(User.id).where(wanted).order_by(User.id))
    if user_id is None and email is None:
        raise NotFound(
            "there is no administrator who could own the project: make one with maskwright admin create, or name "
            "somebody with --owner"
        )
    if user_id is None:
        raise NotFound(f"nobody has an account with {email}: give the --owner's e-mail as they sign in with it")
    return user_id
