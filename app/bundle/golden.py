"""A few of a model's own images and what this server answers for them: what `run.sh --selftest` compares with."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from app.db.enums import Split
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
    return [
        GoldenImage(
            f"golden/{number}{PurePosixPath(image.storage_key).suffix}", content, _answer(content, target, runtime)
        )
        for number, (image, content) in enumerate(_few(best_first, store), start=1)
    ]


def _few(images: Iterable[SnapshotImage], store: BlobStore) -> list[tuple[SnapshotImage, bytes]]:
    few: list[tuple[SnapshotImage, bytes]] = []
    left = MAX_BYTES
    for image in images:
        if len(few) == MAX_IMAGES:
            break
        if store.exists(image.storage_key) and (size := store.size(image.storage_key)) <= left:
            few.append((image, store.read_bytes(image.storage_key)))
            left -= size
    return few


def _answer(content: bytes, target: Target, runtime: PredictionRuntime) -> list[dict[str, Any]]:
    found = runtime.predict(
        target,
        content,
        place=None,
        score_thresholds=target.score_thresholds,
        max_pixels=get_settings().max_image_pixels,
    )
    return predictions_to_json(found.predictions, mask=MaskFormat.RLE, height=found.height, width=found.width)
