"""A prediction table's file that is not as it was written is refused, whatever is wrong with it."""

import io
from typing import Any

import numpy as np
import pytest

from app.masks.prediction_columns import InvalidPredictions, read_columns
from app.masks.prediction_table import PredictionTable, prediction_table_to_bytes
from tests.masks.test_prediction_table import an_image

TABLE = PredictionTable(("fig", "nut"), (an_image(1, predictions=3, truths=2), an_image(2, predictions=1, truths=1)))
WHOLE = prediction_table_to_bytes(TABLE)


def written(columns: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **columns)
    return file.getvalue()


def an_array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(3))
    return file.getvalue()


def with_changed_byte() -> bytes:
    changed = bytearray(WHOLE)
    changed[WHOLE.index(b"NUMPY", len(WHOLE) // 2) + 200] ^= 1
    return bytes(changed)


def as_if_encrypted() -> bytes:
    changed = bytearray(WHOLE)
    changed[WHOLE.index(b"PK\x01\x02") + 8] |= 1  # the flags in the zip's list of files
    return bytes(changed)


@pytest.mark.parametrize(
    "content",
    [b"", b"no table", WHOLE[: len(WHOLE) // 2], WHOLE[:-1], with_changed_byte(), as_if_encrypted(), an_array()],
    ids=["empty", "text", "cut in half", "cut at the end", "one bit", "one bit of the flags", "one array"],
)
def test_read_columns__of_a_damaged_file(content: bytes) -> None:
    with pytest.raises(InvalidPredictions, match="the stored predictions are damaged"):
        read_columns(content)


@pytest.mark.parametrize("name", [name for name in read_columns(WHOLE) if name != "truth_rle_text"])
def test_read_columns__without_one_of_them(name: str) -> None:
    columns = read_columns(WHOLE)
    del columns[name]
    with pytest.raises(InvalidPredictions, match=f"the column '{name}' is missing"):
        read_columns(written(columns))


@pytest.mark.parametrize("name", list(read_columns(WHOLE)))
def test_read_columns__of_another_kind_or_length(name: str) -> None:
    columns = read_columns(WHOLE)
    for other in (np.array(3), columns[name][:, None], columns[name].astype("V8"), columns[name][:-1]):
        with pytest.raises(InvalidPredictions):
            read_columns(written({**columns, name: other}))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("lengths", -1, "negative"),
        ("prediction_classes", 2, "points outside"),
        ("truth_classes", -1, "points outside"),
        ("pair_prediction", 3, "points outside"),
        ("pair_truth", 2, "points outside"),
        ("rle_text", 200, "points outside"),
        ("scores", np.nan, "from 0 to 1"),
        ("pair_iou", 1.5, "from 0 to 1"),
        ("image", 0, "no id or no size"),
        ("truth_ids", "ü".encode(), "no text"),
    ],
)
def test_read_columns__of_impossible_values(name: str, value: object, words: str) -> None:
    columns = read_columns(WHOLE)
    columns[name].flat[0] = value
    with pytest.raises(InvalidPredictions, match=words):
        read_columns(written(columns))
