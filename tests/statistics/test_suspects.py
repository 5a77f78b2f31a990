from collections.abc import Iterator

import pytest

from app.statistics.schemas import SuspectKind
from app.statistics.suspects import find_suspects
from tests.statistics.planted import CELL_PX, CELLS, PlantedSet, plant


def true_errors(planted: PlantedSet) -> Iterator[tuple[SuspectKind, bool]]:
    """Each suspect, the likeliest first: its kind, and whether it points at a planted error."""
    loaded = planted.loaded()
    table = loaded.joined.table
    ids = [instance_id for image in loaded.images for instance_id in image.truth_ids]
    boxes = [box for image in loaded.images for box in image.boxes_xyxy.tolist()]
    for one in find_suspects(loaded):
        if one.truth >= 0:
            yield one.kind, ids[one.truth] in planted.wrong_ids
        else:
            left, top, _, _ = boxes[one.prediction]
            image_id = loaded.images[table.prediction_images[one.prediction]].image_id
            yield one.kind, (image_id, top // CELL_PX * CELLS + left // CELL_PX) in planted.removed


@pytest.mark.parametrize("seed", range(3))
def test_find_suspects__planted_errors_come_first(seed: int) -> None:
    planted = plant(image_count=143, error_share=0.05, seed=seed)  # 2,000 labels, about 100 of them wrong
    error_count = len(planted.wrong_ids) + len(planted.removed)
    assert 70 <= error_count <= 130
    first = [is_error for _, is_error in true_errors(planted)][:100]
    assert sum(first) >= 0.7 * min(error_count, 100)


def test_find_suspects__each_kind_finds_its_errors() -> None:
    planted = plant(image_count=143, error_share=0.05, seed=9)
    hits = dict.fromkeys(SuspectKind, 0)
    for kind, is_error in true_errors(planted):
        hits[kind] += is_error
    assert hits[SuspectKind.UNLABELED] >= 0.8 * len(planted.removed)
    assert all(count > 10 for count in hits.values())


def test_find_suspects__an_object_is_suspected_once() -> None:
    found = find_suspects(plant(image_count=30, error_share=0.1, seed=2).loaded())
    truths = [one.truth for one in found if one.truth >= 0]
    assert len(truths) == len(set(truths)) > 5
    suspicions = [one.suspicion for one in found]
    assert suspicions == sorted(suspicions, reverse=True)
    assert 0 < suspicions[-1] <= suspicions[0] <= 1
