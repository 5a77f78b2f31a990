"""The speeds of a model: which there are, and having one made."""

from typing import Annotated

from fastapi import Depends, Query, Request

from app.application import new_router
from app.db.enums import CheckpointKind, Speed
from app.deps import ModelDeveloperAccess, ModelLabelerAccess, ReadSessionDep, SessionDep
from app.http import PathId, errors
from app.predictions import speeds
from app.predictions.schemas import ModelChanges, SpeedSchema, SpeedsSchema
from app.predictions.speeds import SpeedMaker
from app.training import service as training
from app.training.schemas import ModelSchema

router = new_router("/api/v1", tags=["prediction"])


def get_speed_maker(request: Request) -> SpeedMaker:
    maker: SpeedMaker = request.app.state.speeds
    return maker


SpeedMakerDep = Annotated[SpeedMaker, Depends(get_speed_maker)]


@router.get("/models/{model_id}/speeds")
def list_speeds(
    model_id: PathId,
    session: ReadSessionDep,
    _access: ModelLabelerAccess,
    maker: SpeedMakerDep,
    checkpoint: CheckpointKind = CheckpointKind.BEST,
) -> SpeedsSchema:
    """Which speeds a model predicts at and what each is worth, and how far those are that are being made."""
    return SpeedsSchema(items=speeds.list_speeds(session, maker, model_id=model_id, kind=checkpoint))


@router.post("/models/{model_id}/speeds/{speed}", status_code=202, responses=errors(409))
def make_speed(
    model_id: PathId,
    speed: Speed,
    session: ReadSessionDep,
    _access: ModelDeveloperAccess,
    maker: SpeedMakerDep,
    again: Annotated[  # noqa: FBT002
        bool, Query(description="Also where it is made already, as after an update or where a file of it is damaged")
    ] = False,
    only_if_faster: Annotated[  # noqa: FBT002
        bool, Query(description="Time it on one image first, and leave it where it gains nothing here: not_faster")
    ] = False,
) -> SpeedSchema:
    """Make a faster speed: predict at its precision on every image of the training, for thresholds and statistics."""
    return speeds.request_speed(
        session, maker, model_id=model_id, speed=speed, again=again, only_if_faster=only_if_faster
    )


@router.patch("/models/{model_id}", responses=errors(409))
def change_model(
    model_id: PathId, changes: ModelChanges, session: SessionDep, _access: ModelDeveloperAccess
) -> ModelSchema:
    """Choose the speed of predictions that name none."""
    speeds.choose_default_speed(session, model_id=model_id, speed=changes.default_speed)
    return training.get_model(session, model_id)
