"""Training an earlier model further: what is asked for, what a worker is told, and what must stay meanwhile."""

from collections.abc import Callable

import pytest

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, ModelStatus
from app.db.models import Model
from app.training.lifecycle import ContinueFrom
from tests.conftest import Person
from tests.training.conftest import add_checkpoint, claim_model, set_status
from tests.training.labeled import add_labeled_images

Start = Callable[..., int]


@pytest.fixture
def earlier_id(start: Start) -> int:
    """A ready medium model of 96 px with both checkpoints."""
    model_id = start("earlier", size="medium", image_size=96)
    set_status(model_id, ModelStatus.READY)
    add_checkpoint(model_id, CheckpointKind.BEST, step=10)
    add_checkpoint(model_id, CheckpointKind.LAST, step=20)
    return model_id


def test_start_training__takes_size_and_image_size_of_the_earlier_model(
    start: Start, owner: Person, earlier_id: int
) -> None:
    model = owner.get(f"/api/v1/models/{start('further', continue_from=earlier_id)}").json()
    assert (model["size"], model["config"]["image_size"]) == ("medium", 96)
    assert model["config"]["continue_from"] == earlier_id


def test_start_training__refuses_what_weights_do_not_fit(
    start: Start, owner: Person, labeled_project_id: int, earlier_id: int
) -> None:
    path = f"/api/v1/projects/{labeled_project_id}/models"
    other_size = owner.post(path, json={"name": "m", "continue_from": earlier_id, "size": "small"})
    assert (other_size.status_code, "is medium" in other_size.json()["error"]) == (422, True)
    unknown = owner.post(path, json={"name": "m", "continue_from": 999})
    assert (unknown.status_code, "model 999" in unknown.json()["error"]) == (422, True)
    queued = owner.post(path, json={"name": "m", "continue_from": start("queued")})
    assert (queued.status_code, "it is queued" in queued.json()["error"]) == (409, True)


def test_start_training__knows_no_model_of_another_project(owner: Person, earlier_id: int) -> None:
    other_id = owner.post("/api/v1/projects", json={"name": "other"}).json()["id"]
    with session_scope() as session:
        add_labeled_images(session, other_id, ["fig"] * 3)
    answer = owner.post(f"/api/v1/projects/{other_id}/models", json={"name": "m", "continue_from": earlier_id})
    assert (answer.status_code, "not in this project" in answer.json()["error"]) == (422, True)


def test_claim_next__gives_the_best_state_and_the_classes_of_the_earlier_model(start: Start, earlier_id: int) -> None:
    start("further", continue_from=earlier_id)
    assert claim_model().continue_from == ContinueFrom(earlier_id, "earlier", CheckpointKind.BEST, "10", ("fig", "nut"))


def test_claim_next__goes_on_from_its_own_state_once_there_is_one(start: Start, earlier_id: int) -> None:
    model_id = start("further", continue_from=earlier_id)
    add_checkpoint(model_id, CheckpointKind.LAST, step=5)
    claim = claim_model()
    assert (claim.state_key, claim.continue_from) == ("5", None)


def test_cancel_training__waits_for_the_training_that_continues_from_it(
    start: Start, owner: Person, earlier_id: int
) -> None:
    set_status(earlier_id, ModelStatus.TRAINING)
    further_id = start("further", continue_from=earlier_id)
    refused = owner.post(f"/api/v1/models/{earlier_id}/cancel")
    assert (refused.status_code, "'further'" in refused.json()["error"]) == (409, True)
    assert owner.post(f"/api/v1/models/{further_id}/cancel").status_code == 202
    assert owner.post(f"/api/v1/models/{earlier_id}/cancel").status_code == 202


def test_delete_model__waits_for_the_training_that_continues_from_it(
    start: Start, owner: Person, earlier_id: int
) -> None:
    model_id = start("further", continue_from=earlier_id)
    refused = owner.delete(f"/api/v1/models/{earlier_id}")
    assert (refused.status_code, "'further'" in refused.json()["error"]) == (409, True)
    add_checkpoint(model_id, CheckpointKind.LAST, step=5)
    assert owner.delete(f"/api/v1/models/{earlier_id}").status_code == 204


def test_describe__reads_rows_of_before_this_setting(start: Start, owner: Person) -> None:
    model_id = start()
    with session_scope() as session:
        model = session.get_one(Model, model_id)
        model.config = {name: value for name, value in model.config.items() if name != "continue_from"}
    assert owner.get(f"/api/v1/models/{model_id}").json()["config"]["continue_from"] is None
    assert claim_model().config.continue_from is None
