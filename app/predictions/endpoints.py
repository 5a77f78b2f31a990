"""The speeds of a model: which there are, and having one made."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from app.db.enums import Speed
from app.deps import ModelDeveloperAccess, ModelLabelerAccess, ReadSessionDep
from app.http import PathId, errors
from app.predictions import speeds
from app.predictions.schemas import SpeedSchema, SpeedsSchema
from app.predictions.speeds import SpeedMaker

router = APIRouter(prefix="/api/v1", tags=["prediction"])


def get_speed_maker(request: Request) -> SpeedMaker:
    maker: SpeedMaker = request.app.state.speeds
    return maker


SpeedMakerDep = Annotated[SpeedMaker, Depends(get_speed_maker)]


@router.get("/models/{model_id}/speeds")
def list_speeds(
    model_id: PathId, session: ReadSessionDep, _access: ModelLabelerAccess, maker: SpeedMakerDep
) -> SpeedsSchema:
    """Which speeds a model predicts at, and how far those are that are being made."""
    items = [speeds.describe_speed(session, maker, model_id=model_id, speed=speed) for speed in Speed]
    return SpeedsSchema(items=items)


@router.post("/models/{model_id}/speeds/{speed}", status_code=202, responses=errors(409))
def make_speed(
    model_id: PathId, speed: Speed, session: ReadSessionDep, _access: ModelDeveloperAccess, maker: SpeedMakerDep
) -> SpeedSchema:
    """Make a faster speed: predict at its precision on every image of the training, for thresholds and statistics."""
    return speeds.request_speed(session, maker, model_id=model_id, speed=speed)
