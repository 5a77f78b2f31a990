"""Batches of predictions over HTTP."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from app.application import new_router
from app.batches import downloads, service
from app.batches.schemas import (
    BatchImageItem,
    BatchImageSchema,
    BatchItem,
    BatchSchema,
    DownloadFormat,
    NamedImagesBody,
    ProjectFilterBody,
    Score,
    ShapeFormat,
    StartedBatch,
)
from app.batches.service import Choice
from app.blob_response import IMAGE_FILE
from app.db.enums import CheckpointKind, Speed
from app.deps import (
    BatchDeveloperAccess,
    BatchLabelerAccess,
    LabelerAccess,
    ModelDeveloperAccess,
    ReadSessionDep,
    SessionDep,
)
from app.downloads import attachment
from app.errors import Unprocessable
from app.form_files import ReceivedFile, form_schema, receive_form_files
from app.http import PageQuery, PathId, RowId, errors
from app.images import serving
from app.images.schemas import ImageQuery
from app.inference.postprocess import MaskFormat
from app.paging import Page
from app.settings import get_settings
from app.storage.blobs import get_blob_store

router = new_router("/api/v1", tags=["batches"])

Position = Annotated[int, Path(ge=1, lt=2**31)]


def get_choice(
    model_id: PathId,
    checkpoint: CheckpointKind = CheckpointKind.BEST,
    speed: Annotated[Speed | None, Query(description="Left out, the model's own")] = None,
) -> Choice:
    return Choice(model_id, checkpoint, speed)


ChoiceDep = Annotated[Choice, Depends(get_choice)]


async def received_images(
    request: Request, _access: ModelDeveloperAccess
) -> AsyncIterator[list[ReceivedFile] | NamedImagesBody]:
    """Files of a form, or ids in JSON; who may not predict is refused before any byte is read."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
        yield _parsed_ids(await request.body())
        return
    async with receive_form_files(request) as files:
        yield files


def _parsed_ids(body: bytes) -> NamedImagesBody:
    try:
        return NamedImagesBody.model_validate(json.loads(body))
    except ValidationError as error:
        problems = [{**problem, "loc": ("body", *problem["loc"])} for problem in error.errors()]
        raise RequestValidationError(problems) from error
    except (ValueError, RecursionError) as error:
        raise Unprocessable(f"body: not JSON ({error})") from error


def _body_schema() -> dict[str, Any]:
    """How OpenAPI tells of the two bodies."""
    schema = form_schema("files", many=True)
    ids = {"type": "array", "items": {"type": "integer", "minimum": 1}}
    least = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
    drafts = {"type": ["object", "null"], "properties": {"min_score": least}}
    by_id = {"type": "object", "required": ["image_ids"], "properties": {"image_ids": ids, "make_drafts": drafts}}
    schema["requestBody"]["content"]["application/json"] = {"schema": by_id}
    return schema


@router.post(
    "/models/{model_id}/batches",
    status_code=202,
    responses=errors(409, 413, 415, 507),
    openapi_extra=_body_schema(),
)
def predict_many(
    access: ModelDeveloperAccess,
    choice: ChoiceDep,
    sent: Annotated[list[ReceivedFile] | NamedImagesBody, Depends(received_images)],
    session: SessionDep,
) -> StartedBatch:
    """Predict on many images: files and zips of a form, or images of the model's project by their ids.

    With `make_drafts`, what is found in images of the project becomes draft labels at the end.
    """
    if isinstance(sent, NamedImagesBody):
        return service.predict_images(session, access, choice, sent)
    return service.predict_files(access, choice, sent, blobs=get_blob_store(), settings=get_settings())


@router.post("/models/{model_id}/predict-project", status_code=202, responses=errors(409))
def predict_project(
    access: ModelDeveloperAccess,
    choice: ChoiceDep,
    query: Annotated[ImageQuery, Query()],
    session: SessionDep,
    body: ProjectFilterBody | None = None,
) -> StartedBatch:
    """Predict on the images of the model's project that are under a filter, given in the query or the body.

    With `make_drafts` in the body, what is found becomes draft labels at the end.
    """
    body = body or ProjectFilterBody()
    wanted = body if body.has_filter else query
    return service.predict_project(session, access, choice, wanted, drafts=body.make_drafts)


