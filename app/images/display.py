"""A picture that a browser can show, whatever was uploaded."""

from typing import BinaryIO

import cv2

from app.inference.decode import decode_image, probe_image
from app.storage.thumbnails import encode_jpeg

_SHOWN_TYPES = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/avif"}
_UPRIGHT = 1
_JPEG_MAX_SIDE = 65_500  # libjpeg's limit
_DISPLAY_QUALITY = 95  # objects are outlined on it
_PNG_BIT_DEPTH_AT = 24  # https://www.w3.org/TR/png-3/#11IHDR
_DEEP = b"\x10"


def can_be_shown(file: BinaryIO, media_type: str, *, max_pixels: int) -> bool:
    """Whether browsers show a file upright and with its greys, as we see it.

    They turn JPEGs by their EXIF orientation, other formats not everywhere; of 16 bits they show the upper 8, which
    leaves a sensor's 10 or 12 bits black.
    """
    if media_type not in _SHOWN_TYPES:
        return False
    if media_type == "image/jpeg":
        return True
    if media_type == "image/png":
        file.seek(_PNG_BIT_DEPTH_AT)
        if file.read(1) == _DEEP:
            return False
    return probe_image(file, max_pixels=max_pixels).orientation == _UPRIGHT


def make_display_image(file: BinaryIO, *, max_pixels: int) -> tuple[bytes, str]:
    """Make an upright picture of a file.

    Returns:
        An image file and its media type.
    """
    rgb = decode_image(file, max_pixels=max_pixels)
    if max(rgb.shape) <= _JPEG_MAX_SIDE:
        return encode_jpeg(rgb, quality=_DISPLAY_QUALITY), "image/jpeg"
    _, png = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    return png.tobytes(), "image/png"
