"""How far a figure would move on other images of the same kind: the bootstrap over images.

A draw takes as many images as there are, with repetition; the figure is computed for each draw from what was matched
once. Draws are seeded: the same set gives the same numbers again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from app.masks.average_precision import MAX_PREDICTIONS
from app.masks.matching import Matches, MatchTable

LEVEL = 0.95
MAX_DRAWS = 1000
MIN_DRAWS = 100
DRAWN_PREDICTIONS = 6_000_000  # of all draws together: about two seconds of one core
SEED = 20_261_129  # any; kept, so that intervals stay what they were
_CHUNK_CELLS = 8_000_000  # of float32 at once: 32 MB
_LEAST_SHARE = 0.16  # a figure farther than one standard deviation from its draws is not trusted to say how far
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Spread:
    """An interval, from low to high."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class DrawnCounts:
    """Correct, wrong and missing in each of B draws, for each of K classes."""

    true_positives: NDArray[np.float64]  # (B, K)
    false_positives: NDArray[np.float64]  # (B, K)
    false_negatives: NDArray[np.float64]  # (B, K)


def draw_images(image_count: int, *, prediction_count: int) -> NDArray[np.float32]:
    """How often each draw has each image, (B, I); fewer draws of larger sets."""
    draws = int(np.clip(DRAWN_PREDICTIONS // max(prediction_count, 1), MIN_DRAWS, MAX_DRAWS))
    rng = np.random.default_rng(SEED)
    even = np.full(image_count, 1 / image_count)
    return rng.multinomial(image_count, even, size=draws).astype(np.float32)


def drawn_counts(
    table: MatchTable, matches: Matches, score_thresholds: NDArray[np.float64], draws: NDArray[np.float32]
) -> DrawnCounts:
    """Count what average_precision.counts_at counts, in each draw."""
    kept = table.scores >= score_thresholds[table.prediction_classes]
    own = table.prediction_images, table.prediction_classes
    true_positives = draws @ _by_image(table, *own, kept & matches.correct)
    false_positives = draws @ _by_image(table, *own, kept & ~matches.correct & ~matches.ignored)
    truth = draws @ _truth_by_image(table)
    return DrawnCounts(true_positives, false_positives, truth - true_positives)


def drawn_ap(table: MatchTable, matches: Sequence[Matches], draws: NDArray[np.float32]) -> NDArray[np.float64]:
    """Each class's AP in each draw, averaged over the IoU thresholds of the matches.

    Returns:
        (B, K), NaN where a draw has no true object of the class.
    """
    truth = draws @ _truth_by_image(table)
    ap = np.full(truth.shape, np.nan)
    counted = table.by_score[table.rank[table.by_score] < MAX_PREDICTIONS]
    classes = table.prediction_classes[counted]
    for class_index in np.flatnonzero(table.truth_counts).tolist():
        own = counted[classes == class_index]
        step = max(1, _CHUNK_CELLS // max(len(own), 1))
        for begin in range(0, len(draws), step):
            part = slice(begin, begin + step)
            ap[part, class_index] = _class_ap(table, own, matches, draws[part], truth[part, class_index])
    return ap


def drawn_thresholds(
    table: MatchTable, matches: Matches, class_index: int, draws: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The score threshold of a class's best F1 in each draw, (B,); NaN where a draw has no true object of it."""
    own = table.by_score[table.prediction_classes[table.by_score] == class_index]
    own = own[~matches.ignored[own]]
    truth = draws @ _truth_by_image(table)[:, class_index]
    if not own.size:
        return np.full(len(draws), np.nan)
    is_last = np.append(table.scores[own][1:] != table.scores[own][:-1], True)
    weights = draws[:, table.prediction_images[own]]
    kept = np.cumsum(weights, axis=1)[:, is_last]
    correct = np.cumsum(weights * matches.correct[own], axis=1)[:, is_last]
    f1 = 2 * correct / np.maximum(kept + truth[:, None], 1)
    thresholds: NDArray[np.float64] = table.scores[own][is_last][np.argmax(f1, axis=1)]
    thresholds[truth == 0] = np.nan
    return thresholds


def mean_over_classes_drawn(ap: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean AP of each draw over the classes that have one in it, (B,)."""
    defined = ~np.isnan(ap)
    count = defined.sum(axis=1)
    total = np.where(defined, ap, 0.0).sum(axis=1)
    mean = np.full(len(ap), np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def spread_of(values: NDArray[np.float64], *, image_count: int, figure: float | None = None) -> Spread | None:
    """The middle 95 % of draws, widened for few images; None where draws do not differ, or hardly any is defined.

    AP is too high on few images, and higher still in draws of them: with the figure that the images themselves give,
    the interval is moved back by what lies between.

    Args:
        values: What each draw gives; NaN where it is not defined.
        image_count: Images that were drawn from.
        figure: What the images themselves give.
    Source: T. Hesterberg (2015), What Teachers Should Know About the Bootstrap, section 5.4 (the expanded percentile
        interval), https://doi.org/10.1080/00031305.2015.1089789; B. Efron (1981), Nonparametric standard errors and
        confidence intervals, section 4 (bias correction), https://doi.org/10.2307/3314608.
    """
    defined = values[~np.isnan(values)]
    if image_count < 2 or len(defined) < len(values) / 2 or np.ptp(defined) == 0:
        return None
    width = sqrt(image_count / (image_count - 1)) * _student_t(image_count - 1)
    shift = 0.0 if figure is None else 2 * _bias(defined, figure)
    low, high = np.quantile(defined, [_NORMAL.cdf(shift - width), _NORMAL.cdf(shift + width)]).tolist()
    return Spread(low, high)


def _bias(values: NDArray[np.float64], figure: float) -> float:
    """How far the figure lies from the middle of the draws, in standard deviations."""
    below = (np.mean(values < figure) + np.mean(values <= figure)) / 2
    return _NORMAL.inv_cdf(float(np.clip(below, _LEAST_SHARE, 1 - _LEAST_SHARE)))


def wilson_spread(part: int, whole: int) -> Spread:
    """Wilson's interval of a share, for shares of all or nothing, which draws cannot tell apart.

    Source: https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
    """
    z = _NORMAL.inv_cdf(0.5 + LEVEL / 2)
    share, width = part / whole, z * z / whole
    middle = (share + width / 2) / (1 + width)
    half = z / (1 + width) * sqrt(share * (1 - share) / whole + width / (4 * whole))
    return Spread(max(0.0, middle - half), min(1.0, middle + half))


def _class_ap(
    table: MatchTable,
    own: NDArray[np.int64],
    matches: Sequence[Matches],
    draws: NDArray[np.float32],
    truth: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The AP of one class in some draws; `own` are its counted predictions, best score first."""
    weights = draws[:, table.prediction_images[own]]
    has_ignored = any(one.ignored[own].any() for one in matches)
    all_kept = None if has_ignored else np.cumsum(weights, axis=1)
    total = np.zeros(len(draws))
    for one in matches:
        places = np.flatnonzero(one.correct[own])
        if not places.size:
            continue
        kept = np.cumsum(weights * ~one.ignored[own], axis=1) if all_kept is None else all_kept
        correct = np.cumsum(weights[:, places], axis=1)
        total += _area(correct, kept[:, places], truth)
    total[truth == 0] = np.nan
    mean: NDArray[np.float64] = total / len(matches)
    return mean


def _area(correct: NDArray[np.float32], kept: NDArray[np.float32], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """COCO's 101 points at once: each correct prediction is worth the points of recall that it reaches first."""
    precision = correct / np.maximum(kept, 1)
    envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    recall = correct / np.maximum(truth, 1)[:, None]
    reached = np.where(correct > 0, np.floor(recall * 100 + 1e-4) + 1, 0)  # of float32
    gained = np.diff(reached, axis=1, prepend=0)
    area: NDArray[np.float64] = (envelope * gained).sum(axis=1, dtype=np.float64) / 101
    return area


def _by_image(
    table: MatchTable, images: NDArray[np.int64], classes: NDArray[np.int64], which: NDArray[np.bool_]
) -> NDArray[np.float64]:
    cells = table.image_count * table.class_count
    counts = np.bincount(images[which] * table.class_count + classes[which], minlength=cells)
    return counts.reshape(table.image_count, table.class_count).astype(np.float64)


def _truth_by_image(table: MatchTable) -> NDArray[np.float64]:
    return _by_image(table, table.truth_images, table.truth_classes, ~table.truth_is_crowd)


def _student_t(degrees: int) -> float:
    """The 97.5 % quantile of Student's t, by its expansion around the normal one; large of few degrees.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
    """
    if degrees < 3:
        return 12.7 if degrees == 1 else 4.303  # where the expansion is not good
    z = _NORMAL.inv_cdf(0.5 + LEVEL / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / degrees + second / degrees**2 + third / degrees**3
