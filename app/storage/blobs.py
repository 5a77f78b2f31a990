"""Blobs by key, in a folder or in S3: whichever STORAGE_URL names. A blob is whole or not there.

Keys look like paths, with `/` between ASCII parts: `projects/1/images/<uuid>.jpg`.
"""

import errno
import io
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from functools import cache
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.store import S3Store

from app.errors import InsufficientStorage
from app.settings import get_settings
from app.storage.abandoned import ABANDONED_AFTER_SECONDS, remove_abandoned

CHUNK_BYTES = 1 << 20
DELETE_ATTEMPTS = 5  # of a folder into which somebody still writes
DELETE_BATCH = 1000  # as many keys as one S3 request deletes
COPY_BATCH = 1000  # copies after which a failure is noticed
COPIES_AT_ONCE = 16  # requests of one S3 copy; each waits for the bucket alone
_FULL = {errno.ENOSPC, errno.EDQUOT}


class StorageFull(InsufficientStorage):
    """The disk is full: nothing half written was kept."""


class BlobStore(Protocol):
    """Where blobs are. Reading a key that is not there raises FileNotFoundError."""

    @property
    def scratch(self) -> Path:
        """A folder for files on their way in; one below it moves into a folder store without being copied."""

    def put_bytes(self, key: str, data: bytes, *, settled: bool = True) -> None:
        """Store a blob, in place of one that has the key.

        Args:
            settled: False leaves it to `settle`, before a row names the blob, that a power cut cannot take it back.
        Raises:
            StorageFull: The disk is full.
        """

    def put_file(self, key: str, path: Path, *, move: bool = False, shared: bool = False, settled: bool = True) -> None:
        """Store a file's content; with `move` the file is gone afterwards; for the rest see put_bytes.

        Args:
            shared: Nobody writes into the file any more, so that the blob may be the file itself under a second name.
        Raises:
            StorageFull: The disk is full.
        """

    def settle(self, keys: Iterable[str]) -> None:
        """Make blobs that were stored unsettled safe from a power cut, all at once: in a fraction of the time."""

    def copy(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Store blobs under second keys, each pair a key that is there and the other one, without reading them.

        Raises:
            FileNotFoundError: One of the first keys is not there; others may have been copied.
            StorageFull: The disk is full.
        """

    def open(self, key: str) -> BinaryIO:
        """Open a blob for reading; it can seek."""

    def read_bytes(self, key: str) -> bytes: ...

    def read_chunks(self, key: str, *, start: int, length: int) -> Iterator[bytes]:
        """Read a part of a blob piece by piece."""

    def local_path(self, key: str) -> AbstractContextManager[Path]:
        """A file with the blob's content while the context lasts, only to be read: a folder store gives its own."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete blobs; keys that are not there are no error."""

    def delete_prefix(self, prefix: str) -> None:
        """Delete every blob whose key begins with `prefix`, which ends with `/`."""

    def list_keys(self, prefix: str) -> list[str]:
        """The keys that begin with `prefix`, which ends with `/`, in their order."""

    def exists(self, key: str) -> bool: ...

    def size(self, key: str) -> int:
        """The blob's length in bytes."""


@cache
def get_blob_store() -> BlobStore:
    """The store that the settings name."""
    settings = get_settings()
    store = open_blob_store(settings.resolved_storage_url, scratch=settings.data_dir / "tmp")
    remove_abandoned(store.scratch, before=time.time() - ABANDONED_AFTER_SECONDS)
    return store


def open_blob_store(url: str, *, scratch: Path) -> BlobStore:
    """Open the store at `s3://bucket/prefix`, `file:///folder` or a folder's path.

    S3's credentials, region and endpoint come from the usual AWS_… variables.

    Args:
        scratch: Where an S3 store keeps files for a while; a folder store has such a place inside.
    Raises:
        ValueError: The address is of another kind.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "s3":
            return S3BlobStore(url, scratch=scratch)
        case "file":
            return FolderBlobStore(Path(unquote(parts.path)))
        case "":
            return FolderBlobStore(Path(url).expanduser().resolve())
        case _:
            raise ValueError(f"MASKWRIGHT_STORAGE_URL is {url!r}; give s3://bucket/prefix or a folder")


@contextmanager
def full_disk_refused() -> Iterator[None]:
    """Turn the operating system's "no space left" into the answer that a person gets.

    Raises:
        StorageFull: The disk, or the user's share of it, is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise StorageFull(
            "the server's disk is full: nothing of this was kept; free some space, or ask who runs the server, "
            "and send it again"
        ) from error


