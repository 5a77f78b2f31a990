"""The words of tus 1.0.0: its headers, and what it asks of every message.

Source: https://tus.io/protocols/resumable-upload
"""

import base64
import binascii
import re
from datetime import datetime
from email.utils import format_datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import BadRequest, UnsupportedMediaType
from app.http import error_response
from app.settings import get_settings

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration"
PIECE_TYPE = "application/offset+octet-stream"
MAX_METADATA_CHARACTERS = 4000

_PATHS = re.compile(r"/api/v1/projects/[^/]+/uploads(/[^/]+)?")
_OVERRIDES = ("PATCH", "DELETE", "HEAD")


class TusMiddleware:
    """Gives the answers below `…/uploads` their version, tells what the server can, and refuses another version.

    A request that names no version is taken for this one: scripts are easier to write so.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _PATHS.fullmatch(scope["path"]):
            return await self.app(scope, receive, send)

        async def add_version(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Tus-Resumable"] = VERSION
            await send(message)

        headers = Headers(scope=scope)
        if scope["method"] == "OPTIONS":
            return await _options()(scope, receive, add_version)
        version = headers.get("Tus-Resumable", VERSION)
        if version != VERSION:
            words = f"Tus-Resumable: version {version!r:.50} is not spoken here, only {VERSION}"
            return await error_response(412, words, {"Tus-Version": VERSION})(scope, receive, add_version)
        override = headers.get("X-HTTP-Method-Override", "")
        if scope["method"] == "POST" and override in _OVERRIDES:  # of clients that cannot send these themselves
            scope = dict(scope, method=override)
        return await self.app(scope, receive, add_version)


def _options() -> Response:
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(get_settings().max_upload_bytes),
    }
    return Response(status_code=204, headers=headers)


def read_count(headers: Headers, name: str) -> int:
    """A number of bytes from a header.

    Raises:
        BadRequest: It is missing or no number.
    """
    text = headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest(f"{name}: the header should give a number of bytes, not {text!r:.50}")
    return int(text)


def read_file_name(metadata: str) -> str:
    """The file's name from `Upload-Metadata`: pairs of a key and a base64 value, with commas between them.

    Raises:
        BadRequest: It cannot be read, or gives no `filename`.
    """
    if len(metadata) > MAX_METADATA_CHARACTERS:
        raise BadRequest(f"Upload-Metadata: more than {MAX_METADATA_CHARACTERS:,} characters")
    pairs = [pair.split() for pair in metadata.split(",")]
    values = {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
    if "filename" not in values:
        raise BadRequest("Upload-Metadata: it should give the file's name: filename, a space, the name in base64")
    try:
        return base64.b64decode(values["filename"], validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"Upload-Metadata: the value of filename is not base64 of UTF-8 ({error})") from error


def require_piece_type(headers: Headers) -> None:
    """Make sure that the body is said to be a piece of a file.

    Raises:
        UnsupportedMediaType: It is something else.
    """
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != PIECE_TYPE:
        raise UnsupportedMediaType(f"Content-Type: a piece of a file comes as {PIECE_TYPE}, not {media_type!r:.50}")


def has_body(headers: Headers) -> bool:
    return headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in headers


def http_date(time: datetime) -> str:
    return format_datetime(time, usegmt=True)
