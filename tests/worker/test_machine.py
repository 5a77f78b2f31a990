from worker.device import available_memory_bytes, describe_device
from worker.machine import describe_machine


def test_describe_machine__tells_of_the_cpu_and_its_memory() -> None:
    machine = describe_machine("cpu")
    assert (machine.device, machine.gpu_count) == (describe_device("cpu"), 0)
    assert machine.memory_bytes >= available_memory_bytes()
