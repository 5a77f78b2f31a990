"""Two who change a project's labels at the same time: one waits for the other, and nothing is lost or miscounted."""

import json
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.db.totals import recount_project
from app.labels import repository
from app.labels.repository import StoredInstance
from tests.conftest import Person
from tests.labels.conftest import FIRST_ID, SQUARE, Labeled, MakeImage, polygon_instance
from tests.labels.test_totals import counted_totals, kept_totals

WAIT_SECONDS = 0.5  # by then the second has come to what the first holds


def while_uncommitted(first: Callable[[Session], object], second: Callable[[], Any]) -> Any:
    """What the second gives that begins when the first has written, and has not committed yet."""
    with ThreadPoolExecutor(1) as threads:
        with session_scope() as session:
            first(session)
            future: Future[Any] = threads.submit(second)
            time.sleep(WAIT_SECONDS)
        return future.result(timeout=30)


def test_import__of_a_label_that_somebody_makes_meanwhile(
    labeler: Person, project_id: int, make_image: MakeImage
) -> None:
    make_image("a.png")
    document = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "categories": [{"id": 1, "name": "fig"}, {"id": 2, "name": "date"}],
        "annotations": [
            {"id": number, "image_id": 1, "category_id": number, "segmentation": [[2, 1, 6, 1, 6, 5]]}
            for number in (1, 2)
        ],
    }
    answer = while_uncommitted(
        lambda session: repository.add_classes(session, project_id, {"fig": None}),
        lambda: labeler.post(
            f"/api/v1/projects/{project_id}/labels/import",
            files={"file": ("labels.json", json.dumps(document).encode())},
        ),
    )
    assert answer.status_code == 200, answer.text
    assert (answer.json()["instances_imported"], answer.json()["labels_created"]) == (2, ["date"])
    labels = labeler.get(f"/api/v1/projects/{project_id}/labels").json()["items"]
    assert [(label["name"], label["instance_count"]) for label in labels] == [("fig", 1), ("date", 1)]


def saving(project_id: int, image_id: int, class_id: int) -> Callable[[Session], None]:
    """Somebody who saves one object."""

    def save(session: Session) -> None:
        outline = [{"exterior": SQUARE, "holes": []}]
        instance = StoredInstance(FIRST_ID, class_id, outline, None, crowd=False, source="manual")
        repository.lock_images(session, [image_id])
        repository.insert_instances(session, [(image_id, 0, instance)])
        repository.recount(session, project_id, [image_id])

    return save


def test_recount__while_somebody_saves(project_id: int, make_image: MakeImage, labels: dict[str, int]) -> None:
    def recount() -> None:
        with session_scope() as session:
            recount_project(session, project_id)

    while_uncommitted(saving(project_id, make_image(), labels["fig"]), recount)
    kept = kept_totals()
    assert kept == counted_totals(project_id)
    assert ("fig", 1, 1) in kept[1]


def test_merge__takes_what_somebody_saves_meanwhile(image: Labeled, labels: dict[str, int]) -> None:
    path = f"/api/v1/projects/{image.project_id}/labels/{labels['fig']}/merge"
    answer = while_uncommitted(
        saving(image.project_id, image.image_id, labels["fig"]),
        lambda: image.person.post(path, json={"into": labels["date"]}),
    )
    assert (answer.status_code, answer.json()["instance_count"]) == (200, 1)
    assert [item["label"] for item in image.get()["items"]] == ["date"]
    assert image.counts() == {"date": 1}
    assert kept_totals() == counted_totals(image.project_id)


def test_delete_label__takes_what_somebody_saves_meanwhile(image: Labeled, labels: dict[str, int]) -> None:
    answer = while_uncommitted(
        saving(image.project_id, image.image_id, labels["fig"]),
        lambda: image.person.delete(f"/api/v1/projects/{image.project_id}/labels/{labels['fig']}"),
    )
    assert answer.json() == {"instances_deleted": 1, "images_changed": 1}
    assert (image.get()["items"], image.item()["instance_count"]) == ([], 0)
    assert kept_totals() == counted_totals(image.project_id)


def test_save__of_a_label_that_somebody_deletes_meanwhile(
    database: str, image: Labeled, labels: dict[str, int]
) -> None:
    answer = while_uncommitted(
        lambda session: repository.delete_class(session, image.project_id, labels["fig"]),
        lambda: image.put(polygon_instance()),
    )
    # SQLite lets the second begin when the first has ended: then there is no such label. A busy machine may do so too.
    assert answer.status_code in ({422} if database.startswith("sqlite") else {409, 422}), answer.text
    assert image.get()["items"] == []
