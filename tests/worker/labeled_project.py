"""A project with tiny pictures that can really be trained on: bright squares and discs on noise."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image as PillowImage
from sqlalchemy.orm import Session

from app.db.models import Image
from app.storage.blobs import get_blob_store
from tests.training.labeled import SIDE_PX, add_labeled_images

LABELS = ("fig", "nut") * 2


def add_pictures(session: Session, project_id: int, labels: Sequence[str] = LABELS) -> list[int]:
    """Labeled images with files: the square where labeled_images draws it, bright for a fig and dark for a nut."""
    ids = add_labeled_images(session, project_id, labels)
    for image_id, label in zip(ids, labels, strict=True):
        image = session.get_one(Image, image_id)
        get_blob_store().put_bytes(image.storage_key, picture(image_id, label))
    return ids


def picture(seed: int, label: str) -> bytes:
    rgb = np.random.default_rng(seed).integers(90, 150, (SIDE_PX, SIDE_PX, 3)).astype(np.uint8)
    rgb[8:40, 8:40] = (250, 240, 120) if label == "fig" else (20, 10, 40)
    file = io.BytesIO()
    PillowImage.fromarray(rgb).save(file, "png")
    return file.getvalue()
