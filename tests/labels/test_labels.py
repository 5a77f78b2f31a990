"""Labels over HTTP."""

from typing import Any

import pytest

from app.labels.palette import PALETTE
from tests.conftest import Person
from tests.labels.conftest import FIRST_ID, SECOND_ID, THIRD_ID, Labeled, MakeImage, polygon_instance


def labels_of(person: Person, project_id: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = person.get(f"/api/v1/projects/{project_id}/labels").json()["items"]
    return items


def test_create_label__takes_the_next_colour_of_the_palette(labeler: Person, project_id: int) -> None:
    path = f"/api/v1/projects/{project_id}/labels"
    made = [labeler.post(path, json={"name": f"label {number}"}) for number in range(len(PALETTE) + 2)]
    assert {answer.status_code for answer in made} == {201}
    colors = [answer.json()["color"] for answer in made]
    assert colors == [*PALETTE, *PALETTE[:2]]
    assert colors[:3] == ["#E69F00", "#56B4E9", "#CC79A7"]
    first = made[0].json()
    expected = {"id": first["id"], "name": "label 0", "color": "#E69F00", "position": 0}
    assert first == {**expected, "image_count": 0, "instance_count": 0}


def test_create_label__takes_a_colour_and_trims_the_name(labeler: Person, project_id: int) -> None:
    answer = labeler.post(f"/api/v1/projects/{project_id}/labels", json={"name": "  Žalia figa ", "color": "#aabbcc"})
    assert (answer.json()["name"], answer.json()["color"]) == ("Žalia figa", "#AABBCC")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "fig"}, 409),
        ({"name": " fig "}, 409),
        ({"name": ""}, 422),
        ({"name": " "}, 422),
        ({"name": "x" * 101}, 422),
        ({"name": "a\0b"}, 422),
        ({"name": "grape", "color": "red"}, 422),
        ({}, 422),
    ],
)
def test_create_label__refuses_what_is_no_new_label(
    labeler: Person, project_id: int, labels: dict[str, int], body: dict[str, Any], status: int
) -> None:
    answer = labeler.post(f"/api/v1/projects/{project_id}/labels", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert [label["name"] for label in labels_of(labeler, project_id)] == ["fig", "date"]


def test_list_labels__comes_in_pages_with_counts(image: Labeled, make_image: MakeImage) -> None:
    image.put(polygon_instance(), polygon_instance(SECOND_ID))
    Labeled(image.person, image.project_id, make_image("b.png")).put(polygon_instance())
    path = f"/api/v1/projects/{image.project_id}/labels"
    first = image.person.get(f"{path}?limit=1").json()
    second = image.person.get(f"{path}?limit=1&cursor={first['next_cursor']}").json()
    assert (first["total"], second["next_cursor"]) == (2, None)
    (fig,), (date,) = first["items"], second["items"]
    assert (fig["name"], fig["image_count"], fig["instance_count"]) == ("fig", 2, 3)
    assert (date["name"], date["image_count"], date["instance_count"]) == ("date", 0, 0)


def test_change_label__renames_without_touching_instances(image: Labeled, labels: dict[str, int]) -> None:
    image.put(polygon_instance())
    path = f"/api/v1/projects/{image.project_id}/labels/{labels['fig']}"
    answer = image.person.patch(path, json={"name": "Fig", "color": "#123456", "position": 5})
    assert answer.status_code == 200
    changed = answer.json()
    assert (changed["name"], changed["color"], changed["instance_count"]) == ("Fig", "#123456", 1)
    assert [label["name"] for label in labels_of(image.person, image.project_id)] == ["date", "Fig"]
    assert image.get()["items"][0]["label"] == "Fig"
    assert image.get()["revision"] == 1


def test_change_label__refuses_a_name_that_is_taken(labeler: Person, project_id: int, labels: dict[str, int]) -> None:
    path = f"/api/v1/projects/{project_id}/labels/{labels['fig']}"
    assert labeler.patch(path, json={"name": "date"}).status_code == 409
    assert labeler.patch(path, json={"name": "fig"}).status_code == 200
    assert labeler.patch(f"/api/v1/projects/{project_id}/labels/9999", json={"name": "x"}).status_code == 404


def test_delete_label__takes_its_instances_along_and_says_how_many(
    image: Labeled, make_image: MakeImage, labels: dict[str, int]
) -> None:
    other = Labeled(image.person, image.project_id, make_image("b.png"))
    untouched = Labeled(image.person, image.project_id, make_image("c.png"))
    image.put(polygon_instance(), polygon_instance(SECOND_ID), polygon_instance(THIRD_ID, "date"))
    other.put(polygon_instance())
    untouched.put(polygon_instance(label="date"))
    answer = image.person.delete(f"/api/v1/projects/{image.project_id}/labels/{labels['fig']}")
    assert answer.status_code == 200
    assert answer.json() == {"instances_deleted": 3, "images_changed": 2}
    assert [item["id"] for item in image.get()["items"]] == [THIRD_ID]
    assert [(each.item()["instance_count"], each.item()["revision"]) for each in (image, other, untouched)] == [
        (1, 2),
        (0, 2),
        (1, 1),
    ]
    assert (image.counts(), other.counts(), untouched.counts()) == ({"date": 1}, {}, {"date": 1})


def test_merge_label__gives_its_instances_to_the_other(
    image: Labeled, make_image: MakeImage, labels: dict[str, int]
) -> None:
    alone = Labeled(image.person, image.project_id, make_image("b.png"))
    untouched = Labeled(image.person, image.project_id, make_image("c.png"))
    image.put(polygon_instance(), polygon_instance(SECOND_ID), polygon_instance(THIRD_ID, "date"))
    alone.put(polygon_instance())
    untouched.put(polygon_instance(label="date"))
    path = f"/api/v1/projects/{image.project_id}/labels/{labels['fig']}/merge"
    answer = image.person.post(path, json={"into": labels["date"]})
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["image_count"], answer.json()["instance_count"]) == ("date", 3, 5)
    assert [label["name"] for label in labels_of(image.person, image.project_id)] == ["date"]
    assert (image.counts(), alone.counts(), untouched.counts()) == ({"date": 3}, {"date": 1}, {"date": 1})
    assert [each.item()["revision"] for each in (image, alone, untouched)] == [2, 2, 1]
    assert {item["label"] for item in image.get()["items"]} == {"date"}
    assert [item["id"] for item in image.get()["items"]] == [FIRST_ID, SECOND_ID, THIRD_ID]


def test_merge_label__wants_another_label_of_the_project(
    labeler: Person, project_id: int, labels: dict[str, int]
) -> None:
    path = f"/api/v1/projects/{project_id}/labels/{labels['fig']}/merge"
    assert labeler.post(path, json={"into": labels["fig"]}).status_code == 422
    assert labeler.post(path, json={"into": 9999}).status_code == 422
    assert labeler.post(path, json={}).status_code == 422
    assert len(labels_of(labeler, project_id)) == 2
