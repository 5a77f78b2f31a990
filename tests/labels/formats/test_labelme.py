import base64
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.labels.formats import labelme
from app.labels.formats.coco import HOLES_LOSS
from app.labels.formats.parsed import ExportedImage, ParsedImage, ParsedLabels, UnreadableFile
from app.labels.formats.pictures import write_mask
from app.masks.instance import Instance, Polygon
from app.masks.polygons import polygon_area
from app.masks.rle import decode_rle, encode_mask
from tests.labels.formats.breaking import expect_report_of_broken
from tests.labels.formats.scenes import (
    HEIGHT,
    IMAGE,
    WIDTH,
    expect_exact_pixels,
    fitted,
    instances,
    parsed,
    written,
)

TRIANGLE = [[1.0, 1.0], [9.5, 2.0], [4.0, 7.5]]
SQUARE = [[10, 2], [12, 2], [12, 5], [10, 5]]
BLOB = np.array([[1, 1, 0], [0, 1, 1]], dtype=bool)
LOSSES = ExportedImage(1, "losses.png", WIDTH, HEIGHT)
PNG = base64.b64encode(write_mask(BLOB)).decode()


def shape(points: Any = TRIANGLE, **changes: Any) -> dict[str, Any]:
    return {"label": "fig", "points": points, "group_id": None, "shape_type": "polygon", "flags": {}, **changes}


def document(*shapes: Any, **changes: Any) -> bytes:
    whole = {"version": "5.5.0", "flags": {}, "shapes": shapes, "imagePath": "a.png", "imageData": None}
    return json.dumps({**whole, "imageHeight": HEIGHT, "imageWidth": WIDTH, **changes}).encode()


def read(**files: bytes) -> ParsedLabels:
    return parsed("labelme", {f"{name}.json": content for name, content in files.items()})


def only_image(*shapes: Any, **changes: Any) -> ParsedImage:
    (image,) = read(a=document(*shapes, **changes)).images
    return image


@given(st.lists(instances(), max_size=4))
@settings(max_examples=200, deadline=None)
def test_round_trip__gives_what_keep_says_and_every_pixel(drawn: list[Instance]) -> None:
    expect_exact_pixels("labelme", drawn)


@given(st.lists(instances(), min_size=1, max_size=3), st.data())
@settings(max_examples=300, deadline=None)
def test_parse__broken_in_any_way_it_reports(drawn: list[Instance], data: st.DataObject) -> None:
    expect_report_of_broken("labelme", drawn, data, others={"b.json": document(shape(), imagePath="b.png")})


def test_keep__says_that_outlines_with_holes_become_masks() -> None:
    ring = Polygon(((0, 0), (9, 0), (9, 9), (0, 9)), (((2, 2), (4, 2), (4, 4)),))
    (kept,) = labelme.keep([Instance("", "fig", polygons=(ring,))], HEIGHT, WIDTH)
    assert kept.losses == (HOLES_LOSS,)
    assert kept.instance is not None
    assert kept.instance.rle is not None


def test_write__puts_files_beside_their_images_as_the_program_wants_them() -> None:
    parts = Instance("", "fig", polygons=(Polygon(((1, 1), (3, 1), (3, 3))), Polygon(((5, 5), (7, 5), (7, 7)))))
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    mask[3:5, 6:9] = BLOB
    files = written("labelme", [parts, Instance("", "date", rle=encode_mask(mask), crowd=True)], IMAGE)
    whole = json.loads(files["left/a b.json"])
    assert whole.keys() == {"version", "flags", "shapes", "imagePath", "imageData", "imageHeight", "imageWidth"}
    assert (whole["imagePath"], whole["imageHeight"], whole["imageWidth"]) == ("a b.png", HEIGHT, WIDTH)
    first, second, third = whole["shapes"]
    assert first["group_id"] == second["group_id"] is not None
    assert (third["shape_type"], third["points"], third["flags"]) == ("mask", [[6, 3], [8, 4]], {"crowd": True})
    assert base64.b64decode(third["mask"]).startswith(b"\x89PNG")


def test_write__an_image_called_losses_does_not_cover_the_report() -> None:
    files = written("labelme", [Instance("", "fig", polygons=(Polygon(((1, 1), (3, 1), (3, 3))),))], LOSSES)
    assert files.keys() == {"losses.png.json"}


def test_parse__shapes_of_a_group_and_label_are_one_object() -> None:
    image = only_image(
        shape(group_id=3),
        shape(label="date", group_id=3),
        shape(SQUARE, group_id=3, flags={"crowd": True}),
        shape(SQUARE),
        shape([[12, 8], [14, 9]], shape_type="mask", mask=PNG, label="date", group_id=3),
    )
    first, second, third = image.instances
    assert [len(i.polygons) for i in image.instances] == [2, 0, 1]
    assert [i.crowd for i in (first, second, third)] == [True, False, False]
    assert second.rle is not None
    assert decode_rle(second.rle)[8:10, 12:15].tolist() == BLOB.tolist()
    assert image.problems == []


@pytest.mark.parametrize("box", [[[6, 3], [8, 4]], [[6.0, 3.4], [9, 5]]])
def test_parse__a_mask_lies_in_its_box(box: Any) -> None:
    (instance,) = only_image(shape(box, shape_type="mask", mask=PNG)).instances
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    mask[3:5, 6:9] = BLOB
    assert instance.rle is not None
    assert np.array_equal(decode_rle(instance.rle), mask)


