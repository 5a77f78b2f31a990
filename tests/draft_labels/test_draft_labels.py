"""Draft labels: made of a batch, looked at, accepted and rejected, on both databases where rows are counted."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from app.db.engine import session_scope
from app.db.enums import BatchStatus
from app.db.models import Batch
from app.inference.prediction import Prediction
from app.masks.rle import encode_mask
from tests.batches.stored import HEIGHT, WIDTH, add_batch, add_image, finish_batch, square, whole_mask
from tests.conftest import Person
from tests.images.pictures import png

sqlite_alone = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FIRST = [square("fig", 0.9, 0, 0), square("fig", 0.5, 5, 3), square("nut", 0.55, 8, 4)]
SECOND = [square("nut", 0.95, 1, 1)]


@pytest.fixture
def images(project_id: int) -> list[int]:
    return [add_image(project_id, name) for name in ("a.png", "b.png", "c.png")]


@pytest.fixture
def batch_id(project_id: int, images: list[int]) -> int:
    """Three objects in the first image, one below its threshold; one in the second; none in the third."""
    return predicted(project_id, images, FIRST, SECOND, [])


@pytest.fixture
def make(developer: Person) -> Callable[..., dict[str, Any]]:
    def make(batch_id: int, min_score: float | None = None) -> dict[str, Any]:
        answer = developer.post(f"/api/v1/batches/{batch_id}/drafts", json={"min_score": min_score})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return make


Make = Callable[..., dict[str, Any]]


def predicted(project_id: int, images: list[int], *found: list[Prediction]) -> int:
    batch_id = add_batch(project_id, [(f"{image_id}.png", image_id) for image_id in images])
    finish_batch(batch_id, found)
    return batch_id


def drafts_of(person: Person, image_id: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = person.get(f"/api/v1/images/{image_id}/drafts").json()["items"]
    return items


def instances_of(person: Person, image_id: int) -> dict[str, Any]:
    saved: dict[str, Any] = person.get(f"/api/v1/images/{image_id}/instances").json()
    return saved


def listed(person: Person, project_id: int, query: str = "") -> dict[str, Any]:
    page: dict[str, Any] = person.get(f"/api/v1/projects/{project_id}/images?{query}").json()
    return page


def counts(person: Person, project_id: int) -> list[int]:
    return [item["draft_count"] for item in listed(person, project_id)["items"]]


def accept(person: Person, image_id: int, draft: dict[str, Any]) -> Any:
    """As the editor does: a normal save of an object with the draft's id."""
    instance = {key: draft[key] for key in ("id", "label", "rle", "source")}
    revision = instances_of(person, image_id)["revision"]
    return person.patch(
        f"/api/v1/images/{image_id}/instances", json={"upsert": [instance]}, headers={"If-Match": f'"{revision}"'}
    )


def test_drafts__are_made_at_the_models_thresholds_apart_from_the_labels(
    labeler: Person, project_id: int, images: list[int], batch_id: int, make: Make
) -> None:
    assert make(batch_id) == {
        "drafts": 3,
        "images": 2,
        "replaced": 0,
        "skipped_labeled": 0,
        "skipped_rejected": 0,
        "labels_created": ["fig", "nut"],
    }
    items = drafts_of(labeler, images[0])
    assert [(item["label"], item["score"], item["source"]) for item in items] == [
        ("fig", 0.9, "model:m"),
        ("fig", 0.5, "model:m"),
    ]
    assert items[0]["rle"] == {"size": [HEIGHT, WIDTH], "counts": encode_mask(whole_mask(FIRST[0])).counts}
    assert counts(labeler, project_id) == [2, 1, 0]
    assert labeler.get(f"/api/v1/projects/{project_id}/drafts").json() == {"drafts": 3, "images": 2}
    # Nothing that reads labels sees them.
    assert instances_of(labeler, images[0]) == {"revision": 0, "items": []}
    assert labeler.get(f"/api/v1/projects/{project_id}/labels/export?format=coco").json()["annotations"] == []
    assert listed(labeler, project_id, "labeled=true")["total"] == 0


