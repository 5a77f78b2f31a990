"""The life of an upload: made, filled piece by piece, taken in as a whole, forgotten.

No piece is written twice: each is a blob with a name of its own, which counts once the row's offset has moved past it
by compare-and-set. Of two requests that send the same bytes, one moves the offset and the other's blob is removed.
"""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from app.db.after_commit import run_after_commit
from app.db.base import utc_now
from app.db.engine import session_scope
from app.db.enums import Role
from app.db.models import Upload
from app.errors import Conflict, NotFound, PayloadTooLarge, Unprocessable
from app.form_files import ReceivedFile
from app.images.names import BadName, clean_name
from app.images.schemas import UploadReport
from app.images.service import upload_images
from app.paging import PageParams, cut_page
from app.projects.access import RANK, Access
from app.settings import Settings
from app.storage.blobs import CHUNK_BYTES, BlobStore, full_disk_refused, get_blob_store
from app.storage.scratch import scratch_folder
from app.uploads import repository
from app.uploads.schemas import UploadSchema

SWEEP_SECONDS = 600
KEPT_HOURS = 24  # after the last byte, and after the report
MAX_PIECES = 10_000  # as S3 allows of its own; each is a blob, and the row lists them
# How long nobody else takes the file in: longer than the largest zip takes. When a server dies meanwhile, a retry may
# begin after this. A claim that ends too early is harmless: the first to commit its report wins, the other undoes all.
CLAIM_MINUTES = 15


def create_upload(
    session: Session, access: Access, *, name: str, metadata: str, byte_size: int, settings: Settings
) -> Upload:
    """Begin an upload.

    Raises:
        PayloadTooLarge: The file is larger than the server takes.
        Unprocessable: No image can have this name.
    """
    if byte_size > settings.max_upload_bytes:
        raise PayloadTooLarge(
            f"Upload-Length: {byte_size:,} bytes are more than the {settings.max_upload_mb} MB that this server takes: "
            "send less at once (or raise MAX_UPLOAD_MB)"
        )
    try:
        cleaned = clean_name(name)
    except BadName as error:
        raise Unprocessable(f"Upload-Metadata: filename {name!r:.200}: {error}") from error
    upload = Upload(
        id=uuid.uuid4().hex,
        project_id=access.project_id,
        user_id=access.user_id,
        name=cleaned,
        upload_metadata=metadata,
        byte_size=byte_size,
    )
    session.add(upload)
    session.flush()
    return upload


def find_upload(session: Session, access: Access, upload_id: str) -> Upload:
    """Find an upload of the caller's; an Admin sees everybody's.

    Raises:
        NotFound: There is none, or it is somebody else's.
    """
    upload = repository.find_upload(session, access.project_id, upload_id)
    if upload is None or not (upload.user_id == access.user_id or RANK[access.role] >= RANK[Role.ADMIN]):
        raise NotFound(f"there is no upload {upload_id} that you may see; it may have expired: begin a new one")
    return upload


def list_unfinished(session: Session, access: Access, page: PageParams) -> tuple[list[Upload], str | None, int]:
    """The caller's uploads that can go on, oldest first."""
    project_id, user_id = access.project_id, access.user_id
    after = page.after(datetime, str)
    uploads = repository.list_unfinished(session, project_id, user_id, limit=page.limit + 1, after=after)
    shown, cursor = cut_page(uploads, page, key=lambda upload: (upload.created_at, upload.id))
    return shown, cursor, repository.count_unfinished(session, project_id, user_id)


def describe_upload(upload: Upload) -> UploadSchema:
    return UploadSchema(
        id=upload.id,
        name=upload.name,
        byte_size=upload.byte_size,
        offset=upload.offset,
        expires_at=expires_at(upload),
        report=UploadReport.model_validate(upload.report) if upload.report is not None else None,
    )


def expires_at(upload: Upload) -> datetime:
    return upload.changed_at + timedelta(hours=KEPT_HOURS)


