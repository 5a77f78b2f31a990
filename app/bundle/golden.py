"""A few of a model's own images and what this server answers for them: what `run.sh --selftest` compares with."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from app.db.enums import Split
from app.errors import BadRequest, PayloadTooLarge
from app.inference.postprocess import MaskFormat, predictions_to_json
from app.predictions.service import PredictionRuntime, Target
from app.settings import get_settings
from app.storage.blobs import BlobStore
from app.training.snapshot import Snapshot, SnapshotImage

MAX_IMAGES = 3
MAX_BYTES = 15_000_000  # of all together: a bundle's server stays small beside its model


@dataclass(frozen=True, slots=True)
class GoldenImage:
    """An image file as it was uploaded, and the answer of /api/predict with masks as RLE."""

    path: str
    content: bytes
    answer: list[dict[str, Any]]


def golden_images(
    frozen: Snapshot | None, target: Target, *, telling: Collection[int], runtime: PredictionRuntime, store: BlobStore
) -> list[GoldenImage]:
    """Answer validation images, or training images where no others are left.

    Args:
        telling: Ids of images in which the model finds something: they say more, so they come first.
    """
    if frozen is None:
        return []
    images = frozen.of_split(Split.VALIDATION) or frozen.of_split(Split.TRAINING)
    best_first = sorted(images, key=lambda image: (image.image_id not in telling, image.image_id))
    golden: list[GoldenImage] = []
    for image in best_first:
        if len(golden) == MAX_IMAGES:
            break
        content = _read(image, store, max_bytes=MAX_BYTES - sum(len(one.content) for one in golden))
        if content is None:
            continue
        with suppress(BadRequest, PayloadTooLarge):  # it was damaged since, or is larger than is allowed now
            path = f"golden/{len(golden) + 1}{PurePosixPath(image.storage_key).suffix}"
            golden.append(GoldenImage(path, content, _answer(content, target, runtime)))
    return golden


def _read(image: SnapshotImage, store: BlobStore, *, max_bytes: int) -> bytes | None:
    """An image's file; none where it was deleted, or is larger."""
    try:
        return store.read_bytes(image.storage_key) if store.size(image.storage_key) <= max_bytes else None
    except FileNotFoundError:
        return None


def _answer(content: bytes, target: Target, runtime: PredictionRuntime) -> list[dict[str, Any]]:
    found = runtime.predict(
        target,
        content,
        place=None,
        score_thresholds=target.score_thresholds,
        max_pixels=get_settings().max_image_pixels,
    )
    return predictions_to_json(found.predictions, mask=MaskFormat.RLE, height=found.height, width=found.width)