def test_drafts__made_again_take_the_place_of_the_open_ones(
    labeler: Person, project_id: int, images: list[int], batch_id: int, make: Make
) -> None:
    make(batch_id)
    again = make(batch_id, 0.7)
    assert (again["drafts"], again["replaced"], again["labels_created"]) == (2, 3, [])
    assert counts(labeler, project_id) == [1, 1, 0]


@sqlite_alone
def test_drafts__leave_out_what_is_labeled_or_was_rejected(
    labeler: Person, images: list[int], batch_id: int, make: Make
) -> None:
    make(batch_id)
    first, second = drafts_of(labeler, images[0])
    assert accept(labeler, images[0], first).status_code == 200
    labeler.post(f"/api/v1/images/{images[0]}/drafts/reject", json={"ids": [second["id"]]})
    again = make(batch_id)
    assert (again["drafts"], again["skipped_labeled"], again["skipped_rejected"]) == (1, 1, 1)
    assert drafts_of(labeler, images[0]) == []


@sqlite_alone
def test_drafts__on_an_object_of_another_label_or_a_little_beside_are_made(
    labeler: Person, project_id: int, images: list[int], make: Make
) -> None:
    for found in ([square("fig", 0.9, 0, 0)], [square("nut", 0.9, 0, 0), square("fig", 0.8, 2, 2)]):
        batch_id = predicted(project_id, images[:1], found)
        make(batch_id)
        labeler.post(f"/api/v1/projects/{project_id}/drafts/accept", json={})
    assert [item["label"] for item in instances_of(labeler, images[0])["items"]] == ["fig", "fig", "nut"]


def test_draft__is_accepted_by_a_save_with_its_id_and_opens_again_by_undo(
    labeler: Person, project_id: int, images: list[int], batch_id: int, make: Make
) -> None:
    make(batch_id)
    first, second = drafts_of(labeler, images[0])
    saved = accept(labeler, images[0], first)
    assert saved.status_code == 200, saved.text
    assert drafts_of(labeler, images[0]) == [second]
    assert counts(labeler, project_id) == [1, 1, 0]
    undone = labeler.patch(
        f"/api/v1/images/{images[0]}/instances", json={"delete": [first["id"]]}, headers={"If-Match": "*"}
    )
    assert undone.status_code == 200
    assert drafts_of(labeler, images[0]) == [first, second]
    assert counts(labeler, project_id) == [2, 1, 0]


@sqlite_alone
def test_reject__hides_drafts_and_restore_shows_them(
    labeler: Person, images: list[int], batch_id: int, make: Make
) -> None:
    make(batch_id)
    first, second = drafts_of(labeler, images[0])
    path = f"/api/v1/images/{images[0]}/drafts"
    rejected = labeler.post(f"{path}/reject", json={"ids": [first["id"].upper()]})
    assert rejected.json() == {"changed": 1, "draft_count": 1}
    assert labeler.post(f"{path}/reject", json={"ids": [first["id"]]}).json() == {"changed": 0, "draft_count": 1}
    assert drafts_of(labeler, images[0]) == [second]
    assert labeler.post(f"{path}/restore", json={"ids": [first["id"]]}).json() == {"changed": 1, "draft_count": 2}
    assert drafts_of(labeler, images[0]) == [first, second]
    for ids in (["1"], []):
        refused = labeler.post(f"{path}/reject", json={"ids": ids})
        assert (refused.status_code, "ids" in refused.json()["error"]) == (422, True)


@sqlite_alone
def test_reject__passes_over_what_is_no_draft_of_the_image(
    labeler: Person, images: list[int], batch_id: int, make: Make
) -> None:
    make(batch_id)
    (elsewhere,) = drafts_of(labeler, images[1])
    ids = [elsewhere["id"], str(uuid.uuid4()), drafts_of(labeler, images[0])[0]["id"]]
    for verb in ("reject", "restore"):
        answer = labeler.post(f"/api/v1/images/{images[0]}/drafts/{verb}", json={"ids": ids})
        assert (answer.status_code, answer.json()["changed"]) == (200, 1)
    assert drafts_of(labeler, images[1]) == [elsewhere]


