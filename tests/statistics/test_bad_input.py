"""What may be missing: a finished training, labels, predictions. Nothing of it is a 0 or a fault."""

import pytest
from sqlalchemy import delete, update

from app.db.engine import session_scope
from app.db.enums import ModelStatus
from app.db.models import Checkpoint, Model
from tests.conftest import Person
from tests.statistics.scene import FIRST_FOUND, FIRST_TRUTH, Scene, judged

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ASKED = (
    "statistics",
    "statistics.csv",
    "statistics/uncertainty",
    "thresholds",
    "thresholds/history",
    "predictions",
    "predictions/download",
    "suspects",
)


@pytest.mark.parametrize("asked", ASKED)
def test_a_model_that_still_trains__is_a_conflict_in_words(labeler: Person, scene_model: str, asked: str) -> None:
    with session_scope() as session:
        session.execute(delete(Checkpoint))
        session.execute(update(Model).values(status=ModelStatus.TRAINING))
    answer = labeler.get(f"{scene_model}/{asked}")
    assert answer.status_code == 409
    assert "is not trained yet: it is training" in answer.json()["error"]


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("split", ["validation", "training"])
def test_a_set_without_a_label__answers(labeler: Person, scene: Scene, asked: str, split: str) -> None:
    images = [judged(scene.first, (), FIRST_FOUND), judged(scene.second, (), ())]
    path = f"/api/v1/models/{scene.add_model('m', images)}"
    assert labeler.get(f"{path}/{asked}?split={split}").status_code == 200


def test_a_set_without_a_label__is_not_defined_with_reasons(labeler: Person, scene: Scene) -> None:
    path = f"/api/v1/models/{scene.add_model('m', [judged(scene.first, (), FIRST_FOUND)])}"
    statistics = labeler.get(f"{path}/statistics").json()
    figures = statistics["global"]
    assert [figures[name] for name in ("map", "ap50", "map_at_iou", "recall")] == [None] * 4
    assert set(figures["reasons"]) == {"map", "ap50", "map_at_iou", "recall"}
    assert (figures["precision"], figures["accuracy"]) == (0, 0), "what is predicted is wrong, and that is known"
    assert (statistics["curves"], statistics["global_curve"]) == ({}, None)


def test_no_predictions__is_not_defined_with_a_reason(labeler: Person, scene: Scene) -> None:
    path = f"/api/v1/models/{scene.add_model('m', [judged(scene.first, FIRST_TRUTH, ())])}"
    statistics = labeler.get(f"{path}/statistics").json()
    assert (statistics["global"]["precision"], statistics["global"]["recall"]) == (None, 0)
    assert "nothing was predicted" in statistics["global"]["reasons"]["precision"]
    assert statistics["confusion"]["missed"] == [2, 1]
    assert labeler.get(f"{path}/predictions").json()["items"][0]["missed_count"] == 3
    assert labeler.get(f"{path}/predictions/download").json() == []


def test_a_label_without_objects__is_not_defined_and_counts_in_no_mean(labeler: Person, scene: Scene) -> None:
    figs = tuple(one for one in FIRST_TRUTH if one.label == "fig")
    path = f"/api/v1/models/{scene.add_model('m', [judged(scene.first, figs, FIRST_FOUND)])}"
    statistics = labeler.get(f"{path}/statistics").json()
    fig, nut = statistics["labels"]
    assert [nut[name] for name in ("ap", "ap_at_iou", "recall")] == [None] * 3
    assert all("no object of this label" in nut["reasons"][name] for name in ("ap", "ap_at_iou", "recall"))
    assert statistics["global"]["map"] == pytest.approx(fig["ap"])


@pytest.mark.parametrize("query", ["limit=0", "cursor=x", "sort=best", "only=wrong", "iou_threshold=0"])
def test_predictions__refuse_an_unknown_query(labeler: Person, scene_model: str, query: str) -> None:
    answer = labeler.get(f"{scene_model}/predictions?{query}")
    assert answer.status_code == 422
    assert query.split("=")[0] in answer.json()["error"]
