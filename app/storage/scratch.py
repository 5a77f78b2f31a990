"""Folders of a process's own, for files on their way."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.storage.abandoned import held
from app.storage.blobs import BlobStore, full_disk_refused


@contextmanager
def scratch_folder(blobs: BlobStore) -> Iterator[Path]:
    """A new folder from which files move into the store; what is left in it goes at the end, or after a crash.

    Raises:
        StorageFull: The disk is full.
    """
    folder = blobs.scratch / uuid.uuid4().hex
    with full_disk_refused(), held(folder):
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)
