import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.labels.formats import semantic
from app.labels.formats.flattened import COVERED_LOSS, CROWD_LOSS, OUTLINE_LOSS, PARTLY_COVERED_LOSS
from app.labels.formats.parsed import ExportedClass, ExportedImage, LabelExport
from app.masks.instance import Instance, Polygon
from app.masks.raster import instance_to_mask
from app.masks.rle import encode_mask
from tests.labels.formats.scenes import CLASSES, HEIGHT, IMAGE, WIDTH, instances, written

FIG, DATE = (label_class.name for label_class in CLASSES)


def rectangle(top: int, left: int, bottom: int, right: int) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    mask[top:bottom, left:right] = True
    return mask


def label_map(files: dict[str, bytes], name: str = "left/a b.png") -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(files[name])))


@given(st.lists(instances(), max_size=5))
def test_write__each_pixel_has_the_label_drawn_last_and_keep_says_so(drawn: list[Instance]) -> None:
    expected = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    for instance in drawn:
        expected[instance_to_mask(instance, HEIGHT, WIDTH)] = 1 if instance.class_name == FIG else 2
    kept = semantic.keep(drawn, HEIGHT, WIDTH)
    left = [each.instance for each in kept if each.instance is not None]
    if left:
        np.testing.assert_array_equal(label_map(written("semantic", left)), expected)
    else:
        assert not expected.any()
    for instance, each in zip(drawn, kept, strict=True):
        mask = instance_to_mask(instance, HEIGHT, WIDTH)
        seen = mask & (expected == (1 if instance.class_name == FIG else 2))
        remains = None if each.instance is None else instance_to_mask(each.instance, HEIGHT, WIDTH)
        np.testing.assert_array_equal(seen, np.zeros_like(mask) if remains is None else remains)
        assert (PARTLY_COVERED_LOSS in each.losses) == (remains is not None and (seen != mask).any())


def test_keep__objects_of_one_label_hide_nothing_of_each_other() -> None:
    square = Polygon(((2.0, 2.0), (6.0, 2.0), (6.0, 6.0), (2.0, 6.0)))
    below = Instance("", FIG, polygons=(square,))
    top = Instance("", FIG, rle=encode_mask(rectangle(0, 0, 9, 9)), crowd=True)
    other = Instance("", DATE, rle=encode_mask(rectangle(1, 1, 7, 7)))
    losses = [each.losses for each in semantic.keep([below, top], HEIGHT, WIDTH)]
    assert losses == [(OUTLINE_LOSS,), (CROWD_LOSS,)]
    losses = [each.losses for each in semantic.keep([below, top, other], HEIGHT, WIDTH)]
    assert losses == [(COVERED_LOSS,), (CROWD_LOSS, PARTLY_COVERED_LOSS), ()]


def test_write__has_the_labels_colours_and_lists_them() -> None:
    empty = ExportedImage(8, "empty.jpg", WIDTH, HEIGHT)
    files = written("semantic", [Instance("", DATE, rle=encode_mask(rectangle(0, 0, 2, 2)))], IMAGE, [empty])
    assert list(files) == ["classes.json", "classes.csv", "left/a b.png"]
    image = Image.open(io.BytesIO(files["left/a b.png"]))
    assert (image.mode, image.convert("RGB").getpixel((0, 0))) == ("P", (0x56, 0xB4, 0xE9))
    assert image.convert("RGB").getpixel((5, 5)) == (0, 0, 0)
    assert json.loads(files["classes.json"]) == [
        {"number": 0, "name": "background", "color": "#000000"},
        {"number": 1, "name": FIG, "color": "#E69F00"},
        {"number": 2, "name": DATE, "color": "#56B4E9"},
    ]
    header, *rows = csv.reader(io.StringIO(files["classes.csv"].decode()))
    assert header == ["number", "name", "color"]
    assert rows == [["0", "background", "#000000"], ["1", FIG, "#E69F00"], ["2", DATE, "#56B4E9"]]


@pytest.mark.parametrize("count, mode", [(255, "P"), (256, "I;16")])
def test_write__more_than_255_labels_go_into_16_bits(count: int, mode: str) -> None:
    classes = [ExportedClass(number, f"c{number}", "#E69F00") for number in range(1, count + 1)]
    instance = Instance("", f"c{count}", rle=encode_mask(rectangle(0, 0, 2, 2)))
    export = LabelExport("Fruit", classes, [IMAGE], [[(IMAGE, (instance,))]])
    files = {file.name: b"".join(file.content) for file in semantic.write(export)}
    assert Image.open(io.BytesIO(files["left/a b.png"])).mode == mode
    assert label_map(files).max() == count
