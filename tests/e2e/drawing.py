"""The editor's canvas, drawn on with mouse and keys in pixels of the image."""

from collections.abc import Sequence

from playwright.sync_api import Page, expect

from app.cli.demo_scenes import HEIGHT, WIDTH
from app.masks.instance import Point

DRAG_MOVES = 12
KEY_TRIES, KEY_WAIT_MS = 300, 100


class Canvas:
    """An open scene at life size: its middle is the canvas's, one pixel of it a pixel of the screen."""

    def __init__(self, page: Page) -> None:
        self._page = page
        surface = page.get_by_test_id("canvas")
        expect(surface).to_be_visible()
        zoom = page.get_by_label("Zoom", exact=True)
        for _ in range(KEY_TRIES):
            page.keyboard.press("a")
            if zoom.inner_text() == "100 %":
                break
            page.wait_for_timeout(KEY_WAIT_MS)  # the editor listens a moment after its canvas is there
        expect(zoom).to_have_text("100 %")
        box = surface.bounding_box()
        assert box is not None
        self._left = box["x"] + (box["width"] - WIDTH) / 2
        self._top = box["y"] + (box["height"] - HEIGHT) / 2

    def click(self, x: float, y: float) -> Point:
        """Click at a point of the image; gives where that was, as the mouse knows whole screen pixels only."""
        at = self._move_to(x, y)
        self._page.mouse.down()
        self._page.mouse.up()
        return at

    def draw_ring(self, points: Sequence[Point]) -> tuple[Point, ...]:
        """Click one corner after the other and close with Enter; gives the corners as they were clicked."""
        clicked = tuple(self.click(x, y) for x, y in points)
        self._page.keyboard.press("Enter")
        return clicked

    def drag(self, start: Point, end: Point) -> tuple[Point, Point]:
        """Draw a line with the button held."""
        first = self._move_to(*start)
        self._page.mouse.down()
        last = self._move_to(*end, moves=DRAG_MOVES)
        self._page.mouse.up()
        return first, last

    def _move_to(self, x: float, y: float, *, moves: int = 1) -> Point:
        screen_x, screen_y = round(self._left + x), round(self._top + y)
        self._page.mouse.move(screen_x, screen_y, steps=moves)
        return screen_x - self._left, screen_y - self._top


def open_editor(page: Page, project_id: int, image_id: int) -> Canvas:
    page.goto(f"/projects/{project_id}/label/{image_id}")
    return Canvas(page)


def expect_saved(page: Page) -> None:
    """All of the address's image is at the server: the panels may still show the image before."""
    image_id = page.url.partition("/label/")[2].partition("?")[0]
    status = page.locator(f'[data-save][data-image="{image_id}"]')
    expect(status).to_have_attribute("data-save", "saved")
    expect(status.get_by_text("Saved", exact=True)).to_be_visible()


def expect_objects(page: Page, *texts: str) -> None:
    """The list of objects shows exactly these rows, each with its name and size."""
    rows = page.get_by_role("region", name="Objects").locator("li button[aria-pressed]")
    expect(rows).to_have_text(list(texts))
