"""Images and labels of the project, made in the database: these tests need no files."""

from collections.abc import Callable
from typing import Any

import pytest

from app.db.engine import session_scope
from app.db.models import Image, LabelClass
from app.db.totals import add_to_project
from tests.conftest import Person

MakeImage = Callable[..., int]
SQUARE = [[2.0, 1.0], [6.0, 1.0], [6.0, 5.0], [2.0, 5.0]]
TRIANGLE = [[1.0, 1.0], [9.0, 2.0], [4.0, 7.5]]
FIRST_ID = "00000000-0000-4000-8000-000000000001"
SECOND_ID = "00000000-0000-4000-8000-000000000002"
THIRD_ID = "00000000-0000-4000-8000-000000000003"


def polygon_instance(
    instance_id: str = FIRST_ID, label: str = "fig", ring: list[list[float]] = SQUARE
) -> dict[str, Any]:
    return {"id": instance_id, "label": label, "polygons": [{"exterior": ring, "holes": []}]}


def stored(instance: dict[str, Any]) -> dict[str, Any]:
    """An instance as it comes back: with the defaults."""
    return {"crowd": False, "source": "manual", **instance}


@pytest.fixture
def make_image(project_id: int) -> MakeImage:
    """Make an image's row in the project; the image is 10 x 8 pixels unless said otherwise."""

    def make(name: str = "a.png", *, width: int = 10, height: int = 8, of_project: int = project_id) -> int:
        with session_scope() as session:
            image = Image(
                project_id=of_project,
                name=name,
                width=width,
                height=height,
                byte_size=1,
                media_type="image/png",
                content_hash="0" * 64,
                storage_key=f"projects/{of_project}/images/{name}",
                thumbnail_key=f"projects/{of_project}/thumbnails/{name}",
            )
            session.add(image)
            session.flush()
            add_to_project(session, of_project, images=1)
            return image.id

    return make


@pytest.fixture
def labels(project_id: int) -> dict[str, int]:
    """The labels fig and date, by name."""
    with session_scope() as session:
        classes = [
            LabelClass(project_id=project_id, name=name, color=color, position=position)
            for position, (name, color) in enumerate({"fig": "#E69F00", "date": "#56B4E9"}.items())
        ]
        session.add_all(classes)
        session.flush()
        return {label_class.name: label_class.id for label_class in classes}


class Labeled:
    """An image, its instances and its place in the list, over HTTP."""

    def __init__(self, person: Person, project_id: int, image_id: int) -> None:
        self.person, self.project_id, self.image_id = person, project_id, image_id
        self.path = f"/api/v1/images/{image_id}/instances"

    def get(self) -> Any:
        return self.person.get(self.path).json()

    def tag(self) -> str:
        tag: str = self.person.get(self.path).headers["ETag"]
        return tag

    def put(self, *items: dict[str, Any], tag: str | None = "now") -> Any:
        return self.person.put(self.path, json={"items": items}, headers=self._headers(tag))

    def patch(self, *upsert: dict[str, Any], delete: tuple[str, ...] = (), tag: str | None = "now") -> Any:
        body = {"upsert": upsert, "delete": delete}
        return self.person.patch(self.path, json=body, headers=self._headers(tag))

    def item(self) -> Any:
        return self.person.get(f"/api/v1/images/{self.image_id}").json()

    def counts(self) -> dict[str, int]:
        return {count["label"]: count["count"] for count in self.item()["label_counts"]}

    def _headers(self, tag: str | None) -> dict[str, str]:
        return {} if tag is None else {"If-Match": self.tag() if tag == "now" else tag}


@pytest.fixture
def image(labeler: Person, project_id: int, make_image: MakeImage, labels: dict[str, int]) -> Labeled:
    """An image of 10 x 8 pixels in a project with the labels fig and date."""
    return Labeled(labeler, project_id, make_image())
