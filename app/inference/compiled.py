"""Graphs as they were made ready to run, on disk: a model that was loaded before is there in a quarter of the time.

The runtime names the files by the graphs' content, the options and its own version, so none is ever out of date.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MAX_COMPILED_BYTES = 2 * 1024**3  # each is as large as its graph: thirty small models, ten medium ones


@dataclass(frozen=True, slots=True)
class CompiledGraphs:
    """A folder of them; several processes may share it."""

    directory: Path
    max_bytes: int = MAX_COMPILED_BYTES

    def prune(self) -> None:
        """Delete the oldest beyond the bound."""
        files = []
        for path in self.directory.glob("*.blob"):
            with suppress(FileNotFoundError):  # another process prunes as well
                about = path.stat()
                files.append((about.st_mtime, about.st_size, path))
        excess = sum(size for _, size, _ in files) - self.max_bytes
        for _, size, path in sorted(files):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= size
