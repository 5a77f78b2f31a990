"""The body of a request, stored as pieces of an upload while it arrives."""

import uuid
from typing import BinaryIO

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from app.db.models import Upload
from app.errors import PayloadTooLarge
from app.storage.blobs import BlobStore, full_disk_refused
from app.uploads import service

BLOCK_BYTES = 1 << 20  # written at once, off the event loop
PIECE_BYTES = 64 * 1024 * 1024  # stored at once: what a server's death in the middle of a long request loses at most


async def receive_body(request: Request, upload: Upload, *, blobs: BlobStore) -> Upload:
    """Store a request's body as what follows an upload's offset. When the connection breaks, what has come is kept.

    Returns:
        The upload as it is afterwards.
    Raises:
        Conflict: Another request moved the offset meanwhile.
        PayloadTooLarge: More comes than the upload was to have.
        StorageFull: The disk is full.
    """
    receiver = PieceReceiver(upload, blobs)
    try:
        block = bytearray()
        try:
            async for chunk in request.stream():
                block += chunk
                if len(block) >= BLOCK_BYTES:
                    await run_in_threadpool(receiver.write, bytes(block))
                    block.clear()
        except ClientDisconnect:
            pass  # nobody hears the answer, but the next request finds the offset moved
        await run_in_threadpool(receiver.write, bytes(block))
        await run_in_threadpool(receiver.store)
    finally:
        receiver.close()
    return receiver.upload


class PieceReceiver:
    """Takes a body block by block, and stores a piece whenever enough has come."""

    def __init__(self, upload: Upload, blobs: BlobStore) -> None:
        self.upload = upload
        self._blobs = blobs
        self._path = blobs.scratch / uuid.uuid4().hex
        self._file: BinaryIO | None = None
        self._size = 0

    def write(self, block: bytes) -> None:
        """Take the next bytes.

        Raises:
            PayloadTooLarge: They are more than the upload was to have.
        """
        if self.upload.offset + self._size + len(block) > self.upload.byte_size:
            raise PayloadTooLarge(f"more bytes came than the {self.upload.byte_size:,} that Upload-Length said")
        with full_disk_refused():
            if self._file is None:
                self._file = self._path.open("xb")
            self._file.write(block)
        self._size += len(block)
        if self._size >= PIECE_BYTES:
            self.store()

    def store(self) -> None:
        """Make what has come count."""
        if self._file is not None:
            with full_disk_refused():
                self._file.close()
            if self._size:
                self.upload = service.store_piece(self.upload, self._path, blobs=self._blobs)
        self.close()

    def close(self) -> None:
        """Drop what has come and is not stored."""
        if self._file is not None:
            self._file.close()
        self._path.unlink(missing_ok=True)
        self._file, self._size = None, 0
