"""Batches that look predicted: rows as a worker would have left them, with masks written out in the test."""

from collections.abc import Mapping, Sequence

import numpy as np

from app.batches import lifecycle
from app.batches.lifecycle import ImageResult
from app.batches.packing import pack_predictions
from app.db.engine import session_scope
from app.db.enums import BatchStatus, CheckpointKind, Speed
from app.db.models import Batch, BatchDrafts, BatchImage, Image
from app.db.totals import add_to_project
from app.inference.prediction import Prediction

WIDTH, HEIGHT = 12, 8
THRESHOLDS = {"fig": 0.4, "nut": 0.6}
ALL_SPEEDS = tuple(Speed)


def add_image(project_id: int, name: str) -> int:
    """An image's row in the project; no file."""
    with session_scope() as session:
        image = Image(
            project_id=project_id,
            name=name,
            width=WIDTH,
            height=HEIGHT,
            byte_size=1,
            media_type="image/png",
            content_hash="0" * 64,
            storage_key=f"none/{name}",
            thumbnail_key=f"none/{name}",
        )
        session.add(image)
        session.flush()
        add_to_project(session, project_id, images=1)
        return image.id


def add_batch(
    project_id: int,
    images: Sequence[tuple[str, int | None]],
    *,
    model_id: int | None = None,
    speed: Speed = Speed.SLOW,
    thresholds: Mapping[str, float] = THRESHOLDS,
    with_drafts: bool = False,
) -> int:
    """A batch that waits for a worker, over images given by name and id; without ids it is over files."""
    with session_scope() as session:
        batch = Batch(
            project_id=project_id,
            model_id=model_id,
            model_name="m",
            checkpoint=CheckpointKind.BEST,
            speed=speed,
            export_prefix="none",
            thresholds=dict(thresholds),
            of_project=all(image_id is not None for _, image_id in images),
            storage_prefix="",
            image_count=len(images),
            done_count=0,
        )
        session.add(batch)
        session.flush()
        for position, (name, image_id) in enumerate(images, start=1):
            row = BatchImage(batch_id=batch.id, position=position, name=name, image_id=image_id)
            row.width, row.height, row.storage_key = WIDTH, HEIGHT, f"none/{name}"
            session.add(row)
        if with_drafts:
            session.add(BatchDrafts(batch_id=batch.id))
        return batch.id


def finish_batch(batch_id: int, found: Sequence[Sequence[Prediction]]) -> None:
    """Have a worker find these objects in the images of a batch, one after the other."""
    with session_scope() as session:
        claim = lifecycle.claim_next(session, "desk:1:a", ALL_SPEEDS)
        assert claim is not None
        assert claim.lease.batch_id == batch_id
        lifecycle.report(session, claim.lease, [result(place, some) for place, some in enumerate(found, start=1)])
        lifecycle.finish(session, claim.lease, kept_days=30)
        assert session.get_one(Batch, batch_id).status is BatchStatus.READY


def result(position: int, found: Sequence[Prediction]) -> ImageResult:
    """What a worker writes of an image."""
    packed = pack_predictions(found, height=HEIGHT, width=WIDTH)
    count = sum(one.score >= THRESHOLDS[one.class_name] for one in found)
    return ImageResult(position, count, packed)


def square(class_name: str, score: float, left: int, top: int, *, side: int = 4) -> Prediction:
    """An object that is a square but for its lower right pixel."""
    mask = np.ones((side, side), dtype=np.bool_)
    mask[-1, -1] = False
    return Prediction(class_name, score, (left, top, left + side, top + side), mask)


def whole_mask(prediction: Prediction) -> np.ndarray:
    """The pixels of an object in its image."""
    x0, y0, x1, y1 = prediction.box_xyxy
    mask = np.zeros((HEIGHT, WIDTH), dtype=np.bool_)
    mask[y0:y1, x0:x1] = prediction.mask
    return mask
