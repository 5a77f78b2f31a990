import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from app.masks import rle as mask_rle
from app.masks.instance import InvalidMask, Rle
from tests.masks.raster_vectors import VECTORS_FILE, coco_counts, rows_to_mask
from tests.masks.strategies import masks

VECTORS = json.loads(VECTORS_FILE.read_text())


@given(masks())
def test_encode_mask__round_trip(mask: NDArray[np.bool_]) -> None:
    rle = mask_rle.encode_mask(mask)
    decoded = mask_rle.decode_rle(rle)
    assert decoded.dtype == np.bool_
    assert np.array_equal(decoded, mask)


@given(masks())
def test_encode_mask__is_what_pycocotools_writes(mask: NDArray[np.bool_]) -> None:
    assert mask_rle.encode_mask(mask) == Rle(mask.shape, coco_counts(mask))


@pytest.mark.parametrize("shape", [(3,), (0, 4), (2, 2, 2)])
def test_encode_mask__refuses_what_is_no_mask(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidMask, match="shape"):
        mask_rle.encode_mask(np.zeros(shape, dtype=bool))


@given(masks())
def test_area_and_box__of_the_pixels(mask: NDArray[np.bool_]) -> None:
    rle = mask_rle.encode_mask(mask)
    assert mask_rle.area(rle) == mask.sum()
    rows, columns = np.nonzero(mask)
    box = (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1) if rows.size else (0, 0, 0, 0)
    assert mask_rle.box_xywh(rle) == box


@pytest.mark.parametrize("vector", VECTORS["counts"], ids=lambda v: v["counts"])
def test_counts__vectors_both_ways(vector: dict[str, Any]) -> None:
    rle = Rle(tuple(vector["size"]), vector["counts"])
    assert mask_rle.uncompressed_counts(rle) == vector["runs"]
    assert mask_rle.rle_from_uncompressed(rle.size, vector["runs"]) == rle


@pytest.mark.parametrize("vector", VECTORS["malformed_counts"], ids=lambda v: v["why"])
def test_rle__refuses_malformed_counts(vector: dict[str, Any]) -> None:
    with pytest.raises(InvalidMask, match="counts"):
        Rle(tuple(vector["size"]), vector["counts"])


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12).filter(sum))
def test_rle_from_uncompressed__empty_runs_are_merged(runs: list[int]) -> None:
    size = (1, sum(runs))
    pixels = np.repeat(np.arange(len(runs)) % 2 == 1, runs)[None, :]
    rle = mask_rle.rle_from_uncompressed(size, runs)
    assert rle == mask_rle.encode_mask(pixels)


def test_rle__empty_runs_in_compressed_counts_are_merged() -> None:
    coco = coco_mask.frPyObjects({"size": [2, 3], "counts": [1, 0, 2, 0, 0, 2, 1]}, 2, 3)
    assert Rle((2, 3), str(coco["counts"], "ascii")) == mask_rle.encode_mask(rows_to_mask("..# .#."))


@pytest.mark.parametrize("counts", ["0120oO0", "P0120O0", "01R00O0"])
def test_rle__numbers_longer_than_needed_are_shortened(counts: str) -> None:
    """Some encoder's other text for the same mask is the same mask."""
    rle = Rle((2, 3), counts)
    assert rle == mask_rle.encode_mask(mask_rle.decode_rle(rle))
    assert len(rle.counts) < len(counts)


@pytest.mark.parametrize(
    "size, runs, words",
    [
        ((2, 3), [3, 4], "add up to 7"),
        ((2, 3), [], "counts"),
        ((2, 3), [3, -1, 4], "whole numbers"),
        ((2, 3), [3.0, 3], "whole numbers"),
        ((2, 3), [10**30], "whole numbers"),
        ((0, 3), [0], "size is 0 x 3"),
    ],
)
def test_rle_from_uncompressed__refuses(size: tuple[int, int], runs: list[int], words: str) -> None:
    with pytest.raises(InvalidMask, match=words):
        mask_rle.rle_from_uncompressed(size, runs)


def read_as_coco(text: str) -> list[int] | None:
    """COCO's rleFrString with bounds: the runs, or None where it would leave the string or its integers."""
    runs: list[int] = []
    position = 0
    while position < len(text):
        value, shift, goes_on = 0, 0, True
        while goes_on:
            if position == len(text) or shift == 30:
                return None
            symbol = ord(text[position]) - 48
            value |= (symbol & 31) << shift
            goes_on = bool(symbol & 32)
            position, shift = position + 1, shift + 5
        if symbol & 16:
            value -= 1 << shift
        runs.append(value + runs[-2] if len(runs) > 2 else value)
    return runs


coco_text = st.text(st.characters(min_codepoint=48, max_codepoint=111), max_size=12)


@given(coco_text, st.integers(1, 40), st.integers(1, 40))
def test_rle__garbage_is_refused_or_is_a_mask(text: str, height: int, width: int) -> None:
    runs = read_as_coco(text)
    valid = bool(runs) and min(runs) >= 0 and sum(runs) == height * width
    try:
        rle = Rle((height, width), text)
    except InvalidMask:
        assert not valid
        return
    assert valid
    assert mask_rle.decode_rle(rle).sum() == mask_rle.area(rle) == sum(runs[1::2])


@given(masks(max_side=6), st.data())
def test_rle__damaged_counts_are_refused_or_are_another_mask(mask: NDArray[np.bool_], data: st.DataObject) -> None:
    counts = coco_counts(mask)
    at = data.draw(st.integers(0, len(counts)))
    damaged = counts[:at] + data.draw(coco_text) + counts[at + data.draw(st.integers(0, 2)) :]
    try:
        rle = Rle(mask.shape, damaged)
    except InvalidMask:
        return
    decoded = mask_rle.decode_rle(rle)
    assert mask_rle.encode_mask(decoded) == rle


@given(masks(), st.integers(-3, 6), st.integers(-3, 6))
def test_encode_crop__is_the_mask_with_the_crop_in_its_place(crop: NDArray[np.bool_], left: int, top: int) -> None:
    around = np.zeros((40, 40), dtype=bool)
    around[top + 10 : top + 10 + crop.shape[0], left + 10 : left + 10 + crop.shape[1]] = crop
    assert mask_rle.encode_crop(crop, left=left, top=top, size=(9, 7)) == mask_rle.encode_mask(around[10:19, 10:17])


@given(masks())
def test_decode_box__is_the_smallest_box_of_the_mask(mask: NDArray[np.bool_]) -> None:
    crop, left, top = mask_rle.decode_box(mask_rle.encode_mask(mask))
    assert mask_rle.encode_crop(crop, left=left, top=top, size=(mask.shape[0], mask.shape[1])) == mask_rle.encode_mask(
        mask
    )
    assert not mask.any() or (crop.any(axis=1)[[0, -1]].all() and crop.any(axis=0)[[0, -1]].all())


@given(st.integers(0, 2**12 - 1), st.integers(0, 2**12 - 1))
def test_unite__has_the_pixels_of_any(one: int, other: int) -> None:
    pair = [np.array([bits >> k & 1 for k in range(12)], dtype=bool).reshape(3, 4) for bits in (one, other)]
    assert mask_rle.unite([mask_rle.encode_mask(mask) for mask in pair]) == mask_rle.encode_mask(pair[0] | pair[1])
