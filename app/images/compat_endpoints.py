"""The hosted service's calls about projects and images, in its words. Its clients take only status 200."""

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from pydantic_core import from_json

from app.application import new_router
from app.blob_response import IMAGE_FILE, blob_response
from app.deps import AccountUser, LabelerAccess, ReadSessionDep, SessionDep
from app.errors import BadRequest, UnsupportedMediaType
from app.http import errors
from app.images import by_name, service
from app.images.image_input import JSON_TYPE, read_image_input
from app.images.names import last_part
from app.images.schemas import DeletedImages, UploadedImage
from app.projects.schemas import ProjectBody
from app.projects.service import create_project
from app.settings import get_settings
from app.storage.blobs import get_blob_store

MAX_URL_BYTES = 128 * 1024 * 1024  # as for prediction
FORM_TYPE, MULTIPART_TYPE = "application/x-www-form-urlencoded", "multipart/form-data"

router = new_router("/api", tags=["hosted service's calls"])

_NAME = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
_PROJECT_BODY = {
    "requestBody": {"content": {kind: {"schema": _NAME} for kind in (JSON_TYPE, FORM_TYPE, MULTIPART_TYPE)}}
}
_IMAGE_BODY = {
    "requestBody": {
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            JSON_TYPE: {
                "schema": {
                    "type": "object",
                    "properties": {"url": {"type": "string"}, "base64": {"type": "string"}},
                }
            },
        }
    }
}


async def _project_body(request: Request, _caller: AccountUser) -> ProjectBody:
    try:
        return ProjectBody.model_validate(await _fields(request))
    except ValidationError as error:
        raise RequestValidationError(
            [problem | {"loc": ("body", *problem["loc"])} for problem in error.errors()]
        ) from error


async def _fields(request: Request) -> Any:
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    match media_type:
        case "application/json":
            try:
                return from_json(await request.body())
            except ValueError as error:
                raise BadRequest(f"the body is not JSON ({error})") from error
        case "application/x-www-form-urlencoded":
            return dict(parse_qsl((await request.body()).decode(errors="replace")))
        case "multipart/form-data":
            async with request.form(max_files=0) as form:
                return dict(form)
        case _:
            raise UnsupportedMediaType(f"Content-Type {media_type!r:.50}: send the project's name as JSON or as a form")


async def _body(request: Request, _access: LabelerAccess) -> bytes:
    """The body, read once the caller is known; `app.http` has its limit."""
    return await request.body()


@router.post("/project", responses=errors(400, 413, 415), openapi_extra=_PROJECT_BODY)
def create_project_by_name(
    caller: AccountUser, body: Annotated[ProjectBody, Depends(_project_body)], session: SessionDep
) -> int:
    """Make a project and answer its id."""
    return create_project(session, caller, name=body.name).id


@router.post("/image/{project_id}/{name:path}", responses=errors(400, 409, 413, 415, 507), openapi_extra=_IMAGE_BODY)
def upload_named_image(
    access: LabelerAccess, name: str, request: Request, body: Annotated[bytes, Depends(_body)]
) -> UploadedImage:
    """Upload an image: its bytes, or a URL or base64 in JSON."""
    settings = get_settings()
    data = read_image_input(
        body,
        content_type=request.headers.get("Content-Type", ""),
        content_encoding=request.headers.get("Content-Encoding", ""),
        allowance=settings.url_allowance,
        max_bytes=MAX_URL_BYTES,
    )
    return by_name.upload_image(access, name, data, blobs=get_blob_store(), settings=settings)


@router.get("/image/{project_id}/{name:path}", response_class=Response, responses=IMAGE_FILE)
def read_named_image(access: LabelerAccess, name: str, request: Request, session: ReadSessionDep) -> Response:
    """An image's file as it was uploaded."""
    image = by_name.find_image(session, access, name)
    answer = blob_response(
        request,
        get_blob_store(),
        image.storage_key,
        media_type=image.media_type,
        etag=image.content_hash,
        file_name=last_part(image.name),
    )
    answer.headers["Cache-Control"] = "private, no-cache"  # another image may have the name tomorrow
    return answer


@router.delete("/image/{project_id}/{name:path}")
def delete_named_image(access: LabelerAccess, name: str, session: SessionDep) -> DeletedImages:
    """Delete an image with its labels."""
    image = by_name.find_image(session, access, name)
    return DeletedImages(deleted=service.delete_images(session, access, [image.id], blobs=get_blob_store()))


@router.get("/images/{project_id}")
def list_names(access: LabelerAccess, session: ReadSessionDep) -> list[str]:
    """The names of every image in a project, in the order of uploading."""
    return by_name.list_names(session, access)
