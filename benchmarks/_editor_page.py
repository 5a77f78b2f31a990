"""The editor's page in Chromium, and the report, for `benchmarks.editor`."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, ViewportSize
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from app.masks.instance import Point
from benchmarks._editor_scripts import WATCH_DRAWING
from benchmarks._frames import Frames, p95
from benchmarks._server import RunningServer

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
FRAME_MS = 8.0  # issue 5
SAVED_MS = 10_000
FIT_SIDE, FIT_TOP, FIT_FOOT = 16, 16, 64  # as frontend/src/render/view.ts


class Report:
    """Prints figures beside their limits and remembers whether one was missed."""

    def __init__(self) -> None:
        self.missed = 0

    def say(self, name: str, value: float, limit: float, unit: str, note: str = "") -> None:
        is_within = value <= limit
        self.missed += not is_within
        verdict = "within" if is_within else "OVER"
        print(f"  {name:<42} {value:9.2f} {unit:<3} {verdict:>6} {limit:g}{note and '  ' + note}", flush=True)

    def frame(self, gesture: str, frames: Frames) -> None:
        note = (
            f"{len(frames.busy)} frames, median {statistics.median(frames.computed):.1f}, "
            f"longest {max(frames.computed):.1f}; by the clock p95 {p95(frames.busy):.1f}"
        )
        self.say(f"{gesture}: main thread a frame, p95", p95(frames.computed), FRAME_MS, "ms", note)


@dataclass(frozen=True, slots=True)
class Surface:
    """Where the canvas lies on the page, with a picture fitted as the editor does."""

    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.left + self.width / 2, self.top + self.height / 2

    def at(self, point: Point, picture: tuple[int, int]) -> Point:
        """Where a point of the picture is on the page."""
        across, down = picture
        scale = min((self.width - 2 * FIT_SIDE) / across, (self.height - FIT_TOP - FIT_FOOT) / down)
        lift = max(0, (self.height + down * scale) / 2 - (self.height - FIT_FOOT))
        x, y = (self.width - across * scale) / 2, (self.height - down * scale) / 2 - lift
        return self.left + x + point[0] * scale, self.top + y + point[1] * scale


@contextmanager
def open_page(browser: Browser, server: RunningServer, *, size: Surface | None = None) -> Iterator[Page]:
    """An empty page that has cached nothing, signed in by token."""
    context = browser.new_context(
        base_url=str(server.client.base_url),
        viewport={"width": round(size.width), "height": round(size.height)} if size else DESKTOP,
        extra_http_headers={"X-Auth-token": server.client.headers["X-Auth-token"]},
    )
    context.add_init_script(WATCH_DRAWING)
    yield context.new_page()
    context.close()


def find_surface(page: Page) -> Surface:
    box = page.get_by_test_id("canvas").bounding_box()
    if box is None:
        raise SystemExit("the editor shows no canvas")
    return Surface(box["x"], box["y"], box["width"], box["height"])


def wait_until_saved(page: Page, report: Report) -> None:
    started = time.monotonic()
    with suppress(PlaywrightTimeoutError):  # the figure tells
        page.get_by_text("Saved", exact=True).wait_for(timeout=2 * SAVED_MS)
    report.say("until all is saved", (time.monotonic() - started) * 1000, SAVED_MS, "ms")


def expect_changed(server: RunningServer, image_id: int, what: str) -> None:
    """A move that changed nothing was not measured."""
    if server.client.get(f"/api/v1/images/{image_id}/instances").json()["revision"] < 2:
        raise SystemExit(f"{what} changed nothing in the editor")


def shown(times: list[float]) -> str:
    return "each: " + ", ".join(f"{time:.0f}" for time in times)
