from collections.abc import Mapping

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.labels.formats import yolo
from app.labels.formats.flattened import CROWD_LOSS
from app.labels.formats.parsed import ExportedImage, ParsedImage, ParsedLabels, UnreadableFile
from app.masks.instance import Instance, Polygon
from app.masks.raster import polygons_to_mask
from app.masks.rle import encode_mask
from tests.labels.formats.breaking import expect_report_of_broken
from tests.labels.formats.scenes import (
    CLASSES,
    HEIGHT,
    IMAGE,
    WIDTH,
    came_back,
    covers_pixels,
    described,
    fitted,
    fitted_instance,
    instances,
    parsed,
    written,
)

TRIANGLE = ((1.0, 1.0), (9.1, 2.0), (4.0, 7.5))
NAMES = b"names: [fig, date]\n"
LINE = "0 0.1 0.1 0.9 0.2 0.4 0.8\n"
DONUT = np.zeros((HEIGHT, WIDTH), dtype=bool)
DONUT[1:12, 1:12] = True
DONUT[4:7, 5:8] = False
DONUT[9, 9] = False
DONUT[3:8, 14:17] = True


def read(files: Mapping[str, bytes | str], *, names: tuple[str, ...] = ("a.png",)) -> ParsedLabels:
    encoded = {name: text if isinstance(text, bytes) else text.encode() for name, text in files.items()}
    return parsed("yolo", encoded, names=names)


def only_image(text: str | bytes) -> ParsedImage:
    (image,) = read({"data.yaml": NAMES, "labels/train/a.txt": text}).images
    return image


@given(st.lists(instances(), max_size=4))
@settings(max_examples=200, deadline=None)
def test_round_trip__gives_what_keep_says_and_every_pixel(drawn: list[Instance]) -> None:
    kept = [k.instance for k in yolo.keep(drawn, HEIGHT, WIDTH)]
    left = [instance for instance in kept if instance is not None]
    back = [fitted_instance(instance) for instance in came_back("yolo", left)] if left else []
    assert [described(instance) for instance in back] == [described(instance) for instance in left]
    for instance, remains in zip(drawn, kept, strict=True):
        if remains is None:
            assert not covers_pixels(instance)
        else:
            assert described(remains)[2] == described(instance)[2]
            assert not remains.crowd


@given(st.lists(instances(), min_size=1, max_size=3), st.data())
@settings(max_examples=300, deadline=None)
def test_parse__broken_in_any_way_it_reports(drawn: list[Instance], data: st.DataObject) -> None:
    expect_report_of_broken("yolo", drawn, data)


def test_keep__one_outline_comes_back_to_the_last_digit() -> None:
    instance = Instance("", "fig", polygons=(Polygon(TRIANGLE),), source="manual")
    (kept,) = yolo.keep([instance], 480, 641)
    assert (kept.instance, kept.losses) == (instance, ())


def test_keep__says_what_becomes_of_holes_parts_masks_and_crowds() -> None:
    (kept,) = yolo.keep([Instance("", "fig", rle=encode_mask(DONUT), crowd=True)], HEIGHT, WIDTH)
    assert kept.losses == (CROWD_LOSS, yolo.MASK_LOSS, yolo.HOLES_LOSS, yolo.PARTS_LOSS)
    assert kept.instance is not None
    assert [len(polygon.holes) for polygon in kept.instance.polygons] == [2, 0]


def test_keep__outlines_that_cover_each_other_are_traced_anew() -> None:
    overlapping = (Polygon(((1, 1), (9, 1), (9, 9), (1, 9))), Polygon(((4, 4), (12, 4), (12, 12), (4, 12))))
    (kept,) = yolo.keep([Instance("", "fig", polygons=overlapping)], HEIGHT, WIDTH)
    assert kept.losses == (yolo.CROSSING_LOSS,)
    assert kept.instance is not None
    assert np.array_equal(
        polygons_to_mask(kept.instance.polygons, HEIGHT, WIDTH), polygons_to_mask(overlapping, HEIGHT, WIDTH)
    )


def test_write__names_classes_and_puts_images_into_train_and_val() -> None:
    seen = ExportedImage(7, "right/b.jpg", WIDTH, HEIGHT, in_validation=True)
    instance = Instance("", CLASSES[1].name, polygons=(Polygon(((0.0, 0.0), (WIDTH, 0.0), (WIDTH, HEIGHT / 2))),))
    files = written("yolo", [instance], seen, [IMAGE])
    assert yaml.safe_load(files["data.yaml"]) == {
        "path": ".",
        "train": "images/train",
        "val": "images/val",
        "names": {number: label_class.name for number, label_class in enumerate(CLASSES)},
    }
    assert files.keys() == {"data.yaml", "labels/val/right/b.txt"}
    assert files["labels/val/right/b.txt"] == b"1 0.0 0.0 1.0 0.0 1.0 0.5\n"


def test_write__images_that_differ_in_their_suffixes_alone_keep_them() -> None:
    twin = ExportedImage(7, "left/A b.jpg", WIDTH, HEIGHT)
    instance = Instance("", "fig", polygons=(Polygon(TRIANGLE),))
    files = written("yolo", [instance], IMAGE, [twin])
    assert "labels/train/left/a b.png.txt" in files
    (image,) = parsed("yolo", files, names=(IMAGE.name, twin.name)).images
    assert (image.name, image.is_stem) == (IMAGE.name, False)


