"""The labeling editor in Chromium, beside the same scene in plain SVG and in Konva; every figure beside its limit.

    python -m benchmarks.editor [--parts polygons bitmaps mushroom save] [--mushroom ../shared/data/mushroom]

A frame is what the main thread does from one frame's begin to the next, by Chromium's trace: its own processor time,
rastering included, as there is neither a screen nor a graphics card. Frames without a move or a drawing do not count.
"""

import argparse
import math
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, Route, ViewportSize, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from app.masks.instance import Point, instance_to_json
from benchmarks._editor_scenes import Ring, bitmaps_over, import_set, make_project, polygons_of, rings_over
from benchmarks._editor_scripts import (
    DRAWN_AFTER_KEY,
    DRAWN_AT,
    FORGET_DRAWING,
    IS_DRAWN,
    NOTE_KEYS,
    PAINT,
    PANELS_AFTER_KEY,
    RIVAL_OPENED_AT,
    UNDO,
    WATCH_DRAWING,
)
from benchmarks._frames import Frames, p95, record_frames
from benchmarks._server import RunningServer, running_server

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LARGE, LARGE_OBJECTS = (6000, 4000), 1000
PAINTED, PAINTED_OBJECTS = (4000, 3000), 500
# issue 5
FRAME_MS, SHOWN_MS, HIT_MS, OPEN_MS, RATIO = 8.0, 33.0, 1.0, 1500.0, 0.5
HEAP_MB, GROWTH_MB, NEXT_MS, SAVE_MS = 500.0, 50.0, 150.0, 30.0
OPENINGS = 3
MOVES = 30
STROKES = 1000
NEXT_IMAGES = 12
SAVES = 40
SAVED_MS = 10_000
LOOK_MS = 1500  # a labeler's glance at an image, during which its neighbours are read
FIT_SIDE, FIT_TOP, FIT_FOOT = 16, 16, 64  # as frontend/src/render/view.ts

# An SVG is rastered beside the main thread, so the main thread alone tells too little.
COMPARED: list[tuple[str, Callable[[Frames], float], str]] = [
    ("main thread", lambda frames: p95(frames.computed), "ms a frame"),
    ("all processes", lambda frames: frames.processor, "ms a move"),
    ("between frames", lambda frames: p95(frames.apart), "ms"),
]

RIVALS = Path(__file__).parent / "editor_rivals"
KONVA = Path(__file__).parents[1] / "frontend" / "node_modules" / "konva" / "konva.min.js"

PARTS = ("polygons", "bitmaps", "mushroom", "save")


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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--mushroom", type=Path, default=Path("../shared/data/mushroom"))
    wanted = parser.parse_args()
    program = shutil.which("chromium")
    if program is None or not KONVA.exists():
        print("not run: it needs chromium and frontend/node_modules (make setup)")
        return 0
    report = Report()
    with running_server("serve") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        print(f"Chromium {browser.version}, {DESKTOP['width']}×{DESKTOP['height']}, on the processor alone")
        if "polygons" in wanted.parts:
            measure_polygons(browser, server, report)
        if "bitmaps" in wanted.parts:
            measure_bitmaps(browser, server, report)
        if "mushroom" in wanted.parts:
            measure_next_image(browser, server, wanted.mushroom, report)
        if "save" in wanted.parts:
            measure_save(server, report)
        browser.close()
    return 1 if report.missed else 0


# --- 1,000 polygons ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Surface:
    """Where the canvas lies on the page, with the large picture fitted as the editor does."""

    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.left + self.width / 2, self.top + self.height / 2

    def at(self, point: Point) -> Point:
        """Where a point of the picture is on the page."""
        across, down = LARGE
        scale = min((self.width - 2 * FIT_SIDE) / across, (self.height - FIT_TOP - FIT_FOOT) / down)
        lift = max(0, (self.height + down * scale) / 2 - (self.height - FIT_FOOT))
        x, y = (self.width - across * scale) / 2, (self.height - down * scale) / 2 - lift
        return self.left + x + point[0] * scale, self.top + y + point[1] * scale


