"""The columns of a prediction table's file, read with care: a file may be damaged, or come from elsewhere."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.zip_damage import ZIP_DAMAGE

Columns = dict[str, NDArray[Any]]

_DAMAGE = (*ZIP_DAMAGE, TypeError)  # of a column's head, which numpy reads
# Of each column what its rows are of, how wide they are, and of which of numpy's kinds.
_COLUMNS = {
    "image": ("images", 3, "i"),
    "lengths": ("images", 3, "i"),
    "cross_lengths": ("images", None, "i"),
    "boxes_xyxy": ("predictions", 4, "i"),
    "areas": ("predictions", None, "i"),
    "scores": ("predictions", None, "f"),
    "prediction_classes": ("predictions", None, "i"),
    "rle_lengths": ("predictions", None, "i"),
    "rle_text": ("rle_text", None, "u"),
    "truth_ids": ("truths", None, "S"),
    "truth_boxes_xyxy": ("truths", 4, "i"),
    "truth_areas": ("truths", None, "i"),
    "truth_classes": ("truths", None, "i"),
    "truth_is_crowd": ("truths", None, "b"),
    "truth_rle_lengths": ("truth_rles", None, "i"),
    "truth_rle_text": ("truth_rle_text", None, "u"),
    "pair_prediction": ("pairs", None, "i"),
    "pair_truth": ("pairs", None, "i"),
    "pair_iou": ("pairs", None, "f"),
    "cross_prediction": ("crosses", None, "i"),
    "cross_truth": ("crosses", None, "i"),
    "cross_iou": ("crosses", None, "f"),
}
_COUNTS = ("lengths", "cross_lengths", "rle_lengths", "truth_rle_lengths")


class InvalidPredictions(ValueError):
    """The bytes are no whole prediction table; the message says what is wrong with them."""


def read_columns(data: bytes) -> Columns:
    """Read the columns, which fit together afterwards; what files of the first format lack is filled in.

    Raises:
        InvalidPredictions: The bytes are damaged, or hold something else.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            columns: Columns = {name: file[name] for name in file.files}
        if "truth_rle_text" not in columns:
            columns |= _missing_columns(columns)
        _check(columns)
    except KeyError as error:
        raise InvalidPredictions(f"the stored predictions are damaged (the column {error} is missing)") from error
    except _DAMAGE as error:
        raise InvalidPredictions(f"the stored predictions are damaged ({error})") from error
    return columns


def _missing_columns(columns: Mapping[str, NDArray[Any]]) -> Columns:
    """What files of the first format lack, as if nothing were known of it: app/statistics makes it from the labels."""
    nothing = np.empty(0, dtype=np.int64)
    return {
        "areas": np.zeros(len(columns["scores"]), dtype=np.int64),
        "truth_areas": np.zeros(len(columns["truth_ids"]), dtype=np.int64),
        "truth_boxes_xyxy": np.zeros((len(columns["truth_ids"]), 4), dtype=np.int64),
        "truth_rle_text": np.empty(0, dtype=np.uint8),
        "truth_rle_lengths": nothing,
        "cross_lengths": np.zeros(len(columns["lengths"]), dtype=np.int64),
        "cross_prediction": nothing,
        "cross_truth": nothing,
        "cross_iou": np.empty(0),
    }


def _check(columns: Columns) -> None:
    """Refuse columns of another shape, and numbers that point outside.

    Raises:
        ValueError, KeyError: As said.
    """
    for name, (_rows, width, kind) in _COLUMNS.items():
        _check_column(name, columns[name], () if width is None else (width,), kind)
    if any((columns[name] < 0).any() for name in _COUNTS):
        raise ValueError("a length is negative")
    counts = _row_counts(columns)
    for name, (rows, _width, _kind) in _COLUMNS.items():
        if len(columns[name]) not in counts[rows]:
            raise ValueError(f"the column {name} has {len(columns[name])} rows")
    _check_column("class_names", columns["class_names"], (), "U")
    _check_values(columns)


def _check_column(name: str, column: NDArray[Any], row_shape: tuple[int, ...], kind: str) -> None:
    # What is empty was written without a kind.
    if column.ndim == 0 or column.shape[1:] != row_shape or (column.size and column.dtype.kind != kind):
        raise ValueError(f"the column {name} holds something else")


def _row_counts(columns: Columns) -> dict[str, tuple[int, ...]]:
    """How many rows the columns of each sort have; files of the first format know no masks of true objects."""
    predictions, truths, pairs = columns["lengths"].sum(axis=0).tolist()
    return {
        "images": (len(columns["lengths"]),),
        "predictions": (predictions,),
        "truths": (truths,),
        "truth_rles": (truths, 0),
        "pairs": (pairs,),
        "crosses": (columns["cross_lengths"].sum(),),
        "rle_text": (columns["rle_lengths"].sum(),),
        "truth_rle_text": (columns["truth_rle_lengths"].sum(),),
    }


def _check_values(columns: Columns) -> None:
    predictions, truths, pairs = columns["lengths"].T
    crosses = columns["cross_lengths"]
    ends = {
        "prediction_classes": len(columns["class_names"]),
        "truth_classes": len(columns["class_names"]),
        "pair_prediction": np.repeat(predictions, pairs),
        "pair_truth": np.repeat(truths, pairs),
        "cross_prediction": np.repeat(predictions, crosses),
        "cross_truth": np.repeat(truths, crosses),
        "rle_text": 128,  # ASCII
        "truth_rle_text": 128,
    }
    for name, end in ends.items():
        if ((columns[name] < 0) | (columns[name] >= end)).any():
            raise ValueError(f"the column {name} points outside")
    if (columns["image"] < 1).any():
        raise ValueError("an image has no id or no size")
    for name in ("scores", "pair_iou", "cross_iou"):
        if not ((columns[name] >= 0) & (columns[name] <= 1)).all():
            raise ValueError(f"the column {name} holds something else than numbers from 0 to 1")
    if any(not truth_id.isascii() for truth_id in columns["truth_ids"].tolist()):
        raise ValueError("an object's id is no text")
