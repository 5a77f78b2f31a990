"""Which device predictions run on."""

import pytest

from app.inference.device import CPU, Device, choose_device
from app.inference.errors import DeviceUnavailable

FAULT = "the package is not installed"


@pytest.mark.parametrize(
    "wanted,device",
    [("auto", Device(0)), ("cpu", CPU), ("cuda", Device(0)), ("cuda:0", Device(0)), ("cuda:12", Device(12))],
)
def test_choose_device__where_gpus_answer(wanted: str, device: Device) -> None:
    assert choose_device(wanted, fault_of=lambda _gpu: None) == device


@pytest.mark.parametrize("wanted", ["auto", "cpu"])
def test_choose_device__where_none_does(wanted: str) -> None:
    assert choose_device(wanted, fault_of=lambda _gpu: FAULT) == CPU


@pytest.mark.parametrize("wanted", ["cuda", "cuda:1"])
def test_choose_device__never_takes_the_cpu_for_a_gpu_that_was_named(wanted: str) -> None:
    with pytest.raises(DeviceUnavailable, match=f"{wanted}, as MASKWRIGHT_PREDICT_DEVICE says: {FAULT}"):
        choose_device(wanted, fault_of=lambda _gpu: FAULT)


def test_device__in_words() -> None:
    assert (str(CPU), str(Device(1))) == ("CPU", "GPU cuda:1")
