from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.conftest import Person

Upload = Callable[..., dict[str, Any]]


@pytest.fixture
def upload(labeler: Person, project_id: int) -> Upload:
    """Upload files by name as a Labeler and give the report."""

    def send(files: Mapping[str, bytes]) -> dict[str, Any]:
        form = [("files", (name, data, "application/octet-stream")) for name, data in files.items()]
        answer = labeler.post(f"/api/v1/projects/{project_id}/images", files=form)
        assert answer.status_code == 201, answer.text
        report: dict[str, Any] = answer.json()
        return report

    return send
