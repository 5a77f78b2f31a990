"""Thumbnails: small upright pictures for lists, made once when an image is uploaded."""

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin  # noqa: F401 - the plugin registers JPEG

from app.inference.preprocess import resized_size

THUMBNAIL_LONG_SIDE = 512  # px: sharp in a grid on a display with two pixels a point
THUMBNAIL_MEDIA_TYPE = "image/jpeg"
THUMBNAIL_SUFFIX = ".jpg"
JPEG_QUALITY = 80  # WebP would save a quarter of the bytes for ten times the time


def make_thumbnail(rgb: NDArray[np.uint8]) -> bytes:
    """Shrink an upright picture, (H, W, 3), to THUMBNAIL_LONG_SIDE and encode it; smaller ones keep their size."""
    return encode_jpeg(shrink_to_thumbnail(rgb), quality=JPEG_QUALITY)


def shrink_to_thumbnail(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pixels of a thumbnail, before JPEG."""
    height, width = rgb.shape[:2]
    if max(width, height) <= THUMBNAIL_LONG_SIDE:
        return rgb
    size = resized_size(width, height, THUMBNAIL_LONG_SIDE)
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def encode_jpeg(rgb: NDArray[np.uint8], *, quality: int) -> bytes:
    """Encode a picture, (H, W, 3), without any metadata."""
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=quality)
    return file.getvalue()
