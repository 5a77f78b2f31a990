"""What can be done with images, and its rules."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from sqlalchemy.orm import Session

from app.db.after_commit import run_after_commit
from app.db.engine import session_scope
from app.db.models import Image
from app.db.totals import touch_project
from app.errors import NotFound, Unprocessable
from app.form_files import ReceivedFile
from app.images import repository
from app.images.candidates import by_unique_name, find_candidates
from app.images.intake import Candidate, Intake, PreparedImage, RefusedFile
from app.images.known_answers import known_answers
from app.images.names import clean_folder
from app.images.repository import ImageFilter
from app.images.schemas import (
    Folder,
    Folders,
    ImageDetails,
    ImageItem,
    ImageQuery,
    LabelCount,
    Refusal,
    UploadedImage,
    Uploader,
    Uploaders,
    UploadReport,
)
from app.paging import Page, PageParams, cut_page
from app.projects.access import Access
from app.projects.repository import get_project
from app.projects.service import project_prefix
from app.settings import Settings
from app.storage.blobs import BlobStore

MAX_FOLDERS = 1000  # of one answer: more than anybody scrolls through


def upload_images(
    access: Access,
    files: Sequence[ReceivedFile],
    *,
    blobs: BlobStore,
    settings: Settings,
    record: Callable[[Session, UploadReport], None] | None = None,
) -> UploadReport:
    """Take files and the files inside zips as images of a project: all that can be, or none when something fails.

    Decoding takes long, so it lies between two transactions: the first looks which names are taken, the last writes
    every row. What was stored is removed when any of it fails.

    Args:
        record: Called with the report inside the last transaction, to write it down with the images or not at all.
    Raises:
        StorageFull: The disk is full; nothing of the request was kept.
    """
    intake = open_intake(access.project_id, project_prefix(access.project_id), blobs=blobs, settings=settings)
    refused: list[RefusedFile] = []
    with ExitStack() as archives:
        try:
            candidates = find_candidates(files, archives, refused, max_upload_bytes=settings.max_upload_bytes)
            wanted = _without_taken_names(access.project_id, candidates, refused)
            outcomes = list(intake.prepare(wanted))
            taken = [outcome for outcome in outcomes if isinstance(outcome, PreparedImage)]
            duplicates = _find_duplicates(access.project_id, taken)
            refused += [outcome for outcome in outcomes if isinstance(outcome, RefusedFile)]
            with session_scope() as session:
                ids = _write_rows(session, access, taken, blobs)
                report = _report(taken, ids, duplicates, refused)
                if record is not None:
                    record(session, report)
        except BaseException:
            intake.discard()
            raise
    return report


def open_intake(project_id: int, prefix: str, *, blobs: BlobStore, settings: Settings) -> Intake:
    """What takes files in by the project's rules, to lie below a prefix."""
    with session_scope(read_only=True) as session:
        strip_location = get_project(session, project_id).strip_location
    return Intake(blobs, prefix=prefix, max_pixels=settings.max_image_pixels, strip_location=strip_location)


def list_images(session: Session, access: Access, query: ImageQuery, page: PageParams) -> Page[ImageItem]:
    """A page of a project's images, and how many there are under the filter."""
    wanted, after = resolve_filter(session, access, query), page.after(*query.sort.key_types)
    images = repository.list_images(
        session, access.project_id, wanted, sort=query.sort, limit=page.limit + 1, after=after
    )
    shown, next_cursor = cut_page(images, page, key=query.sort.key)
    # Where all are here, to count them would be to search again.
    are_all = after is None and next_cursor is None
    total = len(shown) if are_all else _count_once(session, access.project_id, wanted)
    return Page(items=describe_images(session, shown), next_cursor=next_cursor, total=total)


def describe_images(session: Session, images: Sequence[Image]) -> list[ImageItem]:
    """Images as lists show them."""
    counts = repository.list_class_counts(session, [image.id for image in images])
    return [
        ImageItem(
            id=image.id,
            name=image.name,
            width=image.width,
            height=image.height,
            media_type=image.media_type,
            byte_size=image.byte_size,
            labeled=image.is_labeled,
            validation=image.in_validation,
            background=image.is_background,
            instance_count=image.instance_count,
            draft_count=image.draft_count,
            label_counts=[
                LabelCount(label_id=count.class_id, label=count.class_name, count=count.instance_count)
                for count in counts.get(image.id, ())
            ],
            revision=image.revision,
            uploaded_by=image.uploaded_by,
            created_at=image.created_at,
            changed_at=image.changed_at,
        )
        for image in images
    ]


def describe_image(session: Session, image_id: int, wanted: ImageFilter, *, sort: repository.ImageSort) -> ImageDetails:
    """One image, and its neighbours in a list."""
    image = get_image(session, image_id)
    previous_id, next_id = repository.find_neighbours(session, image, wanted, sort=sort)
    return ImageDetails(
        **describe_images(session, [image])[0].model_dump(),
        project_id=image.project_id,
        previous_id=previous_id,
        next_id=next_id,
    )


def get_image(session: Session, image_id: int) -> Image:
    """Find an image that the caller may see.

    Raises:
        NotFound: It was deleted meanwhile.
    """
    image = repository.find_image(session, image_id)
    if image is None:
        raise NotFound(f"there is no image {image_id} that you may see")
    return image


