import contextlib
import io
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings

from app.masks import rle as mask_rle
from app.masks.coco_summary import SIZES, coco_summary
from tests.masks.coco_case import Case, Found, TrueObject, block, cases, coco_eval

SMALL_SIZES = ((0.0, 4.0), (4.0, 9.0), (9.0, 1e10))  # the masks here have at most 16 pixels


def ours(case: Case, sizes: tuple[tuple[float, float], ...]) -> list[float | None]:
    found = [float(mask_rle.area(found.rle)) for predictions, _ in case.images for found in predictions]
    true = [float(mask_rle.area(true.rle)) for _, truth in case.images for true in truth]
    summary = coco_summary(case.table(), truth_areas=np.array(true), prediction_areas=np.array(found), sizes=sizes)
    return list(astuple(summary))


def cocos(case: Case, sizes: tuple[tuple[float, float], ...]) -> list[float | None]:
    evaluation = coco_eval(case)
    evaluation.params.areaRng = [[0, 1e10], *(list(size) for size in sizes)]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [None if value == -1 else float(value) for value in evaluation.stats]


@settings(max_examples=200, deadline=None)
@given(cases())
def test_coco_summary__is_coco_evals(case: Case) -> None:
    assert ours(case, SMALL_SIZES) == [
        None if value is None else pytest.approx(value, abs=1e-9) for value in cocos(case, SMALL_SIZES)
    ]


def test_coco_summary__sizes_are_cocos() -> None:
    case = Case(1, (((Found(0, 0.9, block(0, 0, 4, 4)),), (TrueObject(0, False, block(0, 0, 4, 4)),)),))

    found = ours(case, SIZES)

    assert found == cocos(case, SIZES)
    assert found[:6] == [pytest.approx(1.0), pytest.approx(1.0), pytest.approx(1.0), pytest.approx(1.0), None, None]
