"""`/api/predict`: the endpoint that production code calls, in the hosted service's words. Scores are 0-100 here."""

from typing import Annotated

from fastapi import Depends, Request, Response

from app.accounts.caller import Caller
from app.application import new_router
from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Role, Speed
from app.deps import CurrentUser
from app.http import PathId
from app.predictions import service
from app.predictions.exchange import RESPONSES, AnswerDep, AnswerQuery, Sent, SentDep, answer_with, image_sent
from app.predictions.rate_limit import RateLimit
from app.projects.access import require_project_role
from app.settings import get_settings


def _limit_rate(request: Request, caller: CurrentUser) -> None:
    limit: RateLimit = request.app.state.prediction_rates
    limit.take((caller.user_id, caller.token_id), per_minute=get_settings().predict_per_minute)


router = new_router(tags=["prediction"], dependencies=[Depends(_limit_rate)])


def _find_target(
    caller: Caller, *, project_id: int, model_name: str, kind: CheckpointKind, speed: Speed | None
) -> service.Target:
    with session_scope(read_only=True) as session:
        require_project_role(session, caller, project_id, Role.DEVELOPER)
        return service.find_target(session, project_id=project_id, model_name=model_name, kind=kind, speed=speed)


def _best(project_id: PathId, model_name: str, caller: CurrentUser, speed: Speed | None = None) -> service.Target:
    return _find_target(caller, project_id=project_id, model_name=model_name, kind=CheckpointKind.BEST, speed=speed)


def _last(project_id: PathId, model_name: str, caller: CurrentUser, speed: Speed | None = None) -> service.Target:
    return _find_target(caller, project_id=project_id, model_name=model_name, kind=CheckpointKind.LAST, speed=speed)


@router.post("/api/predict/{project_id}/{model_name}", responses=RESPONSES)
def predict_with_best(
    request: Request,
    target: Annotated[service.Target, Depends(_best)],
    sent: SentDep,
    answer: AnswerDep,
) -> Response:
    """Find the objects in an image with the model's best checkpoint."""
    return _predict(request, target, sent, answer)


@router.post("/api/predict/{project_id}/{model_name}/last", responses=RESPONSES)
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
    image_file = image_sent(request, sent, allowance=settings.url_allowance)
    runtime: service.PredictionRuntime = request.app.state.predictions
    found = runtime.predict(
        target,
        image_file,
        place=sent.place,
        score_thresholds=answer.score_thresholds(target.score_thresholds),
        max_pixels=settings.max_image_pixels,
    )
    return answer_with(found, answer)
