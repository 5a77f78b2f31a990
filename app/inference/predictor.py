"""Predict with an exported model: from upright RGB pixels to objects in the pixels of the same image."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.inference import session as sessions
from app.inference.compiled import CompiledGraphs
from app.inference.device import CPU, Device
from app.inference.errors import InvalidModel
from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE, ModelMeta, read_meta
from app.inference.onnxruntime_session import OnnxRuntimeSession
from app.inference.openvino_session import OpenVinoSession
from app.inference.paste import paste_mask
from app.inference.prediction import Prediction
from app.inference.preprocess import resize_for_model
from app.inference.session import Precision, Session

MIN_SCORE = 0.001  # contract.md, Thresholds: lower ones are never kept
MAX_PREDICTIONS = 1000  # contract.md, Thresholds: at most this many an image
DEFAULT_SCORE_THRESHOLD = 0.5  # contract.md, REST: of a class without one


class Predictor:
    """A loaded model. One copy serves all threads; an image's answer does not depend on what runs beside it.

    A detection whose mask has no pixel in it is no prediction, whoever asks: there would be nothing to draw, to store
    or to compare with the ground truth.
    """

    def __init__(self, session: Session, meta: ModelMeta, *, device: Device = CPU, size_bytes: int) -> None:
        self._session = session
        self.meta = meta
        self.device = device
        self.size_bytes = size_bytes

    @classmethod
    def load(
        cls,
        directory: Path,
        *,
        device: Device = CPU,
        threads: int | None = None,
        precision: Precision = Precision.FLOAT32,
        compiled_graphs: CompiledGraphs | None = None,
    ) -> "Predictor":
        """Load an exported model's folder.

        Args:
            device: Where float32 is computed. The other precisions are the CPU's, on machines with a GPU too.
            threads: CPU threads for one image; None takes all. The answers do not depend on it.
            precision: What it computes in; the answers depend on it.
            compiled_graphs: Where its graphs are kept ready to run on the CPU for the next time.
        Raises:
            InvalidModel: the folder holds no whole exported model.
            PrecisionUnavailable: this CPU does not compute in it.
            DeviceUnavailable: the GPU does not answer.
        """
        meta = read_meta(directory)
        session: Session
        if device.gpu is not None and precision is Precision.FLOAT32:
            session = OnnxRuntimeSession.load(directory, gpu=device.gpu)
        else:
            device = CPU
            session = OpenVinoSession.load(
                directory, threads=threads, precision=precision, compiled_graphs=compiled_graphs
            )
        return cls(session, meta, device=device, size_bytes=_loaded_size_bytes(directory, meta))

    def warm_up(self) -> None:
        """Run once, so that the first image does not take longer than the next.

        Raises:
            InvalidModel: the graphs are not those of a model of ours.
        """
        try:
            sessions.warm_up(self._session, self.meta.image_size)
        except (RuntimeError, ValueError, LookupError) as error:
            raise InvalidModel(f"the exported model does not answer as one of ours ({error})") from error

    def predict(self, rgb: NDArray[np.uint8], *, score_thresholds: Mapping[str, float]) -> list[Prediction]:
        """Find the objects in an upright image, best score first.

        Args:
            rgb: (H, W, 3).
            score_thresholds: By class name; a score at its threshold is kept. A class that is not there has 0.5.
        """
        return list(self.iter_predictions(rgb, score_thresholds=score_thresholds))

    def predict_all(self, rgb: NDArray[np.uint8]) -> Iterator[Prediction]:
        """Every prediction of at least MIN_SCORE, best first, one at a time: a thousand masks need not fit at once."""
        return self.iter_predictions(rgb, score_thresholds=dict.fromkeys(self.meta.class_names, MIN_SCORE))

    def iter_predictions(
        self, rgb: NDArray[np.uint8], *, score_thresholds: Mapping[str, float]
    ) -> Iterator[Prediction]:
        """Like predict, but each mask is made only when it is asked for."""
        height, width = rgb.shape[:2]
        model_input = resize_for_model(rgb, self.meta.image_size)
        detections = self._session.detect(model_input.pixels)
        chosen = self._above_thresholds(detections.scores, detections.labels, score_thresholds)
        probabilities = self._session.mask_probabilities(detections, chosen)
        x_scale, y_scale = model_input.scale_x, model_input.scale_y
        boxes_xyxy = detections.boxes_xyxy[chosen] / np.array([x_scale, y_scale, x_scale, y_scale])
        for row, box_xyxy, mask_probabilities in zip(chosen, boxes_xyxy, probabilities, strict=True):
            pasted = paste_mask(mask_probabilities, box_xyxy, height=height, width=width)
            if pasted.mask.any():
                yield Prediction(
                    class_name=self.meta.class_names[detections.labels[row] - 1],
                    score=float(detections.scores[row]),
                    box_xyxy=pasted.box_xyxy,
                    mask=pasted.mask,
                )

    def _above_thresholds(
        self, scores: NDArray[np.float32], labels: NDArray[np.int64], score_thresholds: Mapping[str, float]
    ) -> NDArray[np.intp]:
        thresholds = np.array(
            [score_thresholds.get(class_name, DEFAULT_SCORE_THRESHOLD) for class_name in self.meta.class_names]
        )
        # In float64: a threshold is the exact float64 of some float32 score, or a decimal that float32 would round up.
        return np.flatnonzero(scores.astype(np.float64) >= thresholds[labels - 1])


def _loaded_size_bytes(directory: Path, meta: ModelMeta) -> int:
    """About what a model holds in memory once it has predicted, for bounding how many are kept.

    Measured with OpenVINO 2026.4: small at 96 px 273 MB, at 512 px 365 MB, medium at 800 px 1,180 MB. This is within
    5 % of each. What ONNX Runtime and a GPU hold was not measured, and counts the same.
    """
    graph_bytes = sum((directory / name).stat().st_size for name in (DETECTOR_FILE, MASK_HEAD_FILE))
    # Weights twice, as stored and as laid out for the CPU; activations go with the channels, as weights do, and with
    # the area.
    return 150_000_000 + round(graph_bytes * (2 + 6e-6 * meta.image_size**2))
