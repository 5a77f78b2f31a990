"""Zip files written while they are sent."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

from app.zip_stream import BLOCK_BYTES, ZipStream

CHUNK = b"\0" * (1 << 20)


def test_zip_stream__python_reads_what_was_written() -> None:
    stream = ZipStream()
    written = b"".join(
        [
            *stream.add("pöbel/ 日本.txt", [b"one ", b"two"], compress=True, modified=datetime(2024, 5, 6, tzinfo=UTC)),
            *stream.add("empty.bin", [], compress=False),
            *stream.add("old.bin", [bytes(range(256))], compress=False, modified=datetime(1970, 1, 1, tzinfo=UTC)),
            *stream.finish(),
        ]
    )
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["pöbel/ 日本.txt", "empty.bin", "old.bin"]
        assert [archive.read(name) for name in archive.namelist()] == [b"one two", b"", bytes(range(256))]
        first, _empty, old = archive.infolist()
        assert (first.compress_type, old.compress_type) == (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)
        assert (first.date_time, old.date_time) == ((2024, 5, 6, 0, 0, 0), (1980, 1, 1, 0, 0, 0))
        assert first.external_attr >> 16 == 0o644


def test_zip_stream__a_file_of_five_gigabytes_keeps_to_little_memory() -> None:
    """More than the old format's 32 bits can say, and nothing of it waits in memory."""
    chunks = 5 * 1024
    stream = ZipStream()
    tracemalloc.start()
    try:
        written = sum(map(len, _big_file(stream, chunks)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert written > chunks * len(CHUNK)
    assert peak < 8 * len(CHUNK)


def _big_file(stream: ZipStream, chunks: int) -> Iterator[bytes]:
    yield from stream.add("big.bin", (CHUNK for _ in range(chunks)), compress=False)
    yield from stream.add("after.txt", [b"after"], compress=True)
    yield from stream.finish()


def test_add__gives_small_files_together_and_large_ones_as_they_come() -> None:
    archive = ZipStream()
    small = [piece for number in range(100) for piece in archive.add(f"{number}.txt", [b"fig"], compress=False)]
    assert small == []
    large = list(archive.add("large", [bytes(BLOCK_BYTES)] * 3, compress=False))
    assert len(large) == 3
    end = list(archive.finish())
    with zipfile.ZipFile(io.BytesIO(b"".join([*large, *end]))) as whole:
        assert (len(whole.namelist()), whole.testzip()) == (101, None)
