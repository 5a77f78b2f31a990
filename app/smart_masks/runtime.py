"""The engines of this server, and what they keep of the images that are being labeled."""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import Conflict, ServiceUnavailable, Unprocessable
from app.inference.cache import SizedCache
from app.smart_masks.engines.engine import Engine, EngineName, Segment
from app.smart_masks.engines.grabcut import GrabCut
from app.smart_masks.engines.segment_anything import DECODER_FILE, ENCODER_FILE, SegmentAnything
from app.smart_masks.prompts import Prompts

MAX_KEPT_BYTES = 512 * 1024**2  # a dozen decoded images of 12 megapixels
MAX_CALLS = 8  # running and waiting, of the 40 threads that the server has for requests
RETRY_AFTER_SECONDS = 1


@dataclass(slots=True)
class _Kept:
    """An image as an engine embedded it; one call works on it at a time."""

    embedded: Any
    size_bytes: int
    turn: threading.Lock = field(default_factory=threading.Lock)


class SmartMaskRuntime:
    """One for the whole server; shared by all threads."""

    def __init__(self, weights_dir: Path, *, max_bytes: int = MAX_KEPT_BYTES) -> None:
        self._weights_dir = weights_dir
        self._grabcut = GrabCut()
        self._sam: SegmentAnything | None = None
        self._loading = threading.Lock()
        self._kept: SizedCache[_Kept] = SizedCache(max_bytes)
        self._places = threading.BoundedSemaphore(MAX_CALLS)

    def engines(self) -> list[type[GrabCut] | type[SegmentAnything]]:
        """What there is, best first; Segment Anything from the moment that its files are there."""
        files = (self._weights_dir / ENCODER_FILE, self._weights_dir / DECODER_FILE)
        has_sam = self._sam is not None or all(path.is_file() for path in files)
        return [SegmentAnything, GrabCut] if has_sam else [GrabCut]

    def engine(self, name: EngineName | None) -> Engine[Any]:
        """The engine of a name, or the best there is.

        Raises:
            Unprocessable: It is not installed.
            Conflict: Its files cannot be read.
        """
        names = [engine.name for engine in self.engines()]
        match name or names[0]:
            case EngineName.GRABCUT:
                return self._grabcut
            case EngineName.SAM if EngineName.SAM in names:
                return self._segment_anything()
            case missing:
                raise Unprocessable(
                    f"engine: {missing} is not installed; put {ENCODER_FILE} and {DECODER_FILE} in WEIGHTS_DIR, "
                    "or leave engine out"
                )

    def segment(
        self, engine: Engine[Any], key: Hashable, decode: Callable[[], NDArray[np.uint8]], prompts: Prompts
    ) -> Segment:
        """Ask an engine about an image.

        Args:
            key: Changes with the image's content.
            decode: Reads the image, once for many calls.
        Raises:
            ServiceUnavailable: Too many calls are waiting.
        """
        with self._place():
            kept = self._kept.get((engine.name, key), lambda: _embed(engine, decode()))
            with kept.turn:
                return engine.segment(kept.embedded, prompts)

    def prepare(self, engine: Engine[Any], key: Hashable, decode: Callable[[], NDArray[np.uint8]]) -> None:
        """Let an engine look at an image before anything is marked on it.

        Raises:
            ServiceUnavailable: Too many calls are waiting.
        """
        with self._place():
            self._kept.get((engine.name, key), lambda: _embed(engine, decode()))

    def _segment_anything(self) -> SegmentAnything:
        with self._loading:
            if self._sam is None:
                try:
                    self._sam = SegmentAnything.load(self._weights_dir)
                except RuntimeError as error:
                    reason = str(error).strip().splitlines()[-1]  # before it stand places in OpenVINO's source
                    raise Conflict(
                        f"{ENCODER_FILE} or {DECODER_FILE} in WEIGHTS_DIR cannot be run ({reason}); "
                        "put it there again, or ask for the engine grabcut"
                    ) from error
            return self._sam

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise ServiceUnavailable(
                "too many smart masks are being made: try again shortly", retry_after_seconds=RETRY_AFTER_SECONDS
            )
        try:
            yield
        finally:
            self._places.release()


def _embed(engine: Engine[Any], rgb: NDArray[np.uint8]) -> _Kept:
    embedded = engine.embed(rgb)
    return _Kept(embedded, embedded.size_bytes)
