"""Copying a project with its labels, images and marks: all of it or nothing."""

from collections.abc import Iterable

from app.db.engine import session_scope
from app.errors import Conflict
from app.names import MAX_NAME_CHARACTERS
from app.projects import copied_rows, repository
from app.projects.access import Access
from app.projects.schemas import ProjectSchema
from app.projects.service import project_prefix
from app.projects.unfinished import finish_project, unfinished_project
from app.storage.blobs import BlobStore

_COPY = " (copy)"


def copy_project(access: Access, *, name: str | None, blobs: BlobStore) -> ProjectSchema:
    """Copy labels, images with their files, instances, validation marks and settings; the copier becomes Owner.

    Members and models stay behind. Files take long, so they are copied before the transaction that writes the rows;
    those of images that were uploaded meanwhile follow in it.

    Raises:
        Conflict: Images were deleted while they were copied.
        StorageFull: The disk is full.
    """
    with session_scope(read_only=True) as session:
        source = repository.get_project(session, access.project_id)
        keys = copied_rows.list_blob_keys(session, source.id)
    with unfinished_project(
        name=name or source.name[: MAX_NAME_CHARACTERS - len(_COPY)] + _COPY,
        strip_location=source.strip_location,
        user_id=access.user_id,
        blobs=blobs,
    ) as project_id:
        files = _ProjectFiles(blobs, source.id, project_id)
        files.copy(keys)
        with session_scope() as session:
            copied_rows.copy_rows(session, source.id, project_id)
            needed = set(map(files.original, copied_rows.list_blob_keys(session, project_id)))
            files.copy(needed - keys)
            copied = finish_project(session, project_id, user_id=access.user_id)
    files.delete_copies(keys - needed)
    return copied


class _ProjectFiles:
    """The files of a project and their copies, which lie at the same place below the other project's prefix."""

    def __init__(self, blobs: BlobStore, source_id: int, target_id: int) -> None:
        self._blobs = blobs
        self._from, self._to = project_prefix(source_id), project_prefix(target_id)

    def copy(self, keys: Iterable[str]) -> None:
        try:
            self._blobs.copy((key, self._copied(key)) for key in keys)
        except FileNotFoundError as error:
            raise Conflict("images of the project were deleted while they were copied; copy it again") from error

    def delete_copies(self, keys: Iterable[str]) -> None:
        """Delete the copies of what was deleted meanwhile."""
        self._blobs.delete(map(self._copied, keys))

    def original(self, copied: str) -> str:
        """The key that a copy was made from."""
        return self._from + copied.removeprefix(self._to)

    def _copied(self, key: str) -> str:
        return self._to + key.removeprefix(self._from)
