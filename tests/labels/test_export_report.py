"""The report of what a format loses equals what is lost on the way out and in."""

import io
import json
import uuid
import zipfile
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.labels.formats.table import READERS, WRITERS
from app.masks.instance import Rle, instance_from_json
from app.masks.iou import mask_iou
from app.masks.polygons import mask_to_polygons
from app.masks.raster import instance_to_rle
from app.masks.rle import area, decode_rle, encode_mask
from tests.conftest import Person
from tests.labels.conftest import Labeled, MakeImage

HEIGHT, WIDTH = 60, 80
SQUARE = [[2.0, 2.0], [30.5, 2.0], [30.5, 30.0], [2.0, 30.0]]
HOLE = [[8.0, 8.0], [20.0, 8.0], [20.0, 21.5], [8.0, 21.5]]
PART = [[40.0, 5.0], [50.0, 5.0], [45.0, 15.0]]
SLIVER = [[60.2, 40.2], [60.3, 40.2], [60.3, 40.3]]
CORNERS = [[0.0, 50.0], [80.0, 50.0], [80.0, 60.0], [0.0, 60.0]]


def outline(*rings: Any, holes: Any = (), **fields: Any) -> dict[str, Any]:
    polygons = [{"exterior": ring, "holes": [*holes] if number == 0 else []} for number, ring in enumerate(rings)]
    return {"id": str(uuid.uuid4()), "label": "fig", "polygons": polygons, **fields}


def mask(pixels: np.ndarray, **fields: Any) -> dict[str, Any]:
    rle = {"size": [HEIGHT, WIDTH], "counts": encode_mask(pixels).counts}
    return {"id": str(uuid.uuid4()), "label": "fig", "rle": rle, **fields}


