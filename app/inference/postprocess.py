"""Predictions in the forms that answers take: /api/predict's JSON and a zip of mask images."""

import base64
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.inference.prediction import Prediction
from app.masks.instance import Polygon, Ring

JSON_NAME = "predictions.json"


class MaskFormat(StrEnum):
    """How an answer holds its masks."""

    POLYGONS = "polygons"
    RLE = "rle"
    PNG = "png"
    NONE = "none"


def predictions_to_json(
    predictions: Iterable[Prediction], *, mask: MaskFormat, height: int, width: int
) -> list[dict[str, Any]]:
    """The answer of /api/predict for an image of this height and width, best score first."""
    best_first = sorted(predictions, key=lambda prediction: -prediction.score)
    return [prediction_to_json(prediction, mask=mask, height=height, width=width) for prediction in best_first]


def prediction_to_json(prediction: Prediction, *, mask: MaskFormat, height: int, width: int) -> dict[str, Any]:
    """One object of /api/predict's answer; scores are 0-100 there. Source: contract.md, Prediction."""
    x0, y0, x1, y1 = prediction.box_xyxy
    answer: dict[str, Any] = {
        "label": prediction.class_name,
        "score": round(prediction.score * 100, 1),
        "x0": x0,
        "y0": y0,
        "x1": x1,
        "y1": y1,
    }
    match mask:
        case MaskFormat.POLYGONS:
            answer["polygons"] = [_polygon_to_json(polygon) for polygon in prediction.polygons()]
        case MaskFormat.RLE:
            rle = prediction.rle(height, width)
            answer["rle"] = {"size": list(rle.size), "counts": rle.counts}
        case MaskFormat.PNG:
            answer["image"] = base64.b64encode(one_bit_png(prediction.mask)).decode("ascii")
        case MaskFormat.NONE:
            pass
    return answer


def masks_zip(predictions: Sequence[Prediction], *, height: int, width: int) -> bytes:
    """A zip with one PNG of the whole image per object, white on black, and the JSON that names each object's file."""
    best_first = sorted(predictions, key=lambda prediction: -prediction.score)
    document = []
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for number, prediction in enumerate(best_first, start=1):
            name = f"mask_{number:04}.png"
            archive.writestr(name, one_bit_png(_in_image(prediction, height, width)))
            document.append(
                {**prediction_to_json(prediction, mask=MaskFormat.NONE, height=height, width=width), "file": name}
            )
        archive.writestr(JSON_NAME, json.dumps(document, ensure_ascii=False), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def one_bit_png(mask: NDArray[np.bool_]) -> bytes:
    """A mask as a black and white PNG."""
    file = io.BytesIO()
    Image.fromarray(mask).save(file, "PNG")
    return file.getvalue()


def _polygon_to_json(polygon: Polygon) -> dict[str, Any]:
    return {"points": _ring_to_json(polygon.exterior), "holes": [_ring_to_json(hole) for hole in polygon.holes]}


def _ring_to_json(ring: Ring) -> list[dict[str, int]]:
    return [{"x": int(x), "y": int(y)} for x, y in ring]  # outlines run along pixel edges: whole numbers


def _in_image(prediction: Prediction, height: int, width: int) -> NDArray[np.bool_]:
    x0, y0, x1, y1 = prediction.box_xyxy
    mask = np.zeros((height, width), dtype=np.bool_)
    mask[y0:y1, x0:x1] = prediction.mask
    return mask
