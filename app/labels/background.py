"""Images on which nothing is to be labeled: a person says so, and a training learns from them what is no object."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.db.totals import touch_project
from app.errors import Conflict
from app.images.service import require_images
from app.labels import repository
from app.labels.schemas import BackgroundSummary
from app.projects.access import Access


def set_background(
    session: Session, access: Access, image_ids: Sequence[int], *, background: bool
) -> BackgroundSummary:
    """Mark images as background, or take the mark away; it goes by itself with the first instance.

    Raises:
        NotFound: One of them is not in the project: none was changed.
        Conflict: One of them has instances: none was changed.
    """
    require_images(session, access.project_id, image_ids)
    instance_counts = repository.lock_images(session, image_ids)
    labeled = [image_id for image_id, count in instance_counts.items() if count > 0]
    if background and labeled:
        more = f" and {len(labeled) - 1} more have" if len(labeled) > 1 else " has"
        raise Conflict(f"image {labeled[0]}{more} objects, so it is no background: delete them first, or leave it out")
    changed = repository.set_background(session, access.project_id, image_ids, background=background)
    if changed:
        touch_project(session, access.project_id)
    return BackgroundSummary(background=background, changed=changed)
