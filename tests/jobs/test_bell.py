import time
from threading import Event

import pytest

from app.jobs.bell import BatchBell
from app.jobs.queue import ring_batch
from app.settings import Settings
from tests.conftest import use_settings

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

LONG_SECONDS = 60.0


def seconds_of(bell: BatchBell, seconds: float) -> float:
    started = time.monotonic()
    bell.wait(seconds)
    return time.monotonic() - started


def test_bell__is_heard_over_the_folder_and_leaves_nothing_behind(app_env: Settings) -> None:
    bell = BatchBell(Event())
    bell.wait(0.1)
    ring_batch(7)
    assert seconds_of(bell, LONG_SECONDS) < LONG_SECONDS / 2
    bell.close()
    assert list((app_env.broker_dir / "messages").iterdir()) == []


@pytest.mark.services
def test_bell__is_heard_over_redis(app_env: Settings, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_settings(monkeypatch, data_dir=app_env.data_dir, broker_url=redis_url)
    bell = BatchBell(Event())
    bell.wait(0.1)
    ring_batch(7)
    assert seconds_of(bell, LONG_SECONDS) < LONG_SECONDS / 2
    bell.close()


def test_bell__without_a_broker_waits_its_time_and_says_so_once(
    app_env: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    use_settings(monkeypatch, data_dir=app_env.data_dir, broker_url="redis://127.0.0.1:1/0")
    bell = BatchBell(Event())
    for _ in range(2):
        assert seconds_of(bell, 0.2) < LONG_SECONDS
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_bell__wakes_who_waits_for_the_broker_when_the_worker_ends(
    app_env: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(monkeypatch, data_dir=app_env.data_dir, broker_url="redis://127.0.0.1:1/0")
    stopping = Event()
    stopping.set()
    assert seconds_of(BatchBell(stopping), LONG_SECONDS) < LONG_SECONDS / 2
