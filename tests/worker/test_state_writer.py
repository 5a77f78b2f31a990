import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from worker import checkpoint
from worker.checkpoint import DiskFull, read_checkpoint, save_checkpoint
from worker.state_writer import StateWriter


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Nothing is written before it opens."""
    opened = threading.Event()

    def save(path: Path, content: dict[str, Any]) -> None:
        assert opened.wait(60)
        save_checkpoint(path, content)

    monkeypatch.setattr(checkpoint, "save_checkpoint", save)
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


def test_state_writer__writes_shared_weights_once(tmp_path: Path) -> None:
    weights = torch.rand(100, 1000)
    writer = StateWriter(tmp_path / "last.pt")
    writer.begin({"model": weights.detach(), "average": {"model": weights.detach()}})
    writer.finish()
    assert writer.path.stat().st_size < 1.1 * weights.nbytes
    writer.close()


def test_state_writer__tells_of_a_full_disk_at_the_end_and_writes_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(path: Path, _content: object) -> None:
        raise DiskFull(path.name)

    writer = StateWriter(tmp_path / "last.pt")
    with monkeypatch.context() as full:
        full.setattr(checkpoint, "save_checkpoint", save)
        writer.begin({})
        with pytest.raises(DiskFull):
            writer.finish()
    writer.begin({"step": 2})
    writer.finish()
    assert read_checkpoint(writer.path)["step"] == 2
    writer.close()
