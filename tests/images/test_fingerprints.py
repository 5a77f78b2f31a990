"""Fingerprints: robust to what is done to a copy, different for what is another picture, filled in for old images."""

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.db.engine import session_scope
from app.db.models import Image as ImageRow
from app.images.fingerprint_filling import fill_missing
from app.images.fingerprints import NOTHING_TO_COMPARE, fingerprint
from app.inference.decode import decode_image
from app.splits.near_duplicates import MAX_DISTANCE
from app.storage.blobs import get_blob_store
from app.storage.thumbnails import shrink_to_thumbnail
from tests.images.conftest import Upload
from tests.scenes import draw_scene

Rgb = NDArray[np.uint8]
PHOTOS = sorted((Path(__file__).parents[3] / "shared/data").glob("*/images/*.jpg"))[:30]


def distance(one: int, other: int) -> int:
    return ((one ^ other) & (2**64 - 1)).bit_count()


def recoded(rgb: Rgb, quality: int) -> Rgb:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=quality)
    return decode_image(file.getvalue(), max_pixels=rgb.size)


def resized(rgb: Rgb, factor: float) -> Rgb:
    return np.asarray(cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def brightened(rgb: Rgb, factor: float) -> Rgb:
    return np.clip(rgb * factor, 0, 255).astype(np.uint8)


COPIES: dict[str, Callable[[Rgb], Rgb]] = {
    "quality 90": lambda rgb: recoded(rgb, 90),
    "quality 40": lambda rgb: recoded(rgb, 40),
    "half the size": lambda rgb: resized(rgb, 0.5),
    "double the size": lambda rgb: resized(rgb, 2),
    "brighter": lambda rgb: brightened(rgb, 1.1),
    "darker": lambda rgb: brightened(rgb, 0.9),
    "all at once": lambda rgb: recoded(brightened(resized(rgb, 0.6), 1.1), 60),
}


@pytest.fixture(scope="module")
def pictures() -> list[Rgb]:
    photos = [decode_image(path.read_bytes(), max_pixels=10**8, at_least_px=512) for path in PHOTOS]
    return [draw_scene(seed).rgb for seed in range(20)] + [shrink_to_thumbnail(photo) for photo in photos]


@pytest.mark.parametrize("copy", COPIES)
def test_fingerprint__is_nearly_that_of_a_copy(pictures: list[Rgb], copy: str) -> None:
    distances = [distance(fingerprint(rgb), fingerprint(COPIES[copy](rgb))) for rgb in pictures]
    assert np.mean(np.array(distances) <= MAX_DISTANCE) >= 0.97
    assert max(distances) <= 8


def test_fingerprint__of_unlike_pictures_is_far_away(pictures: list[Rgb]) -> None:
    scenes = [fingerprint(rgb) for rgb in pictures[:20]]
    assert min(distance(one, other) for place, one in enumerate(scenes) for other in scenes[:place]) > 3 * MAX_DISTANCE


def test_fingerprint__of_a_mirror_image_or_a_turned_one_is_far_away(pictures: list[Rgb]) -> None:
    for rgb in pictures:
        for other in (rgb[:, ::-1], rgb[::-1], np.rot90(rgb)):
            assert distance(fingerprint(rgb), fingerprint(np.ascontiguousarray(other))) > 2 * MAX_DISTANCE


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_fingerprint__of_a_blank_picture_says_that_there_is_nothing_to_compare(grey: int) -> None:
    blank = np.full((240, 320, 3), grey, dtype=np.uint8)
    stripes = np.repeat(np.arange(240, dtype=np.uint8)[None, :, None], 200, axis=0).repeat(3, axis=2)
    noisy = recoded(np.clip(blank + np.random.default_rng(0).normal(0, 2, blank.shape), 0, 255).astype(np.uint8), 40)
    assert [fingerprint(rgb) for rgb in (blank, stripes, noisy, blank[:1, :1])] == [NOTHING_TO_COMPARE] * 4


def test_fingerprint__is_a_number_that_both_databases_hold(pictures: list[Rgb]) -> None:
    values = [fingerprint(rgb) for rgb in pictures]
    assert all(-(2**63) <= value < 2**63 for value in values)
    assert min(values) < 0 < max(values)


def stored_fingerprints() -> dict[str, int | None]:
    with session_scope(read_only=True) as session:
        return {image.name: image.fingerprint for image in session.query(ImageRow)}


def test_upload__keeps_a_fingerprint_and_old_images_get_theirs(upload: Upload) -> None:
    upload({f"{seed}.jpg": draw_scene(seed).jpeg() for seed in range(3)})
    fresh = stored_fingerprints()
    with session_scope() as session:
        images = {image.name: image for image in session.query(ImageRow)}
        images["0.jpg"].fingerprint = images["1.jpg"].fingerprint = None
        get_blob_store().delete([images["1.jpg"].thumbnail_key])
    assert fill_missing() == 2
    filled = stored_fingerprints()
    assert filled["1.jpg"] == NOTHING_TO_COMPARE  # its thumbnail is gone
    assert filled["2.jpg"] == fresh["2.jpg"]
    assert filled["0.jpg"] is not None
    assert fresh["0.jpg"] is not None
    assert distance(filled["0.jpg"], fresh["0.jpg"]) <= 2  # JPEG lies between the two
    assert fill_missing() == 0
