"""What a checkpoint predicted on a split, with the true objects' overlaps, as columns in one file.

Why columns and not rows of the database: docs/decisions/0002-prediction-sets.md.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from app.masks.instance import Rle
from app.masks.matching import ImageOverlaps, MatchTable, find_overlaps
from app.masks.prediction_columns import read_columns
from app.masks.rle import coco_dicts

MASKS_AT_ONCE = 200  # pycocotools' area() keeps the length of its list in eight bits

_ID_LENGTH = 36  # of a UUID as text
_IMAGE_COLUMNS = ("boxes_xyxy", "areas", "truth_boxes_xyxy", "truth_areas")
_OVERLAP_COLUMNS = (
    "scores",
    "prediction_classes",
    "truth_classes",
    "truth_is_crowd",
    "pair_prediction",
    "pair_truth",
    "pair_iou",
    "cross_prediction",
    "cross_truth",
    "cross_iou",
)


@dataclass(frozen=True, slots=True)
class ImagePredictions:
    """One image's P predictions and T true objects. Classes are positions in the table's class_names."""

    image_id: int
    height: int
    width: int
    boxes_xyxy: NDArray[np.int64]  # (P, 4) half-open, inside the image
    areas: NDArray[np.int64]  # (P,) pixels
    rle_counts: tuple[str, ...]  # P COCO compressed masks of the whole image
    truth_ids: tuple[str, ...]  # T instance ids
    truth_boxes_xyxy: NDArray[np.int64]  # (T, 4)
    truth_areas: NDArray[np.int64]  # (T,)
    truth_rle_counts: tuple[str, ...]  # T
    overlaps: ImageOverlaps

    def rle(self, index: int) -> Rle:
        """The mask of one prediction, read with care: a file may come from elsewhere, in a project's archive."""
        return Rle((self.height, self.width), self.rle_counts[index])


@dataclass(frozen=True, slots=True)
class PredictionTable:
    """Every image of a split, by ascending id, so that equal scores count in the order in which COCOeval has them."""

    class_names: tuple[str, ...]
    images: tuple[ImagePredictions, ...]

    @property
    def prediction_count(self) -> int:
        return sum(len(image.rle_counts) for image in self.images)

    @property
    def has_truth_masks(self) -> bool:
        """Whether the true objects' masks are there; files of the first format do not have them."""
        return all(len(image.truth_rle_counts) == len(image.truth_ids) for image in self.images)

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
        areas=_areas(predicted),
        rle_counts=tuple(rle.counts for rle in predicted),
        truth_ids=tuple(truth_ids),
        truth_boxes_xyxy=_boxes_xyxy(truth),
        truth_areas=_areas(truth),
        truth_rle_counts=tuple(rle.counts for rle in truth),
        overlaps=find_overlaps(predicted, scores, prediction_classes, truth, truth_classes, truth_is_crowd),
    )


def prediction_table_to_bytes(table: PredictionTable) -> bytes:
    """Write the table as an uncompressed .npz: masks are compact already, and it must load in milliseconds."""
    images = table.images
    columns: dict[str, Any] = {
        "class_names": np.array(table.class_names, dtype=np.str_),
        "image": np.array([(i.image_id, i.height, i.width) for i in images], dtype=np.int64).reshape(-1, 3),
        "lengths": np.array([_lengths(image) for image in images], dtype=np.int64).reshape(-1, 3),
        "cross_lengths": np.array([len(image.overlaps.cross_iou) for image in images], dtype=np.int64),
        "truth_ids": np.array([i for image in images for i in image.truth_ids], dtype=f"S{_ID_LENGTH}"),
        **_text_columns("rle", [text for image in images for text in image.rle_counts]),
        **_text_columns("truth_rle", [text for image in images for text in image.truth_rle_counts]),
    }
    for name in _IMAGE_COLUMNS:
        width = (4,) if name.endswith("boxes_xyxy") else ()
        columns[name] = np.concatenate([np.empty((0, *width), np.int64), *(getattr(i, name) for i in images)])
    for name in _OVERLAP_COLUMNS:
        parts = [getattr(image.overlaps, name) for image in images]
        columns[name] = np.concatenate(parts) if parts else np.empty(0)
    file = io.BytesIO()
    np.savez(file, **columns)
    return file.getvalue()


