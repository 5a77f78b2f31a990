"""Where projects are: in this machine's database, or behind a server's REST API."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from app.cli.local_projects import LocalProjects
from app.cli.remote_projects import RemoteProjects
from app.labels.importing import ImportMode

Url = Annotated[
    str | None, typer.Option(help="The server, such as https://example.com; left out, this machine's database.")
]
Token = Annotated[str | None, typer.Option(envvar="MASKWRIGHT_TOKEN", help="An API token of that server.")]


class Projects(Protocol):
    """What can be brought in and out."""

    def export(
        self, project_id: int, *, file_format: str, with_models: bool
    ) -> AbstractContextManager[tuple[str, Iterator[bytes]]]:
        """A file's name and its content: labels in a format, or ARCHIVE."""

    def import_labels(
        self, project_id: int, files: Sequence[Path], *, file_format: str, mode: ImportMode, dry_run: bool
    ) -> dict[str, Any]:
        """The report of an import."""

    def import_project(self, archive: Path, *, owner: str | None) -> dict[str, Any]:
        """The project that was made of an archive."""


def open_projects(url: str | None, token: str | None) -> Projects:
    """Choose by what was given on the command line."""
    if url is None:
        return LocalProjects()
    if not token:
        raise typer.BadParameter("--url needs --token, or MASKWRIGHT_TOKEN in the environment")
    return RemoteProjects(url, token)
