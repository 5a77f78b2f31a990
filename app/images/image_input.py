"""The three ways in which a caller hands over an image: its bytes, a URL, or base64 inside JSON."""

import base64
import binascii
import json
from typing import Any

from app.errors import BadRequest, UnsupportedMediaType
from app.url_allowance import UrlAllowance

# Of RFC 9110 and its registry. Others, such as `utf-8`, are a client's mistake and change nothing in the body.
COMPRESSED = ("gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress")
JSON_TYPE = "application/json"
BYTES_TYPE = "application/octet-stream"


def read_image_input(
    body: bytes, *, content_type: str, content_encoding: str, allowance: UrlAllowance, max_bytes: int
) -> bytes:
    """Give the image file that a request's body holds or names.

    Args:
        body: The request body.
        content_type: Its `Content-Type`, with or without parameters; none counts as bytes.
        content_encoding: Its `Content-Encoding`, empty where it has none.
        allowance: What a URL may reach beside public addresses.
        max_bytes: The largest file that is downloaded.
    Raises:
        BadRequest: The body is empty, or JSON without a usable `url` or `base64`.
        UnsupportedMediaType: The type is neither an image's nor JSON's, or the body is compressed.
    """
    if content_encoding.strip().lower() in COMPRESSED:
        raise UnsupportedMediaType(f"Content-Encoding {content_encoding!r} is not taken: send the body as it is")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == JSON_TYPE:
        return _from_json(body, allowance=allowance, max_bytes=max_bytes)
    if media_type not in ("", BYTES_TYPE) and not media_type.startswith("image/"):
        raise UnsupportedMediaType(
            f"Content-Type {media_type!r} is neither an image nor JSON: send the image as {BYTES_TYPE}, "
            f'or {{"url": …}} or {{"base64": …}} as {JSON_TYPE}'
        )
    if not body:
        raise BadRequest("invalid url or image: the body is empty, it should be an image file")
    return body


def _from_json(body: bytes, *, allowance: UrlAllowance, max_bytes: int) -> bytes:
    match _parsed(body):
        case {"url": str(url)}:
            from app.images.fetch_url import fetch_image  # with an HTTP client, which a start needs not wait for

            return fetch_image(url.strip(), allowance=allowance, max_bytes=max_bytes)
        case {"base64": str(text)}:
            return _decoded(text)
        case _:
            raise BadRequest('invalid url or image: the JSON should be {"url": "https://…"} or {"base64": "…"}')


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"invalid url or image: the body is not JSON ({error})") from error


def _decoded(text: str) -> bytes:
    """Decode standard or URL-safe base64, with or without a `data:` prefix, line breaks and padding."""
    if text.lstrip()[:5].lower() == "data:":
        text = text.partition(",")[2]
    compact = "".join(text.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        data = base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"invalid url or image: the value of base64 is not base64 ({error})") from error
    if not data:
        raise BadRequest("invalid url or image: the value of base64 is empty")
    return data
