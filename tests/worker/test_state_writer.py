import os
import threading
from pathlib import Path

import pytest
import torch

from worker import checkpoint
from worker.checkpoint import DiskFull, put_in_place, read_checkpoint
from worker.state_writer import StateWriter


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """The disk has nothing before it opens."""
    opened = threading.Event()

    def put(part: Path, path: Path) -> None:
        assert opened.wait(60)
        put_in_place(part, path)

    monkeypatch.setattr(checkpoint, "put_in_place", put)
    return opened


def test_state_writer__writes_what_was_there_when_it_began(tmp_path: Path, gate: threading.Event) -> None:
    writer = StateWriter(tmp_path / "last.pt")
    state = {"weights": torch.zeros(3), "groups": [{"steps": torch.tensor(4), "rate": 0.5}]}
    writer.begin(state)
    state["weights"].fill_(9)
    state["groups"][0]["steps"].fill_(9)
    assert not writer.is_done
    assert not writer.path.exists()
    gate.set()
    writer.finish()
    content = read_checkpoint(writer.path)
    assert content["weights"].tolist() == [0, 0, 0]
    assert content["groups"] == [{"steps": torch.tensor(4), "rate": 0.5}]
    writer.close()


def test_state_writer__tells_of_a_full_disk_at_once_and_writes_the_next(tmp_path: Path) -> None:
    writer = StateWriter(tmp_path / "last.pt")
    part = tmp_path / f".last.pt.{os.getpid()}.part"
    part.symlink_to("/dev/full")
    with pytest.raises(DiskFull):
        writer.begin({"step": 1})
    writer.begin({"step": 2})
    writer.finish()
    assert read_checkpoint(writer.path)["step"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["last.pt"]
    writer.close()


def test_state_writer__tells_of_a_full_disk_at_the_end_and_writes_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(_part: Path, path: Path) -> None:
        raise DiskFull(path.name)

    writer = StateWriter(tmp_path / "last.pt")
    with monkeypatch.context() as full:
        full.setattr(checkpoint, "put_in_place", put)
        writer.begin({})
        with pytest.raises(DiskFull):
            writer.finish()
    writer.begin({"step": 2})
    writer.finish()
    assert read_checkpoint(writer.path)["step"] == 2
    writer.close()
