"""How often each token was used, in all and each day: counted in memory, so that no prediction waits to write."""

import threading
from datetime import date, datetime

from app.accounts import repository
from app.db.engine import session_scope

WRITE_SECONDS = 5  # what a server that is killed forgets to count


class TokenUses:
    """The uses that this server saw since it last wrote them down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._counts: dict[tuple[int, date], int] = {}  # by token and day, in UTC
        self._last: dict[int, datetime] = {}

    def note(self, token_id: int, at: datetime) -> None:
        with self._lock:
            key = (token_id, at.date())
            self._counts[key] = self._counts.get(key, 0) + 1
            self._last[token_id] = at

    def write(self) -> None:
        """Add what was counted to the tokens' rows; while the database is away, it is kept for the next time.

        Afterwards all that was counted before is in the database, also what another thread was just writing.
        """
        with self._writing:
            counts, last = self._take()
            if not counts:
                return
            try:
                with session_scope() as session:
                    for token_id, day in sorted(counts):  # in one order, so that two servers never wait for each other
                        repository.add_token_uses(
                            session, token_id, day=day, count=counts[token_id, day], last_at=last[token_id]
                        )
            except BaseException:
                self._put_back(counts, last)
                raise

    def _take(self) -> tuple[dict[tuple[int, date], int], dict[int, datetime]]:
        with self._lock:
            taken = self._counts, self._last
            self._counts, self._last = {}, {}
            return taken

    def _put_back(self, counts: dict[tuple[int, date], int], last: dict[int, datetime]) -> None:
        with self._lock:
            for key, count in counts.items():
                self._counts[key] = self._counts.get(key, 0) + count
            self._last = last | self._last
