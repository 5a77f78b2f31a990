"""Run a Mask R-CNN's parts on images that already have training size: its losses, and its detections."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import fastrcnn_loss, project_masks_on_boxes
from torchvision.models.detection.rpn import RegionProposalNetwork

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


def losses_on_features(
    model: MaskRCNN,
    batch: ImageList,
    features: dict[str, Tensor],
    targets: Sequence[Target],
    *,
    max_masks: int | None,
) -> dict[str, Tensor]:
    """The five losses of a batch whose features are there. Samples are drawn by torch's random numbers.

    This is RoIHeads.forward of torchvision but for two things: no more than max_masks boxes of an image go to the mask
    head, and only the true masks that those boxes need are made floating point.
    """
    roi = model.roi_heads
    with _drawing_samples(model.rpn):
        proposals, rpn_losses = model.rpn(batch, features, targets)
    boxes, matched, labels, regression_targets = roi.select_training_samples(proposals, targets)
    pooled = roi.box_roi_pool(features, boxes, batch.image_sizes)
    class_logits, box_regression = roi.box_predictor(roi.box_head(pooled))
    loss_classifier, loss_box_reg = fastrcnn_loss(class_logits, box_regression, labels, regression_targets)
    chosen = [_draw_positives(own, max_masks) for own in labels]
    mask_boxes = [own[index] for own, index in zip(boxes, chosen, strict=True)]
    mask_pooled = roi.mask_roi_pool(features, mask_boxes, batch.image_sizes)
    logits = roi.mask_predictor(roi.mask_head(mask_pooled))
    objects = [own[index] for own, index in zip(matched, chosen, strict=True)]
    loss_mask = _mask_loss(logits, mask_boxes, objects, targets)
    return {**rpn_losses, "loss_classifier": loss_classifier, "loss_box_reg": loss_box_reg, "loss_mask": loss_mask}


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


def _draw_positives(labels: Tensor, limit: int | None) -> Tensor:
    """Which samples of an image lie on objects, at most `limit` of them, at random."""
    positive = torch.where(labels > 0)[0]
    if limit is None or len(positive) <= limit:
        return positive
    return positive[torch.randperm(len(positive), device=labels.device)[:limit]]


def _mask_loss(logits: Tensor, boxes: Sequence[Tensor], objects: Sequence[Tensor], targets: Sequence[Target]) -> Tensor:
    """Compare the masks of boxes, each with that of the object it was matched with."""
    if len(logits) == 0:
        return logits.sum() * 0  # a mean of nothing is not a number; a batch of background has no mask to learn
    side = logits.shape[-1]
    true_masks, true_labels = [], []
    for own_boxes, own_objects, target in zip(boxes, objects, targets, strict=True):
        needed, index = torch.unique(own_objects, return_inverse=True)
        true_masks.append(project_masks_on_boxes(target["masks"][needed], own_boxes, index, side))
        true_labels.append(target["labels"][own_objects])
    rows = torch.arange(len(logits), device=logits.device)
    return functional.binary_cross_entropy_with_logits(logits[rows, torch.cat(true_labels)], torch.cat(true_masks))


@contextlib.contextmanager
def _drawing_samples(rpn: RegionProposalNetwork) -> Iterator[None]:
    """Have the RPN draw samples and give losses, without touching the mode of any layer in it."""
    before = rpn.training
    rpn.training = True
    try:
        yield
    finally:
        rpn.training = before
