"""Batches of predictions: asking for one, looking at it, ending it and deleting it."""

import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.batches import lifecycle, repository
from app.batches.packing import at_least, unpack_predictions
from app.batches.schemas import (
    BatchAuthor,
    BatchImageItem,
    BatchImageSchema,
    BatchItem,
    BatchPrediction,
    BatchProblem,
    BatchSchema,
    DraftsOfBatch,
    MadeDrafts,
    NamedImagesBody,
    ShapeFormat,
    StartedBatch,
    WantedDrafts,
)
from app.db.after_commit import run_after_commit
from app.db.clock import read_database_time
from app.db.engine import session_scope
from app.db.enums import BatchStatus, CheckpointKind, Speed
from app.db.models import Batch, BatchImage, User
from app.errors import Conflict, NotFound, Unprocessable
from app.form_files import ReceivedFile
from app.images.candidates import by_unique_name, find_candidates
from app.images.intake import PreparedImage, RefusedFile
from app.images.schemas import ImageQuery, Refusal
from app.images.service import open_intake, require_images, resolve_filter
from app.labels.instances import polygons_to_json
from app.labels.schemas import PolygonSchema, RleSchema
from app.paging import Page, PageParams, cut_page
from app.predictions.service import Target, find_target
from app.projects.access import Access
from app.projects.service import project_prefix
from app.settings import Settings, get_settings
from app.storage.blobs import BlobStore, get_blob_store

SHOWN_PROBLEMS = 100
SWEEP_SECONDS = 600
DELETED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to predict."""

    model_id: int
    kind: CheckpointKind
    speed: Speed | None  # None for the model's own


def predict_images(session: Session, access: Access, choice: Choice, wanted: NamedImagesBody) -> StartedBatch:
    """Have a worker predict on images of the model's project, in the order of their ids.

    Raises:
        NotFound: One of them is not in the project.
        Conflict: The model cannot predict.
        Unprocessable: There is none.
    """
    if not wanted.image_ids:
        raise Unprocessable("image_ids is empty: give the id of one image at least")
    require_images(session, access.project_id, wanted.image_ids)
    batch = _add_batch(session, access, choice, of_project=True, drafts=wanted.make_drafts)
    batch.image_count = repository.add_named_images(session, batch, wanted.image_ids)
    return _started(session, batch, [])


def predict_project(
    session: Session, access: Access, choice: Choice, query: ImageQuery, *, drafts: WantedDrafts | None
) -> StartedBatch:
    """Have a worker predict on every image of the model's project that is under a filter.

    Raises:
        Conflict: The model cannot predict.
        Unprocessable: There is none.
    """
    wanted = resolve_filter(session, access, query)
    batch = _add_batch(session, access, choice, of_project=True, drafts=drafts)
    batch.image_count = repository.add_filtered_images(session, batch, wanted, sort=query.sort)
    if batch.image_count == 0:
        raise Unprocessable(f"no image of project {access.project_id} is under this filter: there is nothing to do")
    return _started(session, batch, [])


def predict_files(
    access: Access, choice: Choice, files: Sequence[ReceivedFile], *, blobs: BlobStore, settings: Settings
) -> StartedBatch:
    """Have a worker predict on files, and on the files inside zips, read as an upload of images reads them.

    Raises:
        Conflict: The model cannot predict.
        Unprocessable: None of them is an image; the message says why of the first.
        StorageFull: The disk is full; nothing of the request was kept.
    """
    with session_scope(read_only=True) as session:
        _find_target(session, access, choice)  # who asks for the impossible hears so before hours of decoding
    prefix = f"{project_prefix(access.project_id)}batches/{uuid.uuid4()}/"
    intake = open_intake(access.project_id, prefix, blobs=blobs, settings=settings)
    refused: list[RefusedFile] = []
    with ExitStack() as archives:
        try:
            candidates = find_candidates(files, archives, refused, max_upload_bytes=settings.max_upload_bytes)
            outcomes = list(intake.prepare(list(by_unique_name(candidates, refused).values())))
            taken = [outcome for outcome in outcomes if isinstance(outcome, PreparedImage)]
            refused += [outcome for outcome in outcomes if isinstance(outcome, RefusedFile)]
            if not taken:
                raise Unprocessable(f"there is no image among the files: {_first_refusal(refused)}")
            with session_scope() as session:
                batch = _add_batch(session, access, choice, of_project=False, prefix=prefix)
                batch.image_count, batch.done_count = len(taken) + len(refused), len(refused)
                repository.add_files(session, batch, taken, refused)
                return _started(session, batch, refused)
        except BaseException:
            intake.discard()
            raise


def list_batches(session: Session, project_id: int, page: PageParams, *, model_id: int | None) -> Page[BatchItem]:
    """A page of a project's batches, the newest first."""
    rows = repository.list_batches(session, project_id, page, model_id=model_id)
    kept, next_cursor = cut_page(rows, page, key=lambda row: [row[0].id])
    items = [BatchItem(**_described(batch, author)) for batch, author in kept]
    total = repository.count_batches(session, project_id, model_id=model_id)
    return Page(items=items, next_cursor=next_cursor, total=total)


