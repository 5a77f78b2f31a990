"""One training by two processes under torchrun, on the CPU."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.db.engine import session_scope
from app.db.enums import ModelStatus
from app.db.models import Model
from app.settings import Settings
from app.storage.blobs import get_blob_store
from app.training import lifecycle
from tests.conftest import Person
from tests.worker.labeled_project import add_pictures
from worker.heartbeat import Heartbeat
from worker.trainer import Trainer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # each start of torch takes half a minute on a busy machine
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

WORKER_ID = "desk:1:x"
Start = Callable[..., int]

# Python runs it at the start of each process. The second of a training then asks for more memory than there is in each
# step of more than two images.
SHORT_OF_MEMORY = """
import os

if os.environ.get("RANK") == "1":
    import torch

    def need_more(module, inputs):
        if isinstance(module, torch.nn.Conv2d) and module.in_channels == 3 and len(inputs[0]) > 1:
            torch.empty(1 << 60)

    torch.nn.modules.module.register_module_forward_pre_hook(need_more)
"""


@pytest.fixture
def start(project_id: int, owner: Person) -> Start:
    with session_scope() as session:
        add_pictures(session, project_id)

    def start(**settings: Any) -> int:
        body = {"name": "m", "image_size": 64, **settings}
        model_id: int = owner.post(f"/api/v1/projects/{project_id}/models", json=body).json()["id"]
        return model_id

    return start


@pytest.fixture
def shutdown() -> threading.Event:
    return threading.Event()


@pytest.fixture
def trainer(app_env: Settings, shutdown: threading.Event, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trainer]:
    monkeypatch.setenv("MASKWRIGHT_DEVICE", "cpu")
    with session_scope() as session:
        lifecycle.beat(session, WORKER_ID, hostname="desk", device="CPU, 1 core")
    heartbeat = Heartbeat(WORKER_ID, hostname="desk", device="CPU, 1 core")
    heartbeat.start()
    yield Trainer(
        WORKER_ID, settings=app_env, store=get_blob_store(), heartbeat=heartbeat, shutdown=shutdown, processes=2
    )
    heartbeat.stop()


def read_model(model_id: int) -> Model:
    with session_scope(read_only=True) as session:
        return session.get_one(Model, model_id)


def processes_of_training() -> list[psutil.Process]:
    """torchrun's, without torchrun itself."""
    below = psutil.Process().children(recursive=True)
    lines = {process: process.cmdline() for process in below}
    return [process for process, line in lines.items() if "worker.distributed" in line and "--standalone" not in line]


@contextmanager
def once(condition: Callable[[], object], action: Callable[[], object]) -> Iterator[None]:
    """Do something as soon as a condition holds, while the training goes on; nothing of it outlives the test."""
    ended = threading.Event()

    def wait() -> None:
        while not condition():
            if ended.wait(0.1):
                return
        action()

    thread = threading.Thread(target=wait)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_two_processes__one_killed_ends_all_and_another_attempt_goes_on(
    start: Start, trainer: Trainer, owner: Person
) -> None:
    model_id = start(max_steps=60)
    killed: list[int] = []

    def kill_the_second() -> None:
        *_, victim = sorted(processes_of_training(), key=lambda process: process.environ()["RANK"])
        killed.append(victim.pid)
        os.kill(victim.pid, signal.SIGKILL)

    def stop_the_next_attempt() -> None:
        owner.post(f"/api/v1/models/{model_id}/stop")

    with (
        once(lambda: owner.get(f"/api/v1/models/{model_id}").json()["last"], kill_the_second),
        once(lambda: read_model(model_id).attempt == 2, stop_the_next_attempt),
    ):
        trainer.work_off_queue()

    model = owner.get(f"/api/v1/models/{model_id}").json()
    assert len(killed) == 1
    assert (model["status"], model["error"], model["attempt"]) == ("ready", None, 2)
    steps = [point["step"] for point in owner.get(f"/api/v1/models/{model_id}/curve").json()["items"]]
    assert steps == sorted(set(steps))
    log = "\n".join(line["message"] for line in owner.get(f"/api/v1/models/{model_id}/log").json()["items"])
    assert "A process of the training died." in log
    assert "on each of 2 devices" in log
    assert "Resumed from step" in log
    attempts = owner.get(f"/api/v1/models/{model_id}/provenance").json()["attempts"]
    assert [[start["processes"] for start in attempt["starts"]] for attempt in attempts] == [[2], [2]]
    assert processes_of_training() == []


def test_two_processes__give_the_model_back_when_the_worker_is_to_end(
    start: Start, trainer: Trainer, owner: Person, shutdown: threading.Event
) -> None:
    model_id = start(max_steps=1000)

    with once(lambda: read_model(model_id).step > 0, shutdown.set):
        trainer.work_off_queue()

    model = read_model(model_id)
    assert (model.status, model.worker_id, model.deaths_since_checkpoint) == (ModelStatus.QUEUED, None, 0)
    assert owner.get(f"/api/v1/models/{model_id}").json()["can_resume"] is False
    assert model.step >= 1
    assert processes_of_training() == []


def test_two_processes__end_with_a_model_that_was_cancelled(start: Start, trainer: Trainer, owner: Person) -> None:
    model_id = start(max_steps=1000)

    with once(lambda: read_model(model_id).step > 0, lambda: owner.post(f"/api/v1/models/{model_id}/cancel")):
        trainer.work_off_queue()

    assert read_model(model_id).status is ModelStatus.CANCELLED
    assert processes_of_training() == []


def test_two_processes__begin_anew_with_less_where_one_is_short_of_memory(
    start: Start, trainer: Trainer, owner: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(SHORT_OF_MEMORY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    model_id = start(max_steps=1000)

    with once(lambda: read_model(model_id).step > 0, lambda: owner.post(f"/api/v1/models/{model_id}/cancel")):
        trainer.work_off_queue()

    model = read_model(model_id)
    assert (model.status, model.error) == (ModelStatus.CANCELLED, None)
    assert model.step > 0
    log = [line["message"] for line in owner.get(f"/api/v1/models/{model_id}/log").json()["items"]]
    assert "Not enough memory for batches of 2 at 64 px on each device: going on with batches of 1 at 64 px." in log
    assert any("batches of 1 on each of 2 devices" in message for message in log)
    assert sum(message.endswith(" begins.") for message in log) == 1  # one attempt: no death, no failure
    assert processes_of_training() == []
