"""Blobs as HTTP answers: cached by their content, in ranges, and harmless whatever they hold."""

import re
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from app.errors import AppError, NotFound
from app.storage.blobs import BlobStore

FOREVER = "private, max-age=31536000, immutable"  # a blob of an image never changes
# An uploaded file may look like a page to a browser; here it can neither run nor load anything.
_HARMLESS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class RangeNotSatisfiable(AppError):
    status_code = 416


# How OpenAPI tells of an endpoint that answers with a picture.
IMAGE_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}
}


def blob_response(
    request: Request, blobs: BlobStore, key: str, *, media_type: str, etag: str, file_name: str | None = None
) -> Response:
    """Answer with a blob, or with the part of it that is asked for.

    Args:
        etag: Names the content, without quotes.
        file_name: What a browser calls it when it is saved.
    Raises:
        NotFound: The blob is gone.
        RangeNotSatisfiable: The range begins behind its end.
    """
    headers = file_headers(etag=etag, file_name=file_name)
    if is_fresh(request, etag):
        return Response(status_code=304, headers=headers)
    try:
        size = blobs.size(key)
    except FileNotFoundError as error:
        raise NotFound(f"the file of {request.url.path} is gone from the storage") from error
    headers["Accept-Ranges"] = "bytes"
    start, end = _asked_range(request, size, etag)
    if (start, end) != (0, size):
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - start)
    return StreamingResponse(
        blobs.read_chunks(key, start=start, length=end - start),
        status_code=206 if "Content-Range" in headers else 200,
        media_type=media_type,
        headers=headers,
    )


def file_headers(*, etag: str, file_name: str | None = None) -> dict[str, str]:
    """The headers of an uploaded file or of what was made of one."""
    headers = {"ETag": f'"{etag}"', "Cache-Control": FOREVER, **_HARMLESS}
    if file_name is not None:
        headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(file_name, safe='')}"
    return headers


def is_fresh(request: Request, etag: str) -> bool:
    """Whether the caller has this content already."""
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or f'"{etag}"' in {tag.strip().removeprefix("W/") for tag in known.split(",")}


def _asked_range(request: Request, size: int, etag: str) -> tuple[int, int]:
    """The half-open range of bytes to send: all of them for a header that is not understood (RFC 9110, 14.2)."""
    match = _RANGE.fullmatch(request.headers.get("range", "").strip())
    condition = request.headers.get("if-range")
    if match is None or match[0] == "bytes=-" or condition not in (None, f'"{etag}"'):
        return 0, size
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
    if start >= size or start >= end:
        raise RangeNotSatisfiable(f"the file has {size} bytes; the range {match[0]} holds none of them")
    return start, end
