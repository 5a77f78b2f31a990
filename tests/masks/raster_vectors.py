"""Writes raster_vectors.json: polygons, masks and run lengths with what pycocotools makes of them.

The rasteriser of the browser is tested with the same file. `python -m tests.masks.raster_vectors` writes it anew;
test_raster.py fails where it differs from what is written here.
"""

import json
import math
import random
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from app.masks.polygons import mask_to_polygons

VECTORS_FILE = Path(__file__).with_name("raster_vectors.json")
ABOUT = (
    "polygons: which pixels polygons cover by pycocotools' frPyObjects (each exterior less its holes, united), as COCO "
    "compressed RLE. outlines: the outlines of a mask along pixel edges, 4-connected, largest part first, exteriors "
    "clockwise on the screen from their top left corner, holes the other way round; rasterised they give the mask "
    "back. counts: compressed strings and their runs. malformed_counts: strings that must be refused."
)
Rings = list[list[list[float]]]  # an exterior, then holes


def build() -> dict[str, Any]:
    """Make all vectors; the same every time."""
    return {
        "about": ABOUT,
        "polygons": [_polygon_vector(*case) for case in (*_drawn(), *_several(), *_random())],
        "outlines": [_outline_vector(name, rows) for name, rows in OUTLINES.items()],
        "counts": [_counts_vector(size, runs) for size, runs in RUNS],
        "malformed_counts": [
            {"size": list(size), "counts": counts, "why": why} for size, counts, why in MALFORMED_COUNTS
        ],
    }


def to_text(vectors: dict[str, Any]) -> str:
    """Write JSON with one vector a line."""
    sections = []
    for key, value in vectors.items():
        if isinstance(value, list):
            rows = ",\n".join(f"  {json.dumps(vector)}" for vector in value)
            sections.append(f"{json.dumps(key)}: [\n{rows}\n ]")
        else:
            sections.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n " + ",\n ".join(sections) + "\n}\n"


def rows_to_mask(rows: str) -> NDArray[np.bool_]:
    """Read a mask written as rows of # and . with spaces between the rows."""
    return np.array([[pixel == "#" for pixel in row] for row in rows.split()])


def coco_counts(mask: NDArray[np.bool_]) -> str:
    """What pycocotools itself makes of a mask."""
    return str(coco_mask.encode(np.asfortranarray(mask, dtype=np.uint8))["counts"], "ascii")


def coco_decode(rle: dict[str, Any]) -> NDArray[np.bool_]:
    """What pycocotools itself makes of an RLE."""
    with warnings.catch_warnings():
        # pycocotools 2.0.11 still wraps its arrays in NumPy 1's way.
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        return coco_mask.decode(rle).astype(bool)


def coco_fill(ring: list[list[float]], height: int, width: int) -> NDArray[np.bool_]:
    """What pycocotools itself makes of one ring."""
    flat = [value for point in ring for value in point]
    (rle,) = coco_mask.frPyObjects([flat], height, width)
    return coco_decode(rle)


