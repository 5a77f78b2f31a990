"""Finding images by who uploaded them, when, and in which folder."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from app.db.engine import session_scope
from app.db.models import Image
from tests.conftest import Person
from tests.images.pictures import png

# Neighbours of the folder "a" in the order of bytes, and one that only looks like it.
NAMES = ["a.png", "a/1.png", "a/b/2.png", "a/b/c/3.png", "a-b/4.png", "a0/5.png", "A/6.png", "ä/7.png", "b/a/8.png"]


@pytest.fixture
def ids(owner: Person, labeler: Person, project_id: int) -> dict[str, int]:
    """The first four are the owner's of 1 May, the others the Labeler's of 2 May. Ids by name."""
    ids: dict[str, int] = {}
    for day, (person, names) in enumerate(((owner, NAMES[:4]), (labeler, NAMES[4:])), start=1):
        files = [("files", (name, png(8, 6, (len(ids) + number, 0, 0)))) for number, name in enumerate(names)]
        items = person.post(f"/api/v1/projects/{project_id}/images", files=files).json()["items"]
        made = {item["name"]: item["id"] for item in items}
        with session_scope() as session:
            at = datetime(2024, 5, day, 12, tzinfo=UTC)
            session.execute(update(Image).where(Image.id.in_(made.values())).values(created_at=at))
        ids |= made
    return ids


def found(person: Person, project_id: int, **query: Any) -> list[str]:
    """The names under a filter; the list of ids must agree."""
    path = f"/api/v1/projects/{project_id}/images"
    page, ids = person.get(path, params=query), person.get(f"{path}/ids", params=query)
    assert page.status_code == ids.status_code == 200, page.text
    assert ids.json()["items"] == [item["id"] for item in page.json()["items"]]
    assert page.json()["total"] == ids.json()["total"] == len(page.json()["items"])
    return [item["name"] for item in page.json()["items"]]


def test_list_images__of_a_folder_and_those_below(labeler: Person, project_id: int, ids: dict[str, int]) -> None:
    expected = {
        "a": ["a/1.png", "a/b/2.png", "a/b/c/3.png"],
        "/a/b/": ["a/b/2.png", "a/b/c/3.png"],
        "a\\b\\c": ["a/b/c/3.png"],
        "A": ["A/6.png"],
        "a\u0308": ["ä/7.png"],
        "b": ["b/a/8.png"],
        "a/%": [],
        "": NAMES,
    }
    assert {folder: found(labeler, project_id, folder=folder) for folder in expected} == expected


def test_list_images__by_who_uploaded_them(
    owner: Person, labeler: Person, project_id: int, ids: dict[str, int]
) -> None:
    assert found(labeler, project_id, uploaded_by="me") == NAMES[4:]
    assert found(owner, project_id, uploaded_by="me") == NAMES[:4]
    assert found(labeler, project_id, uploaded_by=owner.user_id) == NAMES[:4]
    assert found(labeler, project_id, uploaded_by=999) == []
    item = labeler.get(f"/api/v1/projects/{project_id}/images?limit=1").json()["items"][0]
    assert item["uploaded_by"] == owner.user_id


def test_list_images__by_when_they_were_uploaded(labeler: Person, project_id: int, ids: dict[str, int]) -> None:
    def at(**query: str) -> list[str]:
        return found(labeler, project_id, **query)

    assert at(uploaded_after="2024-05-02") == at(uploaded_after="2024-05-02T14:00:00+02:00") == NAMES[4:]
    assert at(uploaded_before="2024-05-02") == at(uploaded_before="2024-05-02T12:00:00Z") == NAMES[:4]
    assert at(uploaded_after="2024-05-01T12:00:00.000001", uploaded_before="2024-05-02") == []
    assert at(uploaded_after="2024-05-01", uploaded_before="2024-05-02", folder="a/b") == ["a/b/2.png", "a/b/c/3.png"]


def test_read_image__finds_neighbours_in_its_folder(labeler: Person, project_id: int, ids: dict[str, int]) -> None:
    image = labeler.get(f"/api/v1/images/{ids['a/b/2.png']}", params={"folder": "a", "sort": "-name"}).json()

    assert (image["previous_id"], image["next_id"]) == (ids["a/b/c/3.png"], ids["a/1.png"])


def test_list_folders__counts_what_lies_directly_in_them(labeler: Person, project_id: int, ids: dict[str, int]) -> None:
    answer = labeler.get(f"/api/v1/projects/{project_id}/images/folders").json()

    folders = ["", "A", "a", "a-b", "a/b", "a/b/c", "a0", "b/a", "ä"]
    assert answer == {"items": [{"folder": folder, "image_count": 1} for folder in folders], "total": 9}


def test_list_folders__gives_the_first_thousand_and_how_many_there_are(
    labeler: Person, project_id: int, ids: dict[str, int]
) -> None:
    with session_scope() as session:
        first = session.get_one(Image, ids["a.png"])
        kept = {column.key: getattr(first, column.key) for column in Image.__table__.columns if column.key != "id"}
        session.add_all(
            Image(**kept | {"name": f"z/{number:04}/1.png", "folder": f"z/{number:04}"}) for number in range(1000)
        )

    answer = labeler.get(f"/api/v1/projects/{project_id}/images/folders").json()

    assert (len(answer["items"]), answer["total"]) == (1000, 1009)
    assert answer["items"][-1] == {"folder": "z/0991", "image_count": 1}


def test_list_uploaders__counts_images_of_each(
    owner: Person, labeler: Person, project_id: int, ids: dict[str, int]
) -> None:
    answer = labeler.get(f"/api/v1/projects/{project_id}/images/uploaders").json()

    people = [(labeler, "labeler", 5), (owner, "owner", 4)]
    assert answer["items"] == [
        {"user_id": person.user_id, "name": name, "email": person.email, "image_count": count}
        for person, name, count in people
    ]


@pytest.mark.parametrize(
    "name, value",
    [
        ("uploaded_by", "you"),
        ("uploaded_by", "1" * 19),
        ("uploaded_after", "yesterday"),
        ("uploaded_before", "0001-01-01T00:00:00+14:00"),
        ("folder", "a\0"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_list_images__refuses_filters_that_say_nothing(labeler: Person, project_id: int, name: str, value: str) -> None:
    answer = labeler.get(f"/api/v1/projects/{project_id}/images", params={name: value})

    assert answer.status_code == 422
    assert name in answer.json()["error"]