@sqlite_alone
def test_accepted_draft__that_is_rejected_stays_so_when_its_object_is_deleted(
    labeler: Person, images: list[int], batch_id: int, make: Make
) -> None:
    make(batch_id)
    first, second = drafts_of(labeler, images[0])
    accept(labeler, images[0], first)
    rejected = labeler.post(f"/api/v1/images/{images[0]}/drafts/reject", json={"ids": [first["id"]]})
    assert rejected.json() == {"changed": 1, "draft_count": 1}
    path = f"/api/v1/images/{images[0]}/instances"
    labeler.patch(path, json={"delete": [first["id"]]}, headers={"If-Match": "*"})
    assert drafts_of(labeler, images[0]) == [second]


def test_rejection_of_many__is_taken_back_whole_and_nothing_else(
    labeler: Person, project_id: int, images: list[int], batch_id: int, make: Make
) -> None:
    make(batch_id)
    first, second = drafts_of(labeler, images[0])
    labeler.post(f"/api/v1/images/{images[0]}/drafts/reject", json={"ids": [first["id"]]})
    path = f"/api/v1/projects/{project_id}/drafts"
    rejected = labeler.post(f"{path}/reject", json={}).json()
    assert (rejected["drafts"], rejected["images"], counts(labeler, project_id)) == (2, 2, [0, 0, 0])
    other = labeler.post(f"{path}/restore", json={"rejection_id": str(uuid.uuid4())})
    assert other.json() == {"drafts": 0, "images": 0}
    taken_back = {"rejection_id": rejected["rejection_id"]}
    assert labeler.post(f"{path}/restore", json=taken_back).json() == {"drafts": 2, "images": 2}
    assert counts(labeler, project_id) == [1, 1, 0]
    assert drafts_of(labeler, images[0]) == [second]
    assert labeler.post(f"{path}/restore", json=taken_back).json() == {"drafts": 0, "images": 0}
    assert labeler.post(f"{path}/restore", json={"rejection_id": "1"}).status_code == 422


def test_accept_all__saves_each_image_once_in_the_callers_name(
    labeler: Person, project_id: int, images: list[int], batch_id: int, make: Make
) -> None:
    make(batch_id)
    first, second = drafts_of(labeler, images[0])
    accepted = labeler.post(f"/api/v1/projects/{project_id}/drafts/accept", json={})
    assert accepted.json() == {"drafts": 3, "images": 2}
    saved = instances_of(labeler, images[0])
    assert saved["revision"] == 1
    assert [item["id"] for item in saved["items"]] == [second["id"], first["id"]], "the best score lies on top"
    assert saved["items"][1] == {**{key: first[key] for key in ("id", "label", "rle", "source")}, "crowd": False}
    (revision,) = labeler.get(f"/api/v1/images/{images[0]}/revisions").json()["items"]
    assert (revision["saved_by"]["id"], revision["cause"], revision["added"]) == (labeler.user_id, "save", 2)
    page = listed(labeler, project_id)["items"]
    assert [(item["instance_count"], item["draft_count"]) for item in page] == [(2, 0), (1, 0), (0, 0)]
    assert labeler.get(f"/api/v1/images/{images[0]}/revisions/0").json()["items"] == []
    labels = labeler.get(f"/api/v1/projects/{project_id}/labels").json()["items"]
    assert [(label["name"], label["instance_count"]) for label in labels] == [("fig", 2), ("nut", 1)]
    assert labeler.post(f"/api/v1/projects/{project_id}/drafts/accept", json={}).json() == {"drafts": 0, "images": 0}


def decided(answer: Any) -> tuple[int, int]:
    return answer.json()["drafts"], answer.json()["images"]


@pytest.mark.parametrize("verb", ["accept", "reject"])
@sqlite_alone
def test_all__can_be_some_images_or_scores(
    labeler: Person, project_id: int, images: list[int], batch_id: int, make: Make, verb: str
) -> None:
    make(batch_id)
    path = f"/api/v1/projects/{project_id}/drafts/{verb}"
    assert decided(labeler.post(path, json={"min_score": 0.92})) == (1, 1)
    assert counts(labeler, project_id) == [2, 0, 0]
    assert decided(labeler.post(path, json={"image_ids": images[1:]})) == (0, 0)
    assert decided(labeler.post(path, json={"image_ids": images[:1]})) == (2, 1)
    assert counts(labeler, project_id) == [0, 0, 0]
    unknown = labeler.post(path, json={"image_ids": [999]})
    assert (unknown.status_code, "no image 999" in unknown.json()["error"]) == (404, True)


