"""Precision against recall as an SVG picture: a curve for each label, and a dot where its threshold puts it."""

from collections.abc import Mapping
from html import escape

import numpy as np

from app.statistics.schemas import PrecisionRecallCurve

WIDTH, HEIGHT = 640, 440
LEFT, TOP, SIDE = 60, 20, 360  # pixels of the square that 0-1 is drawn in
_LEGEND_X, _LEGEND_STEP = LEFT + SIDE + 24, 20
_MAX_NAMED = 18  # labels that fit beside the square
# Okabe and Ito's colours, which also colour-blind people tell apart: https://jfly.uni-koeln.de/color/
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")


def pr_curve_svg(curves: Mapping[str, PrecisionRecallCurve], thresholds: Mapping[str, float]) -> str:
    """Draw the curves of an IoU threshold; thresholds are 0-1, by label."""
    drawn = [
        _curve(name, curve, thresholds[name], _COLORS[place % len(_COLORS)], place)
        for place, (name, curve) in enumerate(sorted(curves.items()))
    ]
    rest = len(drawn) - _MAX_NAMED
    more = _text(_LEGEND_X, TOP + 10 + _MAX_NAMED * _LEGEND_STEP, f"and {rest} more") if rest > 0 else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *_axes(),
        *drawn,
        more,
        "</svg>\n",
    ]
    return "\n".join(part for part in parts if part)


def _axes() -> list[str]:
    lines = []
    for tenth in range(0, 11, 2):
        x, y = _place(tenth / 10, tenth / 10)
        lines += [
            f'<path d="M{x:g} {TOP}V{TOP + SIDE}M{LEFT} {y:g}H{LEFT + SIDE}" stroke="#ddd" fill="none"/>',
            _text(x, TOP + SIDE + 18, f"{tenth / 10:g}", anchor="middle"),
            _text(LEFT - 8, y + 4, f"{tenth / 10:g}", anchor="end"),
        ]
    return [
        *lines,
        _text(LEFT + SIDE / 2, TOP + SIDE + 40, "recall", anchor="middle"),
        f'<g transform="translate(18 {TOP + SIDE / 2}) rotate(-90)">{_text(0, 0, "precision", anchor="middle")}</g>',
    ]


def _curve(name: str, curve: PrecisionRecallCurve, threshold: float, color: str, place: int) -> str:
    points = [_place(recall, precision) for recall, precision in zip(curve.recall, curve.precision, strict=True)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    drawn = f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>'
    # Scores fall along the curve: the last one at or above the threshold is where the model works.
    kept = int(np.searchsorted(-np.array(curve.score), -threshold, side="right"))
    if kept:
        x, y = points[kept - 1]
        drawn += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{color}"/>'
    if place < _MAX_NAMED:
        y = TOP + 10 + place * _LEGEND_STEP
        drawn += f'<rect x="{_LEGEND_X}" y="{y - 10}" width="12" height="12" fill="{color}"/>'
        drawn += _text(_LEGEND_X + 18, y, name)
    return drawn


def _place(recall: float, precision: float) -> tuple[float, float]:
    return LEFT + SIDE * recall, TOP + SIDE * (1 - precision)


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="#333">{escape(text)}</text>'
