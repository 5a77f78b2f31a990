"""Images that a person says to be background: labeled although nothing is on them."""

import pytest

from app.db.engine import session_scope
from app.db.models import Project
from tests.conftest import Person
from tests.labels.conftest import Labeled, MakeImage, polygon_instance


def mark(person: Person, project_id: int, *image_ids: int, background: bool = True) -> tuple[int, dict[str, object]]:
    body = {"image_ids": image_ids, "background": background}
    answer = person.put(f"/api/v1/projects/{project_id}/background", json=body)
    return answer.status_code, answer.json()


def labeled_ids(person: Person, project_id: int, *, labeled: bool) -> list[int]:
    path = f"/api/v1/projects/{project_id}/images/ids?labeled={str(labeled).lower()}"
    ids: list[int] = person.get(path).json()["items"]
    return ids


def labeled_count(project_id: int) -> int:
    with session_scope(read_only=True) as session:
        return session.get_one(Project, project_id).labeled_count


def test_mark__makes_an_empty_image_a_labeled_one(labeler: Person, project_id: int, make_image: MakeImage) -> None:
    empty, other = make_image(), make_image("b.png")
    assert mark(labeler, project_id, empty) == (200, {"background": True, "changed": 1})
    item = labeler.get(f"/api/v1/images/{empty}").json()
    assert (item["labeled"], item["background"], item["instance_count"]) == (True, True, 0)
    assert labeled_ids(labeler, project_id, labeled=True) == [empty]
    assert labeled_ids(labeler, project_id, labeled=False) == [other]
    assert labeled_count(project_id) == 1
    assert mark(labeler, project_id, empty, other) == (200, {"background": True, "changed": 1})
    assert labeled_count(project_id) == 2


def test_mark__is_taken_back(labeler: Person, project_id: int, make_image: MakeImage) -> None:
    empty = make_image()
    mark(labeler, project_id, empty)
    assert mark(labeler, project_id, empty, background=False) == (200, {"background": False, "changed": 1})
    assert labeled_ids(labeler, project_id, labeled=False) == [empty]
    assert labeled_count(project_id) == 0


def test_mark__goes_with_the_first_instance_and_does_not_come_back(
    labeler: Person, project_id: int, image: Labeled
) -> None:
    mark(labeler, project_id, image.image_id)
    assert image.put(polygon_instance()).status_code == 200
    assert (image.item()["labeled"], image.item()["background"]) == (True, False)
    assert labeled_count(project_id) == 1
    assert image.put().status_code == 200
    assert (image.item()["labeled"], image.item()["background"]) == (False, False)
    assert labeled_count(project_id) == 0


def test_mark__stays_where_an_empty_image_is_saved(labeler: Person, project_id: int, image: Labeled) -> None:
    mark(labeler, project_id, image.image_id)
    assert image.put().status_code == 200
    assert image.item()["background"] is True


def test_mark__of_an_image_with_instances_changes_none(
    labeler: Person, project_id: int, image: Labeled, make_image: MakeImage
) -> None:
    image.put(polygon_instance())
    empty = make_image("b.png")
    status, answer = mark(labeler, project_id, empty, image.image_id)
    assert (status, answer) == (
        409,
        {
            "error": f"image {image.image_id} has objects, so it is no background: delete them first, or leave it out",
        },
    )
    assert labeled_ids(labeler, project_id, labeled=True) == [image.image_id]


@pytest.mark.parametrize("role", ["stranger", "labeler"])
def test_mark__of_what_is_not_there_or_may_not_be_seen(
    role: str, request: pytest.FixtureRequest, project_id: int, make_image: MakeImage
) -> None:
    person: Person = request.getfixturevalue(role)
    image_id = make_image()
    status, _ = mark(person, project_id, image_id, image_id + 1)
    assert status == 404
    assert labeled_count(project_id) == 0
