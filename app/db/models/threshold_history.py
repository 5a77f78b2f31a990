"""Who changed the score thresholds of a checkpoint, and how."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, UtcDateTime, utc_now, word
from app.db.enums import Speed


class ThresholdRevision(Base):
    """One change: what held for every label before and after, at the speed that it was made at."""

    __tablename__ = "threshold_revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id", ondelete="CASCADE"), index=True)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    speed: Mapped[Speed] = mapped_column(word(Speed))
    optimized_before: Mapped[bool]
    optimized_after: Mapped[bool]
    values_before: Mapped[dict[str, float]] = mapped_column(JSON)  # by label
    values_after: Mapped[dict[str, float]] = mapped_column(JSON)
