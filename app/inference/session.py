"""The two graphs of an exported model, ready to run: what Predictor asks of a runtime, whichever it is.

Source: docs/decisions/0012-two-graphs.md (why two), 0011-onnx-runtime.md (OpenVINO on a CPU) and
0046-onnx-runtime-on-a-gpu.md (ONNX Runtime on a GPU).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.inference.errors import InvalidModel
from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE

Graph = TypeVar("Graph")

FEATURE_NAMES = ("feature_0", "feature_1", "feature_2", "feature_3")
MASK_SIDE = 28  # the mask head's output is 28 x 28 probabilities

_BACKGROUND = 0


class Precision(StrEnum):
    """What the graphs compute in."""

    FLOAT32 = "f32"
    BFLOAT16 = "bf16"
    INT8 = "i8"  # as their own nodes say; what is left beside those is in float32


@dataclass(frozen=True, slots=True)
class Detections:
    """What the detector found, best score first.

    boxes_xyxy is float32 (N, 4) in pixels of the model's input, labels are 1-based (N,), features are the runtime's.
    """

    boxes_xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]
    features: Mapping[str, Any]


class Session(Protocol):
    """An exported model ready to run. Safe to share between threads: nothing in it changes."""

    def detect(self, pixels: NDArray[np.float32]) -> Detections:
        """Find boxes in float32 (3, H, W), RGB, 0-1."""

    def mask_probabilities(self, detections: Detections, chosen: NDArray[np.intp]) -> NDArray[np.float32]:
        """Compute the masks of the chosen detections, (K, 28, 28), each in its box.

        A mask does not depend, to the last bit, on what else was chosen with it.
        """


def open_graphs(
    directory: Path, open_graph: Callable[[Path], Graph], *, damage: tuple[type[Exception], ...]
) -> tuple[Graph, Graph]:
    """Open the detector and the mask head of an exported model's folder.

    Args:
        damage: What `open_graph` raises for a file that it does not understand.
    Raises:
        InvalidModel: a graph is missing or unreadable.
    """

    def opened(file_name: str) -> Graph:
        path = directory / file_name
        if not path.is_file():
            raise InvalidModel(f"the exported model's {file_name} is missing")
        try:
            return open_graph(path)
        except damage as error:
            raise InvalidModel(f"the exported model's {file_name} is damaged ({error})") from error

    return opened(DETECTOR_FILE), opened(MASK_HEAD_FILE)


def best_first(
    boxes_xyxy: NDArray[np.float32],
    scores: NDArray[np.float32],
    labels: NDArray[np.int64],
    features: Mapping[str, Any],
) -> Detections:
    """Order what the detector answered, in arrays of its own, without the row of background.

    The graph carries that row so that it never runs empty: worker/export_onnx.py.
    """
    rows = np.flatnonzero(labels != _BACKGROUND)
    ordered = rows[np.argsort(-scores[rows], kind="stable")]
    return Detections(boxes_xyxy[ordered], scores[ordered], labels[ordered], features)


def warm_up(session: Session, image_size: int) -> None:
    """Let the runtime set up what it sets up at its first run, with an empty picture of this long side."""
    found = session.detect(np.zeros((3, image_size * 3 // 4, image_size), dtype=np.float32))
    one = replace(
        found,
        boxes_xyxy=np.array([[0, 0, image_size / 2, image_size / 2]], dtype=np.float32),
        scores=np.ones(1, dtype=np.float32),
        labels=np.ones(1, dtype=np.int64),
    )
    session.mask_probabilities(one, np.arange(1))
