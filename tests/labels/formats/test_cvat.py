from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.labels.formats import cvat
from app.labels.formats.coco import HOLES_LOSS
from app.labels.formats.parsed import ExportedImage, ParsedImage, ParsedLabels, UnreadableFile
from app.labels.formats.shapes import PARTS_LOSS
from app.masks.instance import Instance, Polygon
from app.masks.polygons import polygon_area
from app.masks.rle import decode_rle
from tests.labels.formats.breaking import expect_report_of_broken
from tests.labels.formats.scenes import (
    CLASSES,
    HEIGHT,
    IMAGE,
    WIDTH,
    expect_exact_pixels,
    fitted,
    instances,
    parsed,
    written,
)

POLYGON = '<polygon label="fig" points="1.0,1.0;9.5,2.0;4.0,7.5" z_order="0"/>'
MASK = '<mask label="fig" rle="0, 2, 2, 2" left="6" top="3" width="3" height="2" z_order="0"/>'


def document(*shapes: str, attributes: str = f'name="a.png" width="{WIDTH}" height="{HEIGHT}"') -> str:
    labels = "<labels><label><name>fig</name><color>#e69f00</color></label><label><name>date</name></label></labels>"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<!-- of CVAT --><annotations><version>1.1</version>'
        f'<meta><task>{labels}</task></meta><image id="0" {attributes}>{"".join(shapes)}</image></annotations>'
    )


def read(text: str | bytes, name: str = "annotations.xml") -> ParsedLabels:
    return parsed("cvat", {name: text if isinstance(text, bytes) else text.encode()})


def only_image(*shapes: str) -> ParsedImage:
    (image,) = read(document(*shapes)).images
    return image


@given(st.lists(instances(), max_size=4))
@settings(max_examples=200, deadline=None)
def test_round_trip__gives_what_keep_says_and_every_pixel(drawn: list[Instance]) -> None:
    expect_exact_pixels("cvat", drawn)


@given(st.lists(instances(), min_size=1, max_size=3), st.data())
@settings(max_examples=300, deadline=None)
def test_parse__broken_in_any_way_it_reports(drawn: list[Instance], data: st.DataObject) -> None:
    expect_report_of_broken("cvat", drawn, data)


def test_keep__says_what_becomes_a_mask() -> None:
    ring = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    holed = Instance("", "fig", polygons=(Polygon(ring, (((2.0, 2.0), (4.0, 2.0), (4.0, 4.0)),)),))
    parts = Instance("", "fig", polygons=(Polygon(ring), Polygon(((10.0, 1.0), (12.0, 1.0), (12.0, 4.0)))))
    kept = cvat.keep([holed, parts, Instance("", "fig", polygons=(Polygon(ring),))], HEIGHT, WIDTH)
    assert [k.losses for k in kept] == [(HOLES_LOSS,), (PARTS_LOSS,), ()]


def test_write__is_well_formed_with_labels_and_their_colours() -> None:
    crowd = Instance("", CLASSES[1].name, polygons=(Polygon(((1.5, 1.0), (3.0, 1.0), (3.0, 3.25))),), crowd=True)
    image = ExportedImage(1, 'left/a <"&\ufffe>.png', WIDTH, HEIGHT)
    files = written("cvat", [crowd], image, [IMAGE])
    root = ElementTree.fromstring(files["annotations.xml"])
    assert [(e.findtext("name"), e.findtext("color")) for e in root.iterfind("meta/task/labels/label")] == [
        (label_class.name, label_class.color.lower()) for label_class in CLASSES
    ]
    first, second = root.findall("image")
    assert (first.get("name"), first.get("width"), first.get("height")) == ('left/a <"&\ufffd>.png', "17", "13")
    assert (second.get("id"), second.get("name"), len(second)) == ("1", IMAGE.name, 0)
    (polygon,) = first
    assert (polygon.get("label"), polygon.get("points")) == (CLASSES[1].name, "1.5,1.0;3.0,1.0;3.0,3.25")
    assert [(a.get("name"), a.text) for a in polygon] == [("crowd", "true")]