def disc(x: float, y: float, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    return (columns - x) ** 2 + (rows - y) ** 2 < radius**2


def traced(pixels: np.ndarray, **fields: Any) -> dict[str, Any]:
    polygons = [{"exterior": p.exterior, "holes": p.holes} for p in mask_to_polygons(pixels)]
    return {"id": str(uuid.uuid4()), "label": "date", "polygons": polygons, **fields}


def scene() -> list[dict[str, Any]]:
    """Holes, holes in holes, parts, a crowd, overlaps, one hidden whole, the border, one pixel, and none."""
    noise = np.random.default_rng(4).random((HEIGHT, WIDTH)) < 0.3
    rings = disc(60, 20, 14) & ~disc(60, 20, 10) | disc(60, 20, 6) & ~disc(60, 20, 3)
    pixel = np.zeros((HEIGHT, WIDTH), dtype=bool)
    pixel[33, 44] = True
    return [
        mask(pixel, label="date"),
        outline(SQUARE, holes=[HOLE]),
        outline(SQUARE, PART, label="date"),
        outline(PART, crowd=True),
        mask(noise & disc(20, 45, 12), crowd=True),
        mask(rings),
        traced(rings & ~disc(70, 20, 5)),
        mask(disc(30, 30, 3), label="date"),
        mask(disc(30, 30, 9)),
        outline(CORNERS),
        outline(SLIVER),
        mask(~pixel & disc(44, 33, 2)),
    ]


class Project:
    """Two images with objects, or what an import makes of them."""

    def __init__(self, person: Person, project_id: int, make_image: MakeImage) -> None:
        self.person, self.path = person, f"/api/v1/projects/{project_id}/labels"
        self.images = [
            Labeled(person, project_id, make_image(name, width=WIDTH, height=HEIGHT, of_project=project_id))
            for name in ("left/a.png", "b.jpg")
        ]

    def get(self, path: str, file_format: str) -> Any:
        answer = self.person.get(f"{self.path}/{path}", params={"format": file_format})
        assert answer.status_code == 200, answer.text
        return answer

    def rles(self) -> list[dict[str, Rle]]:
        """The masks of each image by the ids of objects, in their order."""
        items = [image.get()["items"] for image in self.images]
        return [{i["id"]: instance_to_rle(instance_from_json(i), HEIGHT, WIDTH) for i in some} for some in items]


@pytest.fixture
def project(owner: Person, project_id: int, make_image: MakeImage, labels: dict[str, int]) -> Project:
    project = Project(owner, project_id, make_image)
    objects = scene()
    project.images[0].put(*objects)
    project.images[1].put(*({**item, "id": str(uuid.uuid4())} for item in reversed(objects[:9])))
    return project


@pytest.fixture
def other_project(owner: Person, make_image: MakeImage) -> Project:
    created = owner.post("/api/v1/projects", json={"name": "Elsewhere"}).json()
    return Project(owner, created["id"], make_image)


def iou_of(one: Rle, other: Rle) -> float:
    return 1.0 if one == other else float(mask_iou([one], [other], [False])[0, 0])


@pytest.mark.parametrize("file_format", sorted(set(WRITERS) & set(READERS)))
def test_report__is_what_an_import_elsewhere_brings(project: Project, other_project: Project, file_format: str) -> None:
    report = project.get("export/report", file_format).json()
    content = project.get("export", file_format).content
    answer = other_project.person.post(
        f"{other_project.path}/import", files={"file": ("labels", content)}, params={"format": file_format}
    ).json()
    assert (answer["problems"], answer["images_missing"]) == ([], [])
    reported = {item["instance_id"]: item["iou"] for item in report["items"]}
    measured: dict[str, float] = {}
    for before, after in zip(project.rles(), other_project.rles(), strict=True):
        left = [instance_id for instance_id in before if reported.get(instance_id, 1.0) > 0]
        assert len(left) == len(after)
        measured |= {
            instance_id: iou_of(before[instance_id], back)
            for instance_id, back in zip(left, after.values(), strict=True)
        }
    lost = [instance_id for instance_id, iou in reported.items() if iou == 0]
    assert {**measured, **dict.fromkeys(lost, 0.0)} == {**dict.fromkeys(measured, 1.0), **reported}
    assert (report["instances"], report["lost"], report["changed"]) == (21, len(lost), len(reported) - len(lost))
    assert report["worst_iou"] == min(reported.values(), default=None)
    assert report["items"] == sorted(report["items"], key=lambda item: item["iou"])


@pytest.mark.parametrize("file_format", sorted(name for name, writer in WRITERS.items() if writer.IS_ARCHIVE))
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_report__is_in_the_zip_too(project: Project, file_format: str) -> None:
    report = project.get("export/report", file_format).json()
    with zipfile.ZipFile(io.BytesIO(project.get("export", file_format).content)) as archive:
        losses = json.loads(archive.read("losses.json"))
        assert archive.namelist()[-1] == "losses.json"
    assert losses == {
        "format": file_format,
        **{key: report[key] for key in ("instances", "changed", "lost", "cannot_hold")},
        "reasons": {each["reason"]: each["count"] for each in report["reasons"]},
    }


def test_report__of_a_label_map_counts_the_pixels_that_are_hidden(project: Project, labels: dict[str, int]) -> None:
    report = project.get("export/report", "semantic").json()
    reported = {item["instance_id"]: item["iou"] for item in report["items"]}
    with zipfile.ZipFile(io.BytesIO(project.get("export", "semantic").content)) as archive:
        maps = [np.asarray(Image.open(io.BytesIO(archive.read(name)))) for name in ("left/a.png", "b.png")]
    for label_map, image in zip(maps, project.images, strict=True):
        for item in image.get()["items"]:
            rle = instance_to_rle(instance_from_json(item), HEIGHT, WIDTH)
            seen = decode_rle(rle) & (label_map == 1 + list(labels).index(item["label"]))
            iou = seen.sum() / area(rle) if area(rle) else 0.0
            assert reported.get(item["id"], 1.0) == iou


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_report__says_how_many_lose_what(project: Project) -> None:
    assert {each["reason"]: each["count"] for each in project.get("export/report", "voc").json()["reasons"]} == {
        "outlines become masks, pixel by pixel the same": 6,
        "the part under other objects is lost": 6,
        "it lies wholly under other objects": 4,
        "it covers no pixel": 1,
    }
