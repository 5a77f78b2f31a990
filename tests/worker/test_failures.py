import errno

import pytest
import torch

from app.storage.blobs import StorageFull
from worker.failures import in_words
from worker.fit import TrainingDiverged


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TrainingDiverged("the loss is not finite"), "the loss is not finite"),
        (StorageFull("the server's disk is full"), "the server's disk is full"),
        (OSError(errno.ENOSPC, "No space left on device"), "The worker's disk is full"),
        (RuntimeError("[enforce fail] PytorchStreamWriter failed writing file data/3"), "The worker's disk is full"),
        (MemoryError(), "not enough memory"),
        (torch.OutOfMemoryError("CUDA out of memory"), "smaller image_size"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to"), "not enough memory"),
        (KeyError("fig\nand more"), "KeyError: 'fig\\nand more'. The worker's log says more"),
        (OSError(errno.EIO, "Input/output error"), "OSError: [Errno 5] Input/output error"),
    ],
)
def test_in_words__says_what_went_wrong(error: Exception, words: str) -> None:
    assert words in in_words(error)
