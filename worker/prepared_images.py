"""Images at training size: decoded once, then kept in memory, on disk when that is full, and made anew after that."""

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from worker.dataset import MaskCrop, PreparedImage, TrainingImage, prepare_image

logger = logging.getLogger(__name__)


class PreparedImages(Sequence[PreparedImage]):
    """Images at training size, each prepared when first asked for. Threads may ask at the same time."""

    def __init__(
        self,
        images: Sequence[TrainingImage],
        class_names: Sequence[str],
        *,
        image_size: int,
        memory_bytes: int,
        disk: "DiskCache | None" = None,
    ) -> None:
        self.sources = images
        self._label_of = {name: label for label, name in enumerate(class_names, start=1)}
        self._image_size = image_size
        self._free_bytes = memory_bytes
        self._disk = disk
        self._kept: dict[int, PreparedImage] = {}
        self._vanished: dict[int, int] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.sources)

    def __getitem__(self, index: int) -> PreparedImage:  # type: ignore[override]  # no caller asks for a slice
        kept = self._kept.get(index)
        if kept is None and self._disk is not None:
            kept = self._disk.read(index)
        if kept is not None:
            return kept
        prepared = prepare_image(self.sources[index], self._label_of, self._image_size)
        self._vanished[index] = prepared.vanished
        if not self._keep(index, prepared) and self._disk is not None:
            self._disk.write(index, prepared)
        return prepared

    @property
    def vanished(self) -> int:
        """Instances left out so far because they have no pixel at training size."""
        return sum(self._vanished.copy().values())

    def close(self) -> None:
        if self._disk is not None:
            self._disk.close()

    def _keep(self, index: int, prepared: PreparedImage) -> bool:
        with self._lock:
            if index not in self._kept and prepared.size_bytes <= self._free_bytes:
                self._free_bytes -= prepared.size_bytes
                self._kept[index] = prepared
            return index in self._kept


class DiskCache:
    """Prepared images in a folder of its own, up to a number of bytes; nothing is compressed, so reading is quick."""

    def __init__(self, directory: Path, *, max_bytes: int) -> None:
        self._directory = directory
        self._free_bytes = max_bytes
        self._reserved: set[int] = set()
        self._written: set[int] = set()
        self._lock = Lock()

    def read(self, index: int) -> PreparedImage | None:
        if index not in self._written:
            return None
        with np.load(self._path(index), allow_pickle=False) as file:
            columns = {name: file[name] for name in file.files}
        crops = _split_crops(columns["pixels"], columns["boxes"])
        count = len(columns["labels"])
        return PreparedImage(columns["rgb"], columns["labels"], crops[:count], crops[count:], int(columns["vanished"]))

    def write(self, index: int, prepared: PreparedImage) -> None:
        """Keep an image while there is room. A full disk is no failure: images are made anew then."""
        with self._lock:
            if index in self._reserved or prepared.size_bytes > self._free_bytes:
                return
            self._reserved.add(index)
            self._free_bytes -= prepared.size_bytes
        crops = (*prepared.masks, *prepared.crowds)
        path = self._path(index)
        try:
            self._directory.mkdir(exist_ok=True)
            np.savez(
                path,
                allow_pickle=False,
                rgb=prepared.rgb,
                labels=prepared.labels,
                boxes=np.array([crop.box_xyxy for crop in crops], dtype=np.int64).reshape(-1, 4),
                pixels=np.concatenate([np.empty(0, np.bool_), *(crop.mask.ravel() for crop in crops)]),
                vanished=np.int64(prepared.vanished),
            )
        except OSError as error:
            logger.warning("prepared images are not kept on disk any more: %s", error)
            path.unlink(missing_ok=True)
            with self._lock:
                self._free_bytes = 0
            return
        self._written.add(index)

    def close(self) -> None:
        self._written.clear()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _path(self, index: int) -> Path:
        return self._directory / f"{index}.npz"


def _split_crops(pixels: NDArray[np.bool_], boxes_xyxy: NDArray[np.int64]) -> tuple[MaskCrop, ...]:
    crops, start = [], 0
    for x0, y0, x1, y1 in boxes_xyxy.tolist():
        stop = start + (y1 - y0) * (x1 - x0)
        crops.append(MaskCrop(x0, y0, pixels[start:stop].reshape(y1 - y0, x1 - x0)))
        start = stop
    return tuple(crops)
