"""What the editor's tools leave in the store, to the corner and the pixel: shared borders, lassos, joined polygons."""

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from app.cli.demo_scenes import HEIGHT, WIDTH
from app.masks.instance import Polygon
from app.masks.raster import instance_to_mask, polygons_to_mask
from tests.e2e.drawing import Canvas, expect_objects, expect_saved, open_editor
from tests.e2e.projects import add_label, make_project, stored_instances, upload_scenes
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOUSE = [(120, 220), (120, 140), (200, 90), (280, 140), (280, 220)]
AROUND_THE_ROOF = [(123, 137), (277, 138), (300, 60), (100, 60)]
SQUARE = [(60, 60), (160, 60), (160, 160), (60, 160)]
SLANTED = [(110, 110), (230, 117), (230, 200), (110, 200)]
OVERLAPPING = [(110, 110), (230, 110), (230, 200), (110, 200)]


@pytest.fixture
def image_id(api: httpx.Client) -> int:
    project_id = make_project(api, "Tools")
    for name in ("leaf", "pebble"):
        add_label(api, project_id, name)
    (image_id,) = upload_scenes(api, project_id, {"scene.jpg": draw_scene(1)})
    return image_id


@pytest.fixture
def canvas(page: Page, api: httpx.Client, image_id: int) -> Canvas:
    project_id: int = api.get(f"/api/v1/images/{image_id}").json()["project_id"]
    return open_editor(page, project_id, image_id)


def test_magnet__two_objects_share_a_border_without_gap_or_overlap(
    page: Page, api: httpx.Client, canvas: Canvas, image_id: int
) -> None:
    page.keyboard.press("n")
    house = canvas.draw_ring(HOUSE)
    page.keyboard.press("t")
    expect(page.get_by_role("checkbox", name="Snap to neighbours")).to_be_checked()
    page.keyboard.press("n")
    clicked = canvas.draw_ring(AROUND_THE_ROOF)
    expect_saved(page)

    below, above = stored_instances(api, image_id)
    assert above.polygons[0].exterior == (house[1], house[2], house[3], *clicked[2:])
    masks = [instance_to_mask(instance, HEIGHT, WIDTH) for instance in (below, above)]
    whole = Polygon((house[0], house[1], clicked[3], clicked[2], house[3], house[4]))
    assert not (masks[0] & masks[1]).any()
    assert np.array_equal(masks[0] | masks[1], polygons_to_mask([whole], HEIGHT, WIDTH))


def test_lasso__adds_to_a_bitmap_and_cuts_from_it(page: Page, api: httpx.Client, canvas: Canvas, image_id: int) -> None:
    page.keyboard.press("b")
    page.get_by_role("button", name="Lasso: add").click()
    added = canvas.draw_ring(SQUARE)
    page.get_by_role("button", name="Lasso: cut off").click()
    cut = canvas.draw_ring(SLANTED)
    expect_saved(page)

    (stored,) = stored_instances(api, image_id)
    assert stored.rle is not None
    square, other = (polygons_to_mask([Polygon(ring)], HEIGHT, WIDTH) for ring in (added, cut))
    assert np.array_equal(instance_to_mask(stored, HEIGHT, WIDTH), square & ~other)


def test_join__two_polygons_become_one_with_their_corners(
    page: Page, api: httpx.Client, canvas: Canvas, image_id: int
) -> None:
    rings = []
    for ring in (SQUARE, OVERLAPPING):
        page.keyboard.press("n")
        rings.append(canvas.draw_ring(ring))
    page.keyboard.press("j")
    expect_objects(page, "leaf 18 points")
    expect_saved(page)

    (stored,) = stored_instances(api, image_id)
    corners = set(stored.polygons[0].exterior)
    assert {*rings[0], *rings[1]} - corners == {rings[0][2], rings[1][0]}
    both = polygons_to_mask([Polygon(ring) for ring in rings], HEIGHT, WIDTH)
    assert np.array_equal(instance_to_mask(stored, HEIGHT, WIDTH), both)
