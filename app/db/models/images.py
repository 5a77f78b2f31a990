"""Images, label classes and the instances that people draw."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    or_,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, UtcDateTime, utc_now, word
from app.db.enums import RevisionCause

# Compared byte by byte on both databases: one order of names everywhere, and a folder's names are a range of an index.
_BYTEWISE = String(500).with_variant(String(500, collation="C"), "postgresql")

_BYTEWISE_TEXT = Text().with_variant(Text(collation="C"), "postgresql")

_WITH_DRAFTS = text("draft_count > 0")
_UNKNOWN_LOOK = text("fingerprint IS NULL")  # few images or none, so that looking for them costs nothing


def _folder(context: DefaultExecutionContext) -> str:
    name: str = context.get_current_parameters()["name"]  # type: ignore[no-untyped-call]
    return name.rpartition("/")[0]


def _folded_name(context: DefaultExecutionContext) -> str:
    name: str = context.get_current_parameters()["name"]  # type: ignore[no-untyped-call]
    return name.casefold()


class LabelClass(Base):
    __tablename__ = "label_classes"
    __table_args__ = (UniqueConstraint("project_id", "name"), NEVER_REUSE_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    color: Mapped[str] = mapped_column(String(7))  # "#E69F00"
    position: Mapped[int] = mapped_column(default=0)  # order in lists and number keys
    image_count: Mapped[int] = mapped_column(default=0)  # kept with every change: app/db/totals.py
    instance_count: Mapped[int] = mapped_column(default=0)


class Image(Base):
    """An uploaded picture. Width and height are those after its EXIF orientation is applied."""

    __tablename__ = "images"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        Index("ix_images_project_id_id", "project_id", "id"),
        Index("ix_images_project_id_name_folded", "project_id", "name_folded", "id"),
        Index("ix_images_project_id_folder", "project_id", "folder", "id"),
        Index("ix_images_project_id_created_at", "project_id", "created_at", "id"),
        Index("ix_images_project_id_uploaded_by", "project_id", "uploaded_by", "id"),
        Index("ix_images_project_id_changed_at", "project_id", "changed_at", "id"),
        Index("ix_images_project_id_instance_count", "project_id", "instance_count", "id"),
        Index("ix_images_project_id_in_validation", "project_id", "in_validation", "id"),
        Index("ix_images_without_fingerprint", "id", sqlite_where=_UNKNOWN_LOOK, postgresql_where=_UNKNOWN_LOOK),
        Index(
            "ix_images_with_drafts",
            "project_id",
            "draft_certainty",
            "id",
            sqlite_where=_WITH_DRAFTS,
            postgresql_where=_WITH_DRAFTS,
        ),
        NEVER_REUSE_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(_BYTEWISE)  # with its folders inside an uploaded zip
    folder: Mapped[str] = mapped_column(_BYTEWISE, default=_folder)  # the name up to its last slash
    # The name for searching in any case: neither database's lower() knows more than ASCII here.
    name_folded: Mapped[str] = mapped_column(_BYTEWISE_TEXT, default=_folded_name)
    width: Mapped[int]
    height: Mapped[int]
    byte_size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(50))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)  # SHA-256 of the file as uploaded
    storage_key: Mapped[str] = mapped_column(String(200))
    thumbnail_key: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[int | None] = mapped_column(BigInteger)  # app/images/fingerprints.py; null until it is made
    in_validation: Mapped[bool] = mapped_column(default=False)
    is_background: Mapped[bool] = mapped_column(default=False)  # a person said that nothing is to be labeled on it
    revision: Mapped[int] = mapped_column(default=0)  # grows with every save of its instances
    instance_count: Mapped[int] = mapped_column(default=0)
    draft_count: Mapped[int] = mapped_column(default=0)  # of open drafts: app/db/draft_totals.py
    draft_certainty: Mapped[float] = mapped_column(default=1.0)  # the mean of |2 score - 1| over them; 1 without any
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)  # its instances or its marks

    @hybrid_property
    def is_labeled(self) -> bool:
        """Whether a person has dealt with it: it has instances, or is background."""
        return self.instance_count > 0 or self.is_background

    @is_labeled.inplace.expression
    @classmethod
    def _is_labeled(cls) -> ColumnElement[bool]:
        return or_(cls.instance_count > 0, cls.is_background)


class Instance(Base):
    """One object of an image. The browser makes the id, so a repeated save writes the same row."""

    __tablename__ = "instances"

    image_id: Mapped[int] = mapped_column(ForeignKey("images.id", ondelete="CASCADE"), primary_key=True)
    instance_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("label_classes.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)  # drawing order, lowest first
    polygons: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))  # as contract.md has them
    rle_counts: Mapped[str | None] = mapped_column(Text)  # COCO compressed RLE of the whole image
    crowd: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(120), default="manual")


class ImageClassCount(Base):
    """How many instances of a class an image has: kept with every save, so that filters and counts need no scan."""

    __tablename__ = "image_class_counts"
    __table_args__ = (Index("ix_image_class_counts_class_id", "class_id", "image_id"),)

    image_id: Mapped[int] = mapped_column(ForeignKey("images.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("label_classes.id", ondelete="CASCADE"), primary_key=True)
    instance_count: Mapped[int]


class ImageRevision(Base):
    """What one save of an image's instances changed: enough to go back from the state after it to the one before."""

    __tablename__ = "image_revisions"
    __table_args__ = (Index("ix_image_revisions_saved_on", "saved_on", "image_id"),)

    image_id: Mapped[int] = mapped_column(ForeignKey("images.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # the one that the save led to
    came_from: Mapped[int]  # the revision before; further back where saves of a day were put together
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_on: Mapped[date]  # its day in UTC
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    cause: Mapped[RevisionCause] = mapped_column(word(RevisionCause))
    added: Mapped[int]
    changed: Mapped[int]
    deleted: Mapped[int]
    way_back: Mapped[bytes] = mapped_column(LargeBinary)  # app/labels/revision_rows.py says what is in it
