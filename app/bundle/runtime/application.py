"""The bundle's web application: the endpoint of the server that made it, in the same code, and the page."""

import hmac
import os
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, FastAPI, Request, Response, Security
from fastapi.responses import RedirectResponse
from fastapi.security import APIKeyHeader
from pydantic import BaseModel

from app.application import Application, new_router
from app.bundle.runtime.files import add_files
from app.bundle.runtime.loading import LoadedModel
from app.bundle.runtime.manifest import BundleRefused, Manifest
from app.bundle.runtime.options import Options
from app.db.enums import CheckpointKind, Speed
from app.errors import Conflict, NotFound, Unauthorized
from app.headers import CompatCorsMiddleware, SecurityHeadersMiddleware
from app.http import TOKEN_HEADER, FaultMiddleware, PathId, TrailingSlashMiddleware, add_error_handlers
from app.methods import HeadMiddleware
from app.predictions.exchange import (
    RESPONSES,
    AnswerDep,
    AnswerQuery,
    Sent,
    SentDep,
    answer_with,
    image_sent,
    predict_file,
)
from app.url_allowance import UrlAllowance

MAX_IMAGE_PIXELS = 150_000_000  # as the server's own default

_token_header = APIKeyHeader(name=TOKEN_HEADER, auto_error=False)
router = new_router(responses={})


class Alive(BaseModel):
    status: str


class ServerWord(BaseModel):
    """What the page asks for first: where pictures are sent, whether with a token, and how fast the model is."""

    predict_path: str
    needs_token: bool
    speed: str


def create_app(options: Options, manifest: Manifest, model: LoadedModel) -> FastAPI:
    """Make the application.

    Raises:
        BundleRefused: A setting of the environment is none.
    """
    app = Application(
        [router],
        title=manifest.model_name,
        description=f"A model of Maskwright's, offline: checkpoint {manifest.checkpoint}, speed {manifest.speed}.",
    )
    app.state.options, app.state.manifest, app.state.predictions = options, manifest, model
    app.state.allowance = _url_allowance()
    app.state.max_pixels = _max_pixels()
    add_error_handlers(app)
    add_files(app, options.folder, manifest, check_token=check_token)
    for middleware in (  # the last one is the outermost
        HeadMiddleware,
        FaultMiddleware,
        CompatCorsMiddleware,
        SecurityHeadersMiddleware,
        TrailingSlashMiddleware,
    ):
        app.add_middleware(middleware)
    return app


def predict_path(manifest: Manifest) -> str:
    """Where pictures are sent, as on the server that made the bundle."""
    ending = "/last" if manifest.checkpoint == CheckpointKind.LAST else ""
    return f"/api/predict/{manifest.project_id}/{quote(manifest.model_name, safe='')}{ending}"


def check_token(request: Request, _documented: Annotated[str | None, Security(_token_header)]) -> None:
    """Let whoever has the token in, or everybody where none was set."""
    token = request.app.state.options.token
    given = request.headers.get(TOKEN_HEADER, "")
    if token is not None and not hmac.compare_digest(given.encode(), token.encode()):
        raise Unauthorized(f"the token in {TOKEN_HEADER} is empty or wrong: send the one that run.sh was started with")


def _target(kind: CheckpointKind, request: Request, project_id: int, model_name: str, speed: Speed | None) -> None:
    """Answer only for what the bundle holds: another model, checkpoint or speed would be another answer."""
    manifest: Manifest = request.app.state.manifest
    if (project_id, model_name) != (manifest.project_id, manifest.model_name):
        raise NotFound(
            f"this bundle holds no model {model_name!r} of project {project_id}: ask at {predict_path(manifest)}"
        )
    if kind != manifest.checkpoint:
        raise Conflict(f"this bundle holds the checkpoint {manifest.checkpoint}: ask at {predict_path(manifest)}")
    if speed not in (None, manifest.speed):
        raise Conflict(
            f"this bundle computes at speed {manifest.speed}: leave speed out, or download the bundle of {speed}"
        )


def _best(request: Request, project_id: PathId, model_name: str, speed: Speed | None = None) -> None:
    _target(CheckpointKind.BEST, request, project_id, model_name, speed)


def _last(request: Request, project_id: PathId, model_name: str, speed: Speed | None = None) -> None:
    _target(CheckpointKind.LAST, request, project_id, model_name, speed)


@router.post(
    "/api/predict/{project_id}/{model_name}",
    responses=RESPONSES,
    tags=["prediction"],
    dependencies=[Depends(check_token), Depends(_best)],
)
def predict_with_best(request: Request, sent: SentDep, answer: AnswerDep) -> Response:
    """Find the objects in an image with the model's best checkpoint."""
    return _predict(request, sent, answer)


@router.post(
    "/api/predict/{project_id}/{model_name}/last",
    responses=RESPONSES,
    tags=["prediction"],
    dependencies=[Depends(check_token), Depends(_last)],
)
def predict_with_last(request: Request, sent: SentDep, answer: AnswerDep) -> Response:
    """Find the objects in an image with the model's last checkpoint."""
    return _predict(request, sent, answer)


@router.get("/healthz", tags=["health"])
def is_alive() -> Alive:
    """The process answers; nothing else is looked at."""
    return Alive(status="ok")


@router.get("/server.json", include_in_schema=False)
def describe_server(request: Request) -> ServerWord:
    state = request.app.state
    return ServerWord(
        predict_path=predict_path(state.manifest),
        needs_token=state.options.token is not None,
        speed=state.manifest.speed,
    )


@router.get("/api/docs", include_in_schema=False)
def show_api_docs() -> RedirectResponse:
    """The description itself: the page that draws it is three times as large as the rest of a bundle's server."""
    return RedirectResponse("/api/openapi.json", status_code=307)


def _predict(request: Request, sent: Sent, answer: AnswerQuery) -> Response:
    state = request.app.state
    model: LoadedModel = state.predictions
    found = predict_file(
        image_sent(request, sent, allowance=state.allowance),
        lambda: model.predictor,
        gate=model.gate,
        place=sent.place,
        score_thresholds=answer.score_thresholds(model.predictor.meta.score_thresholds),
        max_pixels=state.max_pixels,
    )
    return answer_with(found, answer)


def _url_allowance() -> UrlAllowance:
    try:
        return UrlAllowance.parse(os.environ.get("MASKWRIGHT_PREDICT_URL_ALLOW", ""))
    except ValueError as error:
        raise BundleRefused(f"MASKWRIGHT_PREDICT_URL_ALLOW: {error}") from error


def _max_pixels() -> int:
    text = os.environ.get("MASKWRIGHT_MAX_IMAGE_PIXELS", str(MAX_IMAGE_PIXELS))
    if not text.isdecimal() or int(text) < 1:
        raise BundleRefused(f"MASKWRIGHT_MAX_IMAGE_PIXELS is {text!r}: give a number of pixels, such as 150000000")
    return int(text)
