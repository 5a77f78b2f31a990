"""What the statistics page is made of, over REST, on two images whose every figure can be counted by hand."""

from typing import Any

import pytest

from tests.conftest import Person
from tests.statistics.scene import FIRST_FOUND, FIRST_TRUTH, SECOND_TRUTH, SHIFTED_IOU, Scene, Square, judged
from tests.statistics.scene import save_instances as save

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

NEW_ID = "00000000-0000-0000-0000-00000000000a"


def statistics_of(person: Person, path: str, query: str = "") -> dict[str, Any]:
    answer = person.get(f"{path}/statistics?{query}")
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def test_confusion__counts_what_is_called_what(labeler: Person, scene_model: str) -> None:
    assert statistics_of(labeler, scene_model)["confusion"] == {
        "labels": ["fig", "nut"],
        "counts": [[1, 0], [1, 1]],
        "missed": [1, 0],
        "imagined": [0, 1],
    }
    # Only the nut on the second image overlaps by 0.9 with nothing.
    assert statistics_of(labeler, scene_model, "iou_threshold=0.9")["confusion"] == {
        "labels": ["fig", "nut"],
        "counts": [[1, 0], [1, 0]],
        "missed": [1, 1],
        "imagined": [0, 2],
    }


def test_confusion__diagonal_rows_and_columns_agree_with_the_table(labeler: Person, scene_model: str) -> None:
    statistics = statistics_of(labeler, scene_model, "score_threshold=0.1")
    confusion = statistics["confusion"]
    for index, row in enumerate(statistics["labels"]):
        assert confusion["counts"][index][index] == row["true_positives"]
        assert sum(confusion["counts"][index]) + confusion["missed"][index] == row["count"]
        kept = row["true_positives"] + row["false_positives"]
        assert sum(counts[index] for counts in confusion["counts"]) + confusion["imagined"][index] == kept


def test_histograms__count_predictions_and_objects(labeler: Person, scene_model: str) -> None:
    statistics = statistics_of(labeler, scene_model)
    scores, sizes = statistics["scores"], statistics["sizes"]
    assert (len(scores["edges"]), scores["edges"][0], scores["edges"][-1]) == (21, 0, 1)
    assert sum(scores["correct"]) == 3, "the faint nut too: a histogram of scores has no threshold"
    assert sum(scores["incorrect"]) == 2
    assert scores["correct"][6] + scores["correct"][5] == 1
    assert sizes["edges"] == [0, 4, 8, 16, 32]
    assert (sizes["found"], sizes["missed"], sizes["imagined"]) == ([0, 0, 0, 2], [0, 0, 0, 2], [0, 0, 1, 1])


def test_labels__say_how_many_objects_on_how_many_images(labeler: Person, scene_model: str) -> None:
    fig, nut = statistics_of(labeler, scene_model)["labels"]
    assert (fig["count"], fig["images"], nut["count"], nut["images"]) == (2, 1, 2, 2)
    assert (fig["threshold"], fig["optimized_threshold"]) == (0.4, 0.4)
    assert (fig["true_positives"], fig["false_positives"], fig["false_negatives"]) == (1, 1, 1)


def test_global_curve__has_one_threshold_for_all(labeler: Person, scene_model: str) -> None:
    curve = statistics_of(labeler, scene_model)["global_curve"]
    assert curve["score"] == [0.95, 0.9, 0.8, 0.7, 0.3]
    assert curve["true_positives"] == [1, 2, 2, 2, 3]
    assert curve["false_positives"] == [0, 0, 1, 2, 2]
    assert curve["recall"][-1] == pytest.approx(3 / 4)


def test_preview__changes_the_figures_and_nothing_else(labeler: Person, scene_model: str) -> None:
    tried = statistics_of(labeler, scene_model, "score_threshold=0.85&threshold=nut:0.2")
    assert [row["threshold"] for row in tried["labels"]] == [0.85, 0.2]
    assert (tried["labels"][0]["false_positives"], tried["labels"][1]["recall"]) == (0, 1)
    assert (tried["is_preview"], tried["optimized"]) == (True, True)
    now = statistics_of(labeler, scene_model)
    assert ([row["threshold"] for row in now["labels"]], now["is_preview"]) == ([0.4, 0.6], False)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("threshold=pear:0.5", "pear"),
        ("threshold=fig:1.5", "fig:1.5"),
        ("threshold=fig:nan", "fig:nan"),
        ("threshold=0.5", "0.5"),
        ("threshold=fig:", "fig:"),
        ("score_threshold=nan", "score_threshold"),
        ("score_threshold=2", "score_threshold"),
        ("ground_truth=tomorrow", "ground_truth"),
    ],
)
def test_preview__refuses_what_makes_no_sense(labeler: Person, scene_model: str, query: str, word: str) -> None:
    answer = labeler.get(f"{scene_model}/statistics?{query}")
    assert answer.status_code == 422
    assert word in answer.json()["error"]


