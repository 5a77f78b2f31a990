"""Labels that may be wrong, by what a model says of them; the formulas are in docs/statistics.md."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.masks.prediction_table import ImagePredictions
from app.paging import Page, PageParams, cut_page
from app.statistics import repository
from app.statistics.loading import Loaded
from app.statistics.schemas import StoredRle, Suspect, SuspectKind

MIN_SUSPICION = 0.05  # what is less suspect than this is not worth a look
SAME_PLACE_IOU = 0.5  # of the boxes of two predictions that point at one unlabeled object
FAINT_SCORE = 0.1  # a prediction of this score already speaks for an object
WRONG_LABELS = 0.02  # share of labels assumed to be of no object: what an unpredicted one is weighed against


@dataclass(frozen=True, slots=True)
class Finding:
    """A suspect by its places in the joined table; -1 where there is no prediction or no true object."""

    kind: SuspectKind
    suspicion: float
    prediction: int
    truth: int
    iou: float


def list_suspects(session: Session, loaded: Loaded, *, kind: SuspectKind | None, page: PageParams) -> Page[Suspect]:
    """One page of the suspects, the likeliest error first."""
    found = [one for one in find_suspects(loaded) if kind is None or one.kind is kind]
    after = page.after(int)
    begin = after[0] + 1 if after else 0
    ranked = list(enumerate(found))[begin : begin + page.limit + 1]
    kept, next_cursor = cut_page(ranked, page, key=lambda row: [row[0]])
    describer = Describer(loaded, repository.image_names(session, [image.image_id for image in loaded.images]))
    return Page(items=[describer.suspect(one) for _, one in kept], next_cursor=next_cursor, total=len(found))


def find_suspects(loaded: Loaded) -> list[Finding]:
    """Every suspect, the likeliest error first; an object is suspected once, for the likelier reason."""
    of_truth: dict[int, Finding] = {}
    for one in (*_mislabeled(loaded), *_unpredicted(loaded)):
        if one.truth not in of_truth or one.suspicion > of_truth[one.truth].suspicion:
            of_truth[one.truth] = one
    found = [*of_truth.values(), *_unlabeled(loaded)]
    return sorted(
        (one for one in found if one.suspicion >= MIN_SUSPICION),
        key=lambda one: (-one.suspicion, one.prediction, one.truth),
    )


def _unlabeled(loaded: Loaded) -> list[Finding]:
    table, matches = loaded.joined.table, loaded.evaluation.matches
    best = np.zeros(len(table.scores))
    for prediction, iou in ((table.pair_prediction, table.pair_iou), (table.cross_prediction, table.cross_iou)):
        np.maximum.at(best, prediction, iou)
    suspicion = _trust(loaded) * (1 - best)
    asked = loaded.kept & ~matches.correct & ~matches.ignored & (best < loaded.choice.iou_threshold)
    candidates = np.flatnonzero(asked & (suspicion >= MIN_SUSPICION))
    candidates = candidates[np.argsort(-suspicion[candidates], kind="stable")]
    return [
        Finding(SuspectKind.UNLABELED, float(suspicion[place]), place, -1, float(best[place]))
        for place in _one_of_each_place(loaded, candidates.tolist())
    ]


def _mislabeled(loaded: Loaded) -> list[Finding]:
    table = loaded.joined.table
    best_own = _best_score(loaded, own_label=True)
    pairs = np.flatnonzero(loaded.kept[table.cross_prediction] & (table.cross_iou >= loaded.choice.iou_threshold))
    prediction, truth, iou = table.cross_prediction[pairs], table.cross_truth[pairs], table.cross_iou[pairs]
    suspicion = _trust(loaded)[prediction] * (1 - best_own[truth])
    columns = zip(suspicion.tolist(), prediction.tolist(), truth.tolist(), iou.tolist(), strict=True)
    return [Finding(SuspectKind.MISLABELED, *row) for row in columns]


def _unpredicted(loaded: Loaded) -> list[Finding]:
    table = loaded.joined.table
    best = np.maximum(_best_score(loaded, own_label=True), _best_score(loaded, own_label=False))
    real = ~table.truth_is_crowd
    unseen = np.bincount(table.truth_classes[real & (best == 0)], minlength=table.class_count)
    unseen_share = unseen / np.maximum(table.truth_counts, 1)
    weight = WRONG_LABELS / (WRONG_LABELS + unseen_share)
    suspicion = (1 - best / FAINT_SCORE) * weight[table.truth_classes]
    candidates = np.flatnonzero(real & (suspicion >= MIN_SUSPICION)).tolist()
    return [Finding(SuspectKind.UNPREDICTED, float(suspicion[place]), -1, place, 0.0) for place in candidates]


def _best_score(loaded: Loaded, *, own_label: bool) -> NDArray[np.float64]:
    """The best score of a prediction that overlaps each true object by the IoU threshold, 0 without one, (T,)."""
    table = loaded.joined.table
    prediction, truth, iou = (
        (table.pair_prediction, table.pair_truth, table.pair_iou)
        if own_label
        else (table.cross_prediction, table.cross_truth, table.cross_iou)
    )
    best = np.zeros(len(table.truth_classes))
    near = iou >= loaded.choice.iou_threshold
    np.maximum.at(best, truth[near], table.scores[prediction[near]])
    return best


def _trust(loaded: Loaded) -> NDArray[np.float64]:
    """Score, squared, times the precision of the label at that score and above, (P,).

    Squared, since models are the surer of themselves the less they know; with little seen, precision tends to a half.
    """
    table = loaded.joined.table
    trust = np.zeros(len(table.scores))
    for class_index, sweep in enumerate(loaded.evaluation.sweeps):
        own = np.flatnonzero(table.prediction_classes == class_index)
        if sweep is None or not own.size:
            continue
        precision = (sweep.true_positives + 1) / (sweep.true_positives + sweep.false_positives + 2)
        place = np.searchsorted(-sweep.score, -table.scores[own], side="right") - 1
        trust[own] = table.scores[own] ** 2 * precision[np.maximum(place, 0)]
    return trust


def _one_of_each_place(loaded: Loaded, candidates: list[int]) -> list[int]:
    """Leave out a prediction whose box overlaps that of a likelier one of its image."""
    boxes = np.concatenate([np.empty((0, 4), np.int64), *(image.boxes_xyxy for image in loaded.images)])
    images = loaded.joined.table.prediction_images
    chosen: dict[int, list[int]] = {}
    for place in candidates:
        others = chosen.setdefault(int(images[place]), [])
        if all(_box_iou(boxes[place], boxes[other]) < SAME_PLACE_IOU for other in others):
            others.append(place)
    return [place for places in chosen.values() for place in places]


def _box_iou(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    width, height = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    shared = max(0, int(width)) * max(0, int(height))
    union = int(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2])) - shared
    return shared / union if union else 0.0


class Describer:
    """Puts findings into words and shapes."""

    def __init__(self, loaded: Loaded, names: Mapping[int, str]) -> None:
        table, places = loaded.joined.table, np.arange(len(loaded.images) + 1)
        self._loaded = loaded
        self._names = names
        self._prediction_starts = np.searchsorted(table.prediction_images, places)
        self._truth_starts = np.searchsorted(table.truth_images, places)

    def suspect(self, one: Finding) -> Suspect:
        table, class_names = self._loaded.joined.table, self._loaded.class_names
        has_prediction, has_truth = one.prediction >= 0, one.truth >= 0
        place = int(table.prediction_images[one.prediction] if has_prediction else table.truth_images[one.truth])
        image = self._loaded.images[place]
        prediction = one.prediction - int(self._prediction_starts[place])
        truth = one.truth - int(self._truth_starts[place])
        box, rle = self._shape(image, prediction if has_prediction else None, truth)
        return Suspect(
            kind=one.kind,
            suspicion=one.suspicion,
            image_id=image.image_id,
            image_name=self._names.get(image.image_id),
            label=class_names[table.truth_classes[one.truth]] if has_truth else None,
            instance_id=image.truth_ids[truth] if has_truth else None,
            suggested_label=class_names[table.prediction_classes[one.prediction]] if has_prediction else None,
            score=float(table.scores[one.prediction]) if has_prediction else None,
            iou=one.iou if has_prediction else None,
            box_xyxy=box,
            rle=rle,
        )

    def _shape(
        self, image: ImagePredictions, prediction: int | None, truth: int
    ) -> tuple[tuple[int, int, int, int], StoredRle]:
        """The prediction's box and mask, or the object's."""
        boxes, counts, index = (
            (image.truth_boxes_xyxy, image.truth_rle_counts, truth)
            if prediction is None
            else (image.boxes_xyxy, image.rle_counts, prediction)
        )
        left, top, right, bottom = boxes[index].tolist()
        return (left, top, right, bottom), StoredRle(size=(image.height, image.width), counts=counts[index])
