"""Make an exported model compute in INT8: a program of its own, so that its memory never counts as the server's.

    python -m app.predictions.quantize SOURCE TARGET IMAGES

SOURCE is an exported model's folder, TARGET an empty one, IMAGES one of `.npy` files, each an upright RGB image,
(H, W, 3) uint8, of the kind that the model was trained on. It ends with its standard input, and so with the server that
started it, however that dies. Source: docs/decisions/0041-fast-is-int8.md.
"""

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE, META_FILE, read_meta
from app.inference.openvino_session import OpenVinoSession
from app.inference.preprocess import resize_for_model

MASKS_AN_IMAGE = 20  # whose features tell the mask head's ranges

# Boxes, scores and outlines are read off these layers: eight bits would round them, and they cost next to nothing.
ANSWERING_LAYERS = ("cls_logits", "bbox_pred", "cls_score", "mask_fcn_logits")
QUANTIZED_OPERATIONS = ["Conv", "ConvTranspose", "Gemm"]

Inputs = dict[str, NDArray[np.generic]]


def quantize_model(source: Path, target: Path, images: Path) -> None:
    """Write the model's folder again with INT8 weights, and activations scaled to what these images make of them."""
    image_size = read_meta(source).image_size
    pixels = [resize_for_model(np.load(path), image_size).pixels for path in sorted(images.iterdir())]
    _quantize(source / DETECTOR_FILE, target / DETECTOR_FILE, ({"image": one} for one in pixels))
    _quantize(source / MASK_HEAD_FILE, target / MASK_HEAD_FILE, _mask_head_inputs(source, pixels))
    shutil.copyfile(source / META_FILE, target / META_FILE)


class _Reader(CalibrationDataReader):  # type: ignore[misc]  # the library has no types
    """What the library asks one by one for."""

    def __init__(self, inputs: Iterator[Inputs]) -> None:
        self._inputs = inputs

    def get_next(self) -> Inputs | None:
        return next(self._inputs, None)


def _quantize(source: Path, target: Path, inputs: Iterator[Inputs]) -> None:
    nodes = onnx.load(source).graph.node
    quantize_static(
        source,
        target,
        _Reader(inputs),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=QUANTIZED_OPERATIONS,
        nodes_to_exclude=[node.name for node in nodes if any(layer in node.name for layer in ANSWERING_LAYERS)],
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.MinMax,
    )


def _mask_head_inputs(source: Path, pixels: list[NDArray[np.float32]]) -> Iterator[Inputs]:
    session = OpenVinoSession.load(source, threads=None)
    for one in pixels:
        found = session.detect(one)
        if len(found.scores):
            features: Inputs = {name: np.array(tensor.data) for name, tensor in found.features.items()}
            yield features | {"boxes": found.boxes_xyxy[:MASKS_AN_IMAGE], "labels": found.labels[:MASKS_AN_IMAGE]}


def _end_with_the_server() -> None:
    os.read(sys.stdin.fileno(), 1)  # unbuffered: a buffer's lock that is held at the interpreter's end aborts it
    os._exit(1)  # libraries' threads compute


if __name__ == "__main__":
    os.nice(5)  # predictions and pages go first
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    quantize_model(*map(Path, sys.argv[1:]))
