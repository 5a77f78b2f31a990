import io
from collections.abc import Mapping
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.labels.formats import voc
from app.labels.formats.flattened import COVERED_LOSS, NO_PIXEL_LOSS, OUTLINE_LOSS, PARTLY_COVERED_LOSS
from app.labels.formats.parsed import ExportedClass, ExportedImage, LabelExport, ParsedImage, UnreadableFile
from app.labels.formats.pictures import voc_palette, write_numbers
from app.masks.instance import Instance, Polygon
from app.masks.rle import decode_rle, encode_mask
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
)

PICTURE = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
PICTURE[1:5, 2:6] = 1
PICTURE[4:8, 4:9] = 2
PICTURE[7, 4:9] = 255
XML = """<?xml version="1.0"?>
<annotation><folder>VOC2012</folder><filename>a.jpg</filename>
<size><width>17</width><height>13</height><depth>3</depth></size><segmented>1</segmented>
<object><name>fig</name><bndbox><xmin>3</xmin><ymin>2</ymin><xmax>6</xmax><ymax>5</ymax></bndbox></object>
<object><name>date</name><part><name>stem</name></part></object></annotation>"""
LABEL_MAP = "# label:color_rgb:parts:actions\nbackground:0,0,0::\nfig:224,64,160::\ndate: 10, 20, 30::\n"


def png(numbers: np.ndarray, palette: np.ndarray | None = None) -> bytes:
    return write_numbers(numbers, voc_palette() if palette is None else palette)


