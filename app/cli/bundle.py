"""`maskwright bundle`"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.bundle.service import Wish, make_bundle
from app.cli.export import STANDARD_OUTPUT, opened, write_chunks
from app.cli.projects import Token, Url
from app.cli.remote_projects import connection, refusal
from app.cli.typer_app import AsJson, new_cli, say_json
from app.db.enums import CheckpointKind, Speed
from app.db.schema_version import require_current
from app.downloads import name_of_attachment
from app.predictions.service import PredictionRuntime
from app.statistics.tables import TableCache

cli = new_cli("Write a trained model, with a server of its own, into a zip for a machine without Maskwright.")


@cli.command()
def run(
    *,
    model: Annotated[int, typer.Argument(help="The model's id, the number in brackets after its name.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write, - for standard output.")
    ] = None,
    checkpoint: Annotated[CheckpointKind, typer.Option(help="Which state of the model.")] = CheckpointKind.BEST,
    speed: Annotated[Speed, typer.Option(help="What it computes in.")] = Speed.SLOW,
    golden: Annotated[bool, typer.Option(help="Whether up to three of the model's images go along.")] = True,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    if as_json and output == STANDARD_OUTPUT:
        raise typer.BadParameter("--json and --output - would both write to standard output; choose one")
    wish = Wish(model, checkpoint, speed, golden)
    with _bundle(wish, url, token) as (name, chunks):
        target = output or Path(name)
        with opened(target) as file:
            written = write_chunks(chunks, file, str(target))
    if as_json:
        say_json({"model": model, "file": str(target), "bytes": written})
    elif target != STANDARD_OUTPUT:
        typer.echo(f"{target}: {written:,} bytes")


@contextmanager
def _bundle(wish: Wish, url: str | None, token: str | None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """A bundle's file name and its content, made by this process or by a server."""
    if url is None:
        require_current()
        yield make_bundle(wish, runtime=PredictionRuntime(), tables=TableCache())
        return
    if not token:
        raise typer.BadParameter("--url needs --token, or MASKWRIGHT_TOKEN in the environment")
    params = {"checkpoint": wish.kind.value, "speed": wish.speed.value, "golden": str(wish.golden).lower()}
    address = f"{url.rstrip('/')}/api/v1/models/{wish.model_id}/bundle"
    with connection(url, token) as http, http.stream("GET", address, params=params) as answer:
        named = name_of_attachment(answer.headers.get("Content-Disposition", ""))
        if not answer.is_success or named is None:
            answer.read()
            raise refusal(answer)
        yield named, answer.iter_bytes()
