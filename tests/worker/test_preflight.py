import dataclasses

from app.db.enums import Split
from app.masks.instance import Instance
from tests.worker import synthetic
from worker.dataset import TrainingData
from worker.preflight import find_problems


def test_find_problems__nothing_of_an_ordinary_set() -> None:
    assert find_problems(synthetic.shapes(), image_size=64) == []


def test_find_problems__objects_without_an_area_empty_and_crowded_images() -> None:
    first, *others = synthetic.shapes().images
    line = Instance("line", "square", polygons=(synthetic.polygon(3, 3, 30, 3),))
    speck = Instance("speck", "square", polygons=(synthetic.polygon(3, 3, 4.5, 4.5),))  # 1.5 px a side; at 32: 0.75
    crowd = dataclasses.replace(first, instances=first.instances * 300)
    spoilt = dataclasses.replace(first, instances=(*first.instances, line, speck))
    data = TrainingData((spoilt, crowd, *others, synthetic.background(9, Split.TRAINING)))

    specks, empty, crowded = find_problems(data, image_size=32)

    assert specks.startswith("2 objects cover less than a pixel at 32 px")
    assert empty.startswith("1 of 6 training images have no object")
    assert crowded.startswith("1 images have more than 500 objects, up to 600")
