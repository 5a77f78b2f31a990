import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from kombu import Connection

from app.jobs.celery_app import make_celery_app
from app.jobs.names import TRAINING_QUEUE
from app.jobs.queue import ring_training
from app.settings import Settings, get_settings
from tests.conftest import use_settings

ONE_DATABASE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@contextmanager
def reader(settings: Settings) -> Iterator[Callable[[], Any]]:
    """Takes messages from the broker without a worker."""
    app = make_celery_app(settings)
    with app.connection() as connection:
        assert isinstance(connection, Connection)
        channel = connection.default_channel
        queue = app.amqp.queues[TRAINING_QUEUE](channel)
        queue.declare()
        yield lambda: queue.get(no_ack=True)


@ONE_DATABASE
def test_ring_training__puts_the_id_into_the_folder(app_env: Settings) -> None:
    ring_training(7)
    with reader(app_env) as take:
        message = take()
        assert message.payload[0] == [7]
        assert message.headers["task"] == "training.train"
        assert take() is None
    assert list((app_env.broker_dir / "messages").iterdir()) == []


@ONE_DATABASE
@pytest.mark.services
def test_ring_training__puts_the_id_into_redis(
    app_env: Settings, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(monkeypatch, data_dir=app_env.data_dir, broker_url=redis_url)
    with reader(get_settings()) as take:
        ring_training(7)
        assert take().payload[0] == [7]
        assert take() is None


@ONE_DATABASE
def test_ring_training__does_not_fail_without_a_broker(
    app_env: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    use_settings(monkeypatch, data_dir=app_env.data_dir, broker_url="redis://127.0.0.1:1/0")
    started = time.monotonic()
    ring_training(7)
    assert time.monotonic() - started < 10
    assert "model 7 is rung again later" in caplog.text


@ONE_DATABASE
def test_folder__gives_each_message_to_one_of_many_readers(app_env: Settings) -> None:
    rung = set(range(60))
    readers = 4
    together = threading.Barrier(readers + 1)

    def read_all() -> list[int]:
        taken: list[int] = []
        with reader(app_env) as take:
            together.wait()
            done = time.monotonic() + 60
            while time.monotonic() < done and not finished.is_set():
                message = take()
                if message is not None:
                    taken.append(message.payload[0][0])
        return taken

    finished = threading.Event()
    with ThreadPoolExecutor(readers) as pool:
        futures = [pool.submit(read_all) for _ in range(readers)]
        together.wait()
        for model_id in rung:
            ring_training(model_id)
        messages = app_env.broker_dir / "messages"
        while any(messages.iterdir()):
            time.sleep(0.01)
        finished.set()
        taken = [model_id for future in futures for model_id in future.result()]
    assert sorted(taken) == sorted(rung)


@ONE_DATABASE
def test_folder__shows_no_half_written_message(app_env: Settings) -> None:
    with reader(app_env) as take:
        (app_env.broker_dir / "messages" / ".1_x.training.msg.part").write_text('{"body"')
        assert take() is None
        ring_training(7)
        assert take().payload[0] == [7]
