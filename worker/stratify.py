"""An order of labeled images of which every beginning is like the whole: a part of a set that can stand for it."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from worker.dataset import TrainingImage


def stratified_order(images: Sequence[TrainingImage], *, seed: int) -> list[int]:
    """Order images so that any first part of them has each class in about the share that all of them have.

    Each image stands for the rarest of its classes, background for itself; the first ones of each class come before
    everything else, and then each class's images lie evenly over the order.
    """
    classes = [{instance.class_name for instance in image.instances} for image in images]
    counts = Counter(name for own in classes for name in own)
    strata: dict[str | None, list[int]] = {}
    for index in np.random.default_rng(seed).permutation(len(images)).tolist():
        rarest = min(classes[index], key=lambda name: (counts[name], name), default=None)
        strata.setdefault(rarest, []).append(index)
    placed = [
        (position / len(stratum), len(stratum), index)
        for stratum in strata.values()
        for position, index in enumerate(stratum)
    ]
    return [index for _, _, index in sorted(placed)]
