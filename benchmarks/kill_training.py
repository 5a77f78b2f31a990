"""Kill a training's worker twenty times at random moments, and compare the curve with that of an unbroken training.

    python -m benchmarks.kill_training --kills 20

Both go by steps with the same seed on the CPU, so the curves must be equal to the last bit. Told as well: how many
steps a kill lost at most, and that every saved state is whole.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from app.db.clock import read_database_time
from app.db.engine import session_scope
from app.db.enums import CheckpointKind, ModelSize, ModelStatus
from app.db.migrate import migrate
from app.db.models import Checkpoint, CurvePoint, Model, Project
from app.settings import get_settings
from app.storage.blobs import get_blob_store
from app.training import service
from app.training.schemas import TrainRequest
from tests.worker.labeled_project import add_pictures
from worker.checkpoint import read_checkpoint

PATIENCE_SECONDS = 1800.0
ENDED = (ModelStatus.READY, ModelStatus.FAILED)


def main() -> int:
    arguments = _parse()
    moments = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="maskwright-kill-") as folder:
        _use(Path(folder))
        project_id = _make_project()
        unbroken, torn = (_start(project_id, name, arguments.steps) for name in ("unbroken", "torn"))
        with _worker():
            _wait_for(lambda: _read(unbroken).status in ENDED)
        longest_s = _read(unbroken).elapsed_s / 5  # two intervals between checkpoints: most kills come after one
        kills = most_lost = 0
        while kills < arguments.kills and _read(torn).status not in ENDED:
            most_lost = max(most_lost, _kill_once(torn, moments.uniform(0, longest_s)))
            kills += 1
            _check_states(torn)
        with _worker():
            _wait_for(lambda: _read(torn).status in ENDED)
        return _tell(unbroken, torn, kills, most_lost)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    return parser.parse_args()


def _use(folder: Path) -> None:
    settings = {"DATA_DIR": str(folder), "DEVICE": "cpu", "WEIGHTS_DOWNLOAD": "false"}
    os.environ.update({f"MASKWRIGHT_{name}": value for name, value in settings.items()})
    get_settings.cache_clear()
    migrate()


def _make_project() -> int:
    with session_scope() as session:
        project = Project(name="Kills")
        session.add(project)
        session.flush()
        add_pictures(session, project.id, ("fig", "nut") * 6)
        return project.id


def _start(project_id: int, name: str, steps: int) -> int:
    request = TrainRequest(name=name, size=ModelSize.SMALL, image_size=64, max_steps=steps)
    with session_scope() as session:
        return service.start_training(session, request, project_id=project_id, created_by=None).id


@contextmanager
def _worker() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "worker"],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        with session_scope() as session:  # as if the 20 s of its lease had gone by
            past = read_database_time(session) - timedelta(seconds=1)
            session.execute(update(Model).values(lease_expires_at=past))


def _kill_once(model_id: int, after_s: float) -> int:
    """Kill a worker some seconds after it began to train; gives how many steps after its last checkpoint."""
    attempt = _read(model_id).attempt
    with _worker():
        _wait_for(lambda: _read(model_id).attempt > attempt)
        began_at = _read(model_id).step
        _wait_for(lambda: _read(model_id).step > began_at or _read(model_id).status in ENDED)
        time.sleep(after_s)
    with session_scope(read_only=True) as session:
        kept = select(Checkpoint.step).where(Checkpoint.model_id == model_id, Checkpoint.kind == CheckpointKind.LAST)
        return _read(model_id).step - (session.scalar(kept) or 0)


def _check_states(model_id: int) -> None:
    """Read every state that the database points to.

    Raises:
        InvalidCheckpoint: one is not whole.
    """
    with session_scope(read_only=True) as session:
        keys = session.scalars(select(Checkpoint.state_key).where(Checkpoint.model_id == model_id)).all()
    for key in keys:
        with get_blob_store().local_path(key) as path:
            read_checkpoint(path)


def _tell(unbroken: int, torn: int, kills: int, most_lost: int) -> int:
    models = {name: _read(model_id) for name, model_id in (("unbroken", unbroken), ("torn", torn))}
    for name, model in models.items():
        print(f"{name}: {model.status}, attempt {model.attempt}, {model.elapsed_s:.0f} s {model.error or ''}")
    same = _curve(unbroken) == _curve(torn)
    print(f"{kills} kills; at most {most_lost} steps after a checkpoint lost; every saved state was whole")
    print(f"curves of {len(_curve(unbroken))} points {'equal to the last bit' if same else 'DIFFER'}")
    return 0 if same and all(model.status is ModelStatus.READY for model in models.values()) else 1


def _curve(model_id: int) -> list[tuple[object, ...]]:
    """What does not depend on how long it took."""
    with session_scope(read_only=True) as session:
        points = session.scalars(select(CurvePoint).where(CurvePoint.model_id == model_id).order_by(CurvePoint.step))
        return [(point.step, point.validation_loss, point.mean_ap, point.ap50, point.is_best) for point in points]


def _read(model_id: int) -> Model:
    with session_scope(read_only=True) as session:
        return session.get_one(Model, model_id)


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen in time")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
