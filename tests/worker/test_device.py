import os
from pathlib import Path

import pytest
import torch

from app.inference.errors import DeviceUnavailable
from worker import device


def test_choose_device__names_what_is_missing() -> None:
    with pytest.raises(DeviceUnavailable, match="device cuda:99: torch sees"):
        device.choose_device("cuda:99")


def test_choose_device__takes_what_is_named() -> None:
    assert device.choose_device("cpu") == torch.device("cpu")


def test_available_cores__follows_the_affinity() -> None:
    assert device.available_cores() == len(os.sched_getaffinity(0)) == 1


def test_use_all_cores__gives_torch_as_many_threads() -> None:
    torch.set_num_threads(3)

    device.use_all_cores()

    assert torch.get_num_threads() == 1


def test_autocast_dtype__is_float32_where_results_must_come_again() -> None:
    assert device.autocast_dtype(torch.device("cpu"), reproducible=True) is None


def test_autocast_dtype__measures_without_changing_the_threads() -> None:
    torch.set_num_threads(1)

    assert device.autocast_dtype(torch.device("cpu"), reproducible=False) in (None, torch.bfloat16)
    assert torch.get_num_threads() == 1


def test_available_memory_bytes__is_some_of_the_machine() -> None:
    assert 0 < device.available_memory_bytes() < os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_available_memory_bytes__counts_a_containers_files_as_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "_CGROUP", tmp_path)
    (tmp_path / "memory.max").write_text("5000\n")
    (tmp_path / "memory.current").write_text("4500\n")
    assert device.available_memory_bytes() == 500

    (tmp_path / "memory.stat").write_text("anon 500\ninactive_file 3000\nactive_file 1000\n")
    assert device.available_memory_bytes() == 3500
