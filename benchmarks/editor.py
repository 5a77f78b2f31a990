"""The labeling editor in Chromium, beside the same scene in plain SVG and in Konva; every figure beside its limit.

    python -m benchmarks.editor [--parts polygons bitmaps mushroom huge save] [--mushroom ../shared/data/mushroom]

A frame is what the main thread does from one frame's begin to the next, by Chromium's trace: its own processor time,
rastering included, as there is neither a screen nor a graphics card. Frames without a move or a drawing do not count.
"""

import argparse
import math
import shutil
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, Route, sync_playwright

from app.masks.instance import instance_to_json
from benchmarks._editor_page import (
    DESKTOP,
    Report,
    Surface,
    expect_changed,
    find_surface,
    open_page,
    shown,
    wait_until_saved,
)
from benchmarks._editor_scenes import Ring, bitmaps_over, import_set, make_project, polygons_of, rings_over
from benchmarks._editor_scripts import (
    DRAWN_AFTER_KEY,
    DRAWN_AT,
    FORGET_DRAWING,
    IS_DRAWN,
    LARGEST_PICTURE,
    NOTE_KEYS,
    PAINT,
    PANELS_AFTER_KEY,
    RIVAL_OPENED_AT,
    UNDO,
)
from benchmarks._frames import Frames, browser_memory_mb, join_frames, p95, record_frames
from benchmarks._server import RunningServer, running_server

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
HUGE, HUGE_OBJECTS = ((8000, 6000), (12000, 9000)), 200
# issue 5, and the largest picture that no graphics card or browser refuses
SHOWN_MS, HIT_MS, OPEN_MS, RATIO, PICTURE_SIDE = 33.0, 1.0, 1500.0, 0.5, 4096
HEAP_MB, GROWTH_MB, NEXT_MS, SAVE_MS = 500.0, 50.0, 150.0, 30.0
OPENINGS = 3
MOVES = 30
STROKES = 1000
TIMED_STROKES = 5
UNTIL_SAVED_MS = 1500
NEXT_IMAGES = 12
SAVES = 40
LOOK_MS = 1500  # a labeler's glance at an image, during which its neighbours are read

# An SVG is rastered beside the main thread, so the main thread alone tells too little.
COMPARED: list[tuple[str, Callable[[Frames], float], str]] = [
    ("main thread", lambda frames: p95(frames.computed), "ms a frame"),
    ("all processes", lambda frames: frames.processor, "ms a move"),
    ("between frames", lambda frames: p95(frames.apart), "ms"),
]

RIVALS = Path(__file__).parent / "editor_rivals"
KONVA = Path(__file__).parents[1] / "frontend" / "node_modules" / "konva" / "konva.min.js"

PARTS = ("polygons", "bitmaps", "mushroom", "huge", "save")


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
        if "huge" in wanted.parts:
            for size in HUGE:
                measure_huge(browser, server, size, report)
        if "save" in wanted.parts:
            measure_save(server, report)
        browser.close()
    return 1 if report.missed else 0


# --- 1,000 polygons ----------------------------------------------------------------------------------------------


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

    def drag_vertex() -> None:
        page.mouse.move(*vertex)
        page.mouse.down()
        for move in range(1, MOVES):
            page.mouse.move(vertex[0] + 4 * (move % 15), vertex[1] - 3 * (move % 20))
        page.mouse.up()

    frames = {}
    for name, gesture in (("hover", hover), ("pan", pan), ("zoom", zoom)):
        page.keyboard.press("f")
        frames[name] = record_frames(browser, page, partial(gesture, page, surface))
    page.keyboard.press("f")
    ring = min(rings, key=lambda ring: math.dist(surface.at(ring[0], LARGE), surface.middle))
    vertex = surface.at(ring[0], LARGE)
    middle = statistics.mean(x for x, _ in ring), statistics.mean(y for _, y in ring)
    page.mouse.click(*surface.at(middle, LARGE))
    frames["vertex drag"] = record_frames(browser, page, drag_vertex)
    return frames


def hover(page: Page, surface: Surface) -> None:
    x, y = surface.middle
    for move in range(2 * MOVES):
        page.mouse.move(x - 400 + 6.5 * move, y - 150 + 2.5 * move)


def pan(page: Page, surface: Surface) -> None:
    x, y = surface.middle
    page.mouse.move(x, y)
    page.mouse.down(button="middle")
    for move in range(2 * MOVES):
        page.mouse.move(x + 8 * abs(move % 60 - 30), y + 5 * abs(move % 40 - 20))
    page.mouse.up(button="middle")


def zoom(page: Page, surface: Surface) -> None:
    page.mouse.move(*surface.middle)
    for notch in range(2 * MOVES):
        page.mouse.wheel(0, -60 if notch % 30 < 15 else 60)


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

        def stroke(below: float) -> None:
            x, y = surface.middle
            y += below
            page.mouse.move(x - 200, y)
            page.mouse.down()
            for move in range(2 * MOVES):
                page.mouse.move(x - 200 + 4 * move, y + 60 * math.sin(move / 6))
            page.mouse.up()

        strokes = []
        for number in range(TIMED_STROKES):
            strokes.append(record_frames(browser, page, partial(stroke, 20 * number)))
            page.wait_for_timeout(UNTIL_SAVED_MS)
        report.frame("first stroke of a page", strokes[0])
        report.frame("each later stroke", join_frames(strokes[1:]))
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


# --- very large images -------------------------------------------------------------------------------------------


def measure_huge(browser: Browser, server: RunningServer, size: tuple[int, int], report: Report) -> None:
    """Opening and moving over an image far larger than what is drawn in one piece."""
    instances = polygons_of(rings_over(*size, HUGE_OBJECTS))
    project_id, image_id = make_project(server.client, f"Huge {size[0]}", *size, instances)
    print(f"\n{size[0]}×{size[1]}, {HUGE_OBJECTS} polygons of 50 points")
    before = browser_memory_mb()
    with open_page(browser, server) as page:
        page.goto(f"/projects/{project_id}/label/{image_id}")
        page.wait_for_function(IS_DRAWN)
        print(f"  {'open to first full draw':<42} {page.evaluate(DRAWN_AT):9.2f} ms")
        page.wait_for_timeout(LOOK_MS)
        surface = find_surface(page)
        for name, gesture in (("pan", pan), ("zoom", zoom)):
            report.frame(name, record_frames(browser, page, partial(gesture, page, surface)))
        report.say("heap with its buffers", read_heap_mb(page), HEAP_MB, "MB")
        report.say("longest side of a picture drawn", page.evaluate(LARGEST_PICTURE), PICTURE_SIDE, "px")
        print(f"  {'memory of the browser for it':<42} {browser_memory_mb() - before:9.2f} MB")


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


if __name__ == "__main__":
    raise SystemExit(main())