@pytest.mark.parametrize(
    "points, kind, area",
    [
        ([[2, 1], [6, 4]], "rectangle", 12.0),
        ([[6, 4], [2, 1]], "rectangle", 12.0),
        ([[2, 1], [6, 1], [6, 4], [2, 4]], "rectangle", 12.0),
        ([[2, 1], [6, 1], [6, 4], [2, 4]], None, 12.0),
        ([[8, 6], [8, 9]], "circle", 9 * np.pi),
    ],
)
def test_parse__boxes_and_circles_become_outlines(points: Any, kind: str | None, area: float) -> None:
    (instance,) = only_image(shape(points, shape_type=kind)).instances
    assert polygon_area(instance.polygons[0]) == pytest.approx(area, rel=0.03)


@pytest.mark.parametrize(
    "file_name, path, image_name",
    [
        ("a.json", "a.png", "left/a.png"),
        ("left/a.json", "a.png", "left/a.png"),
        ("labels/a.json", "..\\left\\a.png", "left/a.png"),
        ("set/left/a.json", "a.png", "left/a.png"),
        ("x/y.json", "C:\\Users\\me\\a.png", "left/a.png"),
        ("left/a.json", None, "left/a.png"),
        ("set/left/a.json", "", "left/a.png"),
    ],
)
def test_parse__finds_the_image(file_name: str, path: str | None, image_name: str) -> None:
    labels = parsed("labelme", {file_name: document(shape(), imagePath=path)})
    found = fitted(labels, ExportedImage(1, image_name, WIDTH, HEIGHT))
    assert [image.name for image in found.images] == [image_name]


BAD_SHAPES: dict[str, tuple[Any, str]] = {
    "no object": (7, "should be an object"),
    "no label": (shape(label=None), "its label is None"),
    "empty label": (shape(label=" "), "its label is"),
    "two points": (shape(TRIANGLE[:2]), "2 points"),
    "points missing": (shape(None), "points should be a list"),
    "flat": (shape([1, 2, 3]), "points[0] is 1"),
    "text": (shape([["1", 2], [3, 4], [5, 6]]), "two numbers"),
    "boolean": (shape([[True, 2], [3, 4], [5, 6]]), "two numbers"),
    "NaN": (shape([[float("nan"), 2], [3, 4], [5, 6]]), "not finite"),
    "huge": (shape([[10**400, 2], [3, 4], [5, 6]]), "far too large"),
    "group": (shape(group_id=[1]), "group_id is [1]"),
    "line": (shape(shape_type="line"), "a line has no area"),
    "linestrip": (shape(shape_type="linestrip"), "a linestrip has no area"),
    "point": (shape([[1, 1]], shape_type="point"), "a point has no area"),
    "unknown": (shape(shape_type="star"), "'star', which is not known"),
    "kind of another type": (shape(shape_type=[1]), "[1], which is not known"),
    "circle of one point": (shape([[1, 1]], shape_type="circle"), "a circle has two points"),
    "circle without radius": (shape([[1, 1], [1, 1]], shape_type="circle"), "above 0"),
    "mask of three points": (shape(shape_type="mask", mask=PNG), "a mask has two points"),
    "mask missing": (shape([[6, 3], [8, 4]], shape_type="mask"), "should be a PNG"),
    "mask no Base64": (shape([[6, 3], [8, 4]], shape_type="mask", mask="x"), "no Base64"),
    "mask no picture": (shape([[6, 3], [8, 4]], shape_type="mask", mask="aGVsbG8="), "no image"),
    "mask cut": (shape([[6, 3], [8, 4]], shape_type="mask", mask=PNG[:56]), "damaged or cut short"),
    "mask of another size": (shape([[6, 3], [9, 9]], shape_type="mask", mask=PNG), "3 x 2 pixels, its box 4 x 7"),
}


@pytest.mark.parametrize("case", BAD_SHAPES)
def test_parse__names_a_broken_shape_with_its_image(case: str) -> None:
    bad, reason = BAD_SHAPES[case]
    image = only_image(shape(), bad)
    (problem,) = image.problems
    assert (problem.image, problem.entry) == ("a.png", "a.json, shapes[1]")
    assert reason in problem.error
    assert len(image.instances) == 1


def test_parse__a_mask_needs_its_images_size() -> None:
    image = only_image(shape([[6, 3], [8, 4]], shape_type="mask", mask=PNG), imageHeight=None)
    assert "needs imageWidth and imageHeight" in image.problems[0].error


def test_parse__names_a_file_that_is_broken_among_others() -> None:
    labels = read(a=document(shape()), b=document(shape())[:-9], c=b"[1]", losses=b"{}")
    assert [(problem.entry, problem.error[:12]) for problem in labels.problems] == [
        ("b.json", "it is not JS"),
        ("c.json", "it is no fil"),
    ]
    assert len(labels.images) == 1


def test_parse__shapes_that_are_no_list_refuse_the_image() -> None:
    (image,) = read(a=document(shapes={})).images
    assert image.problems[0].error == "shapes should be a list"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"shapes": [', b"\x00"])
def test_parse__refuses_what_is_no_file_of_labelme(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="no file of LabelMe"):
        read(a=content)