def prediction_table_from_bytes(data: bytes) -> PredictionTable:
    """Read what prediction_table_to_bytes wrote, now or before it knew the true objects' masks.

    Raises:
        InvalidPredictions: The bytes are damaged, or hold something else.
    """
    columns = read_columns(data)
    texts = _split_text(columns["rle_text"].tobytes().decode("ascii"), columns["rle_lengths"])
    truth_texts = _split_text(columns["truth_rle_text"].tobytes().decode("ascii"), columns["truth_rle_lengths"])
    ids = [i.decode("ascii") for i in columns["truth_ids"].tolist()]
    images, at = [], [0, 0, 0, 0]
    lengths = np.column_stack((columns["lengths"], columns["cross_lengths"])).tolist()
    for (image_id, height, width), own in zip(columns["image"].tolist(), lengths, strict=True):
        predictions, truths, pairs, crosses = (
            slice(begin, begin + length) for begin, length in zip(at, own, strict=True)
        )
        at = [begin + length for begin, length in zip(at, own, strict=True)]
        images.append(
            ImagePredictions(
                image_id=image_id,
                height=height,
                width=width,
                boxes_xyxy=columns["boxes_xyxy"][predictions],
                areas=columns["areas"][predictions],
                rle_counts=tuple(texts[predictions]),
                truth_ids=tuple(ids[truths]),
                truth_boxes_xyxy=columns["truth_boxes_xyxy"][truths],
                truth_areas=columns["truth_areas"][truths],
                truth_rle_counts=tuple(truth_texts[truths]),
                overlaps=_overlaps(columns, predictions, truths, pairs, crosses),
            )
        )
    return PredictionTable(tuple(columns["class_names"].tolist()), tuple(images))


def _overlaps(
    columns: Mapping[str, NDArray[Any]], predictions: slice, truths: slice, pairs: slice, crosses: slice
) -> ImageOverlaps:
    return ImageOverlaps(
        scores=columns["scores"][predictions],
        prediction_classes=columns["prediction_classes"][predictions],
        truth_classes=columns["truth_classes"][truths],
        truth_is_crowd=columns["truth_is_crowd"][truths],
        pair_prediction=columns["pair_prediction"][pairs],
        pair_truth=columns["pair_truth"][pairs],
        pair_iou=columns["pair_iou"][pairs],
        cross_prediction=columns["cross_prediction"][crosses],
        cross_truth=columns["cross_truth"][crosses],
        cross_iou=columns["cross_iou"][crosses],
    )


def _areas(rles: Sequence[Rle]) -> NDArray[np.int64]:
    if not rles:
        return np.empty(0, dtype=np.int64)
    portions = [rles[start : start + MASKS_AT_ONCE] for start in range(0, len(rles), MASKS_AT_ONCE)]
    areas = [coco_mask.area(coco_dicts(portion)) for portion in portions]
    return np.concatenate(areas).astype(np.int64)


def _boxes_xyxy(rles: Sequence[Rle]) -> NDArray[np.int64]:
    if not rles:
        return np.empty((0, 4), dtype=np.int64)
    boxes = np.array(coco_mask.toBbox(coco_dicts(rles)), dtype=np.int64)
    boxes[:, 2:] += boxes[:, :2]
    return boxes


def _text_columns(name: str, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
    return {
        f"{name}_lengths": np.array([len(text) for text in texts], dtype=np.int64),
        f"{name}_text": np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8),
    }


def _lengths(image: ImagePredictions) -> tuple[int, int, int]:
    """How many predictions, true objects and overlapping pairs."""
    return len(image.rle_counts), len(image.truth_ids), len(image.overlaps.pair_iou)


def _split_text(text: str, lengths: NDArray[np.int64]) -> list[str]:
    bounds = np.cumsum([0, *lengths]).tolist()
    return [text[begin:end] for begin, end in pairwise(bounds)]
