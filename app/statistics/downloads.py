"""Predictions and figures as files."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app.downloads import file_name
from app.inference.postprocess import one_bit_png
from app.masks.prediction_table import ImagePredictions
from app.masks.rle import box_xywh, decode_rle
from app.projects.repository import get_project
from app.statistics import repository
from app.statistics.judged_images import Judged
from app.statistics.loading import Loaded
from app.statistics.schemas import Figures, Statistics

FORMAT_VERSION = 1
CSV_COLUMNS = (
    "label",
    "images",
    "objects",
    "threshold",
    "correct",
    "incorrect",
    "missed",
    "precision",
    "recall",
    "f1",
    "accuracy",
    "ap_at_iou",
    "ap",
)
ALL_LABELS = "(all labels)"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run such a label


def name_download(session: Session, loaded: Loaded, what: str, *, suffix: str) -> str:
    """What a file with a model's predictions or figures is called."""
    project_name = get_project(session, loaded.model.project_id).name
    choice = loaded.choice
    return file_name(project_name, loaded.model.name, choice.kind, choice.split, what, suffix=suffix)


def coco_results(session: Session, loaded: Loaded) -> Iterator[str]:
    """Every stored prediction as a JSON array of COCO results, piece by piece; ids as in the COCO export."""
    ids = category_ids(session, loaded.model.project_id, loaded.class_names)
    yield "["
    separator = ""
    for image in loaded.images:
        for index, counts in enumerate(image.rle_counts):
            result = {
                "image_id": image.image_id,
                "category_id": ids[int(image.overlaps.prediction_classes[index])],
                "segmentation": {"size": [image.height, image.width], "counts": counts},
                "bbox": list(box_xywh(image.rle(index))),
                "score": float(image.overlaps.scores[index]),
            }
            yield separator + json.dumps(result)
            separator = ",\n"
    yield "]"


def maskwright_json(session: Session, loaded: Loaded) -> Iterator[str]:
    """Our own JSON: what every prediction and object was judged to be, and by what thresholds, piece by piece."""
    head = {
        "format": "maskwright-predictions",
        "version": FORMAT_VERSION,
        "model": {"id": loaded.model.id, "name": loaded.model.name},
        "split": loaded.choice.split,
        "checkpoint": loaded.choice.kind,
        "speed": loaded.choice.speed,
        "iou_threshold": loaded.choice.iou_threshold,
        "thresholds": dict(loaded.thresholds),
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "images": ['
    judged = Judged(loaded, label=None)
    names = repository.image_names(session, [image.image_id for image in loaded.images])
    for place in range(len(loaded.images)):
        yield (",\n" if place else "\n") + judged.image(place, names, only=None).model_dump_json()
    yield "]}"


def category_ids(session: Session, project_id: int, class_names: Sequence[str]) -> list[int]:
    """Our label ids, as the COCO export has them; labels renamed or deleted since get numbers that no label has."""
    known = repository.class_ids(session, project_id)
    free = max(known.values(), default=0) + 1
    return [known.get(name, free + place) for place, name in enumerate(class_names)]


def masks_archive(loaded: Loaded) -> bytes:
    """A zip with a PNG for each prediction at or above its threshold, in a folder for each image."""
    file = io.BytesIO()
    thresholds = loaded.score_thresholds
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for image in loaded.images:
            rows: list[dict[str, Any]] = []
            kept = image.overlaps.scores >= thresholds[image.overlaps.prediction_classes]
            for index in np.flatnonzero(kept).tolist():
                name = f"{image.image_id}/mask_{len(rows) + 1:04}.png"
                archive.writestr(name, one_bit_png(decode_rle(image.rle(index))))
                rows.append(_named(loaded, image, index) | {"file": name})
            archive.writestr(f"{image.image_id}/predictions.json", json.dumps(rows, ensure_ascii=False))
    return file.getvalue()


def statistics_csv(statistics: Statistics) -> str:
    """The table of the labels, and all of them together in the last line; what is not defined is empty."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(CSV_COLUMNS)
    for row in statistics.labels:
        head = [_safe(row.label), row.images, row.count, row.threshold]
        writer.writerow([*head, *_numbers(row), row.ap_at_iou, row.ap])
    total = statistics.global_
    head = [ALL_LABELS, statistics.images, statistics.instances, None]
    writer.writerow([*head, *_numbers(total), total.map_at_iou, total.map])
    return file.getvalue()


def _numbers(figures: Figures) -> Sequence[float | None]:
    return (
        figures.true_positives,
        figures.false_positives,
        figures.false_negatives,
        figures.precision,
        figures.recall,
        figures.f1,
        figures.accuracy,
    )


def _safe(label: str) -> str:
    return f"'{label}" if label.startswith(_FORMULA_STARTS) else label


def _named(loaded: Loaded, image: ImagePredictions, index: int) -> dict[str, Any]:
    label = loaded.class_names[image.overlaps.prediction_classes[index]]
    return {"label": label, "score": float(image.overlaps.scores[index])}
