"""Many values in a statement."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

Value = TypeVar("Value")

VALUES_AT_ONCE = 10_000  # SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535


def in_portions(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Cut a list into portions that one `IN (…)` can hold; none for an empty list."""
    for start in range(0, len(values), VALUES_AT_ONCE):
        yield values[start : start + VALUES_AT_ONCE]


def insert_of_new(session: Session, kind: type[Any], unique: Sequence[Any]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that passes over rows which are there by these unique columns, or which somebody has just made."""
    columns = list(unique)
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(kind).on_conflict_do_nothing(index_elements=columns)
    return sqlite.insert(kind).on_conflict_do_nothing(index_elements=columns)
