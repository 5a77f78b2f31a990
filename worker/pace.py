"""How many images a second a training gets through, as the reporter hears of it."""

from worker.report import Start

# Of training before its pace is told: the first steps are slower than the rest, and a few say little.
MIN_SECONDS = 20.0
MIN_STEPS = 10


class PaceMeter:
    """Measures from a start to the newest step, evaluations included: that is what a person waits for."""

    def __init__(self) -> None:
        self._images_per_step = 0
        self._since: tuple[int, float] | None = None  # step and elapsed seconds at the first report

    def start(self, start: Start) -> None:
        """Begin anew: the batch size, the image size or the machine may be another."""
        self._images_per_step = start.batch_size * start.processes
        self._since = None

    def images_per_second(self, step: int, elapsed_s: float) -> float | None:
        """The pace up to now, or None while that is too short to tell."""
        if self._since is None or step < self._since[0]:  # it went back to an earlier state
            self._since = (step, elapsed_s)
        since_step, since_s = self._since
        if elapsed_s - since_s < MIN_SECONDS or step - since_step < MIN_STEPS:
            return None
        return (step - since_step) * self._images_per_step / (elapsed_s - since_s)
