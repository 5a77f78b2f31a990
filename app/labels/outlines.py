"""Outlines for pictures in a list: simplified to what a thumbnail can show."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from sqlalchemy.orm import Session

from app.db.models import Image
from app.images.repository import find_images
from app.labels import repository
from app.labels.repository import StoredInstance
from app.masks.instance import Rle
from app.masks.polygons import mask_to_polygons
from app.masks.rle import box_xywh, decode_rle
from app.storage.thumbnails import THUMBNAIL_LONG_SIDE

MAX_IMAGES = 200  # of one request: more than a screen shows

Points = Sequence[Sequence[float]]


def list_outlines(session: Session, project_id: int, image_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The outlines of every instance of images, in pixels of the images, by image id; as ImageOutlines has them.

    One that is not there is left out: a gallery asks for a screenful, of which somebody may just have deleted some.
    """
    images = find_images(session, project_id, image_ids)
    stored = repository.list_stored_instances(session, [image.id for image in images])
    return [
        {
            "image_id": image.id,
            "revision": image.revision,
            "outlines": [_outline(instance, image) for instance in stored.get(image.id, ())],
        }
        for image in images
    ]


def _outline(instance: StoredInstance, image: Image) -> dict[str, Any]:
    tolerance_px = max(image.width, image.height) / THUMBNAIL_LONG_SIDE
    rings = _rings(instance, image.height, image.width)
    return {"label_id": instance.class_id, "rings": [_simplified(ring, tolerance_px) for ring in rings]}


def _rings(instance: StoredInstance, height: int, width: int) -> list[Points]:
    if instance.polygons is not None:
        return [ring for polygon in instance.polygons for ring in (polygon["exterior"], *polygon["holes"])]
    assert instance.rle_counts is not None
    rle = Rle.from_encoder((height, width), instance.rle_counts)
    left, top, box_width, box_height = box_xywh(rle)
    crop = decode_rle(rle)[top : top + box_height, left : left + box_width]
    return [
        [(x + left, y + top) for x, y in ring]
        for polygon in mask_to_polygons(crop)
        for ring in (polygon.exterior, *polygon.holes)
    ]


def _simplified(ring: Points, tolerance_px: float) -> list[list[float]]:
    points = cv2.approxPolyDP(np.asarray(ring, dtype=np.float32), tolerance_px, closed=True)
    rounded: list[list[float]] = points[:, 0].astype(np.float64).round(1).tolist()
    return rounded
