"""Marking images for validation, by hand or by drawing them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.db.totals import touch_project
from app.errors import Unprocessable
from app.images import fingerprint_rows
from app.images import repository as images
from app.images.known_answers import known_answers
from app.images.repository import ImageFilter, ImageSort
from app.images.service import describe_images, require_images
from app.paging import PageParams, cut_page
from app.projects.access import Access
from app.splits import repository
from app.splits.draw import draw_validation
from app.splits.near_duplicates import Groups, group_near_duplicates
from app.splits.schemas import NearDuplicateGroup, NearDuplicates, ValidationSummary


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

    Images that show nearly the same stay together.

    Raises:
        Unprocessable: There are too few images.
    """
    labels = repository.labels_by_image(session, access.project_id)
    if not labels:
        every = images.list_image_ids(session, access.project_id, ImageFilter(), sort=ImageSort.ID)
        labels = {image_id: set() for image_id in every}
    chosen = draw_validation(labels, percent=percent, seed=seed, groups=near_duplicates(session, access.project_id))
    if not chosen:
        raise Unprocessable(
            f"{len(labels)} images are too few to choose some for validation: each would take a label's only example "
            "out of training; label more"
        )
    marked = set(images.list_validation_ids(session, access.project_id))
    removed = repository.set_validation(session, access.project_id, sorted(marked - chosen), validation=False)
    added = repository.set_validation(session, access.project_id, sorted(chosen - marked), validation=True)
    return _summarise(session, access.project_id, removed + added)


def near_duplicates(session: Session, project_id: int) -> Groups:
    """The groups of a project's images that show nearly the same."""
    # Fingerprints that are made later for images of long ago change nothing of the project but these groups.
    missing = fingerprint_rows.count_unfingerprinted(session, project_id)
    return known_answers.get(
        session,
        project_id,
        ("near-duplicates", missing),
        lambda: group_near_duplicates(fingerprint_rows.list_fingerprints(session, project_id)),
    )


def list_near_duplicates(session: Session, project_id: int, *, across: bool | None, page: PageParams) -> NearDuplicates:
    """A page of the groups; with `across`, those that lie on both sides of the split, or those that do not."""
    groups = near_duplicates(session, project_id)
    marked = frozenset(images.list_validation_ids(session, project_id))
    is_across = {group: 0 < len(marked.intersection(group)) < len(group) for group in map(tuple, groups)}
    wanted = [group for group, is_so in is_across.items() if across in (None, is_so)]
    after = page.after(int)
    rest = [group for group in wanted if after is None or group[0] > after[0]][: page.limit + 1]
    shown, next_cursor = cut_page(rest, page, key=lambda group: [group[0]])
    rows = images.find_images(session, project_id, [image_id for group in shown for image_id in group])
    items = {image.id: image for image in describe_images(session, rows)}
    return NearDuplicates(
        items=[
            NearDuplicateGroup(
                images=[items[image_id] for image_id in group if image_id in items], across=is_across[group]
            )
            for group in shown
        ],
        next_cursor=next_cursor,
        total=len(wanted),
        groups_across=sum(is_across.values()),
        images_unknown=fingerprint_rows.count_unfingerprinted(session, project_id),
    )


def _summarise(session: Session, project_id: int, changed: int) -> ValidationSummary:
    if changed:
        touch_project(session, project_id)
    return ValidationSummary(changed=changed, validation_count=repository.count_validation(session, project_id))
