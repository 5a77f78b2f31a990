"""YOLO, LabelMe and CVAT over HTTP: out of one project, into another, and broken on the way."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.masks.instance import instance_from_json
from app.masks.raster import instance_to_rle
from app.masks.rle import encode_mask
from tests.conftest import Person
from tests.labels.conftest import FIRST_ID, SECOND_ID, SQUARE, THIRD_ID, TRIANGLE, Labeled, MakeImage, polygon_instance
from tests.labels.formats.scenes import zipped
from tests.labels.test_import_export import BLOB

FORMATS = ("yolo", "labelme", "cvat")
CHANGED = {"yolo": 2, "labelme": 0, "cvat": 1}  # objects that a format holds otherwise
SIDE = [[7.5, 5.0], [9.0, 5.0], [9.0, 7.0]]
WHOLE = [
    polygon_instance(FIRST_ID, ring=TRIANGLE),
    {"id": SECOND_ID, "label": "date", "rle": {"size": [8, 10], "counts": encode_mask(BLOB).counts}},
    {"id": THIRD_ID, "label": "fig", "polygons": [{"exterior": ring, "holes": []} for ring in (SQUARE, SIDE)]},
]


class Exchange:
    """Two images of a project, their labels as files, and the answer to sending these back."""

    def __init__(self, person: Person, project_id: int, images: Mapping[str, Labeled]) -> None:
        self.person, self.path, self.images = person, f"/api/v1/projects/{project_id}/labels", images

    def export(self, file_format: str) -> dict[str, bytes]:
        answer = self.person.get(f"{self.path}/export", params={"format": file_format})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def send(self, content: bytes, file_format: str = "auto") -> Any:
        return self.person.post(
            f"{self.path}/import",
            files={"file": ("labels.zip", content)},
            params={"format": file_format, "mode": "replace"},
        )

    def clear(self) -> None:
        for image in self.images.values():
            image.put()

    def masks(self, name: str) -> list[tuple[str, str]]:
        """Label and pixels of an image's objects."""
        return [
            (item["label"], instance_to_rle(instance_from_json(item), 8, 10).counts)
            for item in self.images[name].get()["items"]
        ]


@pytest.fixture
def exchange(labeler: Person, project_id: int, make_image: MakeImage, labels: dict[str, int]) -> Exchange:
    images = {name: Labeled(labeler, project_id, make_image(name)) for name in ("left/a.png", "b.png")}
    images["left/a.png"].put(*WHOLE)
    images["b.png"].put(polygon_instance())
    return Exchange(labeler, project_id, images)


@pytest.mark.parametrize("file_format", FORMATS)
def test_export__imported_again_gives_the_same_pixels(exchange: Exchange, file_format: str) -> None:
    before = {name: exchange.masks(name) for name in exchange.images}
    files = exchange.export(file_format)
    exchange.clear()
    report = exchange.send(zipped(files)).json()
    assert report["format"] == file_format
    assert (report["images_matched"], report["instances_imported"], report["problems"]) == (2, 4, [])
    assert {name: exchange.masks(name) for name in exchange.images} == before


@pytest.mark.parametrize("file_format", FORMATS)
def test_export__a_zip_in_a_folder_of_its_own_is_read_too(exchange: Exchange, file_format: str) -> None:
    files = {f"fruit/{name}": content for name, content in exchange.export(file_format).items()}
    exchange.clear()
    report = exchange.send(zipped({**files, "fruit/images/left/a.png": b"\x89PNG"})).json()
    assert (report["format"], report["images_matched"], report["problems"]) == (file_format, 2, [])


@pytest.mark.parametrize("file_format", FORMATS)
def test_export__says_what_is_lost_in_the_zip_as_in_the_report(exchange: Exchange, file_format: str) -> None:
    losses = json.loads(exchange.export(file_format)["losses.json"])
    report = exchange.person.get(f"{exchange.path}/export/report", params={"format": file_format}).json()
    assert report["instances"] == losses["instances"] == 4
    assert report["changed"] == losses["changed"] == CHANGED[file_format]
    assert report["worst_iou"] in (None, 1.0)
    assert {reason["reason"]: reason["count"] for reason in report["reasons"]} == losses["reasons"]


def test_export__yolo_follows_the_validation_set(exchange: Exchange) -> None:
    chosen = exchange.images["b.png"].image_id
    path = exchange.path.replace("/labels", "/validation")
    assert exchange.person.put(path, json={"image_ids": [chosen], "validation": True}).status_code == 200
    files = exchange.export("yolo")
    assert files.keys() == {"data.yaml", "labels/train/left/a.txt", "labels/val/b.txt", "losses.json"}
    assert b"val: images/val" in files["data.yaml"]


LABEL_FILES = {"yolo": "left/a.txt", "labelme": "left/a.json", "cvat": "annotations.xml"}
WAYS: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda _: b"",
    "noise": lambda _: bytes(range(256)) * 4,
    "another format": lambda _: b"%PDF-1.7 nothing of labels",
    "no label known": lambda content: content.replace(b"fig", b"\x00").replace(b"0 0", b"77 0"),
    "not finite": lambda content: content.replace(b"9.0", b"NaN").replace(b"0.9", b"NaN"),
    "far out": lambda content: content.replace(b"9.0", b"9e300").replace(b"0.9", b"9e300"),
    "text for numbers": lambda content: content.replace(b"9.0", b"nine").replace(b"0.9", b"nine"),
    "no coordinates": lambda content: content.replace(b"9.0", b"").replace(b"0.9", b""),
    "bytes of Latin-1": lambda content: content.replace(b"fig", b"f\xefg"),
    "half of its lines": lambda content: b"\n".join(content.split(b"\n")[::2]),
    "twice": lambda content: content + content,
}


NEVER_TAKEN = ("noise", "another format", "no label known", "not finite", "text for numbers", "no coordinates")


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("way", WAYS)
def test_import__broken_it_reports_and_leaves_no_half_image(exchange: Exchange, file_format: str, way: str) -> None:
    files = exchange.export(file_format)
    before = exchange.masks("left/a.png")
    name = next(name for name in files if name.endswith(LABEL_FILES[file_format]))
    files[name] = WAYS[way](files[name])
    answer = exchange.send(zipped(files), file_format)
    assert answer.status_code in (200, 422), answer.text
    refused = answer.status_code == 422 or any(
        problem["refused"] and "left/a" in f"{problem['image']} {problem['entry']}"
        for problem in answer.json()["problems"]
    )
    assert refused or way not in NEVER_TAKEN
    assert not refused or exchange.masks("left/a.png") == before
