"""A picture with another colour in each corner, in files that store it in each of EXIF's eight orientations."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

Rgb = NDArray[np.uint8]

ORIENTATIONS = range(1, 9)
RED, GREEN, BLUE, YELLOW = (220, 20, 30), (20, 160, 60), (30, 60, 220), (240, 220, 40)
CORNERS = ("red", "green", "blue", "yellow")  # top left, top right, bottom left, bottom right
SAVE_OPTIONS: dict[str, dict[str, Any]] = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
CORNER_SHARE = 4  # a corner is a quarter of each side


def upright_picture(width: int, height: int, *, block_px: int = 1) -> Rgb:
    """Coloured corners on noise, in blocks of block_px: a model sees something in it, and no turn of it looks alike."""
    blocks = np.random.default_rng(6).integers(0, 256, (height // block_px, width // block_px, 3), dtype=np.uint8)
    rgb = blocks.repeat(block_px, axis=0).repeat(block_px, axis=1)
    for corner, colour in zip(_corners(rgb), (RED, GREEN, BLUE, YELLOW), strict=True):
        corner[:] = colour
    return rgb


def corner_colours(rgb: Rgb) -> tuple[str, ...]:
    """The names of the colours that the four corners are nearest to, as CORNERS of the upright picture."""
    colours = np.array([RED, GREEN, BLUE, YELLOW], dtype=float)
    return tuple(CORNERS[np.abs(colours - corner.mean(axis=(0, 1))).sum(axis=1).argmin()] for corner in _corners(rgb))


def oriented_file(upright: Rgb, orientation: int, file_format: str) -> bytes:
    """Write a file whose pixels are turned as the orientation says, and which says so."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    options = SAVE_OPTIONS.get(file_format, {})
    file = io.BytesIO()
    Image.fromarray(as_stored(upright, orientation)).save(file, file_format, exif=exif, **options)
    return file.getvalue()


def as_stored(upright: Rgb, orientation: int) -> Rgb:
    """Turn a picture: rows and columns as EXIF 2.32 tells for tag 0x0112."""
    sideways = upright.transpose(1, 0, 2)
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: sideways,
        6: sideways[::-1],
        7: sideways[::-1, ::-1],
        8: sideways[:, ::-1],
    }
    return np.ascontiguousarray(stored.get(orientation, upright))


def _corners(rgb: Rgb) -> tuple[Rgb, Rgb, Rgb, Rgb]:
    height, width = rgb.shape[0] // CORNER_SHARE, rgb.shape[1] // CORNER_SHARE
    return rgb[:height, :width], rgb[:height, -width:], rgb[-height:, :width], rgb[-height:, -width:]
