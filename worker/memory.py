"""What to do when memory is short: learn from fewer images at a time, then from smaller ones, then give up in words."""

from dataclasses import dataclass
from fractions import Fraction

import cv2
import torch

IMAGE_SHARES = (Fraction(3, 4), Fraction(1, 2))  # of the long side asked for; below, small objects are gone
IMAGE_STEP = 32  # px; images are padded to it anyway
MIN_IMAGE_SIZE = 64  # px; BatchNorm cannot learn from one image whose coarsest features are a single pixel

FAILURES = (RuntimeError, MemoryError, cv2.error)  # among which is_out_of_memory looks

# What the libraries under torch say where they do not raise its OutOfMemoryError.
_WORDS = ("can't allocate memory", "bad_alloc", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED")


@dataclass(frozen=True, slots=True)
class Footprint:
    """What of a training decides how much memory a step needs."""

    batch_size: int  # of each process
    image_size: int  # long side in pixels

    def __str__(self) -> str:
        return f"batches of {self.batch_size} at {self.image_size} px"


class OutOfMemory(Exception):
    """A step or an evaluation did not fit into memory; `footprint` is what was tried."""

    def __init__(self, footprint: Footprint, *, of_evaluation: bool = False) -> None:
        super().__init__(footprint)
        self.footprint = footprint
        self.of_evaluation = of_evaluation

    def smaller(self, *, asked_image_size: int) -> Footprint | None:
        """What to try next. Images are evaluated one by one, so fewer in a batch would be no help there."""
        if self.of_evaluation:
            return smaller_image(self.footprint, asked_image_size=asked_image_size)
        return smaller(self.footprint, asked_image_size=asked_image_size)

    def __str__(self) -> str:
        return (
            f"The worker has not enough memory for this training, not even for {self.footprint}: choose a smaller "
            "image_size or a smaller model size, or let a machine with more memory train it."
        )


def smaller(tried: Footprint, *, asked_image_size: int) -> Footprint | None:
    """The next footprint to try: half the batch, and once that is one image, a smaller image; None at the end."""
    if tried.batch_size > 1:
        return Footprint(tried.batch_size // 2, tried.image_size)
    return smaller_image(tried, asked_image_size=asked_image_size)


def smaller_image(tried: Footprint, *, asked_image_size: int) -> Footprint | None:
    """The next smaller image, where a smaller batch is no help: images are evaluated one by one."""
    for share in IMAGE_SHARES:
        size = max(MIN_IMAGE_SIZE, int(asked_image_size * share) // IMAGE_STEP * IMAGE_STEP)
        if size < tried.image_size:
            return Footprint(tried.batch_size, size)
    return None


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory was short on the GPU or in the machine, whichever library says so."""
    match error:
        case torch.OutOfMemoryError() | MemoryError() | OutOfMemory():
            return True
        case cv2.error():
            return error.code == cv2.Error.StsNoMem
        case RuntimeError():
            return any(words in str(error) for words in _WORDS)
        case _:
            return False