def require_images(session: Session, project_id: int, image_ids: Sequence[int]) -> None:
    """Make sure that images are in the project.

    Raises:
        NotFound: One of them is not.
    """
    missing = set(image_ids) - repository.find_image_ids(session, project_id, image_ids)
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise NotFound(f"there is no image {min(missing)}{more} in project {project_id}")


def resolve_filter(session: Session, access: Access, query: ImageQuery) -> ImageFilter:
    """Make a filter of what a query says; a label is given by its name or its id, the caller as `me`.

    Raises:
        Unprocessable: The project has no such label.
    """
    class_id = repository.find_class_id(session, access.project_id, query.label) if query.label else None
    if query.label and class_id is None:
        raise Unprocessable(f"label: there is no label {query.label!r} in project {access.project_id}")
    image_ids = tuple(int(image_id) for image_id in query.ids.split(",")) if query.ids else None
    return ImageFilter(
        class_id=class_id,
        labeled=query.labeled,
        validation=query.validation,
        drafts=query.drafts,
        name_part=query.q,
        image_ids=image_ids,
        uploaded_by=_user_id(access, query.uploaded_by),
        uploaded_after=query.uploaded_after,
        uploaded_before=query.uploaded_before,
        folder=clean_folder(query.folder or "") or None,
    )


def list_folders(session: Session, project_id: int) -> Folders:
    """The folders of a project's images."""
    folders = known_answers.get(
        session, project_id, "folders", lambda: repository.list_folders(session, project_id, limit=MAX_FOLDERS)
    )
    total = len(folders) if len(folders) < MAX_FOLDERS else repository.count_folders(session, project_id)
    return Folders(items=[Folder(**folder._asdict()) for folder in folders], total=total)


def list_uploaders(session: Session, project_id: int) -> Uploaders:
    """Who uploaded a project's images."""
    uploaders = known_answers.get(
        session, project_id, "uploaders", lambda: repository.list_uploaders(session, project_id)
    )
    return Uploaders(items=[Uploader(**uploader._asdict()) for uploader in uploaders])


def delete_images(session: Session, access: Access, image_ids: Sequence[int], *, blobs: BlobStore) -> int:
    """Delete images with their instances; the files go once it is committed.

    Returns:
        How many were deleted.
    Raises:
        NotFound: One of them is not in the project: none was deleted.
    """
    require_images(session, access.project_id, image_ids)
    keys = repository.list_blob_keys(session, image_ids)
    count = repository.delete_images(session, access.project_id, image_ids)
    touch_project(session, access.project_id)
    run_after_commit(session, partial(blobs.delete, keys))
    return count


def _count_once(session: Session, project_id: int, wanted: ImageFilter) -> int:
    return known_answers.get(session, project_id, wanted, lambda: repository.count_images(session, project_id, wanted))


def _user_id(access: Access, uploaded_by: str | None) -> int | None:
    if uploaded_by == "me":
        return access.user_id
    return int(uploaded_by) if uploaded_by else None


_NAME_TAKEN = "an image of this name is in the project already; rename the file, or delete that image first"


def _without_taken_names(
    project_id: int, candidates: Iterator[Candidate], refused: list[RefusedFile]
) -> list[Candidate]:
    by_name = by_unique_name(candidates, refused)
    with session_scope(read_only=True) as session:
        taken = repository.find_taken_names(session, project_id, list(by_name))
    refused += [RefusedFile(name, _NAME_TAKEN) for name in by_name if name in taken]
    return [candidate for name, candidate in by_name.items() if name not in taken]


def _find_duplicates(project_id: int, images: Sequence[PreparedImage]) -> dict[str, str]:
    """For images whose content was there already, in the project or earlier in the upload, the other's name."""
    with session_scope(read_only=True) as session:
        first = repository.find_names_by_hash(session, project_id, [image.content_hash for image in images])
    duplicates: dict[str, str] = {}
    for image in images:
        other = first.setdefault(image.content_hash, image.name)
        if other != image.name:
            duplicates[image.name] = other
    return duplicates


def _report(
    taken: Sequence[PreparedImage],
    ids: Mapping[str, int],
    duplicates: Mapping[str, str],
    refused: Sequence[RefusedFile],
) -> UploadReport:
    late = [RefusedFile(image.name, _NAME_TAKEN) for image in taken if image.name not in ids]
    return UploadReport(
        items=[_uploaded(image, ids[image.name], duplicates) for image in taken if image.name in ids],
        refused=[Refusal(name=file.name, error=file.error) for file in (*refused, *late)],
    )


def _uploaded(image: PreparedImage, image_id: int, duplicates: Mapping[str, str]) -> UploadedImage:
    return UploadedImage(
        id=image_id,
        name=image.name,
        width=image.width,
        height=image.height,
        duplicate_of=duplicates.get(image.name),
    )


def _write_rows(session: Session, access: Access, images: Sequence[PreparedImage], blobs: BlobStore) -> dict[str, int]:
    """Write rows; somebody may have taken a name since it was looked up, then that image's files go again."""
    if not images:
        return {}
    ids = repository.insert_images(session, access.project_id, access.user_id, images)
    touch_project(session, access.project_id)
    late = [key for image in images if image.name not in ids for key in image.keys]
    run_after_commit(session, partial(blobs.delete, late))
    return ids
