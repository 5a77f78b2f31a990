"""Labels and projects of a server, over its REST API."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from app.cli.local_projects import ARCHIVE
from app.downloads import name_of_attachment
from app.errors import AppError, Unprocessable
from app.http import TOKEN_HEADER
from app.labels.importing import ImportMode

# Connecting is quick or hopeless; an answer may take as long as the server reads what it was sent.
TIMEOUT = httpx.Timeout(None, connect=10.0)
_COLUMNS = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
_console = Console(stderr=True, highlight=False)


class ServerRefused(AppError):
    """The server cannot be reached, or does not do what it is asked; the message is its own."""


class RemoteProjects:
    """A server's projects, with the rights of a token."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._token = token

    @contextmanager
    def export(self, project_id: int, *, file_format: str, with_models: bool) -> Iterator[tuple[str, Iterator[bytes]]]:
        path, params = f"/{project_id}/labels/export", {"format": file_format}
        if file_format == ARCHIVE:
            path, params = f"/{project_id}/archive", {"models": str(with_models).lower()}
        with (
            connection(self._url, self._token) as http,
            http.stream("GET", self._address(path), params=params) as answer,
        ):
            named = name_of_attachment(answer.headers.get("Content-Disposition", ""))
            if not answer.is_success or named is None:
                answer.read()
                raise refusal(answer)
            yield named, answer.iter_bytes()

    def import_labels(
        self, project_id: int, files: Sequence[Path], *, file_format: str, mode: ImportMode, dry_run: bool
    ) -> dict[str, Any]:
        params = {"format": file_format, "mode": mode.value, "dry_run": str(dry_run).lower()}
        return self._send(f"/{project_id}/labels/import", files, params)

    def import_project(self, archive: Path, *, owner: str | None) -> dict[str, Any]:
        if owner is not None:
            raise Unprocessable("--owner is for this machine's database: on a server the token's person owns it")
        return self._send("/archive", [archive], {})

    def _send(self, path: str, files: Sequence[Path], params: dict[str, str]) -> dict[str, Any]:
        with (
            connection(self._url, self._token) as http,
            ExitStack() as opened,
            Progress(*_COLUMNS, console=_console, disable=not _console.is_terminal) as progress,
        ):
            form = [
                (
                    "file",
                    (file.name, opened.enter_context(progress.open(file, "rb", description=f"Sending {file.name}"))),
                )
                for file in files
            ]
            answer = http.post(self._address(path), params=params, files=form)
            if not answer.is_success or answer.headers.get("Content-Type") != "application/json":
                raise refusal(answer)
            result: dict[str, Any] = answer.json()
            return result

    def _address(self, path: str) -> str:
        return f"{self._url}/api/v1/projects{path}"


@contextmanager
def connection(url: str, token: str) -> Iterator[httpx.Client]:
    """A client whose failures are told in words."""
    try:
        with httpx.Client(headers={TOKEN_HEADER: token}, timeout=TIMEOUT) as http:
            yield http
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServerRefused(f"{url} cannot be used ({error or type(error).__name__}); check --url") from error


def refusal(answer: httpx.Response) -> ServerRefused:
    """The server's own words, which say what to do."""
    try:
        return ServerRefused(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return ServerRefused(f"{answer.url} is no Maskwright (status {answer.status_code}); check --url")
