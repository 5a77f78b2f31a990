"""Checking tens of thousands of compressed RLEs at once: an import of them waits for nothing else."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.masks.instance import Rle

_FIRST_CHARACTER = 48
_MAX_CHARACTERS = 6  # of a number: app/masks/counts.py
_MAX_PIXELS = 1 << 40  # of an image; sums beyond could wrap around


def well_formed_rles(texts: Sequence[str], sizes: Sequence[tuple[int, int]]) -> list[Rle | None]:
    """Make RLEs of those counts that are surely well-formed and need no change.

    Args:
        texts: N compressed counts, from outside.
        sizes: Their (height, width).
    Returns:
        N; None is for Rle() to look at, which says what is wrong or merges empty runs.
    """
    sound = _find_sound(texts, sizes) if texts else np.zeros(0, dtype=np.bool_)
    return [
        Rle.from_encoder(size, text) if is_sound else None
        for text, size, is_sound in zip(texts, sizes, sound.tolist(), strict=True)
    ]


def _find_sound(texts: Sequence[str], sizes: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    text_count = len(texts)
    try:
        symbols = np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8).astype(np.int64) - _FIRST_CHARACTER
    except UnicodeEncodeError:
        return np.zeros(text_count, dtype=np.bool_)
    pixels = np.array([height * width if 0 < height * width < _MAX_PIXELS else -1 for height, width in sizes])
    text_ends = np.cumsum([len(text) for text in texts])
    if symbols.size == 0:
        return np.zeros(text_count, dtype=np.bool_)
    number_ends = np.flatnonzero(symbols < 32)
    owners = np.searchsorted(text_ends, number_ends, side="right")  # the text that a number belongs to
    counts = np.bincount(owners, minlength=text_count)
    is_foreign = np.zeros(text_count, dtype=np.bool_)
    is_foreign[np.searchsorted(text_ends, np.flatnonzero((symbols < 0) | (symbols > 63)), side="right")] = True
    # A text that stops in the middle of a number would run into the next one.
    last_symbols = symbols[np.maximum(text_ends - 1, 0)]
    is_whole = (counts > 0) & (last_symbols < 32) & ~is_foreign & (pixels > 0)
    if not is_whole.all():
        return _among_whole(texts, sizes, is_whole)
    runs, lengths = _decode(symbols, number_ends, counts)
    starts = np.cumsum(counts) - counts
    is_positive = runs > 0
    is_positive[starts] = runs[starts] >= 0  # only the first run may be empty: the mask then starts with foreground
    sound: NDArray[np.bool_] = np.logical_and.reduceat(is_positive, starts)
    sound &= np.maximum.reduceat(lengths, starts) <= _MAX_CHARACTERS
    sound &= np.add.reduceat(runs, starts) == pixels
    return sound


def _among_whole(
    texts: Sequence[str], sizes: Sequence[tuple[int, int]], is_whole: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Leave out those that cannot be decoded, and look at the others alone."""
    sound = np.zeros(len(texts), dtype=np.bool_)
    chosen = np.flatnonzero(is_whole)
    if chosen.size:
        sound[chosen] = _find_sound([texts[k] for k in chosen.tolist()], [sizes[k] for k in chosen.tolist()])
    return sound


def _decode(
    symbols: NDArray[np.int64], number_ends: NDArray[np.intp], counts: NDArray[np.intp]
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Every text's runs, one text after the other, and how many characters each took; too long ones are nonsense."""
    number_starts = np.concatenate(([0], number_ends[:-1] + 1))
    lengths = number_ends - number_starts + 1
    shifts = 5 * np.minimum(np.arange(symbols.size) - np.repeat(number_starts, lengths), _MAX_CHARACTERS)
    numbers = np.add.reduceat((symbols & 31) << shifts, number_starts)
    numbers -= (symbols[number_ends] >> 4 & 1) << 5 * np.minimum(lengths, _MAX_CHARACTERS + 1)
    # From the fourth on, a number is the difference to the one two before: two sums, each begun anew with every text.
    place = np.arange(numbers.size) - np.repeat(np.cumsum(counts) - counts, counts)
    for parity in (1, 2):
        chain = np.flatnonzero((place >= parity) & ((place - parity) % 2 == 0))
        if chain.size:
            numbers[chain] = _sums_from(numbers[chain], place[chain] == parity)
    return numbers, lengths


def _sums_from(values: NDArray[np.int64], begins: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Running sums that begin anew where it is said."""
    sums = np.cumsum(values)
    first = np.flatnonzero(begins)
    before = sums[first] - values[first]
    return sums - np.repeat(before, np.diff(np.append(first, values.size)))
