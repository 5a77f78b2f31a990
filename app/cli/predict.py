"""`maskwright predict`"""

import io
import json
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import httpx
import typer
from rich.console import Console
from rich.progress import Progress

from app.cli.address import base_url
from app.cli.remote_projects import connection, refusal
from app.cli.typer_app import AsJson, new_cli, say_json
from app.db.enums import CheckpointKind, Speed
from app.inference.decode import IMAGE_ENDINGS
from app.inference.postprocess import JSON_NAME
from app.settings import get_settings

RETRY_SECONDS = 2.0  # where a busy server does not say how long
BUSY = frozenset((httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS))
NOT_AN_IMAGE = frozenset((httpx.codes.BAD_REQUEST, httpx.codes.REQUEST_ENTITY_TOO_LARGE))

cli = new_cli("Find the objects in a folder of images, frames of a video for one, with a trained model of a server.")


@cli.command()
def run(
    *,
    folder: Annotated[Path, typer.Argument(help="The folder; those inside it are looked through too.", exists=True)],
    project: Annotated[int, typer.Option(help="The project's id, the number in brackets after its name.")],
    model: Annotated[str, typer.Option(help="The model's name.")],
    output: Annotated[Path, typer.Option(help="The JSON file to write.")] = Path(JSON_NAME),
    masks: Annotated[Path | None, typer.Option(help="A folder for one PNG of each object.")] = None,
    min_score: Annotated[
        float | None, typer.Option(min=0, max=100, help="One score threshold; left out, the model's own.")
    ] = None,
    checkpoint: Annotated[CheckpointKind, typer.Option(help="Which state of the model.")] = CheckpointKind.BEST,
    speed: Annotated[Speed | None, typer.Option(help="Left out, the model's setting.")] = None,
    url: Annotated[str | None, typer.Option(help="The server; left out, the one on this machine.")] = None,
    token: Annotated[str, typer.Option(envvar="MASKWRIGHT_TOKEN", help="An API token of that server.")],
    as_json: AsJson = False,
) -> None:
    images = _find_images(folder)
    if not images:
        raise typer.BadParameter(f"{folder} holds no images ({', '.join(sorted(IMAGE_ENDINGS))})")
    settings = get_settings()
    server = (url or base_url(settings.host, settings.port)).rstrip("/")
    last = "/last" if checkpoint is CheckpointKind.LAST else ""
    given = {"min_score": min_score, "speed": speed, "format": "masks" if masks else None}
    endpoint = httpx.URL(
        f"{server}/api/predict/{project}/{quote(model, safe='')}{last}",
        params={key: value for key, value in given.items() if value is not None},
    )
    found: dict[str, Any] = {}
    refused: dict[str, str] = {}
    try:
        with connection(server, token) as http:
            _predict_all(http, endpoint, images, folder=folder, masks=masks, found=found, refused=refused)
    finally:
        if found:  # also what came before the server went away
            _write_whole(output, found)
    _report(found, refused, output, as_json=as_json)
    if refused:
        raise typer.Exit(1)


def _predict_all(
    http: httpx.Client,
    endpoint: httpx.URL,
    images: list[Path],
    *,
    folder: Path,
    masks: Path | None,
    found: dict[str, Any],
    refused: dict[str, str],
) -> None:
    """Fill in what was found in each image, and which files were refused and why."""
    for path in _with_progress(images):
        name = path.relative_to(folder).as_posix() if folder.is_dir() else path.name
        answer = _ask(http, endpoint, path.read_bytes())
        if answer.status_code in NOT_AN_IMAGE:
            refused[name] = str(refusal(answer))
        elif not answer.is_success:
            raise refusal(answer)
        else:
            found[name] = answer.json() if masks is None else _unpack(answer.content, masks / name)


def _find_images(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in IMAGE_ENDINGS and path.is_file())


def _with_progress(images: list[Path]) -> Iterable[Path]:
    console = Console(stderr=True, highlight=False)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        yield from progress.track(images, description="Predicting")


def _ask(http: httpx.Client, endpoint: httpx.URL, image_file: bytes) -> httpx.Response:
    """Send an image, again while the server has no place for it or the token has asked too often."""
    while True:
        answer = http.post(endpoint, content=image_file, headers={"Content-Type": "application/octet-stream"})
        if answer.status_code not in BUSY:
            return answer
        time.sleep(float(answer.headers.get("Retry-After", RETRY_SECONDS)))


def _unpack(archive: bytes, folder: Path) -> Any:
    """Write the masks of one image into its folder; gives the JSON that names each."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        document = json.loads(zipped.read(JSON_NAME))
        for one in document:
            (folder / Path(one["file"]).name).write_bytes(zipped.read(one["file"]))
    return document


def _write_whole(output: Path, found: dict[str, Any]) -> None:
    """Write the file under its name only once it is whole."""
    partial = output.with_name(f"{output.name}.partial")
    try:
        partial.write_text(json.dumps(found, ensure_ascii=False))
        partial.replace(output)
    except OSError as error:
        raise typer.BadParameter(f"{output} cannot be written ({error.strerror})") from error


def _report(found: dict[str, Any], refused: dict[str, str], output: Path, *, as_json: bool) -> None:
    count = sum(map(len, found.values()))
    if as_json:
        say_json({"file": str(output), "images": len(found), "objects": count, "refused": refused})
        return
    for name, error in refused.items():
        typer.echo(f"{name}: {error}", err=True)
    if found:
        typer.echo(f"{output}: {count} objects in {len(found)} images")
