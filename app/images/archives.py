"""Zip files from outside: looked at before anything is unpacked, and unpacked one entry at a time."""

import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from app.images.names import BadName, clean_name, lies_beside_files
from app.storage.blobs import CHUNK_BYTES, full_disk_refused
from app.zip_damage import ZIP_DAMAGE

UNPACKED_TO_UPLOAD_RATIO = 4  # a zip may unpack to this many times the largest upload
MAX_ENTRIES = 100_000
MAX_DIRECTORY_BYTES = 64 * 1024 * 1024  # the list of entries, which Python reads into memory as a whole
MAX_RATIO = 200  # images hardly shrink; what shrinks more is a bomb, or a drawing in one colour
UNSUSPICIOUS_BYTES = 100 * 1024 * 1024  # up to here a ratio is nobody's concern
_UTF_8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
# https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.14 and 4.3.16
_END_OF_DIRECTORY, _END_OF_DIRECTORY_64 = b"PK\x05\x06", b"PK\x06\x06"
_END_BYTES, _LOCATOR_BYTES, _END_64_BYTES, _MAX_COMMENT_BYTES = 22, 20, 56, 65535


class ArchiveRefused(ValueError):
    """A zip file of which nothing is taken, or an entry that is not; its text says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file inside a zip: the name that it will have, or why it is refused."""

    name: str
    info: zipfile.ZipInfo
    refusal: str | None = None


class Archive:
    """An open zip file; several threads may unpack entries at once."""

    def __init__(
        self, path: Path, *, max_entry_bytes: int, max_total_bytes: int, max_entries: int | None = None
    ) -> None:
        """Open and check it.

        Raises:
            ArchiveRefused: It cannot be read, has too many entries, or would unpack to far more than it is.
        """
        max_entries = max_entries or MAX_ENTRIES
        with path.open("rb") as file:
            _check_directory(file, max_entries)
        try:
            self._zip = zipfile.ZipFile(path)
        except ZIP_DAMAGE as error:
            raise ArchiveRefused(f"it is no zip file that can be read ({error}); pack it again") from error
        self._max_entry_bytes = max_entry_bytes
        try:
            _check_count(len(self._zip.infolist()), max_entries)  # its end may have said less
            entries = [self._entry(info) for info in self._zip.infolist() if not _is_folder(info)]
            self.entries = [entry for entry in entries if not lies_beside_files(entry.name)]
            self._check_total(path.stat().st_size, max_total_bytes)
        except ArchiveRefused:
            self.close()
            raise

    def unpack(self, entry: Entry, target: Path) -> None:
        """Write an entry to a file.

        Raises:
            ArchiveRefused: The entry is damaged or packed in a way that is not known.
            StorageFull: The disk is full.
        """
        with full_disk_refused():
            file = target.open("xb")
        with file:
            with _damage_refused():
                source = self._zip.open(entry.info)
                chunk = source.read(CHUNK_BYTES)
            with source:
                self._copy(chunk, source, file)

    def read(self, entry: Entry) -> bytes:
        """An entry's bytes, for what is small.

        Raises:
            ArchiveRefused: The entry is damaged or packed in a way that is not known.
        """
        with _damage_refused():
            return self._zip.read(entry.info)

    def close(self) -> None:
        self._zip.close()

    def _copy(self, chunk: bytes, source: IO[bytes], file: BinaryIO) -> None:
        while chunk:
            with full_disk_refused():
                file.write(chunk)
            with _damage_refused():
                chunk = source.read(CHUNK_BYTES)

    def _entry(self, info: zipfile.ZipInfo) -> Entry:
        shown = _decoded_name(info)
        try:
            name = clean_name(shown)
        except BadName as error:
            return Entry(shown, info, str(error))
        return Entry(name, info, self._refusal(name, info))

    def _refusal(self, name: str, info: zipfile.ZipInfo) -> str | None:
        if info.flag_bits & _ENCRYPTED_FLAG:
            return "it is encrypted; pack it without a password"
        if stat.S_ISLNK(info.external_attr >> 16):
            return "it is a link; pack the file itself"
        if name.lower().endswith(".zip"):
            return "it is a zip inside a zip; unpack it and send it by itself"
        if info.file_size > self._max_entry_bytes:
            return (
                f"it has {info.file_size:,} bytes, at most {self._max_entry_bytes:,} are taken; raise "
                "MASKWRIGHT_MAX_UPLOAD_MB if it is an image"
            )
        if info.file_size > UNSUSPICIOUS_BYTES and info.file_size > MAX_RATIO * info.compress_size:
            return "it would unpack to far more than an image shrinks: it looks like a zip bomb"
        return None

    def _check_total(self, archive_bytes: int, max_total_bytes: int) -> None:
        total = sum(entry.info.file_size for entry in self.entries if entry.refusal is None)
        if total > UNSUSPICIOUS_BYTES and total > MAX_RATIO * archive_bytes:
            raise ArchiveRefused(
                f"it would unpack to {total:,} bytes, {total // archive_bytes} times its size: it looks like a zip bomb"
            )
        if total > max_total_bytes:
            raise ArchiveRefused(
                f"it would unpack to {total:,} bytes, at most {max_total_bytes:,} are taken at once; split it"
            )


def is_zip(path: Path) -> bool:
    """Whether a file begins as zip files do, whatever its name."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", _END_OF_DIRECTORY)


@contextmanager
def _damage_refused() -> Iterator[None]:
    try:
        yield
    except ZIP_DAMAGE as error:
        raise ArchiveRefused(f"it is damaged inside the zip ({error}); pack it again") from error


def _is_folder(info: zipfile.ZipInfo) -> bool:
    """ZipInfo.is_dir fails for an entry without a name."""
    return info.filename.endswith("/")


def _decoded_name(info: zipfile.ZipInfo) -> str:
    """Read a name's bytes as UTF-8 where they are that: many programs write it without setting the flag."""
    if info.flag_bits & _UTF_8_FLAG:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.orig_filename


def _check_directory(file: BinaryIO, max_entries: int) -> None:
    """Refuse too long a list of entries before Python reads it into memory."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES - _LOCATOR_BYTES - _END_64_BYTES - _MAX_COMMENT_BYTES))
    tail = file.read()
    end = len(tail) - _END_BYTES
    if not (end >= 0 and tail.startswith(_END_OF_DIRECTORY, end) and tail.endswith(b"\0\0")):
        end = tail.rfind(_END_OF_DIRECTORY)
    if end < 0 or len(tail) < end + _END_BYTES:
        raise ArchiveRefused("it is no whole zip file: its end is missing; send it again")
    entries, directory_bytes = struct.unpack_from("<HI", tail, end + 10)
    end_64 = end - _LOCATOR_BYTES - _END_64_BYTES
    if end_64 >= 0 and tail.startswith(_END_OF_DIRECTORY_64, end_64):
        entries, directory_bytes = struct.unpack_from("<QQ", tail, end_64 + 32)
    _check_count(entries, max_entries)
    if directory_bytes > MAX_DIRECTORY_BYTES:
        raise ArchiveRefused(f"its list of entries has {directory_bytes:,} bytes, which is too much at once; split it")


def _check_count(entries: int, max_entries: int) -> None:
    if entries > max_entries:
        raise ArchiveRefused(f"it has {entries:,} entries, at most {max_entries:,} are taken at once; split it")
