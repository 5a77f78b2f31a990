"""The graphs of speed fast: INT8, calibrated on training images. Source: docs/decisions/0041-fast-is-int8.md."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from app.db.enums import Split
from app.errors import Conflict
from app.inference.preprocess import resize_to_long_side
from app.predictions.snapshot_images import read_image
from app.storage.blobs import BlobStore
from app.training.model_files import Owner, fetch_export
from app.training.snapshot import Snapshot, SnapshotImage

_logger = logging.getLogger(__name__)

CALIBRATION_IMAGES = 60
POLL_SECONDS = 0.1


class NotQuantized(Conflict):
    """A checkpoint that could not be made to compute in INT8; the log tells why."""


def make_fast_graphs(
    store: BlobStore, export_prefix: str, folder: Path, owner: Owner, frozen: Snapshot, *, go_on: Callable[[], None]
) -> Path:
    """Make the INT8 graphs of an export in an empty folder; gives where in it they are, and nothing else.

    Args:
        go_on: Called again and again; may raise to end the work.
    Raises:
        NotQuantized: As said.
        ModelFileBroken: The graphs that they are made of are missing or damaged.
    """
    source, target, images = (folder / name for name in ("source", "target", "images"))
    for directory in (source, target, images):
        directory.mkdir()
    image_size = fetch_export(store, export_prefix, source, owner).image_size
    for image in _spread(frozen.of_split(Split.TRAINING) or frozen.images):
        go_on()
        np.save(images / f"{image.image_id}.npy", resize_to_long_side(read_image(image), image_size))
    _quantize(source, target, images, folder=folder, go_on=go_on)
    return target


def _spread(images: Sequence[SnapshotImage]) -> Sequence[SnapshotImage]:
    """At most CALIBRATION_IMAGES of all, evenly."""
    step = max(1, -(-len(images) // CALIBRATION_IMAGES))
    return images[::step]


def _quantize(source: Path, target: Path, images: Path, *, folder: Path, go_on: Callable[[], None]) -> None:
    command = [sys.executable, "-m", "app.predictions.quantize", *map(str, (source, target, images))]
    own = os.environ | {"TMPDIR": str(folder)}  # the library's own folders stay behind where it is killed
    log = folder / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=own) as process,
    ):
        try:
            while process.poll() is None:
                go_on()
                time.sleep(POLL_SECONDS)
        finally:
            process.kill()
    if process.returncode != 0:
        _logger.error("quantizing failed with status %d:\n%s", process.returncode, log.read_text(errors="replace"))
        raise NotQuantized("the model could not be made to compute in INT8: the server's log tells why")
