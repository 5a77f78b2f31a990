"""The label files that docs/labels.md shows can be imported, and hold what they are said to hold."""

import re

import numpy as np
import pytest

from app.labels.formats.parsed import ExportedImage
from app.masks.instance import Polygon
from app.masks.raster import instance_to_mask, polygons_to_mask
from tests.docs.fences import code_blocks, page, section
from tests.labels.formats.scenes import fitted, fitted_instance, parsed
from tests.masks.raster_vectors import rows_to_mask

PAGE = page("labels.md")
WIDTH, HEIGHT = 800, 600
IMAGE = ExportedImage(1, "left/fig.jpg", WIDTH, HEIGHT)
TRIANGLE = ((1.5, 2.0), (9.0, 2.0), (4.0, 7.5))
CROWD = rows_to_mask("##. .##")
CROWD_LEFT, CROWD_TOP = 20, 30
FILES = {  # heading, language of the block, name of the file
    "coco": ("COCO as we write it", "json", "labels.json"),
    "maskwright": ("`maskwright`", "json", "labels.json"),
    "labelme": ("`labelme`", "json", "left/fig.json"),
    "cvat": ("`cvat`", "xml", "annotations.xml"),
}


@pytest.mark.parametrize("file_format", FILES)
def test_example__is_a_triangle_and_a_crowd(file_format: str) -> None:
    heading, language, name = FILES[file_format]
    (example,) = code_blocks(section(PAGE, heading), language)
    found = fitted(parsed(file_format, {name: example.encode()}, names=[IMAGE.name]), IMAGE)
    assert (found.refusals, found.missing) == ([], [])

    (image,) = found.images
    triangle, crowd = (fitted_instance(each, IMAGE) for each in image.instances)
    assert (triangle.class_name, triangle.crowd, triangle.polygons[0].exterior) == ("fig", False, TRIANGLE)
    assert (crowd.class_name, crowd.crowd) == ("fig", True)
    mask = instance_to_mask(crowd, HEIGHT, WIDTH)
    rows, columns = CROWD.shape
    assert np.array_equal(mask[CROWD_TOP : CROWD_TOP + rows, CROWD_LEFT : CROWD_LEFT + columns], CROWD)
    assert mask.sum() == CROWD.sum()


def test_example__of_coco_has_the_area_that_we_count() -> None:
    (example,) = code_blocks(section(PAGE, "COCO as we write it"), "json")
    areas = [int(area) for area in re.findall(r'"area": (\d+)', example)]
    assert areas == [polygons_to_mask([Polygon(TRIANGLE)], HEIGHT, WIDTH).sum(), CROWD.sum()]


def test_example__of_yolo_is_two_files_of_labels() -> None:
    (listing,) = code_blocks(section(PAGE, "`yolo`"), "text")
    files = {name: content.encode() for name, content in _listed_files(listing).items()}
    found = parsed("yolo", files, names=["left/fig.jpg", "date.png"])
    problems = [*found.problems, *(problem for image in found.images for problem in image.problems)]
    labels = {image.name: [each.class_name for each in image.instances] for image in found.images}
    assert (problems, labels) == ([], {"left/fig": ["fig"], "date": ["date"]})


def _listed_files(listing: str) -> dict[str, str]:
    """Read a listing of names and, two spaces on, what the files hold; further lines of a file have no name."""
    files: dict[str, str] = {}
    name = ""
    for line in listing.splitlines():
        begin = re.match(r"(\S*)\s{2,}", line)
        assert begin, line
        name = begin.group(1) or name
        files[name] = files.get(name, "") + line[begin.end() :] + "\n"
    return files