def test_parse__colours_and_order_of_labels() -> None:
    assert read(document(POLYGON)).colors == {"fig": "#E69F00", "date": None}


def test_parse__a_mask_runs_row_by_row_through_its_box() -> None:
    (instance,) = only_image(MASK).instances
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    mask[3, 6:8] = mask[4, 7:9] = True
    assert instance.rle is not None
    assert np.array_equal(decode_rle(instance.rle), mask)


@pytest.mark.parametrize("z_order, order", [("0", ["date", "fig"]), ("-1", ["fig", "date"]), ("x", ["date", "fig"])])
def test_parse__what_is_drawn_later_lies_on_top(z_order: str, order: list[str]) -> None:
    first = POLYGON.replace("fig", "date")
    image = only_image(first, POLYGON.replace('z_order="0"', f'z_order="{z_order}"'))
    assert [instance.class_name for instance in image.instances] == order


def test_parse__shapes_of_a_group_and_label_are_one_object() -> None:
    grouped, alone = ('label="fig" group_id="2"', 'label="fig" group_id="0"')
    image = only_image(
        POLYGON.replace('label="fig"', grouped),
        POLYGON.replace('label="fig"', 'label="date" group_id="2"'),
        MASK.replace('label="fig"', grouped),
        POLYGON.replace('label="fig"', alone),
        POLYGON.replace('label="fig"', alone),
    )
    assert [(i.class_name, i.rle is not None) for i in image.instances] == [
        *(("fig", True), ("date", False), ("fig", False), ("fig", False)),
    ]


@pytest.mark.parametrize(
    "shape, area",
    [
        ('<box label="fig" xtl="2" ytl="1" xbr="6" ybr="4"/>', 12.0),
        ('<box label="fig" xtl="2" ytl="2" xbr="6" ybr="5" rotation="90.0"/>', 12.0),
        ('<ellipse label="fig" cx="8" cy="6" rx="4" ry="3"/>', 12 * np.pi),
        ('<ellipse label="fig" cx="8" cy="6" rx="4" ry="3" rotation="30"/>', 12 * np.pi),
    ],
)
def test_parse__boxes_and_ellipses_become_outlines(shape: str, area: float) -> None:
    (instance,) = only_image(shape).instances
    assert polygon_area(instance.polygons[0]) == pytest.approx(area, rel=0.03)


def test_parse__a_box_turns_clockwise() -> None:
    (instance,) = only_image('<box label="fig" xtl="2" ytl="2" xbr="6" ybr="4" rotation="90"/>').instances
    assert np.round(instance.polygons[0].exterior, 6).tolist() == [[5, 1], [5, 5], [3, 5], [3, 1]]


def test_parse__crowds_by_their_attribute() -> None:
    crowd = POLYGON.replace("/>", '><attribute name="iscrowd">True</attribute></polygon>')
    other = POLYGON.replace("/>", '><attribute name="ripe">true</attribute></polygon>')
    assert [instance.crowd for instance in only_image(crowd, other).instances] == [True, False]


