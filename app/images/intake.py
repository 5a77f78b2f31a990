"""Uploaded files on their way in: unpacked, decoded once for check and thumbnail, hashed, stored. No database here."""

import hashlib
import uuid
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from app.images.archives import ArchiveRefused
from app.images.fingerprints import fingerprint
from app.images.location import LocationKept, blank_location
from app.inference.decode import ImageHeader, opened_image
from app.inference.decode_budget import PIXELS_AT_ONCE, DecodeBudget
from app.inference.errors import ImageRefused
from app.storage.blobs import BlobStore
from app.storage.thumbnails import THUMBNAIL_LONG_SIDE, THUMBNAIL_SUFFIX, make_thumbnail, shrink_to_thumbnail

THREADS = 4  # of one request; decoding and hashing let other threads run, and half of the time is waiting for the disk
_SUFFIXES = {"JPEG": ".jpg", "MPO": ".jpg", "TIFF": ".tif", "JPEG2000": ".jp2", "PPM": ".pnm"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be an image. `fetch` gives a path in the scratch folder that may be moved away."""

    name: str
    fetch: Callable[[], Path]


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """An image whose files are stored and whose row is not written yet; width and height are upright."""

    name: str
    width: int
    height: int
    byte_size: int
    media_type: str
    content_hash: str
    storage_key: str
    thumbnail_key: str
    fingerprint: int

    @property
    def keys(self) -> tuple[str, str]:
        return (self.storage_key, self.thumbnail_key)


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was not taken, and why."""

    name: str
    error: str


class Intake:
    """Takes a request's files in, remembering every key, so that all can be removed when the request fails."""

    def __init__(self, blobs: BlobStore, *, prefix: str, max_pixels: int, strip_location: bool) -> None:
        """Args:
        prefix: Images lie below it in `images/`, their thumbnails in `thumbnails/`; it ends with `/`.
        """
        self._blobs = blobs
        self._prefix = prefix
        self._max_pixels = max_pixels
        self._strip_location = strip_location
        self._keys: list[str] = []

    def prepare(self, candidates: Sequence[Candidate]) -> Generator[PreparedImage | RefusedFile, None, None]:
        """Check and store files, in their order; they are safe once all have come.

        Raises:
            StorageFull: The disk is full; `discard` removes what is stored by then.
        """
        with ThreadPoolExecutor(min(THREADS, max(1, len(candidates))), thread_name_prefix="intake") as threads:
            try:
                yield from threads.map(self._prepare, candidates)
                self._blobs.settle(self._keys)
            finally:
                threads.shutdown(cancel_futures=True)

    def discard(self) -> None:
        """Remove everything that was stored."""
        self._blobs.delete(self._keys)

    def _prepare(self, candidate: Candidate) -> PreparedImage | RefusedFile:
        try:
            path = candidate.fetch()
            try:
                return self._store(candidate.name, path)
            finally:
                path.unlink(missing_ok=True)  # a refused file need not wait for the end of the request
        except (ImageRefused, ArchiveRefused, LocationKept) as error:
            return RefusedFile(candidate.name, str(error))

    def _store(self, name: str, path: Path) -> PreparedImage:
        with path.open("rb") as file:
            with opened_image(file, max_pixels=self._max_pixels) as image, _decoding.turn(image.pixel_count):
                small = shrink_to_thumbnail(image.decode(at_least_px=THUMBNAIL_LONG_SIDE))
                header = image.header()
            if self._strip_location:
                blank_location(path, header.format)
            file.seek(0)
            content_hash = hashlib.file_digest(file, "sha256").hexdigest()
            byte_size = file.tell()
        stem = uuid.uuid4()
        storage_key = f"{self._prefix}images/{stem}{_suffix(header)}"
        thumbnail_key = f"{self._prefix}thumbnails/{stem}{THUMBNAIL_SUFFIX}"
        self._keys += (storage_key, thumbnail_key)
        self._blobs.put_file(storage_key, path, move=True, settled=False)
        self._blobs.put_bytes(thumbnail_key, make_thumbnail(small), settled=False)
        return PreparedImage(
            name=name,
            width=header.width,
            height=header.height,
            byte_size=byte_size,
            media_type=header.media_type,
            content_hash=content_hash,
            storage_key=storage_key,
            thumbnail_key=thumbnail_key,
            fingerprint=fingerprint(small),
        )


_decoding = DecodeBudget(PIXELS_AT_ONCE)


def _suffix(header: ImageHeader) -> str:
    return _SUFFIXES.get(header.format, f".{header.format.lower()}")
