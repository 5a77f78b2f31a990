"""`maskwright doctor`"""

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import metadata

import typer
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.repository import count_admins
from app.cli.typer_app import AsJson, new_cli, say_json
from app.db.engine import session_scope
from app.db.schema_version import require_current
from app.errors import AppError
from app.inference.device import CPU, choose_device
from app.inference.errors import DeviceUnavailable
from app.inference.onnxruntime_session import NO_GPU_PACKAGE, gpu_fault
from app.settings import Settings, get_settings
from app.web import health
from app.web.pages import APP_ENTRY
from app.web.shell import find_assets

LOW_DISK_BYTES = 5 * 1024**3  # a training's checkpoints and a few thousand photos

cli = new_cli("Say what is missing on this machine, and how to get it. Exit status 1 when the server cannot run.")


class State(StrEnum):
    OK = "ok"
    MISSING = "missing"  # something works less well, or not yet
    FAILED = "failed"  # the server cannot run


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    state: State
    words: str


@cli.command()
def run(*, as_json: AsJson = False) -> None:
    findings = list(examine(get_settings()))
    if as_json:
        say_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            typer.echo(f"{finding.state:<8} {finding.name:<11} {finding.words}")
    if any(finding.state is State.FAILED for finding in findings):
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that a server or a worker needs, cheapest first."""
    yield Finding("python", State.OK, f"{platform.python_version()} at {sys.executable}")
    yield _disk(settings)
    yield _reached("database", require_current, settings.resolved_database_url)
    yield _reached("storage", health.reach_storage, settings.resolved_storage_url)
    yield _reached("broker", health.reach_broker, settings.broker_url or str(settings.broker_dir))
    yield _administrator()
    yield _pages()
    yield _package("torch", "training needs it: pip install 'maskwright[worker]' (a server predicts without it)")
    yield _package("openvino", "prediction needs it: pip install openvino")
    yield _prediction(settings)
    yield _weights(settings)


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    words = f"{free / 1024**3:.0f} GB free for {settings.data_dir}"
    if free < LOW_DISK_BYTES:
        return Finding("disk", State.MISSING, f"{words}: uploads and trainings will soon be refused")
    return Finding("disk", State.OK, words)


def _reached(name: str, reach: Callable[[], object], where: str) -> Finding:
    state = health.state_of(reach)
    if state == health.OK:
        return Finding(name, State.OK, without_password(where))
    return Finding(name, State.FAILED, f"{without_password(where)}: {state}")


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    scheme, separator, rest = url.rpartition("://")
    credentials, at, host = rest.rpartition("@")
    return f"{scheme}{separator}{credentials.partition(':')[0]}{at}{host}"


def _administrator() -> Finding:
    try:
        with session_scope(read_only=True) as session:
            count = count_admins(session)
    except (AppError, SQLAlchemyError):
        return Finding("admin", State.MISSING, "not known without the database")
    if count == 0:
        return Finding("admin", State.MISSING, "nobody can sign in: maskwright admin create --email you@example.com")
    return Finding("admin", State.OK, f"{count} administrator{'s' if count > 1 else ''}")


def _pages() -> Finding:
    if find_assets(APP_ENTRY) is None:
        return Finding("pages", State.MISSING, "the web pages are not built: make setup")
    return Finding("pages", State.OK, "the web pages are built")


def _package(name: str, why: str) -> Finding:
    try:
        return Finding(name, State.OK, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(name, State.MISSING, why)


def _prediction(settings: Settings) -> Finding:
    """Where models predict at slow."""
    wanted = settings.predict_device
    try:
        device = choose_device(wanted)
    except DeviceUnavailable as error:
        return Finding("prediction", State.FAILED, str(error))
    words = f"on the {device}, as MASKWRIGHT_PREDICT_DEVICE is {wanted}"
    if device == CPU and wanted == "auto" and (fault := gpu_fault(0)) != NO_GPU_PACKAGE:
        return Finding("prediction", State.MISSING, f"{words}: {fault}")
    return Finding("prediction", State.OK, words)


def _weights(settings: Settings) -> Finding:
    folder = settings.resolved_weights_dir
    files = sorted(path.name for path in folder.glob("*.pth"))
    if files:
        return Finding("weights", State.OK, f"{', '.join(files)} in {folder}")
    if settings.weights_download:
        return Finding("weights", State.OK, f"none in {folder} yet: fetched when a training needs them")
    return Finding("weights", State.MISSING, f"none in {folder}: trainings start from random numbers and take longer")
