"""What people did about the errors that a model showed."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, UtcDateTime, utc_now, word
from app.db.enums import FindingKind, FixAction


class Fix(Base):
    """The decision on one finding of a model; a later one takes its place."""

    __tablename__ = "fixes"
    __table_args__ = (UniqueConstraint("model_id", "finding"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"))
    finding: Mapped[str] = mapped_column(String(100))  # its key: app/fixes/findings.py
    kind: Mapped[FindingKind] = mapped_column(word(FindingKind))
    action: Mapped[FixAction] = mapped_column(word(FixAction))
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id", ondelete="CASCADE"), index=True)
    instance_id: Mapped[str | None] = mapped_column(String(36))
    revision: Mapped[int | None]  # of the image, that the save with the fix led to; null where it was dismissed
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
