"""Marking images for validation, by hand or by drawing them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.errors import Unprocessable
from app.images import repository as images
from app.images.repository import ImageFilter, ImageSort
from app.images.service import require_images
from app.projects.access import Access
from app.projects.repository import touch_project
from app.splits import repository
from app.splits.draw import draw_validation
from app.splits.schemas import ValidationSummary


def set_validation(
    session: Session, access: Access, image_ids: Sequence[int], *, validation: bool
) -> ValidationSummary:
    """Put images into the validation set, or take them out.

    Raises:
        NotFound: One of them is not in the project: none was changed.
    """
    require_images(session, access.project_id, image_ids)
    changed = repository.set_validation(session, access.project_id, image_ids, validation=validation)
    return _summarise(session, access.project_id, changed)


def choose_validation(session: Session, access: Access, *, percent: float, seed: int) -> ValidationSummary:
    """Make a share of the labeled images the validation set, every label represented; of all where none is labeled.

    Raises:
        Unprocessable: There are too few images.
    """
    labels = repository.list_class_names_of_images(session, access.project_id)
    if not labels:
        every = images.list_image_ids(session, access.project_id, ImageFilter(), sort=ImageSort.ID)
        labels = {image_id: set() for image_id in every}
    chosen = draw_validation(labels, percent=percent, seed=seed)
    if not chosen:
        raise Unprocessable(
            f"{len(labels)} images are too few to choose some for validation: each would take a label's only example "
            "out of training; label more"
        )
    marked = set(images.list_validation_ids(session, access.project_id))
    removed = repository.set_validation(session, access.project_id, sorted(marked - chosen), validation=False)
    added = repository.set_validation(session, access.project_id, sorted(chosen - marked), validation=True)
    return _summarise(session, access.project_id, removed + added)


def _summarise(session: Session, project_id: int, changed: int) -> ValidationSummary:
    if changed:
        touch_project(session, project_id)
    return ValidationSummary(changed=changed, validation_count=repository.count_validation(session, project_id))
