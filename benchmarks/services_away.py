"""Take database and broker away from a training worker for a minute each, and see that both models get ready.

    python -m benchmarks.services_away --seconds 60

PostgreSQL and Redis of this machine, a worker that reaches both through connections that can be cut, and this process
as the server that finds dead workers meanwhile. The first model is trained while the database is away, the second is
asked for while the broker is. Each must get ready at its first attempt: nothing is trained twice.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import make_url

from app.db.engine import session_scope
from app.db.enums import ModelSize, ModelStatus
from app.db.migrate import migrate
from app.db.models import Model, Project
from app.training import lifecycle, service
from app.training.schemas import TrainRequest
from tests.services import find_postgresql, postgresql_server, redis_server
from tests.worker.breakable import breakable_connection
from tests.worker.labeled_project import add_pictures

PATIENCE_SECONDS = 1800.0
ENDED = (ModelStatus.READY, ModelStatus.FAILED)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    seconds = parser.parse_args().seconds
    programs, redis = find_postgresql(), shutil.which("redis-server")
    if programs is None or redis is None:
        print("skipped, PostgreSQL or Redis is not on this machine")
        return 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="maskwright-away-")))
        database_url = stack.enter_context(postgresql_server(programs))
        broker_url = stack.enter_context(redis_server(redis))
        project_id = _set_up(folder, database_url, broker_url)
        far_database, has_database = stack.enter_context(_breakable(database_url))
        far_broker, has_broker = stack.enter_context(_breakable(broker_url))
        stack.enter_context(_worker(far_database, far_broker))
        first = _ask_for(project_id, "first", steps=20)
        _tend_until(lambda: _read(first).step > 0)
        has_database.clear()
        _tend_for(seconds)
        print(
            f"{seconds:.0f} s without database: first is {_read(first).status} at step {_read(first).step}", flush=True
        )
        has_database.set()
        has_broker.clear()
        second = _ask_for(project_id, "second", steps=5)
        _tend_for(seconds)
        print(f"{seconds:.0f} s without broker: first is {_read(first).status} at step {_read(first).step}", flush=True)
        has_broker.set()
        mended_at = time.monotonic()
        _tend_until(lambda: all(_read(model_id).status in ENDED for model_id in (first, second)))
        return _tell([first, second], time.monotonic() - mended_at)


def _set_up(folder: Path, database_url: str, broker_url: str) -> int:
    settings = {
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url,
        "BROKER_URL": broker_url,
        "DEVICE": "cpu",
        "WEIGHTS_DOWNLOAD": "false",
    }
    os.environ.update({f"MASKWRIGHT_{name}": value for name, value in settings.items()})
    migrate()
    with session_scope() as session:
        project = Project(name="Away")
        session.add(project)
        session.flush()
        add_pictures(session, project.id)
        return project.id


@contextmanager
def _breakable(service_url: str) -> Iterator[tuple[str, threading.Event]]:
    """A URL that leads to a service while an event is set."""
    url = make_url(service_url)
    with breakable_connection(str(url.host), int(url.port or 0)) as (port, connected):
        yield url.set(port=port).render_as_string(), connected


@contextmanager
def _worker(database_url: str, broker_url: str) -> Iterator[None]:
    environment = os.environ | {
        "MASKWRIGHT_DATABASE_URL": database_url,
        "MASKWRIGHT_BROKER_URL": broker_url,
        "OMP_NUM_THREADS": "1",
    }
    process = subprocess.Popen([sys.executable, "-m", "worker"], env=environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _ask_for(project_id: int, name: str, *, steps: int) -> int:
    request = TrainRequest(name=name, size=ModelSize.SMALL, image_size=64, max_steps=steps)
    with session_scope() as session:
        return service.start_training(session, request, project_id=project_id, created_by=None).id


def _tend_for(seconds: float) -> None:
    ends_at = time.monotonic() + seconds
    _tend_until(lambda: time.monotonic() >= ends_at)


def _tend_until(condition: Callable[[], bool]) -> None:
    """Look for dead workers and unheard bells, as a server does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen in time")
        lifecycle.tend_queue()
        time.sleep(lifecycle.SWEEP_SECONDS)


def _tell(model_ids: list[int], seconds: float) -> int:
    models = [_read(model_id) for model_id in model_ids]
    for model in models:
        words = f"{model.name}: {model.status}, step {model.step}, attempt {model.attempt}"
        print(f"{words}, {model.elapsed_s:.0f} s of training {model.error or ''}")
    print(f"both ended {seconds:.0f} s after everything was back")
    return 0 if all((model.status, model.attempt) == (ModelStatus.READY, 1) for model in models) else 1


def _read(model_id: int) -> Model:
    with session_scope(read_only=True) as session:
        return session.get_one(Model, model_id)


if __name__ == "__main__":
    sys.exit(main())
