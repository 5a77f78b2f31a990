"""The one decoder for images: bytes to upright RGB, with limits, whatever the bytes are.

Colour is taken as stored (no ICC profile is applied), transparency is laid over white, and of several frames or pages
the first one counts. Source: docs/decisions/0010-image-decoding.md.
"""

import io
import math
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    ImageCms,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from app.inference.errors import ImageTooLarge, InvalidImage

# A plugin registers itself when imported. Pillow would import all of its forty on the first unknown file, and formats
# that run programs or have no magic number (EPS, TGA …) must stay out of reach of an upload.
MEDIA_TYPES = {
    AvifImagePlugin.AvifImageFile.format: "image/avif",
    BmpImagePlugin.BmpImageFile.format: "image/bmp",
    GifImagePlugin.GifImageFile.format: "image/gif",
    Jpeg2KImagePlugin.Jpeg2KImageFile.format: "image/jp2",
    JpegImagePlugin.JpegImageFile.format: "image/jpeg",
    MpoImagePlugin.MpoImageFile.format: "image/jpeg",  # two JPEGs in one file; viewers show the first as a JPEG
    PngImagePlugin.PngImageFile.format: "image/png",
    PpmImagePlugin.PpmImageFile.format: "image/x-portable-anymap",
    TiffImagePlugin.TiffImageFile.format: "image/tiff",
    WebPImagePlugin.WebPImageFile.format: "image/webp",
}
# How the names of such files end, in lower case and with the dot.
IMAGE_ENDINGS = frozenset(ending for ending, name in Image.EXTENSION.items() if name in MEDIA_TYPES)
# The JPEG plugin opens MPO files itself; Pillow knows no opener of that name.
_OPENED_FORMATS = tuple(name for name in MEDIA_TYPES if name != MpoImagePlugin.MpoImageFile.format)
_FORMAT_NAMES = "JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF, JPEG 2000 or PPM"

# Our own check against the operator's limit replaces Pillow's fixed one, which would also warn at 89 million pixels.
Image.MAX_IMAGE_PIXELS = None

