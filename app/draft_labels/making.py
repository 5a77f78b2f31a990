"""Making draft labels of a batch's predictions: by the worker that ends the batch, or by the server when asked."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from app.batches import lifecycle
from app.batches.packing import StoredPrediction, at_least, unpack_predictions
from app.db.draft_totals import recount_drafts
from app.db.models import Batch, BatchDrafts, BatchImage
from app.db.totals import touch_project
from app.draft_labels import repository
from app.draft_labels.repository import StoredDraft
from app.labels import repository as labels
from app.masks.instance import Instance, Rle
from app.masks.iou import mask_iou
from app.masks.raster import instance_to_rle

IMAGES_AT_ONCE = 100  # of one transaction
SAME_OBJECT_IOU = 0.7  # two outlines of one object differ less, neighbours that touch overlap less


def make_next(session: Session, batch: Batch) -> bool:
    """Make draft labels of the next images of a batch over a project, in place of those that are open there.

    What was made is noted in the same transaction: whoever goes on after a death makes nothing twice. A portion of
    images is one transaction, so that nobody who saves meanwhile waits for all of them.

    Args:
        batch: Locked, so that it is not deleted meanwhile; somebody wants drafts of it.
    Returns:
        Whether there may be more.
    """
    drafts = lifecycle.lock_drafts(session, batch.id)
    some = lifecycle.list_predicted_images(session, batch.id, after=drafts.position, limit=IMAGES_AT_ONCE)
    if not some:
        drafts.is_made, drafts.error = True, None
        return False
    _make_for(session, batch, {image.image_id: image for image in some if image.image_id is not None}, drafts)
    drafts.position = some[-1].position
    return True


def _make_for(session: Session, batch: Batch, images: Mapping[int, BatchImage], drafts: BatchDrafts) -> None:
    present = labels.lock_images(session, list(images))
    wanted = {
        image_id: at_least(_unpacked(images[image_id]), batch.thresholds, min_score=drafts.min_score)
        for image_id in present
    }
    drafts.replaced += repository.delete_open(session, list(present))
    new = _without_known(session, images, wanted, drafts)
    class_ids = _class_ids(session, batch.project_id, new, drafts)
    source = f"model:{batch.model_name}"
    repository.add_drafts(
        session,
        (
            StoredDraft(
                draft_id=str(uuid.uuid4()),
                image_id=image_id,
                class_id=class_ids[one.class_name],
                class_name=one.class_name,
                source=source,
                score=one.score,
                rle_counts=one.rle.counts,
            )
            for image_id, found in new.items()
            for one in found
        ),
        model_id=batch.model_id,
    )
    recount_drafts(session, list(present))
    touch_project(session, batch.project_id)
    drafts.drafts += sum(len(found) for found in new.values())
    drafts.images += sum(1 for found in new.values() if found)


def _unpacked(image: BatchImage) -> list[StoredPrediction]:
    assert image.predictions is not None
    return unpack_predictions(image.predictions, height=image.height, width=image.width)


def _without_known(
    session: Session,
    images: Mapping[int, BatchImage],
    wanted: Mapping[int, Sequence[StoredPrediction]],
    drafts: BatchDrafts,
) -> dict[int, list[StoredPrediction]]:
    """Leave out what lies on an object of the same label, or on a draft of it that somebody rejected."""
    instances = labels.list_instances(session, list(wanted))
    rejected = repository.list_rejected(session, list(wanted))
    new: dict[int, list[StoredPrediction]] = {}
    for image_id, predictions in wanted.items():
        size = (images[image_id].height, images[image_id].width)
        labeled = _masks_of(instances.get(image_id, ()), *size)
        refused: dict[str, list[Rle]] = defaultdict(list)
        for draft in rejected.get(image_id, ()):
            refused[draft.class_name].append(Rle.from_encoder(size, draft.rle_counts))
        unlabeled = _apart_from(predictions, labeled)
        new[image_id] = _apart_from(unlabeled, refused)
        drafts.skipped_labeled += len(predictions) - len(unlabeled)
        drafts.skipped_rejected += len(unlabeled) - len(new[image_id])
    return new


def _masks_of(instances: Sequence[Instance], height: int, width: int) -> dict[str, list[Rle]]:
    """The masks of single objects, by class."""
    masks: dict[str, list[Rle]] = defaultdict(list)
    for instance in instances:
        if not instance.crowd:
            masks[instance.class_name].append(instance_to_rle(instance, height, width))
    return masks


def _apart_from(predictions: Sequence[StoredPrediction], known: Mapping[str, Sequence[Rle]]) -> list[StoredPrediction]:
    """Those that overlap none of the masks of their label."""
    kept = []
    for one in predictions:
        masks = known.get(one.class_name, ())
        if not masks or mask_iou([one.rle], masks, [False] * len(masks)).max() < SAME_OBJECT_IOU:
            kept.append(one)
    return kept


def _class_ids(
    session: Session, project_id: int, new: Mapping[int, Sequence[StoredPrediction]], drafts: BatchDrafts
) -> dict[str, int]:
    """The project's classes by name; those that are missing are made."""
    names = dict.fromkeys(one.class_name for found in new.values() for one in found)
    known = {one.name for one in labels.list_classes(session, project_id)}
    missing: dict[str, str | None] = {name: None for name in names if name not in known}
    made = labels.add_missing_classes(session, project_id, missing)
    drafts.labels_created = [*drafts.labels_created, *(name for name in missing if name in made)]
    return {one.name: one.id for one in labels.list_classes(session, project_id)}
