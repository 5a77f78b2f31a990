"""A reporter that keeps what it hears, and asks for what it was told to at a step."""

from pathlib import Path

from app.db.enums import CheckpointKind
from app.training.lifecycle import LeaseLost
from worker.report import CurvePoint, Start, StopRequest


class RecordingReporter:
    def __init__(
        self, *, at_step: int | None = None, request: StopRequest | None = None, no_room_at_step: int | None = None
    ) -> None:
        """From `at_step` on, `request` is asked for; with no request, the lease is lost then."""
        self._no_room_at_step = no_room_at_step
        self._at_step = at_step
        self._request = request
        self._asked = 0
        self.messages: list[str] = []
        self.points: list[CurvePoint] = []
        self.checkpoints: list[tuple[CheckpointKind, int]] = []
        self.fractions: list[float] = []
        self.starts: list[Start] = []

    def log(self, message: str) -> None:
        self.messages.append(message)

    def started(self, start: Start) -> None:
        self.starts.append(start)

    def progress(self, *, step: int, elapsed_s: float, fraction: float) -> None:
        self.fractions.append(fraction)

    def curve_point(self, point: CurvePoint) -> None:
        self.points.append(point)

    def checkpoint(self, kind: CheckpointKind, state_file: Path, point: CurvePoint) -> bool:
        assert state_file.is_file()
        if point.step == self._no_room_at_step:
            return False
        self.checkpoints.append((kind, point.step))
        return True

    def requested(self) -> StopRequest:
        steps_done = self._asked
        self._asked += 1
        if self._at_step is None or steps_done < self._at_step:
            return StopRequest.NONE
        if self._request is None:
            raise LeaseLost
        return self._request
