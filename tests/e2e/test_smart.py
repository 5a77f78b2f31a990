"""Smart labeling in the browser: a rectangle, strokes, and an object whose pixels are what the server found."""

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, Route, expect

from app.cli.demo_scenes import HEIGHT, WIDTH, Scene
from app.masks.raster import instance_to_mask
from tests.e2e.conftest import Browsing
from tests.e2e.drawing import Canvas, expect_objects, expect_saved, open_editor
from tests.e2e.projects import add_label, make_project, stored_instances, upload_scenes

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOX = ((180, 90), (340, 250))
DISC_MIDDLE, DISC_RADIUS = (260, 170), 60


@pytest.fixture
def disc() -> NDArray[np.bool_]:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    x, y = DISC_MIDDLE
    return np.hypot(columns + 0.5 - x, rows + 0.5 - y) <= DISC_RADIUS


@pytest.fixture
def picture(api: httpx.Client, disc: NDArray[np.bool_]) -> tuple[int, int]:
    """A project with the label leaf, and an image of one disc on a noisy ground."""
    noise = np.random.default_rng(3).normal(110, 12, (HEIGHT, WIDTH, 3))
    noise[disc] += (-40, 50, 0)
    project_id = make_project(api, "Smart")
    for name in ("leaf", "pebble"):
        add_label(api, project_id, name)
    (image_id,) = upload_scenes(api, project_id, {"disc.jpg": Scene(noise.clip(0, 255).astype(np.uint8), [])})
    return project_id, image_id


def mark(page: Page, picture: tuple[int, int]) -> Canvas:
    canvas = open_editor(page, *picture)
    page.keyboard.press("w")
    canvas.drag(*BOX)
    return canvas


def status(page: Page, words: str) -> None:
    bar = page.get_by_role("region", name="Smart: mark a rectangle")
    expect(bar.get_by_role("status")).to_contain_text(words)


def test_rectangle__becomes_the_object_in_it(
    page: Page, api: httpx.Client, picture: tuple[int, int], disc: NDArray[np.bool_]
) -> None:
    canvas = mark(page, picture)
    status(page, "Paint what is missing")
    (x, top), _ = canvas.drag((260, 98), (260, 160))  # from a little above the disc
    status(page, "Paint what is missing")
    page.keyboard.down("Alt")
    (left, y), (right, _) = canvas.drag((210, 170), (222, 170))  # a little into it
    page.keyboard.up("Alt")
    status(page, "Paint what is missing")
    page.keyboard.press("Enter")
    expect_saved(page)

    page.reload()
    (stored,) = stored_instances(api, picture[1])
    mask = instance_to_mask(stored, HEIGHT, WIDTH)
    expect_objects(page, f"leaf 1{mask.sum():,} px")
    assert mask[int(top) : int(top) + 60, int(x) - 3 : int(x) + 3].all()
    assert not mask[int(y) - 3 : int(y) + 3, int(left) : int(right)].any()
    assert (mask & disc).sum() / (mask | disc).sum() > 0.9


def test_strokes__are_taken_back_and_the_mask_kept_as_a_polygon(
    page: Page, api: httpx.Client, picture: tuple[int, int], disc: NDArray[np.bool_]
) -> None:
    canvas = mark(page, picture)
    status(page, "Paint what is missing")
    canvas.drag((400, 60), (440, 60))
    page.keyboard.press("Control+z")
    page.get_by_text("As polygon", exact=True).click()
    page.get_by_role("button", name="Keep").click()
    expect_saved(page)

    (stored,) = stored_instances(api, picture[1])
    assert stored.rle is None
    mask = instance_to_mask(stored, HEIGHT, WIDTH)
    assert (mask & disc).sum() / (mask | disc).sum() > 0.97


def test_server_out_of_reach__keeps_the_marks(page: Page, picture: tuple[int, int], browsing: Browsing) -> None:
    def refuse(route: Route) -> None:
        route.abort("internetdisconnected")

    page.route("**/smart-mask", refuse)
    mark(page, picture)
    status(page, "The server cannot be reached")
    keep = page.get_by_role("button", name="Keep")
    expect(keep).to_be_disabled()
    browsing.forgive("ERR_INTERNET_DISCONNECTED")
    page.unroute("**/smart-mask")
    page.get_by_role("button", name="Try again").click()
    status(page, "Paint what is missing")
    expect(keep).to_be_enabled()
    page.keyboard.press("Escape")
    status(page, "Drag a rectangle")
