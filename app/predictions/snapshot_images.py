"""The images of a training's snapshot, as speeds are made of them."""

import numpy as np
from numpy.typing import NDArray

from app.errors import Conflict
from app.inference.decode import decode_image
from app.settings import get_settings
from app.storage.blobs import get_blob_store
from app.training.snapshot import SnapshotImage


class ImageGone(Conflict):
    """An image that was deleted for good after the making of a speed had begun."""


def read_image(image: SnapshotImage) -> NDArray[np.uint8]:
    """Its upright pixels, RGB (H, W, 3).

    Raises:
        ImageGone: As said.
        ImageRefused: Its file is damaged, or larger than is allowed now.
    """
    try:
        file = get_blob_store().read_bytes(image.storage_key)
    except FileNotFoundError as error:
        raise ImageGone(f"image {image.name!r} was deleted meanwhile: make the speed again, without it") from error
    return decode_image(file, max_pixels=get_settings().max_image_pixels)
