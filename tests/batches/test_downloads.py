"""What a batch found, as files."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from app.downloads import file_name, name_of_attachment
from app.inference.postprocess import MaskFormat, predictions_to_json
from app.masks.instance import Rle
from app.masks.rle import decode_rle
from tests.batches.stored import HEIGHT, THRESHOLDS, WIDTH, add_batch, add_image, finish_batch, square, whole_mask
from tests.conftest import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

LOW = 0.1
FIRST = [square("nut", 0.7, 1, 1), square("fig", 0.9, 3, 2), square("fig", 0.2, 7, 4)]
SECOND = [square("fig", 0.123456789, 0, 0)]


@pytest.fixture
def of_files(project_id: int) -> int:
    """A batch over two files, one of them in a folder."""
    batch_id = add_batch(project_id, [("a.png", None), ("in/b.png", None)])
    finish_batch(batch_id, [FIRST, SECOND])
    return batch_id


def download(person: Person, batch_id: int, query: str) -> Any:
    answer = person.get(f"/api/v1/batches/{batch_id}/download?{query}")
    assert answer.status_code == 200, answer.text
    return answer


def decoded(segmentation: dict[str, Any]) -> np.ndarray:
    return decode_rle(Rle(tuple(segmentation["size"]), segmentation["counts"]))


def kept(found: list[Any], min_score: float) -> list[Any]:
    return sorted((one for one in found if one.score >= min_score), key=lambda one: -one.score)


@pytest.mark.parametrize("mask", list(MaskFormat))
def test_json__is_what_the_endpoint_answers_for_each_image(labeler: Person, of_files: int, mask: MaskFormat) -> None:
    document = download(labeler, of_files, f"mask={mask}").json()
    at_thresholds = [one for one in FIRST if one.score >= THRESHOLDS[one.class_name]]
    expected = predictions_to_json(at_thresholds, mask=mask, height=HEIGHT, width=WIDTH)
    assert document == {"a.png": expected, "in/b.png": []}
    low = download(labeler, of_files, f"mask={mask}&min_score={LOW}").json()
    assert [len(found) for found in low.values()] == [3, 1]


def test_masks__has_a_picture_of_each_object_and_names_it(labeler: Person, of_files: int) -> None:
    archive = zipfile.ZipFile(io.BytesIO(download(labeler, of_files, f"format=masks&min_score={LOW}").content))
    for folder, found in (("a", FIRST), ("in/b", SECOND)):
        rows = json.loads(archive.read(f"{folder}/predictions.json"))
        expected = kept(found, LOW)
        assert [row["label"] for row in rows] == [one.class_name for one in expected]
        for row, one in zip(rows, expected, strict=True):
            picture = np.array(Image.open(io.BytesIO(archive.read(f"{folder}/{row['file']}"))))
            assert np.array_equal(picture, whole_mask(one))


def test_coco__of_the_projects_images_has_the_ids_of_its_export(labeler: Person, project_id: int) -> None:
    nut = labeler.post(f"/api/v1/projects/{project_id}/labels", json={"name": "nut"}).json()["id"]
    image_id = add_image(project_id, "a.png")
    batch_id = add_batch(project_id, [("a.png", image_id)])
    finish_batch(batch_id, [FIRST])
    results = download(labeler, batch_id, f"format=coco&min_score={LOW}").json()
    fig = nut + 1  # a label that the project has not gets a number of its own
    expected = [(image_id, nut if one.class_name == "nut" else fig, one.score) for one in kept(FIRST, LOW)]
    assert [(row["image_id"], row["category_id"], row["score"]) for row in results] == expected
    for row, one in zip(results, kept(FIRST, LOW), strict=True):
        assert np.array_equal(decoded(row["segmentation"]), whole_mask(one))


@pytest.mark.parametrize(("query", "ending"), [("", ".json"), ("format=masks", "-masks.zip")])
def test_download__is_named_after_project_model_and_batch(
    labeler: Person, of_files: int, project_id: int, query: str, ending: str
) -> None:
    project = labeler.get(f"/api/v1/projects/{project_id}").json()["name"]
    model = labeler.get(f"/api/v1/batches/{of_files}").json()["model_name"]
    named = name_of_attachment(download(labeler, of_files, query).headers["content-disposition"])
    assert named == file_name(project, model, f"batch-{of_files}", suffix=ending)


def test_coco__of_files_is_a_whole_document(labeler: Person, of_files: int, tmp_path: Path) -> None:
    path = tmp_path / "coco.json"
    path.write_bytes(download(labeler, of_files, f"format=coco&min_score={LOW}").content)
    document = COCO(str(path))
    assert [(one["id"], one["file_name"]) for one in document.dataset["images"]] == [(1, "a.png"), (2, "in/b.png")]
    names = {category["id"]: category["name"] for category in document.dataset["categories"]}
    for position, found in ((1, FIRST), (2, SECOND)):
        annotations = document.loadAnns(document.getAnnIds(imgIds=[position]))
        expected = kept(found, LOW)
        assert [(names[one["category_id"]], one["score"], one["area"]) for one in annotations] == [
            (one.class_name, one.score, one.mask.sum()) for one in expected
        ]
        for annotation, one in zip(annotations, expected, strict=True):
            assert np.array_equal(decoded(annotation["segmentation"]), whole_mask(one))


def test_semantic__has_the_best_score_on_top(labeler: Person, of_files: int) -> None:
    archive = zipfile.ZipFile(io.BytesIO(download(labeler, of_files, f"format=semantic&min_score={LOW}").content))
    legend = {row["name"]: row["number"] for row in json.loads(archive.read("classes.json"))}
    assert legend == {"background": 0, "fig": 1, "nut": 2}
    painted = np.zeros((HEIGHT, WIDTH), np.uint8)
    for one in reversed(kept(FIRST, LOW)):
        painted[whole_mask(one)] = legend[one.class_name]
    assert np.array_equal(np.array(Image.open(io.BytesIO(archive.read("a.png")))), painted)


@pytest.mark.parametrize("file_format", ["json", "masks", "coco", "semantic"])
def test_download__of_a_batch_that_found_nothing_is_a_whole_file(
    labeler: Person, project_id: int, file_format: str
) -> None:
    batch_id = add_batch(project_id, [("a.png", None)])
    finish_batch(batch_id, [[]])
    content = download(labeler, batch_id, f"format={file_format}").content
    if file_format in ("masks", "semantic"):
        assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    else:
        assert json.loads(content)


@pytest.mark.parametrize("query", ["format=xml", "min_score=50", "min_score=nan", "mask=svg"])
def test_download__of_something_unknown_is_refused(labeler: Person, of_files: int, query: str) -> None:
    answer = labeler.get(f"/api/v1/batches/{of_files}/download?{query}")
    assert (answer.status_code, query.partition("=")[0] in answer.json()["error"]) == (422, True)
