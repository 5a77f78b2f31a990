"""`maskwright export`"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn

from app.cli.local_projects import ARCHIVE
from app.cli.projects import Token, Url, open_projects
from app.cli.typer_app import AsJson, new_cli, say_json
from app.labels.formats.table import WRITERS

STANDARD_OUTPUT = Path("-")
COLUMNS = (SpinnerColumn(), TextColumn("{task.description}"), DownloadColumn())

cli = new_cli("Write a project's labels, or all of the project, into a file.")


@cli.command()
def run(
    *,
    project: Annotated[int, typer.Argument(help="The project's id, the number in brackets after its name.")],
    file_format: Annotated[
        str, typer.Option("--format", help=f"{', '.join(WRITERS)}; {ARCHIVE} for the whole project with its images.")
    ] = "coco",
    output: Annotated[
        Path | None, typer.Option(help="The file to write, - for standard output; left out, named after the project.")
    ] = None,
    models: Annotated[bool, typer.Option(help="Whether an archive has the models too.")] = True,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    if file_format not in (ARCHIVE, *WRITERS):
        raise typer.BadParameter(f"--format {file_format}: give {', '.join(WRITERS)} or {ARCHIVE}")
    if as_json and output == STANDARD_OUTPUT:
        raise typer.BadParameter("--json and --output - would both write to standard output; choose one")
    with open_projects(url, token).export(project, file_format=file_format, with_models=models) as (name, chunks):
        target = output or Path(name)
        with opened(target) as file:
            written = write_chunks(chunks, file, str(target))
    if as_json:
        say_json({"project": project, "format": file_format, "file": str(target), "bytes": written})
    elif target != STANDARD_OUTPUT:
        typer.echo(f"{target}: {written:,} bytes")


@contextmanager
def opened(target: Path) -> Iterator[BinaryIO]:
    """Open a file that has its name only once it is whole."""
    if target == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    partial = target.with_name(f"{target.name}.partial")
    try:
        try:
            file = partial.open("wb")
        except OSError as error:
            raise typer.BadParameter(f"{target} cannot be written ({error.strerror})") from error
        with file:
            yield file
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def write_chunks(chunks: Iterator[bytes], file: BinaryIO, name: str) -> int:
    """Write a file piece by piece with its size shown on a terminal; gives the number of bytes."""
    console = Console(stderr=True, highlight=False)
    written = 0
    with Progress(*COLUMNS, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(name, total=None)
        for chunk in chunks:
            written += file.write(chunk)
            progress.update(task, completed=written)
    return written
