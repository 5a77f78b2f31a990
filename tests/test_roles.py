"""Who may call what: every documented endpoint, by role."""

from collections.abc import Callable
from string import Formatter
from typing import Any

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Role, Speed
from app.db.models import Batch, LabelClass
from app.main import create_app
from tests.conftest import Person
from tests.projects.test_endpoints import add_model

PROJECT = "/api/v1/projects/{project_id}"
UPLOAD = f"{PROJECT}/uploads/{{upload_id}}"
IMAGE = "/api/v1/images/{image_id}"
MODEL = "/api/v1/models/{model_id}"
BATCH = "/api/v1/batches/{batch_id}"
NAMED_IMAGE = "/api/image/{project_id}/{name}"
PREDICT = "/api/predict/{project_id}/{model_name}"

# The least role that may; the others of a project may see it and hear 403.
LEAST_ROLE = {
    f"GET {PROJECT}": Role.LABELER,
    f"PATCH {PROJECT}": Role.ADMIN,
    f"DELETE {PROJECT}": Role.ADMIN,
    f"POST {PROJECT}/copy": Role.DEVELOPER,
    f"GET {PROJECT}/archive": Role.DEVELOPER,
    f"GET {PROJECT}/members": Role.LABELER,
    f"POST {PROJECT}/members": Role.ADMIN,
    f"PATCH {PROJECT}/members/{{user_id}}": Role.ADMIN,
    f"DELETE {PROJECT}/members/{{user_id}}": Role.LABELER,  # to leave; tests/projects has who may remove others
    f"GET {PROJECT}/images": Role.LABELER,
    f"POST {PROJECT}/images": Role.LABELER,
    f"DELETE {PROJECT}/images": Role.LABELER,
    f"GET {PROJECT}/images/ids": Role.LABELER,
    f"GET {PROJECT}/images/folders": Role.LABELER,
    f"GET {PROJECT}/images/uploaders": Role.LABELER,
    f"POST {PROJECT}/uploads": Role.LABELER,
    f"GET {PROJECT}/uploads": Role.LABELER,  # the caller's own; tests/uploads has who may see another's
    f"GET {UPLOAD}": Role.LABELER,
    f"PATCH {UPLOAD}": Role.LABELER,
    f"DELETE {UPLOAD}": Role.LABELER,
    f"GET {IMAGE}": Role.LABELER,
    f"DELETE {IMAGE}": Role.LABELER,
    f"GET {IMAGE}/file": Role.LABELER,
    f"GET {IMAGE}/thumbnail": Role.LABELER,
    f"GET {IMAGE}/display": Role.LABELER,
    f"POST {IMAGE}/smart-mask": Role.LABELER,
    f"POST {IMAGE}/smart-mask/prepare": Role.LABELER,
    f"GET {PROJECT}/labels": Role.LABELER,
    f"POST {PROJECT}/labels": Role.LABELER,
    f"PATCH {PROJECT}/labels/{{label_id}}": Role.LABELER,
    f"DELETE {PROJECT}/labels/{{label_id}}": Role.LABELER,
    f"POST {PROJECT}/labels/{{label_id}}/merge": Role.LABELER,
    f"POST {PROJECT}/labels/import": Role.LABELER,
    f"GET {PROJECT}/labels/formats": Role.LABELER,
    f"GET {PROJECT}/labels/export": Role.LABELER,
    f"GET {PROJECT}/labels/export/report": Role.LABELER,
    f"GET {PROJECT}/outlines": Role.LABELER,
    f"GET {IMAGE}/instances": Role.LABELER,
    f"PUT {IMAGE}/instances": Role.LABELER,
    f"PATCH {IMAGE}/instances": Role.LABELER,
    f"GET {IMAGE}/revisions": Role.LABELER,
    f"GET {IMAGE}/revisions/{{revision}}": Role.LABELER,
    f"POST {IMAGE}/labeling-time": Role.LABELER,
    f"GET {PROJECT}/labeling-time": Role.LABELER,  # the caller's own; tests/labeling_time has who sees all
    f"PUT {PROJECT}/validation": Role.LABELER,
    f"POST {PROJECT}/validation/choose": Role.LABELER,
    f"PUT {PROJECT}/background": Role.LABELER,
    f"GET {PROJECT}/near-duplicates": Role.LABELER,
    f"POST {PROJECT}/models": Role.DEVELOPER,
    f"GET {PROJECT}/models": Role.LABELER,
    f"GET {PROJECT}/models/defaults": Role.LABELER,
    f"GET {PROJECT}/models/preflight": Role.LABELER,
    f"GET {MODEL}": Role.LABELER,
    f"DELETE {MODEL}": Role.DEVELOPER,
    f"POST {MODEL}/stop": Role.DEVELOPER,
    f"POST {MODEL}/cancel": Role.DEVELOPER,
    f"POST {MODEL}/resume": Role.DEVELOPER,
    f"GET {MODEL}/curve": Role.LABELER,
    f"GET {MODEL}/log": Role.LABELER,
    f"GET {MODEL}/provenance": Role.LABELER,
    f"GET {MODEL}/events": Role.LABELER,
    f"GET {MODEL}/statistics": Role.LABELER,
    f"GET {MODEL}/statistics.csv": Role.LABELER,
    f"GET {MODEL}/statistics/uncertainty": Role.LABELER,
    f"GET {MODEL}/thresholds": Role.LABELER,
    f"PUT {MODEL}/thresholds": Role.DEVELOPER,
    f"GET {MODEL}/thresholds/history": Role.LABELER,
    f"GET {MODEL}/suspects": Role.LABELER,
    f"GET {MODEL}/findings": Role.LABELER,
    f"GET {MODEL}/fixes": Role.LABELER,
    f"POST {MODEL}/fixes": Role.LABELER,
    f"GET {PROJECT}/compare": Role.LABELER,
    f"GET {MODEL}/predictions": Role.LABELER,
    f"GET {MODEL}/predictions/download": Role.LABELER,
    f"PATCH {MODEL}": Role.DEVELOPER,
    f"GET {MODEL}/speeds": Role.LABELER,
    f"POST {MODEL}/speeds/{{speed}}": Role.DEVELOPER,
    f"GET {MODEL}/bundle": Role.DEVELOPER,
    f"GET {MODEL}/engines/{{engine}}": Role.DEVELOPER,
    f"GET {MODEL}/training-labels": Role.DEVELOPER,
    f"POST {MODEL}/batches": Role.DEVELOPER,
    f"POST {MODEL}/predict-project": Role.DEVELOPER,
    f"GET {PROJECT}/batches": Role.LABELER,
    f"GET {BATCH}": Role.LABELER,
    f"DELETE {BATCH}": Role.DEVELOPER,
    f"POST {BATCH}/cancel": Role.DEVELOPER,
    f"GET {BATCH}/images": Role.LABELER,
    f"GET {BATCH}/images/{{position}}": Role.LABELER,
    f"GET {BATCH}/images/{{position}}/file": Role.LABELER,
    f"GET {BATCH}/images/{{position}}/thumbnail": Role.LABELER,
    f"GET {BATCH}/images/{{position}}/display": Role.LABELER,
    f"GET {BATCH}/download": Role.LABELER,
    f"POST {BATCH}/drafts": Role.DEVELOPER,
    f"GET {IMAGE}/drafts": Role.LABELER,
    f"POST {IMAGE}/drafts/reject": Role.LABELER,
    f"POST {IMAGE}/drafts/restore": Role.LABELER,
    f"GET {PROJECT}/drafts": Role.LABELER,
    f"POST {PROJECT}/drafts/accept": Role.LABELER,
    f"POST {PROJECT}/drafts/reject": Role.LABELER,
    f"POST {PROJECT}/drafts/restore": Role.LABELER,
    f"POST {NAMED_IMAGE}": Role.LABELER,
    f"GET {NAMED_IMAGE}": Role.LABELER,
    f"DELETE {NAMED_IMAGE}": Role.LABELER,
    "GET /api/images/{project_id}": Role.LABELER,
    f"POST {PREDICT}": Role.DEVELOPER,
    f"POST {PREDICT}/last": Role.DEVELOPER,
}
# Of no project: everyone with an account.
ANY_ACCOUNT = {
    "DELETE /api/v1/session",
    "GET /api/v1/me",
    "PATCH /api/v1/me",
    "GET /api/v1/tokens",
    "POST /api/v1/tokens",
    "GET /api/v1/tokens/uses",
    "GET /api/v1/tokens/{token_id}/uses",
    "DELETE /api/v1/tokens/{token_id}",
    "GET /api/v1/projects",
    "POST /api/v1/projects",
    "POST /api/v1/projects/archive",
    "POST /api/project",
    "GET /api/v1/smart-mask/engines",
    "GET /api/v1/queue",
    "PATCH /api/v1/queue",
}
INSTANCE_ADMIN = {
    "GET /api/v1/users",
    "POST /api/v1/users",
    "PATCH /api/v1/users/{user_id}",
    "POST /api/v1/users/{user_id}/close",
}
EVERYONE = {"POST /api/v1/session", "GET /healthz", "GET /readyz"}

