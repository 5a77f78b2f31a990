"""Pictures that hold masks: PNG and other files without loss, read as numbers or as one mask, and written as PNG."""

import io
import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.inference.decode import StoredPixels, decode_stored
from app.inference.errors import ImageRefused
from app.masks.instance import InvalidMask
from app.settings import get_settings

SUFFIXES = (".png", ".bmp", ".tif", ".tiff", ".gif")  # not JPEG: it blurs what a pixel says
_HIGHEST = 65535


def read_mask(content: bytes) -> NDArray[np.bool_]:
    """Read one object's mask, (H, W): what is neither black, 0 nor transparent belongs to it.

    Raises:
        InvalidMask: It is no picture, or damaged, or too large.
    """
    stored = _decoded(content)
    marked: NDArray[np.bool_]
    if stored.palette is not None:
        marked = _is_marked(stored.palette)[stored.values]
    elif stored.values.ndim == 2:
        marked = stored.values.astype(np.bool_)
    else:
        marked = stored.values[..., : 1 if stored.values.shape[2] < 3 else 3].max(axis=2).astype(np.bool_)
        if stored.values.shape[2] in (2, 4):
            alpha = stored.values[..., -1].astype(np.bool_)
            seen = marked & alpha
            # Black on a transparent ground is an object too; black on a black one cannot be.
            marked = seen if alpha.all() or seen.any() else alpha
    return marked


def read_numbers(content: bytes, colors: Mapping[int, int]) -> NDArray[np.integer]:
    """Read a picture of numbers, (H, W): a palette's or a grey's; those that stand for its colours where it has some.

    Args:
        colors: The number of each colour 0xRRGGBB.
    Raises:
        InvalidMask: It is no picture, or damaged, or too large, or has a colour without a number.
    """
    stored = _decoded(content)
    if stored.values.ndim == 3 and stored.values.shape[2] > 2:
        return _numbers_of_colors(stored.values, colors)
    numbers = stored.values if stored.values.ndim == 2 else stored.values[..., 0]
    if not 0 <= int(numbers.min()) <= int(numbers.max()) <= _HIGHEST:
        raise InvalidMask(f"it holds numbers below 0 or above {_HIGHEST}; save it with 8 or 16 bits")
    return numbers


def voc_palette() -> NDArray[np.uint8]:
    """VOC's 256 colours, (256, 3): a number's bits, dealt out to red, green and blue from their highest bit down.

    Source: VOClabelcolormap.m of the development kit, http://host.robots.ox.ac.uk/pascal/VOC/voc2012/.
    """
    numbers = np.arange(256)
    palette = np.zeros((256, 3), dtype=np.uint8)
    for bit in range(8):
        for channel in range(3):
            palette[:, channel] |= ((numbers >> (3 * bit + channel) & 1) << (7 - bit)).astype(np.uint8)
    return palette


def color_codes(palette: NDArray[np.uint8]) -> dict[int, int]:
    """The number of each colour of a palette, as `read_numbers` takes them."""
    return {red << 16 | green << 8 | blue: number for number, (red, green, blue) in enumerate(palette.tolist())}


def write_mask(mask: NDArray[np.bool_]) -> bytes:
    """A mask as a PNG of one bit: white on black."""
    # Runs alone are looked for: faster, and hardly larger where most is black.
    return _png(Image.fromarray(np.ascontiguousarray(mask)), compress_type=zlib.Z_RLE)


def write_numbers(numbers: NDArray[np.uint8 | np.uint16], palette: NDArray[np.uint8]) -> bytes:
    """A picture of numbers as a PNG: 8 bits with a palette, (K, 3); 16 bits in grey, as PNG has no such palette."""
    image = Image.fromarray(np.ascontiguousarray(numbers))
    if numbers.dtype == np.uint8:
        image.putpalette(palette.tobytes())
    return _png(image)


def _decoded(content: bytes) -> StoredPixels:
    try:
        return decode_stored(content, max_pixels=get_settings().max_image_pixels)
    except ImageRefused as error:
        raise InvalidMask(str(error)) from error


def _is_marked(palette: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which of 256 numbers belong to an object: all but 0 where that is black, else those that are not black."""
    marked = np.zeros(256, dtype=np.bool_)
    marked[: len(palette)] = palette.any(axis=1)
    if not marked[0]:
        marked[1:] = True
    return marked


def _numbers_of_colors(values: NDArray[np.integer], colors: Mapping[int, int]) -> NDArray[np.integer]:
    red, green, blue = (values[..., channel].astype(np.int32) for channel in range(3))
    codes = red << 16 | green << 8 | blue
    known = np.array(sorted(colors), dtype=np.int32)
    places = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    foreign = codes[known[places] != codes]
    if foreign.size:
        raise InvalidMask(f"it has the colour #{foreign[0]:06X}, which stands for nothing; save it with a palette")
    numbers: NDArray[np.integer] = np.array([colors[code] for code in known.tolist()], dtype=np.uint16)[places]
    return numbers


def _png(image: Image.Image, *, compress_type: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_type=compress_type)
    return file.getvalue()
