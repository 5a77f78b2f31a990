from typing import Any

import pytest

from tests.conftest import Person
from tests.statistics.scene import FIRST_FOUND, FIRST_TRUTH, SECOND_FOUND, SECOND_TRUTH, Scene, Square, judged
from tests.trained import store_trained_model

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def models(scene: Scene) -> tuple[int, int]:
    """One that errs, and one that sees all of the first image and an image more."""
    all_found = tuple(Square(one.label, one.left, one.top, one.side, 0.9) for one in FIRST_TRUTH)
    erring = [judged(scene.first, FIRST_TRUTH, FIRST_FOUND), judged(scene.second, SECOND_TRUTH, SECOND_FOUND)]
    better = [
        judged(scene.first, FIRST_TRUTH, all_found),
        judged(scene.second, SECOND_TRUTH, SECOND_FOUND),
        judged(scene.second + 1, SECOND_TRUTH, ()),
    ]
    return scene.add_model("erring", erring), scene.add_model("better", better)


def compared(person: Person, scene: Scene, models: tuple[int, ...], query: str = "") -> dict[str, Any]:
    listed = ",".join(str(model_id) for model_id in models)
    answer = person.get(f"/api/v1/projects/{scene.project_id}/compare?models={listed}&{query}")
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def test_compare__takes_the_common_images_and_says_so(labeler: Person, scene: Scene, models: tuple[int, int]) -> None:
    answer = compared(labeler, scene, models)
    assert (answer["images_compared"], answer["sets_differ"], answer["labels_differ_on"]) == (2, True, 0)
    erring, better = answer["models"]
    assert (erring["name"], erring["images_only_here"], better["images_only_here"]) == ("erring", 0, 1)
    assert (erring["global"]["recall"], better["global"]["recall"]) == (0.5, 1)
    assert better["labels"][0]["f1"] == 1
    assert better["curves"]["fig"]["score"] == [0.9]
    assert better["global_curve"]["truth_count"] == 4
    assert erring["against_first"] is None
    difference = better["against_first"]
    assert difference["difference"] == pytest.approx(better["global"]["map"] - erring["global"]["map"])


def test_compare__images_that_differ_most_come_first(labeler: Person, scene: Scene, models: tuple[int, int]) -> None:
    first, second = compared(labeler, scene, models)["images"]
    assert (first["image_id"], second["image_id"]) == (scene.first, scene.second)
    assert [one["f1"] for one in first["models"]] == [pytest.approx(2 / 6), 1]
    assert (first["name"], first["spread"], second["spread"]) == ("b.png", pytest.approx(2 / 3), 0)
    erring = first["models"][0]
    assert (erring["correct_count"], erring["incorrect_count"], erring["missed_count"]) == (1, 2, 2)


def test_compare__equal_sets_are_not_said_to_differ(labeler: Person, scene: Scene, models: tuple[int, int]) -> None:
    same = scene.add_model("same", [judged(scene.first, FIRST_TRUTH, ()), judged(scene.second, SECOND_TRUTH, ())])
    answer = compared(labeler, scene, (models[0], same))
    assert answer["sets_differ"] is False
    assert answer["models"][1]["global"]["precision"] is None


def test_compare__tells_when_labels_were_others(labeler: Person, scene: Scene, models: tuple[int, int]) -> None:
    relabeled = (Square("fig", 10, 10, 20, str(SECOND_TRUTH[0].key)),)
    other = scene.add_model("other", [judged(scene.second, relabeled, SECOND_FOUND)])
    answer = compared(labeler, scene, (models[0], other))
    assert (answer["images_compared"], answer["labels_differ_on"]) == (1, 1)
    assert compared(labeler, scene, (models[0], other), "ground_truth=today")["labels_differ_on"] == 0


def test_compare__without_a_common_image(labeler: Person, scene: Scene, models: tuple[int, int]) -> None:
    apart = scene.add_model("apart", [judged(scene.second + 9, SECOND_TRUTH, SECOND_FOUND)])
    answer = compared(labeler, scene, (models[0], apart))
    assert (answer["images_compared"], answer["images"]) == (0, [])
    assert answer["models"][0]["global"]["map"] is None
    assert answer["models"][1]["against_first"]["reason"]


@pytest.mark.parametrize(
    ("listed", "word"), [("1", "two"), ("1,1", "two"), ("1,x", "x"), ("", "ids"), ("1,999", "999")]
)
def test_compare__refuses_what_makes_no_sense(
    labeler: Person, scene: Scene, models: tuple[int, int], listed: str, word: str
) -> None:
    answer = labeler.get(f"/api/v1/projects/{scene.project_id}/compare?models={listed}")
    assert answer.status_code == 422
    assert word in answer.json()["error"]


def test_compare__a_model_that_is_not_trained(labeler: Person, scene: Scene, models: tuple[int, int]) -> None:
    untrained = store_trained_model(scene.project_id, name="bare")
    path = f"/api/v1/projects/{scene.project_id}/compare?models={models[0]},{untrained}"
    answer = labeler.get(path)
    assert answer.status_code == 409
    assert "bare" in answer.json()["error"]
