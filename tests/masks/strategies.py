"""What Hypothesis draws for the tests of masks."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray


@st.composite
def masks(draw: st.DrawFn, max_side: int = 12) -> NDArray[np.bool_]:
    """Small masks of every density, so that parts, holes, diagonals and borders all occur."""
    height, width = draw(st.integers(1, max_side)), draw(st.integers(1, max_side))
    bits = draw(st.integers(0, 2 ** (height * width) - 1))
    if draw(st.booleans()):  # dense in half of the cases: holes
        bits |= draw(st.integers(0, 2 ** (height * width) - 1))
    return np.array([bits >> k & 1 for k in range(height * width)], dtype=bool).reshape(height, width)


def rings(low: float, high: float, max_points: int = 10) -> st.SearchStrategy[tuple[tuple[float, float], ...]]:
    """Rings of any shape, crossing themselves too."""
    coordinate = st.one_of(
        st.floats(low, high, width=32),
        st.integers(int(low), int(high)).map(float),
        st.integers(int(low), int(high)).map(lambda k: k / 2),
    )
    return st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=max_points).map(tuple)
