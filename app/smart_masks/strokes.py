"""Strokes as pixels: those whose middles the round brush passes over, as the editor paints them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.smart_masks.prompts import Stroke

SEGMENTS_AT_ONCE = 200  # bounds the memory: a segment takes some hundred bytes for each row of the image
LEAST_RADIUS_PX = 0.75  # of what is drawn: reaches the middle of the pixel that a point lies in, wherever in it
_LEVEL_PX = 1e-9

Floats = NDArray[np.float64]


def draw_strokes(
    canvas: NDArray[np.uint8], strokes: Sequence[Stroke], value: int, *, left: int = 0, top: int = 0, scale: float = 1.0
) -> None:
    """Set the pixels that strokes pass over.

    Args:
        canvas: A part of the image, (h, w), `scale` times as large.
        left: The image's column at the canvas's first; top the same for rows.
    """
    for stroke in strokes:
        points = (np.array(stroke.points, dtype=np.float64) - (left, top)) * scale
        radius = max(LEAST_RADIUS_PX, stroke.radius * scale)
        starts, ends = points, np.concatenate((points[1:], points[-1:]))
        for at in range(0, len(points), SEGMENTS_AT_ONCE):
            some = slice(at, at + SEGMENTS_AT_ONCE)
            _draw_segments(canvas, starts[some], ends[some], radius, value)


def _draw_segments(canvas: NDArray[np.uint8], starts: Floats, ends: Floats, radius: float, value: int) -> None:
    """Each segment is a capsule, whose pixels are one run in each row; the runs of all are counted and summed up."""
    height, width = canvas.shape
    first = np.clip(np.ceil(np.minimum(starts, ends)[:, 1] - radius - 0.5), 0, height).astype(np.intp)
    stop = np.clip(np.floor(np.maximum(starts, ends)[:, 1] + radius + 0.5), 0, height).astype(np.intp)
    counts = np.maximum(stop - first, 0)
    segment = np.repeat(np.arange(len(starts)), counts)
    if len(segment) == 0:
        return
    row = np.arange(len(segment)) - np.repeat(np.cumsum(counts) - counts, counts) + first[segment]
    low, high = _capsule_runs(row + 0.5, starts[segment], ends[segment], radius)
    begin = np.clip(np.ceil(low - 0.5), 0, width)
    end = np.clip(np.floor(high - 0.5) + 1, 0, width)
    seen = end > begin  # false too where the row misses the capsule: there low is infinite
    row, begin, end = row[seen], begin[seen].astype(np.intp), end[seen].astype(np.intp)
    if len(row) == 0:
        return
    top, left, right = row.min(), begin.min(), end.max()
    shape = (row.max() + 1 - top, right - left + 1)
    opened = np.bincount((row - top) * shape[1] + begin - left, minlength=shape[0] * shape[1])
    closed = np.bincount((row - top) * shape[1] + end - left, minlength=shape[0] * shape[1])
    depth = np.cumsum((opened - closed).reshape(shape), axis=1)[:, :-1]
    canvas[top : top + shape[0], left:right][depth > 0] = value


def _capsule_runs(y: Floats, start: Floats, end: Floats, radius: float) -> tuple[Floats, Floats]:
    """Where capsules from start to end, (N, 2), begin and end in the rows at y, (N,); infinite where they do not."""
    lows, highs = [], []
    for centre in (start, end):
        squared = radius**2 - (y - centre[:, 1]) ** 2
        half = np.where(squared >= 0, np.sqrt(np.maximum(squared, 0)), -np.inf)
        lows.append(centre[:, 0] - half)
        highs.append(centre[:, 0] + half)
    along = end - start
    length = np.hypot(along[:, 0], along[:, 1])
    away = np.stack((-along[:, 1], along[:, 0]), axis=1) * (radius / np.maximum(length, 1e-12))[:, None]
    is_level = np.abs(along[:, 1]) < _LEVEL_PX
    for side in (away, -away):
        # A level side ends on the circles, so it needs no crossing of its own.
        share = (y - start[:, 1] - side[:, 1]) / np.where(is_level, np.inf, along[:, 1])
        crossing = start[:, 0] + side[:, 0] + share * along[:, 0]
        crosses = (share >= 0) & (share <= 1) & ~is_level
        lows.append(np.where(crosses, crossing, np.inf))
        highs.append(np.where(crosses, crossing, -np.inf))
    return np.minimum.reduce(lows), np.maximum.reduce(highs)
