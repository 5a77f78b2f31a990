"""Importing label files: read, laid over the project's images, then written in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.db.enums import RevisionCause
from app.db.totals import touch_project
from app.errors import Unprocessable
from app.form_files import ReceivedFile
from app.images.repository import list_image_names
from app.labels import repository, revision_rows
from app.labels.formats.files import LabelFiles
from app.labels.formats.parsed import ParsedLabels, Problem, ProjectNames, UnreadableFile
from app.labels.formats.table import READERS
from app.labels.matching import Fitted, FittedImage, FittedInstance, content_digest, fit_labels
from app.labels.repository import StoredInstance
from app.labels.revision_rows import Placed
from app.labels.revisions import Saving, step_between
from app.labels.schemas import ImportProblem, ImportReport
from app.masks.instance import Instance
from app.projects.access import Access

AUTO = "auto"
MAX_LISTED = 1000  # missing images and problems of each kind in an answer


class ImportMode(StrEnum):
    """Whether an image's instances stay beside the file's, or make room for them."""

    MERGE = "merge"
    REPLACE = "replace"


def import_labels(
    access: Access,
    received: Sequence[ReceivedFile],
    *,
    file_format: str,
    mode: ImportMode,
    dry_run: bool,
    max_file_bytes: int,
) -> ImportReport:
    """Import label files, and those inside zips; a dry run only tells what would happen.

    Merging leaves out what an image has already, by content and by id, so that importing twice changes nothing.
    Reading and fitting take long, so only the writing lies in a transaction that writes.

    Raises:
        Unprocessable: The format is not known, or the files are not of it.
    """
    if file_format not in (AUTO, *READERS):
        raise Unprocessable(f"format: {file_format[:50]!r} is not known; give {AUTO}, {' or '.join(READERS)}")
    with session_scope(read_only=True) as session:
        project_images = list_image_names(session, access.project_id)
        classes = [label_class.name for label_class in repository.list_classes(session, access.project_id)]
    names = ProjectNames([image.name for image in project_images], classes)
    file_format, parsed = _read(received, file_format, names, max_file_bytes=max_file_bytes)
    fitted = fit_labels(parsed, project_images)
    with session_scope(read_only=dry_run) as session:
        return _Import(
            session, access, fitted, parsed, file_format=file_format, replaces=mode is ImportMode.REPLACE
        ).run(writes=not dry_run)


def to_stored(instance: FittedInstance, class_ids: Mapping[str, int]) -> StoredInstance:
    """The row of an instance, with its class by name."""
    return StoredInstance(
        instance_id=instance.instance_id,
        class_id=class_ids[instance.class_name],
        polygons=instance.polygons,
        rle_counts=instance.rle_counts,
        crowd=instance.crowd,
        source=instance.source,
    )


def _read(
    received: Sequence[ReceivedFile], file_format: str, names: ProjectNames, *, max_file_bytes: int
) -> tuple[str, ParsedLabels]:
    try:
        with LabelFiles.open(received, max_file_bytes=max_file_bytes) as files:
            if file_format == AUTO:
                file_format = _recognised(files)
            parsed = READERS[file_format].parse(files, names)
            parsed.problems[:0] = files.problems
            return file_format, parsed
    except UnreadableFile as error:
        shown = "" if file_format == AUTO else f" as {file_format}"
        raise Unprocessable(f"the labels cannot be read{shown}: {error}") from error


def _recognised(files: LabelFiles) -> str:
    found = next((name for name, reader in READERS.items() if reader.recognises(files)), None)
    if found is None:
        raise Unprocessable(
            f"{' and '.join(files.names()[:3]) or 'an empty zip'} is of no label format that is known "
            f"({', '.join(READERS)}); choose the format if you know it"
        )
    return found


class _Import:
    """One import on its way into the database."""

    def __init__(
        self,
        session: Session,
        access: Access,
        fitted: Fitted,
        parsed: ParsedLabels,
        *,
        file_format: str,
        replaces: bool,
    ) -> None:
        self._session = session
        self._project_id = access.project_id
        self._saving = Saving(access.user_id or None, RevisionCause.IMPORT)  # 0: this machine, by its command line
        self._fitted = fitted
        self._colors = parsed.colors
        self._format = file_format
        self._replaces = replaces

    def run(self, *, writes: bool) -> ImportReport:
        present = repository.lock_images(self._session, [image.image_id for image in self._fitted.images])
        images = [image for image in self._fitted.images if image.image_id in present]
        labeled = [image_id for image_id, instance_count in present.items() if instance_count]
        new = self._without_known(images, labeled)
        class_names = dict.fromkeys(instance.class_name for image in new for instance in image.instances)
        known = self._class_ids()
        in_file_order = [*(name for name in self._colors if name in class_names), *class_names]
        created = [name for name in dict.fromkeys(in_file_order) if name not in known]
        if writes:
            colors = {name: self._colors.get(name) for name in created}
            made = repository.add_missing_classes(self._session, self._project_id, colors)
            created = [name for name in created if name in made]
            self._write(new, self._class_ids(), labeled)
        imported = sum(len(image.instances) for image in new)
        replaced = sum(present.values()) if self._replaces else 0
        vanished = [image.name for image in self._fitted.images if image.image_id not in present]
        return ImportReport(
            format=self._format,
            images_matched=self._fitted.matched_count - len(vanished),
            images_missing=[_shown(name) for name in [*self._fitted.missing, *vanished][:MAX_LISTED]],
            images_refused=self._fitted.matched_count - len(self._fitted.images),
            instances_imported=imported,
            instances_replaced=replaced,
            instances_skipped=sum(len(image.instances) for image in images) - imported,
            labels_created=created,
            problems=[
                *_described(self._fitted.refusals, refused=True),
                *_described(self._fitted.notes, refused=False),
            ],
        )

    def _class_ids(self) -> dict[str, int]:
        return {c.name: c.id for c in repository.list_classes(self._session, self._project_id)}

    def _without_known(self, images: Sequence[FittedImage], labeled: Sequence[int]) -> list[FittedImage]:
        """Leave out instances that their images have already."""
        if self._replaces or not labeled:
            return list(images)
        stored = repository.list_instances(self._session, labeled)
        return [replace(image, instances=_new_instances(image, stored.get(image.image_id, ()))) for image in images]

    def _write(self, images: Sequence[FittedImage], class_ids: Mapping[str, int], labeled: Sequence[int]) -> None:
        before: dict[int, dict[str, Placed]] = {}
        if self._replaces:
            before = revision_rows.list_placed(self._session, labeled)
            repository.delete_all_instances(self._session, labeled)
        tops = {} if self._replaces else repository.next_positions(self._session, labeled)
        after = {
            image.image_id: {
                instance.instance_id: Placed(tops.get(image.image_id, 0) + number, to_stored(instance, class_ids))
                for number, instance in enumerate(image.instances)
            }
            for image in images
            if image.instances
        }
        repository.insert_instances(
            self._session,
            ((image_id, one.position, one.instance) for image_id, placed in after.items() for one in placed.values()),
        )
        changed = sorted(after.keys() | set(labeled if self._replaces else ()))
        self._keep_steps(changed, before, after, {class_id: name for name, class_id in class_ids.items()})
        repository.recount(self._session, self._project_id, changed)
        repository.advance_revisions(self._session, changed)
        if changed:
            touch_project(self._session, self._project_id)

    def _keep_steps(
        self,
        changed: Sequence[int],
        before: Mapping[int, Mapping[str, Placed]],
        after: Mapping[int, Mapping[str, Placed]],
        class_names: Mapping[int, str],
    ) -> None:
        came_from = repository.list_revisions(self._session, changed)
        revision_rows.add_steps(
            self._session,
            (
                step_between(
                    image_id,
                    came_from[image_id],
                    before.get(image_id, {}),
                    after.get(image_id, {}),
                    saving=self._saving,
                    class_names=class_names,
                )
                for image_id in changed
            ),
        )


def _new_instances(image: FittedImage, stored: Sequence[Instance]) -> list[FittedInstance]:
    """Those that an image has neither by id nor by content; twins count one by one."""
    by_id = {instance.instance_id: _digest_of(instance, image) for instance in stored}
    unmatched = Counter(by_id.values())
    others: list[FittedInstance] = []
    for instance in image.instances:
        # One that was imported before and changed since keeps its id: somebody's work stays.
        if instance.instance_id not in by_id:
            others.append(instance)
        elif by_id[instance.instance_id] == instance.digest:
            unmatched[instance.digest] -= 1
    new: list[FittedInstance] = []
    for instance in others:
        if unmatched[instance.digest] > 0:
            unmatched[instance.digest] -= 1
        else:
            new.append(instance)
    return new


def _digest_of(instance: Instance, image: FittedImage) -> bytes:
    return content_digest(
        instance.class_name,
        instance.polygons,
        None if instance.rle is None else instance.rle.counts,
        crowd=instance.crowd,
        height=image.height,
        width=image.width,
    )


def _described(problems: Sequence[Problem], *, refused: bool) -> list[ImportProblem]:
    listed = [
        ImportProblem(
            image=None if problem.image is None else _shown(problem.image),
            entry=None if problem.entry is None else _shown(problem.entry),
            error=_shown(problem.error),
            refused=refused,
        )
        for problem in problems[:MAX_LISTED]
    ]
    if len(problems) > MAX_LISTED:
        more = f"and {len(problems) - MAX_LISTED} more"
        listed.append(ImportProblem(image=None, entry=None, error=more, refused=refused))
    return listed


def _shown(text: Any) -> str:
    """A text from a file, fit to be sent as JSON: half characters (lone surrogates) are replaced."""
    return str(text).encode("utf-8", "replace").decode()
