from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, ModelStatus, Split
from app.db.models import Image, Model
from app.storage.blobs import get_blob_store
from app.training import lifecycle
from app.training.lifecycle import LeaseLost, model_prefix
from app.training.snapshot import from_json_bytes
from tests.conftest import Person
from tests.training.conftest import add_checkpoint, add_point, claim_model, set_status
from tests.training.labeled import add_image, add_instance, add_labeled_images

Start = Callable[..., int]


def read_model(model_id: int) -> Model:
    with session_scope(read_only=True) as session:
        return session.get_one(Model, model_id)


def test_start_training__queues_a_model_and_rings(
    labeled_project_id: int, owner: Person, doorbells: Callable[[], list[int]]
) -> None:
    answer = owner.post(f"/api/v1/projects/{labeled_project_id}/models", json={"name": " first "})
    assert answer.status_code == 202
    model = answer.json()
    assert model | {"created_at": None, "config": None} == {
        "id": 1,
        "name": "first",
        "project_id": labeled_project_id,
        "size": "small",
        "status": "queued",
        "progress": 0.0,
        "elapsed_s": 0.0,
        "eta_s": None,
        "initialised_from": None,
        "best": None,
        "last": None,
        "error": None,
        "config": None,
        "class_names": ["fig", "nut"],
        "training_image_count": 4,
        "validation_image_count": 2,
        "created_by": "owner@example.com",
        "created_at": None,
        "started_at": None,
        "finished_at": None,
        "attempt": 0,
        "device": None,
        "images_per_second": None,
        "queue_position": 1,
        "can_stop": False,
        "stop_note": None,
        "can_resume": False,
        "default_speed": "slow",
    }
    assert model["config"] == {
        "image_size": 64,
        "train_minutes": 3.0,
        "stop_minutes": 2.0,
        "use_validation_set": False,
        "validation_percent": 20.0,
        "learning_rate": None,
        "seed": 0,
        "max_steps": None,
        "continue_from": None,
    }
    assert doorbells() == [1]
    assert owner.get("/api/v1/models/1").json() == model
    assert owner.get(f"/api/v1/projects/{labeled_project_id}/models").json()["items"] == [model]


def test_start_training__freezes_labels_and_split(start: Start, owner: Person, labeled_project_id: int) -> None:
    model_id = start(validation_percent=50)
    frozen = from_json_bytes(get_blob_store().read_bytes(read_model(model_id).snapshot_key))
    with session_scope() as session:
        for image in session.scalars(select(Image)).all():
            session.delete(image)
    assert frozen.class_names == ("fig", "nut")
    for split in Split:
        names = [instance.class_name for image in frozen.of_split(split) for instance in image.instances]
        assert {"fig", "nut"} == set(names)
        assert len(names) == 3
    assert frozen.images[0].instances[0].polygons[0].exterior == ((8, 8), (40, 8), (40, 40), (8, 40))


def test_start_training__takes_the_marked_images(project_id: int, owner: Person) -> None:
    with session_scope() as session:
        ids = add_labeled_images(session, project_id, ["fig"] * 5, in_validation=[1, 2])
    path = f"/api/v1/projects/{project_id}/models"
    marked = owner.post(path, json={"name": "marked"}).json()
    assert (marked["training_image_count"], marked["validation_image_count"]) == (3, 2)
    assert marked["config"]["use_validation_set"]
    frozen = from_json_bytes(get_blob_store().read_bytes(read_model(marked["id"]).snapshot_key))
    assert [image.image_id for image in frozen.of_split(Split.VALIDATION)] == [ids[1], ids[2]]
    drawn = owner.post(path, json={"name": "drawn", "use_validation_set": False}).json()
    assert (drawn["training_image_count"], drawn["validation_image_count"]) == (4, 1)


