"""Folders of a request's own, for files on their way in."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.storage.blobs import BlobStore, full_disk_refused


@contextmanager
def scratch_folder(blobs: BlobStore) -> Iterator[Path]:
    """A new folder from which files move into the store, removed with what is left in it.

    Raises:
        StorageFull: The disk is full.
    """
    folder = blobs.scratch / uuid.uuid4().hex
    with full_disk_refused():
        folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
