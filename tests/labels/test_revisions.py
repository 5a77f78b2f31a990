"""The history of an image: what each save changed, and the way back to it."""

import json
import random
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.db.base import utc_now
from app.db.engine import session_scope
from app.db.models import ImageRevision
from app.labels import revisions
from tests.conftest import Person
from tests.labels.conftest import (
    FIRST_ID,
    SECOND_ID,
    SQUARE,
    THIRD_ID,
    TRIANGLE,
    Labeled,
    MakeImage,
    polygon_instance,
    stored,
)

SEED = 5


def history(image: Labeled, **query: Any) -> Any:
    answer = image.person.get(f"/api/v1/images/{image.image_id}/revisions", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def past(image: Labeled, revision: int) -> Any:
    return image.person.get(f"/api/v1/images/{image.image_id}/revisions/{revision}")


def test_history__of_a_new_image_is_empty(image: Labeled) -> None:
    assert history(image) == {"items": [], "next_cursor": None, "total": 0}
    assert past(image, 0).json() == {"revision": 0, "items": []}
    assert past(image, 1).status_code == 404


def test_history__says_who_changed_how_much(image: Labeled) -> None:
    image.put(polygon_instance(), polygon_instance(SECOND_ID))
    image.patch(polygon_instance(ring=TRIANGLE), polygon_instance(THIRD_ID), delete=(SECOND_ID,))
    found = history(image)
    assert [
        (one["revision"], one["came_from"], one["cause"], one["added"], one["changed"], one["deleted"])
        for one in found["items"]
    ] == [(2, 1, "save", 1, 1, 1), (1, 0, "save", 2, 0, 0)]
    assert {one["saved_by"]["id"] for one in found["items"]} == {image.person.user_id}
    assert all(one["saved_by"]["name"] for one in found["items"])
    assert found["total"] == 2
    first = history(image, limit=1)
    assert history(image, limit=1, cursor=first["next_cursor"])["items"] == found["items"][1:]


def test_history__has_nothing_of_a_save_that_changed_nothing(image: Labeled) -> None:
    for _ in range(2):
        image.put(polygon_instance())
        image.patch(polygon_instance())
    assert history(image)["total"] == 1


def test_past__is_given_back_exactly_after_any_saves(image: Labeled) -> None:
    chance = random.Random(SEED)
    ids = [str(uuid.UUID(int=number)) for number in range(8)]
    seen = {0: image.get()["items"]}
    for _ in range(60):
        _save_anything(image, chance, ids)
        now = image.get()
        seen[now["revision"]] = now["items"]
    assert len(seen) > 40
    for revision, items in seen.items():
        assert past(image, revision).json() == {"revision": revision, "items": items}


def test_past__is_restored_by_saving_it(image: Labeled) -> None:
    image.put(polygon_instance(), polygon_instance(SECOND_ID, "date"))
    image.put(polygon_instance(SECOND_ID, ring=TRIANGLE))
    wanted = past(image, 1).json()["items"]
    assert image.put(*wanted).json() == {"revision": 3, "items": wanted}
    assert past(image, 2).json()["items"] == [stored(polygon_instance(SECOND_ID, ring=TRIANGLE))]


def test_label__renamed_shows_its_name_of_now(image: Labeled, labels: dict[str, int]) -> None:
    image.put(polygon_instance())
    image.patch(delete=(FIRST_ID,))
    path = f"/api/v1/projects/{image.project_id}/labels/{labels['fig']}"
    assert image.person.patch(path, json={"name": "ripe fig"}).status_code == 200
    assert past(image, 1).json()["items"] == [stored(polygon_instance(label="ripe fig"))]


def test_label__merged_is_a_step_of_each_image(image: Labeled, labels: dict[str, int]) -> None:
    image.put(polygon_instance(), polygon_instance(SECOND_ID, "date"))
    before = image.get()["items"]
    path = f"/api/v1/projects/{image.project_id}/labels/{labels['fig']}/merge"
    assert image.person.post(path, json={"into": labels["date"]}).status_code == 200
    newest = history(image)["items"][0]
    assert (newest["cause"], newest["revision"], newest["came_from"]) == ("label_merged", 2, 1)
    assert (newest["added"], newest["changed"], newest["deleted"]) == (0, 1, 0)
    assert newest["saved_by"]["id"] == image.person.user_id
    assert past(image, 1).json()["items"] == before
    assert [one["label"] for one in past(image, 2).json()["items"]] == ["date", "date"]


def test_label__deleted_keeps_its_objects_in_the_history(image: Labeled, labels: dict[str, int]) -> None:
    image.put(polygon_instance(), polygon_instance(SECOND_ID, "date"))
    path = f"/api/v1/projects/{image.project_id}/labels/{labels['fig']}"
    assert image.person.delete(path).json()["instances_deleted"] == 1
    newest = history(image)["items"][0]
    assert (newest["cause"], newest["revision"], newest["deleted"]) == ("label_deleted", 2, 1)
    assert past(image, 1).json()["items"] == [
        stored(polygon_instance()),
        stored(polygon_instance(SECOND_ID, "date")),
    ]


@pytest.mark.parametrize("mode", ["merge", "replace"])
def test_import__is_a_step_of_each_image(image: Labeled, mode: str) -> None:
    image.put(polygon_instance())
    before = image.get()["items"]
    document = {
        "format": "maskwright",
        "version": 1,
        "labels": [],
        "images": [{"name": "a.png", "width": 10, "height": 8, "instances": [polygon_instance(SECOND_ID, "date")]}],
    }
    path = f"/api/v1/projects/{image.project_id}/labels/import?mode={mode}"
    answer = image.person.post(path, files={"file": ("labels.json", json.dumps(document))})
    assert answer.json()["instances_imported"] == 1, answer.text
    newest = history(image)["items"][0]
    assert (newest["cause"], newest["revision"], newest["added"]) == ("import", 2, 1)
    assert past(image, 1).json()["items"] == before


def test_tidy__keeps_of_old_days_the_last_save_and_forgets_a_year(image: Labeled) -> None:
    chance = random.Random(SEED)
    ids = [str(uuid.UUID(int=number)) for number in range(8)]
    ages_days = [400, 400, 60, 60, 60, 40, 2, 2]
    seen = {0: image.get()["items"]}
    while len(seen) <= len(ages_days):
        _save_anything(image, chance, ids)
        now = image.get()
        seen[now["revision"]] = now["items"]
    for revision, age in enumerate(ages_days, start=1):
        _make_older(image.image_id, revision, age)
    assert revisions.tidy() == 1
    assert [one["revision"] for one in history(image)["items"]] == [8, 7, 6, 5]
    kept = {2, 5, 6, 7, 8}
    for revision, items in seen.items():
        answer = past(image, revision)
        assert answer.status_code == (200 if revision in kept else 404)
        assert revision not in kept or answer.json()["items"] == items
    assert revisions.tidy() == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_history__of_an_image_goes_with_it(image: Labeled) -> None:
    image.put(polygon_instance())
    assert image.person.delete(f"/api/v1/images/{image.image_id}").status_code == 204
    with session_scope(read_only=True) as session:
        assert session.query(ImageRevision).count() == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_patch__of_one_among_a_thousand_keeps_the_way_back_of_that_one(
    labeler: Person, project_id: int, make_image: MakeImage, labels: dict[str, int]
) -> None:
    image = Labeled(labeler, project_id, make_image(width=6000, height=4000))
    rings = [[[x + dx, 10.0 + dx] for dx in range(25)] + [[x + dx, 90.0 - dx] for dx in range(25)] for x in range(1000)]
    items = [polygon_instance(str(uuid.UUID(int=number)), ring=ring) for number, ring in enumerate(rings, start=1)]
    assert image.put(*items).status_code == 200
    items[500]["polygons"][0]["exterior"][0] = [500.0, 11.0]
    assert image.patch(items[500], tag=image.tag()).status_code == 200
    with session_scope(read_only=True) as session:
        size = len(session.get_one(ImageRevision, (image.image_id, 2)).way_back)
    assert size < 1000  # bytes: of one polygon of 50 points, whatever else is there


def _save_anything(image: Labeled, chance: random.Random, ids: list[str]) -> None:
    def some() -> list[dict[str, Any]]:
        chosen = chance.sample(ids, chance.randint(1, 4))
        return [
            polygon_instance(key, chance.choice(["fig", "date"]), chance.choice([SQUARE, TRIANGLE])) for key in chosen
        ]

    if chance.random() < 0.3:
        answer = image.put(*some())
    else:
        upsert = some()
        gone = chance.sample([key for key in ids if key not in {one["id"] for one in upsert}], chance.randint(0, 2))
        answer = image.patch(*upsert, delete=tuple(gone))
    assert answer.status_code == 200, answer.text


def _make_older(image_id: int, revision: int, days: int) -> None:
    saved_at = utc_now() - timedelta(days=days)
    with session_scope() as session:
        session.execute(
            update(ImageRevision)
            .where(ImageRevision.image_id == image_id, ImageRevision.revision == revision)
            .values(saved_at=saved_at, saved_on=saved_at.date())
        )
