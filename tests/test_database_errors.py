from typing import Any

import pytest

from tests.conftest import Person


@pytest.mark.services
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/predict/{project_id}/a%00b", None),
        ("GET", "/api/v1/projects?q=%00", None),
        ("POST", "/api/v1/session", {"email": "a\0@example.com", "password": "b"}),
    ],
)
def test_text_that_postgresql_has_not__is_the_callers_fault(
    owner: Person, project_id: int, method: str, path: str, body: Any
) -> None:
    answer = owner.request(method, path.format(project_id=project_id), json=body)
    assert answer.status_code == 422
    assert "U+0000" in answer.json()["error"]
