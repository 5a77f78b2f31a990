"""The totals of projects and labels, kept with every change, are what counting gives."""

import json
import random
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from app.db.engine import session_scope
from app.db.models import LabelClass, Project
from app.db.totals import recount_project
from tests.conftest import Person
from tests.labels.conftest import Labeled, MakeImage, polygon_instance

Totals = tuple[list[Any], list[Any]]


def kept_totals() -> Totals:
    with session_scope(read_only=True) as session:
        projects = session.execute(
            select(Project.id, Project.image_count, Project.labeled_count, Project.validation_count).order_by(
                Project.id
            )
        )
        classes = session.execute(
            select(LabelClass.name, LabelClass.image_count, LabelClass.instance_count).order_by(LabelClass.id)
        )
        return [tuple(row) for row in projects], [tuple(row) for row in classes]


def counted_totals(project_id: int) -> Totals:
    with session_scope() as session:
        recount_project(session, project_id)
    return kept_totals()


class RandomWork:
    """Somebody who does one thing after another with a project's images and labels."""

    def __init__(self, person: Person, project_id: int, make_image: MakeImage, seed: int) -> None:
        self._person, self._project = person, f"/api/v1/projects/{project_id}"
        self._project_id, self._make_image = project_id, make_image
        self._random = random.Random(seed)
        self._images: list[int] = []

    def step(self) -> None:
        saves = [self._save] * 3
        rest = [self._add, self._mark, self._mark_background, self._import, self._delete, self._merge]
        self._random.choice(saves + rest)()

    def _labels(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self._person.get(f"{self._project}/labels").json()["items"]
        return items

    def _add(self) -> None:
        self._images.append(self._make_image(f"{uuid.uuid4()}.png"))
        if len(self._labels()) < 3:
            self._person.post(f"{self._project}/labels", json={"name": f"label {uuid.uuid4()}"})

    def _save(self) -> None:
        if self._images and (labels := self._labels()):
            image = Labeled(self._person, self._project_id, self._random.choice(self._images))
            names = self._random.choices([label["name"] for label in labels], k=self._random.randrange(4))
            assert image.put(*(polygon_instance(str(uuid.uuid4()), name) for name in names)).status_code == 200

    def _mark(self) -> None:
        body = {"image_ids": self._some(), "validation": self._random.random() < 0.6}
        assert self._person.put(f"{self._project}/validation", json=body).status_code == 200

    def _mark_background(self) -> None:
        body = {"image_ids": self._some(), "background": self._random.random() < 0.6}
        assert self._person.put(f"{self._project}/background", json=body).status_code in (200, 409)

    def _import(self) -> None:
        names = [item["name"] for item in self._person.get(f"{self._project}/images").json()["items"]][:2]
        entries = [
            {"name": name, "width": 10, "height": 8, "instances": [polygon_instance(str(uuid.uuid4()), "new")]}
            for name in names
        ]
        document = {"format": "maskwright", "version": 1, "labels": [{"name": "new"}], "images": entries}
        answer = self._person.post(
            f"{self._project}/labels/import",
            files={"file": ("labels.json", json.dumps(document).encode())},
            params={"mode": self._random.choice(["merge", "replace"])},
        )
        assert answer.status_code == 200

    def _delete(self) -> None:
        gone = self._some()[:2]
        self._images = [image_id for image_id in self._images if image_id not in gone]
        answer = self._person.request("DELETE", f"{self._project}/images", json={"image_ids": gone})
        assert answer.status_code == 200

    def _merge(self) -> None:
        if len(labels := self._labels()) > 1:
            one, other = self._random.sample([label["id"] for label in labels], 2)
            if self._random.random() < 0.5:
                assert self._person.delete(f"{self._project}/labels/{one}").status_code == 200
            else:
                answer = self._person.post(f"{self._project}/labels/{one}/merge", json={"into": other})
                assert answer.status_code == 200

    def _some(self) -> list[int]:
        return self._random.sample(self._images, self._random.randint(0, len(self._images)))


@pytest.mark.parametrize("seed", range(3))
def test_totals__stay_what_counting_gives(labeler: Person, project_id: int, make_image: MakeImage, seed: int) -> None:
    work = RandomWork(labeler, project_id, make_image, seed)
    for _ in range(40):
        work.step()
        assert kept_totals() == counted_totals(project_id)