def test_labels_changed__are_counted_and_judged_by_on_request(owner: Person, scene_model: str, scene: Scene) -> None:
    unchanged = {"images": 0, "added": 0, "changed": 0, "removed": 0, "unknown_labels": [], "gone_labels": []}
    assert statistics_of(owner, scene_model)["labels_changed"] == unchanged
    found_fig, called_fig, _ = FIRST_TRUTH
    now = (found_fig, Square("fig", 30, 4, 16, called_fig.key), Square("nut", 44, 44, 12, NEW_ID))
    # The confused nut is a fig after all, the missed fig is gone, and the imagined nut is there.
    save(owner, scene.first, now)
    before = statistics_of(owner, scene_model)
    assert before["labels_changed"] == unchanged | {"images": 1, "added": 1, "changed": 1, "removed": 1}
    assert (before["ground_truth"], before["global"]["true_positives"]) == ("snapshot", 2)
    today = statistics_of(owner, scene_model, "ground_truth=today")
    assert today["labels_changed"] == before["labels_changed"]
    assert today["ground_truth"] == "today"
    assert (today["global"]["precision"], today["global"]["recall"]) == (1, 1)
    save(owner, scene.first, FIRST_TRUTH)
    assert statistics_of(owner, scene_model, "ground_truth=today")["global"]["true_positives"] == 2


def test_labels_changed__a_renamed_label_is_one_the_model_does_not_know(
    owner: Person, scene_model: str, scene: Scene
) -> None:
    path = f"/api/v1/projects/{scene.project_id}/labels"
    nut = next(row for row in owner.get(path).json()["items"] if row["name"] == "nut")
    assert owner.patch(f"{path}/{nut['id']}", json={"name": "walnut"}).status_code == 200
    today = statistics_of(owner, scene_model, "ground_truth=today")
    assert (today["labels_changed"]["unknown_labels"], today["labels_changed"]["gone_labels"]) == (["walnut"], ["nut"])
    assert today["labels"][1]["count"] == 0
    assert today["labels"][1]["recall"] is None


def test_labels_changed__deleted_images_are_left_out(owner: Person, scene_model: str, scene: Scene) -> None:
    assert owner.delete(f"/api/v1/images/{scene.first}").status_code == 204
    changed = statistics_of(owner, scene_model)["labels_changed"]
    assert (changed["images"], changed["removed"]) == (1, 3)
    today = statistics_of(owner, scene_model, "ground_truth=today")
    assert (today["images"], today["global"]["precision"]) == (1, 1)
    first = owner.get(f"{scene_model}/predictions").json()["items"][0]
    assert (first["image_id"], first["name"]) == (scene.first, None)


def test_csv__has_a_line_for_each_label_and_one_for_all(labeler: Person, scene_model: str) -> None:
    answer = labeler.get(f"{scene_model}/statistics.csv?threshold=nut:0.2")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    head, fig, nut, total = answer.text.splitlines()
    assert head.startswith("label,images,objects,threshold,correct,incorrect,missed,precision")
    assert fig.startswith("fig,1,2,0.4,1,1,1,0.5,0.5,0.5,")
    assert nut.startswith("nut,2,2,0.2,2,1,0,")
    assert total.startswith("(all labels),2,4,,3,2,1,0.6,0.75,")


def test_predictions__show_objects_and_pairs(labeler: Person, scene_model: str) -> None:
    first, second = labeler.get(f"{scene_model}/predictions").json()["items"]
    assert (first["name"], first["width"], first["correct_count"], first["incorrect_count"]) == ("b.png", 64, 1, 2)
    assert [one["best_iou"] for one in first["missed"]] == [0, 0]
    assert [(one["label"], one["found"]) for one in first["truth"]] == [("fig", True), ("nut", False), ("fig", False)]
    called_fig = next(one for one in first["predictions"] if one["score"] == 0.8)
    assert (called_fig["correct"], called_fig["iou"], called_fig["overlap_iou"]) == (False, 0, 1)
    assert called_fig["overlap_instance_id"] == FIRST_TRUTH[1].key
    assert second["lowest_iou"] == pytest.approx(SHIFTED_IOU)
    assert second["uncertainty"] == pytest.approx(0.05)
    assert first["uncertainty"] == pytest.approx(0.1 + 0.2 + 0.3 + 0.3)
    left, top, right, bottom = second["truth"][0]["box_xyxy"]
    assert (left, top, right, bottom) == SECOND_TRUTH[0].box