def measure_polygons(browser: Browser, server: RunningServer, report: Report) -> None:
    """Opening, and moves with a thousand polygons in sight, here and in the rivals on a page of the canvas's size."""
    rings = rings_over(*LARGE, LARGE_OBJECTS)
    project_id, image_id = make_project(server.client, "Polygons", *LARGE, polygons_of(rings))
    print(f"\n{LARGE[0]}×{LARGE[1]}, {LARGE_OBJECTS:,} polygons of 50 points")
    ours = f"/projects/{project_id}/label/{image_id}"
    opened = [time_opening(browser, server, ours) for _ in range(OPENINGS)]
    report.say("open to first full draw, median", statistics.median(opened), OPEN_MS, "ms", shown(opened))
    with open_page(browser, server) as page:
        page.goto(ours)
        page.wait_for_function(IS_DRAWN)
        page.wait_for_load_state("networkidle")
        page.keyboard.press("v")
        surface = find_surface(page)
        taken = {"editor": record_gestures(browser, page, surface, rings)}
        wait_until_saved(page, report)
    expect_changed(server, image_id, "the vertex drag")
    scene = {"width": LARGE[0], "height": LARGE[1], "rings": rings, "picture": f"/api/v1/images/{image_id}/display"}
    alone = Surface(0, 0, surface.width, surface.height)
    for painter in ("svg", "konva"):
        with open_page(browser, server, size=alone) as page:
            page.route("**/rivals/*", lambda route: answer_rival(route, scene))
            page.goto(f"/rivals/page.html?painter={painter}")
            page.wait_for_function(RIVAL_OPENED_AT)
            print(f"  {painter}: open to first draw {page.evaluate(RIVAL_OPENED_AT):.0f} ms")
            page.wait_for_load_state("networkidle")
            taken[painter] = record_gestures(browser, page, alone, rings)
    report_gestures(taken, report)


def time_opening(browser: Browser, server: RunningServer, address: str) -> float:
    with open_page(browser, server) as page:
        page.goto(address)
        page.wait_for_function(IS_DRAWN)
        return float(page.evaluate(DRAWN_AT))


def record_gestures(browser: Browser, page: Page, surface: Surface, rings: list[Ring]) -> dict[str, Frames]:
    """Each begins with all objects in sight."""
    x, y = surface.middle

    def hover() -> None:
        for move in range(2 * MOVES):
            page.mouse.move(x - 400 + 6.5 * move, y - 150 + 2.5 * move)

    def pan() -> None:
        page.mouse.move(x, y)
        page.mouse.down(button="middle")
        for move in range(2 * MOVES):
            page.mouse.move(x + 8 * abs(move % 60 - 30), y + 5 * abs(move % 40 - 20))
        page.mouse.up(button="middle")

    def zoom() -> None:
        page.mouse.move(x, y)
        for notch in range(2 * MOVES):
            page.mouse.wheel(0, -60 if notch % 30 < 15 else 60)

    def drag_vertex() -> None:
        page.mouse.move(*vertex)
        page.mouse.down()
        for move in range(1, MOVES):
            page.mouse.move(vertex[0] + 4 * (move % 15), vertex[1] - 3 * (move % 20))
        page.mouse.up()

    frames = {}
    for name, gesture in (("hover", hover), ("pan", pan), ("zoom", zoom)):
        page.keyboard.press("f")
        frames[name] = record_frames(browser, page, gesture)
    page.keyboard.press("f")
    ring = min(rings, key=lambda ring: math.dist(surface.at(ring[0]), surface.middle))
    vertex = surface.at(ring[0])
    page.mouse.click(*surface.at((statistics.mean(x for x, _ in ring), statistics.mean(y for _, y in ring))))
    frames["vertex drag"] = record_frames(browser, page, drag_vertex)
    return frames


def report_gestures(taken: dict[str, dict[str, Frames]], report: Report) -> None:
    ours = taken["editor"]
    for gesture, frames in ours.items():
        report.frame(gesture, frames)
        report.say(f"{gesture}: between frames, p95", p95(frames.apart), SHOWN_MS, "ms")
        rivals = {name: theirs[gesture] for name, theirs in taken.items() if name != "editor"}
        for what, measure, unit in COMPARED:
            values = {name: measure(theirs) for name, theirs in rivals.items()}
            note = f"{measure(frames):.1f} {unit}; " + ", ".join(
                f"{name} {value:.1f}" for name, value in values.items()
            )
            report.say(f"{gesture}: {what}, of the better's", measure(frames) / min(values.values()), RATIO, "", note)
    report.say("hover: handler with its hit test, p95", p95(ours["hover"].handlers), HIT_MS, "ms")


def answer_rival(route: Route, scene: dict[str, Any]) -> None:
    match route.request.url.split("?")[0].rsplit("/", 1)[1]:
        case "scene.json":
            route.fulfill(json=scene)
        case "konva.js":
            route.fulfill(path=KONVA)
        case name:
            route.fulfill(path=RIVALS / name)


# --- 500 bitmaps -------------------------------------------------------------------------------------------------


