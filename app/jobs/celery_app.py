"""The Celery application of BROKER_URL: a folder or Redis, the same for server and workers."""

from functools import cache
from typing import Any

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

from app.jobs.names import TRAINING_QUEUE
from app.settings import Settings, get_settings

FOLDER_SCHEME = "maskwright-folder"
FOLDER_POLL_SECONDS = 0.2
# A request that rings the bell waits no longer for a broker that is away; the sweep rings again later.
BROKER_TIMEOUT_SECONDS = 2

TRANSPORT_ALIASES[FOLDER_SCHEME] = "app.jobs.folder_transport:Transport"


@cache
def get_celery_app() -> Celery:
    return make_celery_app(get_settings())


def make_celery_app(settings: Settings) -> Celery:
    """A Celery application without results: the database holds the state of every job."""
    app = Celery("maskwright", set_as_current=False)
    app.conf.update(
        broker_url=f"{FOLDER_SCHEME}://localhost" if settings.uses_folder_broker else settings.broker_url,
        broker_transport_options=_transport_options(settings),
        broker_connection_timeout=BROKER_TIMEOUT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a worker waits for its broker as long as it takes
        task_default_queue=TRAINING_QUEUE,
        task_create_missing_queues=True,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        # A message is a doorbell and acknowledged before the work: delivered twice, it could only ring twice.
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=True,  # of late acknowledgement, so none
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        worker_pool="solo",  # the training is the process: its CUDA context and threads must not be forked
        worker_concurrency=1,
    )
    return app


def _transport_options(settings: Settings) -> dict[str, Any]:
    if not settings.uses_folder_broker:
        return {"socket_connect_timeout": BROKER_TIMEOUT_SECONDS, "socket_timeout": 15, "socket_keepalive": True}
    folder = settings.broker_dir
    messages = folder / "messages"
    messages.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(folder / "control"),
        "polling_interval": FOLDER_POLL_SECONDS,
    }