# What Pillow's parsers raise on hostile bytes: it names no set of its own, and fuzzing has met nearly all of these.
_PARSER_ERRORS = (
    OSError, SyntaxError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, EOFError, AssertionError,
    RuntimeError, MemoryError, BufferError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip

_UPRIGHT = 1
_TRANSPOSE_TO_UPRIGHT = {  # EXIF 2.32, tag 0x0112
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = (5, 6, 7, 8)

# The largest values of the sensors and files that deep grey images come from: 1 (floats), 8, 10, 12, 14 and 16 bits.
_FULL_SCALES = (1.0, 255.0, 1023.0, 4095.0, 16383.0, 65535.0)


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What an image's header says; width and height are those of the upright image.

    orientation is the EXIF value 1-8 of the file, 1 where it has none or an invalid one.
    """

    width: int
    height: int
    format: str
    media_type: str
    orientation: int


# https://www.w3.org/TR/png-3/#5Chunk-layout
_PNG_SIGNATURE_BYTES, _PNG_HEAD_BYTES, _PNG_CRC_BYTES = 8, 8, 4
_PNG_METADATA = {b"eXIf", b"tEXt", b"zTXt", b"iTXt"}


class OpenedImage:
    """An image file whose header was read. Once it is decoded, its header costs nothing more: a PNG's orientation may
    stand behind its pixels."""

    def __init__(self, image: Image.Image) -> None:
        self._image = image
        self._size = image.size  # a JPEG that is asked for less changes it

    @property
    def pixel_count(self) -> int:
        return self._size[0] * self._size[1]

    def header(self) -> ImageHeader:
        width, height = self._size
        orientation = _UPRIGHT if _is_bare_png(self._image) else _orientation(self._image)
        # Pillow already gives a sideways TIFF's upright size.
        if orientation in _SIDEWAYS and self._image.format != TiffImagePlugin.TiffImageFile.format:
            width, height = height, width
        file_format = str(self._image.format)
        return ImageHeader(width, height, file_format, MEDIA_TYPES[file_format], orientation)

    def decode(self, *, at_least_px: int | None = None) -> NDArray[np.uint8]:
        """Decode to upright RGB, (H, W, 3); see decode_image.

        Raises:
            InvalidImage: damaged or cut short.
        """
        image = self._image
        try:
            if at_least_px is not None:
                _ask_for_less(image, at_least_px)
            image.load()
            # Read after loading: Pillow has turned a TIFF upright by then, and says so here.
            orientation = _orientation(image)
            rgb = _to_rgb(image)
            if orientation != _UPRIGHT:
                rgb = rgb.transpose(_TRANSPOSE_TO_UPRIGHT[orientation])
            return np.array(rgb, dtype=np.uint8)
        except _PARSER_ERRORS as error:
            raise InvalidImage(
                f"the {image.format} image is damaged or cut short ({_first_line(error)}); open and save it again"
            ) from error


@contextmanager
def opened_image(data: bytes | BinaryIO, *, max_pixels: int) -> Iterator[OpenedImage]:
    """Read an image's header; a file that passes may still turn out to be cut short when decoded.

    Raises:
        InvalidImage: not an image of a known format.
        ImageTooLarge: more than max_pixels pixels.
    """
    _ignore_pillow_warnings()
    with _open(data, max_pixels=max_pixels) as image:
        yield OpenedImage(image)


def decode_image(data: bytes | BinaryIO, *, max_pixels: int, at_least_px: int | None = None) -> NDArray[np.uint8]:
    """Decode an image file to upright RGB, (H, W, 3).

    Args:
        at_least_px: Lets a JPEG come out at 1/2, 1/4 or 1/8 of its size as long as the longer side keeps this many
            pixels, in a fraction of the time. Every byte is read all the same, so damage is found.
    Raises:
        InvalidImage: not an image of a known format, or damaged or cut short.
        ImageTooLarge: more than max_pixels pixels by its header; nothing was decoded.
    """
    with opened_image(data, max_pixels=max_pixels) as image:
        return image.decode(at_least_px=at_least_px)


def probe_image(data: bytes | BinaryIO, *, max_pixels: int) -> ImageHeader:
    """Read what an image's header says; see opened_image."""
    with opened_image(data, max_pixels=max_pixels) as image:
        return image.header()


@dataclass(frozen=True, slots=True)
class StoredPixels:
    """Pixels as a file holds them: not turned, deep greys not scaled, a palette's numbers not coloured.

    values is (H, W) numbers, or (H, W, C) with C = 2 grey and alpha, 3 RGB or 4 RGBA; palette is (K, 3) RGB.
    """

    values: NDArray[np.integer]
    palette: NDArray[np.uint8] | None


def decode_stored(data: bytes | BinaryIO, *, max_pixels: int) -> StoredPixels:
    """Decode an image file whose pixels are numbers or marks rather than a picture.

    Raises:
        InvalidImage: not an image of a known format, or damaged or cut short.
        ImageTooLarge: more than max_pixels pixels by its header; nothing was decoded.
    """
    _ignore_pillow_warnings()
    with _open(data, max_pixels=max_pixels) as image:
        try:
            image.load()
            palette = np.array(image.getpalette(), dtype=np.uint8).reshape(-1, 3) if image.mode == "P" else None
            return StoredPixels(_stored_values(image), palette)
        except _PARSER_ERRORS as error:
            raise InvalidImage(
                f"the {image.format} image is damaged or cut short ({_first_line(error)}); open and save it again"
            ) from error


def _open(data: bytes | BinaryIO, *, max_pixels: int) -> Image.Image:
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    try:
        file.seek(0)
        image = Image.open(file, formats=_OPENED_FORMATS)
    except _PARSER_ERRORS as error:
        raise InvalidImage(f"this is no image that can be read; send a {_FORMAT_NAMES} file") from error
    width, height = image.size
    if width * height > max_pixels:
        image.close()
        raise ImageTooLarge(width, height, max_pixels)
    return image


def _ask_for_less(image: Image.Image, at_least_px: int) -> None:
    scale = at_least_px / max(image.size)
    image.draft(None, (max(1, math.ceil(image.width * scale)), max(1, math.ceil(image.height * scale))))


def _is_bare_png(image: Image.Image) -> bool:
    """Whether a PNG has no chunk that could hold an orientation: Pillow would decode all of it to look behind it."""
    if not isinstance(image, PngImagePlugin.PngImageFile) or image.fp is None:
        return False
    file, place = image.fp, image.fp.tell()
    position = _PNG_SIGNATURE_BYTES
    try:
        while len(head := _read_at(file, position, _PNG_HEAD_BYTES)) == _PNG_HEAD_BYTES:
            length, kind = struct.unpack(">I4s", head)
            if kind in _PNG_METADATA:
                return False
            position += _PNG_HEAD_BYTES + length + _PNG_CRC_BYTES
        return True
    finally:
        file.seek(place)


def _read_at(file: IO[bytes], position: int, size: int) -> bytes:
    file.seek(position)
    return file.read(size)


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, _UPRIGHT)
    except _PARSER_ERRORS:
        return _UPRIGHT  # damaged EXIF beside a sound picture: viewers show the picture
    return value if isinstance(value, int) and value in _TRANSPOSE_TO_UPRIGHT else _UPRIGHT


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return _deep_grey_to_rgb(image)
    if image.mode == "LAB":
        to_srgb = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
        return to_srgb.apply(image)
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        over_white = Image.new("RGB", image.size, "white")
        over_white.paste(rgba, mask=rgba.getchannel("A"))
        return over_white
    return image.convert("RGB")


def _stored_values(image: Image.Image) -> NDArray[np.integer]:
    values: NDArray[np.integer]
    if image.mode == "1":
        values = np.asarray(image.convert("L")) >> 7  # Pillow's booleans are bytes of 255
    elif image.mode == "F":
        values = np.nan_to_num(np.asarray(image)).clip(0, 2**30).astype(np.int32)
    elif image.mode in ("L", "P", "LA", "RGB", "RGBA") or image.mode.startswith("I"):
        values = np.asarray(image)
    else:
        values = np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB"))
    return values


def _deep_grey_to_rgb(image: Image.Image) -> Image.Image:
    """Scale 10 to 32 bits or floats by the smallest usual range that holds them.

    A sensor's 10 or 12 bits are commonly stored in 16: by the container's range they would keep four or sixteen greys.
    """
    values = np.nan_to_num(np.asarray(image).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    np.maximum(values, 0, out=values)
    largest = float(values.max())
    ranges = _FULL_SCALES if image.mode == "F" else _FULL_SCALES[1:]
    full_scale = next((scale for scale in ranges if largest <= scale), largest)
    grey = np.rint(values * (255.0 / full_scale)).astype(np.uint8)
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        grey[np.asarray(image) == transparent] = 255
    return Image.fromarray(grey).convert("RGB")


def _ignore_pillow_warnings() -> None:
    """Keep Pillow from warning about odd metadata, in this process, whatever the filters set since.

    warnings.catch_warnings is no way: its restoring is not thread-safe, and decoding runs in many threads.
    """
    ignore_pillow = ("ignore", None, Warning, re.compile(r"PIL\."), 0)
    if not warnings.filters or warnings.filters[0] != ignore_pillow:
        warnings.filterwarnings("ignore", module=r"PIL\.")


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:200] or type(error).__name__
