"""What a checkpoint predicted on a split, with the true objects' overlaps, as columns in one file.

Why columns and not rows of the database: docs/decisions/0002-prediction-sets.md.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.masks.instance import Rle
from app.masks.matching import ImageOverlaps, MatchTable, find_overlaps

_ID_LENGTH = 36  # of a UUID as text
_OVERLAP_COLUMNS = (
    "scores",
    "prediction_classes",
    "truth_classes",
    "truth_is_crowd",
    "pair_prediction",
    "pair_truth",
    "pair_iou",
)


@dataclass(frozen=True, slots=True)
class ImagePredictions:
    """One image's P predictions and T true objects. Classes are positions in the table's class_names."""

    image_id: int
    height: int
    width: int
    boxes_xyxy: NDArray[np.int64]  # (P, 4) half-open, inside the image
    rle_counts: tuple[str, ...]  # P COCO compressed masks of the whole image
    truth_ids: tuple[str, ...]  # T instance ids
    overlaps: ImageOverlaps

    def rle(self, index: int) -> Rle:
        """The mask of one prediction."""
        return Rle((self.height, self.width), self.rle_counts[index])


@dataclass(frozen=True, slots=True)
class PredictionTable:
    """Every image of a split, by ascending id, so that equal scores count in the order in which COCOeval has them."""

    class_names: tuple[str, ...]
    images: tuple[ImagePredictions, ...]

    @property
    def prediction_count(self) -> int:
        return sum(len(image.rle_counts) for image in self.images)

    def match_table(self) -> MatchTable:
        """The columns that figures are computed from."""
        return MatchTable.from_images([image.overlaps for image in self.images], class_count=len(self.class_names))


def image_predictions(
    *,
    image_id: int,
    height: int,
    width: int,
    predicted: Sequence[Rle],
    boxes_xyxy: Sequence[tuple[int, int, int, int]],
    scores: Sequence[float],
    prediction_classes: Sequence[int],
    truth: Sequence[Rle],
    truth_ids: Sequence[str],
    truth_classes: Sequence[int],
    truth_is_crowd: Sequence[bool],
) -> ImagePredictions:
    """Compare one image's predictions with its true objects; see find_overlaps for what it raises."""
    return ImagePredictions(
        image_id=image_id,
        height=height,
        width=width,
        boxes_xyxy=np.array(boxes_xyxy, dtype=np.int64).reshape(-1, 4),
        rle_counts=tuple(rle.counts for rle in predicted),
        truth_ids=tuple(truth_ids),
        overlaps=find_overlaps(predicted, scores, prediction_classes, truth, truth_classes, truth_is_crowd),
    )


def prediction_table_to_bytes(table: PredictionTable) -> bytes:
    """Write the table as an uncompressed .npz: masks are compact already, and it must load in milliseconds."""
    images = table.images
    counts = [text.encode("ascii") for image in images for text in image.rle_counts]
    columns: dict[str, Any] = {
        "class_names": np.array(table.class_names, dtype=np.str_),
        "image": np.array([(i.image_id, i.height, i.width) for i in images], dtype=np.int64).reshape(-1, 3),
        "lengths": np.array([_lengths(image) for image in images], dtype=np.int64).reshape(-1, 3),
        "boxes_xyxy": np.concatenate([np.empty((0, 4), np.int64), *(image.boxes_xyxy for image in images)]),
        "rle_lengths": np.array([len(text) for text in counts], dtype=np.int64),
        "rle_text": np.frombuffer(b"".join(counts), dtype=np.uint8),
        "truth_ids": np.array([i for image in images for i in image.truth_ids], dtype=f"S{_ID_LENGTH}"),
    }
    for name in _OVERLAP_COLUMNS:
        parts = [getattr(image.overlaps, name) for image in images]
        columns[name] = np.concatenate(parts) if parts else np.empty(0)
    file = io.BytesIO()
    np.savez(file, **columns)
    return file.getvalue()


def prediction_table_from_bytes(data: bytes) -> PredictionTable:
    """Read what prediction_table_to_bytes wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        columns = {name: file[name] for name in file.files}
    texts = _split_text(columns["rle_text"].tobytes().decode("ascii"), columns["rle_lengths"])
    ids = [i.decode("ascii") for i in columns["truth_ids"].tolist()]
    images, at = [], [0, 0, 0]
    for (image_id, height, width), lengths in zip(columns["image"].tolist(), columns["lengths"].tolist(), strict=True):
        predictions, truths, pairs = (slice(begin, begin + length) for begin, length in zip(at, lengths, strict=True))
        at = [begin + length for begin, length in zip(at, lengths, strict=True)]
        images.append(
            ImagePredictions(
                image_id=image_id,
                height=height,
                width=width,
                boxes_xyxy=columns["boxes_xyxy"][predictions],
                rle_counts=tuple(texts[predictions]),
                truth_ids=tuple(ids[truths]),
                overlaps=ImageOverlaps(
                    scores=columns["scores"][predictions],
                    prediction_classes=columns["prediction_classes"][predictions],
                    truth_classes=columns["truth_classes"][truths],
                    truth_is_crowd=columns["truth_is_crowd"][truths],
                    pair_prediction=columns["pair_prediction"][pairs],
                    pair_truth=columns["pair_truth"][pairs],
                    pair_iou=columns["pair_iou"][pairs],
                ),
            )
        )
    return PredictionTable(tuple(columns["class_names"].tolist()), tuple(images))


def _lengths(image: ImagePredictions) -> tuple[int, int, int]:
    """How many predictions, true objects and overlapping pairs."""
    return len(image.rle_counts), len(image.truth_ids), len(image.overlaps.pair_iou)


def _split_text(text: str, lengths: NDArray[np.int64]) -> list[str]:
    bounds = np.cumsum([0, *lengths]).tolist()
    return [text[begin:end] for begin, end in pairwise(bounds)]
