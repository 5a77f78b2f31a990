"""Outlines for thumbnails over HTTP."""

import numpy as np
import pytest

from app.masks.rle import encode_mask
from tests.labels.conftest import FIRST_ID, SECOND_ID, SQUARE, Labeled, MakeImage, polygon_instance

HOLE = [[3.0, 2.0], [5.0, 2.0], [5.0, 4.0]]


def test_outlines__give_the_rings_of_polygons_and_masks(
    image: Labeled, labels: dict[str, int], make_image: MakeImage
) -> None:
    mask = np.zeros((8, 10), dtype=bool)
    mask[2:5, 3:9] = True
    rle = {"size": [8, 10], "counts": encode_mask(mask).counts}
    donut = {**polygon_instance(FIRST_ID), "polygons": [{"exterior": SQUARE, "holes": [HOLE]}]}
    image.put(donut, {"id": SECOND_ID, "label": "date", "rle": rle})
    empty_id = make_image("b.png")
    path = f"/api/v1/projects/{image.project_id}/outlines?image_ids={empty_id},{image.image_id},9999"
    first, second = image.person.get(path).json()["items"]
    assert (first["image_id"], first["revision"]) == (image.image_id, 1)
    assert second == {"image_id": empty_id, "revision": 0, "outlines": []}
    polygons, traced = first["outlines"]
    assert (polygons["label_id"], traced["label_id"]) == (labels["fig"], labels["date"])
    assert [sorted(ring) for ring in polygons["rings"]] == [sorted(SQUARE), sorted(HOLE)]
    assert [sorted(ring) for ring in traced["rings"]] == [[[3, 2], [3, 5], [9, 2], [9, 5]]]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_outlines__are_simpler_than_the_image_is_fine(image: Labeled, make_image: MakeImage) -> None:
    large = Labeled(image.person, image.project_id, make_image("large.png", width=5120, height=5120))
    turns = np.linspace(0, 2 * np.pi, 500, endpoint=False)
    circle = np.stack([2000 + 500 * np.cos(turns), 2000 + 500 * np.sin(turns)], axis=1)
    large.put(polygon_instance(ring=circle.tolist()))
    path = f"/api/v1/projects/{image.project_id}/outlines?image_ids={large.image_id}"
    (ring,) = image.person.get(path).json()["items"][0]["outlines"][0]["rings"]
    assert len(ring) < 50
    distances = np.hypot(*(np.array(ring) - 2000).T)
    assert np.abs(distances - 500).max() < 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("ids", "status"), [("9999", 200), ("1,x", 422), ("", 200), (",".join(map(str, range(1, 300))), 422)]
)
def test_outlines__refuse_what_is_no_id(image: Labeled, ids: str, status: int) -> None:
    answer = image.person.get(f"/api/v1/projects/{image.project_id}/outlines?image_ids={ids}")
    assert answer.status_code == status