@router.get("/projects/{project_id}/batches")
def list_batches(
    access: LabelerAccess,
    page: PageQuery,
    session: ReadSessionDep,
    model: Annotated[RowId | None, Query(description="Only this model's, by its id")] = None,
) -> Page[BatchItem]:
    """List a project's batches, the newest first."""
    return service.list_batches(session, access.project_id, page, model_id=model)


@router.get("/batches/{batch_id}")
def read_batch(_access: BatchLabelerAccess, batch_id: PathId, session: ReadSessionDep) -> BatchSchema:
    """How far a batch is, and what went wrong."""
    return service.read_batch(session, batch_id)


@router.post("/batches/{batch_id}/cancel", status_code=202, responses=errors(409))
def cancel_batch(_access: BatchDeveloperAccess, batch_id: PathId, session: SessionDep) -> BatchItem:
    """End a batch; what was found until then can still be looked at."""
    return service.cancel_batch(session, batch_id)


@router.delete("/batches/{batch_id}", status_code=204)
def delete_batch(_access: BatchDeveloperAccess, batch_id: PathId, session: SessionDep) -> None:
    """Delete a batch with its results and the files that came with it."""
    service.delete_batch(session, batch_id)


@router.get("/batches/{batch_id}/images")
def list_batch_images(
    _access: BatchLabelerAccess, batch_id: PathId, page: PageQuery, session: ReadSessionDep
) -> Page[BatchImageItem]:
    """List a batch's images, in their order."""
    return service.list_images(session, batch_id, page)


@router.get("/batches/{batch_id}/images/{position}")
def read_batch_image(
    _access: BatchLabelerAccess,
    batch_id: PathId,
    position: Position,
    session: ReadSessionDep,
    mask: ShapeFormat = ShapeFormat.POLYGONS,
    min_score: Annotated[Score, Query(description="0-1; left out, all that is kept")] = 0.0,
) -> BatchImageSchema:
    """One image with what was found in it."""
    return service.read_image(session, batch_id, position, shape=mask, min_score=min_score)


@router.get("/batches/{batch_id}/images/{position}/file", response_class=Response, responses=IMAGE_FILE)
def read_batch_image_file(
    _access: BatchLabelerAccess, batch_id: PathId, position: Position, request: Request, session: ReadSessionDep
) -> Response:
    """The file as it was sent."""
    image = service.get_image(session, batch_id, position)
    return serving.file_response(request, image, service.stored_key(image, image.storage_key))


@router.get("/batches/{batch_id}/images/{position}/thumbnail", response_class=Response, responses=IMAGE_FILE)
def read_batch_image_thumbnail(
    _access: BatchLabelerAccess, batch_id: PathId, position: Position, request: Request, session: ReadSessionDep
) -> Response:
    """A small upright picture."""
    image = service.get_image(session, batch_id, position)
    return serving.thumbnail_response(request, image, service.stored_key(image, image.thumbnail_key))


@router.get("/batches/{batch_id}/images/{position}/display", response_class=Response, responses=IMAGE_FILE)
def read_batch_image_display(
    _access: BatchLabelerAccess, batch_id: PathId, position: Position, request: Request, session: ReadSessionDep
) -> Response:
    """A picture that every browser shows upright."""
    image = service.get_image(session, batch_id, position)
    return serving.display_response(request, image, service.stored_key(image, image.storage_key))


@router.get("/batches/{batch_id}/download", response_class=StreamingResponse, responses=errors(409))
def download_batch(
    _access: BatchLabelerAccess,
    batch_id: PathId,
    file_format: Annotated[DownloadFormat, Query(alias="format")] = DownloadFormat.JSON,
    mask: Annotated[MaskFormat, Query(description="Of the JSON: how it holds masks")] = MaskFormat.POLYGONS,
    min_score: Annotated[Score | None, Query(description="0-1; left out, the batch's thresholds decide")] = None,
) -> StreamingResponse:
    """Download what was found."""
    download = downloads.download_batch(batch_id, file_format, mask=mask, min_score=min_score)
    return StreamingResponse(
        download.content,
        media_type=download.media_type,
        headers=attachment(download.file_name),
    )
