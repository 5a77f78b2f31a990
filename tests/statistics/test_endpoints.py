import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.db.enums import Split
from app.masks.prediction_table import PredictionTable, image_predictions
from app.masks.rle import encode_mask
from tests.conftest import Person
from tests.trained import OPTIMIZED, store_trained_model

HEIGHT, WIDTH = 20, 40
FIG, NUT = 0, 1

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def square(left: int) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    mask[5:11, left : left + 6] = True
    return mask


@pytest.fixture
def table() -> PredictionTable:
    """Figs: found at 0.9 (IoU 1), found at 0.5 (IoU 5/7), one imagined at 0.3; a nut missed; a crowd of figs."""
    first = image_predictions(
        image_id=11,
        height=HEIGHT,
        width=WIDTH,
        predicted=[encode_mask(square(2)), encode_mask(square(13)), encode_mask(square(30))],
        boxes_xyxy=[(2, 5, 8, 11), (13, 5, 19, 11), (30, 5, 36, 11)],
        scores=[0.9, 0.5, 0.3],
        prediction_classes=[FIG, FIG, FIG],
        truth=[encode_mask(square(2)), encode_mask(square(12)), encode_mask(square(22))],
        truth_ids=["a" * 36, "b" * 36, "c" * 36],
        truth_classes=[FIG, FIG, NUT],
        truth_is_crowd=[False, False, False],
    )
    second = image_predictions(
        image_id=12,
        height=HEIGHT,
        width=WIDTH,
        predicted=[encode_mask(square(3))],
        boxes_xyxy=[(3, 5, 9, 11)],
        scores=[0.8],
        prediction_classes=[FIG],
        truth=[encode_mask(square(3))],
        truth_ids=["d" * 36],
        truth_classes=[FIG],
        truth_is_crowd=[True],
    )
    return PredictionTable(("fig", "nut"), (first, second))


@pytest.fixture
def model_id(project_id: int, table: PredictionTable) -> int:
    empty = PredictionTable(("fig", "nut"), ())
    return store_trained_model(project_id, tables={Split.VALIDATION: table, Split.TRAINING: empty})


@pytest.fixture
def path(model_id: int) -> str:
    return f"/api/v1/models/{model_id}"


def by_label(statistics: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["label"]: row for row in statistics["labels"]}


def test_statistics__counts_at_the_optimized_thresholds(labeler: Person, path: str) -> None:
    statistics = labeler.get(f"{path}/statistics").json()
    assert statistics["images"] == 2
    fig, nut = by_label(statistics)["fig"], by_label(statistics)["nut"]
    assert (fig["count"], fig["threshold"]) == (2, OPTIMIZED["fig"])
    assert (fig["precision"], fig["recall"], fig["f1"], fig["accuracy"]) == (1, 1, 1, 1)
    assert (nut["count"], nut["recall"], nut["accuracy"]) == (1, 0, 0)
    assert statistics["global"]["recall"] == pytest.approx(2 / 3)
    assert statistics["global"]["accuracy"] == pytest.approx(2 / 3)


def test_statistics__what_is_not_defined_is_null_with_a_reason(labeler: Person, path: str) -> None:
    nut = by_label(labeler.get(f"{path}/statistics").json())["nut"]
    assert nut["precision"] is None
    assert "nothing was predicted" in nut["reasons"]["precision"]
    empty = labeler.get(f"{path}/statistics?split=training").json()
    assert empty["images"] == 0
    assert empty["global"]["map"] is None
    assert empty["global"]["f1"] is None
    assert set(empty["global"]["reasons"]) == {"accuracy", "precision", "recall", "f1", "map", "ap50", "map_at_iou"}


def test_statistics__follow_the_iou_threshold(labeler: Person, path: str) -> None:
    fig = by_label(labeler.get(f"{path}/statistics?iou_threshold=0.75").json())["fig"]
    assert (fig["precision"], fig["recall"]) == (0.5, 0.5)


def test_statistics__averages_are_cocos(labeler: Person, path: str) -> None:
    figures = labeler.get(f"{path}/statistics").json()["global"]
    assert figures["ap50"] == pytest.approx(0.5)  # figs 1, nuts 0
    assert figures["map_at_iou"] == figures["ap50"]
    per_iou = [1.0] * 5 + [51 / 101] * 5  # IoU 5/7 counts up to .70; then one of two figs is found
    assert figures["map"] == pytest.approx((np.mean(per_iou) + 0) / 2)


def test_statistics__say_when_checkpoints_were_saved(labeler: Person, path: str) -> None:
    saved = labeler.get(f"{path}/statistics").json()["saved"]
    assert (saved["best"]["step"], saved["last"]["step"]) == (1, 2)
    assert saved["best"]["at"].endswith(("Z", "+00:00"))


def test_statistics__curves_have_a_point_for_each_score(labeler: Person, path: str) -> None:
    curves = labeler.get(f"{path}/statistics").json()["curves"]
    assert curves["fig"] == {
        "score": [0.9, 0.5, 0.3],
        "precision": pytest.approx([1, 1, 2 / 3]),
        "recall": pytest.approx([0.5, 1, 1]),
        "true_positives": [1, 2, 2],
        "false_positives": [0, 0, 1],
        "truth_count": 2,
    }
    assert "nut" not in curves


@pytest.mark.parametrize(
    "query", ["iou_threshold=0", "iou_threshold=1.1", "iou_threshold=nan", "split=test", "checkpoint=x"]
)
def test_statistics__refuse_an_unknown_query(labeler: Person, path: str, query: str) -> None:
    answer = labeler.get(f"{path}/statistics?{query}")
    assert answer.status_code == 422
    assert query.split("=")[0] in answer.json()["error"]


