"""Which prediction finds which true object: COCO's greedy matching, at any IoU threshold, on whole columns.

Overlaps are found once for each image (find_overlaps) and may be stored; joined (MatchTable.from_images), they are
matched at any threshold within milliseconds (match_predictions).

The rule, and with it every tie, is evaluateImg's in
https://github.com/cocodataset/cocoapi/blob/master/PythonAPI/pycocotools/cocoeval.py
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.masks.instance import Rle
from app.masks.iou import mask_iou

Scalar = TypeVar("Scalar", bound=np.generic)

_EXACT_IOU = 1 - 1e-10  # COCOeval's: at an IoU threshold of 1, equal masks still match
MIN_CROSS_IOU = 0.1  # of pairs of different classes: a hundred weak predictions touch every object


@dataclass(frozen=True, slots=True)
class ImageOverlaps:
    """One image's predictions (P), true objects (T), and the C pairs of one class that share a pixel.

    Pairs are grouped by prediction, each one's in the order in which it would take them: ordinary objects before
    crowds, the highest IoU first, the later object at a tie. D cross pairs are of different classes, in that order too,
    from MIN_CROSS_IOU on.
    """

    scores: NDArray[np.float64]  # (P,)
    prediction_classes: NDArray[np.int64]  # (P,) from 0
    truth_classes: NDArray[np.int64]  # (T,) from 0
    truth_is_crowd: NDArray[np.bool_]  # (T,)
    pair_prediction: NDArray[np.int64]  # (C,) into the predictions
    pair_truth: NDArray[np.int64]  # (C,) into the true objects
    pair_iou: NDArray[np.float64]  # (C,) above 0
    cross_prediction: NDArray[np.int64]  # (D,)
    cross_truth: NDArray[np.int64]  # (D,)
    cross_iou: NDArray[np.float64]  # (D,)


@dataclass(frozen=True, slots=True)
class MatchTable:
    """The overlaps of many images joined: P predictions, T true objects, C and D pairs, images in the order given."""

    class_count: int
    image_count: int
    scores: NDArray[np.float64]  # (P,)
    prediction_classes: NDArray[np.int64]  # (P,)
    prediction_images: NDArray[np.int64]  # (P,) position of the image
    truth_classes: NDArray[np.int64]  # (T,)
    truth_images: NDArray[np.int64]  # (T,)
    truth_is_crowd: NDArray[np.bool_]  # (T,)
    pair_prediction: NDArray[np.int64]  # (C,)
    pair_truth: NDArray[np.int64]  # (C,)
    pair_iou: NDArray[np.float64]  # (C,)
    cross_prediction: NDArray[np.int64]  # (D,)
    cross_truth: NDArray[np.int64]  # (D,)
    cross_iou: NDArray[np.float64]  # (D,)
    by_score: NDArray[np.int64]  # (P,) predictions, best score first; equal ones in the order given
    rank: NDArray[np.int64]  # (P,) place among the predictions of the same image and class, 0 is the best
    truth_counts: NDArray[np.int64]  # (class_count,) true objects that are no crowds

    @classmethod
    def from_images(cls, images: Sequence[ImageOverlaps], *, class_count: int) -> Self:
        """Join images. For COCOeval's numbers at equal scores, give them in the order of their COCO ids."""
        prediction_counts = [len(image.scores) for image in images]
        truth_counts = [len(image.truth_classes) for image in images]
        prediction_starts = np.cumsum([0, *prediction_counts])
        truth_starts = np.cumsum([0, *truth_counts])
        scores = _join([image.scores for image in images], np.float64)
        prediction_classes = _join([image.prediction_classes for image in images], np.int64)
        prediction_images = np.repeat(np.arange(len(images)), prediction_counts)
        truth_classes = _join([image.truth_classes for image in images], np.int64)
        truth_is_crowd = _join([image.truth_is_crowd for image in images], np.bool_)
        by_score = np.argsort(-scores, kind="stable")
        return cls(
            class_count=class_count,
            image_count=len(images),
            scores=scores,
            prediction_classes=prediction_classes,
            prediction_images=prediction_images,
            truth_classes=truth_classes,
            truth_images=np.repeat(np.arange(len(images)), truth_counts),
            truth_is_crowd=truth_is_crowd,
            pair_prediction=_join_indices([image.pair_prediction for image in images], prediction_starts),
            pair_truth=_join_indices([image.pair_truth for image in images], truth_starts),
            pair_iou=_join([image.pair_iou for image in images], np.float64),
            cross_prediction=_join_indices([image.cross_prediction for image in images], prediction_starts),
            cross_truth=_join_indices([image.cross_truth for image in images], truth_starts),
            cross_iou=_join([image.cross_iou for image in images], np.float64),
            by_score=by_score,
            rank=_rank(by_score, prediction_images * class_count + prediction_classes),
            truth_counts=np.bincount(truth_classes[~truth_is_crowd], minlength=class_count),
        )


