"""Writes saved states on a thread of its own: a disk takes seconds for one, in which a training takes steps."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch

from worker import checkpoint

Place = tuple[int, torch.dtype, torch.Size]


class StateWriter:
    """Writes one state at a time to one path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="state")
        self._writing: Future[None] | None = None

    def begin(self, content: Mapping[str, Any]) -> None:
        """Write a copy of a state, which may change meanwhile. What was begun before has to be finished."""
        self._writing = self._thread.submit(checkpoint.save_checkpoint, self.path, copied(content, {}))

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


def copied(value: Any, copies: dict[Place, torch.Tensor]) -> Any:
    """Copy what a state consists of into memory. Tensors in one place are one copy, and so one in a file too.

    Args:
        copies: Those made so far, by the place of what they are copies of.
    """
    match value:
        case torch.Tensor():
            place = value.data_ptr(), value.dtype, value.shape
            if place not in copies:
                copies[place] = value.detach().to("cpu", copy=True)
            return copies[place]
        case Mapping():
            return {key: copied(each, copies) for key, each in value.items()}
        case list():
            return [copied(each, copies) for each in value]
        case _:
            return value
