import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import Person

PIECE = "application/offset+octet-stream"


@dataclass
class TusClient:
    """Somebody who speaks tus, as scripts and browsers' libraries do."""

    person: Person
    path: str  # of the project's uploads

    def begin(self, name: str, byte_size: int, *, first: bytes = b"", **headers: str) -> Any:
        metadata = f"filename {base64.b64encode(name.encode()).decode()},filetype aW1hZ2UvcG5n"
        sent = {"Tus-Resumable": "1.0.0", "Upload-Length": str(byte_size), "Upload-Metadata": metadata} | headers
        if first:
            sent["Content-Type"] = PIECE
        return self.person.post(self.path, headers=sent, content=first)

    def begun(self, name: str, byte_size: int) -> str:
        """Where a new upload's pieces go."""
        answer = self.begin(name, byte_size)
        assert answer.status_code == 201, answer.text
        location: str = answer.headers["Location"]
        return location

    def send(self, location: str, data: bytes, *, offset: int, **headers: str) -> Any:
        sent = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Content-Type": PIECE} | headers
        return self.person.patch(location, headers=sent, content=data)

    def offset(self, location: str) -> int:
        answer = self.person.request("HEAD", location)
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])

    def state(self, location: str) -> Any:
        answer = self.person.get(location)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def make_tus(project_id: int) -> Callable[[Person], TusClient]:
    return lambda person: TusClient(person, f"/api/v1/projects/{project_id}/uploads")


@pytest.fixture
def tus(labeler: Person, make_tus: Callable[[Person], TusClient]) -> TusClient:
    return make_tus(labeler)
