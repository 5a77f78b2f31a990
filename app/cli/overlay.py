"""Predictions drawn over their images, for a look at what a model finds."""

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageDraw

LABEL_COLORS = ("#E69F00", "#56B4E9", "#CC79A7", "#009E73", "#D55E00", "#F0E442", "#0072B2")
FILL_OPACITY = 77  # of 255: the object stays visible
OUTLINE_PX, HALO_PX = 2, 5
GAP_PX = 8


def draw_predictions(image_file: bytes, found: Sequence[dict[str, Any]], labels: Sequence[str]) -> Image.Image:
    """Draw masks, outlines in a dark halo, and labels with scores.

    Args:
        image_file: An image that needs no turning.
        found: An answer of /api/predict with polygons.
        labels: Every label, in the order that gives them their colours.
    """
    with Image.open(io.BytesIO(image_file)) as file:
        picture = file.convert("RGBA")
    for one in reversed(found):
        color = LABEL_COLORS[labels.index(one["label"]) % len(LABEL_COLORS)]
        picture = Image.alpha_composite(picture, _filled(picture.size, one["polygons"], color))
        _outline(ImageDraw.Draw(picture), one["polygons"], color)
    pen = ImageDraw.Draw(picture)
    for one in found:
        text = f"{one['label']} {one['score']:.0f}"
        place = (one["x0"] + 2, max(one["y0"] - 14, 0))
        pen.rectangle(pen.textbbox(place, text), fill=(15, 17, 19, 210))
        pen.text(place, text, fill="white")
    return picture.convert("RGB")


def side_by_side(pictures: Sequence[Image.Image], *, columns: int = 2) -> Image.Image:
    """Lay pictures out in rows."""
    width, height = max(one.width for one in pictures), max(one.height for one in pictures)
    rows = -(-len(pictures) // columns)
    columns = min(columns, len(pictures))
    sheet = Image.new("RGB", (columns * (width + GAP_PX) - GAP_PX, rows * (height + GAP_PX) - GAP_PX), "white")
    for number, one in enumerate(pictures):
        sheet.paste(one, ((number % columns) * (width + GAP_PX), (number // columns) * (height + GAP_PX)))
    return sheet


def _filled(size: tuple[int, int], polygons: Sequence[dict[str, Any]], color: str) -> Image.Image:
    cover = Image.new("L", size)
    pen = ImageDraw.Draw(cover)
    for polygon in polygons:
        pen.polygon(_points(polygon["points"]), fill=FILL_OPACITY)
        for hole in polygon["holes"]:
            pen.polygon(_points(hole), fill=0)
    layer = Image.new("RGBA", size, color)
    layer.putalpha(cover)
    return layer


def _outline(pen: ImageDraw.ImageDraw, polygons: Sequence[dict[str, Any]], color: str) -> None:
    rings = [_points(ring) for polygon in polygons for ring in (polygon["points"], *polygon["holes"])]
    for width, ink in ((HALO_PX, "black"), (OUTLINE_PX, color)):
        for ring in rings:
            pen.line([*ring, *ring[:2]], fill=ink, width=width, joint="curve")


def _points(ring: Sequence[dict[str, float]]) -> list[tuple[float, float]]:
    return [(point["x"], point["y"]) for point in ring]