def colored(colors: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(colors.astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def files(xml: str | None = XML, picture: bytes | None = None, **others: bytes | str) -> dict[str, bytes]:
    found = {} if xml is None else {"VOC2012/Annotations/a.xml": xml.encode()}
    found["VOC2012/SegmentationObject/a.png"] = png(PICTURE) if picture is None else picture
    names = {"classes": "VOC2012/SegmentationClass/a.png", "label_map": "VOC2012/labelmap.txt"}
    for key, content in others.items():
        found[names[key]] = content if isinstance(content, bytes) else content.encode()
    return found


def only_image(sent: Mapping[str, bytes], name: str = "a.jpg") -> ParsedImage:
    (image,) = parsed("voc", sent, names=(name,)).images
    return image


def problem_of(sent: Mapping[str, bytes]) -> str:
    image = only_image(sent)
    assert image.instances == []
    (problem,) = image.problems
    return f"{problem.entry}: {problem.error}"


def rectangle(top: int, left: int, bottom: int, right: int) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    mask[top:bottom, left:right] = True
    return mask


@given(st.lists(instances(), max_size=5))
@settings(max_examples=200)
def test_round_trip__gives_exactly_what_keep_says(drawn: list[Instance]) -> None:
    kept = voc.keep(drawn, HEIGHT, WIDTH)
    left = [each.instance for each in kept if each.instance is not None]
    back = [fitted_instance(instance) for instance in came_back("voc", left)] if left else []
    assert [described(instance) for instance in back] == [described(instance) for instance in left]
    for instance, each in zip(drawn, kept, strict=True):
        if each.instance is None:
            assert each.losses[0] == (COVERED_LOSS if covers_pixels(instance) else NO_PIXEL_LOSS)
        elif PARTLY_COVERED_LOSS not in each.losses:
            assert described(each.instance) == described(instance)


@given(st.lists(instances(), min_size=1, max_size=3), st.data())
@settings(max_examples=300)
def test_parse__broken_in_any_way_it_reports(drawn: list[Instance], data: st.DataObject) -> None:
    expect_report_of_broken("voc", drawn, data)


def test_keep__what_is_drawn_later_covers_what_lies_below() -> None:
    below, middle, top = rectangle(2, 2, 6, 6), rectangle(0, 0, 4, 4), rectangle(1, 1, 8, 5)
    outline = Polygon(((2.0, 2.0), (6.0, 2.0), (6.0, 6.0), (2.0, 6.0)))
    lowest, lost, highest = voc.keep(
        [
            Instance("", "fig", polygons=(outline,), crowd=True),
            Instance("", "fig", rle=encode_mask(middle & top)),
            Instance("", "fig", rle=encode_mask(top)),
        ],
        HEIGHT,
        WIDTH,
    )
    assert lowest.losses == (OUTLINE_LOSS, PARTLY_COVERED_LOSS)
    assert lowest.instance is not None
    assert lowest.instance.rle is not None
    np.testing.assert_array_equal(decode_rle(lowest.instance.rle), below & ~top)
    assert lowest.instance.crowd
    assert (lost.instance, lost.losses) == (None, (COVERED_LOSS,))
    assert highest.losses == ()


def test_keep__has_no_room_for_more_than_254_objects() -> None:
    pixels = [rectangle(k // WIDTH, k % WIDTH, k // WIDTH + 1, k % WIDTH + 1) for k in range(HEIGHT * WIDTH)]
    many = [Instance("", "fig", rle=encode_mask(mask)) for mask in (*pixels, *(pixels[0] for _ in range(40)))]
    kept = voc.keep(many, HEIGHT, WIDTH)
    assert [each.losses for each in kept[254:]] == [(voc.TOO_MANY_LOSS,)] * (len(many) - 254)
    left = [each.instance for each in kept if each.instance is not None]
    assert len(came_back("voc", left)) == len(left) == HEIGHT * WIDTH


def test_write__is_laid_out_as_the_kit_is() -> None:
    seen = ExportedImage(7, "right/b.jpg", WIDTH, HEIGHT, in_validation=True)
    empty = ExportedImage(8, "empty.jpg", WIDTH, HEIGHT)
    fig, date = rectangle(1, 2, 5, 6), rectangle(6, 0, 13, 17)
    first = (Instance("", CLASSES[1].name, rle=encode_mask(date)), Instance("", "fig", rle=encode_mask(fig)))
    export = LabelExport("Fruit", CLASSES, [IMAGE, seen, empty], [[(IMAGE, first), (seen, first[:1]), (empty, ())]])
    found = {file.name: b"".join(file.content) for file in voc.write(export)}
    assert list(found) == [
        "Annotations/left/a b.xml", "SegmentationObject/left/a b.png", "SegmentationClass/left/a b.png",
        "Annotations/right/b.xml", "SegmentationObject/right/b.png", "SegmentationClass/right/b.png",
        "ImageSets/Segmentation/train.txt", "ImageSets/Segmentation/val.txt", "ImageSets/Segmentation/trainval.txt",
        "labelmap.txt",
    ]  # fmt: skip
    assert [found[f"ImageSets/Segmentation/{name}.txt"] for name in ("train", "val", "trainval")] == [
        b"left/a b\n", b"right/b\n", b"left/a b\nright/b\n"
    ]  # fmt: skip
    objects = Image.open(io.BytesIO(found["SegmentationObject/left/a b.png"]))
    classes = Image.open(io.BytesIO(found["SegmentationClass/left/a b.png"]))
    assert (objects.mode, classes.mode) == ("P", "P")
    assert objects.getpalette() == voc_palette().ravel().tolist()
    np.testing.assert_array_equal(np.asarray(objects), np.where(fig, 2, np.where(date, 1, 0)))
    np.testing.assert_array_equal(np.asarray(classes), np.where(fig, 1, np.where(date, 2, 0)))
    root = ElementTree.fromstring(found["Annotations/left/a b.xml"])
    assert (root.findtext("folder"), root.findtext("filename")) == ("left", "a b.png")
    assert [element.findtext("name") for element in root.iter("object")] == [CLASSES[1].name, "fig"]
    # Counted from 1, the last pixel included, as the kit's boxes are.
    assert [each.text for each in root.findall("object")[1].find("bndbox") or []] == ["3", "2", "6", "5"]
    assert found["labelmap.txt"].decode().splitlines()[1:3] == ["background:0,0,0::", "fig:128,0,0::"]


def test_write__more_classes_than_a_palette_has_go_into_16_bits() -> None:
    classes = [ExportedClass(number, f"c{number}", "#000000") for number in range(1, 301)]
    instance = Instance("", "c255", rle=encode_mask(rectangle(0, 0, 2, 2)))
    export = LabelExport("Fruit", classes, [IMAGE], [[(IMAGE, (instance,))]])
    found = {file.name: b"".join(file.content) for file in voc.write(export)}
    picture = np.asarray(Image.open(io.BytesIO(found["SegmentationClass/left/a b.png"])))
    assert (picture.dtype, picture.max()) == (np.uint16, 255)
    del found["Annotations/left/a b.xml"]
    (image,) = parsed("voc", found).images
    assert [each.class_name for each in image.instances] == ["c255"]


@pytest.mark.parametrize("in_color", [False, True])
def test_parse__the_nth_object_is_number_n_and_void_is_nobodys(in_color: bool) -> None:
    picture = colored(voc_palette()[PICTURE]) if in_color else png(PICTURE)
    image = only_image(files(picture=picture))
    assert (image.name, image.width, image.height, image.problems) == ("VOC2012/a.jpg", WIDTH, HEIGHT, [])
    assert [(each.class_name, each.rle) for each in image.instances] == [
        ("fig", encode_mask(PICTURE == 1)),
        ("date", encode_mask(PICTURE == 2)),
    ]


@pytest.mark.parametrize("in_color", [False, True])
@pytest.mark.parametrize(
    "xml", [None, XML.replace("<name>date</name>", ""), XML.replace("</annotation>", "<object/></annotation>")]
)
def test_parse__without_names_for_all_the_class_picture_decides(xml: str | None, in_color: bool) -> None:
    classes = np.where(PICTURE == 1, 2, np.where(PICTURE == 2, 1, 0)).astype(np.uint8)
    colors = np.array([[0, 0, 0], [224, 64, 160], [10, 20, 30]], dtype=np.uint8)
    picture = colored(colors[classes]) if in_color else png(classes)
    labels = parsed("voc", files(xml, classes=picture, label_map=LABEL_MAP), names=("a.jpg",))
    assert [each.class_name for each in labels.images[0].instances] == ["date", "fig"]
    assert list(labels.colors) == ["fig", "date"]


@pytest.mark.parametrize(
    "place, file_name, folder, image_name",
    [
        ("Annotations/a.xml", "a.jpg", "VOC2012", "a.jpg"),
        ("VOCdevkit/VOC2012/Annotations/left/a.xml", "a.jpg", "x", "left/a.jpg"),
        ("Annotations/a.xml", "left\\a.jpg", "", "left/a.jpg"),
        ("Annotations/a.xml", "a.jpg", "left", "left/a.jpg"),
        ("annotations/a.xml", "a", "", "a.png"),
        ("Annotations/left/a.xml", "", "", "left/a.png"),
        ("a.xml", "C:\\pictures\\a.jpg", "", "deep/a.jpg"),
    ],
)
def test_parse__finds_images(place: str, file_name: str, folder: str, image_name: str) -> None:
    xml = XML.replace("a.jpg", file_name).replace("VOC2012", folder).encode()
    picture = place.replace("Annotations", "SegmentationObject").replace("annotations", "SegmentationObject")
    sent = {
        place: xml,
        (picture if "/" in picture else f"SegmentationObject/{picture}").replace(".xml", ".png"): png(PICTURE),
    }
    sent["JPEGImages/a.jpg"] = b"\xff\xd8\xff"
    labels = parsed("voc", sent, names=(image_name, "b.jpg"))
    found = fitted(labels, ExportedImage(1, image_name, WIDTH, HEIGHT))
    assert ([image.name for image in found.images], found.missing) == ([image_name], [])


@pytest.mark.parametrize(
    "sent, reason",
    [
        ({"Annotations/a.xml": XML.encode()}, "a.xml: it has 2 boxes and there is no SegmentationObject"),
        (files(XML[:90]), "a.xml: it is not XML"),
        (files("<!DOCTYPE a [<!ENTITY b 'c'>]><annotation>&b;</annotation>"), "declares entities"),
        (files("<annotations/>"), "its root is <annotations>"),
        (files(picture=b"text"), "a.png: this is no image"),
        (files(picture=png(PICTURE)[:-40]), "damaged"),
        (files(picture=png(PICTURE[:, :9])), "9 x 13 pixels, its XML file says 17 x 13"),
        (files(picture=png(PICTURE * 0)), "object 1 of the XML file ('fig') has no pixel"),
        (files(picture=png(PICTURE * 5)), "object 1 of the XML file ('fig') has no pixel"),
        (files(picture=png(np.where(PICTURE == 0, 3, PICTURE).astype(np.uint8))), "number 3 have no <object>"),
        (files(picture=colored(np.dstack([PICTURE * 3] * 3))), "#030303"),
        (files(XML.replace("<name>date</name>", "<name> </name>")), "object 2 of the XML file has no <name>"),
        (files(None), "number 1 have no <object>"),
        (files(None, classes=png(PICTURE)), "number 1 have no <object>"),
        (files(None, classes=png(PICTURE[:5]), label_map=LABEL_MAP), "another size: 17 x 5"),
        (files(None, classes=png(PICTURE * 0), label_map=LABEL_MAP), "has the class 0"),
        (files(None, classes=b"", label_map=LABEL_MAP), "this is no image"),
        (files(None, classes=colored(np.dstack([PICTURE * 3] * 3)), label_map=LABEL_MAP), "#030303"),
    ],
)  # fmt: skip
def test_parse__names_what_is_broken_with_its_image(sent: dict[str, bytes], reason: str) -> None:
    assert reason in problem_of(sent)


def test_parse__an_annotation_without_objects_is_an_empty_image() -> None:
    xml = XML[: XML.index("<object>")] + "</annotation>"
    image = only_image({"Annotations/a.xml": xml.encode()})
    assert (image.instances, image.problems) == ([], [])


@pytest.mark.parametrize("sent", [{"SegmentationClass/a.png": png(PICTURE)}, {"a.png": png(PICTURE)}, {"a.txt": b"x"}])
def test_parse__refuses_what_does_not_tell_objects_apart(sent: dict[str, bytes]) -> None:
    with pytest.raises(UnreadableFile, match="SegmentationObject"):
        parsed("voc", sent)
