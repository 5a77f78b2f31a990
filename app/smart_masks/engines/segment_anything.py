"""Segment Anything: an encoder and a decoder as ONNX files that the operator puts in WEIGHTS_DIR.

The decoder is what the official `export_onnx_model.py` writes; docs/smart-labeling.md lists its inputs and outputs.
Source: https://github.com/facebookresearch/segment-anything (onnx_model_example.ipynb, utils/transforms.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from app.inference.openvino_session import compile_graph
from app.masks.instance import Point
from app.smart_masks.engines.engine import EngineName, Segment
from app.smart_masks.prompts import Prompts, Stroke, box_on_image

if TYPE_CHECKING:
    from openvino import CompiledModel

ENCODER_FILE = "sam_encoder.onnx"
DECODER_FILE = "sam_decoder.onnx"
ENCODER_SIDE_PX = 1024  # where the file leaves its input's size open
POINTS_OF_A_STROKE = 5  # a decoder is trained on a few clicks; hundreds of points blur its answer
_MEAN = np.array([123.675, 116.28, 103.53], dtype=np.float32)
_STD = np.array([58.395, 57.12, 57.375], dtype=np.float32)
_BACKGROUND, _FOREGROUND, _BOX_START, _BOX_END, _NO_BOX = 0.0, 1.0, 2.0, 3.0, -1.0
_LOW_RES_SIDE = 256
_STEPS_OF_A_LOGIT = 32.0  # of the mask's numbers as bytes, which enlarge in a quarter of the memory
_BORDER = 128


@dataclass(frozen=True, slots=True)
class EmbeddedImage:
    """What the encoder says of an image of this height and width."""

    embedding: NDArray[np.float32]
    height: int
    width: int

    @property
    def size_bytes(self) -> int:
        return self.embedding.nbytes


class SegmentAnything:
    """Safe to share between threads: each call has a request of its own."""

    name = EngineName.SAM
    takes_clicks = True

    def __init__(self, encoder: "CompiledModel", decoder: "CompiledModel") -> None:
        self._encoder = encoder
        self._decoder = decoder
        shape = encoder.input(0).partial_shape
        self._side = shape[2].get_length() if shape[2].is_static else ENCODER_SIDE_PX

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Compile both graphs.

        Raises:
            RuntimeError: A file is damaged, or no ONNX.
        """
        files = (directory / ENCODER_FILE, directory / DECODER_FILE)
        return cls(*(compile_graph(path, threads=None) for path in files))

    def embed(self, rgb: NDArray[np.uint8]) -> EmbeddedImage:
        height, width = rgb.shape[:2]
        scaled_height, scaled_width = self._scaled(height, width)
        small = cv2.resize(rgb, (scaled_width, scaled_height), interpolation=cv2.INTER_AREA)
        pixels = np.zeros((1, 3, self._side, self._side), dtype=np.float32)
        pixels[0, :, :scaled_height, :scaled_width] = ((small - _MEAN) / _STD).transpose(2, 0, 1)
        request = self._encoder.create_infer_request()
        request.infer([pixels], share_inputs=True)
        return EmbeddedImage(np.array(request.get_output_tensor(0).data), height, width)

    def segment(self, embedded: EmbeddedImage, prompts: Prompts) -> Segment:
        height, width = embedded.height, embedded.width
        points, labels = self._points(prompts, height=height, width=width)
        request = self._decoder.create_infer_request()
        request.infer(
            {
                "image_embeddings": embedded.embedding,
                "point_coords": points[None],
                "point_labels": labels[None],
                "mask_input": np.zeros((1, 1, _LOW_RES_SIDE, _LOW_RES_SIDE), dtype=np.float32),
                "has_mask_input": np.zeros(1, dtype=np.float32),
                # The decoder would enlarge to the image's own size in float32: gigabytes for a large one.
                "orig_im_size": np.array(self._scaled(height, width), dtype=np.float32),
            }
        )
        scores = request.get_tensor("iou_predictions").data[0]
        best = int(np.argmax(scores))
        logits = request.get_tensor("masks").data[0, best]
        shares = np.clip(logits * _STEPS_OF_A_LOGIT + _BORDER, 0, 255).astype(np.uint8)
        mask = cv2.resize(shares, (width, height), interpolation=cv2.INTER_LINEAR) > _BORDER
        return Segment(mask.astype(np.uint8), 0, 0, float(np.clip(scores[best], 0, 1)))

    def _scaled(self, height: int, width: int) -> tuple[int, int]:
        scale = self._side / max(height, width)
        return max(1, int(height * scale + 0.5)), max(1, int(width * scale + 0.5))

    def _points(self, prompts: Prompts, *, height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The decoder's clicks, in pixels of the encoder's input, with what each means; a box is two of them."""
        inside, beside = _clicks(prompts.foreground), _clicks(prompts.background)
        points: list[Point] = [*inside, *beside]
        labels = [_FOREGROUND] * len(inside) + [_BACKGROUND] * len(beside)
        box = box_on_image(prompts, height=height, width=width)
        if box is not None:
            points += [box[:2], box[2:]]
            labels += [_BOX_START, _BOX_END]
        else:
            points.append((0.0, 0.0))
            labels.append(_NO_BOX)
        scaled_height, scaled_width = self._scaled(height, width)
        scale = np.array([scaled_width / width, scaled_height / height])
        return (np.array(points) * scale).astype(np.float32), np.array(labels, dtype=np.float32)


def _clicks(strokes: Sequence[Stroke]) -> list[Point]:
    clicks: list[Point] = []
    for stroke in strokes:
        count = min(POINTS_OF_A_STROKE, len(stroke.points))
        # Evenly over the stroke and off its ends, which slip over an object's border most easily.
        clicks += [stroke.points[(2 * i + 1) * len(stroke.points) // (2 * count)] for i in range(count)]
    return clicks