@pytest.mark.parametrize(
    "names",
    [
        {"data.yaml": "names: [fig, 'no', 3]"},
        {"data.yaml": "names: [fig, no, 3]"},
        {"dataset.yml": "\ufeffpath: x\r\nnames:\r\n  0: fig\r\n  1: no\r\n  2: 3\r\n"},
        {"classes.txt": "fig\r\nno\r\n3\r\n"},
        {"obj.names": "fig\nno\n3"},
        {"config.yaml": "a: 1", "labels/classes.txt": "fig\nno\n3\n\n"},
    ],
)
def test_parse__finds_the_names_of_classes(names: dict[str, str]) -> None:
    (image,) = read({**names, "labels/a.txt": LINE.replace("0 ", "1 ", 1) + LINE.replace("0 ", "2.0 ", 1)}).images
    assert [instance.class_name for instance in image.instances] == ["no", "3"]


@pytest.mark.parametrize(
    "label_file, image_name",
    [
        ("labels/train/a.txt", "a.jpg"),
        ("labels/a.txt", "a.jpg"),
        ("set/labels/val/left/a.txt", "left/a.jpg"),
        ("train/labels/a.txt", "a.jpg"),
        ("train/labels/a.txt", "train/a.jpg"),
        ("labels/train/a.txt", "images/train/a.jpg"),
        ("obj_train_data/left/a.txt", "left/a.jpg"),
        ("left/a.txt", "left/a.jpg"),
        ("a.txt", "left/a.jpg"),
        ("labels\\train\\a.txt", "a.jpg"),
    ],
)
def test_parse__finds_images_wherever_the_label_file_lies(label_file: str, image_name: str) -> None:
    files = {"data.yaml": NAMES, label_file: LINE, "README.txt": "hello", "images/train/a.jpg": b"\xff\xd8\xff"}
    labels = read(files, names=(image_name,))
    found = fitted(labels, ExportedImage(1, image_name, WIDTH, HEIGHT))
    assert [image.name for image in found.images] == [image_name]
    assert found.missing == []


def test_parse__an_empty_file_is_an_image_without_objects() -> None:
    image = only_image("")
    assert (image.instances, image.problems) == ([], [])


def test_parse__a_donut_is_a_donut_again() -> None:
    image = only_image("0 .1 .1 .9 .1 .9 .9 .1 .9 .1 .1 .3 .3 .3 .6 .6 .6 .6 .3 .3 .3 .1 .1\n")
    (polygon,) = image.instances[0].polygons
    assert polygon.exterior == ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
    assert polygon.holes == (((0.3, 0.3), (0.3, 0.6), (0.6, 0.6), (0.6, 0.3)),)


@pytest.mark.parametrize(
    "line, reason",
    [
        ("0 0.5 0.5 0.2 0.2", "boxes alone are not enough"),
        ("0 0.1 0.1 0.9 0.2", "boxes alone are not enough"),
        ("0 .1 .1 .9 .2 .4 .8 .93", "come in pairs"),
        ("0 .1 .1 .9 .2 .4 x", "'x' is no number"),
        ("0 .1 .1 .9 .2 .4 nan", "not finite"),
        ("0 .1 .1 .9 .2 .4 1e999", "not finite"),
        ("0 10 10 90 20 40 80", "seem to be pixels"),
        ("0 .1 .1 .9 .2 .1 .1", "2 points"),
        ("0 .1 .1", "1 points"),
        ("0", "0 points"),
        ("2 .1 .1 .9 .2 .4 .8", "'2' is none of those"),
        ("-1 .1 .1 .9 .2 .4 .8", "'-1' is none of those"),
        ("fig .1 .1 .9 .2 .4 .8", "'fig' is none of those"),
        ("0.5 .1 .1 .9 .2 .4 .8", "'0.5' is none of those"),
        ("\x00\x01", "is none of those"),
    ],
)
def test_parse__names_a_broken_line_with_its_image(line: str, reason: str) -> None:
    image = only_image(LINE + line + "\n" + LINE)
    (problem,) = image.problems
    assert (problem.image, problem.entry) == ("a", "labels/train/a.txt, line 2")
    assert reason in problem.error
    assert len(image.instances) == 2


@pytest.mark.parametrize(
    "files, reason",
    [
        ({"labels/a.txt": LINE}, "send data.yaml or classes.txt"),
        ({"labels/a.txt": LINE, "data.yaml": "nc: 2"}, "send data.yaml or classes.txt"),
        ({"labels/a.txt": LINE, "data.yaml": "names: [fig"}, "it is not YAML"),
        ({"labels/a.txt": LINE, "data.yaml": "names: [[fig]]"}, "should be a number with a name"),
        ({"labels/a.txt": LINE, "data.yaml": "names: {fig: 0}"}, "should be a number with a name"),
        ({"labels/a.txt": LINE, "data.yaml": "[" * 100_000}, "it is not YAML"),
        ({"labels/a.txt": LINE, "data.yaml": "#" * 1_000_001}, "more than 1,000,000 characters"),
        ({"labels/a.txt": LINE, "x/data.yaml": "names: [a]", "y/data.yaml": "names: [b]"}, "differently"),
        ({"data.yaml": "names: [fig]", "train.txt": "images/a.jpg"}, "there is no label file"),
    ],
)
def test_parse__refuses_what_does_not_say_its_classes(files: dict[str, str], reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read(files)