def test_statistics__of_a_model_that_is_not_trained(labeler: Person, project_id: int) -> None:
    model_id = store_trained_model(project_id, name="other")
    answer = labeler.get(f"/api/v1/models/{model_id}/statistics")
    assert answer.status_code == 409
    assert "other" in answer.json()["error"]


def test_thresholds__are_the_optimized_ones_first(labeler: Person, path: str) -> None:
    assert labeler.get(f"{path}/thresholds").json() == {"optimized": True, "values": OPTIMIZED}


def test_thresholds__by_hand_for_one_label_leave_the_others(developer: Person, path: str) -> None:
    answer = developer.put(f"{path}/thresholds", json={"optimized": False, "values": {"fig": 0.95}})
    assert answer.json() == {"optimized": False, "values": {"fig": 0.95, "nut": OPTIMIZED["nut"]}}
    assert by_label(developer.get(f"{path}/statistics").json())["fig"]["recall"] == 0


def test_thresholds__one_for_all_and_back(developer: Person, path: str) -> None:
    assert developer.put(f"{path}/thresholds", json={"optimized": False, "all": 0}).json()["values"] == {
        "fig": 0,
        "nut": 0,
    }
    assert developer.put(f"{path}/thresholds", json={"optimized": True}).json() == {
        "optimized": True,
        "values": OPTIMIZED,
    }


def test_thresholds__belong_to_a_checkpoint(developer: Person, path: str) -> None:
    developer.put(f"{path}/thresholds?checkpoint=last", json={"optimized": False, "all": 0.1})
    assert developer.get(f"{path}/thresholds").json()["values"] == OPTIMIZED
    assert developer.get(f"{path}/thresholds?checkpoint=last").json()["values"] == {"fig": 0.1, "nut": 0.1}


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ('{"optimized": false, "values": {"fig": 1.5}}', "less than or equal to 1"),
        ('{"optimized": false, "values": {"fig": NaN}}', "fig"),
        ('{"optimized": false, "values": {"pear": 0.5}}', "pear"),
        ('{"optimized": false}', "all"),
        ('{"optimized": true, "all": 0.5}', "all"),
        ('{"optimized": false, "all": 0.5, "values": {"fig": 0.5}}', "either"),
        ("{}", "optimized"),
    ],
)
def test_thresholds__refuse_what_makes_no_sense(developer: Person, path: str, body: str, word: str) -> None:
    answer = developer.put(f"{path}/thresholds", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert word in answer.json()["error"]
    assert developer.get(f"{path}/thresholds").json()["values"] == OPTIMIZED


def test_thresholds__who_may_change_them(people: dict[str, Person], path: str) -> None:
    answers = {
        name: person.put(f"{path}/thresholds", json={"optimized": True}).status_code for name, person in people.items()
    }
    assert answers == {"owner": 200, "admin": 200, "developer": 200, "labeler": 403, "stranger": 404, "anonymous": 401}


def test_predictions__judge_each_image(labeler: Person, path: str) -> None:
    page = labeler.get(f"{path}/predictions").json()
    first, second = page["items"]
    assert [image["image_id"] for image in page["items"]] == [11, 12]
    assert [(one["score"], one["correct"]) for one in first["predictions"]] == [(0.9, True), (0.5, True), (0.3, None)]
    assert first["predictions"][1]["iou"] == pytest.approx(5 / 7)
    assert first["predictions"][1]["instance_id"] == "b" * 36
    assert first["missed"] == [{"instance_id": "c" * 36, "label": "nut", "best_iou": 0}]
    assert second["predictions"][0]["correct"] is None, "on a crowd: neither correct nor wrong"
    assert second["missed"] == []


def test_predictions__only_incorrect(developer: Person, path: str) -> None:
    developer.put(f"{path}/thresholds", json={"optimized": False, "all": 0.1})
    items = developer.get(f"{path}/predictions?only=incorrect").json()["items"]
    assert [[one["score"] for one in image["predictions"]] for image in items] == [[0.3], []]
    items = developer.get(f"{path}/predictions?only=correct&iou_threshold=0.75").json()["items"]
    assert [[one["score"] for one in image["predictions"]] for image in items] == [[0.9], []]


def test_predictions__come_in_pages(labeler: Person, path: str) -> None:
    first = labeler.get(f"{path}/predictions?limit=1").json()
    second = labeler.get(f"{path}/predictions?limit=1&cursor={first['next_cursor']}").json()
    assert [first["items"][0]["image_id"], second["items"][0]["image_id"]] == [11, 12]
    assert (first["total"], second["next_cursor"]) == (2, None)


def test_download__coco_results_hold_every_prediction(labeler: Person, path: str, table: PredictionTable) -> None:
    answer = labeler.get(f"{path}/predictions/download")
    results = json.loads(answer.content)
    assert [one["score"] for one in results] == [0.9, 0.5, 0.3, 0.8]
    assert results[0]["image_id"] == 11
    assert results[0]["segmentation"] == {"size": [HEIGHT, WIDTH], "counts": table.images[0].rle_counts[0]}
    assert results[0]["bbox"] == [2, 5, 6, 6]
    assert '-best-validation-coco.json"; filename*' in answer.headers["Content-Disposition"]


def test_download__masks_of_what_is_kept(labeler: Person, path: str) -> None:
    answer = labeler.get(f"{path}/predictions/download?format=masks")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        pictures = [name for name in archive.namelist() if name.endswith(".png")]
        assert pictures == ["11/mask_0001.png", "11/mask_0002.png", "12/mask_0001.png"]
        with Image.open(io.BytesIO(archive.read(pictures[0]))) as mask:
            assert np.array_equal(np.array(mask.convert("L")) > 0, square(2))