class FolderBlobStore:
    """Blobs as files below a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._scratch = root / "tmp"
        self._scratch.mkdir(parents=True, exist_ok=True)

    @property
    def scratch(self) -> Path:
        return self._scratch

    def put_bytes(self, key: str, data: bytes, *, settled: bool = True) -> None:
        self._put(key, io.BytesIO(data), settled=settled)

    def put_file(self, key: str, path: Path, *, move: bool = False, shared: bool = False, settled: bool = True) -> None:
        is_near = path.parent.stat().st_dev == self._scratch.stat().st_dev
        if move and is_near:
            with full_disk_refused():
                _sync(path)
                self._publish(key, path, settled=settled)
            return
        if shared and is_near and self._put_link(key, path, settled=settled):
            return
        with path.open("rb") as file:
            self._put(key, file, settled=settled)
        if move:
            path.unlink()

    def settle(self, keys: Iterable[str]) -> None:
        for folder in {self._path(key).parent for key in keys}:
            _sync(folder)

    def copy(self, pairs: Iterable[tuple[str, str]]) -> None:
        folders: set[Path] = set()
        for key, other in pairs:
            source, target = self._path(key), self._path(other)
            if target.parent not in folders:
                target.parent.mkdir(parents=True, exist_ok=True)
                folders.add(target.parent)
            try:
                target.hardlink_to(source)  # a blob's file is never written again, so two keys can share it
            except FileNotFoundError:
                raise
            except OSError:  # the target is there, the file has as many names as can be, or the disk knows no links
                self.put_file(other, source)
        for folder in folders:
            _sync(folder)  # once for all of its files: one by one would take a hundred times as long

    def open(self, key: str) -> BinaryIO:
        return self._path(key).open("rb")

    def read_bytes(self, key: str) -> bytes:
        return self._path(key).read_bytes()

    def read_chunks(self, key: str, *, start: int, length: int) -> Iterator[bytes]:
        with self.open(key) as file:
            file.seek(start)
            while length > 0 and (chunk := file.read(min(length, CHUNK_BYTES))):
                yield chunk
                length -= len(chunk)

    def local_path(self, key: str) -> AbstractContextManager[Path]:
        return nullcontext(self._path(key))

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._path(key).unlink(missing_ok=True)

    def delete_prefix(self, prefix: str) -> None:
        folder = self._path(_checked_prefix(prefix))
        for _ in range(DELETE_ATTEMPTS):
            if not folder.exists():
                return
            try:
                shutil.rmtree(folder)
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.ENOTEMPTY):
                    raise
        # Somebody writes faster than this deletes: a worker that has yet to hear of a cancel, and cleans up then.

    def list_keys(self, prefix: str) -> list[str]:
        folder = self._path(_checked_prefix(prefix))
        return sorted(path.relative_to(self._root).as_posix() for path in folder.rglob("*") if path.is_file())

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        return self._path(key).stat().st_size

    def _path(self, key: str) -> Path:
        return self._root / checked_key(key)

    def _put(self, key: str, source: BinaryIO, *, settled: bool) -> None:
        partial = self._scratch / uuid.uuid4().hex
        try:
            with full_disk_refused():
                with partial.open("xb") as file:
                    shutil.copyfileobj(source, file, CHUNK_BYTES)
                    file.flush()
                    os.fsync(file.fileno())
                self._publish(key, partial, settled=settled)
        finally:
            partial.unlink(missing_ok=True)

    def _put_link(self, key: str, path: Path, *, settled: bool) -> bool:
        """Give a file a second name; answers whether the disk can."""
        link = self._scratch / uuid.uuid4().hex
        try:
            link.hardlink_to(path)
        except OSError:
            return False
        try:
            with full_disk_refused():
                _sync(link)
                self._publish(key, link, settled=settled)
        finally:
            link.unlink(missing_ok=True)  # still there where the blob was this file already
        return True

    def _publish(self, key: str, path: Path, *, settled: bool) -> None:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        if settled:
            _sync(target.parent)  # else a power cut could undo the renaming after the database's row is safe


class S3BlobStore:
    """Blobs in a bucket of S3 or of a service that speaks its protocol."""

    def __init__(self, url: str, *, scratch: Path) -> None:
        self._store = S3Store.from_url(url)
        self._scratch = scratch
        self._scratch.mkdir(parents=True, exist_ok=True)

    @property
    def scratch(self) -> Path:
        return self._scratch

    def put_bytes(self, key: str, data: bytes, *, settled: bool = True) -> None:
        obstore.put(self._store, checked_key(key), data)

    def put_file(self, key: str, path: Path, *, move: bool = False, shared: bool = False, settled: bool = True) -> None:
        obstore.put(self._store, checked_key(key), path)
        if move:
            path.unlink()

    def settle(self, keys: Iterable[str]) -> None:
        """Nothing: a bucket answers when a blob is safe."""

    def copy(self, pairs: Iterable[tuple[str, str]]) -> None:
        def copy_one(pair: tuple[str, str]) -> None:
            obstore.copy(self._store, *map(checked_key, pair))

        with ThreadPoolExecutor(COPIES_AT_ONCE, thread_name_prefix="copy") as threads:
            waiting = iter(pairs)
            while some := list(islice(waiting, COPY_BATCH)):  # a failure ends it here, not after all of them
                list(threads.map(copy_one, some))

    def open(self, key: str) -> BinaryIO:
        with ExitStack() as on_failure, full_disk_refused():
            file = on_failure.enter_context(tempfile.TemporaryFile(dir=self._scratch))
            self._download(key, file)
            on_failure.pop_all()  # the caller closes it
        file.seek(0)
        return file

    def read_bytes(self, key: str) -> bytes:
        return bytes(obstore.get(self._store, checked_key(key)).bytes())

    def read_chunks(self, key: str, *, start: int, length: int) -> Iterator[bytes]:
        options: obstore.GetOptions = {"range": (start, start + length)}
        for chunk in obstore.get(self._store, checked_key(key), options=options).stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(chunk)

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            path = Path(folder) / PurePosixPath(key).name
            with full_disk_refused(), path.open("xb") as file:
                self._download(key, file)
            yield path

    def delete(self, keys: Iterable[str]) -> None:
        checked = [checked_key(key) for key in keys]
        for start in range(0, len(checked), DELETE_BATCH):
            with suppress(FileNotFoundError):
                obstore.delete(self._store, checked[start : start + DELETE_BATCH])

    def delete_prefix(self, prefix: str) -> None:
        for page in obstore.list(self._store, _checked_prefix(prefix), chunk_size=DELETE_BATCH):
            self.delete(meta["path"] for meta in page)

    def list_keys(self, prefix: str) -> list[str]:
        return sorted(meta["path"] for page in obstore.list(self._store, _checked_prefix(prefix)) for meta in page)

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except FileNotFoundError:
            return False
        return True

    def size(self, key: str) -> int:
        return obstore.head(self._store, checked_key(key))["size"]

    def _download(self, key: str, file: BinaryIO) -> None:
        for chunk in obstore.get(self._store, checked_key(key)).stream(min_chunk_size=CHUNK_BYTES):
            file.write(chunk)


def checked_key(key: str) -> str:
    """Guard the rest of the disk, should a key ever be made of what a person sent.

    Raises:
        ValueError: It is none.
    """
    if not key or key.startswith("/") or not key.isascii() or {"", ".", ".."} & set(key.rstrip("/").split("/")):
        raise ValueError(f"{key!r} is no blob key")
    return key


def _checked_prefix(prefix: str) -> str:
    if not prefix.endswith("/"):
        raise ValueError(f"the prefix {prefix!r} should end with a slash, or it would take its neighbours along")
    return checked_key(prefix)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
