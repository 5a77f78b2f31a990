"""Which labeled images are held back for validation when nobody marked any."""

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

Unit = tuple[int, ...]  # images that stay together


@dataclass(frozen=True, slots=True)
class Kind:
    """What units have in common that are as good as each other: their size, and how many images have each label."""

    size: int
    counts: tuple[tuple[str, int], ...]  # by label


def draw_validation(
    labels_by_image: Mapping[int, Set[str]],
    *,
    percent: float,
    seed: int,
    groups: Iterable[Collection[int]] = (),
) -> frozenset[int]:
    """Draw images for validation so that every label stays in training and, where it can, comes into validation.

    Labels that validation does not have yet come first, then those that lag their share most; for a missing label up to
    half of the images are drawn, whatever the share. The same seed and images give the same draw.

    Args:
        labels_by_image: The labels on each image, by image id.
        percent: Share of the images, 0-100; at least one image is drawn where one can be spared.
        groups: Images that show nearly the same, which all stay on one side; where that leaves less than half of the
            share to draw, as with one camera before one scene, they are drawn one by one after all.
    Returns:
        Image ids; none where each image is the only one with one of its labels.
    """
    count = len(labels_by_image)
    wanted = min(max(round(count * percent / 100), 1), count - 1)
    drawn = _draw(labels_by_image, _units(labels_by_image, groups), wanted, percent / 100, seed)
    if len(drawn) >= wanted / 2:
        return drawn
    return _draw(labels_by_image, [(image_id,) for image_id in labels_by_image], wanted, percent / 100, seed)


def _draw(
    labels_by_image: Mapping[int, Set[str]], units: Sequence[Unit], wanted: int, share: float, seed: int
) -> frozenset[int]:
    undrawn = _shuffled_kinds(labels_by_image, units, seed)
    totals = Counter(label for labels in labels_by_image.values() for label in labels)
    in_training, in_validation = Counter(totals), Counter[str]()
    drawn: set[int] = set()

    def fits(kind: Kind) -> bool:
        allowed = len(labels_by_image) // 2 if _missing(kind, in_validation) else wanted
        return len(drawn) + kind.size <= max(allowed, wanted) and all(in_training[name] > n for name, n in kind.counts)

    while fitting := [kind for kind in undrawn if fits(kind)]:
        kind = max(fitting, key=lambda kind: _gain(kind, totals, in_validation, share))
        drawn.update(undrawn[kind].pop())
        if not undrawn[kind]:
            del undrawn[kind]
        in_training.subtract(dict(kind.counts))
        in_validation.update(dict(kind.counts))
    return frozenset(drawn)


def _units(labels_by_image: Mapping[int, Set[str]], groups: Iterable[Collection[int]]) -> list[Unit]:
    together = [tuple(sorted(labels_by_image.keys() & set(group))) for group in groups]
    grouped = {image_id for unit in together for image_id in unit}
    return [unit for unit in together if unit] + [(image_id,) for image_id in labels_by_image.keys() - grouped]


def _shuffled_kinds(
    labels_by_image: Mapping[int, Set[str]], units: Sequence[Unit], seed: int
) -> dict[Kind, list[Unit]]:
    """Units by their kind, in random order."""
    order = sorted(units)
    random.Random(seed).shuffle(order)
    kinds: defaultdict[Kind, list[Unit]] = defaultdict(list)
    for unit in order:
        counts = Counter(label for image_id in unit for label in labels_by_image[image_id])
        kinds[Kind(len(unit), tuple(sorted(counts.items())))].append(unit)
    return dict(kinds)


def _gain(kind: Kind, totals: Mapping[str, int], in_validation: Mapping[str, int], share: float) -> tuple[int, float]:
    """What a unit would bring to validation: labels that it lacks, then how far the labels lag their share."""
    lag = sum(share - in_validation.get(label, 0) / totals[label] for label, _ in kind.counts)
    return _missing(kind, in_validation), lag


def _missing(kind: Kind, in_validation: Mapping[str, int]) -> int:
    return sum(1 for label, _ in kind.counts if not in_validation.get(label, 0))
