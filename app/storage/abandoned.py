"""What killed processes left in a scratch folder, and how it is told from what living ones use.

Servers and workers share the folder. A lock ends with the process that holds it, however that ends.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ABANDONED_AFTER_SECONDS = 2 * 24 * 3600  # longer than any upload takes: what is older was left by a crash
_LOCK_SUFFIX = ".lock"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Lock a file beside a folder that is to be made, so that every process knows it as in use."""
    lock = folder.with_suffix(_LOCK_SUFFIX)
    try:
        with lock.open("x") as file:
            with suppress(OSError):  # a disk without locks: there its age tells
                fcntl.flock(file, fcntl.LOCK_EX)
            yield
    finally:
        lock.unlink(missing_ok=True)


def remove_abandoned(scratch: Path, *, before: float) -> None:
    """Remove what a crashed process held in a scratch folder, and all else that was last changed before a time.

    Args:
        before: In seconds since 1970.
    """
    for lock in scratch.glob(f"*{_LOCK_SUFFIX}"):
        with suppress(OSError), lock.open("r+") as file:  # a living process holds it, or its folder has just gone
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink()
    for path in scratch.iterdir() if scratch.is_dir() else ():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
