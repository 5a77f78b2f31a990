import numpy as np

from app.db.enums import Split
from app.masks.instance import Instance, Polygon
from app.masks.rle import encode_mask
from tests.worker.synthetic import polygon
from worker.dataset import TrainingImage, crop_mask, prepare_image

LABELS = {"disc": 1, "square": 2}


def labeled(*instances: Instance, width: int = 8, height: int = 4) -> TrainingImage:
    rgb = np.zeros((height, width, 3), dtype=np.uint8)
    return TrainingImage(1, lambda: rgb, width, height, instances, Split.TRAINING)


def test_prepare_image__scales_polygons_with_their_holes() -> None:
    ring = Polygon(polygon(0, 0, 8, 4).exterior, (polygon(2, 1, 6, 3).exterior,))

    prepared = prepare_image(labeled(Instance("a", "square", polygons=(ring,))), LABELS, 16)

    assert prepared.rgb.shape == (8, 16, 3)
    assert prepared.labels.tolist() == [2]
    (crop,) = prepared.masks
    expected = np.ones((8, 16), dtype=bool)
    expected[2:6, 4:12] = False
    assert crop.box_xyxy == (0, 0, 16, 8)
    assert np.array_equal(crop.mask, expected)


def test_prepare_image__shrinks_bitmaps_by_what_a_pixel_covers() -> None:
    mask = np.zeros((4, 8), dtype=bool)
    mask[0:2, 0:3] = True  # the second pixel of the half size is half covered: it counts
    mask[2, 4] = True  # a quarter: it does not

    prepared = prepare_image(labeled(Instance("a", "disc", rle=encode_mask(mask))), LABELS, 4)

    (crop,) = prepared.masks
    assert crop.box_xyxy == (0, 0, 2, 1)
    assert crop.mask.all()


def test_prepare_image__sets_crowds_apart_and_leaves_out_what_vanishes() -> None:
    crowd = Instance("a", "disc", polygons=(polygon(0, 0, 4, 4),), crowd=True)
    speck = np.zeros((4, 8), dtype=bool)
    speck[1, 1] = True
    vanishing = Instance("b", "disc", rle=encode_mask(speck))
    kept = Instance("c", "square", polygons=(polygon(4, 0, 8, 4),))

    prepared = prepare_image(labeled(crowd, vanishing, kept), LABELS, 4)

    assert prepared.labels.tolist() == [2]
    assert [crop.box_xyxy for crop in prepared.masks] == [(2, 0, 4, 2)]
    assert [crop.box_xyxy for crop in prepared.crowds] == [(0, 0, 2, 2)]
    assert prepared.vanished == 1


def test_prepare_image__background_has_no_masks() -> None:
    prepared = prepare_image(labeled(), LABELS, 8)

    assert (prepared.masks, prepared.labels.shape) == ((), (0,))


def test_crop_mask__nothing_where_no_pixel_is() -> None:
    assert crop_mask(np.zeros((2, 2), dtype=bool)) is None
