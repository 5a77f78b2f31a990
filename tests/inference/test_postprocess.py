"""Answers of /api/predict, to the letter of the contract."""

import base64
import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.inference.postprocess import MaskFormat, masks_zip, prediction_to_json, predictions_to_json
from app.inference.prediction import Prediction
from app.masks.instance import Rle
from app.masks.rle import decode_rle

RING = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=np.bool_)
FIG = Prediction("fig", 0.98349, (2, 1, 5, 4), RING)


def test_prediction_to_json__polygons() -> None:
    assert prediction_to_json(FIG, mask=MaskFormat.POLYGONS, height=6, width=8) == {
        "label": "fig",
        "score": 98.3,
        "x0": 2,
        "y0": 1,
        "x1": 5,
        "y1": 4,
        "polygons": [
            {
                "points": [{"x": 2, "y": 1}, {"x": 5, "y": 1}, {"x": 5, "y": 4}, {"x": 2, "y": 4}],
                "holes": [[{"x": 3, "y": 3}, {"x": 4, "y": 3}, {"x": 4, "y": 2}, {"x": 3, "y": 2}]],
            }
        ],
    }


def test_prediction_to_json__rle_is_the_whole_image() -> None:
    answer = prediction_to_json(FIG, mask=MaskFormat.RLE, height=6, width=8)

    assert answer.keys() == {"label", "score", "x0", "y0", "x1", "y1", "rle"}
    assert answer["rle"]["size"] == [6, 8]
    whole = np.zeros((6, 8), dtype=np.bool_)
    whole[1:4, 2:5] = RING
    np.testing.assert_array_equal(decode_rle(Rle((6, 8), answer["rle"]["counts"])), whole)


def test_prediction_to_json__png_is_one_bit_and_the_box() -> None:
    answer = prediction_to_json(FIG, mask=MaskFormat.PNG, height=6, width=8)

    png = Image.open(io.BytesIO(base64.b64decode(answer["image"], validate=True)))
    assert (png.format, png.mode) == ("PNG", "1")
    np.testing.assert_array_equal(np.asarray(png), RING)


def test_prediction_to_json__none() -> None:
    assert prediction_to_json(FIG, mask=MaskFormat.NONE, height=6, width=8) == {
        "label": "fig",
        "score": 98.3,
        "x0": 2,
        "y0": 1,
        "x1": 5,
        "y1": 4,
    }


@given(st.floats(0.001, 1), st.sampled_from(MaskFormat))
def test_prediction_to_json__any_score_is_one_decimal(score: float, mask: MaskFormat) -> None:
    answer = json.loads(
        json.dumps(prediction_to_json(Prediction("fig", score, (0, 0, 3, 3), RING), mask=mask, height=3, width=3))
    )

    assert 0 <= answer["score"] <= 100
    assert answer["score"] == pytest.approx(score * 100, abs=0.05 + 1e-9)
    assert len(str(answer["score"]).partition(".")[2]) == 1


def test_predictions_to_json__sorted_by_what_was_rounded_away() -> None:
    low, high = (Prediction(name, score, (0, 0, 3, 3), RING) for name, score in (("low", 0.90001), ("high", 0.90002)))

    answers = predictions_to_json([low, high], mask=MaskFormat.NONE, height=3, width=3)

    assert [(answer["label"], answer["score"]) for answer in answers] == [("high", 90.0), ("low", 90.0)]


def test_masks_zip__a_picture_for_each_object_and_the_json() -> None:
    nut = Prediction("nut", 0.99, (0, 0, 1, 1), np.ones((1, 1), dtype=np.bool_))

    with zipfile.ZipFile(io.BytesIO(masks_zip([FIG, nut], height=6, width=8))) as archive:
        assert archive.testzip() is None
        document = json.loads(archive.read("predictions.json"))
        masks = [np.asarray(Image.open(io.BytesIO(archive.read(entry["file"])))) for entry in document]
        assert len(archive.namelist()) == 3

    assert [entry["label"] for entry in document] == ["nut", "fig"]
    assert masks[0].shape == masks[1].shape == (6, 8)
    assert np.argwhere(masks[0]).tolist() == [[0, 0]]
    np.testing.assert_array_equal(masks[1][1:4, 2:5], RING)
    assert masks[1].sum() == 8


def test_masks_zip__nothing_found() -> None:
    with zipfile.ZipFile(io.BytesIO(masks_zip([], height=6, width=8))) as archive:
        assert archive.namelist() == ["predictions.json"]
        assert json.loads(archive.read("predictions.json")) == []
