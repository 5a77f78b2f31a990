"""Draft labels: what a model predicted, for people to accept or reject."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, UtcDateTime, utc_now

_REJECTED_TOGETHER = text("rejection_id IS NOT NULL")


class DraftInstance(Base):
    """A predicted object of an image. It is open while it is not rejected and no instance of the image has its id."""

    __tablename__ = "draft_instances"
    __table_args__ = (
        Index("ix_draft_instances_image_id", "image_id", "is_rejected"),
        Index(
            "ix_draft_instances_rejection_id",
            "rejection_id",
            sqlite_where=_REJECTED_TOGETHER,
            postgresql_where=_REJECTED_TOGETHER,
        ),
    )

    draft_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id", ondelete="CASCADE"))
    class_id: Mapped[int] = mapped_column(ForeignKey("label_classes.id", ondelete="CASCADE"), index=True)
    model_id: Mapped[int | None] = mapped_column(ForeignKey("models.id", ondelete="SET NULL"), index=True)
    source: Mapped[str] = mapped_column(String(120))  # what the instance's source will be
    score: Mapped[float]
    rle_counts: Mapped[str] = mapped_column(Text)  # COCO compressed RLE of the whole image
    is_rejected: Mapped[bool] = mapped_column(default=False)
    rejection_id: Mapped[str | None] = mapped_column(String(36))  # of the call that rejected many, to take it back
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