def _drawn() -> list[tuple[str, int, int, list[Rings]]]:
    rings: dict[str, tuple[int, int, list[list[float]]]] = {
        "one pixel": (4, 5, [[2, 1], [3, 1], [3, 2], [2, 2]]),
        "one pixel, the first": (4, 5, [[0, 0], [1, 0], [1, 1], [0, 1]]),
        "one pixel, the last": (4, 5, [[4, 3], [5, 3], [5, 4], [4, 4]]),
        "the whole image": (4, 5, [[0, 0], [5, 0], [5, 4], [0, 4]]),
        "an image of one pixel": (1, 1, [[0, 0], [1, 0], [1, 1], [0, 1]]),
        "an image of one row": (1, 9, [[1.2, 0], [7.7, 0], [7.7, 1], [1.2, 1]]),
        "an image of one column": (9, 1, [[0, 1.2], [1, 1.2], [1, 7.7], [0, 7.7]]),
        "smaller than a pixel, with its centre": (4, 5, [[2.3, 1.3], [2.7, 1.3], [2.7, 1.7], [2.3, 1.7]]),
        "smaller than a pixel, beside its centre": (4, 5, [[2.6, 1.6], [2.9, 1.6], [2.9, 1.9], [2.6, 1.9]]),
        "edges on pixel centres": (6, 7, [[1.5, 1.5], [4.5, 1.5], [4.5, 3.5], [1.5, 3.5]]),
        "edges a tenth beside pixel centres": (6, 7, [[1.4, 1.6], [4.6, 1.6], [4.6, 3.4], [1.4, 3.4]]),
        "fractions": (8, 9, [[1.25, 0.75], [7.125, 2.5], [6.875, 6.375], [2.0625, 7.9]]),
        "triangle": (8, 9, [[1, 1], [8, 1], [1, 7]]),
        "triangle, the other way round": (8, 9, [[1, 7], [8, 1], [1, 1]]),
        "steep triangle": (12, 6, [[2.5, 0], [4, 12], [1, 12]]),
        "flat triangle": (6, 12, [[0, 2.5], [12, 4], [12, 1]]),
        "sliver along the diagonal": (9, 9, [[0, 0], [9, 9], [9, 8.5]]),
        "collinear": (5, 6, [[1, 1], [3, 3], [5, 5]]),
        "points three times the same": (5, 6, [[2, 2], [2, 2], [2, 2]]),
        "repeated points": (5, 6, [[1, 1], [1, 1], [5, 1], [5, 1], [5, 4], [1, 4], [1, 4]]),
        "closed by a repeated first point": (5, 6, [[1, 1], [5, 1], [5, 4], [1, 4], [1, 1]]),
        "crossing itself": (8, 8, [[1, 1], [7, 7], [7, 1], [1, 7]]),
        "star, its middle twice": (20, 20, _star(10, 10, 9)),
        "touching itself at a corner": (6, 6, [[1, 1], [3, 1], [3, 3], [5, 3], [5, 5], [3, 5], [3, 3], [1, 3]]),
        "touching itself along an edge": (6, 8, [[1, 1], [7, 1], [7, 5], [4, 5], [4, 2], [4, 5], [1, 5]]),
        "running over itself twice": (5, 6, [[1, 1], [5, 1], [5, 4], [1, 4], [1, 1], [5, 1], [5, 4], [1, 4]]),
        "comb": (
            8,
            10,
            [[0, 8], [0, 0], [2, 0], [2, 6], [4, 6], [4, 0], [6, 0], [6, 6], [8, 6], [8, 0], [10, 0], [10, 8]],
        ),
        "over the left border": (6, 7, [[-3.3, 1.2], [3.4, 2.1], [2.2, 5.3]]),
        "over the right border": (6, 7, [[4.1, 0.7], [11.2, 2.9], [5.3, 5.5]]),
        "over the top border": (6, 7, [[1.1, 3.7], [3.3, -4.4], [6.2, 4.8]]),
        "over the bottom border": (6, 7, [[1.1, 2.7], [6.1, 1.9], [3.4, 11.3]]),
        "over all borders": (6, 7, [[-2, -2], [9, -2], [9, 8], [-2, 8]]),
        "a corner cut by a far edge": (6, 7, [[-20, 5], [5, -20], [40, 40]]),
        "wholly to the left": (6, 7, [[-5, 1], [-1, 1], [-1, 4], [-5, 4]]),
        "wholly to the right": (6, 7, [[8, 1], [12, 1], [12, 4], [8, 4]]),
        "wholly above": (6, 7, [[1, -5], [4, -5], [4, -1], [1, -1]]),
        "wholly below": (6, 7, [[1, 7], [4, 7], [4, 9], [1, 9]]),
        "along the last column": (6, 7, [[6, 0], [7, 0], [7, 6], [6, 6]]),
        "along the last row": (6, 7, [[0, 5], [7, 5], [7, 6], [0, 6]]),
        "half a pixel beyond each border": (6, 7, [[-0.5, -0.5], [7.5, -0.5], [7.5, 6.5], [-0.5, 6.5]]),
        "circle": (60, 80, _circle(40.3, 29.6, 25.2, 40)),
        "large circle": (480, 640, _circle(320.1, 240.7, 200.4, 120)),
    }
    return [(name, height, width, [[ring]]) for name, (height, width, ring) in rings.items()]


def _several() -> list[tuple[str, int, int, list[Rings]]]:
    square = [[1.0, 1.0], [9.0, 1.0], [9.0, 9.0], [1.0, 9.0]]
    hole = [[3.0, 3.0], [3.0, 6.0], [6.0, 6.0], [6.0, 3.0]]
    return [
        ("a hole", 10, 12, [[square, hole]]),
        ("a hole that runs the same way round", 10, 12, [[square, hole[::-1]]]),
        ("a hole of one pixel", 10, 12, [[square, [[4, 4], [5, 4], [5, 5], [4, 5]]]]),
        ("two holes that overlap", 10, 12, [[square, hole, [[4, 4], [8, 4], [8, 8], [4, 8]]]]),
        ("a hole that reaches over its exterior", 10, 12, [[square, [[5, 5], [12, 5], [12, 7], [5, 7]]]]),
        ("a hole that touches its exterior", 10, 12, [[square, [[1, 4], [4, 4], [4, 6], [1, 6]]]]),
        ("a hole as large as its exterior", 10, 12, [[square, square]]),
        ("a slanted hole", 10, 12, [[square, [[2.3, 4.1], [5.2, 2.4], [7.7, 5.9], [4.4, 7.6]]]]),
        ("two polygons apart", 10, 12, [[[[1, 1], [4, 1], [4, 4], [1, 4]]], [[[6.5, 5.5], [11, 6], [8, 9.5]]]]),
        ("two polygons that overlap", 10, 12, [[[[1, 1], [6, 1], [6, 6], [1, 6]]], [[[4, 4], [9, 4], [9, 9], [4, 9]]]]),
        ("the same polygon twice", 10, 12, [[square], [square]]),
        ("a polygon over the hole of another", 10, 12, [[square, hole], [[[4, 4], [5, 4], [5, 8], [4, 8]]]]),
    ]