def store_piece(upload: Upload, path: Path, *, blobs: BlobStore) -> Upload:
    """Keep the bytes that follow the upload's offset, moving their file away.

    Returns:
        The upload as it is afterwards.
    Raises:
        Conflict: Another request moved the offset or ended the upload meanwhile, or there are too many pieces.
        StorageFull: The disk is full.
    """
    if len(upload.pieces) == MAX_PIECES:
        raise Conflict(f"upload {upload.id} has come in {MAX_PIECES:,} pieces: begin again and send more at once")
    to_offset = upload.offset + path.stat().st_size
    key = f"{_prefix(upload.project_id, upload.id)}{upload.offset}-{uuid.uuid4().hex}"
    blobs.put_file(key, path, move=True)
    try:
        with session_scope() as session:
            moved = repository.move_offset(
                session,
                upload.id,
                from_offset=upload.offset,
                to_offset=to_offset,
                pieces=[*upload.pieces, key],
                now=utc_now(),
            )
            if not moved:
                raise Conflict(f"upload {upload.id} went on elsewhere or was ended: ask for its offset (HEAD) first")
            return repository.get_upload(session, upload.id)
    except BaseException:
        blobs.delete([key])
        raise


def take_in(access: Access, upload: Upload, *, blobs: BlobStore, settings: Settings) -> Upload:
    """Join a whole upload's pieces and take the file as images; report and images are one transaction.

    Returns:
        The upload with its report.
    Raises:
        Conflict: Another request does so now, or the upload was ended.
        StorageFull: The disk is full. The upload stays whole, and can be taken in later.
    """
    with _claimed(upload), scratch_folder(blobs) as folder:
        file = ReceivedFile(upload.name, folder / "0")
        _join(upload, file.path, blobs)

        def record(session: Session, report: UploadReport) -> None:
            if not repository.store_report(session, upload.id, report.model_dump(), now=utc_now()):
                raise Conflict(f"upload {upload.id} was taken in by another request, or ended: ask what became of it")
            run_after_commit(session, partial(blobs.delete_prefix, _prefix(upload.project_id, upload.id)))

        uploader = replace(access, user_id=upload.user_id)
        upload_images(uploader, [file], blobs=blobs, settings=settings, record=record)
    with session_scope(read_only=True) as session:
        return find_upload(session, access, upload.id)


def delete_upload(session: Session, upload: Upload, *, blobs: BlobStore) -> None:
    """End an upload and forget what has arrived."""
    session.delete(upload)
    run_after_commit(session, partial(blobs.delete_prefix, _prefix(upload.project_id, upload.id)))


def remove_expired() -> int:
    """Remove what nobody went on with; how many uploads that were."""
    with session_scope() as session:
        removed = repository.delete_changed_before(session, utc_now() - timedelta(hours=KEPT_HOURS))
        for project_id, upload_id in removed:
            run_after_commit(session, partial(get_blob_store().delete_prefix, _prefix(project_id, upload_id)))
    return len(removed)


def _prefix(project_id: int, upload_id: str) -> str:
    return f"projects/{project_id}/uploads/{upload_id}/"  # with all else of the project, so that it goes with it


@contextmanager
def _claimed(upload: Upload) -> Iterator[None]:
    now = utc_now()
    until = now + timedelta(minutes=CLAIM_MINUTES)
    with session_scope() as session:
        if not repository.claim(session, upload.id, now=now, until=until):
            raise Conflict(f"upload {upload.id} is being taken in, or was ended: ask what became of it in a moment")
    try:
        yield
    except BaseException:
        with session_scope() as session:
            repository.release(session, upload.id, until=until)
        raise


def _join(upload: Upload, target: Path, blobs: BlobStore) -> None:
    with full_disk_refused(), target.open("xb") as file:
        for key in upload.pieces:
            with blobs.open(key) as piece:
                shutil.copyfileobj(piece, file, CHUNK_BYTES)
