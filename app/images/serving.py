"""Stored pictures as HTTP answers: the file itself, its thumbnail, and a form that every browser shows."""

from typing import Protocol

from fastapi import Request, Response

from app.blob_response import blob_response, file_headers, is_fresh
from app.errors import NotFound
from app.images.display import can_be_shown, make_display_image
from app.images.names import last_part
from app.settings import get_settings
from app.storage.blobs import get_blob_store
from app.storage.thumbnails import THUMBNAIL_MEDIA_TYPE


class Picture(Protocol):
    """What is known of a stored picture, whichever table has it."""

    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def content_hash(self) -> str: ...


def file_response(request: Request, picture: Picture, storage_key: str) -> Response:
    """The file as it was uploaded."""
    return blob_response(
        request,
        get_blob_store(),
        storage_key,
        media_type=picture.media_type,
        etag=picture.content_hash,
        file_name=last_part(picture.name),
    )


def thumbnail_response(request: Request, picture: Picture, thumbnail_key: str) -> Response:
    """A small upright picture."""
    etag = f"{picture.content_hash}-thumbnail"
    return blob_response(request, get_blob_store(), thumbnail_key, media_type=THUMBNAIL_MEDIA_TYPE, etag=etag)


def display_response(request: Request, picture: Picture, storage_key: str) -> Response:
    """A picture that every browser shows upright: the file itself where it is one, else one made of it."""
    blobs, etag, max_pixels = get_blob_store(), f"{picture.content_hash}-display", get_settings().max_image_pixels
    if is_fresh(request, etag):
        return Response(status_code=304, headers=file_headers(etag=etag))
    try:
        stored = blobs.open(storage_key)
    except FileNotFoundError as error:
        raise NotFound(f"the file of {request.url.path} is gone from the storage") from error
    with stored as file:
        if not can_be_shown(file, picture.media_type, max_pixels=max_pixels):
            shown, media_type = make_display_image(file, max_pixels=max_pixels)
            return Response(shown, media_type=media_type, headers=file_headers(etag=etag))
    return blob_response(request, blobs, storage_key, media_type=picture.media_type, etag=etag)
