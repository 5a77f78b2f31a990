"""The calls of a Maskwright server."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Literal
from urllib.parse import quote

import httpx

from maskwright_client.answers import FoundObject, ImportReport, Model, UploadReport
from maskwright_client.errors import MaskwrightError, ServerUnreachable, TrainingFailed, WaitedTooLong

Mask = Literal["polygons", "rle", "png", "none"]
Checkpoint = Literal["best", "last"]
Speed = Literal["slow", "medium", "fast"]
Size = Literal["small", "medium", "large"]
LabelFormat = Literal["auto", "coco", "yolo", "voc", "labelme", "cvat", "masks", "maskwright"]

FILES_PER_REQUEST = 50  # few enough that each answer comes soon, and that few files are open at once
PAGE = 1000  # the most that a list gives at once
CONNECT_SECONDS = 10
POLL_SECONDS = 2.0
OUTAGE_SECONDS = 300.0  # how long `wait` puts up with a server that is away, as for an upgrade
AWAY = (0, 502, 503, 504)  # no answer, that of a proxy with nobody behind it, or a server without its database
BUSY = (429, 503)
BUSY_TRIES = 5  # of a prediction that the server has no place for just now, or that the token may not ask for yet
DEFAULT_RETRY_SECONDS = 2.0


class Client:
    """A server, with the rights of an API token. Close it, or use it in a `with`."""

    def __init__(self, url: str, token: str, *, timeout_s: float | None = None) -> None:
        """timeout_s: how long an answer may take; left out, as long as the server needs."""
        self._url = url.rstrip("/")
        timeout = httpx.Timeout(timeout_s, connect=CONNECT_SECONDS)
        self._http = httpx.Client(headers={"X-Auth-token": token}, timeout=timeout)

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def create_project(self, name: str) -> int:
        """Make a project; gives its id."""
        project_id: int = self._json("POST", "/api/v1/projects", json={"name": name})["id"]
        return project_id

    def upload(self, project_id: int, files: Iterable[Path]) -> UploadReport:
        """Upload images and zips of images. What the server does not take is listed with why, and does not raise."""
        parts = [self._upload_some(project_id, some) for some in _in_parts(list(files))]
        return UploadReport(
            tuple(image for part in parts for image in part.images),
            tuple(refusal for part in parts for refusal in part.refused),
        )

    def import_labels(
        self,
        project_id: int,
        file: Path,
        *,
        file_format: LabelFormat = "auto",
        replace: bool = False,
        dry_run: bool = False,
    ) -> ImportReport:
        """Read a label file, or a zip of them, into a project; images are found by their names.

        Args:
            replace: Take away what the images are labeled with, instead of adding to it.
            dry_run: Only say what would happen.
        """
        params = {
            "format": file_format,
            "mode": "replace" if replace else "merge",
            "dry_run": "true" if dry_run else "false",
        }
        with file.open("rb") as opened:
            path = f"/api/v1/projects/{project_id}/labels/import"
            answer = self._json("POST", path, params=params, files={"file": (file.name, opened)})
        return ImportReport.from_json(answer)

    def train(
        self,
        project_id: int,
        name: str,
        *,
        size: Size | None = None,
        train_minutes: float | None = None,
        stop_minutes: float | None = None,
        image_size: int | None = None,
        use_validation_set: bool | None = None,
        validation_percent: float | None = None,
        learning_rate: float | None = None,
        seed: int | None = None,
        max_steps: int | None = None,
        continue_from: int | None = None,
    ) -> Model:
        """Queue a training; what is left out is chosen by the server. `wait` waits for it."""
        settings = {
            "name": name,
            "size": size,
            "train_minutes": train_minutes,
            "stop_minutes": stop_minutes,
            "image_size": image_size,
            "use_validation_set": use_validation_set,
            "validation_percent": validation_percent,
            "learning_rate": learning_rate,
            "seed": seed,
            "max_steps": max_steps,
            "continue_from": continue_from,
        }
        given = {key: value for key, value in settings.items() if value is not None}
        return Model.from_json(self._json("POST", f"/api/v1/projects/{project_id}/models", json=given))

    def get_model(self, model_id: int) -> Model:
        return Model.from_json(self._json("GET", f"/api/v1/models/{model_id}"))

    def list_models(self, project_id: int) -> list[Model]:
        """A project's models, newest first."""
        return [Model.from_json(item) for item in self._items(f"/api/v1/projects/{project_id}/models")]

    def stop(self, model: Model) -> None:
        """End a training early and keep what it has learned."""
        self._json("POST", f"/api/v1/models/{model.id}/stop")

    def wait(
        self, model: Model, *, timeout_s: float | None = None, on_progress: Callable[[Model], None] | None = None
    ) -> Model:
        """Wait until a training has ended, also while the server is away for minutes; gives the model as it is then.

        Raises:
            TrainingFailed: It ended without a usable model.
            WaitedTooLong: It goes on after timeout_s.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            now = self._get_when_there(model.id, give_up_at=deadline)
            if on_progress is not None:
                on_progress(now)
            if now.is_ready:
                return now
            if now.has_ended:
                raise TrainingFailed(f"model {now.name!r} is {now.status}" + (f": {now.error}" if now.error else ""))
            if deadline is not None and time.monotonic() >= deadline:
                raise WaitedTooLong(f"model {now.name!r} is {now.status}, {now.progress:.0%}, after {timeout_s:g} s")
            time.sleep(POLL_SECONDS)

    def _get_when_there(self, model_id: int, *, give_up_at: float | None) -> Model:
        outage_ends = time.monotonic() + OUTAGE_SECONDS
        give_up_at = outage_ends if give_up_at is None else min(give_up_at, outage_ends)
        while True:
            try:
                return self.get_model(model_id)
            except MaskwrightError as error:
                if error.status not in AWAY or time.monotonic() >= give_up_at:
                    raise
            time.sleep(POLL_SECONDS)

    def predict(
        self,
        project_id: int,
        model_name: str,
        image: Path | bytes | str,
        *,
        mask: Mask = "polygons",
        min_score: float | None = None,
        checkpoint: Checkpoint = "best",
        speed: Speed | None = None,
    ) -> list[FoundObject]:
        """Find the objects in an image, best score first. A server that is busy is asked again.

        Args:
            image: A file, its bytes, or the URL that the server is to fetch.
            min_score: One score threshold (0-100) for all labels instead of the model's own.
        """
        path = f"/api/predict/{project_id}/{quote(model_name, safe='')}" + ("/last" if checkpoint == "last" else "")
        wanted = {"mask": mask, "min_score": min_score, "speed": speed}
        params = {key: value for key, value in wanted.items() if value is not None}
        answer = self._predicted(path, params, {"json": {"url": image}} if isinstance(image, str) else _as_body(image))
        return [FoundObject.from_json(found) for found in answer]

    def _predicted(self, path: str, params: dict[str, Any], body: dict[str, Any]) -> Any:
        for _ in range(BUSY_TRIES - 1):
            answer = self._send("POST", path, params=params, **body)
            if answer.status_code not in BUSY:
                return _read(answer)
            time.sleep(_retry_after_s(answer))
        return self._json("POST", path, params=params, **body)

    def _upload_some(self, project_id: int, files: Sequence[Path]) -> UploadReport:
        with ExitStack() as opened:
            form = [("files", (file.name, opened.enter_context(file.open("rb")))) for file in files]
            return UploadReport.from_json(self._json("POST", f"/api/v1/projects/{project_id}/images", files=form))

    def _items(self, path: str) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        while True:
            page = self._json("GET", path, params={"limit": PAGE, **({"cursor": cursor} if cursor else {})})
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def _json(self, method: str, path: str, **options: Any) -> Any:
        return _read(self._send(method, path, **options))

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return self._http.request(method, self._url + path, **options)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            words = str(error) or type(error).__name__
            raise ServerUnreachable(f"{self._url} cannot be used ({words}): check the address") from error


def _as_body(image: Path | bytes) -> dict[str, Any]:
    content = image if isinstance(image, bytes) else image.read_bytes()
    return {"content": content, "headers": {"Content-Type": "application/octet-stream"}}


def _in_parts(files: Sequence[Path]) -> Iterator[Sequence[Path]]:
    for start in range(0, len(files), FILES_PER_REQUEST):
        yield files[start : start + FILES_PER_REQUEST]


def _retry_after_s(answer: httpx.Response) -> float:
    try:
        return float(answer.headers["Retry-After"])
    except (KeyError, ValueError):
        return DEFAULT_RETRY_SECONDS


def _read(answer: httpx.Response) -> Any:
    try:
        document = answer.json()
    except ValueError as error:
        words = (
            f"{answer.url} answered {answer.status_code}, but no Maskwright: check the address and that the server runs"
        )
        raise MaskwrightError(answer.status_code, words) from error
    if answer.is_success:
        return document
    message = document.get("error") if isinstance(document, dict) else None
    raise MaskwrightError(answer.status_code, message or f"{answer.url} answered {answer.status_code}")
