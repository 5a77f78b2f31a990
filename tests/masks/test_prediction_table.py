import io

import numpy as np

from app.masks.average_precision import average_precision
from app.masks.prediction_table import (
    ImagePredictions,
    PredictionTable,
    image_predictions,
    prediction_table_from_bytes,
    prediction_table_to_bytes,
)
from app.masks.rle import encode_mask

HEIGHT, WIDTH = 20, 30


def square(left: int, top: int, side: int = 6) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    mask[top : top + side, left : left + side] = True
    return mask


def an_image(image_id: int, *, predictions: int, truths: int) -> ImagePredictions:
    predicted = [encode_mask(square(2 + 3 * index, 4)) for index in range(predictions)]
    truth = [encode_mask(square(3 + 3 * index, 4)) for index in range(truths)]
    return image_predictions(
        image_id=image_id,
        height=HEIGHT,
        width=WIDTH,
        predicted=predicted,
        boxes_xyxy=[(2 + 3 * index, 4, 8 + 3 * index, 10) for index in range(predictions)],
        scores=[0.9 - 0.1 * index for index in range(predictions)],
        prediction_classes=[index % 2 for index in range(predictions)],
        truth=truth,
        truth_ids=[f"00000000-0000-0000-0000-{image_id:04}{index:08}" for index in range(truths)],
        truth_classes=[index % 2 for index in range(truths)],
        truth_is_crowd=[False] * truths,
    )


def assert_equal(first: PredictionTable, second: PredictionTable) -> None:
    assert first.class_names == second.class_names
    for one, other in zip(first.images, second.images, strict=True):
        assert (one.image_id, one.height, one.width) == (other.image_id, other.height, other.width)
        assert one.rle_counts == other.rle_counts
        assert one.truth_ids == other.truth_ids
        if first.has_truth_masks and second.has_truth_masks:
            assert one.truth_rle_counts == other.truth_rle_counts
            for column in ("areas", "truth_areas", "truth_boxes_xyxy"):
                assert np.array_equal(getattr(one, column), getattr(other, column)), column
        assert np.array_equal(one.boxes_xyxy, other.boxes_xyxy)
        for column in ("scores", "prediction_classes", "truth_classes", "pair_prediction", "pair_truth", "pair_iou"):
            assert np.array_equal(getattr(one.overlaps, column), getattr(other.overlaps, column)), column


def test_prediction_table__bytes_hold_everything() -> None:
    images = (
        an_image(3, predictions=3, truths=2),
        an_image(5, predictions=0, truths=1),
        an_image(9, predictions=2, truths=0),
    )
    table = PredictionTable(("fig", "größe"), images)
    again = prediction_table_from_bytes(prediction_table_to_bytes(table))
    assert_equal(table, again)
    assert again.prediction_count == 5
    assert again.images[0].rle(1) == encode_mask(square(5, 4))


def test_prediction_table__bytes_of_nothing() -> None:
    for table in (PredictionTable(("fig",), ()), PredictionTable(("fig",), (an_image(1, predictions=0, truths=0),))):
        assert_equal(table, prediction_table_from_bytes(prediction_table_to_bytes(table)))


def test_prediction_table__figures_are_the_same_after_a_round_trip() -> None:
    table = PredictionTable(("a", "b"), tuple(an_image(n, predictions=4, truths=3) for n in range(1, 6)))
    again = prediction_table_from_bytes(prediction_table_to_bytes(table))
    assert average_precision(table.match_table()).mean_ap == average_precision(again.match_table()).mean_ap


def test_image_predictions__counts_the_pixels_of_many_masks() -> None:
    count = 300
    image = image_predictions(
        image_id=1,
        height=HEIGHT,
        width=WIDTH,
        predicted=[encode_mask(square(2, 4))] * count,
        boxes_xyxy=[(2, 4, 8, 10)] * count,
        scores=[0.5] * count,
        prediction_classes=[0] * count,
        truth=[],
        truth_ids=[],
        truth_classes=[],
        truth_is_crowd=[],
    )
    assert image.areas.tolist() == [int(square(2, 4).sum())] * count


def test_prediction_table__of_the_first_format_lacks_masks_of_true_objects() -> None:
    table = PredictionTable(("a", "b"), (an_image(1, predictions=2, truths=2), an_image(2, predictions=1, truths=0)))
    with np.load(io.BytesIO(prediction_table_to_bytes(table))) as file:
        newer = ("areas", "truth_areas", "truth_boxes_xyxy", "truth_rle_", "cross_")
        columns = {name: file[name] for name in file.files if not name.startswith(newer)}
    old = io.BytesIO()
    np.savez(old, **columns)
    again = prediction_table_from_bytes(old.getvalue())
    assert table.has_truth_masks
    assert not again.has_truth_masks
    assert_equal(table, again)
