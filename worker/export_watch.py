"""Between the images of an export, which may take minutes: the page hears how long, the worker hears requests."""

import time

from worker.report import StopRequest, WorkerStopping
from worker.reporter import DatabaseReporter

TELL_SECONDS = 1.0
LOG_SECONDS = 10.0


class ExportWatch:
    """Told of each image of one model's export before it is predicted.

    Args:
        images: How many there will be, over all checkpoints.
    """

    def __init__(self, reporter: DatabaseReporter, *, images: int) -> None:
        self._reporter = reporter
        self._images = images
        self._done = 0
        self._began_at = self._told_at = self._logged_at = time.monotonic()

    def before_image(self, words: str) -> None:
        """Tell how far the export is, in the log with these words.

        Raises:
            WorkerStopping: The worker is to end.
        """
        if self._reporter.requested() is StopRequest.PAUSE:
            raise WorkerStopping
        now = time.monotonic()
        if self._done == 0:  # before it, the first graph was made
            self._began_at = now
        elif now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            self._reporter.time_left((now - self._began_at) / self._done * (self._images - self._done))
        if now - self._logged_at >= LOG_SECONDS:
            self._logged_at = now
            self._reporter.log(words)
        self._done += 1
