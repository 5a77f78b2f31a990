import dataclasses

from app.db.enums import Split
from app.masks.instance import Instance
from tests.worker import synthetic
from worker.dataset import TrainingData
from worker.preflight import find_problems, keeps_forms


def test_find_problems__nothing_of_an_ordinary_set() -> None:
    assert find_problems(synthetic.shapes(), image_size=64) == []


def test_find_problems__objects_without_an_area_tiny_ones_empty_and_crowded_images() -> None:
    first, *others = synthetic.shapes().images
    line = Instance("line", "square", polygons=(synthetic.polygon(3, 3, 30, 3),))
    speck = Instance("speck", "square", polygons=(synthetic.polygon(3, 3, 10, 30),))  # 7 px wide; at 32: 3.5
    crowd = dataclasses.replace(first, instances=first.instances * 600)
    spoilt = dataclasses.replace(first, instances=(line, *[speck] * 13))
    data = TrainingData((spoilt, crowd, *others, synthetic.background(9, Split.TRAINING)))

    degenerate, tiny, empty, crowded = find_problems(data, image_size=32)

    assert degenerate.startswith("1 of 1224 objects have no area")
    assert tiny.startswith("13 of 1224 objects are under 4 pixels wide or high at 32 px")
    assert empty.startswith("1 of 6 training images have no object")
    assert crowded.startswith("Images with more than 1000 objects, up to 1200: 1.")
    assert not any("under 4 pixels" in problem for problem in find_problems(data, image_size=64))


def test_keeps_forms__until_objects_are_a_few_pixels_wide() -> None:
    assert keeps_forms(synthetic.shapes(), image_size=40)
    assert not keeps_forms(synthetic.shapes(), image_size=12)  # squares of 3 px
