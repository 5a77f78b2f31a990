"""Stored predictions joined and matched, kept for the next question: a moved slider must not compute all anew."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.masks.average_precision import (
    AveragePrecision,
    ScoreSweep,
    average_precision,
    average_precision_at,
    coco_matches,
    sweep_sorted,
)
from app.masks.matching import Matches, MatchTable, match_predictions
from app.masks.prediction_table import PredictionTable
from app.statistics.ground_truth import TodaysLabels
from app.statistics.schemas import Uncertainty

CACHED_TABLES = 8  # of a few megabytes each, best and last of both sets of two models
CACHED_UNCERTAINTIES = 64  # a few kilobytes each
CACHED_EVALUATIONS = 16  # IoU thresholds of a table, a megabyte each

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """The last few values by key. Two that ask at once may both compute; the values are equal."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._values: OrderedDict[str, Value] = OrderedDict()

    def get(self, key: str, make: Callable[[], Value]) -> Value:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return value


@dataclass
class Evaluation:
    """What a table says at one IoU threshold, whatever the score thresholds."""

    table: MatchTable
    matches: Matches

    @cached_property
    def ap(self) -> NDArray[np.float64]:
        """Each label's AP at the IoU threshold, NaN without true objects, (K,)."""
        return average_precision_at(self.table, self.matches)

    @cached_property
    def sweeps(self) -> list[ScoreSweep | None]:
        """Each label's counts over the score threshold; None without true objects or predictions."""
        classes = self.table.prediction_classes[self.table.by_score]
        counts = self.table.truth_counts.tolist()
        return [self._sweep(self.table.by_score[classes == k], count) for k, count in enumerate(counts)]

    @cached_property
    def global_sweep(self) -> ScoreSweep | None:
        """Counts of all labels together, with one score threshold for all."""
        return self._sweep(self.table.by_score, int(self.table.truth_counts.sum()))

    def _sweep(self, own: NDArray[np.int64], truth_count: int) -> ScoreSweep | None:
        judged = own[~self.matches.ignored[own]]
        if not truth_count or not judged.size:
            return None
        return sweep_sorted(self.table.scores[judged], self.matches.correct[judged])


class JoinedTable:
    """A stored table with its images joined, and what has been computed of it."""

    def __init__(self, key: str, stored: PredictionTable) -> None:
        self.key = key
        self.stored = stored
        self.table = stored.match_table()
        self._evaluations: Recent[Evaluation] = Recent(CACHED_EVALUATIONS)

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.stored.class_names

    @cached_property
    def coco_matches(self) -> tuple[Matches, ...]:
        return coco_matches(self.table)

    @cached_property
    def precision(self) -> AveragePrecision:
        """COCO's AP .50:.95 and AP at .50."""
        return average_precision(self.table, self.coco_matches)

    @cached_property
    def areas(self) -> NDArray[np.int64]:
        """Pixels of each prediction."""
        return np.concatenate([np.empty(0, np.int64), *(image.areas for image in self.stored.images)])

    @cached_property
    def truth_areas(self) -> NDArray[np.int64]:
        """Pixels of each true object."""
        return np.concatenate([np.empty(0, np.int64), *(image.truth_areas for image in self.stored.images)])

    def at(self, iou_threshold: float) -> Evaluation:
        """Match at an IoU threshold, or take what was matched before."""
        return self._evaluations.get(
            repr(iou_threshold), lambda: Evaluation(self.table, match_predictions(self.table, iou_threshold))
        )


class TableCache:
    """The last few joined tables, comparisons with today's labels, and intervals, which take seconds.

    Keys name files that never change, and the moment of the last change of what does.
    """

    def __init__(self) -> None:
        self.joined: Recent[JoinedTable] = Recent(CACHED_TABLES)
        self.todays: Recent[TodaysLabels] = Recent(CACHED_TABLES)
        self.uncertainties: Recent[Uncertainty] = Recent(CACHED_UNCERTAINTIES)
