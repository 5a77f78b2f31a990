from hypothesis import example, given
from hypothesis import strategies as st

from app.masks.instance import InvalidMask, Rle
from app.masks.many_counts import well_formed_rles
from app.masks.rle import encode_mask
from tests.masks.strategies import masks

texts = st.text(st.characters(min_codepoint=45, max_codepoint=115), max_size=8)
sizes = st.tuples(st.integers(-1, 12), st.integers(-1, 12))


def exactly(size: tuple[int, int], text: str) -> Rle | None:
    """What Rle() makes of it, unless it refuses or mends it."""
    try:
        rle = Rle(size, text)
    except InvalidMask:
        return None
    return rle if rle.counts == text else None


@given(st.lists(st.one_of(masks().map(encode_mask).map(lambda rle: (rle.size, rle.counts)), st.tuples(sizes, texts))))
@example([((2, 2), ""), ((2, 2), "4")])
@example([((2, 2), "4"), ((2, 2), "1Q")])  # stops in the middle of a number
@example([((2, 2), "é"), ((2, 2), "4")])
@example([((2, 2), "0400"), ((2, 2), "04")])
@example([((10**9, 10**9), "PPPPPPPPPPPPPPPPPPP0"), ((1, 3), "111")])
def test_well_formed_rles__are_those_that_one_by_one_are_taken_as_they_are(
    items: list[tuple[tuple[int, int], str]],
) -> None:
    many = well_formed_rles([text for _, text in items], [size for size, _ in items])
    for (size, text), rle in zip(items, many, strict=True):
        expected = exactly(size, text)
        if text.isascii() and all(other.isascii() for _, other in items):
            assert rle == expected, (size, text)
        else:
            assert rle is None
