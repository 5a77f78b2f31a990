"""How far another machine's answer may lie from the kept one."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from app.bundle.runtime.selftest import Answer, Tolerance, compare
from app.masks.rle import encode_mask

THRESHOLDS = {"fig": 40.0, "nut": 60.0}
TOLERANCE = Tolerance(score=0.5, iou=0.9)


def found(label: str, score: float, *, rows: int) -> dict[str, Any]:
    mask = np.zeros((30, 20), dtype=np.bool_)
    mask[:rows] = True
    rle = encode_mask(mask)
    return {"label": label, "score": score, "rle": {"size": list(rle.size), "counts": rle.counts}}


@pytest.fixture
def kept() -> Answer:
    return [found("fig", 98.0, rows=20), found("nut", 75.0, rows=10)]


def test_compare__identical(kept: Answer) -> None:
    verdict = compare(kept, deepcopy(kept), THRESHOLDS, TOLERANCE)
    assert (verdict.is_wrong, verdict.text) == (False, "the same 2 objects, to the last digit")


def test_compare__as_near_as_another_cpu_computes(kept: Answer) -> None:
    near = [found("fig", 97.6, rows=19), found("nut", 75.5, rows=10)]
    assert not compare(kept, near, THRESHOLDS, TOLERANCE).is_wrong


def test_compare__an_object_at_its_threshold_may_come_or_go(kept: Answer) -> None:
    with_one_more = [*kept, found("fig", 40.1, rows=3)]
    assert not compare(kept, with_one_more, THRESHOLDS, TOLERANCE).is_wrong
    assert not compare(with_one_more, kept, THRESHOLDS, TOLERANCE).is_wrong


@pytest.mark.parametrize(
    "other",
    [
        [],
        [found("fig", 98.0, rows=20)],
        [found("fig", 97.0, rows=20), found("nut", 75.0, rows=10)],
        [found("fig", 98.0, rows=15), found("nut", 75.0, rows=10)],
        [found("nut", 98.0, rows=20), found("nut", 75.0, rows=10)],
        [found("fig", 98.0, rows=20), found("nut", 75.0, rows=10), found("nut", 75.0, rows=10)],
    ],
)
def test_compare__another_answer_is_wrong(kept: Answer, other: Answer) -> None:
    verdict = compare(kept, other, THRESHOLDS, TOLERANCE)
    assert verdict.is_wrong
    assert "differ" in verdict.text
