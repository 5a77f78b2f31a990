"""Zip files written while they are sent: memory holds a chunk, however large they become."""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

BLOCK_BYTES = 1 << 16  # given at once: every piece of an answer changes threads, which costs more than packing a mask
ZIP_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)  # the format knows no earlier time


class ZipStream:
    """Takes files one after the other and gives the zip's bytes as they come."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w")  # type: ignore[call-overload]  # it only writes and flushes

    def add(
        self,
        name: str,
        chunks: Iterable[bytes],
        *,
        compress: bool,
        modified: datetime | None = None,
        is_executable: bool = False,
    ) -> Iterator[bytes]:
        """Write one file, whose size need not be known; the bytes of small ones come with those of later ones."""
        info = zipfile.ZipInfo(name, max(modified or ZIP_EPOCH, ZIP_EPOCH).timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = (0o755 if is_executable else 0o644) << 16
        with self._zip.open(info, "w", force_zip64=True) as file:
            for chunk in chunks:
                file.write(chunk)
                yield from self._sink.drain(at_least_bytes=BLOCK_BYTES)
        yield from self._sink.drain(at_least_bytes=BLOCK_BYTES)

    def finish(self) -> Iterator[bytes]:
        """Write the list of files."""
        self._zip.close()
        yield from self._sink.drain()


class _Sink:
    """What zipfile writes to: it cannot go back, so sizes and checksums follow each file's data."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        self._chunks.append(bytes(data))
        self._size += len(data)
        return len(data)

    def flush(self) -> None:
        pass

    def drain(self, *, at_least_bytes: int = 1) -> Iterator[bytes]:
        """Give in one piece what was written, unless it is less than this."""
        if self._size >= at_least_bytes:
            chunks, self._chunks, self._size = self._chunks, [], 0
            yield b"".join(chunks)
