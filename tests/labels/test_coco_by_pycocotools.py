"""Whatever is stored, pycocotools finds the same pixels, area and box in the COCO file that is exported."""

import contextlib
import io
import uuid
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pycocotools.coco import COCO

from app.masks.instance import Instance, Polygon, instance_from_json, instance_to_json
from app.masks.polygons import clip_polygons
from app.masks.raster import instance_to_mask
from app.masks.rle import encode_mask
from tests.conftest import Person
from tests.labels.conftest import Labeled, MakeImage
from tests.labels.formats.scenes import CLASSES, HEIGHT, WIDTH, instances
from tests.masks.raster_vectors import rows_to_mask
from tests.masks.strategies import rings

LABEL = CLASSES[0].name
SQUARE = ((2.0, 1.0), (9.0, 1.0), (9.0, 8.0), (2.0, 8.0))
HOLE = ((4.0, 3.0), (6.5, 3.0), (6.5, 5.5), (4.0, 5.5))
CORNER_PIXEL = ((16.0, 12.0), (17.0, 12.0), (17.0, 13.0), (16.0, 13.0))
WHOLE_IMAGE = ((0.0, 0.0), (17.0, 0.0), (17.0, 13.0), (0.0, 13.0))
SLIVER = ((5.2, 5.2), (5.3, 5.2), (5.3, 5.3))
STAIRS = np.pad(rows_to_mask("#.. ##. .##"), ((0, HEIGHT - 3), (WIDTH - 3, 0)))


def outline(*polygons: Polygon, crowd: bool = False) -> Instance:
    return Instance("", LABEL, polygons=polygons, crowd=crowd)


EXAMPLES = [
    outline(Polygon(SQUARE, (HOLE,))),
    outline(Polygon(SQUARE), Polygon(CORNER_PIXEL)),
    outline(Polygon(CORNER_PIXEL)),
    outline(Polygon(WHOLE_IMAGE), crowd=True),
    outline(Polygon(SLIVER)),
    Instance("", LABEL, rle=encode_mask(STAIRS)),
    Instance("", LABEL, rle=encode_mask(STAIRS[::-1]), crowd=True),
]


@st.composite
def over_the_border(draw: st.DrawFn) -> Instance:
    """An outline that leaves the image, and is cut where it does."""
    ring = rings(-6, WIDTH + 6).filter(lambda ring: bool(clip_polygons([Polygon(ring)], HEIGHT, WIDTH).polygons))
    return outline(*[Polygon(each) for each in draw(st.lists(ring, min_size=1, max_size=2))], crowd=draw(st.booleans()))


@pytest.fixture
def image(owner: Person, project_id: int, make_image: MakeImage) -> Labeled:
    for label in CLASSES:
        owner.post(f"/api/v1/projects/{project_id}/labels", json={"name": label.name})
    return Labeled(owner, project_id, make_image(width=WIDTH, height=HEIGHT))


# Each example replaces what the image had, so the examples may share it.
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(instances(), over_the_border()), min_size=1, max_size=6))
@example(EXAMPLES)
def test_export__is_the_same_to_pycocotools(image: Labeled, tmp_path: Path, drawn: list[Instance]) -> None:
    answer = image.put(*[instance_to_json(replace(each, instance_id=str(uuid.uuid4()))) for each in drawn])
    assert answer.status_code == 200, answer.text
    ours = [instance_from_json(item) for item in image.get()["items"]]
    coco = _exported(image, tmp_path / "labels.json")

    annotations = coco.loadAnns(coco.getAnnIds())
    assert [each["id"] for each in annotations] == list(range(1, len(drawn) + 1))
    assert all(type(row["id"]) is int for row in coco.dataset["images"] + coco.dataset["categories"])
    for instance, annotation in zip(ours, annotations, strict=True):
        mask = instance_to_mask(instance, HEIGHT, WIDTH)
        np.testing.assert_array_equal(_mask_of(coco, annotation), mask)
        assert annotation["area"] == mask.sum()
        assert annotation["bbox"] == _tight_box(annotation["segmentation"], mask)
        x, y, width, height = annotation["bbox"]
        assert 0 <= x <= x + width <= WIDTH
        assert 0 <= y <= y + height <= HEIGHT
        assert annotation["iscrowd"] == int(instance.crowd)


def _exported(image: Labeled, path: Path) -> COCO:
    query = {"format": "coco"}
    answer = image.person.get(f"/api/v1/projects/{image.project_id}/labels/export", params=query)
    path.write_bytes(answer.content)
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def _mask_of(coco: COCO, annotation: dict[str, Any]) -> NDArray[np.bool_]:
    with warnings.catch_warnings():
        # pycocotools 2.0.11 still wraps its arrays in NumPy 1's way.
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        return coco.annToMask(annotation).astype(bool)


def _tight_box(segmentation: Any, mask: NDArray[np.bool_]) -> list[float]:
    """The smallest box of the outline's coordinates, or of the mask's pixels."""
    if isinstance(segmentation, dict):
        rows, columns = np.nonzero(mask)
        if len(rows) == 0:
            return [0, 0, 0, 0]
        xs, ys = [columns.min(), columns.max() + 1], [rows.min(), rows.max() + 1]
    else:
        xs, ys = ([value for flat in segmentation for value in flat[axis::2]] for axis in (0, 1))
    return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]
