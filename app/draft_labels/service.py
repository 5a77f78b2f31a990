"""Asking for draft labels, looking at them, and accepting or rejecting them."""

import uuid
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from app.batches import repository as batches
from app.batches.schemas import MadeDrafts
from app.batches.service import get_batch, require_ready
from app.db.draft_totals import recount_drafts
from app.db.engine import session_scope
from app.db.totals import touch_project
from app.draft_labels import making, repository
from app.draft_labels.repository import StoredDraft
from app.draft_labels.schemas import (
    ChangedDrafts,
    DecidedDrafts,
    DraftList,
    DraftSchema,
    DraftSummary,
    RejectedDrafts,
)
from app.errors import Conflict
from app.images.service import get_image, require_images
from app.labels import repository as labels
from app.labels import revision_rows
from app.labels.repository import StoredInstance
from app.labels.revision_rows import Placed
from app.labels.revisions import Saving, step_between
from app.labels.schemas import RleSchema
from app.projects.access import Access

IMAGES_AT_ONCE = 200  # of one transaction: who saves meanwhile is not kept waiting


def make_drafts(batch_id: int, *, min_score: float | None) -> MadeDrafts:
    """Make draft labels of what a batch found in images of the project, in place of those that are open there.

    Made again, it gives the same drafts. Of two that ask at the same time, both get what the last one asked for.

    Raises:
        Conflict: The batch is not ready, or is not over images of the project.
    """
    with session_scope() as session:
        batch = get_batch(session, batch_id, lock=True)
        require_ready(batch)
        if not batch.of_project:
            raise Conflict(
                f"batch {batch_id} is over files that are not in the project: upload them as images, predict on those "
                "and make drafts of that"
            )
        batches.want_drafts(session, batch_id, min_score=min_score)
    while True:
        with session_scope() as session:
            if not making.make_next(session, get_batch(session, batch_id, lock=True)):
                return MadeDrafts.model_validate(batches.find_drafts(session, batch_id))


def list_drafts(session: Session, image_id: int) -> DraftList:
    """The open drafts of an image, best score first."""
    image = get_image(session, image_id)
    return DraftList(
        items=[
            DraftSchema(
                id=draft.draft_id,
                label=draft.class_name,
                score=draft.score,
                rle=RleSchema(size=(image.height, image.width), counts=draft.rle_counts),
                source=draft.source,
            )
            for draft in repository.list_open(session, [image_id]).get(image_id, ())
        ]
    )


def change_drafts(
    session: Session, access: Access, image_id: int, draft_ids: Sequence[str], *, is_rejected: bool
) -> ChangedDrafts:
    """Reject drafts of an image, or take that back. Repeating it is harmless, and so are ids of no drafts.

    A draft that was accepted can be rejected, too: it stays so when its object is deleted.
    """
    labels.lock_images(session, [image_id])
    changed = repository.set_rejected(session, image_id, draft_ids, is_rejected=is_rejected)
    recount_drafts(session, [image_id])
    touch_project(session, access.project_id)
    return ChangedDrafts(changed=changed, draft_count=repository.draft_count(session, image_id))


def count_drafts(session: Session, project_id: int) -> DraftSummary:
    """How many drafts of a project are open."""
    drafts, images = repository.count_drafts(session, project_id)
    return DraftSummary(drafts=drafts, images=images)


def accept_all(access: Access, image_ids: Sequence[int] | None, *, min_score: float | None) -> DecidedDrafts:
    """Make instances of open drafts, each image saved once, in the caller's name.

    Raises:
        NotFound: One of the images is not in the project: nothing was changed.
    """
    return _decide(access, image_ids, lambda session, some: _accept(session, access, some, min_score=min_score))


def reject_all(access: Access, image_ids: Sequence[int] | None, *, min_score: float | None) -> RejectedDrafts:
    """Reject open drafts. The answer's `rejection_id` takes exactly this back.

    Raises:
        NotFound: One of the images is not in the project: nothing was changed.
    """
    rejection_id = str(uuid.uuid4())

    def reject(session: Session, some: Sequence[int]) -> tuple[int, int]:
        counts = repository.reject_open(session, some, rejection_id=rejection_id, min_score=min_score)
        recount_drafts(session, list(counts))
        return sum(counts.values()), len(counts)

    rejected = _decide(access, image_ids, reject)
    return RejectedDrafts(drafts=rejected.drafts, images=rejected.images, rejection_id=rejection_id)


def restore_all(access: Access, rejection_id: str) -> DecidedDrafts:
    """Open the drafts again that were rejected together. Repeating it is harmless."""

    def restore(session: Session, some: Sequence[int]) -> tuple[int, int]:
        counts = repository.restore_rejected(session, some, rejection_id=rejection_id)
        recount_drafts(session, list(counts))
        return sum(counts.values()), len(counts)

    with session_scope(read_only=True) as session:
        wanted = repository.list_images_of_rejection(session, access.project_id, rejection_id)
    return _in_portions(access, wanted, restore)


_Change = Callable[[Session, Sequence[int]], tuple[int, int]]


def _decide(access: Access, image_ids: Sequence[int] | None, decide: _Change) -> DecidedDrafts:
    """Do something with the open drafts of these images of a project, or of all."""
    with session_scope(read_only=True) as session:
        if image_ids is not None:
            require_images(session, access.project_id, image_ids)
        wanted = repository.list_images_with_drafts(session, access.project_id, image_ids)
    return _in_portions(access, wanted, decide)


def _in_portions(access: Access, wanted: Sequence[int], decide: _Change) -> DecidedDrafts:
    """Do something with the drafts of images, a portion of them in a transaction."""
    drafts = images = 0
    for start in range(0, len(wanted), IMAGES_AT_ONCE):
        with session_scope() as session:
            present = labels.lock_images(session, wanted[start : start + IMAGES_AT_ONCE])
            some_drafts, some_images = decide(session, list(present))
            if some_images:
                touch_project(session, access.project_id)
        drafts, images = drafts + some_drafts, images + some_images
    return DecidedDrafts(drafts=drafts, images=images)


def _accept(session: Session, access: Access, image_ids: Sequence[int], *, min_score: float | None) -> tuple[int, int]:
    """Write drafts of locked images as instances on top of theirs, the best score topmost; how many, on how many."""
    drafts = repository.list_open(session, image_ids, min_score=min_score)
    changed = sorted(drafts)
    tops = labels.next_positions(session, changed)
    added = {
        image_id: {
            draft.draft_id: Placed(tops.get(image_id, 0) + number, _instance(draft))
            for number, draft in enumerate(reversed(drafts[image_id]))
        }
        for image_id in changed
    }
    labels.insert_instances(
        session,
        ((image_id, one.position, one.instance) for image_id, placed in added.items() for one in placed.values()),
    )
    came_from = labels.list_revisions(session, changed)
    class_names = {one.id: one.name for one in labels.list_classes(session, access.project_id)}
    saving = Saving(access.user_id)
    revision_rows.add_steps(
        session,
        (
            step_between(image_id, came_from[image_id], {}, added[image_id], saving=saving, class_names=class_names)
            for image_id in changed
        ),
    )
    labels.recount(session, access.project_id, changed)
    labels.advance_revisions(session, changed)
    return sum(len(placed) for placed in added.values()), len(changed)


def _instance(draft: StoredDraft) -> StoredInstance:
    return StoredInstance(
        instance_id=draft.draft_id,
        class_id=draft.class_id,
        polygons=None,
        rle_counts=draft.rle_counts,
        crowd=False,
        source=draft.source,
    )
