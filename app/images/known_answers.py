"""Answers about a project's images that were worked out once, good until the project changes.

Every page of a list asks for its total, and every visit of a gallery for its folders: over a hundred thousand images.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.projects.repository import get_project

Answer = TypeVar("Answer")

REMEMBERED = 1000  # answers in all; most are a number, the longest is a thousand folders

_Key = tuple[int, datetime, Hashable]


class KnownAnswers:
    """Remembers what was answered at a state of a project, the latest asked ones."""

    def __init__(self, size: int = REMEMBERED) -> None:
        self._size = size
        self._answers: OrderedDict[_Key, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, session: Session, project_id: int, question: Hashable, work_out: Callable[[], Answer]) -> Answer:
        """The answer to a question, worked out at most once between two changes of the project."""
        # The state is read before the work: what the work finds can only be newer, and then the state is, too.
        key = (project_id, get_project(session, project_id).changed_at, question)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                known: Answer = self._answers[key]
                return known
        answer = work_out()
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)
        return answer


known_answers = KnownAnswers()
