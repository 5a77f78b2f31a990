"""How much may be decoded at one time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PIXELS_AT_ONCE = 60_000_000  # for uploads and for predictions each, at up to 6 bytes; one larger image goes alone


class DecodeBudget:
    """Lets many small images be decoded at once, or one large one, so that memory stays bounded."""

    def __init__(self, pixels: int) -> None:
        self._pixels = pixels
        self._free = pixels
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, pixels: int) -> Iterator[None]:
        """Wait until there is room for an image of so many pixels."""
        needed = min(pixels, self._pixels)
        with self._changed:
            self._changed.wait_for(lambda: self._free >= needed)
            self._free -= needed
        try:
            yield
        finally:
            with self._changed:
                self._free += needed
                self._changed.notify_all()