@pytest.mark.parametrize(
    "shape, reason",
    [
        ('<polygon label="fig" points="1,1;2,2"/>', "2 points"),
        ('<polygon label="fig" points=""/>', "0 points"),
        ('<polygon label="fig"/>', "0 points"),
        ('<polygon label="fig" points="1,1;2;3,3"/>', "point 2 is '2'"),
        ('<polygon label="fig" points="1,1;x,2;3,3"/>', "point 2 is 'x,2'"),
        ('<polygon label="fig" points="1,1;nan,2;3,3"/>', "not finite"),
        ('<polygon points="1,1;2,2;3,1"/>', "no label"),
        ('<box label="fig" xtl="1" ytl="1" xbr="6"/>', "ybr is ''"),
        ('<box label="fig" xtl="1" ytl="inf" xbr="6" ybr="7"/>', "ytl is 'inf'"),
        ('<ellipse label="fig" cx="8" cy="6" rx="0" ry="3"/>', "above 0"),
        ('<points label="fig" points="1,1"/>', "points have no area"),
        ('<polyline label="fig" points="1,1;2,2;3,1"/>', "polyline have no area"),
        ('<cuboid label="fig" xtl1="1"/>', "cuboid have no area"),
        ('<star label="fig"/>', "'star' is no shape"),
        (MASK.replace("0, 2, 2, 2", "0, 2, 2"), "adds up to 4 pixels, its box 3 x 2 has 6"),
        (MASK.replace("0, 2, 2, 2", "0, -2, 6, 2"), "adds up to 6"),
        (MASK.replace("0, 2, 2, 2", ""), "whole numbers"),
        (MASK.replace("0, 2, 2, 2", "0, 2.5, 3.5"), "whole numbers"),
        (MASK.replace('width="3"', 'width="0"'), "0 x 2 pixels"),
        (MASK.replace('width="3"', 'width="999999999"'), "should be the part of the image"),
        (MASK.replace('left="6"', 'left="1e300"'), "a place in the image"),
        (MASK.replace(' top="3"', ""), "top is ''"),
    ],
)
def test_parse__names_a_broken_shape_with_its_image(shape: str, reason: str) -> None:
    image = only_image(POLYGON, shape)
    (problem,) = image.problems
    assert problem.image == "a.png"
    assert problem.entry == f"annotations.xml, {shape[1:].split()[0]} 2"
    assert reason in problem.error
    assert len(image.instances) == 1


def test_parse__a_tag_is_told_and_keeps_nothing_from_being_imported() -> None:
    labels = read(document('<tag label="seen"/>', POLYGON))
    (problem,) = labels.problems
    assert (problem.image, problem.entry) == ("a.png", "annotations.xml, tag 1")
    assert [len(image.instances) for image in fitted(labels, ExportedImage(1, "a.png", WIDTH, HEIGHT)).images] == [1]


def test_parse__a_mask_needs_its_images_size() -> None:
    (image,) = read(document(MASK, attributes='name="a.png"')).images
    assert "needs its image's width and height" in image.problems[0].error


def test_parse__a_mask_is_cut_at_the_border() -> None:
    (instance,) = only_image(MASK.replace('left="6"', 'left="-1"').replace('top="3"', f'top="{HEIGHT - 1}"')).instances
    assert instance.rle is not None
    assert np.argwhere(decode_rle(instance.rle)).tolist() == [[HEIGHT - 1, 0]]


def test_parse__an_image_without_a_name_is_told() -> None:
    labels = read(document(POLYGON, attributes='width="17" height="13"'))
    assert [problem.entry for problem in labels.problems] == ["annotations.xml, image 1"]


def test_parse__tracks_beside_images_are_told() -> None:
    text = document(POLYGON).replace("</annotations>", '<track id="4" label="fig"/></annotations>')
    labels = read(text)
    assert [problem.entry for problem in labels.problems] == ["annotations.xml, track 4"]
    assert len(labels.images) == 1


@pytest.mark.parametrize(
    "text, reason",
    [
        ('<annotations><track id="0" label="fig"/></annotations>', "1 tracks of a video"),
        ("<annotation><object/></annotation>", "its first element is annotation"),
        ("<annotations>", "it is not XML"),
        ("", "it is not XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><annotations>&b;</annotations>', "declares entities"),
    ],
)
def test_parse__refuses_what_has_no_images(text: str, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read(text)


def test_parse__names_a_file_that_is_broken_among_others() -> None:
    files = {"a/annotations.xml": document(POLYGON).encode(), "b/annotations.xml": b"<annotations>"}
    labels = parsed("cvat", files)
    assert [problem.entry for problem in labels.problems] == ["b/annotations.xml"]
    assert len(labels.images) == 1
