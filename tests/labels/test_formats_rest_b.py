"""Pascal VOC and bitmap masks over HTTP: out of a project, in again, and broken on the way."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.labels.formats.pictures import write_mask
from app.masks.instance import instance_from_json
from app.masks.raster import instance_to_rle
from app.masks.rle import encode_mask
from tests.conftest import Person
from tests.labels.conftest import FIRST_ID, SECOND_ID, Labeled, MakeImage, polygon_instance
from tests.labels.formats.scenes import zipped
from tests.labels.test_import_export import BLOB

FORMATS = ("voc", "masks")
CORNER = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0]]
HEIGHT, WIDTH = 8, 10


class Exchange:
    """Two images with two objects each, which do not lie over each other, and their labels as files."""

    def __init__(self, person: Person, project_id: int, first: Labeled, other: Labeled) -> None:
        self.person, self.path = person, f"/api/v1/projects/{project_id}/labels"
        self.images = {"left/a.png": first, "b.png": other}
        for image in (first, other):
            mask = {"size": [HEIGHT, WIDTH], "counts": encode_mask(BLOB).counts}
            image.put(polygon_instance(FIRST_ID, ring=CORNER), {"id": SECOND_ID, "label": "date", "rle": mask})

    def export(self, file_format: str) -> dict[str, bytes]:
        answer = self.person.get(f"{self.path}/export", params={"format": file_format})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def send(self, content: bytes, **query: str) -> Any:
        return self.person.post(f"{self.path}/import", files={"file": ("labels.zip", content)}, params=query)

    def pixels(self, name: str) -> list[tuple[str, str]]:
        """Label and mask of an image's objects."""
        return [
            (item["label"], instance_to_rle(instance_from_json(item), HEIGHT, WIDTH).counts)
            for item in self.images[name].get()["items"]
        ]


@pytest.fixture
def exchange(labeler: Person, project_id: int, make_image: MakeImage, labels: dict[str, int]) -> Exchange:
    first, other = (Labeled(labeler, project_id, make_image(name)) for name in ("left/a.png", "b.png"))
    return Exchange(labeler, project_id, first, other)


@pytest.mark.parametrize("file_format", FORMATS)
def test_export__imported_again_gives_the_same_pixels(exchange: Exchange, file_format: str) -> None:
    before = {name: exchange.pixels(name) for name in exchange.images}
    files = exchange.export(file_format)
    for image in exchange.images.values():
        image.put()
    report = exchange.send(zipped(files)).json()
    assert report["format"] == file_format
    assert (report["images_matched"], report["instances_imported"], report["problems"]) == (2, 4, [])
    assert {name: exchange.pixels(name) for name in exchange.images} == before
    again = exchange.send(zipped(files)).json()
    assert (again["instances_imported"], again["instances_skipped"]) == (0, 4)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_export__zipped_anew_with_its_images_is_read_too(exchange: Exchange, file_format: str) -> None:
    files = {f"fruit/{name}": content for name, content in exchange.export(file_format).items()}
    photo = write_mask(BLOB)
    with_photos = {**files, "fruit/images/left/a.png": photo, "fruit/JPEGImages/b.png": photo}
    report = exchange.send(zipped(with_photos), mode="replace").json()
    assert (report["format"], report["images_matched"], report["instances_imported"]) == (file_format, 2, 4)
    assert (report["problems"], report["images_missing"]) == ([], [])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_import__of_masks_one_by_one_and_of_a_nuclei_set(exchange: Exchange) -> None:
    content = write_mask(BLOB)
    answer = exchange.person.post(
        f"{exchange.path}/import", files=[("file", (f"a_fig_{number}.png", content)) for number in (1, 2)]
    ).json()
    assert (answer["format"], answer["instances_imported"], answer["problems"]) == ("masks", 2, [])
    nuclei = {"stage1/b/images/b.png": content, "stage1/b/masks/0f.png": content, "stage1/c/masks/0e.png": content}
    answer = exchange.send(zipped(nuclei)).json()
    assert (answer["instances_imported"], answer["labels_created"]) == (1, ["object"])
    assert answer["images_missing"] == ["stage1/c"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_import__a_mask_without_pixels_is_told_but_refuses_nothing(exchange: Exchange) -> None:
    empty = write_mask(np.zeros_like(BLOB))
    answer = exchange.send(zipped({"b/plum/1.png": write_mask(BLOB), "b/fig/1.png": empty})).json()
    (problem,) = answer["problems"]
    assert (problem["image"], problem["entry"], problem["refused"]) == ("b", "b/fig/1.png", False)
    assert answer["instances_imported"] == 1


FILES_OF_LEFT_A = {"voc": ("left/a.xml", "SegmentationObject/left/a.png"), "masks": ("left/a/fig/001.png",)}
WAYS: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[: len(content) // 2],
    "cut in its head": lambda content: content[:20],
    "empty": lambda _: b"",
    "noise": lambda _: bytes(range(256)) * 4,
    "another format": lambda _: json.dumps({"images": [], "annotations": []}).encode(),
    "another picture": lambda _: write_mask(BLOB.T),
    "a huge picture": lambda _: write_mask(BLOB).replace(b"\0\0\0\x0a\0\0\0\x08", b"\x7f\xff\xff\xff" * 2),
    "bytes flipped": lambda content: content[:40] + bytes(byte ^ 0xFF for byte in content[40:60]) + content[60:],
    "fields gone": lambda content: content.replace(b"name", b"title").replace(b"IDAT", b"IDAX"),
    "sizes of another image": lambda content: content.replace(b"<width>10<", b"<width>11<"),
    "text for numbers": lambda content: content.replace(b"<width>10<", b"<width>NaN<").replace(b"object", b"x"),
    "twice": lambda content: content * 2,
}


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_import__broken_it_reports_and_leaves_no_half_image(exchange: Exchange, file_format: str, way: str) -> None:
    whole = exchange.export(file_format)
    before = {name: exchange.pixels(name) for name in exchange.images}
    for ending in FILES_OF_LEFT_A[file_format]:
        name = next(name for name in whole if name.endswith(ending))
        answer = exchange.send(zipped({**whole, name: WAYS[way](whole[name])}), format=file_format, mode="replace")
        assert answer.status_code == 200, answer.text
        report = answer.json()
        refused = {problem["image"] for problem in report["problems"] if problem["refused"]}
        # A file that says the same in spite of it, or one left out that others make up for, brings all of it back.
        assert report["instances_imported"] == (2 if refused else 4)
        assert {name: exchange.pixels(name) for name in exchange.images} == before


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_import__a_broken_zip_is_refused(exchange: Exchange, file_format: str) -> None:
    content = zipped(exchange.export(file_format))
    for broken in (content[: len(content) // 2], content[:30], b"PK\x03\x04", zipped({"a.txt": b"x"}), zipped({})):
        answer = exchange.send(broken, format=file_format)
        assert answer.status_code == 422, answer.text
        assert answer.json()["error"]


def test_import__refuses_maps_of_labels_whose_objects_cannot_be_told_apart(exchange: Exchange) -> None:
    maps = exchange.export("semantic")
    assert "left/a.png" in maps  # its folder would be taken for a label
    for query in ({}, {"format": "masks"}):
        answer = exchange.send(zipped(maps), **query)
        assert (answer.status_code, "maps of labels" in answer.json()["error"]) == (422, True)
