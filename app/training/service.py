"""Rules of trainings: start, stop, cancel, resume, and what is said about them."""

from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.after_commit import run_after_commit
from app.db.clock import read_database_time
from app.db.engine import session_scope
from app.db.enums import CheckpointKind, ModelStatus
from app.db.models import Model
from app.db.totals import touch_project
from app.errors import Conflict, NotFound
from app.paging import PageParams, cut_page
from app.storage.blobs import get_blob_store
from app.training import lifecycle, repository
from app.training.describe import (
    FIRST_CHECKPOINT_NOTE,
    Checkpoints,
    can_resume,
    describe,
    describe_one,
    describe_point,
)
from app.training.freeze import read_labeled_project
from app.training.model_files import Owner, read_provenance_file
from app.training.plan import plan_training
from app.training.schemas import CurveSchema, LogLineSchema, LogSchema, ModelSchema, TrainRequest
from app.training.snapshot import TrainingConfig, to_json_bytes


class NameTaken(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"this project has a model called {name!r} already: choose another name")


class ModelNotStoppable(Conflict):
    """Only a training with a saved checkpoint can be stopped."""


class ModelNotResumable(Conflict):
    """Only a stopped or failed training goes on."""


class ModelAwaited(Conflict):
    """Another training is about to continue from this model."""


def start_training(session: Session, request: TrainRequest, *, project_id: int, created_by: int | None) -> ModelSchema:
    """Freeze the labels and queue a training. The labels are read and stored before the session's transaction begins.

    Raises:
        NameTaken: The project has a model of this name.
        NothingToTrainOn: The labels do not allow it; the message says what is missing.
        InvalidContinueFrom, NothingToContinueFrom: It cannot go on from the model that was named.
    """
    with session_scope(read_only=True) as reading:
        if repository.name_is_taken(reading, project_id, request.name):
            raise NameTaken(request.name)
        project = read_labeled_project(reading, project_id)
        model, snapshot = plan_training(reading, request, project, created_by=created_by)
    store = get_blob_store()
    store.put_bytes(model.snapshot_key, to_json_bytes(snapshot))
    try:
        model.queue_position = repository.next_queue_position(session)
        session.add(model)
        session.flush()
    except IntegrityError as error:  # somebody was faster, or deleted the project meanwhile
        store.delete([model.snapshot_key])
        if "foreign key" in str(error.orig).lower():
            raise NotFound(f"there is no project {project_id} that you may see") from error
        raise NameTaken(request.name) from error
    touch_project(session, project_id)
    lifecycle.ring(session, model)
    return describe_one(session, model)


def get_model(session: Session, model_id: int) -> ModelSchema:
    return describe_one(session, repository.get_model(session, model_id))


def list_models(session: Session, project_id: int, page: PageParams) -> tuple[list[ModelSchema], str | None, int]:
    """A project's models, newest first."""
    rows, cursor = cut_page(repository.list_models(session, project_id, page), page, key=lambda model: (model.id,))
    return describe(session, rows), cursor, repository.count_models(session, project_id)


def read_curve(session: Session, model_id: int) -> CurveSchema:
    return CurveSchema(items=[describe_point(point) for point in repository.list_curve_points(session, model_id)])


def read_log(session: Session, model_id: int) -> LogSchema:
    lines = repository.list_log_lines(session, model_id)
    return LogSchema(items=[LogLineSchema(at=line.at, message=line.message) for line in lines])


def read_provenance(session: Session, model_id: int) -> dict[str, Any]:
    """What a model was made with, as its worker wrote it down.

    Raises:
        NotFound: No worker has begun it.
        ModelFileBroken: It is damaged.
    """
    model = repository.get_model(session, model_id)
    key = lifecycle.provenance_key(model.project_id, model_id)
    document = read_provenance_file(get_blob_store(), key, Owner.of(model))
    if document is None:
        raise NotFound(f"model {model.name!r} has no provenance yet: a worker writes it when it begins")
    return document


