"""Batches: predictions on many images, made by a worker and kept for a while."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, UtcDateTime, utc_now, word
from app.db.enums import BatchStatus, CheckpointKind, Speed


class Batch(Base):
    """One request for predictions. This row is the truth about the job; a queue message only rings the bell.

    What it predicts with is written down when it is asked for, so that it stays true whatever becomes of the model.
    """

    __tablename__ = "batches"
    __table_args__ = (Index("ix_batches_status", "status", "id"), NEVER_REUSE_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    model_id: Mapped[int | None] = mapped_column(ForeignKey("models.id", ondelete="SET NULL"), index=True)
    model_name: Mapped[str] = mapped_column(String(100))
    checkpoint: Mapped[CheckpointKind] = mapped_column(word(CheckpointKind))
    speed: Mapped[Speed] = mapped_column(word(Speed))
    export_prefix: Mapped[str] = mapped_column(String(200))
    thresholds: Mapped[dict[str, float]] = mapped_column(JSON)  # of every class, in the model's order
    of_project: Mapped[bool]  # over images of the project; else over files that came with the request
    storage_prefix: Mapped[str] = mapped_column(String(200))  # where those files lie
    status: Mapped[BatchStatus] = mapped_column(word(BatchStatus), default=BatchStatus.QUEUED)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of the first attempt
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # set when it has ended

    attempt: Mapped[int] = mapped_column(default=0)  # grows with every claim; reports carry it
    worker_id: Mapped[str | None] = mapped_column(String(80), index=True)
    lease_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deaths: Mapped[int] = mapped_column(default=0)  # workers lost since the last image that was done
    image_count: Mapped[int]
    done_count: Mapped[int]
    error: Mapped[str | None] = mapped_column(Text)


class BatchImage(Base):
    """One image of a batch and what was found in it."""

    __tablename__ = "batch_images"
    __table_args__ = (Index("ix_batch_images_batch_id_is_done", "batch_id", "is_done", "position"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1
    name: Mapped[str] = mapped_column(String(500))
    image_id: Mapped[int | None] = mapped_column(ForeignKey("images.id", ondelete="SET NULL"), index=True)
    width: Mapped[int]  # upright; 0 of a file that was refused
    height: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(50), default="")
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    storage_key: Mapped[str | None] = mapped_column(String(200))
    thumbnail_key: Mapped[str | None] = mapped_column(String(200))
    is_done: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str | None] = mapped_column(Text)
    prediction_count: Mapped[int | None]  # at or above the batch's thresholds
    predictions: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # app/batches/packing.py


class BatchDrafts(Base):
    """The draft labels that somebody wants of a batch: from which score on, how far they are, and what was made."""

    __tablename__ = "batch_drafts"

    batch_id: Mapped[int] = mapped_column(
        ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    min_score: Mapped[float | None]  # of every class; None leaves it to the batch's thresholds
    position: Mapped[int] = mapped_column(default=0)  # of the last image that is through
    is_made: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str | None] = mapped_column(Text)
    drafts: Mapped[int] = mapped_column(default=0)
    images: Mapped[int] = mapped_column(default=0)
    replaced: Mapped[int] = mapped_column(default=0)
    skipped_labeled: Mapped[int] = mapped_column(default=0)
    skipped_rejected: Mapped[int] = mapped_column(default=0)
    labels_created: Mapped[list[str]] = mapped_column(JSON, default=list)
