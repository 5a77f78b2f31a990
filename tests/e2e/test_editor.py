"""The editor, used with mouse and keys: what is drawn is what is stored, to the pixel, and nothing is lost."""

from contextlib import suppress
from dataclasses import dataclass

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Route, expect

from app.cli.demo_scenes import HEIGHT, WIDTH
from app.masks.instance import Point, Polygon
from app.masks.raster import instance_to_mask, polygons_to_mask
from tests.e2e.conftest import Browsing
from tests.e2e.drawing import expect_objects, expect_saved, open_editor
from tests.e2e.projects import add_label, make_project, stored_instances, upload_scenes
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SQUARE = [(60, 60), (220, 60), (220, 200), (60, 200)]
HOLE = [(100, 100), (160, 100), (130, 160)]
TRIANGLE = [(300, 80), (400, 90), (350, 200)]
BRUSH_RADIUS_PX = 12  # the editor's first


@dataclass(frozen=True)
class Picture:
    """An image without labels, in a project with the labels leaf and pebble."""

    project_id: int
    image_id: int


@pytest.fixture
def picture(api: httpx.Client) -> Picture:
    project_id = make_project(api, "Drawing")
    for name in ("leaf", "pebble"):
        add_label(api, project_id, name)
    (image_id,) = upload_scenes(api, project_id, {"scene.jpg": draw_scene(1)})
    return Picture(project_id, image_id)


def test_polygon__keeps_its_hole_and_its_second_part(page: Page, api: httpx.Client, picture: Picture) -> None:
    canvas = open_editor(page, picture.project_id, picture.image_id)
    page.keyboard.press("2")
    page.keyboard.press("n")
    exterior = canvas.draw_ring(SQUARE)
    page.keyboard.press("h")
    hole = canvas.draw_ring(HOLE)
    page.keyboard.press("g")
    part = canvas.draw_ring(TRIANGLE)
    expect_saved(page)

    page.reload()
    expect_objects(page, "pebble 110 points")
    (stored,) = stored_instances(api, picture.image_id)
    drawn = [Polygon(exterior, (hole,)), Polygon(part)]
    assert stored.class_name == "pebble"
    assert [len(polygon.holes) for polygon in stored.polygons] == [1, 0]
    assert np.array_equal(instance_to_mask(stored, HEIGHT, WIDTH), polygons_to_mask(drawn, HEIGHT, WIDTH))


def test_bitmap__keeps_strokes_less_what_was_erased(page: Page, api: httpx.Client, picture: Picture) -> None:
    canvas = open_editor(page, picture.project_id, picture.image_id)
    page.keyboard.press("b")
    page.keyboard.press("e")
    painted = canvas.drag((100, 150), (300, 150))
    page.keyboard.press("r")
    erased = canvas.drag((200, 100), (200, 220))
    expect_saved(page)

    drawn = _stroke(*painted) & ~_stroke(*erased)
    page.reload()
    expect_objects(page, f"leaf 1{drawn.sum():,} px")
    (stored,) = stored_instances(api, picture.image_id)
    assert stored.rle is not None
    assert np.array_equal(instance_to_mask(stored, HEIGHT, WIDTH), drawn)


def test_box_and_ellipse__are_polygons_as_large_as_the_drag(page: Page, api: httpx.Client, picture: Picture) -> None:
    canvas = open_editor(page, picture.project_id, picture.image_id)
    page.keyboard.press("r")
    (x0, y0), (x1, y1) = canvas.drag((50, 50), (150, 110))
    page.keyboard.press("o")
    (left, top), (right, bottom) = canvas.drag((250, 100), (350, 200))
    expect_saved(page)

    box, ellipse = stored_instances(api, picture.image_id)
    assert sorted(box.polygons[0].exterior) == sorted([(x0, y0), (x0, y1), (x1, y0), (x1, y1)])
    area = instance_to_mask(ellipse, HEIGHT, WIDTH).sum()
    assert area == pytest.approx(np.pi / 4 * (right - left) * (bottom - top), rel=0.02)


