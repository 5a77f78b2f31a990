import io
import json
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.labels.formats import masks
from app.labels.formats.flattened import CROWD_LOSS, NO_PIXEL_LOSS, OUTLINE_LOSS
from app.labels.formats.mask_places import KnownNames, find_place, is_photo
from app.labels.formats.parsed import (
    ExportedClass,
    ExportedImage,
    LabelExport,
    ParsedImage,
    ProjectNames,
    UnreadableFile,
)
from app.labels.formats.pictures import write_mask
from app.masks.instance import Instance, Polygon
from app.masks.rle import encode_mask
from tests.labels.formats.breaking import expect_report_of_broken
from tests.labels.formats.scenes import (
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

MASK = np.zeros((HEIGHT, WIDTH), dtype=bool)
MASK[1:5, 2:6] = True
OTHER = np.roll(MASK, 5)
PNG = write_mask(MASK)


def read(files: Mapping[str, bytes], *, names: Sequence[str] = ("a.jpg",)) -> list[ParsedImage]:
    return parsed("masks", files, names=names).images


@given(st.lists(instances(), max_size=4))
@settings(max_examples=200)
def test_round_trip__gives_exactly_what_keep_says_and_every_pixel(drawn: list[Instance]) -> None:
    kept = masks.keep(drawn, HEIGHT, WIDTH)
    left = [each.instance for each in kept if each.instance is not None]
    back = [fitted_instance(instance) for instance in came_back("masks", left)] if left else []
    assert [described(instance) for instance in back] == [described(instance) for instance in left]
    for instance, each in zip(drawn, kept, strict=True):
        if each.instance is None:
            assert not covers_pixels(instance)
        else:
            assert described(each.instance) == (instance.class_name, False, described(instance)[2])


@given(st.lists(instances(), min_size=1, max_size=3), st.data())
@settings(max_examples=300)
def test_parse__broken_in_any_way_it_reports(drawn: list[Instance], data: st.DataObject) -> None:
    expect_report_of_broken("masks", drawn, data)


def test_keep__says_what_is_lost() -> None:
    triangle = Polygon(((1.0, 1.0), (9.0, 2.0), (4.0, 7.5)))
    outline, crowd, nothing = masks.keep(
        [
            Instance("", "fig", polygons=(triangle,)),
            Instance("", "fig", rle=encode_mask(MASK), crowd=True),
            Instance("", "fig", polygons=(Polygon(((1.0, 1.0), (1.1, 1.0), (1.1, 1.1))),)),
        ],
        HEIGHT,
        WIDTH,
    )
    assert (outline.losses, crowd.losses) == ((OUTLINE_LOSS,), (CROWD_LOSS,))
    assert (nothing.instance, nothing.losses) == (None, (NO_PIXEL_LOSS,))


def test_write__gives_folders_that_every_system_can_have() -> None:
    names = ["fig", "Fig", "a/b", "..", "con", "  dried: fig?  ", "ū"]
    classes = [ExportedClass(number, name, "#E69F00") for number, name in enumerate(names, start=1)]
    images = [ExportedImage(1, "left/a.jpg", WIDTH, HEIGHT), ExportedImage(2, "left/a.png", WIDTH, HEIGHT)]
    batch = [(image, tuple(Instance("", name, rle=encode_mask(MASK)) for name in names)) for image in images]
    files = {file.name: b"".join(file.content) for file in masks.write(LabelExport("Fruit", classes, images, [batch]))}
    folders = ["fig", "Fig_2", "a_b", "_", "_con", "dried_ fig_", "ū"]
    assert list(files) == ["labels.json"] + [
        f"left/{image}/{folder}/{number:03}.png"
        for image in ("a.jpg", "a.png")
        for number, folder in enumerate(folders, start=1)
    ]
    assert json.loads(files["labels.json"])["labels"][2] == {"name": "a/b", "folder": "a_b", "color": "#E69F00"}
    assert Image.open(io.BytesIO(files["left/a.jpg/fig/001.png"])).mode == "1"
    for top in ("", "masks of today/"):
        labels = parsed("masks", {top + name: content for name, content in files.items()}, names=("left/a.jpg",))
        assert [image.name for image in labels.images] == ["left/a.jpg", "left/a.png"]
        assert not any(image.is_stem for image in labels.images)
        assert [instance.class_name for instance in labels.images[0].instances] == names
        assert list(labels.colors) == names


@pytest.mark.parametrize(
    "file, place",
    [
        ("img_1/fig/001.png", ("img_1", "fig")),
        ("img_1.jpg/fig/001.png", ("img_1.jpg", "fig")),
        ("left/img_1/a new one/7.PNG", ("left/img_1", "a new one")),
        ("top/left/img_1/fig/001.png", ("top/left/img_1", "fig")),
        ("fig/img_1_2.png", ("img_1", "fig")),
        ("fig/img_1-2.png", ("img_1", "fig")),
        ("fig/img_1.png", ("img_1", "fig")),
        ("left/fig/img_1_2.png", ("left/img_1", "fig")),
        ("masks/img_1_fig_2.png", ("masks/img_1", "fig")),
        ("img_1_fig_2.png", ("img_1", "fig")),
        ("img_1_fig.png", ("img_1", "fig")),
        ("img_1_dried_fig_2.png", ("img_1", "dried_fig")),
        ("img_1_plum_2.png", ("img_1", "plum")),
        ("img_1/masks/anything.png", ("img_1", "object")),
        ("stage1_train/img_1/masks/f00.tif", ("stage1_train/img_1", "object")),
        ("masks/img_1.png", ("img_1", "object")),
        ("fig/img_1/3.png", ("img_1", "fig")),
        ("img_1/3.png", ("img_1", "object")),
        ("unknown/fig/001.png", ("unknown", "fig")),
        ("left/unknown/masks/001.png", ("left/unknown", "object")),
        ("fig/unknown_1.png", ("unknown", "fig")),
        ("left/fig/unknown_1.png", ("unknown", "fig")),
        ("unknown.png", None),
        ("fig/unknown.png", None),
    ],
)
def test_find_place__tells_image_and_label(file: str, place: tuple[str, str] | None) -> None:
    known = KnownNames(ProjectNames(("left/img_1.jpg", "right/other.png"), ("fig", "dried_fig")))
    found = find_place(file, known)
    assert (None if found is None else (found.image, found.label)) == place


def test_find_place__a_folder_called_masks_means_the_only_label_or_the_label_of_that_name() -> None:
    for classes, label in ((["nucleus"], "nucleus"), (["a", "masks"], "masks"), ([], "object")):
        place = find_place("a/masks/1.png", KnownNames(ProjectNames(["a.png"], classes)))
        assert place is not None
        assert place.label == label


def test_is_photo__is_an_image_beside_the_masks() -> None:
    known = KnownNames(ProjectNames(["left/a.png", "b.png"], ["img"]))
    photos = ["left/a.png", "top/left/a.png", "b.png", "a/images/a.png", "JPEGImages/left/x.png"]
    others = ["a/masks/a.png", "fig/a.png", "fig/b.png", "img/b.png", "left/a/fig/1.png"]
    assert [file for file in photos + others if is_photo(file, known)] == photos


def test_parse__orders_objects_by_number_across_labels() -> None:
    (image,) = read({"a/fig/10.png": PNG, "a/date/9.png": PNG, "a/fig/2.png": PNG, "a/images/a.png": b"a photo"})
    assert [instance.entry for instance in image.instances] == ["a/fig/2.png", "a/date/9.png", "a/fig/10.png"]


def test_parse__finds_images_below_a_top_folder_and_in_folders() -> None:
    found = fitted(
        parsed("masks", {"top/left/a b/fig/1.png": PNG, "top/right/a b/fig/1.png": write_mask(OTHER)}),
        IMAGE,
    )
    assert ([image.name for image in found.images], found.missing) == ([IMAGE.name], ["top/right/a b"])


def test_parse__an_empty_mask_is_told_and_left_out() -> None:
    labels = parsed("masks", {"a b/fig/1.png": PNG, "a b/date/1.png": write_mask(MASK & False)})
    found = fitted(labels)
    assert (len(found.images[0].instances), found.refusals) == (1, [])
    assert [(note.entry, note.error) for note in found.notes] == [("a b/date/1.png", "it has no pixel; left out")]


@pytest.mark.parametrize(
    "content, reason",
    [(b"text", "no image"), (PNG[:-32], "damaged"), (write_mask(MASK[:, :9]), "9 x 13 pixels, its image's first mask")],
)
def test_parse__a_broken_mask_refuses_its_image(content: bytes, reason: str) -> None:
    first, other = read({"a/fig/1.png": PNG, "a/fig/2.png": content, "b/fig/1.png": PNG}, names=("a.jpg", "b.jpg"))
    (problem,) = first.problems
    assert (problem.image, problem.entry) == ("a", "a/fig/2.png")
    assert reason in problem.error
    assert (len(other.instances), other.problems) == (1, [])


def test_parse__masks_of_another_size_than_their_image_are_refused() -> None:
    found = fitted(parsed("masks", {"a b/fig/1.png": write_mask(MASK.T)}))
    assert found.images == []
    assert "13 x 17" in found.refusals[0].error


def test_parse__names_a_picture_that_is_nobodys_mask() -> None:
    labels = parsed("masks", {"a/fig/1.png": PNG, "legend.png": PNG}, names=("a.jpg",))
    assert [(problem.image, problem.entry) for problem in labels.problems] == [(None, "legend.png")]


@pytest.mark.parametrize("index", [b"{", b"[]", b'{"format": "masks", "labels": 3, "images": [{"name": 1}]}'])
def test_parse__goes_by_the_names_where_the_index_is_broken(index: bytes) -> None:
    (image,) = read({"labels.json": index, "a/fig/1.png": PNG})
    assert [instance.class_name for instance in image.instances] == ["fig"]


@pytest.mark.parametrize("files", [{"a.txt": b"x"}, {"a.jpg": b"x"}, {"legend.png": PNG}, {"images/a.png": PNG}])
def test_parse__refuses_what_holds_no_masks(files: dict[str, bytes]) -> None:
    with pytest.raises(UnreadableFile, match="name them <image>/<label>"):
        read(files)
