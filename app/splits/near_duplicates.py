"""Groups of images that show nearly the same: one in training would give away the answer for another in validation."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.images.fingerprints import NOTHING_TO_COMPARE

MAX_DISTANCE = 4  # differing bits: docs/decisions/0027-near-duplicates.md
_BITS = 64
_BANDS = MAX_DISTANCE + 1  # two that differ in fewer bits than there are bands are equal in one of these
_CROWD = 200  # of equals in a band: from here on, pairs are too many to be looked at one by one
_PAIRS_AT_ONCE = 1_000_000  # some 30 MB

Pairs = NDArray[np.int64]  # (P, 2)
Groups = Sequence[Collection[int]]


def group_near_duplicates(fingerprints: Mapping[int, int]) -> list[tuple[int, ...]]:
    """Put images together whose fingerprints differ in at most MAX_DISTANCE bits, directly or by way of others.

    Args:
        fingerprints: As app/images/fingerprints.py makes them, by image id.
    Returns:
        The ids of each group of two or more, by id.
    """
    ids_by_look: defaultdict[int, list[int]] = defaultdict(list)
    for image_id in sorted(fingerprints):
        if fingerprints[image_id] != NOTHING_TO_COMPARE:
            ids_by_look[fingerprints[image_id]].append(image_id)
    looks = np.array(list(ids_by_look), dtype=np.int64).view(np.uint64)
    joined = _join(len(looks), _near_pairs(looks))
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place, image_ids in zip(joined, ids_by_look.values(), strict=True):
        groups[place] += image_ids
    return sorted(tuple(sorted(group)) for group in groups.values() if len(group) > 1)


def images_across(groups: Groups, one_side: Collection[int], other_side: Collection[int]) -> set[int]:
    """Those of one side that have a near-duplicate on the other."""
    first, second = frozenset(one_side), frozenset(other_side)
    return {image_id for group in groups if not second.isdisjoint(group) for image_id in first.intersection(group)}


def _near_pairs(looks: NDArray[np.uint64]) -> Iterator[Pairs]:
    """Places of fingerprints that are near each other, enough of them to lead to every other one that is."""
    for shift, width in _bands():
        values = (looks >> np.uint64(shift)) & np.uint64((1 << width) - 1)
        order = np.argsort(values, kind="stable")
        begins = np.flatnonzero(np.diff(values[order], prepend=values[order[:1]] + np.uint64(1)))
        counts = np.diff(begins, append=len(order))
        for begin, count in zip(begins[counts > _CROWD].tolist(), counts[counts > _CROWD].tolist(), strict=True):
            yield from _pairs_of_crowd(looks, order[begin : begin + count])
        few = order[np.repeat(counts <= _CROWD, counts)]
        for pairs in _pairs_of_equals(values[few]):
            places = few[pairs]
            yield places[_distance(looks[places[:, 0]], looks[places[:, 1]]) <= MAX_DISTANCE]


def _pairs_of_crowd(looks: NDArray[np.uint64], crowd: NDArray[np.int64]) -> Iterator[Pairs]:
    """The same among many that are equal in a band: whatever has been reached is not compared again."""
    while crowd.size:
        reached, crowd = [int(crowd[0])], crowd[1:]
        while reached and crowd.size:
            place = reached.pop()
            is_near = _distance(looks[crowd], looks[place]) <= MAX_DISTANCE
            found, crowd = crowd[is_near], crowd[~is_near]
            reached += found.tolist()
            yield np.stack((np.full_like(found, place), found), axis=1)


def _distance(one: NDArray[np.uint64], other: NDArray[np.uint64] | np.uint64) -> NDArray[np.uint8]:
    """In how many bits they differ."""
    distance: NDArray[np.uint8] = np.bitwise_count(one ^ other)
    return distance


def _bands() -> Iterator[tuple[int, int]]:
    """Where each band begins, and how many bits it has."""
    borders = [round(band * _BITS / _BANDS) for band in range(_BANDS + 1)]
    return ((begin, end - begin) for begin, end in pairwise(borders))


def _pairs_of_equals(values: NDArray[np.uint64]) -> Iterator[Pairs]:
    """Every pair of places that have the same value, in sorted values."""
    ends = np.searchsorted(values, values, side="right")
    partners = ends - np.arange(len(values)) - 1  # of each place, those after it
    totals = np.cumsum(partners)
    begin = 0
    while begin < len(values):
        done = totals[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(totals, done + _PAIRS_AT_ONCE, side="right")))
        counts = partners[begin:end]
        first = np.repeat(np.arange(begin, end), counts)
        steps = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
        yield np.stack((first, first + 1 + steps), axis=1)
        begin = end


def _join(count: int, portions: Iterator[Pairs]) -> list[int]:
    """For each place the least one that pairs lead to from it."""
    parents = list(range(count))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = place = parents[parents[place]]
        return place

    for pairs in portions:
        for one, other in pairs.tolist():
            first, second = root(one), root(other)
            parents[max(first, second)] = min(first, second)
    return [root(place) for place in range(count)]