def read_batch(session: Session, batch_id: int) -> BatchSchema:
    """A batch, how far it is, and what went wrong."""
    batch = get_batch(session, batch_id)
    problems = repository.list_problems(session, batch_id, limit=SHOWN_PROBLEMS)
    return BatchSchema(
        **_described(batch, repository.find_user(session, batch.created_by)),
        thresholds=batch.thresholds,
        lowest_kept_score=lifecycle.lowest_kept_score(batch.thresholds),
        problem_count=repository.count_problems(session, batch_id),
        problems=[
            BatchProblem(position=image.position, name=image.name, error=image.error or "") for image in problems
        ],
        drafts=_drafts_of(session, batch_id),
    )


def get_batch(session: Session, batch_id: int, *, lock: bool = False) -> Batch:
    """Find a batch that the caller may see.

    Raises:
        NotFound: It was deleted meanwhile.
    """
    batch = repository.find_batch(session, batch_id, lock=lock)
    if batch is None:
        raise NotFound(f"there is no batch {batch_id} that you may see")
    return batch


def require_ready(batch: Batch) -> None:
    """Refuse to give away the results of a batch that has none, or not all.

    Raises:
        Conflict: As said.
    """
    if batch.status is not BatchStatus.READY:
        why = f": {batch.error}" if batch.error else f": {batch.done_count} of {batch.image_count} images are done"
        raise Conflict(f"batch {batch.id} is {batch.status}, not ready{why}")


def list_images(session: Session, batch_id: int, page: PageParams) -> Page[BatchImageItem]:
    """A page of a batch's images, in their order."""
    batch = get_batch(session, batch_id)
    kept, next_cursor = cut_page(
        repository.list_images(session, batch_id, page), page, key=lambda image: [image.position]
    )
    items = [BatchImageItem(**_image_described(image)) for image in kept]
    return Page(items=items, next_cursor=next_cursor, total=batch.image_count)


def read_image(
    session: Session, batch_id: int, position: int, *, shape: ShapeFormat, min_score: float
) -> BatchImageSchema:
    """One image with what was found in it; nothing while it is not done."""
    batch, image = get_batch(session, batch_id), get_image(session, batch_id, position, with_predictions=True)
    found = unpack_predictions(image.predictions, height=image.height, width=image.width) if image.predictions else []
    return BatchImageSchema(
        **_image_described(image),
        predictions=[
            BatchPrediction(
                label=one.class_name,
                score=one.score,
                box_xyxy=one.box_xyxy,
                polygons=[PolygonSchema.model_validate(p) for p in polygons_to_json(one.as_prediction().polygons())]
                if shape is ShapeFormat.POLYGONS
                else None,
                rle=RleSchema(size=one.rle.size, counts=one.rle.counts) if shape is ShapeFormat.RLE else None,
            )
            for one in at_least(found, batch.thresholds, min_score=min_score)
        ],
    )


def get_image(session: Session, batch_id: int, position: int, *, with_predictions: bool = False) -> BatchImage:
    """An image of a batch.

    Raises:
        NotFound: The batch has no such image.
    """
    image = repository.find_image(session, batch_id, position, with_predictions=with_predictions)
    if image is None:
        raise NotFound(f"batch {batch_id} has no image {position} that you may see")
    return image


def stored_key(image: BatchImage, key: str | None) -> str:
    """Where a picture of an image lies.

    Raises:
        NotFound: The file was refused, so it was not kept.
    """
    if key is None:
        raise NotFound(f"{image.name!r} was not kept: {image.error}")
    return key