def stop_training(session: Session, model_id: int) -> ModelSchema:
    """End a training and keep what it has learned. One that waits to go on is as it was, or a worker ends it.

    Raises:
        ModelNotStoppable: It is not training, or has no checkpoint yet.
    """
    model = repository.get_model(session, model_id, lock=True)
    if model.status not in repository.ACTIVE:
        raise ModelNotStoppable(f"model {model.name!r} is {model.status}, not training")
    if not model.stop_requested:
        checkpoints = repository.list_checkpoints(session, [model_id]).get(model_id, {})
        _refuse_without_state(model, checkpoints)
        lifecycle.stop(session, model, can_predict=all(one.export_prefix for one in checkpoints.values()))
    return describe_one(session, model)


def cancel_training(session: Session, model_id: int) -> ModelSchema:
    """End a training and delete its checkpoints; its worker hears of it with its next report.

    Raises:
        Conflict: It has ended already.
        ModelAwaited: A training that has yet to begin continues from it.
    """
    model = repository.get_model(session, model_id, lock=True)
    if model.status not in repository.ACTIVE:
        raise Conflict(f"model {model.name!r} is {model.status}: only a queued or running training can be cancelled")
    _refuse_while_awaited(session, model)
    model.status = ModelStatus.CANCELLED
    model.attempt += 1  # ends the lease of the worker that has it
    model.worker_id = model.lease_expires_at = model.eta_s = None
    model.finished_at = read_database_time(session)
    repository.delete_checkpoints(session, model_id)
    lifecycle.add_log_line(session, model_id, "Cancelled; its checkpoints are deleted.")
    _delete_files_after_commit(session, model)
    return describe_one(session, model)


def resume_training(session: Session, model_id: int) -> ModelSchema:
    """Queue a stopped or failed training again; it goes on from its last checkpoint.

    Raises:
        ModelNotResumable: It runs, was cancelled, or ended by itself.
    """
    model = repository.get_model(session, model_id, lock=True)
    if not can_resume(model, repository.list_checkpoints(session, [model_id]).get(model_id, {})):
        ended = " and ended by itself" if model.status is ModelStatus.READY else ""
        raise ModelNotResumable(
            f"model {model.name!r} is {model.status}{ended}: only a training that was stopped or failed goes on"
        )
    model.status = ModelStatus.QUEUED
    model.attempt += 1  # no worker of before may take it back
    model.queue_position = repository.next_queue_position(session)
    model.stop_requested = False
    model.deaths_since_checkpoint = 0
    model.error = model.finished_at = None
    lifecycle.add_log_line(session, model_id, "Somebody asked to resume.")
    lifecycle.ring(session, model)
    return describe_one(session, model)


def delete_model(session: Session, model_id: int) -> None:
    """Delete a model with everything it made. A training that runs finds its row gone and ends.

    Raises:
        ModelAwaited: A training that has yet to begin continues from it.
    """
    model = repository.get_model(session, model_id, lock=True)
    _refuse_while_awaited(session, model)
    _delete_files_after_commit(session, model)
    snapshot_key = model.snapshot_key
    run_after_commit(session, lambda: get_blob_store().delete([snapshot_key]))
    touch_project(session, model.project_id)
    session.delete(model)


def _refuse_without_state(model: Model, checkpoints: Checkpoints) -> None:
    if CheckpointKind.LAST in checkpoints:
        return
    if model.status is ModelStatus.QUEUED:
        raise ModelNotStoppable(f"model {model.name!r} is queued and not training: cancel it instead")
    raise ModelNotStoppable(f"model {model.name!r} has nothing to keep yet: {FIRST_CHECKPOINT_NOTE}")


def _refuse_while_awaited(session: Session, model: Model) -> None:
    waiting = [
        other.name
        for other in repository.list_active_models(session)
        if TrainingConfig.from_dict(other.config).continue_from == model.id
        and not repository.list_checkpoints(session, [other.id])
    ]
    if waiting:
        raise ModelAwaited(
            f"model {waiting[0]!r} is to continue from model {model.name!r} and has not saved a state of its own yet: "
            "cancel it first, or wait for its first checkpoint"
        )


def _delete_files_after_commit(session: Session, model: Model) -> None:
    prefix = lifecycle.model_prefix(model.project_id, model.id)
    run_after_commit(session, lambda: get_blob_store().delete_prefix(prefix))
