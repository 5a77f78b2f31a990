"""What was found in an image, as the database keeps it: small enough for a row, and nothing rounded."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from app.inference.prediction import Prediction
from app.masks.instance import Rle
from app.masks.rle import decode_box

_FAST = 1  # zlib's level: run lengths hardly shrink further


@dataclass(frozen=True, slots=True)
class StoredPrediction:
    """A prediction without its pixels; box_xyxy as `Prediction` has it, rle of the whole image."""

    class_name: str
    score: float
    box_xyxy: tuple[int, int, int, int]
    rle: Rle

    def as_prediction(self) -> Prediction:
        """The prediction as the model made it, pixel by pixel the same."""
        x0, y0, x1, y1 = self.box_xyxy
        mask = np.zeros((y1 - y0, x1 - x0), dtype=np.bool_)
        part, left, top = decode_box(self.rle)
        height, width = part.shape
        mask[top - y0 : top - y0 + height, left - x0 : left - x0 + width] = part
        return Prediction(self.class_name, self.score, self.box_xyxy, mask)


def pack_predictions(predictions: Sequence[Prediction], *, height: int, width: int) -> bytes:
    """Pack what was found in an image of this height and width, best score first."""
    rows = [
        [prediction.class_name, prediction.score, prediction.box_xyxy, prediction.rle(height, width).counts]
        for prediction in sorted(predictions, key=lambda prediction: -prediction.score)
    ]
    return zlib.compress(orjson.dumps(rows), _FAST)


def unpack_predictions(packed: bytes, *, height: int, width: int) -> list[StoredPrediction]:
    """The reverse of pack_predictions, but for the pixels."""
    return [
        StoredPrediction(name, score, (box[0], box[1], box[2], box[3]), Rle.from_encoder((height, width), counts))
        for name, score, box, counts in orjson.loads(zlib.decompress(packed))
    ]


def at_least(
    predictions: Sequence[StoredPrediction], thresholds: Mapping[str, float], *, min_score: float | None = None
) -> list[StoredPrediction]:
    """Those with a score at or above their label's threshold, or above one for all."""
    return [one for one in predictions if one.score >= (thresholds[one.class_name] if min_score is None else min_score)]
