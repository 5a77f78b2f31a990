"""Uploads over HTTP, by the tus protocol; what it asks of every message is in `app/uploads/protocol.py`."""

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from app.application import new_router
from app.db.engine import session_scope
from app.db.models import Upload
from app.deps import LabelerAccess, ReadSessionDep, SessionDep
from app.errors import Conflict, PayloadTooLarge
from app.http import PageQuery, errors
from app.paging import Page
from app.projects.access import Access
from app.settings import get_settings
from app.storage.blobs import get_blob_store
from app.uploads import protocol, service
from app.uploads.receiving import receive_body
from app.uploads.schemas import UploadSchema

router = new_router("/api/v1/projects/{project_id}/uploads", tags=["uploads"])

UploadId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]

_PIECE: dict[str, Any] = {
    "requestBody": {"content": {protocol.PIECE_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}


def _header(name: str, description: str, *, required: bool = True) -> dict[str, Any]:
    schema = {"name": name, "in": "header", "description": description, "required": required}
    return schema | {"schema": {"type": "string"}}


_CREATION = _PIECE | {
    "parameters": [
        _header("Upload-Length", "The file's length in bytes"),
        _header("Upload-Metadata", "`filename`, a space, and the file's name in base64"),
    ]
}
_CONTINUATION = _PIECE | {"parameters": [_header("Upload-Offset", "How many bytes have arrived before")]}


def _new_upload(request: Request, access: LabelerAccess) -> Upload:
    headers = request.headers
    if protocol.has_body(headers):
        protocol.require_piece_type(headers)
    byte_size = protocol.read_count(headers, "Upload-Length")
    metadata = headers.get("Upload-Metadata", "")
    name = protocol.read_file_name(metadata)
    with session_scope() as session:
        return service.create_upload(
            session, access, name=name, metadata=metadata, byte_size=byte_size, settings=get_settings()
        )


def _continued_upload(request: Request, access: LabelerAccess, upload_id: UploadId) -> Upload:
    """The upload that a piece belongs to; a piece that does not fit is refused before any byte is read."""
    with session_scope(read_only=True) as session:
        upload = service.find_upload(session, access, upload_id)
    headers = request.headers
    protocol.require_piece_type(headers)
    offset = protocol.read_count(headers, "Upload-Offset")
    if offset != upload.offset:
        raise Conflict(f"Upload-Offset: {offset:,} is not where upload {upload.id} goes on, which is {upload.offset:,}")
    declared = headers.get("Content-Length", "")
    if declared.isdigit() and upload.offset + int(declared) > upload.byte_size:
        missing = upload.byte_size - upload.offset
        raise PayloadTooLarge(f"Content-Length: upload {upload.id} lacks {missing:,} bytes, not {int(declared):,}")
    return upload


async def _begun(request: Request, upload: Annotated[Upload, Depends(_new_upload)]) -> Upload:
    return await receive_body(request, upload, blobs=get_blob_store())


async def _continued(request: Request, upload: Annotated[Upload, Depends(_continued_upload)]) -> Upload:
    return await receive_body(request, upload, blobs=get_blob_store())


@router.post("", status_code=201, responses=errors(400, 409, 412, 413, 415, 507), openapi_extra=_CREATION)
def create_upload(
    request: Request, response: Response, access: LabelerAccess, upload: Annotated[Upload, Depends(_begun)]
) -> UploadSchema:
    """Begin an upload, with or without its first bytes. `Location` is where the next ones go."""
    upload = _taken_in_if_whole(access, upload)
    response.headers.update(_headers(upload) | {"Location": f"{request.url.path}/{upload.id}"})
    return service.describe_upload(upload)


@router.get("")
def list_uploads(access: LabelerAccess, page: PageQuery, session: ReadSessionDep) -> Page[UploadSchema]:
    """List the caller's uploads that are not finished, oldest first."""
    uploads, next_cursor, total = service.list_unfinished(session, access, page)
    items = [service.describe_upload(upload) for upload in uploads]
    return Page(items=items, next_cursor=next_cursor, total=total)


@router.get("/{upload_id}", responses=errors(412))
def read_upload(access: LabelerAccess, upload_id: UploadId, session: ReadSessionDep) -> UploadSchema:
    """How far an upload is, and what became of it once it was whole."""
    return service.describe_upload(service.find_upload(session, access, upload_id))


# The protocol's question; people and typed clients ask by GET, so the API's description leaves it out.
@router.head("/{upload_id}", include_in_schema=False)
def read_upload_offset(access: LabelerAccess, upload_id: UploadId, session: ReadSessionDep) -> Response:
    upload = service.find_upload(session, access, upload_id)
    headers = {"Upload-Length": str(upload.byte_size), "Upload-Metadata": upload.upload_metadata}
    return Response(headers=_headers(upload) | headers | {"Cache-Control": "no-store"})


@router.patch(
    "/{upload_id}",
    status_code=204,
    responses=errors(400, 409, 412, 413, 415, 507),
    response_class=Response,
    openapi_extra=_CONTINUATION,
)
def continue_upload(access: LabelerAccess, upload: Annotated[Upload, Depends(_continued)]) -> Response:
    """Send the next bytes. With the last ones, the file is taken as images: the upload's `report` tells of it.

    When that fails because the disk is full, no bytes at the same offset try it again.
    """
    return Response(status_code=204, headers=_headers(_taken_in_if_whole(access, upload)))


@router.delete("/{upload_id}", status_code=204, responses=errors(412))
def delete_upload(access: LabelerAccess, upload_id: UploadId, session: SessionDep) -> None:
    """End an upload. Images that were taken stay."""
    service.delete_upload(session, service.find_upload(session, access, upload_id), blobs=get_blob_store())


def _taken_in_if_whole(access: Access, upload: Upload) -> Upload:
    if upload.offset < upload.byte_size or upload.report is not None:
        return upload
    return service.take_in(access, upload, blobs=get_blob_store(), settings=get_settings())


def _headers(upload: Upload) -> dict[str, str]:
    return {"Upload-Offset": str(upload.offset), "Upload-Expires": protocol.http_date(service.expires_at(upload))}
