"""Scrolling the gallery in Chromium: how long its frames take while a wheel turns, and how soon a far place is there.

    python -m benchmarks.gallery_scroll [--images 100000] [--seconds 10]

The project is that of `benchmarks.scale`, with thumbnails; a server of its own hands it to a browser without a screen
or a graphics card, so painting is done by the processor, beside the server. Frames count once the page has loaded.
"""

import argparse
import shutil
import time
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from sqlalchemy import update

from app.db.engine import session_scope
from app.db.models import Image
from app.storage.blobs import get_blob_store
from app.storage.thumbnails import THUMBNAIL_SUFFIX, make_thumbnail
from benchmarks._server import RunningServer, running_server
from benchmarks.scale import fill

GOAL_MS = 50
PICTURES = 8  # different ones; the others show one of these
PICTURE_SIZE = (960, 1280)
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
WHEEL_PX = 240  # two notches of a wheel that is turned briskly
WHEEL_SECONDS = 0.05
JUMPS = (0.5, 0.9, 0.25)  # of the whole height
CHROMIUM_ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]

# Times between frames, and tasks that Chromium itself calls long (over 50 ms), from now on.
RECORD = """() => {
    const record = { frames: [], tasks: [], last: performance.now(), isOn: true };
    const observer = new PerformanceObserver((list) => {
        record.tasks.push(...list.getEntries().map((entry) => entry.duration));
    });
    observer.observe({ type: "longtask" });
    const frame = (now) => {
        record.frames.push(now - record.last);
        record.last = now;
        if (record.isOn) requestAnimationFrame(frame);
    };
    requestAnimationFrame((now) => { record.last = now; requestAnimationFrame(frame); });
    window.scrollRecord = record;
}"""
STOP = "() => { window.scrollRecord.isOn = false; return window.scrollRecord; }"
# The tiles that are in sight, each with its name and its picture.
IS_SHOWN = """() => {
    const box = document.querySelector("[data-gallery-scroller]")?.getBoundingClientRect();
    if (!box) return false;
    const tiles = [...document.querySelectorAll("[data-image-id]")].filter((tile) => {
        const { top, bottom } = tile.getBoundingClientRect();
        return bottom > box.top && top < box.bottom;
    });
    const isDone = (tile) => tile.querySelector("[title]") && tile.querySelector("img").complete;
    return tiles.length > 0 && tiles.every(isDone);
}"""
SCROLL_TO = """(share) => {
    const scroller = document.querySelector("[data-gallery-scroller]");
    scroller.scrollTop = scroller.scrollHeight * share;
}"""


@dataclass(frozen=True, slots=True)
class Frames:
    """Milliseconds between frames, and of long tasks."""

    frames: list[float]
    tasks: list[float]

    def describe(self) -> str:
        slow = sum(frame > GOAL_MS for frame in self.frames)
        median, p95 = np.percentile(self.frames, (50, 95))
        tasks = f"{len(self.tasks)} long tasks" + (f", the longest {max(self.tasks):.0f} ms" if self.tasks else "")
        return (
            f"{len(self.frames):,} frames: median {median:.1f}, p95 {p95:.1f}, longest {max(self.frames):.1f} ms; "
            f"over {GOAL_MS} ms: {slow}; {tasks}"
        )


def main() -> int:
    arguments = parse_arguments()
    program = shutil.which("chromium")
    if program is None:
        print("not run: chromium is not on this machine")
        return 0
    with (
        running_server("serve", prepare=lambda: make_project(arguments.images)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        page = open_gallery(browser, server)
        print(f"{arguments.images:,} images, Chromium {browser.version} on the processor alone")
        scrolled = [scroll(page, arguments.seconds, direction) for direction in (1, -1)]
        print(f"down: {scrolled[0].describe()}\nup:   {scrolled[1].describe()}")
        for share in JUMPS:
            print(f"jump to {share:.0%} by the scroll bar: shown after {jump(page, share):.0f} ms")
        browser.close()
    return 1 if any(frame > GOAL_MS for one in scrolled for frame in one.frames) else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=10)
    return parser.parse_args()


def make_project(image_count: int) -> None:
    """The project of `benchmarks.scale`, each image with one of a few thumbnails."""
    fill(image_count)
    random = np.random.default_rng(0)
    blobs = get_blob_store()
    with session_scope() as session:
        for number in range(PICTURES):
            key = f"projects/1/thumbnails/{number}{THUMBNAIL_SUFFIX}"
            coarse = random.integers(0, 255, (12, 16, 3), dtype=np.uint8)
            picture = cv2.resize(coarse, PICTURE_SIZE[::-1], interpolation=cv2.INTER_CUBIC)
            blobs.put_bytes(key, make_thumbnail(picture.astype(np.uint8)))
            session.execute(update(Image).where(Image.id % PICTURES == number).values(thumbnail_key=key))


def open_gallery(browser: Browser, server: RunningServer) -> Page:
    context = browser.new_context(
        base_url=str(server.client.base_url),
        viewport=DESKTOP,
        extra_http_headers={"X-Auth-token": server.client.headers["X-Auth-token"]},
    )
    page = context.new_page()
    page.goto("/projects/1?sort=name")
    page.wait_for_function(IS_SHOWN)
    page.wait_for_load_state("networkidle")
    return page


def scroll(page: Page, seconds: float, direction: int) -> Frames:
    page.mouse.move(DESKTOP["width"] / 2, DESKTOP["height"] / 2)
    page.evaluate(RECORD)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        page.mouse.wheel(0, WHEEL_PX * direction)
        time.sleep(WHEEL_SECONDS)
    record: dict[str, Any] = page.evaluate(STOP)
    return Frames(record["frames"], record["tasks"])


def jump(page: Page, share: float) -> float:
    """Milliseconds from the jump to the last name and picture."""
    started = time.monotonic()
    page.evaluate(SCROLL_TO, share)
    page.wait_for_function(IS_SHOWN, polling=10)
    return (time.monotonic() - started) * 1000


if __name__ == "__main__":
    raise SystemExit(main())
