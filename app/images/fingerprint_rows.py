"""The rows that fingerprints are in."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, column, func, select, table, update
from sqlalchemy.orm import Session

from app.db.models import Image


class Unfingerprinted(NamedTuple):
    """An image whose fingerprint is to be made of its thumbnail."""

    image_id: int
    thumbnail_key: str


def list_unfingerprinted(session: Session, *, limit: int) -> list[Unfingerprinted]:
    """Images without a fingerprint, of all projects, by id."""
    query = select(Image.id, Image.thumbnail_key).where(Image.fingerprint.is_(None))
    return [Unfingerprinted(*row) for row in session.execute(query.order_by(Image.id).limit(limit))]


def set_fingerprints(session: Session, fingerprints: Mapping[int, int]) -> None:
    """Write fingerprints by image id; images that were deleted meanwhile are passed over."""
    rows = [{"image_id": image_id, "value": value} for image_id, value in fingerprints.items()]
    images = table(Image.__tablename__, column("id"), column("fingerprint"))  # not the ORM's, which counts the rows
    statement = update(images).where(images.c.id == bindparam("image_id")).values(fingerprint=bindparam("value"))
    session.execute(statement, rows)


def list_fingerprints(session: Session, project_id: int) -> dict[int, int]:
    """The fingerprints of a project's images, by id; those without one are left out."""
    query = select(Image.id, Image.fingerprint).where(Image.project_id == project_id)
    return {image_id: value for image_id, value in session.execute(query.order_by(Image.id)) if value is not None}


def count_unfingerprinted(session: Session, project_id: int) -> int:
    query = select(func.count(Image.id)).where(Image.project_id == project_id, Image.fingerprint.is_(None))
    return session.scalar(query) or 0
