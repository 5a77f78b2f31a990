"""Gives images of before there were fingerprints theirs, from their thumbnails."""

from app.db.engine import session_scope
from app.images import fingerprint_rows
from app.images.fingerprint_rows import Unfingerprinted
from app.images.fingerprints import NOTHING_TO_COMPARE, fingerprint
from app.inference.decode import decode_image
from app.inference.errors import ImageRefused
from app.storage.blobs import BlobStore, get_blob_store
from app.storage.thumbnails import THUMBNAIL_LONG_SIDE

SWEEP_SECONDS = 60
IMAGES_AT_ONCE = 200  # a second's work, written in one transaction


def fill_missing() -> int:
    """Make the fingerprints that are missing; how many there were."""
    blobs, filled = get_blob_store(), 0
    while True:
        with session_scope(read_only=True) as session:
            images = fingerprint_rows.list_unfingerprinted(session, limit=IMAGES_AT_ONCE)
        if not images:
            return filled
        made = {image.image_id: _of_thumbnail(blobs, image) for image in images}
        with session_scope() as session:
            fingerprint_rows.set_fingerprints(session, made)
        filled += len(made)


def _of_thumbnail(blobs: BlobStore, image: Unfingerprinted) -> int:
    """A thumbnail that is gone or damaged has nothing to compare: it would be tried again for ever."""
    try:
        data = blobs.read_bytes(image.thumbnail_key)
        return fingerprint(decode_image(data, max_pixels=THUMBNAIL_LONG_SIDE**2))
    except (FileNotFoundError, ImageRefused):
        return NOTHING_TO_COMPARE
