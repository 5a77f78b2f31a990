from collections.abc import Callable

import pytest

from app.db.engine import session_scope
from app.db.enums import ModelStatus, Role
from app.db.models import Membership, Project
from app.training import lifecycle
from tests.conftest import Person
from tests.training.conftest import claim_model, set_status
from tests.training.labeled import add_labeled_images

Start = Callable[..., int]


@pytest.fixture
def stranger_model_id(stranger: Person) -> int:
    """A queued model of a project that the owner may not see."""
    with session_scope() as session:
        project = Project(name="Secret", created_by=stranger.user_id)
        session.add(project)
        session.flush()
        session.add(Membership(project_id=project.id, user_id=stranger.user_id, role=Role.OWNER))
        add_labeled_images(session, project.id, ["fig"] * 3)
        project_id = project.id
    model_id: int = stranger.post(f"/api/v1/projects/{project_id}/models", json={"name": "secret"}).json()["id"]
    return model_id


def test_read_queue__tells_what_runs_what_waits_and_who_works(
    start: Start, stranger_model_id: int, owner: Person
) -> None:
    start("a"), start("b"), start("c")
    set_status(stranger_model_id, ModelStatus.QUEUED, queue_position=0)
    claim_model("w1"), claim_model("w2")
    with session_scope() as session:
        lifecycle.beat(session, "w3", hostname="rack", device="NVIDIA H100")
    queue = owner.get("/api/v1/queue").json()
    assert [(model["name"], model["device"], model["worker_id"]) for model in queue["running"]] == [
        ("a", "CPU, 2 cores", "w2")
    ]
    assert [(model["name"], model["project_name"]) for model in queue["queued"]] == [("b", "Fruit"), ("c", "Fruit")]
    assert [(worker["id"], worker["model_id"]) for worker in queue["workers"]] == [
        ("w1", None),
        ("w2", queue["running"][0]["id"]),
        ("w3", None),
    ]
    assert queue["hidden"] == 1


def test_reorder_queue__swaps_own_places_only(start: Start, stranger_model_id: int, owner: Person) -> None:
    a, b, c = start("a"), start("b"), start("c")
    answer = owner.request("PATCH", "/api/v1/queue", json={"order": [c, a]})
    assert answer.status_code == 200
    assert [model["id"] for model in answer.json()["queued"]] == [c, b, a]
    assert claim_model().lease.model_id == stranger_model_id


def test_reorder_queue__moves_what_was_started_at_the_same_moment(start: Start, owner: Person) -> None:
    a, b, c = start("a"), start("b"), start("c")
    for model_id in (a, b, c):
        set_status(model_id, ModelStatus.QUEUED, queue_position=1)
    answer = owner.request("PATCH", "/api/v1/queue", json={"order": [c, a]})
    assert [model["id"] for model in answer.json()["queued"]] == [c, b, a]
    assert [claim_model(worker).lease.model_id for worker in ("w1", "w2")] == [c, b]


@pytest.mark.parametrize(("order", "status"), [([1, 1], 409), ([1, 99], 404), ([], 422), ([2, 1], 409)])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_reorder_queue__refuses_what_does_not_wait(start: Start, owner: Person, order: list[int], status: int) -> None:
    start("a"), start("b")
    set_status(2, ModelStatus.TRAINING)
    assert owner.request("PATCH", "/api/v1/queue", json={"order": order}).status_code == status


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_reorder_queue__is_for_developers(
    start: Start, labeler: Person, developer: Person, stranger: Person, anonymous: Person
) -> None:
    order = {"order": [start("a"), start("b")]}
    people = (labeler, stranger, anonymous, developer)
    answers = [person.request("PATCH", "/api/v1/queue", json=order).status_code for person in people]
    assert answers == [403, 404, 401, 200]


def test_defaults__tell_what_a_training_would_wait_for(
    start: Start, stranger_model_id: int, labeled_project_id: int, owner: Person
) -> None:
    def would_wait_for() -> tuple[list[str], int, bool]:
        defaults = owner.get(f"/api/v1/projects/{labeled_project_id}/models/defaults").json()
        return defaults["waits_for"], defaults["waits_for_others"], defaults["has_worker"]

    start("a")
    assert would_wait_for() == (["a"], 1, False)
    claim_model("w1")
    assert would_wait_for() == (["a"], 1, True)
    with session_scope() as session:
        for worker in ("w2", "w3"):
            lifecycle.beat(session, worker, hostname="rack", device="CPU, 2 cores")
    assert would_wait_for() == ([], 0, True)
