"""Saving instances over HTTP."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from app.db.engine import session_scope
from app.db.models import Project
from app.errors import PreconditionFailed
from app.labels import instances
from app.labels.revisions import Saving
from app.masks.instance import Rle
from app.masks.rle import encode_mask
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

OTHER_ID = "00000000-0000-4000-8000-000000000009"
CROSS = np.zeros((8, 10), dtype=bool)
CROSS[3, 1:9] = CROSS[1:7, 4] = True


def rle_instance(rle: Rle, instance_id: str = SECOND_ID) -> dict[str, Any]:
    return {"id": instance_id, "label": "date", "rle": {"size": list(rle.size), "counts": rle.counts}}


def test_instances__of_a_new_image_are_none_at_revision_0(image: Labeled) -> None:
    assert image.get() == {"revision": 0, "items": []}
    assert image.tag() == '"0"'


def test_put__stores_instances_as_they_are(image: Labeled) -> None:
    donut = {
        **polygon_instance(),
        "polygons": [{"exterior": SQUARE, "holes": [[[3, 2], [5, 2], [5, 4]]]}, {"exterior": TRIANGLE, "holes": []}],
        "crowd": True,
        "source": "model:fruit-2",
    }
    mask = rle_instance(encode_mask(CROSS))
    answer = image.put(donut, mask)
    assert answer.status_code == 200, answer.text
    assert answer.headers["ETag"] == '"1"'
    assert answer.json() == {"revision": 1, "items": [stored(donut), stored(mask)]}
    assert image.get() == answer.json()
    assert image.counts() == {"fig": 1, "date": 1}


def test_put__keeps_counts_and_times(image: Labeled, project_id: int) -> None:
    before = image.item()
    image.put(polygon_instance(), polygon_instance(SECOND_ID), polygon_instance(THIRD_ID, "date"))
    after = image.item()
    assert (before["labeled"], before["instance_count"], before["revision"]) == (False, 0, 0)
    assert (after["labeled"], after["instance_count"], after["revision"]) == (True, 3, 1)
    assert after["changed_at"] > before["changed_at"]
    assert image.counts() == {"fig": 2, "date": 1}
    image.put(polygon_instance(SECOND_ID, "date"))
    assert image.counts() == {"date": 1}
    image.put()
    assert (image.item()["labeled"], image.counts()) == (False, {})
    with session_scope(read_only=True) as session:
        project = session.get_one(Project, project_id)
    assert project.changed_at > project.created_at


def test_put__keeps_the_order(image: Labeled) -> None:
    first, second, third = polygon_instance(FIRST_ID), polygon_instance(SECOND_ID), polygon_instance(THIRD_ID)
    image.put(first, second)
    image.patch(delete=(FIRST_ID,))
    image.put(second, third, first)
    assert [item["id"] for item in image.get()["items"]] == [SECOND_ID, THIRD_ID, FIRST_ID]
    image.put(first, second, third)
    assert [item["id"] for item in image.get()["items"]] == [FIRST_ID, SECOND_ID, THIRD_ID]


def test_put__from_an_old_revision_changes_nothing(image: Labeled) -> None:
    tag = image.tag()
    assert image.put(polygon_instance(), tag=tag).status_code == 200
    stale = image.put(polygon_instance(SECOND_ID), tag=tag)
    assert stale.status_code == 412
    assert "revision 1" in stale.json()["error"]
    assert stale.headers["ETag"] == '"1"'
    assert image.get()["items"] == [stored(polygon_instance())]


def test_put__of_what_is_stored_is_harmless_whatever_the_tag(image: Labeled) -> None:
    image.put(polygon_instance(), tag='"0"')
    for tag in ('"0"', '"99"', "nonsense", "*", "1"):
        again = image.put(stored(polygon_instance()), tag=tag)
        assert (again.status_code, again.json()["revision"]) == (200, 1), tag


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("tag", ['"0"', 'W/"0"', "0", "*", '"7", "0"'])
def test_put__takes_the_tag_in_every_usual_form(image: Labeled, tag: str) -> None:
    assert image.put(polygon_instance(), tag=tag).status_code == 200


@pytest.mark.parametrize("method", ["put", "patch"])
def test_saving__wants_if_match(image: Labeled, method: str) -> None:
    answer = getattr(image, method)(polygon_instance(), tag=None)
    assert answer.status_code == 428
    assert "If-Match" in answer.json()["error"]
    assert image.get()["revision"] == 0


def test_put__cuts_at_the_border_and_answers_with_what_it_stored(image: Labeled) -> None:
    answer = image.put(polygon_instance(ring=[[-5, 2], [15, 2], [15, 6], [-5, 6]]))
    (item,) = answer.json()["items"]
    ring = item["polygons"][0]["exterior"]
    assert {tuple(point) for point in ring} == {(0, 2), (10, 2), (10, 6), (0, 6)}
    assert image.get()["items"] == [item]


def test_put__keeps_a_polygon_that_reaches_the_border(image: Labeled) -> None:
    whole = polygon_instance(ring=[[0.0, 0.0], [10.0, 0.0], [10.0, 8.0], [0.0, 8.0]])
    assert image.put(whole).json()["items"] == [stored(whole)]


BAD: dict[str, tuple[Any, str]] = {
    "two points": (polygon_instance(ring=[[1, 1], [2, 2]]), "at least 3"),
    "no shape": ({"id": FIRST_ID, "label": "fig"}, "neither polygons nor rle"),
    "unknown label": (polygon_instance(label="grape"), "'grape'"),
    "no id": ({"label": "fig", "polygons": []}, "UUID"),
    "outside": (polygon_instance(ring=[[20, 20], [30, 20], [30, 30]]), "outside the image"),
    "another size": (rle_instance(encode_mask(CROSS[:, :9])), r"rle size is \[8, 9\], the image's is \[8, 10\]"),
    "broken counts": (
        {"id": FIRST_ID, "label": "fig", "rle": {"size": [8, 10], "counts": "zz"}},
        "rle counts",
    ),
    "empty mask": (rle_instance(encode_mask(np.zeros((8, 10), dtype=bool))), "no pixel"),
    "no object": (7, "must be an object"),
    "long source": ({**polygon_instance(), "source": "model:" + "x" * 200}, "source"),
    "zero in source": ({**polygon_instance(), "source": "model:\0"}, "source"),
    "text": (polygon_instance(ring=[["1", 1], [2, 2], [3, 1]]), "numbers"),
}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("method", ["put", "patch"])
def test_saving__refuses_what_is_no_instance_and_changes_nothing(image: Labeled, method: str, case: str) -> None:
    image.put(polygon_instance(THIRD_ID))
    bad, reason = BAD[case]
    answer = getattr(image, method)(polygon_instance(OTHER_ID), bad)
    assert answer.status_code == 422
    assert re.search(reason, answer.json()["error"]), answer.json()
    assert image.get() == {"revision": 1, "items": [stored(polygon_instance(THIRD_ID))]}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_put__refuses_numbers_that_are_none(image: Labeled, number: str) -> None:
    body = json.dumps({"items": [polygon_instance()]}).replace("[2.0, 1.0]", f"[{number}, 1.0]")
    headers = {"If-Match": '"0"', "Content-Type": "application/json"}
    answer = image.person.put(image.path, content=body, headers=headers)
    assert answer.status_code == 422
    assert FIRST_ID in answer.json()["error"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"items": 3}', b"\xff\xfe", b'{"items": ' + b"[" * 5000])
def test_put__refuses_a_body_that_is_no_set_of_instances(image: Labeled, body: bytes) -> None:
    headers = {"If-Match": '"0"', "Content-Type": "application/json"}
    answer = image.person.put(image.path, content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert "error" in answer.json()


def test_put__refuses_an_id_that_comes_twice(image: Labeled) -> None:
    answer = image.put(polygon_instance(), polygon_instance(ring=TRIANGLE))
    assert answer.status_code == 422
    assert FIRST_ID in answer.json()["error"]


def test_patch__touches_only_what_it_names(image: Labeled) -> None:
    first, second = polygon_instance(), polygon_instance(SECOND_ID, "date")
    image.put(first, second)
    moved, third = polygon_instance(SECOND_ID, "fig", TRIANGLE), polygon_instance(THIRD_ID, "date")
    answer = image.patch(moved, third, delete=(FIRST_ID,))
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    assert answer.json() == {"revision": 2, "upserted": [stored(moved), stored(third)]}
    assert image.get()["items"] == [stored(moved), stored(third)]
    assert image.counts() == {"fig": 1, "date": 1}


def test_patch__repeated_is_harmless(image: Labeled) -> None:
    image.put(polygon_instance())
    for _ in range(2):
        answer = image.patch(polygon_instance(SECOND_ID), delete=(FIRST_ID,), tag='"1"')
        assert (answer.status_code, answer.json()["revision"]) == (200, 2)
    other = image.patch(polygon_instance(THIRD_ID), tag='"1"')
    assert other.status_code == 412


def test_saving__at_once_from_one_revision_lets_one_through(image: Labeled) -> None:
    start = threading.Barrier(4)

    def save(number: int) -> int:
        item = polygon_instance(f"00000000-0000-4000-8000-{number:012}")
        start.wait()
        try:
            with session_scope() as session:
                instances.change_instances(
                    session,
                    image.image_id,
                    upsert=[item],
                    delete=[],
                    if_match=instances.parse_if_match('"0"'),
                    saving=Saving(image.person.user_id),
                )
        except PreconditionFailed:
            return 412
        return 200

    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(save, range(4)))
    assert sorted(statuses) == [200, 412, 412, 412]
    assert image.get()["revision"] == len(image.get()["items"]) == 1
    assert image.counts() == {"fig": 1}


def test_patch__refuses_an_id_to_be_both_written_and_deleted(image: Labeled) -> None:
    answer = image.patch(polygon_instance(), delete=(FIRST_ID.upper(),))
    assert answer.status_code == 422
    assert image.patch(delete=("no uuid",)).status_code == 422


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_instances__are_for_members(
    people: dict[str, Person], make_image: MakeImage, labels: dict[str, int], project_id: int
) -> None:
    image_id = make_image()
    seen: dict[str, list[int]] = {}
    for name, person in people.items():
        image = Labeled(person, project_id, image_id)
        seen[name] = [person.get(image.path).status_code, image.put(tag="*").status_code]
    member = [200, 200]
    expected = {"owner": member, "admin": member, "developer": member, "labeler": member}
    assert seen == {**expected, "stranger": [404, 404], "anonymous": [401, 401]}


def test_instances__of_an_image_that_is_not_there(image: Labeled) -> None:
    nowhere = Labeled(image.person, image.project_id, 12345)
    assert image.person.get(nowhere.path).status_code == 404
    assert nowhere.put(polygon_instance(), tag="*").status_code == 404