def test_undo__goes_back_and_forth_over_drawing_and_deleting(page: Page, api: httpx.Client, picture: Picture) -> None:
    canvas = open_editor(page, picture.project_id, picture.image_id)
    for ring in (SQUARE, TRIANGLE):
        page.keyboard.press("n")
        canvas.draw_ring(ring)
    expect_objects(page, "leaf 14 points", "leaf 23 points")
    page.keyboard.press("Control+z")
    expect_objects(page, "leaf 14 points")
    page.keyboard.press("Control+y")
    expect_objects(page, "leaf 14 points", "leaf 23 points")
    page.keyboard.press("Delete")
    expect_objects(page, "leaf 14 points")
    expect_saved(page)
    assert len(stored_instances(api, picture.image_id)) == 1

    page.keyboard.press("Control+z")
    expect_objects(page, "leaf 14 points", "leaf 23 points")
    expect_saved(page)
    assert [len(instance.polygons[0].exterior) for instance in stored_instances(api, picture.image_id)] == [4, 3]


def test_closed_page__its_last_change_is_there_again(page: Page, picture: Picture) -> None:
    canvas = open_editor(page, picture.project_id, picture.image_id)
    page.keyboard.press("n")
    canvas.draw_ring(SQUARE)
    context = page.context
    page.close()

    again = context.new_page()
    open_editor(again, picture.project_id, picture.image_id)
    expect_objects(again, "leaf 14 points")
    expect_saved(again)


def test_crashed_page__what_the_server_never_got_is_brought_back(
    page: Page, api: httpx.Client, picture: Picture
) -> None:
    canvas = open_editor(page, picture.project_id, picture.image_id)
    page.route("**/instances", _leave_unanswered)
    page.keyboard.press("n")
    corners = canvas.draw_ring(TRIANGLE)
    expect(page.get_by_text("Saving", exact=True)).to_be_visible()
    _crash(page)
    assert stored_instances(api, picture.image_id) == []

    again = page.context.new_page()
    open_editor(again, picture.project_id, picture.image_id)
    expect(again.get_by_text("1 unsaved change of an earlier session was brought back.")).to_be_visible()
    expect_objects(again, "leaf 13 points")
    expect_saved(again)
    (stored,) = stored_instances(api, picture.image_id)
    assert stored.polygons == (Polygon(corners),)

    again.get_by_role("button", name="leaf 1 3 points").click()
    again.keyboard.press("Delete")
    expect_objects(again)
    expect_saved(again)
    again.reload()
    expect(again.get_by_test_id("canvas")).to_be_visible()
    expect_saved(again)
    expect_objects(again)
    expect(again.get_by_text("brought back")).to_have_count(0)


def test_two_people__keep_each_others_objects(browsing: Browsing, api: httpx.Client, picture: Picture) -> None:
    pages = [browsing.open_page(), browsing.open_page()]
    canvases = [open_editor(page, picture.project_id, picture.image_id) for page in pages]
    for page, canvas, ring in zip(pages, canvases, (SQUARE, TRIANGLE), strict=True):
        page.keyboard.press("n")
        canvas.draw_ring(ring)
        expect_saved(page)

    expect_objects(pages[1], "leaf 13 points", "leaf 24 points")
    assert len(stored_instances(api, picture.image_id)) == 2
    browsing.forgive("412 (Precondition Failed)")


def _stroke(start: Point, end: Point) -> NDArray[np.bool_]:
    """The pixels whose middle is within the brush's radius of a level or upright line."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    (x0, x1), (y0, y1) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return np.asarray(np.hypot(x - np.clip(x, x0, x1), y - np.clip(y, y0, y1)) <= BRUSH_RADIUS_PX)


def _leave_unanswered(route: Route) -> None:
    if route.request.method == "GET":
        route.continue_()


def _crash(page: Page) -> None:
    """End the process that runs the page, as a lack of memory does."""
    with page.expect_event("crash"), suppress(PlaywrightError):
        page.goto("chrome://crash")
