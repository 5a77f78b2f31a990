"""`python -m worker`: a Celery worker that trains one model at a time, and predicts batches of images beside it."""

import logging
import os
import secrets
import signal
import socket
import sys
import threading
import warnings

from celery import signals
from celery.platforms import SecurityWarning

from app.batches import lifecycle as batch_lifecycle
from app.db.engine import session_scope
from app.db.schema_version import require_current
from app.errors import AppError
from app.inference.errors import DeviceUnavailable
from app.jobs.celery_app import get_celery_app
from app.jobs.names import TRAINING_QUEUE
from app.logging import configure_logging
from app.settings import get_settings
from app.storage.blobs import get_blob_store
from app.training import lifecycle
from app.training.exports import prediction_device
from worker.batches import BatchPredictor
from worker.heartbeat import Heartbeat
from worker.machine import describe_machine
from worker.tasks import add_tasks
from worker.trainer import Trainer

logger = logging.getLogger("worker")

# After SIGTERM a step ends and the model is given back; what takes longer (an evaluation, an export) is cut off, so
# that whoever stops the worker need not kill it.
GRACE_SECONDS = 7.0


CELERY_ARGUMENTS = [
    "--quiet",  # without Celery's banner
    "worker",
    "--pool=solo",
    f"--queues={TRAINING_QUEUE}",
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
]


def main() -> int:
    configure_logging()
    logging.getLogger("celery").setLevel(logging.WARNING)
    signals.setup_logging.connect(_leave_logging_alone)
    # Celery warns of root because of pickled messages; ours are JSON.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    try:
        run()
    except (AppError, DeviceUnavailable) as error:
        logger.error("%s", error)
        return 1
    return 0


def run() -> None:
    """Work until SIGTERM."""
    settings = get_settings()
    require_current()
    prediction_device()
    worker_id = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(3)}"
    machine = describe_machine(settings.device)
    heartbeat = Heartbeat(
        worker_id,
        hostname=socket.gethostname()[:100],
        device=machine.device,
        memory_bytes=machine.memory_bytes,
        gpu_count=machine.gpu_count,
    )
    shutdown = threading.Event()
    app = get_celery_app()
    trainer = Trainer(
        worker_id,
        settings=settings,
        store=get_blob_store(),
        heartbeat=heartbeat,
        shutdown=shutdown,
        processes=max(1, machine.gpu_count),
    )
    add_tasks(app, trainer)
    batches = BatchPredictor(
        worker_id, settings=settings, store=get_blob_store(), heartbeat=heartbeat, shutdown=shutdown
    )

    def begin_shutdown(**_details: object) -> None:
        shutdown.set()
        cut_off = threading.Timer(GRACE_SECONDS, _exit_at_once, args=(worker_id,))
        cut_off.daemon = True
        cut_off.start()

    signals.worker_shutting_down.connect(begin_shutdown, weak=False)
    heartbeat.start()
    batches.start()
    logger.info("worker %s waits for models to train and images to predict on %s", worker_id, machine.device)
    try:
        signal.signal(signal.SIGTERM, _end)  # until Celery listens
        app.worker_main([*CELERY_ARGUMENTS, f"--hostname={worker_id}"])
    finally:
        shutdown.set()
        batches.finish(GRACE_SECONDS)
        heartbeat.stop()


def _end(_number: int, _frame: object) -> None:
    sys.exit(0)


def _leave_logging_alone(**_details: object) -> None:
    """Celery sets the root logger's level unless somebody listens to this signal."""


def _exit_at_once(worker_id: str) -> None:
    """Give back what the worker holds and end the process, whatever its main thread is doing."""
    try:
        with session_scope() as session:
            lifecycle.release_all(session, worker_id)
            batch_lifecycle.release_all(session, worker_id)
            lifecycle.sign_off(session, worker_id)
    finally:
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
