"""Labeled images for tests of training, as rows without files."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Image, ImageClassCount, Instance, LabelClass

SIDE_PX = 64
SQUARE = [{"exterior": [[8.0, 8.0], [40.0, 8.0], [40.0, 40.0], [8.0, 40.0]], "holes": []}]


def add_labeled_images(
    session: Session, project_id: int, labels: Sequence[str], *, in_validation: Sequence[int] = ()
) -> list[int]:
    """One image with one instance for each label; `in_validation` holds positions."""
    ids = []
    for position, label in enumerate(labels):
        image = add_image(session, project_id, f"{position}.png", in_validation=position in in_validation)
        add_instance(session, image, label)
        ids.append(image.id)
    return ids


def add_image(
    session: Session, project_id: int, name: str, *, in_validation: bool = False, is_background: bool = False
) -> Image:
    image = Image(
        project_id=project_id,
        name=name,
        width=SIDE_PX,
        height=SIDE_PX,
        byte_size=1,
        media_type="image/png",
        content_hash="0" * 64,
        storage_key=f"projects/{project_id}/images/{uuid.uuid4()}.png",
        thumbnail_key=f"projects/{project_id}/thumbnails/{uuid.uuid4()}.jpg",
        in_validation=in_validation,
        is_background=is_background,
    )
    session.add(image)
    session.flush()
    return image


def add_instance(session: Session, image: Image, label: str, *, crowd: bool = False) -> Instance:
    known = select(LabelClass).where(LabelClass.project_id == image.project_id, LabelClass.name == label)
    label_class = session.scalars(known).one_or_none()
    if label_class is None:
        label_class = LabelClass(project_id=image.project_id, name=label, color="#E69F00")
        session.add(label_class)
        session.flush()
    instance = Instance(
        image_id=image.id, instance_id=str(uuid.uuid4()), class_id=label_class.id, polygons=SQUARE, crowd=crowd
    )
    image.instance_count += 1
    session.add_all([instance, ImageClassCount(image_id=image.id, class_id=label_class.id, instance_count=1)])
    session.flush()
    return instance
