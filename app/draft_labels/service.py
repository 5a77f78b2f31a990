"""Looking at draft labels, and accepting or rejecting them."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from app.db.draft_totals import recount_drafts
from app.db.engine import session_scope
from app.draft_labels import repository
from app.draft_labels.repository import StoredDraft
from app.draft_labels.schemas import ChangedDrafts, DecidedDrafts, DraftList, DraftSchema, DraftSummary
from app.errors import Unprocessable
from app.images.service import get_image, require_images
from app.labels import repository as labels
from app.labels import revision_rows
from app.labels.repository import StoredInstance
from app.labels.revision_rows import Placed
from app.labels.revisions import Saving, step_between
from app.labels.schemas import RleSchema
from app.projects.access import Access
from app.projects.repository import touch_project

IMAGES_AT_ONCE = 200  # of one transaction: who saves meanwhile is not kept waiting


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
    """Reject drafts of an image, or take that back. Repeating it is harmless.

    Raises:
        Unprocessable: One of them is no draft of the image: nothing was changed.
    """
    labels.lock_images(session, [image_id])
    if missing := set(draft_ids) - repository.find_ids(session, image_id, draft_ids):
        raise Unprocessable(
            f"ids: image {image_id} has no draft {min(missing)}: it was made anew or deleted meanwhile, load them again"
        )
    changed = repository.set_rejected(session, draft_ids, is_rejected=is_rejected)
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


def reject_all(access: Access, image_ids: Sequence[int] | None, *, min_score: float | None) -> DecidedDrafts:
    """Reject open drafts.

    Raises:
        NotFound: One of the images is not in the project: nothing was changed.
    """

    def reject(session: Session, some: Sequence[int]) -> tuple[int, int]:
        counts = repository.reject_open(session, some, min_score=min_score)
        recount_drafts(session, list(counts))
        return sum(counts.values()), len(counts)

    return _decide(access, image_ids, reject)


def _decide(
    access: Access,
    image_ids: Sequence[int] | None,
    decide: Callable[[Session, Sequence[int]], tuple[int, int]],
) -> DecidedDrafts:
    """Do something with the drafts of images, a portion of them in a transaction."""
    with session_scope(read_only=True) as session:
        if image_ids is not None:
            require_images(session, access.project_id, image_ids)
        wanted = repository.list_images_with_drafts(session, access.project_id, image_ids)
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
