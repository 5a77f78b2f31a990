"""A model that looks trained: the rows and files that a worker would have written."""

from pathlib import Path

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, ModelSize, ModelStatus, Speed, Split
from app.db.models import Checkpoint, Model, PredictionSet, Threshold
from app.masks.prediction_table import PredictionTable, prediction_table_to_bytes
from app.storage.blobs import get_blob_store
from app.training.model_files import store_export
from app.training.snapshot import TrainingConfig

CLASS_NAMES = ["fig", "nut"]
IMAGE_SIZE = 64
OPTIMIZED = {"fig": 0.4, "nut": 0.6}
CONFIG = TrainingConfig(
    image_size=IMAGE_SIZE,
    train_minutes=1,
    stop_minutes=1,
    use_validation_set=True,
    validation_percent=20,
    learning_rate=None,
    seed=0,
    max_steps=None,
)


def store_trained_model(
    project_id: int,
    *,
    name: str = "m",
    exports: dict[CheckpointKind, Path] | None = None,
    tables: dict[Split, PredictionTable] | None = None,
    class_names: list[str] = CLASS_NAMES,
    optimized: dict[str, float] = OPTIMIZED,
) -> int:
    """Write a ready model's rows and files: its exported checkpoints, what they predicted, its thresholds."""
    with session_scope() as session:
        model = Model(
            project_id=project_id,
            name=name,
            size=ModelSize.SMALL,
            status=ModelStatus.READY,
            config=CONFIG.to_dict(),
            class_names=class_names,
            snapshot_key="none",
            training_image_count=_image_count(tables, Split.TRAINING),
            validation_image_count=_image_count(tables, Split.VALIDATION),
        )
        session.add(model)
        session.flush()
        for step, kind in enumerate(CheckpointKind, start=1):
            prefix = f"projects/{project_id}/models/{model.id}/{kind}-{step}"
            if exports:
                store_export(get_blob_store(), prefix, exports[kind])
            checkpoint = Checkpoint(
                model_id=model.id,
                kind=kind,
                step=step,
                elapsed_s=10.0 * step,
                mean_ap=0.5,
                ap50=0.8,
                state_key="none",
                export_prefix=prefix,
            )
            session.add(checkpoint)
            session.flush()
            for label, threshold in optimized.items():
                row = Threshold(
                    checkpoint_id=checkpoint.id, class_name=label, speed=Speed.SLOW, score_threshold=threshold
                )
                session.add(row)
            for split, table in (tables or {}).items():
                key = f"{prefix}/{split}.npz"
                get_blob_store().put_bytes(key, prediction_table_to_bytes(table))
                session.add(
                    PredictionSet(
                        checkpoint_id=checkpoint.id,
                        split=split,
                        speed=Speed.SLOW,
                        storage_key=key,
                        prediction_count=table.prediction_count,
                    )
                )
        return model.id


def _image_count(tables: dict[Split, PredictionTable] | None, split: Split) -> int:
    return len(tables[split].images) if tables and split in tables else 1
