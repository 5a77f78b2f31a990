"""Uploads that go on after a broken connection."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, UtcDateTime, utc_now


class Upload(Base):
    """A file that arrives in pieces by the tus protocol; its bytes lie in storage, one object a piece."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # random: who knows it is not yet allowed anything
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(500))
    upload_metadata: Mapped[str] = mapped_column(Text, default="")  # as the client sent it: the protocol gives it back
    byte_size: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)  # bytes that have arrived
    pieces: Mapped[list[str]] = mapped_column(JSON, default=list)  # the keys of their blobs, in order
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # while a request takes the whole file in
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # what became of it, once whole
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
