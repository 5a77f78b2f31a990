"""Write a trained model as two ONNX graphs that app.inference runs without torch, and compare the two.

Source: docs/decisions/0012-two-graphs.md.
"""

import copy
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.jit._trace import TracerWarning
from torch.nn import functional
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import boxes as box_ops

from app.inference.model_meta import (
    DETECTOR_FILE,
    MASK_HEAD_FILE,
    ModelMeta,
    TorchComparison,
    write_meta,
)
from app.inference.openvino_session import OpenVinoSession
from app.inference.predictor import MAX_PREDICTIONS, MIN_SCORE
from app.inference.preprocess import resize_for_model
from app.inference.session import FEATURE_NAMES, Session

OPSET_VERSION = 17
SIZE_DIVISOR = 32  # torchvision's GeneralizedRCNNTransform pads to it

COMPARED_SCORE = 0.05  # below it, near ties in suppression let the two keep different boxes
COMPARED_PREDICTIONS = 100  # the best of an image; masks of more would take longer than they tell
# Float32 in another order gives about 1e-6 in a score and 1e-4 px in a box; a wrong operator gives far more than these.
BOX_TOLERANCE_PX = 0.1
SCORE_TOLERANCE = 0.001
MASK_MEAN_TOLERANCE = 0.001  # single cells at a steep edge may differ by 0.01 in a network that has learned little
UNPAIRED_SHARE = 0.05  # of the compared predictions; two boxes that are alike may take each other's place


class ExportMismatch(Exception):
    """The exported model answers otherwise than the model it was made from."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written; `meta` holds the comparison with torch."""

    directory: Path
    meta: ModelMeta
    size_bytes: int


def export_model(
    model: MaskRCNN, *, meta: ModelMeta, directory: Path, sample_images: Sequence[NDArray[np.uint8]]
) -> ExportReport:
    """Export a model and check that the exported one answers as it does.

    Args:
        model: In float32; it is left as it is, on whatever device.
        meta: What model.json shall say; library versions and the comparison with torch are filled in.
        directory: Is made; model.json is written last, so a folder that has one is whole.
        sample_images: Upright (H, W, 3) images to compare on; a few of the validation set.
    Raises:
        ExportMismatch: boxes, scores or masks differ by more than the tolerances above.
    """
    directory.mkdir(parents=True, exist_ok=True)
    cpu_model = _fixed_copy(model)
    detector, mask_head = Detector(cpu_model).eval(), MaskHead(cpu_model).eval()
    _write_graphs(detector, mask_head, directory, meta.image_size)
    comparison = _compare(
        detector, mask_head, OpenVinoSession.load(directory, threads=None), sample_images, meta.image_size
    )
    refuse_mismatch(comparison, "the exported model")
    complete = replace(meta, torch_comparison=comparison, library_versions=_library_versions())
    write_meta(directory, complete)
    return ExportReport(directory, complete, sum(path.stat().st_size for path in directory.iterdir()))


