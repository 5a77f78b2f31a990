"""`maskwright demo`"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from app.accounts import service as accounts
from app.accounts.passwords import hash_password
from app.cli.demo_data import DemoData, generated_data, own_data
from app.cli.demo_job import DemoFailed, DemoJob, wait_until_up
from app.cli.overlay import draw_predictions, side_by_side
from app.cli.training_view import say, show_training
from app.cli.typer_app import new_cli
from app.db.engine import session_scope
from app.db.enums import PasswordOrigin
from app.db.migrate import migrate
from app.settings import Settings, get_settings

EMAIL = "demo@example.com"
IMAGE_SIZE = 256  # small enough to learn within minutes on two cores
SERVER_SECONDS = 60.0  # to its first answer, on a machine that does other things too
STOP_SECONDS = 20.0
SHOWN_OBJECTS = 3

cli = new_cli("The whole main job on this machine: upload labeled images, train, predict; then the server stays up.")


@cli.command()
def run(
    *,
    images: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="A folder of your own images.")
    ] = None,
    labels: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Their labels, COCO JSON.")] = None,
    minutes: Annotated[float, typer.Option(min=0.1, help="Training time.")] = 3.0,
    leave: Annotated[bool, typer.Option("--exit", help="End when done instead of staying up.")] = False,
) -> None:
    if (images is None) != (labels is None):
        raise typer.BadParameter("give --images and --labels together, or neither")
    settings = get_settings()
    _refuse_taken_port(settings)
    migrate()
    password, token = _demo_account(settings)
    data = generated_data() if images is None or labels is None else own_data(images, labels)
    base_url = f"http://{settings.host}:{settings.port}"
    with _server(settings) as server:
        wait_until_up(base_url, seconds=SERVER_SECONDS)
        _main_job(DemoJob(base_url, token), data, minutes=minutes, settings=settings)
        with_password = "the password that you chose" if password is None else f"the password {password}"
        say(f"\nOpen   {base_url}\nSign in as {EMAIL} with {with_password}")
        if not leave:
            say("The server stays up; Ctrl-C ends it.")
            server.wait()


def _main_job(job: DemoJob, data: DemoData, *, minutes: float, settings: Settings) -> None:
    project_id = job.make_project("Demo")
    uploaded = job.upload(project_id, data.pictures)
    say(f"Project Demo ({project_id}): {len(uploaded['items'])} images taken, {len(uploaded['refused'])} refused")
    report = job.import_labels(project_id, data)
    say(f"{report['instances_imported']} labeled objects imported: {', '.join(report['labels_created'])}")
    model = job.start_training(
        project_id, size="small", image_size=IMAGE_SIZE, train_minutes=minutes, stop_minutes=minutes
    )
    model = show_training(model["name"], job.follow(model["id"]), read_log=partial(job.read_log, model["id"]))
    best = model["best"]
    say(
        f"Trained for {model['elapsed_s']:.0f} s from {model['initialised_from']}: "
        f"mAP {best['map']:.3f}, AP50 {best['ap50']:.3f} on {model['validation_image_count']} validation images"
    )
    _show_predictions(job, data, project_id, model, settings.data_dir / "demo.png")


def _show_predictions(job: DemoJob, data: DemoData, project_id: int, model: dict[str, Any], overlay: Path) -> None:
    drawn = []
    for picture in data.new_pictures:
        found = job.predict(project_id, model["name"], picture)
        drawn.append(draw_predictions(picture.data, found, model["class_names"]))
        say(f"\nPOST /api/predict/{project_id}/{model['name']} with {picture.name}: {len(found)} objects")
        for one in found[:SHOWN_OBJECTS]:
            say(_shortened(one))
    side_by_side(drawn).save(overlay)
    say(f"\nOverlay written to {overlay}")


def _shortened(one: dict[str, Any]) -> str:
    """The object as the endpoint gives it, with its points counted instead of listed."""
    points = sum(len(polygon["points"]) for polygon in one["polygons"])
    return json.dumps({**one, "polygons": f"… {points} points"}, ensure_ascii=False)


def _refuse_taken_port(settings: Settings) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((settings.host, settings.port)) == 0:
            raise DemoFailed(
                f"something listens at {settings.host}:{settings.port} already; "
                "stop it, or choose another port with MASKWRIGHT_PORT"
            )


def _demo_account(settings: Settings) -> tuple[str | None, str]:
    """The demo's administrator, made at its first run: the password and an API token.

    The password is None once the person has chosen another.
    """
    file = settings.data_dir / "demo-account.json"
    password = json.loads(file.read_text())["password"] if file.exists() else secrets.token_urlsafe(12)
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
            json.dump({"email": EMAIL, "password": password}, target)
    password_hash = hash_password(password)
    with session_scope() as session:
        is_printed = accounts.is_administrator(session, email=EMAIL, password=password)
        has_own = not is_printed and accounts.chose_own_password(session, email=EMAIL)
        if not is_printed and not has_own:
            accounts.make_administrator(
                session,
                email=EMAIL,
                password_hash=password_hash,
                replace=True,
                password_origin=PasswordOrigin.PRINTED,
            )
        token = accounts.create_token_for(session, email=EMAIL, name="demo")
    return None if has_own else password, token


@contextmanager
def _server(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """`maskwright up`, ended with the demo; what it says goes into a file."""
    log = settings.data_dir / "demo-server.log"
    with log.open("ab") as output:
        command = [sys.executable, "-m", "app.cli.main", "up"]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    say(f"Server starts; its log is {log}")
    previous = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield process
    except KeyboardInterrupt:
        say("Stopping")
    finally:
        signal.signal(signal.SIGTERM, previous)
        process.terminate()
        process.wait(STOP_SECONDS)