# Answers as long as the training goes on, so the allowed call is left to its own tests.
ENDLESS = f"GET {MODEL}/events"

sqlite_alone = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_tables__name_every_endpoint() -> None:
    documented = {
        f"{method.upper()} {path}"
        for path, operations in create_app().openapi()["paths"].items()
        for method in operations
    }
    assert set(LEAST_ROLE) | ANY_ACCOUNT | INSTANCE_ADMIN | EVERYONE == documented


@pytest.fixture
def ids(project_id: int, owner: Person, stranger: Person) -> dict[str, Any]:
    """Something for each name in a path."""
    with session_scope() as session:
        label = LabelClass(project_id=project_id, name="fig", color="#E69F00")
        session.add(label)
        session.flush()
        label_id = label.id
    png = cv2.imencode(".png", np.zeros((3, 4, 3), np.uint8))[1].tobytes()
    uploaded = owner.post(f"/api/v1/projects/{project_id}/images", files={"files": ("a.png", png)})
    return {
        "project_id": project_id,
        "image_id": uploaded.json()["items"][0]["id"],
        "model_id": add_model(project_id, "first"),
        "label_id": label_id,
        "user_id": stranger.user_id,
        "token_id": 1,
        "upload_id": "0" * 32,
        "name": "a.png",
        "model_name": "first",
        "revision": 0,
        "batch_id": add_batch(project_id),
        "position": 1,
        "speed": "medium",
        "engine": "onnx",
    }


