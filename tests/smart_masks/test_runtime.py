"""The runtime: an image is embedded once and worked on by one call at a time; what is kept stays within its bound."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.smart_masks.engines.engine import EngineName, Segment
from app.smart_masks.engines.grabcut import DecodedImage
from app.smart_masks.prompts import Prompts
from app.smart_masks.runtime import SmartMaskRuntime

BOX = Prompts((0, 0, 4, 4), (), ())


class MeetingEngine:
    """Two calls wait for each other, if they can be at work at once; counts the images embedded."""

    name = EngineName.GRABCUT
    takes_clicks = False

    def __init__(self, *, patience_seconds: float = 0.0) -> None:
        self.embedded = 0
        self.met = False
        self._patience_seconds = patience_seconds
        self._meeting = threading.Barrier(2)

    def embed(self, rgb: NDArray[np.uint8]) -> DecodedImage:
        self.embedded += 1
        return DecodedImage(rgb)

    def segment(self, embedded: DecodedImage, prompts: Prompts) -> Segment:
        with suppress(threading.BrokenBarrierError):
            self._meeting.wait(self._patience_seconds)
            self.met = True
        return Segment(np.ones(embedded.rgb.shape[:2], np.uint8), 0, 0)


def decode() -> NDArray[np.uint8]:
    return np.zeros((4, 4, 3), np.uint8)  # 48 bytes


def ask(engine: MeetingEngine, runtime: SmartMaskRuntime, *keys: str) -> None:
    with ThreadPoolExecutor(len(keys)) as threads:
        found = list(threads.map(lambda key: runtime.segment(engine, key, decode, BOX), keys))
    assert all(segment.crop.all() for segment in found)


def test_calls__take_turns_at_an_image_and_share_its_embedding(tmp_path: Path) -> None:
    engine = MeetingEngine(patience_seconds=0.1)
    ask(engine, SmartMaskRuntime(tmp_path), "a", "a")
    assert not engine.met
    assert engine.embedded == 1


def test_calls__work_on_two_images_at_once(tmp_path: Path) -> None:
    engine = MeetingEngine(patience_seconds=30)
    ask(engine, SmartMaskRuntime(tmp_path), "a", "b")
    assert engine.met


def test_least_recent_image__is_embedded_again_where_there_is_no_room(tmp_path: Path) -> None:
    runtime, engine = SmartMaskRuntime(tmp_path, max_bytes=100), MeetingEngine()
    for key in ("a", "b", "a", "c", "a"):
        runtime.segment(engine, key, decode, BOX)
    assert engine.embedded == 3
    runtime.segment(engine, "b", decode, BOX)
    assert engine.embedded == 4
