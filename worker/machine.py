"""What a worker tells of the machine that it trains on: people choose sizes and wait by it."""

from dataclasses import dataclass

import torch

from worker.device import choose_device, describe_device, total_memory_bytes


@dataclass(frozen=True, slots=True)
class Machine:
    """`device` is "CPU, 2 cores", a GPU's name, or how many of them where a training uses all."""

    device: str
    memory_bytes: int
    gpu_count: int


def describe_machine(device_name: str) -> Machine:
    """Say what the device setting means here.

    Raises:
        DeviceUnavailable: see choose_device.
    """
    device = choose_device(device_name)
    words = describe_device(device_name)
    if device.type != "cuda":
        return Machine(words, total_memory_bytes(), gpu_count=0)
    count = torch.cuda.device_count() if device.index is None else 1
    memory_bytes = torch.cuda.get_device_properties(device).total_memory
    return Machine(words if count == 1 else f"{count} x {words}", memory_bytes, gpu_count=count)
