"""Whole projects over HTTP."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse

from app.application import new_router
from app.deps import AccountUser, DeveloperAccess
from app.downloads import attachment
from app.errors import Unprocessable
from app.form_files import ReceivedFile, form_schema, receive_form_files
from app.http import errors
from app.project_archive import service
from app.project_archive.writing import name_archive, write_project
from app.projects.schemas import ProjectSchema
from app.settings import get_settings
from app.storage.blobs import get_blob_store

router = new_router("/api/v1/projects", tags=["projects"])


@router.get("/{project_id}/archive", response_class=StreamingResponse)
def export_project(
    access: DeveloperAccess,
    models: Annotated[bool, Query(description="With the models that are ready")] = True,  # noqa: FBT002
) -> StreamingResponse:
    """Download a project with its images, labels, validation set, settings and models as one zip."""
    return StreamingResponse(
        write_project(access.project_id, with_models=models, blobs=get_blob_store()),
        media_type="application/zip",
        headers=attachment(name_archive(access.project_id)),
    )


async def received_archive(request: Request, _caller: AccountUser) -> AsyncIterator[ReceivedFile]:
    """The one file of the form; who may not import is refused before any byte is read."""
    async with receive_form_files(request) as files:
        if len(files) > 1:
            raise Unprocessable(f"the form has {len(files)} files; send one project archive at a time")
        yield files[0]


@router.post("/archive", status_code=201, responses=errors(413, 415, 507), openapi_extra=form_schema("file"))
def import_project(caller: AccountUser, archive: Annotated[ReceivedFile, Depends(received_archive)]) -> ProjectSchema:
    """Make a project of an archive that this or another Maskwright gave; the sender owns it."""
    return service.import_project(caller.user_id, archive.path, blobs=get_blob_store(), settings=get_settings())
