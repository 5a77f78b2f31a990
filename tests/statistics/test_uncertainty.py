from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.masks.prediction_table import ImagePredictions, PredictionTable
from app.statistics.schemas import Verdict
from app.statistics.tables import JoinedTable
from app.statistics.uncertainty import FEW_IMAGES, paired_difference
from tests.conftest import Person
from tests.statistics.planted import CLASS_NAMES, plant
from tests.statistics.scene import Scene, Square, judged

rest = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

INTERVALS = ("accuracy", "precision", "recall", "f1", "map", "ap50", "map_at_iou")


def uncertainty_of(person: Person, path: str, query: str = "") -> dict[str, Any]:
    answer = person.get(f"{path}/statistics/uncertainty?{query}")
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def several_images(scene: Scene) -> list[ImagePredictions]:
    """Twenty images: each nut is found, of the figs every other."""
    images = []
    for number in range(20):
        truth = (Square("fig", 4, 4, 16, f"{number:036}"), Square("nut", 30, 4, 16, f"{number:035}n"))
        found = [Square("nut", 30 + number % 3, 4, 16, 0.9)]
        if number % 2:
            found.append(Square("fig", 4, 4, 16, 0.5 + number / 100))
        images.append(judged(scene.second + number, truth, tuple(found)))
    return images


@rest
def test_uncertainty__intervals_lie_around_the_figures(labeler: Person, scene: Scene) -> None:
    path = f"/api/v1/models/{scene.add_model('m', several_images(scene))}"
    figures = labeler.get(f"{path}/statistics").json()
    answer = uncertainty_of(labeler, path)
    assert (answer["images"], answer["resamples"], answer["level"]) == (20, 1000, 0.95)
    for name in ("accuracy", "recall", "f1", "map"):
        interval = answer["global"][name]
        assert interval["low"] < figures["global"][name] < interval["high"], name
    fig, nut = answer["labels"]
    assert fig["recall"]["low"] < 0.5 < fig["recall"]["high"]
    assert fig["threshold"]["low"] >= 0.5
    assert fig["threshold"]["high"] <= 0.69
    # All nuts are found: Wilson's interval of 20 of 20.
    assert nut["recall"] == {"low": pytest.approx(0.8389, abs=1e-4), "high": 1}
    assert (nut["ap_at_iou"], "ap_at_iou" in nut["reasons"]) == (None, True)


@rest
def test_uncertainty__is_the_same_again_and_follows_the_thresholds(labeler: Person, scene: Scene) -> None:
    path = f"/api/v1/models/{scene.add_model('m', several_images(scene))}"
    first = uncertainty_of(labeler, path)
    assert uncertainty_of(labeler, path) == first
    stricter = uncertainty_of(labeler, path, "score_threshold=0.6")
    assert stricter["labels"][0]["recall"]["high"] < first["labels"][0]["recall"]["high"]
    assert uncertainty_of(labeler, path, "iou_threshold=0.95")["global"]["map"] == first["global"]["map"]


@rest
def test_uncertainty__of_equal_checkpoints_has_no_verdict(labeler: Person, scene_model: str) -> None:
    verdict = uncertainty_of(labeler, scene_model)["best_against_last"]
    assert (verdict["difference"], verdict["verdict"]) == (0, None)
    assert "equally well" in verdict["reason"]


@rest
def test_uncertainty__of_one_image_or_none_is_not_defined(labeler: Person, scene: Scene) -> None:
    one = f"/api/v1/models/{scene.add_model('one', several_images(scene)[:1])}"
    answer = uncertainty_of(labeler, one)
    assert answer["resamples"] == 0
    assert all(answer["global"][name] is None for name in INTERVALS)
    assert set(answer["global"]["reasons"].values()) == {FEW_IMAGES}
    none = uncertainty_of(labeler, one, "split=training")
    assert (none["images"], none["global"]["map"], none["labels"][0]["recall"]) == (0, None, None)


def joined(images: list[ImagePredictions]) -> JoinedTable:
    return JoinedTable("k", PredictionTable(CLASS_NAMES, tuple(images)))


def test_paired_difference__tells_a_better_model_from_a_worse(scene_images: list[ImagePredictions]) -> None:
    good, blind = joined(scene_images), joined([_without_half(image) for image in scene_images])
    difference = paired_difference(good, blind)
    assert difference.verdict is Verdict.BETTER
    assert difference.low is not None
    assert difference.difference is not None
    assert 0 < difference.low < difference.difference
    assert paired_difference(blind, good).verdict is Verdict.WORSE


def test_paired_difference__says_when_chance_would_do_it(scene_images: list[ImagePredictions]) -> None:
    rng = np.random.default_rng(3)
    shaken = [_with_scores(image, rng.random(len(image.rle_counts)) * 1e-3) for image in scene_images]
    difference = paired_difference(joined(scene_images), joined(shaken))
    assert difference.margin is not None
    assert difference.difference is not None
    assert difference.verdict is Verdict.NOT_DISTINGUISHABLE
    assert abs(difference.difference) < difference.margin


@pytest.fixture(scope="module")
def scene_images() -> list[ImagePredictions]:
    return plant(image_count=25, error_share=0.0, seed=4).images


def _without_half(image: ImagePredictions) -> ImagePredictions:
    """Every other prediction with a score of almost nothing, below all others."""
    scores = image.overlaps.scores.copy()
    scores[::2] *= 0.01
    return _replaced(image, scores)


def _with_scores(image: ImagePredictions, change: np.ndarray) -> ImagePredictions:
    return _replaced(image, np.clip(image.overlaps.scores + change, 0, 1))


def _replaced(image: ImagePredictions, scores: np.ndarray) -> ImagePredictions:
    return replace(image, overlaps=replace(image.overlaps, scores=scores))
