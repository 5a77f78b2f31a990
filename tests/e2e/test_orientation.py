"""A camera's turned photo lies upright on the editor's canvas, and what is drawn on it is stored where it was drawn."""

import io

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.cli.demo_scenes import HEIGHT, WIDTH
from app.masks.raster import instance_to_mask
from tests.e2e.drawing import expect_saved, open_editor
from tests.e2e.projects import add_label, make_project, stored_instances
from tests.oriented import CORNER_SHARE, CORNERS, RED, Rgb, corner_colours, oriented_file, upright_picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ON_ITS_SIDE = 6  # a phone held upright
BLOCK_PX = 20
RIGHT, BOTTOM = WIDTH // CORNER_SHARE, HEIGHT // CORNER_SHARE  # of the red corner


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_turned_photo__is_upright_and_labeled_where_it_is_drawn_on(
    page: Page, api: httpx.Client, file_format: str
) -> None:
    upright = upright_picture(WIDTH, HEIGHT, block_px=BLOCK_PX)
    project_id = make_project(api, f"Turned {file_format}")
    add_label(api, project_id, "red")
    file = (f"turned.{file_format.lower()}", oriented_file(upright, ON_ITS_SIDE, file_format))
    (item,) = api.post(f"/api/v1/projects/{project_id}/images", files=[("files", file)]).json()["items"]

    canvas = open_editor(page, project_id, item["id"])
    assert corner_colours(_shown_picture(page)) == CORNERS
    page.keyboard.press("n")
    canvas.draw_ring([(0, 0), (RIGHT, 0), (RIGHT, BOTTOM), (0, BOTTOM)])
    expect_saved(page)

    (stored,) = stored_instances(api, item["id"])
    is_red = (upright == RED).all(axis=2)
    assert np.array_equal(instance_to_mask(stored, HEIGHT, WIDTH), is_red)


def _shown_picture(page: Page) -> Rgb:
    """What the middle of the canvas shows, where the picture lies at life size."""
    surface = page.get_by_test_id("canvas")
    expect(surface).to_be_visible()
    with Image.open(io.BytesIO(surface.screenshot())) as screenshot:
        screen = np.array(screenshot.convert("RGB"))
    top, left = (screen.shape[0] - HEIGHT) // 2, (screen.shape[1] - WIDTH) // 2
    return screen[top : top + HEIGHT, left : left + WIDTH]
