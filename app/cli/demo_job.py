"""The main job as a program does it: everything through the REST API, nothing behind its back."""

import io
import time
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from app.cli.demo_data import DemoData, Picture
from app.db.enums import ModelStatus
from app.errors import AppError
from app.http import TOKEN_HEADER

POLL_SECONDS = 1.0
REQUEST_TIMEOUT_SECONDS = 300.0  # an upload of a person's own folder may take a while
ENDED = (ModelStatus.READY, ModelStatus.FAILED, ModelStatus.CANCELLED)

Json = dict[str, Any]


class DemoFailed(AppError):
    """A step of the demo did not do what it should; the message says which."""


class DemoJob:
    """One run of the main job against a server."""

    def __init__(self, base_url: str, token: str) -> None:
        self._http = httpx.Client(
            base_url=base_url, headers={TOKEN_HEADER: token}, timeout=REQUEST_TIMEOUT_SECONDS, trust_env=False
        )

    def make_project(self, name: str) -> int:
        return int(self._json("POST", "/api/v1/projects", json={"name": name})["id"])

    def upload(self, project_id: int, pictures: Sequence[Picture]) -> Json:
        """Send the pictures as one zip."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
            for picture in pictures:
                file.writestr(picture.name, picture.data)
        files = {"files": ("images.zip", archive.getvalue(), "application/zip")}
        return self._json("POST", f"/api/v1/projects/{project_id}/images", files=files)

    def import_labels(self, project_id: int, data: DemoData) -> Json:
        files = {"file": ("labels.json", data.labels_file, "application/json")}
        return self._json("POST", f"/api/v1/projects/{project_id}/labels/import", files=files)

    def start_training(self, project_id: int, **config: object) -> Json:
        """Start a training under the next free name."""
        taken = {model["name"] for model in self._json("GET", f"/api/v1/projects/{project_id}/models")["items"]}
        name = next(f"demo-{number}" for number in range(1, len(taken) + 2) if f"demo-{number}" not in taken)
        return self._json("POST", f"/api/v1/projects/{project_id}/models", json={"name": name, **config})

    def follow(self, model_id: int) -> Iterator[Json]:
        """Give the model as it is, each second until it has ended.

        Raises:
            DemoFailed: It did not become ready.
        """
        while True:
            model = self._json("GET", f"/api/v1/models/{model_id}")
            yield model
            if model["status"] in ENDED:
                break
            time.sleep(POLL_SECONDS)
        if model["status"] != ModelStatus.READY:
            raise DemoFailed(f"the training ended {model['status']}: {model['error'] or 'see the log of the worker'}")

    def read_log(self, model_id: int) -> list[str]:
        return [line["message"] for line in self._json("GET", f"/api/v1/models/{model_id}/log")["items"]]

    def predict(self, project_id: int, model_name: str, picture: Picture) -> list[Json]:
        """Ask the endpoint that production code asks."""
        path = f"/api/predict/{project_id}/{quote(model_name, safe='')}"
        answer = self._request("POST", path, content=picture.data, headers={"Content-Type": "application/octet-stream"})
        found: list[Json] = answer.json()
        return found

    def _json(self, method: str, path: str, **options: Any) -> Json:
        answer: Json = self._request(method, path, **options).json()
        return answer

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        answer = self._http.request(method, path, **options)
        if answer.is_error:
            raise DemoFailed(f"{method} {path} answered {answer.status_code}: {answer.text[:300]}")
        return answer


def wait_until_up(base_url: str, *, seconds: float) -> None:
    """Wait for the server's first answer.

    Raises:
        DemoFailed: There was none in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{base_url}/healthz", timeout=2, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise DemoFailed(f"the server did not answer at {base_url} within {seconds:.0f} s; its log says why")
