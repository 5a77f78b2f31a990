"""Work that a server does beside its answers goes on through a database that was away."""

import threading
import time

from sqlalchemy.exc import OperationalError

from app.background import Background

DEADLINE_SECONDS = 60


class Work:
    """Fails as often as it is told, and notes when it was called."""

    def __init__(self, failures: int) -> None:
        self._failures = failures
        self.times: list[float] = []
        self.came_through = threading.Event()

    def __call__(self) -> None:
        self.times.append(time.monotonic())
        if len(self.times) <= self._failures:
            raise OperationalError("SELECT 1", {}, Exception("gone"))
        self.came_through.set()


def test_background__works_again_and_again_until_it_is_stopped() -> None:
    work = Work(failures=2)
    background = Background("the test", work, every_seconds=0.01)
    background.start()
    assert work.came_through.wait(DEADLINE_SECONDS)
    background.stop()
    calls = len(work.times)
    time.sleep(0.05)
    assert len(work.times) == calls >= 3


def test_background__is_patient_after_the_database_was_away() -> None:
    work = Work(failures=1)
    background = Background("the test", work, every_seconds=0.01, patience_seconds=0.3)
    background.start()
    assert work.came_through.wait(DEADLINE_SECONDS)
    background.stop()
    assert work.times[1] - work.times[0] >= 0.3
