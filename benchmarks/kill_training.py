"""Kill a training's worker twenty times at random moments, and compare the curve with that of an unbroken training.

    python -m benchmarks.kill_training --kills 20

Both go by steps with the same seed on the CPU, so the curves must be equal to the last bit. After each kill, every
saved state must be whole, and the curve up to it must be the unbroken one's; in the end storage holds no other state.
A moment is drawn in steps, so that a busy machine is killed as often between two checkpoints as an idle one. Workers
are forked from a process that has loaded torch, or most of the time would go into that.
"""

import argparse
import multiprocessing
import os
import random
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
from app.training import lifecycle, service
from app.training.schemas import TrainRequest
from tests.worker.labeled_project import add_pictures
from worker import __main__ as worker_process
from worker.checkpoint import read_checkpoint
from worker.reporter import STATE_FILE
from worker.schedule import EVALUATIONS_OF_STEPS

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["worker.__main__"])
PATIENCE_SECONDS = 1800.0
ENDED = (ModelStatus.READY, ModelStatus.FAILED)
LONGEST_LIFE = 1.5  # intervals between two checkpoints: a third of the workers reach the next one
DEATHS_IN_A_ROW = 3  # then one may live until it has saved something: five would fail the model, as they should

Point = tuple[object, ...]  # of a curve, without what depends on how long it took


def main() -> int:
    arguments = _parse()
    moments = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="maskwright-kill-") as folder:
        _use(Path(folder))
        project_id = _make_project()
        unbroken = _start(project_id, "unbroken", arguments.steps)
        with _worker():
            _wait_for(lambda: _read(unbroken).status in ENDED)
        torn = _start(project_id, "torn", arguments.steps)
        kills = most_lost = 0
        while kills < arguments.kills and not _is_exported_soon(torn, arguments.steps):
            lost = _kill_once(torn, arguments.steps, moments)
            most_lost = max(most_lost, lost)
            kills += 1
            _check_kept(torn, _curve(unbroken))
            print(f"kill {kills}: at step {_step(torn)}, {lost} after the last checkpoint", flush=True)
        with _worker():
            _wait_for(lambda: _read(torn).status in ENDED)
        _check_kept(torn, _curve(unbroken))
        _check_nothing_left(project_id, torn)
        return _tell(unbroken, torn, kills, most_lost)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    return parser.parse_args()


def _use(folder: Path) -> None:
    settings = {"DATA_DIR": str(folder), "DEVICE": "cpu", "WEIGHTS_DOWNLOAD": "false"}
    os.environ.update({f"MASKWRIGHT_{name}": value for name, value in settings.items()}, OMP_NUM_THREADS="1")
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
def _worker() -> Iterator[None]:
    """A worker until it is killed."""
    process = PROCESSES.Process(target=_work)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()
        with session_scope() as session:  # as if the 20 s of its lease had gone by
            past = read_database_time(session) - timedelta(seconds=1)
            session.execute(update(Model).values(lease_expires_at=past))


def _work() -> None:
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(silence, stream.fileno())
    worker_process.main()


def _is_exported_soon(model_id: int, steps: int) -> bool:
    """Whether another death might be one too many: nothing is saved any more between the last step and the end."""
    model = _read(model_id)
    is_trained = _last_step(model_id) == steps and model.deaths_since_checkpoint >= DEATHS_IN_A_ROW
    return model.status in ENDED or is_trained


def _kill_once(model_id: int, steps: int, moments: random.Random) -> int:
    """Kill a worker some steps after it began to train, or in the export; gives the steps after its last checkpoint."""
    before = _read(model_id)
    kept = _last_step(model_id)
    life = moments.uniform(0, LONGEST_LIFE * steps / EVALUATIONS_OF_STEPS)
    with _worker():
        _wait_for(lambda: _read(model_id).attempt > before.attempt)
        if before.deaths_since_checkpoint >= DEATHS_IN_A_ROW:
            _wait_for(lambda: _last_step(model_id) > kept or _read(model_id).status in ENDED)
        _wait_for(lambda: _step(model_id) >= min(kept + life, steps) or _read(model_id).status in ENDED)
        time.sleep(moments.uniform(0, 1))  # a step is told at most once a second
    return _step(model_id) - _last_step(model_id)


def _step(model_id: int) -> int:
    """How far a training is: steps are told at most once a second, and not those just before a checkpoint."""
    return max(_read(model_id).step, _last_step(model_id))


def _last_step(model_id: int) -> int:
    """The step of the last checkpoint; 0 before the first."""
    of_last = select(Checkpoint.step).where(Checkpoint.model_id == model_id, Checkpoint.kind == CheckpointKind.LAST)
    with session_scope(read_only=True) as session:
        return session.scalar(of_last) or 0


def _check_kept(model_id: int, unbroken: list[Point]) -> None:
    """Compare what there is with what there should be.

    Raises:
        InvalidCheckpoint: a state that the database points to is not whole.
    """
    with session_scope(read_only=True) as session:
        keys = session.scalars(select(Checkpoint.state_key).where(Checkpoint.model_id == model_id)).all()
    for key in keys:
        with get_blob_store().local_path(key) as path:
            read_checkpoint(path)
    last_step = _last_step(model_id)
    curve = [point for point in _curve(model_id) if point[0] <= last_step]
    if curve != unbroken[: len(curve)]:
        raise SystemExit(f"the curve up to step {last_step} is not the unbroken one's: {curve}")


def _check_nothing_left(project_id: int, model_id: int) -> None:
    """Look for states that a killed worker stored and no row points to: each is as large as the model."""
    with session_scope(read_only=True) as session:
        known = set(session.scalars(select(Checkpoint.state_key).where(Checkpoint.model_id == model_id)))
    keys = get_blob_store().list_keys(lifecycle.model_prefix(project_id, model_id))
    left = [key for key in keys if key.endswith(f"/{STATE_FILE}") and key not in known]
    if left:
        raise SystemExit(f"states that nothing points to were left behind: {left}")


def _tell(unbroken: int, torn: int, kills: int, most_lost: int) -> int:
    """Nothing was trained twice where each attempt is one worker's: those that were killed, and the last."""
    models = {name: _read(model_id) for name, model_id in (("unbroken", unbroken), ("torn", torn))}
    for name, model in models.items():
        print(f"{name}: {model.status}, attempt {model.attempt}, {model.elapsed_s:.0f} s {model.error or ''}")
    same = _curve(unbroken) == _curve(torn)
    print(f"{kills} kills; at most {most_lost} steps after a checkpoint lost; every saved state was whole")
    print(f"curves of {len(_curve(unbroken))} points {'equal to the last bit' if same else 'DIFFER'}")
    return 0 if same and all(model.status is ModelStatus.READY for model in models.values()) else 1


def _curve(model_id: int) -> list[Point]:
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
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