def measure_bitmaps(browser: Browser, server: RunningServer, report: Report) -> None:
    """Strokes among many bitmaps, and what a long session keeps in memory."""
    instances = bitmaps_over(*PAINTED, PAINTED_OBJECTS)
    project_id, image_id = make_project(server.client, "Bitmaps", *PAINTED, instances)
    print(f"\n{PAINTED[0]}×{PAINTED[1]}, {PAINTED_OBJECTS} bitmap objects of 300×300")
    with open_page(browser, server) as page:
        page.goto(f"/projects/{project_id}/label/{image_id}")
        page.wait_for_function(IS_DRAWN)
        page.wait_for_load_state("networkidle")
        page.keyboard.press("b")
        page.keyboard.press("e")
        surface = find_surface(page)

        def stroke() -> None:
            x, y = surface.middle
            page.mouse.move(x - 200, y)
            page.mouse.down()
            for move in range(2 * MOVES):
                page.mouse.move(x - 200 + 4 * move, y + 60 * math.sin(move / 6))
            page.mouse.up()

        report.frame("stroke", record_frames(browser, page, stroke))
        heap = read_heap_mb(page)
        report.say("heap with its buffers", heap, HEAP_MB, "MB")
        x, y = surface.middle
        page.evaluate(PAINT, [STROKES, x - 250, y - 150, 500, 300])
        painted = read_heap_mb(page) - heap
        page.evaluate(UNDO, STROKES)
        grown = read_heap_mb(page) - heap
        note = f"{painted:+.1f} MB after the strokes, {grown:+.1f} MB after the undos"
        report.say(f"growth by {STROKES:,} strokes and undos", max(painted, grown), GROWTH_MB, "MB", note)
        wait_until_saved(page, report)
    expect_changed(server, image_id, "painting")


def read_heap_mb(page: Page) -> float:
    """What scripts hold, the memory of their arrays included; decoded pictures are not among it."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    usage = session.send("Runtime.getHeapUsage")
    session.detach()
    return float(usage["usedSize"] + usage.get("backingStorageSize", 0)) / 1e6


# --- from image to image -----------------------------------------------------------------------------------------


def measure_next_image(browser: Browser, server: RunningServer, folder: Path, report: Report) -> None:
    print(f"\nfrom image to image in {folder.name}")
    if not (folder / "instances.json").exists():
        print("  not run: the set is not there")
        return
    project_id, image_id = import_set(server.client, folder)
    with open_page(browser, server) as page:
        page.goto(f"/projects/{project_id}/label/{image_id}")
        page.wait_for_function(IS_DRAWN)
        page.evaluate(NOTE_KEYS)
        times, panels = [], []
        page.wait_for_timeout(LOOK_MS)
        for _ in range(NEXT_IMAGES):
            page.evaluate(FORGET_DRAWING)
            page.keyboard.press("ArrowRight")
            page.wait_for_function(IS_DRAWN)
            times.append(float(page.evaluate(DRAWN_AFTER_KEY)))
            page.wait_for_timeout(LOOK_MS)
            panels.append(float(page.evaluate(PANELS_AFTER_KEY)))
    report.say("key to next image drawn, median", statistics.median(times), NEXT_MS, "ms", shown(times))
    report.say("key to next image drawn, longest", max(times), NEXT_MS, "ms")
    print(f"  {'key to the panels showing it, median':<42} {statistics.median(panels):9.2f} ms  {shown(panels)}")


# --- a save ------------------------------------------------------------------------------------------------------


def measure_save(server: RunningServer, report: Report) -> None:
    print(f"\nsave of one changed instance among {LARGE_OBJECTS:,} over HTTP")
    instances = polygons_of(rings_over(*LARGE, LARGE_OBJECTS))
    _, image_id = make_project(server.client, "Save", *LARGE, instances)
    path = f"/api/v1/images/{image_id}/instances"
    tag = server.client.get(path).headers["ETag"]
    saves, rests = [], []
    for number in range(SAVES):
        item = instance_to_json(instances[number])
        item["polygons"][0]["exterior"][0][0] += 1
        rests.append(time_request(lambda: server.client.get("/healthz"))[0])
        send = partial(server.client.patch, path, json={"upsert": [item], "delete": []}, headers={"If-Match": tag})
        took, answer = time_request(send)
        saves.append(took)
        tag = answer.headers["ETag"]
    rest = statistics.median(rests)
    note = f"p95 {p95(saves) - rest:.1f}, with HTTP {statistics.median(saves):.1f}, /healthz {rest:.1f}"
    report.say("PATCH less /healthz, median", statistics.median(saves) - rest, SAVE_MS, "ms", note)


def time_request(send: Callable[[], httpx.Response]) -> tuple[float, httpx.Response]:
    started = time.perf_counter()
    answer = send().raise_for_status()
    return (time.perf_counter() - started) * 1000, answer


# --- pages -------------------------------------------------------------------------------------------------------


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


if __name__ == "__main__":
    raise SystemExit(main())
