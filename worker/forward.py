"""Run a Mask R-CNN's parts on images that already have training size: its losses, and its detections."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import fastrcnn_loss

from worker.draws import Draws
from worker.true_masks import masks_in_boxes

# boxes (N, 4) xyxy float32, labels (N,) int64 from 1, masks uint8 as worker.true_masks joins them
Target = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Detections:
    """What was found in one image, best score first: boxes in pixels of the image as it was given."""

    boxes_xyxy: Tensor
    scores: Tensor
    labels: Tensor
    mask_probabilities: Tensor  # (N, 28, 28)


@dataclass(frozen=True, slots=True)
class Losses:
    """The parts of a batch's loss, each a mean over as many samples as `counts` says."""

    values: dict[str, Tensor]
    counts: dict[str, int]

    @property
    def total(self) -> Tensor:
        return torch.stack(list(self.values.values())).sum()


def batch_images(model: MaskRCNN, images: Sequence[Tensor], device: torch.device) -> ImageList:
    """Normalise uint8 images and pad them to one batch; channels last is what convolutions run fastest on."""
    normalised = [model.transform.normalize(image.to(device, non_blocking=True).float() / 255) for image in images]
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
    seeds: Sequence[int],
) -> Losses:
    """The five losses of a batch whose features are there. `seeds` has one for each image, for what is drawn from it.

    This is RoIHeads.forward of torchvision but for three things: samples are drawn image by image (worker.draws), no
    more than max_masks boxes of an image go to the mask head, and only the true masks that those boxes need are made
    floating point.
    """
    roi = model.roi_heads
    draws = Draws(seeds, batch.tensors.device)
    with draws.of(model) as (anchor_sampler, box_sampler):
        proposals, rpn_losses = model.rpn(batch, features, targets)
        boxes, matched, labels, regression_targets = roi.select_training_samples(proposals, targets)
    pooled = roi.box_roi_pool(features, boxes, batch.image_sizes)
    class_logits, box_regression = roi.box_predictor(roi.box_head(pooled))
    loss_classifier, loss_box_reg = fastrcnn_loss(class_logits, box_regression, labels, regression_targets)
    chosen = [_draw_positives(own, max_masks, draws, image) for image, own in enumerate(labels)]
    mask_boxes = [own[index] for own, index in zip(boxes, chosen, strict=True)]
    mask_pooled = roi.mask_roi_pool(features, mask_boxes, batch.image_sizes)
    logits = roi.mask_predictor(roi.mask_head(mask_pooled))
    objects = [own[index] for own, index in zip(matched, chosen, strict=True)]
    loss_mask = _mask_loss(logits, mask_boxes, objects, targets, batch.image_sizes)
    return Losses(
        {**rpn_losses, "loss_classifier": loss_classifier, "loss_box_reg": loss_box_reg, "loss_mask": loss_mask},
        counts={
            **dict.fromkeys(rpn_losses, anchor_sampler.count),
            "loss_classifier": box_sampler.count,
            "loss_box_reg": box_sampler.count,
            "loss_mask": len(logits),
        },
    )


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


def _draw_positives(labels: Tensor, limit: int | None, draws: Draws, image: int) -> Tensor:
    """Which samples of an image lie on objects, at most `limit` of them, at random."""
    positive = torch.where(labels > 0)[0]
    if limit is None or len(positive) <= limit:
        return positive
    return positive[draws.permutation(image, len(positive))[:limit]]


def _mask_loss(
    logits: Tensor,
    boxes: Sequence[Tensor],
    objects: Sequence[Tensor],
    targets: Sequence[Target],
    image_sizes: Sequence[tuple[int, int]],
) -> Tensor:
    """Compare the masks of boxes, each with that of the object it was matched with."""
    if len(logits) == 0:
        return logits.sum() * 0  # a mean of nothing is not a number; a batch of background has no mask to learn
    true_masks, true_labels = [], []
    for own_boxes, own_objects, target, image_size in zip(boxes, objects, targets, image_sizes, strict=True):
        cut = masks_in_boxes(
            target["masks"],
            target["boxes"],
            boxes=own_boxes,
            objects=own_objects,
            image_size=image_size,
            side=logits.shape[-1],
        )
        true_masks.append(cut)
        true_labels.append(target["labels"][own_objects])
    rows = torch.arange(len(logits), device=logits.device)
    return functional.binary_cross_entropy_with_logits(logits[rows, torch.cat(true_labels)], torch.cat(true_masks))
