"""Files of a multipart form, streamed to disk as they arrive.

Starlette's own parser runs before anybody is asked for a token, and fills /tmp, from where large files would have to be
copied. Here the request is authorised first, and files land where a folder store takes them by renaming.
"""

import re
import shutil
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from app.errors import BadRequest, PayloadTooLarge, Unprocessable, UnsupportedMediaType
from app.storage.blobs import full_disk_refused, get_blob_store

BLOCK_BYTES = 1 << 20  # written at once, off the event loop
MAX_FILES = 10_000  # of one form; a folder with more comes in several, or as a zip
# A browser writes these characters of a file's name so: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}
_RFC_5987_NAME = re.compile(rb"filename\*=utf-8''([^;\s]+)", re.IGNORECASE)  # some older clients' way


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as it was sent: under its sender's name, at a path of ours until the request is over."""

    name: str
    path: Path


def form_schema(field: str, *, many: bool = False) -> dict[str, Any]:
    """How OpenAPI tells of a form with a file, or with many in one field, that receive_form_files takes in."""
    file = {"type": "string", "format": "binary"}
    content = {"type": "array", "items": file} if many else file
    schema = {"type": "object", "required": [field], "properties": {field: content}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


@asynccontextmanager
async def receive_form_files(request: Request) -> AsyncIterator[list[ReceivedFile]]:
    """Receive every file of a form, whatever its field; they are removed when the request is over.

    Raises:
        UnsupportedMediaType: The body is no multipart form.
        Unprocessable: The form holds no file.
    """
    content_type, options = parse_options_header(request.headers.get("content-type", ""))
    if content_type != b"multipart/form-data" or not options.get(b"boundary"):
        raise UnsupportedMediaType("the body should be a multipart form with files (Content-Type: multipart/form-data)")
    folder = get_blob_store().scratch / uuid.uuid4().hex
    with full_disk_refused():
        folder.mkdir()
    try:
        receiver = FormReceiver(options[b"boundary"], folder)
        try:
            block = bytearray()
            async for chunk in request.stream():
                block += chunk
                if len(block) >= BLOCK_BYTES:
                    await run_in_threadpool(receiver.write, bytes(block))
                    block.clear()
            await run_in_threadpool(receiver.write, bytes(block))
            files = receiver.finish()
        except ClientDisconnect as error:
            raise BadRequest("the connection broke off in the middle of the upload; send it again") from error
        finally:
            receiver.close()
        if not files:
            raise Unprocessable("the form holds no file: send at least one, with its file name")
        yield files
    finally:
        await run_in_threadpool(shutil.rmtree, folder)


class FormReceiver:
    """Takes a multipart body block by block and writes its files into a folder."""

    def __init__(self, boundary: bytes, folder: Path) -> None:
        self._folder = folder
        self._files: list[ReceivedFile] = []
        self._file: BinaryIO | None = None
        self._header_name = b""
        self._header_value = b""
        self._disposition = b""
        self._complete = False
        callbacks: dict[str, Callable[..., None]] = {
            "on_part_begin": self._begin_part,
            "on_part_data": self._take_data,
            "on_part_end": self.close,
            "on_header_field": self._take_header_name,
            "on_header_value": self._take_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_end": self._end,
        }
        self._parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]

    def write(self, block: bytes) -> None:
        """Take the next piece of the body.

        Raises:
            BadRequest: It is no multipart form.
            PayloadTooLarge: There are too many files.
            StorageFull: The disk is full.
        """
        try:
            with full_disk_refused():
                self._parser.write(block)
        except FormParserError as error:
            raise BadRequest(f"the multipart form is broken ({error}); send it again") from error

    def finish(self) -> list[ReceivedFile]:
        """Give the files once the whole body was written.

        Raises:
            BadRequest: The body ended in the middle.
        """
        if not self._complete:
            raise BadRequest("the multipart form ends in the middle; send it again")
        return self._files

    def close(self) -> None:
        if self._file is not None:
            with full_disk_refused():
                self._file.close()
            self._file = None

    def _begin_part(self) -> None:
        self._header_name = self._header_value = self._disposition = b""

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_name = self._header_value = b""

    def _end_headers(self) -> None:
        name = _file_name(self._disposition)
        if not name:
            return  # an ordinary field of the form, or one for a file where none was chosen
        if len(self._files) == MAX_FILES:
            raise PayloadTooLarge(f"more than {MAX_FILES:,} files in one form: send fewer at once, or a zip")
        path = self._folder / str(len(self._files))
        self._file = path.open("xb")
        self._files.append(ReceivedFile(name, path))

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(data[start:end])

    def _end(self) -> None:
        self._complete = True


def _file_name(disposition: bytes) -> str:
    if encoded := _RFC_5987_NAME.search(disposition):
        return unquote(encoded[1].decode("ascii", "replace"))
    raw = parse_options_header(disposition)[1].get(b"filename", b"")
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        name = raw.decode("latin-1")
    for escape, character in _ESCAPES.items():
        name = name.replace(escape, character)
    return name
