"""The images of a split with their predictions judged, worst first by choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.errors import Unprocessable
from app.masks.prediction_table import ImagePredictions
from app.paging import CursorValue, Page, PageParams, cut_page
from app.statistics import repository
from app.statistics.breakdowns import found_truth
from app.statistics.loading import Loaded
from app.statistics.schemas import MissedInstance, PredictedImage, ShownPrediction, StoredRle, TrueInstance

MIN_SHOWN_SCORE = 0.05  # of predictions below their threshold: lower ones would hide the picture
WITHOUT_PAIR = 2.0  # stands for the IoU of images that have no correct prediction: after all others

Only = Literal["correct", "incorrect"]


class Order(StrEnum):
    """Which images come first; docs/statistics.md says what each means."""

    ID = "id"
    NAME = "name"
    MISSED = "missed"
    IMAGINED = "imagined"
    LOWEST_IOU = "lowest_iou"
    UNCERTAIN = "uncertain"


def list_judged_images(
    session: Session,
    loaded: Loaded,
    *,
    order: Order,
    label: str | None,
    only: Only | None,
    image_id: int | None,
    page: PageParams,
) -> Page[PredictedImage]:
    """One page of the images; with a label, those that have an object or a shown prediction of it, and these alone.

    Args:
        image_id: This image alone, if it is one of them.
    Raises:
        Unprocessable: The model does not know the label.
    """
    if label is not None and label not in loaded.class_names:
        raise Unprocessable(f"label: the model does not know {label!r}; it knows {', '.join(loaded.class_names)}")
    judged = Judged(loaded, label)
    places = np.flatnonzero(judged.concerned).tolist()
    if image_id is not None:
        places = [place for place in places if judged.image_id(place) == image_id]
    names = repository.image_names(session, [image.image_id for image in loaded.images])
    keys = _sort_keys(judged, names, order)
    chosen = sorted(places, key=lambda place: (keys[place], judged.image_id(place)))
    if (after := page.after(str if order is Order.NAME else float, int)) is not None:
        chosen = [place for place in chosen if (keys[place], judged.image_id(place)) > after]
    kept, next_cursor = cut_page(
        chosen[: page.limit + 1], page, key=lambda place: [keys[place], judged.image_id(place)]
    )
    return Page(
        items=[judged.image(place, names, only) for place in kept],
        next_cursor=next_cursor,
        total=len(places),
    )


def _sort_keys(judged: "Judged", names: Mapping[int, str], order: Order) -> Sequence[CursorValue]:
    """By place of the image; the least comes first."""
    match order:
        case Order.ID:
            return [0.0] * len(judged.loaded.images)
        case Order.NAME:
            return [names.get(image.image_id, "") for image in judged.loaded.images]
        case Order.MISSED:
            worth = -judged.missed_counts.astype(np.float64)
        case Order.IMAGINED:
            worth = -judged.incorrect_counts.astype(np.float64)
        case Order.LOWEST_IOU:
            worth = np.minimum(judged.lowest_iou, WITHOUT_PAIR)
        case Order.UNCERTAIN:
            worth = -judged.uncertainty
    keys: list[float] = worth.tolist()
    return keys


@dataclass
class Judged:
    """All images of a split judged at the thresholds, predictions and objects of one label alone where it is given."""

    loaded: Loaded
    label: str | None

    @cached_property
    def _of_label(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Predictions, (P,), and true objects, (T,), that are asked for."""
        table = self.loaded.joined.table
        if self.label is None:
            return np.ones(len(table.scores), dtype=np.bool_), np.ones(len(table.truth_classes), dtype=np.bool_)
        wanted = self.loaded.class_names.index(self.label)
        return table.prediction_classes == wanted, table.truth_classes == wanted

    @cached_property
    def kept(self) -> NDArray[np.bool_]:
        return self.loaded.kept & self._of_label[0]

    @cached_property
    def shown(self) -> NDArray[np.bool_]:
        """Predictions that are kept, or not hopelessly below their threshold."""
        return self.kept | (self._of_label[0] & (self.loaded.joined.table.scores >= MIN_SHOWN_SCORE))

    @cached_property
    def found(self) -> NDArray[np.bool_]:
        """True objects that a kept prediction took."""
        return found_truth(self.loaded.evaluation.matches, self.loaded.kept, len(self.loaded.joined.table.truth_images))

    @cached_property
    def concerned(self) -> NDArray[np.bool_]:
        """Images that have something of the label; all without one, (I,)."""
        if self.label is None:
            return np.ones(len(self.loaded.images), dtype=np.bool_)
        table = self.loaded.joined.table
        return (self._per_image(table.prediction_images[self.shown]) > 0) | (
            self._per_image(table.truth_images[self._of_label[1]]) > 0
        )

    @cached_property
    def correct_counts(self) -> NDArray[np.int64]:
        matches = self.loaded.evaluation.matches
        return self._per_image(self.loaded.joined.table.prediction_images[self.kept & matches.correct])

    @cached_property
    def incorrect_counts(self) -> NDArray[np.int64]:
        matches = self.loaded.evaluation.matches
        wrong = self.kept & ~matches.correct & ~matches.ignored
        return self._per_image(self.loaded.joined.table.prediction_images[wrong])

    @cached_property
    def missed_counts(self) -> NDArray[np.int64]:
        table = self.loaded.joined.table
        return self._per_image(table.truth_images[self._of_label[1] & ~self.found & ~table.truth_is_crowd])

    @cached_property
    def lowest_iou(self) -> NDArray[np.float64]:
        """Of the image's correct predictions; infinite where it has none, (I,)."""
        matches = self.loaded.evaluation.matches
        right = self.kept & matches.correct
        lowest = np.full(len(self.loaded.images), np.inf)
        np.minimum.at(lowest, self.loaded.joined.table.prediction_images[right], matches.iou[right])
        return lowest

    @cached_property
    def uncertainty(self) -> NDArray[np.float64]:
        """Wrong decisions to be expected, if scores are probabilities, (I,)."""
        table = self.loaded.joined.table
        doubt = np.where(self.kept, 1 - table.scores, table.scores)[self.shown]
        expected: NDArray[np.float64] = np.bincount(
            table.prediction_images[self.shown], doubt, minlength=len(self.loaded.images)
        ).astype(np.float64)
        return expected

    @cached_property
    def _starts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where each image's predictions and true objects begin in the joined columns, and where the last ones end."""
        table, places = self.loaded.joined.table, np.arange(len(self.loaded.images) + 1)
        return np.searchsorted(table.prediction_images, places), np.searchsorted(table.truth_images, places)

    def image_id(self, place: int) -> int:
        return self.loaded.images[place].image_id

    def image(self, place: int, names: Mapping[int, str], only: Only | None) -> PredictedImage:
        """One image as it is answered."""
        image = self.loaded.images[place]
        lowest = float(self.lowest_iou[place])
        return PredictedImage(
            image_id=image.image_id,
            name=names.get(image.image_id),
            width=image.width,
            height=image.height,
            correct_count=int(self.correct_counts[place]),
            incorrect_count=int(self.incorrect_counts[place]),
            missed_count=int(self.missed_counts[place]),
            lowest_iou=None if np.isinf(lowest) else lowest,
            uncertainty=float(self.uncertainty[place]),
            predictions=self._predictions(image, place, only),
            missed=self._missed(image, place),
            truth=self._truth(image, place),
        )

    def _predictions(self, image: ImagePredictions, place: int, only: Only | None) -> list[ShownPrediction]:
        own = slice(*self._starts[0][place : place + 2].tolist())
        matches = self.loaded.evaluation.matches
        correct, ignored, kept = matches.correct[own], matches.ignored[own], self.kept[own]
        shown = kept & ~ignored & (correct == (only == "correct")) if only else self.shown[own]
        truth = matches.truth[own] - self._starts[1][place]
        overlap_iou, overlap_truth = _best_overlaps(image)
        return [
            ShownPrediction(
                label=self.loaded.class_names[image.overlaps.prediction_classes[index]],
                score=float(image.overlaps.scores[index]),
                box_xyxy=tuple(image.boxes_xyxy[index].tolist()),
                rle=StoredRle(size=(image.height, image.width), counts=image.rle_counts[index]),
                correct=bool(correct[index]) if kept[index] and not ignored[index] else None,
                iou=float(matches.iou[own][index]),
                instance_id=image.truth_ids[truth[index]] if truth[index] >= 0 else None,
                overlap_iou=float(overlap_iou[index]),
                overlap_instance_id=image.truth_ids[overlap_truth[index]] if overlap_truth[index] >= 0 else None,
            )
            for index in np.argsort(-image.overlaps.scores, kind="stable").tolist()
            if shown[index]
        ]

    def _missed(self, image: ImagePredictions, place: int) -> list[MissedInstance]:
        truths = slice(*self._starts[1][place : place + 2].tolist())
        is_missed = self._of_label[1][truths] & ~self.found[truths] & ~image.overlaps.truth_is_crowd
        kept = self.kept[slice(*self._starts[0][place : place + 2].tolist())]
        best = np.zeros(len(image.truth_ids))
        pairs = kept[image.overlaps.pair_prediction]
        np.maximum.at(best, image.overlaps.pair_truth[pairs], image.overlaps.pair_iou[pairs])
        return [
            MissedInstance(
                instance_id=image.truth_ids[index],
                label=self.loaded.class_names[image.overlaps.truth_classes[index]],
                best_iou=float(best[index]),
            )
            for index in np.flatnonzero(is_missed).tolist()
        ]

    def _truth(self, image: ImagePredictions, place: int) -> list[TrueInstance]:
        truths = slice(*self._starts[1][place : place + 2].tolist())
        found, crowd = self.found[truths], image.overlaps.truth_is_crowd
        return [
            TrueInstance(
                instance_id=image.truth_ids[index],
                label=self.loaded.class_names[image.overlaps.truth_classes[index]],
                crowd=bool(crowd[index]),
                found=None if crowd[index] else bool(found[index]),
                box_xyxy=tuple(image.truth_boxes_xyxy[index].tolist()),
                rle=StoredRle(size=(image.height, image.width), counts=image.truth_rle_counts[index]),
            )
            for index in np.flatnonzero(self._of_label[1][truths]).tolist()
        ]

    def _per_image(self, images: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(images, minlength=len(self.loaded.images))


def _best_overlaps(image: ImagePredictions) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Each prediction's largest IoU with any true object, and which that is (-1: none), (P,)."""
    overlaps = image.overlaps
    prediction = np.concatenate((overlaps.pair_prediction, overlaps.cross_prediction))
    truth = np.concatenate((overlaps.pair_truth, overlaps.cross_truth))
    iou = np.concatenate((overlaps.pair_iou, overlaps.cross_iou))
    order = np.argsort(iou, kind="stable")  # so that the largest is written last
    best, which = np.zeros(len(overlaps.scores)), np.full(len(overlaps.scores), -1, dtype=np.int64)
    best[prediction[order]] = iou[order]
    which[prediction[order]] = truth[order]
    return best, which
