"""The editor's canvas shows each object where it is in the image, whatever paints it, however the view was moved."""

import io
from collections.abc import Callable

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

from app.cli.demo_scenes import Scene, SceneObject
from tests.e2e.drawing import open_editor
from tests.e2e.projects import add_label, import_labels, make_project
from tests.e2e.waiting import wait_until
from tests.oriented import Rgb

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTH, HEIGHT = 640, 400
LEFT, TOP, RIGHT, BOTTOM = 280, 160, 360, 240
OBJECTS = 12  # more than are drawn on top while their picture is on its way
GROUND, SQUARE = (225, 225, 225), (90, 160, 230)
NEAR_PX = 1.1  # an edge between two pixels is found in either

Mask = NDArray[np.bool_]
Edges = tuple[float, ...]  # left, top, right, bottom, in pixels of the page


@pytest.fixture
def place(api: httpx.Client) -> tuple[int, int]:
    """A project and its image: a square, labeled a few times over."""
    rgb = np.full((HEIGHT, WIDTH, 3), GROUND, np.uint8)
    rgb[TOP:BOTTOM, LEFT:RIGHT] = SQUARE
    project_id = make_project(api, "Square")
    add_label(api, project_id, "square")
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "PNG")
    answer = api.post(f"/api/v1/projects/{project_id}/images", files=[("files", ("square.png", file.getvalue()))])
    mask = (rgb == SQUARE).all(axis=2)
    scene = Scene(rgb, [SceneObject("square", mask)] * OBJECTS)
    assert import_labels(api, project_id, {"square.png": scene}) == OBJECTS
    return project_id, answer.json()["items"][0]["id"]


@pytest.mark.parametrize("ratio", [1, 1.25, 2])
def test_outline__lies_on_the_edges_of_what_it_is_around(
    open_page: Callable[..., Page], place: tuple[int, int], ratio: float
) -> None:
    page = open_page(ratio=ratio)
    open_editor(page, *place)
    for zoom in ("f", "a", "+", "+"):
        page.keyboard.press(zoom)
        _expect_around(page, ratio)
    page.keyboard.press("Shift+ArrowRight")
    _expect_around(page, ratio)


def test_painter_that_cannot_start__the_page_paints(page: Page, place: tuple[int, int]) -> None:
    page.route("**/sceneWorker*", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        open_editor(page, *place)
    _expect_around(page, 1)
    page.keyboard.press("+")
    _expect_around(page, 1)


def _expect_around(page: Page, ratio: float) -> None:
    """The halo reaches over the square's edges on all sides alike, and is gone when objects are hidden."""
    page.keyboard.press("x")
    assert wait_until(page, lambda: _edges(page, _is_dark, ratio), lambda edges: edges is None) is None
    square = _edges(page, _is_square, ratio)
    assert square is not None
    page.keyboard.press("x")
    wanted = tuple(edge + reach for edge, reach in zip(square, (-2, -2, 2, 2), strict=True))
    halo = wait_until(page, lambda: _edges(page, _is_dark, ratio), lambda edges: _is_near(edges, wanted))
    assert _is_near(halo, wanted), f"the square is at {square}, its halo at {halo}"


def _is_near(edges: Edges | None, wanted: Edges) -> bool:
    return edges is not None and all(abs(a - b) <= NEAR_PX for a, b in zip(edges, wanted, strict=True))


def _edges(page: Page, is_it: Callable[[Rgb], Mask], ratio: float) -> Edges | None:
    """What holds all pixels of a kind, in the middle of the canvas; none where there are none."""
    with Image.open(io.BytesIO(page.get_by_test_id("canvas").screenshot())) as screenshot:
        screen = np.array(screenshot.convert("RGB"))
    height, width = screen.shape[:2]
    found = is_it(screen)[height // 8 : height * 3 // 4, width // 8 : width * 7 // 8]
    rows, columns = np.nonzero(found)
    if rows.size == 0:
        return None
    pixels = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    return tuple(float(pixel) / ratio for pixel in pixels)


def _is_dark(screen: Rgb) -> Mask:
    return np.asarray((screen < 150).all(axis=2))


def _is_square(screen: Rgb) -> Mask:
    return np.asarray((abs(screen.astype(int) - SQUARE) < 60).all(axis=2))
