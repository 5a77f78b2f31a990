"""Making draft labels of a batch's predictions."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.batches import repository as batch_repository
from app.batches.packing import StoredPrediction, at_least, unpack_predictions
from app.batches.service import get_batch, require_ready
from app.db.draft_totals import recount_drafts
from app.db.engine import session_scope
from app.db.models import Batch, BatchImage
from app.draft_labels import repository
from app.draft_labels.repository import StoredDraft
from app.draft_labels.schemas import MadeDrafts
from app.errors import Conflict
from app.labels import repository as labels
from app.masks.instance import Instance, Rle
from app.masks.iou import mask_iou
from app.masks.raster import instance_to_rle
from app.projects.repository import touch_project

SAME_OBJECT_IOU = 0.7  # two outlines of one object differ less, neighbours that touch overlap less


@dataclass(slots=True)
class _Tally:
    """What has been made so far."""

    drafts: int = 0
    images: int = 0
    replaced: int = 0
    skipped_labeled: int = 0
    skipped_rejected: int = 0
    labels_created: list[str] = field(default_factory=list)


def make_drafts(project_id: int, batch_id: int, *, min_score: float | None) -> MadeDrafts:
    """Make draft labels of what a batch found in images of the project, in place of those that are open there.

    A portion of images is one transaction, so that nobody who saves meanwhile waits for all of it. Made again, it
    gives the same drafts.

    Raises:
        Conflict: The batch is not ready, or is not over images of the project.
    """
    with session_scope(read_only=True) as session:
        batch = get_batch(session, batch_id)
        require_ready(batch)
        if not batch.of_project:
            raise Conflict(
                f"batch {batch_id} is over files that are not in the project: upload them as images, predict on those "
                "and make drafts of that"
            )
        portions = batch_repository.iter_predicted(session, batch_id)
        tally = _Tally()
        for images in portions:
            _make_for(project_id, batch, {i.image_id: i for i in images if i.image_id is not None}, min_score, tally)
    return MadeDrafts(
        drafts=tally.drafts,
        images=tally.images,
        replaced=tally.replaced,
        skipped_labeled=tally.skipped_labeled,
        skipped_rejected=tally.skipped_rejected,
        labels_created=tally.labels_created,
    )


def _make_for(
    project_id: int, batch: Batch, images: Mapping[int, BatchImage], min_score: float | None, tally: _Tally
) -> None:
    with session_scope() as session:
        present = labels.lock_images(session, list(images))
        wanted = {
            image_id: at_least(_unpacked(images[image_id]), batch.thresholds, min_score=min_score)
            for image_id in present
        }
        tally.replaced += repository.delete_open(session, list(present))
        new = _without_known(session, images, wanted, tally)
        class_ids = _class_ids(session, project_id, new, tally)
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
        touch_project(session, project_id)
    tally.drafts += sum(len(found) for found in new.values())
    tally.images += sum(1 for found in new.values() if found)


def _unpacked(image: BatchImage) -> list[StoredPrediction]:
    assert image.predictions is not None
    return unpack_predictions(image.predictions, height=image.height, width=image.width)


def _without_known(
    session: Session,
    images: Mapping[int, BatchImage],
    wanted: Mapping[int, Sequence[StoredPrediction]],
    tally: _Tally,
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
        tally.skipped_labeled += len(predictions) - len(unlabeled)
        tally.skipped_rejected += len(unlabeled) - len(new[image_id])
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
    session: Session, project_id: int, new: Mapping[int, Sequence[StoredPrediction]], tally: _Tally
) -> dict[str, int]:
    """The project's classes by name; those that are missing are made."""
    names = dict.fromkeys(one.class_name for found in new.values() for one in found)
    known = {one.name for one in labels.list_classes(session, project_id)}
    missing: dict[str, str | None] = {name: None for name in names if name not in known}
    made = labels.add_missing_classes(session, project_id, missing)
    tally.labels_created += [name for name in missing if name in made]
    return {one.name: one.id for one in labels.list_classes(session, project_id)}
