"""The look at the labels before a training: how they would be divided, and what may spoil it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.db.engine import session_scope
from app.db.models import Image, Instance, Model, Project
from tests.conftest import Person
from tests.training.labeled import SIDE_PX, add_image, add_instance, add_labeled_images

Start = Callable[..., int]
Check = Callable[..., dict[str, Any]]


@pytest.fixture
def check(project_id: int, owner: Person) -> Check:
    def check(**query: object) -> dict[str, Any]:
        answer = owner.get(f"/api/v1/projects/{project_id}/models/preflight", params=query)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    return check


def warnings_of(found: dict[str, Any]) -> dict[str, Any]:
    return {warning["kind"]: warning["labels"] or (warning["count"], warning["of"]) for warning in found["warnings"]}


def test_check__is_silent_about_a_good_set(project_id: int, check: Check) -> None:
    with session_scope() as session:
        add_labeled_images(session, project_id, ["fig", "nut"] * 15)
    found = check(validation_percent=20)
    assert (found["training_images"], found["validation_images"], found["problem"]) == (24, 6, None)
    assert found["warnings"] == []


def test_check__counts_the_images_that_start_would_take(project_id: int, check: Check, owner: Person) -> None:
    with session_scope() as session:
        add_labeled_images(session, project_id, ["fig", "nut", "fig"] * 4)
    found = check(validation_percent=30, seed=3)
    body = {"name": "m", "validation_percent": 30, "seed": 3}
    model = owner.post(f"/api/v1/projects/{project_id}/models", json=body).json()
    assert found["training_images"] == model["training_image_count"]
    assert found["validation_images"] == model["validation_image_count"]


def test_check__names_labels_that_are_rare_or_on_one_side_only(project_id: int, check: Check) -> None:
    with session_scope() as session:
        add_labeled_images(session, project_id, ["fig"] * 15 + ["nut"] * 2 + ["date"], in_validation=[0, 1, 2, 3, 17])
    assert warnings_of(check()) == {
        "few instances": ["nut"],
        "not in training": ["date"],
        "not in validation": ["nut"],
    }


def test_check__warns_of_a_small_validation_set_and_a_crowded_image(project_id: int, check: Check) -> None:
    with session_scope() as session:
        ids = add_labeled_images(session, project_id, ["fig"] * 12, in_validation=[0])
        session.get_one(Image, ids[1]).instance_count = 1500
    assert warnings_of(check()) == {"few validation images": (1, 12), "crowded": (1, 12)}


def test_check__measures_objects_at_the_size_of_training(project_id: int, check: Check) -> None:
    with session_scope() as session:
        add_labeled_images(session, project_id, ["fig"] * 20)
        image = add_image(session, project_id, "small.png")
        speck = add_instance(session, image, "fig")
        speck.polygons = [{"exterior": [[1, 1], [7, 1], [7, 4], [1, 4]], "holes": []}]
        line = add_instance(session, add_image(session, project_id, "line.png"), "fig")
        line.polygons = [{"exterior": [[1, 1], [7, 1], [3, 1]], "holes": []}]
    assert warnings_of(check(image_size=SIDE_PX)) == {"tiny": (1, 22), "degenerate": (1, 22)}
    assert warnings_of(check(image_size=2 * SIDE_PX)) == {"degenerate": (1, 22)}


def test_check__reads_boxes_of_bitmaps(project_id: int, check: Check) -> None:
    with session_scope() as session:
        add_labeled_images(session, project_id, ["fig"] * 20)
        instance = add_instance(session, add_image(session, project_id, "bitmap.png"), "fig")
        session.flush()
        row = session.get_one(Instance, (instance.image_id, instance.instance_id))
        row.polygons, row.rle_counts = None, "P21om3"  # one pixel: 64 are empty, 1 is set, the rest are empty
    assert warnings_of(check(image_size=SIDE_PX))["tiny"] == (1, 21)


def test_check__says_why_a_training_cannot_start(project_id: int, check: Check) -> None:
    with session_scope() as session:
        add_labeled_images(session, project_id, ["fig"])
    assert "only one image is labeled" in check()["problem"]
    assert "no labeled image is marked" in check(use_validation_set=True)["problem"]


def test_check__counts_images_that_changed_since_an_earlier_model(
    labeled_project_id: int, start: Start, check: Check
) -> None:
    model_id = start()
    assert check()["images_changed"] is None
    with session_scope() as session:
        session.get_one(Model, model_id).created_at = datetime(2100, 1, 1, tzinfo=UTC)
    assert check(like=model_id)["images_changed"] == 0
    with session_scope() as session:
        session.get_one(Model, model_id).created_at = datetime(2020, 1, 1, tzinfo=UTC)
    assert check(like=model_id)["images_changed"] == 6


@pytest.mark.parametrize("belongs", ["to another project", "to none"])
def test_check__compares_with_models_of_the_project_alone(
    labeled_project_id: int, start: Start, owner: Person, belongs: str
) -> None:
    model_id = start()
    with session_scope() as session:
        other = Project(name="Other")
        session.add(other)
        session.flush()
        session.get_one(Model, model_id).project_id = other.id
    like = model_id if belongs == "to another project" else model_id + 1
    answer = owner.get(f"/api/v1/projects/{labeled_project_id}/models/preflight", params={"like": like})
    assert (answer.status_code, answer.json()["error"]) == (
        404,
        f"there is no model {like} in project {labeled_project_id}",
    )


@pytest.mark.parametrize("query", [{"image_size": 1}, {"validation_percent": 100}, {"seed": -1}, {"like": 0}, {"x": 1}])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_check__refuses_wrong_choices(project_id: int, owner: Person, query: dict[str, int]) -> None:
    assert owner.get(f"/api/v1/projects/{project_id}/models/preflight", params=query).status_code == 422