def cancel_batch(session: Session, batch_id: int) -> BatchItem:
    """End a batch; what was found until then stays to be looked at. Its worker hears of it with its next report.

    Raises:
        Conflict: It has ended already.
    """
    batch = get_batch(session, batch_id, lock=True)
    if batch.status.has_ended:
        raise Conflict(f"batch {batch_id} is {batch.status}: only one that waits or runs can be cancelled")
    batch.attempt += 1  # ends the lease of the worker that has it
    lifecycle.end(session, batch, BatchStatus.CANCELLED, kept_days=get_settings().batch_days)
    session.flush()
    return BatchItem(**_described(batch, repository.find_user(session, batch.created_by)))


def delete_batch(session: Session, batch_id: int) -> None:
    """Delete a batch with its results and the files that came with it. A worker that has it finds its row gone."""
    _delete(session, get_batch(session, batch_id, lock=True))


def remove_expired() -> None:
    """Delete the batches whose time is over."""
    with session_scope(read_only=True) as session:
        now = read_database_time(session)
        if not repository.has_expired(session, now):
            return
    while True:
        with session_scope() as session:
            expired = repository.list_expired(session, now, limit=DELETED_AT_ONCE)
            for batch in expired:
                _delete(session, batch)
        if len(expired) < DELETED_AT_ONCE:
            return


def _delete(session: Session, batch: Batch) -> None:
    prefix = batch.storage_prefix
    session.delete(batch)
    if prefix:
        run_after_commit(session, lambda: get_blob_store().delete_prefix(prefix))


def _add_batch(
    session: Session,
    access: Access,
    choice: Choice,
    *,
    of_project: bool,
    prefix: str = "",
    drafts: WantedDrafts | None = None,
) -> Batch:
    model_name, target = _find_target(session, access, choice)
    batch = Batch(
        project_id=access.project_id,
        model_id=choice.model_id,
        model_name=model_name,
        checkpoint=choice.kind,
        speed=target.speed,
        export_prefix=target.export_prefix,
        thresholds=dict(target.score_thresholds),
        of_project=of_project,
        storage_prefix=prefix,
        created_by=access.user_id,
        image_count=0,
        done_count=0,
    )
    session.add(batch)
    session.flush()
    if drafts is not None:
        repository.want_drafts(session, batch.id, min_score=drafts.min_score)
    return batch


def _find_target(session: Session, access: Access, choice: Choice) -> tuple[str, Target]:
    """The model's name, and what answers for it now."""
    name = repository.get_model(session, choice.model_id).name
    return name, find_target(
        session, project_id=access.project_id, model_name=name, kind=choice.kind, speed=choice.speed
    )


def _started(session: Session, batch: Batch, refused: Sequence[RefusedFile]) -> StartedBatch:
    lifecycle.ring(session, batch.id)
    session.flush()
    return StartedBatch(
        id=batch.id,
        status=batch.status,
        total=batch.image_count,
        refused=[Refusal(name=file.name, error=file.error) for file in refused],
    )


def _drafts_of(session: Session, batch_id: int) -> DraftsOfBatch | None:
    drafts = repository.find_drafts(session, batch_id)
    if drafts is None:
        return None
    made = MadeDrafts.model_validate(drafts)
    return DraftsOfBatch(min_score=drafts.min_score, is_made=drafts.is_made, error=drafts.error, made=made)


def _first_refusal(refused: Sequence[RefusedFile]) -> str:
    return f"{refused[0].name}: {refused[0].error}" if refused else "the zip is empty"


def _described(batch: Batch, author: User | None) -> dict[str, object]:
    return {
        "id": batch.id,
        "project_id": batch.project_id,
        "model_id": batch.model_id,
        "model_name": batch.model_name,
        "checkpoint": batch.checkpoint,
        "speed": batch.speed,
        "of_project": batch.of_project,
        "status": batch.status,
        "total": batch.image_count,
        "done": batch.done_count,
        "error": batch.error,
        "created_by": None if author is None else BatchAuthor(id=author.id, name=author.name or author.email),
        "created_at": batch.created_at,
        "started_at": batch.started_at,
        "finished_at": batch.finished_at,
        "expires_at": batch.expires_at,
    }


def _image_described(image: BatchImage) -> dict[str, object]:
    return {
        "position": image.position,
        "name": image.name,
        "image_id": image.image_id,
        "width": image.width,
        "height": image.height,
        "is_done": image.is_done,
        "prediction_count": image.prediction_count,
        "error": image.error,
    }
