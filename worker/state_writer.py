"""Puts saved states in place on a thread of its own: a disk takes seconds for one, in which a training takes steps.

Each is written before, which the system takes into memory that it lends to files, as fast as it could be copied.
"""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from worker import checkpoint


class StateWriter:
    """Writes one state at a time to one path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="state")
        self._writing: Future[None] | None = None

    def begin(self, content: Mapping[str, Any]) -> None:
        """Write a state, which may change from then on. What was begun before has to be finished.

        Raises:
            DiskFull: it is not written, and the path is as before.
        """
        part = checkpoint.write_part(self.path, content)
        self._writing = self._thread.submit(checkpoint.put_in_place, part, self.path)

    @property
    def is_done(self) -> bool:
        """Whether finish would not wait."""
        return self._writing is None or self._writing.done()

    def finish(self) -> None:
        """Wait for what was begun, if anything was.

        Raises:
            DiskFull: it is not written, and the path is as before.
        """
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def close(self) -> None:
        self._thread.shutdown()
