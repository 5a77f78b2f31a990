"""Labeled pictures for the demo: things lying on cloth, wood or stone, drawn from a seed.

The things overlap, throw shadows and differ in size, turn and colour, so that a model has something to learn; a coin
ring's hole shows the ground. Labels follow what is visible: a covered part belongs to what covers it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Pixels = NDArray[np.float32]  # (H, W, 3) or (H, W), 0-1
Mask = NDArray[np.bool_]

WIDTH, HEIGHT = 480, 360
SUPERSAMPLING = 2  # drawn larger and scaled down: smooth edges
SMALLEST_VISIBLE_PX = 150  # a thing of which less is seen is not labeled by anybody
JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True)
class SceneObject:
    """A visible thing: its class and its pixels, (H, W)."""

    class_name: str
    mask: Mask


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture, (H, W, 3), and what is seen in it, lowest first."""

    rgb: Rgb
    objects: list[SceneObject]

    def jpeg(self) -> bytes:
        _, data = cv2.imencode(
            ".jpg", cv2.cvtColor(self.rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
        )
        return data.tobytes()


def draw_scene(seed: int) -> Scene:
    """Draw one scene; the same seed gives the same picture."""
    random = np.random.default_rng(seed)
    size = (HEIGHT * SUPERSAMPLING, WIDTH * SUPERSAMPLING)
    canvas = GROUNDS[random.integers(len(GROUNDS))](random, size)
    owner = np.full(size, -1, dtype=np.int16)  # which thing is on top at each pixel
    names: list[str] = []
    for _ in range(random.integers(6, 11)):
        name = str(random.choice(list(THINGS)))
        canvas, mask = _lay_down(random, canvas, THINGS[name])
        owner[mask] = len(names)
        names.append(name)
    smooth = cv2.resize(canvas, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    rgb = (np.clip(smooth, 0, 1) * 255).astype(np.uint8)
    small = owner[SUPERSAMPLING // 2 :: SUPERSAMPLING, SUPERSAMPLING // 2 :: SUPERSAMPLING]
    objects = [SceneObject(name, small == index) for index, name in enumerate(names)]
    return Scene(rgb, [thing for thing in objects if thing.mask.sum() >= SMALLEST_VISIBLE_PX])


def _lay_down(
    random: np.random.Generator, canvas: Pixels, draw: Callable[[np.random.Generator, float], tuple[Pixels, Pixels]]
) -> tuple[Pixels, Mask]:
    """Put a thing somewhere on the canvas, with its shadow; gives the new canvas and the thing's pixels."""
    height, width = canvas.shape[:2]
    radius = random.uniform(30, 52) * SUPERSAMPLING
    sprite, alpha = draw(random, radius)
    side = sprite.shape[0]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), random.uniform(0, 360), 1.0)
    place = random.uniform((0.06 * width, 0.06 * height), (0.94 * width, 0.94 * height))
    turn[:, 2] += place - side / 2
    colour = cv2.warpAffine(sprite, turn, (width, height))
    cover = cv2.warpAffine(alpha, turn, (width, height))
    offset = np.array([[1, 0, radius * 0.10], [0, 1, radius * 0.14]], dtype=np.float64)
    shadow = cv2.GaussianBlur(cv2.warpAffine(cover, offset, (width, height)), (0, 0), radius * 0.12)
    canvas = canvas * (1 - 0.45 * shadow[..., None])
    canvas = canvas * (1 - cover[..., None]) + colour * cover[..., None]
    return canvas, cover > 0.5


def _grid(radius: float) -> tuple[Pixels, Pixels]:
    """Coordinates of a square sprite, -1.25 to 1.25 in units of the radius."""
    side = int(radius * 2.5) | 1
    steps = np.linspace(-1.25, 1.25, side, dtype=np.float32)
    return np.tile(steps, (side, 1)), np.tile(steps[:, None], (1, side))


def _soft(distance: NDArray[np.floating[Any]], radius: float) -> Pixels:
    """Coverage 0-1 of what lies inside (a negative distance, in units of the radius), a pixel wide at the edge."""
    return np.asarray(np.clip(0.5 - distance * radius, 0, 1), dtype=np.float32)


def _noise(random: np.random.Generator, size: tuple[int, int], grain: float) -> Pixels:
    """Smooth noise of standard deviation 1, blobs about `grain` pixels wide."""
    height, width = size
    coarse = random.standard_normal((int(height / grain) + 3, int(width / grain) + 3)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def _leaf(random: np.random.Generator, radius: float) -> tuple[Pixels, Pixels]:
    x, y = _grid(radius)
    width = random.uniform(0.38, 0.5)
    bend = y - random.uniform(-0.2, 0.2) * x**2
    half = width * np.sqrt(np.clip(1 - x**2, 0, 1)) * (1 - 0.35 * x)
    distance = np.where(np.abs(x) < 1, np.abs(bend) - half, 1)
    colour = np.array([random.uniform(0.18, 0.5), random.uniform(0.42, 0.62), random.uniform(0.12, 0.22)], np.float32)
    vein = np.exp(-((bend / 0.025) ** 2)) + 0.5 * np.exp(-(((np.abs(bend) - 0.5 * (x % 0.24)) / 0.02) ** 2))
    shade = 0.9 + 0.25 * bend / width + 0.08 * _noise(random, (x.shape[0], x.shape[1]), radius / 5) + 0.18 * vein
    return (colour * shade[..., None]).astype(np.float32), _soft(distance, radius)


def _pebble(random: np.random.Generator, radius: float) -> tuple[Pixels, Pixels]:
    x, y = _grid(radius)
    angle = np.arctan2(y, x)
    waves = sum(random.uniform(-0.06, 0.06) * np.cos(n * angle + random.uniform(0, 6.28)) for n in (2, 3, 4))
    edge = 0.82 * (1 + waves)
    stretched = np.hypot(x, y * random.uniform(1.1, 1.5))
    grey = random.uniform(0.42, 0.75)
    colour = grey * np.array([1.0, random.uniform(0.93, 1.0), random.uniform(0.86, 1.0)], np.float32)
    dome = np.sqrt(np.clip(1 - (stretched / edge) ** 2, 0, 1))
    shade = 0.55 + 0.5 * dome - 0.18 * (x + y) + 0.07 * _noise(random, (x.shape[0], x.shape[1]), radius / 12)
    return (colour * shade[..., None]).astype(np.float32), _soft(stretched - edge, radius)


def _ring(random: np.random.Generator, radius: float) -> tuple[Pixels, Pixels]:
    x, y = _grid(radius)
    inner = random.uniform(0.34, 0.46)
    r = np.hypot(x, y)
    middle, half = (0.86 + inner) / 2, (0.86 - inner) / 2
    distance = np.abs(r - middle) - half
    tint = np.array([[0.86, 0.68, 0.30], [0.80, 0.48, 0.32], [0.76, 0.77, 0.80]], np.float32)[random.integers(3)]
    bulge = np.sqrt(np.clip(1 - ((r - middle) / half) ** 2, 0, 1))
    gleam = np.clip(-(x + y) / np.maximum(r, 0.1), -1.2, 1.2) * np.sign(r - middle)
    shade = 0.55 + 0.35 * bulge + 0.22 * gleam
    return (tint * shade[..., None]).astype(np.float32), _soft(distance, radius)


def _beetle(random: np.random.Generator, radius: float) -> tuple[Pixels, Pixels]:
    x, y = _grid(radius)
    body = np.hypot((x - 0.12) / 0.78, y / 0.55) - 1
    head = np.hypot((x + 0.72) / 0.26, y / 0.30) - 1
    distance = np.minimum(body * 0.6, head * 0.27)
    tint = np.array([[0.72, 0.12, 0.10], [0.10, 0.22, 0.52], [0.45, 0.12, 0.42]], np.float32)[random.integers(3)]
    dome = np.sqrt(np.clip(1 - ((x - 0.12) / 0.78) ** 2 - (y / 0.55) ** 2, 0, 1))
    shade = 0.45 + 0.6 * dome + 0.6 * np.exp(-(((x + 0.15) / 0.18) ** 2 + ((y + 0.2) / 0.1) ** 2))
    colour = tint * shade[..., None]
    dark = np.exp(-((y / 0.025) ** 2)) * (x > -0.5) + (head < 0) * (body > 0) * 0.9
    for spot_x, spot_y in ((0.05, 0.27), (0.05, -0.27), (0.48, 0.2), (0.48, -0.2)):
        dark = dark + (np.hypot(x - spot_x, y - spot_y) < 0.11)
    colour = colour * (1 - 0.85 * np.clip(dark, 0, 1)[..., None])
    return colour.astype(np.float32), _soft(distance, radius)


def _cloth(random: np.random.Generator, size: tuple[int, int]) -> Pixels:
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    weave = (
        0.04 * (np.sin(x * 1.1) + np.sin(y * 1.1)) + 0.05 * _noise(random, size, 140) + 0.02 * _noise(random, size, 3)
    )
    tint = np.array([[0.80, 0.77, 0.70], [0.36, 0.52, 0.60], [0.62, 0.42, 0.40]], np.float32)[random.integers(3)]
    return np.asarray(tint * (1 + weave[..., None]), dtype=np.float32)


def _wood(random: np.random.Generator, size: tuple[int, int]) -> Pixels:
    y, _ = np.mgrid[: size[0], : size[1]].astype(np.float32)
    warp = 14 * _noise(random, size, 220)
    grain = (
        0.09 * np.sin((y + warp) / random.uniform(5, 9))
        + 0.05 * _noise(random, size, 90)
        + 0.02 * _noise(random, size, 2)
    )
    planks = 1 - 0.5 * np.exp(-(((y % 240) - 120) ** 2) / 6)
    tint = np.array([random.uniform(0.55, 0.72), random.uniform(0.38, 0.5), random.uniform(0.24, 0.32)], np.float32)
    return np.asarray(tint * ((1 + grain) * planks)[..., None], dtype=np.float32)


def _stone(random: np.random.Generator, size: tuple[int, int]) -> Pixels:
    speckle = 0.07 * _noise(random, size, 60) + 0.06 * _noise(random, size, 9) + 0.05 * _noise(random, size, 2)
    tint = np.array([0.58, 0.57, 0.54], np.float32) * random.uniform(0.8, 1.15)
    return np.asarray(tint * (1 + speckle[..., None]), dtype=np.float32)


THINGS = {"beetle": _beetle, "leaf": _leaf, "pebble": _pebble, "ring": _ring}
GROUNDS = (_cloth, _wood, _stone)
