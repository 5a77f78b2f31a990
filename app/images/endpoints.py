"""Images over HTTP."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Query, Request, Response

from app.application import new_router
from app.blob_response import IMAGE_FILE
from app.deps import ImageLabelerAccess, LabelerAccess, ReadSessionDep, SessionDep
from app.form_files import ReceivedFile, form_schema, receive_form_files
from app.http import PageQuery, PathId, errors
from app.images import repository, service, serving
from app.images.schemas import (
    DeletedImages,
    Folders,
    ImageDetails,
    ImageIds,
    ImageIdsBody,
    ImageItem,
    ImageQuery,
    Uploaders,
    UploadReport,
)
from app.paging import Page
from app.settings import get_settings
from app.storage.blobs import get_blob_store

router = new_router("/api/v1", tags=["images"])


ImageQueryParams = Annotated[ImageQuery, Query()]


async def received_files(request: Request, _access: LabelerAccess) -> AsyncIterator[list[ReceivedFile]]:
    """The files of the form; who may not upload is refused before any byte is read."""
    async with receive_form_files(request) as files:
        yield files


@router.post(
    "/projects/{project_id}/images",
    status_code=201,
    responses=errors(413, 415, 507),
    openapi_extra=form_schema("files", many=True),
)
def upload_images(access: LabelerAccess, files: Annotated[list[ReceivedFile], Depends(received_files)]) -> UploadReport:
    """Upload images, and zips of them, which keep their folders in the names. What is refused is listed with why."""
    return service.upload_images(access, files, blobs=get_blob_store(), settings=get_settings())


@router.get("/projects/{project_id}/images")
def list_images(
    access: LabelerAccess, query: ImageQueryParams, page: PageQuery, session: ReadSessionDep
) -> Page[ImageItem]:
    """List images, a page at a time."""
    return service.list_images(session, access, query, page)


@router.get("/projects/{project_id}/images/ids")
def list_image_ids(access: LabelerAccess, query: ImageQueryParams, session: ReadSessionDep) -> ImageIds:
    """List the id of every image under a filter."""
    wanted = service.resolve_filter(session, access, query)
    ids = repository.list_image_ids(session, access.project_id, wanted, sort=query.sort)
    return ImageIds(items=ids, total=len(ids))


@router.get("/projects/{project_id}/images/folders")
def list_image_folders(access: LabelerAccess, session: ReadSessionDep) -> Folders:
    """List the folders that have images directly in them, by name: the first 1,000, and how many there are."""
    return service.list_folders(session, access.project_id)


@router.get("/projects/{project_id}/images/uploaders")
def list_image_uploaders(access: LabelerAccess, session: ReadSessionDep) -> Uploaders:
    """List who uploaded the images, by name."""
    return service.list_uploaders(session, access.project_id)


@router.delete("/projects/{project_id}/images")
def delete_images(access: LabelerAccess, body: ImageIdsBody, session: SessionDep) -> DeletedImages:
    """Delete images with their labels, all or none."""
    return DeletedImages(deleted=service.delete_images(session, access, body.image_ids, blobs=get_blob_store()))


@router.get("/images/{image_id}")
def read_image(
    access: ImageLabelerAccess, image_id: PathId, query: ImageQueryParams, session: ReadSessionDep
) -> ImageDetails:
    """One image, and its neighbours under a filter."""
    wanted = service.resolve_filter(session, access, query)
    return service.describe_image(session, image_id, wanted, sort=query.sort)


@router.delete("/images/{image_id}", status_code=204)
def delete_image(access: ImageLabelerAccess, image_id: PathId, session: SessionDep) -> None:
    """Delete an image with its labels."""
    service.delete_images(session, access, [image_id], blobs=get_blob_store())


@router.get("/images/{image_id}/file", response_class=Response, responses=IMAGE_FILE)
def read_image_file(
    _access: ImageLabelerAccess, image_id: PathId, request: Request, session: ReadSessionDep
) -> Response:
    """The file as it was uploaded."""
    image = service.get_image(session, image_id)
    return serving.file_response(request, image, image.storage_key)


@router.get("/images/{image_id}/thumbnail", response_class=Response, responses=IMAGE_FILE)
def read_thumbnail(
    _access: ImageLabelerAccess, image_id: PathId, request: Request, session: ReadSessionDep
) -> Response:
    """A small upright picture."""
    image = service.get_image(session, image_id)
    return serving.thumbnail_response(request, image, image.thumbnail_key)


@router.get("/images/{image_id}/display", response_class=Response, responses=IMAGE_FILE)
def read_display_image(
    _access: ImageLabelerAccess, image_id: PathId, request: Request, session: ReadSessionDep
) -> Response:
    """A picture that every browser shows upright: the file itself where it is one, else one made of it."""
    image = service.get_image(session, image_id)
    return serving.display_response(request, image, image.storage_key)
