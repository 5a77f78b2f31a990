"""The queue: which trainings run where, which wait, and in what order."""

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from app.accounts.caller import Caller
from app.db.clock import read_database_time
from app.db.enums import ModelStatus, Role
from app.db.models import Model
from app.errors import Conflict
from app.projects.access import require_model_role
from app.training import lifecycle, repository
from app.training.describe import describe
from app.training.device import TrainingDevice
from app.training.pace import read_pace
from app.training.schemas import QueuedModelSchema, QueueSchema, WorkerSchema


def read_queue(session: Session, caller: Caller) -> QueueSchema:
    """The trainings that the caller may see, the number of others, and every worker that is alive."""
    active = repository.list_active_models(session)
    project_names = repository.visible_project_names(session, caller)
    visible = [model for model in active if model.project_id in project_names]
    described = [
        QueuedModelSchema(
            **schema.model_dump(), project_name=project_names[model.project_id], worker_id=model.worker_id
        )
        for model, schema in zip(visible, describe(session, visible), strict=True)
    ]
    return QueueSchema(
        running=[model for model in described if model.status is not ModelStatus.QUEUED],
        queued=[model for model in described if model.status is ModelStatus.QUEUED],
        workers=_workers(session, active, visible),
        hidden=len(active) - len(visible),
    )


def reorder_queue(session: Session, caller: Caller, order: Sequence[int]) -> QueueSchema:
    """Let queued models change places among themselves; those that are not named keep theirs.

    So nobody comes before a stranger's training who was not before it already.

    Raises:
        NotFound: One of them is unknown or may not be seen.
        Forbidden: One of them is in a project where the caller is a labeler.
        Conflict: One of them does not wait any more, or is named twice.
    """
    for model_id in order:
        require_model_role(session, caller, model_id, Role.DEVELOPER)
    queued = repository.lock_queued_models(session)
    models = {model.id: model for model in queued}
    if len(set(order)) < len(order):
        raise Conflict("order names a model twice")
    if missing := [model_id for model_id in order if model_id not in models]:
        raise Conflict(f"model {missing[0]} is not queued any more: load the queue again")
    moved = iter(order)
    reordered = [models[next(moved)] if model.id in order else model for model in queued]
    # All get numbers of their own: trainings that were started at the same moment may have the same one.
    for position, model in enumerate(reordered, start=queued[0].queue_position):
        model.queue_position = position
    session.flush()
    return read_queue(session, caller)


def _workers(session: Session, active: Collection[Model], visible: Collection[Model]) -> list[WorkerSchema]:
    visible_ids = {model.id for model in visible}
    model_of_worker = {model.worker_id: model.id for model in active if model.worker_id is not None}
    workers = lifecycle.list_live_workers(session, read_database_time(session))
    devices = {TrainingDevice.of_worker(worker) for worker in workers}
    rates = {device.words: read_pace(session, device).measured() for device in devices}
    return [
        WorkerSchema(
            id=worker.id,
            hostname=worker.hostname,
            device=worker.device,
            memory_bytes=worker.memory_bytes,
            gpu_count=worker.gpu_count,
            images_per_second=rates[worker.device],
            started_at=worker.started_at,
            heartbeat_at=worker.heartbeat_at,
            model_id=model_id if (model_id := model_of_worker.get(worker.id)) in visible_ids else None,
        )
        for worker in workers
    ]
