import json
from typing import Any

import pytest

from app.labels.formats import maskwright
from app.labels.formats.parsed import ExportedClass, ExportedImage, LabelExport, UnreadableFile
from app.masks.instance import Instance, Polygon
from app.masks.rle import rle_from_uncompressed
from tests.labels.conftest import FIRST_ID, SECOND_ID, polygon_instance


def document(*instances: Any, **changes: Any) -> dict[str, Any]:
    return {
        "format": "maskwright",
        "version": 1,
        "labels": [{"name": "fig", "color": "#e69f00"}],
        "images": [{"name": "a.png", "width": 10, "height": 8, "instances": list(instances)}],
        **changes,
    }


def test_write__then_parse_loses_nothing() -> None:
    instances = (
        Instance(
            FIRST_ID,
            "fig",
            (Polygon(((1.0, 1.0), (9.25, 2.0), (4.1, 7.0)), (((3.0, 3.0), (4.0, 3.0), (4.0, 4.0)),)),),
            source="model:fruit-2",
        ),
        Instance(SECOND_ID, "fig", rle=rle_from_uncompressed((8, 10), [6, 2, 72]), crowd=True),
    )
    image = ExportedImage(1, "a.png", 10, 8)
    export = LabelExport("Fruit", [ExportedClass(4, "fig", "#E69F00")], [image], [[(image, instances)], []])
    parsed = maskwright.parse_document(
        json.loads(b"".join(chunk for file in maskwright.write(export) for chunk in file.content))
    )
    assert parsed.colors == {"fig": "#E69F00"}
    assert (parsed.images[0].name, parsed.images[0].width, parsed.images[0].height) == ("a.png", 10, 8)
    assert [
        Instance(i.instance_id or "", i.class_name, i.polygons, i.rle, i.crowd, i.source)
        for i in parsed.images[0].instances
    ] == list(instances)


def test_parse__names_a_broken_instance_with_its_image() -> None:
    parsed = maskwright.parse_document(document(polygon_instance(), {"id": SECOND_ID, "label": "fig"}))
    (problem,) = parsed.images[0].problems
    assert (problem.image, problem.entry) == ("a.png", "instances[1]")
    assert "neither polygons nor rle" in problem.error


@pytest.mark.parametrize(
    "broken",
    [[], {}, document(version=2), document(labels=None), document(images={}), document(labels=[{"color": "#000000"}])],
)
def test_parse__refuses_what_is_no_file_of_ours(broken: Any) -> None:
    with pytest.raises(UnreadableFile):
        maskwright.parse_document(broken)


def test_parse__names_an_image_without_its_parts() -> None:
    parsed = maskwright.parse_document(document(images=[{"name": "a.png"}]))
    assert (parsed.images, parsed.problems[0].entry) == ([], "images[0]")