class Detector(nn.Module):
    """From an image to boxes, scores, labels and the features that masks are made of.

    torchvision's MaskRCNN.forward without resizing and masks, for one image. Unlike there, one row of background always
    goes through suppression (label 0, score 0) and may come out last: OpenVINO answers a suppression of no boxes with
    one row of whatever lay in memory.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, model: MaskRCNN) -> None:
        super().__init__()
        self.backbone = model.backbone
        self.rpn = model.rpn
        self.roi_heads = model.roi_heads
        self.register_buffer("mean", torch.tensor(model.transform.image_mean)[:, None, None])
        self.register_buffer("std", torch.tensor(model.transform.image_std)[:, None, None])

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        height, width = image.shape[-2:]
        normalised = (image - self.mean) / self.std
        padding = (0, (-width) % SIZE_DIVISOR, 0, (-height) % SIZE_DIVISOR)
        batch = functional.pad(normalised, padding)[None]
        features = self.backbone(batch)
        proposals, _ = self.rpn(ImageList(batch, [(height, width)]), features)
        pooled = self.roi_heads.box_roi_pool(features, proposals, [(height, width)])
        class_logits, box_regression = self.roi_heads.box_predictor(self.roi_heads.box_head(pooled))
        boxes, scores, labels = self._select(class_logits, box_regression, proposals, (height, width))
        return boxes, scores, labels, *(features[str(level)] for level in range(len(FEATURE_NAMES)))

    def _select(
        self, class_logits: Tensor, box_regression: Tensor, proposals: list[Tensor], image_shape: tuple[int, int]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """RoIHeads.postprocess_detections of torchvision, with the row of background."""
        class_count = class_logits.shape[-1]
        boxes = self.roi_heads.box_coder.decode(box_regression, proposals)
        boxes = box_ops.clip_boxes_to_image(boxes, image_shape)[:, 1:].reshape(-1, 4)
        scores = functional.softmax(class_logits, -1)
        labels = torch.arange(class_count).view(1, -1).expand_as(scores)[:, 1:].reshape(-1)
        scores = scores[:, 1:].reshape(-1)
        kept = torch.where(scores >= MIN_SCORE)[0]
        boxes, scores, labels = boxes[kept], scores[kept], labels[kept]
        kept = box_ops.remove_small_boxes(boxes, min_size=1e-2)
        boxes = torch.cat((boxes[kept], boxes.new_tensor([[0.0, 0.0, 1.0, 1.0]])))
        scores = torch.cat((scores[kept], scores.new_zeros(1)))
        labels = torch.cat((labels[kept], labels.new_zeros(1)))
        kept = box_ops.batched_nms(boxes, scores, labels, self.roi_heads.nms_thresh)[:MAX_PREDICTIONS]
        return boxes[kept], scores[kept], labels[kept]


class RectifiedLinear(nn.Module):
    """A linear layer and its ReLU, written so that OpenVINO does not fuse the two.

    Its fused kernel splits long sums among the threads, so that scores would change in the last bit with the number of
    cores; an optimised threshold is the exact score of a prediction, which would then be lost on another machine.
    The kernel for a linear layer alone splits rows and columns only. A result that is used twice is never fused.
    """

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear

    def forward(self, inputs: Tensor) -> Tensor:
        sums = self.linear(inputs)
        return torch.where(sums > 0, sums, torch.zeros_like(sums))


class MaskHead(nn.Module):
    """From features and chosen boxes to the probabilities of their masks."""

    def __init__(self, model: MaskRCNN) -> None:
        super().__init__()
        self.roi_heads = model.roi_heads

    def forward(self, *inputs: Tensor) -> Tensor:
        *features, boxes, labels = inputs
        levels = {str(level): feature for level, feature in enumerate(features)}
        pooled = self.roi_heads.mask_roi_pool(levels, [boxes], [(0, 0)])
        logits = self.roi_heads.mask_predictor(self.roi_heads.mask_head(pooled))
        of_its_class = labels[:, None, None, None].expand(-1, -1, *logits.shape[-2:])
        probabilities: Tensor = logits.gather(1, of_its_class)[:, 0].sigmoid()
        return probabilities


def _fixed_copy(model: MaskRCNN) -> MaskRCNN:
    """A copy on the CPU that sums alike with any number of threads."""
    fixed = copy.deepcopy(model).cpu().float().eval()
    box_head = fixed.roi_heads.box_head
    # All linear layers of torchvision's box heads are followed by a ReLU, which changes nothing a second time.
    for name, layer in list(box_head.named_modules()):
        if isinstance(layer, nn.Linear):
            parent, _, attribute = name.rpartition(".")
            setattr(box_head.get_submodule(parent), attribute, RectifiedLinear(layer))
    return fixed


def _write_graphs(detector: Detector, mask_head: MaskHead, directory: Path, image_size: int) -> None:
    features = {name: {2: f"{name}_height", 3: f"{name}_width"} for name in FEATURE_NAMES}
    found = {name: {0: "predictions"} for name in ("boxes", "scores", "labels")}
    image = torch.rand(3, image_size, image_size, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        boxes, _, labels, *levels = detector(image)
    # The trace needs a few boxes of several levels, whatever this model finds in noise.
    sides = torch.tensor([image_size / 16, image_size / 4, image_size / 2, image_size])
    boxes = torch.stack((torch.zeros(4), torch.zeros(4), sides, sides), dim=1)
    labels = torch.ones(4, dtype=torch.int64)
    with torch.no_grad(), quiet_export():
        torch.onnx.export(
            detector,
            (image,),
            directory / DETECTOR_FILE,
            dynamo=False,  # the newer exporter cannot follow suppression, whose result has no size known beforehand
            opset_version=OPSET_VERSION,
            input_names=["image"],
            output_names=["boxes", "scores", "labels", *FEATURE_NAMES],
            dynamic_axes={"image": {1: "height", 2: "width"}, **found, **features},
        )
        torch.onnx.export(
            mask_head,
            (*levels, boxes, labels),
            directory / MASK_HEAD_FILE,
            dynamo=False,
            opset_version=OPSET_VERSION,
            input_names=[*FEATURE_NAMES, "boxes", "labels"],
            output_names=["masks"],
            dynamic_axes={"boxes": {0: "chosen"}, "labels": {0: "chosen"}, "masks": {0: "chosen"}, **features},
        )


@contextmanager
def quiet_export() -> Iterator[None]:
    """Without the warnings that tracing gives, for torchvision's code and for being deprecated."""
    with warnings.catch_warnings():
        # Tracing warns at every Python number in torchvision's code; _compare shows whether one mattered.
        warnings.filterwarnings("ignore", category=TracerWarning)
        warnings.filterwarnings("ignore", message="To copy construct from a tensor", category=UserWarning)
        warnings.filterwarnings("ignore", message="Exporting aten::index operator", category=UserWarning)
        warnings.filterwarnings("ignore", message="`torch.jit", category=FutureWarning)
        warnings.filterwarnings("ignore", message="You are using the legacy TorchScript", category=DeprecationWarning)
        warnings.filterwarnings("ignore", message="The feature will be removed", category=DeprecationWarning)
        yield


