import cv2
import numpy as np
import pytest
import torch

from worker import memory
from worker.memory import Footprint, OutOfMemory

TOO_MANY = 2**46  # bytes: more than any machine has, so the libraries refuse at once


def steps_down(footprint: Footprint, asked: int) -> list[Footprint]:
    found = []
    while (smaller := memory.smaller(found[-1] if found else footprint, asked_image_size=asked)) is not None:
        found.append(smaller)
    return found


def test_smaller__halves_the_batch_then_shrinks_the_image() -> None:
    assert steps_down(Footprint(8, 800), 800) == [
        Footprint(4, 800),
        Footprint(2, 800),
        Footprint(1, 800),
        Footprint(1, 576),
        Footprint(1, 384),
    ]


def test_smaller__never_below_what_the_coarsest_features_need() -> None:
    assert steps_down(Footprint(1, 96), 96) == [Footprint(1, 64)]
    assert steps_down(Footprint(1, 64), 64) == []


def test_smaller_image__leaves_the_batch() -> None:
    assert memory.smaller_image(Footprint(4, 512), asked_image_size=512) == Footprint(4, 384)
    assert memory.smaller_image(Footprint(4, 256), asked_image_size=512) is None


def raise_of(library: str) -> None:
    match library:
        case "torch":
            torch.empty(TOO_MANY, dtype=torch.uint8)
        case "numpy":
            np.ones(TOO_MANY, np.uint8)
        case "cv2":
            cv2.resize(np.zeros((2, 2, 4)), (2**22, 2**20))
        case "torch on a GPU":
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


@pytest.mark.parametrize("library", ["torch", "numpy", "cv2", "torch on a GPU"])
def test_is_out_of_memory__whichever_library_says_so(library: str) -> None:
    with pytest.raises((RuntimeError, MemoryError, cv2.error)) as raised:
        raise_of(library)

    assert memory.is_out_of_memory(raised.value)


@pytest.mark.parametrize("error", [RuntimeError("size mismatch"), ValueError("memory"), OSError(12, "x")])
def test_is_out_of_memory__nothing_else(error: Exception) -> None:
    assert not memory.is_out_of_memory(error)


def test_out_of_memory__says_what_to_do() -> None:
    assert "not even for batches of 1 at 384 px: choose a smaller image_size" in str(OutOfMemory(Footprint(1, 384)))
