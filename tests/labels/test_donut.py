"""A donut through every label format: its hole stays open, and what else it loses is in the report."""

import io
import uuid
import zipfile
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.labels.formats.table import READERS, WRITERS
from app.masks.instance import instance_from_json
from app.masks.raster import instance_to_mask
from app.masks.rle import encode_mask
from tests.conftest import Person
from tests.labels.conftest import Labeled, MakeImage
from tests.masks.raster_vectors import rows_to_mask

DONUT = rows_to_mask("......... .#######. .#######. .##...##. .##...##. .##...##. .#######. .#######. .........")
SIDE = len(DONUT)
OUTLINE = {
    "exterior": [[1.0, 1.0], [8.0, 1.0], [8.0, 8.0], [1.0, 8.0]],
    "holes": [[[3.0, 3.0], [3.0, 6.0], [6.0, 6.0], [6.0, 3.0]]],
}
IN_THE_HOLE = [[4.0, 4.0], [5.0, 4.0], [5.0, 5.0], [4.0, 5.0]]
DONUTS: dict[str, dict[str, Any]] = {
    "outline": {"polygons": [OUTLINE]},
    "mask": {"rle": {"size": [SIDE, SIDE], "counts": encode_mask(DONUT).counts}},
}


# The donuts that the report lists: an outline becomes a mask, or one ring by a bridge; the pixels stay all the same.
LISTED: dict[str, tuple[str, ...]] = {
    "coco": ("outline",),
    "yolo": ("outline", "mask"),
    "voc": ("outline",),
    "labelme": ("outline",),
    "cvat": ("outline",),
    "masks": ("outline",),
    "semantic": ("outline",),
    "maskwright": (),
}


class Baking:
    """A project with a donut in an image, and a crumb that lies in its hole."""

    def __init__(self, owner: Person, project_id: int, make_image: MakeImage) -> None:
        self.owner, self.path = owner, f"/api/v1/projects/{project_id}/labels"
        self.image = Labeled(owner, project_id, make_image("donut.png", width=SIDE, height=SIDE, of_project=project_id))

    def masks(self) -> list[NDArray[np.bool_]]:
        return [instance_to_mask(instance_from_json(item), SIDE, SIDE) for item in self.image.get()["items"]]


@pytest.fixture
def bakings(owner: Person, project_id: int, make_image: MakeImage, labels: dict[str, int]) -> tuple[Baking, Baking]:
    """The project and an empty one to import into."""
    elsewhere = owner.post("/api/v1/projects", json={"name": "Elsewhere"}).json()["id"]
    return Baking(owner, project_id, make_image), Baking(owner, elsewhere, make_image)


def test_table__has_every_format() -> None:
    assert set(LISTED) == set(WRITERS)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", DONUTS)
@pytest.mark.parametrize("file_format", LISTED)
def test_donut__keeps_its_hole_and_is_reported_where_it_changes(
    bakings: tuple[Baking, Baking], file_format: str, kind: str
) -> None:
    here, elsewhere = bakings
    donut_id = str(uuid.uuid4())
    crumb = {"id": str(uuid.uuid4()), "label": "date", "polygons": [{"exterior": IN_THE_HOLE, "holes": []}]}
    here.image.put({"id": donut_id, "label": "fig", **DONUTS[kind]}, crumb)
    query = {"format": file_format}

    report = here.owner.get(f"{here.path}/export/report", params=query).json()
    assert (donut_id in {item["instance_id"] for item in report["items"]}) == (kind in LISTED[file_format])
    content = here.owner.get(f"{here.path}/export", params=query).content
    if file_format not in READERS:
        assert np.array_equal(_label_map(content) == 1, DONUT)
        return
    answer = elsewhere.owner.post(f"{elsewhere.path}/import", files={"file": ("labels", content)}, params=query)
    assert answer.json()["problems"] == []
    donut, crumb_mask = elsewhere.masks()
    assert np.array_equal(donut, DONUT)
    assert crumb_mask.sum() == 1


def _label_map(content: bytes) -> NDArray[np.uint8]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return np.asarray(Image.open(io.BytesIO(archive.read("donut.png"))))
