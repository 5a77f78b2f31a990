"""What this machine trains on: the device, its cores and memory, and the precision that pays on it."""

import math
import os
import time
from pathlib import Path

import cv2
import psutil
import torch
from torch import nn

from app.inference.errors import DeviceUnavailable

BF16_MIN_SPEEDUP = 1.1  # below it, noise decides, and f32 is the safer of two equals
_CGROUP = Path("/sys/fs/cgroup")


def choose_device(name: str) -> torch.device:
    """Turn `auto`, `cpu`, `cuda` or `cuda:1` into a device of this machine.

    Raises:
        DeviceUnavailable: a CUDA device was named that is not there.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(name)
    if device.type == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if (device.index or 0) >= count:
            raise DeviceUnavailable(f"device {name}: torch sees {count} CUDA devices here; set DEVICE to auto or cpu")
    return device


def describe_device(name: str) -> str:
    """The device in the words that people know it by: a GPU's name, or CPU and how many cores.

    Raises:
        DeviceUnavailable: see choose_device.
    """
    device = choose_device(name)
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    cores = available_cores()
    return f"CPU, {cores} {'core' if cores == 1 else 'cores'}"


def available_cores() -> int:
    """Cores that this process may use: its affinity, and a container's CPU quota."""
    cores = len(os.sched_getaffinity(0))
    quota = _read_cgroup("cpu.max").split()
    if len(quota) == 2 and quota[0].isdigit():
        cores = min(cores, math.ceil(int(quota[0]) / int(quota[1])))
    return max(1, cores)


def use_all_cores() -> None:
    """Let torch compute on every core that this process may use, and OpenCV on the calling thread alone."""
    torch.set_num_threads(available_cores())
    cv2.setNumThreads(1)  # its threads would wait for the cores that torch's own keep busy


def available_memory_bytes() -> int:
    """Memory that is free here, within a container's limit."""
    available = int(psutil.virtual_memory().available)
    limit, used = _read_cgroup("memory.max").strip(), _read_cgroup("memory.current").strip()
    if limit.isdigit() and used.isdigit():
        available = min(available, int(limit) - int(used) + _unused_cache_bytes())
    return max(0, available)


def _unused_cache_bytes() -> int:
    """What a container is said to use for files that it read or wrote once, and gives back when asked for more."""
    counts = dict(line.split() for line in _read_cgroup("memory.stat").splitlines())
    return int(counts.get("inactive_file", 0))


def total_memory_bytes() -> int:
    """Memory of this machine, or of the container that it is."""
    total = int(psutil.virtual_memory().total)
    limit = _read_cgroup("memory.max").strip()
    return min(total, int(limit)) if limit.isdigit() else total


def autocast_dtype(device: torch.device, *, reproducible: bool) -> torch.dtype | None:
    """The reduced precision to train in, or None for f32.

    Whether bfloat16 pays on a CPU is measured, not read from its flags: without it in hardware, torch emulates it and
    is slower. A measurement may fall out differently the next time, so a reproducible training stays with f32.
    """
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else None
    if reproducible:
        return None
    return torch.bfloat16 if _bf16_speedup() >= BF16_MIN_SPEEDUP else None


def _bf16_speedup() -> float:
    """How much faster the convolution that training mostly consists of is in bfloat16, forward and back."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # with its own time counted, what else runs on the machine does not decide
    try:
        return _bf16_speedup_of_this_thread()
    finally:
        torch.set_num_threads(threads)


def _bf16_speedup_of_this_thread() -> float:
    convolution = nn.Conv2d(64, 64, 3, padding=1).to(memory_format=torch.channels_last)
    images = torch.rand(2, 64, 64, 64).to(memory_format=torch.channels_last)
    best_s = {torch.float32: math.inf, torch.bfloat16: math.inf}
    for _ in range(6):  # in turns; the first ones warm up
        for dtype in best_s:
            started = time.thread_time()
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
                convolution(images).float().sum().backward()
            best_s[dtype] = min(best_s[dtype], time.thread_time() - started)
    return best_s[torch.float32] / best_s[torch.bfloat16]


def _read_cgroup(name: str) -> str:
    path = _CGROUP / name
    return path.read_text() if path.is_file() else ""
