from pathlib import Path

import pytest

from app.db.enums import ModelSize
from app.training.defaults import (
    LabeledSet,
    default_image_size,
    default_predict_minutes,
    default_stop_minutes,
    default_train_minutes,
    starts_from,
)


def minutes(image_count: int, label_count: int = 1, *, images_per_second: float = 3.0) -> float:
    return default_train_minutes(LabeledSet(image_count, label_count, 2000), images_per_second=images_per_second)


def test_default_train_minutes__grows_with_images_and_labels_and_shrinks_with_the_device() -> None:
    assert minutes(20) < minutes(200) < minutes(2000)
    assert minutes(200, 1) < minutes(200, 5) < minutes(200, 11)
    assert minutes(200, images_per_second=40) < minutes(200)


@pytest.mark.parametrize("image_count", [1, 10_000_000])
def test_default_train_minutes__stays_between_minutes_and_a_day(image_count: int) -> None:
    assert 3 <= minutes(image_count) <= 24 * 60


def test_default_predict_minutes__are_those_of_two_checkpoints_on_every_image() -> None:
    labeled = LabeledSet(200, 1, 2000)
    assert default_predict_minutes(labeled, images_per_second=2.0) == 5  # 600 images of learning
    assert default_predict_minutes(labeled, images_per_second=1000.0) == 1


def test_default_stop_minutes__is_never_longer_than_the_training() -> None:
    assert default_stop_minutes(60) == 15
    assert default_stop_minutes(1) == 1


@pytest.mark.parametrize(
    ("largest_side_px", "size", "image_size"),
    [
        (4000, ModelSize.SMALL, 512),
        (4000, ModelSize.MEDIUM, 800),
        (4000, ModelSize.LARGE, 1024),
        (481, ModelSize.SMALL, 512),
        (480, ModelSize.LARGE, 480),
        (10, ModelSize.SMALL, 64),
    ],
)
def test_default_image_size__is_the_sizes_own_or_the_images(
    largest_side_px: int, size: ModelSize, image_size: int
) -> None:
    assert default_image_size(size, LabeledSet(10, 1, largest_side_px)) == image_size


def test_starts_from__says_what_lies_in_the_folder(tmp_path: Path) -> None:
    assert starts_from(ModelSize.MEDIUM, tmp_path) == "random weights"
    (tmp_path / "maskrcnn_resnet50_fpn_v2_coco-73cbd019.pth").touch()
    assert starts_from(ModelSize.MEDIUM, tmp_path) == "random weights"
    assert starts_from(ModelSize.LARGE, tmp_path) == "COCO weights"
