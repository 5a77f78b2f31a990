"""Which labeled images are held back for validation when nobody marked any."""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Set

Labels = frozenset[str]


def draw_validation(labels_by_image: Mapping[int, Set[str]], *, percent: float, seed: int) -> frozenset[int]:
    """Draw images for validation so that every label stays in training and, where it can, comes into validation.

    Labels that validation does not have yet come first, then those that lag their share most; for a missing label up to
    half of the images are drawn, whatever the share. The same seed and images give the same draw.

    Args:
        labels_by_image: The labels on each image, by image id.
        percent: Share of the images, 0-100; at least one image is drawn where one can be spared.
    Returns:
        Image ids; none where each image is the only one with one of its labels.
    """
    undrawn = _shuffled_groups(labels_by_image, seed)
    totals = Counter(label for labels in labels_by_image.values() for label in labels)
    in_training, in_validation = Counter(totals), Counter[str]()
    image_count = len(labels_by_image)
    wanted_count = min(max(round(image_count * percent / 100), 1), image_count - 1)
    drawn: set[int] = set()
    while spare := [labels for labels in undrawn if all(in_training[label] > 1 for label in labels)]:
        labels = max(spare, key=lambda labels: _gain(labels, totals, in_validation, percent / 100))
        is_missed = len(drawn) < image_count // 2 and _missing(labels, in_validation) > 0
        if len(drawn) >= wanted_count and not is_missed:
            break
        drawn.add(undrawn[labels].pop())
        if not undrawn[labels]:
            del undrawn[labels]
        in_training.subtract(labels)
        in_validation.update(labels)
    return frozenset(drawn)


def _shuffled_groups(labels_by_image: Mapping[int, Set[str]], seed: int) -> dict[Labels, list[int]]:
    """Images by their set of labels, in random order: those of one group are as good as each other."""
    order = sorted(labels_by_image)
    random.Random(seed).shuffle(order)
    groups: defaultdict[Labels, list[int]] = defaultdict(list)
    for image_id in order:
        groups[frozenset(labels_by_image[image_id])].append(image_id)
    return dict(groups)


def _gain(
    labels: Labels, totals: Mapping[str, int], in_validation: Mapping[str, int], share: float
) -> tuple[int, float]:
    """What an image would bring to validation: labels that it lacks, then how far the labels lag their share."""
    lag = sum(share - in_validation.get(label, 0) / totals[label] for label in sorted(labels))
    return _missing(labels, in_validation), lag


def _missing(labels: Labels, in_validation: Mapping[str, int]) -> int:
    return sum(1 for label in labels if not in_validation.get(label, 0))
