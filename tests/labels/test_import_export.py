"""Label files over HTTP: in, out, and in again."""

import contextlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools.coco import COCO

from app.db.engine import dispose_engine, session_scope
from app.labels import importing
from app.labels.repository import list_instances
from app.masks.instance import Rle
from app.masks.raster import instance_to_mask
from app.masks.rle import encode_mask
from tests.conftest import Person, use_settings
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

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
BOX = [1.0, 1.0, 5.0, 1.0, 5.0, 4.0, 1.0, 4.0]
BLOB = np.zeros((8, 10), dtype=bool)
BLOB[2:6, 3:9] = True
BLOB[3:5, 5:7] = False


def coco_file(*annotations: dict[str, Any], images: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    image = {"id": 5, "file_name": "a.png", "width": 10, "height": 8}
    return {
        "images": [image] if images is None else images,
        "categories": [{"id": 1, "name": "fig"}, {"id": 2, "name": "unused"}, {"id": 3, "name": "Grape"}],
        "annotations": list(annotations),
    }


def annotation(segmentation: Any = None, **changes: Any) -> dict[str, Any]:
    shape = [BOX] if segmentation is None else segmentation
    return {"id": 8, "image_id": 5, "category_id": 1, "segmentation": shape, "iscrowd": 0, **changes}


def pycocotools_rle(coco: COCO, entry: dict[str, Any], size: tuple[int, int]) -> Rle:
    counts = coco.annToRLE(entry)["counts"]
    return Rle(size, counts if isinstance(counts, str) else counts.decode())


class LabelFiles:
    """The project's import and export."""

    def __init__(self, person: Person, project_id: int) -> None:
        self.person, self.path = person, f"/api/v1/projects/{project_id}/labels"

    def send(self, content: Any, **query: Any) -> Any:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.person.post(f"{self.path}/import", files={"file": ("labels.json", data)}, params=query)

    def report(self, content: Any, **query: Any) -> Any:
        answer = self.send(content, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def export(self, file_format: str) -> Any:
        answer = self.person.get(f"{self.path}/export", params={"format": file_format})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def names(self) -> list[str]:
        return [label["name"] for label in self.person.get(self.path).json()["items"]]


@pytest.fixture
def files(labeler: Person, project_id: int) -> LabelFiles:
    return LabelFiles(labeler, project_id)


def test_import__writes_instances_and_makes_labels_as_needed(image: Labeled, files: LabelFiles) -> None:
    rle = encode_mask(BLOB)
    report = files.report(
        coco_file(
            annotation(),
            annotation({"size": [8, 10], "counts": rle.counts}, category_id=3, iscrowd=1),
            annotation({"size": [8, 10], "counts": [6, 2, 72]}, category_id=3),
        ),
        format="coco",
    )
    assert report == {
        "format": "coco",
        "images_matched": 1,
        "images_missing": [],
        "images_refused": 0,
        "instances_replaced": 0,
        "instances_imported": 3,
        "instances_skipped": 0,
        "labels_created": ["Grape"],
        "problems": [],
    }
    assert files.names() == ["fig", "date", "Grape"]
    saved = image.get()
    assert saved["revision"] == 1
    first, second, third = saved["items"]
    assert first["polygons"] == [{"exterior": [[1, 1], [5, 1], [5, 4], [1, 4]], "holes": []}]
    assert (first["source"], first["crowd"]) == ("import", False)
    assert (second["rle"], second["crowd"]) == ({"size": [8, 10], "counts": rle.counts}, True)
    assert third["label"] == "Grape"
    assert image.counts() == {"fig": 1, "Grape": 2}
    assert image.item()["instance_count"] == 3


def test_import__twice_changes_nothing(image: Labeled, files: LabelFiles) -> None:
    twins = coco_file(annotation(), annotation(), annotation({"size": [8, 10], "counts": [6, 2, 72]}))
    assert files.report(twins)["instances_imported"] == 3
    before = image.get()
    again = files.report(twins)
    assert (again["instances_imported"], again["instances_skipped"]) == (0, 3)
    assert image.get() == before
    image.patch(delete=(before["items"][0]["id"],))
    assert files.report(twins)["instances_imported"] == 1
    assert {item["id"] for item in image.get()["items"]} == {item["id"] for item in before["items"]}


def test_import__leaves_what_was_changed_since(image: Labeled, files: LabelFiles) -> None:
    files.report(coco_file(annotation()))
    (item,) = image.get()["items"]
    moved = {**item, "polygons": [{"exterior": TRIANGLE, "holes": []}]}
    image.put(moved)
    assert files.report(coco_file(annotation()))["instances_skipped"] == 1
    assert image.get()["items"] == [moved]


def test_import__merges_beside_what_is_there_or_replaces_it(image: Labeled, files: LabelFiles) -> None:
    image.put(polygon_instance(label="date"))
    files.report(coco_file(annotation()), mode="merge")
    assert [item["label"] for item in image.get()["items"]] == ["date", "fig"]
    files.report(coco_file(annotation(category_id=3)), mode="replace")
    assert [item["label"] for item in image.get()["items"]] == ["Grape"]
    files.report(coco_file(), mode="replace")
    assert image.get()["items"] == []
    assert image.item()["labeled"] is False


def test_import__dry_run_only_tells(image: Labeled, files: LabelFiles) -> None:
    content = coco_file(annotation(), annotation(category_id=3))
    dry = files.report(content, dry_run="true")
    assert image.get() == {"revision": 0, "items": []}
    assert files.names() == ["fig", "date"]
    assert dry == files.report(content)


def test_import__finds_images_by_the_last_part_of_their_names_where_that_is_unique(
    files: LabelFiles, make_image: MakeImage
) -> None:
    for name in ("set/left/a.png", "set/left/twin.png", "set/right/twin.png", "exact.png"):
        make_image(name)
    sent = ["a.png", "elsewhere/exact.png", "twin.png", "set/right/twin.png", "nowhere.png", "C:\\pictures\\lone.png"]
    make_image("lone.png")
    images = [{"id": number, "file_name": name} for number, name in enumerate(sent)]
    report = files.report(coco_file(*[annotation(image_id=number) for number in range(6)], images=images))
    assert report["images_matched"] == 4
    assert report["images_missing"] == ["twin.png", "nowhere.png"]
    assert report["instances_imported"] == 4


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (annotation([[1, 1, 2, 2]], id=9), "2 points"),
        (annotation([[1, 1, 2, float("nan"), 3, 3]], id=9), "not finite"),
        (annotation(id=9, category_id=99), "none of the file's categories"),
        (annotation([[20, 20, 30, 20, 30, 30]], id=9), "wholly outside"),
        (annotation({"size": [8, 9], "counts": [72]}, id=9), "rle size"),
        (annotation({"size": [8, 10], "counts": [80]}, id=9), "no pixel"),
        (annotation([], id=9), "no outline"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_import__a_problem_refuses_the_whole_set_of_its_image_alone(
    image: Labeled, files: LabelFiles, make_image: MakeImage, bad: dict[str, Any], reason: str
) -> None:
    other = Labeled(image.person, image.project_id, make_image("b.png"))
    images = [{"id": 5, "file_name": "a.png"}, {"id": 6, "file_name": "b.png"}]
    report = files.report(coco_file(annotation(), bad, annotation(image_id=6), images=images))
    assert (report["images_matched"], report["instances_imported"]) == (2, 1)
    (problem,) = report["problems"]
    assert (problem["image"], problem["entry"], problem["refused"]) == ("a.png", "annotation 9", True)
    assert reason in problem["error"]
    assert (len(image.get()["items"]), len(other.get()["items"])) == (0, 1)


def test_import__cuts_what_lies_outside_and_tells(image: Labeled, files: LabelFiles) -> None:
    report = files.report(coco_file(annotation([[-4, 2, 30, 2, 30, 6, -4, 6]])))
    assert report["instances_imported"] == 1
    (problem,) = report["problems"]
    assert (problem["image"], problem["entry"], problem["refused"]) == ("a.png", "annotation 8", False)
    assert "cut off" in problem["error"]
    xs = [x for x, _ in image.get()["items"][0]["polygons"][0]["exterior"]]
    assert (min(xs), max(xs)) == (0, 10)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_import__refuses_labels_of_another_image_size(image: Labeled, files: LabelFiles) -> None:
    turned = [{"id": 5, "file_name": "a.png", "width": 8, "height": 10}]
    (problem,) = files.report(coco_file(annotation(), images=turned))["problems"]
    assert "8 x 10" in problem["error"]
    assert "EXIF" in problem["error"]
    assert image.get()["items"] == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_import__refuses_two_sets_for_one_image(image: Labeled, files: LabelFiles) -> None:
    images = [{"id": 5, "file_name": "a.png"}, {"id": 6, "file_name": "./a.png"}]
    report = files.report(coco_file(annotation(), annotation(image_id=6), images=images))
    assert report["instances_imported"] == 1
    assert "same image" in report["problems"][0]["error"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("content", "query", "reason"),
    [
        (coco_file(), {"format": "pdf"}, "give auto, maskwright"),
        (b"{", {}, "no label format that is known"),
        (b"{", {"format": "coco"}, "labels.json: it is not JSON"),
        (b"\xff\xfe\x00", {"format": "coco"}, "labels.json: it is not JSON"),
        (b"[" * 100_000, {"format": "maskwright"}, "labels.json: it is not JSON"),
        ([], {}, "no label format that is known"),
        ({"images": []}, {"format": "coco"}, "annotations"),
        (coco_file(), {"format": "maskwright"}, "maskwright"),
        (coco_file(), {"mode": "destroy"}, "mode"),
    ],
)
def test_import__refuses_what_it_cannot_read(
    files: LabelFiles, content: Any, query: dict[str, str], reason: str
) -> None:
    answer = files.send(content, **query)
    assert answer.status_code == 422
    assert reason in answer.json()["error"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_import__answers_in_json_whatever_the_names(image: Labeled, files: LabelFiles) -> None:
    images = [{"id": 1, "file_name": "\ud800.png"}, {"id": 5, "file_name": "a.png"}]
    content = coco_file(annotation(category_id=7), annotation(category_id=8), images=images)
    content["categories"] += [{"id": 7, "name": "\ud800"}, {"id": 8, "name": "x" * 101}]
    report = files.report(content)
    assert report["images_missing"] == ["?.png"]
    assert [problem["refused"] for problem in report["problems"]] == [True, True]


def test_import__that_fails_leaves_nothing(image: Labeled, files: LabelFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(importing, "touch_project", fail)
    assert files.send(coco_file(annotation(category_id=3))).status_code == 500
    assert image.get() == {"revision": 0, "items": []}
    assert files.names() == ["fig", "date"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_import__on_a_full_disk_keeps_nothing(
    image: Labeled, files: LabelFiles, small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispose_engine()
    shutil.copy(tmp_path / "maskwright.db", small_folder)
    use_settings(monkeypatch, data_dir=tmp_path, database_url=f"sqlite:///{small_folder / 'maskwright.db'}")
    many = [annotation([[*BOX, 2.0 + number / 10_000, 2.0]]) for number in range(10_000)]
    answer = files.send(coco_file(*many))
    assert answer.status_code == 507
    assert "disk is full" in answer.json()["error"]
    assert image.get() == {"revision": 0, "items": []}
    assert files.report(coco_file(annotation()))["instances_imported"] == 1


def test_import__for_members_only(people: dict[str, Person], project_id: int) -> None:
    statuses = {name: LabelFiles(person, project_id).send(coco_file()).status_code for name, person in people.items()}
    assert statuses == {"owner": 200, "admin": 200, "developer": 200, "labeler": 200, "stranger": 404, "anonymous": 401}


DONUT = {
    "id": FIRST_ID,
    "label": "fig",
    "polygons": [{"exterior": [[1, 1], [9, 1.5], [9, 7], [1.2, 7]], "holes": [[[3, 3], [5, 3], [5, 5]]]}],
    "crowd": True,
    "source": "model:fruit-2",
}
PARTS = {
    "id": SECOND_ID,
    "label": "date",
    "polygons": [{"exterior": SQUARE, "holes": []}, {"exterior": TRIANGLE, "holes": []}],
}
MASK = {"id": THIRD_ID, "label": "fig", "rle": {"size": [8, 10], "counts": encode_mask(BLOB).counts}}


def test_export__as_coco_has_our_ids_and_coordinates_as_stored(
    image: Labeled, files: LabelFiles, labels: dict[str, int], make_image: MakeImage
) -> None:
    empty_id = make_image("empty ū.png")
    image.put(DONUT, PARTS, MASK)
    exported = files.export("coco")
    assert exported["categories"] == [
        {"id": labels["fig"], "name": "fig", "supercategory": ""},
        {"id": labels["date"], "name": "date", "supercategory": ""},
    ]
    assert exported["images"] == [
        {"id": image.image_id, "file_name": "a.png", "width": 10, "height": 8},
        {"id": empty_id, "file_name": "empty ū.png", "width": 10, "height": 8},
    ]
    donut, parts, mask = exported["annotations"]
    assert [each["id"] for each in exported["annotations"]] == [1, 2, 3]
    assert {each["image_id"] for each in exported["annotations"]} == {image.image_id}
    assert (donut["iscrowd"], set(donut["segmentation"])) == (1, {"size", "counts"})
    assert parts["segmentation"] == [[2, 1, 6, 1, 6, 5, 2, 5], [1, 1, 9, 2, 4, 7.5]]
    assert parts["bbox"] == [1, 1, 8, 6.5]
    assert (mask["segmentation"], mask["area"], mask["bbox"]) == (MASK["rle"], 20, [3, 2, 6, 4])


def test_export__as_coco_gives_pycocotools_our_masks(image: Labeled, files: LabelFiles, tmp_path: Path) -> None:
    image.put(DONUT, PARTS, MASK)
    (tmp_path / "coco.json").write_text(json.dumps(files.export("coco")))
    with contextlib.redirect_stdout(io.StringIO()):
        loaded = COCO(str(tmp_path / "coco.json"))
    with session_scope(read_only=True) as session:
        ours = list_instances(session, [image.image_id])[image.image_id]
    for instance, entry in zip(ours, loaded.loadAnns(loaded.getAnnIds()), strict=True):
        mask = instance_to_mask(instance, 8, 10)
        assert pycocotools_rle(loaded, entry, (8, 10)) == encode_mask(mask)
        assert entry["area"] == mask.sum()


@pytest.mark.parametrize("file_format", ["coco", "maskwright"])
def test_export__imported_again_adds_nothing(image: Labeled, files: LabelFiles, file_format: str) -> None:
    image.put(DONUT, PARTS, MASK)
    report = files.report(files.export(file_format), format="auto")
    assert (report["instances_imported"], report["instances_skipped"], report["problems"]) == (0, 3, [])


def test_export__imported_elsewhere_gives_the_same_masks(image: Labeled, files: LabelFiles) -> None:
    image.put(DONUT, PARTS, MASK)
    with session_scope(read_only=True) as session:
        before = list_instances(session, [image.image_id])[image.image_id]
    content = files.export("coco")
    image.put()
    files.report(content)
    with session_scope(read_only=True) as session:
        after = list_instances(session, [image.image_id])[image.image_id]
    assert [(each.class_name, each.crowd) for each in after] == [(each.class_name, each.crowd) for each in before]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(instance_to_mask(one, 8, 10), instance_to_mask(other, 8, 10))


def test_export__as_maskwright_gives_back_every_bit(image: Labeled, files: LabelFiles) -> None:
    image.put(DONUT, PARTS, MASK)
    content = files.export("maskwright")
    assert content["images"][0]["instances"] == [stored(DONUT), stored(PARTS), stored(MASK)]
    image.put()
    files.report(content)
    assert image.get()["items"] == [stored(DONUT), stored(PARTS), stored(MASK)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_export__of_nothing_is_whole(files: LabelFiles) -> None:
    assert files.export("coco")["annotations"] == []
    assert files.export("maskwright")["images"] == []
    answer = files.person.get(f"{files.path}/export?format=pdf")
    assert answer.status_code == 422
    assert "give coco or " in answer.json()["error"]


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data sets are not here")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_import__a_closed_ring_covers_what_pycocotools_covers(files: LabelFiles, make_image: MakeImage) -> None:
    content = json.loads((DATA / "mushroom" / "instances.json").read_text())
    content["images"] = content["images"][:3]
    kept = {entry["id"] for entry in content["images"]}
    content["annotations"] = [each for each in content["annotations"] if each["image_id"] in kept]
    ids = {
        entry["id"]: make_image(entry["file_name"], width=entry["width"], height=entry["height"])
        for entry in content["images"]
    }
    assert files.report(content)["instances_imported"] == len(content["annotations"])
    theirs = COCO()
    theirs.dataset = content
    with contextlib.redirect_stdout(io.StringIO()):
        theirs.createIndex()
    with session_scope(read_only=True) as session:
        ours = list_instances(session, list(ids.values()))
    for entry in content["images"]:
        annotations = theirs.loadAnns(theirs.getAnnIds(imgIds=[entry["id"]]))
        for instance, each in zip(ours[ids[entry["id"]]], annotations, strict=True):
            counts = encode_mask(instance_to_mask(instance, entry["height"], entry["width"]))
            assert counts == pycocotools_rle(theirs, each, (entry["height"], entry["width"]))
