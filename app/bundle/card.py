"""The model card: what a model was trained on, what it is worth, and what it was made with."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.db.enums import Speed, Split
from app.db.models import Checkpoint, Model
from app.inference.model_meta import ModelMeta
from app.predictions.schemas import FiguresSchema
from app.statistics.schemas import GlobalStatistics, LabelStatistics, PrecisionRecallCurve
from app.training.snapshot import Snapshot

COMPUTES_IN = {
    Speed.SLOW: "32-bit floating point",
    Speed.MEDIUM: "bfloat16",
    Speed.FAST: "8-bit integers, calibrated on training images",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What stored predictions on the validation set say at the bundle's thresholds and an IoU threshold of 0.5."""

    total: GlobalStatistics
    labels: tuple[LabelStatistics, ...]
    curves: Mapping[str, PrecisionRecallCurve]


def model_card(
    model: Model,
    checkpoint: Checkpoint,
    meta: ModelMeta,
    *,
    project_name: str,
    speed: Speed,
    measured: FiguresSchema,
    frozen: Snapshot | None,
    figures: Figures | None,
    packages: Mapping[str, str],
) -> dict[str, Any]:
    """Everything as JSON; model-card.md says the same in words.

    Args:
        measured: What the server that made the bundle found out about the speed.
        frozen: The labels that the training read, where they are still stored.
        figures: Where predictions are stored.
        packages: Versions of what the bundle's server runs with.
    """
    return {
        "model": {
            "id": model.id,
            "name": model.name,
            "project": {"id": model.project_id, "name": project_name},
            "size": model.size.value,
            "image_size": meta.image_size,
            "checkpoint": checkpoint.kind.value,
            "step": checkpoint.step,
            "trained_s": checkpoint.elapsed_s,
            "saved_at": checkpoint.saved_at.isoformat(timespec="seconds"),
            "initialised_from": model.initialised_from,
            "settings": model.config,
        },
        "data": {
            "training_images": model.training_image_count,
            "validation_images": model.validation_image_count,
            "objects": _objects_by_label(frozen),
        },
        "speed": {
            "name": speed.value,
            "computes_in": COMPUTES_IN[speed],
            **measured.model_dump(mode="json", include={"latency_ms", "relative_latency", "device", "measured_at"}),
        },
        "figures": None if figures is None else figures.total.model_dump(exclude={"reasons"}),
        "labels": [_label(name, meta, figures) for name in meta.class_names],
        "versions": {"training": dict(meta.library_versions), "server": dict(packages)},
        "difference_from_torch": None if meta.torch_comparison is None else asdict(meta.torch_comparison),
    }


def _objects_by_label(frozen: Snapshot | None) -> dict[str, dict[str, int]] | None:
    if frozen is None:
        return None
    counts = {
        split: Counter(instance.class_name for image in frozen.of_split(split) for instance in image.instances)
        for split in Split
    }
    return {name: {split.value: counts[split][name] for split in Split} for name in frozen.class_names}


def _label(name: str, meta: ModelMeta, figures: Figures | None) -> dict[str, Any]:
    threshold = meta.score_thresholds[name]
    of_label = next((one for one in figures.labels if one.label == name), None) if figures else None
    if of_label is None:
        return {"label": name, "threshold": threshold}
    return of_label.model_dump(include={"label", "threshold", "count", "ap", "ap_at_iou", "precision", "recall", "f1"})
