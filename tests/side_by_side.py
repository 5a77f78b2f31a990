"""What tests that run side by side share: the cores of the machine, and what is made once for all of them."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "")  # gw0, gw1 and so on; nothing where tests run one after another


@contextmanager
def one_core() -> Iterator[None]:
    """Let this thread, and what it starts meanwhile, compute on one core.

    Threads that wait for each other crawl on cores that other tests use as well.
    """
    cores = os.sched_getaffinity(0)
    number = int(PROCESS.removeprefix("gw")) if PROCESS else os.getpid()
    os.sched_setaffinity(0, {sorted(cores)[number % len(cores)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first who asks for it fills, for all processes of this run; nobody may change what is in it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if PROCESS else base) / name
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            make(unfinished)
            unfinished.rename(folder)
    return folder
