"""Many values in a statement, and rows that may be there already."""

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


def insert_into(session: Session, kind: type[Any]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of this database's own dialect, which can say what becomes of a row that is there."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(kind)
    return sqlite.insert(kind)


def insert_of_new(session: Session, kind: type[Any], unique: Sequence[Any]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that passes over rows which are there by these unique columns, or which somebody has just made."""
    return insert_into(session, kind).on_conflict_do_nothing(index_elements=list(unique))
