import random
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from worker.checkpoint import (
    InvalidCheckpoint,
    random_state,
    read_checkpoint,
    restore_random_state,
    save_checkpoint,
    seed_everything,
)


@pytest.fixture
def _files_end_at_64_kb() -> Iterator[None]:
    """What a full disk does to a writer."""
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


def test_save_checkpoint__reads_back(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "last.pt", {"weights": torch.arange(3), "nested": {"step": 4}})

    content = read_checkpoint(tmp_path / "last.pt")

    assert content["weights"].tolist() == [0, 1, 2]
    assert content["nested"] == {"step": 4}
    assert [path.name for path in tmp_path.iterdir()] == ["last.pt"]


@pytest.mark.usefixtures("_files_end_at_64_kb")
def test_save_checkpoint__full_disk_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "last.pt"
    save_checkpoint(path, {"step": 1})

    with pytest.raises((OSError, RuntimeError)):
        save_checkpoint(path, {"step": 2, "weights": torch.zeros(10**6)})

    assert read_checkpoint(path)["step"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["last.pt"]


def test_read_checkpoint__refuses_a_cut_file(tmp_path: Path) -> None:
    path = tmp_path / "last.pt"
    save_checkpoint(path, {"weights": torch.zeros(1000)})
    path.write_bytes(path.read_bytes()[:1500])

    with pytest.raises(InvalidCheckpoint, match=r"last\.pt is damaged"):
        read_checkpoint(path)


def test_read_checkpoint__refuses_another_version(tmp_path: Path) -> None:
    torch.save({"format_version": 999}, tmp_path / "last.pt")

    with pytest.raises(InvalidCheckpoint, match="version 999"):
        read_checkpoint(tmp_path / "last.pt")


def test_random_state__comes_back_through_a_file(tmp_path: Path) -> None:
    def draw() -> tuple[float, float, float]:
        return float(torch.rand(())), float(np.random.rand()), random.random()

    seed_everything(5)
    draw()
    save_checkpoint(tmp_path / "last.pt", {"random": random_state()})
    expected = draw()
    seed_everything(6)

    restore_random_state(read_checkpoint(tmp_path / "last.pt")["random"])

    assert draw() == expected
