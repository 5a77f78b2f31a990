"""Messages as files in one folder, for a server and workers on one machine without any broker.

kombu's own filesystem transport, but a message appears under its name only when it is written whole: there a worker
that looks in between reads half of one and dies of it. Messages are taken by a rename inside the folder, which only one
worker can win; kombu moves them to the system's temporary folder, which may lie on another disk.
"""

import json
import uuid
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.transport import filesystem

SUFFIX = ".msg"
DRAIN_SECONDS = 0.5


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **_options: object) -> None:  # type: ignore[override]  # kombu has two names
        folder = Path(self.data_folder_out)
        name = f"{time_ns():020d}_{uuid.uuid4().hex}.{queue}{SUFFIX}"  # sorted by name, the oldest comes first
        unfinished = folder / f".{name}.part"
        unfinished.write_text(json.dumps(payload))
        unfinished.rename(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for path in sorted(Path(self.data_folder_in).glob(f"[0-9]*.{queue}{SUFFIX}")):
            taken = path.with_name(f".{path.name}.taken")
            try:
                path.rename(taken)
            except FileNotFoundError:
                continue  # another worker was first
            payload = json.loads(taken.read_text())
            taken.unlink()
            return payload
        raise Empty


class Transport(filesystem.Transport):
    Channel = Channel

    def drain_events(self, connection: Any, **options: Any) -> None:  # type: ignore[override]  # kombu has two forms
        # Celery looks for a request to end between two drains of 2 s each: too slow for who waits for the worker's end.
        if options.get("timeout") is not None:
            options["timeout"] = min(options["timeout"], DRAIN_SECONDS)
        super().drain_events(connection, **options)  # type: ignore[no-untyped-call]
