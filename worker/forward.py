"""Run a Mask R-CNN's parts on images that already have training size: its losses, and its detections."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.image_list import ImageList

Target = dict[str, Tensor]  # boxes (N, 4) xyxy float32, labels (N,) int64 from 1, masks (N, H, W) uint8


@dataclass(frozen=True, slots=True)
class Detections:
    """What was found in one image, best score first: boxes in pixels of the image as it was given."""

    boxes_xyxy: Tensor
    scores: Tensor
    labels: Tensor
    mask_probabilities: Tensor  # (N, 28, 28)


def batch_images(model: MaskRCNN, images: Sequence[Tensor], device: torch.device) -> ImageList:
    """Normalise images and pad them to one batch; channels last is what convolutions run fastest on."""
    normalised = [model.transform.normalize(image.to(device, non_blocking=True)) for image in images]
    padded = model.transform.batch_images(normalised, size_divisible=model.transform.size_divisible)
    sizes = [(image.shape[-2], image.shape[-1]) for image in normalised]
    return ImageList(padded.contiguous(memory_format=torch.channels_last), sizes)


def training_losses(model: MaskRCNN, batch: ImageList, targets: Sequence[Target]) -> dict[str, Tensor]:
    """The five losses of a batch, whatever mode the model's BatchNorm is in."""
    return losses_on_features(model, batch, model.backbone(batch.tensors), targets)


def losses_on_features(
    model: MaskRCNN, batch: ImageList, features: dict[str, Tensor], targets: Sequence[Target]
) -> dict[str, Tensor]:
    """The five losses where the backbone has run already; proposals are drawn by torch's random numbers."""
    with _sampling_proposals(model):
        proposals, rpn_losses = model.rpn(batch, features, targets)
        _, roi_losses = model.roi_heads(features, proposals, batch.image_sizes, targets)
    return {**rpn_losses, **roi_losses}


def detect_on_features(
    model: MaskRCNN, batch: ImageList, features: dict[str, Tensor], *, min_score: float, max_boxes: int
) -> list[Detections]:
    """Find objects in each image of a batch; only the boxes that are kept reach the mask head, most of the cost.

    Args:
        min_score: Boxes below are dropped.
        max_boxes: The best of each image that are kept.
    """
    roi = model.roi_heads
    proposals, _ = model.rpn(batch, features)
    pooled = roi.box_roi_pool(features, proposals, batch.image_sizes)
    class_logits, box_regression = roi.box_predictor(roi.box_head(pooled))
    found = roi.postprocess_detections(class_logits, box_regression, proposals, batch.image_sizes)
    detections = []
    for index, (boxes, scores, labels) in enumerate(zip(*found, strict=True)):
        kept = torch.where(scores >= min_score)[0][:max_boxes]  # best first, as they come
        boxes, scores, labels = boxes[kept], scores[kept], labels[kept]
        own_features = {name: level[index : index + 1] for name, level in features.items()}
        probabilities = _mask_probabilities(model, own_features, boxes, labels, batch.image_sizes[index])
        detections.append(Detections(boxes, scores, labels, probabilities))
    return detections


def _mask_probabilities(
    model: MaskRCNN, features: dict[str, Tensor], boxes: Tensor, labels: Tensor, image_size: tuple[int, int]
) -> Tensor:
    roi = model.roi_heads
    pooled = roi.mask_roi_pool(features, [boxes], [image_size])
    logits = roi.mask_predictor(roi.mask_head(pooled))
    probabilities: Tensor = logits[torch.arange(len(labels), device=labels.device), labels].sigmoid()
    return probabilities


@contextlib.contextmanager
def _sampling_proposals(model: MaskRCNN) -> Iterator[None]:
    """Have the two heads draw samples and give losses, without touching the mode of any layer in them."""
    parts = (model.rpn, model.roi_heads)
    before = [part.training for part in parts]
    for part in parts:
        part.training = True
    try:
        yield
    finally:
        for part, training in zip(parts, before, strict=True):
            part.training = training
