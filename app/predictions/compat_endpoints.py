"""`/api/predict`: the endpoint that production code calls, in the hosted service's words. Scores are 0-100 here."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from app.accounts.caller import Caller
from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Role, Speed
from app.deps import CurrentUser
from app.errors import PayloadTooLarge
from app.http import PathId, errors
from app.images.fetch_url import UrlAllowance
from app.images.image_input import read_image_input
from app.inference.postprocess import MaskFormat, masks_zip, predictions_to_json
from app.predictions import service
from app.predictions.gate import CallerLeft, Place
from app.predictions.rate_limit import RateLimit
from app.predictions.schemas import AnswerFormat
from app.projects.access import require_project_role
from app.settings import get_settings

MAX_BODY_BYTES = 128 * 1024 * 1024  # an image is held in memory whole; 150 million pixels of JPEG are less


def _limit_rate(request: Request, caller: CurrentUser) -> None:
    limit: RateLimit = request.app.state.prediction_rates
    limit.take((caller.user_id, caller.token_id), per_minute=get_settings().predict_per_minute)


router = APIRouter(tags=["prediction"], dependencies=[Depends(_limit_rate)])


@dataclass(frozen=True, slots=True)
class Sent:
    """A request's body, and the place in the queue that it came by."""

    body: bytes
    place: Place


async def _sent(request: Request) -> AsyncIterator[Sent]:
    """Read the body inside a place of the queue: who finds it full hears so before sending the image."""
    with request.app.state.predictions.gate.place() as place:
        try:
            body = await _body(request)
        except ClientDisconnect as error:
            raise CallerLeft("the caller went away before its image was here") from error
        watching = asyncio.create_task(_watch(request, place))
        try:
            yield Sent(body, place)
        finally:
            watching.cancel()


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise PayloadTooLarge(f"the body is larger than {MAX_BODY_BYTES} bytes; scale the image down")
        parts.append(part)
    return b"".join(parts)


async def _watch(request: Request, place: Place) -> None:
    """Give the place up when the caller hangs up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    place.leave()


def _find_target(
    caller: Caller, *, project_id: int, model_name: str, kind: CheckpointKind, speed: Speed
) -> service.Target:
    with session_scope(read_only=True) as session:
        require_project_role(session, caller, project_id, Role.DEVELOPER)
        return service.find_target(session, project_id=project_id, model_name=model_name, kind=kind, speed=speed)


def _best(project_id: PathId, model_name: str, caller: CurrentUser, speed: Speed = Speed.SLOW) -> service.Target:
    return _find_target(caller, project_id=project_id, model_name=model_name, kind=CheckpointKind.BEST, speed=speed)


def _last(project_id: PathId, model_name: str, caller: CurrentUser, speed: Speed = Speed.SLOW) -> service.Target:
    return _find_target(caller, project_id=project_id, model_name=model_name, kind=CheckpointKind.LAST, speed=speed)


class AnswerQuery:
    """How the answer is to look."""

    def __init__(
        self,
        mask: MaskFormat = MaskFormat.POLYGONS,
        format: AnswerFormat = AnswerFormat.JSON,
        min_score: Annotated[float | None, Query(ge=0, le=100, allow_inf_nan=False)] = None,
    ) -> None:
        self.mask = mask
        self.format = format
        self.min_score = min_score


SentDep = Annotated[Sent, Depends(_sent)]
AnswerDep = Annotated[AnswerQuery, Depends()]
_RESPONSES = errors(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)


@router.post("/api/predict/{project_id}/{model_name}", responses=_RESPONSES)
def predict_with_best(
    request: Request,
    target: Annotated[service.Target, Depends(_best)],
    sent: SentDep,
    answer: AnswerDep,
) -> Response:
    """Find the objects in an image with the model's best checkpoint."""
    return _predict(request, target, sent, answer)


@router.post("/api/predict/{project_id}/{model_name}/last", responses=_RESPONSES)
def predict_with_last(
    request: Request,
    target: Annotated[service.Target, Depends(_last)],
    sent: SentDep,
    answer: AnswerDep,
) -> Response:
    """Find the objects in an image with the model's last checkpoint."""
    return _predict(request, target, sent, answer)


def _predict(request: Request, target: service.Target, sent: Sent, answer: AnswerQuery) -> Response:
    settings = get_settings()
    image_file = read_image_input(
        sent.body,
        content_type=request.headers.get("Content-Type", ""),
        allowance=UrlAllowance.parse(settings.predict_url_allowed),
        max_bytes=MAX_BODY_BYTES,
    )
    runtime: service.PredictionRuntime = request.app.state.predictions
    found = runtime.predict(
        target,
        image_file,
        place=sent.place,
        score_thresholds=service.thresholds_for(target, min_score=answer.min_score),
        max_pixels=settings.max_image_pixels,
    )
    if answer.format is AnswerFormat.MASKS:
        archive = masks_zip(found.predictions, height=found.height, width=found.width)
        return Response(archive, media_type="application/zip")
    return JSONResponse(
        predictions_to_json(found.predictions, mask=answer.mask, height=found.height, width=found.width)
    )