def _random() -> list[tuple[str, int, int, list[Rings]]]:
    rng = random.Random(3)
    cases = []
    for index in range(24):
        height, width = rng.randint(5, 40), rng.randint(5, 40)
        digits = (0, 1, 2, 17)[index % 4]
        ring = [
            [round(rng.uniform(-0.2, 1.2) * width, digits), round(rng.uniform(-0.2, 1.2) * height, digits)]
            for _ in range(rng.randint(3, 9))
        ]
        cases.append((f"random {index}", height, width, [[ring]]))
    return cases


def _circle(x: float, y: float, radius: float, count: int) -> list[list[float]]:
    angles = [2 * math.pi * k / count for k in range(count)]
    return [[round(x + radius * math.cos(a), 3), round(y + radius * math.sin(a), 3)] for a in angles]


def _star(x: float, y: float, radius: float) -> list[list[float]]:
    angles = [4 * math.pi * k / 5 - math.pi / 2 for k in range(5)]
    return [[round(x + radius * math.cos(a), 3), round(y + radius * math.sin(a), 3)] for a in angles]


OUTLINES = {
    "nothing": "... ...",
    "one pixel": "... .#. ...",
    "one pixel in the corner": "..# ... ...",
    "an image of one pixel": "#",
    "the whole image": "#### #### ####",
    "an L": "#.. #.. ###",
    "a hole of one pixel": "### #.# ###",
    "a hole at each corner of a pixel": "##### #.#.# ##### #.#.# #####",
    "two parts that touch diagonally": "#. .#",
    "two parts that touch diagonally, the other way": ".# #.",
    "a checkerboard": "#.#.# .#.#. #.#.#",
    "one part that touches itself diagonally": "### #.# ##.",
    "two holes that touch diagonally": "##### #.### ##.## #####",
    "a hole that touches the outside diagonally": "#### #.## ##.# ###.",
    "a part inside a hole": "##### #...# #.#.# #...# #####",
    "a part inside a hole that touches it diagonally": "##### #..## #.#.# #...# #####",
    "a ring in a ring": "####### #.....# #.###.# #.#.#.# #.###.# #.....# #######",
    "three parts of different sizes": "#..## ....# ###.. ###..",
    "parts of equal size": "#.# ... #.#",
    "along all borders": "##### #...# #####",
    "a column": ".#. .#. .#.",
    "a spiral": "####### ......# #####.# #...#.# #.###.# #.....# #######",
}
RUNS: list[tuple[tuple[int, int], list[int]]] = [
    ((1, 1), [1]),
    ((1, 1), [0, 1]),
    ((3, 4), [12]),
    ((3, 4), [0, 12]),
    ((3, 4), [0, 3, 9]),
    ((3, 4), [4, 1, 7]),
    ((3, 4), [1, 2, 3, 1, 2, 3]),
    ((4, 4), [15, 1]),
    ((8, 8), [15, 16, 17, 16]),
    ((100, 100), [31, 32, 33, 1, 511, 512, 8880]),
    ((1000, 1000), [499_999, 1, 1, 499_999]),
    ((3000, 4000), [123_456, 789, 3_000_000, 15, 16, 1, 8_875_723]),
    ((12_000, 12_000), [1, 143_999_998, 1]),
]
MALFORMED_COUNTS = [
    ((3, 4), "", "empty"),
    ((3, 4), "P", "stops in the middle of a number"),
    ((3, 4), "1", "adds up to less than the image"),
    ((3, 4), "=", "adds up to more than the image"),
    ((3, 4), "O=", "a negative run"),
    ((3, 4), "<\u00e9", "no ASCII"),
    ((3, 4), "< ", "a character below 0"),
    ((3, 4), "<p", "a character above o"),
    ((3, 4), "oooooooooooooooo0", "a number without end"),
]


def _polygon_vector(name: str, height: int, width: int, polygons: list[Rings]) -> dict[str, Any]:
    covered = np.zeros((height, width), dtype=bool)
    for exterior, *holes in polygons:
        inside = coco_fill(exterior, height, width)
        for hole in holes:
            inside &= ~coco_fill(hole, height, width)
        covered |= inside
    return {
        "name": name,
        "polygons": [{"exterior": exterior, "holes": holes} for exterior, *holes in polygons],
        "rle": {"size": [height, width], "counts": coco_counts(covered)},
    }


def _outline_vector(name: str, rows: str) -> dict[str, Any]:
    mask = rows_to_mask(rows)
    return {
        "name": name,
        "rows": rows.split(),
        "rle": {"size": list(mask.shape), "counts": coco_counts(mask)},
        "polygons": [
            {
                "exterior": [[int(x), int(y)] for x, y in polygon.exterior],
                "holes": [[[int(x), int(y)] for x, y in hole] for hole in polygon.holes],
            }
            for polygon in mask_to_polygons(mask)
        ],
    }


def _counts_vector(size: tuple[int, int], runs: list[int]) -> dict[str, Any]:
    coco = coco_mask.frPyObjects({"size": list(size), "counts": runs}, *size)
    return {"size": list(size), "counts": str(coco["counts"], "ascii"), "runs": runs}


if __name__ == "__main__":
    VECTORS_FILE.write_text(to_text(build()))
