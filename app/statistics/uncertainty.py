"""How sure the figures are: intervals by resampling the images, and whether two predictions can be told apart."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.db.enums import CheckpointKind, Split
from app.errors import Conflict
from app.masks.average_precision import counts_at, match_figures, mean_over_classes
from app.masks.resampling import (
    LEVEL,
    DrawnCounts,
    Spread,
    draw_images,
    drawn_ap,
    drawn_counts,
    drawn_thresholds,
    mean_over_classes_drawn,
    spread_of,
    wilson_spread,
)
from app.splits.near_duplicates import images_across
from app.splits.service import near_duplicates
from app.statistics.figures import NO_TRUTH, NOTHING_AT_ALL, NOTHING_KEPT, figure_values
from app.statistics.loading import Choice, Loaded, images_of_other_set, load
from app.statistics.schemas import Difference, GlobalIntervals, Interval, LabelIntervals, Uncertainty, Verdict
from app.statistics.tables import JoinedTable, TableCache

THRESHOLD_IOU = 0.5  # optimized thresholds are those of this IoU, whatever is asked for
FEW_IMAGES = "one image says nothing about others: intervals need at least two"
NO_SPREAD = "the draws do not differ, or too few of them have an object of this label"
SAME_CHECKPOINT = "best and last are the same step of the training"
SAME_ANSWERS = "both do equally well in every draw"
NOTHING_TO_COMPARE = "no object was outlined on the images that both have"


def compute_uncertainty(session: Session, loaded: Loaded, *, tables: TableCache) -> Uncertainty:
    """Intervals of every figure, and best against last; computed once for each question."""
    best, last = _best_and_last(session, loaded.choice, tables)
    thresholds = loaded.score_thresholds.tolist()
    across = _count_near_duplicates_across(session, loaded, tables)
    key = repr((loaded.joined.key, loaded.choice.iou_threshold, thresholds, last.key if last else "", across))
    return tables.uncertainties.get(key, lambda: _uncertainty(loaded, best, last, across))


def paired_difference(first: JoinedTable, second: JoinedTable) -> Difference:
    """Compare the mAP of two predictions on the same images, draw by draw; positive where the first is ahead.

    Args:
        first: Its images are those of the second, in the same order.
    """
    ours, theirs = first.precision.mean_ap, second.precision.mean_ap
    image_count = len(first.stored.images)
    if ours is None or theirs is None:
        return _no_difference(NOTHING_TO_COMPARE)
    difference = ours - theirs
    if image_count < 2:
        return _no_difference(FEW_IMAGES, difference)
    draws = draw_images(
        image_count, prediction_count=max(first.stored.prediction_count, second.stored.prediction_count)
    )
    drawn = _drawn_map(first, draws) - _drawn_map(second, draws)
    spread = spread_of(drawn, image_count=image_count, figure=difference)
    if spread is None:
        return _no_difference(SAME_ANSWERS, difference)
    return Difference(
        difference=difference,
        margin=(spread.high - spread.low) / 2,
        low=spread.low,
        high=spread.high,
        verdict=_verdict(spread),
        reason=None,
    )


def _count_near_duplicates_across(session: Session, loaded: Loaded, tables: TableCache) -> int:
    groups = near_duplicates(session, loaded.model.project_id)
    if not groups:
        return 0
    others = images_of_other_set(session, loaded, tables=tables)
    return len(images_across(groups, [image.image_id for image in loaded.images], others))


def _uncertainty(loaded: Loaded, best: JoinedTable, last: JoinedTable | None, across: int) -> Uncertainty:
    image_count = len(loaded.images)
    draws = draw_images(max(image_count, 1), prediction_count=loaded.joined.stored.prediction_count)
    if image_count == 0:
        draws = draws[:, :0]
    intervals = _Intervals(loaded, draws)
    return Uncertainty(
        images=image_count,
        images_near_duplicates_across=across,
        resamples=len(draws) if image_count > 1 else 0,
        level=LEVEL,
        global_=intervals.global_intervals(),
        labels=[intervals.label_intervals(index) for index in range(len(loaded.class_names))],
        best_against_last=_no_difference(SAME_CHECKPOINT) if last is None else paired_difference(best, last),
    )


class _Intervals:
    """The figures of every draw, and intervals of them."""

    def __init__(self, loaded: Loaded, draws: NDArray[np.float32]) -> None:
        self._loaded = loaded
        self._draws = draws
        self._images = len(loaded.images)
        table, matches = loaded.joined.table, loaded.evaluation.matches
        self._counts = drawn_counts(table, matches, loaded.score_thresholds, draws)
        self._truly = counts_at(table, matches, loaded.score_thresholds)
        self._ap = drawn_ap(table, loaded.joined.coco_matches, draws)
        self._ap50 = drawn_ap(table, loaded.joined.coco_matches[:1], draws)
        self._ap_at_iou = drawn_ap(table, [matches], draws)

    def global_intervals(self) -> GlobalIntervals:
        precision = self._loaded.joined.precision
        averages = {
            "map": self._interval(mean_over_classes_drawn(self._ap), precision.mean_ap),
            "ap50": self._interval(mean_over_classes_drawn(self._ap50), precision.mean_ap50),
            "map_at_iou": self._interval(
                mean_over_classes_drawn(self._ap_at_iou), mean_over_classes(self._loaded.evaluation.ap)
            ),
        }
        rates, reasons = self._rates(slice(None))
        return GlobalIntervals(**rates, **averages, reasons=reasons | self._no_spread(averages))

    def label_intervals(self, index: int) -> LabelIntervals:
        others = {
            "ap_at_iou": self._interval(self._ap_at_iou[:, index], float(self._loaded.evaluation.ap[index])),
            "threshold": self._threshold(index),
        }
        rates, reasons = self._rates(slice(index, index + 1))
        return LabelIntervals(
            label=self._loaded.class_names[index], **rates, **others, reasons=reasons | self._no_spread(others)
        )

    def _rates(self, classes: slice) -> tuple[dict[str, Interval | None], dict[str, str]]:
        """Intervals of precision, recall, F1 and accuracy of some classes together, and why some have none."""
        right, wrong, missing = (
            int(column[classes].sum())
            for column in (self._truly.true_positives, self._truly.false_positives, self._truly.false_negatives)
        )
        wholes = {
            "precision": (right + wrong, NOTHING_KEPT),
            "recall": (right + missing, NO_TRUTH),
            "accuracy": (right + wrong + missing, NOTHING_AT_ALL),
            "f1": (right + wrong + missing, NOTHING_AT_ALL),
        }
        drawn, truly = _drawn_rates(self._counts, classes), figure_values(match_figures(right, wrong, missing))
        intervals: dict[str, Interval | None] = {}
        reasons: dict[str, str] = {}
        for name, (whole, reason) in wholes.items():
            if self._images < 2 or not whole:
                intervals[name], reasons[name] = None, reason if self._images > 1 else FEW_IMAGES
            elif right in (0, whole):
                intervals[name] = _of_all_or_nothing(name, right, whole)
            elif (interval := self._interval(drawn[name], truly[name])) is not None:
                intervals[name] = interval
            else:
                intervals[name], reasons[name] = None, NO_SPREAD
        return intervals, reasons

    def _threshold(self, index: int) -> Interval | None:
        if self._loaded.choice.split is not Split.VALIDATION or self._images < 2:
            return None
        joined = self._loaded.joined
        return self._interval(drawn_thresholds(joined.table, joined.at(THRESHOLD_IOU).matches, index, self._draws))

    def _interval(self, drawn: NDArray[np.float64], figure: float | None = None) -> Interval | None:
        spread = spread_of(drawn, image_count=self._images, figure=figure)
        return None if spread is None else Interval(low=spread.low, high=spread.high)

    def _no_spread(self, intervals: dict[str, Interval | None]) -> dict[str, str]:
        reason = NO_SPREAD if self._images > 1 else FEW_IMAGES
        return {name: reason for name, interval in intervals.items() if interval is None}


def _drawn_rates(counts: DrawnCounts, classes: slice) -> dict[str, NDArray[np.float64]]:
    right = counts.true_positives[:, classes].sum(axis=1)
    wrong = counts.false_positives[:, classes].sum(axis=1)
    missing = counts.false_negatives[:, classes].sum(axis=1)
    wholes = {
        "precision": (right, right + wrong),
        "recall": (right, right + missing),
        "accuracy": (right, right + wrong + missing),
        "f1": (2 * right, 2 * right + wrong + missing),
    }
    return {
        name: np.divide(part, whole, out=np.full(len(right), np.nan), where=whole > 0)
        for name, (part, whole) in wholes.items()
    }


def _of_all_or_nothing(name: str, right: int, whole: int) -> Interval:
    """Wilson's interval; F1 is 2a / (1 + a) of the accuracy a."""
    spread = wilson_spread(right, whole)
    if name == "f1":
        spread = Spread(2 * spread.low / (1 + spread.low), 2 * spread.high / (1 + spread.high))
    return Interval(low=spread.low, high=spread.high)


def _best_and_last(session: Session, choice: Choice, tables: TableCache) -> tuple[JoinedTable, JoinedTable | None]:
    """The tables of both checkpoints; no last where it is the same step, or cannot predict at this speed."""
    best = load(session, replace(choice, kind=CheckpointKind.BEST), tables=tables)
    try:
        last = load(session, replace(choice, kind=CheckpointKind.LAST), tables=tables)
    except Conflict:
        return best.joined, None
    return best.joined, None if best.checkpoint.step == last.checkpoint.step else last.joined


def _drawn_map(joined: JoinedTable, draws: NDArray[np.float32]) -> NDArray[np.float64]:
    return mean_over_classes_drawn(drawn_ap(joined.table, joined.coco_matches, draws))


def _no_difference(reason: str, difference: float | None = None) -> Difference:
    return Difference(difference=difference, margin=None, low=None, high=None, verdict=None, reason=reason)


def _verdict(spread: Spread) -> Verdict:
    if spread.low > 0:
        return Verdict.BETTER
    return Verdict.WORSE if spread.high < 0 else Verdict.NOT_DISTINGUISHABLE
