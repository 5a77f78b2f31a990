"""The endless stream of training samples: seed and place alone say which image comes, and how it is changed."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch

from worker import copy_paste, sampling, transforms
from worker.forward import Target
from worker.prepared_images import PreparedImages
from worker.sampling import AUGMENTATION, SampleOrder
from worker.transforms import Augmentation

Sample = tuple[torch.Tensor, Target]

BATCHES_AHEAD = 3  # that threads prepare while a step is computed


class SampleStream:
    """Batches by number. Nothing is drawn from a shared state, so a training resumes at any batch, bit for bit."""

    def __init__(
        self,
        images: PreparedImages,
        augmentation: Augmentation,
        *,
        seed: int,
        batch_size: int,
        threads: int,
        stride: int = 1,
    ) -> None:
        """With threads 0, a batch is made when it is asked for; else ahead of time. The batches are the same.

        Args:
            stride: What lies between the numbers of the batches that are asked for.
        """
        self._images = images
        self._augmentation = augmentation
        self._seed = seed
        self._batch_size = batch_size
        self._stride = stride
        self._order = SampleOrder(sampling.repeat_factors(images.sources), seed=seed)
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="samples") if threads else None
        self._shrink = 1.0
        self._ahead: dict[int, list[Future[Sample]]] = {}

    def batch(self, number: int, *, shrink: float = 1.0) -> Sequence[Sample]:
        """The batch of this number, from 0, with images whose sides are multiplied by `shrink`."""
        if shrink != self._shrink:
            self._shrink = shrink
            self._ahead.clear()
        if self._executor is None:
            return [self._sample(place, shrink) for place in self._places(number)]
        for ahead in range(number, number + BATCHES_AHEAD * self._stride, self._stride):
            if ahead not in self._ahead:
                places = self._places(ahead)
                self._ahead[ahead] = [self._executor.submit(self._sample, place, shrink) for place in places]
        return [future.result() for future in self._ahead.pop(number)]

    def close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def _places(self, number: int) -> range:
        return range(number * self._batch_size, (number + 1) * self._batch_size)

    def _sample(self, place: int, shrink: float) -> Sample:
        rng = np.random.default_rng((self._seed, AUGMENTATION, place))
        sample = transforms.move(self._images[self._order.image_at(place)], self._augmentation, rng, shrink=shrink)
        if rng.random() < self._augmentation.paste_share:
            donor = self._images[self._order.draw(rng)]
            sample = copy_paste.paste_objects(sample, donor, self._augmentation, rng)
        return transforms.to_tensors(transforms.relight(sample, self._augmentation, rng))
