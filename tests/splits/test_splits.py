"""The validation set over HTTP."""

from typing import Any

import pytest

from tests.conftest import Person
from tests.labels.conftest import FIRST_ID, SECOND_ID, Labeled, MakeImage, image, labels, make_image, polygon_instance

__all__ = ["image", "labels", "make_image"]  # fixtures


class ValidationSet:
    def __init__(self, person: Person, project_id: int) -> None:
        self.person, self.path = person, f"/api/v1/projects/{project_id}"

    def put(self, image_ids: Any, *, validation: Any = True) -> Any:
        return self.person.put(f"{self.path}/validation", json={"image_ids": image_ids, "validation": validation})

    def choose(self, **body: Any) -> Any:
        return self.person.post(f"{self.path}/validation/choose", json=body)

    def ids(self) -> list[int]:
        ids: list[int] = self.person.get(f"{self.path}/images/ids?validation=true").json()["items"]
        return ids


@pytest.fixture
def validation(labeler: Person, project_id: int) -> ValidationSet:
    return ValidationSet(labeler, project_id)


def test_set_validation__adds_and_removes(validation: ValidationSet, make_image: MakeImage) -> None:
    ids = [make_image(f"{number}.png") for number in range(4)]
    answer = validation.put(ids[:3])
    assert (answer.status_code, answer.json()) == (200, {"changed": 3, "validation_count": 3})
    assert validation.put([ids[0], ids[3], ids[3]]).json() == {"changed": 1, "validation_count": 4}
    assert validation.put(ids[1:], validation=False).json() == {"changed": 3, "validation_count": 1}
    assert validation.ids() == [ids[0]]
    assert validation.person.get(f"/api/v1/images/{ids[0]}").json()["validation"] is True


def test_set_validation__of_an_image_elsewhere_changes_nothing(
    validation: ValidationSet, make_image: MakeImage
) -> None:
    image_id = make_image()
    answer = validation.put([image_id, 9999])
    assert answer.status_code == 404
    assert "9999" in answer.json()["error"]
    assert validation.ids() == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("image_ids", [None, "1", [-1], ["x"], [1.5]])
def test_set_validation__refuses_what_are_no_ids(validation: ValidationSet, image_ids: Any) -> None:
    assert validation.put(image_ids).status_code == 422


def test_choose_validation__draws_a_share_with_every_label(
    validation: ValidationSet, make_image: MakeImage, labels: dict[str, int], project_id: int
) -> None:
    ids = [make_image(f"{number}.png") for number in range(20)]
    for number, image_id in enumerate(ids[:15]):
        label = "date" if number in (3, 11) else "fig"
        Labeled(validation.person, project_id, image_id).put(polygon_instance(label=label))
    validation.put([ids[19]])
    answer = validation.choose(percent=20, seed=7)
    assert answer.status_code == 200
    chosen = validation.ids()
    assert answer.json() == {"changed": 4, "validation_count": 3}
    assert len(chosen) == 3
    assert set(chosen) <= set(ids[:15])
    assert len({ids[3], ids[11]} & set(chosen)) == 1
    assert validation.choose(percent=20, seed=7).json()["changed"] == 0
    validation.choose(percent=20, seed=8)
    assert len(validation.ids()) == 3


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_choose_validation__draws_of_all_where_none_is_labeled(
    validation: ValidationSet, make_image: MakeImage
) -> None:
    for number in range(10):
        make_image(f"{number}.png")
    assert validation.choose(percent=30).json() == {"changed": 3, "validation_count": 3}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_choose_validation__wants_enough_images(validation: ValidationSet, image: Labeled) -> None:
    image.put(polygon_instance(FIRST_ID), polygon_instance(SECOND_ID, "date"))
    answer = validation.choose(percent=20)
    assert answer.status_code == 422
    assert "too few" in answer.json()["error"]
    assert [validation.choose(percent=percent).status_code for percent in (0, 100, -5)] == [422] * 3


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_validation__is_for_members(people: dict[str, Person], project_id: int) -> None:
    statuses = {name: ValidationSet(person, project_id).put([]).status_code for name, person in people.items()}
    assert statuses == {"owner": 200, "admin": 200, "developer": 200, "labeler": 200, "stranger": 404, "anonymous": 401}
