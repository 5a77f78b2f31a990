"""The server's watch over uploads: what nobody went on with is removed."""

import logging
import threading
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from app.db.base import utc_now
from app.storage.blobs import get_blob_store
from app.uploads import service

SWEEP_SECONDS = 600

logger = logging.getLogger(__name__)


class UploadSweeper:
    """A thread that removes expired uploads while the server runs. Several servers may each have one."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upload sweeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(SWEEP_SECONDS):
            try:
                service.remove_expired(before=utc_now() - timedelta(hours=service.KEPT_HOURS), blobs=get_blob_store())
            except SQLAlchemyError as error:
                logger.warning("expired uploads cannot be removed while the database is away: %s", error)
