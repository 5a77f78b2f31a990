"""`maskwright train`"""

import time
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from app.cli.own_worker import OwnWorker
from app.cli.training_view import say, show_training
from app.cli.typer_app import AsJson, new_cli, say_json
from app.db.engine import session_scope
from app.db.enums import ModelSize, ModelStatus
from app.db.models import Project
from app.db.schema_version import require_current
from app.errors import NotFound
from app.training import service
from app.training.schemas import TrainRequest

POLL_SECONDS = 1.0
ENDED = (ModelStatus.READY, ModelStatus.FAILED, ModelStatus.CANCELLED)

cli = new_cli("Train a model on a project's labeled images, and wait for it. Without a live worker one is started.")


@cli.command()
def run(
    *,
    project: Annotated[int, typer.Option(help="The project's id, the number in brackets after its name.")],
    name: Annotated[str, typer.Option(help="What the model will be called.")],
    size: Annotated[ModelSize | None, typer.Option(help="Chosen by the device if left out.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Training time; by the labeled images if left out.")] = None,
    stop_minutes: Annotated[float | None, typer.Option(help="End after this long without a better mAP.")] = None,
    image_size: Annotated[int | None, typer.Option(help="Long side in pixels.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed draws the same validation images.")] = 0,
    continue_from: Annotated[int | None, typer.Option(help="The id of an earlier model to train further.")] = None,
    as_json: AsJson = False,
) -> None:
    require_current()
    request = _request(
        name=name,
        size=size,
        train_minutes=minutes,
        stop_minutes=stop_minutes,
        image_size=image_size,
        seed=seed,
        continue_from=continue_from,
    )
    with session_scope(read_only=True) as session:
        if session.get(Project, project) is None:
            raise NotFound(f"there is no project {project}")
    with OwnWorker() as worker:
        worker.ensure()
        with session_scope() as session:
            started = service.start_training(session, request, project_id=project, created_by=None)
        models = _follow(started.id, worker)
        if as_json:
            *_, model = models
        else:
            model = show_training(name, models, read_log=partial(_read_log, started.id))
    if as_json:
        say_json(model)
    else:
        say(f"The model is {model['status']}" + (f": {model['error']}" if model["error"] else ""))
    if model["status"] != ModelStatus.READY:
        raise typer.Exit(1)


def _request(**settings: Any) -> TrainRequest:
    try:
        return TrainRequest(**settings)
    except ValidationError as error:
        words = [f"{part['loc'][0]}: {part['msg'].removeprefix('Value error, ')}" for part in error.errors()]
        raise typer.BadParameter("; ".join(words)) from error


def _follow(model_id: int, worker: OwnWorker) -> Iterator[dict[str, Any]]:
    """The model as it is, each second until its training has ended; there is a worker until then."""
    while True:
        with session_scope(read_only=True) as session:
            model = service.get_model(session, model_id)
        yield model.model_dump(mode="json")
        if model.status in ENDED:
            return
        worker.ensure()
        time.sleep(POLL_SECONDS)


def _read_log(model_id: int) -> list[str]:
    with session_scope(read_only=True) as session:
        return [line.message for line in service.read_log(session, model_id).items]
