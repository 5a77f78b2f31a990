"""What lies behind the figures: which label is taken for which, and how scores and sizes are spread."""

import numpy as np
from numpy.typing import NDArray

from app.masks.matching import Matches, match_leftovers
from app.statistics.loading import Loaded
from app.statistics.schemas import ConfusionMatrix, ScoreHistogram, SizeHistogram

SCORE_BINS = 20
_SCORE_EDGES = np.linspace(0, 1, SCORE_BINS + 1)
_SMALLEST_SIDE_PX = 4  # all smaller objects are in the first bin


def confusion_matrix(loaded: Loaded) -> ConfusionMatrix:
    """Count the correct on the diagonal, and beside it what is left over and overlaps; see docs/statistics.md."""
    table, matches, kept = loaded.joined.table, loaded.evaluation.matches, loaded.kept
    crossed = match_leftovers(table, matches, kept, loaded.choice.iou_threshold)
    truth = np.where(kept & matches.correct, matches.truth, crossed.truth)
    pairs = np.flatnonzero(truth >= 0)
    size = table.class_count
    cells = table.truth_classes[truth[pairs]] * size + table.prediction_classes[pairs]
    counts = np.bincount(cells, minlength=size * size).reshape(size, size)
    judged = kept & ~matches.ignored
    predicted = np.bincount(table.prediction_classes[judged], minlength=size)
    return ConfusionMatrix(
        labels=list(loaded.class_names),
        counts=counts.tolist(),
        missed=(table.truth_counts - counts.sum(axis=1)).tolist(),
        imagined=(predicted - counts.sum(axis=0)).tolist(),
    )


def score_histogram(loaded: Loaded) -> ScoreHistogram:
    """Every judged prediction by score, whatever the score thresholds."""
    table, matches = loaded.joined.table, loaded.evaluation.matches
    return ScoreHistogram(
        edges=_SCORE_EDGES.tolist(),
        correct=_binned(table.scores[matches.correct], _SCORE_EDGES),
        incorrect=_binned(table.scores[~matches.correct & ~matches.ignored], _SCORE_EDGES),
    )


def size_histogram(loaded: Loaded) -> SizeHistogram:
    """Objects found, missed and imagined by size, in bins that double."""
    table, matches = loaded.joined.table, loaded.evaluation.matches
    sides, truth_sides = np.sqrt(loaded.joined.areas), np.sqrt(loaded.joined.truth_areas)
    found = found_truth(matches, loaded.kept, len(table.truth_classes))
    real = ~table.truth_is_crowd
    imagined = loaded.kept & ~matches.correct & ~matches.ignored
    shown = np.concatenate((truth_sides[real], sides[imagined]))
    edges = _doubling_edges(float(shown.max()) if shown.size else 0.0)
    return SizeHistogram(
        edges=edges.tolist(),
        found=_binned(truth_sides[real & found], edges),
        missed=_binned(truth_sides[real & ~found], edges),
        imagined=_binned(sides[imagined], edges),
    )


def found_truth(matches: Matches, kept: NDArray[np.bool_], truth_count: int) -> NDArray[np.bool_]:
    """Which true objects a kept prediction took, (T,)."""
    found = np.zeros(truth_count, dtype=np.bool_)
    found[matches.truth[kept & matches.correct]] = True
    return found


def _doubling_edges(largest: float) -> NDArray[np.float64]:
    doublings = max(1, int(np.ceil(np.log2(max(largest, _SMALLEST_SIDE_PX) / _SMALLEST_SIDE_PX))) + 1)
    return np.append(0.0, _SMALLEST_SIDE_PX * 2.0 ** np.arange(doublings))


def _binned(values: NDArray[np.float64], edges: NDArray[np.float64]) -> list[int]:
    counts: list[int] = np.histogram(values, bins=edges)[0].tolist()
    return counts
