"""Colours of labels: told apart by colour-blind people too, then lighter and darker turns of them."""

from collections import Counter
from collections.abc import Iterable

# M. Okabe, K. Ito, Color Universal Design: https://jfly.uni-koeln.de/color/
_FIRST = ("#E69F00", "#56B4E9", "#CC79A7", "#009E73", "#D55E00", "#F0E442", "#0072B2")
_LIGHTER = ("#F3C766", "#9AD3F2", "#E3B1CB", "#5CC9A7", "#F09A5C", "#F7F099", "#5CA8D6")
_DARKER = ("#9E6D00", "#2B7FAE", "#93486F", "#006B4E", "#943F00", "#A89C1C", "#004A75")
PALETTE = _FIRST + _LIGHTER + _DARKER


def choose_colors(count: int, *, taken: Iterable[str]) -> list[str]:
    """Choose colours for new labels: each time the one that the fewest labels have, in the palette's order."""
    uses = Counter(taken)
    chosen: list[str] = []
    for _ in range(count):
        color = min(PALETTE, key=lambda color: uses[color])
        uses[color] += 1
        chosen.append(color)
    return chosen
