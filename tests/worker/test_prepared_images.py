import dataclasses
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.masks.instance import Instance
from tests.worker.synthetic import CLASS_NAMES, polygon, shapes
from worker.dataset import PreparedImage, TrainingImage
from worker.prepared_images import DiskCache, PreparedImages

IMAGE_BYTES = 64 * 64 * 3


class CountedImage:
    """An image that knows how often it was read."""

    def __init__(self, source: TrainingImage) -> None:
        self.loads = 0
        self._source = source
        self.image = dataclasses.replace(source, load_rgb=self._load)

    def _load(self) -> NDArray[np.uint8]:
        self.loads += 1
        return self._source.load_rgb()


def counted(count: int = 2) -> list[CountedImage]:
    return [CountedImage(image) for image in shapes(training=count, validation=0).images]


def prepared(images: list[CountedImage], *, memory_bytes: int, disk: DiskCache | None = None) -> PreparedImages:
    sources = [one.image for one in images]
    return PreparedImages(sources, CLASS_NAMES, image_size=64, memory_bytes=memory_bytes, disk=disk)


def same(first: PreparedImage, second: PreparedImage) -> bool:
    crops = [(*image.masks, *image.crowds) for image in (first, second)]
    return (
        np.array_equal(first.rgb, second.rgb)
        and first.labels.tolist() == second.labels.tolist()
        and [crop.box_xyxy for crop in crops[0]] == [crop.box_xyxy for crop in crops[1]]
        and all(np.array_equal(one.mask, other.mask) for one, other in zip(*crops, strict=True))
        and (len(first.crowds), first.vanished) == (len(second.crowds), second.vanished)
    )


@pytest.mark.parametrize(("memory_bytes", "loads"), [(10**6, 1), (IMAGE_BYTES - 1, 3)])
def test_prepared_images__keeps_what_fits_in_memory(memory_bytes: int, loads: int) -> None:
    images = counted(1)
    cache = prepared(images, memory_bytes=memory_bytes)

    for _ in range(3):
        assert len(cache[0].masks) == 2

    assert images[0].loads == loads


def test_prepared_images__what_memory_does_not_hold_goes_to_disk_until_closed(tmp_path: Path) -> None:
    images = counted()
    crowd = Instance("c", "disc", polygons=(polygon(0, 0, 5, 5),), crowd=True)
    images[1].image = dataclasses.replace(images[1].image, instances=(*images[1].image.instances, crowd))
    folder = tmp_path / "prepared"
    cache = prepared(images, memory_bytes=2 * IMAGE_BYTES - 1, disk=DiskCache(folder, max_bytes=10**6))

    first = [cache[0], cache[1]]
    again = [cache[0], cache[1]]

    assert [image.loads for image in images] == [1, 1]
    assert all(same(one, other) for one, other in zip(first, again, strict=True))
    assert len(again[1].crowds) == 1
    assert len(list(folder.iterdir())) == 1
    cache.close()
    assert not folder.exists()


def test_prepared_images__a_disk_that_takes_nothing_is_no_failure(tmp_path: Path) -> None:
    images = counted()
    cache = prepared(images, memory_bytes=0, disk=DiskCache(tmp_path / "gone" / "prepared", max_bytes=10**6))

    assert len(cache[0].masks) == len(cache[0].masks) == 2

    assert images[0].loads == 2


def test_prepared_images__the_disk_is_bounded(tmp_path: Path) -> None:
    images = counted(3)
    cache = prepared(images, memory_bytes=0, disk=DiskCache(tmp_path / "prepared", max_bytes=3 * IMAGE_BYTES))

    for _ in range(2):
        assert [len(cache[index].masks) for index in range(3)] == [2, 2, 2]

    assert [image.loads for image in images] == [1, 1, 2]


def test_prepared_images__threads_get_the_same(tmp_path: Path) -> None:
    images = counted(4)
    cache = prepared(images, memory_bytes=IMAGE_BYTES, disk=DiskCache(tmp_path / "prepared", max_bytes=10**6))
    alone = [cache[index] for index in range(4)]

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(cache.__getitem__, [*range(4)] * 8))

    assert all(same(one, alone[index % 4]) for index, one in enumerate(found))
