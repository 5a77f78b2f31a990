"""Totals of filters that were counted once, good until the project changes: every page of a list asks for its total."""

import threading
from collections import OrderedDict
from datetime import datetime

from sqlalchemy.orm import Session

from app.images import repository
from app.images.repository import ImageFilter
from app.projects.repository import get_project

REMEMBERED = 1000  # filters in all; about 300 bytes each

_Key = tuple[int, datetime, ImageFilter]


class KnownTotals:
    """Remembers how many images a filter left at a state of its project, the latest asked ones."""

    def __init__(self, size: int = REMEMBERED) -> None:
        self._size = size
        self._totals: OrderedDict[_Key, int] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, session: Session, project_id: int, wanted: ImageFilter) -> int:
        """How many images of a project a filter leaves, counted at most once between two changes of the project."""
        # The state is read before anything is counted: what is counted can only be newer, and then the state is, too.
        key = (project_id, get_project(session, project_id).changed_at, wanted)
        with self._lock:
            if key in self._totals:
                self._totals.move_to_end(key)
                return self._totals[key]
        total = repository.count_images(session, project_id, wanted)
        with self._lock:
            self._totals[key] = total
            while len(self._totals) > self._size:
                self._totals.popitem(last=False)
        return total


known_totals = KnownTotals()
