"""Which image comes at which place of the endless stream of samples: rare classes come more often."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from worker.dataset import TrainingImage

MAX_REPEATS = 4.0  # an image seen more often than that is learned by heart
MAX_BACKGROUND_SHARE = 1 / 3  # of the samples; background is the larger part of every other image as well

# Names of the streams of random numbers drawn from a seed, so that none repeats another. 2 is that of worker.draws.
ORDER, AUGMENTATION = 0, 1


def repeat_factors(images: Sequence[TrainingImage]) -> NDArray[np.float64]:
    """How often each image is seen in an epoch, on average: more often with a class that few images have.

    A class in a share f of the images gets sqrt(t / f), at least 1; an image gets the highest of its classes. LVIS has
    a fixed t; here it is the median of the shares, so that the rare ones are those rarer than most, in a set of any
    size. Background images get 1, and less where they are too many.
    Source: Gupta et al. 2019, https://arxiv.org/abs/1908.03195, appendix B.
    """
    classes = [{instance.class_name for instance in image.instances if not instance.crowd} for image in images]
    counts = Counter(name for own in classes for name in own)
    usual = float(np.median(list(counts.values()))) if counts else 1.0
    factor_of = {name: min(MAX_REPEATS, max(1.0, (usual / count) ** 0.5)) for name, count in counts.items()}
    factors = np.array([max((factor_of[name] for name in own), default=1.0) for own in classes])
    is_background = np.array([not own for own in classes], dtype=np.bool_)
    if counts:
        room = factors[~is_background].sum() * MAX_BACKGROUND_SHARE / (1 - MAX_BACKGROUND_SHARE)
        factors[is_background] = min(1.0, room / max(1, is_background.sum()))
    return factors


class SampleOrder:
    """An order in which images come, epoch after epoch. Seed and place alone decide, so any place can be asked for."""

    def __init__(self, factors: NDArray[np.float64], *, seed: int) -> None:
        self.epoch_length = max(1, round(float(factors.sum())))
        self._factors = factors * (self.epoch_length / factors.sum())
        self._seed = seed
        self._epoch = lru_cache(maxsize=4)(self._draw_epoch)

    def image_at(self, place: int) -> int:
        """Which image comes at this place, from 0."""
        epoch, position = divmod(place, self.epoch_length)
        return int(self._epoch(epoch)[position])

    def draw(self, rng: np.random.Generator) -> int:
        """Any image, as likely as it is in the order."""
        return int(rng.choice(len(self._factors), p=self._factors / self.epoch_length))

    def _draw_epoch(self, epoch: int) -> NDArray[np.intp]:
        """Each image as often as its factor says, rounded up or down at random, so that the epoch's length is fixed.

        The images' factors are laid end to end, and a comb of step 1 with a random start picks from them.
        """
        rng = np.random.default_rng((self._seed, ORDER, epoch))
        shuffled = rng.permutation(len(self._factors))
        ends = np.floor(np.cumsum(self._factors[shuffled]) + rng.random() + 1e-9)
        ends[-1] = self.epoch_length
        counts = np.diff(np.minimum(ends, self.epoch_length), prepend=0).astype(np.int64)
        return rng.permutation(np.repeat(shuffled, counts))
