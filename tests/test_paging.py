"""Pages of lists and their cursors."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.paging import BadCursor, PageParams, cut_page, encode_cursor

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)


@given(st.text(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False), st.datetimes())
def test_cursor__gives_its_key_back(name: str, number: int, score: float, moment: datetime) -> None:
    page = PageParams(cursor=encode_cursor((name, number, score, moment)))
    assert page.after(str, int, float, datetime) == (name, number, score, moment)


@given(st.text())
def test_after__refuses_any_text_that_is_no_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        PageParams(cursor=text).after(str, int, int, int, int)


def test_after__is_nothing_on_the_first_page() -> None:
    assert PageParams().after(int) is None


@pytest.mark.parametrize("kinds", [(str,), (int, int), (datetime,), (float,), (bool,)])
def test_after__refuses_a_cursor_of_another_order(kinds: tuple[type, ...]) -> None:
    with pytest.raises(BadCursor):
        PageParams(cursor=encode_cursor((3,))).after(*kinds)


def test_cut_page__knows_the_last_page() -> None:
    assert cut_page([1, 2], PageParams(limit=2), key=lambda row: (row,)) == ([1, 2], None)
    assert cut_page([], PageParams(limit=2), key=lambda row: (row,)) == ([], None)


def test_cut_page__gives_the_cursor_of_the_last_kept_row() -> None:
    rows, cursor = cut_page([1, 2, 3], PageParams(limit=2), key=lambda row: (MOMENT, row))
    assert rows == [1, 2]
    assert PageParams(cursor=cursor).after(datetime, int) == (MOMENT, 2)