@pytest.mark.parametrize(
    ("sort", "first_is_worst"),
    [("id", True), ("name", False), ("missed", True), ("imagined", True), ("lowest_iou", False), ("uncertain", True)],
)
def test_predictions__worst_first(
    labeler: Person, scene_model: str, scene: Scene, sort: str, first_is_worst: bool
) -> None:
    wanted = [scene.first, scene.second] if first_is_worst else [scene.second, scene.first]
    query = f"{scene_model}/predictions?sort={sort}"
    assert [one["image_id"] for one in labeler.get(query).json()["items"]] == wanted
    page = labeler.get(f"{query}&limit=1").json()
    following = labeler.get(f"{query}&limit=1&cursor={page['next_cursor']}").json()
    assert [page["items"][0]["image_id"], following["items"][0]["image_id"]] == wanted
    assert following["next_cursor"] is None


def test_predictions__of_one_image(labeler: Person, scene_model: str) -> None:
    first, second = labeler.get(f"{scene_model}/predictions").json()["items"]
    path = f"{scene_model}/predictions?image_id={second['image_id']}"
    assert labeler.get(path).json() == {"items": [second], "next_cursor": None, "total": 1}
    absent = labeler.get(f"{scene_model}/predictions?image_id={first['image_id'] + second['image_id']}")
    assert absent.json() == {"items": [], "next_cursor": None, "total": 0}
    assert labeler.get(f"{scene_model}/predictions?image_id=0").status_code == 422


def test_predictions__of_one_label(labeler: Person, scene_model: str, scene: Scene) -> None:
    page = labeler.get(f"{scene_model}/predictions?label=fig").json()
    assert (page["total"], [one["image_id"] for one in page["items"]]) == (1, [scene.first])
    (image,) = page["items"]
    assert {one["label"] for one in (*image["predictions"], *image["truth"], *image["missed"])} == {"fig"}
    refused = labeler.get(f"{scene_model}/predictions?label=pear")
    assert refused.status_code == 422
    assert "pear" in refused.json()["error"]


def test_suspects__point_at_likely_errors(labeler: Person, scene_model: str, scene: Scene) -> None:
    page = labeler.get(f"{scene_model}/suspects").json()
    assert [one["kind"] for one in page["items"]] == ["unlabeled", "mislabeled"]
    unlabeled, mislabeled = page["items"]
    assert (unlabeled["image_id"], unlabeled["label"], unlabeled["suggested_label"]) == (scene.first, None, "nut")
    assert unlabeled["box_xyxy"] == list(FIRST_FOUND[3].box)
    assert (mislabeled["instance_id"], mislabeled["label"]) == (FIRST_TRUTH[1].key, "nut")
    assert (mislabeled["suggested_label"], mislabeled["score"], mislabeled["iou"]) == ("fig", 0.8, 1)
    only = labeler.get(f"{scene_model}/suspects?kind=mislabeled&limit=1").json()
    assert (only["total"], only["next_cursor"]) == (1, None)
    first = labeler.get(f"{scene_model}/suspects?limit=1").json()
    second = labeler.get(f"{scene_model}/suspects?limit=1&cursor={first['next_cursor']}").json()
    assert first["items"] + second["items"] == page["items"]


def test_suspects__an_object_that_nothing_predicts(labeler: Person, scene: Scene) -> None:
    seen = tuple(Square("fig", 2 * number, 2 * number, 8, f"{number:036}") for number in range(0, 20, 5))
    found = tuple(Square("fig", 2 * number, 2 * number, 8, 0.9) for number in range(0, 20, 5))
    unseen = Square("nut", 50, 4, 8, NEW_ID)
    nuts = tuple(Square("nut", 50, 20 + number, 8, f"{number:036}") for number in (0, 12, 24))
    nuts_found = tuple(Square("nut", 50, 20 + number, 8, 0.9) for number in (0, 12, 24))
    image = judged(scene.first, (*seen, *nuts, unseen), (*found, *nuts_found))
    path = f"/api/v1/models/{scene.add_model('m', [image])}"
    (suspect,) = labeler.get(f"{path}/suspects?kind=unpredicted").json()["items"]
    assert (suspect["instance_id"], suspect["label"], suspect["score"]) == (NEW_ID, "nut", None)
    assert suspect["box_xyxy"] == list(unseen.box)


def test_download__our_own_json_has_every_judgement(labeler: Person, scene_model: str) -> None:
    answer = labeler.get(f"{scene_model}/predictions/download?format=maskwright&iou_threshold=0.75")
    document = answer.json()
    assert document["format"] == "maskwright-predictions"
    assert (document["iou_threshold"], document["thresholds"]) == (0.75, {"fig": 0.4, "nut": 0.6})
    assert document["images"] == labeler.get(f"{scene_model}/predictions?iou_threshold=0.75").json()["items"]


def test_statistics__name_the_model_and_what_it_started_from(labeler: Person, scene_model: str) -> None:
    statistics = statistics_of(labeler, scene_model)
    assert (statistics["model_name"], statistics["status"], statistics["initialised_from"]) == ("m", "ready", None)
    assert (statistics["images"], statistics["instances"]) == (2, 4)
