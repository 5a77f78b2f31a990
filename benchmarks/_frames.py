"""What a page's main thread does while it is used, frame by frame, from Chromium's own trace."""

import bisect
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil
from playwright.sync_api import Browser, Page

CATEGORIES = [
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "disabled-by-default-devtools.timeline.frame",
]
INPUTS = {"pointermove", "mousemove", "wheel"}
LEAST_MS = 1.0  # a frame without input counts from here on: the app drew, not the meter alone
REST_MS = 300  # after the last move: what is drawn when the view rests counts too

# Calls the meter in every frame until it is stopped; the times between are those a person sees.
RECORD = """() => {
    const record = { times: [], isOn: true };
    const frame = (now) => { record.times.push(now); if (record.isOn) requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
    window.frameRecord = record;
}"""
STOP = "() => { window.frameRecord.isOn = false; return window.frameRecord.times; }"


@dataclass(frozen=True, slots=True)
class Frames:
    """Milliseconds of each frame in which something was done."""

    busy: list[float]
    """On the clock, the processor's other work included."""
    computed: list[float]
    """The main thread's own time."""
    handlers: list[float]
    """Of each handled move."""
    apart: list[float]
    """Between two frames."""
    processor: float
    """What all of Chromium's processes computed for a move, on the average."""


def record_frames(browser: Browser, page: Page, move: Callable[[], None]) -> Frames:
    """Trace a page while it is moved."""
    page.wait_for_timeout(REST_MS)
    browser.start_tracing(page=page, categories=CATEGORIES)
    page.evaluate(RECORD)
    before = _processor_ms()
    move()
    page.wait_for_timeout(REST_MS)
    processor = _processor_ms() - before
    times: list[float] = page.evaluate(STOP)
    events: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
    busy, computed, handlers = _read(events)
    return Frames(busy, computed, handlers, [float(gap) for gap in np.diff(times)], processor / len(handlers))


def join_frames(recorded: Sequence[Frames]) -> Frames:
    """The frames of several recordings as if of one."""
    return Frames(
        [one for frames in recorded for one in frames.busy],
        [one for frames in recorded for one in frames.computed],
        [one for frames in recorded for one in frames.handlers],
        [one for frames in recorded for one in frames.apart],
        float(np.mean([frames.processor for frames in recorded])),
    )


def p95(values: list[float]) -> float:
    return float(np.percentile(values, 95)) if values else float("nan")


def browser_memory_mb() -> float:
    """What the browser that this process started holds in memory, what its processes share counted once."""
    return _sum_over_browser(lambda process: process.memory_full_info().pss) / 1e6


def _processor_ms() -> float:
    """Processor time so far of the browser that this process started."""
    return _sum_over_browser(lambda process: sum(process.cpu_times()[:2])) * 1000


def _sum_over_browser(read: Callable[[psutil.Process], float]) -> float:
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "chrom" in process.name():
                total += read(process)
    return total


def _read(events: list[dict[str, Any]]) -> tuple[list[float], list[float], list[float]]:
    """Each frame's tasks, on the clock and by the thread's own, and the handlers of moves."""
    main = _main_thread(events)
    ours = [event for event in events if (event["pid"], event["tid"]) == main]
    starts = sorted(event["ts"] for event in ours if event["name"] == "BeginMainThreadFrame")
    busy, computed = [0.0] * (len(starts) + 1), [0.0] * (len(starts) + 1)
    has_input = [False] * (len(starts) + 1)
    handlers = []
    for event in ours:
        at = bisect.bisect_right(starts, event["ts"])
        if event["name"] == "RunTask" and "dur" in event:  # the last one may be cut off
            busy[at] += event["dur"] / 1000
            computed[at] += event.get("tdur", event["dur"]) / 1000
        elif event["name"] == "EventDispatch" and event["args"]["data"]["type"] in INPUTS:
            has_input[at] = True
            handlers.append(event.get("tdur", event["dur"]) / 1000)
    first = has_input.index(True)
    counted = [at for at in range(first, len(busy)) if has_input[at] or computed[at] >= LEAST_MS]
    return [busy[at] for at in counted], [computed[at] for at in counted], handlers


def _main_thread(events: list[dict[str, Any]]) -> tuple[int, int]:
    """The renderer's thread that handled the moves."""
    for event in events:
        if event["name"] == "EventDispatch" and event["args"]["data"]["type"] in INPUTS:
            return event["pid"], event["tid"]
    raise SystemExit("the page was moved, but its trace holds no handled move")
