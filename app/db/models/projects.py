"""Projects and who may work in them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, UtcDateTime, utc_now, word
from app.db.enums import Role


class Project(Base):
    __tablename__ = "projects"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)  # images, labels or models changed
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # out of the way, not gone
    strip_location: Mapped[bool] = mapped_column(default=False)  # take GPS metadata out of uploaded files
    # Kept with every change, so that pages need not count a hundred thousand rows: app/db/totals.py.
    image_count: Mapped[int] = mapped_column(default=0)
    labeled_count: Mapped[int] = mapped_column(default=0)
    validation_count: Mapped[int] = mapped_column(default=0)


class Membership(Base):
    __tablename__ = "memberships"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[Role] = mapped_column(word(Role))
