"""What is told and heard between the images of an export."""

from types import SimpleNamespace

import pytest

from worker import export_watch
from worker.export_watch import ExportWatch
from worker.report import StopRequest, WorkerStopping


class Ear:
    """Stands in for the reporter of a claimed model, and for the clock: it is asked every four seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.request = StopRequest.NONE
        self.lines: list[str] = []
        self.times_left: list[float] = []

    def requested(self) -> StopRequest:
        self.now += 4
        return self.request

    def log(self, message: str) -> None:
        self.lines.append(message)

    def time_left(self, seconds: float) -> None:
        self.times_left.append(seconds)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def export(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> ExportWatch:
    """Of six images."""
    monkeypatch.setattr(export_watch, "time", SimpleNamespace(monotonic=lambda: ear.now))
    return ExportWatch(ear, images=6)  # type: ignore[arg-type]  # all of a reporter that it knows


def test_before_image__tells_how_long_the_rest_takes(export: ExportWatch, ear: Ear) -> None:
    for number in range(1, 7):
        export.before_image(f"image {number}")
    assert ear.times_left == [20.0, 16.0, 12.0, 8.0, 4.0]


def test_before_image__logs_now_and_then(export: ExportWatch, ear: Ear) -> None:
    for number in range(1, 7):
        export.before_image(f"image {number}")
    assert ear.lines == ["image 3", "image 6"]


def test_before_image__hears_that_the_worker_is_to_end(export: ExportWatch, ear: Ear) -> None:
    ear.request = StopRequest.PAUSE
    with pytest.raises(WorkerStopping):
        export.before_image("image 1")


def test_before_image__goes_on_where_the_training_alone_was_stopped(export: ExportWatch, ear: Ear) -> None:
    ear.request = StopRequest.STOP
    export.before_image("image 1")
