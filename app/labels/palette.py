"""Colours of labels: told apart by colour-blind people too, then lighter and darker turns of them."""

from collections.abc import Collection
from itertools import cycle, islice

# M. Okabe, K. Ito, Color Universal Design: https://jfly.uni-koeln.de/color/
_FIRST = ("#E69F00", "#56B4E9", "#CC79A7", "#009E73", "#D55E00", "#F0E442", "#0072B2")
_LIGHTER = ("#F3C766", "#9AD3F2", "#E3B1CB", "#5CC9A7", "#F09A5C", "#F7F099", "#5CA8D6")
_DARKER = ("#9E6D00", "#2B7FAE", "#93486F", "#006B4E", "#943F00", "#A89C1C", "#004A75")
PALETTE = _FIRST + _LIGHTER + _DARKER


def choose_colors(count: int, *, taken: Collection[str]) -> list[str]:
    """Choose colours for new labels: ones that are not taken first, then all over again."""
    free = [color for color in PALETTE if color not in taken]
    return [*free[:count], *islice(cycle(PALETTE), max(0, count - len(free)))]