@pytest.mark.parametrize(
    ("labels", "marked", "request_body", "words"),
    [
        ([], [], {}, "no labeled images"),
        (["fig"], [], {}, "only one image is labeled"),
        (["fig"] * 3, [], {"use_validation_set": True}, "no labeled image is marked"),
        (["fig"] * 3, [0, 1, 2], {}, "every labeled image is in the validation set"),
        (["fig", "nut"], [], {}, "each is the only one with one of its labels"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_start_training__says_what_is_missing(
    project_id: int, owner: Person, labels: list[str], marked: list[int], request_body: dict[str, Any], words: str
) -> None:
    with session_scope() as session:
        add_image(session, project_id, "unlabeled.png")
        add_labeled_images(session, project_id, labels, in_validation=marked)
    answer = owner.post(f"/api/v1/projects/{project_id}/models", json={"name": "m", **request_body})
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    defaults = owner.get(f"/api/v1/projects/{project_id}/models/defaults").json()
    assert (defaults["problem"] is None) == bool(request_body)


def test_start_training__refuses_images_with_crowds_alone(project_id: int, owner: Person) -> None:
    with session_scope() as session:
        for name in ("1.png", "2.png"):
            add_instance(session, add_image(session, project_id, name), "fig", crowd=True)
    answer = owner.post(f"/api/v1/projects/{project_id}/models", json={"name": "m"})
    assert answer.status_code == 422
    assert "crowd" in answer.json()["error"]


def test_start_training__refuses_a_name_twice(start: Start, owner: Person, labeled_project_id: int) -> None:
    start("fig finder")
    answer = owner.post(f"/api/v1/projects/{labeled_project_id}/models", json={"name": "fig finder "})
    assert answer.status_code == 409
    assert "'fig finder'" in answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": " "},
        {"name": "a/b"},
        {"name": "a\0b"},
        {"name": "\u200b"},
        {"name": "last"},
        {"name": ".."},
        {"name": "x" * 101},
        {"name": "m", "size": "huge"},
        {"name": "m", "train_minutes": 0},
        {"name": "m", "stop_minutes": -1},
        {"name": "m", "validation_percent": 100},
        {"name": "m", "image_size": 16},
        {"name": "m", "max_steps": 0},
        {"name": "m", "seed": -1},
        {"name": "m", "learning_rate": 1},
        {"name": "m", "lerning_rate": 0.1},
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_start_training__refuses_wrong_settings(labeled_project_id: int, owner: Person, body: dict[str, Any]) -> None:
    answer = owner.post(f"/api/v1/projects/{labeled_project_id}/models", json=body)
    assert answer.status_code == 422, answer.text


def test_get_defaults__describes_the_project(labeled_project_id: int, start: Start, owner: Person) -> None:
    with session_scope() as session:
        add_image(session, labeled_project_id, "unlabeled.png")
    start("fruit-1")
    defaults = owner.get(f"/api/v1/projects/{labeled_project_id}/models/defaults").json()
    sizes = defaults.pop("sizes")
    assert defaults == {
        "name": "fruit-2",
        "size": "small",
        "use_validation_set": False,
        "validation_percent": 20.0,
        "learning_rate": None,
        "labeled_images": 6,
        "unlabeled_images": 1,
        "marked_images": 0,
        "label_count": 2,
        "device": "CPU",
        "is_gpu": False,
        "waits_for": ["fruit-1"],
        "waits_for_others": 0,
        "has_worker": False,
        "problem": None,
    }
    assert [size["size"] for size in sizes] == ["small", "medium", "large"]
    assert {size["starts_from"] for size in sizes} == {"random weights"}


def test_get_defaults__trains_larger_models_where_a_gpu_worker_lives(labeled_project_id: int, owner: Person) -> None:
    with session_scope() as session:
        lifecycle.beat(session, "a", hostname="desk", device="CPU, 2 cores")
        lifecycle.beat(session, "b", hostname="rack", device="NVIDIA H100")
    defaults = owner.get(f"/api/v1/projects/{labeled_project_id}/models/defaults").json()
    assert (defaults["device"], defaults["size"]) == ("NVIDIA H100", "medium")


def test_stop_training__says_when_there_is_nothing_to_keep_yet(start: Start, owner: Person) -> None:
    model_id = start()
    queued = owner.post(f"/api/v1/models/{model_id}/stop")
    assert (queued.status_code, "cancel" in queued.json()["error"]) == (409, True)
    set_status(model_id, ModelStatus.TRAINING)
    early = owner.post(f"/api/v1/models/{model_id}/stop")
    assert (early.status_code, "within a minute" in early.json()["error"]) == (409, True)
    assert not owner.get(f"/api/v1/models/{model_id}").json()["can_stop"]
    add_checkpoint(model_id, CheckpointKind.LAST, step=10)
    assert owner.get(f"/api/v1/models/{model_id}").json()["can_stop"]
    for _ in range(2):
        stopped = owner.post(f"/api/v1/models/{model_id}/stop")
        assert (stopped.status_code, stopped.json()["status"]) == (202, "stopping")


def test_stop_training__makes_a_resumed_model_that_waits_ready_as_it_was(start: Start, owner: Person) -> None:
    model_id = start()
    add_checkpoint(model_id, CheckpointKind.LAST, step=10, export_prefix="exported")
    set_status(model_id, ModelStatus.READY, stop_requested=True)
    resumed = owner.post(f"/api/v1/models/{model_id}/resume").json()
    assert (resumed["status"], resumed["can_stop"]) == ("queued", True)
    stopped = owner.post(f"/api/v1/models/{model_id}/stop").json()
    assert (stopped["status"], stopped["can_resume"], stopped["progress"]) == ("ready", True, 1.0)


def test_stop_training__of_one_that_waits_unable_to_predict_is_up_to_the_next_worker(
    start: Start, owner: Person
) -> None:
    model_id = start()
    add_checkpoint(model_id, CheckpointKind.LAST, step=10)
    for _ in range(2):
        stopped = owner.post(f"/api/v1/models/{model_id}/stop")
        assert (stopped.status_code, stopped.json()["status"], stopped.json()["can_stop"]) == (202, "queued", False)
    assert "as soon as a worker takes it" in stopped.json()["stop_note"]
    claim_model()
    assert read_model(model_id).status is ModelStatus.STOPPING


@pytest.mark.parametrize("status", [ModelStatus.READY, ModelStatus.FAILED, ModelStatus.CANCELLED])
@pytest.mark.parametrize("call", ["stop", "cancel"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_stop_and_cancel__refuse_what_has_ended(start: Start, owner: Person, status: ModelStatus, call: str) -> None:
    model_id = start()
    set_status(model_id, status)
    answer = owner.post(f"/api/v1/models/{model_id}/{call}")
    assert answer.status_code == 409
    assert status.value in answer.json()["error"]


def test_cancel_training__deletes_checkpoints_and_ends_the_lease(start: Start, owner: Person) -> None:
    model_id = start()
    claim = claim_model()
    add_checkpoint(model_id, CheckpointKind.LAST, step=10)
    key = f"{model_prefix(claim.project_id, model_id)}states/x.pt"
    get_blob_store().put_bytes(key, b"state")
    answer = owner.post(f"/api/v1/models/{model_id}/cancel")
    assert (answer.status_code, answer.json()["status"], answer.json()["last"]) == (202, "cancelled", None)
    assert not get_blob_store().exists(key)
    with session_scope() as session, pytest.raises(LeaseLost):
        lifecycle.hold(session, claim.lease)
    assert owner.post(f"/api/v1/models/{model_id}/resume").status_code == 409


def test_cancel_training__takes_a_queued_model_out(start: Start, owner: Person) -> None:
    model_id = start()
    assert owner.post(f"/api/v1/models/{model_id}/cancel").status_code == 202
    with session_scope() as session:
        assert lifecycle.claim_next(session, "worker") is None


@pytest.mark.parametrize(
    ("status", "stop_requested", "with_last", "goes_on"),
    [
        (ModelStatus.FAILED, False, True, True),
        (ModelStatus.FAILED, False, False, True),
        (ModelStatus.READY, True, True, True),
        (ModelStatus.READY, False, True, False),
        (ModelStatus.CANCELLED, False, False, False),
        (ModelStatus.TRAINING, False, True, False),
        (ModelStatus.QUEUED, False, False, False),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_resume_training__goes_on_after_stop_or_failure(
    start: Start,
    owner: Person,
    doorbells: Callable[[], list[int]],
    status: ModelStatus,
    stop_requested: bool,
    with_last: bool,
    goes_on: bool,
) -> None:
    model_id = start()
    set_status(model_id, status, stop_requested=stop_requested, error="broken")
    if with_last:
        add_checkpoint(model_id, CheckpointKind.LAST, step=10)
    assert owner.get(f"/api/v1/models/{model_id}").json()["can_resume"] == goes_on
    answer = owner.post(f"/api/v1/models/{model_id}/resume")
    assert answer.status_code == (202 if goes_on else 409)
    assert len(doorbells()) == 1 + goes_on
    if goes_on:
        assert (answer.json()["status"], answer.json()["error"]) == ("queued", None)


def test_delete_model__leaves_nothing(start: Start, owner: Person) -> None:
    model_id = start()
    model = read_model(model_id)
    key = f"{model_prefix(model.project_id, model_id)}states/x.pt"
    get_blob_store().put_bytes(key, b"state")
    assert owner.delete(f"/api/v1/models/{model_id}").status_code == 204
    assert owner.get(f"/api/v1/models/{model_id}").status_code == 404
    assert not get_blob_store().exists(key)
    assert not get_blob_store().exists(model.snapshot_key)


def test_delete_model__ends_a_training(start: Start, owner: Person) -> None:
    model_id = start()
    claim = claim_model()
    assert owner.delete(f"/api/v1/models/{model_id}").status_code == 204
    with session_scope() as session, pytest.raises(LeaseLost):
        lifecycle.hold(session, claim.lease)


def test_get_curve__gives_points_in_order_and_the_checkpoints(start: Start, owner: Person) -> None:
    model_id = start()
    for step in (20, 10):
        add_point(model_id, step, is_best=step == 10)
    add_checkpoint(model_id, CheckpointKind.BEST, step=10)
    add_checkpoint(model_id, CheckpointKind.LAST, step=30)
    points = owner.get(f"/api/v1/models/{model_id}/curve").json()["items"]
    assert [point["step"] for point in points] == [10, 20]
    model = owner.get(f"/api/v1/models/{model_id}").json()
    assert model["best"] == points[0]
    assert (model["last"]["step"], model["last"]["map"], model["last"]["train_loss"]) == (30, 0.5, None)


def test_get_log__tells_what_happened(start: Start, owner: Person) -> None:
    model_id = start()
    claim_model("desk:1:x")
    lines = owner.get(f"/api/v1/models/{model_id}/log").json()["items"]
    assert [line["message"] for line in lines] == ["Worker desk:1:x begins."]


def test_list_models__comes_in_pages_newest_first(start: Start, owner: Person, labeled_project_id: int) -> None:
    ids = [start(name) for name in "abc"]
    path = f"/api/v1/projects/{labeled_project_id}/models"
    first = owner.get(path, params={"limit": 2}).json()
    assert ([model["id"] for model in first["items"]], first["total"]) == (ids[:0:-1], 3)
    second = owner.get(path, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert ([model["id"] for model in second["items"]], second["next_cursor"]) == (ids[:1], None)


def test_get_provenance__gives_what_the_worker_wrote(start: Start, owner: Person) -> None:
    model_id = start()
    path = f"/api/v1/models/{model_id}/provenance"
    early = owner.get(path)
    assert (early.status_code, "no provenance yet" in early.json()["error"]) == (404, True)
    key = lifecycle.provenance_key(read_model(model_id).project_id, model_id)
    get_blob_store().put_bytes(key, b'{"attempts": [{"worker": "w"}]}')
    assert owner.get(path).json() == {"attempts": [{"worker": "w"}]}


def test_get_model__keeps_the_device_after_its_worker_has_gone(start: Start, owner: Person) -> None:
    model_id = start()
    claim_model("w")
    with session_scope() as session:
        lifecycle.sign_off(session, "w")
    assert owner.get(f"/api/v1/models/{model_id}").json()["device"] == "CPU, 2 cores"
