"""Trainings, models and the queue over REST."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse

from app.application import new_router
from app.deps import (
    CurrentUser,
    DeveloperAccess,
    LabelerAccess,
    ModelDeveloperAccess,
    ModelLabelerAccess,
    ReadSessionDep,
    SessionDep,
)
from app.http import PageQuery, PathId, errors
from app.paging import Page
from app.training import dialog, preflight, service, waiting
from app.training.events import TrainingEvents
from app.training.schemas import (
    CurveSchema,
    LogSchema,
    ModelSchema,
    PreflightQuery,
    PreflightSchema,
    QueueOrder,
    QueueSchema,
    TrainingDefaultsQuery,
    TrainingDefaultsSchema,
    TrainRequest,
)

router = new_router("/api/v1", tags=["training"])


def get_training_events(request: Request) -> TrainingEvents:
    events: TrainingEvents = request.app.state.training_events
    return events


@router.post("/projects/{project_id}/models", status_code=202, responses=errors(409, 507))
def start_training(body: TrainRequest, session: SessionDep, access: DeveloperAccess) -> ModelSchema:
    """Train a model on the project's labeled images as they are now; it waits in the queue for a worker."""
    return service.start_training(session, body, project_id=access.project_id, created_by=access.user_id)


@router.get("/projects/{project_id}/models")
def list_models(page: PageQuery, session: ReadSessionDep, access: LabelerAccess) -> Page[ModelSchema]:
    """A project's models, newest first."""
    items, next_cursor, total = service.list_models(session, access.project_id, page)
    return Page(items=items, next_cursor=next_cursor, total=total)


@router.get("/projects/{project_id}/models/defaults")
def get_training_defaults(
    query: Annotated[TrainingDefaultsQuery, Query()], session: ReadSessionDep, access: LabelerAccess
) -> TrainingDefaultsSchema:
    """What a training would be if nothing but Start were pressed, or nothing but an image size chosen."""
    return dialog.read_training_defaults(session, access.project_id, query)


@router.get("/projects/{project_id}/models/preflight")
def check_training(
    query: Annotated[PreflightQuery, Query()], session: ReadSessionDep, access: LabelerAccess
) -> PreflightSchema:
    """How the images would be divided with these choices, and what in the labels may spoil the training."""
    return preflight.check_training(session, access.project_id, query)


@router.get("/models/{model_id}")
def get_model(model_id: PathId, session: ReadSessionDep, _access: ModelLabelerAccess) -> ModelSchema:
    return service.get_model(session, model_id)


@router.delete("/models/{model_id}", status_code=204, responses=errors(409))
def delete_model(model_id: PathId, session: SessionDep, _access: ModelDeveloperAccess) -> None:
    """Delete a model with all its files; if it is training, that ends."""
    service.delete_model(session, model_id)


@router.post("/models/{model_id}/stop", status_code=202, responses=errors(409))
def stop_training(model_id: PathId, session: SessionDep, _access: ModelDeveloperAccess) -> ModelSchema:
    """End a training early; the model is usable with what it has learned."""
    return service.stop_training(session, model_id)


@router.post("/models/{model_id}/cancel", status_code=202, responses=errors(409))
def cancel_training(model_id: PathId, session: SessionDep, _access: ModelDeveloperAccess) -> ModelSchema:
    """End a queued or running training and delete its checkpoints."""
    return service.cancel_training(session, model_id)


@router.post("/models/{model_id}/resume", status_code=202, responses=errors(409))
def resume_training(model_id: PathId, session: SessionDep, _access: ModelDeveloperAccess) -> ModelSchema:
    """Go on with a stopped or failed training from its last checkpoint."""
    return service.resume_training(session, model_id)


@router.get("/models/{model_id}/curve")
def get_curve(model_id: PathId, session: ReadSessionDep, _access: ModelLabelerAccess) -> CurveSchema:
    return service.read_curve(session, model_id)


@router.get("/models/{model_id}/provenance", responses=errors(409))
def get_provenance(model_id: PathId, session: ReadSessionDep, _access: ModelLabelerAccess) -> dict[str, Any]:
    """Versions, settings, device, git state and what was loaded, as the worker wrote them when it began."""
    return service.read_provenance(session, model_id)


@router.get("/models/{model_id}/log")
def get_log(model_id: PathId, session: ReadSessionDep, _access: ModelLabelerAccess) -> LogSchema:
    return service.read_log(session, model_id)


@router.get(
    "/models/{model_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": 'data: {"model": …, "points": […]}'}},
)
async def listen_to_training(
    model_id: PathId,
    _access: ModelLabelerAccess,
    events: Annotated[TrainingEvents, Depends(get_training_events)],
) -> StreamingResponse:
    """Server-sent events: the model and its new curve points, until its training has ended."""
    return StreamingResponse(
        events.listen(model_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.get("/queue")
def get_queue(session: ReadSessionDep, caller: CurrentUser) -> QueueSchema:
    """Which trainings run and wait, and the workers."""
    return waiting.read_queue(session, caller)


@router.patch("/queue", responses=errors(403, 404, 409))
def reorder_queue(body: QueueOrder, session: SessionDep, caller: CurrentUser) -> QueueSchema:
    """Change the order of queued trainings."""
    return waiting.reorder_queue(session, caller, body.order)