@dataclass(frozen=True, slots=True)
class Matches:
    """What each of P predictions found at one IoU threshold.

    An ignored prediction lies on a crowd: it is neither correct nor wrong.
    """

    truth: NDArray[np.int64]  # (P,) the true object found, -1 where none
    iou: NDArray[np.float64]  # (P,) with that object, 0 where none
    ignored: NDArray[np.bool_]  # (P,)

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether each prediction found an ordinary true object of its class that no better one had taken, (P,)."""
        correct: NDArray[np.bool_] = (self.truth >= 0) & ~self.ignored
        return correct


def find_overlaps(
    predicted: Sequence[Rle],
    scores: Sequence[float],
    prediction_classes: Sequence[int],
    truth: Sequence[Rle],
    truth_classes: Sequence[int],
    truth_is_crowd: Sequence[bool],
) -> ImageOverlaps:
    """Compare one image's predictions with its true objects.

    Classes are numbers from 0. Predictions of equal score count in the order given, as in COCOeval.

    Raises:
        InvalidMask: the masks are not all of one size.
    """
    found_class = np.array(prediction_classes, dtype=np.int64)
    true_class = np.array(truth_classes, dtype=np.int64)
    crowd = np.array(truth_is_crowd, dtype=np.bool_)
    all_iou = mask_iou(predicted, truth, crowd.tolist())
    prediction, true_object = np.nonzero(all_iou)
    iou = all_iou[prediction, true_object]
    order = np.lexsort((-true_object, -iou, crowd[true_object], prediction))
    prediction, true_object, iou = prediction[order], true_object[order], iou[order]
    is_own = found_class[prediction] == true_class[true_object]
    is_cross = ~is_own & ~crowd[true_object] & (iou >= MIN_CROSS_IOU)
    return ImageOverlaps(
        scores=np.array(scores, dtype=np.float64),
        prediction_classes=found_class,
        truth_classes=true_class,
        truth_is_crowd=crowd,
        pair_prediction=prediction[is_own],
        pair_truth=true_object[is_own],
        pair_iou=iou[is_own],
        cross_prediction=prediction[is_cross],
        cross_truth=true_object[is_cross],
        cross_iou=iou[is_cross],
    )


def match_predictions(table: MatchTable, iou_threshold: float) -> Matches:
    """Give each prediction, best score first, the free true object of its image and class that it overlaps most.

    A score threshold keeps the best predictions and so changes no match of those that stay: one matching serves all.

    Args:
        table: Predictions, true objects and their overlaps.
        iou_threshold: Least IoU of a match, above 0, at most 1.
    Raises:
        ValueError: iou_threshold is out of range.
    """
    if not 0 < iou_threshold <= 1:
        raise ValueError(f"an IoU threshold lies above 0 and at most at 1, not at {iou_threshold}")
    pairs = np.flatnonzero(table.pair_iou >= min(iou_threshold, _EXACT_IOU))
    taken = pairs[_propose(table, table.pair_prediction[pairs], table.pair_truth[pairs])]
    return _matches(table, table.pair_prediction[taken], table.pair_truth[taken], table.pair_iou[taken])


def match_leftovers(table: MatchTable, matches: Matches, kept: NDArray[np.bool_], iou_threshold: float) -> Matches:
    """Match, whatever their class, the kept predictions that found nothing with the true objects that nothing took.

    By score, best first, each takes the free object that it overlaps most, as in match_predictions. Pairs of one class
    cannot be left: they would have matched. Pairs below MIN_CROSS_IOU are not known.

    Args:
        table: Predictions, true objects and their overlaps.
        matches: What predictions found at the IoU threshold.
        kept: Which predictions count, (P,): of each class those from a score on.
        iou_threshold: Least IoU of a match.
    """
    is_free = np.ones(len(table.truth_classes), dtype=np.bool_)
    is_free[matches.truth[kept & matches.correct]] = False
    asks = kept & (matches.truth < 0)
    pairs = np.flatnonzero(
        (table.cross_iou >= min(iou_threshold, _EXACT_IOU)) & asks[table.cross_prediction] & is_free[table.cross_truth]
    )
    taken = pairs[_propose(table, table.cross_prediction[pairs], table.cross_truth[pairs])]
    return _matches(table, table.cross_prediction[taken], table.cross_truth[taken], table.cross_iou[taken])


def _matches(
    table: MatchTable, prediction: NDArray[np.int64], taken: NDArray[np.int64], taken_iou: NDArray[np.float64]
) -> Matches:
    count = len(table.scores)
    truth = np.full(count, -1, dtype=np.int64)
    iou = np.zeros(count)
    ignored = np.zeros(count, dtype=np.bool_)
    truth[prediction] = taken
    iou[prediction] = taken_iou
    ignored[prediction] = table.truth_is_crowd[taken]
    return Matches(truth, iou, ignored)


def _propose(table: MatchTable, prediction: NDArray[np.int64], truth: NDArray[np.int64]) -> NDArray[np.intp]:
    """Match in rounds, all images at once: which of the pairs are taken.

    Each free prediction asks for its next object; an object keeps the best-scored that asked and frees the other. As
    all objects prefer the same (the higher score), the end is the greedy one: there is only one stable matching.
    Source: https://en.wikipedia.org/wiki/Gale–Shapley_algorithm
    """
    place = np.empty_like(table.by_score)
    place[table.by_score] = np.arange(len(table.by_score))
    priority = place[prediction]
    is_crowd = table.truth_is_crowd[truth]
    is_last = np.append(prediction[1:] != prediction[:-1], True)
    best = np.full(len(table.truth_classes), len(place), dtype=np.int64)
    holder = np.full(len(table.truth_classes), -1, dtype=np.intp)
    on_crowd = [np.empty(0, dtype=np.intp)]
    asking = np.flatnonzero(np.append(True, is_last[:-1])[: len(prediction)])
    while asking.size:
        on_crowd.append(asking[is_crowd[asking]])  # a crowd takes everyone
        asking = asking[~is_crowd[asking]]
        wanted = truth[asking]
        np.minimum.at(best, wanted, priority[asking])
        wins = best[wanted] == priority[asking]
        freed = holder[wanted[wins]]
        holder[wanted[wins]] = asking[wins]
        turned_away = np.concatenate((asking[~wins], freed[freed >= 0]))
        asking = turned_away[~is_last[turned_away]] + 1
    return np.concatenate((holder[holder >= 0], *on_crowd))


def _rank(by_score: NDArray[np.int64], group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each prediction's place in its group, in the order of by_score."""
    order = by_score[np.argsort(group[by_score], kind="stable")]
    grouped = group[order]
    is_first = np.append(True, grouped[1:] != grouped[:-1])[: len(order)]
    positions = np.arange(len(order))
    rank = np.empty_like(by_score)
    rank[order] = positions - np.maximum.accumulate(np.where(is_first, positions, 0))
    return rank


def _join(parts: Sequence[NDArray[Scalar]], dtype: type[Scalar]) -> NDArray[Scalar]:
    return np.concatenate([np.empty(0, dtype=dtype), *parts])


def _join_indices(parts: Sequence[NDArray[np.int64]], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    return _join([part + start for part, start in zip(parts, starts[:-1].tolist(), strict=True)], np.int64)
