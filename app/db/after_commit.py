"""Side effects that others see (queue messages, deleted files) wait for the commit and are dropped on rollback."""

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session

_PENDING = "after_commit_actions"


def run_after_commit(session: Session, action: Callable[[], object]) -> None:
    """Call `action` once the session's transaction has been committed; never if it is rolled back."""
    session.info.setdefault(_PENDING, []).append(action)


@event.listens_for(Session, "after_commit")
def _run(session: Session) -> None:
    for action in session.info.pop(_PENDING, []):
        action()


@event.listens_for(Session, "after_rollback")
def _drop(session: Session) -> None:
    session.info.pop(_PENDING, None)
