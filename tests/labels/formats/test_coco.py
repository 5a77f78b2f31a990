import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.labels.formats import coco
from app.labels.formats.parsed import UnreadableFile

TRIANGLE = [1.0, 1.0, 9.0, 2.0, 4.0, 7.5]


def document(*annotations: Any, images: list[Any] | None = None) -> dict[str, Any]:
    return {
        "images": [{"id": 1, "file_name": "a.png", "width": 10, "height": 8}] if images is None else images,
        "categories": [{"id": 7, "name": "fig"}],
        "annotations": list(annotations),
    }


def annotation(segmentation: Any, **changes: Any) -> dict[str, Any]:
    return {"id": 3, "image_id": 1, "category_id": 7, "segmentation": segmentation, "iscrowd": 0, **changes}


def test_parse__reads_polygons_of_several_parts() -> None:
    parsed = coco.parse_document(document(annotation([TRIANGLE, [0, 0, 2, 0, 2, 2]])))
    (image,) = parsed.images
    (instance,) = image.instances
    assert (image.name, image.width, image.height) == ("a.png", 10, 8)
    assert instance.class_name == "fig"
    assert [polygon.exterior for polygon in instance.polygons] == [
        ((1.0, 1.0), (9.0, 2.0), (4.0, 7.5)),
        ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0)),
    ]
    assert not instance.crowd
    assert parsed.problems == image.problems == []


def test_parse__drops_a_last_point_that_closes_the_ring() -> None:
    (instance,) = coco.parse_document(document(annotation([[*TRIANGLE, 1.0, 1.0]]))).images[0].instances
    assert len(instance.polygons[0].exterior) == 3


@pytest.mark.parametrize("counts", ["0102234000005", [6, 2, 72]])
def test_parse__reads_both_kinds_of_rle(counts: Any) -> None:
    parsed = coco.parse_document(document(annotation({"size": [8, 10], "counts": [6, 2, 72]}, iscrowd=1)))
    (instance,) = parsed.images[0].instances
    assert instance.rle is not None
    again = coco.parse_document(document(annotation({"size": [8, 10], "counts": instance.rle.counts})))
    assert again.images[0].instances[0].rle == instance.rle
    assert instance.crowd


BAD_ANNOTATIONS: dict[str, tuple[Any, str]] = {
    "two points": (annotation([[1, 1, 2, 2]]), "2 points"),
    "two points, closed": (annotation([[1, 1, 2, 2, 1, 1]]), "2 points"),
    "odd": (annotation([[1, 1, 2, 2, 3, 3, 4]]), "odd count"),
    "NaN": (annotation([[1, 1, 2, float("nan"), 3, 3]]), "not finite"),
    "infinite": (annotation([[1, 1, 2, float("inf"), 3, 3]]), "not finite"),
    "huge": (annotation([[1, 1, 2, 10**400, 3, 3]]), "not finite"),
    "text": (annotation([[1, 1, 2, "2", 3, 3]]), "flat list of numbers"),
    "boolean": (annotation([[1, 1, 2, True, 3, 3]]), "flat list of numbers"),
    "nested": (annotation([[[1, 1], [2, 2], [3, 3]]]), "flat list of numbers"),
    "flat": (annotation(TRIANGLE), "flat list of numbers"),
    "empty": (annotation([]), "no outline"),
    "missing": ({"id": 3, "image_id": 1, "category_id": 7, "bbox": [1, 1, 2, 2]}, "no outline"),
    "null": (annotation(None), "no outline"),
    "unknown category": (annotation([TRIANGLE], category_id=99), "99 is none of the file's categories"),
    "no category": (annotation([TRIANGLE], category_id=[1]), "none of the file's categories"),
    "runs too short": (annotation({"size": [8, 10], "counts": [6, 2]}), "add up to 8"),
    "runs of text": (annotation({"size": [8, 10], "counts": ["a"]}), "rle counts"),
    "counts cut": (annotation({"size": [8, 10], "counts": "o"}), "rle counts"),
    "no size": (annotation({"counts": "01"}), "size"),
}


@pytest.mark.parametrize("case", BAD_ANNOTATIONS)
def test_parse__names_a_broken_annotation_with_its_image(case: str) -> None:
    bad, reason = BAD_ANNOTATIONS[case]
    parsed = coco.parse_document(document(annotation([TRIANGLE]), bad))
    (problem,) = parsed.images[0].problems
    assert (problem.image, problem.entry) == ("a.png", "annotation 3")
    assert reason in problem.error


@pytest.mark.parametrize("image_id", [99, None, [1]])
def test_parse__names_an_annotation_of_no_image(image_id: Any) -> None:
    parsed = coco.parse_document(document(annotation([TRIANGLE], image_id=image_id)))
    (problem,) = parsed.problems
    assert problem.image is None
    assert "none of the file's images" in problem.error


def test_parse__refuses_images_that_share_an_id() -> None:
    images = [{"id": 1, "file_name": "a.png"}, {"id": 1, "file_name": "b.png"}]
    parsed = coco.parse_document(document(annotation([TRIANGLE]), images=images))
    assert parsed.problems[0].image == "b.png"
    assert parsed.images[0].problems[0].image == "a.png"


@pytest.mark.parametrize(
    "broken",
    [
        [],
        "text",
        {},
        {"images": [], "annotations": []},
        {"images": {}, "annotations": [], "categories": []},
        {"images": [], "annotations": [], "categories": [{"id": 1}]},
        {"images": [], "annotations": [], "categories": [{"id": 1, "name": " "}]},
    ],
)
def test_parse__refuses_what_is_no_coco_file(broken: Any) -> None:
    with pytest.raises(UnreadableFile):
        coco.parse_document(broken)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(
    field=st.sampled_from(["id", "image_id", "category_id", "segmentation", "iscrowd", "file_name", "width", "name"]),
    value=json_values,
)
def test_parse__whatever_a_field_holds(field: str, value: Any) -> None:
    whole = document(annotation([TRIANGLE]), annotation({"size": [8, 10], "counts": [6, 2, 72]}))
    for entry in (*whole["images"], *whole["annotations"], *whole["categories"]):
        if field in entry:
            entry[field] = value
    try:
        parsed = coco.parse_document(json.loads(json.dumps(whole)))
    except UnreadableFile:
        return
    problems = [*parsed.problems, *(problem for image in parsed.images for problem in image.problems)]
    assert problems or sum(len(image.instances) for image in parsed.images) == 2
