"""The endless stream of training samples: seed and place alone say which image comes, and how it is changed."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch

from worker import transforms
from worker.dataset import PreparedImages
from worker.forward import Target
from worker.transforms import Augmentation

Sample = tuple[torch.Tensor, Target]

# Names of the streams of random numbers drawn from a seed, so that none repeats another.
ORDER, AUGMENTATION = 0, 1
BATCHES_AHEAD = 3  # that threads prepare while a GPU works


class SampleStream:
    """Batches by number. Nothing is drawn from a shared state, so a training resumes at any batch, bit for bit."""

    def __init__(
        self, images: PreparedImages, augmentation: Augmentation, *, seed: int, batch_size: int, threads: int
    ) -> None:
        """With threads 0, a batch is made when it is asked for; else ahead of time. The batches are the same."""
        self._images = images
        self._augmentation = augmentation
        self._seed = seed
        self._batch_size = batch_size
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="samples") if threads else None
        self._ahead: dict[int, list[Future[Sample]]] = {}

    def batch(self, number: int) -> Sequence[Sample]:
        """The batch of this number, from 0."""
        if self._executor is None:
            return [self._sample(place) for place in self._places(number)]
        for ahead in range(number, number + BATCHES_AHEAD):
            if ahead not in self._ahead:
                self._ahead[ahead] = [self._executor.submit(self._sample, place) for place in self._places(ahead)]
        return [future.result() for future in self._ahead.pop(number)]

    def close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def _places(self, number: int) -> range:
        return range(number * self._batch_size, (number + 1) * self._batch_size)

    def _sample(self, place: int) -> Sample:
        epoch, position = divmod(place, len(self._images))
        order = np.random.default_rng((self._seed, ORDER, epoch)).permutation(len(self._images))
        rng = np.random.default_rng((self._seed, AUGMENTATION, place))
        prepared = self._images[int(order[position])]
        return transforms.to_tensors(transforms.augment(prepared, self._augmentation, rng))
