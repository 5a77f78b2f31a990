"""How long people worked on images."""

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class LabelingTime(Base):
    """The active time of one person on one image in one day; the time stays when the image is deleted."""

    __tablename__ = "labeling_time"
    __table_args__ = (
        UniqueConstraint("user_id", "image_id", "day"),
        Index("ix_labeling_time_project_id_day", "project_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    image_id: Mapped[int | None] = mapped_column(ForeignKey("images.id", ondelete="SET NULL"), index=True)
    day: Mapped[date]  # in UTC
    seconds: Mapped[float]
