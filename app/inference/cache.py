"""Keep recently used things loaded, within a bound of memory: models, decoded images."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """What knows how much memory it takes."""

    @property
    def size_bytes(self) -> int: ...


LoadedT = TypeVar("LoadedT", bound=Sized)


@dataclass(slots=True)
class _Slot(Generic[LoadedT]):
    loading: threading.Lock = field(default_factory=threading.Lock)
    loaded: LoadedT | None = None


class SizedCache(Generic[LoadedT]):
    """Loaded things by key, the least recently used dropped first; shared by all threads.

    What is dropped while somebody still uses it stays in memory until then; the newest is kept whatever its size.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()  # never held while something loads
        self._slots: OrderedDict[Hashable, _Slot[LoadedT]] = OrderedDict()

    def get(self, key: Hashable, load: Callable[[], LoadedT]) -> LoadedT:
        """What belongs to this key; `load` runs if it is not there, once for however many ask meanwhile.

        What `load` raises is raised here, and the next one tries again. The key must change with the content: a
        checkpoint and its step, a file's hash.
        """
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
        with slot.loading:
            if slot.loaded is None:
                try:
                    slot.loaded = load()
                finally:
                    self._settle(key, slot)
            return slot.loaded

    def _settle(self, key: Hashable, newest: _Slot[LoadedT]) -> None:
        """Forget a slot that failed to load, or drop others to make room for it."""
        with self._lock:
            if newest.loaded is None:
                if self._slots.get(key) is newest:
                    del self._slots[key]
                return
            self._slots[key] = newest  # it was forgotten where a load failed on which this one waited
            loaded = {key: slot.loaded.size_bytes for key, slot in self._slots.items() if slot.loaded is not None}
            excess = sum(loaded.values()) - self._max_bytes
            for oldest, size_bytes in loaded.items():
                if excess <= 0:
                    return
                if self._slots[oldest] is not newest:
                    del self._slots[oldest]
                    excess -= size_bytes
