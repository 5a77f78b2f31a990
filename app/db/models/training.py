"""Models, what their training left behind, and the workers that train them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, UtcDateTime, utc_now, word
from app.db.enums import CheckpointKind, ModelSize, ModelStatus, Speed, Split


class Worker(Base):
    """A process that trains. It is alive while its heartbeat is fresh."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)  # "hostname:pid:random"
    hostname: Mapped[str] = mapped_column(String(100))
    device: Mapped[str] = mapped_column(String(200))
    memory_bytes: Mapped[int | None] = mapped_column(BigInteger)  # of the GPU, else of the machine
    gpu_count: Mapped[int] = mapped_column(default=0)  # that a training here uses
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    heartbeat_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Model(Base):
    """One training and what it made. This row is the truth about the job; a queue message only rings the bell."""

    __tablename__ = "models"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        Index("ix_models_status", "status", "queue_position"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    size: Mapped[ModelSize] = mapped_column(word(ModelSize))
    status: Mapped[ModelStatus] = mapped_column(word(ModelStatus), default=ModelStatus.QUEUED)
    config: Mapped[dict[str, Any]] = mapped_column(JSON)  # TrainingConfig of app/training/schemas.py
    class_names: Mapped[list[str]] = mapped_column(JSON)  # as called when training began, in the model's order
    snapshot_key: Mapped[str] = mapped_column(String(200))  # frozen labels and split, in storage
    training_image_count: Mapped[int]
    validation_image_count: Mapped[int]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of the first attempt
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    queue_position: Mapped[int] = mapped_column(default=0)
    rung_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when workers were last told of it
    attempt: Mapped[int] = mapped_column(default=0)  # grows with every claim; reports carry it
    worker_id: Mapped[str | None] = mapped_column(ForeignKey("workers.id", ondelete="SET NULL"), index=True)
    lease_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deaths_since_checkpoint: Mapped[int] = mapped_column(default=0)  # workers lost since the last saved state
    stop_requested: Mapped[bool] = mapped_column(default=False)

    step: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)  # 0-1
    elapsed_s: Mapped[float] = mapped_column(default=0.0)
    eta_s: Mapped[float | None]
    initialised_from: Mapped[str | None] = mapped_column(Text)  # in plain words
    device: Mapped[str | None] = mapped_column(String(200))  # of the worker that claimed it last
    images_per_second: Mapped[float | None]  # trained on, evaluations included: later time estimates go by it
    default_speed: Mapped[Speed] = mapped_column(word(Speed), default=Speed.SLOW)  # of predictions that name none
    error: Mapped[str | None] = mapped_column(Text)


class CurvePoint(Base):
    __tablename__ = "curve_points"

    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    elapsed_s: Mapped[float]
    train_loss: Mapped[float | None]
    validation_loss: Mapped[float | None]
    validation_class_loss: Mapped[float | None]  # its part that is cross-entropy of the classes
    validation_accuracy: Mapped[float | None]
    mean_ap: Mapped[float | None]
    ap50: Mapped[float | None]
    learning_rate: Mapped[float]
    is_best: Mapped[bool] = mapped_column(default=False)


class ModelLogLine(Base):
    __tablename__ = "model_log_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    message: Mapped[str] = mapped_column(Text)


class Checkpoint(Base):
    """A saved training state, best or last. `export_prefix` is set once it can predict without torch."""

    __tablename__ = "checkpoints"
    __table_args__ = (UniqueConstraint("model_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"))
    kind: Mapped[CheckpointKind] = mapped_column(word(CheckpointKind))
    step: Mapped[int]
    elapsed_s: Mapped[float]
    mean_ap: Mapped[float | None]
    ap50: Mapped[float | None]
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    state_key: Mapped[str] = mapped_column(String(200))
    export_prefix: Mapped[str | None] = mapped_column(String(200))
    export_difference: Mapped[float | None]  # largest difference of a score from torch's
    thresholds_optimized: Mapped[bool] = mapped_column(default=True)


class Threshold(Base):
    """A label's score threshold: one optimized for each speed, and one by hand that holds for every speed."""

    __tablename__ = "thresholds"
    __table_args__ = (UniqueConstraint("checkpoint_id", "class_name", "speed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id", ondelete="CASCADE"))
    class_name: Mapped[str] = mapped_column(String(100))
    speed: Mapped[Speed | None] = mapped_column(word(Speed))  # none: set by hand
    score_threshold: Mapped[float]


class PredictionSet(Base):
    """What a checkpoint predicted on a split, with the ground truth's IoUs: columns in one blob of storage."""

    __tablename__ = "prediction_sets"
    __table_args__ = (UniqueConstraint("checkpoint_id", "split", "speed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id", ondelete="CASCADE"))
    split: Mapped[Split] = mapped_column(word(Split))
    speed: Mapped[Speed] = mapped_column(word(Speed))
    storage_key: Mapped[str] = mapped_column(String(200))
    prediction_count: Mapped[int]


class SpeedFigures(Base):
    """What a checkpoint is worth at a speed, and how long an image took where it was measured."""

    __tablename__ = "speed_figures"

    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id", ondelete="CASCADE"), primary_key=True)
    speed: Mapped[Speed] = mapped_column(word(Speed), primary_key=True)
    mean_ap: Mapped[float | None]  # on the validation images, of the stored predictions
    ap50: Mapped[float | None]
    latency_ms: Mapped[float]  # median of an image
    relative_latency: Mapped[float]  # to slow, measured in turns with it
    device: Mapped[str] = mapped_column(String(200))
    measured_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
