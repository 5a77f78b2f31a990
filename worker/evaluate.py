"""Judge a model on the validation images: COCO's AP in pixels of the original images, accuracy, and the losses."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torchvision.models.detection import MaskRCNN

from app.inference.paste import paste_mask
from app.inference.prediction import crop_to_rle
from app.masks import average_precision, matching, raster
from app.masks.instance import Rle
from app.masks.matching import ImageOverlaps, MatchTable
from worker import draws, forward, transforms
from worker import model as networks
from worker.dataset import TrainingImage
from worker.forward import Detections
from worker.prepared_images import PreparedImages
from worker.schedule import EvaluationLimits
from worker.stratify import stratified_order

# The mask head is most of an evaluation's cost, and a young model is unsure of hundreds of boxes. So fewer reach it
# than in the exported model: the best of an image, and none of a low score. What that changes in the AP was measured:
# docs/decisions/0014-evaluation-cut.md.
MIN_SCORE = 0.05
MAX_BOXES = 100
MAX_BOXES_PER_TRUE_OBJECT = 3  # where that is more: a picture of 300 cells must not be cut at 100
IOU_OF_ACCURACY = 0.5  # contract.md, validation_accuracy
MAX_MASKS_OF_LOSS = 16  # an image; the mean of more would say the same
MIN_PART = 24  # images; the AP of fewer says little
FEWEST = 4  # images, of a training whose model is so slow that there is no time for MIN_PART
PART_SEED = 0  # every training of a set is judged on the same images
LOSS_SEED = 0  # the same proposals are drawn at each evaluation, so that losses can be compared


@dataclass(frozen=True, slots=True)
class Evaluation:
    """None is what has no value: AP without a labeled validation image, anything without validation images."""

    mean_ap: float | None
    ap50: float | None
    accuracy: float | None
    loss: float | None
    class_loss: float | None  # its part that is cross-entropy of the classes


class Evaluator:
    """The validation set, or the part of it that there is time for; true masks are encoded once."""

    def __init__(
        self,
        images: Sequence[TrainingImage],
        class_names: Sequence[str],
        *,
        image_size: int,
        memory_bytes: int,
        device: torch.device,
        as_exported: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """With as_exported, as many boxes count as the exported model gives, however long it takes."""
        self._images = images
        self._class_count = len(class_names)
        self._prepared = PreparedImages(images, class_names, image_size=image_size, memory_bytes=memory_bytes)
        self._truth = lru_cache(maxsize=None)(lambda index: _Truth.of(images[index], class_names))
        self._device = device
        self._as_exported = as_exported
        self._clock = clock
        self._order = stratified_order(images, seed=PART_SEED)
        self.part: int | None = None  # images of the order that count; None before the first evaluation
        self._is_settled = False

    @property
    def is_part(self) -> bool:
        return self.part is not None and self.part < len(self._images)

    @property
    def part_in_words(self) -> str | None:
        """What evaluations leave out; None where they leave out nothing."""
        if not self.is_part:
            return None
        if not self._is_settled:
            return (
                f"The first point of the curve is of {self.part} of {len(self._images)} validation images, all that "
                "there is time for; the later ones are of more, and best is chosen among those."
            )
        return (
            f"The curve is of a part of the validation set, the same {self.part} of {len(self._images)} images each "
            "time, which are like the whole; at the end, best and last are judged on all."
        )

    def evaluate(self, model: MaskRCNN, *, limits: EvaluationLimits | None = None) -> Evaluation:
        """Run the model, in evaluation mode, over the validation set in f32.

        The limits settle which part of the set counts: as many images as one gets through, drawn so that they are like
        the whole. All later evaluations are of the same part, so that they can be compared. A first one that the
        longest time cuts short settles nothing yet.
        """
        overlaps: dict[int, ImageOverlaps] = {}
        losses: list[tuple[float, float]] = []  # of each image: total, and of the classes
        started_at = self._clock()
        with torch.no_grad():
            for index in self._order if not self._is_settled else self._order[: self.part]:
                if limits is not None and not self._is_settled and self._is_enough(len(losses), started_at, limits):
                    break
                detections, loss = self._run(model, index)
                overlaps[index] = self._truth(index).overlaps_with(detections)
                losses.append(loss)
        self.part = len(losses)
        is_all = self.part == len(self._images)
        self._is_settled = is_all or self.part >= MIN_PART or limits is None or not limits.is_first
        # At equal scores, COCO counts predictions in the order of the images.
        table = MatchTable.from_images([overlaps[index] for index in sorted(overlaps)], class_count=self._class_count)
        precision = average_precision.average_precision(table)
        return Evaluation(
            mean_ap=precision.mean_ap,
            ap50=precision.mean_ap50,
            accuracy=best_accuracy(table),
            loss=_mean([total for total, _ in losses]),
            class_loss=_mean([of_classes for _, of_classes in losses]),
        )

    def state_dict(self) -> dict[str, Any]:
        return {"part": self.part, "is_settled": self._is_settled}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.part = state["part"]
        self._is_settled = state.get("is_settled", self.part is not None)  # checkpoints of before it was kept lack it

    def _is_enough(self, done: int, started_at: float, limits: EvaluationLimits) -> bool:
        """Whether there is no time for another image, after so many."""
        if done == 0 or (done < FEWEST and not limits.is_first):
            return False
        spent_s = self._clock() - started_at
        return spent_s * (done + 1) / done > (limits.wanted_s if done >= MIN_PART else limits.longest_s)

    def _run(self, model: MaskRCNN, index: int) -> tuple[Detections, tuple[float, float]]:
        """Find the objects of one image, in its original pixels, and take the loss on it."""
        pixels, target = transforms.to_tensors(self._prepared[index])
        batch = forward.batch_images(model, [pixels], self._device)
        features = model.backbone(batch.tensors)
        min_score, max_boxes = self._limits(index)
        (detections,) = forward.detect_on_features(model, batch, features, min_score=min_score, max_boxes=max_boxes)
        targets = [{name: value.to(self._device) for name, value in target.items()}]
        losses = forward.losses_on_features(
            model, batch, features, targets, max_masks=MAX_MASKS_OF_LOSS, seeds=[draws.seed_of_draws(LOSS_SEED, index)]
        )
        height, width = pixels.shape[1:]
        scale = torch.tensor([self._images[index].width / width, self._images[index].height / height]).repeat(2)
        in_original = Detections(
            detections.boxes_xyxy.cpu() * scale,
            detections.scores.cpu(),
            detections.labels.cpu(),
            detections.mask_probabilities.float().cpu(),
        )
        return in_original, (float(losses.total), float(losses.values["loss_classifier"]))

    def _limits(self, index: int) -> tuple[float, int]:
        """The least score and the number of boxes that go to the mask head."""
        if self._as_exported:
            return networks.MIN_SCORE, networks.MAX_PREDICTIONS
        return MIN_SCORE, max(MAX_BOXES, MAX_BOXES_PER_TRUE_OBJECT * len(self._truth(index).masks))


def best_accuracy(table: MatchTable) -> float | None:
    """TP / (TP + FP + FN) over the labels, each at the score threshold of its best F1 in this table."""
    matches = matching.match_predictions(table, IOU_OF_ACCURACY)
    best = average_precision.best_f1_thresholds(table, matches)
    # Where a label has no best threshold, it has no prediction or no true object; contract.md gives it 0.5.
    thresholds = np.array([0.5 if threshold is None else threshold for threshold in best])
    counts = average_precision.counts_at(table, matches, thresholds)
    summed = average_precision.match_figures(
        int(counts.true_positives.sum()), int(counts.false_positives.sum()), int(counts.false_negatives.sum())
    )
    return summed.accuracy


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


@dataclass(frozen=True, slots=True)
class _Truth:
    """What is in a validation image; classes count from 0 here, as in app.masks."""

    height: int
    width: int
    masks: list[Rle]
    classes: list[int]
    is_crowd: list[bool]

    @classmethod
    def of(cls, image: TrainingImage, class_names: Sequence[str]) -> "_Truth":
        return cls(
            height=image.height,
            width=image.width,
            masks=[raster.instance_to_rle(instance, image.height, image.width) for instance in image.instances],
            classes=[class_names.index(instance.class_name) for instance in image.instances],
            is_crowd=[instance.crowd for instance in image.instances],
        )

    def overlaps_with(self, found: Detections) -> ImageOverlaps:
        """Compare the detections with the truth; one without a pixel is no prediction, as in app.inference."""
        pasted = [
            paste_mask(probabilities, box_xyxy, height=self.height, width=self.width)
            for probabilities, box_xyxy in zip(found.mask_probabilities.numpy(), found.boxes_xyxy.numpy(), strict=True)
        ]
        kept = [index for index, mask in enumerate(pasted) if mask.mask.any()]
        return matching.find_overlaps(
            [crop_to_rle(pasted[i].mask, *pasted[i].box_xyxy[:2], height=self.height, width=self.width) for i in kept],
            [float(found.scores[i]) for i in kept],
            [int(found.labels[i]) - 1 for i in kept],
            self.masks,
            self.classes,
            self.is_crowd,
        )