def _compare(
    detector: Detector,
    mask_head: MaskHead,
    session: Session,
    sample_images: Sequence[NDArray[np.uint8]],
    image_size: int,
) -> TorchComparison:
    differences = []
    for image in sample_images:
        pixels = resize_for_model(image, image_size).pixels
        by_torch = _find_with_torch(detector, mask_head, pixels)
        by_export = _find_with_session(session, pixels)
        differences.append(compare_found(by_torch, by_export))
    return TorchComparison(
        images=len(differences),
        predictions=sum(difference.predictions for difference in differences),
        unpaired=sum(difference.unpaired for difference in differences),
        box_difference_px=max((difference.box_difference_px for difference in differences), default=0.0),
        score_difference=max((difference.score_difference for difference in differences), default=0.0),
        mask_difference=max((difference.mask_difference for difference in differences), default=0.0),
        mask_mean_difference=max((difference.mask_mean_difference for difference in differences), default=0.0),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """All boxes (N, 4), scores and labels (N,) of one image, best first, and the masks of the first `len(masks)`."""

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]
    masks: NDArray[np.float32]


def _find_with_torch(detector: Detector, mask_head: MaskHead, pixels: NDArray[np.float32]) -> Found:
    with torch.inference_mode():
        boxes, scores, labels, *levels = detector(torch.from_numpy(pixels))
        count = compared_count(scores.numpy())
        masks = mask_head(*levels, boxes[:count], labels[:count])
    return Found(boxes.numpy(), scores.numpy(), labels.numpy(), masks.numpy())


def _find_with_session(session: Session, pixels: NDArray[np.float32]) -> Found:
    found = session.detect(pixels)
    masks = session.mask_probabilities(found, np.arange(compared_count(found.scores)))
    return Found(found.boxes_xyxy, found.scores, found.labels, masks)


def compared_count(scores: NDArray[np.float32]) -> int:
    return min(int((scores >= COMPARED_SCORE).sum()), COMPARED_PREDICTIONS)


def compare_found(by_torch: Found, by_export: Found) -> TorchComparison:
    partners = _partners(by_torch, by_export)
    lonely_exports = int((_partners(by_export, by_torch) < 0).sum())
    rows = np.flatnonzero(partners >= 0)
    partners_found = partners[rows]
    both_have_masks = partners_found < len(by_export.masks)
    mask_differences = np.abs(by_torch.masks[rows[both_have_masks]] - by_export.masks[partners_found[both_have_masks]])
    return TorchComparison(
        images=1,
        predictions=len(partners),
        unpaired=len(partners) - len(rows) + lonely_exports,
        box_difference_px=_largest(by_torch.boxes[rows] - by_export.boxes[partners_found]),
        score_difference=_largest(by_torch.scores[rows] - by_export.scores[partners_found]),
        mask_difference=_largest(mask_differences),
        mask_mean_difference=float(mask_differences.mean()) if mask_differences.size else 0.0,
    )


def _partners(found: Found, other: Found) -> NDArray[np.intp]:
    """For each prediction of `found` that has a mask: the row in `other` with its label and its box, or -1."""
    partners = np.full(len(found.masks), -1, dtype=np.intp)
    for row in range(len(partners)):
        distances = np.abs(other.boxes - found.boxes[row]).max(axis=1, initial=0.0)
        rows = np.flatnonzero((other.labels == found.labels[row]) & (distances <= BOX_TOLERANCE_PX))
        if len(rows):
            partners[row] = rows[distances[rows].argmin()]
    return partners


def _largest(difference: NDArray[np.float32]) -> float:
    return float(np.abs(difference).max(initial=0.0))


def refuse_mismatch(comparison: TorchComparison, what: str) -> None:
    """Raise ExportMismatch where `what` was exported differs by more than the tolerances above."""
    unpaired_allowed = max(1, int(UNPAIRED_SHARE * comparison.predictions))
    if (
        comparison.unpaired > unpaired_allowed
        or comparison.score_difference > SCORE_TOLERANCE
        or comparison.mask_mean_difference > MASK_MEAN_TOLERANCE
    ):
        raise ExportMismatch(
            f"{what} differs from the trained one on {comparison.images} images: "
            f"{comparison.unpaired} of {comparison.predictions} predictions without a partner ({unpaired_allowed} "
            f"allowed), scores by {comparison.score_difference:.2g} ({SCORE_TOLERANCE} allowed), "
            f"masks by {comparison.mask_mean_difference:.2g} on average ({MASK_MEAN_TOLERANCE} allowed)"
        )


def _library_versions() -> dict[str, str]:
    return {name: version(name) for name in ("torch", "torchvision", "openvino")}
