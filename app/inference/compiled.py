"""Graphs as they were made ready to run, on disk: a model that was loaded before is there in a quarter of the time.

The runtime names the files by the graphs' content, the options and its own version, so none is ever out of date. It
makes one anew that was cut short, but believes one whose weights are others, and finds other objects: hence the hashes.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MAX_COMPILED_BYTES = 2 * 1024**3  # each is as large as its graph: thirty small models, ten medium ones
FOLDER_DIGITS = 16  # of a graph's hash
HASH_ENDING = ".sha256"
_COMPILED = "*.blob"


@dataclass(frozen=True, slots=True)
class CompiledGraphs:
    """A folder of them; several processes may share it."""

    directory: Path
    max_bytes: int = MAX_COMPILED_BYTES

    @contextmanager
    def folder_of(self, graph: Path, *, variant: str) -> Iterator[Path | None]:
        """The folder of a graph, where the runtime reads and writes within the block: only what is as it was written.

        None where the disk has no room for it.

        Args:
            variant: What else the graph's files depend on; each has a folder of its own.
        """
        folder = self.directory / f"{_sha256(graph)[:FOLDER_DIGITS]}-{variant}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            yield None
            return
        whole = {path for path in folder.glob(_COMPILED) if _is_as_it_was_written(path)}
        for path in set(folder.glob(_COMPILED)) - whole:
            path.unlink(missing_ok=True)
        yield folder
        for path in set(folder.glob(_COMPILED)) - whole:
            with suppress(OSError):  # another process makes it too, or the disk is full
                path.with_suffix(HASH_ENDING).write_text(_sha256(path))

    def prune(self) -> None:
        """Delete the oldest beyond the bound."""
        files = []
        for path in self.directory.rglob(_COMPILED):
            with suppress(FileNotFoundError):  # another process prunes as well
                about = path.stat()
                files.append((about.st_mtime, about.st_size, path))
        excess = sum(size for _, size, _ in files) - self.max_bytes
        for _, size, path in sorted(files):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            path.with_suffix(HASH_ENDING).unlink(missing_ok=True)
            with suppress(OSError):  # it holds those of another version of the runtime
                path.parent.rmdir()
            excess -= size


def _is_as_it_was_written(path: Path) -> bool:
    try:
        return path.with_suffix(HASH_ENDING).read_bytes() == _sha256(path).encode()
    except OSError:  # its maker was killed, or is at work; or the disk is damaged
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