@sqlite_alone
@pytest.mark.parametrize("endpoint", LEAST_ROLE)
def test_endpoint__opens_at_its_role(people: dict[str, Person], ids: dict[str, Any], endpoint: str) -> None:
    method, template = endpoint.split()
    path = template.format(**ids)
    statuses = {name: people[name].request(method, path).status_code for name in refused(endpoint)}
    assert statuses == refused(endpoint)
    if endpoint != ENDLESS:
        allowed = people[LEAST_ROLE[endpoint].lower()].request(method, path)
        assert allowed.status_code not in (401, 403, 405, 500), allowed.text


def add_batch(project_id: int) -> int:
    """A batch that waits, without any image."""
    with session_scope() as session:
        batch = Batch(
            project_id=project_id,
            model_name="first",
            checkpoint=CheckpointKind.BEST,
            speed=Speed.SLOW,
            export_prefix="none",
            thresholds={},
            of_project=True,
            storage_prefix="",
            image_count=0,
            done_count=0,
        )
        session.add(batch)
        session.flush()
        return batch.id


def refused(endpoint: str) -> dict[str, int]:
    """Who is turned away, and how."""
    roles = list(Role)
    lesser = roles[roles.index(LEAST_ROLE[endpoint]) + 1 :]
    return {"anonymous": 401, "stranger": 404} | {role.lower(): 403 for role in lesser}


@sqlite_alone
@pytest.mark.parametrize("endpoint", sorted(ANY_ACCOUNT | INSTANCE_ADMIN))
def test_endpoint__of_no_project_needs_an_account(
    client: TestClient, make_person: Callable[..., Person], endpoint: str
) -> None:
    method, template = endpoint.split()
    path = template.format(token_id=999, user_id=999)
    for headers in ({}, {"X-Auth-token": ""}, {"X-Auth-token": "x" * 26}):
        answer = client.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert list(answer.json()) == ["error"]
    person = make_person("ann", is_admin=endpoint in INSTANCE_ADMIN)
    assert person.request(method, path).status_code not in (401, 403, 405, 500)
    if endpoint in INSTANCE_ADMIN:
        assert make_person("bob").request(method, path).status_code == 403


@sqlite_alone
@pytest.mark.parametrize("endpoint", sorted(EVERYONE))
def test_endpoint__for_everyone_asks_for_no_account(client: TestClient, endpoint: str) -> None:
    method, path = endpoint.split()
    assert client.request(method, path).status_code != 401
    assert client.request(method, path + "/").status_code != 404


@sqlite_alone
@pytest.mark.parametrize("endpoint", [endpoint for endpoint in LEAST_ROLE if endpoint != ENDLESS])
def test_endpoint__of_what_is_not_there_says_so(owner: Person, endpoint: str) -> None:
    method, template = endpoint.split()
    names = [name for _, name, _, _ in Formatter().parse(template) if name and name != "speed"]
    answer = owner.request(method, template.format(**dict.fromkeys(names, 999), speed="medium"))
    assert answer.status_code == 404
    assert list(answer.json()) == ["error"]
