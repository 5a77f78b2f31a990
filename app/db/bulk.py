"""Long lists of values in statements."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Value = TypeVar("Value")

VALUES_AT_ONCE = 10_000  # SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535


def in_portions(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Cut a list into portions that one `IN (…)` can hold; none for an empty list."""
    for start in range(0, len(values), VALUES_AT_ONCE):
        yield values[start : start + VALUES_AT_ONCE]