def test_gallery__shows_the_least_certain_images_first(
    labeler: Person, project_id: int, images: list[int], make: Make
) -> None:
    # Certainty is the mean of |2 score - 1|: 0.9, 0.45 of 0.9 and 0, and 0.5.
    certain, mixed, half = [square("fig", 0.95, 0, 0)], [square("fig", 0.95, 0, 0), square("nut", 0.5, 6, 3)], []
    half = [square("nut", 0.75, 0, 0)]
    make(predicted(project_id, images, certain, mixed, half), 0.1)
    add_image(project_id, "without.png")
    a, b, c = images
    assert [item["id"] for item in listed(labeler, project_id, "sort=uncertainty")["items"]][:3] == [b, c, a]
    page = listed(labeler, project_id, "drafts=true&sort=uncertainty&limit=2")
    assert ([item["id"] for item in page["items"]], page["total"]) == ([b, c], 3)
    rest = listed(labeler, project_id, f"drafts=true&sort=uncertainty&limit=2&cursor={page['next_cursor']}")
    assert [item["id"] for item in rest["items"]] == [a]
    assert [item["name"] for item in listed(labeler, project_id, "drafts=false")["items"]] == ["without.png"]
    details = labeler.get(f"/api/v1/images/{c}?drafts=true&sort=uncertainty").json()
    assert (details["previous_id"], details["next_id"], details["draft_count"]) == (b, a, 1)


def test_label_deleted_or_merged__takes_its_drafts_along(
    labeler: Person, project_id: int, images: list[int], batch_id: int, make: Make
) -> None:
    make(batch_id)
    ids = {item["name"]: item["id"] for item in labeler.get(f"/api/v1/projects/{project_id}/labels").json()["items"]}
    labeler.post(f"/api/v1/projects/{project_id}/labels/{ids['nut']}/merge", json={"into": ids["fig"]})
    assert [item["label"] for item in drafts_of(labeler, images[1])] == ["fig"]
    assert counts(labeler, project_id) == [2, 1, 0]
    labeler.delete(f"/api/v1/projects/{project_id}/labels/{ids['fig']}")
    assert counts(labeler, project_id) == [0, 0, 0]
    assert labeler.get(f"/api/v1/projects/{project_id}/drafts").json() == {"drafts": 0, "images": 0}


@sqlite_alone
def test_copied_project__has_no_drafts(owner: Person, project_id: int, make: Make) -> None:
    sent = {"files": ("a.png", png(WIDTH, HEIGHT))}
    image_id = owner.post(f"/api/v1/projects/{project_id}/images", files=sent).json()["items"][0]["id"]
    make(predicted(project_id, [image_id], FIRST))
    copied = owner.post(f"/api/v1/projects/{project_id}/copy", json={"name": "Copy"})
    assert copied.status_code == 201, copied.text
    assert counts(owner, project_id) == [2]
    assert counts(owner, copied.json()["id"]) == [0]


@sqlite_alone
def test_drafts__of_a_batch_over_files_or_one_that_is_not_ready_are_refused(
    developer: Person, project_id: int, images: list[int]
) -> None:
    waiting = add_batch(project_id, [("a.png", images[0])])
    answer = developer.post(f"/api/v1/batches/{waiting}/drafts", json={})
    assert (answer.status_code, "not ready" in answer.json()["error"]) == (409, True)
    with session_scope() as session:
        session.get_one(Batch, waiting).status = BatchStatus.CANCELLED
    of_files = add_batch(project_id, [("x.png", None)])
    finish_batch(of_files, [FIRST])
    answer = developer.post(f"/api/v1/batches/{of_files}/drafts", json={})
    assert (answer.status_code, "upload them" in answer.json()["error"]) == (409, True)
    for body in ({"min_score": 2}, {"minscore": 0.5}, {"min_score": "high"}):
        answer = developer.post(f"/api/v1/batches/{of_files}/drafts", json=body)
        assert (answer.status_code, "min" in answer.json()["error"]) == (422, True)
