"""Lists that are read a page at a time, by an opaque cursor: the sort key of the last item that was given."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from app.errors import Unprocessable

Item = TypeVar("Item")
Row = TypeVar("Row")
CursorValue = str | int | float | bool | datetime | None

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000


class Page(BaseModel, Generic[Item]):
    """One page of a list. `total` counts the whole list under the same filter."""

    items: list[Item]
    next_cursor: str | None
    total: int


class BadCursor(Unprocessable):
    def __init__(self) -> None:
        super().__init__("cursor: not one that this list gave in this order: leave it out to start from the beginning")


@dataclass(frozen=True, slots=True)
class PageParams:
    """How many items a caller wants, and after which."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None

    def after(self, *kinds: type) -> tuple[Any, ...] | None:
        """The sort key that the page begins after, or None for the first page.

        Args:
            kinds: The types of the key's parts: str, int, float, bool or datetime.
        Raises:
            BadCursor: The cursor is none of this list's.
        """
        if self.cursor is None:
            return None
        values = _decode(self.cursor)
        if len(values) != len(kinds):
            raise BadCursor
        return tuple(_checked(value, kind) for value, kind in zip(values, kinds, strict=True))


def cut_page(
    rows: Sequence[Row], page: PageParams, *, key: Callable[[Row], Sequence[CursorValue]]
) -> tuple[list[Row], str | None]:
    """Split `limit + 1` fetched rows into a page and the cursor of the next one (None when this is the last)."""
    kept = list(rows[: page.limit])
    return kept, encode_cursor(key(kept[-1])) if len(rows) > page.limit else None


def encode_cursor(key: Sequence[CursorValue]) -> str:
    text = json.dumps([value.isoformat() if isinstance(value, datetime) else value for value in key])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursor from error
    if not isinstance(values, list):
        raise BadCursor
    return values


def _checked(value: Any, kind: type) -> Any:
    if kind is datetime and isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise BadCursor from error
    if type(value) is not kind:
        raise BadCursor
    return value
